"""A photo that comes in pieces over a line that breaks: what has come stays, and the hash of the whole decides at the end.

The pieces belong to who sends them: nobody learns of, or adds to, another person's.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from survey.domain.names import clean_file_name
from survey.domain.people import Ability, Actor
from survey.domain.ports import PartKey, Reader, Row, Survey
from survey.domain.problems import BYTES_DIFFER, DIGEST_NEEDED, FILE_TOO_LARGE, UPLOAD_OFFSET, Problem
from survey.domain.submissions import FileState
from survey.receive.files import PHOTO_LIMIT, PhotoReceipt, check_id, check_sender, photo
from survey.store.attachments import select_early, select_file, select_file_by_hash, select_missing
from survey.store.submissions import select_submission

UNFINISHED_LIMIT = 40  # uploads that a person may have begun; one more, and the one left alone longest starts anew


@dataclass(frozen=True)
class Progress:
    """How far an upload has come: *offset* bytes are here; *sha256* once the file is stored."""

    offset: int
    sha256: str | None = None


@dataclass(frozen=True)
class Part:
    """Where a piece belongs: it begins at byte *start* of *total*; *sha256* is that of the whole file, None where not told."""

    start: int
    total: int
    sha256: str | None = None


def progress(survey: Survey, actor: Actor, submission_id: str, name: str, sha256: str | None = None) -> Progress:
    """How much of a file is here; of another person's nothing is told. Raises NOT_ALLOWED, INSTANCE_WITHOUT_ID.

    With *sha256* only those bytes count as the file, where others came under its name before.
    """
    actor.require(Ability.CAPTURE)
    check_id(submission_id)
    with survey.reading() as reader:
        stored = _select(reader, actor, submission_id, clean_file_name(name), sha256)
        if stored is not None and _is_own(reader, actor, submission_id):
            return Progress(int(stored["size"]), str(stored["sha256"]))
    return Progress(survey.blobs.part_offset(_key(actor, submission_id, name)))


def part(survey: Survey, actor: Actor, submission_id: str, name: str, piece: Part, chunks: Iterable[bytes]) -> PhotoReceipt | int:
    """Keep the bytes of *piece* as they come; with the last ones take the file in, as `photo` does.

    Returns the receipt, or how many bytes are here while some are missing. However *chunks* ends, what came is kept.
    Raises FILE_TOO_LARGE before the first byte, UPLOAD_OFFSET for a piece behind what is here, DIGEST_NEEDED where all
    bytes but no hash came, BYTES_DIFFER where they are not the file that was announced (then nothing is kept), and as `photo`.
    """
    check_sender(survey, actor, submission_id)
    if piece.total > PHOTO_LIMIT:
        raise Problem(FILE_TOO_LARGE, name=name, limit_mb=PHOTO_LIMIT // 1_000_000)
    if stored := _stored(survey, actor, submission_id, name, piece.sha256):
        return stored
    key = _key(actor, submission_id, name)
    if piece.start == 0:
        survey.blobs.make_room(key, UNFINISHED_LIMIT)
    try:
        offset = survey.blobs.write_part(key, piece.start, chunks, piece.total)
    except Problem as problem:
        # The same photo sent twice at once: the other request may have finished it a moment ago.
        if problem.kind is UPLOAD_OFFSET and (stored := _stored(survey, actor, submission_id, name, piece.sha256)):
            return stored
        raise
    if offset < piece.total:
        return offset
    if piece.sha256 is None:
        raise Problem(DIGEST_NEEDED, name=name)
    return _finish(survey, actor, submission_id, name, piece.total, piece.sha256)


def _finish(survey: Survey, actor: Actor, submission_id: str, name: str, total: int, sha256: str) -> PhotoReceipt:
    key = _key(actor, submission_id, name)
    staged = survey.blobs.finish_parts(key, total)
    if staged is None:  # another request has finished, or thrown away, the same upload meanwhile
        if stored := _stored(survey, actor, submission_id, name, sha256):
            return stored
        raise Problem(UPLOAD_OFFSET, offset=survey.blobs.part_offset(key))
    try:
        if staged.sha256 != sha256:
            survey.blobs.drop_parts(key)
            raise Problem(BYTES_DIFFER, name=name)
        receipt = photo(survey, actor, submission_id, name, staged)
    finally:
        survey.blobs.discard(staged)
    survey.blobs.drop_parts(key)
    return receipt


def _stored(survey: Survey, actor: Actor, submission_id: str, name: str, sha256: str | None) -> PhotoReceipt | None:
    """The receipt of a file whose very bytes have been taken in before under that name."""
    if sha256 is None:
        return None
    label = clean_file_name(name)
    with survey.reading() as reader:
        row = select_file_by_hash(reader, actor.commune, submission_id, label, sha256)
        if row is None:
            return None
        return _receipt(row, label, select_missing(reader, actor.commune, submission_id))


def _select(reader: Reader, actor: Actor, submission_id: str, label: str, sha256: str | None) -> Row | None:
    if sha256 is None:
        return select_file(reader, actor.commune, submission_id, label)
    return select_file_by_hash(reader, actor.commune, submission_id, label, sha256)


def _receipt(row: Row, label: str, missing: list[str]) -> PhotoReceipt:
    accepted = row["state"] != FileState.REFUSED.value
    return PhotoReceipt(label, row["sha256"], row["size"], accepted, row["reason"], tuple(missing))


def _is_own(reader: Reader, actor: Actor, submission_id: str) -> bool:
    """Whether the submission, or what came before its form, is the actor's or within what a desk may see."""
    sees_all = actor.may(Ability.SEE_ALL)
    known = select_submission(reader, actor.commune, submission_id)
    if known is None:
        return sees_all or select_early(reader, actor.commune, submission_id)[0] == {actor.person}
    return known.person == actor.person or (sees_all and actor.reaches(known.hamlet))


def _key(actor: Actor, submission_id: str, name: str) -> PartKey:
    return PartKey.of(actor.commune, actor.person, submission_id, clean_file_name(name))
