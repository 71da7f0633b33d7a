"""Findings: which answers of an accepted visit are something to put right, and what a site's visits make of its tasks.

The rules are data (schema/findings). What a site's tasks are follows from its standing visits alone, in the order of their capture,
and from what people closed: whoever computes it again comes to the same.
"""

import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from survey.domain.conditions import Condition, Observation, Subject
from survey.domain.indicators import Amount
from survey.domain.submissions import short_code
from survey.domain.tasks import BY_RULES, Origin, Step, Task, TaskState
from survey.domain.thresholds import Text
from survey.domain.times import local_date

_LEAST = 0.01  # of a metre or a piece: less is a slip of arithmetic, not a gap
_NAMES = uuid.UUID("5e1d7a0e-6f0e-5c52-9f5c-1f0f3f1f2b61")  # of the ids that tasks are given


class Outcome(StrEnum):
    """What a visit shows of a finding."""

    FAILING = "failing"
    DONE = "done"
    LEFT_OUT = "left_out"  # the rule does not apply to the site


@dataclass(frozen=True)
class FindingRule:
    """What is to be put right where *holds* fails, or where *part* is less than *share* of *whole*.

    *where* and *among* say to whom it applies. *criteria* are (edition, code). *days* until due are the commune's own choice.
    *photos* are the questions whose photos show it, before and after.
    """

    code: str
    title: Text
    sites: str
    form: str
    days: int
    criteria: tuple[tuple[str, str], ...] = ()
    where: Condition | None = None
    among: Condition | None = None
    holds: Condition | None = None
    part: Amount | None = None
    whole: Amount | None = None
    share: float = 1.0
    unit: str = ""
    photos: tuple[str, ...] = ()

    def subjects(self) -> Iterator[Subject]:
        """Everything that the rule asks."""
        for part in (self.where, self.among, self.holds, self.part, self.whole):
            if part is not None:
                yield from part.subjects()


@dataclass(frozen=True)
class Sight:
    """What one standing visit shows of one finding; *photo* is the SHA-256 of what it shows it by."""

    submission: str
    captured_at: datetime
    outcome: Outcome
    missing: float | None = None
    photo: str | None = None


@dataclass(frozen=True)
class Place:
    """The site that is followed, as the register has it."""

    commune: str
    site: str
    hamlet: str | None


def look(rule: FindingRule, seen: Observation) -> tuple[Outcome, float | None] | None:
    """What *seen* shows of the finding, with how much is missing; None where it does not say."""
    for condition in (rule.where, rule.among):
        applies = True if condition is None else condition.holds(seen)
        if applies is not True:
            return (Outcome.LEFT_OUT, None) if applies is False else None
    if rule.holds is not None:
        holds = rule.holds.holds(seen)
        return None if holds is None else (Outcome.DONE if holds else Outcome.FAILING, None)
    part, whole = (None if amount is None else amount.of(seen) for amount in (rule.part, rule.whole))
    if whole is None or (part is None and whole > 0):
        return None
    if whole <= 0:
        return Outcome.LEFT_OUT, None
    missing = round(rule.share * whole - (part or 0.0), 2)
    return (Outcome.FAILING, missing) if missing >= _LEAST else (Outcome.DONE, None)


def follow(rule: FindingRule, place: Place, sights: Sequence[Sight], tasks: Sequence[Task], now: datetime) -> list[Step]:
    """What becomes of a site's *tasks* of one finding, given what its standing visits show, oldest first.

    A second call with what came of the first gives nothing. There is never more than one open task of a finding.
    """
    return _Following(rule, place, tuple(sights), now).steps(tasks)


def retire(tasks: Sequence[Task], reason: str, now: datetime) -> list[Step]:
    """Drop the open *tasks* for a *reason* of the rules: the site was closed, the rule is gone."""
    return [_dropped(task, reason, now) for task in tasks if task.state is TaskState.OPEN]


def unproven(tasks: Sequence[Task], standing: Collection[str]) -> list[Step]:
    """Open again what people entered and closed by a visit that no longer counts."""
    return [
        Step("reopened", replace(task.reopened(), version=task.version + 1), "closing_gone")
        for task in tasks
        if task.finding is None and task.state is TaskState.DONE and task.closed_submission not in (None, *standing)
    ]


