"""Expressions of a form, read into trees; what they compute is in tests/vectors."""

import pytest
from elementpath import XPath1Parser
from hypothesis import given
from hypothesis import strategies as st

from survey.forms.expressions import ExpressionFault, Scope, read_expression

QUESTIONS = {"a": "/data/a", "n": "/data/g/n", "count": "/data/count"}
SCOPE = Scope(QUESTIONS, frozenset(QUESTIONS.values()) | {"/data", "/data/g"}, "/data/g/n")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "syntax"), ("1 +", "syntax"), ("a b", "syntax"), ("'open", "syntax"), ("(1", "syntax"), ("selected(${a})", "syntax"),
        ("${a}${n}", "syntax"),
        ("1 = 2 = 3", "syntax"), ("${zz}", "unknown"), ("../zz", "unknown"), ("a", "unknown"), ("//a", "unsupported"), ("${a}[1]",
        "unsupported"),
        ("@x", "unsupported"), ("1 | 2", "unsupported"), ("pulldata('a', 'b', 'c', 1)", "unsupported"),
        ("${last-saved#a}", "unsupported"), ("*",
        "unsupported"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_told_apart(text: str, kind: str) -> None:
    """Not readable, naming something unknown, and valid but beyond us are three different faults."""
    with pytest.raises(ExpressionFault) as raised:
        read_expression(text, SCOPE)

    assert raised.value.kind == kind


def test_a_question_may_be_called_like_a_function() -> None:
    """`${count}` is a question, `count(…)` the function."""
    assert read_expression("${count} + count(${a})", SCOPE)["args"][0] == {"path": "/data/count"}


def test_a_reference_inside_a_text_is_text() -> None:
    """`'${a}'` stays as it is."""
    assert read_expression("'${a}'", SCOPE) == {"s": "${a}"}


def test_the_public_parser_is_left_alone() -> None:
    """Our functions live in the subclass only: elsewhere XPath 1.0 stays XPath 1.0."""
    assert XPath1Parser().parse("round(2.5)").evaluate() == 3
    assert "selected" not in XPath1Parser.symbol_table


@given(st.text(alphabet="${}a n()'\"+-*/<>=!.,0123456789|[]@:", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever an author types gives a tree or a fault, never a crash."""
    try:
        tree = read_expression(text, SCOPE)
    except ExpressionFault:
        return
    assert isinstance(tree, dict)
