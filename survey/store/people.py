"""Rows of people, their hamlets, their sessions and their one-time sign-in links."""

from collections.abc import Iterable
from datetime import datetime

from survey.domain.people import Link, Person, Role, Session
from survey.domain.ports import Reader, Row, Transaction
from survey.domain.times import from_text, optional_from_text, to_text

_PERSON = """
SELECT p.commune, p.person, p.login, p.name, p.role, p.locale, p.password_hash IS NOT NULL AS has_password, p.created_at, p.disabled_at,
  p.province
FROM person p
"""


def insert_person(
    tx: Transaction, commune: str, person: str, *, login: str, name: str, role: Role, locale: str, password_hash: str | None, at: datetime
) -> None:
    """Add an account; *login* is unique in the commune."""
    tx.execute(
        "INSERT INTO person (commune, person, login, name, role, locale, password_hash, created_at)"
        " VALUES (:commune, :person, :login, :name, :role, :locale, :password_hash, :at)",
        commune=commune, person=person, login=login, name=name, role=role.value, locale=locale, password_hash=password_hash, at=to_text(at),
    )  # fmt: skip


def update_person_hamlets(tx: Transaction, commune: str, person: str, hamlets: Iterable[str]) -> None:
    """Make *hamlets* the person's scope instead of what it was."""
    tx.execute("DELETE FROM person_hamlet WHERE commune = :commune AND person = :person", commune=commune, person=person)
    tx.execute_many(
        "INSERT INTO person_hamlet (commune, person, hamlet) VALUES (:commune, :person, :hamlet)",
        [{"commune": commune, "person": person, "hamlet": hamlet} for hamlet in sorted(set(hamlets))],
    )


def update_person_disabled(tx: Transaction, commune: str, person: str, at: datetime) -> bool:
    """Close the account; false where it was closed before."""
    return bool(
        tx.execute(
            "UPDATE person SET disabled_at = :at WHERE commune = :commune AND person = :person AND disabled_at IS NULL",
            commune=commune, person=person, at=to_text(at),
        )
    )  # fmt: skip


def update_person_province(tx: Transaction, commune: str, person: str, *, allowed: bool) -> bool:
    """Let the person see all communes of the deployment side by side, or no longer; false where there is no such account."""
    return bool(
        tx.execute(
            "UPDATE person SET province = :allowed WHERE commune = :commune AND person = :person",
            commune=commune, person=person, allowed=int(allowed),
        )
    )  # fmt: skip


def update_password_hash(tx: Transaction, commune: str, person: str, password_hash: str) -> None:
    """Replace the person's password hash."""
    tx.execute(
        "UPDATE person SET password_hash = :password_hash WHERE commune = :commune AND person = :person",
        commune=commune, person=person, password_hash=password_hash,
    )  # fmt: skip


def update_locale(tx: Transaction, commune: str, person: str, locale: str) -> None:
    """Remember the person's language."""
    tx.execute(
        "UPDATE person SET locale = :locale WHERE commune = :commune AND person = :person", commune=commune, person=person, locale=locale
    )


def select_person(reader: Reader, commune: str, person: str) -> Person | None:
    """One account, closed or not."""
    row = reader.row(_PERSON + "WHERE p.commune = :commune AND p.person = :person", commune=commune, person=person)
    return None if row is None else _person(reader, row)


def select_people(reader: Reader, commune: str) -> list[Person]:
    """All accounts of the commune by login, closed ones last."""
    rows = reader.rows(_PERSON + "WHERE p.commune = :commune ORDER BY p.disabled_at IS NOT NULL, p.login", commune=commune)
    hamlets: dict[str, set[str]] = {}
    for row in reader.rows("SELECT person, hamlet FROM person_hamlet WHERE commune = :commune", commune=commune):
        hamlets.setdefault(row["person"], set()).add(row["hamlet"])
    return [_with_hamlets(row, frozenset(hamlets.get(row["person"], ()))) for row in rows]


def select_open_logins(reader: Reader, login: str) -> list[tuple[str, str, str | None]]:
    """(commune, person, password hash) of every open account called *login*, in whichever commune."""
    rows = reader.rows(
        "SELECT commune, person, password_hash FROM person WHERE login = :login AND disabled_at IS NULL ORDER BY commune", login=login
    )
    return [(row["commune"], row["person"], row["password_hash"]) for row in rows]


