"""Rows of identities: which account of ours a person at a provider of identities (OpenID Connect) signs in to."""

from dataclasses import dataclass
from datetime import datetime

from survey.domain.ports import Reader, Transaction
from survey.domain.times import from_text, to_text


@dataclass(frozen=True)
class Identity:
    """A person of a provider: *issuer* and *subject* together name one for ever (OpenID Connect Core, 2)."""

    commune: str
    issuer: str
    subject: str
    person: str
    linked_at: datetime


def insert_identity(tx: Transaction, commune: str, issuer: str, subject: str, person: str, at: datetime) -> None:
    """Link an identity to an account."""
    tx.execute(
        "INSERT INTO identity (commune, issuer, subject, person, linked_at) VALUES (:commune, :issuer, :subject, :person, :at)",
        commune=commune, issuer=issuer, subject=subject, person=person, at=to_text(at),
    )  # fmt: skip


def select_identity(reader: Reader, issuer: str, subject: str) -> Identity | None:
    """The identity in whichever commune, the one that was linked first."""
    row = reader.row(
        "SELECT commune, person, linked_at FROM identity WHERE issuer = :issuer AND subject = :subject ORDER BY linked_at, commune",
        issuer=issuer, subject=subject,
    )  # fmt: skip
    return None if row is None else Identity(row["commune"], issuer, subject, row["person"], from_text(row["linked_at"]))


def select_identities(reader: Reader, commune: str, person: str) -> list[Identity]:
    """The identities of an account, the first linked first."""
    rows = reader.rows(
        "SELECT issuer, subject, linked_at FROM identity WHERE commune = :commune AND person = :person ORDER BY linked_at, issuer",
        commune=commune, person=person,
    )  # fmt: skip
    return [Identity(commune, row["issuer"], row["subject"], person, from_text(row["linked_at"])) for row in rows]


def delete_identities(tx: Transaction, commune: str, person: str) -> int:
    """Unlink all identities of an account; returns how many there were."""
    return tx.execute("DELETE FROM identity WHERE commune = :commune AND person = :person", commune=commune, person=person)
