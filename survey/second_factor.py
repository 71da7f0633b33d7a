"""The second step at sign-in: time-based codes (TOTP, RFC 6238) of an app on the person's phone, and recovery codes on paper.

Who has turned it on is asked for a code after the password, the one-time link or the identity; an enrolled phone is not, as it may do
an inspector's work only. A code is taken once, of the present step of 30 s or the one before or after it (RFC 6238, 5.2), as clocks drift.
The key stands in the database wrapped under a key file (`survey.store.wrapping`). Ten wrong codes in 15 minutes close the step for the
rest of them: our own choice, which leaves a guesser who knows the password three in a thousand a day, and locks nobody out whose password
is safe.
Log events hold ids only.
"""

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pyotp
from argon2.low_level import Type, hash_secret_raw

from survey.domain.grants import require_other
from survey.domain.people import Actor, Person, Session, actor_id, require_manager, split_secret
from survey.domain.ports import Survey, Transaction
from survey.domain.problems import (
    CODE_TOO_OFTEN,
    CODE_WRONG,
    NOT_ALLOWED,
    PERSON_UNKNOWN,
    SECOND_FACTOR_MISSING,
    SECOND_FACTOR_STANDS,
    STEP_EXPIRED,
    Problem,
)
from survey.store import second_factors as store
from survey.store import wrapping
from survey.store.people import select_person
from survey.store.second_factors import SecondFactor
from survey.store.sessions import update_browsers_ended

STEP_S = 30
DRIFT_STEPS = 1
MOST_TRIES = 10
TRIES_WINDOW = timedelta(minutes=15)
RECOVERY_CODES = 10
_RECOVERY_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that is read as something else on paper
_RECOVERY_LENGTH = 12
_GROUP = 4
_CODE_DIGITS = 6


@dataclass(frozen=True)
class Enrolment:
    """What the app on the phone is told: *key* to type, *address* (`otpauth://…`) as a QR code; shown once, to its person."""

    key: str = field(repr=False)
    address: str = field(repr=False)

    @property
    def groups(self) -> str:
        """The key in groups of four, as it is typed."""
        return " ".join(self.key[at : at + _GROUP] for at in range(0, len(self.key), _GROUP))


def begin(survey: Survey, session: Session, *, issuer: str) -> Enrolment:
    """Make a key for the person's app; nothing is asked for until `confirm`.

    *issuer* is what the app shows beside the login. Raises NOT_ALLOWED on an enrolled phone, SECOND_FACTOR_STANDS, WRAPPING_KEY_UNUSABLE.
    """
    person = _own(session)
    key = pyotp.random_base32()
    wrapping.make_key(survey.second_factor_key)
    wrapped = wrapping.wrap(survey.second_factor_key, key, about=_about(person))
    with survey.transaction() as tx:
        if store.select_confirmed(tx, person.commune, person.id):
            raise Problem(SECOND_FACTOR_STANDS)
        store.insert_second_factor(tx, person.commune, person.id, secret=wrapped, salt=secrets.token_hex(16), at=survey.now())
    return Enrolment(key, pyotp.TOTP(key).provisioning_uri(name=person.login, issuer_name=issuer))


def confirm(survey: Survey, session: Session, cookie: str, code: str) -> list[str]:
    """Turn the second step on with a first code of the app, and sign the person's other browsers out; returns the recovery codes.

    They are shown this once. Raises NOT_ALLOWED, SECOND_FACTOR_MISSING, SECOND_FACTOR_STANDS, CODE_WRONG, CODE_TOO_OFTEN.
    """
    person = _own(session)
    found = _factor(survey, person)
    if found.confirmed_at is not None:
        raise Problem(SECOND_FACTOR_STANDS)
    _count(survey, person)
    step = _step(survey, person, found, code)
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    hashes = [_hash(one, found.salt) for one in codes]
    now = survey.now()
    with survey.transaction() as tx:
        if step is None or not store.update_step_taken(tx, person.commune, person.id, step, found.secret):
            raise Problem(CODE_WRONG)
        if not store.update_confirmed(tx, person.commune, person.id, now):
            raise Problem(SECOND_FACTOR_STANDS)
        store.insert_recovery_codes(tx, person.commune, person.id, hashes)
        update_browsers_ended(tx, person.commune, person.id, now, but=split_secret(cookie)[1])
        tx.log(person.commune, "second_factor_on", {"person": person.id})
    return codes


def turn_off(survey: Survey, session: Session, code: str) -> None:
    """Ask the person for no code any more; *code* is one of the app or a recovery code.

    Raises NOT_ALLOWED on an enrolled phone, SECOND_FACTOR_MISSING, CODE_WRONG, CODE_TOO_OFTEN.
    """
    person = _own(session)

    def forget(tx: Transaction) -> None:
        store.delete_second_factor(tx, person.commune, person.id)
        tx.log(person.commune, "second_factor_off", {"person": person.id, "by": person.id})

    _take(survey, person, code, forget)


