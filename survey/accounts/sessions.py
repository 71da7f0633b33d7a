"""Signed-in browsers: how one begins, is found again, is listed and ends.

Each sign-in makes a new secret, so that nobody can plant a session on somebody (no fixation). What a person may do is read with every
request: another role, other hamlets or a closed account hold from the next request on, and a stricter role's shorter silence too.
"""

import secrets
import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from survey.accounts.passwords import verify_password
from survey.domain.canonical import sha256_hex
from survey.domain.grants import require_reach
from survey.domain.people import SEEN_EVERY, Actor, Link, Person, Role, Session, actor_id, require_manager, split_secret
from survey.domain.ports import Reader, Survey, Transaction
from survey.domain.problems import LINK_UNUSABLE, NOT_ALLOWED, SESSION_UNKNOWN, SIGN_IN_WRONG, STEP_EXPIRED, Problem
from survey.store import devices, people, second_factors, sessions

IDLE = dict.fromkeys(Role, timedelta(hours=12)) | {Role.INSPECTOR: timedelta(days=30)}
LONGEST = timedelta(days=90)
DEVICE_IDLE = timedelta(days=180)
DEVICE_LONGEST = timedelta(days=400)
STEP_LIFETIME = timedelta(minutes=10)  # our own choice: time to find the phone after the password
USED_EVERY = timedelta(minutes=10)  # a session's last use is written no more often than that
_TOUCH_SHARE = 24  # an expiry is moved when at least a 24th of the idle time has passed
_FORGET_AFTER = timedelta(days=30)


class SignedIn(NamedTuple):
    """A new session: the cookie's value, shown once, who acts in it, and how long it lasts at most.

    Where *owes_code* is true there is no session yet: the cookie opens the second step alone (`survey.second_factor`).
    """

    cookie: str
    person: Person
    actor: Actor
    longest: timedelta
    owes_code: bool = False


def sign_in(survey: Survey, login: str, password: str, browser: str = "") -> SignedIn:
    """Start a session for a login and password; raises SIGN_IN_WRONG, whichever of them is wrong, after the same work."""
    return start_session(survey, verify_password(survey, login, password), "password", browser)


def start_session(survey: Survey, person: Person, way: str, browser: str = "") -> SignedIn:
    """Start a session for *person*, who has proved to be that person in the *way* named: password, oidc.

    *browser* is a short name for the list (`survey.domain.browsers`). Raises SIGN_IN_WRONG where the account was closed meanwhile.
    """
    with survey.transaction() as tx:
        found = people.select_person(tx, person.commune, person.id)
        if found is None or not found.is_open(survey.now()):
            raise Problem(SIGN_IN_WRONG)
        return _insert_session(tx, found, survey.now(), way, browser)


def finish_sign_in(survey: Survey, cookie: str | None, browser: str = "") -> SignedIn:
    """Start the session of a sign-in whose second step `second_factor.pass_step` has taken; once. Raises STEP_EXPIRED."""
    commune, token_hash = split_secret(cookie or "")
    now = survey.now()
    with survey.transaction() as tx:
        waiting = second_factors.update_sign_in_step_used(tx, commune, token_hash, now)
        person = people.select_person(tx, commune, waiting[0]) if waiting else None
        if waiting is None or person is None or not person.is_open(now):
            raise Problem(STEP_EXPIRED)
        return _begin_session(tx, person, now, waiting[1], browser)


def find_link(survey: Survey, link: str) -> Link:
    """Whom the link `<commune>.<token>` signs in, without using it up. Raises LINK_UNUSABLE."""
    commune, token_hash = split_secret(link)
    with survey.reading() as reader:
        found = people.select_link(reader, commune, token_hash, survey.now())
    if found is None:
        raise Problem(LINK_UNUSABLE)
    return found


