"""Passwords: what is refused, how they are kept, checked and changed.

Ten characters at least is our own choice between the 8 that OWASP ASVS 5.0 (6.2.1) asks for and the 15 it recommends; what is guessable
is refused whatever its length (`survey.accounts.guessable`). No kind of character is asked for, nothing expires, nothing is cut off.
Passwords are brought into Unicode's NFC before anything else (RFC 8265), so that a keyboard that sends a letter and its mark apart opens
what another one chose.
"""

import secrets
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from survey.accounts import guessable
from survey.domain.people import Person, Session, split_secret
from survey.domain.ports import Survey
from survey.domain.problems import NOT_ALLOWED, PASSWORD_GUESSABLE, PASSWORD_WEAK, SIGN_IN_WRONG, Problem
from survey.store import people, sessions

PASSWORD_LENGTH = 10
LONGEST_PASSWORD = 200
FRESH_LINK = timedelta(minutes=15)  # our own choice: time to choose a password after a one-time link
_MOST_RAW = 4 * LONGEST_PASSWORD  # a letter of ours is four code points at most when it is taken apart

_hasher = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
_NOBODY = _hasher.hash(secrets.token_hex(16))  # an unknown login costs the same time as a known one


def make_hash(password: str, personal: Iterable[str]) -> str:
    """What is stored of a new password; *personal* are the words that a guesser of this person tries first.

    Raises PASSWORD_WEAK for its length, PASSWORD_GUESSABLE with the reason.
    """
    normal = _normal(password)
    if not PASSWORD_LENGTH <= len(normal) <= LONGEST_PASSWORD:
        raise Problem(PASSWORD_WEAK, length=PASSWORD_LENGTH, longest=LONGEST_PASSWORD)
    weakness = guessable.find_weakness(normal, personal)
    if weakness is not None:
        raise Problem(PASSWORD_GUESSABLE, why_vi=weakness.vi, why_en=weakness.en)
    return _hasher.hash(normal)


def verify_password(survey: Survey, login: str, password: str) -> Person:
    """Whose login and password these are, without starting anything; a hash of older parameters is made anew.

    Raises SIGN_IN_WRONG, whichever of them is wrong, after the same work.
    """
    with survey.reading() as reader:
        candidates = people.select_open_logins(reader, login.strip().lower())
    for commune, person, stored in candidates or [("", "", None)]:
        matches = _matches(stored or _NOBODY, password)
        if stored is not None and matches:
            return _matched(survey, commune, person, _rehashed(stored, password))
    raise Problem(SIGN_IN_WRONG)


def without_old_password(session: Session, now: datetime) -> bool:
    """Whether the person may choose a password without the present one: none is stored, or a one-time link was opened just now.

    Who forgot the password gets a link from the coordinator; it is proof of the person, and is used up.
    """
    return not session.person.has_password or (session.way == "link" and now - session.created_at <= FRESH_LINK)


def change_password(survey: Survey, session: Session, cookie: str, *, old: str, new: str) -> None:
    """Let a person choose a new password; every other browser of the person is signed out, enrolled phones stay.

    *old* is asked unless `without_old_password`. Raises NOT_ALLOWED on an enrolled phone, whose finder could make a person of many
    rights of himself that way; SIGN_IN_WRONG where *old* is wrong, PASSWORD_WEAK, PASSWORD_GUESSABLE.
    """
    if session.device is not None:
        raise Problem(NOT_ALLOWED)
    person, now = session.person, survey.now()
    with survey.reading() as reader:
        stored = people.select_password_hash(reader, person.commune, person.id)
        personal = [person.login, person.name, person.commune, people.select_commune_sign(reader, person.commune)[0]]
    by_link = without_old_password(session, now)
    if stored is not None and not by_link and not _matches(stored, old):
        raise Problem(SIGN_IN_WRONG)
    password_hash = make_hash(new, personal)
    with survey.transaction() as tx:
        people.update_password_hash(tx, person.commune, person.id, password_hash)
        people.update_own_links_used(tx, person.commune, person.id, now)
        sessions.update_browsers_ended(tx, person.commune, person.id, now, but=split_secret(cookie)[1])
        way = "link" if by_link and stored is not None else "chosen" if stored is None else "old"
        tx.log(person.commune, "password_changed", {"person": person.id, "by": person.id, "way": way})


def _matched(survey: Survey, commune: str, person: str, new_hash: str | None) -> Person:
    with survey.reading() as reader:
        found = people.select_person(reader, commune, person)
    if found is None or not found.is_open(survey.now()):
        raise Problem(SIGN_IN_WRONG)
    if new_hash is not None:
        with survey.transaction() as tx:
            people.update_password_hash(tx, commune, person, new_hash)
    return found


def _matches(stored: str, password: str) -> bool:
    """Whether *password* is the one behind *stored*; also as it was typed, which is what older releases hashed."""
    raw, normal = password[: LONGEST_PASSWORD + 1], _normal(password)[: LONGEST_PASSWORD + 1]
    return _verifies(stored, normal) or (raw != normal and _verifies(stored, raw))


def _verifies(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def _rehashed(stored: str, password: str) -> str | None:
    return _hasher.hash(_normal(password)) if _hasher.check_needs_rehash(stored) else None


def _normal(password: str) -> str:
    return unicodedata.normalize("NFC", password[:_MOST_RAW])
