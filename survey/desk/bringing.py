"""Bringing photos: a file or a ZIP comes in pieces, its photos are looked at undecoded and rest with their owner until handed in.

They are no evidence yet: their bytes lie with the unfinished uploads, under names made from their owner and hash, and go after a day.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from survey import photos
from survey.desk.archive import PHOTO_LIMIT, DamagedMemberError, Member, is_archive, is_silent, read_archive
from survey.desk.reasons import Refusal
from survey.domain.canonical import sha256_hex
from survey.domain.names import clean_file_name
from survey.domain.people import Ability, Actor
from survey.domain.photos import PhotoFacts
from survey.domain.ports import PartKey, Staged, Survey
from survey.domain.problems import FILE_TOO_LARGE, FILE_UNKNOWN, QUERY_UNUSABLE, UPLOAD_OFFSET, Problem
from survey.store.desk import (
    delete_desk_photos,
    insert_desk_photo,
    select_desk_count,
    select_desk_photo,
    select_desk_photos,
    select_desk_stale,
)
from survey.store.jobs import upsert_job

# Our own choices: one officer's day out, and the disk that it may take meanwhile.
UPLOAD_LIMIT = 2_000_000_000  # bytes of one file on its way, a ZIP as a rule
UNFINISHED = 4  # files that a person may have begun to send
WAITING = 1_000  # photos of a person that may wait
KEPT = timedelta(days=1)  # after the last one was brought
THUMB_JOB = "desk_thumb"
_CHUNK = 1 << 20
_UPLOAD_DIGITS = 32


@dataclass(frozen=True)
class Brought:
    """What became of a file: how many photos are new here, how many were here before, and what was refused."""

    taken: int = 0
    known: int = 0
    refused: tuple[Refusal, ...] = ()

    def plus(self, other: "Brought") -> "Brought":
        """Both together."""
        return Brought(self.taken + other.taken, self.known + other.known, (*self.refused, *other.refused))


@dataclass(frozen=True)
class Piece:
    """Bytes of a file on their way: they begin at *start* of *total*; *upload* is 32 hexadecimal digits that the sender chose."""

    upload: str
    name: str
    start: int
    total: int


def progress(survey: Survey, actor: Actor, upload: str) -> int:
    """How many bytes of a file are here. Raises NOT_ALLOWED, QUERY_UNUSABLE for what is no upload's id."""
    actor.require(Ability.CAPTURE)
    return survey.blobs.part_offset(_upload_key(actor, upload))


