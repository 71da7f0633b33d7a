"""Identities from outside (OpenID Connect): which account a person at a provider signs in to.

An identity is the issuer with the subject, which never change and are never given to somebody else (OpenID Connect Core, 2); an e-mail
address or a name links nothing. Linked by the person, signed in already, or by the operator. Log events hold hashes only.
"""

from urllib.parse import urlsplit

from survey.domain.canonical import sha256_hex
from survey.domain.grants import require_reach
from survey.domain.people import Actor, Person, Session, actor_id, require_manager
from survey.domain.ports import Survey
from survey.domain.problems import IDENTITY_TAKEN, IDENTITY_UNKNOWN, IDENTITY_UNUSABLE, NOT_ALLOWED, PERSON_UNKNOWN, Problem
from survey.store.identities import delete_identities, insert_identity, select_identity
from survey.store.people import select_person

LONGEST_SUBJECT = 255
"""Characters (OpenID Connect Core, 2)."""
_LOCAL = {"localhost", "127.0.0.1", "::1"}


def find_person(survey: Survey, issuer: str, subject: str) -> Person:
    """Whose account the identity signs in to. Raises IDENTITY_UNKNOWN, also for a closed account."""
    with survey.reading() as reader:
        found = select_identity(reader, issuer, subject)
        person = select_person(reader, found.commune, found.person) if found else None
    if person is None or not person.is_open(survey.now()):
        raise Problem(IDENTITY_UNKNOWN)
    return person


def link_own(survey: Survey, session: Session, issuer: str, subject: str) -> None:
    """Link an identity that was proved just now to the account of whoever is signed in.

    Raises NOT_ALLOWED on an enrolled phone, IDENTITY_TAKEN where it signs in to another account.
    """
    if session.device is not None:
        raise Problem(NOT_ALLOWED)
    _link(survey, session.person.commune, session.person.id, issuer, subject, by=session.person.id)


def link(survey: Survey, commune: str, person: str, issuer: str, subject: str) -> None:
    """Link an identity as the operator of the server states it. Raises PERSON_UNKNOWN, IDENTITY_TAKEN, IDENTITY_UNUSABLE."""
    parts = urlsplit(issuer)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL)
    if not is_safe or not parts.netloc or not 0 < len(subject) <= LONGEST_SUBJECT or not subject.isprintable():
        raise Problem(IDENTITY_UNUSABLE)
    _link(survey, commune, person, issuer, subject, by=actor_id(None))


def unlink(survey: Survey, commune: str, person: str, *, by: Actor | None) -> int:
    """Unlink every identity of an account, for its person or who manages people; returns how many there were.

    Raises NOT_ALLOWED, PERSON_UNKNOWN, ROLE_OUT_OF_REACH.
    """
    is_own = by is not None and (by.commune, by.person, by.device) == (commune, person, None)
    if not is_own:
        require_manager(by, commune)
    with survey.transaction() as tx:
        account = select_person(tx, commune, person)
        if account is None:
            raise Problem(PERSON_UNKNOWN)
        if not is_own:
            require_reach(by, account)
        count = delete_identities(tx, commune, person)
        if count:
            tx.log(commune, "identities_unlinked", {"person": person, "by": actor_id(by)})
    return count


def _link(survey: Survey, commune: str, person: str, issuer: str, subject: str, *, by: str) -> None:
    with survey.transaction() as tx:
        account = select_person(tx, commune, person)
        if account is None or not account.is_open(survey.now()):
            raise Problem(PERSON_UNKNOWN)
        standing = select_identity(tx, issuer, subject)
        if standing is not None and (standing.commune, standing.person) == (commune, person):
            return
        if standing is not None:
            raise Problem(IDENTITY_TAKEN)
        insert_identity(tx, commune, issuer, subject, person, survey.now())
        tx.log(commune, "identity_linked", {"person": person, "identity": sha256_hex(f"{issuer}\n{subject}"), "by": by})
