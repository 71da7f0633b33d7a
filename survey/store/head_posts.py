"""Heads of the log that were sent out, and time authorities' words on sealed bags."""

from datetime import date, datetime

from survey.domain.ports import Reader, Row, Transaction
from survey.domain.signing import Head, HeadPost, Unstamped
from survey.domain.times import from_text, optional_from_text, to_text


def select_unposted(reader: Reader, day: date) -> list[Row]:
    """The communes (commune, name, demonstration, seq, hash) with a log whose head nobody took on *day*, in order."""
    return reader.rows(
        "SELECT c.commune, c.name, c.demonstration, h.seq, h.hash FROM commune c JOIN event_head h ON h.commune = c.commune"
        " WHERE h.seq > 0 AND NOT EXISTS (SELECT 1 FROM head_post p WHERE p.commune = c.commune AND p.day = :day"
        " AND p.posted_at IS NOT NULL) ORDER BY c.commune",
        day=day.isoformat(),
    )


def upsert_head_post(tx: Transaction, head: Head, day: date, address: str, answer: str, *, taken: bool) -> None:
    """Remember an attempt to post *head*; one that was taken on that day stays as it is."""
    tx.execute(
        "INSERT INTO head_post (commune, day, seq, hash, address, posted_at, answer)"
        " VALUES (:commune, :day, :seq, :hash, :address, :posted_at, :answer) ON CONFLICT (commune, day) DO UPDATE SET"
        " seq = :seq, hash = :hash, address = :address, posted_at = :posted_at, answer = :answer WHERE head_post.posted_at IS NULL",
        commune=head.commune, day=day.isoformat(), seq=head.seq, hash=head.hash, address=address,
        posted_at=to_text(head.at) if taken else None, answer=answer,
    )  # fmt: skip


def select_head_posts(reader: Reader, commune: str, *, limit: int) -> list[HeadPost]:
    """The newest *limit* attempts, a row a day."""
    rows = reader.rows(
        "SELECT day, seq, hash, address, posted_at, answer FROM head_post WHERE commune = :commune ORDER BY day DESC LIMIT :limit",
        commune=commune, limit=limit,
    )  # fmt: skip
    return [
        HeadPost(
            date.fromisoformat(row["day"]), row["seq"], row["hash"], row["address"], optional_from_text(row["posted_at"]), row["answer"]
        )
        for row in rows
    ]


def select_unstamped(reader: Reader, since: datetime, limit: int) -> list[Unstamped]:
    """Bags sealed after *since* without a time authority's word, the newest first."""
    rows = reader.rows(
        "SELECT g.commune, g.bundle, g.number, g.tag_manifest FROM bundle_bag g"
        " JOIN bundle b ON b.commune = g.commune AND b.bundle = g.bundle"
        " WHERE b.created_at > :since AND NOT EXISTS (SELECT 1 FROM bundle_timestamp t WHERE t.commune = g.commune"
        " AND t.bundle = g.bundle AND t.number = g.number) ORDER BY b.created_at DESC, g.bundle, g.number LIMIT :limit",
        since=to_text(since), limit=limit,
    )  # fmt: skip
    return [Unstamped(row["commune"], row["bundle"], row["number"], row["tag_manifest"]) for row in rows]


def insert_timestamp(tx: Transaction, bag: Unstamped, token: bytes, authority: str, stamped_at: datetime) -> None:
    """Keep an authority's whole answer on *bag*, once."""
    tx.execute(
        "INSERT INTO bundle_timestamp (commune, bundle, number, token, authority, stamped_at)"
        " VALUES (:commune, :bundle, :number, :token, :authority, :at) ON CONFLICT (commune, bundle, number) DO NOTHING",
        commune=bag.commune, bundle=bag.bundle, number=bag.number, token=token, authority=authority, at=to_text(stamped_at),
    )  # fmt: skip


def select_timestamp(reader: Reader, commune: str, bundle: str, number: int) -> tuple[bytes, str, datetime] | None:
    """An authority's answer (DER) on a bag, who it is and its time; None where there is none yet."""
    row = reader.row(
        "SELECT token, authority, stamped_at FROM bundle_timestamp"
        " WHERE commune = :commune AND bundle = :bundle AND number = :number",
        commune=commune, bundle=bundle, number=number,
    )  # fmt: skip
    return None if row is None else (bytes(row["token"]), row["authority"], from_text(row["stamped_at"]))


def select_bag_name(reader: Reader, commune: str, bundle: str, number: int) -> str | None:
    """The name of a bag's zip, None where there is no such bag."""
    row = reader.row(
        "SELECT name FROM bundle_bag WHERE commune = :commune AND bundle = :bundle AND number = :number",
        commune=commune, bundle=bundle, number=number,
    )  # fmt: skip
    return None if row is None else str(row["name"])


def select_timestamped(reader: Reader, commune: str) -> set[tuple[str, int]]:
    """Bundle and number of every bag that an authority has stamped."""
    rows = reader.rows("SELECT bundle, number FROM bundle_timestamp WHERE commune = :commune", commune=commune)
    return {(row["bundle"], row["number"]) for row in rows}
