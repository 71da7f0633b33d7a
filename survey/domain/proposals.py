"""Which registered site a photo was taken at, as its position and time say: proposals for a person to weigh, never decisions.

All sites and photos are laid in one plane around the commune, exact to a metre over its size, and found through a tree:
hundreds of photos and thousands of sites take milliseconds.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import shapely

from survey.domain.checks import Thresholds, taken_utc
from survey.domain.photos import PhotoFacts
from survey.domain.places import distance_m
from survey.domain.sites import Site

# Our own choices. An officer photographs a place for a few minutes and walks on; and a site farther away than a walk of some
# minutes is no help in finding the right one.
BY_TIME = timedelta(minutes=5)
TOLD_WITHIN_M = 500.0


class Certainty(StrEnum):
    """How sure a proposal is, the surest first; only the first three propose a site."""

    CERTAIN = "certain"  # the photo's own position lies at this site, and at no other
    CLOSE = "close"  # so it does, and within the position's radius another site is as near
    BY_TIME = "by_time"  # no position of its own; taken within minutes of a photo at this site
    FAR = "far"  # a position, and no registered site near it
    NOWHERE = "nowhere"  # neither a usable position nor a photo of the same minutes that has one


@dataclass(frozen=True)
class Shot:
    """What a file says of a photo: degrees WGS 84, metres, aware UTC; None is *not given*."""

    sha256: str
    latitude: float | None = None
    longitude: float | None = None
    accuracy_m: float | None = None
    taken_at: datetime | None = None


@dataclass(frozen=True)
class Nearby:
    """A site, and how far from it the photo was taken; None where the time alone speaks for it."""

    site: Site
    distance_m: float | None


@dataclass(frozen=True)
class Proposal:
    """What is proposed for one photo; *second* is the next site where it is about as likely, *apart* the time to the photo beside it.

    *accuracy_m* is the radius that the file gives, or the one that is assumed (*assumed*); None without a usable position.
    """

    certainty: Certainty
    nearest: Nearby | None = None
    second: Nearby | None = None
    apart: timedelta | None = None
    accuracy_m: float | None = None
    assumed: bool = False

    @property
    def site(self) -> Site | None:
        """The proposed site; None where no site is near."""
        proposes = self.certainty in {Certainty.CERTAIN, Certainty.CLOSE, Certainty.BY_TIME}
        return self.nearest.site if proposes and self.nearest else None


def shot_of(sha256: str, facts: PhotoFacts) -> Shot:
    """The photo with these *facts*."""
    return Shot(sha256, facts.latitude, facts.longitude, facts.accuracy_m, taken_moment(facts))


def taken_moment(facts: PhotoFacts) -> datetime | None:
    """When the photo was taken, aware UTC: by the camera (see `taken_utc`), else by satellite; None where neither is given."""
    return taken_utc(facts) or facts.gps_at


def propose(shots: Sequence[Shot], sites: Sequence[Site], thresholds: Thresholds) -> list[Proposal]:
    """A proposal for each of *shots*, in their order, among *sites*; those without a position or line are left out."""
    found = dict(enumerate(_by_position(shots, sites, thresholds)))
    return [found[number] or proposal for number, proposal in enumerate(_by_time(shots, found))]


def _by_position(shots: Sequence[Shot], sites: Sequence[Site], thresholds: Thresholds) -> list[Proposal | None]:
    """The proposals of photos that have a usable position; None for the others."""
    placed = [number for number, shot in enumerate(shots) if _is_usable(shot, thresholds)]
    near = _near(placed, shots, [site for site in sites if site.line or (site.latitude is not None and site.longitude is not None)])
    found: list[Proposal | None] = [None] * len(shots)
    for number in placed:
        found[number] = _weigh(shots[number], near.get(number, []), thresholds)
    return found


def _is_usable(shot: Shot, thresholds: Thresholds) -> bool:
    accuracy = shot.accuracy_m if shot.accuracy_m is not None else thresholds.assumed_accuracy_m
    return shot.latitude is not None and shot.longitude is not None and accuracy <= thresholds.usable_accuracy_m


def _near(placed: Sequence[int], shots: Sequence[Shot], sites: Sequence[Site]) -> Mapping[int, list[Nearby]]:
    """For each photo the sites within `TOLD_WITHIN_M`, nearest first."""
    if not placed or not sites:
        return {}
    plane = _Plane(*_position(sites[0]))
    shapes = shapely.STRtree([plane.shape(site) for site in sites])
    points = shapely.points([plane.point(shots[number].longitude or 0.0, shots[number].latitude or 0.0) for number in placed])
    whose, which = shapes.query(points, predicate="dwithin", distance=TOLD_WITHIN_M)
    distances = shapely.distance(points.take(whose), shapes.geometries.take(which))
    near: dict[int, list[Nearby]] = {}
    for shot, site, distance in sorted(zip(whose.tolist(), which.tolist(), distances.tolist(), strict=True), key=lambda found: found[2]):
        near.setdefault(placed[shot], []).append(Nearby(sites[site], distance))
    return near


def _weigh(shot: Shot, near: Sequence[Nearby], thresholds: Thresholds) -> Proposal:
    accuracy = shot.accuracy_m if shot.accuracy_m is not None else thresholds.assumed_accuracy_m
    assumed = shot.accuracy_m is None
    at_place = [one for one in near if _apart_m(one) <= thresholds.near_site_m + accuracy]
    if not at_place:
        return Proposal(Certainty.FAR, near[0] if near else None, accuracy_m=accuracy, assumed=assumed)
    as_near = [one for one in at_place if _apart_m(one) - _apart_m(at_place[0]) <= accuracy]
    # A road runs past every house: where both are as near, within what the position can tell, the house goes first.
    first, *others = sorted(as_near, key=lambda one: one.site.line is not None)
    certainty = Certainty.CLOSE if others else Certainty.CERTAIN
    return Proposal(certainty, first, others[0] if others else None, accuracy_m=accuracy, assumed=assumed)


def _apart_m(one: Nearby) -> float:
    return one.distance_m if one.distance_m is not None else TOLD_WITHIN_M


def _by_time(shots: Sequence[Shot], found: Mapping[int, Proposal | None]) -> list[Proposal]:
    """For each photo what the photos of the same minutes say that have a position of their own."""
    placed = [
        (taken_at, proposal.site)
        for number, proposal in found.items()
        if proposal and proposal.site and (taken_at := shots[number].taken_at)
    ]
    placed.sort(key=lambda pair: (pair[0], pair[1].id))
    times = [taken_at for taken_at, _ in placed]
    return [_beside(shot.taken_at, placed, times) for shot in shots]


def _beside(taken_at: datetime | None, placed: Sequence[tuple[datetime, Site]], times: Sequence[datetime]) -> Proposal:
    if taken_at is None:
        return Proposal(Certainty.NOWHERE)
    after = bisect_left(times, taken_at)
    around = [(abs(at - taken_at), site) for at, site in placed[max(0, after - 1) : after + 1]]
    within = sorted((pair for pair in around if pair[0] <= BY_TIME), key=lambda pair: pair[0])
    if not within:
        return Proposal(Certainty.NOWHERE)
    (apart, site), *others = within
    second = next((Nearby(other, None) for _, other in others if other.id != site.id), None)
    return Proposal(Certainty.BY_TIME, Nearby(site, None), second, apart)


def _position(site: Site) -> tuple[float, float]:
    """(longitude, latitude) of a place on the site."""
    return site.line[0] if site.line else (site.longitude or 0.0, site.latitude or 0.0)


class _Plane:
    """Metres east and north of a place in the commune."""

    def __init__(self, longitude: float, latitude: float) -> None:
        self._longitude, self._latitude = longitude, latitude
        self._north = distance_m(latitude - 0.05, longitude, latitude + 0.05, longitude) / 0.1
        self._east = distance_m(latitude, longitude - 0.05, latitude, longitude + 0.05) / 0.1

    def point(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Where a position lies."""
        return (longitude - self._longitude) * self._east, (latitude - self._latitude) * self._north

    def shape(self, site: Site) -> shapely.Geometry:
        """The site's point, or its line."""
        if site.line and len(site.line) > 1:
            return shapely.LineString([self.point(*pair) for pair in site.line])
        return shapely.Point(self.point(*_position(site)))
