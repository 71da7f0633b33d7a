"""Rows of enrolled phones."""

from datetime import datetime

from survey.domain.people import Device
from survey.domain.ports import Reader, Row, Transaction
from survey.domain.times import from_text, optional_from_text, to_text

_COLUMNS = "commune, device, person, name, username, created_at, enrolled_at, seen_at, revoked_at"
_DEVICE = f"SELECT {_COLUMNS} FROM device "


def insert_device(tx: Transaction, device: Device, *, token_hash: str, digest_ha1: str) -> None:
    """Add a phone by the hashes of its token."""
    tx.execute(
        "INSERT INTO device (commune, device, person, name, username, token_hash, digest_ha1, created_at)"
        " VALUES (:commune, :device, :person, :name, :username, :token_hash, :digest_ha1, :at)",
        commune=device.commune, device=device.id, person=device.person, name=device.name, username=device.username,
        token_hash=token_hash, digest_ha1=digest_ha1, at=to_text(device.created_at),
    )  # fmt: skip


def select_device(reader: Reader, commune: str, device: str) -> Device | None:
    """One phone, revoked or not."""
    row = reader.row(_DEVICE + "WHERE commune = :commune AND device = :device", commune=commune, device=device)
    return None if row is None else _device(row)


def select_devices(reader: Reader, commune: str) -> list[Device]:
    """All phones of the commune, the oldest first, revoked ones included."""
    rows = reader.rows(_DEVICE + "WHERE commune = :commune ORDER BY created_at, device", commune=commune)
    return [_device(row) for row in rows]


def select_device_by_token(reader: Reader, commune: str, token_hash: str) -> Device | None:
    """The phone whose token has that hash, unless it was revoked."""
    row = reader.row(
        _DEVICE + "WHERE commune = :commune AND token_hash = :token_hash AND revoked_at IS NULL", commune=commune, token_hash=token_hash
    )
    return None if row is None else _device(row)


def select_device_by_username(reader: Reader, commune: str, username: str) -> tuple[Device, str] | None:
    """The phone called *username* on the wire and its HA1 of RFC 2617, unless it was revoked."""
    row = reader.row(
        f"SELECT {_COLUMNS}, digest_ha1 FROM device WHERE commune = :commune AND username = :username AND revoked_at IS NULL",
        commune=commune, username=username,
    )  # fmt: skip
    return None if row is None else (_device(row), row["digest_ha1"])


def select_device_of_session(reader: Reader, commune: str, token_hash: str) -> Device | None:
    """The phone behind a cookie, also where its session has ended; None where the cookie is no phone's."""
    row = reader.row(
        "SELECT d.* FROM session s JOIN device d ON d.commune = s.commune AND d.device = s.device"
        " WHERE s.commune = :commune AND s.token_hash = :token_hash",
        commune=commune, token_hash=token_hash,
    )  # fmt: skip
    return _device(row) if row else None


def update_device_enrolled(tx: Transaction, commune: str, device: str, at: datetime) -> bool:
    """Remember that the phone's link was opened; false where it has been revoked."""
    return bool(
        tx.execute(
            "UPDATE device SET enrolled_at = :at, seen_at = :at WHERE commune = :commune AND device = :device AND revoked_at IS NULL",
            commune=commune, device=device, at=to_text(at),
        )
    )  # fmt: skip


def update_device_seen(tx: Transaction, commune: str, device: str, at: datetime) -> None:
    """Remember that something came from the phone."""
    tx.execute(
        "UPDATE device SET seen_at = :at WHERE commune = :commune AND device = :device AND revoked_at IS NULL",
        commune=commune, device=device, at=to_text(at),
    )  # fmt: skip


def update_device_revoked(tx: Transaction, commune: str, device: str, at: datetime) -> bool:
    """End the phone's access; false where it had ended before."""
    return bool(
        tx.execute(
            "UPDATE device SET revoked_at = :at WHERE commune = :commune AND device = :device AND revoked_at IS NULL",
            commune=commune, device=device, at=to_text(at),
        )
    )  # fmt: skip


def update_devices_revoked(tx: Transaction, commune: str, person: str, at: datetime) -> None:
    """End the access of all phones of a person."""
    tx.execute(
        "UPDATE device SET revoked_at = :at WHERE commune = :commune AND person = :person AND revoked_at IS NULL",
        commune=commune, person=person, at=to_text(at),
    )  # fmt: skip


def _device(row: Row) -> Device:
    return Device(
        commune=row["commune"],
        id=row["device"],
        person=row["person"],
        name=row["name"],
        username=row["username"],
        created_at=from_text(row["created_at"]),
        enrolled_at=optional_from_text(row["enrolled_at"]),
        seen_at=optional_from_text(row["seen_at"]),
        revoked_at=optional_from_text(row["revoked_at"]),
    )
