"""Indicators: a number over a place, measured from the register and the counted answers, with what is still unknown beside it.

A `Tally` can be added to another, so that a commune is the sum of its hamlets. Unknown is never zero: a site that was not visited
or not answered stays in the tally as *unknown* and widens the bounds between which the true value lies.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from math import inf

from survey.domain.conditions import Condition, Observation, Subject
from survey.domain.sampling import Sums
from survey.domain.thresholds import Lapse, Text, Threshold
from survey.domain.times import local_date

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
        return self.kind, self.sites, self.unit, self.where, self.among, self.holds, self.lapses, *amounts

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

    *unknown* sites could still count, *lapsed* ones have evidence that is too old, *sorted_out* are those of the left out of which only
    a visit showed it; *weights* are the unknown ones' denominators where the
    register gives them, *weightless* counts those of which not even that is known. *denominator_squared*, *product* and
    *numerator_squared* are sums over the known sites of a ratio.
    *parts* are the tallies of hamlets that were added up: where not all were visited as densely, each is a sample of its own.
    """

    registered: int = 0
    visited: int = 0
    known: int = 0
    left_out: int = 0
    sorted_out: int = 0
    unknown: int = 0
    lapsed: int = 0
    numerator: float = 0.0
    denominator: float = 0.0
    denominator_squared: float = 0.0
    product: float = 0.0
    numerator_squared: float = 0.0
    weightless: int = 0
    weights: list[float] = field(default_factory=list)
    submissions: list[str] = field(default_factory=list)
    oldest: datetime | None = None
    newest: datetime | None = None
    parts: list["Tally"] = field(default_factory=list, compare=False, repr=False)

    @property
    def sums(self) -> Sums:
        """What the known sites add up to as a sample of those known, and of the unknown ones that will not be left out."""
        squared = self.denominator_squared, self.product, self.numerator_squared
        # Of the unknown ones as many are left out as of those that were looked at.
        alike = self.unknown * self.known / (self.known + self.sorted_out) if self.known else self.unknown
        return Sums(self.known, alike, self.denominator, self.numerator, *squared)

    def date(self, oldest: datetime | None, newest: datetime | None) -> None:
        """Take in when evidence was captured; None is none."""
        if oldest is not None and (self.oldest is None or oldest < self.oldest):
            self.oldest = oldest
        if newest is not None and (self.newest is None or newest > self.newest):
            self.newest = newest

    def add(self, other: "Tally") -> None:
        """Take in the tally of another place."""
        self.registered += other.registered
        self.visited += other.visited
        self.known += other.known
        self.left_out += other.left_out
        self.sorted_out += other.sorted_out
        self.unknown += other.unknown
        self.lapsed += other.lapsed
        self.numerator += other.numerator
        self.denominator += other.denominator
        self.denominator_squared += other.denominator_squared
        self.product += other.product
        self.numerator_squared += other.numerator_squared
        self.weightless += other.weightless
        self.weights.extend(other.weights)
        self.submissions.extend(other.submissions)
        self.date(other.oldest, other.newest)
        self.parts.extend(other.parts or (other,))


@dataclass(frozen=True, slots=True)
class Measured:
    """An indicator's value among the known sites, and the bounds that the unknown ones leave; None is *no value*."""

    value: float | None
    lowest: float | None
    highest: float | None


def still_counting(indicator: Indicator, seen: Observation, on: date) -> Observation:
    """*seen* without the forms whose answers are older *on* that day than the indicator's source lets evidence be."""
    first_day = None if indicator.lapses is None else indicator.lapses.first_day(on)
    if first_day is None:
        return seen
    old = {form for form, captured in seen.captured.items() if local_date(captured) < first_day}
    lapsed = old.intersection(indicator.forms)
    if not lapsed:
        return seen
    return replace(
        seen,
        answers={name: value for name, value in seen.answers.items() if name.partition(".")[0] not in lapsed},
        submissions={form: ids for form, ids in seen.submissions.items() if form not in lapsed},
        captured={form: captured for form, captured in seen.captured.items() if form not in lapsed},
    )


def count_site(indicator: Indicator, seen: Observation, tally: Tally, on: date | None = None) -> None:
    """Count one site of the register into *tally*; a site that *where* excludes is not counted.

    Evidence that has lapsed *on* that day is as if it had never come.
    """
    kept = seen if on is None or indicator.lapses is None else still_counting(indicator, seen, on)
    has_lapsed, seen = kept is not seen, kept
    belongs = True if indicator.where is None else indicator.where.holds(seen)
    if belongs is False or seen.kind != indicator.sites:
        return
    tally.registered += 1
    tally.lapsed += has_lapsed
    visited = not indicator.forms
    for form in indicator.forms:
        if form in seen.submissions:
            visited = True
            tally.submissions.extend(seen.submissions[form])
            tally.date(captured := seen.captured.get(form), captured)
    tally.visited += visited
    numerator, denominator = indicator.amounts(seen)
    if denominator == 0:
        tally.left_out += 1
        tally.sorted_out += visited and bool(indicator.forms) and indicator.amounts(replace(seen, answers={}, submissions={}))[1] != 0
    elif numerator is None or denominator is None or belongs is None:
        _count_unknown(indicator, denominator, tally)
    else:
        tally.known += 1
        # A part is never more than its whole, whatever was typed.
        numerator = denominator if numerator > denominator and indicator.unit == SHARE else numerator
        tally.numerator += numerator
        tally.denominator += denominator
        tally.denominator_squared += denominator * denominator
        tally.product += numerator * denominator
        tally.numerator_squared += numerator * numerator


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
    if indicator.unit == SHARE:
        still_open = open_weight(indicator, tally)
        if still_open is None:
            return Measured(value, 0.0, 1.0)
        whole = tally.denominator + still_open
        return Measured(value, tally.numerator / whole, (tally.numerator + still_open) / whole) if whole else Measured(None, None, None)
    return Measured(value, value, value) if not tally.unknown else Measured(value, 0.0, inf)


def open_weight(indicator: Indicator, tally: Tally) -> float | None:
    """How much the unknown sites weigh; None where nobody knows, e.g. metres of a fence that no one has seen."""
    if not indicator.is_ratio:
        return float(tally.unknown)
    return None if tally.weightless else sum(tally.weights)
