"""Movement: whether one person could have been there then, and whether a receiver gives such positions."""

import math
from collections.abc import Iterator
from datetime import datetime

import shapely

from survey.domain.checks.clock import by_right_clock
from survey.domain.checks.findings import Finding, found
from survey.domain.checks.place import radius_m
from survey.domain.checks.thresholds import Thresholds
from survey.domain.checks.visit import Other, Visit
from survey.domain.places import Line, distance_m
from survey.domain.submissions import Fix
from survey.domain.times import local_date

_ENOUGH_FIXES = 2  # our own choice: one nought may be a receiver that has just woken up
_DECIMALS = 5  # a position rounded so far says nothing by being the same as another


def on_visit(visit: Visit, limits: Thresholds) -> Iterator[Finding]:
    """Findings on the visit beside the same person's others, and those at the very same position."""
    if visit.ended_at is not None:
        yield from _speed(visit, visit.ended_at, limits)
        yield from _at_once(visit, visit.ended_at, limits)
        yield from _same_spot(visit, visit.ended_at, limits)
    yield from _full_day(visit, limits)
    yield from _sea_level(visit)


def apart_m(fix: Fix, other: Fix, limits: Thresholds) -> float:
    """Metres that surely lie between two positions: their distance less both radii, at least 0."""
    distance = distance_m(fix.latitude, fix.longitude, other.latitude, other.longitude)
    return max(0.0, distance - radius_m(fix, limits) - radius_m(other, limits))


def _measured(visit: Visit) -> Iterator[tuple[Fix, Other, Fix]]:
    """The visit's position with each neighbour's, where instruments measured both."""
    if visit.fix is None or visit.fix.by_hand:
        return
    for other in visit.route:
        if other.fix is not None and not other.fix.by_hand and not other.linked:
            yield visit.fix, other, other.fix


def _speed(visit: Visit, ended: datetime, limits: Thresholds) -> Iterator[Finding]:
    fastest: tuple[float, Other, float, float] | None = None
    for fix, other, their_fix in _measured(visit):
        seconds = max(1.0, _apart_s(visit, fix.at or ended, other, their_fix.at or other.ended_at, limits))
        metres = apart_m(fix, their_fix, limits)
        if metres <= limits.far_hop_m:
            continue
        if fastest is None or metres / seconds > fastest[0]:
            fastest = (metres / seconds, other, metres, seconds)
    if fastest is None or fastest[0] <= limits.fast_mps:
        return
    speed, other, metres, seconds = fastest
    code = "moved_impossibly" if speed > limits.impossible_mps else "moved_fast"
    kilometres, minutes = round(metres / 1000, 1), round(seconds / 60, 1)
    yield found(code, submission=other.code, distance_km=kilometres, minutes=minutes, speed_kmh=round(speed * 3.6))


def _apart_s(visit: Visit, moment: datetime, other: Other, their_moment: datetime, limits: Thresholds) -> float:
    """Seconds between a moment of either visit, by their phones' clocks: one person has mostly one phone.

    Only where one clock was off and the other was not, both are corrected: how far a clock was off is known no better than sending is fast.
    """
    drift, their_drift = visit.clock_drift_s or 0, other.clock_drift_s or 0
    if abs(drift - their_drift) > limits.clock_drift_min * 60:
        moment, their_moment = by_right_clock(moment, drift), by_right_clock(their_moment, their_drift)
    return abs((moment - their_moment).total_seconds())


def _at_once(visit: Visit, ended: datetime, limits: Thresholds) -> Iterator[Finding]:
    pairs = []
    for fix, other, their_fix in _measured(visit):
        seconds = _apart_s(visit, ended, other, other.ended_at, limits)
        elsewhere = visit.site is None or other.site != visit.site
        metres = apart_m(fix, their_fix, limits)
        if elsewhere and seconds < limits.at_once_s and metres > limits.at_once_m:
            pairs.append((seconds, other.code, metres))
    if pairs:
        seconds, code, metres = min(pairs)
        yield found("two_at_once", submission=code, seconds=round(seconds), distance_m=round(metres))


def _same_spot(visit: Visit, ended: datetime, limits: Thresholds) -> Iterator[Finding]:
    fix = visit.fix
    if fix is None or fix.by_hand or not _is_precise(fix):
        return
    same = [other for other in visit.spot if not other.linked and _is_odd(visit, ended, other, limits)]
    if same:
        sites = sorted({other.site_code or "?" for other in same})
        yield found("same_spot", submissions=sorted({other.code for other in same}), sites=sites)


def _is_precise(fix: Fix) -> bool:
    return any(round(degrees, _DECIMALS) != degrees for degrees in (fix.latitude, fix.longitude))


def _is_odd(visit: Visit, ended: datetime, other: Other, limits: Thresholds) -> bool:
    long_after = _apart_s(visit, ended, other, other.ended_at, limits) > limits.same_spot_min * 60
    if long_after or local_date(ended) != local_date(other.ended_at):
        return True
    different = visit.site is not None and other.site is not None and visit.site != other.site
    return different and bool(visit.site_line and other.site_line) and lines_apart_m(visit.site_line, other.site_line) >= limits.same_spot_m


def lines_apart_m(line: Line, other: Line) -> float:
    """Metres between the nearest places of two lines of (longitude, latitude), each of which may be a single point."""
    longitude, latitude = line[0]
    shrink = math.cos(math.radians(latitude))
    flat = [[((east - longitude) * shrink, north - latitude) for east, north in each] for each in (line, other)]
    first, second = (shapely.LineString(points) if len(points) > 1 else shapely.Point(points[0]) for points in flat)
    ends = shapely.shortest_line(first, second).coords
    (east, north), (other_east, other_north) = ends[0], ends[1]
    return distance_m(latitude + north, longitude + east / shrink, latitude + other_north, longitude + other_east / shrink)


def _sea_level(visit: Visit) -> Iterator[Finding]:
    """The phone's own altitudes; an ODK position says 0 where it knows none, so only what came with photos is asked."""
    fixes = [fix for each in visit.pictures for fix in (each.capture.before, each.capture.after) if fix is not None and not fix.by_hand]
    altitudes = [fix.altitude_m for fix in fixes if fix.altitude_m is not None]
    if len(altitudes) >= _ENOUGH_FIXES and not any(altitudes):
        yield found("altitude_zero", count=len(altitudes))


def _full_day(visit: Visit, limits: Thresholds) -> Iterator[Finding]:
    day = visit.day
    if day is None:
        return
    hasty = day.sites >= limits.pace_sites and day.seconds < day.sites * limits.pace_s
    if day.sites > limits.day_sites or hasty:
        yield found("day_too_full", count=day.sites, minutes=round(day.seconds / 60))
