"""Photos that somebody brought to the desk and has neither handed in nor thrown away: each person's own, seen by nobody else."""

from collections.abc import Collection, Sequence
from datetime import datetime

from survey.domain.photos import PhotoFacts, facts_to_json
from survey.domain.ports import Reader, Row, Transaction
from survey.domain.times import to_text

_PORTION = 500  # hashes asked for in one statement


def insert_desk_photo(
    tx: Transaction, commune: str, person: str, sha256: str, *, name: str, size: int, facts: PhotoFacts, at: datetime
) -> bool:
    """Remember a photo whose bytes are here; False where the person has brought it before (then it is as if brought now)."""
    owner = {"commune": commune, "person": person, "sha256": sha256, "at": to_text(at)}
    if tx.execute("UPDATE desk_photo SET brought_at = :at WHERE commune = :commune AND person = :person AND sha256 = :sha256", **owner):
        return False
    return bool(
        tx.execute(
            "INSERT INTO desk_photo (commune, person, sha256, name, size, facts, brought_at)"
            " VALUES (:commune, :person, :sha256, :name, :size, :facts, :at) ON CONFLICT (commune, person, sha256) DO NOTHING",
            name=name, size=size, facts=facts_to_json(facts), **owner,
        )
    )  # fmt: skip


def select_desk_photos(reader: Reader, commune: str, person: str) -> list[Row]:
    """The person's photos: sha256, name, size, facts (JSON), thumb, site, day, left_out, brought_at."""
    return reader.rows(
        "SELECT sha256, name, size, facts, thumb, site, day, left_out, brought_at FROM desk_photo"
        " WHERE commune = :commune AND person = :person ORDER BY name, sha256",
        commune=commune, person=person,
    )  # fmt: skip


def select_desk_photo(reader: Reader, commune: str, person: str, sha256: str) -> Row | None:
    """One of the person's photos; columns as `select_desk_photos`."""
    return reader.row(
        "SELECT sha256, name, size, facts, thumb, site, day, left_out, brought_at FROM desk_photo"
        " WHERE commune = :commune AND person = :person AND sha256 = :sha256",
        commune=commune, person=person, sha256=sha256,
    )  # fmt: skip


def select_desk_count(reader: Reader, commune: str, person: str) -> int:
    """How many photos of the person wait."""
    row = reader.row(
        "SELECT COUNT(*) AS count FROM desk_photo WHERE commune = :commune AND person = :person", commune=commune, person=person
    )
    return 0 if row is None else int(row["count"])


def update_desk_choice(
    tx: Transaction, commune: str, person: str, sha256s: Collection[str], *, site: str | None, day: str | None, left_out: bool
) -> None:
    """Remember what the person decided for some photos: the site, the day where the file tells none, whether they are left out."""
    tx.execute_many(
        "UPDATE desk_photo SET site = :site, day = :day, left_out = :left_out"
        " WHERE commune = :commune AND person = :person AND sha256 = :sha256",
        [
            {"commune": commune, "person": person, "sha256": sha256, "site": site, "day": day, "left_out": int(left_out)}
            for sha256 in sorted(sha256s)
        ],
    )


def update_desk_thumb(tx: Transaction, commune: str, person: str, sha256: str, size: int) -> bool:
    """Say how large the photo's small view is, 0 where none can be made; False where the photo is gone."""
    return bool(
        tx.execute(
            "UPDATE desk_photo SET thumb = :size WHERE commune = :commune AND person = :person AND sha256 = :sha256",
            commune=commune, person=person, sha256=sha256, size=size,
        )
    )  # fmt: skip


def delete_desk_photos(tx: Transaction, commune: str, person: str, sha256s: Collection[str]) -> None:
    """Forget photos of the person."""
    tx.execute_many(
        "DELETE FROM desk_photo WHERE commune = :commune AND person = :person AND sha256 = :sha256",
        [{"commune": commune, "person": person, "sha256": sha256} for sha256 in sorted(sha256s)],
    )


def select_desk_stale(reader: Reader, before: datetime) -> list[Row]:
    """The photos of people who brought none since *before*, and those that their commune has erased: commune, person, sha256."""
    return reader.rows(
        "SELECT d.commune, d.person, d.sha256 FROM desk_photo d WHERE d.brought_at < :before AND NOT EXISTS (SELECT 1 FROM desk_photo n"
        " WHERE n.commune = d.commune AND n.person = d.person AND n.brought_at >= :before) OR EXISTS (SELECT 1 FROM blob b"
        " WHERE b.commune = d.commune AND b.sha256 = d.sha256 AND b.erased_at IS NOT NULL)",
        before=to_text(before),
    )


def select_handed_in(reader: Reader, commune: str, sha256s: Sequence[str]) -> list[Row]:
    """Where the same bytes stand in submissions: sha256, site, submission, code, hamlet, person; oldest first."""
    rows: list[Row] = []
    for start in range(0, len(sha256s), _PORTION):
        names: dict[str, object] = {f"sha{number}": sha256 for number, sha256 in enumerate(sha256s[start : start + _PORTION])}
        rows += reader.rows(
            "SELECT a.sha256, s.site, s.submission, s.code, s.hamlet, s.person FROM attachment a"
            " JOIN submission s ON s.commune = a.commune AND s.submission = a.submission"
            f" WHERE a.commune = :commune AND a.sha256 IN ({', '.join(f':{name}' for name in names)})"
            " ORDER BY s.received_at, s.submission",
            commune=commune, **names,
        )  # fmt: skip
    return rows
