"""The dossier's forms as an office opens them: the same tables in Word and Excel, whatever people wrote, the same bytes twice."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

import openpyxl
import pytest
from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT

from survey.bundle import words
from survey.bundle.dossier import DETAILS, DETAILS_NOTE, DOCUMENTS_HEAD, HALF_YEAR, HALF_YEAR_NOTE, read_dossier
from survey.bundle.dossier_files import SHEET_PATH, WORD_PATH, add_dossier
from survey.catalogue.editions import read_document, read_edition
from survey.domain.criteria import Unit
from survey.domain.evidence import Evidence, Scope, Variant
from survey.domain.outcomes import Outcome
from survey.domain.statements import Aspect, Statement
from survey.domain.thresholds import Status
from survey.wiring import ROOT
from tests.bundle.making import made
from tests.bundle.world import HAMLETS, World
from tests.bundle.written import HOSTILE, write_evidence

HAMLETS_EDITION = read_edition(read_document(ROOT / "schema" / "criteria" / "ha-tinh-kdc-kieu-mau"), None)
EDITION = replace(HAMLETS_EDITION, unit=Unit.COMMUNE)  # with a number that was read, as no edition for communes has one first
FIRST = EDITION.criteria[0]


def _evidence(hostile: str = "Tờ trình số 5") -> Evidence:
    """One edition with its first criterion judged, claimed and appraised; *hostile* stands wherever a person may write."""
    evidence = write_evidence(sites=4)
    (verdict,) = evidence.verdicts
    verdict = replace(verdict, edition=EDITION.id, criterion=FIRST.code, title=FIRST.title)
    said = [
        Statement(
            EDITION.id, FIRST.code, None, aspect, 1, outcome, "", 0.8, date(2026, 11, 2), "ef" * 32, hostile, hostile, "p2",
            datetime(2026, 11, 3, tzinfo=UTC),
        )
        for aspect, outcome in ((Aspect.CLAIM, Outcome.MET), (Aspect.APPRAISAL, Outcome.NOT_MET))
    ]  # fmt: skip
    commune = replace(evidence.commune, name=hostile)
    return replace(evidence, commune=commune, editions=[EDITION], verdicts=[verdict], statements=said, people={"p2": hostile})


def _word(files: Mapping[str, bytes]) -> WordDocument:
    return Document(io.BytesIO(files[WORD_PATH]))


def _word_tables(files: Mapping[str, bytes]) -> list[list[list[str]]]:
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in _word(files).tables]


def _sheets(files: Mapping[str, bytes]) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(files[SHEET_PATH]))


def _sheet_tables(files: Mapping[str, bytes], above: int) -> list[list[list[str]]]:
    return [
        [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(min_row=above + 1, values_only=True)]
        for sheet in _sheets(files).worksheets
    ]


def test_three_tables_in_word_and_excel_say_the_same() -> None:
    """The list of documents, and each criterion's figures in both layouts; a row of Word is a row of Excel."""
    evidence = _evidence()
    files = made(add_dossier, evidence)
    word, sheets = _word_tables(files), _sheet_tables(files, 2 + len(read_dossier(evidence).marks))

    assert [tuple(table[0]) for table in word] == [DOCUMENTS_HEAD, DETAILS, HALF_YEAR]
    assert word == sheets
    details = dict(zip(DETAILS, word[1][1], strict=True))
    assert details["TT"] == FIRST.code
    assert details["Tiêu chí"] == FIRST.title.vi
    assert (details["Đánh giá theo khảo sát"], details["Kết quả khảo sát"]) == ("Đạt", "85,5%")
    assert details["Quy định"] == "từ 70% trở lên"
    assert details["Tình trạng con số"] == words.STATUSES[Status.READ]
    assert details["Xã tự đánh giá"].startswith("đạt · 80%, ngày 02/11/2026")
    assert details["Thẩm định"].startswith("chưa đạt")


def test_the_national_form_is_for_communes() -> None:
    """*Biểu 10* is of the national set: an edition that judges hamlets or gardens has none."""
    tables = read_dossier(replace(_evidence(), editions=[HAMLETS_EDITION])).tables

    assert [table.head for table in tables] == [DOCUMENTS_HEAD, DETAILS]


def test_what_is_not_known_is_said() -> None:
    """No layout was compared with its decision: each form says so, and which columns are left to the commune stays empty."""
    files = made(add_dossier, _evidence())
    told = "\n".join(paragraph.text for paragraph in _word(files).paragraphs)

    assert DETAILS_NOTE in told
    assert HALF_YEAR_NOTE in told
    assert "chưa tìm thấy: hãy hỏi cơ quan thẩm định" in told
    half = dict(zip(HALF_YEAR, _word_tables(files)[2][2], strict=True))
    assert [half[column] for column in HALF_YEAR if column.startswith(("Đến 31/12", "Kế hoạch"))] == [""] * 4
    assert half["Thực hiện 6 tháng: Kết quả"] == "85,5%"


