"""Owners: name who answers for each criterion until when, and let those people report on what is theirs."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from survey.catalogue.effective import effective_edition
from survey.domain.canonical import sha256_hex
from survey.domain.criteria import Edition
from survey.domain.owners import Assignment, OwnerReport
from survey.domain.people import Ability, Actor
from survey.domain.ports import Reader, Survey
from survey.domain.problems import (
    CRITERION_UNKNOWN,
    NOT_OWNER,
    OWNER_CHANGED,
    OWNER_UNUSABLE,
    PERSON_UNKNOWN,
    REPORT_UNUSABLE,
    Problem,
)
from survey.domain.reasons import NOTE_LENGTH, REASON_LENGTH, checked_reason
from survey.domain.times import VIETNAM, is_believable
from survey.store.assignments import insert_assignments, insert_owner_report, select_assignments
from survey.store.documents import select_document
from survey.store.editions import select_edition
from survey.store.figures import leave_forecast
from survey.store.people import select_person
from survey.store.reviews import lock_decisions, select_person_names
from survey.store.rule_entries import select_entries

NAME_LENGTH = 120  # of an agency or a person without account: our own choice
_SPACES = re.compile(r"\s+")


def assign(survey: Survey, actor: Actor, edition: str, wanted: Sequence[Assignment]) -> list[Assignment]:
    """Write who answers for criteria of *edition*, all of *wanted* or nothing; returns the new versions.

    The number of each is the version that the person saw, 0 for none; what says the same as that version is left alone. An empty
    agency and name take the assignment back. Raises NOT_ALLOWED, EDITION_UNKNOWN, CRITERION_UNKNOWN, PERSON_UNKNOWN, OWNER_UNUSABLE,
    REASON_TOO_LONG and OWNER_CHANGED.
    """
    actor.require(Ability.MANAGE)
    now, cleaned = survey.now(), [_cleaned(one) for one in wanted]
    with survey.transaction() as tx:
        lock_decisions(tx, actor.commune)
        criteria = {criterion.code for criterion in _edition(tx, actor.commune, edition).criteria}
        present = select_assignments(tx, actor.commune, edition)
        written = []
        for one in cleaned:
            if one.criterion not in criteria:
                raise Problem(CRITERION_UNKNOWN, criterion=one.criterion, known=", ".join(sorted(criteria)))
            known = present.get(one.criterion, Assignment(edition, one.criterion))
            named = _with_account(tx, actor.commune, one, known)
            if named.says == known.says:
                continue
            if one.number != known.number:
                raise _changed(tx, actor.commune, known)
            written.append(replace(named, edition=edition, number=known.number + 1, entered_by=actor.person, at=now))
        insert_assignments(tx, actor.commune, written, now)
        for one in written:
            tx.log(actor.commune, "owner.assigned", _body(one, actor))
    return written


def report(
    survey: Survey, actor: Actor, edition: str, criterion: str, *, text: str, done_share: float | None = None, document: str | None = None
) -> int:
    """Write what the owner says of a criterion, with the share done (0 to 1) and a kept document's SHA-256; returns its number.

    Raises NOT_ALLOWED, NOT_OWNER unless the actor answers for it or manages the commune, EDITION_UNKNOWN, CRITERION_UNKNOWN,
    REPORT_UNUSABLE and REASON_TOO_LONG.
    """
    actor.require(Ability.REPORT)
    said = _checked_text(text, done_share)
    with survey.transaction() as tx:
        lock_decisions(tx, actor.commune)
        known = {one.code for one in _edition(tx, actor.commune, edition).criteria}
        if criterion not in known:
            raise Problem(CRITERION_UNKNOWN, criterion=criterion, known=", ".join(sorted(known)))
        held = select_assignments(tx, actor.commune, edition).get(criterion)
        if not actor.may(Ability.MANAGE) and (held is None or held.person != actor.person):
            raise Problem(NOT_OWNER)
        if document is not None and select_document(tx, actor.commune, document) is None:
            raise Problem(REPORT_UNUSABLE, reason_vi="tài liệu kèm theo chưa được lưu", reason_en="the attached document is not kept")
        written = OwnerReport(edition, criterion, 0, None, said, done_share, document, actor.person, survey.now())
        number = insert_owner_report(tx, actor.commune, written)
        leave_forecast(tx, actor.commune, written.at)
        body: dict[str, object] = {
            "edition": edition, "criterion": criterion, "number": number, "done_share": done_share, "document": document,
            "text_sha256": sha256_hex(said), "person": actor.person,
        }  # fmt: skip
        tx.log(actor.commune, "owner.reported", body)
    return number


def _checked_text(text: str, done_share: float | None) -> str:
    said = checked_reason(text, limit=REASON_LENGTH)
    if not said and done_share is None:
        raise Problem(REPORT_UNUSABLE, reason_vi="chưa có nội dung", reason_en="it says nothing")
    if done_share is not None and not 0 <= done_share <= 1:
        raise Problem(REPORT_UNUSABLE, reason_vi="phần đã làm phải từ 0 đến 100%", reason_en="the share done must be from 0 to 100%")
    return said


def _edition(reader: Reader, commune: str, edition: str) -> Edition:
    return effective_edition(select_edition(reader, commune, edition).document, select_entries(reader, commune, edition))


def _cleaned(wanted: Assignment) -> Assignment:
    agency, name = (_SPACES.sub(" ", text).strip() for text in (wanted.agency, wanted.person_name))
    note = checked_reason(wanted.note, limit=NOTE_LENGTH)
    if max(len(agency), len(name)) > NAME_LENGTH:
        raise _unusable(wanted, f"tên dài quá {NAME_LENGTH} ký tự", f"the name is longer than {NAME_LENGTH} characters")
    if wanted.due_on is not None and not is_believable(wanted.due_on):
        raise _unusable(wanted, "ngày hạn không hợp lý", "the date cannot be meant")
    return replace(wanted, agency=agency, person_name=name, note=note)


def _unusable(wanted: Assignment, vi: str, en: str) -> Problem:
    return Problem(OWNER_UNUSABLE, criterion=wanted.criterion, reason_vi=vi, reason_en=en)


def _with_account(reader: Reader, commune: str, wanted: Assignment, known: Assignment) -> Assignment:
    """*wanted* with the name that the account has; one closed since stays where it is, and is not named anew."""
    if wanted.person is None:
        return wanted
    person = select_person(reader, commune, wanted.person)
    if person is None or (person.disabled_at is not None and known.person != wanted.person):
        raise Problem(PERSON_UNKNOWN)
    return replace(wanted, person_name=person.name)


def _changed(reader: Reader, commune: str, known: Assignment) -> Problem:
    names = select_person_names(reader, commune, [known.entered_by])
    at = "" if known.at is None else f"{known.at.astimezone(VIETNAM):%H:%M %d/%m/%Y}"
    return Problem(OWNER_CHANGED, criterion=known.criterion, person=names.get(known.entered_by, known.entered_by), at=at)


def _body(written: Assignment, actor: Actor) -> dict[str, object]:
    due_on: date | None = written.due_on
    return {
        "edition": written.edition, "criterion": written.criterion, "number": written.number, "owner": written.person,
        "owner_sha256": sha256_hex(f"{written.agency}\n{written.person_name}\n{written.note}"),
        "due_on": due_on and due_on.isoformat(), "person": actor.person,
    }  # fmt: skip
