"""The workbook, read with another library: typed values, filters, frozen headers, pictures, links; nothing that runs."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from survey.bundle import cells, photo_sheets
from survey.bundle.arrange import Arrangement, arrange
from survey.bundle.cells import Book, Column, Kind, Link, cleaned, shortened, typed
from survey.bundle.workbook import WORKBOOK, add_workbook
from tests.bundle.making import made
from tests.bundle.written import HOSTILE, write_evidence


def _opened(content: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


@pytest.fixture(scope="module")
def book() -> Workbook:
    """The workbook of a hostile commune of twelve households."""
    return _opened(made(add_workbook, write_evidence(sites=12, photos=2))[WORKBOOK])


def _cell(sheet: Worksheet, title: str, row: int = 2) -> Cell:
    found = next(cell.column for cell in sheet[1] if cell.value == title)
    cell = sheet.cell(row, found)
    assert isinstance(cell, Cell)
    return cell


def test_sheets_filter_freeze_and_print(book: Workbook) -> None:
    """Every table has a frozen header with filters, prints landscape on A4 one page wide, with the header on each page."""
    assert book.sheetnames == [
        "Giới thiệu", "Kết luận", "Bài nộp", "Hàng rào  hộ   xanh đẹp", "Ảnh", "Sổ bộ", "Cảnh báo", "Duyệt", "Không tính", "Mục lục tệp",
    ]  # fmt: skip
    for sheet in book.worksheets[1:]:
        assert sheet.auto_filter.ref == f"A1:{get_column_letter(sheet.max_column)}{sheet.max_row}"
        assert sheet.freeze_panes == ("C2" if sheet.title == "Ảnh" else "B2")
        assert sheet.print_title_rows == "$1:$1"
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        assert all(sheet.column_dimensions[letter].width >= 6 for letter in "ABC")


def test_moments_and_numbers_are_real(book: Workbook) -> None:
    """Vietnamese time as a date, figures as numbers, shares as per cent."""
    items, verdicts, answers = book["Bài nộp"], book["Kết luận"], book.worksheets[3]

    moment = _cell(items, "Chụp lúc (giờ Việt Nam)")
    assert (moment.value, moment.number_format) == (datetime(2026, 11, 20, 10, 0), "dd/mm/yyyy hh:mm:ss")  # noqa: DTZ001 - as Excel has it
    assert _cell(items, "Vĩ độ").value == pytest.approx(18.0201)
    value = _cell(verdicts, "Giá trị")
    assert (value.value, value.number_format) == (0.855, "0.0%")
    assert (_cell(verdicts, "Tử số").value, _cell(verdicts, "Mẫu số").value) == (85.5, 100)
    assert _cell(verdicts, "Độ phủ").value == 0.75
    assert (_cell(verdicts, "Quy định").value, _cell(verdicts, "Kết luận").value) == ("từ 70% trở lên", "Đạt")
    assert _cell(answers, "Chiều dài xanh (m)").value == 60.5
    assert _cell(answers, "Loại").value == "Hàng rào cây"
    seen = _cell(answers, "Ngày xem")
    assert (seen.value, seen.number_format) == (datetime(2026, 11, 20), "dd/mm/yyyy")  # noqa: DTZ001 - as Excel has it
    assert [cell.value for cell in answers[1]][-2:] == ["Ghi chú [remark]", "Ghi chú [other]"]


def test_nothing_that_people_wrote_runs(book: Workbook) -> None:
    """No cell is a formula; names stand as written, but for what XML cannot hold and what no cell can."""
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    names = {str(cell.value) for cell in book["Sổ bộ"]["C"]}

    assert "f" not in kinds
    assert {'=HYPERLINK("http://x.example","Bấm")', "<r><t>lời</t></r> ", "a\ufffd\ufffd\ufffd\ufffdb", "👍🏽 Đỗ Thị Ẳn"} <= names
    assert any(name.endswith(cells.CUT) and len(name) == cells.LETTERS for name in names)
    front = {str(row[0].value): row[1].value for row in book["Giới thiệu"].iter_rows()}
    assert "ký tự mà Excel chứa được" in str(front["Văn bản dài"])
    assert (front["Bài nộp"], front["Ảnh"]) == (12, 24)
    assert "BẢN TRÌNH DIỄN" in str(front["Lưu ý"])


def test_pictures_stand_in_their_rows_and_lead_to_originals(book: Workbook) -> None:
    """A small view beside each photo, none beside the file that never came; both picture and name lead to the original."""
    sheet = book["Ảnh"]
    images = sheet._images

    assert len(images) == 23
    assert {image.anchor._from.row for image in images} == {*range(1, 25)} - {2}
    assert {image.anchor._from.col for image in images} == {0}
    assert {image.anchor.editAs for image in images} <= {"twoCell", None}
    link = _cell(sheet, "Tệp").hyperlink
    assert link is not None
    assert link.target == "../anh/thon-dong-son/HO-0000_household-fence_photo-1_20261120_01.jpg"
    assert _cell(sheet, "Câu hỏi").value == "Ảnh hàng rào"
    assert sheet.row_dimensions[2].height == pytest.approx(63)
    assert _cell(sheet, "Tệp", 3).value is None


def test_every_link_is_relative() -> None:
    """Pictures and names lead into the bundle, and into another bag's folder where the original lies there; nowhere else."""
    evidence = write_evidence(sites=2, photos=1)
    found = arrange(evidence)
    parted = Arrangement(found.photos, found.instances, found.pages, found.previews, dict.fromkeys(found.photos.values(), "ho-so_2-of-2"))
    with zipfile.ZipFile(io.BytesIO(made(add_workbook, evidence, parted)[WORKBOOK])) as read:
        rels = "".join(read.read(name).decode() for name in read.namelist() if name.endswith(".rels"))

    targets = {part.split('"')[0] for part in rels.split('Target="')[1:] if 'TargetMode="External"' in part.split("/>")[0]}
    photos = {f"../../../ho-so_2-of-2/data/{path}" for path in found.photos.values()}
    assert targets == photos | {f"../{path}" for path in found.instances.values()}


