"""Photos that may go by themselves: past their time, and in no home or round that is held."""

from datetime import datetime

from survey.domain.personal import AUTO
from survey.domain.ports import Reader
from survey.domain.times import to_text

# One that came in again later is as old as that; one that any held home or round has stays.
_DUE = (
    " FROM blob b WHERE b.commune = :commune AND b.erased_at IS NULL AND b.received_at < :before AND b.media_type <> 'text/xml'"
    " AND NOT EXISTS (SELECT 1 FROM attachment n WHERE n.commune = b.commune AND n.sha256 = b.sha256 AND n.received_at >= :before)"
    " AND NOT EXISTS (SELECT 1 FROM attachment a JOIN submission s ON s.commune = a.commune AND s.submission = a.submission"
    " JOIN legal_hold h ON h.commune = s.commune AND h.ended_at IS NULL AND ((h.kind = 'site' AND h.subject = s.site)"
    " OR (h.kind = 'round' AND h.subject = s.round)) WHERE a.commune = b.commune AND a.sha256 = b.sha256)"
)


def select_automatic(reader: Reader) -> list[str]:
    """The communes that have ever turned it on."""
    rows = reader.rows("SELECT DISTINCT commune FROM setting WHERE name = :name ORDER BY commune", name=AUTO)
    return [row["commune"] for row in rows]


def select_due(reader: Reader, commune: str, before: datetime, *, limit: int) -> list[str]:
    """The hashes of the oldest *limit* photos that may go."""
    rows = reader.rows(
        f"SELECT b.sha256{_DUE} ORDER BY b.received_at, b.sha256 LIMIT :limit", commune=commune, before=to_text(before), limit=limit
    )
    return [row["sha256"] for row in rows]


def select_due_count(reader: Reader, commune: str, before: datetime) -> int:
    """How many photos may go."""
    row = reader.row(f"SELECT COUNT(*) AS photos{_DUE}", commune=commune, before=to_text(before))
    return 0 if row is None else int(row["photos"])