def select_password_hash(reader: Reader, commune: str, person: str) -> str | None:
    """The password hash of an open account."""
    row = reader.row(
        "SELECT password_hash FROM person WHERE commune = :commune AND person = :person AND disabled_at IS NULL",
        commune=commune, person=person,
    )  # fmt: skip
    return None if row is None else row["password_hash"]


def select_open_coordinators(reader: Reader, commune: str) -> set[str]:
    """Who can still manage the commune's people."""
    rows = reader.rows(
        "SELECT person FROM person WHERE commune = :commune AND role = 'coordinator' AND disabled_at IS NULL", commune=commune
    )
    return {row["person"] for row in rows}


def insert_session(
    tx: Transaction, commune: str, token_hash: str, person: str, *, at: datetime, until: datetime, device: str | None = None
) -> None:
    """Remember a signed-in browser by the hash of its cookie's secret; *device* where it is an enrolled phone's."""
    tx.execute(
        "INSERT INTO session (commune, token_hash, person, device, created_at, expires_at)"
        " VALUES (:commune, :token_hash, :person, :device, :at, :until)",
        commune=commune, token_hash=token_hash, person=person, device=device, at=to_text(at), until=to_text(until),
    )  # fmt: skip


def select_session(reader: Reader, commune: str, token_hash: str, now: datetime) -> Session | None:
    """The session behind a cookie, unless it was ended, has expired, its account is closed or its phone revoked.

    The phone is looked at here too: a session that starts in the moment of the revocation would outlive it otherwise.
    """
    row = reader.row(
        "SELECT s.person, s.created_at, s.expires_at, s.device, d.seen_at FROM session s"
        " LEFT JOIN device d ON d.commune = s.commune AND d.device = s.device"
        " WHERE s.commune = :commune AND s.token_hash = :token_hash AND s.ended_at IS NULL AND s.expires_at > :now"
        " AND d.revoked_at IS NULL",
        commune=commune, token_hash=token_hash, now=to_text(now),
    )  # fmt: skip
    person = select_person(reader, commune, row["person"]) if row else None
    if row is None or person is None or person.disabled_at is not None:
        return None
    seen_at = optional_from_text(row["seen_at"])
    return Session(person, from_text(row["created_at"]), from_text(row["expires_at"]), row["device"], seen_at)


def update_session_expiry(tx: Transaction, commune: str, token_hash: str, until: datetime) -> None:
    """Move the end of a session that is in use."""
    tx.execute(
        "UPDATE session SET expires_at = :until WHERE commune = :commune AND token_hash = :token_hash AND ended_at IS NULL",
        commune=commune, token_hash=token_hash, until=to_text(until),
    )  # fmt: skip


def update_session_ended(tx: Transaction, commune: str, token_hash: str, at: datetime) -> str | None:
    """End one session; returns whose it was, None where there was none."""
    rows = tx.rows(
        "UPDATE session SET ended_at = :at WHERE commune = :commune AND token_hash = :token_hash AND ended_at IS NULL RETURNING person",
        commune=commune, token_hash=token_hash, at=to_text(at),
    )  # fmt: skip
    return rows[0]["person"] if rows else None


def update_sessions_ended(tx: Transaction, commune: str, person: str, at: datetime) -> None:
    """End all sessions of a person, enrolled phones included."""
    tx.execute(
        "UPDATE session SET ended_at = :at WHERE commune = :commune AND person = :person AND ended_at IS NULL",
        commune=commune, person=person, at=to_text(at),
    )  # fmt: skip


def update_browsers_ended(tx: Transaction, commune: str, person: str, at: datetime, *, but: str) -> None:
    """End all sessions of a person where the person signed in, except the one whose hash is *but*; enrolled phones stay."""
    tx.execute(
        "UPDATE session SET ended_at = :at"
        " WHERE commune = :commune AND person = :person AND ended_at IS NULL AND token_hash <> :but AND device IS NULL",
        commune=commune, person=person, at=to_text(at), but=but,
    )  # fmt: skip


def update_device_sessions_ended(tx: Transaction, commune: str, device: str, at: datetime) -> None:
    """End all sessions of an enrolled phone."""
    tx.execute(
        "UPDATE session SET ended_at = :at WHERE commune = :commune AND device = :device AND ended_at IS NULL",
        commune=commune, device=device, at=to_text(at),
    )  # fmt: skip


