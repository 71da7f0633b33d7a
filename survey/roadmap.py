"""The roadmap: enter, change and remove its milestones, report on one's own, and lay them out with the critical path."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType

from survey.catalogue.effective import effective_edition
from survey.domain.canonical import sha256_hex
from survey.domain.forecast import ShareKey
from survey.domain.milestones import MOST_MILESTONES, checked_milestone
from survey.domain.owners import Milestone, OwnerReport
from survey.domain.people import Ability, Actor
from survey.domain.ports import Reader, Survey, Transaction
from survey.domain.problems import (
    CRITERION_UNKNOWN,
    HAMLET_UNKNOWN,
    MILESTONE_CHANGED,
    MILESTONE_CIRCLE,
    MILESTONE_NEEDED,
    MILESTONE_TOO_LATE,
    MILESTONE_UNKNOWN,
    MILESTONE_UNUSABLE,
    NOT_OWNER,
    PERSON_UNKNOWN,
    Problem,
)
from survey.domain.reasons import REASON_LENGTH, checked_reason
from survey.domain.roadmap import LONGEST_DAYS, Plan, Remark, Slip, Step, find_cycle, impossible_chain, lay_out, remarks, slip
from survey.domain.times import VIETNAM, local_date
from survey.store.assignments import insert_owner_report, select_assignments
from survey.store.documents import select_document
from survey.store.editions import select_edition
from survey.store.figures import leave_forecast
from survey.store.milestones import insert_milestone, select_milestones, select_present_milestones
from survey.store.people import select_person
from survey.store.places import select_hamlets
from survey.store.reviews import lock_decisions, select_person_names
from survey.store.rule_entries import select_entries

Shares = Mapping[ShareKey, float]
NO_SHARES: Shares = MappingProxyType({})
_NAMED = 12  # of a long chain its ends are named


@dataclass(frozen=True)
class Roadmap:
    """The roadmap as of a day: its milestones by id, laid out, and what does not fit together.

    *milestones* are those that the actor reaches; the plan holds all, since every one moves the others.
    """

    milestones: Mapping[str, Milestone]
    plan: Plan
    remarks: tuple[Remark, ...]


def plan_of(survey: Survey, actor: Actor, *, today: date | None = None, shares: Shares = NO_SHARES) -> Roadmap:
    """Lay out the commune's milestones as of *today*; *shares* are what the survey measured. Raises NOT_ALLOWED."""
    actor.require(Ability.SEE_PLAN)
    with survey.reading() as reader:
        today = today or local_date(survey.now())
        milestones = select_present_milestones(reader, actor.commune, today)
    plan = lay_out(_steps(milestones, shares), today)
    measured = [one.id for one in milestones.values() if one.share_key in shares]
    reached = {id_: one for id_, one in milestones.items() if actor.reaches(one.hamlet)}
    return Roadmap(reached, plan, tuple(remarks(plan, measured)))


def what_if(survey: Survey, actor: Actor, milestone: str, days: int, *, shares: Shares = NO_SHARES) -> Slip:
    """What moves where *milestone* ends *days* (ten years at most) later than laid out.

    Raises NOT_ALLOWED, MILESTONE_UNKNOWN (finished ones too).
    """
    actor.require(Ability.SEE_PLAN)
    with survey.reading() as reader:
        milestones = select_present_milestones(reader, actor.commune, local_date(survey.now()))
    known = milestones.get(milestone)
    if known is None or known.finished_on is not None or not actor.reaches(known.hamlet):
        raise Problem(MILESTONE_UNKNOWN)
    return slip(_steps(milestones, shares), local_date(survey.now()), milestone, min(max(0, days), LONGEST_DAYS))


def save(survey: Survey, actor: Actor, wanted: Milestone, *, shares: Shares = NO_SHARES) -> Milestone:
    """Write *wanted* as the next version of its id, or as a new milestone where the id is empty; its number is the one seen.

    Raises NOT_ALLOWED, MILESTONE_UNKNOWN, MILESTONE_CHANGED, MILESTONE_UNUSABLE, MILESTONE_CIRCLE naming the circle,
    MILESTONE_TOO_LATE naming the chain that this change makes too late for a due date, HAMLET_UNKNOWN and PERSON_UNKNOWN.
    """
    actor.require(Ability.MANAGE)
    now = survey.now()
    today = local_date(now)
    wanted = checked_milestone(wanted, today)
    with survey.transaction() as tx:
        lock_decisions(tx, actor.commune)  # two that need each other must not be written side by side
        milestones = select_present_milestones(tx, actor.commune, today)
        known = _present(tx, actor, wanted.id, wanted.number, today) if wanted.id else None
        new = replace(wanted, id=wanted.id or str(uuid.uuid4()), number=known.number + 1 if known else 1, removed=False)
        _check_parts(tx, actor, new, known, milestones)
        _check_dates(milestones, new, today, shares)
        return _write(tx, actor, new, "milestone.saved", now)


