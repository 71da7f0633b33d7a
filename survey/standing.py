"""Standing: what people state of criteria with their papers, the commune's goal, and its group under an edition (DESIGN 2.8)."""

import math
from collections.abc import Iterable
from datetime import date

from survey.catalogue.effective import effective_edition
from survey.domain.canonical import sha256_hex
from survey.domain.criteria import Criterion, Edition, RollUp
from survey.domain.documents import LIMIT, TAKEN, media_type_of
from survey.domain.names import clean_file_name
from survey.domain.outcomes import Outcome
from survey.domain.people import Ability, Actor, Role
from survey.domain.ports import Reader, Staged, Survey, Transaction
from survey.domain.problems import (
    BYTES_GOING,
    CRITERION_UNKNOWN,
    DOCUMENT_TOO_LARGE,
    DOCUMENT_UNKNOWN,
    DOCUMENT_UNUSABLE,
    FILE_TOO_LARGE,
    GOAL_UNUSABLE,
    GROUP_UNKNOWN,
    HAMLET_UNKNOWN,
    NOT_ALLOWED,
    NOT_OWNER,
    NOTHING_STATED,
    PAPER_NEEDED,
    PHOTO_ERASED,
    STATEMENT_UNUSABLE,
    Problem,
)
from survey.domain.reasons import NOTE_LENGTH, checked_reason
from survey.domain.scoreboard import Goal, goal_text
from survey.domain.statements import Aspect, Statement, Wish
from survey.domain.times import is_believable, local_date
from survey.store.assignments import select_assignments
from survey.store.documents import KeptDocument, insert_document, select_document
from survey.store.editions import select_edition
from survey.store.erasures import Erased, is_known_elsewhere, lock_bytes, select_erased
from survey.store.figures import leave_forecast, mark_figures_stale
from survey.store.jobs import upsert_job
from survey.store.personal_rows import select_is_consent_paper
from survey.store.places import select_hamlets
from survey.store.reviews import lock_decisions
from survey.store.rule_entries import select_entries
from survey.store.settings import insert_setting
from survey.store.statements import insert_statement, select_statements


def state(survey: Survey, actor: Actor, wish: Wish) -> Statement:
    """Write what *actor* states of a criterion from now on; an earlier statement of the same place and aspect stays in the history.

    Owners state how their own criteria stand; claims are the coordinator's, appraisals the council's, whose member enters them or has the
    coordinator do it. Raises NOT_ALLOWED, NOT_OWNER,
    EDITION_UNKNOWN, CRITERION_UNKNOWN, HAMLET_UNKNOWN, DOCUMENT_UNKNOWN, STATEMENT_UNUSABLE, REASON_TOO_LONG.
    """
    _require(actor, wish.aspect, wish.hamlet)
    note, now = checked_reason(wish.note, limit=NOTE_LENGTH), survey.now()
    with survey.transaction() as tx:
        lock_decisions(tx, actor.commune)
        criterion = _criterion(tx, actor, wish.edition, wish.criterion)
        _check_owner(tx, actor, wish.edition, wish.criterion)
        _check_hamlet(tx, actor.commune, wish.hamlet, local_date(now))
        _check_wish(wish, criterion, local_date(now))
        name = "" if wish.document is None else _known_document(tx, actor.commune, wish.document).name
        statement = Statement(
            wish.edition, wish.criterion, wish.hamlet, wish.aspect, 0, wish.outcome, wish.level, wish.value, wish.stated_on, wish.document,
            name, note, actor.person, now,
        )  # fmt: skip
        written = insert_statement(tx, actor.commune, statement)
        _record(tx, actor, written, "statement.made", wish.outcome.value)
    return written


def withdraw(survey: Survey, actor: Actor, edition: str, criterion: str, hamlet: str | None, aspect: Aspect, *, reason: str) -> None:
    """Take back what stands of a criterion, with the *reason*: nothing is stated from now on; the history stays.

    An appraiser takes back what the appraiser entered. Raises NOT_ALLOWED, NOT_OWNER, NOTHING_STATED, REASON_TOO_LONG.
    """
    _require(actor, aspect, hamlet)
    reason, now = checked_reason(reason, limit=NOTE_LENGTH), survey.now()
    with survey.transaction() as tx:
        lock_decisions(tx, actor.commune)
        _check_owner(tx, actor, edition, criterion)
        stated = select_statements(tx, actor.commune, edition).get((criterion, hamlet, aspect))
        if stated is None:
            raise Problem(NOTHING_STATED, criterion=criterion)
        if not actor.may(Ability.MANAGE) and actor.may(Ability.APPRAISE) and stated.person != actor.person:
            raise Problem(NOT_ALLOWED, ability=Ability.APPRAISE.value)
        nothing = Statement(
            edition, criterion, hamlet, aspect, 0, Outcome.NOT_ENOUGH_DATA, "", None, local_date(now), None, "", reason, actor.person, now
        )
        written = insert_statement(tx, actor.commune, nothing, taken_back=True)
        _record(tx, actor, written, "statement.withdrawn", "")


