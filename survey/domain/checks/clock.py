"""Time: whether camera, satellites, phone and server agree, and whether it was during the visit and the round."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from survey.domain.checks.findings import Finding, found
from survey.domain.checks.thresholds import Thresholds
from survey.domain.checks.visit import Picture, Visit, local, taken_utc
from survey.domain.submissions import Source


def by_right_clock(moment: datetime, drift_s: float | None) -> datetime:
    """*moment* of a phone whose clock was *drift_s* seconds ahead, as a right clock would have shown it."""
    return moment - timedelta(seconds=drift_s or 0)


def on_visit(visit: Visit, limits: Thresholds) -> Iterator[Finding]:
    """Findings on the phone's clock."""
    if visit.clock_drift_s is not None and abs(visit.clock_drift_s) > limits.clock_drift_min * 60:
        yield found("phone_clock_off", drift_min=round(visit.clock_drift_s / 60))
    if visit.ended_at is None:
        return
    if by_right_clock(visit.ended_at, visit.clock_drift_s) > visit.received_at + timedelta(minutes=limits.future_min):
        yield found("visit_in_future", ended_at=local(visit.ended_at), received_at=local(visit.received_at))


def on_picture(visit: Visit, picture: Picture, limits: Thresholds) -> Iterator[Finding]:
    """Findings on when *picture* was taken."""
    taken = taken_utc(picture.facts)
    if taken is None:
        return
    yield from _satellites(picture, taken, limits)
    # What is imported at a desk comes from another device than the one whose clock was compared.
    drift = None if picture.capture.source is Source.DESK else visit.clock_drift_s
    right = by_right_clock(taken, drift)
    if right > visit.received_at + timedelta(minutes=limits.future_min):
        yield found("taken_in_future", picture.name, taken_at=local(taken), received_at=local(visit.received_at))
        return
    yield from _outside(visit, picture, taken, limits)
    if visit.round_begins is not None and right < visit.round_begins - timedelta(days=limits.before_round_days):
        yield found("before_round", picture.name, taken_at=local(taken), round_at=local(visit.round_begins))


def _satellites(picture: Picture, taken: datetime, limits: Thresholds) -> Iterator[Finding]:
    gps = picture.facts.gps_at
    if gps is not None and abs((taken - gps).total_seconds()) > limits.camera_gps_s:
        yield found("camera_clock_off", picture.name, taken_at=local(taken), gps_at=local(gps))


def _outside(visit: Visit, picture: Picture, taken: datetime, limits: Thresholds) -> Iterator[Finding]:
    """The camera's time against the visit's: both are the same phone's, so its clock may be wrong."""
    if visit.started_at is not None and taken < visit.started_at - timedelta(minutes=limits.before_visit_min):
        yield found("taken_outside_visit", picture.name, taken_at=local(taken), visit_at=local(visit.started_at))
    elif visit.ended_at is not None and taken > visit.ended_at:
        yield found("taken_outside_visit", picture.name, taken_at=local(taken), visit_at=local(visit.ended_at))
