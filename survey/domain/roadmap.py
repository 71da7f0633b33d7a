"""The roadmap: dated steps with what each needs, laid out by the critical path method (Kelley and Walker, 1959).

Days are calendar days in Viet Nam, rest days included, and a step takes at least one: both are our own choice, since a commune's
works do not stop on Sundays. A step's *finish* is its last day; what needs it begins on the day after. What has been reported
(begun, finished, share done) stands; what is left is laid out from today on. A step that is under way before what it needs is
finished goes on when that is ("retained logic"), and a remark says so.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from heapq import heapify, heappop, heappush
from types import MappingProxyType

_DAY = timedelta(days=1)
LONGEST_DAYS = 3650  # our own choice: ten years, so that no date leaves the calendar
DONE = 1 - 1e-9  # shares are sums of metres


@dataclass(frozen=True, slots=True)
class Step:
    """One step: planned *days*, the ids that it *needs*, its dates as asked for and as reported, and its share done (0 to 1)."""

    id: str
    title: str
    days: int
    needs: tuple[str, ...] = ()
    not_before: date | None = None
    due_on: date | None = None
    started_on: date | None = None
    finished_on: date | None = None
    done_share: float | None = None

    @property
    def days_left(self) -> int:
        """The planned days less the share done; at least one, as long as nobody has said that it is finished."""
        return max(1, math.ceil(self.days * (1 - (self.done_share or 0.0)) - 1e-9))


@dataclass(frozen=True, slots=True)
class Placed:
    """A step with its dates: earliest (*start*, *finish*), latest, and by how many days it may slip.

    *slack* keeps the end of the roadmap and every due date; below 0 it is what a due date behind it lacks. *free_slack* keeps every
    other step where it is. *driver* is the step whose finish decides its start. Of a finished step *slack* is 0 and it is not critical.
    """

    step: Step
    start: date
    finish: date
    latest_start: date
    latest_finish: date
    free_slack: int
    driver: str | None

    @property
    def is_finished(self) -> bool:
        """Whether it was reported as finished."""
        return self.step.finished_on is not None

    @property
    def slack(self) -> int:
        """Days that it may slip without a later end or a missed due date; negative: so many days are missing already."""
        return 0 if self.is_finished else (self.latest_finish - self.finish).days

    @property
    def is_critical(self) -> bool:
        """Whether a day more here is a day more at the end, or for a due date."""
        return not self.is_finished and self.slack <= 0

    @property
    def late_days(self) -> int:
        """By how many days its own due date is missed, in fact or as things stand."""
        return max(0, (self.finish - self.step.due_on).days) if self.step.due_on else 0


@dataclass(frozen=True, slots=True)
class Remark:
    """What does not fit together: *kind* is `late`, `needs_open` or `not_shown`; *chain* the ids concerned, *days* how many."""

    kind: str
    chain: tuple[str, ...]
    days: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps laid out as of *today*, each behind what it needs."""

    today: date
    placed: Mapping[str, Placed]

    @property
    def finish(self) -> date | None:
        """The last day of the last step; None where there is no step."""
        return max((one.finish for one in self.placed.values()), default=None)

    @property
    def critical_path(self) -> tuple[str, ...]:
        """The chain that decides the end: from its first unfinished step to the last; of several the one first by id."""
        last = min(self.placed.values(), key=lambda one: (-one.finish.toordinal(), one.step.id), default=None)
        return () if last is None else tuple(step for step in self.chain_to(last.step.id) if not self.placed[step].is_finished)

    def chain_to(self, step: str) -> tuple[str, ...]:
        """The steps that decide when *step* begins, one behind the other, and itself as the last."""
        chain = [step]
        while (driver := self.placed[chain[-1]].driver) is not None:
            chain.append(driver)
        return tuple(reversed(chain))


@dataclass(frozen=True, slots=True)
class Moved:
    """A step before and after a slip."""

    before: Placed
    after: Placed


