"""Tables of a bundle: CSV that Excel opens rightly and harmlessly, GeoJSON, and JSON lines, all written row by row."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence

from survey.domain.canonical import dumps

# Excel takes a file for UTF-8 only when it begins with the byte order mark.
_BOM = "\ufeff"
# A spreadsheet runs a cell that begins with one of these (OWASP, CSV injection; the wide forms work in Excel too).
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r", "\n")


def guarded(value: object) -> object:
    """*value* so that no spreadsheet runs it: an apostrophe before text that begins like a formula; numbers as they are."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return value
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def csv_chunks(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> Iterator[bytes]:
    """A CSV (RFC 4180, UTF-8 with byte order mark) of *rows*; keys that a row lacks are empty cells."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write(_BOM)
    writer.writerow(guarded(column) for column in columns)
    for row in rows:
        writer.writerow(guarded(row.get(column)) for column in columns)
        if buffer.tell() > 1 << 16:
            yield _drain(buffer)
    yield _drain(buffer)


def geojson_chunks(features: Iterable[Mapping[str, object]]) -> Iterator[bytes]:
    """A GeoJSON FeatureCollection (RFC 7946, WGS 84), one feature a line."""
    yield b'{"type":"FeatureCollection","features":'
    yield from json_list(features)
    yield b"}\n"


def point_feature(latitude: float, longitude: float, properties: Mapping[str, object]) -> dict[str, object]:
    """A GeoJSON point with *properties*."""
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [longitude, latitude]},
        "properties": dict(properties),
    }


def json_list(rows: Iterable[Mapping[str, object]]) -> Iterator[bytes]:
    """A JSON list with one canonical object a line."""
    separator = "[\n"
    for row in rows:
        yield (separator + dumps(row)).encode()
        separator = ",\n"
    yield b"[]" if separator == "[\n" else b"\n]"


def json_lines(rows: Iterable[Mapping[str, object]]) -> Iterator[bytes]:
    """One canonical JSON object a line."""
    for row in rows:
        yield dumps(row).encode() + b"\n"


def _drain(buffer: io.StringIO) -> bytes:
    content = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return content
