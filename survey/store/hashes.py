"""The hashes of photos, numbered in the order in which they became visible, and how far communes have been compared with each other."""

from collections.abc import Iterator, Mapping, Sequence

from survey.domain.looks import REGIONS
from survey.domain.ports import Reader, Row, Transaction

_HASHES = ", ".join(REGIONS)


def upsert_numbers(tx: Transaction, commune: str, count: int) -> int:
    """Take *count* numbers for photos of *commune*; returns the last of them.

    The commune's row stays locked until the transaction has ended. So numbers become visible in their order: who sees a number sees
    every smaller one that will ever be, and who holds the lock sees all that were given before.
    """
    row = next(iter(tx.rows(
        "INSERT INTO likeness_count (commune, last, compared, target, reached_commune, reached_seq)"
        " VALUES (:commune, :count, 0, 0, '', 0)"
        " ON CONFLICT (commune) DO UPDATE SET last = likeness_count.last + :count RETURNING last",
        commune=commune, count=count,
    )))  # fmt: skip
    return int(row["last"])


def insert_hashes(tx: Transaction, commune: str, first: int, photos: Mapping[str, Sequence[int]]) -> None:
    """Keep the hashes of `REGIONS` of *photos* (by SHA-256) under the numbers from *first* on."""
    places = ", ".join(f":{region}" for region in REGIONS)
    tx.execute_many(
        f"INSERT INTO likeness (commune, seq, sha256, {_HASHES}) VALUES (:commune, :seq, :sha256, {places})",
        [
            {"commune": commune, "seq": first + number, "sha256": sha256, **dict(zip(REGIONS, hashes, strict=True))}
            for number, (sha256, hashes) in enumerate(photos.items())
        ],
    )


def select_is_hashed(reader: Reader, commune: str, sha256: str) -> bool:
    """Whether the photo's hashes are kept."""
    found = reader.row("SELECT seq FROM likeness WHERE commune = :commune AND sha256 = :sha256", commune=commune, sha256=sha256)
    return found is not None


def select_hashed(reader: Reader, commune: str, seq: int) -> Row | None:
    """The photo with that number: sha256 and the hashes; None where it was erased, or never was."""
    return reader.row(f"SELECT sha256, {_HASHES} FROM likeness WHERE commune = :commune AND seq = :seq", commune=commune, seq=seq)


def select_hashes_after(reader: Reader, commune: str, seq: int) -> Iterator[Row]:
    """The commune's photos with greater numbers than *seq*, in their order: seq, sha256 and the hashes."""
    return reader.stream(
        f"SELECT seq, sha256, {_HASHES} FROM likeness WHERE commune = :commune AND seq > :seq ORDER BY seq", commune=commune, seq=seq
    )


def select_other_hashes(reader: Reader, commune: str, after: tuple[str, int], limit: int) -> list[Row]:
    """Up to *limit* photos of other communes behind *after* (commune, number), in that order: commune, seq and the hashes."""
    return reader.rows(
        f"SELECT commune, seq, {_HASHES} FROM likeness WHERE (commune, seq) > (:after, :seq) AND commune <> :commune"
        " ORDER BY commune, seq LIMIT :limit",
        commune=commune, after=after[0], seq=after[1], limit=limit,
    )  # fmt: skip


def select_looks(reader: Reader, commune: str, after: int, upto: int) -> list[Row]:
    """The commune's photos with numbers behind *after*, not behind *upto*: sha256, look (JSON)."""
    return reader.rows(
        "SELECT l.sha256, b.look FROM likeness l JOIN blob b ON b.commune = l.commune AND b.sha256 = l.sha256"
        " WHERE l.commune = :commune AND l.seq > :after AND l.seq <= :upto AND b.look IS NOT NULL ORDER BY l.seq",
        commune=commune, after=after, upto=upto,
    )  # fmt: skip


def update_pass_begun(tx: Transaction, commune: str, most: int) -> Row | None:
    """The commune's pass under way, or one begun now over up to *most* new photos; None where all were compared.

    A row: compared, target, reached_commune, reached_seq.
    """
    tx.execute(
        "UPDATE likeness_count SET target = CASE WHEN last > compared + :most THEN compared + :most ELSE last END,"
        " reached_commune = '', reached_seq = 0 WHERE commune = :commune AND target = compared AND last > compared",
        commune=commune, most=most,
    )  # fmt: skip
    return tx.row(
        "SELECT compared, target, reached_commune, reached_seq FROM likeness_count WHERE commune = :commune AND target > compared",
        commune=commune,
    )


def update_pass_reached(tx: Transaction, commune: str, begun: Row, reached: tuple[str, int] | None) -> None:
    """The pass *begun* has come to *reached* (commune, number), or None: to the end; nothing where another worker has moved it on."""
    where = (
        " WHERE commune = :commune AND compared = :compared AND target = :target"
        " AND reached_commune = :reached_commune AND reached_seq = :reached_seq"
    )
    if reached is None:
        tx.execute(f"UPDATE likeness_count SET compared = target{where}", commune=commune, **begun)
    else:
        tx.execute(
            f"UPDATE likeness_count SET reached_commune = :to_commune, reached_seq = :to_seq{where}",
            commune=commune, to_commune=reached[0], to_seq=reached[1], **begun,
        )  # fmt: skip


def select_is_alone(reader: Reader, commune: str) -> bool:
    """Whether the deployment has no other commune."""
    return reader.row("SELECT 1 AS one FROM commune WHERE commune <> :commune LIMIT 1", commune=commune) is None
