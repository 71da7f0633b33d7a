"""Rows of people's second factors, their recovery codes, and of sign-ins that still owe the code."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from survey.domain.people import Person
from survey.domain.ports import Reader, Transaction
from survey.domain.times import optional_from_text, to_text
from survey.store.people import select_person


@dataclass(frozen=True)
class SecondFactor:
    """What is known of a person's second factor; *secret* is wrapped, *last_step* the newest step whose code was taken."""

    secret: str
    confirmed_at: datetime | None
    last_step: int
    salt: str


def insert_second_factor(tx: Transaction, commune: str, person: str, *, secret: str, salt: str, at: datetime) -> None:
    """Begin a second factor that a first code has still to confirm, in place of one that was never confirmed."""
    tx.execute(
        "DELETE FROM second_factor WHERE commune = :commune AND person = :person AND confirmed_at IS NULL", commune=commune, person=person
    )
    tx.execute(
        "INSERT INTO second_factor (commune, person, secret, made_at, last_step, tries, tries_since, salt)"
        " VALUES (:commune, :person, :secret, :at, 0, 0, :at, :salt) ON CONFLICT (commune, person) DO NOTHING",
        commune=commune, person=person, secret=secret, at=to_text(at), salt=salt,
    )  # fmt: skip


def select_second_factor(reader: Reader, commune: str, person: str) -> SecondFactor | None:
    """The person's second factor, confirmed or not."""
    row = reader.row(
        "SELECT secret, confirmed_at, last_step, salt FROM second_factor WHERE commune = :commune AND person = :person",
        commune=commune, person=person,
    )  # fmt: skip
    return None if row is None else SecondFactor(row["secret"], optional_from_text(row["confirmed_at"]), row["last_step"], row["salt"])


def select_confirmed(reader: Reader, commune: str, person: str) -> bool:
    """Whether the person is asked for a code at sign-in."""
    found = select_second_factor(reader, commune, person)
    return found is not None and found.confirmed_at is not None


def select_people_confirmed(reader: Reader, commune: str) -> set[str]:
    """Who in the commune is asked for a code at sign-in."""
    rows = reader.rows("SELECT person FROM second_factor WHERE commune = :commune AND confirmed_at IS NOT NULL", commune=commune)
    return {row["person"] for row in rows}


def update_tries(tx: Transaction, commune: str, person: str, *, now: datetime, since: datetime) -> int:
    """Count one more try, anew where the count began before *since*; returns how many there are, 0 where there is no factor."""
    rows = tx.rows(
        "UPDATE second_factor SET tries = CASE WHEN tries_since < :since THEN 1 ELSE tries + 1 END,"
        " tries_since = CASE WHEN tries_since < :since OR tries = 0 THEN :now ELSE tries_since END"
        " WHERE commune = :commune AND person = :person RETURNING tries",
        commune=commune, person=person, now=to_text(now), since=to_text(since),
    )  # fmt: skip
    return int(rows[0]["tries"]) if rows else 0


def update_step_taken(tx: Transaction, commune: str, person: str, step: int, secret: str) -> bool:
    """Take the code of *step*, and forget the tries; false where it, or a newer one, was taken, or the factor is another by now."""
    return bool(
        tx.execute(
            "UPDATE second_factor SET last_step = :step, tries = 0"
            " WHERE commune = :commune AND person = :person AND secret = :secret AND last_step < :step",
            commune=commune, person=person, step=step, secret=secret,
        )
    )  # fmt: skip


def update_tries_forgotten(tx: Transaction, commune: str, person: str) -> None:
    """Begin to count tries anew."""
    tx.execute("UPDATE second_factor SET tries = 0 WHERE commune = :commune AND person = :person", commune=commune, person=person)


def update_confirmed(tx: Transaction, commune: str, person: str, at: datetime) -> bool:
    """Ask for codes from now on; false where that was so before."""
    return bool(
        tx.execute(
            "UPDATE second_factor SET confirmed_at = :at WHERE commune = :commune AND person = :person AND confirmed_at IS NULL",
            commune=commune, person=person, at=to_text(at),
        )
    )  # fmt: skip


