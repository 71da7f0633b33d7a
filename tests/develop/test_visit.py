"""What is around a visit comes from the store: one that is sent late changes what is said of those it stands between."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from survey import receive
from survey.develop.visit import gather, thresholds_of
from survey.domain.checks import Thresholds, Visit
from survey.domain.people import Actor, Role
from survey.domain.sites import Site, SiteKind
from survey.domain.submissions import short_code
from survey.store.deployment import insert_round
from survey.store.flags import select_flags
from survey.store.jobs import select_job_counts
from survey.store.settings import insert_setting
from survey.store.sites import insert_site
from survey.store.submissions import select_submission
from survey.wiring import Survey
from tests.conftest import COMMUNE, HAMLETS
from tests.develop.conftest import BRINGER, drawn, run_jobs
from tests.receive.conftest import fence, new_id, stage, stocked, survey

__all__ = ["stocked", "survey"]

BEGUN = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
STEP = 0.0045  # degrees of latitude: 500 m
HOMES = [f"5a1c0a52-0f2f-4d2f-9d3a-0d4d6d3a1e{number:02}" for number in range(10, 20)]
MOVED = {"moved_fast", "moved_impossibly", "two_at_once", "same_spot", "day_too_full", "answers_identical"}
OTHER = Actor(COMMUNE, "p-inspector", "Khảo sát", Role.COORDINATOR)


@pytest.fixture
def road(stocked: Survey) -> Survey:
    """Ten households along a road, 500 m from each other, and one without a position."""
    with stocked.transaction() as tx:
        for number, home in enumerate(HOMES):
            place = (HAMLETS[number // 5], 18.01 + STEP * number, 106.05)
            insert_site(tx, Site(COMMUNE, home, SiteKind.HOUSEHOLD, f"HO-1{number:03}", f"Hộ {number}", *place), at=BEGUN)
        insert_site(tx, Site(COMMUNE, "nowhere", SiteKind.HOUSEHOLD, "HO-2000", "Hộ mới", HAMLETS[1]), at=BEGUN)
    return stocked


def call(survey: Survey, home: int, minute: float, **changes: Any) -> str:
    """Hand in a visit that ended so many minutes after the beginning, at its own household unless *at* another place, and examine it."""
    instance_id = new_id()
    end = BEGUN + timedelta(minutes=minute)
    replaces, by = changes.get("replaces"), changes.get("by", BRINGER)
    xml = fence(survey, instance_id, photos=(), end=end.isoformat(), site=HOMES[home], replaces=replaces).decode()
    at = changes.get("at", home)
    latitude = changes.get("latitude", f"{18.01 + STEP * at + minute / 1e6:.7f}")
    xml = xml.replace('latitude="18.05"', f'latitude="{latitude}"').replace("2026-11-20T01:01:00Z", end.isoformat())
    xml = xml.replace("2026-11-20T08:00:00.000+07:00", (end - timedelta(minutes=5)).isoformat())
    xml = xml.replace("<more>", f"<more>{changes.get('more', '')}")
    receive.submission(survey, by, xml.encode(), door=changes.get("door", "field"))
    receive.photo(survey, by, instance_id, "a.jpg", stage(survey, drawn(instance_id)))
    if changes.get("examined", True):
        run_jobs(survey)
    return instance_id


def said(survey: Survey, submission: str) -> dict[str, Any]:
    """What is said of how the person of *submission* moved and filled in: figures by code."""
    with survey.reading() as reader:
        return {flag["code"]: flag["figures"] for flag in select_flags(reader, COMMUNE, submission) if flag["code"] in MOVED}


def gathered(survey: Survey, submission: str) -> Visit:
    """The visit as the checks see it."""
    with survey.reading() as reader:
        found = select_submission(reader, COMMUNE, submission)
        assert found is not None
        return gather(reader, found)


def test_a_day_of_work_is_nothing_to_speak_of(road: Survey) -> None:
    """One household after the other, ten minutes for each."""
    calls = [call(road, home, 10.0 * home) for home in range(4)]

    assert [said(road, each) for each in calls] == [{}] * 4
    assert [each.code for each in gathered(road, calls[1]).route] == [short_code(calls[0]), short_code(calls[2])]


def test_neighbours_are_the_persons_own(road: Survey) -> None:
    """Neither a colleague's visit, nor one from a desk, nor another version of the same visit stands in between."""
    first = call(road, 0, 0)
    call(road, 9, 1, by=OTHER)
    call(road, 9, 2, door="desk")
    last = call(road, 1, 20)
    corrected = call(road, 1, 30, replaces=last)

    assert [each.submission for each in gathered(road, last).route] == [first]
    assert [each.submission for each in gathered(road, corrected).route] == [first]
    assert gathered(road, first).route[0].site_code == "HO-1001"


def test_the_last_of_three_sent_first(road: Survey) -> None:
    """A long way in a short time is said of both its ends; the visit in between, sent last, takes it away from the one it explains."""
    first = call(road, 0, 0)
    last = call(road, 9, 2)
    assert {code: figures["submission"] for code, figures in said(road, first).items()} == {"moved_fast": short_code(last)}
    assert set(said(road, last)) == {"moved_fast"}

    between = call(road, 9, 1)

    assert said(road, last) == {}
    assert set(said(road, first)) == set(said(road, between)) == {"moved_impossibly"}
    with road.reading() as reader:
        assert select_job_counts(reader) == {}


