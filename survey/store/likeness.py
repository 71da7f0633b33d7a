"""Which photos were used elsewhere: the same bytes anywhere in the deployment, or a picture that was found to look like another."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from survey.domain.ports import Reader, Row, Transaction
from survey.domain.times import to_text

# Our own choice: a person compares a photo with a few others, not with a thousand; the nearest are the best evidence.
MOST_ALIKE = 20
# Our own choice: of a picture that everybody sends, so many uses are looked at to pick the nearest; keeps the page's query bounded.
_MOST_READ = 500

# A photo of another commune is told by the commune's name, the short code and the dates: neither place nor state nor person is read.
_USES = """
SELECT o.sha256 AS other_sha256, m.distance, m.how, CASE WHEN o.commune = :commune THEN '' ELSE o.commune END AS commune,
  c.name AS commune_name, o.submission, o.name AS attachment, s.code, s.captured_at, s.received_at,
  CASE WHEN o.commune = :commune THEN s.form END AS form, CASE WHEN o.commune = :commune THEN s.site END AS site,
  CASE WHEN o.commune = :commune THEN s.round END AS round, CASE WHEN o.commune = :commune THEN s.state END AS state,
  CASE WHEN o.commune = :commune THEN s.hamlet END AS hamlet, CASE WHEN o.commune = :commune THEN s.replaces END AS replaces
FROM (
  SELECT commune, submission, name, 0 AS distance, '' AS how FROM (
    SELECT commune, submission, name FROM attachment WHERE sha256 = :sha256 AND state IN ('stored', 'unreferenced') LIMIT :read) same
  UNION ALL
  SELECT commune, submission, name, distance, how FROM (
    SELECT a.commune, a.submission, a.name, p.distance, p.how FROM likeness_pair p
    JOIN attachment a ON a.commune = p.other_commune AND a.sha256 = p.other_sha256 AND a.state IN ('stored', 'unreferenced')
    WHERE p.commune = :commune AND p.sha256 = :sha256 LIMIT :read) older
  UNION ALL
  SELECT commune, submission, name, distance, how FROM (
    SELECT a.commune, a.submission, a.name, p.distance, p.how FROM likeness_pair p
    JOIN attachment a ON a.commune = p.commune AND a.sha256 = p.sha256 AND a.state IN ('stored', 'unreferenced')
    WHERE p.other_commune = :commune AND p.other_sha256 = :sha256 LIMIT :read) newer
) m
JOIN attachment o ON o.commune = m.commune AND o.submission = m.submission AND o.name = m.name
JOIN submission s ON s.commune = m.commune AND s.submission = m.submission
JOIN commune c ON c.commune = m.commune
WHERE NOT (m.commune = :commune AND m.submission = :submission)
ORDER BY CASE WHEN m.commune = :commune AND s.site = :site THEN 1 ELSE 0 END, m.distance,
  CASE WHEN m.commune = :commune THEN 0 ELSE 1 END, s.received_at, m.commune, m.submission, m.name
