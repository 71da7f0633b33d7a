"""Rows of people, their hamlets and their one-time sign-in links."""

from collections.abc import Iterable
from datetime import date, datetime

from survey.domain.people import Link, Person, Role
from survey.domain.ports import Reader, Row, Transaction
from survey.domain.times import from_text, optional_from_text, to_text

_PERSON = """
SELECT p.commune, p.person, p.login, p.name, p.role, p.locale, p.password_hash IS NOT NULL AS has_password, p.created_at, p.disabled_at,
  p.province, p.closes_on
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
    hamlets, rounds = _scopes(reader, commune, "hamlet"), _scopes(reader, commune, "round")
    return [_scoped(row, hamlets.get(row["person"], set()), rounds.get(row["person"], set())) for row in rows]


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
    """Who can still manage the commune's people, today and for good: an account with a last day does not count."""
    rows = reader.rows(
        "SELECT person FROM person WHERE commune = :commune AND role = 'coordinator' AND disabled_at IS NULL AND closes_on IS NULL",
        commune=commune,
    )
    return {row["person"] for row in rows}


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
    if row is None or person is None or not person.is_open(now):
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
    commune, person = row["commune"], row["person"]
    hamlets, rounds = _scopes(reader, commune, "hamlet", person), _scopes(reader, commune, "round", person)
    return _scoped(row, hamlets.get(person, set()), rounds.get(person, set()))


def _scopes(reader: Reader, commune: str, what: str, person: str | None = None) -> dict[str, set[str]]:
    """By person, the hamlets or rounds that were given; of all the commune's people where *person* is None."""
    statement = f"SELECT person, {what} FROM person_{what} WHERE commune = :commune"
    if person is None:
        rows = reader.rows(statement, commune=commune)
    else:
        rows = reader.rows(f"{statement} AND person = :person", commune=commune, person=person)
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row["person"], set()).add(row[what])
    return found


def _scoped(row: Row, hamlets: set[str], rounds: set[str]) -> Person:
    return Person(
        commune=row["commune"],
        id=row["person"],
        login=row["login"],
        name=row["name"],
        role=Role(row["role"]),
        locale=row["locale"],
        hamlets=frozenset(hamlets),
        has_password=bool(row["has_password"]),
        created_at=from_text(row["created_at"]),
        disabled_at=optional_from_text(row["disabled_at"]),
        province=bool(row["province"]),
        rounds=frozenset(rounds),
        closes_on=None if row["closes_on"] is None else date.fromisoformat(row["closes_on"]),
    )


def select_commune_sign(reader: Reader, commune: str) -> tuple[str, bool]:
    """What a page says of its commune: the name, and whether it is a demonstration."""
    row = reader.row("SELECT name, demonstration FROM commune WHERE commune = :commune", commune=commune)
    return (row["name"], bool(row["demonstration"])) if row else (commune, False)
