"""Conditions over one site: what the register and the counted answers say of it, with *unknown* as the third answer.

A condition is data read from an edition; the vocabulary is described in docs/criteria.md. Nothing is ever evaluated as code.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from math import isclose
from operator import ge, gt, le, lt
from typing import Protocol

from survey.domain.thresholds import TOLERANCE

Value = float | frozenset[str]
"""A number, or the codes of a choice; an answer that is neither (a photo, a text) is the empty set: answered, no code."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One site of the register with the answers that count for it.

    *answers* are keyed `form.question`; *submissions* name the counted submissions by form, *captured* says when: where several count
    for one form (repeats), when the oldest was. A form that is not there was not filled for the site, a question that is not there
    was not answered.
    """

    site: str
    hamlet: str | None
    kind: str
    attributes: Mapping[str, object] = field(default_factory=dict)
    answers: Mapping[str, Value] = field(default_factory=dict)
    submissions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    captured: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a condition or a sum asks: a question of a form (`household_fence.green_m`) or an attribute of the register."""

    name: str
    is_attribute: bool = False

    @property
    def form(self) -> str | None:
        """The form that holds the question; None for an attribute."""
        return None if self.is_attribute else self.parts[0]

    @property
    def parts(self) -> tuple[str, str]:
        """Form and name of a question."""
        form, _, question = self.name.partition(".")
        return form, question

    def value(self, seen: Observation) -> Value | None:
        """The number or codes that *seen* holds; None where it says nothing."""
        if not self.is_attribute:
            return seen.answers.get(self.name)
        value = seen.attributes.get(self.name)
        if isinstance(value, bool):
            return frozenset({"yes" if value else "no"})
        if isinstance(value, int | float):
            return float(value)
        return frozenset({str(value)}) if value not in (None, "") else None

    def number(self, seen: Observation) -> float | None:
        """The value where it is a number."""
        value = self.value(seen)
        return value if isinstance(value, float) else None


class Comparison(StrEnum):
    """How a subject is compared."""

    IS = "is"  # exactly this code
    IN = "in"  # one of these codes
    INCLUDES = "includes"  # this code is among the chosen ones
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ABOVE = "above"  # more than the number
    BELOW = "below"  # less than the number
    ANSWERED = "answered"  # there is an answer: a photo was taken, a text written


_NUMBERS: dict[Comparison, Callable[[float, float], bool]] = {
    Comparison.AT_LEAST: ge,
    Comparison.AT_MOST: le,
    Comparison.ABOVE: gt,
    Comparison.BELOW: lt,
}


class Condition(Protocol):
    """Something that a site fulfils, does not fulfil, or of which nothing is known."""

    def holds(self, seen: Observation) -> bool | None:
        """Whether *seen* fulfils the condition; None where the answers do not say."""

    def subjects(self) -> Iterator[Subject]:
        """Everything that the condition asks."""


@dataclass(frozen=True, slots=True)
class Asks:
    """One subject compared with one value."""

    subject: Subject
    test: Comparison
    codes: frozenset[str] = frozenset()
    number: float = 0.0

    def holds(self, seen: Observation) -> bool | None:
        """See `Condition`. A form that was filled without an answer to the question is *not answered*, hence unknown."""
        subject = self.subject
        # Hundreds of thousands of these in one assessment: an answer is looked up right here.
        value = subject.value(seen) if subject.is_attribute else seen.answers.get(subject.name)
        if value is None:
            return False if self.test is Comparison.ANSWERED and subject.form in seen.submissions else None
        if self.test is Comparison.ANSWERED:
            return True
        if isinstance(value, float):
            return self._compares(value)
        return value == self.codes if self.test is Comparison.IS else not value.isdisjoint(self.codes)

    def subjects(self) -> Iterator[Subject]:
        """The one subject."""
        yield self.subject

    def _compares(self, value: float) -> bool | None:
        compares = _NUMBERS.get(self.test)
        if compares is None:
            return None
        # 0.1 m and 0.2 m in two parts of a form are 0.3 m.
        same = isclose(value, self.number, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
        return compares(self.number if same else value, self.number)


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part must hold; one that fails decides, even where others are unknown."""

    parts: tuple[Condition, ...]

    def holds(self, seen: Observation) -> bool | None:
        """See `Condition`."""
        unknown = False
        for part in self.parts:
            outcome = part.holds(seen)
            if outcome is False:
                return False
            unknown = unknown or outcome is None
        return None if unknown else True

    def subjects(self) -> Iterator[Subject]:
        """The subjects of every part."""
        for part in self.parts:
            yield from part.subjects()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One part must hold; one that holds decides, even where others are unknown."""

    parts: tuple[Condition, ...]

    def holds(self, seen: Observation) -> bool | None:
        """See `Condition`."""
        unknown = False
        for part in self.parts:
            outcome = part.holds(seen)
            if outcome is True:
                return True
            unknown = unknown or outcome is None
        return None if unknown else False

    def subjects(self) -> Iterator[Subject]:
        """The subjects of every part."""
        for part in self.parts:
            yield from part.subjects()


@dataclass(frozen=True, slots=True)
class NoneOf:
    """No part may hold; one that holds decides, even where others are unknown."""

    parts: tuple[Condition, ...]

    def holds(self, seen: Observation) -> bool | None:
        """See `Condition`."""
        some = AnyOf(self.parts).holds(seen)
        return None if some is None else not some

    def subjects(self) -> Iterator[Subject]:
        """The subjects of every part."""
        for part in self.parts:
            yield from part.subjects()