def test_many_photos_go_into_workbooks_by_hamlet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit the one workbook has no pictures, names those that do, and these hold each photo once, in portions."""
    monkeypatch.setattr(photo_sheets, "INLINE", 4)
    files = made(add_workbook, write_evidence(sites=5, photos=2))

    assert list(files) == [
        "ho-so/ho-so.xlsx", "ho-so/ho-so-anh-thon-dong-son-1.xlsx", "ho-so/ho-so-anh-thon-dong-son-2.xlsx", "ho-so/ho-so-anh-thon-2.xlsx",
    ]  # fmt: skip
    books = [_opened(content) for content in files.values()]
    assert [len(sheet._images) for book in books for sheet in book if sheet.title.startswith("Ảnh")] == [0, 4, 1, 4]
    names = [_cell(book.worksheets[0], "Tệp", row).value for book in books[1:] for row in range(2, book.worksheets[0].max_row + 1)]
    assert sorted(map(str, names)) == sorted(arrange(write_evidence(sites=5, photos=2)).photos.values())
    assert "ho-so-anh-thon-2.xlsx" in {row[1].value for row in books[0]["Giới thiệu"].iter_rows()}


def test_without_views_there_are_no_pictures() -> None:
    """A photo without a small view keeps its row and its link."""
    evidence = replace(write_evidence(sites=2, photos=1), thumb=lambda _sha256: None)
    sheet = _opened(made(add_workbook, evidence)[WORKBOOK])["Ảnh"]

    assert sheet._images == []
    assert _cell(sheet, "Tệp").hyperlink is not None


def test_equal_evidence_makes_equal_bytes() -> None:
    """No clock and no chance in the file."""
    one = made(add_workbook, write_evidence(sites=3))

    assert one == made(add_workbook, write_evidence(sites=3))
    with zipfile.ZipFile(io.BytesIO(one[WORKBOOK])) as read:
        core = read.read("docProps/core.xml").decode()
    assert core.count("2026-11-23T00:00:00Z") == 2


@pytest.fixture
def table(tmp_path: Path) -> Callable[[list[Column], list[dict[str, object]]], tuple[Workbook, dict[str, int]]]:
    """Writes a table and reads it back, with what was cut."""

    def write(columns: list[Column], rows: list[dict[str, object]]) -> tuple[Workbook, dict[str, int]]:
        with Book(tmp_path / "x.xlsx", title="x", about="Xã 18844 & <xã>", on=date(2026, 11, 23)) as book:
            book.table("Bảng", columns, rows)
        return openpyxl.load_workbook(tmp_path / "x.xlsx"), book.cut

    return write


def test_limits_of_excel_are_kept_and_counted(
    table: Callable[[list[Column], list[dict[str, object]]], tuple[Workbook, dict[str, int]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows go on in a further sheet under the same header; links beyond the limit are text; both can be seen."""
    monkeypatch.setattr(cells, "ROWS", 4)
    monkeypatch.setattr(cells, "LINKS", 2)
    book, cut = table([Column("a", "A", kind=Kind.LINK)], [{"a": Link(f"../{n}.jpg", f"{n}.jpg")} for n in range(7)])

    assert book.sheetnames == ["Bảng", "Bảng (2)", "Bảng (3)"]
    assert [[cell.value for cell in sheet["A"]] for sheet in book] == [
        ["A", "0.jpg", "1.jpg", "2.jpg"], ["A", "3.jpg", "4.jpg", "5.jpg"], ["A", "6.jpg"],
    ]  # fmt: skip
    assert [cell.hyperlink is not None for cell in book.worksheets[0]["A"]] == [False, True, True, False]
    assert cut == {"links": 2}