def remove(survey: Survey, actor: Actor, milestone: str, number: int) -> None:
    """Take a milestone off the roadmap; its versions stay. Raises NOT_ALLOWED, MILESTONE_UNKNOWN, _CHANGED and _NEEDED."""
    actor.require(Ability.MANAGE)
    now = survey.now()
    with survey.transaction() as tx:
        lock_decisions(tx, actor.commune)
        known = _present(tx, actor, milestone, number, local_date(now))
        others = [one.title for one in select_milestones(tx, actor.commune).values() if milestone in one.needs]
        if others:
            raise Problem(MILESTONE_NEEDED, title=known.title, others=", ".join(others[:_NAMED]))
        _write(tx, actor, replace(known, number=known.number + 1, removed=True), "milestone.removed", now)


@dataclass(frozen=True)
class Facts:
    """What is reported of a milestone: when it began and ended, and the share done where no survey measures it."""

    started_on: date | None = None
    finished_on: date | None = None
    done_share: float | None = None


def report(
    survey: Survey, actor: Actor, milestone: str, number: int, facts: Facts, *, text: str = "", document: str | None = None
) -> Milestone:
    """Write how a milestone stands, as its person, the owner of its criterion or the coordinator says; *facts* replace the old ones.

    A share that the survey measures is not taken from people. Raises NOT_ALLOWED, NOT_OWNER, MILESTONE_UNKNOWN, MILESTONE_CHANGED,
    MILESTONE_UNUSABLE and REASON_TOO_LONG.
    """
    actor.require(Ability.REPORT)
    said, now = checked_reason(text, limit=REASON_LENGTH), survey.now()
    with survey.transaction() as tx:
        lock_decisions(tx, actor.commune)
        known = _present(tx, actor, milestone, number, local_date(now))
        if not may_report(tx, actor, known):
            raise Problem(NOT_OWNER)
        if document is not None and select_document(tx, actor.commune, document) is None:
            raise _unusable(known, "tài liệu kèm theo chưa được lưu", "the attached document is not kept")
        told = replace(known, started_on=facts.started_on, finished_on=facts.finished_on, done_share=facts.done_share)
        new = checked_milestone(replace(told, number=known.number + 1), local_date(now))
        written = _write(tx, actor, new, "milestone.reported", now)
        if said or document:
            note = OwnerReport(new.edition or "", new.criterion or "", 0, new.id, said, new.done_share, document, actor.person, now)
            insert_owner_report(tx, actor.commune, note)
    return written


def may_report(reader: Reader, actor: Actor, milestone: Milestone) -> bool:
    """Whether the actor answers for *milestone*: its person, the owner of its criterion, or the coordinator."""
    if not actor.may(Ability.REPORT) or not actor.reaches(milestone.hamlet):
        return False
    if actor.may(Ability.MANAGE) or milestone.person == actor.person:
        return True
    if milestone.edition is None or milestone.criterion is None:
        return False
    held = select_assignments(reader, actor.commune, milestone.edition).get(milestone.criterion)
    return held is not None and held.person == actor.person


def _steps(milestones: Mapping[str, Milestone], shares: Shares) -> list[Step]:
    return [one.step(shares) for one in milestones.values()]


def _present(reader: Reader, actor: Actor, milestone: str, number: int, today: date) -> Milestone:
    known = select_present_milestones(reader, actor.commune, today).get(milestone)
    if known is None or not actor.reaches(known.hamlet):
        raise Problem(MILESTONE_UNKNOWN)
    if known.number != number:
        names = select_person_names(reader, actor.commune, [known.entered_by])
        at = "" if known.at is None else f"{known.at.astimezone(VIETNAM):%H:%M %d/%m/%Y}"
        raise Problem(MILESTONE_CHANGED, title=known.title, person=names.get(known.entered_by, known.entered_by), at=at)
    return known