@dataclass(frozen=True, slots=True)
class Slip:
    """What moves when a step takes longer: other steps in their order, the end of the roadmap, and the due dates newly missed."""

    moved: tuple[Moved, ...]
    finish_before: date
    finish_after: date
    missed: tuple[str, ...]

    @property
    def end_days(self) -> int:
        """By how many days the end of the roadmap moves."""
        return (self.finish_after - self.finish_before).days


def find_cycle(steps: Iterable[Step]) -> tuple[str, ...]:
    """Ids of steps that need each other in a circle, the first one again at the end; empty where there is none.

    Each step comes before the one that needs it. n + m for n steps with m needs.
    """
    by_id = {step.id: step for step in steps}
    left = set(by_id) - set(_order(by_id))
    if not left:
        return ()
    walked: dict[str, int] = {}
    at = min(left)
    while at not in walked:  # every step that is left needs another one that is left
        walked[at] = len(walked)
        at = min(need for need in by_id[at].needs if need in left)
    circle = [step for step, place in walked.items() if place >= walked[at]]
    return (at, *reversed(circle))


def lay_out(steps: Sequence[Step], today: date, delays: Mapping[str, int] = MappingProxyType({})) -> Plan:
    """Lay *steps* out as of *today*; *delays* adds days to steps by id (what if). Needs that are not among the steps are left aside.

    n log n. Raises ValueError where steps need each other in a circle: `find_cycle` names them.
    """
    by_id = {step.id: step for step in steps}
    order = _order(by_id)
    if len(order) < len(by_id):
        raise ValueError("steps need each other in a circle")
    early = _forward(by_id, order, today, delays)
    latest, free = _backward(by_id, order, early, max((one.finish for one in early.values()), default=today))
    placed = {}
    for id_ in order:
        one, step = early[id_], by_id[id_]
        begun = step.started_on is not None or step.finished_on is not None
        latest_start = one.start if begun else latest[id_] - (one.finish - one.start)
        placed[id_] = Placed(step, one.start, one.finish, latest_start, latest[id_], free[id_], one.driver)
    return Plan(today, placed)


def slip(steps: Sequence[Step], today: date, step: str, days: int) -> Slip:
    """What moves where the unfinished *step* ends *days* (at least 0) later than laid out. Raises KeyError for an unknown step."""
    before, after = lay_out(steps, today), lay_out(steps, today, {step: days})
    if before.placed[step].is_finished or before.finish is None or after.finish is None:
        raise KeyError(step)
    moved = [Moved(old, after.placed[one]) for one, old in before.placed.items() if after.placed[one].finish != old.finish]
    missed = [one.after.step.id for one in moved if one.after.late_days and not one.before.late_days]
    moved.sort(key=lambda one: (one.after.start, one.after.finish, one.after.step.id))
    return Slip(tuple(moved), before.finish, after.finish, tuple(missed))


def remarks(plan: Plan, measured: Iterable[str] = ()) -> list[Remark]:
    """What does not fit together: due dates that are missed with the chain behind each, steps ahead of what they need.

    *measured* are the ids whose share done comes from the survey: one that is called finished while its share says otherwise is named.
    """
    found = []
    shown = set(measured)
    for step, one in plan.placed.items():
        if one.late_days and not one.is_finished:
            found.append(Remark("late", plan.chain_to(step), one.late_days))
        if one.step.started_on is not None or one.is_finished:
            known = [need for need in one.step.needs if need in plan.placed]
            found += [Remark("needs_open", (need, step)) for need in known if _is_open_at(plan.placed[need], one)]
        if step in shown and one.is_finished and one.step.done_share is not None and one.step.done_share < DONE:
            found.append(Remark("not_shown", (step,)))
    return found


def impossible_chain(before: Plan | None, after: Plan) -> Remark | None:
    """The due date that a change of the plan makes impossible, with the chain that ends too late; None where it makes none.

    A due date that was missed before is not held against the change unless it is missed by more days now.
    """
    for step, one in after.placed.items():
        old = before.placed.get(step) if before is not None else None
        known = 0 if old is None or old.step.due_on != one.step.due_on else old.late_days
        if not one.is_finished and one.late_days > known:
            return Remark("late", after.chain_to(step), one.late_days)
    return None


