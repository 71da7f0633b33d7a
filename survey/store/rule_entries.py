"""Rules that officers entered: every entry and withdrawal of a commune's editions, numbered, never changed."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from survey.domain.canonical import dumps
from survey.domain.ports import Reader, Row, Transaction
from survey.domain.rules import EntryKind, RuleEntry, surviving
from survey.domain.times import from_text, to_text

_COLUMNS = "edition, number, kind, criterion, indicator, content, source, address, reason, person, at"


def insert_entry(tx: Transaction, commune: str, edition: str, entry: RuleEntry) -> None:
    """Write *entry* under its number, which `select_next_number` gave in the same transaction."""
    tx.execute(
        f"INSERT INTO rule_entry (commune, {_COLUMNS}) VALUES (:commune, :edition, :number, :kind, :criterion, :indicator, :content,"
        " :source, :address, :reason, :person, :at)",
        commune=commune, edition=edition, number=entry.number, kind=entry.kind.value, criterion=entry.criterion,
        indicator=entry.indicator, content=dumps(entry.content), source=entry.source, address=entry.address, reason=entry.reason,
        person=entry.person, at=to_text(entry.at),
    )  # fmt: skip


def select_next_number(reader: Reader, commune: str, edition: str) -> int:
    """The number of the next entry; a writer holds `lock_decisions`, so that two get two."""
    row = reader.row(
        "SELECT MAX(number) AS last FROM rule_entry WHERE commune = :commune AND edition = :edition", commune=commune, edition=edition
    )
    return 1 + int((row and row["last"]) or 0)


def select_entry_history(reader: Reader, commune: str, edition: str) -> list[RuleEntry]:
    """Every entry of an edition, withdrawals and withdrawn ones too, by number."""
    return _select(
        reader, "SELECT {} FROM rule_entry WHERE commune = :commune AND edition = :edition", commune=commune, edition=edition
    ).get(edition, [])


def select_entries(reader: Reader, commune: str, edition: str, before: datetime | None = None) -> list[RuleEntry]:
    """The entries of an edition that count: entered *before* a moment (None: now) and not taken back by then; by number."""
    return surviving(_known(select_entry_history(reader, commune, edition), before))


def select_all_entries(reader: Reader, commune: str, before: datetime | None = None) -> dict[str, list[RuleEntry]]:
    """`select_entries` of every edition that has any, by edition."""
    found = _select(reader, "SELECT {} FROM rule_entry WHERE commune = :commune", commune=commune)
    return {edition: surviving(_known(entries, before)) for edition, entries in found.items()}


def delete_edition(tx: Transaction, commune: str, edition: str, at: datetime) -> None:
    """Take an edition that was entered by mistake out of what is there now; earlier days still know it, up to an empty version."""
    for table in ("edition", "figure", "figure_summary"):  # what it asked stays: earlier days are judged by those answers
        tx.execute(f"DELETE FROM {table} WHERE commune = :commune AND edition = :edition", commune=commune, edition=edition)
    tx.execute(
        "INSERT INTO edition_version (commune, edition, number, document, loaded_at)"
        " SELECT commune, edition, MAX(number) + 1, '', :at FROM edition_version"
        " WHERE commune = :commune AND edition = :edition GROUP BY commune, edition",
        commune=commune, edition=edition, at=to_text(at),
    )  # fmt: skip


def _known(entries: Sequence[RuleEntry], before: datetime | None) -> list[RuleEntry]:
    return [entry for entry in entries if before is None or entry.at < before]


def _select(reader: Reader, statement: str, **parameters: object) -> dict[str, list[RuleEntry]]:
    found: dict[str, list[RuleEntry]] = {}
    for row in reader.rows(statement.format(_COLUMNS) + " ORDER BY edition, number", **parameters):
        found.setdefault(row["edition"], []).append(_entry(row))
    return found


def _entry(row: Row) -> RuleEntry:
    content: Mapping[str, Any] = json.loads(row["content"])
    return RuleEntry(
        row["number"], EntryKind(row["kind"]), row["criterion"], row["indicator"], content, row["source"], row["address"], row["reason"],
        row["person"], from_text(row["at"]),
    )  # fmt: skip