def test_what_is_not_of_its_kind_stays_text(
    table: Callable[[list[Column], list[dict[str, object]]], tuple[Workbook, dict[str, int]]],
) -> None:
    """A date that Excel does not know, a word in a column of dates, a number too long for it, infinity: all stay as written."""
    columns = [Column("day", "Ngày", kind=Kind.DAY), Column("number", "Số", kind=Kind.NUMBER)]
    given: list[dict[str, object]] = [
        {"day": "1899-12-31", "number": 10**18}, {"day": "hôm qua", "number": float("inf")}, {"day": "2026-11-23", "number": True},
        {"day": None, "number": ""},
    ]  # fmt: skip
    sheet = table(columns, given)[0].worksheets[0]

    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [
        ["1899-12-31", str(10**18)], ["hôm qua", "inf"], [datetime(2026, 11, 23), "có"],  # noqa: DTZ001 - as Excel has it
    ]  # fmt: skip


def test_text_is_cut_as_excel_counts() -> None:
    """Signs beyond the first plane count twice and are never cut in half; lone halves give way."""
    text = shortened("👍" * cells.LETTERS)

    assert len(text.encode("utf-16-le")) // 2 <= cells.LETTERS
    assert text.startswith("👍👍")
    assert text.endswith(cells.CUT)
    assert "\ufffd" not in text
    assert cleaned("a\ud800\x0bb\tc\n") == "a\ufffd\ufffdb\tc\n"
    assert typed("2026-11-23T03:00:00+00:00", Kind.MOMENT) == datetime(2026, 11, 23, 10)  # noqa: DTZ001 - as Excel has it


def test_no_hostile_word_is_lost_from_the_list() -> None:
    """The tests above stand on these."""
    assert any(len(word) > cells.LETTERS for word in HOSTILE)
    assert any(word.startswith("=") for word in HOSTILE)
