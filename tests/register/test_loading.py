"""Loading registers: three kinds of file, all or nothing, with a report that names row, column and remedy."""

import io
import json
import time

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from survey import register
from survey.domain.people import Actor
from survey.domain.problems import FILE_TOO_LARGE, NOT_ALLOWED, REGISTER_UNREADABLE, Problem
from survey.domain.sites import Site, SiteKind
from survey.register.sheets import ROW_LIMIT, SIZE_LIMIT, read_table
from survey.store.sites import SiteFilter, select_site_by_code, select_site_history, select_sites_page
from survey.wiring import Survey
from tests.conftest import COMMUNE, HAMLETS

HEADING = "Mã;Chủ hộ;Thôn;Vĩ độ;Kinh độ;Số khẩu\n"
GOOD = HEADING + "HO-0001;Nguyễn Văn An;Thôn mẫu 1;18,0205;106,0966;4\nHO-0002;Trần Thị Bình;mau 2;;;3\n"


def by_code(survey: Survey, code: str) -> Site | None:
    with survey.reading() as reader:
        return select_site_by_code(reader, COMMUNE, code)


def total(survey: Survey) -> int:
    with survey.reading() as reader:
        return len(select_sites_page(reader, COMMUNE, SiteFilter(), limit=1000).sites)


