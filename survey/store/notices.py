"""What the notice on phones said, version by version: added, never changed."""

import json
from datetime import datetime

from survey.domain.canonical import dumps
from survey.domain.notice import Notice
from survey.domain.ports import Reader, Transaction
from survey.domain.times import from_text, to_text


def select_notices(reader: Reader, commune: str) -> list[Notice]:
    """Every version that phones of the commune could show, oldest first."""
    rows = reader.rows("SELECT number, version, words, at FROM notice WHERE commune = :commune ORDER BY number", commune=commune)
    return [Notice(row["number"], row["version"], json.loads(row["words"]), from_text(row["at"])) for row in rows]


def select_newest_notice(reader: Reader, commune: str) -> Notice | None:
    """The version in force, or None where no phone has asked yet."""
    row = reader.row("SELECT number, version, words, at FROM notice WHERE commune = :commune ORDER BY number DESC LIMIT 1", commune=commune)
    return None if row is None else Notice(row["number"], row["version"], json.loads(row["words"]), from_text(row["at"]))


def insert_notice(tx: Transaction, commune: str, version: str, words: dict[str, list[str]], at: datetime) -> int:
    """Keep a version; returns its number."""
    newest = select_newest_notice(tx, commune)
    number = 1 + (newest.number if newest else 0)
    tx.execute(
        "INSERT INTO notice (commune, number, version, words, at) VALUES (:commune, :number, :version, :words, :at)",
        commune=commune, number=number, version=version, words=dumps(words), at=to_text(at),
    )  # fmt: skip
    return number
