"""Files of a register, bytes in, a table out: CSV, XLSX and GeoJSON, told by their content, with limits on their size."""

import csv
import io
import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Never

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from survey.domain.columns import field_of
from survey.domain.entries import is_empty
from survey.domain.problems import FILE_TOO_LARGE, REGISTER_UNREADABLE, Problem

SIZE_LIMIT = 20_000_000  # bytes
ROW_LIMIT = 100_000
_COLUMN_LIMIT = 200
_UNPACKED_LIMIT = 200_000_000  # bytes of an XLSX once unpacked: a small zip may hold a huge sheet
_HEADING_ROWS = 20  # titles and addresses that offices write above the heading
_BLANK_ROWS = 1_000  # so many empty rows are the end of a sheet
# What zipfile, its decompressor, the XML parser and openpyxl raise for a damaged file.
_BROKEN_XLSX = (
    zipfile.BadZipFile, zlib.error, InvalidFileException, LookupError, ValueError, TypeError, AttributeError, SyntaxError, OSError,
    EOFError, NotImplementedError, RuntimeError,
)  # fmt: skip
_CELL_LIMIT = 1_000_000  # letters of one CSV cell, for lines written as text


@dataclass(frozen=True)
class Table:
    """The headings of a file and its rows, numbered as the file's reader counts them."""

    headings: Sequence[str]
    rows: Sequence[tuple[int, Sequence[object]]]
    heading_row: int = 1