def test_a_visit_between_two_explains_both(road: Survey) -> None:
    """500 m apart within twenty seconds; then a visit in the middle of the time, sent late, at the place of the first."""
    first = call(road, 0, 0)
    last = call(road, 1, 0.5)
    assert set(said(road, first)) == set(said(road, last)) == {"two_at_once"}

    call(road, 0, 0.25)

    assert said(road, first) == {}
    assert set(said(road, last)) == {"two_at_once"}


def test_the_same_position_is_said_of_both_whoever_it_was(road: Survey) -> None:
    """A colleague's phone gave the same figures at another household."""
    first = call(road, 0, 0, latitude="18.0123456")
    second = call(road, 1, 40, latitude="18.0123456", by=OTHER)

    assert said(road, second)["same_spot"] == {"sites": ["HO-1000"], "submissions": [short_code(first)]}
    assert said(road, first)["same_spot"] == {"sites": ["HO-1001"], "submissions": [short_code(second)]}


def test_a_correction_keeps_its_position(road: Survey) -> None:
    """Versions of one visit are never held against each other."""
    first = call(road, 0, 0, latitude="18.0123456")
    second = call(road, 0, 24 * 60, latitude="18.0123456", replaces=first)
    third = call(road, 0, 48 * 60, latitude="18.0123456", replaces=second)

    assert [said(road, each) for each in (first, second)] == [{}, {}]
    assert said(road, third) == {}


def test_a_day_that_is_too_full_is_said_once(road: Survey) -> None:
    """Six households within three minutes: on the day's last visit, wherever those that came in late belong."""
    calls = [call(road, home, 0.5 * home, at=0) for home in (0, 1, 2, 3, 5)]
    assert [set(said(road, each)) & {"day_too_full"} for each in calls] == [set()] * 5  # five households and five minutes of filling in

    with road.transaction() as tx:
        insert_setting(tx, COMMUNE, "check.pace_s", "120", reason="thử", person="p-coordinator", at=BEGUN)
    late = call(road, 4, 2, at=0)

    assert said(road, calls[-1])["day_too_full"]["count"] == 6
    assert all("day_too_full" not in said(road, each) for each in (*calls[:-1], late))

    newest = call(road, 6, 4, at=0)

    assert said(road, newest)["day_too_full"]["count"] == 7
    assert "day_too_full" not in said(road, calls[-1])


def test_the_same_answers_for_four_households(road: Survey) -> None:
    """All four say so, each naming the three others; the one with another figure does not."""
    with road.transaction() as tx:
        insert_round(tx, COMMUNE, "2026-9", "Đợt", BEGUN.date(), BEGUN.date() + timedelta(days=9))
    more = "<trimmed>yes</trimmed><planned_m>12</planned_m><work_days>2</work_days>"
    calls = [call(road, home, 10.0 * home, more=more) for home in range(3)]
    unlike = call(road, 5, 50, more=more.replace("12", "13"))
    assert [said(road, each) for each in calls] == [{}] * 3

    fourth = call(road, 3, 30, more=more)

    assert said(road, fourth)["answers_identical"] == {"count": 3, "sites": ["HO-1000", "HO-1001", "HO-1002"]}
    assert said(road, calls[0])["answers_identical"]["sites"] == ["HO-1001", "HO-1002", "HO-1003"]
    assert said(road, unlike) == {}
    assert gathered(road, fourth).round_begins is not None


def test_what_a_desk_brought_in_is_nobodys_way(road: Survey) -> None:
    """A folder of somebody else's photos has positions and times that no person went through."""
    call(road, 0, 0)
    brought = call(road, 9, 1, door="desk")
    found = gathered(road, brought)

    assert said(road, brought) == {}
    assert (found.route, found.spot, found.day, found.filled_s) == ((), (), None, None)


def test_what_the_checks_hear_of_a_visit(road: Survey) -> None:
    """How long it took, how many answers, which photos are asked for outdoors, what the clock showed."""
    found = gathered(road, call(road, 0, 0, more="<trimmed>yes</trimmed>"))

    assert found.filled_s == 300
    assert found.answered == 3
    assert found.choices == (("yes",),)
    assert [(picture.name, picture.outdoor) for picture in found.pictures] == [("a.jpg", False)]  # no question names it
    assert found.site_line == ((106.05, 18.01),)


def test_a_correction_is_not_timed(road: Survey) -> None:
    """It begins with the answers that were given before."""
    first = call(road, 0, 0)

    assert gathered(road, call(road, 0, 30, replaces=first)).filled_s is None


def test_a_site_without_a_position_asks_its_neighbours(road: Survey) -> None:
    """Those within reach only, the nearest first."""
    with road.transaction() as tx:
        insert_setting(tx, COMMUNE, "check.neighbour_m", "1200", reason="thử", person="p-coordinator", at=BEGUN)
    HOMES.append("nowhere")
    try:
        found = gathered(road, call(road, 10, 0, at=2))
    finally:
        HOMES.pop()

    assert [own for _, own in found.hamlet_sites] == [False] * 5
    assert found.site_line == ()


def test_a_commune_has_its_own_thresholds(road: Survey) -> None:
    """The newest value counts; an empty one is the default again."""
    with road.transaction() as tx:
        insert_setting(tx, COMMUNE, "check.near_site_m", "80", reason="sân rộng", person="p-coordinator", at=BEGUN)
    with road.reading() as reader:
        assert thresholds_of(reader, COMMUNE) == Thresholds(near_site_m=80)
    with road.transaction() as tx:
        insert_setting(tx, COMMUNE, "check.near_site_m", "", reason="thôi", person="p-coordinator", at=BEGUN)
    with road.reading() as reader:
        assert thresholds_of(reader, COMMUNE) == Thresholds()
