"""The append-only, hash-chained log: one chain a commune, one (`''`) for the deployment (DESIGN 2.9)."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from survey.domain.canonical import dumps, event_hash
from survey.domain.ports import Reader, Row, Transaction
from survey.store.event_index import insert_index

GENESIS = "0" * 64
PendingEvent = tuple[str, str, Mapping[str, object], str]


def insert_events(tx: Transaction, pending: Sequence[PendingEvent]) -> dict[str, str]:
    """Append *pending* (commune, kind, body, moment) to their chains; returns the new head of each commune.

    Called by the store as the last statements of a transaction: the head row is locked for as short as can be.
    """
    heads: dict[str, str] = {}
    for commune in sorted({event[0] for event in pending}):
        heads[commune] = _extend(tx, commune, [event for event in pending if event[0] == commune])
    return heads


def select_head(reader: Reader, commune: str) -> tuple[int, str]:
    """Number and hash of the newest event of *commune*'s chain; (0, GENESIS) where there is none."""
    row = reader.row("SELECT seq, hash FROM event_head WHERE commune = :commune", commune=commune)
    return (0, GENESIS) if row is None else (row["seq"], row["hash"])


def select_events(reader: Reader, commune: str, after: int = 0) -> Iterator[Row]:
    """The chain's events in order, from the one behind number *after*."""
    return reader.stream(
        "SELECT seq, prev, salt, body, hash FROM event WHERE commune = :commune AND seq > :after ORDER BY seq",
        commune=commune,
        after=after,
    )


def select_stretch(reader: Reader, commune: str, first: int, last: int) -> Iterator[Row]:
    """The chain's events *first* to *last*, both included, in order."""
    return reader.stream(
        "SELECT seq, prev, salt, body, hash FROM event WHERE commune = :commune AND seq >= :first AND seq <= :last ORDER BY seq",
        commune=commune, first=first, last=last,
    )  # fmt: skip


def select_hash_at(reader: Reader, commune: str, seq: int) -> str | None:
    """The hash of event number *seq*, or None where there is none."""
    row = reader.row("SELECT hash FROM event WHERE commune = :commune AND seq = :seq", commune=commune, seq=seq)
    return None if row is None else str(row["hash"])


def _extend(tx: Transaction, commune: str, pending: Sequence[PendingEvent]) -> str:
    # The update locks the row on PostgreSQL until the commit, so that no two transactions take one number.
    tx.execute(
        "INSERT INTO event_head (commune, seq, hash) VALUES (:commune, 0, :hash) ON CONFLICT DO NOTHING",
        commune=commune,
        hash=GENESIS,
    )
    tx.execute("UPDATE event_head SET seq = seq + :count WHERE commune = :commune", commune=commune, count=len(pending))
    row: Any = tx.row("SELECT seq, hash FROM event_head WHERE commune = :commune", commune=commune)
    seq, prev = row["seq"] - len(pending), str(row["hash"])
    rows = []
    for _, kind, body, moment in pending:
        seq += 1
        salt = secrets.token_hex(16)
        text = dumps({"at": moment, "kind": kind, **body})
        digest = event_hash(seq, prev, salt, text)
        rows.append({"commune": commune, "seq": seq, "prev": prev, "salt": salt, "body": text, "hash": digest})
        prev = digest
    tx.execute_many("INSERT INTO event (commune, seq, prev, salt, body, hash) VALUES (:commune, :seq, :prev, :salt, :body, :hash)", rows)
    insert_index(tx, commune, rows)
    tx.execute("UPDATE event_head SET hash = :hash WHERE commune = :commune", commune=commune, hash=prev)
    return prev
