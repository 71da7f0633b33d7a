"""Compiling checklists: what comes out, and how a broken one is refused."""

import hashlib
from io import BytesIO
from pathlib import Path

import pytest
from lxml import etree
from openpyxl import Workbook

from survey.domain.problems import Problem
from survey.forms.compile import compile_xlsform
from tests.forms.tables import compiled, table


def _refusal(content: bytes) -> Problem:
    with pytest.raises(Problem) as raised:
        compile_xlsform(content, "small.xlsx")
    assert raised.value.kind.code == "BROKEN_FORM"
    return raised.value


def test_a_form_compiles_to_xform_and_tree() -> None:
    """Both come from one file; the hash is of the XForm's bytes, as OpenRosa's form list wants it."""
    form = compiled("text | site", "begin_group | g", "select_one kind | k | | | | yes", "end_group |")

    assert (form.form, form.version, form.site_kind) == ("small", "1", "household")
    assert form.xform_md5 == "md5:" + hashlib.md5(form.xform.encode(), usedforsecurity=False).hexdigest()
    assert etree.fromstring(form.xform.encode()) is not None
    site, group = form.tree["children"]
    assert (site["kind"], site["type"], site["path"]) == ("question", "text", "/data/site")
    assert group["children"][0]["path"] == "/data/g/k"
    assert group["children"][0]["choices"] == "kind"
    assert group["children"][0]["required"] == {"fn": "true", "args": []}
    assert form.tree["choices"]["kind"][0] == {"name": "hedge", "label": {"vi": "Cây", "en": "Hedge"}, "columns": {"green": "yes"}}
    assert form.tree["languages"] == ["vi", "en"]


def test_expressions_become_trees() -> None:
    """Relevant, constraint, calculation and choice filter are parsed, `${q}` and relative paths alike."""
    form = compiled(
        "decimal | total", "decimal | green | ${total} > 0 | . <= ../total", "calculate | share | | | ${green} div ${total}",
        "select_one kind | k | | | | | green = ${total}",
    )  # fmt: skip
    _, green, share, k = form.tree["children"]

    assert green["relevant"] == {"op": ">", "args": [{"path": "/data/total"}, {"n": 0}]}
    assert green["constraint"] == {"op": "<=", "args": [{"self": True}, {"path": "/data/total"}]}
    assert share["calculation"] == {"op": "div", "args": [{"path": "/data/green"}, {"path": "/data/total"}]}
    assert k["choice_filter"] == {"op": "=", "args": [{"column": "green"}, {"path": "/data/total"}]}
    assert "unsupported" not in form.tree


def test_a_label_is_cut_where_it_shows_an_answer() -> None:
    """`${q}` in a label becomes a part with an expression."""
    rows = table("decimal | total", "note | n").replace(b"| note | n | n | n |", "| note | n | Có ${total} m | ${total} m |".encode())
    note = compile_xlsform(rows, "small.xlsx").tree["children"][1]

    assert note["label"]["vi"] == ["Có ", {"expr": {"path": "/data/total"}}, " m"]
    assert note["label"]["en"] == [{"expr": {"path": "/data/total"}}, " m"]


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("geotrace | t", "line drawn"),
        ("calculate | t | | | pulldata('a', 'b', 'c', 1)", "pulldata"),
        ("text | t | | geofence(., 'x')", "geofence"),
        ("barcode | t", "barcode"),
    ],
)
def test_more_than_our_renderer_can_do_is_named(row: str, what: str) -> None:
    """Such a form is taken, for ODK Collect, and its tree says what is in the way."""
    form = compiled("text | site", row)

    (line,) = form.tree["unsupported"]
    assert (line["path"], line["question"]) == ("/data/t", "t")
    assert what in line["en"]
    assert line["vi"] != line["en"]
    assert form.xform


@pytest.mark.parametrize(
    ("rows", "fault", "row"),
    [
        (("text | a", "text | b | ${zz} = 1"), "unknown", 3),
        (("text | a", "text | b | a = 1"), "unknown", 3),
        (("text | a", "text | b | ${a} = "), "expression", 3),
        (("text | a", "text | b | foo(${a})"), "expression", 3),
        (("text | a", "text | b | ${a = 1"), "expression", 3),
        (("text | a", "text | a"), "duplicate", 3),
        (("select_one nowhere | a",), "list", 2),
        (("txet | a",), "type", 2),
        (("text | a b",), "name", 2),
        (("calculate | c",), "calculation", 2),
        (("begin_group | g", "text | a"), "group", 2),
        (("text | a", "end_group | g"), "group", 3),
        (("text | a | ${b} = 1", "text | b | ${a} = 1"), "circular", 2),
        ((), "no_questions", "–"),
    ],
)
def test_a_broken_form_is_refused_with_its_row(rows: tuple[str, ...], fault: str, row: object) -> None:
    """The refusal names fault, sheet and row, in both languages, and what to do."""
    problem = _refusal(table(*rows))

    assert (problem.details["fault"], problem.details["sheet"], problem.details["row"]) == (fault, "survey", row)
    assert str(row) in problem.sentence("vi")
    assert problem.sentence("vi") != problem.sentence("en")
    assert "{" not in problem.sentence("vi").replace("${", "")