def sign_in_by_link(survey: Survey, link: str, browser: str = "") -> SignedIn:
    """Use up the link `<commune>.<token>` and start a session. Raises LINK_UNUSABLE, also for the second of two at once."""
    commune, token_hash = split_secret(link)
    now = survey.now()
    with survey.transaction() as tx:
        found = people.select_link(tx, commune, token_hash, now)
        if found is None or not _open_device(tx, found, now) or not people.update_link_used(tx, commune, token_hash, now):
            raise Problem(LINK_UNUSABLE)
        return _insert_session(tx, found.person, now, "phone" if found.device else "link", browser, found.device)


def find_session(survey: Survey, cookie: str | None) -> Session | None:
    """The session behind the cookie's value `<commune>.<secret>`, its end moved when it is in use; None where it is not valid."""
    commune, token_hash = split_secret(cookie or "")
    now = survey.now()
    with survey.reading() as reader:
        session = sessions.select_session(reader, commune, token_hash, now)
    if session is None or _is_stale(session, now):
        return None
    _touch(survey, session, token_hash, now)
    return session


def sign_out(survey: Survey, cookie: str | None) -> None:
    """End the session behind the cookie's value; nothing happens where there is none."""
    commune, token_hash = split_secret(cookie or "")
    with survey.transaction() as tx:
        person = sessions.update_session_ended(tx, commune, token_hash, survey.now())
        if person is not None:
            tx.log(commune, "signed_out", {"person": person})


def open_sessions(survey: Survey, commune: str, person: str, *, by: Actor | None) -> list[Session]:
    """The sessions of a person that still open a door, phones' included, the newest first; *by* is the person or who manages people.

    Raises NOT_ALLOWED, PERSON_UNKNOWN, ROLE_OUT_OF_REACH.
    """
    _require_self_or_manager(by, commune, person)
    now = survey.now()
    with survey.reading() as reader:
        _require_reach(reader, by, commune, person)
        found = sessions.select_sessions(reader, commune, person, now)
    if any(not session.id for session in found):
        with survey.transaction() as tx:
            for token_hash in sessions.select_unnamed_sessions(tx, commune, person):
                sessions.update_session_named(tx, commune, token_hash, str(uuid.uuid4()))
            found = sessions.select_sessions(tx, commune, person, now)
    return [session for session in found if not _is_stale(session, now)]


def end_session(survey: Survey, commune: str, person: str, session: str, *, by: Actor | None) -> None:
    """End one session of a person by its id; *by* is the person or who manages people, None the operator.

    Raises NOT_ALLOWED, PERSON_UNKNOWN, ROLE_OUT_OF_REACH, SESSION_UNKNOWN.
    """
    _require_self_or_manager(by, commune, person)
    with survey.transaction() as tx:
        _require_reach(tx, by, commune, person)
        if not sessions.update_named_session_ended(tx, commune, person, session, survey.now()):
            raise Problem(SESSION_UNKNOWN)
        tx.log(commune, "session_ended", {"person": person, "session": session, "by": actor_id(by)})


def end_other_sessions(survey: Survey, session: Session, cookie: str) -> int:
    """End every browser session of the person but this one; enrolled phones stay. Returns how many. Raises NOT_ALLOWED on a phone."""
    if session.device is not None:
        raise Problem(NOT_ALLOWED)
    person = session.person
    with survey.transaction() as tx:
        ended = sessions.update_browsers_ended(tx, person.commune, person.id, survey.now(), but=split_secret(cookie)[1])
        if ended:
            tx.log(person.commune, "sessions_ended", {"person": person.id, "by": person.id})
    return ended


def end_sessions(survey: Survey, commune: str, person: str, *, by: Actor | None) -> int:
    """Sign a person out of every browser and use up the open links that sign the person in; enrolled phones are revoked one by one.

    Returns how many sessions ended. Raises NOT_ALLOWED, PERSON_UNKNOWN, ROLE_OUT_OF_REACH.
    """
    require_manager(by, commune)
    now = survey.now()
    with survey.transaction() as tx:
        _require_reach(tx, by, commune, person)
        people.update_own_links_used(tx, commune, person, now)
        ended = sessions.update_browsers_ended(tx, commune, person, now, but="")
        tx.log(commune, "sessions_ended", {"person": person, "by": actor_id(by)})
    return ended


