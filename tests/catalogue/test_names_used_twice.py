"""A question's name that stands in several groups of a form cannot be used by criteria: nobody could say which is meant."""

from pathlib import Path

import pytest

from survey.catalogue.editions import read_document, read_edition
from survey.catalogue.vocabulary import read_questions
from survey.domain.problems import Problem
from survey.forms.compile import compile_xlsform
from tests.forms.public_forms import public_form

ROOT = Path(__file__).parents[2]


def test_an_edition_that_asks_for_such_a_name_is_refused() -> None:
    """The refusal names the question and says what to do; the form's other questions stay usable."""
    questions = {}
    for path in sorted((ROOT / "schema" / "forms").glob("*.xlsx")):
        form = compile_xlsform(path.read_bytes(), path.name)
        questions |= read_questions(form.form, form.tree)
    twice = read_questions("household_fence", public_form("twice").tree)
    assert twice["household_fence.again"].measured == "code"
    document = read_document(ROOT / "schema" / "criteria" / "ha-tinh-kdc-kieu-mau")
    asked = "household_fence.total_m"
    with pytest.raises(Problem) as raised:
        read_edition(document, {**questions, asked: twice["household_fence.score"]})

    assert asked in raised.value.sentence("vi")
    assert "several groups" in raised.value.sentence("en")
