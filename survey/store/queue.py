"""The review queue: pages by key, neighbours and counts; every statement here runs on an index."""

import heapq
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from survey.domain.ports import Reader, Row
from survey.domain.submissions import State
from survey.domain.times import end_of, from_text, start_of, to_text

PAGE = 50


@dataclass(frozen=True)
class QueueFilters:
    """What a reviewer looks at; dates are days of receipt in Viet Nam, *scope* the hamlets that the reviewer may see.

    *severity* is the least severity of flags asked for: 0 any submission, 1 flagged at all, 2 to look at, 3 likely wrong.
    """

    states: tuple[State, ...] = (State.RECEIVED,)
    hamlet: str | None = None
    form: str | None = None
    person: str | None = None
    since: date | None = None
    until: date | None = None
    severity: int = 0
    scope: frozenset[str] | None = None


@dataclass(frozen=True)
class Place:
    """A place in the order of receipt: where the next page begins."""

    received_at: datetime
    submission: str


@dataclass(frozen=True)
class QueueEntry:
    """One line of the queue; names are the present ones, None where the register or the people know none."""

    submission: str
    code: str
    form: str
    site: str | None
    site_code: str | None
    site_name: str | None
    hamlet: str | None
    hamlet_name: str | None
    person: str
    person_name: str | None
    captured_at: datetime
    received_at: datetime
    state: State
    state_version: int
    missing_files: int
    flag_count: int
    flag_severity: int

    @property
    def place(self) -> Place:
        """Where this entry stands in the order."""
        return Place(self.received_at, self.submission)


def select_queue_page(
    reader: Reader, commune: str, filters: QueueFilters, after: Place | None = None, *, limit: int = PAGE, newest_first: bool = False
) -> list[QueueEntry]:
    """At most *limit* entries behind *after*: oldest first, as a queue is worked off, or newest first for looking back."""
    # One statement a state keeps each on its index in order; merging a few short lists costs nothing.
    statement = queue_statement(filters, paged=after is not None, newest_first=newest_first)
    pages = [
        [_entry(row) for row in reader.rows(statement, **queue_parameters(commune, state, filters, after, limit))]
        for state in filters.states
    ]
    merged = heapq.merge(*pages, key=lambda entry: (entry.received_at, entry.submission), reverse=newest_first)
    return [entry for entry, _ in zip(merged, range(limit), strict=False)]


def select_next(reader: Reader, commune: str, filters: QueueFilters, after: Place | None = None) -> QueueEntry | None:
    """The first entry behind *after*, or the oldest of all; None at the end."""
    return next(iter(select_queue_page(reader, commune, filters, after, limit=1)), None)


def select_previous(reader: Reader, commune: str, filters: QueueFilters, before: Place) -> QueueEntry | None:
    """The last entry in front of *before*; None at the beginning."""
    return next(iter(select_queue_page(reader, commune, filters, before, limit=1, newest_first=True)), None)


def select_counts(
    reader: Reader, commune: str, *, hamlet: str | None = None, form: str | None = None, scope: frozenset[str] | None = None
) -> dict[State, int]:
    """How many submissions are in each state, from the tally: nothing is counted row by row."""
    rows = reader.rows("SELECT state, form, hamlet, count FROM tally WHERE commune = :commune", commune=commune)
    counts = dict.fromkeys(State, 0)
    for row in rows:
        seen = scope is None or row["hamlet"] == "" or row["hamlet"] in scope
        if seen and (hamlet is None or row["hamlet"] == hamlet) and (form is None or row["form"] == form):
            counts[State(row["state"])] += row["count"]
    return counts


def select_form_titles(reader: Reader, commune: str) -> dict[str, dict[str, str]]:
    """The title by language of every form that was ever loaded, from its newest version."""
    rows = reader.rows("SELECT form, title FROM form WHERE commune = :commune ORDER BY form, loaded_at", commune=commune)
    return {row["form"]: json.loads(row["title"]) for row in rows}


def queue_statement(filters: QueueFilters, *, paged: bool, newest_first: bool) -> str:
    """The SELECT of one state's page; its conditions are constants chosen by *filters*, its values parameters."""
    conditions = " AND ".join(_conditions(filters, paged=paged, newest_first=newest_first))
    order = "DESC" if newest_first else "ASC"
    return f"{_COLUMNS} WHERE {conditions} ORDER BY s.received_at {order}, s.submission {order} LIMIT :limit"


def queue_parameters(commune: str, state: State, filters: QueueFilters, after: Place | None, limit: int) -> dict[str, object]:
    """The values for `queue_statement`."""
    given: dict[str, object] = {"commune": commune, "state": state.value, "limit": limit}
    given |= {name: value for name in ("hamlet", "form", "person") if (value := getattr(filters, name)) is not None}
    if after is not None:
        given |= {"after_at": to_text(after.received_at), "after_id": after.submission}
    if filters.since is not None:
        given["since"] = to_text(start_of(filters.since))
    if filters.until is not None:
        given["until"] = to_text(end_of(filters.until))
    if filters.severity:
        given["severity"] = filters.severity
    return given | {f"scope_{number}": hamlet for number, hamlet in enumerate(sorted(filters.scope or ()))}


# Scalar subqueries, since a join might tempt a planner away from the index that keeps the order.
_COLUMNS = """
SELECT s.submission, s.code, s.form, s.site, s.hamlet, s.person, s.captured_at, s.received_at, s.state, s.state_version,
  s.missing_files, s.flag_count, s.flag_severity,
  (SELECT p.name FROM person AS p WHERE p.commune = s.commune AND p.person = s.person) AS person_name,
  (SELECT h.name FROM hamlet AS h WHERE h.commune = s.commune AND h.hamlet = s.hamlet) AS hamlet_name,
  (SELECT t.code FROM site AS t WHERE t.commune = s.commune AND t.site = s.site AND t.known_to IS NULL) AS site_code,
  (SELECT t.name FROM site AS t WHERE t.commune = s.commune AND t.site = s.site AND t.known_to IS NULL) AS site_name
FROM submission AS s"""

_CONDITIONS = {
    "hamlet": "s.hamlet = :hamlet",
    "form": "s.form = :form",
    "person": "s.person = :person",
    "since": "s.received_at >= :since",
    "until": "s.received_at < :until",
    # The first half is the condition of a partial index, which a parameter alone could not promise.
    "severity": "s.flag_severity >= 1 AND s.flag_severity >= :severity",
}


def _conditions(filters: QueueFilters, *, paged: bool, newest_first: bool) -> Iterable[str]:
    yield "s.commune = :commune AND s.state = :state"
    yield from (condition for name, condition in _CONDITIONS.items() if getattr(filters, name))
    if paged:
        yield f"(s.received_at, s.submission) {'<' if newest_first else '>'} (:after_at, :after_id)"
    if filters.scope is not None:
        names = ", ".join(f":scope_{number}" for number in range(len(filters.scope)))
        yield f"(s.hamlet IS NULL OR s.hamlet IN ({names}))" if names else "s.hamlet IS NULL"


def _entry(row: Row) -> QueueEntry:
    moments = {name: from_text(row[name]) for name in ("captured_at", "received_at")}
    return QueueEntry(**{**row, **moments, "state": State(row["state"])})
