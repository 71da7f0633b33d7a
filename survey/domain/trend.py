"""How an edition's figures went from round to round: the days to look at, the score of a day, and each indicator's values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from survey.domain.criteria import Edition
from survey.domain.verdicts import Basis, Outcome, Verdict


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the trend: the last of a round, or the day asked for where *round_name* is empty."""

    on: date
    round_name: str


@dataclass(frozen=True, slots=True)
class Score:
    """So many criteria *met* of *total*, *not_met* for sure; the rest is open."""

    met: int
    not_met: int
    total: int


def trend_days(rounds: Iterable[tuple[str, date]], until: date, *, most: int = 6) -> tuple[Day, ...]:
    """The last days of the newest *most* rounds (name, last day) that were over before *until*, oldest first, then *until*."""
    over = sorted(((last, name) for name, last in rounds if last < until), key=lambda one: one[0])[-most:]
    by_day = dict(over)
    return (*(Day(on, name) for on, name in by_day.items()), Day(until, ""))


def score(edition: Edition, verdicts: Iterable[Verdict]) -> Score:
    """The commune's score over the criteria that count."""
    counted = {criterion.code for criterion in edition.criteria if criterion.is_counted}
    outcomes = [verdict.outcome for verdict in verdicts if verdict.hamlet is None and verdict.criterion in counted]
    return Score(outcomes.count(Outcome.MET), outcomes.count(Outcome.NOT_MET), len(counted))


def series(verdicts_by_day: Sequence[Iterable[Verdict]]) -> Mapping[tuple[str, str], tuple[Basis | None, ...]]:
    """The commune's basis of each (criterion, indicator) day by day, None where the day's rules did not have it."""
    days = [
        {(verdict.criterion, basis.indicator): basis for verdict in verdicts if verdict.hamlet is None for basis in verdict.basis}
        for verdicts in verdicts_by_day
    ]
    keys = dict.fromkeys(key for day in reversed(days) for key in day)
    return {key: tuple(day.get(key) for day in days) for key in keys}
