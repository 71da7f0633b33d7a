"""Settings of a commune: what it has set for itself, with who, when and why; the newest of a name counts."""

from datetime import datetime

from survey.domain.ports import Reader, Row, Transaction
from survey.domain.times import to_text


def select_settings(reader: Reader, commune: str, prefix: str = "", *, before: datetime | None = None) -> dict[str, str]:
    """The values by name, of those names that begin with *prefix*; what is back at its default is left out.

    The present ones, or those that were set *before* a moment.
    """
    known = "" if before is None else " AND x.at < :before"
    rows = reader.rows(
        "SELECT s.name, s.value FROM setting s WHERE s.commune = :commune AND s.number ="
        f" (SELECT MAX(x.number) FROM setting x WHERE x.commune = s.commune AND x.name = s.name{known})",
        commune=commune, **({} if before is None else {"before": to_text(before)}),
    )  # fmt: skip
    return {row["name"]: row["value"] for row in rows if row["value"] and row["name"].startswith(prefix)}


def select_setting_history(reader: Reader, commune: str, name: str) -> list[Row]:
    """Every value that *name* had, newest first: number, value, reason, person, at."""
    return reader.rows(
        "SELECT number, value, reason, person, at FROM setting WHERE commune = :commune AND name = :name ORDER BY number DESC",
        commune=commune, name=name,
    )  # fmt: skip


def insert_setting(tx: Transaction, commune: str, name: str, value: str, *, reason: str, person: str, at: datetime) -> int:
    """Set *name* to *value* (`""`: back to the default) from now on; returns its number in the history."""
    row = tx.row("SELECT MAX(number) AS last FROM setting WHERE commune = :commune AND name = :name", commune=commune, name=name)
    number = (row["last"] if row and row["last"] else 0) + 1
    tx.execute(
        "INSERT INTO setting (commune, name, number, value, reason, person, at)"
        " VALUES (:commune, :name, :number, :value, :reason, :person, :at)",
        commune=commune, name=name, number=number, value=value, reason=reason, person=person, at=to_text(at),
    )  # fmt: skip
    return number