def xlsx(rows: list[list[object]], title: list[str] | None = None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [*([title, []] if title else []), *rows]:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_csv_in_the_ways_that_spreadsheets_write_it(survey: Survey, coordinator: Actor, encoding: str, separator: str) -> None:
    """With and without BOM, three separators, decimal points or commas."""
    text = GOOD.replace(",", ".").replace(";", separator)
    report = register.load(survey, coordinator, text.encode(encoding), "ho.csv")

    assert (report.written, report.added, report.errors, report.warnings) == (True, 2, 0, 0)
    site = by_code(survey, "HO-0001")
    assert site is not None
    assert (site.name, site.hamlet, site.latitude, site.longitude, site.attributes) == (
        "Nguyễn Văn An", HAMLETS[0], 18.0205, 106.0966, {"members": 4},
    )  # fmt: skip


def test_xlsx_with_a_title_above_and_numbers_as_numbers(survey: Survey, coordinator: Actor) -> None:
    """The heading is found below an office's title; rows keep the sheet's numbers."""
    rows: list[list[object]] = [
        ["STT", "Mã đoạn", "Tên đường", "Thôn", "Loại đường", "Chiều dài (m)", "Kết cấu"],
        [1, "DU-0001", "Trục thôn", "Thôn mẫu 1", "Đường thôn", 850.5, "Bê tông"],
        [2, "DU-0002", "Ngõ 3", "Thôn mẫu 2", "ngõ, xóm", "abc", "đất"],
    ]
    report = register.load(survey, coordinator, xlsx(rows, ["DANH SÁCH ĐƯỜNG", "năm 2026"]), "duong.xlsx")

    assert not report.written
    assert [(remark.row, remark.column, remark.value, remark.kind.code) for remark in report.remarks] == [
        (5, "Chiều dài (m)", "abc", "NOT_A_NUMBER")
    ]
    assert total(survey) == 0

    rows[2][5] = 120
    assert register.load(survey, coordinator, xlsx(rows), "duong.xlsx").added == 2
    road = by_code(survey, "DU-0001")
    assert road is not None
    assert road.attributes == {"class": "hamlet", "length_m": 850.5, "surface": "concrete"}


def test_geojson_points_and_lines(survey: Survey, coordinator: Actor) -> None:
    """A feature may name its kind; geometry gives the position or the line."""
    features = [
        {
            "type": "Feature",
            "properties": {"loai": "hộ", "ten": "An", "thon": "Thôn mẫu 1"},
            "geometry": {"type": "Point", "coordinates": [106.1, 18.0]},
        },
        {
            "type": "Feature",
            "properties": {"loai": "đường", "ten": "Trục xã", "class": "commune", "length": 1058},
            "geometry": {"type": "LineString", "coordinates": [[106.1, 18.0], [106.11, 18.0]]},
        },
    ]
    content = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    report = register.load(survey, coordinator, content, "x.geojson")

    assert (report.added, report.errors, report.warnings) == (2, 0, 0)
    road = by_code(survey, "DU-0001")
    assert road is not None
    assert road.line == ((106.1, 18.0), (106.11, 18.0))
    assert by_code(survey, "HO-0001") is not None


def test_one_wrong_row_keeps_the_file_out(survey: Survey, coordinator: Actor) -> None:
    """All or nothing: an unknown hamlet in the last row leaves the register as it was."""
    report = register.load(survey, coordinator, (GOOD + "HO-0003;Lê C;Thôn mẩu 3;;;1\n").encode(), "ho.csv")

    assert (report.written, report.errors, total(survey)) == (False, 1, 0)
    (remark,) = report.remarks
    assert (remark.row, remark.column, remark.value) == (4, "Thôn", "Thôn mẩu 3")
    assert "Thôn mẫu 1" in remark.remedy("vi")


def test_a_known_code_changes_its_site_and_an_empty_cell_nothing(survey: Survey, coordinator: Actor) -> None:
    """The report says so; the version before stays in the history."""
    register.load(survey, coordinator, GOOD.encode(), "ho.csv")
    report = register.load(survey, coordinator, (HEADING + "HO-0001;Nguyễn Văn Anh;;;;\nHO-0002;;;;;3\n").encode(), "ho.csv")

    assert (report.added, report.updated, report.unchanged, report.written) == (0, 1, 1, True)
    assert [remark.kind.code for remark in report.remarks] == ["UPDATES"]
    site = by_code(survey, "HO-0001")
    assert site is not None
    assert (site.name, site.latitude, site.hamlet) == ("Nguyễn Văn Anh", 18.0205, HAMLETS[0])
    with survey.reading() as reader:
        assert [version.name for version in select_site_history(reader, COMMUNE, site.id)] == ["Nguyễn Văn Anh", "Nguyễn Văn An"]


def test_codes_inside_a_file_are_unique_and_made_where_missing(survey: Survey, coordinator: Actor) -> None:
    """A repeated code is an error naming its first row; an empty one gets the next number that nobody has."""
    twice = HEADING + "HO-0001;A;Thôn mẫu 1;;;1\nho-0001;B;Thôn mẫu 1;;;1\n"
    report = register.load(survey, coordinator, twice.encode(), "ho.csv")
    assert [(remark.kind.code, remark.row, remark.details["first"]) for remark in report.remarks] == [("CODE_TWICE", 3, 2)]

    made = HEADING + ";A;Thôn mẫu 1;;;1\nHO-0001;B;Thôn mẫu 1;;;1\n;A;Thôn mẫu 1;;;2\n"
    report = register.load(survey, coordinator, made.encode(), "ho.csv", dry_run=True)
    assert [remark.kind.code for remark in report.remarks] == ["SAME_NAME"]
    assert (report.written, report.added, total(survey)) == (False, 3, 0)
    register.load(survey, coordinator, made.encode(), "ho.csv")
    assert {code for code in ("HO-0001", "HO-0002", "HO-0003") if by_code(survey, code)} == {"HO-0001", "HO-0002", "HO-0003"}


def test_a_code_of_another_kind_is_refused(survey: Survey, coordinator: Actor) -> None:
    """A road cannot take over a household's code."""
    register.load(survey, coordinator, GOOD.encode(), "ho.csv")
    road = "Mã;Tên đường;Loại đường;Chiều dài (m)\nHO-0001;Trục;đường thôn;100\n"

    assert [remark.kind.code for remark in register.load(survey, coordinator, road.encode(), "d.csv").remarks] == ["CODE_OTHER_KIND"]


def test_the_kind_is_told_or_asked_for(survey: Survey, coordinator: Actor) -> None:
    """Names alone do not tell a household from a place: the report asks, `kind` answers."""
    content = "Tên;Thôn\nAn;Thôn mẫu 1\n".encode()

    assert [remark.kind.code for remark in register.load(survey, coordinator, content, "x.csv").remarks] == ["KIND_MISSING"]
    assert register.load(survey, coordinator, content, "x.csv", kind=SiteKind.HOUSEHOLD).written


@pytest.mark.parametrize(
    "content",
    [b"", b"  \n ", b"\xd0\xcf\x11\xe0 old xls", b"%PDF-1.7", b"PK\x03\x04 broken", "Tên;Thôn\nB\xecnh;x".encode("latin-1"), b"a\0b", b"{}",
     b'{"type":"FeatureCollection","features":[]}', b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":3}]}',
     b"[" * 100_000, HEADING.encode(), b'a;"b\n' + b"x" * 2_000_000],
)  # fmt: skip
def test_what_is_no_register_is_refused_with_a_remedy(survey: Survey, coordinator: Actor, content: bytes) -> None:
    """Empty, broken, of another type or encoding: one sentence with a remedy, and nothing written."""
    with pytest.raises(Problem) as caught:
        register.load(survey, coordinator, content, "x")

    assert caught.value.kind is REGISTER_UNREADABLE
    assert caught.value.sentence("vi") != caught.value.sentence("en")


def test_geojson_in_another_reference_system_is_refused(survey: Survey, coordinator: Actor) -> None:
    """VN-2000 coordinates would be read as nonsense degrees."""
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3405"}}
    content = json.dumps({"type": "FeatureCollection", "crs": crs, "features": [{"type": "Feature", "properties": {}, "geometry": None}]})

    with pytest.raises(Problem, match="WGS 84"):
        register.load(survey, coordinator, content.encode(), "x.geojson")


def test_sizes_are_limited() -> None:
    """Bytes and rows have caps that say themselves."""
    with pytest.raises(Problem) as caught:
        read_table(b"x" * (SIZE_LIMIT + 1), "x")
    assert caught.value.kind is FILE_TOO_LARGE
    with pytest.raises(Problem, match=str(ROW_LIMIT)):
        read_table(b"code,name\n" + b"a,b\n" * (ROW_LIMIT + 1), "x")


def test_headings_are_remarked(survey: Survey, coordinator: Actor) -> None:
    """Unused and doubled columns, and a file that names neither code nor name."""
    report = register.load(survey, coordinator, b"ma;code;ten;mau son\n1;2;An;do\n", "x.csv", kind=SiteKind.HOUSEHOLD)
    assert [remark.kind.code for remark in report.remarks if remark.row == 1] == ["COLUMN_TWICE", "COLUMN_UNUSED"]
    report = register.load(survey, coordinator, "Thôn;Số khẩu\nThôn mẫu 1;3\n".encode(), "x.csv")
    assert "COLUMN_MISSING" in [remark.kind.code for remark in report.remarks]


def test_only_a_coordinator_loads(survey: Survey, reviewer: Actor, inspector: Actor) -> None:
    """The verb itself refuses, whatever door was used."""
    for actor in (reviewer, inspector):
        with pytest.raises(Problem) as caught:
            register.load(survey, actor, GOOD.encode(), "ho.csv")
        assert caught.value.kind is NOT_ALLOWED


def test_the_log_holds_hashes_and_counts_only(survey: Survey, coordinator: Actor) -> None:
    """No name, code or position of a household reaches the chain."""
    register.load(survey, coordinator, GOOD.encode(), "ho.csv")

    with survey.reading() as reader:
        bodies = [json.loads(row["body"]) for row in reader.rows("SELECT body FROM event ORDER BY seq")]
    (body,) = [body for body in bodies if body["kind"] == "register.loaded"]
    assert set(body) == {"at", "kind", "person", "added", "updated", "file_sha256", "sites_sha256"}


def test_templates_load_as_they_stand(survey: Survey, coordinator: Actor) -> None:
    """Both languages' templates of every kind are good registers."""
    for locale in ("vi", "en"):
        for kind in SiteKind:
            report = register.load(survey, coordinator, register.template(kind, "Thôn mẫu 1", locale), "t.csv", dry_run=True)
            assert (report.rows, report.errors, report.warnings) == (2, 0, 0), (kind, locale, report.remarks)


def test_ten_thousand_households_in_seconds(survey: Survey, coordinator: Actor) -> None:
    """About two seconds on two cores; the limit leaves room for a busy machine."""
    rows = (f"HB-{number:05d};Nguyễn Văn {number};Thôn mẫu {number % 2 + 1};18,02;106,1;4" for number in range(10_000))
    began = time.monotonic()
    report = register.load(survey, coordinator, (HEADING + "\n".join(rows)).encode(), "ho.csv")

    assert report.added == 10_000
    assert time.monotonic() - began < 15


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode), st.binary(max_size=80).map(b"PK\x03\x04".__add__)))
def test_no_bytes_break_the_loader(survey: Survey, coordinator: Actor, content: bytes) -> None:
    """Any file is either reported on or refused with a problem; no defect shows."""
    refused = None
    try:
        register.load(survey, coordinator, content, "x", kind=SiteKind.HOUSEHOLD, dry_run=True)
    except Problem as problem:
        refused = problem.kind

    assert refused in {None, REGISTER_UNREADABLE}
