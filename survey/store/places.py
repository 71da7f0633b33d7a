"""Communes and hamlets in the store; of a hamlet also what was known of it when (DESIGN 2.2: as known then)."""

from collections.abc import Mapping
from datetime import date, datetime

from survey.domain.collation import sort_key
from survey.domain.places import Border, Commune, Hamlet
from survey.domain.ports import Reader, Row, Transaction
from survey.domain.times import from_text, to_text

_HAMLET = "SELECT commune, hamlet, name, former_commune, valid_from, valid_to, successor FROM hamlet"


def insert_commune(tx: Transaction, commune: Commune, *, created_at: str) -> None:
    """Add *commune* to a deployment; *created_at* is UTC text."""
    tx.execute(
        "INSERT INTO commune (commune, name, province, border, source, demonstration, created_at)"
        " VALUES (:commune, :name, :province, :border, :source, :demonstration, :created_at)",
        commune=commune.code,
        name=commune.name,
        province=commune.province,
        border=commune.border.geojson,
        source=commune.source,
        demonstration=int(commune.demonstration),
        created_at=created_at,
    )


def select_commune(reader: Reader, commune: str) -> Commune | None:
    """The commune with that code, or None."""
    row = reader.row("SELECT commune, name, province, border, source, demonstration FROM commune WHERE commune = :commune", commune=commune)
    return None if row is None else _commune(row)


def select_communes(reader: Reader) -> list[Commune]:
    """Every commune of the deployment, by code."""
    return [
        _commune(row) for row in reader.rows("SELECT commune, name, province, border, source, demonstration FROM commune ORDER BY commune")
    ]


def insert_hamlet(tx: Transaction, hamlet: Hamlet, *, at: datetime | None = None, decision: str = "") -> None:
    """Add *hamlet*, known from *at* on (None: from the beginning); its id must be new to the commune. *decision* is what it rests on."""
    values = _values(hamlet)
    tx.execute(f"INSERT INTO hamlet ({', '.join(values)}) VALUES ({', '.join(f':{name}' for name in values)})", **values)
    _insert_version(tx, values, "" if at is None else to_text(at), decision)


def update_hamlet(tx: Transaction, hamlet: Hamlet, *, at: datetime, decision: str) -> None:
    """Let *hamlet* be what is known of it from *at* on, by *decision*; what was known before stays as known until then."""
    values = _values(hamlet)
    changed = ", ".join(f"{name} = :{name}" for name in values if name not in ("commune", "hamlet"))
    tx.execute(f"UPDATE hamlet SET {changed} WHERE commune = :commune AND hamlet = :hamlet", **values)
    key = {"commune": hamlet.commune, "hamlet": hamlet.id, "at": to_text(at)}
    # A version learned in this very millisecond was never the answer to any question: it gives way.
    tx.execute("DELETE FROM hamlet_version WHERE commune = :commune AND hamlet = :hamlet AND known_from = :at", **key)
    # Nor is one of a later moment, where the clock was set back: it ends before it begins, and the one before it ends now.
    tx.execute(
        "UPDATE hamlet_version SET known_to = :at WHERE commune = :commune AND hamlet = :hamlet AND (known_to IS NULL OR known_to > :at)",
        **key,
    )
    _insert_version(tx, values, to_text(at), decision)


def select_hamlet(reader: Reader, commune: str, hamlet: str) -> Hamlet | None:
    """The hamlet with that id, or None."""
    row = reader.row(f"{_HAMLET} WHERE commune = :commune AND hamlet = :hamlet", commune=commune, hamlet=hamlet)
    return None if row is None else _hamlet(row)


def select_hamlets(reader: Reader, commune: str, on: date | None = None, known_before: datetime | None = None) -> list[Hamlet]:
    """The commune's hamlets in Vietnamese order: those valid *on* a day, or all that ever were.

    With *known_before* as the register knew them just before that moment, else as it knows them now.
    """
    source, given = _HAMLET, {"commune": commune}
    if known_before is not None:
        source = _HAMLET.replace("FROM hamlet", "FROM hamlet_version")
        given["moment"] = to_text(known_before)
    clauses = " WHERE commune = :commune"
    if known_before is not None:
        clauses += " AND known_from < :moment AND (known_to IS NULL OR known_to >= :moment)"
    if on is not None:
        clauses += " AND valid_from <= :day AND (valid_to IS NULL OR valid_to > :day)"
        given["day"] = on.isoformat()
    return [_hamlet(row) for row in reader.rows(f"{source}{clauses} ORDER BY sort_key, hamlet", **given)]


def select_hamlet_versions(reader: Reader, commune: str) -> list[tuple[Hamlet, datetime | None, str]]:
    """Every change of a hamlet, newest first: the hamlet from then on, since when it is known (None: the beginning), the decision."""
    rows = reader.rows(
        f"{_HAMLET.replace(' FROM hamlet', ', known_from, decision FROM hamlet_version')} WHERE commune = :commune"
        " ORDER BY known_from DESC, hamlet",
        commune=commune,
    )
    return [(_hamlet(row), from_text(row["known_from"]) if row["known_from"] else None, row["decision"]) for row in rows]


def _insert_version(tx: Transaction, values: Mapping[str, object], known_from: str, decision: str) -> None:
    names = [*values, "known_from", "decision"]
    tx.execute(
        f"INSERT INTO hamlet_version ({', '.join(names)}) VALUES ({', '.join(f':{name}' for name in names)})",
        **values, known_from=known_from, decision=decision,
    )  # fmt: skip


def _values(hamlet: Hamlet) -> dict[str, object]:
    return {
        "commune": hamlet.commune,
        "hamlet": hamlet.id,
        "name": hamlet.name,
        "sort_key": sort_key(hamlet.name),
        "former_commune": hamlet.former_commune,
        "valid_from": hamlet.valid_from.isoformat(),
        "valid_to": None if hamlet.valid_to is None else hamlet.valid_to.isoformat(),
        "successor": hamlet.successor,
    }


def _commune(row: Row) -> Commune:
    return Commune(row["commune"], row["name"], row["province"], Border(row["border"]), row["source"], bool(row["demonstration"]))


def _hamlet(row: Row) -> Hamlet:
    return Hamlet(
        row["commune"],
        row["hamlet"],
        row["name"],
        date.fromisoformat(row["valid_from"]),
        None if row["valid_to"] is None else date.fromisoformat(row["valid_to"]),
        row["successor"],
        row["former_commune"],
    )
