"""Forecasts: when a share will be done at the pace seen so far, with a range, and when so many criteria will be met.

The pace is the median of the slopes between all pairs of observations (Theil 1950, Sen 1968): one odd survey day does not carry it
away. Its range is Sen's, from the normal approximation of Kendall's statistic at 90 %; of three or four observations that is every
slope seen. The line is drawn on from the newest observation. That, the 90 %, the least number of observations and how many are
looked at are our own choice (docs/roadmap.md).
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

from survey.domain.thresholds import TOLERANCE, Threshold
from survey.domain.verdicts import Verdict

LEAST_OBSERVATIONS = 3
MOST_OBSERVATIONS = 60  # the newest: the slopes of 60 are 1,770
_Z_90 = 1.6448536269514722  # standard normal: 5 % lie above
_FARTHEST = timedelta(days=36500)  # a pace that needs a century is none

NOT_ENOUGH_HISTORY = "not_enough_history"  # fewer than LEAST_OBSERVATIONS days are known
NO_PROGRESS = "no_progress"  # at this pace never: it stands still or goes back
TOO_FEW_KNOWN = "too_few_known"  # of a goal: too few criteria have a forecast
DONE = "done"
BY_PLAN = "by_plan"  # the roadmap says it: no pace does


@dataclass(frozen=True, slots=True)
class Seen:
    """The share done (0 to 1) as it was known at the end of a day."""

    on: date
    share: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """The earliest (*low*), *likely* and latest (*high*) day; None: not known, or, of *high*, never at the slowest pace seen.

    *reason* says why *likely* is None, that it is done, or that the roadmap says it. *a_day* is the median gain in a day, *known* how
    many observations or criteria it stands on.
    """

    low: date | None
    likely: date | None
    high: date | None
    reason: str | None = None
    a_day: float | None = None
    known: int = 0


def forecast_share(history: Iterable[Seen], today: date) -> Forecast:
    """When the share reaches 1 at the pace of *history*; never before *today*. Of one day the last observation counts."""
    seen = sorted({one.on: one for one in history}.values(), key=lambda one: one.on)[-MOST_OBSERVATIONS:]
    if seen and seen[-1].share >= 1 - TOLERANCE:
        return Forecast(seen[-1].on, seen[-1].on, seen[-1].on, DONE, known=len(seen))
    if len(seen) < LEAST_OBSERVATIONS:
        return Forecast(None, None, None, NOT_ENOUGH_HISTORY, known=len(seen))
    slowest, median, fastest = pace(seen)
    last = seen[-1]
    low, likely, high = (_reached(last, slope, today) for slope in (fastest, median, slowest))
    return Forecast(low, likely, high, None if likely else NO_PROGRESS, median, len(seen))


def pace(seen: Sequence[Seen]) -> tuple[float, float, float]:
    """The slowest, median and fastest gain in a day, at 90 %, of at least two observations of different days."""
    slopes = sorted((later.share - sooner.share) / (later.on - sooner.on).days for sooner, later in combinations(seen, 2))
    count, n = len(slopes), len(seen)
    middle = count // 2
    median = slopes[middle] if count % 2 else (slopes[middle - 1] + slopes[middle]) / 2
    spread = _Z_90 * math.sqrt(n * (n - 1) * (2 * n + 5) / 18)
    slowest = max(0, math.floor((count - spread) / 2) - 1)  # outwards: the range is rather too wide than too narrow
    fastest = min(count - 1, math.ceil((count + spread) / 2))
    return slopes[slowest], median, slopes[fastest]


def latest_of(forecasts: Iterable[Forecast]) -> Forecast:
    """When all are done: the latest of each day, not known where one is not; nothing to wait for gives NOT_ENOUGH_HISTORY."""
    every = list(forecasts)
    if not every:
        return Forecast(None, None, None, NOT_ENOUGH_HISTORY)
    open_ones = [one for one in every if one.reason != DONE] or every
    low, likely, high = (_latest([getattr(one, name) for one in open_ones]) for name in ("low", "likely", "high"))
    reason = next((one.reason for one in open_ones if one.likely is None), DONE if open_ones is every else None)
    return Forecast(low, likely, high, reason, None, min(one.known for one in open_ones))


def forecast_goal(met: int, forecasts: Iterable[Forecast], needed: int, today: date) -> Forecast:
    """When *needed* criteria are met: *met* are so already, *forecasts* are those of the others. The day of the last one needed.

    BY_PLAN where that one's day is the roadmap's, and no pace widens it to a range.
    """
    missing = needed - met
    if missing <= 0:
        return Forecast(today, today, today, DONE, known=met)
    others = list(forecasts)
    low, likely, high = (
        (sorted(day for one in others if (day := getattr(one, name)) is not None) + [None] * missing)[missing - 1]
        for name in ("low", "likely", "high")
    )
    planned = low == likely == high and any(one.likely == likely and one.reason == BY_PLAN for one in others)
    reason = TOO_FEW_KNOWN if likely is None else BY_PLAN if planned else None
    return Forecast(low, likely, high, reason, known=met + sum(one.likely is not None for one in others))


def forecast_criterion(histories: Sequence[Iterable[Seen]], today: date, *, planned: date | None = None) -> Forecast:
    """When a criterion that is not met is: when the last of its shares is done at its pace (*histories*, one for each share).

    Where no pace tells it, the day *planned* on the roadmap, which has no range.
    """
    forecast = latest_of(forecast_share(history, today) for history in histories)
    if forecast.reason == DONE:  # every share is done, and the criterion is not: something that no share shows is missing
        forecast = Forecast(None, None, None, NOT_ENOUGH_HISTORY)
    return forecast if forecast.likely is not None or planned is None else Forecast(planned, planned, planned, BY_PLAN)


def share_done(value: float | None, threshold: Threshold | None) -> float | None:
    """How much of what *threshold* asks for *value* is: 0 to 1, None where either is not known or no verdict may rest on the number.

    Of a lower limit value / limit, of an upper one limit / value; of both the smaller.
    """
    if value is None or threshold is None or threshold.weakness is not None:
        return None
    lower = [limit for limit in (threshold.at_least, threshold.above) if limit is not None]
    upper = [limit for limit in (threshold.at_most, threshold.below) if limit is not None]
    reached = [value / limit if limit > 0 else float(value >= limit) for limit in lower]
    kept = [limit / value if value > max(limit, 0) else float(value <= limit) for limit in upper]
    return max(0.0, min([1.0, *reached, *kept]))


ShareKey = tuple[str, str, str | None, str]


def measured_shares(verdicts: Iterable[Verdict]) -> dict[ShareKey, float]:
    """The share done of every indicator that has one, by (edition, criterion, hamlet or None, indicator)."""
    return {
        (verdict.edition, verdict.criterion, verdict.hamlet, basis.indicator): share
        for verdict in verdicts
        for basis in verdict.basis
        if (share := share_done(basis.value, basis.threshold)) is not None
    }


def _reached(last: Seen, slope: float, today: date) -> date | None:
    if slope <= TOLERANCE:
        return None
    days = math.ceil((1 - last.share) / slope - TOLERANCE)
    return max(today, last.on + timedelta(days)) if days <= _FARTHEST.days else None


def _latest(days: Sequence[date | None]) -> date | None:
    known = [day for day in days if day is not None]
    return max(known) if len(known) == len(days) else None
