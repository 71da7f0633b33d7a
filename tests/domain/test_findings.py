"""What a site's visits make of its tasks: pure, idempotent, and the same whatever way led there."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from survey.domain.conditions import Asks, Comparison, Observation, Subject
from survey.domain.findings import FindingRule, Outcome, Place, Sight, follow, look, retire, unproven
from survey.domain.indicators import Amount
from survey.domain.tasks import BY_RULES, Origin, Step, Task, TaskState
from survey.domain.thresholds import Text

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
PLACE = Place("18844", "s1", "h1")
_FENCE = "household_fence"
FENCE = FindingRule(
    "fence", Text("còn {missing} m", "{missing} m to go"), "household", _FENCE, 60, (("kdc", "3"),),
    part=Amount(Subject(f"{_FENCE}.green_m")), whole=Amount(Subject(f"{_FENCE}.total_m")), unit="m",
)  # fmt: skip
FAILING, DONE, OUT = Outcome.FAILING, Outcome.DONE, Outcome.LEFT_OUT


def sight(name: str, outcome: Outcome, missing: float | None = None, *, day: int = 0) -> Sight:
    """What a visit captured so many days before now shows."""
    return Sight(name, NOW - timedelta(days=day), outcome, missing, f"photo-{name}")


def after(tasks: Sequence[Task], steps: Sequence[Step]) -> list[Task]:
    """The tasks as the steps leave them."""
    found = {task.id: task for task in tasks} | {step.task.id: step.task for step in steps}
    return list(found.values())


def followed(sights: Sequence[Sight], tasks: Sequence[Task] = (), now: datetime = NOW) -> list[Task]:
    """The tasks once the visits were followed, which a second time changes nothing."""
    found = after(tasks, follow(FENCE, PLACE, sights, tasks, now))
    assert follow(FENCE, PLACE, sights, found, now + timedelta(days=1)) == []
    return found


def seen(**answers: float | frozenset[str]) -> Observation:
    """A household whose fence was looked at."""
    return Observation("s1", "h1", "household", {}, {f"{_FENCE}.{name}": value for name, value in answers.items()}, {_FENCE: ("a",)})


@pytest.mark.parametrize(
    ("answers", "share", "shown"),
    [
        ({"total_m": 40.0, "green_m": 28.0}, 1.0, (FAILING, 12.0)),
        ({"total_m": 40.0, "green_m": 40.0}, 1.0, (DONE, None)),
        ({"total_m": 40.0, "green_m": 28.0}, 0.7, (DONE, None)),
        ({"total_m": 40.0, "green_m": 20.0}, 0.8, (FAILING, 12.0)),
        ({"total_m": 0.3, "green_m": 0.1 + 0.2}, 1.0, (DONE, None)),
        ({"total_m": 0.0}, 1.0, (OUT, None)),
        ({"total_m": 40.0}, 1.0, None),
        ({"green_m": 28.0}, 1.0, None),
        ({}, 1.0, None),
    ],
)
def test_amounts(answers: dict[str, float], share: float, shown: object) -> None:
    """Twelve of forty metres are missing; no fence is left out; what was not answered says nothing."""
    assert look(replace(FENCE, share=share), seen(**answers)) == shown


def test_conditions() -> None:
    """Whom a rule does not apply to is left out; an unknown answer says nothing."""
    kind = Subject(f"{_FENCE}.kind")
    hedge = Asks(kind, Comparison.IS, frozenset({"hedge"}))
    rule = replace(FENCE, part=None, whole=None, among=Asks(kind, Comparison.IN, frozenset({"hedge", "wall"})), holds=hedge)

    assert look(rule, seen(kind=frozenset({"hedge"}))) == (DONE, None)
    assert look(rule, seen(kind=frozenset({"wall"}))) == (FAILING, None)
    assert look(rule, seen(kind=frozenset({"mesh"}))) == (OUT, None)
    assert look(rule, seen()) is None


def test_twelve_metres_and_then_all_green() -> None:
    """A failing visit opens a task with its photo; it follows the amount; the visit that shows all green closes it with its photo."""
    opened = followed([sight("a", FAILING, 12.0, day=9)])
    less = followed([sight("a", FAILING, 12.0, day=9), sight("b", FAILING, 5.0, day=5)], opened)
    done = followed([sight("a", FAILING, 12.0, day=9), sight("b", FAILING, 5.0, day=5), sight("c", DONE, day=1)], less)

    assert [(task.state, task.missing, task.before_photo, task.due_on) for task in opened] == [
        (TaskState.OPEN, 12.0, "photo-a", date(2027, 1, 22))
    ]
    assert (less[0].missing, less[0].opened_submission, less[0].version) == (5.0, "a", 2)
    assert (done[0].state, done[0].closed_submission, done[0].before_photo, done[0].after_photo) == (
        TaskState.DONE, "c", "photo-a", "photo-c",
    )  # fmt: skip
    assert (opened[0].edition, opened[0].criterion, opened[0].origin, opened[0].opened_by) == ("kdc", "3", Origin.FINDING, BY_RULES)


def test_taking_back_what_opened_drops_it_and_accepting_it_again_opens_the_same() -> None:
    """A task that no accepted visit bears out is dropped by the rules, and is the same task when the visit is accepted after all."""
    visits = [sight("a", FAILING, 12.0)]
    opened = followed(visits)
    dropped = followed([], opened)
    again = followed(visits, dropped)

    assert (dropped[0].state, dropped[0].closed_by) == (TaskState.DROPPED, BY_RULES)
    assert [(task.id, task.state) for task in again] == [(opened[0].id, TaskState.OPEN)]


def test_taking_back_what_closed_opens_it_again() -> None:
    """A task that was closed by a visit which no longer counts is open again, without the photo that showed it done."""
    first = [sight("a", FAILING, 12.0, day=3)]
    done = followed([*first, sight("b", DONE, day=1)], followed(first))
    again = followed(first, done)

    assert [(task.state, task.after_photo, task.closed_submission) for task in again] == [(TaskState.OPEN, None, None)]
    assert again[0].id == done[0].id


def test_a_correction_that_shows_it_was_never_so_drops_it() -> None:
    """A corrected visit never stood for what it said: the task is dropped, not done."""
    dropped = followed([sight("a2", DONE)], followed([sight("a", FAILING, 12.0)]))

    assert [task.state for task in dropped] == [TaskState.DROPPED]


def test_rule_that_no_longer_applies_drops_it() -> None:
    """No fence is left to be green."""
    first = [sight("a", FAILING, 12.0, day=3)]

    assert [step.reason for step in follow(FENCE, PLACE, [*first, sight("b", OUT)], followed(first), NOW)] == ["left_out"]


def test_failing_anew_is_a_new_task() -> None:
    """What was done and fails later is another task; the first stays done with its photos."""
    visits = [sight("a", FAILING, 12.0, day=9), sight("b", DONE, day=5)]
    tasks = followed(visits, followed(visits[:1]))
    both = followed([*visits, sight("c", FAILING, 3.0, day=1)], tasks)

    assert sorted(task.state for task in both) == [TaskState.DONE, TaskState.OPEN]


def dropped_by_person(task: Task, state: TaskState = TaskState.DROPPED) -> Task:
    """The task as somebody closed it now."""
    return replace(task, state=state, closed_at=NOW, closed_by="p", version=task.version + 1)


def test_what_a_person_dropped_stays_so_until_it_is_worse() -> None:
    """A person's drop holds with every visit of the same run; more missing, or failing after it was done, opens it."""
    first = [sight("a", FAILING, 12.0, day=9)]
    closed = [dropped_by_person(followed(first)[0])]
    same, later = sight("b", FAILING, 12.0, day=-1), NOW + timedelta(days=5)

    assert followed([*first, same], closed, later) == closed
    assert [task.state for task in followed([*first, sight("b", FAILING, 15.0, day=-1)], closed, later)] == [TaskState.OPEN]
    assert sorted(task.state for task in followed([*first, sight("b", DONE, day=-1), sight("c", FAILING, 2.0, day=-2)], closed, later)) == [
        TaskState.DROPPED, TaskState.OPEN,
    ]  # fmt: skip


