"""The register on both engines: versions, lists by key, search, the nearest."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from survey.domain.places import distance_m
from survey.domain.sites import Site, SiteKind
from survey.store import Store, sites
from survey.store.places import select_hamlet, select_hamlets, update_hamlet
from survey.store.sites import SiteFilter
from tests.conftest import COMMUNE, HAMLETS, seed

T0 = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
LINE = ((106.1, 18.0), (106.11, 18.0))


def household(number: int, name: str = "Nguyễn Văn An", hamlet: str | None = HAMLETS[0], **more: object) -> Site:
    return Site(COMMUNE, f"s{number:04d}", SiteKind.HOUSEHOLD, f"HO-{number:04d}", name, hamlet, **more)  # type: ignore[arg-type]


def fill(store: Store, *added: Site) -> None:
    seed(store)
    with store.transaction() as tx:
        sites.insert_sites(tx, [(site, "Thôn mẫu 1") for site in added], at=T0)


def found(store: Store, wanted: SiteFilter, **more: object) -> list[str]:
    with store.reading() as reader:
        return [site.code for site in sites.select_sites_page(reader, COMMUNE, wanted, **more).sites]  # type: ignore[arg-type]


def test_a_site_comes_back_as_it_went_in(store: Store) -> None:
    """Line, attributes, position and the moment the register learned it."""
    attributes = {"class": "hamlet", "length_m": 850.5}
    road = Site(COMMUNE, "s1", SiteKind.ROAD_SEGMENT, "DU-0001", "Đường trục", None, 18.0, 106.105, LINE, attributes)
    fill(store, road)

    with store.reading() as reader:
        assert sites.select_site(reader, COMMUNE, "s1") == replace(road, known_from=T0)
        assert sites.select_site_by_code(reader, COMMUNE, "DU-0001") == replace(road, known_from=T0)
        assert sites.select_site(reader, COMMUNE, "nobody") is None
        assert sites.select_site(reader, "06979", "s1") is None


def test_the_register_is_as_it_was_known(store: Store) -> None:
    """An edit and a closing leave what was known before them untouched."""
    fill(store, household(1))
    changed, closed = T0 + timedelta(days=1), T0 + timedelta(days=2)
    with store.transaction() as tx:
        sites.update_site(tx, household(1, "Trần Thị Bình"), at=changed)
    with store.transaction() as tx:
        sites.close_site(tx, household(1, "Trần Thị Bình"), at=closed)

    def names(moment: datetime) -> list[str]:
        with store.reading() as reader:
            return [site.name for site in sites.select_register(reader, COMMUNE, moment, SiteKind.HOUSEHOLD)]

    assert names(T0) == []
    assert names(changed) == ["Nguyễn Văn An"]
    assert names(closed) == ["Trần Thị Bình"]
    assert names(closed + timedelta(seconds=1)) == []
    with store.reading() as reader:
        assert [site.closed for site in sites.select_site_history(reader, COMMUNE, "s0001")] == [True, False, False]
        assert sites.select_site_by_code(reader, COMMUNE, "HO-0001") is None


def test_a_clock_that_was_set_back_leaves_one_version_at_each_moment(store: Store) -> None:
    """The second edit has an earlier time than the first: from then on it is what is known, of sites and hamlets alike."""
    fill(store, household(1))
    ahead, back = T0 + timedelta(days=2), T0 + timedelta(days=1)
    with store.transaction() as tx:
        known = select_hamlet(tx, COMMUNE, HAMLETS[0])
        assert known is not None
        for name, at in (("Ahead", ahead), ("Back", back)):
            sites.update_site(tx, household(1, name), at=at)
            update_hamlet(tx, replace(known, name=name), at=at, decision="NQ")

    def names(moment: datetime) -> tuple[list[str], list[str]]:
        with store.reading() as reader:
            hamlets = [one.name for one in select_hamlets(reader, COMMUNE, known_before=moment) if one.id == HAMLETS[0]]
            return [site.name for site in sites.select_register(reader, COMMUNE, moment, SiteKind.HOUSEHOLD)], hamlets

    assert names(back) == (["Nguyễn Văn An"], [known.name])
    for moment in (back + timedelta(seconds=1), ahead, ahead + timedelta(seconds=1)):
        assert names(moment) == (["Back"], ["Back"])
    with store.reading() as reader:
        assert [site.name for site in sites.select_site_history(reader, COMMUNE, "s0001")] == ["Ahead", "Back", "Nguyễn Văn An"]


def test_two_edits_in_one_millisecond_leave_one_version(store: Store) -> None:
    """The first of them was never the answer to any question."""
    fill(store, household(1))
    with store.transaction() as tx:
        sites.update_site(tx, household(1, "Bình"), at=T0)

    with store.reading() as reader:
        assert [site.name for site in sites.select_site_history(reader, COMMUNE, "s0001")] == ["Bình"]


def test_two_sites_can_swap_their_codes(store: Store) -> None:
    """In one transaction, since all old versions end before the new ones begin."""
    fill(store, household(1), household(2))
    swapped = [replace(household(1), code="HO-0002"), replace(household(2), code="HO-0001")]
    with store.transaction() as tx:
        sites.update_sites(tx, [(site, "") for site in swapped], at=T0 + timedelta(hours=1))

    with store.reading() as reader:
        present = sites.select_present_by_codes(reader, COMMUNE, {"HO-0001", "HO-0002", "HO-0009"})
        assert {code: site.id for code, site in present.items()} == {"HO-0001": "s0002", "HO-0002": "s0001"}
        assert sites.select_highest_code(reader, COMMUNE, SiteKind.HOUSEHOLD) == 2


def test_the_highest_made_code_is_found_among_others(store: Store) -> None:
    """By value and not by length; codes of another make and closed sites' codes are told apart."""
    codes = ["HO-0002", "HO-10000", "HO-000011", "HO-99-A-LONG-ONE", "HO-X", "DU-20000"]
    fill(store, *(replace(household(number), code=code) for number, code in enumerate(codes)))
    with store.transaction() as tx:
        sites.close_site(tx, replace(household(1), code="HO-10000"), at=T0 + timedelta(hours=1))

    with store.reading() as reader:
        assert sites.select_highest_code(reader, COMMUNE, SiteKind.HOUSEHOLD) == 10_000
        assert sites.select_highest_code(reader, COMMUNE, SiteKind.PUBLIC_PLACE) == 0