def bring_part(survey: Survey, actor: Actor, piece: Piece, chunks: Iterable[bytes]) -> Brought | int:
    """Keep a piece of a file as it comes; with the last one read the file. Returns what became of it, or how many bytes are here.

    Raises NOT_ALLOWED, FILE_TOO_LARGE before the first byte, UPLOAD_OFFSET for a piece behind what is here, ARCHIVE_UNREADABLE.
    """
    actor.require(Ability.CAPTURE)
    key = _upload_key(actor, piece.upload)
    if piece.total > UPLOAD_LIMIT:
        raise Problem(FILE_TOO_LARGE, name=clean_file_name(piece.name), limit_mb=UPLOAD_LIMIT // 1_000_000)
    if piece.start == 0:
        survey.blobs.make_room(key, UNFINISHED)
    offset = survey.blobs.write_part(key, piece.start, chunks, piece.total)
    if offset < piece.total:
        return offset
    staged = survey.blobs.finish_parts(key, piece.total)
    if staged is None:  # thrown away by another request meanwhile
        raise Problem(UPLOAD_OFFSET, offset=survey.blobs.part_offset(key))
    try:
        return bring(survey, actor, piece.name, staged)
    finally:
        survey.blobs.discard(staged)
        survey.blobs.drop_parts(key)


def bring(survey: Survey, actor: Actor, name: str, staged: Staged) -> Brought:
    """Take the photo in a file, or the photos in a ZIP; what is refused is told with its reason. Raises NOT_ALLOWED, ARCHIVE_UNREADABLE."""
    actor.require(Ability.CAPTURE)
    brought = Brought()
    for photo in unpack(survey, name, staged):
        if isinstance(photo, Refusal):
            brought = brought.plus(Brought(refused=(photo,)))
            continue
        try:
            brought = brought.plus(_keep(survey, actor, photo))
        finally:
            if photo.staged is not staged:
                survey.blobs.discard(photo.staged)
    return brought


@dataclass(frozen=True)
class Found:
    """A photo in a file that was brought: its name as a label, its bytes on local disk, and what they say of themselves."""

    name: str
    staged: Staged
    facts: PhotoFacts


def unpack(survey: Survey, name: str, staged: Staged) -> Iterator[Found | Refusal]:
    """The photos in *staged*: itself, or a ZIP's members, each staged in its turn; who takes one discards its bytes."""
    if is_archive(staged.path):
        yield from unpack_archive(survey, name, staged.path)
    elif not is_silent(name):
        yield look(name, staged)


def unpack_archive(survey: Survey, name: str, path: Path) -> Iterator[Found | Refusal]:
    """The photos in the ZIP at *path*, each staged; who takes one discards its bytes. Raises ARCHIVE_UNREADABLE."""
    for member in read_archive(path, name):
        yield member if isinstance(member, Refusal) else _unpacked(survey, member)


def _unpacked(survey: Survey, member: Member) -> Found | Refusal:
    try:
        staged = survey.blobs.stage(member.chunks(), name=member.name, limit=PHOTO_LIMIT)
    except DamagedMemberError:
        return Refusal(member.name, "damaged")
    found = look(member.name, staged)
    if isinstance(found, Refusal):
        found = replace(found, reason="archive_inside") if is_archive(staged.path) else found
        survey.blobs.discard(staged)
    return found


def look(name: str, staged: Staged) -> Found | Refusal:
    """The photo in one file, looked at without decoding it; or why it is none."""
    label = clean_file_name(name)
    if not label.strip(" ."):
        return Refusal("?", "name_missing")
    if staged.size > PHOTO_LIMIT:
        return Refusal(label, "too_large")
    intake = photos.inspect(staged.path, staged.size)
    return Found(label, staged, intake.facts) if intake.accepted else Refusal(label, intake.code)


def _keep(survey: Survey, actor: Actor, photo: Found) -> Brought:
    sha256, size = photo.staged.sha256, photo.staged.size
    with survey.reading() as reader:
        known = select_desk_photo(reader, actor.commune, actor.person, sha256) is not None
        # Counted each time: several archives may come in at once.
        full = not known and select_desk_count(reader, actor.commune, actor.person) >= WAITING
    if full:
        return Brought(refused=(Refusal(photo.name, "desk_full"),))
    with photo.staged.path.open("rb") as file:
        survey.blobs.write_part(photo_key(actor.commune, actor.person, sha256), 0, iter(lambda: file.read(_CHUNK), b""), size)
    with survey.transaction() as tx:
        now = survey.now()
        new = insert_desk_photo(tx, actor.commune, actor.person, sha256, name=photo.name, size=size, facts=photo.facts, at=now)
        if new:
            payload = {"person": actor.person, "sha256": sha256}
            upsert_job(tx, actor.commune, THUMB_JOB, f"{actor.person}:{sha256}", payload, now)
    return Brought(taken=int(new), known=int(not new))


def open_photo(survey: Survey, commune: str, person: str, sha256: str, size: int) -> Staged:
    """The bytes of a photo that waits, on local disk; who takes them discards them. Raises FILE_UNKNOWN."""
    staged = survey.blobs.finish_parts(photo_key(commune, person, sha256), size)
    if staged is None or staged.sha256 != sha256:
        raise Problem(FILE_UNKNOWN, name=sha256[:12])
    return staged


def throw_away(survey: Survey, actor: Actor, sha256s: Collection[str] | None = None) -> int:
    """Let go of photos of the actor's that wait, all of them where none are named; returns how many that were."""
    with survey.reading() as reader:
        waiting = {row["sha256"] for row in select_desk_photos(reader, actor.commune, actor.person)}
    gone = waiting if sha256s is None else waiting & set(sha256s)
    _drop(survey, actor.commune, actor.person, gone)
    return len(gone)


def sweep(survey: Survey) -> int:
    """Let go of the photos of people who have brought none for a day, and of those that their commune has erased; returns how many."""
    with survey.reading() as reader:
        stale = select_desk_stale(reader, survey.now() - KEPT)
    owners = {(row["commune"], row["person"]) for row in stale}
    for commune, person in owners:
        _drop(survey, commune, person, {row["sha256"] for row in stale if (row["commune"], row["person"]) == (commune, person)})
    return len(stale)


def _drop(survey: Survey, commune: str, person: str, sha256s: Collection[str]) -> None:
    with survey.transaction() as tx:
        delete_desk_photos(tx, commune, person, sha256s)
    for sha256 in sha256s:
        survey.blobs.drop_parts(photo_key(commune, person, sha256))
        survey.blobs.drop_parts(thumb_key(commune, person, sha256))


def photo_key(commune: str, person: str, sha256: str) -> PartKey:
    """Where the bytes of a photo that waits rest."""
    return _key("photo", commune, person, sha256)


def thumb_key(commune: str, person: str, sha256: str) -> PartKey:
    """Where its small view rests."""
    return _key("thumb", commune, person, sha256)


def _upload_key(actor: Actor, upload: str) -> PartKey:
    if len(upload) != _UPLOAD_DIGITS or not set(upload) <= set("0123456789abcdef"):
        raise Problem(QUERY_UNUSABLE, name="upload", value=upload[:40])
    return _key("upload", actor.commune, actor.person, upload)


def _key(kind: str, commune: str, person: str, what: str) -> PartKey:
    # Another owner than the phone's uploads have, and one for each kind: none of them can name, or make room among, the others.
    owner = sha256_hex(f"desk {kind}\n{commune}\n{person}")
    return PartKey(owner[:32], sha256_hex(what)[:32])