def test_a_person_said_done_and_a_later_visit_belies_it() -> None:
    """What a person closed without a visit is open again when a visit captured afterwards still shows it."""
    first = [sight("a", FAILING, 12.0, day=9)]
    closed = [dropped_by_person(followed(first)[0], TaskState.DONE)]
    steps = follow(FENCE, PLACE, [*first, sight("b", FAILING, 12.0, day=-1)], closed, NOW + timedelta(days=2))

    assert followed(first, closed) == closed
    assert [(step.kind, step.reason, step.task.id) for step in steps] == [("reopened", "still_there", closed[0].id)]


def test_tasks_of_people_open_again_without_their_visit() -> None:
    """An appraisal's defect that a visit closed is open when the visit no longer stands; one closed by word alone stays."""
    made = replace(followed([sight("a", FAILING, 1.0)])[0], finding=None, state=TaskState.DONE, closed_by="p")
    shown, told = replace(made, closed_submission="x"), replace(made, id="t2")

    assert unproven([shown, told], {"x"}) == []
    assert [(step.kind, step.task.state) for step in unproven([shown, told], {"y"})] == [("reopened", TaskState.OPEN)]


def test_retired() -> None:
    """Open tasks of a closed site or a withdrawn rule are dropped, closed ones stay as they are."""
    task = followed([sight("a", FAILING, 1.0)])[0]

    assert [step.task.state for step in retire([task, dropped_by_person(replace(task, id="2"))], "site_closed", NOW)] == [TaskState.DROPPED]