@dataclass(frozen=True)
class _Following:
    """One finding at one site; the *run* is the newest outcome with the visits in a row that show it."""

    rule: FindingRule
    place: Place
    sights: tuple[Sight, ...]
    now: datetime

    @property
    def latest(self) -> Sight | None:
        return self.sights[-1] if self.sights else None

    @property
    def run(self) -> tuple[Sight, ...]:
        behind = len(self.sights)
        while behind and self.sights[behind - 1].outcome is self.sights[-1].outcome:
            behind -= 1
        return self.sights[behind:]

    def shown(self, outcome: Outcome) -> list[Sight]:
        return [sight for sight in self.sights if sight.outcome is outcome]

    def steps(self, tasks: Sequence[Task]) -> list[Step]:
        latest = self.latest
        current = next((task for task in tasks if task.state is TaskState.OPEN), None)
        closed = sorted((task for task in tasks if task.state is not TaskState.OPEN), key=lambda task: (task.opened_at, task.id))
        if latest is not None and latest.outcome is Outcome.FAILING:
            step = self._failing(latest, closed) if current is None else self._kept(latest, current)
        else:
            step = None if current is None else self._closed(latest, current)
        settled = [] if step is None else [step]
        return [*settled, *self._unsettled(closed, {step.task.id for step in settled})]

    def _failing(self, latest: Sight, closed: Sequence[Task]) -> Step | None:
        if any(self._is_held(task, latest) for task in closed):
            return None
        again = next((task for task in reversed(closed) if self._goes_on(task)), None)
        if again is None:
            return Step("opened", self._new(latest, len(closed)))
        reason = "closing_gone" if again.closed_by == BY_RULES else "still_there"
        task = replace(self._based(again.reopened()), missing=latest.missing, hamlet=self.place.hamlet, version=again.version + 1)
        return Step("reopened", task, reason)

    def _is_held(self, task: Task, latest: Sight) -> bool:
        """A person's word holds until a new run of failing begins, it gets worse, or a later visit belies that it is done."""
        if task.closed_by in (None, BY_RULES) or task.closed_at is None or self.run[0].captured_at > task.closed_at:
            return False
        if latest.missing is not None and latest.missing > (task.missing or 0.0) + _LEAST / 2:
            return False
        if task.state is TaskState.DROPPED:
            return True
        stands = task.closed_submission is None or any(sight.submission == task.closed_submission for sight in self.sights)
        return stands and latest.captured_at <= task.closed_at

    def _goes_on(self, task: Task) -> bool:
        """Whether a closed task is the one that the present run of failing belongs to."""
        if task.closed_by != BY_RULES:
            return task.closed_at is not None and self.run[0].captured_at <= task.closed_at
        if task.state is TaskState.DROPPED:
            return task.opened_submission in {sight.submission for sight in self.run}
        return not self._is_proven(task)

    def _kept(self, latest: Sight, current: Task) -> Step | None:
        task = replace(self._based(current), missing=latest.missing, hamlet=self.place.hamlet)
        return None if task == current else Step("changed", replace(task, version=current.version + 1))

    def _closed(self, latest: Sight | None, current: Task) -> Step:
        if latest is not None and latest.outcome is Outcome.LEFT_OUT:
            return _dropped(current, "left_out", self.now)
        if latest is None or not self.shown(Outcome.FAILING):
            return _dropped(current, "not_shown", self.now)
        done = replace(
            self._based(current), state=TaskState.DONE, closed_at=self.now, closed_by=BY_RULES, version=current.version + 1,
            closed_submission=self.run[0].submission, after_photo=_photo(self.run),
        )  # fmt: skip
        return Step("done", done, "shown_done")

    def _based(self, task: Task) -> Task:
        """The task on a visit that stands: its own, else the first of the newest run of failing ones."""
        failing = self.shown(Outcome.FAILING)
        if any(sight.submission == task.opened_submission for sight in failing):
            return task
        last = self.sights.index(failing[-1])
        first = last
        while first and self.sights[first - 1].outcome is Outcome.FAILING:
            first -= 1
        return replace(task, opened_submission=self.sights[first].submission, before_photo=_photo(self.sights[first : last + 1]))

    def _is_proven(self, task: Task) -> bool:
        """Whether the visits that opened and closed a task still stand as they did."""
        failing = {sight.submission for sight in self.shown(Outcome.FAILING)}
        done = {sight.submission for sight in self.shown(Outcome.DONE)}
        return task.opened_submission in failing and task.closed_submission in done

    def _unsettled(self, closed: Sequence[Task], settled: Collection[str]) -> Iterator[Step]:
        """Tasks that the rules closed by a visit that no longer says so: another visit stands in, or nobody can say that it was done."""
        run_ids = {sight.submission for sight in self.run}
        taken = any(task.closed_submission in run_ids and self._is_proven(task) for task in closed)
        is_done = self.latest is not None and self.latest.outcome is Outcome.DONE and bool(self.shown(Outcome.FAILING))
        for task in reversed(closed):
            if task.state is not TaskState.DONE or task.closed_by != BY_RULES or task.id in settled or self._is_proven(task):
                continue
            if is_done and not taken:
                taken = True
                based = replace(self._based(task), closed_submission=self.run[0].submission, after_photo=_photo(self.run))
                yield Step("changed", replace(based, version=task.version + 1), "shown_done")
            else:
                yield _dropped(task, "not_shown", self.now)

    def _new(self, latest: Sight, number: int) -> Task:
        first, place, rule = self.run[0], self.place, self.rule
        key = "\n".join((place.commune, place.site, rule.code, first.submission, str(number)))
        edition, criterion = rule.criteria[0] if rule.criteria else (None, None)
        name = str(uuid.uuid5(_NAMES, key))
        return Task(
            place.commune, name, short_code(name), Origin.FINDING, TaskState.OPEN, 1, self.now, finding=rule.code, edition=edition,
            criterion=criterion, site=place.site, hamlet=place.hamlet, missing=latest.missing, unit=rule.unit,
            due_on=local_date(self.now) + timedelta(days=rule.days), opened_submission=first.submission, before_photo=_photo(self.run),
        )  # fmt: skip


def _photo(run: Sequence[Sight]) -> str | None:
    """The photo of the first visit that has one."""
    return next((sight.photo for sight in run if sight.photo is not None), None)


def _dropped(task: Task, reason: str, now: datetime) -> Step:
    dropped = replace(
        task, state=TaskState.DROPPED, closed_at=now, closed_by=BY_RULES, closed_submission=None, after_photo=None, version=task.version + 1
    )
    return Step("dropped", dropped, reason)
