"""People, passwords, one-time sign-in links and sessions: who may come in, and as whom.

Secrets are made here and stored as hashes: passwords with argon2id (RFC 9106, second recommended option), cookies and links with SHA-256,
as they are 256 random bits. Log events hold ids only. Lifetimes are our own choice, written down in docs/operations.md:
an inspector's phone stays signed in while it is used once in 30 days, a desk while it is used once in 12 hours, both 90 days at most.
"""

import re
import secrets
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from survey.domain.canonical import sha256_hex
from survey.domain.people import Ability, Actor, Person, Role, Session
from survey.domain.ports import Survey, Transaction
from survey.domain.problems import (
    LAST_COORDINATOR,
    LINK_UNUSABLE,
    LOGIN_TAKEN,
    LOGIN_UNUSABLE,
    PASSWORD_WEAK,
    PERSON_UNKNOWN,
    SIGN_IN_WRONG,
    Problem,
)
from survey.store import people

IDLE = {Role.INSPECTOR: timedelta(days=30), Role.REVIEWER: timedelta(hours=12), Role.COORDINATOR: timedelta(hours=12)}
LONGEST = timedelta(days=90)
LINK_LIFETIME = timedelta(days=3)
PASSWORD_LENGTH = 10
LONGEST_PASSWORD = 200
_TOUCH_SHARE = 24  # an expiry is moved when at least a 24th of the idle time has passed: a write now and then, not one a request
_LOGIN = re.compile(r"[a-z0-9][a-z0-9.-]{1,39}")
_FORGET_AFTER = timedelta(days=30)

_hasher = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
_NOBODY = _hasher.hash(secrets.token_hex(16))  # an unknown login costs the same time as a known one


class SignedIn(NamedTuple):
    """A new session: the cookie's value, shown once, and who it is."""

    cookie: str
    person: Person


def create_person(
    survey: Survey,
    commune: str,
    *,
    by: Actor | None,
    login: str,
    name: str,
    role: Role,
    hamlets: Iterable[str] = (),
    locale: str = "vi",
    password: str | None = None,
) -> Person:
    """Add an account; *by* is who manages people, None for the operator at the server's own terminal.

    Raises NOT_ALLOWED, LOGIN_UNUSABLE, LOGIN_TAKEN, PASSWORD_WEAK.
    """
    _require_manager(by, commune)
    login = _checked_login(login)
    password_hash = None if password is None else _hash(password, login)
    person, now = str(uuid.uuid4()), survey.now()
    with survey.transaction() as tx:
        if any(other.login == login for other in people.select_people(tx, commune)):
            raise Problem(LOGIN_TAKEN, login=login)
        people.insert_person(
            tx, commune, person, login=login, name=name.strip() or login, role=role, locale=locale,
            password_hash=password_hash, at=now,
        )  # fmt: skip
        people.update_person_hamlets(tx, commune, person, hamlets)
        tx.log(commune, "person_created", {"person": person, "role": role.value, "by": _id(by)})
        return _known(tx, commune, person)


def disable_person(survey: Survey, commune: str, person: str, *, by: Actor | None) -> None:
    """Close an account and end its sessions and links at once.

    Raises NOT_ALLOWED, PERSON_UNKNOWN, LAST_COORDINATOR.
    """
    _require_manager(by, commune)
    now = survey.now()
    with survey.transaction() as tx:
        _known(tx, commune, person)
        if people.select_open_coordinators(tx, commune) == {person}:
            raise Problem(LAST_COORDINATOR)
        if people.update_person_disabled(tx, commune, person, now):
            people.update_sessions_ended(tx, commune, person, now)
            people.update_links_used(tx, commune, person, now)
            tx.log(commune, "person_disabled", {"person": person, "by": _id(by)})


def change_password(survey: Survey, session: Session, cookie: str, *, old: str, new: str) -> None:
    """Let a person choose a new password; every other browser of the person is signed out.

    *old* is not asked of a person who has none yet. Raises SIGN_IN_WRONG where *old* is wrong, PASSWORD_WEAK.
    """
    person = session.person
    with survey.reading() as reader:
        stored = people.select_password_hash(reader, person.commune, person.id)
    if stored is not None and not _matches(stored, old):
        raise Problem(SIGN_IN_WRONG)
    password_hash = _hash(new, person.login)
    with survey.transaction() as tx:
        people.update_password_hash(tx, person.commune, person.id, password_hash)
        people.update_sessions_ended(tx, person.commune, person.id, survey.now(), but=_split(cookie)[1])
        tx.log(person.commune, "password_changed", {"person": person.id, "by": person.id})


def set_locale(survey: Survey, actor: Actor, locale: str) -> None:
    """Remember the person's own language."""
    with survey.transaction() as tx:
        people.update_locale(tx, actor.commune, actor.person, locale)


def make_sign_in_link(survey: Survey, commune: str, person: str, *, by: Actor | None) -> str:
    """A path that signs *person* in once, within three days: `/sign-in/18844.<token>`; older links of the person stop working.

    Raises NOT_ALLOWED, PERSON_UNKNOWN (closed accounts included).
    """
    _require_manager(by, commune)
    token, now = secrets.token_urlsafe(32), survey.now()
    with survey.transaction() as tx:
        if _known(tx, commune, person).disabled_at is not None:
            raise Problem(PERSON_UNKNOWN)
        people.update_links_used(tx, commune, person, now)
        people.insert_link(tx, commune, sha256_hex(token), person, at=now, until=now + LINK_LIFETIME)
        tx.log(commune, "sign_in_link_made", {"person": person, "by": _id(by)})
    return f"/sign-in/{commune}.{token}"


