"""People's requests about their data: taken down with a day to answer by, changed in versions, ended with an outcome."""

import uuid
from dataclasses import dataclass, replace
from datetime import date

from survey.domain.people import Ability, Actor
from survey.domain.personal import FIRST_ANSWER_DAYS, WORDS_LENGTH, DataRequest, RequestKind, RequestState, working_days_after
from survey.domain.ports import Survey, Transaction
from survey.domain.problems import (
    PERSONAL_DAY_UNUSABLE,
    PERSONAL_WORDS_UNUSABLE,
    REQUEST_CLOSED,
    REQUEST_UNKNOWN,
    SOURCE_NEEDED,
    Problem,
)
from survey.domain.times import local_date
from survey.personal.erasing import visible_home
from survey.store.people import select_person
from survey.store.personal_rows import insert_data_request, select_data_requests
from survey.store.reviews import lock_decisions


@dataclass(frozen=True)
class Asked:
    """What somebody asks for; *subject* is the id of a home (`site`) or an account (`person`), empty where it is neither."""

    kind: RequestKind
    words: str
    received_on: date
    subject_kind: str = ""
    subject: str = ""


def take_request(survey: Survey, actor: Actor, asked: Asked) -> DataRequest:
    """Take a request down; it is due after FIRST_ANSWER_DAYS working days, which the commune may change with a source.

    Raises NOT_ALLOWED, HOME_UNKNOWN, PERSONAL_DAY_UNUSABLE, PERSONAL_WORDS_UNUSABLE.
    """
    actor.require(Ability.PROTECT_DATA)
    now = survey.now()
    if asked.received_on > local_date(now):
        raise Problem(PERSONAL_DAY_UNUSABLE)
    due = working_days_after(asked.received_on, FIRST_ANSWER_DAYS)
    request = DataRequest(
        str(uuid.uuid4()), 1, asked.kind, asked.subject_kind, asked.subject, _words(asked.words), asked.received_on, due, "", actor.person,
        RequestState.OPEN, "", actor.person, now,
    )  # fmt: skip
    with survey.transaction() as tx:
        if asked.subject_kind == "site":
            visible_home(tx, actor, asked.subject)
        elif asked.subject_kind == "person" and select_person(tx, actor.commune, asked.subject) is None:
            raise Problem(REQUEST_UNKNOWN)
        _write(tx, actor, request)
    return request


def move_due(survey: Survey, actor: Actor, request: str, due_on: date, source: str) -> None:
    """Set another day to answer by, with its source. Raises as `close_request`, and SOURCE_NEEDED, PERSONAL_DAY_UNUSABLE."""
    if not source.strip():
        raise Problem(SOURCE_NEEDED)
    with survey.transaction() as tx:
        known = _open(tx, actor, request)
        if due_on < known.received_on:
            raise Problem(PERSONAL_DAY_UNUSABLE)
        _write(tx, actor, replace(known, number=known.number + 1, due_on=due_on, due_source=_words(source), at=survey.now()))


def close_request(survey: Survey, actor: Actor, request: str, state: RequestState, outcome: str) -> None:
    """End a request with what became of it. Raises NOT_ALLOWED, REQUEST_UNKNOWN, REQUEST_CLOSED, PERSONAL_WORDS_UNUSABLE."""
    with survey.transaction() as tx:
        known = _open(tx, actor, request)
        _write(tx, actor, replace(known, number=known.number + 1, state=state, outcome=_words(outcome), at=survey.now()))


def _open(tx: Transaction, actor: Actor, request: str) -> DataRequest:
    actor.require(Ability.PROTECT_DATA)
    lock_decisions(tx, actor.commune)
    known = next(iter(select_data_requests(tx, actor.commune, request=request)), None) if request else None
    if known is None:
        raise Problem(REQUEST_UNKNOWN)
    if known.subject_kind == "site":
        visible_home(tx, actor, known.subject)
    if known.state is not RequestState.OPEN:
        raise Problem(REQUEST_CLOSED)
    return known


def _write(tx: Transaction, actor: Actor, request: DataRequest) -> None:
    insert_data_request(tx, actor.commune, replace(request, person=actor.person))
    body: dict[str, object] = {"request": request.id, "number": request.number, "asks": request.kind.value, "state": request.state.value}
    tx.log(actor.commune, "data_request.entered", {**body, "subject": request.subject, "person": actor.person})


def _words(text: str) -> str:
    text = text.strip()
    if not text or len(text) > WORDS_LENGTH:
        raise Problem(PERSONAL_WORDS_UNUSABLE, limit=WORDS_LENGTH)
    return text