@pytest.mark.parametrize("seed", range(60))
def test_any_history_ends_where_a_fresh_look_does(seed: int) -> None:
    """However visits are accepted, taken back and corrected: at most one open task, and open exactly where a fresh look opens one.

    The amount and the visit that it stands on are the fresh look's too; a second look changes nothing (see `followed`).
    """
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    visits = [
        sight(f"v{number}", chance.choice([FAILING, FAILING, DONE, OUT]), chance.choice([3.0, 12.0]), day=40 - number)
        for number in range(7)
    ]
    visits = [one if one.outcome is FAILING else replace(one, missing=None) for one in visits]
    standing: set[str] = set()
    tasks: list[Task] = []
    for moment in range(60):
        standing ^= {chance.choice(visits).submission for _ in range(chance.randint(1, 2))}
        sights = [one for one in visits if one.submission in standing]
        tasks = followed(sights, tasks, NOW + timedelta(minutes=moment))
        open_now = [task for task in tasks if task.state is TaskState.OPEN]
        fresh = [task for task in followed(sights) if task.state is TaskState.OPEN]

        assert [(task.missing, task.hamlet) for task in open_now] == [(task.missing, task.hamlet) for task in fresh]
        assert {task.opened_submission for task in open_now} <= {one.submission for one in sights if one.outcome is FAILING}
        for task in tasks:
            if task.state is TaskState.DONE:
                assert {task.opened_submission, task.closed_submission} <= standing


@pytest.mark.parametrize("seed", range(40))
def test_people_in_between_never_make_two(seed: int) -> None:
    """With people dropping and closing in between there is never more than one open task, and none where nothing fails."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    visits: list[Sight] = []
    tasks: list[Task] = []
    for moment in range(40):
        at = NOW + timedelta(days=moment)
        visits.append(Sight(f"v{moment}", at, chance.choice([FAILING, DONE, OUT]), chance.choice([3.0, 12.0]), None))
        visits = [one for one in visits if chance.random() > 0.1]
        tasks = followed(visits, tasks, at)
        if chance.random() < 0.4:
            state = chance.choice([TaskState.DONE, TaskState.DROPPED])
            tasks = [replace(task, state=state, closed_by="p", closed_at=at) if task.state is TaskState.OPEN else task for task in tasks]
            tasks = followed(visits, tasks, at)

        open_now = [task for task in tasks if task.state is TaskState.OPEN]
        assert len(open_now) <= (1 if visits and visits[-1].outcome is FAILING else 0)
