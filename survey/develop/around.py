"""What is around a visit: the same person's visits before and after it, those at the very same spot, those with the very same answers.

A visit that comes in late stands between two that were examined without it; `concerned` names those that must be looked at again.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from survey.domain.checks import Day, Finding, Other
from survey.domain.places import Line
from survey.domain.ports import Reader, Row, Transaction
from survey.domain.submissions import Fix, Submission
from survey.domain.times import end_of, from_text, local_date, optional_from_text, start_of
from survey.store.jobs import upsert_job
from survey.store.routes import (
    select_day,
    select_last_of_day,
    select_moved,
    select_neighbours,
    select_same_answers,
    select_same_spot,
)
from survey.store.submissions import select_submission

_ROUTE = timedelta(days=1)  # further apart nobody was too fast
_PAIRED = frozenset({"moved_fast", "moved_impossibly", "two_at_once"})


@dataclass(frozen=True)
class Around:
    """The other visits that the checks compare one with, as `Visit` names them."""

    route: tuple[Other, ...] = ()
    spot: tuple[Other, ...] = ()
    day: Day | None = None
    identical: tuple[str, ...] = ()


def around(reader: Reader, submission: Submission, versions: Collection[str]) -> Around:
    """What is around *submission*; *versions* are the ids of those that it replaces. Nothing around what was brought in at a desk."""
    if submission.door == "desk":
        return Around()
    own = {submission.id, *versions}
    answers = {row["site"]: row["site_code"] or "?" for row in select_same_answers(reader, submission)}
    return Around(
        route=tuple(_other(row, own) for row in _neighbours(reader, submission)),
        spot=tuple(_other(row, own) for row in _spot(reader, submission)),
        day=_day(reader, submission),
        identical=tuple(answers.values()),
    )


def concerned(reader: Reader, submission: Submission, findings: Sequence[Finding]) -> set[str]:
    """The other visits whose flags may be others now that *submission* is here; they are examined once each, and ask nobody.

    Those are: the person's visits just before and after it and the last one of the day, where this one or they have a finding on movement
    or they come after it, and all that a finding names for the same position or the same answers.
    """
    if submission.door == "desk":
        return set()
    codes = {finding.code for finding in findings}
    near = _neighbours(reader, submission)
    last = select_last_of_day(reader, submission, *_day_of(submission))
    others = {row["submission"]: from_text(row["captured_at"]) for row in (*near, *([last] if last else []))}
    paired = bool(codes & _PAIRED)
    found = {
        other
        for other, at in others.items()
        if paired or at >= submission.captured_at or select_moved(reader, submission.commune, other)
    }  # fmt: skip
    if "same_spot" in codes:
        found |= {row["submission"] for row in _spot(reader, submission)}
    if "answers_identical" in codes:
        found |= {row["submission"] for row in select_same_answers(reader, submission)}
    return found


def ask_around(tx: Transaction, commune: str, submission_id: str, findings: Sequence[Finding], now: datetime) -> None:
    """Leave the worker the visits that are `concerned` by the *findings* on a submission."""
    submission = select_submission(tx, commune, submission_id)
    for other in sorted(concerned(tx, submission, findings)) if submission else ():
        upsert_job(tx, commune, "examine", other, {"submission": other}, now)


def _day_of(submission: Submission) -> tuple[datetime, datetime]:
    day = local_date(submission.captured_at)
    return start_of(day), end_of(day)


def _neighbours(reader: Reader, submission: Submission) -> list[Row]:
    if submission.fix is None:
        return []
    return select_neighbours(reader, submission, submission.captured_at - _ROUTE, submission.captured_at + _ROUTE)


def _spot(reader: Reader, submission: Submission) -> list[Row]:
    return [] if submission.fix is None or submission.fix.by_hand else select_same_spot(reader, submission)


def _day(reader: Reader, submission: Submission) -> Day | None:
    """The person's day as far as it has come in, where *submission* is its last visit: one flag a day is enough."""
    row = select_day(reader, submission, *_day_of(submission))
    if row is None or not row["last"] or from_text(row["last"]) > submission.captured_at:
        return None
    return Day(row["sites"], (from_text(row["last"]) - from_text(row["first"])).total_seconds())


def _other(row: Row, own: Collection[str]) -> Other:
    """The visit in a row of `survey.store.routes`."""
    fix = None
    if row["latitude"] is not None:
        at, by_hand = optional_from_text(row["fix_at"]), bool(row["fix_by_hand"])
        fix = Fix(row["latitude"], row["longitude"], row["accuracy_m"], row["altitude_m"], at, by_hand)
    return Other(
        submission=row["submission"], code=row["code"], site=row["site"], site_code=row["site_code"],
        ended_at=from_text(row["captured_at"]), fix=fix, site_line=_site_line(row),
        clock_drift_s=row["clock_drift_s"], linked=row["submission"] in own or row["replaces"] in own,
    )  # fmt: skip


def _site_line(row: Row) -> Line:
    if row["site_geometry"]:
        return tuple((east, north) for east, north, *_ in json.loads(row["site_geometry"])["coordinates"])
    return () if row["site_latitude"] is None else ((row["site_longitude"], row["site_latitude"]),)
