"""Erasing a photo: its row becomes a tombstone first, committed; then its bytes go, which may be done again at any time.

Bytes are shared by the communes of a deployment: they go when no commune is left that has them.
"""

from dataclasses import dataclass
from datetime import datetime

from survey.domain.ports import Blobs, Reader, Row, Transaction
from survey.domain.times import from_text, optional_from_text, to_text
from survey.store.documents import is_document

# A photo belongs to the round of its newest visit; one that came again later is as old as that.
_PAST = (
    "SELECT b.sha256, b.size, b.received_at, MAX(COALESCE(s.round, '')) AS round FROM blob b"
    " LEFT JOIN attachment a ON a.commune = b.commune AND a.sha256 = b.sha256"
    " LEFT JOIN submission s ON s.commune = a.commune AND s.submission = a.submission"
    " WHERE b.commune = :commune AND b.erased_at IS NULL AND b.received_at < :before AND b.media_type <> 'text/xml' AND NOT EXISTS"
    " (SELECT 1 FROM attachment n WHERE n.commune = b.commune AND n.sha256 = b.sha256 AND n.received_at >= :before)"
    " GROUP BY b.sha256, b.size, b.received_at"
)


@dataclass(frozen=True)
class PastDue:
    """Photos of a round (`""`: of none) that are past the time they are kept: how many, their bytes, when the oldest came."""

    round: str
    photos: int
    size: int
    oldest: datetime


@dataclass(frozen=True)
class Erased:
    """When a photo was erased, by whom and why."""

    at: datetime
    person: str
    reason: str


def select_erased(reader: Reader, commune: str, sha256: str) -> Erased | None:
    """How a photo was erased in *commune*, or None where it was not."""
    row = reader.row(
        "SELECT erased_at, erased_by, erased_reason FROM blob WHERE commune = :commune AND sha256 = :sha256 AND erased_at IS NOT NULL",
        commune=commune, sha256=sha256,
    )  # fmt: skip
    return None if row is None else Erased(from_text(row["erased_at"]), row["erased_by"] or "", row["erased_reason"] or "")


def select_received(reader: Reader, commune: str, sha256: str) -> datetime | None:
    """When a photo was received, the last time where it came again; None where the commune does not know it."""
    row = reader.row(
        "SELECT b.received_at, MAX(a.received_at) AS again FROM blob b"
        " LEFT JOIN attachment a ON a.commune = b.commune AND a.sha256 = b.sha256"
        " WHERE b.commune = :commune AND b.sha256 = :sha256 GROUP BY b.received_at",
        commune=commune, sha256=sha256,
    )  # fmt: skip
    return None if row is None else from_text(max(row["received_at"], row["again"] or ""))


def select_all_uses(reader: Reader, commune: str, sha256: str) -> list[Row]:
    """Each use of the bytes, refused files and those kept aside too: submission, name, person (who sent it), hamlet."""
    return reader.rows(
        "SELECT u.submission, u.name, u.person, s.hamlet FROM (SELECT commune, submission, name, sha256, person FROM attachment"
        " WHERE commune = :commune AND sha256 = :sha256 UNION ALL SELECT commune, submission, name, sha256, NULL FROM conflict_file"
        " WHERE commune = :commune AND sha256 = :sha256) u"
        " LEFT JOIN submission s ON s.commune = u.commune AND s.submission = u.submission ORDER BY u.submission, u.name",
        commune=commune, sha256=sha256,
    )  # fmt: skip


def update_erased(tx: Transaction, commune: str, sha256: str, *, person: str, reason: str, at: datetime) -> bool:
    """Make the blob's row a tombstone: hash and size stay, what the photo says goes; False where it was one already."""
    return bool(
        tx.execute(
            "UPDATE blob SET views = 'erased', facts = '{}', look = NULL, erased_at = :at, erased_by = :person, erased_reason = :reason"
            " WHERE commune = :commune AND sha256 = :sha256 AND erased_at IS NULL",
            commune=commune, sha256=sha256, person=person, reason=reason, at=to_text(at),
        )
    )  # fmt: skip


def delete_likeness_of(tx: Transaction, commune: str, sha256: str) -> None:
    """Forget the photo's perceptual hashes and every pair that names it."""
    place = {"commune": commune, "sha256": sha256}
    tx.execute("DELETE FROM likeness WHERE commune = :commune AND sha256 = :sha256", **place)
    tx.execute("DELETE FROM likeness_pair WHERE commune = :commune AND sha256 = :sha256", **place)
    tx.execute("DELETE FROM likeness_pair WHERE other_commune = :commune AND other_sha256 = :sha256", **place)


def lock_bytes(tx: Transaction, sha256: str) -> dict[str, datetime | None]:
    """Every commune that knows the bytes, with when it erased them; their rows are locked until the transaction ends."""
    rows = tx.rows("SELECT commune FROM blob WHERE sha256 = :sha256 ORDER BY commune", sha256=sha256)
    for row in rows:  # one by one and in order: two transactions that locked them at once might wait for each other for ever
        tx.execute("UPDATE blob SET size = size WHERE commune = :commune AND sha256 = :sha256", commune=row["commune"], sha256=sha256)
    known = tx.rows("SELECT commune, erased_at FROM blob WHERE sha256 = :sha256", sha256=sha256)
    return {row["commune"]: optional_from_text(row["erased_at"]) for row in known}


def is_known_elsewhere(reader: Reader, commune: str, sha256: str) -> bool:
    """Whether another commune knows the bytes too, or this one has erased them: then their rows are to be locked."""
    row = reader.row(
        "SELECT 1 AS one FROM blob WHERE sha256 = :sha256 AND (commune <> :commune OR erased_at IS NOT NULL) LIMIT 1",
        commune=commune, sha256=sha256,
    )  # fmt: skip
    return row is not None


def delete_bytes(tx: Transaction, blobs: Blobs, sha256: str) -> bool:
    """Remove the bytes and views that no commune has any more; False where one still has them. Doing it again changes nothing.

    The same bytes that someone attached as a paper stay.
    It happens while the rows are locked: a commune that receives the same bytes at this moment waits, and then sees that they are gone.
    """
    if None in lock_bytes(tx, sha256).values() or is_document(tx, sha256):
        return False
    blobs.erase(sha256)
    return True


def select_lately_erased(reader: Reader, since: datetime) -> list[str]:
    """The hashes that any commune erased after *since*."""
    # For a DISTINCT here SQLite would walk all hashes instead of the few that were erased.
    rows = reader.rows("SELECT sha256 FROM blob WHERE erased_at IS NOT NULL AND erased_at > :since", since=to_text(since))
    return sorted({row["sha256"] for row in rows})


def select_past(reader: Reader, commune: str, before: datetime) -> list[PastDue]:
    """What was received before that moment, by round."""
    rows = reader.rows(
        f"SELECT round, COUNT(*) AS photos, SUM(size) AS size, MIN(received_at) AS oldest FROM ({_PAST}) past"
        " GROUP BY round ORDER BY round",
        commune=commune, before=to_text(before),
    )  # fmt: skip
    return [PastDue(row["round"], row["photos"], int(row["size"]), from_text(row["oldest"])) for row in rows]


def select_past_photos(reader: Reader, commune: str, round_: str, before: datetime, *, limit: int) -> list[str]:
    """The hashes of the oldest of those, of one round."""
    rows = reader.rows(
        f"SELECT sha256 FROM ({_PAST}) past WHERE round = :round ORDER BY received_at, sha256 LIMIT :limit",
        commune=commune, before=to_text(before), round=round_, limit=limit,
    )  # fmt: skip
    return [row["sha256"] for row in rows]
