"""What the commune states of its purposes, what homes say at the office, and notes on answers that stay as they were received."""

from dataclasses import dataclass
from datetime import date

from survey.domain.canonical import sha256_hex
from survey.domain.people import Ability, Actor
from survey.domain.personal import WORDS_LENGTH, Purpose, Said, SaidAtOffice
from survey.domain.ports import Survey
from survey.domain.problems import (
    DOCUMENT_UNKNOWN,
    PERSONAL_DAY_UNUSABLE,
    PERSONAL_WORDS_UNUSABLE,
    SOURCE_NEEDED,
    SUBMISSION_UNKNOWN,
    Problem,
)
from survey.domain.times import local_date
from survey.personal.erasing import visible_home
from survey.store.documents import select_document
from survey.store.personal_rows import insert_note, insert_said, insert_stated
from survey.store.reviews import lock_decisions
from survey.store.submissions import select_submission


@dataclass(frozen=True)
class Statement:
    """What a commune states of one purpose; without *words* it takes back what it stated."""

    words: str
    ground: str
    source: str


def state_purpose(survey: Survey, actor: Actor, purpose: Purpose, said: Statement) -> int:
    """State what data is used for and on which ground, with its source; returns the version's number.

    Raises NOT_ALLOWED, SOURCE_NEEDED, PERSONAL_WORDS_UNUSABLE.
    """
    actor.require(Ability.PROTECT_DATA)
    words, ground, source = (_short(text) for text in (said.words, said.ground, said.source))
    if not source:
        raise Problem(SOURCE_NEEDED)
    with survey.transaction() as tx:
        lock_decisions(tx, actor.commune)
        version = Statement(words, ground, source)
        number = insert_stated(
            tx, actor.commune, purpose, version.words, version.ground, version.source, person=actor.person, at=survey.now()
        )
        body: dict[str, object] = {"purpose": purpose.value, "number": number, "words_sha256": sha256_hex(f"{words}\n{ground}\n{source}")}
        tx.log(actor.commune, "purpose.stated", {**body, "person": actor.person})
    return number


def say_at_office(survey: Survey, actor: Actor, site: str, said: Said, said_on: date, note: str, document: str | None = None) -> int:
    """Keep that the people of a home withdrew their consent, or gave it again; its photos are not published while it is withdrawn.

    Raises NOT_ALLOWED, HOME_UNKNOWN, DOCUMENT_UNKNOWN, PERSONAL_DAY_UNUSABLE, PERSONAL_WORDS_UNUSABLE.
    """
    now = survey.now()
    if said_on > local_date(now):
        raise Problem(PERSONAL_DAY_UNUSABLE)
    with survey.transaction() as tx:
        lock_decisions(tx, actor.commune)
        home = visible_home(tx, actor, site)
        if document is not None and select_document(tx, actor.commune, document) is None:
            raise Problem(DOCUMENT_UNKNOWN)
        number = insert_said(tx, actor.commune, SaidAtOffice(home.id, 0, said, said_on, _short(note), document, actor.person, now))
        body: dict[str, object] = {"site": home.id, "number": number, "said": said.value, "document": document}
        tx.log(actor.commune, "consent.said", {**body, "person": actor.person})
    return number


def add_note(survey: Survey, actor: Actor, submission: str, words: str) -> int:
    """Keep what a person says about an answer; the answer stays. Raises NOT_ALLOWED, SUBMISSION_UNKNOWN, PERSONAL_WORDS_UNUSABLE."""
    actor.require(Ability.PROTECT_DATA)
    words = _short(words)
    if not words:
        raise Problem(PERSONAL_WORDS_UNUSABLE, limit=WORDS_LENGTH)
    with survey.transaction() as tx:
        lock_decisions(tx, actor.commune)
        found = select_submission(tx, actor.commune, submission)
        if found is None or not actor.reaches(found.hamlet):
            raise Problem(SUBMISSION_UNKNOWN, id=submission)
        number = insert_note(tx, actor.commune, submission, words, person=actor.person, at=survey.now())
        body: dict[str, object] = {"submission": submission, "number": number, "words_sha256": sha256_hex(words)}
        tx.log(actor.commune, "answer.noted", {**body, "person": actor.person})
    return number


def _short(text: str) -> str:
    text = text.strip()
    if len(text) > WORDS_LENGTH:
        raise Problem(PERSONAL_WORDS_UNUSABLE, limit=WORDS_LENGTH)
    return text
