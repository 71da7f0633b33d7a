"""The access log's table: entries are added to, found and, when their time is over, deleted; nothing else changes them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from survey.domain.ports import Reader, Row, Transaction
from survey.domain.times import to_text

_COLUMNS = "commune, id, first_at, last_at, person, device, act, kind, subject, times"
_UPSERT = (
    f"INSERT INTO access_log ({_COLUMNS}) VALUES"
    " (:commune, :id, :first_at, :last_at, :person, :device, :act, :kind, :subject, :times)"
    " ON CONFLICT (commune, id) DO UPDATE SET times = access_log.times + excluded.times,"
    " first_at = CASE WHEN excluded.first_at < access_log.first_at THEN excluded.first_at ELSE access_log.first_at END,"
    " last_at = CASE WHEN excluded.last_at > access_log.last_at THEN excluded.last_at ELSE access_log.last_at END"
)


@dataclass(frozen=True)
class LookFilters:
    """Which entries are wanted; None where everything is. *since* is included, *before* is not."""

    person: str | None = None
    act: str | None = None
    kind: str | None = None
    subject: str | None = None
    since: datetime | None = None
    before: datetime | None = None


Place = tuple[str, str]  # first_at and id of an entry: the next page begins behind it


def upsert_looks(tx: Transaction, rows: Sequence[Mapping[str, object]]) -> None:
    """Add *rows* to the entries that are there; sorted, so that processes that write at once never wait for each other crosswise."""
    tx.execute_many(_UPSERT, sorted(rows, key=lambda row: (str(row["commune"]), str(row["id"]))))


def select_looks(reader: Reader, commune: str, filters: LookFilters, after: Place | None = None, *, limit: int) -> list[Row]:
    """One page of entries, newest first, behind *after*."""
    where, parameters = _where(filters)
    if after is not None:
        where += " AND (first_at, id) < (:after_at, :after_id)"
        parameters |= {"after_at": after[0], "after_id": after[1]}
    return reader.rows(
        f"SELECT {_COLUMNS} FROM access_log WHERE commune = :commune{where} ORDER BY first_at DESC, id DESC LIMIT :limit",
        commune=commune, limit=limit, **parameters,
    )  # fmt: skip


def stream_looks(reader: Reader, commune: str, filters: LookFilters) -> Iterator[Row]:
    """Every entry, oldest first, without holding them all."""
    where, parameters = _where(filters)
    return reader.stream(
        f"SELECT {_COLUMNS} FROM access_log WHERE commune = :commune{where} ORDER BY first_at, id", commune=commune, **parameters
    )


def delete_looks(tx: Transaction, commune: str, before: datetime, *, limit: int) -> int:
    """Delete at most *limit* of the oldest entries that began *before*; returns how many."""
    return tx.execute(
        "DELETE FROM access_log WHERE commune = :commune AND id IN (SELECT id FROM access_log WHERE commune = :commune"
        " AND first_at < :before ORDER BY first_at, id LIMIT :limit)",
        commune=commune, before=to_text(before), limit=limit,
    )  # fmt: skip


def _where(filters: LookFilters) -> tuple[str, dict[str, object]]:
    equal = {name: getattr(filters, name) for name in ("person", "act", "kind", "subject") if getattr(filters, name) is not None}
    # Nothing is rarer than one subject: an expression keeps the engine from choosing another index beside it, or beside the person's.
    leading = next((name for name in ("subject", "person") if name in equal), None)
    conditions = [f" AND {name} = :{name}" if leading in (None, name) else f" AND {name} || '' = :{name}" for name in equal]
    parameters: dict[str, object] = dict(equal)
    for name, comparison in (("since", ">= :since"), ("before", "< :before")):
        moment = getattr(filters, name)
        if moment is not None:
            conditions.append(f" AND first_at {comparison}")
            parameters[name] = to_text(moment)
    return "".join(conditions), parameters