def test_search_with_and_without_diacritics(store: Store) -> None:
    """Every word must be there, in any order, folded; signs of LIKE are letters like others."""
    fill(store, household(1, "Đặng Thị Hường"), household(2, "Nguyễn Văn Hùng", attributes={"address": "Tổ 100% A_B"}))

    assert found(store, SiteFilter(q="dang huong")) == ["HO-0001"]
    assert found(store, SiteFilter(q="Hường Đặng")) == ["HO-0001"]
    assert found(store, SiteFilter(q="ho-0002")) == ["HO-0002"]
    assert found(store, SiteFilter(q="thôn mẫu")) == ["HO-0002", "HO-0001"]
    assert found(store, SiteFilter(q="100%")) == ["HO-0002"]
    assert found(store, SiteFilter(q="A_B")) == ["HO-0002"]
    assert found(store, SiteFilter(q="a%b")) == []
    assert found(store, SiteFilter(q="' OR 1=1 --")) == []


def test_pages_by_key_show_every_site_once(store: Store) -> None:
    """Ten pages of ten in Vietnamese order, people of one name included."""
    names = ["Lê Ân", "Lê An", "Phạm Bình", "Trần Đức", "Trần Dũng"]
    fill(store, *(household(number, names[number % 5]) for number in range(100)))

    seen: list[Site] = []
    after: str | None = None
    with store.reading() as reader:
        while True:
            page = sites.select_sites_page(reader, COMMUNE, SiteFilter(kind=SiteKind.HOUSEHOLD), after=after, limit=10)
            seen += page.sites
            after = page.next_key
            if after is None:
                break
    assert len({site.id for site in seen}) == len(seen) == 100
    assert list(dict.fromkeys(site.name for site in seen)) == ["Lê An", "Lê Ân", "Phạm Bình", "Trần Dũng", "Trần Đức"]


def test_scope_and_filters(store: Store) -> None:
    """An inspector's scope keeps other hamlets out and lets sites of the whole commune in."""
    fill(store, household(1, hamlet=HAMLETS[0]), household(2, hamlet=HAMLETS[1]), household(3, hamlet=None))

    assert set(found(store, SiteFilter(scope={HAMLETS[0]}))) == {"HO-0001", "HO-0003"}
    assert set(found(store, SiteFilter(scope=frozenset()))) == {"HO-0003"}
    assert found(store, SiteFilter(hamlet=HAMLETS[1])) == ["HO-0002"]
    assert found(store, SiteFilter(kind=SiteKind.PUBLIC_PLACE)) == []
    with store.reading() as reader:
        assert sorted(map(str, sites.select_site_counts(reader, COMMUNE))) == sorted(
            map(str, [(SiteKind.HOUSEHOLD, HAMLETS[0], 1), (SiteKind.HOUSEHOLD, HAMLETS[1], 1), (SiteKind.HOUSEHOLD, None, 1)])
        )


@pytest.mark.parametrize("spread", [0.003, 0.05, 3.0])
def test_the_nearest_are_those_that_measuring_all_would_find(store: Store, spread: float) -> None:
    """Whatever the density, the first seven are the seven of the geodesic; sites without a position are left out."""
    chance = random.Random(18844)  # noqa: S311 - scattered houses, not secrets
    here = (18.02, 106.1)
    scattered = [
        household(number, latitude=here[0] + chance.uniform(-spread, spread), longitude=here[1] + chance.uniform(-spread, spread))
        for number in range(150)
    ]
    fill(store, *scattered, household(999))

    with store.reading() as reader:
        near = sites.select_nearest(reader, COMMUNE, *here, SiteFilter(), limit=7)
    measured = sorted((distance_m(*here, site.latitude or 0, site.longitude or 0), site.id) for site in scattered)

    assert [(distance, site.id) for site, distance in near] == measured[:7]
