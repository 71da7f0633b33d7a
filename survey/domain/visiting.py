"""Visiting: how many more sites would decide a verdict, and in which hamlets.

*Fewest* and *most* are certain. The plan between them is what most likely decides: it takes what is known today for the rest.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import ceil, floor, sqrt
from statistics import NormalDist

from survey.domain.estimating import as_drawn, interval_of, is_even
from survey.domain.indicators import SHARE, Indicator, Kind, Tally, measured, open_weight
from survey.domain.sampling import upper_tail
from survey.domain.thresholds import TOLERANCE, Threshold

LIKELY = 0.8  # chance with which a plan should decide: our own choice
PILOT = 30  # sites of a first sample where nothing is known yet, or a quarter of fewer than 120, at least 10: our own choice
_PILOT_SHARE, _PILOT_LEAST = 4, 10
_AWRY = NormalDist().inv_cdf(LIKELY)

Place = str | None


@dataclass(frozen=True, slots=True)
class VisitPlan:
    """How many further sites to visit in each hamlet (None: sites of no hamlet), in all *total*.

    *chance* is how likely they decide the verdict if the rest is like what is known; None for a first sample.
    """

    total: int
    per_hamlet: Mapping[Place, int]
    chance: float | None


def plan_visits(indicator: Indicator, tallies: Mapping[Place, Tally], threshold: Threshold) -> VisitPlan | None:
    """The least number of further visits with a `chance_to_decide` of `LIKELY` or more; None where nothing is open."""
    tallies = {place: as_drawn(indicator, tally) for place, tally in tallies.items()}
    unknown = sum(tally.unknown for tally in tallies.values())
    if not unknown or decision(indicator, added(tallies.values()), threshold) is not None:
        return None
    if not any(tally.known for tally in tallies.values()):
        total = min(unknown, PILOT, max(_PILOT_LEAST, unknown // _PILOT_SHARE))
        return VisitPlan(total, allocate(tallies, total), None)
    low, high = 1, unknown
    while low < high:
        middle = (low + high) // 2
        if chance_to_decide(indicator, tallies, threshold, allocate(tallies, middle)) >= LIKELY:
            high = middle
        else:
            low = middle + 1
    chosen = allocate(tallies, low)
    return VisitPlan(low, chosen, chance_to_decide(indicator, tallies, threshold, chosen))


def added(tallies: Iterable[Tally]) -> Tally:
    """The tallies of several hamlets as one."""
    whole = Tally()
    for tally in tallies:
        whole.add(tally)
    return whole


def decision(indicator: Indicator, tally: Tally, threshold: Threshold) -> bool | None:
    """Whether the number is fulfilled by the hard bounds, or else by the interval; None where both leave it open."""
    figures = measured(indicator, tally)
    if figures.lowest is None or figures.highest is None:
        return None
    sure = threshold.decides(figures.lowest, figures.highest)
    interval = interval_of(indicator, tally) if sure is None else None
    return sure if interval is None else threshold.decides(interval.lowest, interval.highest)


def allocate(tallies: Mapping[Place, Tally], total: int) -> dict[Place, int]:
    """*total* visits over the hamlets, so that every hamlet comes as near as it can to the same share of its sites.

    The hamlets visited least are filled up first: there the least is known, and equal shares allow the narrower interval.
    """
    seen = {place: tally.registered - tally.unknown for place, tally in tallies.items()}
    low, high = 0.0, 1.0
    for _ in range(50):
        share = (low + high) / 2
        low, high = (share, high) if sum(_filled(tallies, seen, share).values()) < total else (low, share)
    wanted = _filled(tallies, seen, high)
    visits = {place: min(floor(count + TOLERANCE), tallies[place].unknown) for place, count in wanted.items()}
    missing = total - sum(visits.values())
    for place in sorted(wanted, key=lambda one: (visits[one] - wanted[one], one or "")):
        if missing > 0 and visits[place] < tallies[place].unknown:
            visits[place] += 1
            missing -= 1
    return {place: count for place, count in visits.items() if count}


def _filled(tallies: Mapping[Place, Tally], seen: Mapping[Place, int], share: float) -> dict[Place, float]:
    return {place: min(float(tally.unknown), max(0.0, share * tally.registered - seen[place])) for place, tally in tallies.items()}


def chance_to_decide(indicator: Indicator, tallies: Mapping[Place, Tally], threshold: Threshold, visits: Mapping[Place, int]) -> float:
    """How likely the *visits* decide, if the unknown sites are like the known ones.

    Exact for a share of sites that is drawn evenly and of which the rule leaves none out (docs/samples.md says what is reached else);
    for others `LIKELY` where even a result as much against us as one in five still decides, and 0 where it does not.
    """
    whole, total = added(tallies.values()), sum(visits.values())
    if total >= whole.unknown:
        return 1.0
    after = [_after(tally, visits.get(place, 0), whole, 0.0) for place, tally in tallies.items()]
    if not indicator.is_ratio and is_even([part for part in after if part.known + part.unknown]):
        return _exact_chance(indicator, whole, threshold, total)
    against = [
        added([_after(tally, visits.get(place, 0), whole, awry) for place, tally in tallies.items()]) for awry in (-_AWRY, _AWRY)
    ]
    return LIKELY if all(decision(indicator, tally, threshold) is not None for tally in against) else 0.0


def _exact_chance(indicator: Indicator, whole: Tally, threshold: Threshold, visits: int) -> float:
    applying, total = whole.unknown - _left_out(whole, whole.unknown), visits - _left_out(whole, visits)
    good = round(applying * whole.numerator / whole.known)
    outcomes = _Outcomes(indicator, whole, threshold, total, visits - total)
    # More good ones never turn a limit that was kept into one that is missed, nor the other way round: two borders say all.
    left = outcomes.border(outcomes.of(0), 0, total) if outcomes.of(0) is not None else 0
    right = outcomes.border(None, left, total) if outcomes.of(total) is not None else total + 1
    return min(1.0, 1.0 - upper_tail(applying, good, total, left) + upper_tail(applying, good, total, max(left, right)))


@dataclass(frozen=True)
class _Outcomes:
    """What is decided after *total* visits of which so many turn out well, and *more* of which the rule leaves out."""

    indicator: Indicator
    whole: Tally
    threshold: Threshold
    total: int
    more: int

    def of(self, good: int) -> bool | None:
        """The decision with *good* ones among the visits."""
        after = replace(
            self.whole, visited=self.whole.visited + self.total + self.more, known=self.whole.known + self.total,
            left_out=self.whole.left_out + self.more, sorted_out=self.whole.sorted_out + self.more,
            unknown=self.whole.unknown - self.total - self.more,
            numerator=self.whole.numerator + good, denominator=self.whole.denominator + self.total, parts=[],
        )  # fmt: skip
        return decision(self.indicator, after, self.threshold)

    def border(self, outcome: bool | None, low: int, high: int) -> int:
        """The first number of good ones from *low* on at which the decision is no longer *outcome*; *high* + 1 where it stays."""
        high += 1
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if self.of(middle) == outcome else (low, middle)
        return low


def _after(tally: Tally, visits: int, like: Tally, awry: float) -> Tally:
    """*tally* after *visits* more, which are on average like its known sites (where it has none, like those of *like*), shifted *awry*."""
    if not visits:
        return tally
    model = tally if tally.known else like
    more = _left_out(model, visits)
    found = visits - more
    grown = found / model.known
    residual = model.numerator_squared - 2 * _ratio(model) * model.product + _ratio(model) ** 2 * model.denominator_squared
    shift = awry * sqrt(max(0.0, residual / model.known) * found * (1 - visits / tally.unknown))
    weights = [sum(tally.weights) / len(tally.weights)] * (tally.unknown - visits) if tally.weights and not tally.weightless else []
    whole = tally.denominator + model.denominator * grown
    return Tally(
        registered=tally.registered, visited=tally.visited + visits, known=tally.known + found, left_out=tally.left_out + more,
        sorted_out=tally.sorted_out + more, unknown=tally.unknown - visits,
        numerator=min(whole, max(0.0, tally.numerator + model.numerator * grown + shift)),
        denominator=whole, denominator_squared=tally.denominator_squared + model.denominator_squared * grown,
        product=tally.product + model.product * grown, numerator_squared=tally.numerator_squared + model.numerator_squared * grown,
        weightless=tally.unknown - visits if tally.weightless else 0, weights=weights,
    )  # fmt: skip


def _left_out(model: Tally, sites: int) -> int:
    """How many of so many unknown sites the rule will leave out, if they are like those that were looked at."""
    return round(sites * model.sorted_out / (model.known + model.sorted_out))


def _ratio(tally: Tally) -> float:
    return tally.numerator / tally.denominator if tally.denominator else 0.0


def fewest_visits(indicator: Indicator, tally: Tally, threshold: Threshold) -> int | None:
    """The least number of further sites that can decide the verdict, if all of them turn out alike; None when nothing is open.

    Where the weight of an unseen site is not known, each of them can tip the balance: all are needed.
    """
    if not tally.unknown:
        return None
    still_open = open_weight(indicator, tally)
    if still_open is None or indicator.unit not in (SHARE, "sites"):
        return tally.unknown
    whole = 1.0 if indicator.kind is Kind.COUNT_OF_SITES else tally.denominator + still_open
    weights = sorted(tally.weights, reverse=True) if indicator.is_ratio else None
    needed = [_visits_for(gain, weights, tally.unknown) for gain in _gains(threshold, whole, tally.numerator, still_open)]
    return min((visits for visits in needed if visits is not None), default=tally.unknown)


def _gains(threshold: Threshold, whole: float, numerator: float, open_weight: float) -> Iterator[float]:
    # How much must turn out well, or badly, to decide; a limit must be reached to be met and passed to be missed.
    passed = 2 * TOLERANCE
    if threshold.at_least is not None:
        yield threshold.at_least * whole - numerator
        yield numerator + open_weight - threshold.at_least * whole + passed
    if threshold.at_most is not None:
        yield numerator + open_weight - threshold.at_most * whole
        yield threshold.at_most * whole - numerator + passed
    if threshold.above is not None:
        yield threshold.above * whole - numerator + passed
        yield numerator + open_weight - threshold.above * whole
    if threshold.below is not None:
        yield numerator + open_weight - threshold.below * whole + passed
        yield threshold.below * whole - numerator


def _visits_for(gain: float, weights: list[float] | None, unknown: int) -> int | None:
    if weights is None:
        visits = max(1, ceil(gain - TOLERANCE))
        return visits if visits <= unknown else None
    reached = 0.0
    for visits, weight in enumerate(weights, 1):
        reached += weight
        if reached >= gain - TOLERANCE:
            return visits
    return None
