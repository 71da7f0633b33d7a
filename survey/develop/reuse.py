"""Reuse: where else the photos of a visit were used, and which older photos of the commune a new one looks like.

A new photo is compared with all others in memory before the commune's row is locked; under the lock only with those that other workers
numbered meanwhile. Numbers become visible in their order (`survey.store.hashes`), so of two workers that develop two copies at once the
one that gets the lock later sees the other's photo: no pair is missed, and the lock is held for milliseconds.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from survey.domain.checks import Use
from survey.domain.looks import REGIONS, PhotoLook, likeness
from survey.domain.ports import Reader, Row, Transaction
from survey.domain.submissions import Attachment, FileState, Submission
from survey.domain.times import from_text
from survey.photos.likeness import ALIKE_BITS, Found, Held, Index, Memory
from survey.store.hashes import insert_hashes, select_hashed, select_hashes_after, select_is_hashed, upsert_numbers
from survey.store.jobs import upsert_job
from survey.store.likeness import MOST_ALIKE, insert_pairs, select_alike_uses, select_is_used_elsewhere, select_versions
from survey.store.sites import select_site

# Of so many some may be photos of the same visit or erased meanwhile: three times what is kept.
_CANDIDATES = 3 * MOST_ALIKE

Looks = Mapping[str, PhotoLook]


@dataclass(frozen=True)
class Known:
    """What the photos up to number *upto* say: by a new photo's SHA-256 those that it looks like."""

    upto: int
    found: Mapping[str, Sequence[Found]]


def uses_of(reader: Reader, submission: Submission, attachments: Sequence[Attachment]) -> dict[str, list[Use]]:
    """The uses in other submissions of each stored photo of *attachments*, or of pictures like it, by its name; nearest first."""
    stored = {a.name for a in attachments if a.sha256 and a.state is FileState.STORED}
    versions: set[str] = set()
    found: dict[str, list[Use]] = {}
    for row in select_alike_uses(reader, submission.commune, submission.id):
        if row["name"] in stored:
            versions = versions or select_versions(reader, submission.commune, submission.id)
            found.setdefault(row["name"], []).append(_use(reader, submission, row, versions))
    return found


def _use(reader: Reader, submission: Submission, row: Row, versions: set[str]) -> Use:
    site = select_site(reader, submission.commune, row["site"]) if row["site"] else None
    return Use(
        submission=row["submission"],
        code=row["code"],
        site=row["site"],
        site_code=site.code if site else None,
        round=row["round"],
        captured_at=from_text(row["captured_at"]),
        attachment=row["attachment"],
        distance=row["distance"],
        how=row["how"],
        commune=row["commune_name"] if row["commune"] else "",
        earlier=(from_text(row["received_at"]), row["submission"]) < (submission.received_at, submission.id),
        linked=not row["commune"] and row["submission"] in versions,
    )


def compare(reader: Reader, commune: str, looks: Looks, memory: Memory) -> Known:
    """What the commune's photos that are visible to *reader* say of new photos with *looks*; *memory* is brought up to date first."""
    index = caught_up(reader, commune, memory)
    return Known(index.last, {sha256: index.nearest(look.probes, _CANDIDATES) for sha256, look in looks.items()})


def caught_up(reader: Reader, commune: str, memory: Memory) -> Index:
    """The commune's index with every photo visible to *reader*; read anew where the database is another one than before.

    That is told by the photo that was read last: gone, or another under its number. Photos erased before it stay in the index, where
    they do no harm: whatever the index finds is looked up before it is believed.
    """
    held = memory.held(commune)
    if held.index.last and not _is_last(select_hashed(reader, commune, held.index.last), held):
        held = Held(Index(), "")
    last_sha256 = held.last_sha256

    def read() -> Iterator[tuple[int, tuple[int, ...]]]:
        nonlocal last_sha256
        for row in select_hashes_after(reader, commune, held.index.last):
            last_sha256 = row["sha256"]
            yield row["seq"], hashes_of(row)

    held.index.extend(read())
    memory.hold(commune, Held(held.index, last_sha256))
    return held.index


def _is_last(row: Row | None, held: Held) -> bool:
    return row is not None and row["sha256"] == held.last_sha256


def insert_alike(tx: Transaction, commune: str, submission_id: str, looks: Looks, known: Known, now: datetime) -> bool:
    """Number the photos with *looks* and keep which older ones they look like; *known* is what `compare` said. False: none was new.

    Photos that only the same submission has are no pair: a burst of one visit is normal.
    """
    first = upsert_numbers(tx, commune, len(looks)) - len(looks) + 1
    new = {sha256: look for sha256, look in looks.items() if not select_is_hashed(tx, commune, sha256)}
    newest = Index()
    newest.extend((row["seq"], hashes_of(row)) for row in select_hashes_after(tx, commune, known.upto))
    insert_hashes(tx, commune, first, {sha256: look.hashes or () for sha256, look in new.items()})
    for sha256, look in new.items():
        found = [*known.found[sha256], *newest.nearest(look.probes, _CANDIDATES)]
        insert_pairs(tx, commune, _pairs(tx, commune, submission_id, sha256, look, found), now)
    return bool(new)


def _pairs(tx: Transaction, commune: str, submission_id: str, sha256: str, look: PhotoLook, found: Sequence[Found]) -> list[Row]:
    pairs: list[Row] = []
    for each in sorted(found, key=lambda found: found.distance):
        pair = verified(select_hashed(tx, commune, each.seq), look)
        if pair is None or pair["other_sha256"] == sha256:
            continue
        if select_is_used_elsewhere(tx, commune, pair["other_sha256"], submission_id):
            pairs.append({"sha256": sha256, "other_commune": commune, **pair})
        if len(pairs) == MOST_ALIKE:
            break
    return pairs


def verified(row: Row | None, look: PhotoLook) -> Row | None:
    """The pair (other_sha256, distance, how) of a new photo's *look* and an older one's stored *row*; None where that denies it."""
    near = likeness(look, PhotoLook(hashes=hashes_of(row))) if row is not None else None
    if row is None or near is None or near[0] > ALIKE_BITS:
        return None
    distance, how = near
    return {"other_sha256": row["sha256"], "distance": distance, "how": how}


def hashes_of(row: Row) -> tuple[int, ...]:
    """The hashes in a row of the table."""
    return tuple(row[region] for region in REGIONS)


def ask_others(tx: Transaction, commune: str, submission_id: str, now: datetime) -> None:
    """Have every other submission that uses the same or a like picture examined anew, so that its flags name this one too.

    An examination asks nobody in its turn, so this ends. In one order everywhere: two transactions that ask for the same do not lock
    each other out.
    """
    rows = select_alike_uses(tx, commune, submission_id)
    for other, submission in sorted({(row["commune"] or commune, row["submission"]) for row in rows}):
        upsert_job(tx, other, "examine", submission, {"submission": submission}, now)
