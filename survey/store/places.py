"""Communes and hamlets in the store."""

from datetime import date

from survey.domain.collation import sort_key
from survey.domain.places import Border, Commune, Hamlet
from survey.domain.ports import Reader, Row, Transaction

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
    row = reader.row(
        "SELECT commune, name, province, border, source, demonstration FROM commune WHERE commune = :commune", commune=commune
    )
    return None if row is None else _commune(row)


def select_communes(reader: Reader) -> list[Commune]:
    """Every commune of the deployment, by code."""
    return [
        _commune(row) for row in reader.rows("SELECT commune, name, province, border, source, demonstration FROM commune ORDER BY commune")
    ]


def insert_hamlet(tx: Transaction, hamlet: Hamlet) -> None:
    """Add *hamlet*; its id must be new to the commune."""
    tx.execute(
        "INSERT INTO hamlet (commune, hamlet, name, sort_key, former_commune, valid_from, valid_to, successor)"
        " VALUES (:commune, :hamlet, :name, :sort_key, :former_commune, :valid_from, :valid_to, :successor)",
        commune=hamlet.commune,
        hamlet=hamlet.id,
        name=hamlet.name,
        sort_key=sort_key(hamlet.name),
        former_commune=hamlet.former_commune,
        valid_from=hamlet.valid_from.isoformat(),
        valid_to=None if hamlet.valid_to is None else hamlet.valid_to.isoformat(),
        successor=hamlet.successor,
    )


def select_hamlet(reader: Reader, commune: str, hamlet: str) -> Hamlet | None:
    """The hamlet with that id, or None."""
    row = reader.row(f"{_HAMLET} WHERE commune = :commune AND hamlet = :hamlet", commune=commune, hamlet=hamlet)
    return None if row is None else _hamlet(row)


def select_hamlets(reader: Reader, commune: str, on: date | None = None) -> list[Hamlet]:
    """The commune's hamlets in Vietnamese order: those valid *on* a day, or all that ever were."""
    if on is None:
        rows = reader.rows(f"{_HAMLET} WHERE commune = :commune ORDER BY sort_key, hamlet", commune=commune)
    else:
        rows = reader.rows(
            f"{_HAMLET} WHERE commune = :commune AND valid_from <= :day AND (valid_to IS NULL OR valid_to > :day)"
            " ORDER BY sort_key, hamlet",
            commune=commune,
            day=on.isoformat(),
        )
    return [_hamlet(row) for row in rows]


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
