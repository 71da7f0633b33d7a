"""Which site a photo was taken at: nearest within its accuracy, unclear where two are as near, by the minutes, or not at all."""

import random
import time
from datetime import UTC, datetime, timedelta

import pytest

from survey.domain.checks.thresholds import Thresholds
from survey.domain.photos import PhotoFacts
from survey.domain.places import distance_m
from survey.domain.proposals import BY_TIME, Certainty, Proposal, Shot, propose, taken_moment
from survey.domain.sites import Site, SiteKind

LIMITS = Thresholds()
METRE = 1 / 110_650  # of latitude in degrees, at 18° north
NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)


def _house(code: str, north_m: float = 0, east_m: float = 0) -> Site:
    return Site("18844", code, SiteKind.HOUSEHOLD, code, code, None, 18.07 + north_m * METRE, 106.11 + east_m * METRE / 0.9507)


def _road(code: str, north_m: float) -> Site:
    line = ((106.10, 18.07 + north_m * METRE), (106.12, 18.07 + north_m * METRE))
    return Site("18844", code, SiteKind.ROAD_SEGMENT, code, code, None, 18.07 + north_m * METRE, 106.10, line)


def _shot(north_m: float | None = 0, *, accuracy: float | None = 8, minutes: float | None = 0, name: str = "a") -> Shot:
    at = None if minutes is None else NOON + timedelta(minutes=minutes)
    return Shot(name, None if north_m is None else 18.07 + north_m * METRE, None if north_m is None else 106.11, accuracy, at)


def _one(shot: Shot, *sites: Site) -> Proposal:
    (proposal,) = propose([shot], sites, LIMITS)
    return proposal


def test_the_nearest_site_within_the_threshold_is_certain() -> None:
    """Its distance is that on the ground, to a metre over a hundred."""
    found = _one(_shot(40), _house("near"), _house("far", 300))

    assert (found.certainty, found.site and found.site.code, found.second) == (Certainty.CERTAIN, "near", None)
    assert found.nearest is not None
    assert found.nearest.distance_m == pytest.approx(distance_m(18.07 + 40 * METRE, 106.11, 18.07, 106.11), abs=0.1)


@pytest.mark.parametrize(("away", "near"), [(57, True), (59, False)], ids=["within", "beyond"])
def test_how_near_is_the_threshold_and_the_positions_own_radius(away: float, near: bool) -> None:
    """50 m and the 8 m that the file gives."""
    found = _one(_shot(away), _house("a"))

    assert (found.site is not None) == near
    assert found.certainty is (Certainty.CERTAIN if near else Certainty.FAR)
    assert found.nearest is not None  # what is too far away is still told with its distance


def test_two_sites_that_the_position_cannot_tell_apart_are_unclear() -> None:
    """5 m and 12 m away with a radius of 8 m; with a radius of 5 m the nearer one is certain."""
    sites = _house("a"), _house("b", 17)

    unclear, clear = _one(_shot(5, accuracy=8), *sites), _one(_shot(5, accuracy=5), *sites)

    assert (unclear.certainty, unclear.site and unclear.site.code) == (Certainty.CLOSE, "a")
    assert unclear.second is not None
    assert (unclear.second.site.code, round(unclear.second.distance_m or 0)) == ("b", 12)
    assert (clear.certainty, clear.second) == (Certainty.CERTAIN, None)


def test_a_position_without_a_radius_has_the_assumed_one_and_a_coarse_one_is_none() -> None:
    """30 m is assumed; more than 100 m comes from a cell tower and says nothing."""
    assumed, coarse = _one(_shot(70, accuracy=None), _house("a")), _one(_shot(1, accuracy=150), _house("a"))

    assert (assumed.certainty, assumed.accuracy_m, assumed.assumed) == (Certainty.CERTAIN, 30, True)
    assert coarse.certainty is Certainty.NOWHERE


