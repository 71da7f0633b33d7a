"""Indicators: a number over a place, measured from the register and the counted answers, with what is still unknown beside it.

A `Tally` can be added to another, so that a commune is the sum of its hamlets. Unknown is never zero: a site that was not visited
or not answered stays in the tally as *unknown* and widens the bounds between which the true value lies.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from math import ceil, inf

from survey.domain.conditions import Condition, Observation, Subject
from survey.domain.thresholds import TOLERANCE, Lapse, Text, Threshold

SHARE = "share"


class Kind(StrEnum):
    """What an indicator computes."""

    SHARE_OF_SITES = "share_of_sites"  # sites for which a condition holds / sites
    COUNT_OF_SITES = "count_of_sites"  # sites for which a condition holds
    RATIO_OF_SUMS = "ratio_of_sums"  # one sum / another, times a scale
    CONDITION = "condition"  # yes or no, of one site
    STATED = "stated"  # no survey of sites measures it: a person states it with a document; never decides by itself


@dataclass(frozen=True)
class Amount:
    """What a site adds to a sum: *subject*'s number (None: one for each site) where *when* holds, 0 where it does not."""

    subject: Subject | None
    when: Condition | None = None

    def of(self, seen: Observation) -> float | None:
        """The site's amount; None where it is not known."""
        if self.when is not None:
            holds = self.when.holds(seen)
            if holds is not True:
                return 0.0 if holds is False else None
        return 1.0 if self.subject is None else self.subject.number(seen)

    def subjects(self) -> Iterator[Subject]:
        """The subject and those of its condition."""
        if self.subject is not None:
            yield self.subject
        if self.when is not None:
            yield from self.when.subjects()


@dataclass(frozen=True)
class Indicator:
    """A number over a place. *where* chooses the sites, *among* leaves out those to which the question does not apply.

    *decides* is False for a figure that is shown beside a criterion without deciding it.
    """

    code: str
    title: Text
    kind: Kind
    sites: str
    unit: str
    thresholds: tuple[Threshold, ...]
    where: Condition | None = None
    among: Condition | None = None
    holds: Condition | None = None
    numerator: Amount | None = None
    denominator: Amount | None = None
    scale: float = 1.0
    decides: bool = True
    note: Text | None = None
    lapses: Lapse | None = None

    @cached_property
    def subjects(self) -> frozenset[Subject]:
        """Everything that the indicator asks."""
        parts = (self.where, self.among, self.holds, self.numerator, self.denominator)
        return frozenset(subject for part in parts if part is not None for subject in part.subjects())

    @cached_property
    def forms(self) -> tuple[str, ...]:
        """The forms whose answers it needs."""
        return tuple(sorted({subject.form for subject in self.subjects if subject.form is not None}))

    @cached_property
    def figure(self) -> object:
        """What is computed, whatever it is called and held against: two indicators with the same figure have the same tally."""
        amounts = (self.numerator, self.denominator)
        return self.kind, self.sites, self.unit, self.where, self.among, self.holds, *amounts

    @cached_property
    def is_ratio(self) -> bool:
        """Whether sites weigh by an amount rather than one each."""
        return self.kind is Kind.RATIO_OF_SUMS

    def amounts(self, seen: Observation) -> tuple[float | None, float | None]:
        """Numerator and denominator that the site adds; None is *not known*, a denominator of 0 leaves the site out."""
        if self.among is not None:
            applies = self.among.holds(seen)
            if applies is not True:
                return (0.0, 0.0) if applies is False else (None, None if self.is_ratio else 1.0)
        if self.numerator is not None and self.denominator is not None:
            return self.numerator.of(seen), self.denominator.of(seen)
        holds = self.holds.holds(seen) if self.holds is not None else None
        return (None if holds is None else float(holds)), 1.0


