"""Contributions: what one site adds to an indicator, so that a figure can be followed down to the houses behind it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from survey.domain.conditions import Observation
from survey.domain.indicators import SHARE, Indicator, Tally, count_site


class SiteState(StrEnum):
    """How a site stands to an indicator."""

    FULL = "full"  # adds all that it can
    SHORT = "short"  # adds less than it could: what is missing
    LEFT_OUT = "left_out"  # the rule does not look at it
    UNANSWERED = "unanswered"  # visited, without the answer that is needed
    UNVISITED = "unvisited"


@dataclass(frozen=True, slots=True)
class Contribution:
    """One site behind an indicator: what it adds to numerator and denominator, and its counted submissions."""

    site: str
    hamlet: str | None
    state: SiteState
    numerator: float
    denominator: float
    submissions: tuple[str, ...]


def contribution_of(indicator: Indicator, seen: Observation, on: date | None = None) -> Contribution | None:
    """What *seen* adds to *indicator*, without what has lapsed *on* that day; None where the indicator does not look at such a site."""
    tally = Tally()
    count_site(indicator, seen, tally, on)
    if not tally.registered:
        return None
    return Contribution(
        seen.site, seen.hamlet, _state(indicator, tally), tally.numerator, tally.denominator or sum(tally.weights), tuple(tally.submissions)
    )


def _state(indicator: Indicator, tally: Tally) -> SiteState:
    if tally.left_out:
        return SiteState.LEFT_OUT
    if tally.unknown:
        return SiteState.UNANSWERED if tally.visited else SiteState.UNVISITED
    whole = tally.denominator if indicator.unit in (SHARE, "condition", "sites") else 0.0
    return SiteState.FULL if tally.numerator >= whole - 1e-9 else SiteState.SHORT
