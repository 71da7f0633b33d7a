"""Tables that a spreadsheet opens rightly and harmlessly."""

import csv
import io
import json

import pytest

from survey.bundle.tables import csv_chunks, geojson_chunks, guarded, point_feature


@pytest.mark.parametrize("text", ["=1+1", "+84", "-2", "@x", "\t=1", "\r=1", "\n=1", "＝1", '=HYPERLINK("http://x")'])
def test_formulas_are_inert(text: str) -> None:
    """Text that a spreadsheet would run gets an apostrophe."""
    assert guarded(text) == f"'{text}"


def test_numbers_and_plain_text_stay() -> None:
    """A negative number is a number, not a formula."""
    assert guarded(-2.5) == -2.5
    assert guarded("Hàng rào = xanh") == "Hàng rào = xanh"
    assert guarded(None) == ""


def test_csv_opens_in_a_spreadsheet() -> None:
    """Byte order mark, CRLF, quotes and line breaks as RFC 4180 says; unknown keys are left out."""
    rows = [{"a": 'Thôn "Đông", 1', "b": "hai\ndòng"}, {"a": "=x", "c": 1}]
    content = b"".join(csv_chunks(["a", "b"], rows))

    assert content.startswith("\ufeffa,b\r\n".encode())
    read = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert read == [["a", "b"], ['Thôn "Đông", 1', "hai\ndòng"], ["'=x", ""]]


def test_geojson_is_json() -> None:
    """Longitude first, one feature a line, empty collections too."""
    content = b"".join(geojson_chunks([point_feature(18.1, 106.1, {"name": "Đ"}), point_feature(18.2, 106.2, {})]))

    assert json.loads(content)["features"][0] == {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [106.1, 18.1]},
        "properties": {"name": "Đ"},
    }
    assert json.loads(b"".join(geojson_chunks([])))["features"] == []
