"""Tasks that people enter: one, or a whole list at once, such as the appraisal's small defects."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from survey.domain.canonical import sha256_hex
from survey.domain.people import Ability, Actor
from survey.domain.ports import Reader, Survey, Transaction
from survey.domain.problems import TASK_LINES_REFUSED, TASK_REFUSED, Problem
from survey.domain.submissions import short_code
from survey.domain.task_lines import Draft, codes_in, read_drafts
from survey.domain.tasks import TITLE_LENGTH, Origin, Step, Task, TaskState
from survey.domain.times import is_believable, local_date
from survey.store.people import select_people
from survey.store.places import select_hamlets
from survey.store.sites import select_present_by_codes, select_site
from survey.store.tasks import insert_step

_ENTERED = frozenset({Origin.APPRAISAL, Origin.PERSON, Origin.RESIDENT})


@dataclass(frozen=True)
class Entry:
    """One task as a person enters it: what, where, for which criterion, until when, who sees to it."""

    title: str
    origin: Origin = Origin.PERSON
    hamlet: str | None = None
    site: str | None = None
    edition: str | None = None
    criterion: str | None = None
    due_on: date | None = None
    person: str | None = None
    before_photo: str | None = None


def enter(survey: Survey, actor: Actor, entry: Entry) -> Task:
    """Keep one task; an appraiser enters defects that the council found. Raises NOT_ALLOWED, TASK_REFUSED."""
    _require(actor, entry.origin)
    with survey.transaction() as tx:
        return _insert(tx, actor, _checked(tx, actor, entry, survey.now()), survey.now())


def preview(survey: Survey, actor: Actor, text: str) -> list[Draft]:
    """The lines of a pasted list as they would be kept, each with its faults; writes nothing. Raises NOT_ALLOWED."""
    _require(actor, Origin.APPRAISAL)
    with survey.reading() as reader:
        return _drafts(reader, survey, actor, text)


def enter_list(survey: Survey, actor: Actor, text: str, common: Entry) -> list[Task]:
    """Keep every line of a pasted list, or none; what a line does not say (hamlet, day) is taken from *common*.

    Raises NOT_ALLOWED, TASK_REFUSED, TASK_LINES_REFUSED.
    """
    _require(actor, common.origin)
    now = survey.now()
    with survey.transaction() as tx:
        drafts = _drafts(tx, survey, actor, text, common.hamlet)
        faulty = sum(bool(draft.faults) for draft in drafts)
        if faulty or not drafts:
            raise Problem(TASK_LINES_REFUSED, count=faulty)
        entries = [_entry(draft, common) for draft in drafts]
        return [_insert(tx, actor, _checked(tx, actor, entry, now), now) for entry in entries]


def _require(actor: Actor, origin: Origin) -> None:
    if origin is not Origin.APPRAISAL or not actor.may(Ability.APPRAISE):
        actor.require(Ability.REVIEW)


def _drafts(reader: Reader, survey: Survey, actor: Actor, text: str, hamlet: str | None = None) -> list[Draft]:
    hamlets = select_hamlets(reader, actor.commune, local_date(survey.now()))
    sites = select_present_by_codes(reader, actor.commune, codes_in(text))
    reached = {code: site for code, site in sites.items() if actor.reaches(site.hamlet)}
    # The commune as a whole, and the hamlet that the list is for, may stand unsaid.
    scope = None if actor.hamlets is None or hamlet in actor.hamlets else actor.hamlets
    return read_drafts(text, [one for one in hamlets if actor.reaches(one.id)], reached, scope)


def _entry(draft: Draft, common: Entry) -> Entry:
    return Entry(
        draft.title, common.origin, draft.hamlet or (None if draft.site else common.hamlet), draft.site.id if draft.site else None,
        common.edition, common.criterion, draft.due_on or common.due_on, common.person,
    )  # fmt: skip


def _checked(reader: Reader, actor: Actor, entry: Entry, now: datetime) -> Task:
    title = " ".join(entry.title.split())
    is_titled = 0 < len(title) <= TITLE_LENGTH
    _refuse_unless(is_titled, f"tên việc cần từ 1 đến {TITLE_LENGTH} chữ", f"its title needs 1 to {TITLE_LENGTH} letters")
    _refuse_unless(entry.origin in _ENTERED, "nguồn không đúng", "a person cannot enter it with that origin")
    _refuse_unless(entry.due_on is None or is_believable(entry.due_on), "ngày không có thật", "its day makes no sense")
    hamlet = entry.hamlet
    if entry.site is not None:
        site = select_site(reader, actor.commune, entry.site)
        _refuse_unless(site is not None and not site.closed, "sổ bộ không có đối tượng này", "the register has no such site")
        hamlet = site.hamlet if site is not None else None
    known = {one.id for one in select_hamlets(reader, actor.commune)}
    _refuse_unless(hamlet is None or hamlet in known, "xã không có thôn này", "the commune has no such hamlet")
    # A task of no hamlet is the whole commune's: only who acts for all of it enters one.
    is_own = actor.hamlets is None or hamlet in actor.hamlets
    _refuse_unless(is_own, "thôn này không thuộc phần bạn phụ trách", "the hamlet is not among yours")
    _check_person(reader, actor.commune, entry.person)
    name = str(uuid.uuid4())
    return Task(
        actor.commune, name, short_code(name), entry.origin, TaskState.OPEN, 1, now, actor.person, title,
        edition=entry.edition, criterion=entry.criterion, site=entry.site, hamlet=hamlet,
        due_on=entry.due_on, person=entry.person, before_photo=entry.before_photo,
    )  # fmt: skip


def _check_person(reader: Reader, commune: str, person: str | None) -> None:
    known: Sequence[str] = () if person is None else [one.id for one in select_people(reader, commune) if one.disabled_at is None]
    _refuse_unless(person is None or person in known, "không có người này", "there is no such person")


def _refuse_unless(holds: bool, reason_vi: str, reason_en: str) -> None:
    if not holds:
        raise Problem(TASK_REFUSED, reason_vi=reason_vi, reason_en=reason_en)


def _insert(tx: Transaction, actor: Actor, task: Task, now: datetime) -> Task:
    insert_step(tx, Step("opened", task), person=actor.person, at=now)
    body: dict[str, object] = {
        "task": task.id, "version": 1, "origin": task.origin.value, "site": task.site, "hamlet": task.hamlet,
        "title_sha256": sha256_hex(task.title), "person": actor.person,
    }  # fmt: skip
    tx.log(task.commune, "task.opened", body)
    return task
