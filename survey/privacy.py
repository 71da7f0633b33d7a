"""Privacy: how long photos are kept, what is covered on their public copies, and erasing them (DESIGN 2.1, 2.9).

Nothing here happens by itself: a person decides, with a reason, and the log names who and what, never the reason's words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from survey.domain.canonical import sha256_hex
from survey.domain.names import clean_file_name
from survey.domain.people import Ability, Actor
from survey.domain.ports import PartKey, Reader, Row, Survey, Transaction
from survey.domain.privacy import CONTACT, RETENTION, Box, Retention, years_of
from survey.domain.problems import (
    CONTACT_UNUSABLE,
    FILE_UNKNOWN,
    NOT_ALLOWED,
    PHOTO_ERASED,
    PREVIEW_MISSING,
    SOURCE_NEEDED,
    Problem,
)
from survey.domain.reasons import checked_reason
from survey.domain.times import VIETNAM
from survey.photos.covering import cover as covered
from survey.store import covers, erasures
from survey.store.attachments import select_blob
from survey.store.burying import update_buried
from survey.store.photo_uses import select_photo_uses
from survey.store.settings import insert_setting, select_settings

CONTACT_LENGTH = 300
PORTION = 100  # photos that one press erases: a person waits for it, and sees what it did before the next
_CHUNK = 25  # photos of one transaction: phones that send wait no longer
_LOOKED_AFTER = timedelta(days=7)  # for so long the sweep looks whether bytes came back


@dataclass(frozen=True)
class Erasure:
    """What an erasing did: how many photos, and of how many the bytes are gone already; the worker removes the others'."""

    photos: int
    freed: int


def set_retention(survey: Survey, actor: Actor, years: str, reason: str) -> None:
    """Set how many *years* the commune keeps photos, with the *reason* or document; `""` takes the setting back.

    It erases nothing. Raises NOT_ALLOWED, RETENTION_UNUSABLE, SOURCE_NEEDED, REASON_TOO_LONG.
    """
    _set(survey, actor, RETENTION, str(years_of(years)) if years.strip() else "", reason)


def set_contact(survey: Survey, actor: Actor, contact: str, reason: str) -> None:
    """Set whom people ask about their photos. Raises NOT_ALLOWED, CONTACT_UNUSABLE, SOURCE_NEEDED, REASON_TOO_LONG."""
    contact = " ".join(contact.split())
    if len(contact) > CONTACT_LENGTH:
        raise Problem(CONTACT_UNUSABLE, limit=CONTACT_LENGTH)
    _set(survey, actor, CONTACT, contact, reason)


def past_retention(survey: Survey, actor: Actor) -> list[erasures.PastDue]:
    """The photos that were received longer ago than the commune keeps them, by round; none where it has set no time.

    Raises NOT_ALLOWED, for who reaches some hamlets only too.
    """
    _require_whole_commune(actor)
    with survey.reading() as reader:
        before = _oldest_kept(reader, actor, survey.now())
        return [] if before is None else erasures.select_past(reader, actor.commune, before)


def erase_past(survey: Survey, actor: Actor, round_: str, reason: str) -> Erasure:
    """Erase the oldest PORTION of the photos of a round (`""`: of none) that are past their time. Raises as `erase`, but for the photo."""
    _require_whole_commune(actor)
    reason = checked_reason(reason, lacking=SOURCE_NEEDED)
    with survey.reading() as reader:
        before = _oldest_kept(reader, actor, survey.now())
        due = [] if before is None else erasures.select_past_photos(reader, actor.commune, round_, before, limit=PORTION)
    done: list[str] = []
    for start in range(0, len(due), _CHUNK):
        with survey.transaction() as tx:
            done += [sha256 for sha256 in due[start : start + _CHUNK] if _bury(tx, actor, sha256, reason, survey.now())]
    return Erasure(len(done), sum(_free(survey, actor.commune, sha256) for sha256 in done))


def erase(survey: Survey, actor: Actor, sha256: str, reason: str) -> Erasure:
    """Erase a photo for good: bytes, views, facts and likenesses go; hash, size, reason and the log stay.

    Raises NOT_ALLOWED, SOURCE_NEEDED, REASON_TOO_LONG, FILE_UNKNOWN (out of the actor's hamlets too), PHOTO_ERASED.
    """
    actor.require(Ability.MANAGE)
    reason = checked_reason(reason, lacking=SOURCE_NEEDED)
    with survey.transaction() as tx:
        uses = erasures.select_all_uses(tx, actor.commune, sha256)
        if not any(actor.reaches(use["hamlet"]) for use in uses):
            raise Problem(FILE_UNKNOWN, name=sha256[:12])
        if not all(actor.reaches(use["hamlet"]) for use in uses):
            raise Problem(NOT_ALLOWED, ability=Ability.MANAGE.value)
        if not _bury(tx, actor, sha256, reason, survey.now()):
            raise _erased(tx, actor.commune, sha256)
    return Erasure(1, int(_free(survey, actor.commune, sha256)))