def read_table(content: bytes, name: str) -> Table:
    """The table in *content*. Raises FILE_TOO_LARGE, or REGISTER_UNREADABLE with the reason and the remedy."""
    if len(content) > SIZE_LIMIT:
        raise Problem(FILE_TOO_LARGE, name=name, limit_mb=SIZE_LIMIT // 1_000_000)
    if not content.strip():
        _refuse(name, "tệp rỗng", "it is empty", "Chọn tệp có dữ liệu.", "Choose a file that holds data.")
    if content.startswith(b"PK\x03\x04"):
        return _from_rows(name, _xlsx_rows(content, name))
    if content.startswith((b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff")):
        _refuse(
            name,
            "không phải CSV, XLSX hay GeoJSON",
            "it is no CSV, XLSX or GeoJSON",
            "Mở bằng Excel rồi lưu thành .xlsx hoặc “CSV UTF-8”.",
            "Open it in a spreadsheet and save it as .xlsx or CSV UTF-8.",
        )
    text = _text(content, name)
    if text.lstrip().startswith(("{", "[")):
        return _from_geojson(text, name)
    return _from_rows(name, _csv_rows(text, name))


def _from_rows(name: str, rows: Iterable[Sequence[object]]) -> Table:
    numbered = [(number, row) for number, row in enumerate(_limited(name, rows), start=1) if not all(map(is_empty, row))]
    if not numbered:
        _refuse(name, "không có dòng nào", "it has no rows", "Chọn tệp có dữ liệu.", "Choose a file that holds data.")
    heading = next((index for index, (_, row) in enumerate(numbered[:_HEADING_ROWS]) if _is_heading(row)), 0)
    if heading + 1 == len(numbered):
        _refuse(name, "chỉ có dòng tiêu đề", "it has a heading only", "Thêm ít nhất một dòng.", "Add at least one row.")
    headings = ["" if cell is None else " ".join(str(cell).split()) for cell in numbered[heading][1]]
    return Table(headings, numbered[heading + 1 :], numbered[heading][0])


def _is_heading(row: Sequence[object]) -> bool:
    return sum(isinstance(cell, str) and field_of(cell) is not None for cell in row) > 1


def _limited(name: str, rows: Iterable[Sequence[object]]) -> Iterator[Sequence[object]]:
    """*rows* up to a long run of empty ones. Raises REGISTER_UNREADABLE over the limits."""
    blank = filled = 0
    for row in rows:
        if len(row) > _COLUMN_LIMIT and not all(map(is_empty, row[_COLUMN_LIMIT:])):
            _refuse_size(name, f"quá {_COLUMN_LIMIT} cột", f"it has more than {_COLUMN_LIMIT} columns")
        blank = blank + 1 if all(map(is_empty, row)) else 0
        filled += blank == 0
        if filled > ROW_LIMIT:
            _refuse_size(name, f"quá {ROW_LIMIT} dòng", f"it has more than {ROW_LIMIT} rows")
        if blank > _BLANK_ROWS:
            return
        yield row[:_COLUMN_LIMIT]


def _text(content: bytes, name: str) -> str:
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        _refuse(name, "chữ không theo bảng mã UTF-8", "its text is not UTF-8",
                "Trong Excel chọn Lưu thành “CSV UTF-8” hoặc .xlsx.", "In the spreadsheet, save as CSV UTF-8 or .xlsx.")  # fmt: skip
    return text


def _csv_rows(text: str, name: str) -> Iterator[Sequence[object]]:
    first, _, rest = text.partition("\n")
    told = first.strip("\r ").lower()
    if told in {"sep=;", "sep=,", "sep=\t"}:  # a spreadsheet's own note on the separator
        text, delimiter = rest, told[-1]
    else:
        delimiter = max(";,\t", key=lambda mark: _known_headings(text, mark))
    try:
        yield from _csv_reader(text, delimiter)
    except csv.Error:
        _refuse(name, "CSV bị hỏng", "the CSV is broken", "Lưu lại tệp từ bảng tính.", "Save the file again from the spreadsheet.")


def _known_headings(text: str, delimiter: str) -> tuple[int, int]:
    """How many headings a separator brings to light in the first rows, and how often it is there."""
    sample = text[:50_000]
    try:
        rows = list(islice(_csv_reader(sample, delimiter), _HEADING_ROWS))
    except csv.Error:
        rows = []
    return max((sum(field_of(cell) is not None for cell in row) for row in rows), default=0), sample.count(delimiter)


def _csv_reader(text: str, delimiter: str) -> Iterator[list[str]]:
    csv.field_size_limit(_CELL_LIMIT)
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _xlsx_rows(content: bytes, name: str) -> Iterator[Sequence[object]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > _UNPACKED_LIMIT:
            _refuse_size(name, "bảng tính quá lớn khi giải nén", "the spreadsheet is too large once unpacked")
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            rows = sheet.iter_rows(values_only=True)
            first = next((row for row in rows if not all(map(is_empty, row))), None)
            if first is not None:
                yield from sheet.iter_rows(values_only=True)
                return
    except _BROKEN_XLSX:
        _refuse(name, "bảng tính bị hỏng", "the spreadsheet is broken",
                "Mở lại bằng Excel rồi lưu thành .xlsx.", "Open it in a spreadsheet and save it as .xlsx.")  # fmt: skip


def _from_geojson(text: str, name: str) -> Table:
    features = _features(text, name)
    if len(features) > ROW_LIMIT:
        _refuse_size(name, f"quá {ROW_LIMIT} đối tượng", f"it has more than {ROW_LIMIT} features")
    headings: dict[str, None] = {}
    for feature in features:
        headings |= dict.fromkeys(map(str, feature["properties"] or {}))
    headings.pop("geometry", None)
    if len(headings) > _COLUMN_LIMIT:
        _refuse_size(name, f"quá {_COLUMN_LIMIT} thuộc tính", f"it has more than {_COLUMN_LIMIT} properties")
    rows = [
        (number, [*(_plain((feature["properties"] or {}).get(heading)) for heading in headings), feature.get("geometry")])
        for number, feature in enumerate(features, start=1)
    ]
    return Table([*headings, "geometry"], rows, 0)


def _features(text: str, name: str) -> list[dict[str, Any]]:
    try:
        document = json.loads(text, parse_constant=_no_constant)
        if document["type"] == "Feature":
            document = {"type": "FeatureCollection", "features": [document]}
        features: list[dict[str, Any]] = document["features"]
        sound = all(isinstance(feature.get("properties") or {}, dict) and feature["type"] == "Feature" for feature in features)
        reference = json.dumps(document.get("crs") or "CRS84")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        features, sound, reference = [], False, "CRS84"
    if not sound or not features:
        _refuse(name, "GeoJSON không có đối tượng nào đọc được", "the GeoJSON has no features that can be read",
                "Xuất lại thành FeatureCollection.", "Export it again as a FeatureCollection.")  # fmt: skip
    if "CRS84" not in reference and "4326" not in reference:
        _refuse(name, "GeoJSON không dùng hệ tọa độ WGS 84", "the GeoJSON is not in WGS 84",
                "Xuất lại với hệ tọa độ EPSG:4326.", "Export it again in EPSG:4326.")  # fmt: skip
    return [{"properties": {}, **feature} for feature in features]


def _plain(value: object) -> object:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def _no_constant(constant: str) -> Never:
    raise ValueError(constant)


def _refuse_size(name: str, reason_vi: str, reason_en: str) -> Never:
    _refuse(name, reason_vi, reason_en, "Chia thành nhiều tệp.", "Split it into several files.")


def _refuse(name: str, reason_vi: str, reason_en: str, remedy_vi: str, remedy_en: str) -> Never:
    raise Problem(REGISTER_UNREADABLE, name=name, reason_vi=reason_vi, reason_en=reason_en, remedy_vi=remedy_vi, remedy_en=remedy_en)