def keep_document(survey: Survey, actor: Actor, name: str, chunks: Iterable[bytes]) -> str:
    """Keep the bytes of a paper as they come; returns their SHA-256, by which a statement names it. The same again changes nothing.

    Raises NOT_ALLOWED, DOCUMENT_TOO_LARGE over 20 MB, DOCUMENT_UNUSABLE for what is no paper that is taken, PHOTO_ERASED where these
    bytes were erased in the commune, BYTES_GOING where they are being erased at this moment.
    """
    if not actor.may(Ability.APPRAISE):
        actor.require(Ability.REPORT)
    label = clean_file_name(name)
    try:
        staged = survey.blobs.stage(chunks, name=label, limit=LIMIT)
    except Problem as problem:
        if problem.kind is FILE_TOO_LARGE:
            raise Problem(DOCUMENT_TOO_LARGE, name=label, limit_mb=LIMIT // 1_000_000) from None
        raise
    try:
        return _keep(survey, actor, label, staged)
    finally:
        survey.blobs.discard(staged)


def find_document(survey: Survey, actor: Actor, sha256: str) -> KeptDocument:
    """The commune's document with that hash; what a home signed, for who protects data. Raises NOT_ALLOWED, DOCUMENT_UNKNOWN."""
    actor.require(Ability.SEE_FIGURES)
    with survey.reading() as reader:
        if not actor.may(Ability.PROTECT_DATA) and select_is_consent_paper(reader, actor.commune, sha256):
            raise Problem(DOCUMENT_UNKNOWN)
        return _known_document(reader, actor.commune, sha256)


def set_goal(survey: Survey, actor: Actor, goal: Goal | None) -> None:
    """Say what the commune wants to reach by when, with the paper that says so; None takes the goal back.

    Raises NOT_ALLOWED, EDITION_UNKNOWN, GOAL_UNUSABLE, PAPER_NEEDED, REASON_TOO_LONG.
    """
    actor.require(Ability.MANAGE)
    source = "" if goal is None else checked_reason(goal.source, limit=NOTE_LENGTH, lacking=PAPER_NEEDED)
    with survey.transaction() as tx:
        lock_decisions(tx, actor.commune)
        if goal is not None:
            _check_goal(goal, _edition(tx, actor.commune, goal.edition))
            goal = Goal(goal.edition, goal.criteria, goal.by, source)
        value = "" if goal is None else goal_text(goal)
        number = insert_setting(tx, actor.commune, "goal", value, reason=source, person=actor.person, at=survey.now())
        leave_forecast(tx, actor.commune, survey.now())
        tx.log(actor.commune, "goal.set", {"number": number, "person": actor.person, "value_sha256": sha256_hex(value)})


def set_group(survey: Survey, actor: Actor, edition: str, group: str, *, source: str) -> None:
    """Say to which *group* of communes ("": none is known) the commune belongs under an edition, and where that stands written.

    Raises NOT_ALLOWED, EDITION_UNKNOWN, GROUP_UNKNOWN, PAPER_NEEDED, REASON_TOO_LONG.
    """
    actor.require(Ability.MANAGE)
    source, now = checked_reason(source, limit=NOTE_LENGTH, lacking=PAPER_NEEDED), survey.now()
    with survey.transaction() as tx:
        lock_decisions(tx, actor.commune)
        codes = [known.code for known in _edition(tx, actor.commune, edition).groups]
        if group and group not in codes:
            raise Problem(GROUP_UNKNOWN, edition=edition, group=group, known=", ".join(codes) or "–")
        number = insert_setting(tx, actor.commune, f"group.{edition}", group, reason=source, person=actor.person, at=now)
        mark_figures_stale(tx, actor.commune, now)
        body: dict[str, object] = {"edition": edition, "number": number, "group": group or None, "person": actor.person}
        tx.log(actor.commune, "group.set", body | {"source_sha256": sha256_hex(source)})


def _require(actor: Actor, aspect: Aspect, hamlet: str | None) -> None:
    ability = Ability.REPORT if aspect is Aspect.STATE else Ability.MANAGE
    if aspect is not Aspect.APPRAISAL or not actor.may(Ability.APPRAISE):
        actor.require(ability)
    if actor.hamlets is not None and hamlet not in actor.hamlets:
        raise Problem(NOT_ALLOWED, ability=ability.value)


def _check_owner(reader: Reader, actor: Actor, edition: str, criterion: str) -> None:
    if actor.role is not Role.OWNER:
        return
    assigned = select_assignments(reader, actor.commune, edition).get(criterion)
    if assigned is None or assigned.person != actor.person:
        raise Problem(NOT_OWNER, criterion=criterion)


def _edition(reader: Reader, commune: str, edition: str) -> Edition:
    return effective_edition(select_edition(reader, commune, edition).document, select_entries(reader, commune, edition))


def _criterion(reader: Reader, actor: Actor, edition: str, code: str) -> Criterion:
    criteria = {criterion.code: criterion for criterion in _edition(reader, actor.commune, edition).criteria}
    if code not in criteria:
        raise Problem(CRITERION_UNKNOWN, criterion=code, known=", ".join(criteria))
    return criteria[code]


def _check_hamlet(reader: Reader, commune: str, hamlet: str | None, today: date) -> None:
    if hamlet is not None and hamlet not in {known.id for known in select_hamlets(reader, commune, today)}:
        raise Problem(HAMLET_UNKNOWN, id=hamlet)


def _check_wish(wish: Wish, criterion: Criterion, today: date) -> None:
    if wish.outcome is Outcome.NOT_ENOUGH_DATA:
        raise _unusable("hãy chọn đạt hoặc chưa đạt", "choose met or not met")
    if wish.aspect is Aspect.STATE and wish.hamlet is None and criterion.roll_up is not RollUp.POOLED:
        raise _unusable(
            "tiêu chí này tính theo từng thôn: hãy chọn thôn và xác nhận cho từng thôn",
            "this criterion follows from its hamlets: choose a hamlet and state it of each",
        )  # fmt: skip
    if wish.level and wish.level not in criterion.levels:
        raise _unusable("tiêu chí này không có mức đó", "this criterion has no such level")
    if (wish.level == Outcome.MET) != (wish.outcome is Outcome.MET) and wish.level:
        raise _unusable("mức và kết quả không khớp nhau", "level and outcome contradict each other")
    if wish.value is not None and not (math.isfinite(wish.value) and 0 <= wish.value <= 1):
        raise _unusable("tỷ lệ phải từ 0 đến 100 %", "the share must be from 0 to 100 %")
    if not is_believable(wish.stated_on) or wish.stated_on > today:
        raise _unusable("ngày của văn bản không thể ở tương lai", "the day of the paper cannot lie ahead")


def _unusable(vi: str, en: str) -> Problem:
    return Problem(STATEMENT_UNUSABLE, reason_vi=vi, reason_en=en)


def _check_goal(goal: Goal, edition: Edition) -> None:
    most = sum(criterion.is_counted for criterion in edition.criteria)
    if not 1 <= goal.criteria <= most:
        raise Problem(GOAL_UNUSABLE, reason_vi=f"số tiêu chí phải từ 1 đến {most}", reason_en=f"the number of criteria is from 1 to {most}")
    if not is_believable(goal.by):
        raise Problem(GOAL_UNUSABLE, reason_vi="ngày hoàn thành không hợp lý", reason_en="the day makes no sense")


def _known_document(reader: Reader, commune: str, sha256: str) -> KeptDocument:
    document = select_document(reader, commune, sha256)
    if document is None:
        raise Problem(DOCUMENT_UNKNOWN)
    return document


def _keep(survey: Survey, actor: Actor, label: str, staged: Staged) -> str:
    media_type = media_type_of(staged.path.read_bytes())
    if media_type is None or not label.strip(" ."):
        raise Problem(DOCUMENT_UNUSABLE, name=label or "?", kinds=TAKEN)
    sha256, now = staged.sha256, survey.now()
    with survey.reading() as reader:
        _check_not_erased(select_erased(reader, actor.commune, sha256))
    survey.blobs.keep(staged)
    with survey.transaction() as tx:
        erased = select_erased(tx, actor.commune, sha256)
        if erased is not None:  # while the bytes were being written: what was brought goes again
            upsert_job(tx, actor.commune, "erase", sha256, {"sha256": sha256}, now)
        else:
            _insert(tx, survey, actor, KeptDocument(sha256, label, media_type, staged.size, actor.person, now))
    _check_not_erased(erased)
    return sha256


def _insert(tx: Transaction, survey: Survey, actor: Actor, document: KeptDocument) -> None:
    if is_known_elsewhere(tx, actor.commune, document.sha256):
        lock_bytes(tx, document.sha256)  # whoever erases the same bytes at this moment is waited for
    if survey.blobs.size(document.sha256) is None:
        raise Problem(BYTES_GOING)
    if insert_document(tx, actor.commune, document):
        tx.log(actor.commune, "document.received", {"sha256": document.sha256, "size": document.size, "person": actor.person})


def _check_not_erased(erased: Erased | None) -> None:
    if erased is not None:
        raise Problem(PHOTO_ERASED, day=local_date(erased.at).strftime("%d/%m/%Y"))


def _record(tx: Transaction, actor: Actor, statement: Statement, kind: str, outcome: str) -> None:
    mark_figures_stale(tx, actor.commune, statement.at)
    body: dict[str, object] = {
        "edition": statement.edition, "criterion": statement.criterion, "hamlet": statement.hamlet, "aspect": statement.aspect.value,
        "number": statement.number, "outcome": outcome, "level": statement.level, "document": statement.document,
        "person": actor.person, "note_sha256": sha256_hex(statement.note) if statement.note else None,
    }  # fmt: skip
    tx.log(actor.commune, kind, body)
