"""Editing the register by hand: one site at a time, and hamlets."""

from datetime import date

import pytest

from survey import register
from survey.domain.people import Actor
from survey.domain.problems import HAMLET_REFUSED, NOT_ALLOWED, SITE_CHANGED, SITE_UNKNOWN, Problem
from survey.domain.sites import Site, SiteKind
from survey.store.places import select_hamlets
from survey.store.sites import SiteFilter, select_site, select_sites_page
from survey.wiring import Survey
from tests.conftest import COMMUNE, HAMLETS

TYPED = {"code": "", "name": "Đặng Thị Hường", "hamlet": HAMLETS[0], "latitude": "18,0205", "longitude": "106,0966", "members": "4"}


def present(survey: Survey, site: str) -> Site:
    with survey.reading() as reader:
        found = select_site(reader, COMMUNE, site)
    assert found is not None
    return found


def test_a_site_is_added_with_the_next_code(survey: Survey, coordinator: Actor) -> None:
    """Nothing typed for the code gives the next number; the site is found by its folded hamlet and name."""
    report = register.add_site(survey, coordinator, SiteKind.HOUSEHOLD, TYPED)

    assert report.written
    site = present(survey, report.sites[0])
    assert (site.code, site.name, site.attributes) == ("HO-0001", "Đặng Thị Hường", {"members": 4})
    with survey.reading() as reader:
        assert [found.id for found in select_sites_page(reader, COMMUNE, SiteFilter(q="huong mau 1")).sites] == [site.id]


def test_what_is_wrong_names_field_and_remedy_and_writes_nothing(survey: Survey, coordinator: Actor) -> None:
    """Headings are those of the form, in the person's language."""
    report = register.add_site(survey, coordinator, SiteKind.ROAD_SEGMENT, {"name": "", "length_m": "dài", "class": "hamlet"})

    assert not report.written
    assert {(remark.column, remark.kind.code) for remark in report.remarks} == {("Tên", "VALUE_MISSING"), ("Chiều dài (m)", "NOT_A_NUMBER")}
    with survey.reading() as reader:
        assert select_sites_page(reader, COMMUNE, SiteFilter()).sites == []


def test_an_edit_replaces_and_empties(survey: Survey, coordinator: Actor) -> None:
    """What the form shows empty is empty afterwards; the same content again changes nothing."""
    site = present(survey, register.add_site(survey, coordinator, SiteKind.HOUSEHOLD, TYPED).sites[0])
    values = {"code": site.code, "name": "Đặng Hường", "hamlet": HAMLETS[1], "latitude": "", "longitude": "", "members": ""}
    assert register.edit_site(survey, coordinator, site.id, values, seen=site.known_from).written

    edited = present(survey, site.id)
    assert (edited.name, edited.hamlet, edited.latitude, edited.attributes) == ("Đặng Hường", HAMLETS[1], None, {})
    assert register.edit_site(survey, coordinator, site.id, values, seen=edited.known_from).unchanged == 1


def test_a_line_survives_an_edit_of_the_rest(survey: Survey, coordinator: Actor) -> None:
    """The form does not draw lines, so it does not empty them."""
    road = {"name": "Trục", "class": "hamlet", "length_m": "1058", "geometry": "LINESTRING (106.1 18.0, 106.11 18.0)"}
    site = present(survey, register.add_site(survey, coordinator, SiteKind.ROAD_SEGMENT, road).sites[0])
    values = {"name": "Trục thôn", "class": "hamlet", "length_m": "1060", "latitude": "", "longitude": ""}
    register.edit_site(survey, coordinator, site.id, values, seen=site.known_from)

    edited = present(survey, site.id)
    assert (edited.line, edited.latitude, edited.longitude, edited.length_m) == (site.line, 18.0, 106.105, 1060)


def test_the_slower_of_two_editors_is_told(survey: Survey, coordinator: Actor) -> None:
    """An edit of a version that is no longer the present one is refused, and so is one of a closed site."""
    site = present(survey, register.add_site(survey, coordinator, SiteKind.HOUSEHOLD, TYPED).sites[0])
    register.edit_site(survey, coordinator, site.id, TYPED | {"name": "Một"}, seen=site.known_from)
    fresh = present(survey, site.id)
    if fresh.known_from != site.known_from:
        with pytest.raises(Problem) as caught:
            register.edit_site(survey, coordinator, site.id, TYPED | {"name": "Hai"}, seen=site.known_from)
        assert caught.value.kind is SITE_CHANGED

    register.close_site(survey, coordinator, site.id, reason="chuyển đi", seen=fresh.known_from)
    with pytest.raises(Problem) as caught:
        register.edit_site(survey, coordinator, site.id, TYPED, seen=fresh.known_from)
    assert caught.value.kind is SITE_UNKNOWN
    assert present(survey, site.id).attributes["closed_reason"] == "chuyển đi"


def test_a_code_that_another_site_has_is_refused(survey: Survey, coordinator: Actor) -> None:
    """By hand, a known code is a mistake and no update."""
    register.add_site(survey, coordinator, SiteKind.HOUSEHOLD, TYPED | {"code": "HO-0007"})
    report = register.add_site(survey, coordinator, SiteKind.HOUSEHOLD, TYPED | {"code": "ho-0007"})

    assert [remark.kind.code for remark in report.remarks] == ["CODE_TAKEN"]


def test_hamlets_get_lasting_ids(survey: Survey, coordinator: Actor) -> None:
    """The next id, once a name; a doubled, empty or ancient one is refused."""
    hamlet = register.add_hamlet(survey, coordinator, "  Thôn  Mỹ Lợi ", valid_from=date(2025, 7, 1), former_commune="Kỳ Sơn")

    assert (hamlet.id, hamlet.name) == ("18844-h03", "Thôn Mỹ Lợi")
    with survey.reading() as reader:
        assert hamlet in select_hamlets(reader, COMMUNE, date(2026, 1, 1))
        assert hamlet not in select_hamlets(reader, COMMUNE, date(2025, 6, 30))
    for name, day in (("mỹ lợi", date(2025, 7, 1)), ("", date(2025, 7, 1)), ("Mới", date(1900, 1, 1))):
        with pytest.raises(Problem) as caught:
            register.add_hamlet(survey, coordinator, name, valid_from=day)
        assert caught.value.kind is HAMLET_REFUSED


def test_every_verb_asks_who_acts(survey: Survey, reviewer: Actor) -> None:
    """A reviewer changes nothing of the register."""
    for act in (
        lambda: register.add_site(survey, reviewer, SiteKind.HOUSEHOLD, TYPED),
        lambda: register.edit_site(survey, reviewer, "x", TYPED, seen=None),
        lambda: register.close_site(survey, reviewer, "x", reason="x", seen=None),
        lambda: register.add_hamlet(survey, reviewer, "Mới", valid_from=date(2026, 1, 1)),
    ):
        with pytest.raises(Problem) as caught:
            act()
        assert caught.value.kind is NOT_ALLOWED
