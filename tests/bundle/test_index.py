"""The index of a bundle: from each name to its record, its hash and its size."""

import csv
import hashlib
import io
import json
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from survey.bundle.arrange import arrange
from survey.bundle.index import INDEX_PATH, add_index, distance_to_site_m
from survey.bundle.sheets import add_tables
from survey.domain.evidence import Evidence, Photo, Variant
from survey.domain.places import Hamlet
from survey.domain.sites import Site, SiteKind
from survey.domain.submissions import Fix
from tests.bundle.making import made
from tests.bundle.written import HOSTILE, write_evidence


def _rows(evidence: Evidence) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(made(add_index, evidence)[INDEX_PATH].decode("utf-8-sig"), newline="")))


def test_each_file_leads_to_its_record() -> None:
    """A line for each original and each instance, in the report's order, with question, distance, reviewer, hash and size."""
    evidence = write_evidence(sites=3, photos=2)
    rows, arrangement = _rows(evidence), arrange(evidence)

    names = []
    for item in evidence.items:
        names += [path for key, path in arrangement.photos.items() if key[0] == item.submission]
        names.append(arrangement.instances[item.submission])
    assert [row["Tệp"] for row in rows] == names
    photo, xml = rows[2], rows[4]
    assert (photo["Loại tệp"], photo["Câu hỏi"]) == ("ảnh", "Ảnh hàng rào")
    first = evidence.photos["uuid:1"][0]
    assert (photo["SHA-256"], photo["Dung lượng (byte)"], photo["Mã bài nộp"]) == (first.sha256, "1000", "BN00001")
    assert (photo["Thôn"], photo["Mã đối tượng"], photo["Người duyệt"]) == ("Thôn Đông Sơn", "HO-0002", "Điều phối")
    assert (photo["Chụp lúc (giờ Việt Nam)"], photo["Cách vị trí trong sổ bộ (m)"]) == ("2026-11-20 10:01:00", "11")
    assert (xml["Loại tệp"], xml["SHA-256"]) == ("bài nộp", hashlib.sha256(b"<data/>").hexdigest())
    assert xml["Dung lượng (byte)"] == str(len(b"<data/>"))


def test_a_file_that_never_came_is_not_in_the_index() -> None:
    """It is no file of the bundle; the table of photos names it."""
    evidence = write_evidence(sites=1, photos=2)

    assert [row["Loại tệp"] for row in _rows(evidence)] == ["ảnh", "bài nộp"]


def test_instances_that_are_held_back_are_not_in_the_index() -> None:
    """A variant that keeps instances inside, all or one, has lines for what it holds alone."""
    evidence = write_evidence(sites=3, photos=1)
    some = replace(evidence, instances=lambda wanted: ((item, b"<data/>") for item in wanted if item.code == "BN00001"))
    public = replace(evidence, variant=Variant.PUBLIC, instances=lambda _wanted: iter(()))

    assert [row["Mã bài nộp"] for row in _rows(some) if row["Loại tệp"] == "bài nộp"] == ["BN00001"]
    assert {row["Loại tệp"] for row in _rows(public)} == {"ảnh"}


def test_distances_are_to_the_line_of_a_road_else_to_the_point() -> None:
    """To the metre; none where either side is unknown."""
    road = Site("18844", "r", SiteKind.ROAD_SEGMENT, "DU-1", "Đường", None, 18.0, 106.0, ((106.0, 18.0), (106.1, 18.0)))
    house = Site("18844", "h", SiteKind.HOUSEHOLD, "HO-1", "Nhà", None, 18.0, 106.0)

    assert distance_to_site_m(road, Fix(18.001, 106.05)) == 111
    assert distance_to_site_m(house, Fix(18.001, 106.0)) == 111
    assert distance_to_site_m(house, None) is None
    assert distance_to_site_m(replace(house, latitude=None), Fix(18.0, 106.0)) is None


_WORDS = st.one_of(st.sampled_from([*HOSTILE, "CON", "index", "Thôn 1", "thon-1"]), st.text(st.characters(codec="utf-8"), max_size=8))


@settings(max_examples=60)
@given(st.lists(st.tuples(_WORDS, _WORDS, _WORDS), min_size=1, max_size=6))
def test_names_are_plain_and_never_alike(words: list[tuple[str, str, str]]) -> None:
    """Whatever hamlets, codes and questions are called, each photo has one ASCII name, on any file system, of a length that unpacks."""
    evidence = write_evidence(sites=len(words), photos=2, hamlets=1)
    hamlets = [Hamlet("18844", f"h{n}", word[0], evidence.hamlets[0].valid_from) for n, word in enumerate(words)]
    houses = enumerate(zip(_houses(evidence), words, strict=True))
    sites = {site.id: replace(site, code=word[1], hamlet=f"h{n}") for n, (site, word) in houses}
    items = [replace(item, hamlet=sites[item.site].hamlet, form=words[n][2]) for n, item in enumerate(evidence.items)]
    photos = {key: [_asked(photo, words[n][2]) for photo in group] for n, (key, group) in enumerate(evidence.photos.items())}
    named = arrange(replace(evidence, hamlets=hamlets, sites=sites, items=items, photos=photos))

    paths = [*named.photos.values(), *named.instances.values()]
    assert len({path.casefold() for path in paths}) == len(paths)
    assert all(path.isascii() and len(path) < 180 and ".." not in path and path.count("/") <= 2 for path in paths)
    assert all("20261120_0" in path for path in named.photos.values())


def _houses(evidence: Evidence) -> list[Site]:
    return [site for site in evidence.sites.values() if site.kind is SiteKind.HOUSEHOLD]


def _asked(photo: Photo, question: str) -> Photo:
    return replace(photo, question=question)


def test_the_table_of_submissions_says_how_each_came() -> None:
    """Consent, door, who brought it, device, clock, and whether a person set its place; of one that came by itself nothing."""
    evidence = write_evidence(sites=2, photos=0)
    by_hand = replace(evidence.items[0], fix=Fix(18.0, 106.0, by_hand=True))
    bare = replace(evidence.items[1], consent=None, door=None, brought_by=None, device=None, clock_drift_s=None, fix=None)
    content = made(add_tables, replace(evidence, items=[by_hand, bare]))["ho-so/bai-nop.csv"].decode("utf-8-sig")
    first, second = ([*row.values()][-6:] for row in csv.DictReader(io.StringIO(content, newline="")))

    assert first == [
        "người đặt trên bản đồ hoặc gõ vào", "người dân đồng ý cho chụp ảnh", "ứng dụng khảo sát", "Điều phối", "điện thoại 1", "12.5",
    ]  # fmt: skip
    assert second == [""] * 6


def test_places_of_photos_lead_to_their_originals() -> None:
    """The GeoJSON of photos has the relative link beside the name."""
    places = json.loads(made(add_tables, write_evidence(sites=1, photos=1))["ho-so/anh.geojson"])

    (photo,) = (place["properties"] for place in places["features"])
    assert photo["url"] == f"../{photo['file']}"
