"""Tables of a workbook (XLSX): typed cells that no spreadsheet runs, frozen headers, filters, links and print set-up, row by row.

Limits are Excel's ("Excel specifications and limits"): 1,048,576 rows a sheet, 32,767 characters a cell, 65,530 links a sheet.
Rows beyond go on in a further sheet, longer text is cut where it says so, further links are plain text; `Book.cut` counts.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import xlsxwriter
from xlsxwriter.image import Image
from xlsxwriter.url import Url

from survey.domain.times import VIETNAM

ROWS, LETTERS, LINKS = 1_048_576, 32_767, 65_530
CUT = " … [đã cắt bớt vì quá dài]"
_EXACT = 10**15  # Excel keeps fifteen digits: longer numbers are text
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")
_SHEET_LETTERS = 31
_FIRST_DAY = date(1900, 3, 1)  # before it Excel counts a leap day that never was
_PICTURE_ROW_PX, _PICTURE_COLUMN = 84, 16


class Kind(StrEnum):
    """How a column's values are kept and shown; a value that is not of the kind stays text."""

    TEXT = "@"
    NUMBER = "General"
    WHOLE = "#,##0"
    DEGREES = "0.000000"
    SHARE = "0.0%"
    DAY = "dd/mm/yyyy"
    MOMENT = "dd/mm/yyyy hh:mm:ss"
    LINK = "link"
    PICTURE = "picture"


@dataclass(frozen=True)
class Column:
    """One column: *key* of the row's value, title, width in letters; what is not *printed* stands to the right of the print area."""

    key: str
    title: str
    width: int = 18
    kind: Kind = Kind.TEXT
    printed: bool = True


@dataclass(frozen=True)
class Link:
    """A value of a LINK cell: a relative URL and its words."""

    url: str
    text: str


@dataclass(frozen=True)
class Picture:
    """A value of a PICTURE cell: a JPEG file, the relative URL of what it shows (None: no link), and words for who cannot see it."""

    file: Path
    url: str | None
    text: str


@dataclass(frozen=True)
class Share:
    """A number that reads as per cent, in a column of other numbers."""

    value: float


class Book:
    """A workbook that is written to *path* row by row; use it as a context. *about* stands in every page's header, *on* is its date."""

    def __init__(self, path: Path, *, title: str, about: str, on: date) -> None:
        options = {
            "constant_memory": True, "tmpdir": str(path.parent), "strings_to_formulas": False, "strings_to_urls": False,
            "strings_to_numbers": False,
        }  # fmt: skip
        self._book = xlsxwriter.Workbook(str(path), options)
        self._book.set_properties({"title": cleaned(title), "created": datetime.combine(on, time())})
        self._about = cleaned(about)[:100].replace("&", "&&")
        self._names: set[str] = set()
        base = {"valign": "top"}
        self._formats = {kind: self._book.add_format({**base, **_look(kind)}) for kind in Kind}
        self._header = self._book.add_format(
            {"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": "#E2EFDA", "bottom": 2, "bottom_color": "#548235"}
        )
        self.cut: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._book.close()

    def sheet(self, title: str) -> Any:
        """An empty worksheet, set up for printing, under the first free name that Excel allows for *title*."""
        sheet = self._book.add_worksheet(self._free_name(title))
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.set_header(f"&L&9 {self._about}&R&9 &A")
        sheet.set_footer("&C&9Trang &P / &N")
        return sheet

    def table(self, title: str, columns: Sequence[Column], rows: Iterable[Mapping[str, object]]) -> int:
        """Write *rows* under a frozen header with filters, over as many sheets as they need; returns how many rows there were."""
        columns = sorted(columns, key=lambda column: not column.printed)
        table = _Table(self, title, columns, self._formats, self._header)
        count = 0
        for row in rows:
            if table.is_full:
                table.finish()
                table = _Table(self, title, columns, self._formats, self._header)
            table.add(row)
            count += 1
        table.finish()
        return count

    def front(self, sheet: Any, lines: Iterable[tuple[str, object]]) -> None:
        """Fill *sheet* with *lines* of a name and a text, a number or a Link."""
        sheet.set_portrait()
        sheet.set_column(0, 0, 30)
        sheet.set_column(1, 1, 90)
        bold, text = self.style(bold=True, valign="top", text_wrap=True), self.style(valign="top", text_wrap=True, align="left")
        for row, (name, value) in enumerate(lines):
            sheet.write_string(row, 0, cleaned(name), bold)
            if isinstance(value, Link):
                sheet.write_url(row, 1, _address(value), self._formats[Kind.LINK])
            elif isinstance(value, int):
                sheet.write_number(row, 1, value, text)
            else:
                sheet.write_string(row, 1, cleaned(str(value)), text)

    def note_cut(self, what: str) -> None:
        """Count that a limit of Excel was met."""
        self.cut[what] = self.cut.get(what, 0) + 1

    def style(self, **given: object) -> Any:
        """A format of the workbook."""
        return self._book.add_format(given)

    def _free_name(self, title: str) -> str:
        stem = _SHEET_NAME.sub(" ", cleaned(title)).strip()[:_SHEET_LETTERS].strip() or "Bảng"
        name, number = stem, 1
        while name.casefold() in self._names or name.casefold() == "history":
            number += 1
            name = f"{stem[: _SHEET_LETTERS - len(str(number)) - 3]} ({number})"
        self._names.add(name.casefold())
        return name


