"""What changed between two sets of verdicts of one edition, such as the last briefing's and today's, with the causes that show."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from survey.domain.criteria import BY_HAMLET
from survey.domain.indicators import SHARE
from survey.domain.verdicts import Basis, Outcome, Verdict

# Our own choice, said on the page: a share has moved from one percentage point on, any other figure from a hundredth of itself on.
VISIBLE_SHARE = 0.01
VISIBLE_PART = 0.01
_SLACK = 1e-9  # 0.71 - 0.70 is a little less than 0.01 in binary


class ChangeKind(StrEnum):
    """What happened to a criterion in a place; in the order in which a briefing speaks of it."""

    LOST = "lost"  # was met and is not any more
    MET = "met"  # newly met
    FAILED = "failed"  # was open, is not met
    REOPENED = "reopened"  # was not met, is open
    MOVED = "moved"  # the verdict stayed, a figure moved


class Cause(StrEnum):
    """Why figures differ, as far as the figures themselves show it."""

    RULE = "rule"  # the number, its status or the indicator is another one
    STATED = "stated"  # a person stated something else
    VISITS = "visits"  # more sites were visited
    CORRECTION = "correction"  # other submissions of as many or fewer sites count: corrections, decisions taken back
    REGISTER = "register"  # the register holds more or fewer sites
    LAPSED = "lapsed"  # the same submissions, of which fewer count: the evidence has become too old


@dataclass(frozen=True, slots=True)
class Moved:
    """An indicator whose value moved by more than a visible amount; None is *no value*."""

    before: Basis
    after: Basis


@dataclass(frozen=True, slots=True)
class Change:
    """One criterion in one place, before and after."""

    kind: ChangeKind
    before: Verdict
    after: Verdict
    moved: tuple[Moved, ...]
    causes: tuple[Cause, ...]


def changes_between(before: Iterable[Verdict], after: Iterable[Verdict]) -> tuple[Change, ...]:
    """Every visible change of criteria and places that both sets know, most serious first, else in the order of *after*.

    A hamlet that one of them does not have, before or after a merger, has nothing to be compared with.
    """
    earlier = {(verdict.criterion, verdict.hamlet): verdict for verdict in before}
    found = [
        change
        for verdict in after
        if (known := earlier.get((verdict.criterion, verdict.hamlet))) is not None and (change := _change(known, verdict)) is not None
    ]
    order = list(ChangeKind)
    return tuple(sorted(found, key=lambda change: (order.index(change.kind), change.after.hamlet is not None)))


def _change(before: Verdict, after: Verdict) -> Change | None:
    moved = tuple(_moved(before, after))
    kind = _kind(before.outcome, after.outcome)
    if kind is None and not moved:
        return None
    return Change(kind or ChangeKind.MOVED, before, after, moved, tuple(_causes(before, after)))


def _kind(before: Outcome, after: Outcome) -> ChangeKind | None:
    if before is after:
        return None
    if before is Outcome.MET:
        return ChangeKind.LOST
    if after is Outcome.MET:
        return ChangeKind.MET
    return ChangeKind.FAILED if after is Outcome.NOT_MET else ChangeKind.REOPENED


def _moved(before: Verdict, after: Verdict) -> Iterator[Moved]:
    known = _by_indicator(before)
    for basis in after.basis:
        if (earlier := known.get(basis.indicator)) is not None and is_visible(earlier, basis):
            yield Moved(earlier, basis)


def is_visible(before: Basis, after: Basis) -> bool:
    """Whether a figure moved by so much that a person should be told: appearing and vanishing counts as well."""
    if before.value is None or after.value is None:
        return before.value is not after.value
    step = abs(after.value - before.value)
    if step == 0:
        return False
    return step >= (VISIBLE_SHARE if after.unit == SHARE else VISIBLE_PART * max(abs(before.value), abs(after.value))) - _SLACK


def _causes(before: Verdict, after: Verdict) -> Iterator[Cause]:
    found = set()
    if before.stated != after.stated:
        found.add(Cause.STATED)
    earlier, later = _by_indicator(before), _by_indicator(after)
    if earlier.keys() != later.keys():
        found.add(Cause.RULE)
    for code in earlier.keys() & later.keys():
        found |= set(_basis_causes(earlier[code], later[code]))
    yield from (cause for cause in Cause if cause in found)


def _basis_causes(before: Basis, after: Basis) -> Iterator[Cause]:
    if before.threshold != after.threshold:
        yield Cause.RULE
    if after.indicator == BY_HAMLET:
        return  # what counts there are hamlets, not visits: the figures beside it say what moved them
    if before.registered != after.registered:
        yield Cause.REGISTER
    if after.visited > before.visited:
        yield Cause.VISITS
    elif before.submissions_sha256 != after.submissions_sha256:
        yield Cause.CORRECTION
    elif after.known < before.known and before.registered == after.registered:
        yield Cause.LAPSED


def _by_indicator(verdict: Verdict) -> Mapping[str, Basis]:
    return {basis.indicator: basis for basis in verdict.basis}
