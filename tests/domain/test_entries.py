"""Entries: what a row says, cell by cell, and what is remarked on it."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.domain import remarks as say
from survey.domain.columns import CHOICE_NAMES, COLUMN_NAMES, choice_of, field_of, kind_told_by
from survey.domain.entries import Entry, Reading, Surroundings, check_site, read_entry, site_of
from survey.domain.numbers import ambiguous, read_number
from survey.domain.places import Border, Commune, Hamlet
from survey.domain.remarks import REMARKS
from survey.domain.sites import ATTRIBUTES, Site, SiteKind, ValueType

SQUARE = Border.of({"type": "Polygon", "coordinates": [[[106.0, 17.9], [106.2, 17.9], [106.2, 18.13], [106.0, 18.13], [106.0, 17.9]]]})
HAMLETS = [
    Hamlet("18844", "18844-h01", "Thôn Mỹ Lợi", date(2025, 7, 1)),
    Hamlet("18844", "18844-h02", "Thôn Mỹ Lội", date(2025, 7, 1)),
    Hamlet("18844", "18844-h03", "Tiến Vinh", date(2025, 7, 1)),
    Hamlet("18844", "18844-h04", "Phúc Lộc", date(2025, 7, 1), date(2026, 1, 1), "18844-h03"),
]
AROUND = Surroundings(Commune("18844", "Kỳ Thượng", "Hà Tĩnh", SQUARE, "test"), HAMLETS, date(2026, 11, 23))


def read(kind: SiteKind | None = SiteKind.HOUSEHOLD, **values: object) -> Reading:
    return read_entry(Entry(7, values), AROUND, kind)


def codes(reading: Reading) -> list[str]:
    return [remark.kind.code for remark in reading.remarks]


@pytest.mark.parametrize(
    ("written", "number"),
    [("125,5", 125.5), ("125.5", 125.5), ("1.250,5", 1250.5), ("1,250.5", 1250.5), ("1 250", 1250), ("1.250.000", 1250000), ("-3", -3),
     (12, 12), (0.5, 0.5), ("12 m", None), ("", None), ("nan", None), (float("nan"), None), (True, None), ("1e9", None), ("9" * 60, None)],
)  # fmt: skip
def test_numbers_as_people_write_them(written: object, number: float | None) -> None:
    """Decimal comma and point, thousands, and what is no number."""
    assert read_number(written) == number


def test_a_lone_separator_before_three_digits_is_asked_about() -> None:
    """1.250 may be 1250 or 1.25; 18.054 in a coordinate and 0,125 are not in doubt."""
    assert ambiguous("1.250") == ("1250", "1,25")
    assert ambiguous("0,125") is None
    assert ambiguous(1.25) is None
    assert codes(read(SiteKind.ROAD_SEGMENT, length_m="1.250")) == ["NUMBER_AMBIGUOUS"]
    assert read(latitude="18,054", longitude="106.096").fields == {"latitude": 18.054, "longitude": 106.096}


def test_a_household_with_everything() -> None:
    """Every cell is read; words are composed, trimmed and kept as written."""
    reading = read(
        code="ho-0012", name="  Nguye\u0302\u0303n  Văn An ", hamlet="tiến vinh", position="18.0205, 106.0966", members=4.0,
        garden_m2="650,5", garden_registered="Có",
    )  # fmt: skip

    assert codes(reading) == []
    assert reading.fields == {
        "code": "HO-0012", "name": "Nguyễn Văn An", "hamlet": "18844-h03", "latitude": 18.0205, "longitude": 106.0966, "members": 4,
        "garden_m2": 650.5, "garden_registered": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("latitude", "longitude", "code"),
    [("106.0966", "18.0205", "POSITION_SWAPPED"), ("18.0205", "", "POSITION_HALF"), ("1998123", "512345", "POSITION_IN_METRES"),
     ("95", "106.1", "POSITION_IMPOSSIBLE"), ("18°01'", "106.1", "POSITION_IMPOSSIBLE"), ("18.3428", "105.9057", "POSITION_OUTSIDE")],
)  # fmt: skip
def test_positions_that_need_a_word(latitude: str, longitude: str, code: str) -> None:
    """Swapped, half, in metres, impossible, outside: each has its own remark."""
    assert codes(read(latitude=latitude, longitude=longitude)) == [code]


def test_a_swapped_pair_says_the_right_order() -> None:
    """The remedy holds the numbers to write."""
    (remark,) = read(latitude="106.0966", longitude="18.0205").remarks

    assert "18.0205" in remark.remedy("vi").split("kinh độ")[0]
    assert remark.row == 7


def test_hamlets_by_id_name_and_what_is_near() -> None:
    """The exact name wins over a lookalike; an ended hamlet names its successor; an unknown one names near ones."""
    assert read(hamlet="18844-h02").fields["hamlet"] == "18844-h02"
    assert read(hamlet="Thôn Mỹ Lợi").fields["hamlet"] == "18844-h01"
    assert codes(read(hamlet="my loi")) == ["HAMLET_TWICE"]
    assert "Tiến Vinh" in read(hamlet="Phúc Lộc").remarks[0].remedy("vi")
    assert "Tiến Vinh" in read(hamlet="Tiến Vịnhh").remarks[0].remedy("en")
    assert codes(read(hamlet="Xyz")) == ["HAMLET_NOT_FOUND"]


def test_a_line_as_geojson_and_as_wkt() -> None:
    """Both give the line; a household takes no line; a swapped line is told."""
    line = {"type": "LineString", "coordinates": [[106.1, 18.0], [106.11, 18.0]]}

    assert read(SiteKind.ROAD_SEGMENT, geometry=line).fields["line"] == ((106.1, 18.0), (106.11, 18.0))
    assert read(SiteKind.ROAD_SEGMENT, geometry="LINESTRING (106.1 18.0, 106.11 18.0)").fields["line"] == ((106.1, 18.0), (106.11, 18.0))
    assert codes(read(geometry=line)) == ["LINE_UNREADABLE"]
    assert codes(read(SiteKind.ROAD_SEGMENT, geometry="LINESTRING (18.0 106.1, 18.0 106.11)")) == ["POSITION_SWAPPED"]
    assert codes(read(SiteKind.ROAD_SEGMENT, geometry={"type": "LineString", "coordinates": [[1]]})) == ["LINE_UNREADABLE"]


def test_a_roads_length_is_the_registers_and_its_line_checks_it() -> None:
    """A line of some 1,058 m beside a register's 850 m is pointed out and changes nothing."""
    line = {"type": "LineString", "coordinates": [[106.1, 18.0], [106.11, 18.0]]}
    reading = read(SiteKind.ROAD_SEGMENT, name="Trục thôn", **{"class": "đường thôn"}, length_m="850", geometry=line)
    site = site_of(reading, Site("18844", "s", SiteKind.ROAD_SEGMENT, "DU-0001", ""), keep=True)

    assert [remark.kind for remark in check_site(site, reading.entry)] == [say.LENGTH_DIFFERS]
    assert site.length_m == 850
    assert (site.latitude, site.longitude) == (18.0, 106.105)


