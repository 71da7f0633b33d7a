"""A briefing (giao ban): what is said of the commune on one day, kept as plain values so that it stays readable as it was said.

Every list is cut to what two printed pages hold (`fitted`); how many were left out is part of what is kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Any

from survey.domain.thresholds import Text

# What two A4 pages hold at a readable size, tried with the longest names: our own choice.
MOST_CHANGES, MOST_GAPS, MOST_HAMLETS, MOST_STEPS, MOST_OVERDUE, MOST_PHOTOS = 5, 15, 24, 8, 6, 2


@dataclass(frozen=True, slots=True)
class Goal:
    """So many criteria until a day; *forecast* is the earliest, the likely and the latest day at the pace so far, None *not known*."""

    criteria: int
    by: date
    forecast: tuple[date | None, date | None, date | None] = (None, None, None)


@dataclass(frozen=True, slots=True)
class Change:
    """What a criterion's verdict was at the last briefing and is now (codes of `Outcome`), and why in words."""

    code: str
    title: Text
    before: str
    now: str
    cause: Text | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """A criterion that is not met or open: what is missing, in which hamlets, who answers for it until when."""

    code: str
    title: Text
    outcome: str
    missing: Text
    hamlets: tuple[str, ...] = ()
    owner: str = ""
    due_on: date | None = None
    tasks_open: int = 0
    tasks_overdue: int = 0
    critical: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A step on the critical path: when it begins and ends as planned now, how far it is, by how many days it is late."""

    title: str
    begins: date
    ends: date
    owner: str = ""
    done_share: float | None = None
    late_days: int = 0


@dataclass(frozen=True, slots=True)
class Overdue:
    """Somebody ("": nobody was named) with items behind their date: the items in words, each with its date."""

    person: str
    items: tuple[tuple[Text, date], ...]


@dataclass(frozen=True, slots=True)
class HamletLine:
    """Where a hamlet stands: criteria by outcome, sites visited of those registered, tasks."""

    name: str
    met: int
    not_met: int
    unknown: int
    visited: int
    registered: int
    tasks_open: int = 0
    tasks_overdue: int = 0


@dataclass(frozen=True, slots=True)
class PhotoPair:
    """Two photos of one place by their hashes, before and after; *what* was put right."""

    before: str
    after: str
    what: Text
    place: str
    before_on: date
    after_on: date


@dataclass(frozen=True)
class Briefing:
    """Everything on a briefing; *since* is the day of the one before, *head* the newest hash of the commune's log."""

    commune: str
    demonstration: bool
    edition: str
    edition_title: Text
    as_of: date
    met: int
    total: int
    not_met: int = 0
    claimed: int = 0
    appraised: int = 0
    since: date | None = None
    met_before: int | None = None
    goal: Goal | None = None
    changes: tuple[Change, ...] = ()
    gaps: tuple[Gap, ...] = ()
    steps: tuple[Step, ...] = ()
    overdue: tuple[Overdue, ...] = ()
    hamlets: tuple[HamletLine, ...] = ()
    photos: tuple[PhotoPair, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    number: int = 0
    made_by: str = ""
    made_at: datetime | None = None
    head: str = ""


def fitted(briefing: Briefing) -> Briefing:
    """*briefing* with its lists as long as two pages hold, the gravest first, and how many each has lost."""
    gaps = sorted(briefing.gaps, key=_urgency)
    overdue = sorted(briefing.overdue, key=lambda one: (not one.person, min(day for _, day in one.items)))
    hamlets = sorted(briefing.hamlets, key=lambda one: (-one.not_met, -one.tasks_overdue))
    cuts: dict[str, tuple[Sequence[object], int]] = {
        "changes": (briefing.changes, MOST_CHANGES), "gaps": (gaps, MOST_GAPS), "steps": (briefing.steps, MOST_STEPS),
        "overdue": (overdue, MOST_OVERDUE), "hamlets": (hamlets, MOST_HAMLETS), "photos": (briefing.photos, MOST_PHOTOS),
    }  # fmt: skip
    lost = {name: len(every) - most for name, (every, most) in cuts.items() if len(every) > most}
    kept: dict[str, Any] = {name: tuple(every[:most]) for name, (every, most) in cuts.items()}
    return replace(briefing, **kept, left_out=lost)


def _urgency(gap: Gap) -> tuple[bool, bool, date]:
    return gap.outcome != "not_met", not gap.critical, gap.due_on or date.max


def briefing_document(briefing: Briefing) -> dict[str, Any]:
    """*briefing* as JSON values: dates as ISO text, each text in both languages."""
    document: dict[str, Any] = _plain(asdict(briefing))
    return document


def said_in(document: Mapping[str, Any], locale: str) -> dict[str, Any]:
    """A briefing's document with every text in one language, `vi` or `en`."""
    said: dict[str, Any] = _said(document, locale)
    return said


def _plain(value: object) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value


def _said(value: object, locale: str) -> Any:
    if isinstance(value, Mapping):
        if set(value) == {"vi", "en"}:
            return value[locale]
        return {key: _said(part, locale) for key, part in value.items()}
    return [_said(part, locale) for part in value] if isinstance(value, list) else value
