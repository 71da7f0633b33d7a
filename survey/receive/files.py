"""Files of a submission: whose they may be, looked at without being decoded, made durable, given their rows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from survey import photos
from survey.domain.names import clean_file_name
from survey.domain.people import Ability, Actor
from survey.domain.photos import Intake, facts_to_json
from survey.domain.ports import Reader, Staged, Survey, Transaction
from survey.domain.problems import BYTES_GOING, INSTANCE_WITHOUT_ID, NOT_ALLOWED, TOO_MANY_FILES, Problem
from survey.store.attachments import insert_blob, select_early, select_missing, upsert_arrived
from survey.store.burying import update_buried
from survey.store.erasures import is_known_elsewhere, lock_bytes, select_all_uses, select_erased
from survey.store.jobs import upsert_job
from survey.store.submissions import select_submission, update_missing
from survey.store.tombstones import select_is_buried

PHOTO_LIMIT = 25_000_000  # bytes; the cap of DESIGN 2.5, above any phone's JPEG or HEIC
UNNAMED_LIMIT = 40  # files that no form has named yet: a stranger's flood ends here
_INSTANCE_ID = re.compile(r"uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class PhotoReceipt:
    """What the sender of a file is told: the hash of what is on disk, and whether it is a photo (*reason* says why not)."""

    name: str
    sha256: str
    size: int
    accepted: bool
    reason: str | None
    missing: tuple[str, ...]


@dataclass(frozen=True)
class File:
    """A file that is durable and inspected, about to get its rows."""

    name: str
    staged: Staged
    intake: Intake

    @property
    def reason(self) -> str | None:
        """The code of why it is no photo; None where it is one."""
        return None if self.intake.accepted else self.intake.code


def photo(survey: Survey, actor: Actor, submission_id: str, name: str, staged: Staged) -> PhotoReceipt:
    """Take in one file of a submission, before, with or after its form; the same bytes again change nothing.

    What is not a photo goes to quarantine and the receipt says so. Raises NOT_ALLOWED for another person's submission,
    INSTANCE_WITHOUT_ID for an id that is no instanceID, TOO_MANY_FILES where a form that has not come has too many.
    """
    check_sender(survey, actor, submission_id)
    file = keep(survey, actor, name, staged)
    with survey.transaction() as tx:
        insert_files(tx, actor, submission_id, [file], survey.now())
        settle_erased(tx, survey, actor, [file])
        missing = select_missing(tx, actor.commune, submission_id)
    return PhotoReceipt(file.name, staged.sha256, staged.size, file.intake.accepted, file.reason, tuple(missing))


def check_sender(survey: Survey, actor: Actor, submission_id: str) -> None:
    """Raise NOT_ALLOWED, INSTANCE_WITHOUT_ID or TOO_MANY_FILES where *actor* may add no file to the submission."""
    actor.require(Ability.CAPTURE)
    check_id(submission_id)
    with survey.reading() as reader:
        _check_owner(reader, actor, submission_id)


def check_id(submission_id: str) -> None:
    """Raise INSTANCE_WITHOUT_ID unless *submission_id* is an instanceID."""
    if not _INSTANCE_ID.fullmatch(submission_id):
        raise Problem(INSTANCE_WITHOUT_ID)


def keep(survey: Survey, actor: Actor, name: str, staged: Staged) -> File:
    """Look at the bytes without decoding them, then make them durable; those that the commune has erased are not kept again."""
    intake = photos.inspect(staged.path, staged.size)
    with survey.reading() as reader:
        erased = select_erased(reader, actor.commune, staged.sha256)
    if erased is None:
        survey.blobs.keep(staged, quarantine=not intake.accepted)
    return File(clean_file_name(name), staged, intake)


def settle_erased(tx: Transaction, survey: Survey, actor: Actor, files: Sequence[File]) -> None:
    """Whoever erases the same bytes at this moment is waited for: where they are gone with that, nothing was received.

    Raises BYTES_GOING, and the sender sends again. A phone that sends what its own commune has erased hears that it was received, and
    what it brought goes.
    """
    for sha256 in sorted({file.staged.sha256 for file in files}):
        known = lock_bytes(tx, sha256) if is_known_elsewhere(tx, actor.commune, sha256) else {}
        if known.get(actor.commune):
            upsert_job(tx, actor.commune, "erase", sha256, {"sha256": sha256}, survey.now())
        elif any(known.values()) and not _is_on_disk(survey, sha256):
            raise Problem(BYTES_GOING)


def _is_on_disk(survey: Survey, sha256: str) -> bool:
    return any(survey.blobs.size(sha256, quarantine=aside) is not None for aside in (False, True))


def insert_files(tx: Transaction, actor: Actor, submission_id: str, files: Sequence[File], now: datetime) -> None:
    """Rows, events and the worker's job for *files* that are on disk. Raises as `check_sender`."""
    _check_owner(tx, actor, submission_id)
    buried = select_is_buried(tx, actor.commune, submission_id)
    for file in files:
        facts = facts_to_json(file.intake.facts)
        insert_blob(
            tx, actor.commune, file.staged,
            media_type=file.intake.media_type, quarantine=not file.intake.accepted, facts=facts, at=now,
        )  # fmt: skip
        name = f"erased-{file.staged.sha256[:12]}" if buried else file.name
        if upsert_arrived(tx, actor.commune, submission_id, name, staged=file.staged, reason=file.reason, person=actor.person, at=now):
            tx.log(actor.commune, "photo.received", {"submission": submission_id, "sha256": file.staged.sha256, "refused": file.reason})
        # Its home was erased: the phone hears that it arrived, and the bytes go unless another place has them.
        if buried and {use["submission"] for use in select_all_uses(tx, actor.commune, file.staged.sha256)} == {submission_id}:
            update_buried(tx, actor.commune, file.staged.sha256, person=actor.person, reason="", at=now)
    update_missing(tx, actor.commune, submission_id)
    upsert_job(tx, actor.commune, "develop", submission_id, {"submission": submission_id}, now)


def _check_owner(reader: Reader, actor: Actor, submission_id: str) -> None:
    """Files may be added to one's own submission only, or to one whose form has not come and whose files are one's own.

    Who sees the whole commune's work may add to all of it: that is how a saved outbox is brought in for another person.
    """
    sees_all = actor.may(Ability.SEE_ALL)
    known = select_submission(reader, actor.commune, submission_id)
    if known is not None:
        if known.person != actor.person and not sees_all:
            raise Problem(NOT_ALLOWED, ability=Ability.CAPTURE.value)
        return
    owners, count = select_early(reader, actor.commune, submission_id)
    if owners - {actor.person} and not sees_all:
        raise Problem(NOT_ALLOWED, ability=Ability.CAPTURE.value)
    if count >= UNNAMED_LIMIT:
        raise Problem(TOO_MANY_FILES, limit=UNNAMED_LIMIT)
