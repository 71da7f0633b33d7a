"""The SELECT of one page of the review queue: its conditions are constants chosen by the filters, its values parameters.

Two orders: of receipt, or the riskiest first. Submissions are walked on an index of theirs in that order; those of one check, or of one
judgement, on an index of the flags, which carry copies of the columns that the order needs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from survey.domain.judgements import CONFIRMED, DISMISSED
from survey.domain.submissions import State
from survey.domain.times import end_of, start_of, to_text

# What *judged* may ask for beside "" (flags that nobody has dismissed) and a verdict.
EVERY, UNJUDGED = "every", "unjudged"
_JUDGED = (CONFIRMED, DISMISSED)


@dataclass(frozen=True)
class QueueFilters:
    """What a reviewer looks at; dates are days of receipt in Viet Nam, *scope* the hamlets that the reviewer may see.

    *severity* is the least severity of open flags asked for: 0 any submission, 1 flagged at all, 2 to look at, 3 likely wrong.
    *check* is the code of one check; *judged* says which flags are meant: "" those that are not dismissed, or `every`, `unjudged`,
    `confirmed`, `dismissed`. *by_risk* puts the riskiest first, else the oldest is.
    """

    states: tuple[State, ...] = (State.RECEIVED,)
    hamlet: str | None = None
    form: str | None = None
    person: str | None = None
    since: date | None = None
    until: date | None = None
    severity: int = 0
    scope: frozenset[str] | None = None
    check: str | None = None
    judged: str = ""
    by_risk: bool = False

    @property
    def by_flags(self) -> bool:
        """Whether flags are walked instead of submissions."""
        return self.check is not None or self.judged in _JUDGED


@dataclass(frozen=True)
class Place:
    """A place in the order: where the next page begins; *risk* matters in the order of risk only."""

    received_at: datetime
    submission: str
    risk: int = 0


class Segment(StrEnum):
    """Which part of the order a statement walks: all of it, behind a place with the same risk, or behind all of that risk.

    In the order of risk a page may need the last two, one after the other: each then is one range of the index.
    """

    ALL = "all"
    SAME = "same"
    BEYOND = "beyond"


def segments(filters: QueueFilters, after: Place | None) -> tuple[Segment, ...]:
    """The parts of the order behind *after*, in turn."""
    if after is None:
        return (Segment.ALL,)
    return (Segment.SAME, Segment.BEYOND) if filters.by_risk else (Segment.SAME,)


def queue_statement(filters: QueueFilters, segment: Segment, *, newest_first: bool) -> str:
    """The SELECT of one state's page in *segment*; *newest_first* walks the order from its end."""
    walked = "f" if filters.by_flags else "s"
    source = "flag AS f CROSS JOIN submission AS s" if filters.by_flags else "submission AS s"
    conditions = " AND ".join(_conditions(filters, segment, walked, backwards=newest_first))
    return f"{_COLUMNS} FROM {source} WHERE {conditions} ORDER BY {_order(filters, segment, walked, newest_first)} LIMIT :limit"


def queue_parameters(commune: str, state: State, filters: QueueFilters, after: Place | None, limit: int) -> dict[str, object]:
    """The values for `queue_statement`, of whichever segment."""
    given: dict[str, object] = {"commune": commune, "state": state.value, "limit": limit}
    given |= {name: value for name in ("hamlet", "form", "person", "check") if (value := getattr(filters, name)) is not None}
    if filters.judged in _JUDGED:
        given["judged"] = filters.judged
    if after is not None:
        given |= {"after_at": to_text(after.received_at), "after_id": after.submission, "after_risk": after.risk}
    if filters.since is not None:
        given["since"] = to_text(start_of(filters.since))
    if filters.until is not None:
        given["until"] = to_text(end_of(filters.until))
    if filters.severity:
        given |= {"severity": filters.severity, "least_risk": _LEAST_RISK[filters.severity]}
    return given | {f"scope_{number}": hamlet for number, hamlet in enumerate(sorted(filters.scope or ()))}


