"""Routes: the other visits of a person's day, those at the very same position, and those with the very same answers.

Each is one statement on an index, and reads a few rows. What was brought in at a desk is nobody's route.
"""

from datetime import datetime

from survey.domain.ports import Reader, Row, Transaction
from survey.domain.submissions import Submission
from survey.domain.times import to_text

_COLUMNS = (
    "s.submission, s.code, s.site, s.captured_at, s.clock_drift_s, s.replaces, s.latitude, s.longitude, s.accuracy_m, s.altitude_m,"
    " s.fix_at, s.fix_by_hand, t.code AS site_code, t.latitude AS site_latitude, t.longitude AS site_longitude, t.geometry AS site_geometry"
)
_FROM = (
    f"SELECT {_COLUMNS} FROM submission s"
    " LEFT JOIN site t ON t.commune = s.commune AND t.site = s.site AND t.known_to IS NULL WHERE s.commune = :commune"
)
_OWN = " AND s.person = :person AND s.door <> 'desk'"
_MOST_SPOT, _MOST_MARK = 20, 50


def select_neighbours(reader: Reader, submission: Submission, since: datetime, before: datetime) -> list[Row]:
    """The same person's visits just before and just after *submission* from *since* on, up to *before*: at most two rows.

    Visits without a position and other versions of this one are passed over.
    """
    parameters = {
        "commune": submission.commune, "person": submission.person, "at": to_text(submission.captured_at), "own": submission.id,
        "replaces": submission.replaces or "", "since": to_text(since), "before": to_text(before),
    }  # fmt: skip
    other = " AND s.latitude IS NOT NULL AND s.submission <> :replaces AND COALESCE(s.replaces, '') <> :own"
    earlier = " AND s.captured_at >= :since AND s.captured_at <= :at AND (s.captured_at < :at OR s.submission < :own)"
    later = " AND s.captured_at >= :at AND s.captured_at < :before AND (s.captured_at > :at OR s.submission > :own)"
    rows = reader.rows(f"{_FROM}{_OWN}{other}{earlier} ORDER BY s.captured_at DESC, s.submission DESC LIMIT 1", **parameters)
    return rows + reader.rows(f"{_FROM}{_OWN}{other}{later} ORDER BY s.captured_at, s.submission LIMIT 1", **parameters)


def select_same_spot(reader: Reader, submission: Submission) -> list[Row]:
    """The visits of anybody whose position has the very same figures, the oldest first: at most 20."""
    if submission.fix is None:
        return []
    return reader.rows(
        f"{_FROM} AND s.latitude = :latitude AND s.longitude = :longitude AND s.submission <> :own AND s.fix_by_hand = 0"
        f" ORDER BY s.captured_at, s.submission LIMIT {_MOST_SPOT}",
        commune=submission.commune, latitude=submission.fix.latitude, longitude=submission.fix.longitude, own=submission.id,
    )  # fmt: skip


def select_day(reader: Reader, submission: Submission, since: datetime, before: datetime) -> Row | None:
    """The person's visits from *since* on, up to *before*: sites (how many different), first (beginning), last (end)."""
    return reader.row(
        "SELECT COUNT(DISTINCT s.site) AS sites, MIN(COALESCE(s.started_at, s.captured_at)) AS first, MAX(s.captured_at) AS last"
        f" FROM submission s WHERE s.commune = :commune{_OWN} AND s.captured_at >= :since AND s.captured_at < :before",
        commune=submission.commune, person=submission.person, since=to_text(since), before=to_text(before),
    )  # fmt: skip


def select_last_of_day(reader: Reader, submission: Submission, since: datetime, before: datetime) -> Row | None:
    """The person's last other visit from *since* on, up to *before*: submission, captured_at."""
    return reader.row(
        "SELECT s.submission, s.captured_at FROM submission s"
        f" WHERE s.commune = :commune{_OWN} AND s.captured_at >= :since AND s.captured_at < :before"
        " AND s.submission <> :own ORDER BY s.captured_at DESC, s.submission DESC LIMIT 1",
        commune=submission.commune, person=submission.person, own=submission.id, since=to_text(since), before=to_text(before),
    )  # fmt: skip


def select_same_answers(reader: Reader, submission: Submission) -> list[Row]:
    """The same person's visits of the round to other sites with the very same answers, the oldest first: submission, site, site_code."""
    return reader.rows(
        "SELECT s.submission, s.site, t.code AS site_code FROM submission s"
        " LEFT JOIN site t ON t.commune = s.commune AND t.site = s.site AND t.known_to IS NULL"
        " WHERE s.commune = :commune AND s.form = :form AND s.person = :person AND s.round = :round AND s.site <> :site"
        " AND s.answers_mark = (SELECT o.answers_mark FROM submission o WHERE o.commune = :commune AND o.submission = :own)"
        f" ORDER BY s.captured_at LIMIT {_MOST_MARK}",
        commune=submission.commune, form=submission.form, person=submission.person, round=submission.round, site=submission.site,
        own=submission.id,
    )  # fmt: skip


def update_answers_mark(tx: Transaction, commune: str, submission_id: str, mark: str | None) -> None:
    """Keep what a submission's answers are recognised by; None where they are too few."""
    tx.execute(
        "UPDATE submission SET answers_mark = :mark WHERE commune = :commune AND submission = :submission",
        commune=commune, submission=submission_id, mark=mark,
    )  # fmt: skip


def select_moved(reader: Reader, commune: str, submission_id: str) -> bool:
    """Whether a submission carries a flag on how its person moved."""
    row = reader.row(
        "SELECT 1 AS flagged FROM flag WHERE commune = :commune AND submission = :submission AND attachment = ''"
        " AND code IN ('moved_fast', 'moved_impossibly', 'two_at_once', 'same_spot', 'day_too_full') LIMIT 1",
        commune=commune, submission=submission_id,
    )  # fmt: skip
    return row is not None
