"""Papers that people attach to what they state: a row each beside the bytes, which lie among the blobs under their hash."""

from dataclasses import dataclass
from datetime import datetime

from survey.domain.ports import Reader, Row, Transaction
from survey.domain.times import from_text, to_text

_COLUMNS = "sha256, name, media_type, size, person, received_at"


@dataclass(frozen=True)
class KeptDocument:
    """A paper as it was attached; *name* is a label, never a path."""

    sha256: str
    name: str
    media_type: str
    size: int
    person: str
    received_at: datetime


def select_document(reader: Reader, commune: str, sha256: str) -> KeptDocument | None:
    """The commune's document with that hash, or None."""
    row = reader.row(f"SELECT {_COLUMNS} FROM document WHERE commune = :commune AND sha256 = :sha256", commune=commune, sha256=sha256)
    return None if row is None else _document(row)


def insert_document(tx: Transaction, commune: str, document: KeptDocument) -> bool:
    """Write the row of *document*; False where the commune has it already, under the name that it was given first."""
    return bool(
        tx.execute(
            "INSERT INTO document (commune, sha256, name, media_type, size, person, received_at)"
            " VALUES (:commune, :sha256, :name, :media_type, :size, :person, :at) ON CONFLICT (commune, sha256) DO NOTHING",
            commune=commune, sha256=document.sha256, name=document.name, media_type=document.media_type, size=document.size,
            person=document.person, at=to_text(document.received_at),
        )
    )  # fmt: skip


def is_document(reader: Reader, sha256: str) -> bool:
    """Whether any commune has attached a paper with that hash: then its bytes stay."""
    return reader.row("SELECT 1 AS one FROM document WHERE sha256 = :sha256 LIMIT 1", sha256=sha256) is not None


def _document(row: Row) -> KeptDocument:
    return KeptDocument(
        row["sha256"], row["name"], row["media_type"], row["size"], row["person"], from_text(row["received_at"])
    )