def _write(tx: Transaction, actor: Actor, milestone: Milestone, event: str, at: datetime) -> Milestone:
    written = replace(milestone, entered_by=actor.person, at=at)
    insert_milestone(tx, actor.commune, written, at)
    leave_forecast(tx, actor.commune, at)
    days = {name: day.isoformat() for name in ("not_before", "due_on", "started_on", "finished_on") if (day := getattr(written, name))}
    body: dict[str, object] = {
        "milestone": written.id, "number": written.number, "title_sha256": sha256_hex(written.title), "edition": written.edition,
        "criterion": written.criterion, "hamlet": written.hamlet, "indicator": written.indicator, "days": written.days, "dates": days,
        "needs": list(written.needs), "owner": written.person, "done_share": written.done_share, "person": actor.person,
    }  # fmt: skip
    tx.log(actor.commune, event, body)
    return written


def _check_parts(reader: Reader, actor: Actor, new: Milestone, known: Milestone | None, milestones: Mapping[str, Milestone]) -> None:
    """Refuse what *new* names and the commune does not have; what it named before may have been closed since."""
    if new.id not in milestones and len(milestones) >= MOST_MILESTONES:
        raise _unusable(new, f"lộ trình đã có {MOST_MILESTONES} mốc", f"the roadmap has {MOST_MILESTONES} milestones already")
    if any(need not in milestones and need != new.id for need in new.needs):
        raise Problem(MILESTONE_UNKNOWN)
    if not actor.reaches(new.hamlet) or (
        new.hamlet is not None and new.hamlet not in {hamlet.id for hamlet in select_hamlets(reader, actor.commune)}
    ):
        raise Problem(HAMLET_UNKNOWN, id=new.hamlet)
    if new.person is not None and (known is None or known.person != new.person):
        person = select_person(reader, actor.commune, new.person)
        if person is None or person.disabled_at is not None:
            raise Problem(PERSON_UNKNOWN)
    if new.edition is not None:
        _check_criterion(reader, actor.commune, new)


def _check_criterion(reader: Reader, commune: str, new: Milestone) -> None:
    named = new.edition or ""
    edition = effective_edition(select_edition(reader, commune, named).document, select_entries(reader, commune, named))
    criteria = {criterion.code: criterion for criterion in edition.criteria}
    if new.criterion is not None and new.criterion not in criteria:
        raise Problem(CRITERION_UNKNOWN, criterion=new.criterion, known=", ".join(criteria))
    if new.indicator is not None and new.indicator not in {one.code for one in criteria[new.criterion or ""].indicators}:
        raise _unusable(new, "tiêu chí không có chỉ tiêu này", "the criterion has no such indicator")


def _check_dates(milestones: Mapping[str, Milestone], new: Milestone, today: date, shares: Shares) -> None:
    """Refuse a circle, and a due date that this change makes impossible; facts are taken as they are."""
    after = {**milestones, new.id: new}
    titles = {id_: one.title for id_, one in after.items()}
    circle = find_cycle(_steps(after, shares))
    if circle:
        raise Problem(MILESTONE_CIRCLE, chain=chain_words(circle, titles))
    before = lay_out(_steps(milestones, shares), today)
    plan = lay_out(_steps(after, shares), today)
    late = impossible_chain(before, plan)
    if late is not None:
        last = plan.placed[late.chain[-1]]
        finish, due = (f"{day:%d/%m/%Y}" for day in (last.finish, last.step.due_on or last.finish))
        raise Problem(MILESTONE_TOO_LATE, chain=chain_words(late.chain, titles), finish=finish, due=due, days=late.days)


def chain_words(chain: Sequence[str], titles: Mapping[str, str]) -> str:
    """The milestones of a chain by title, "A → B → C"; of a long one its ends."""
    named = [titles[one] for one in chain]
    if len(named) > _NAMED:
        named = [*named[: _NAMED // 2], "…", *named[-_NAMED // 2 :]]
    return " → ".join(named)


def _unusable(milestone: Milestone, vi: str, en: str) -> Problem:
    return Problem(MILESTONE_UNUSABLE, title=milestone.title, reason_vi=vi, reason_en=en)
