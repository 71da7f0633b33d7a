"""People, passwords, one-time sign-in links and sessions: who may come in, and as whom.

Secrets are made here and stored as hashes: passwords with argon2id (RFC 9106, second recommended option), cookies and links with SHA-256,
as they are 256 random bits. Log events hold ids only. Lifetimes are our own choice, written down in docs/operations.md:
an inspector's browser stays signed in while it is used once in 30 days, a desk while it is used once in 12 hours, both 90 days at most.
An enrolled phone (`survey.devices`) keeps its door while it is used once in 180 days, 400 days at most: no browser keeps a cookie
longer (RFC 6265bis, 5.5). Its door closes at once when the phone is revoked.
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
from survey.domain.people import (
    LINK_LIFETIME,
    SEEN_EVERY,
    Actor,
    Link,
    Person,
    Role,
    Session,
    actor_id,
    require_manager,
    split_secret,
)
from survey.domain.ports import Survey, Transaction
from survey.domain.problems import (
    LAST_COORDINATOR,
    LINK_UNUSABLE,
    LOGIN_TAKEN,
    LOGIN_UNUSABLE,
    NOT_ALLOWED,
    PASSWORD_WEAK,
    PERSON_UNKNOWN,
    SIGN_IN_WRONG,
    Problem,
)
from survey.store import devices, people

IDLE = dict.fromkeys(Role, timedelta(hours=12)) | {Role.INSPECTOR: timedelta(days=30)}
LONGEST = timedelta(days=90)
DEVICE_IDLE = timedelta(days=180)
DEVICE_LONGEST = timedelta(days=400)
PASSWORD_LENGTH = 10
LONGEST_PASSWORD = 200
_TOUCH_SHARE = 24  # an expiry is moved when at least a 24th of the idle time has passed
_LOGIN = re.compile(r"[a-z0-9][a-z0-9.-]{1,39}")
_FORGET_AFTER = timedelta(days=30)

_hasher = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
_NOBODY = _hasher.hash(secrets.token_hex(16))  # an unknown login costs the same time as a known one


class SignedIn(NamedTuple):
    """A new session: the cookie's value, shown once, who acts in it, and how long it lasts at most."""

    cookie: str
    person: Person
    actor: Actor
    longest: timedelta


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
    require_manager(by, commune)
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
        tx.log(commune, "person_created", {"person": person, "role": role.value, "by": actor_id(by)})
        return _known(tx, commune, person)


def disable_person(survey: Survey, commune: str, person: str, *, by: Actor | None) -> None:
    """Close an account and end its sessions, links and phones at once.

    Raises NOT_ALLOWED, PERSON_UNKNOWN, LAST_COORDINATOR.
    """
    require_manager(by, commune)
    now = survey.now()
    with survey.transaction() as tx:
        _known(tx, commune, person)
        if people.select_open_coordinators(tx, commune) == {person}:
            raise Problem(LAST_COORDINATOR)
        if people.update_person_disabled(tx, commune, person, now):
            devices.update_devices_revoked(tx, commune, person, now)  # first, as opening a phone's link begins with its row too
            people.update_sessions_ended(tx, commune, person, now)
            people.update_links_used(tx, commune, person, now)
            tx.log(commune, "person_disabled", {"person": person, "by": actor_id(by)})


def change_password(survey: Survey, session: Session, cookie: str, *, old: str, new: str) -> None:
    """Let a person choose a new password; every other browser of the person is signed out, enrolled phones stay.

    *old* is not asked of a person who has none yet. Raises NOT_ALLOWED on an enrolled phone, whose finder could make a person of many
    rights of himself that way; SIGN_IN_WRONG where *old* is wrong, PASSWORD_WEAK.
    """
    if session.device is not None:
        raise Problem(NOT_ALLOWED)
    person = session.person
    with survey.reading() as reader:
        stored = people.select_password_hash(reader, person.commune, person.id)
    if stored is not None and not _matches(stored, old):
        raise Problem(SIGN_IN_WRONG)
    password_hash = _hash(new, person.login)
    with survey.transaction() as tx:
        people.update_password_hash(tx, person.commune, person.id, password_hash)
        people.update_browsers_ended(tx, person.commune, person.id, survey.now(), but=split_secret(cookie)[1])
        tx.log(person.commune, "password_changed", {"person": person.id, "by": person.id})


def set_locale(survey: Survey, actor: Actor, locale: str) -> None:
    """Remember the person's own language."""
    with survey.transaction() as tx:
        people.update_locale(tx, actor.commune, actor.person, locale)


