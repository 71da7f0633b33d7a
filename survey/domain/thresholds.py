"""Numbers of the rules as dated data: each with its unit, its source, its dates and how surely we know it (DESIGN 2.6)."""

from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

UNKNOWN_GROUP = ""  # of a number that depends on the commune's group, which nobody has entered

# Sums of metres are binary fractions: 70 m of 100 m must reach 0.70 however they were added up.
TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Text:
    """A text of an edition in both languages."""

    vi: str
    en: str

    def say(self, locale: str) -> str:
        """The text in *locale*, `vi` or `en`."""
        return self.en if locale == "en" else self.vi


class Status(StrEnum):
    """How surely a number is known."""

    READ = "read"  # read at the source
    PARTLY_READ = "partly_read"  # the source is right and was opened, the passage was cut
    RECALLED = "recalled"  # from general knowledge, not checked
    MISSING = "missing"  # looked for, not found: no value is offered
    ENTERED = "entered"  # entered by an officer, with author and source


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule or a number stands: the decision in words, and the address at which it was read."""

    id: str
    text: str
    decision: str | None = None
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Threshold:
    """The number that decides an indicator from *valid_from* to *valid_to*, both included; None is *not known*.

    *at_least* and *at_most* include the number, *above* and *below* do not. *group* is the only group of communes it holds for.
    """

    unit: str
    status: Status
    at_least: float | None = None
    at_most: float | None = None
    sources: tuple[Source, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    note: Text | None = None
    above: float | None = None
    below: float | None = None
    group: str | None = None

    @property
    def limits(self) -> dict[str, float]:
        """The limits that are given, by the edition's words: `at_least`, `above`, `at_most`, `below`."""
        given = {"at_least": self.at_least, "above": self.above, "at_most": self.at_most, "below": self.below}
        return {word: limit for word, limit in given.items() if limit is not None}

    @property
    def weakness(self) -> str | None:
        """Why no verdict may rest on this number; None where it may (DESIGN 2.6)."""
        if self.group == UNKNOWN_GROUP:
            return "group_unknown"
        if self.status is Status.MISSING or not self.limits:
            return "threshold_missing"
        return "threshold_recalled" if self.status is Status.RECALLED else None

    def is_valid(self, on: date) -> bool:
        """Whether the number is in force on that day."""
        return is_within(on, self.valid_from, self.valid_to)

    def decides(self, lowest: float, highest: float) -> bool | None:
        """True when every value from *lowest* to *highest* fulfils the number, False when none does, else None."""
        outcomes = [_LIMITS[word](limit, lowest, highest) for word, limit in self.limits.items()]
        if not outcomes or False in outcomes:
            return False if outcomes else None
        return None if None in outcomes else True


def _slack(limit: float) -> float:
    return TOLERANCE * max(1.0, abs(limit))


def _at_least(limit: float, lowest: float, highest: float) -> bool | None:
    reached = limit - _slack(limit)
    return True if lowest >= reached else False if highest < reached else None


def _above(limit: float, lowest: float, highest: float) -> bool | None:
    passed = limit + _slack(limit)
    return True if lowest > passed else False if highest <= passed else None


def _at_most(limit: float, lowest: float, highest: float) -> bool | None:
    return _negated(_above(limit, lowest, highest))


def _below(limit: float, lowest: float, highest: float) -> bool | None:
    return _negated(_at_least(limit, lowest, highest))


def _negated(outcome: bool | None) -> bool | None:
    return None if outcome is None else not outcome


_LIMITS: dict[str, Callable[[float, float, float], bool | None]] = {
    "at_least": _at_least,
    "above": _above,
    "at_most": _at_most,
    "below": _below,
}


@dataclass(frozen=True, slots=True)
class Lapse:
    """After how many *months* evidence no longer counts, where a source states a period; nothing lapses by a number nobody may rest on."""

    months: int
    status: Status
    sources: tuple[Source, ...] = ()
    note: Text | None = None

    @property
    def decides(self) -> bool:
        """Whether the period is known surely enough to take evidence away."""
        return self.status not in (Status.MISSING, Status.RECALLED)

    def first_day(self, on: date) -> date | None:
        """The first day of capture that still counts *on* that day; None: any day.

        A period ends with the same day of its last month, or that month's last: what was captured on 31 January counts for a month to
        28 February, what was captured on 28 February to 28 March.
        """
        if not self.decides:
            return None
        year, month = divmod(on.year * 12 + on.month - 1 - self.months, 12)
        if year < date.min.year:
            return date.min
        length = monthrange(year, month + 1)[1]
        return date(year, month + 1, on.day) if on.day <= length else date(year, month + 1, length) + timedelta(days=1)


def threshold_on(thresholds: Sequence[Threshold], on: date, *, history: bool = False, group: str | None = None) -> Threshold | None:
    """The number in force *on* that day: the one that began last; with *history*, else the last one known by then.

    A number for the commune's *group* goes before one for all; one for another group never applies. Where a number depends on the
    group and the group is not known, the answer is a threshold without a number whose weakness is `group_unknown`.
    """
    applying = [threshold for threshold in thresholds if group is None or threshold.group in (None, group)]
    valid = [threshold for threshold in applying if threshold.is_valid(on)]
    if not valid and history:
        valid = [threshold for threshold in applying if threshold.valid_from is None or threshold.valid_from <= on]
    grouped = [threshold for threshold in valid if threshold.group is not None]
    if grouped and group is None:
        return Threshold(grouped[0].unit, Status.MISSING, group=UNKNOWN_GROUP)
    return max(grouped or valid, key=lambda threshold: threshold.valid_from or date.min, default=None)


def is_within(on: date, valid_from: date | None, valid_to: date | None) -> bool:
    """Whether *on* lies between two dates, both included; None is open."""
    return (valid_from is None or valid_from <= on) and (valid_to is None or on <= valid_to)