def test_kilometres_become_metres() -> None:
    """A column in kilometres counts where the one in metres is empty."""
    assert read(SiteKind.ROAD_SEGMENT, length_km="1,25").fields["length_m"] == 1250


def test_an_empty_cell_keeps_or_empties() -> None:
    """A file's empty cell keeps what is known; the page's form, which shows everything, empties it."""
    known = Site("18844", "s", SiteKind.HOUSEHOLD, "HO-0001", "An", "18844-h01", 18.0, 106.1, None, {"members": 4, "note": "x"})
    reading = read(name="Bình", members="", note="")

    kept, emptied = site_of(reading, known, keep=True), site_of(reading, known, keep=False)

    assert (kept.name, kept.hamlet, kept.latitude, kept.attributes) == ("Bình", "18844-h01", 18.0, {"members": 4, "note": "x"})
    assert (emptied.name, emptied.hamlet, emptied.latitude, emptied.attributes) == ("Bình", None, None, {})


def test_every_kind_without_its_required_cells_says_which() -> None:
    """An empty road names the missing name, class and length."""
    entry = Entry(3, {})
    missing = check_site(Site("18844", "s", SiteKind.ROAD_SEGMENT, "DU-0001", ""), entry)

    assert [remark.column for remark in missing] == ["Tên", "Cấp đường", "Chiều dài (m)"]


def test_headings_are_known_however_they_are_written() -> None:
    """Marks, case, brackets and units do not matter; each heading means one field."""
    assert field_of("CHIỀU DÀI (m)") == "length_m"
    assert field_of("dien_tich_vuon_m2") == field_of("Diện tích vườn (m²)") == "garden_m2"
    assert field_of("Họ và tên chủ hộ") == "name"
    assert field_of("màu sơn") is None
    assert kind_told_by(frozenset({"name", "class"})) is SiteKind.ROAD_SEGMENT
    assert kind_told_by(frozenset({"name", "hamlet"})) is None


def test_data_of_columns_and_attributes_fit_together() -> None:
    """Every attribute has headings and every choice has names."""
    for rules in ATTRIBUTES.values():
        for rule in rules:
            assert rule.name in COLUMN_NAMES
            if rule.type is ValueType.CHOICE:
                assert tuple(CHOICE_NAMES[rule.name]) == tuple(map(str, rule.choices))
                assert all(choice_of(rule.name, choice) == choice for choice in rule.choices)


_MAPPINGS = st.dictionaries(st.text(max_size=8), st.text())
_CELLS = st.one_of(st.none(), st.text(max_size=30), st.integers(), st.floats(), st.booleans(), _MAPPINGS)


@given(st.dictionaries(st.sampled_from([*COLUMN_NAMES]), _CELLS), st.sampled_from([None, *SiteKind]))
def test_no_row_breaks_the_reader(values: dict[str, Any], kind: SiteKind | None) -> None:
    """Whatever the cells hold, there is a reading, and every remark can be said in both languages."""
    reading = read_entry(Entry(1, values), AROUND, kind)
    if reading.kind is not None:
        site = site_of(reading, Site("18844", "s", reading.kind, "X", ""), keep=True)
        for remark in [*reading.remarks, *check_site(site, reading.entry)]:
            assert remark.message("vi")
            assert remark.remedy("en")


def test_remarks_are_said_in_both_languages() -> None:
    """No remark of the catalogue lacks a sentence or a remedy."""
    for kind in REMARKS.values():
        assert all((kind.vi, kind.en, kind.remedy_vi, kind.remedy_en))