@dataclass(slots=True)
class Tally:
    """What was seen of an indicator's sites in one place; amounts in the indicator's own units.

    *unknown* sites could still count; *weights* are their denominators where the register gives them, *weightless* counts those
    of which not even that is known.
    """

    registered: int = 0
    visited: int = 0
    known: int = 0
    left_out: int = 0
    unknown: int = 0
    numerator: float = 0.0
    denominator: float = 0.0
    weightless: int = 0
    weights: list[float] = field(default_factory=list)
    submissions: list[str] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Take in the tally of another place."""
        self.registered += other.registered
        self.visited += other.visited
        self.known += other.known
        self.left_out += other.left_out
        self.unknown += other.unknown
        self.numerator += other.numerator
        self.denominator += other.denominator
        self.weightless += other.weightless
        self.weights.extend(other.weights)
        self.submissions.extend(other.submissions)


@dataclass(frozen=True, slots=True)
class Measured:
    """An indicator's value among the known sites, and the bounds that the unknown ones leave; None is *no value*."""

    value: float | None
    lowest: float | None
    highest: float | None


def count_site(indicator: Indicator, seen: Observation, tally: Tally) -> None:
    """Count one site of the register into *tally*; a site that *where* excludes is not counted."""
    belongs = True if indicator.where is None else indicator.where.holds(seen)
    if belongs is False or seen.kind != indicator.sites:
        return
    tally.registered += 1
    visited = not indicator.forms
    for form in indicator.forms:
        if form in seen.submissions:
            visited = True
            tally.submissions.extend(seen.submissions[form])
    tally.visited += visited
    numerator, denominator = indicator.amounts(seen)
    if denominator == 0:
        tally.left_out += 1
    elif numerator is None or denominator is None or belongs is None:
        _count_unknown(indicator, denominator, tally)
    else:
        tally.known += 1
        # A part is never more than its whole, whatever was typed.
        tally.numerator += denominator if numerator > denominator and indicator.unit == SHARE else numerator
        tally.denominator += denominator


def _count_unknown(indicator: Indicator, weight: float | None, tally: Tally) -> None:
    tally.unknown += 1
    if not indicator.is_ratio:
        return
    if weight is None:
        tally.weightless += 1
    else:
        tally.weights.append(weight)


def measure_indicator(indicator: Indicator, observations: Iterable[Observation]) -> Tally:
    """The tally of *indicator* over the sites of one place."""
    tally = Tally()
    for seen in observations:
        count_site(indicator, seen, tally)
    return tally


def measured(indicator: Indicator, tally: Tally) -> Measured:
    """The value among known sites and the worst and best case over all registered ones."""
    if indicator.kind is Kind.COUNT_OF_SITES:
        lowest = tally.numerator
        return Measured(lowest if tally.known or not tally.unknown else None, lowest, lowest + tally.unknown)
    value = indicator.scale * tally.numerator / tally.denominator if tally.denominator > 0 else None
    open_weight = _open_weight(indicator, tally)
    if indicator.unit == SHARE:
        if open_weight is None:
            return Measured(value, 0.0, 1.0)
        whole = tally.denominator + open_weight
        return Measured(value, tally.numerator / whole, (tally.numerator + open_weight) / whole) if whole else Measured(None, None, None)
    return Measured(value, value, value) if not tally.unknown else Measured(value, 0.0, inf)


def _open_weight(indicator: Indicator, tally: Tally) -> float | None:
    # How much the unknown sites weigh; None where nobody knows, e.g. metres of a fence that no one has seen.
    if not indicator.is_ratio:
        return float(tally.unknown)
    return None if tally.weightless else sum(tally.weights)


def fewest_visits(indicator: Indicator, tally: Tally, threshold: Threshold) -> int | None:
    """The least number of further sites that can decide the verdict, if all of them turn out alike; None when nothing is open.

    Where the weight of an unseen site is not known, each of them can tip the balance: all are needed.
    """
    if not tally.unknown:
        return None
    open_weight = _open_weight(indicator, tally)
    if open_weight is None or indicator.unit not in (SHARE, "sites"):
        return tally.unknown
    whole = 1.0 if indicator.kind is Kind.COUNT_OF_SITES else tally.denominator + open_weight
    weights = sorted(tally.weights, reverse=True) if indicator.is_ratio else None
    needed = [_visits_for(gain, weights, tally.unknown) for gain in _gains(threshold, whole, tally.numerator, open_weight)]
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