def delete_second_factor(tx: Transaction, commune: str, person: str) -> bool:
    """Forget the person's second factor with its recovery codes and half-done sign-ins; false where there was none."""
    for table in ("recovery_code", "sign_in_step"):
        tx.execute(f"DELETE FROM {table} WHERE commune = :commune AND person = :person", commune=commune, person=person)
    return bool(tx.execute("DELETE FROM second_factor WHERE commune = :commune AND person = :person", commune=commune, person=person))


def insert_recovery_codes(tx: Transaction, commune: str, person: str, hashes: Iterable[str]) -> None:
    """Keep the hashes of the person's recovery codes in place of earlier ones."""
    tx.execute("DELETE FROM recovery_code WHERE commune = :commune AND person = :person", commune=commune, person=person)
    tx.execute_many(
        "INSERT INTO recovery_code (commune, person, code_hash) VALUES (:commune, :person, :code_hash)",
        [{"commune": commune, "person": person, "code_hash": code_hash} for code_hash in hashes],
    )


def select_recovery_codes_left(reader: Reader, commune: str, person: str) -> int:
    """How many recovery codes the person has not used."""
    row = reader.row(
        "SELECT COUNT(*) AS n FROM recovery_code WHERE commune = :commune AND person = :person AND used_at IS NULL",
        commune=commune, person=person,
    )  # fmt: skip
    return int(row["n"]) if row else 0


def update_recovery_code_used(tx: Transaction, commune: str, person: str, code_hash: str, at: datetime) -> bool:
    """Use up a recovery code; false where it is none of the person's, or was used."""
    return bool(
        tx.execute(
            "UPDATE recovery_code SET used_at = :at"
            " WHERE commune = :commune AND person = :person AND code_hash = :code_hash AND used_at IS NULL",
            commune=commune, person=person, code_hash=code_hash, at=to_text(at),
        )
    )  # fmt: skip


def insert_sign_in_step(
    tx: Transaction, commune: str, token_hash: str, person: str, *, way: str, at: datetime, until: datetime
) -> None:
    """Remember who has shown the first proof and owes the code; sign-ins that were left half done are forgotten."""
    tx.execute("DELETE FROM sign_in_step WHERE commune = :commune AND expires_at < :at", commune=commune, at=to_text(at))
    tx.execute(
        "INSERT INTO sign_in_step (commune, token_hash, person, way, expires_at) VALUES (:commune, :token_hash, :person, :way, :until)",
        commune=commune, token_hash=token_hash, person=person, way=way, until=to_text(until),
    )  # fmt: skip


def select_sign_in_step(reader: Reader, commune: str, token_hash: str, now: datetime) -> Person | None:
    """Who owes the code behind that cookie; None where nobody does, it was given, the time is over or the account closed."""
    row = reader.row(
        "SELECT person FROM sign_in_step WHERE commune = :commune AND token_hash = :token_hash AND passed_at IS NULL AND expires_at > :now",
        commune=commune, token_hash=token_hash, now=to_text(now),
    )  # fmt: skip
    person = select_person(reader, commune, row["person"]) if row else None
    return None if person is None or not person.is_open(now) else person


def update_sign_in_step_passed(tx: Transaction, commune: str, token_hash: str, at: datetime) -> bool:
    """The code was right; false where somebody was faster."""
    return bool(
        tx.execute(
            "UPDATE sign_in_step SET passed_at = :at"
            " WHERE commune = :commune AND token_hash = :token_hash AND passed_at IS NULL AND expires_at > :at",
            commune=commune, token_hash=token_hash, at=to_text(at),
        )
    )  # fmt: skip


def update_sign_in_step_used(tx: Transaction, commune: str, token_hash: str, at: datetime) -> tuple[str, str] | None:
    """Use up a sign-in whose code was right; returns (person, way), None where there is none or it was used."""
    rows = tx.rows(
        "UPDATE sign_in_step SET used_at = :at WHERE commune = :commune AND token_hash = :token_hash"
        " AND passed_at IS NOT NULL AND used_at IS NULL AND expires_at > :at RETURNING person, way",
        commune=commune, token_hash=token_hash, at=to_text(at),
    )  # fmt: skip
    return (rows[0]["person"], rows[0]["way"]) if rows else None