# Scalar subqueries, since a join might tempt a planner away from the index that keeps the order.
_COLUMNS = """
SELECT s.submission, s.code, s.form, s.site, s.hamlet, s.person, s.captured_at, s.received_at, s.state, s.state_version,
  s.missing_files, s.flag_count, s.flag_severity, s.risk,
  (SELECT p.name FROM person AS p WHERE p.commune = s.commune AND p.person = s.person) AS person_name,
  (SELECT h.name FROM hamlet AS h WHERE h.commune = s.commune AND h.hamlet = s.hamlet) AS hamlet_name,
  (SELECT t.code FROM site AS t WHERE t.commune = s.commune AND t.site = s.site AND t.known_to IS NULL) AS site_code,
  (SELECT t.name FROM site AS t WHERE t.commune = s.commune AND t.site = s.site AND t.known_to IS NULL) AS site_name"""

_CONDITIONS = {
    "hamlet": "s.hamlet = :hamlet",
    "form": "s.form = :form",
    "person": "s.person = :person",
    # The first half is the condition of a partial index, which a parameter alone could not promise.
    "severity": "s.flag_severity >= 1 AND s.flag_severity >= :severity",
}
_UNJUDGED = "EXISTS (SELECT 1 FROM flag AS g WHERE g.commune = s.commune AND g.submission = s.submission AND g.verdict = '')"
_LEAST_RISK = {1: 1, 2: 10, 3: 100}


def _conditions(filters: QueueFilters, segment: Segment, walked: str, *, backwards: bool) -> Iterator[str]:
    yield f"{walked}.commune = :commune AND {walked}.state = :state"
    if filters.by_flags:
        yield "s.commune = f.commune AND s.submission = f.submission"
        yield from _flag_conditions(filters, "f")
        yield _first_of_its_kind(filters)
    elif filters.judged == UNJUDGED:
        yield f"s.flag_severity >= 1 AND {_UNJUDGED}"
    yield from (condition for name, condition in _CONDITIONS.items() if getattr(filters, name))
    if filters.since is not None:
        yield f"{walked}.received_at >= :since"
    if filters.until is not None:
        yield f"{walked}.received_at < :until"
    if filters.severity and filters.by_risk:
        yield f"{walked}.risk >= :least_risk"  # what the severity asks for at least: the walk ends there
    yield from _behind(filters, segment, walked, backwards=backwards)
    if filters.scope is not None:
        names = ", ".join(f":scope_{number}" for number in range(len(filters.scope)))
        yield f"(s.hamlet IS NULL OR s.hamlet IN ({names}))" if names else "s.hamlet IS NULL"


def _flag_conditions(filters: QueueFilters, flag: str) -> Iterator[str]:
    """Which flags are meant, of those called *flag*."""
    if filters.check is not None:
        yield f"{flag}.code = :check"
    if filters.judged in _JUDGED:
        yield f"{flag}.verdict <> '' AND {flag}.verdict = :judged"
    elif filters.judged == UNJUDGED:
        yield f"{flag}.verdict = ''"
    elif filters.judged != EVERY:
        yield f"{flag}.verdict <> 'dismissed'"


def _first_of_its_kind(filters: QueueFilters) -> str:
    """A submission with ten such flags is one entry: no other of them comes before this one."""
    meant = " AND ".join(_flag_conditions(filters, "g"))
    return (
        "NOT EXISTS (SELECT 1 FROM flag AS g WHERE g.commune = f.commune AND g.submission = f.submission"
        f"{' AND ' if meant else ''}{meant} AND (g.attachment, g.code) < (f.attachment, f.code))"
    )


def _behind(filters: QueueFilters, segment: Segment, walked: str, *, backwards: bool) -> Iterator[str]:
    if segment is Segment.BEYOND:
        yield f"{walked}.risk {'>' if backwards else '<'} :after_risk"
    if segment is Segment.SAME:
        if filters.by_risk:
            yield f"{walked}.risk = :after_risk"
        yield f"({walked}.received_at, {walked}.submission) {'<' if backwards else '>'} (:after_at, :after_id)"


def _order(filters: QueueFilters, segment: Segment, walked: str, backwards: bool) -> str:
    way, other = ("DESC", "ASC") if backwards else ("ASC", "DESC")
    order = f"{walked}.received_at {way}, {walked}.submission {way}"
    # With one risk only, its column in the order would hide from PostgreSQL that the index is in it already.
    return order if segment is Segment.SAME or not filters.by_risk else f"{walked}.risk {other}, {order}"