def _is_open_at(need: Placed, step: Placed) -> bool:
    """Whether *need* was not finished when *step* began, or ended where its beginning is not known."""
    begun = step.step.started_on or step.step.finished_on
    return not need.is_finished or (begun is not None and need.finish > begun)


def _order(by_id: Mapping[str, Step]) -> list[str]:
    """The ids, each behind what it needs, the smallest first where the order is free; steps in a circle are left out."""
    open_needs = {step.id: len({need for need in step.needs if need in by_id}) for step in by_id.values()}
    followers = _followers(by_id)
    ready = [step for step, count in open_needs.items() if not count]
    heapify(ready)
    order = []
    while ready:
        step = heappop(ready)
        order.append(step)
        for follower in followers[step]:
            open_needs[follower] -= 1
            if not open_needs[follower]:
                heappush(ready, follower)
    return order


def _followers(by_id: Mapping[str, Step]) -> dict[str, list[str]]:
    followers: dict[str, list[str]] = {step: [] for step in by_id}
    for step in by_id.values():
        for need in set(step.needs):
            if need in by_id:
                followers[need].append(step.id)
    return followers


@dataclass(frozen=True, slots=True)
class _Early:
    """The earliest days of a step, what decides its start, and how many days of it wait for what it needs."""

    start: date
    finish: date
    driver: str | None
    waiting: int


def _forward(by_id: Mapping[str, Step], order: Sequence[str], today: date, delays: Mapping[str, int]) -> dict[str, _Early]:
    early: dict[str, _Early] = {}
    for id_ in order:
        needs = sorted({need for need in by_id[id_].needs if need in by_id})
        driver = max(needs, key=lambda need: early[need].finish, default=None)
        free_from = date.min if driver is None else early[driver].finish + _DAY
        placed = _place(by_id[id_], today, free_from, delays.get(id_, 0))
        early[id_] = placed if placed.driver is None else replace(placed, driver=driver)
    return early


def _place(step: Step, today: date, free_from: date, delay: int) -> _Early:
    """*step* as early as can be, where what it needs is over before *free_from*; the driver is "" where that decides."""
    if step.finished_on is not None:
        begun = step.started_on or max(date.min, step.finished_on - _DAY * (step.days - 1))
        return _Early(min(begun, step.finished_on), step.finished_on, None, 0)
    if step.started_on is not None and step.done_share is None:
        # Nobody has said how much is done: as planned from its beginning, yet not over before today or before what it needs.
        by_plan = max(today, step.started_on + _DAY * (step.days - 1))
        return _Early(step.started_on, max(by_plan, free_from) + _DAY * delay, "" if free_from > by_plan else None, 1 + delay)
    by_itself = today if step.started_on is not None else max(today, step.not_before or today)
    begin, left = max(by_itself, free_from), step.days_left + delay
    return _Early(step.started_on or begin, begin + _DAY * (left - 1), "" if free_from >= by_itself and free_from > today else None, left)


def _backward(
    by_id: Mapping[str, Step], order: Sequence[str], early: Mapping[str, _Early], end: date
) -> tuple[dict[str, date], dict[str, int]]:
    """Latest last day of each step, and its free slack in days."""
    latest: dict[str, date] = {}
    free: dict[str, int] = {}
    followers = _followers(by_id)
    for id_ in reversed(order):
        step, finish = by_id[id_], early[id_].finish
        if step.finished_on is not None:
            latest[id_], free[id_] = finish, 0
            continue
        after = [one for one in followers[id_] if by_id[one].finished_on is None]
        limits = [end, *(latest[one] - _DAY * early[one].waiting for one in after)]
        latest[id_] = min([*limits, step.due_on] if step.due_on is not None else limits)
        free[id_] = min((early[one].finish - _DAY * early[one].waiting - finish).days for one in after) if after else (end - finish).days
    return latest, free