def make_sign_in_link(survey: Survey, commune: str, person: str, *, by: Actor | None) -> str:
    """A path that signs *person* in once, within three days: `/sign-in/18844.<token>`; older links of the person stop working.

    Raises NOT_ALLOWED, PERSON_UNKNOWN (closed accounts included).
    """
    require_manager(by, commune)
    token, now = secrets.token_urlsafe(32), survey.now()
    with survey.transaction() as tx:
        if _known(tx, commune, person).disabled_at is not None:
            raise Problem(PERSON_UNKNOWN)
        people.update_own_links_used(tx, commune, person, now)
        people.insert_link(tx, commune, sha256_hex(token), person, at=now, until=now + LINK_LIFETIME)
        tx.log(commune, "sign_in_link_made", {"person": person, "by": actor_id(by)})
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


def find_link(survey: Survey, link: str) -> Link:
    """Whom the link `<commune>.<token>` signs in, without using it up. Raises LINK_UNUSABLE."""
    commune, token_hash = split_secret(link)
    with survey.reading() as reader:
        found = people.select_link(reader, commune, token_hash, survey.now())
    if found is None:
        raise Problem(LINK_UNUSABLE)
    return found


def sign_in_by_link(survey: Survey, link: str) -> SignedIn:
    """Use up the link `<commune>.<token>` and start a session. Raises LINK_UNUSABLE, also for the second of two at once."""
    commune, token_hash = split_secret(link)
    now = survey.now()
    with survey.transaction() as tx:
        found = people.select_link(tx, commune, token_hash, now)
        if found is None or not _open_device(tx, found, now) or not people.update_link_used(tx, commune, token_hash, now):
            raise Problem(LINK_UNUSABLE)
        return _insert_session(tx, found.person, now, "link", found.device)


def find_session(survey: Survey, cookie: str | None) -> Session | None:
    """The session behind the cookie's value `<commune>.<secret>`, its end moved when it is in use; None where it is not valid."""
    commune, token_hash = split_secret(cookie or "")
    now = survey.now()
    with survey.reading() as reader:
        session = people.select_session(reader, commune, token_hash, now)
    if session is not None:
        _touch(survey, session, token_hash, now)
    return session


def sign_out(survey: Survey, cookie: str | None) -> None:
    """End the session behind the cookie's value; nothing happens where there is none."""
    commune, token_hash = split_secret(cookie or "")
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


def _open_device(tx: Transaction, link: Link, now: datetime) -> bool:
    """The phone of the link is in somebody's hand; an older browser with the same phone's door loses it. False where it was revoked."""
    commune, device = link.person.commune, link.device
    if device is None:
        return True
    if not devices.update_device_enrolled(tx, commune, device, now):
        return False
    people.update_device_sessions_ended(tx, commune, device, now)
    tx.log(commune, "device_opened", {"device": device, "person": link.person.id})
    return True


def _insert_session(tx: Transaction, person: Person, now: datetime, way: str, device: str | None = None) -> SignedIn:
    secret = secrets.token_urlsafe(32)
    people.delete_sessions_expired(tx, person.commune, now - _FORGET_AFTER)
    session = Session(person, now, now, device)
    until = _expiry(session, now)
    people.insert_session(tx, person.commune, sha256_hex(secret), person.id, at=now, until=until, device=device)
    tx.log(person.commune, "signed_in", {"person": person.id, "way": way})
    return SignedIn(f"{person.commune}.{secret}", person, session.actor, _longest(session))


def _touch(survey: Survey, session: Session, token_hash: str, now: datetime) -> None:
    """Move the session's end, and when its phone was seen, where enough time has passed: a write now and then, not one a request."""
    commune, until = session.person.commune, _expiry(session, now)
    is_late = until - session.expires_at >= _idle(session) / _TOUCH_SHARE
    is_unseen = session.device_seen_at is not None and now - session.device_seen_at >= SEEN_EVERY
    if is_late or is_unseen:
        with survey.transaction() as tx:
            people.update_session_expiry(tx, commune, token_hash, until)
            if session.device is not None:
                devices.update_device_seen(tx, commune, session.device, now)


def _expiry(session: Session, now: datetime) -> datetime:
    return min(now + _idle(session), session.created_at + _longest(session))


def _idle(session: Session) -> timedelta:
    return IDLE[session.person.role] if session.device is None else DEVICE_IDLE


def _longest(session: Session) -> timedelta:
    return LONGEST if session.device is None else DEVICE_LONGEST


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
