"""Tasks over a real store on both engines: from accepted visits, by people, at once, after a crash, within one's hamlets."""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest

from survey import review, tasks
from survey.domain.owners import Assignment
from survey.domain.people import Actor, Role
from survey.domain.problems import (
    NOT_ALLOWED,
    TASK_CHANGED,
    TASK_LINES_REFUSED,
    TASK_NOT_OPEN,
    TASK_REASON_NEEDED,
    TASK_REFUSED,
    TASK_UNKNOWN,
    Problem,
    ProblemKind,
)
from survey.domain.submissions import State
from survey.domain.task_lines import MOST_LINES, codes_in, read_drafts
from survey.domain.tasks import Origin, Task, TaskState
from survey.domain.times import local_date
from survey.register.editing import close_site
from survey.store.assignments import insert_assignments
from survey.store.events import select_events
from survey.store.finding_rules import SITE_JOB, insert_finding_rules, leave_site
from survey.store.jobs import select_job
from survey.store.sites import select_site
from survey.store.tasks import TaskFilters, select_task_counts, select_task_events, select_tasks
from survey.wiring import ROOT, Settings, Survey, open_survey
from tests.conftest import COMMUNE, HAMLETS, seed
from tests.made_submissions import insert, register, submission
from tests.tasks import REVIEWER, decide, fence, load_rules, photo_of, rules, tasks_at, work

COORDINATOR = Actor(COMMUNE, "p-coordinator", "Điều phối", Role.COORDINATOR)
SECOND = Actor(COMMUNE, "p-reviewer", "Người duyệt", Role.REVIEWER, frozenset({HAMLETS[1]}))
STRANGER = Actor("06979", "p-reviewer", "Người duyệt", Role.REVIEWER)


