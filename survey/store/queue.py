"""The review queue: pages by key, neighbours and counts; every statement runs on an index (its text: `queue_statements`)."""

import heapq
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from survey.domain.ports import Reader, Row
from survey.domain.submissions import State
from survey.domain.times import from_text
from survey.store.queue_statements import Place, QueueFilters, Segment, queue_parameters, queue_statement, segments

__all__ = [
    "PAGE", "Place", "QueueEntry", "QueueFilters", "Segment", "queue_parameters", "queue_statement", "segments", "select_counts",
    "select_form_titles", "select_next", "select_previous", "select_queue_page",
]  # fmt: skip

PAGE = 50


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
    risk: int

    @property
    def place(self) -> Place:
        """Where this entry stands in the order."""
        return Place(self.received_at, self.submission, self.risk)


def select_queue_page(
    reader: Reader, commune: str, filters: QueueFilters, after: Place | None = None, *, limit: int = PAGE, newest_first: bool = False
) -> list[QueueEntry]:
    """At most *limit* entries behind *after*, in the order that *filters* ask for; *newest_first* turns that order round."""
    # One statement a state keeps each on its index in order; merging a few short lists costs nothing.
    pages = [_of_state(reader, commune, state, filters, after, limit, newest_first) for state in filters.states]
    merged = heapq.merge(*pages, key=_order(filters), reverse=newest_first)
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


def _of_state(
    reader: Reader, commune: str, state: State, filters: QueueFilters, after: Place | None, limit: int, backwards: bool
) -> list[QueueEntry]:
    entries: list[QueueEntry] = []
    for segment in segments(filters, after):
        statement = queue_statement(filters, segment, newest_first=backwards)
        given = queue_parameters(commune, state, filters, after, limit - len(entries))
        entries += [_entry(row) for row in reader.rows(statement, **given)]
        if len(entries) >= limit:
            break
    return entries


def _order(filters: QueueFilters) -> Callable[[QueueEntry], tuple[int, datetime, str]]:
    return lambda entry: (-entry.risk if filters.by_risk else 0, entry.received_at, entry.submission)


def _entry(row: Row) -> QueueEntry:
    moments = {name: from_text(row[name]) for name in ("captured_at", "received_at")}
    return QueueEntry(**{**row, **moments, "state": State(row["state"])})