class _Table:
    def __init__(self, book: Book, title: str, columns: Sequence[Column], formats: Mapping[Kind, Any], header: Any) -> None:
        self._book, self._columns, self._formats = book, columns, formats
        self._sheet = book.sheet(title)
        self._row, self._links = 0, 0
        has_pictures = any(column.kind is Kind.PICTURE for column in columns)
        self._height = _PICTURE_ROW_PX if has_pictures else None
        self._sheet.freeze_panes(1, 2 if has_pictures else 1)
        self._sheet.repeat_rows(0)
        self._sheet.set_row(0, 32)
        for number, column in enumerate(columns):
            self._sheet.set_column(number, number, _PICTURE_COLUMN if column.kind is Kind.PICTURE else column.width)
            self._sheet.write_string(0, number, cleaned(column.title), header)

    @property
    def is_full(self) -> bool:
        return self._row + 1 >= ROWS

    def add(self, row: Mapping[str, object]) -> None:
        self._row += 1
        if self._height is not None:
            self._sheet.set_row_pixels(self._row, self._height)
        for number, column in enumerate(self._columns):
            value = row.get(column.key)
            if value is not None and value != "":
                self._write(number, column.kind, value)

    def finish(self) -> None:
        printed = sum(column.printed for column in self._columns)
        self._sheet.autofilter(0, 0, self._row, len(self._columns) - 1)
        self._sheet.print_area(0, 0, self._row, max(printed, 1) - 1)

    def _write(self, number: int, kind: Kind, value: object) -> None:
        if isinstance(value, Share):
            kind, value = Kind.SHARE, value.value
        known, style = typed(value, kind), self._formats[kind]
        if isinstance(value, Picture):
            self._picture(number, value)
        elif isinstance(value, Link) and self._links < LINKS:
            self._links += 1
            self._sheet.write_url(self._row, number, _address(value), style)
        elif isinstance(known, datetime | date):
            self._sheet.write_datetime(self._row, number, known, style)
        elif isinstance(known, int | float):
            self._sheet.write_number(self._row, number, known, style)
        else:
            self._text(number, value.text if isinstance(value, Link) else known, self._formats[Kind.TEXT])
            if isinstance(value, Link):
                self._book.note_cut("links")

    def _text(self, number: int, value: object, style: Any) -> None:
        text = cleaned(str(value))
        if len(text.encode("utf-16-le")) // 2 > LETTERS:
            self._book.note_cut("texts")
            text = shortened(text)
        self._sheet.write_string(self._row, number, text, style)

    def _picture(self, number: int, picture: Picture) -> None:
        image = Image(picture.file)
        scale = min(1.0, (_PICTURE_ROW_PX - 4) / image.height, (_PICTURE_COLUMN * 7 - 2) / image.width)
        options = {"x_offset": 3, "y_offset": 2, "x_scale": scale, "y_scale": scale, "description": cleaned(picture.text)[:250]}
        link = {"url": f"external:{picture.url}"} if picture.url else {}
        # Moves and shrinks with its cell: a filter that hides the row hides the picture.
        self._sheet.insert_image(self._row, number, image, {**options, **link, "object_position": 1})


def cleaned(text: str) -> str:
    """*text* without what XML or Excel cannot hold: control characters give way to U+FFFD."""
    text = _ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", text)
    # XlsxWriter takes such text for markup and would copy it unescaped.
    return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text


def fitting(text: str) -> str:
    """*text* as one cell holds it: `cleaned`, and `shortened` where it is too long."""
    text = cleaned(text)
    return shortened(text) if len(text.encode("utf-16-le")) // 2 > LETTERS else text


def shortened(text: str) -> str:
    """*text* cut to what one cell holds, counted in UTF-16 units as Excel does, with a mark that says so."""
    room = (LETTERS - len(CUT)) * 2
    return text.encode("utf-16-le")[:room].decode("utf-16-le", "ignore") + CUT


def typed(value: object, kind: Kind) -> object:
    """*value* as a column of *kind* keeps it: Vietnamese time without a zone, a date, a number; else as it was."""
    if isinstance(value, bool):
        return "có" if value else "không"
    if kind in {Kind.MOMENT, Kind.DAY}:
        return _on_calendar(value, kind)
    if isinstance(value, int | float):
        return value if math.isfinite(value) and abs(value) < _EXACT else str(value)
    return value


def _on_calendar(value: object, kind: Kind) -> object:
    try:
        known = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return value
    if isinstance(known, datetime):
        known = known.astimezone(VIETNAM).replace(tzinfo=None) if known.tzinfo else known
        known = known if kind is Kind.MOMENT else known.date()
    if not isinstance(known, date):
        return value
    return known if (known.date() if isinstance(known, datetime) else known) >= _FIRST_DAY else str(value)


def _look(kind: Kind) -> dict[str, object]:
    if kind is Kind.LINK:
        return {"font_color": "#0563C1", "underline": 1, "text_wrap": True}
    if kind is Kind.PICTURE:
        return {}
    if kind is Kind.TEXT:
        return {"text_wrap": True}
    if kind in {Kind.DAY, Kind.MOMENT}:
        return {"num_format": kind.value, "align": "left"}
    return {"num_format": kind.value, "align": "right", "indent": 1}


def _address(link: Link) -> Url:
    address = Url(f"external:{link.url}")
    address.text = cleaned(link.text)
    # As written, with slashes: the backslashes that XlsxWriter puts into links of cells lead nowhere but on Windows.
    address._relationship_link = link.url  # noqa: SLF001 - it offers no other way
    return address