@pytest.mark.parametrize("status", [Status.RECALLED, Status.MISSING, Status.PARTLY_READ])
def test_the_status_of_each_number_stands_beside_it(status: Status) -> None:
    """A number from memory is marked in the forms as well."""
    evidence = _evidence()
    (verdict,) = evidence.verdicts
    threshold = verdict.basis[0].threshold
    assert threshold is not None
    basis = replace(verdict.basis[0], threshold=replace(threshold, status=status))
    files = made(add_dossier, replace(evidence, verdicts=[replace(verdict, basis=(basis,))]))

    assert words.STATUSES[status] in _word_tables(files)[1][1]
    assert words.STATUSES[status] in _sheet_tables(files, 4)[1][1]


def test_demonstration_parts_and_public_variant_are_marked() -> None:
    """Before all else both files say what they are not; the real thing of a whole commune says nothing of the kind."""
    evidence = _evidence()
    plain = replace(evidence, commune=replace(evidence.commune, demonstration=False))
    part = replace(evidence, scope=Scope(date(2026, 11, 23), hamlet="h0"), variant=Variant.PUBLIC)

    files = made(add_dossier, part)
    first = [str(row[0]) for row in _sheets(files).worksheets[1].iter_rows(max_row=5, values_only=True)]
    told = [paragraph.text for paragraph in _word(files).paragraphs[:5]]

    for said in (first, told):
        assert said[1] == "BẢN TRÌNH DIỄN: dữ liệu không có thật"
        assert any(line.startswith("Chỉ một phần: ") and "Thôn Đông Sơn" in line for line in said)
        assert any(line.startswith("Bản công khai") for line in said)
    assert read_dossier(plain).marks == (f"Tính đến ngày 23/11/2026; mã cuối của nhật ký 7 {'ab' * 32}",)


@pytest.mark.parametrize("word", [*HOSTILE, "\x0b\x1b\ud800", "[a]:*?/\\'", ""], ids=range(len(HOSTILE) + 3))
def test_hostile_words(word: str) -> None:
    """Control characters, formulas, half letters, forbidden names of sheets: both files open, and nothing in them runs."""
    titled = replace(EDITION, title=replace(EDITION.title, vi=word))
    files = made(add_dossier, replace(_evidence(word), editions=[titled, titled]))
    book = _sheets(files)

    assert len(_word(files).tables) == len(book.worksheets) == 5
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    with zipfile.ZipFile(io.BytesIO(files[SHEET_PATH])) as archive:
        assert not [name for name in archive.namelist() if "externalLink" in name]


def test_the_same_bytes_twice() -> None:
    """Equal evidence, equal files; neither carries another moment than the bundle's day."""
    one, other = made(add_dossier, _evidence()), made(add_dossier, _evidence())

    assert one == other
    assert (_word(one).core_properties.created, _sheets(one).properties.created) == (
        datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 23),  # noqa: DTZ001 - a workbook's has no zone
    )  # fmt: skip


def test_made_to_be_edited_and_printed() -> None:
    """A4 across; heads come again on each page, Excel's stay in sight and filter."""
    files = made(add_dossier, _evidence())
    section, sheet = _word(files).sections[0], _sheets(files).worksheets[1]

    assert section.orientation == WD_ORIENT.LANDSCAPE
    assert all(table.rows[0]._tr.xpath("./w:trPr/w:tblHeader") for table in _word(files).tables)
    assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize)) == ("landscape", "9")
    assert sheet.freeze_panes == "C6"
    assert sheet.auto_filter.ref == f"A5:{openpyxl.utils.get_column_letter(len(DETAILS))}6"


def test_in_a_real_bundle(world: World) -> None:
    """Every criterion of the editions in force has a line in the details, with the words of its verdict."""
    scope = world.scope(hamlet=HAMLETS[0])
    with zipfile.ZipFile(io.BytesIO(world.export(scope))) as archive:
        files = {name.partition("/data/")[2]: archive.read(name) for name in archive.namelist()}
    judged = {(one.edition, one.title.vi): words.OUTCOMES[one.outcome] for one in world.verdicts(scope) if one.hamlet == HAMLETS[0]}
    tables = _word_tables(files)
    said = [(row[1], row[7]) for table in tables if tuple(table[0]) == DETAILS for row in table[1:] if row[1]]
    numbers = {row[0] for table in tables[1:] for row in table[1:]}

    assert judged
    assert sorted(said) == sorted((title, outcome) for (_, title), outcome in judged.items())
    assert not [number for number in numbers if number and not number[:1].isdigit()]
    assert len(_sheets(files).worksheets) == len(tables)


def test_no_picture_of_another_program() -> None:
    """The Word file holds our words alone: the library's template would add a thumbnail that somebody else's office drew."""
    with zipfile.ZipFile(io.BytesIO(made(add_dossier, _evidence())[WORD_PATH])) as archive:
        assert not [name for name in archive.namelist() if "thumbnail" in name]