def test_a_road_is_near_along_its_whole_line_and_gives_way_to_a_house() -> None:
    """A kilometre from its first point; where a house is as near within the radius, the house goes first and the road is told."""
    alone = _one(_shot(10), _road("road", 0))
    beside = _one(_shot(4), _road("road", 0), _house("house", 10))
    clearly = _one(_shot(0, accuracy=5), _road("road", 0), _house("house", 30))

    assert (alone.certainty, round(alone.nearest.distance_m or 0) if alone.nearest else None) == (Certainty.CERTAIN, 10)
    assert beside.site is not None
    assert beside.second is not None
    assert (beside.site.code, beside.second.site.code, beside.certainty) == ("house", "road", Certainty.CLOSE)
    assert clearly.site is not None
    assert (clearly.site.code, clearly.certainty) == ("road", Certainty.CERTAIN)


def test_a_photo_without_position_follows_the_photo_of_the_same_minutes() -> None:
    """The nearer in time; where the photo on the other side was taken elsewhere, that is told; five minutes are the limit."""
    sites = _house("a"), _house("b", 300)
    shots = [_shot(0), _shot(300, minutes=6), _shot(None, minutes=4), _shot(None, minutes=11), _shot(None, minutes=11.1)]
    found = propose(shots, sites, LIMITS)

    assert [one.certainty for one in found[2:]] == [Certainty.BY_TIME, Certainty.BY_TIME, Certainty.NOWHERE]
    assert [one.site.code if one.site else None for one in found[2:]] == ["b", "b", None]
    assert (found[2].second.site.code if found[2].second else None, found[2].apart) == ("a", timedelta(minutes=2))
    assert found[3].apart == BY_TIME


def test_a_photo_with_neither_is_nowhere() -> None:
    """So is one of another continent, without a word of a site that it has nothing to do with."""
    assert _one(_shot(None, minutes=None), _house("a")).certainty is Certainty.NOWHERE
    abroad = _one(Shot("x", -33.8, 151.2, 5, NOON), _house("a"))
    assert (abroad.certainty, abroad.nearest) == (Certainty.FAR, None)
    assert propose([], [_house("a")], LIMITS) == []
    assert _one(_shot(0)).certainty is Certainty.FAR


@pytest.mark.parametrize(
    ("facts", "moment"),
    [
        (PhotoFacts(taken_at=datetime(2026, 11, 20, 8)), datetime(2026, 11, 20, 1, tzinfo=UTC)),  # noqa: DTZ001
        (PhotoFacts(taken_at=datetime(2026, 11, 20, 8, tzinfo=UTC), offset="+00:00"), datetime(2026, 11, 20, 8, tzinfo=UTC)),
        (PhotoFacts(gps_at=NOON), NOON),
        (PhotoFacts(), None),
        (PhotoFacts(taken_at=datetime(1, 1, 1)), None),  # noqa: DTZ001
    ],
    ids=["local", "offset", "satellite", "none", "year-1"],
)
def test_the_time_is_what_the_file_says(facts: PhotoFacts, moment: datetime | None) -> None:
    """Viet Nam's time where the camera gives no offset, satellite time where it gives none at all; never the file's date."""
    assert taken_moment(facts) == moment


def test_three_thousand_sites_and_five_hundred_photos_take_no_time() -> None:
    """The same answers as comparing each with each, in well under a second."""
    chance = random.Random(7)  # noqa: S311
    sites = [_house(f"{number}", chance.uniform(-4000, 4000), chance.uniform(-4000, 4000)) for number in range(3000)]
    shots = [Shot(str(number), 18.07 + chance.uniform(-4000, 4000) * METRE, 106.11, 8, None) for number in range(500)]
    begun = time.process_time()
    found = propose(shots, sites, LIMITS)
    took = time.process_time() - begun

    assert took < 0.5
    for shot, proposal in list(zip(shots, found, strict=True))[:20]:
        apart = {site.code: distance_m(shot.latitude or 0, shot.longitude or 0, site.latitude or 0, site.longitude or 0) for site in sites}
        nearest = min(apart, key=lambda code: apart[code])
        assert (proposal.nearest.site.code if proposal.nearest else None) == (nearest if apart[nearest] <= 500 else None)