_HEAD = "| survey |\n| | type | name | label | relevant |\n"


@pytest.mark.parametrize(
    ("content", "fault", "sheet", "row"),
    [
        ("| survey |\n| | tpye | name | label |\n| | text | a | A |", "column", "survey", "–"),
        (_HEAD + "| | select_one k | a | A |", "sheet", "survey", "–"),
        (_HEAD + "| | select_one | a | A |", "type", "survey", 2),
        (_HEAD + "| | text | a | |", "label", "survey", 2),
        (_HEAD + "| | begin_group | | A |\n| | text | a | A |\n| | end_group |", "name", "survey", 2),
        (_HEAD + "| | select_one k | a | A |\n| choices |\n| | list_name | name | label |\n| | k | | A |", "name", "choices", 2),
        (_HEAD + "| | select_one k | a | A |\n| choices |\n| | list_name | name | label |\n| | k | b | B |\n| | k | b | C |", "duplicate",
         "choices", 3),
        (_HEAD + "| | begin_group | g | G |\n| | text | a | A |\n| | end_group |\n| | begin_group | h | H |\n| | text | a | A |\n"
         "| | text | b | B | ${a} = '' |\n| | end_group |", "duplicate", "survey", 7),
        (_HEAD + "| | text | a | A ${zz} |", "unknown", "survey", 2),
        (_HEAD + "| | text | a | A | pulldata( |", "expression", "survey", 2),
    ],
    ids=["heading", "no-choices", "no-list", "no-label", "group-name", "choice-name", "choice-twice", "ambiguous", "in-label", "brackets"],
)  # fmt: skip
def test_a_broken_public_form_is_refused_with_its_place(content: str, fault: str, sheet: str, row: object) -> None:
    """The slips that public forms have most: sheet, row and remedy are named in both languages."""
    problem = _refusal(content.encode())

    assert (problem.details["fault"], problem.details["sheet"], problem.details["row"]) == (fault, sheet, row)
    assert "trang “”" not in problem.sentence("vi")
    assert problem.sentence("vi") != problem.sentence("en")


def test_a_missing_translation_is_remarked_and_the_default_stands_in() -> None:
    """Public forms are rarely translated whole: whoever loads one is told the rows, and nobody sees an empty label."""
    content = table("text | a", "text | b", "select_one kind | k").replace(b"| text | b | b | b |", b"| text | b | be | |")
    form = compile_xlsform(content.replace("| Tường | Wall |".encode(), "| Tường | |".encode()), "small.xlsx")

    assert form.remarks["en"] == ("survey: not translated into en, rows 3", "choices: not translated into en, rows 3")
    assert form.remarks["vi"] == ("survey: chưa dịch sang en, dòng 3", "choices: chưa dịch sang en, dòng 3")
    assert form.tree["children"][1]["label"] == {"vi": ["be"], "en": ["be"]}
    assert form.tree["choices"]["kind"][1]["label"] == {"vi": "Tường", "en": "Tường"}


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        ("small | 1 | house | Tiếng Việt (vi)", "site_kind"),
        ("small | v/1 | household | Tiếng Việt (vi)", "version"),
        ("../small | 1 | household | Tiếng Việt (vi)", "form_id"),
    ],
)
def test_settings_are_checked(settings: str, fault: str) -> None:
    """Form id, version and site_kind must be usable where they are given."""
    problem = _refusal(table("text | a", settings=settings))

    assert (problem.details["fault"], problem.details["sheet"]) == (fault, "settings")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not a zip", b"\x00\x01\x02", b"hello", b"%PDF-1.7"])
def test_what_is_no_workbook_is_refused(content: bytes) -> None:
    """A file that is not a workbook gives a sentence, never a crash."""
    assert _refusal(content).details["fault"] in ("file", "sheet", "other")


def test_a_workbook_without_a_survey_sheet_is_refused() -> None:
    """An ordinary Excel file gives a sentence too."""
    buffer = BytesIO()
    Workbook().save(buffer)

    assert _refusal(buffer.getvalue()).details["fault"] in ("sheet", "other", "file")


def test_a_chain_of_questions_is_no_circle() -> None:
    """Long chains of skip logic compile."""
    rows = ["text | q0", *(f"text | q{number} | ${{q{number - 1}}} != ''" for number in range(1, 300))]

    assert len(compiled(*rows).tree["children"]) == 300


def test_once_may_refer_to_itself() -> None:
    """`once()` reads the question's own answer, which is no circle."""
    assert compiled("calculate | c | | | once(today())").tree["children"][0]["calculation"]["fn"] == "once"


def test_bundled_files_are_workbooks() -> None:
    """What people edit are Excel files."""
    folder = Path(__file__).parents[2] / "schema" / "forms"

    assert all(path.read_bytes().startswith(b"PK") for path in folder.glob("*.xlsx"))