LIMIT :limit
"""


def select_alike_uses(reader: Reader, commune: str, submission_id: str) -> list[Row]:
    """Every other submission's use of the submission's stored photos, or of pictures like them; at most MOST_ALIKE a photo, nearest first.

    A row: name and sha256 (the own attachment's), other_sha256, distance and how (0 and `""` for the same bytes), commune (`""` for the
    own, else the other's code), commune_name, submission, attachment, code, form, site, round, captured_at, received_at, state, hamlet,
    replaces. Of another commune's submission form, site, round, state, hamlet and replaces are None. Where there are more, uses at other
    sites come before those at the submission's own: corrections of one visit cannot push a stranger's photo out.
    """
    own = reader.rows(
        "SELECT a.name, a.sha256, s.site FROM attachment a"
        " LEFT JOIN submission s ON s.commune = a.commune AND s.submission = a.submission"
        # Without `sha256 IS NOT NULL`, for which SQLite would walk the commune's index of hashes: what is stored has one.
        " WHERE a.commune = :commune AND a.submission = :submission AND a.state = 'stored'"
        " ORDER BY a.ordinal, a.name",
        commune=commune, submission=submission_id,
    )  # fmt: skip
    found: list[Row] = []
    for photo in own:
        rows = reader.rows(
            _USES, commune=commune, submission=submission_id, sha256=photo["sha256"], site=photo["site"] or "",
            read=_MOST_READ, limit=2 * MOST_ALIKE,
        )  # fmt: skip
        found += [{"name": photo["name"], "sha256": photo["sha256"], **row} for row in _once(rows)]
    return found


def _once(rows: Sequence[Row]) -> list[Row]:
    """*rows* without a use that two pairs name, the nearest first, no more than MOST_ALIKE."""
    uses: dict[tuple[str, str, str], Row] = {}
    for row in rows:
        uses.setdefault((row["commune"], row["submission"], row["attachment"]), row)
    return sorted(list(uses.values())[:MOST_ALIKE], key=lambda row: row["distance"])


def select_versions(reader: Reader, commune: str, submission_id: str) -> set[str]:
    """The ids of all versions of one checklist: what the submission replaces, what replaces it, and so on; its own among them."""
    rows = reader.rows(
        "WITH RECURSIVE up (submission, replaces) AS ("
        " SELECT submission, replaces FROM submission WHERE commune = :commune AND submission = :submission UNION"
        " SELECT s.submission, s.replaces FROM up JOIN submission s ON s.commune = :commune AND s.submission = up.replaces),"
        " family (submission) AS (SELECT submission FROM up UNION"
        " SELECT s.submission FROM family JOIN submission s ON s.commune = :commune AND s.replaces = family.submission)"
        " SELECT submission FROM family",
        commune=commune, submission=submission_id,
    )  # fmt: skip
    return {row["submission"] for row in rows}


def insert_pairs(tx: Transaction, commune: str, pairs: Iterable[Row], at: datetime) -> None:
    """Keep that photos look alike (rows: sha256, other_commune, other_sha256, distance, how), the newer first.

    Known pairs stay as they are; a photo that was erased meanwhile gets none.
    """
    tx.execute_many(
        "INSERT INTO likeness_pair (commune, sha256, other_commune, other_sha256, distance, how, found_at)"
        " SELECT :commune, :sha256, :other_commune, :other_sha256, :distance, :how, :at WHERE NOT EXISTS (SELECT 1 FROM likeness_pair"
        " WHERE commune = :other_commune AND sha256 = :other_sha256 AND other_commune = :commune AND other_sha256 = :sha256)"
        " AND EXISTS (SELECT 1 FROM likeness WHERE commune = :commune AND sha256 = :sha256)"
        " AND EXISTS (SELECT 1 FROM likeness WHERE commune = :other_commune AND sha256 = :other_sha256)"
        " ON CONFLICT DO NOTHING",
        [{"commune": commune, "at": to_text(at), **pair} for pair in pairs],
    )


def delete_far_pairs(tx: Transaction, commune: str, sha256: str) -> None:
    """Of the older photos in other communes that the photo looks like, keep the MOST_ALIKE nearest."""
    known = {"commune": commune, "sha256": sha256}
    rows = tx.rows(
        "SELECT other_commune, other_sha256 FROM likeness_pair WHERE commune = :commune AND sha256 = :sha256 AND other_commune <> :commune"
        " ORDER BY distance, other_commune, other_sha256",
        **known,
    )
    tx.execute_many(
        "DELETE FROM likeness_pair WHERE commune = :commune AND sha256 = :sha256"
        " AND other_commune = :other_commune AND other_sha256 = :other_sha256",
        [{**known, **row} for row in rows[MOST_ALIKE:]],
    )


def select_is_used_elsewhere(reader: Reader, commune: str, sha256: str, submission_id: str) -> bool:
    """Whether another submission of the commune than *submission_id* has the photo."""
    return reader.row(
        "SELECT 1 AS one FROM attachment WHERE commune = :commune AND sha256 = :sha256 AND submission <> :submission LIMIT 1",
        commune=commune, sha256=sha256, submission=submission_id,
    ) is not None  # fmt: skip


def select_users(reader: Reader, commune: str, sha256: str) -> list[str]:
    """The submissions whose forms have come and that have the photo; of very many, some."""
    rows = reader.rows(
        "SELECT DISTINCT a.submission FROM attachment a JOIN submission s ON s.commune = a.commune AND s.submission = a.submission"
        " WHERE a.commune = :commune AND a.sha256 = :sha256 AND a.state IN ('stored', 'unreferenced') ORDER BY a.submission LIMIT :most",
        commune=commune, sha256=sha256, most=MOST_ALIKE,
    )  # fmt: skip
    return [row["submission"] for row in rows]