def delete_sessions_expired(tx: Transaction, commune: str, before: datetime) -> None:
    """Forget sessions and links that ended long ago; the log keeps that they were."""
    for table in ("session", "sign_in_link"):
        tx.execute(f"DELETE FROM {table} WHERE commune = :commune AND expires_at < :before", commune=commune, before=to_text(before))


def insert_link(
    tx: Transaction, commune: str, token_hash: str, person: str, *, at: datetime, until: datetime, device: str | None = None
) -> None:
    """Remember a one-time sign-in link by the hash of its token; *device* where it enrols a phone."""
    tx.execute(
        "INSERT INTO sign_in_link (commune, token_hash, person, device, created_at, expires_at)"
        " VALUES (:commune, :token_hash, :person, :device, :at, :until)",
        commune=commune, token_hash=token_hash, person=person, device=device, at=to_text(at), until=to_text(until),
    )  # fmt: skip


def select_link(reader: Reader, commune: str, token_hash: str, now: datetime) -> Link | None:
    """The unused, unexpired link with that hash; None otherwise, closed accounts and revoked phones included."""
    row = reader.row(
        "SELECT l.person, l.device, d.name FROM sign_in_link l"
        " LEFT JOIN device d ON d.commune = l.commune AND d.device = l.device"
        " WHERE l.commune = :commune AND l.token_hash = :token_hash AND l.used_at IS NULL AND l.expires_at > :now"
        " AND d.revoked_at IS NULL",
        commune=commune, token_hash=token_hash, now=to_text(now),
    )  # fmt: skip
    person = select_person(reader, commune, row["person"]) if row else None
    if row is None or person is None or person.disabled_at is not None:
        return None
    return Link(person, row["device"], row["name"] or "")


def update_link_used(tx: Transaction, commune: str, token_hash: str, at: datetime) -> bool:
    """Use up a link; false where somebody was faster."""
    return bool(
        tx.execute(
            "UPDATE sign_in_link SET used_at = :at WHERE commune = :commune AND token_hash = :token_hash AND used_at IS NULL",
            commune=commune, token_hash=token_hash, at=to_text(at),
        )
    )  # fmt: skip


def update_links_used(tx: Transaction, commune: str, person: str, at: datetime) -> None:
    """Use up every open link of a person, those of phones included."""
    tx.execute(
        "UPDATE sign_in_link SET used_at = :at WHERE commune = :commune AND person = :person AND used_at IS NULL",
        commune=commune, person=person, at=to_text(at),
    )  # fmt: skip


def update_own_links_used(tx: Transaction, commune: str, person: str, at: datetime) -> None:
    """Use up every open link that signs a person in, so that only the newest works; links that enrol phones stay."""
    tx.execute(
        "UPDATE sign_in_link SET used_at = :at WHERE commune = :commune AND person = :person AND used_at IS NULL AND device IS NULL",
        commune=commune, person=person, at=to_text(at),
    )  # fmt: skip


def update_device_links_used(tx: Transaction, commune: str, device: str, at: datetime) -> None:
    """Use up every open link of a phone."""
    tx.execute(
        "UPDATE sign_in_link SET used_at = :at WHERE commune = :commune AND device = :device AND used_at IS NULL",
        commune=commune, device=device, at=to_text(at),
    )  # fmt: skip


def _person(reader: Reader, row: Row) -> Person:
    hamlets = reader.rows(
        "SELECT hamlet FROM person_hamlet WHERE commune = :commune AND person = :person", commune=row["commune"], person=row["person"]
    )
    return _with_hamlets(row, frozenset(hamlet["hamlet"] for hamlet in hamlets))


def _with_hamlets(row: Row, hamlets: frozenset[str]) -> Person:
    return Person(
        commune=row["commune"],
        id=row["person"],
        login=row["login"],
        name=row["name"],
        role=Role(row["role"]),
        locale=row["locale"],
        hamlets=hamlets,
        has_password=bool(row["has_password"]),
        created_at=from_text(row["created_at"]),
        disabled_at=optional_from_text(row["disabled_at"]),
        province=bool(row["province"]),
    )


def select_commune_sign(reader: Reader, commune: str) -> tuple[str, bool]:
    """What a page says of its commune: the name, and whether it is a demonstration."""
    row = reader.row("SELECT name, demonstration FROM commune WHERE commune = :commune", commune=commune)
    return (row["name"], bool(row["demonstration"])) if row else (commune, False)
