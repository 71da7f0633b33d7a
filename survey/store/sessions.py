"""Rows of signed-in browsers and enrolled phones' doors."""

from datetime import datetime

from survey.domain.people import Session
from survey.domain.ports import Reader, Row, Transaction
from survey.domain.times import from_text, optional_from_text, to_text
from survey.store.people import select_person

_SESSION = (
    "SELECT s.session, s.person, s.created_at, s.expires_at, s.device, s.way, s.browser, s.seen_at, d.seen_at AS device_seen_at"
    " FROM session s LEFT JOIN device d ON d.commune = s.commune AND d.device = s.device"
    " WHERE s.commune = :commune AND s.ended_at IS NULL AND s.expires_at > :now AND d.revoked_at IS NULL"
)


def insert_session(tx: Transaction, token_hash: str, session: Session) -> None:
    """Remember a signed-in browser by the hash of its cookie's secret."""
    tx.execute(
        "INSERT INTO session (commune, token_hash, session, person, device, way, browser, created_at, expires_at, seen_at)"
        " VALUES (:commune, :token_hash, :session, :person, :device, :way, :browser, :at, :until, :at)",
        commune=session.person.commune, token_hash=token_hash, session=session.id, person=session.person.id, device=session.device,
        way=session.way, browser=session.browser, at=to_text(session.created_at), until=to_text(session.expires_at),
    )  # fmt: skip


def select_session(reader: Reader, commune: str, token_hash: str, now: datetime) -> Session | None:
    """The session behind a cookie, unless it was ended, has expired, its account is closed or its phone revoked.

    The phone is looked at here too: a session that starts in the moment of the revocation would outlive it otherwise.
    """
    row = reader.row(_SESSION + " AND s.token_hash = :token_hash", commune=commune, token_hash=token_hash, now=to_text(now))
    return None if row is None else _session(reader, commune, row, now)


def select_sessions(reader: Reader, commune: str, person: str, now: datetime) -> list[Session]:
    """The open sessions of a person, the newest first."""
    rows = reader.rows(
        _SESSION + " AND s.person = :person ORDER BY s.created_at DESC, s.session", commune=commune, person=person, now=to_text(now)
    )
    found = (_session(reader, commune, row, now) for row in rows)
    return [session for session in found if session is not None]


def select_unnamed_sessions(reader: Reader, commune: str, person: str) -> list[str]:
    """The hashes of the person's open sessions that an older release began, which have no id to show."""
    rows = reader.rows(
        "SELECT token_hash FROM session WHERE commune = :commune AND person = :person AND session IS NULL AND ended_at IS NULL",
        commune=commune, person=person,
    )  # fmt: skip
    return [row["token_hash"] for row in rows]


def update_session_named(tx: Transaction, commune: str, token_hash: str, session: str) -> None:
    """Give a session of an older release an id to show, unless another process was quicker."""
    tx.execute(
        "UPDATE session SET session = :session WHERE commune = :commune AND token_hash = :token_hash AND session IS NULL",
        commune=commune, token_hash=token_hash, session=session,
    )  # fmt: skip


def update_session_seen(tx: Transaction, commune: str, token_hash: str, at: datetime, until: datetime | None) -> None:
    """Remember that a session was used, and move its end to *until* where that is given."""
    tx.execute(
        "UPDATE session SET seen_at = :at, expires_at = COALESCE(:until, expires_at)"
        " WHERE commune = :commune AND token_hash = :token_hash AND ended_at IS NULL",
        commune=commune, token_hash=token_hash, at=to_text(at), until=to_text(until) if until else None,
    )  # fmt: skip


def update_session_ended(tx: Transaction, commune: str, token_hash: str, at: datetime) -> str | None:
    """End one session; returns whose it was, None where there was none."""
    rows = tx.rows(
        "UPDATE session SET ended_at = :at WHERE commune = :commune AND token_hash = :token_hash AND ended_at IS NULL RETURNING person",
        commune=commune, token_hash=token_hash, at=to_text(at),
    )  # fmt: skip
    return rows[0]["person"] if rows else None


def update_named_session_ended(tx: Transaction, commune: str, person: str, session: str, at: datetime) -> bool:
    """End the person's session of that id; false where there is none that is open."""
    return bool(
        tx.execute(
            "UPDATE session SET ended_at = :at"
            " WHERE commune = :commune AND person = :person AND session = :session AND ended_at IS NULL",
            commune=commune, person=person, session=session, at=to_text(at),
        )
    )  # fmt: skip


def update_sessions_ended(tx: Transaction, commune: str, person: str, at: datetime) -> None:
    """End all sessions of a person, enrolled phones included."""
    tx.execute(
        "UPDATE session SET ended_at = :at WHERE commune = :commune AND person = :person AND ended_at IS NULL",
        commune=commune, person=person, at=to_text(at),
    )  # fmt: skip


def update_browsers_ended(tx: Transaction, commune: str, person: str, at: datetime, *, but: str) -> int:
    """End all sessions of a person where the person signed in, except the one whose hash is *but*; enrolled phones stay."""
    return tx.execute(
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


def _session(reader: Reader, commune: str, row: Row, now: datetime) -> Session | None:
    person = select_person(reader, commune, row["person"])
    if person is None or not person.is_open(now):
        return None
    return Session(
        person,
        from_text(row["created_at"]),
        from_text(row["expires_at"]),
        row["device"],
        optional_from_text(row["device_seen_at"]),
        id=row["session"] or "",
        way=row["way"],
        browser=row["browser"],
        seen_at=optional_from_text(row["seen_at"]),
    )