def forget(survey: Survey, commune: str, sha256: str) -> bool:
    """Remove the bytes of an erased photo and what is left of its uploads: what the worker's job does, as often as it likes.

    False where another commune has them still. Raises STORAGE_UNUSABLE.
    """
    with survey.reading() as reader:
        uses = erasures.select_all_uses(reader, commune, sha256)
    for use in uses:
        name = clean_file_name(use["name"].removesuffix(f"~{sha256[:12]}"))
        survey.blobs.drop_parts(PartKey.of(commune, use["person"] or "", use["submission"], name))
    with survey.transaction() as tx:
        return erasures.delete_bytes(tx, survey.blobs, sha256)


def sweep(survey: Survey) -> int:
    """Remove what came back of lately erased photos after their bytes had gone, by a crash or a worker; returns of how many."""
    with survey.reading() as reader:
        lately = erasures.select_lately_erased(reader, survey.now() - _LOOKED_AFTER)
    swept = 0
    for sha256 in lately:
        if survey.blobs.holds(sha256):
            with survey.transaction() as tx:
                swept += erasures.delete_bytes(tx, survey.blobs, sha256)
    return swept


def cover(survey: Survey, actor: Actor, sha256: str, boxes: Sequence[Box]) -> int:
    """Keep *boxes* as what is covered on the photo's public copy from now on; returns the number of this set.

    No boxes: somebody looked and found nothing to cover. The original and the preview stay as they are.
    Raises NOT_ALLOWED, FILE_UNKNOWN, PHOTO_ERASED, PREVIEW_MISSING.
    """
    actor.require(Ability.REVIEW)
    with survey.transaction() as tx:
        blob = visible_photo(tx, actor, sha256)
        if blob["views"] != "ready":
            raise Problem(PREVIEW_MISSING)
        number = covers.insert_cover(tx, actor.commune, sha256, boxes, person=actor.person, at=survey.now())
        tx.log(actor.commune, "photo.covered", {"sha256": sha256, "number": number, "person": actor.person})
    return number


def public_view(survey: Survey, sha256: str) -> bytes:
    """The JPEG of a photo that may leave the office: at most 1,600 pixels, no metadata, covered where anybody covered it.

    Made anew each time from the preview and the boxes of this moment, so that no older, less covered copy can be taken for it.
    Raises PREVIEW_MISSING where there is no preview: of an erased photo too.
    """
    with survey.reading() as reader:
        boxes = covers.select_boxes_everywhere(reader, sha256)
    preview = survey.blobs.read_view(sha256, "preview")
    if preview is None:
        raise Problem(PREVIEW_MISSING)
    return covered(preview, boxes)


def visible_photo(reader: Reader, actor: Actor, sha256: str) -> Row:
    """The blob of a photo that the desk may see. Raises FILE_UNKNOWN, and PHOTO_ERASED where it was erased."""
    blob = select_blob(reader, actor.commune, sha256)
    uses = select_photo_uses(reader, actor.commune, sha256)
    if blob is None or blob["quarantine"] or not actor.may(Ability.SEE_ALL) or not any(actor.reaches(use["hamlet"]) for use in uses):
        raise Problem(FILE_UNKNOWN, name=sha256[:12])
    if blob["erased_at"]:
        raise _erased(reader, actor.commune, sha256)
    return blob


def _set(survey: Survey, actor: Actor, name: str, value: str, reason: str) -> None:
    actor.require(Ability.MANAGE)
    reason = checked_reason(reason, lacking=SOURCE_NEEDED)
    with survey.transaction() as tx:
        number = insert_setting(tx, actor.commune, name, value, reason=reason, person=actor.person, at=survey.now())
        hashes = {"value_sha256": sha256_hex(value), "reason_sha256": sha256_hex(reason)}
        tx.log(actor.commune, "privacy.set", {"name": name, "number": number, "person": actor.person, **hashes})


def _bury(tx: Transaction, actor: Actor, sha256: str, reason: str, now: datetime) -> bool:
    return update_buried(tx, actor.commune, sha256, person=actor.person, reason=reason, at=now)


def _free(survey: Survey, commune: str, sha256: str) -> bool:
    """Whether the bytes could be removed at once: the rows are committed, and the worker's job stands by."""
    try:
        return forget(survey, commune, sha256)
    except Problem:  # the object store is away
        return False


def _oldest_kept(reader: Reader, actor: Actor, now: datetime) -> datetime | None:
    return Retention.of(select_settings(reader, actor.commune)).oldest_kept(now)


def _erased(reader: Reader, commune: str, sha256: str) -> Problem:
    erased = erasures.select_erased(reader, commune, sha256)
    return Problem(PHOTO_ERASED, day=f"{erased.at.astimezone(VIETNAM):%d/%m/%Y}" if erased else "?")


def _require_whole_commune(actor: Actor) -> None:
    actor.require(Ability.MANAGE)
    if actor.hamlets is not None:
        raise Problem(NOT_ALLOWED, ability=Ability.MANAGE.value)