def reset(survey: Survey, commune: str, person: str, *, by: Actor | None) -> None:
    """Forget the second step of a person whose phone is lost; *by* is who manages people, None for the operator.

    Nobody resets the own one, which would make it worth nothing in an open browser.
    Raises NOT_ALLOWED, PERSON_UNKNOWN, OWN_ACCOUNT, ROLE_OUT_OF_REACH, SECOND_FACTOR_MISSING.
    """
    require_manager(by, commune)
    with survey.transaction() as tx:
        found = select_person(tx, commune, person)
        if found is None:
            raise Problem(PERSON_UNKNOWN)
        require_other(by, found)
        if not store.delete_second_factor(tx, commune, person):
            raise Problem(SECOND_FACTOR_MISSING)
        tx.log(commune, "second_factor_reset", {"person": person, "by": actor_id(by)})


def find_step(survey: Survey, cookie: str | None) -> Person:
    """Who has shown the first proof in this browser and owes the code. Raises STEP_EXPIRED."""
    commune, token_hash = split_secret(cookie or "")
    with survey.reading() as reader:
        person = store.select_sign_in_step(reader, commune, token_hash, survey.now())
    if person is None:
        raise Problem(STEP_EXPIRED)
    return person


def pass_step(survey: Survey, cookie: str | None, code: str) -> None:
    """Take the code for the sign-in that waits in this browser; `accounts.finish_sign_in` then starts the session.

    *code* is one of the app or a recovery code. Raises STEP_EXPIRED, CODE_WRONG, CODE_TOO_OFTEN.
    """
    person = find_step(survey, cookie)
    token_hash = split_secret(cookie or "")[1]

    def passed(tx: Transaction) -> None:
        if not store.update_sign_in_step_passed(tx, person.commune, token_hash, survey.now()):
            raise Problem(STEP_EXPIRED)

    _take(survey, person, code, passed)


def _take(survey: Survey, person: Person, code: str, effect: Callable[[Transaction], None]) -> None:
    """Use up *code* and do *effect* in the same transaction; a wrong one is counted and logged. Raises CODE_WRONG, CODE_TOO_OFTEN."""
    found = _factor(survey, person)
    if found.confirmed_at is None:
        raise Problem(SECOND_FACTOR_MISSING)
    _count(survey, person)
    step = _step(survey, person, found, code)
    recovery = _hash(_plain(code), found.salt) if step is None and len(_plain(code)) == _RECOVERY_LENGTH else None
    with survey.transaction() as tx:
        if not _used(tx, person, found, step, recovery, survey.now()):
            tx.log(person.commune, "second_factor_wrong", {"person": person.id})
        else:
            store.update_tries_forgotten(tx, person.commune, person.id)
            effect(tx)
            return
    raise Problem(CODE_WRONG)


def _used(tx: Transaction, person: Person, found: SecondFactor, step: int | None, recovery: str | None, now: datetime) -> bool:
    if step is not None:
        return store.update_step_taken(tx, person.commune, person.id, step, found.secret)
    if recovery is None or not store.update_recovery_code_used(tx, person.commune, person.id, recovery, now):
        return False
    tx.log(person.commune, "recovery_code_used", {"person": person.id})
    return True


def _count(survey: Survey, person: Person) -> None:
    """Count a try before it is looked at, so that of many at once none is free. Raises CODE_TOO_OFTEN."""
    now = survey.now()
    with survey.transaction() as tx:
        tries = store.update_tries(tx, person.commune, person.id, now=now, since=now - TRIES_WINDOW)
    if tries > MOST_TRIES:
        raise Problem(CODE_TOO_OFTEN, minutes=int(TRIES_WINDOW.total_seconds() // 60))


def _step(survey: Survey, person: Person, found: SecondFactor, code: str) -> int | None:
    """The newest step within the drift whose code is *code* and which lies after the last one taken; None where there is none."""
    digits = "".join(code.split())
    if len(digits) != _CODE_DIGITS:
        return None
    totp = pyotp.TOTP(wrapping.unwrap(survey.second_factor_key, found.secret, about=_about(person)))
    present = int(survey.now().timestamp()) // STEP_S
    steps = range(max(found.last_step + 1, present - DRIFT_STEPS), present + DRIFT_STEPS + 1)
    matching = [step for step in steps if hmac.compare_digest(totp.at(step * STEP_S).encode(), digits.encode())]
    return max(matching, default=None)


def _factor(survey: Survey, person: Person) -> SecondFactor:
    with survey.reading() as reader:
        found = store.select_second_factor(reader, person.commune, person.id)
    if found is None:
        raise Problem(SECOND_FACTOR_MISSING)
    return found


def _own(session: Session) -> Person:
    """The session's person; its finder could lock the person out, or let himself in, with an enrolled phone."""
    if session.device is not None:
        raise Problem(NOT_ALLOWED)
    return session.person


def _about(person: Person) -> str:
    return f"{person.commune}/{person.id}"


def _recovery_code() -> str:
    drawn = "".join(secrets.choice(_RECOVERY_ALPHABET) for _ in range(_RECOVERY_LENGTH))
    return "-".join(drawn[at : at + _GROUP] for at in range(0, _RECOVERY_LENGTH, _GROUP))


def _plain(code: str) -> str:
    """A code as it is kept: capitals without what groups them."""
    return "".join(character for character in code.upper() if character.isalnum())


def _hash(code: str, salt: str) -> str:
    """A recovery code has 59 bits; a slow hash and the person's salt stand for the rest (argon2id, 19 MiB, two passes)."""
    raw = hash_secret_raw(
        _plain(code).encode(), bytes.fromhex(salt), time_cost=2, memory_cost=19_456, parallelism=1, hash_len=32, type=Type.ID
    )
    return raw.hex()