def _require_self_or_manager(by: Actor | None, commune: str, person: str) -> None:
    if by is None or (by.commune, by.person) != (commune, person):
        require_manager(by, commune)
    elif by.device is not None:
        raise Problem(NOT_ALLOWED)  # whoever finds a phone must not sign its owner out elsewhere


def _require_reach(reader: Reader, by: Actor | None, commune: str, person: str) -> None:
    """Raise ROLE_OUT_OF_REACH where another's account, if it is known, is out of reach of *by*."""
    other = people.select_person(reader, commune, person) if by is not None and by.person != person else None
    if other is not None:
        require_reach(by, other)


def _open_device(tx: Transaction, link: Link, now: datetime) -> bool:
    """The phone of the link is in somebody's hand; an older browser with the same phone's door loses it. False where it was revoked."""
    commune, device = link.person.commune, link.device
    if device is None:
        return True
    if not devices.update_device_enrolled(tx, commune, device, now):
        return False
    sessions.update_device_sessions_ended(tx, commune, device, now)
    tx.log(commune, "device_opened", {"device": device, "person": link.person.id})
    return True


def _insert_session(tx: Transaction, person: Person, now: datetime, way: str, browser: str, device: str | None = None) -> SignedIn:
    """The new session, or what waits for the code of a person who has turned the second step on; an enrolled phone is not asked."""
    if device is not None or not second_factors.select_confirmed(tx, person.commune, person.id):
        return _begin_session(tx, person, now, way, browser, device)
    secret = secrets.token_urlsafe(32)
    until = now + STEP_LIFETIME
    second_factors.insert_sign_in_step(tx, person.commune, sha256_hex(secret), person.id, way=way, at=now, until=until)
    return SignedIn(f"{person.commune}.{secret}", person, person.actor, STEP_LIFETIME, owes_code=True)


def _begin_session(tx: Transaction, person: Person, now: datetime, way: str, browser: str, device: str | None = None) -> SignedIn:
    secret = secrets.token_urlsafe(32)
    sessions.delete_sessions_expired(tx, person.commune, now - _FORGET_AFTER)
    session = Session(person, now, now, device, id=str(uuid.uuid4()), way=way, browser=browser)
    sessions.insert_session(tx, sha256_hex(secret), replace(session, expires_at=_expiry(session, now)))
    tx.log(person.commune, "signed_in", {"person": person.id, "way": way})
    return SignedIn(f"{person.commune}.{secret}", person, session.actor, _longest(session))


def _touch(survey: Survey, session: Session, token_hash: str, now: datetime) -> None:
    """Write last use, the end and when the phone was seen where enough time has passed: a write now and then, not one a request."""
    commune, until = session.person.commune, _expiry(session, now)
    is_late = until - session.expires_at >= _idle(session) / _TOUCH_SHARE
    is_unseen = session.device_seen_at is not None and now - session.device_seen_at >= SEEN_EVERY
    is_used = session.seen_at is None or now - session.seen_at >= USED_EVERY
    if is_late or is_unseen or is_used:
        with survey.transaction() as tx:
            sessions.update_session_seen(tx, commune, token_hash, now, until if is_late else None)
            if session.device is not None:
                devices.update_device_seen(tx, commune, session.device, now)


def _is_stale(session: Session, now: datetime) -> bool:
    """Whether it lay unused longer than the person's role of today allows, though the role it began with allowed more."""
    return session.seen_at is not None and now - session.seen_at > _idle(session) + USED_EVERY


def _expiry(session: Session, now: datetime) -> datetime:
    return min(now + _idle(session), session.created_at + _longest(session))


def _idle(session: Session) -> timedelta:
    return IDLE[session.person.role] if session.device is None else DEVICE_IDLE


def _longest(session: Session) -> timedelta:
    return LONGEST if session.device is None else DEVICE_LONGEST