def sign_in(survey: Survey, login: str, password: str) -> SignedIn:
    """Start a session for a login and password; raises SIGN_IN_WRONG, whichever of them is wrong, after the same work."""
    with survey.reading() as reader:
        candidates = people.select_open_logins(reader, login.strip().lower())
    for commune, person, stored in candidates or [("", "", None)]:
        matches = _matches(stored or _NOBODY, password)
        if stored is not None and matches:
            return _start(survey, commune, person, "password", _rehashed(stored, password))
    raise Problem(SIGN_IN_WRONG)


def link_person(survey: Survey, link: str) -> Person:
    """Whose link `<commune>.<token>` is, without using it up. Raises LINK_UNUSABLE."""
    commune, token_hash = _split(link)
    with survey.reading() as reader:
        person = people.select_link(reader, commune, token_hash, survey.now())
    if person is None:
        raise Problem(LINK_UNUSABLE)
    return person


def sign_in_by_link(survey: Survey, link: str) -> SignedIn:
    """Use up the link `<commune>.<token>` and start a session. Raises LINK_UNUSABLE, also for the second of two at once."""
    commune, token_hash = _split(link)
    now = survey.now()
    with survey.transaction() as tx:
        person = people.select_link(tx, commune, token_hash, now)
        if person is None or not people.update_link_used(tx, commune, token_hash, now):
            raise Problem(LINK_UNUSABLE)
        return _insert_session(tx, person, now, "link")


def find_session(survey: Survey, cookie: str | None) -> Session | None:
    """The session behind the cookie's value `<commune>.<secret>`, its end moved when it is in use; None where it is not valid."""
    commune, token_hash = _split(cookie or "")
    now = survey.now()
    with survey.reading() as reader:
        session = people.select_session(reader, commune, token_hash, now)
    if session is not None:
        until = _expiry(session.person.role, session.created_at, now)
        if until - session.expires_at >= IDLE[session.person.role] / _TOUCH_SHARE:
            with survey.transaction() as tx:
                people.update_session_expiry(tx, commune, token_hash, until)
    return session


def sign_out(survey: Survey, cookie: str | None) -> None:
    """End the session behind the cookie's value; nothing happens where there is none."""
    commune, token_hash = _split(cookie or "")
    with survey.transaction() as tx:
        person = people.update_session_ended(tx, commune, token_hash, survey.now())
        if person is not None:
            tx.log(commune, "signed_out", {"person": person})


def _start(survey: Survey, commune: str, person_id: str, way: str, new_hash: str | None) -> SignedIn:
    now = survey.now()
    with survey.transaction() as tx:
        person = people.select_person(tx, commune, person_id)
        if person is None or person.disabled_at is not None:
            raise Problem(SIGN_IN_WRONG)
        if new_hash is not None:
            people.update_password_hash(tx, commune, person_id, new_hash)
        return _insert_session(tx, person, now, way)


def _insert_session(tx: Transaction, person: Person, now: datetime, way: str) -> SignedIn:
    secret = secrets.token_urlsafe(32)
    people.delete_sessions_expired(tx, person.commune, now - _FORGET_AFTER)
    people.insert_session(tx, person.commune, sha256_hex(secret), person.id, at=now, until=_expiry(person.role, now, now))
    tx.log(person.commune, "signed_in", {"person": person.id, "way": way})
    return SignedIn(f"{person.commune}.{secret}", person)


def _expiry(role: Role, created_at: datetime, now: datetime) -> datetime:
    return min(now + IDLE[role], created_at + LONGEST)


def _split(cookie: str) -> tuple[str, str]:
    commune, _, secret = cookie.partition(".")
    return commune, sha256_hex(secret)


def _hash(password: str, login: str) -> str:
    if not PASSWORD_LENGTH <= len(password) <= LONGEST_PASSWORD or login in password.lower() or len(set(password)) < PASSWORD_LENGTH // 2:
        raise Problem(PASSWORD_WEAK, length=PASSWORD_LENGTH)
    return _hasher.hash(password)


def _matches(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password[: LONGEST_PASSWORD + 1])
    except (VerificationError, InvalidHashError):
        return False


def _rehashed(stored: str, password: str) -> str | None:
    return _hasher.hash(password) if _hasher.check_needs_rehash(stored) else None


def _checked_login(login: str) -> str:
    login = login.strip().lower()
    if not _LOGIN.fullmatch(login):
        raise Problem(LOGIN_UNUSABLE)
    return login


def _known(tx: Transaction, commune: str, person: str) -> Person:
    found = people.select_person(tx, commune, person)
    if found is None:
        raise Problem(PERSON_UNKNOWN)
    return found


def _require_manager(by: Actor | None, commune: str) -> None:
    if by is None:
        return
    by.require(Ability.MANAGE)
    if by.commune != commune:
        raise Problem(PERSON_UNKNOWN)


def _id(by: Actor | None) -> str:
    return "operator" if by is None else by.person
