"""Numbers of the rules as dated data: each with its unit, its source, its dates and how surely we know it (DESIGN 2.6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

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
    """The number that decides an indicator from *valid_from* to *valid_to*, both included; None is *not known*."""

    unit: str
    status: Status
    at_least: float | None = None
    at_most: float | None = None
    sources: tuple[Source, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    note: Text | None = None

    @property
    def weakness(self) -> str | None:
        """Why no verdict may rest on this number; None where it may (DESIGN 2.6)."""
        if self.status is Status.MISSING or (self.at_least is None and self.at_most is None):
            return "threshold_missing"
        return "threshold_recalled" if self.status is Status.RECALLED else None

    def is_valid(self, on: date) -> bool:
        """Whether the number is in force on that day."""
        return is_within(on, self.valid_from, self.valid_to)

    def decides(self, lowest: float, highest: float) -> bool | None:
        """True when every value from *lowest* to *highest* fulfils the number, False when none does, else None."""
        if self.at_least is None and self.at_most is None:
            return None
        is_sure = True
        if self.at_least is not None:
            limit = self.at_least - TOLERANCE * max(1.0, self.at_least)
            if highest < limit:
                return False
            is_sure = lowest >= limit
        if self.at_most is not None:
            limit = self.at_most + TOLERANCE * max(1.0, self.at_most)
            if lowest > limit:
                return False
            is_sure = is_sure and highest <= limit
        return True if is_sure else None


def threshold_on(thresholds: Sequence[Threshold], on: date, *, history: bool = False) -> Threshold | None:
    """The number in force *on* that day: the one that began last; with *history*, else the last one known by then."""
    valid = [threshold for threshold in thresholds if threshold.is_valid(on)]
    if not valid and history:
        valid = [threshold for threshold in thresholds if threshold.valid_from is None or threshold.valid_from <= on]
    return max(valid, key=lambda threshold: threshold.valid_from or date.min, default=None)


def is_within(on: date, valid_from: date | None, valid_to: date | None) -> bool:
    """Whether *on* lies between two dates, both included; None is open."""
    return (valid_from is None or valid_from <= on) and (valid_to is None or on <= valid_to)
