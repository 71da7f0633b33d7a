"""Editions of criteria: a set of rules with its decision and dates (DESIGN 2.6)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

from survey.domain.conditions import Condition, Subject
from survey.domain.indicators import Indicator
from survey.domain.thresholds import Source, Text, Threshold, is_within

BY_HAMLET = "hamlets"  # the indicator that counts hamlets where the commune's verdict follows from theirs
LEVELS = ("registered", "nearly", "met")  # đăng ký, cơ bản đạt, đạt chuẩn
BY_SITE = "sites"  # the indicator that counts sites where the rule judges each site


class Unit(StrEnum):
    """What an edition's rules judge."""

    HOUSEHOLD = "household"
    HAMLET = "hamlet"
    COMMUNE = "commune"


class Rule(StrEnum):
    """How a criterion follows from its indicators."""

    ALL = "all"  # each must be met
    ANY = "any"  # one of them is enough; an open part is one more that could be
    AGREE = "agree"  # readings of one rule that does not say how to count: decided only where they agree


class RollUp(StrEnum):
    """How the commune's verdict follows from its hamlets."""

    POOLED = "pooled"  # all sites of the commune together
    ALL_HAMLETS = "all_hamlets"
    SHARE_OF_HAMLETS = "share_of_hamlets"
    COUNT_OF_HAMLETS = "count_of_hamlets"


@dataclass(frozen=True)
class Criterion:
    """A rule over indicators; *combines* names criteria that must be met instead, *open_reasons* is what always stays open.

    *counted* is False for what is demanded besides the numbered criteria. *levels* are the states that the edition speaks of, in
    rising order (`LEVELS`); empty where it knows met and not met only.
    """

    code: str
    title: Text
    indicators: tuple[Indicator, ...] = ()
    rule: Rule = Rule.ALL
    roll_up: RollUp = RollUp.POOLED
    roll_up_thresholds: tuple[Threshold, ...] = ()
    combines: tuple[str, ...] = ()
    open_reasons: tuple[str, ...] = ()
    note: Text | None = None
    levels: tuple[str, ...] = ()
    counted: bool = True

    @property
    def is_counted(self) -> bool:
        """Whether it is one of the N in *n of N met*: neither a conjunction of others nor a demand beside the numbered ones."""
        return self.counted and not self.combines


@dataclass(frozen=True)
class Group:
    """A group of communes for which an edition has its own thresholds."""

    code: str
    title: Text


@dataclass(frozen=True)
class Edition:
    """A set of criteria with its decision and dates; *takes_part* says which sites an edition for households judges."""

    id: str
    title: Text
    unit: Unit
    criteria: tuple[Criterion, ...]
    sources: tuple[Source, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    validity_note: Text | None = None
    note: Text | None = None
    groups: tuple[Group, ...] = ()
    takes_part: Condition | None = None

    def is_valid(self, on: date) -> bool:
        """Whether the edition is in force on that day; an end that is not known is open."""
        return is_within(on, self.valid_from, self.valid_to)

    @cached_property
    def indicators(self) -> tuple[Indicator, ...]:
        """Every indicator of every criterion."""
        return tuple(indicator for criterion in self.criteria for indicator in criterion.indicators)

    @cached_property
    def subjects(self) -> frozenset[Subject]:
        """Every question and attribute that the edition uses."""
        asked = frozenset(subject for indicator in self.indicators for subject in indicator.subjects)
        return asked | (frozenset(self.takes_part.subjects()) if self.takes_part is not None else frozenset())


@dataclass(frozen=True, slots=True)
class Moment:
    """The day as of which is judged; *history* uses an edition outside its validity, and marks what comes of it.

    *group* is the commune's group under the edition; None is *not known*. *samples* lets the interval of a sample decide; a commune
    may demand a visit to every site instead.
    """

    on: date
    history: bool = False
    group: str | None = None
    samples: bool = True
