"""What people decide on tasks: done, dropped, open again, another day, another person; each bound to the version that was seen."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from survey.domain.canonical import sha256_hex
from survey.domain.people import Ability, Actor
from survey.domain.ports import Survey, Transaction
from survey.domain.problems import TASK_CHANGED, TASK_NOT_OPEN, TASK_REASON_NEEDED, TASK_REFUSED, TASK_UNKNOWN, Problem
from survey.domain.reasons import NOTE_LENGTH, checked_reason
from survey.domain.tasks import Step, Task, TaskState
from survey.domain.times import is_believable
from survey.store.people import select_people
from survey.store.site_visits import select_site_photos, select_standing_visits
from survey.store.tasks import insert_step, select_task


@dataclass(frozen=True)
class Closing:
    """Why a task is done: the *reason*, and what shows it among the site's accepted visits, where anything does."""

    reason: str
    submission: str | None = None
    before_photo: str | None = None
    after_photo: str | None = None


def close(survey: Survey, actor: Actor, task_id: str, closing: Closing, *, version: int) -> Task:
    """Let a task be done by a person's word, or by a later accepted visit of its site that the person picked.

    Raises NOT_ALLOWED, TASK_UNKNOWN, TASK_CHANGED, TASK_NOT_OPEN, TASK_REASON_NEEDED, REASON_TOO_LONG, TASK_REFUSED for a visit
    or photo that is not the site's.
    """
    actor.require(Ability.REVIEW)
    reason, now = _reason(closing.reason), survey.now()
    with survey.transaction() as tx:
        before = _seen(tx, actor, task_id, version, TaskState.OPEN)
        _check_shown(tx, before, closing)
        after = replace(
            _closed(before, TaskState.DONE, actor, reason, now), closed_submission=closing.submission, after_photo=closing.after_photo,
            before_photo=closing.before_photo or before.before_photo,
        )  # fmt: skip
        return _write(tx, actor, Step("done", after), reason, now)


def drop(survey: Survey, actor: Actor, task_id: str, reason: str, *, version: int) -> Task:
    """Take a task off the list with a *reason*: it stays off until a visit shows it worse, or done and then failing anew.

    Raises NOT_ALLOWED, TASK_UNKNOWN, TASK_CHANGED, TASK_NOT_OPEN, TASK_REASON_NEEDED, REASON_TOO_LONG.
    """
    actor.require(Ability.REVIEW)
    reason, now = _reason(reason), survey.now()
    with survey.transaction() as tx:
        before = _seen(tx, actor, task_id, version, TaskState.OPEN)
        return _write(tx, actor, Step("dropped", _closed(before, TaskState.DROPPED, actor, reason, now)), reason, now)


def reopen(survey: Survey, actor: Actor, task_id: str, reason: str, *, version: int) -> Task:
    """Put a task that a person entered back on the list; one of the rules follows from visits alone, and is refused.

    Raises NOT_ALLOWED, TASK_UNKNOWN, TASK_CHANGED, TASK_NOT_OPEN, TASK_REFUSED, TASK_REASON_NEEDED, REASON_TOO_LONG.
    """
    actor.require(Ability.REVIEW)
    reason, now = _reason(reason), survey.now()
    with survey.transaction() as tx:
        before = _seen(tx, actor, task_id, version, None)
        if before.state is TaskState.OPEN:
            raise Problem(TASK_NOT_OPEN, code=before.code)
        if before.finding is not None:
            raise Problem(
                TASK_REFUSED, reason_vi="việc từ khảo sát chỉ mở lại khi lần thăm sau cho thấy",
                reason_en="a task found by the survey opens again only where a visit shows it",
            )  # fmt: skip
        return _write(tx, actor, Step("reopened", replace(before.reopened(), version=before.version + 1)), reason, now)


def change(survey: Survey, actor: Actor, task_id: str, *, due_on: date | None, person: str | None, version: int) -> Task:
    """Set the last day of a task and who sees to it; None is nobody by name, or no day.

    Raises NOT_ALLOWED, TASK_UNKNOWN, TASK_CHANGED, TASK_NOT_OPEN, TASK_REFUSED.
    """
    actor.require(Ability.REVIEW)
    now = survey.now()
    with survey.transaction() as tx:
        before = _seen(tx, actor, task_id, version, TaskState.OPEN)
        if due_on is not None and not is_believable(due_on):
            raise Problem(TASK_REFUSED, reason_vi="ngày không có thật", reason_en="its day makes no sense")
        if person is not None and person not in {one.id for one in select_people(tx, actor.commune) if one.disabled_at is None}:
            raise Problem(TASK_REFUSED, reason_vi="không có người này", reason_en="there is no such person")
        return _write(tx, actor, Step("changed", replace(before, due_on=due_on, person=person, version=before.version + 1)), "", now)


def _seen(tx: Transaction, actor: Actor, task_id: str, version: int, state: TaskState | None) -> Task:
    task = select_task(tx, actor.commune, task_id)
    if task is None or not actor.reaches(task.hamlet):
        raise Problem(TASK_UNKNOWN)
    if task.version != version:
        raise Problem(TASK_CHANGED, code=task.code)
    if state is not None and task.state is not state:
        raise Problem(TASK_NOT_OPEN, code=task.code)
    return task


def _check_shown(tx: Transaction, task: Task, closing: Closing) -> None:
    """A visit and photos must be accepted ones of the task's own site: nothing else may stand beside it as proof."""
    if closing.submission is None and closing.before_photo is None and closing.after_photo is None:
        return
    visits = [] if task.site is None else select_standing_visits(tx, task.commune, task.site, {})
    photos = set() if task.site is None else {sha256 for _submission, sha256, _at in select_site_photos(tx, task.commune, task.site)}
    is_own = closing.submission is None or closing.submission in {visit.submission for visit in visits}
    if not is_own or not {closing.before_photo, closing.after_photo} - {None} <= photos:
        raise Problem(
            TASK_REFUSED, reason_vi="bài hoặc ảnh không phải của đối tượng này, hoặc chưa được duyệt",
            reason_en="the submission or photo is not this site's, or not accepted",
        )  # fmt: skip


def _closed(task: Task, state: TaskState, actor: Actor, reason: str, now: datetime) -> Task:
    return replace(task, state=state, closed_at=now, closed_by=actor.person, note=reason, version=task.version + 1)


def _reason(reason: str) -> str:
    return checked_reason(reason, limit=NOTE_LENGTH, lacking=TASK_REASON_NEEDED)


def _write(tx: Transaction, actor: Actor, step: Step, reason: str, now: datetime) -> Task:
    task = step.task
    due_on = None if task.due_on is None else task.due_on.isoformat()
    detail = {"note": reason, "due_on": due_on, "person": task.person, "submission": task.closed_submission}
    if not insert_step(tx, step, person=actor.person, at=now, detail=detail):
        raise Problem(TASK_CHANGED, code=task.code)
    body: dict[str, object] = {
        "task": task.id, "version": task.version, "site": task.site, "submission": task.closed_submission, "person": actor.person,
        "due_on": due_on, "reason_sha256": sha256_hex(reason) if reason else None,
    }  # fmt: skip
    tx.log(task.commune, f"task.{step.kind}", body)
    return task
