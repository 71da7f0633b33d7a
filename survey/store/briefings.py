"""Briefings as they were held: the document of each, by number."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from survey.domain.canonical import dumps
from survey.domain.ports import Reader, Row, Transaction
from survey.domain.times import from_text, to_text

_HELD = "SELECT briefing, number, edition, as_of, document, person, at FROM briefing WHERE commune = :commune"


@dataclass(frozen=True)
class Held:
    """A briefing that was held: *document* as `survey.domain.briefing.briefing_document` made it."""

    id: str
    number: int
    edition: str
    as_of: date
    document: dict[str, Any]
    person: str
    at: datetime


def select_briefings(reader: Reader, commune: str, *, edition: str | None = None, limit: int = 60) -> list[Held]:
    """The newest *limit* briefings, newest first; of one *edition* where it is given."""
    chosen = "" if edition is None else " AND edition = :edition"
    only = {} if edition is None else {"edition": edition}
    rows = reader.rows(f"{_HELD}{chosen} ORDER BY number DESC LIMIT :limit", commune=commune, limit=limit, **only)
    return [_held(row) for row in rows]


def select_briefing(reader: Reader, commune: str, briefing: str) -> Held | None:
    """The briefing with that id, or None."""
    row = reader.row(f"{_HELD} AND briefing = :briefing", commune=commune, briefing=briefing)
    return None if row is None else _held(row)


def insert_briefing(tx: Transaction, commune: str, held: Held) -> None:
    """Keep *held*; its number must be the commune's next (see `select_next_number`)."""
    tx.execute(
        "INSERT INTO briefing (commune, briefing, number, edition, as_of, document, person, at)"
        " VALUES (:commune, :briefing, :number, :edition, :as_of, :document, :person, :at)",
        commune=commune, briefing=held.id, number=held.number, edition=held.edition, as_of=held.as_of.isoformat(),
        document=dumps(held.document), person=held.person, at=to_text(held.at),
    )  # fmt: skip


def select_next_number(reader: Reader, commune: str) -> int:
    """The number of the commune's next briefing, from 1."""
    row = reader.row("SELECT MAX(number) AS last FROM briefing WHERE commune = :commune", commune=commune)
    return 1 + (row["last"] if row and row["last"] else 0)


def _held(row: Row) -> Held:
    return Held(
        row["briefing"], row["number"], row["edition"], date.fromisoformat(row["as_of"]), json.loads(row["document"]),
        row["person"], from_text(row["at"]),
    )  # fmt: skip
