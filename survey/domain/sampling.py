"""Samples: between which limits a figure lies where only some of its sites were visited, and these were chosen by chance.

Shares and counts of sites have exact limits for a finite population (`exact_limits`). A ratio of sums, and a share whose sample is not
as dense in every hamlet, have limits by linearisation with one made-up site put on each side (`ratio_limits`), chosen by simulation:
docs/samples.md and benchmarks/intervals.py show what they cover and how wide they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import cos, exp, inf, lgamma, pi, sin, sqrt
from statistics import NormalDist
from typing import Any

LEVEL = 0.95  # our own choice, as is usual: no rule asks for a level

EXACT = "exact"  # hypergeometric, by inverting the test
RATIO = "ratio"  # linearised, one pool of sites
BY_HAMLET = "by_hamlet"  # linearised, each hamlet with its own sampling share

FEWEST = 5  # known sites; below, a ratio of sums has no interval. Our own choice: a spread of two or three fences says nothing
PSEUDO = 1.25  # length of the made-up site over that of the site in which a metre chosen by chance lies; found by simulation
_ENOUGH = 1e-18  # of a tail; what is smaller cannot tip a comparison with a level


@dataclass(frozen=True, slots=True)
class Interval:
    """Limits that hold the true figure over all registered sites with probability *level*, and the *method* that made them."""

    lowest: float
    highest: float
    level: float
    method: str


@dataclass(frozen=True, slots=True)
class Sums:
    """What a sample of one place adds up to: how many *known* sites of *known* + *unknown*, and sums over the known ones.

    *unknown* is an estimate where visits showed that the rule leaves some sites out.
    *whole* adds up the denominators, *part* the numerators, the others their squares and products.
    """

    known: int
    unknown: float
    whole: float
    part: float
    whole_squared: float
    product: float
    part_squared: float

    @property
    def sites(self) -> float:
        """Known and unknown sites."""
        return self.known + self.unknown

    @property
    def weight(self) -> float:
        """How many sites one known site stands for."""
        return self.sites / self.known

    def reversed(self) -> "Sums":
        """The same with what is missing in place of what is there: a lower limit of one is an upper limit of the other."""
        product = self.whole_squared - self.product
        return replace(self, part=self.whole - self.part, product=product, part_squared=product - self.product + self.part_squared)


@lru_cache(maxsize=1 << 16)
def exact_limits(sites: int, drawn: int, good: int, level: float = LEVEL) -> tuple[int, int]:
    """The least and most good ones among *sites* that *good* of *drawn* ones by chance do not contradict at *level*, two-sided.

    By inverting the exact test: a number is left out where so many good ones, or more, or so few, or fewer, have a chance
    of at most (1 - level) / 2 under it.
    """
    tail = (1.0 - level) / 2.0
    return _least(sites, drawn, good, tail), sites - _least(sites, drawn, drawn - good, tail)


def _least(sites: int, drawn: int, good: int, tail: float) -> int:
    # The least number of good sites under which so many good ones, or more, are drawn with a chance above *tail*.
    low, high = good, sites - (drawn - good)
    while low < high:
        middle = (low + high) // 2
        if upper_tail(sites, middle, drawn, good, enough=tail) > tail:
            high = middle
        else:
            low = middle + 1
    return low


def upper_tail(sites: int, good: int, drawn: int, least: int, *, enough: float = inf) -> float:
    """The chance of *least* good ones or more among *drawn* out of *sites* of which *good* are; stops once it is above *enough*."""
    first, last = max(least, drawn - (sites - good), 0), min(drawn, good)
    if least <= max(0, drawn - (sites - good)):
        return 1.0
    if first > last:
        return 0.0
    term = exp(_log_choose(good, first) + _log_choose(sites - good, drawn - first) - _log_choose(sites, drawn))
    total = 0.0
    for count in range(first, last + 1):
        total += term
        following = term * (good - count) * (drawn - count) / ((count + 1) * (sites - good - drawn + count + 1)) if count < last else 0.0
        if total > enough or (following < term and following < _ENOUGH):
            break
        term = following
    return min(total, 1.0)


def _log_choose(of: int, chosen: int) -> float:
    return lgamma(of + 1) - lgamma(chosen + 1) - lgamma(of - chosen + 1)


def ratio_limits(strata: Sequence[Sums], level: float = LEVEL) -> tuple[float, float]:
    """Limits of the sum of parts over the sum of wholes, each part between nothing and its whole, from one sample in each of *strata*.

    Every stratum has at least one known site.
    """
    return _lower_limit(strata, level), 1.0 - _lower_limit([sums.reversed() for sums in strata], level)


def _lower_limit(strata: Sequence[Sums], level: float) -> float:
    """The ratio with one made-up site added of which nothing counts, less what the spread around it allows.

    The made-up site is `PSEUDO` times as long as the one in which a metre chosen by chance lies: what an unlucky draw may have missed.
    """
    whole = sum(sums.weight * sums.whole for sums in strata)
    part = sum(sums.weight * sums.part for sums in strata)
    squared = sum(sums.weight**2 * sums.whole_squared for sums in strata)
    missed = PSEUDO * squared / whole
    ratio = part / (whole + missed)
    known = sum(sums.known for sums in strata)
    unseen = sum(sums.unknown for sums in strata) / sum(sums.sites for sums in strata)
    spread = sum(sums.weight**2 * sums.unknown / sums.sites * _squares_around(sums, ratio) for sums in strata)
    spread = (spread + unseen * (ratio * missed) ** 2) * (known + 1) / known
    # Kish's effective number of sites: one long fence among short ones tells little about the spread.
    quantile = student_quantile(level, max(whole * whole / squared - 1.0, 1.0))
    return max(0.0, ratio - quantile * sqrt(max(spread, 0.0)) / (whole + missed))


def _squares_around(sums: Sums, ratio: float) -> float:
    return sums.part_squared - 2.0 * ratio * sums.product + ratio * ratio * sums.whole_squared


@lru_cache(maxsize=1 << 12)
def student_quantile(level: float, freedom: float) -> float:
    """The number that Student's t with *freedom* ≥ 1 degrees stays within, on either side, with probability *level*.

    G. W. Hill, Algorithm 396, Communications of the ACM 13 (1970); right to about six digits.
    """
    tails = 1.0 - level
    if freedom < 1.0 + 1e-9:
        return cos(tails * pi / 2.0) / sin(tails * pi / 2.0)
    a = 1.0 / (freedom - 0.5)
    b = 48.0 / (a * a)
    c = ((20700.0 * a / b - 98.0) * a - 16.0) * a + 96.36
    d = ((94.5 / (b + c) - 3.0) / b + 1.0) * sqrt(a * pi / 2.0) * freedom
    y = (d * tails) ** (2.0 / freedom)
    if y <= 0.05 + a:
        inner = 1.0 / (((freedom + 6.0) / (freedom * y) - 0.089 * d - 0.822) * (freedom + 2.0) * 3.0) + 0.5 / (freedom + 4.0)
        return sqrt(freedom * ((inner * y - 1.0) * (freedom + 1.0) / (freedom + 2.0) + 1.0 / y))
    x = NormalDist().inv_cdf(tails / 2.0)
    y = x * x
    if freedom < 5.0:  # noqa: PLR2004 - as published
        c += 0.3 * (freedom - 4.5) * (x + 0.6)
    c = (((0.05 * d * x - 5.0) * x - 7.0) * x - 2.0) * x + b + c
    y = (((((0.4 * y + 6.3) * y + 36.0) * y + 94.5) / c - y - 3.0) / b + 1.0) * x
    return sqrt(freedom * (exp(a * y * y) - 1.0))


def is_evenly_drawn(visited: Sequence[tuple[int, int]]) -> bool:
    """Whether (visited, registered) of each place is the same share of its sites, within one site; looks at no outcome."""
    share = sum(pair[0] for pair in visited) / max(1, sum(pair[1] for pair in visited))
    return all(abs(seen - share * registered) <= 1.0 for seen, registered in visited)


def interval_document(interval: Interval) -> dict[str, Any]:
    """*interval* as plain JSON values; an upper limit that does not exist is null."""
    highest = None if interval.highest == inf else interval.highest
    return {"lowest": interval.lowest, "highest": highest, "level": interval.level, "method": interval.method}


def read_interval(document: Mapping[str, Any]) -> Interval:
    """The interval behind `interval_document`."""
    highest = inf if document["highest"] is None else document["highest"]
    return Interval(document["lowest"], highest, document["level"], document["method"])
