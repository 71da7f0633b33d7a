"""What the author of a form can do to the server that loads it, and to the one that checks answers against it."""

import io
import time
import zipfile
from collections.abc import Sequence
from datetime import date

import pytest
from openpyxl import Workbook

from survey.domain.problems import BROKEN_FORM, Problem
from survey.forms.check import check_answers
from survey.forms.compile import compile_xlsform
from survey.forms.markup import plain_text
from survey.forms.settle import settle

DAY = date(2026, 11, 23)
Rows = Sequence[Sequence[str]]


def _book(survey: Rows, settings: Rows = (("form_id", "version"), ("hostile", "1"))) -> bytes:
    book, out = Workbook(), io.BytesIO()
    book.remove(book.worksheets[0])
    for name, rows in (("survey", survey), ("settings", settings)):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(out)
    return out.getvalue()


def _computing(formula: str) -> bytes:
    return _book([("type", "name", "label", "calculation"), ("text", "a", "A", ""), ("calculate", "c", "", formula)])


@pytest.mark.parametrize(
    "formula",
    ["9" * 5000, "9" * 400, "a" + "[1]" * 9000, "../" * 10_000 + "a", "(" * 5000 + "1" + ")" * 5000, "not(" * 2000 + "1" + ")" * 2000],
    ids=["digits", "infinite", "predicates", "steps", "brackets", "calls"],
)
def test_a_formula_bomb_is_refused_with_its_row(formula: str) -> None:
    """Not a trace from the depth of a parser, and no number that JSON cannot hold."""
    with pytest.raises(Problem) as refused:
        compile_xlsform(_computing(formula), "hostile.xlsx")

    assert refused.value.kind is BROKEN_FORM
    assert (refused.value.details["sheet"], refused.value.details["row"]) == ("survey", 3)


def test_groups_without_bottom_are_refused() -> None:
    """Thousands of groups within groups."""
    groups = [("begin_group", f"g{number}", "G") for number in range(3000)]
    rows = [("type", "name", "label"), *groups, ("text", "a", "A"), *([("end_group", "", "")] * 3000)]
    with pytest.raises(Problem) as refused:
        compile_xlsform(_book(rows), "hostile.xlsx")

    assert refused.value.kind is BROKEN_FORM


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"])
@pytest.mark.parametrize("end", [b"", b"<", b"&bomb;"], ids=["empty", "cut", "entity"])
def test_a_workbook_of_broken_xml_is_no_workbook(part: str, end: bytes) -> None:
    """Cut off on its way, or with entities that grow."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_computing("1"))) as good, zipfile.ZipFile(out, "w") as bad:
        for name in good.namelist():
            bad.writestr(name, b'<!DOCTYPE x [<!ENTITY bomb "b">]><x' + end if name == part else good.read(name))
    with pytest.raises(Problem) as refused:
        compile_xlsform(out.getvalue(), "hostile.xlsx")

    assert refused.value.kind is BROKEN_FORM


def test_a_form_cannot_send_its_answers_elsewhere() -> None:
    """ODK Collect would obey: to another server, or encrypted for somebody else. The loader is told."""
    settings = [("form_id", "version", "Submission_URL", "public_key"), ("hostile", "1", "https://evil.example/steal", "AAAA")]
    form = compile_xlsform(_book([("type", "name", "label"), ("text", "a", "A")], settings), "hostile.xlsx")

    assert "evil.example" not in form.xform
    assert "base64RsaPublicKey" not in form.xform
    assert [remark.split(" ")[3] for remark in form.remarks["en"]] == ["submission_url", "public_key"]
    assert len(form.remarks["vi"]) == 2


@pytest.mark.parametrize("formula", ["concat({0}, {0})", "join('-', {0}, {0})"])
def test_texts_that_double_stay_small(formula: str) -> None:
    """Sixty calculations, each the last one twice, would be ten thousand million gigabytes."""
    rows = [("type", "name", "label", "calculation"), ("text", "a", "A", ""), ("calculate", "c0", "", "'0123456789'")]
    rows += [("calculate", f"c{number}", "", formula.format(f"${{c{number - 1}}}")) for number in range(1, 25)]
    form = compile_xlsform(_book(rows), "hostile.xlsx")
    longest = max(len(str(value)) for value in settle(form.tree, {"/data/a": "x"}).model.values.values())

    assert longest == 100_000
    assert check_answers(form.tree, {"/data/a": "x"}, DAY) == []


def test_repeats_in_repeats_do_not_multiply_for_ever() -> None:
    """Three of five hundred each are 125 million; who fills a form in by hand never comes near the bound."""
    rows = [("type", "name", "label", "repeat_count"), *(("begin_repeat", name, name, "500") for name in "rst")]
    rows += [("text", "a", "A", ""), *([("end_repeat", "", "", "")] * 3)]
    tree = compile_xlsform(_book(rows), "hostile.xlsx").tree
    model = settle(tree, {"/data/r[1]/s[1]/t[1]/a": "x"}).model

    assert sum((model.repeats or {}).values()) <= 6000


def test_markers_that_nothing_closes_take_no_time() -> None:
    """A cell of Excel's longest text."""
    begun = time.process_time()
    text = plain_text("**a " * 8000)

    assert text.startswith("**a **a")
    assert time.process_time() - begun < 1.5
    assert plain_text("**bold** text") == "bold text"