@pytest.fixture(params=["sqlite", "postgres"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Survey]:
    """A commune with three households and the bundled rules, on each engine."""
    database = "sqlite" if request.param == "sqlite" else request.getfixturevalue("postgres_url")()
    opened = open_survey(Settings(data=tmp_path, database=database))
    seed(opened.store)
    with opened.transaction() as tx:
        register(tx, {"s1": HAMLETS[0], "s2": HAMLETS[0], "s3": HAMLETS[1]})
    load_rules(opened)
    work(opened)
    yield opened
    opened.store.close()


def refused(kind: ProblemKind, call: Callable[[], object]) -> None:
    """The call raises that problem."""
    with pytest.raises(Problem) as caught:
        call()
    assert caught.value.kind is kind


def states(survey: Survey, site: str = "s1") -> list[tuple[TaskState, float | None]]:
    """State and missing amount of a site's tasks."""
    return [(task.state, task.missing) for task in tasks_at(survey, site)]


def test_twelve_metres_missing_then_all_green(office: Survey) -> None:
    """A fence that lacks 12 m becomes a task with its photo and day; the visit that shows all green closes it with its photo."""
    first = fence(office, "a", 28.0)
    work(office)
    (opened,) = tasks_at(office)
    second = fence(office, "b", 40.0, day=3)
    work(office)
    (done,) = tasks_at(office)

    assert (opened.finding, opened.missing, opened.unit, opened.hamlet) == ("fence_not_green", 12.0, "m", HAMLETS[0])
    assert (opened.opened_submission, opened.before_photo) == (first, photo_of("a"))
    assert opened.due_on == local_date(office.now()) + timedelta(days=60)
    assert (done.id, done.state, done.closed_submission) == (opened.id, TaskState.DONE, second)
    assert (done.before_photo, done.after_photo) == (photo_of("a"), photo_of("b"))
    with office.reading() as reader:
        history = [(event["kind"], json.loads(event["detail"])["submission"]) for event in select_task_events(reader, COMMUNE, done.id)]
        logged = [json.loads(event["body"]) for event in select_events(reader, COMMUNE)]
    assert history == [("done", second), ("opened", first)]
    assert [body["kind"] for body in logged if body.get("task") == done.id] == ["task.opened", "task.done"]


def test_nothing_is_made_before_a_reviewer_has_decided(office: Survey) -> None:
    """What is received, returned or rejected makes no task."""
    for state in (State.RECEIVED, State.RETURNED, State.REJECTED):
        fence(office, state.value, 28.0, state=state)
    work(office)

    assert tasks_at(office) == []


def test_decisions_taken_back_are_followed(office: Survey) -> None:
    """Taking back the closing visit opens the task again; taking back the first one, too, drops it."""
    first, second = fence(office, "a", 28.0), fence(office, "b", 40.0, day=3)
    work(office)
    nothing = tasks_at(office)  # both were accepted before the worker looked: nobody was ever told of a task
    decide(office, second, State.RECEIVED)
    work(office)
    opened = states(office)
    decide(office, second, State.ACCEPTED)
    work(office)
    done = states(office)
    decide(office, first, State.RECEIVED)
    work(office)

    assert nothing == []
    assert (opened, done) == ([(TaskState.OPEN, 12.0)], [(TaskState.DONE, 12.0)])
    assert states(office) == [(TaskState.DROPPED, 12.0)]


def test_a_correction_replaces_what_was_found(office: Survey) -> None:
    """An accepted correction that counts more green changes the amount, and stands as what opened the task."""
    first = fence(office, "a", 28.0)
    work(office)
    corrected = fence(office, "a2", 35.0, replaces=first)
    work(office)
    (task,) = tasks_at(office)

    assert (task.state, task.missing, task.opened_submission, task.before_photo) == (TaskState.OPEN, 5.0, corrected, photo_of("a2"))


def test_a_visit_moved_to_another_house_takes_its_task_along(office: Survey) -> None:
    """The house that the visit was not about is freed of the task, the other gets it."""
    key = fence(office, "a", 28.0)
    work(office)
    review.assign_site(office, REVIEWER, key, "s2", expected_version=1, reason="nhầm hộ")
    work(office)

    assert (states(office, "s1"), states(office, "s2")) == ([(TaskState.DROPPED, 12.0)], [(TaskState.OPEN, 12.0)])


def test_a_correction_about_another_house_frees_the_first(office: Survey) -> None:
    """A correction that names another house replaces the first one's visit: its task is dropped."""
    first = fence(office, "a", 28.0)
    work(office)
    fence(office, "a2", 28.0, site="s2", replaces=first)
    work(office)

    assert (states(office, "s1"), states(office, "s2")) == ([(TaskState.DROPPED, 12.0)], [(TaskState.OPEN, 12.0)])


def test_a_closed_house_has_nothing_to_do(office: Survey) -> None:
    """Closing a house in the register drops its open tasks."""
    fence(office, "a", 28.0)
    work(office)
    with office.reading() as reader:
        site = select_site(reader, COMMUNE, "s1")
    assert site is not None
    close_site(office, COORDINATOR, "s1", reason="chuyển đi", seen=site.known_from)
    work(office)

    assert states(office) == [(TaskState.DROPPED, 12.0)]


def test_a_visit_without_the_answer_changes_nothing(office: Survey) -> None:
    """Unknown neither opens nor closes: a later visit that did not measure leaves the task as it was."""
    fence(office, "a", 28.0)
    work(office)
    before = tasks_at(office)
    with office.transaction() as tx:
        later = submission("b", minutes=9000, answers={"/data/fence/kind": "hedge"})
        insert(tx, later)
    decide(office, later.id, State.ACCEPTED)
    work(office)

    assert tasks_at(office) == before


def test_new_rules_are_followed_at_every_site(office: Survey) -> None:
    """Rules without the fence drop its tasks everywhere, in portions; with it they are open again, the same ones."""
    houses = {f"h{number:03}": HAMLETS[number % 2] for number in range(tasks.following.PORTION + 5)}
    with office.transaction() as tx:
        tx.execute("DELETE FROM site")  # their codes are the new ones
        register(tx, houses)
    for name in houses:
        fence(office, name, 28.0, site=name)
    work(office)
    opened = {task.id for name in houses for task in tasks_at(office, name) if task.state is TaskState.OPEN}
    without = json.loads(rules())
    for content in without["files"].values():
        content["findings"] = [rule for rule in content["findings"] if rule["code"] != "fence_not_green"]
    with office.transaction() as tx:
        insert_finding_rules(tx, COMMUNE, json.dumps(without), office.now())
    work(office)
    dropped = [task.state for name in houses for task in tasks_at(office, name)]
    load_rules(office)
    work(office)

    assert len(opened) == len(houses)
    assert set(dropped) == {TaskState.DROPPED}
    assert {task.id for name in houses for task in tasks_at(office, name) if task.state is TaskState.OPEN} == opened


def test_two_workers_at_once_make_one_task(office: Survey) -> None:
    """The same site followed by two workers in the same moment has one task, opened once."""
    fence(office, "a", 28.0)
    gate = threading.Barrier(2)

    def follow() -> int:
        gate.wait()
        return len(tasks.follow_site(office, COMMUNE, "s1"))

    with ThreadPoolExecutor(2) as pool:
        taken = sorted(one.result() for one in [pool.submit(follow), pool.submit(follow)])

    assert taken == [0, 1]
    assert states(office) == [(TaskState.OPEN, 12.0)]


_DIES = """
import os, signal, sys
from pathlib import Path
from survey import tasks
from survey.tasks import following
from survey.commands.work import Worker
from survey.wiring import Settings, open_survey
survey = open_survey(Settings(data=Path(sys.argv[1]), database=sys.argv[2]))
write = following.insert_step
def die(*given, **named):
    write(*given, **named)
    os.kill(os.getpid(), signal.SIGKILL)
following.insert_step = die
worker = Worker(survey)
while worker.take():
    pass
"""


def test_a_worker_that_is_killed_between_leaves_the_job(office: Survey, tmp_path: Path) -> None:
    """Killed behind the first statement of a task, a worker leaves nothing half done; the next one does it."""
    fence(office, "a", 28.0)
    database = office.settings.database
    killed = subprocess.run([sys.executable, "-c", _DIES, str(tmp_path), database], cwd=ROOT, check=False)
    half = tasks_at(office)
    with office.transaction() as tx:  # what update_abandoned does after two minutes of silence
        tx.execute("UPDATE job SET state = 'waiting' WHERE state = 'running'")
    work(office)

    assert (killed.returncode, half) == (-signal.SIGKILL, [])
    assert states(office) == [(TaskState.OPEN, 12.0)]
    with office.reading() as reader:
        assert select_job(reader, COMMUNE, SITE_JOB, "s1") is None


def test_following_twice_writes_nothing(office: Survey) -> None:
    """A job that runs again changes no task and adds nothing to the log."""
    fence(office, "a", 28.0)
    work(office)
    with office.reading() as reader:
        before = len(list(select_events(reader, COMMUNE)))
    with office.transaction() as tx:
        leave_site(tx, COMMUNE, "s1", office.now())
    work(office)

    with office.reading() as reader:
        assert len(list(select_events(reader, COMMUNE))) == before


def opened(survey: Survey, name: str = "a", site: str = "s1") -> Task:
    """A fence that lacks 12 m, as a task."""
    fence(survey, name, 28.0, site=site)
    work(survey)
    return tasks_at(survey, site)[-1]


def test_dropping_with_a_reason_holds(office: Survey) -> None:
    """A person's drop survives the next visit that shows the same, and ends with one that shows it worse."""
    task = opened(office)
    refused(TASK_REASON_NEEDED, lambda: tasks.drop(office, REVIEWER, task.id, "  ", version=task.version))
    tasks.drop(office, REVIEWER, task.id, "hộ sắp chuyển đi", version=task.version)
    fence(office, "b", 28.0, day=2)
    work(office)
    same = states(office)
    fence(office, "c", 20.0, day=4)
    work(office)

    assert (same, states(office)) == ([(TaskState.DROPPED, 12.0)], [(TaskState.OPEN, 20.0)])
    with office.reading() as reader:
        assert "chuyển đi" not in "".join(event["body"] for event in select_events(reader, COMMUNE))


def test_who_comes_second_is_told(office: Survey) -> None:
    """A decision on a version that has passed is refused, and so is one on a closed task."""
    task = opened(office)
    tasks.change(office, REVIEWER, task.id, due_on=date(2026, 12, 31), person="p-coordinator", version=task.version)

    refused(TASK_CHANGED, lambda: tasks.drop(office, REVIEWER, task.id, "r", version=task.version))
    closed = tasks.close(office, REVIEWER, task.id, tasks.Closing("đã xem tại chỗ"), version=task.version + 1)
    refused(TASK_NOT_OPEN, lambda: tasks.drop(office, REVIEWER, task.id, "r", version=closed.version))
    refused(TASK_REFUSED, lambda: tasks.reopen(office, REVIEWER, task.id, "r", version=closed.version))


def test_closing_by_a_visit_and_photos_of_the_site(office: Survey) -> None:
    """Only accepted visits and photos of the task's own site may show that it is done; without that visit it opens again."""
    fence(office, "other", 28.0, site="s2")
    (task,) = tasks.enter_list(office, REVIEWER, "Sơn lại cổng | HO-0001", tasks.Entry("", Origin.APPRAISAL))
    shown = fence(office, "b", 40.0, day=2)
    work(office)

    for closing in (tasks.Closing("r", submission="uuid:other"), tasks.Closing("r", after_photo=photo_of("other"))):
        refused(TASK_REFUSED, lambda closing=closing: tasks.close(office, REVIEWER, task.id, closing, version=1))  # type: ignore[misc]
    done = tasks.close(office, REVIEWER, task.id, tasks.Closing("đã sơn", shown, after_photo=photo_of("b")), version=1)
    decide(office, shown, State.RECEIVED)
    work(office)

    assert (done.state, done.after_photo) == (TaskState.DONE, photo_of("b"))
    assert [one.state for one in tasks_at(office) if one.id == task.id] == [TaskState.OPEN]


_PASTED = """1. Sơn lại cổng làng | Thôn mẫu 1 | 15/12/2026
- Nhổ cỏ ven đường\tThôn mẫu 2

Dọn rác sau nhà | ho-0003 | 2026-12-20"""


def test_a_pasted_list_is_kept_whole_or_not_at_all(office: Survey) -> None:
    """Each line says what, where and until when; one faulty line keeps all of them out, and is pointed at."""
    faulty = _PASTED + "\nCắm biển | Thôn Không Có | 31/02/2026"
    drafts = tasks.preview(office, REVIEWER, faulty)
    assert len(read_drafts("Việc\n" * 5_000, [], {}, None)) == len(codes_in("".join(f"a|{n}\n" for n in range(5_000)))) == MOST_LINES + 1
    refused(TASK_LINES_REFUSED, lambda: tasks.enter_list(office, REVIEWER, faulty, tasks.Entry("", Origin.APPRAISAL)))
    with office.reading() as reader:
        assert select_tasks(reader, COMMUNE, TaskFilters()) == []
    common = tasks.Entry("", Origin.APPRAISAL, due_on=date(2026, 12, 31), edition="e", criterion="3")
    made = tasks.enter_list(office, REVIEWER, _PASTED, common)

    assert [(draft.number, len(draft.faults)) for draft in drafts] == [(1, 0), (2, 0), (3, 0), (4, 2)]
    assert [(task.title, task.hamlet, task.site, task.due_on) for task in made] == [
        ("Sơn lại cổng làng", HAMLETS[0], None, date(2026, 12, 15)),
        ("Nhổ cỏ ven đường", HAMLETS[1], None, date(2026, 12, 31)),
        ("Dọn rác sau nhà", HAMLETS[1], "s3", date(2026, 12, 20)),
    ]
    assert {(task.origin, task.edition, task.criterion, task.opened_by) for task in made} == {(Origin.APPRAISAL, "e", "3", "p-reviewer")}


def test_hamlets_and_communes_are_kept_apart(office: Survey, inspector: Actor) -> None:
    """A reviewer of another hamlet or commune neither sees nor changes a task; an inspector has no list of them."""
    task = opened(office)
    for other in (SECOND, STRANGER):
        refused(TASK_UNKNOWN, lambda other=other: tasks.drop(office, other, task.id, "r", version=task.version))  # type: ignore[misc]
        assert tasks.select_page(office, other, TaskFilters()) == []
    refused(TASK_REFUSED, lambda: tasks.enter(office, SECOND, tasks.Entry("x", hamlet=HAMLETS[0])))
    refused(TASK_LINES_REFUSED, lambda: tasks.enter_list(office, SECOND, "x | HO-0001", tasks.Entry("")))
    refused(NOT_ALLOWED, lambda: tasks.enter(office, inspector, tasks.Entry("x", hamlet=HAMLETS[0])))
    refused(NOT_ALLOWED, lambda: tasks.select_page(office, inspector, TaskFilters()))


def test_an_owner_sees_the_own_criteria_and_nothing_else(office: Survey) -> None:
    """Tasks of a finding that serves an own criterion, and those given by name; asking for another's criterion shows nothing of it."""
    opened(office)
    owner = Actor(COMMUNE, "p-owner", "Phụ trách", Role.OWNER)
    other = tasks.enter(office, COORDINATOR, tasks.Entry("Việc khác", edition="ha-tinh-kdc-kieu-mau", criterion="5"))
    people = {"3": "p-owner", "5": "p-reviewer"}
    assigned = [Assignment("ha-tinh-kdc-kieu-mau", criterion, 1, person=person) for criterion, person in people.items()]
    with office.transaction() as tx:
        insert_assignments(tx, COMMUNE, assigned, office.now())

    def seen(filters: TaskFilters) -> list[str | None]:
        return [line.task.finding for line in tasks.select_page(office, owner, filters)]

    assert seen(TaskFilters()) == ["fence_not_green"]
    assert [line.task.finding for line in tasks.select_page(office, COORDINATOR, TaskFilters(person="p-owner"))] == ["fence_not_green"]
    assert seen(TaskFilters(criteria=(("ha-tinh-kdc-kieu-mau", "5"),))) == []
    tasks.change(office, COORDINATOR, other.id, due_on=None, person=None, version=1)
    refused(NOT_ALLOWED, lambda: tasks.drop(office, owner, other.id, "r", version=2))


def test_pages_and_counts(office: Survey) -> None:
    """The list goes on by key without leaving out or repeating; counts are by criterion and hamlet, overdue ones apart."""
    days = [date(2026, 1, 1 + number % 3) if number % 4 else None for number in range(23)]
    for number, day in enumerate(days):
        tasks.enter(office, COORDINATOR, tasks.Entry(f"Việc {number}", hamlet=HAMLETS[number % 2], due_on=day, edition="e", criterion="1"))
    read: list[Task] = []
    after: tuple[str, str] | None = None
    with office.reading() as reader:
        while page := select_tasks(reader, COMMUNE, TaskFilters(), after, limit=5):
            read += [line.task for line in page]
            after = page[-1].place
        counts = select_task_counts(reader, COMMUNE, date(2026, 1, 2))
        overdue = select_tasks(reader, COMMUNE, TaskFilters(overdue=date(2026, 1, 2), hamlet=HAMLETS[0]))

    assert sorted(task.title for task in read) == sorted(f"Việc {number}" for number in range(23))
    assert [task.due_on for task in read] == sorted(days, key=lambda day: day or date.max)
    assert (counts.total.open, counts.total.overdue) == (23, sum(day == date(2026, 1, 1) for day in days))
    assert counts.by_criterion["e", "1"].open == sum(count.open for count in counts.by_hamlet.values()) == 23
    assert len(overdue) == counts.by_place["e", "1", HAMLETS[0]].overdue


def test_findings_count_with_each_criterion_that_they_serve(office: Survey) -> None:
    """One task that serves two criteria is one in the total and one with each of them."""
    with office.transaction() as tx:
        made = submission("w", form="household_environment", answers={"/data/yard/waste_sorted": "no"})
        insert(tx, made)
    decide(office, made.id, State.ACCEPTED)
    work(office)
    with office.reading() as reader:
        counts = select_task_counts(reader, COMMUNE, date(2026, 1, 1))

    assert counts.total.open == 1
    assert {pair: count.open for pair, count in counts.by_criterion.items()} == {
        ("ha-tinh-kdc-kieu-mau", "8"): 1, ("qd-51-2025", "8"): 1, ("qd-318-2022", "17"): 1,
    }  # fmt: skip
