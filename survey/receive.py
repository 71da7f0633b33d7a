"""Receive: every door's submissions and photos come in here; what was answered is on disk (DESIGN 2.1-2.5)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from survey import photos
from survey.domain.canonical import sha256_hex
from survey.domain.checks import CHECKS, LOOK
from survey.domain.forms import Misfit
from survey.domain.names import clean_file_name
from survey.domain.people import Ability, Actor
from survey.domain.photos import Intake, facts_to_json
from survey.domain.ports import Reader, Staged, Survey, Transaction
from survey.domain.problems import (
    FORM_UNKNOWN,
    INSTANCE_OTHER_ID,
    INSTANCE_WITHOUT_ID,
    NOT_ALLOWED,
    SUBMISSION_CONFLICT,
    TOO_MANY_FILES,
    Problem,
)
from survey.domain.submissions import Instance, State, Submission, short_code
from survey.domain.times import local_date
from survey.forms.check import check_answers
from survey.forms.instance import canonical_answers, read_header, read_instance
from survey.store.attachments import (
    insert_blob,
    insert_carried,
    insert_named,
    select_early,
    select_missing,
    upsert_arrived,
)
from survey.store.counted import update_counted_on_receipt
from survey.store.deployment import select_round_on
from survey.store.flags import upsert_flags
from survey.store.forms import select_tree
from survey.store.jobs import upsert_job
from survey.store.measures import insert_measures
from survey.store.places import select_hamlet
from survey.store.sites import select_site, select_site_by_code
from survey.store.submissions import insert_conflict, insert_submission, select_submission, update_missing

PHOTO_LIMIT = 25_000_000  # bytes; the cap of DESIGN 2.5, above any phone's JPEG or HEIC
UNNAMED_LIMIT = 40  # files that no form has named yet: a stranger's flood ends here
_INSTANCE_ID = re.compile(r"uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Receipt:
    """What the sender is told: the submission's short code, its missing files, and the log's head that binds us."""

    id: str
    code: str
    state: State
    missing: tuple[str, ...]
    received_at: datetime
    head: str
    created: bool


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
class _File:
    """A file that is durable and inspected, about to get its rows."""

    name: str
    staged: Staged
    intake: Intake

    @property
    def reason(self) -> str | None:
        return None if self.intake.accepted else self.intake.code


def submission(
    survey: Survey, actor: Actor, xml: bytes, *, door: str, expected_id: str | None = None, files: Sequence[tuple[str, Staged]] = ()
) -> Receipt:
    """Take in a filled form, with any *files* (name, staged bytes) that came along; the same one again changes nothing.

    Raises NOT_ALLOWED, INSTANCE_… for XML that names no form or id, FORM_UNKNOWN, and SUBMISSION_CONFLICT where the id is
    taken by other content; in the last two cases the newcomer is kept aside first.
    """
    actor.require(Ability.CAPTURE)
    header = read_header(xml)
    if expected_id is not None and header.instance_id != expected_id:
        raise Problem(INSTANCE_OTHER_ID, inside=header.instance_id, outside=expected_id)
    with survey.reading() as reader:
        tree = select_tree(reader, actor.commune, header.form, header.version)
    if tree is None:
        _keep_aside(survey, actor, xml)
        raise Problem(FORM_UNKNOWN, form=header.form, version=header.version or "–")
    instance = read_instance(xml, tree)
    kept = [_keep(survey, name, staged) for name, staged in files]
    now = survey.now()
    flags = _form_flags(check_answers(tree, canonical_answers(instance), local_date(instance.captured_at or now)))
    with survey.transaction() as tx:
        newcomer = _submission(tx, actor, instance, xml, door=door, now=now)
        created = insert_submission(tx, newcomer, xml)
        known = newcomer if created else _known(tx, newcomer, actor)
        conflict = known.instance_sha256 != newcomer.instance_sha256
        if conflict:
            insert_conflict(tx, newcomer, xml)
            tx.log(actor.commune, "submission.conflict", {"submission": known.id, "sha256": newcomer.instance_sha256})
        if created:
            _insert_parts(tx, actor, newcomer, instance, flags)
        if not conflict:
            _insert_files(tx, actor, known.id, kept, now)
            missing = select_missing(tx, actor.commune, known.id)
        tx.head(actor.commune)  # a repetition writes no event: its receipt shows the head as it stands
    if conflict:
        raise Problem(SUBMISSION_CONFLICT, id=known.id)
    return Receipt(known.id, known.code, known.state, tuple(missing), known.received_at, tx.head(actor.commune), created)


def photo(survey: Survey, actor: Actor, submission_id: str, name: str, staged: Staged) -> PhotoReceipt:
    """Take in one file of a submission, before, with or after its form; the same bytes again change nothing.

    What is not a photo goes to quarantine and the receipt says so. Raises NOT_ALLOWED for another person's submission,
    INSTANCE_WITHOUT_ID for an id that is no instanceID, TOO_MANY_FILES where a form that has not come has too many.
    """
    actor.require(Ability.CAPTURE)
    if not _INSTANCE_ID.fullmatch(submission_id):
        raise Problem(INSTANCE_WITHOUT_ID)
    with survey.reading() as reader:
        _check_owner(reader, actor, submission_id)
    file = _keep(survey, name, staged)
    with survey.transaction() as tx:
        _insert_files(tx, actor, submission_id, [file], survey.now())
        missing = select_missing(tx, actor.commune, submission_id)
    return PhotoReceipt(file.name, staged.sha256, staged.size, file.intake.accepted, file.reason, tuple(missing))


def _keep(survey: Survey, name: str, staged: Staged) -> _File:
    """Look at the bytes without decoding them, then make them durable."""
    intake = photos.inspect(staged.path, staged.size)
    survey.blobs.keep(staged, quarantine=not intake.accepted)
    return _File(clean_file_name(name), staged, intake)


def _keep_aside(survey: Survey, actor: Actor, xml: bytes) -> None:
    staged = survey.blobs.stage([xml], name="instance.xml", limit=len(xml))
    survey.blobs.keep(staged, quarantine=True)
    with survey.transaction() as tx:
        if insert_blob(tx, actor.commune, staged, media_type="text/xml", quarantine=True, facts="{}", at=survey.now()):
            tx.log(actor.commune, "instance.quarantined", {"sha256": staged.sha256})


def _submission(tx: Transaction, actor: Actor, instance: Instance, xml: bytes, *, door: str, now: datetime) -> Submission:
    site = None
    if instance.site:
        site = select_site(tx, actor.commune, instance.site) or select_site_by_code(tx, actor.commune, instance.site)
    captured_at = instance.captured_at or now
    return Submission(
        commune=actor.commune,
        id=instance.id,
        code=short_code(instance.id),
        form=instance.form,
        form_version=instance.form_version,
        site=site.id if site else None,
        hamlet=site.hamlet if site else _hamlet(tx, actor, instance),
        round=select_round_on(tx, actor.commune, local_date(captured_at)),
        person=actor.person,
        device=instance.device,
        door=door,
        captured_at=captured_at,
        received_at=now,
        state=State.RECEIVED,
        state_version=1,
        replaces=instance.replaces,
        missing_files=len(instance.files),
        flag_count=0,
        flag_severity=0,
        fix=instance.fix,
        answers=canonical_answers(instance),
        instance_sha256=sha256_hex(xml),
        started_at=instance.started_at,
    )


def _hamlet(reader: Reader, actor: Actor, instance: Instance) -> str | None:
    """The hamlet that the phone chose, former ones included; any other text is no hamlet, and nobody's scope."""
    known = select_hamlet(reader, actor.commune, instance.hamlet) if instance.hamlet else None
    return known.id if known else None


def _known(reader: Reader, newcomer: Submission, actor: Actor) -> Submission:
    known = select_submission(reader, newcomer.commune, newcomer.id)
    if known is None:  # pragma: no cover - rows are never deleted
        raise AssertionError(newcomer.id)
    if known.person != actor.person and not actor.may(Ability.SEE_ALL):
        raise Problem(NOT_ALLOWED, ability=Ability.CAPTURE.value)
    return known


def _insert_parts(
    tx: Transaction, actor: Actor, submission: Submission, instance: Instance, flags: Sequence[Mapping[str, object]]
) -> None:
    insert_named(tx, submission.commune, instance)
    replaced = select_submission(tx, submission.commune, submission.replaces) if submission.replaces else None
    # Naming a stranger's submission as one's predecessor must not open its photos.
    if replaced is not None and (replaced.person == actor.person or actor.may(Ability.SEE_ALL)):
        insert_carried(tx, submission.commune, replaced.id, submission.id)
    insert_measures(tx, submission)
    update_counted_on_receipt(tx, submission.commune, submission.id)
    if flags:
        upsert_flags(tx, submission.commune, submission.id, flags, submission.received_at)
    tx.log(
        submission.commune,
        "submission.received",
        {"submission": submission.id, "sha256": submission.instance_sha256, "form": submission.form, "version": submission.form_version},
    )


def _form_flags(misfits: Sequence[Misfit]) -> list[dict[str, object]]:
    """What the form's own rules found, as the two checks of the visit that name questions; mere notes are left out."""
    missing = sorted({misfit.question for misfit in misfits if misfit.code == "answer_required"})
    impossible = sorted({misfit.question for misfit in misfits if misfit.code != "answer_required" and misfit.severity >= LOOK})
    return [
        {"attachment": "", "code": code, "severity": CHECKS[code].severity, "figures": {"questions": questions}}
        for code, questions in (("answers_missing", missing), ("answers_impossible", impossible))
        if questions
    ]


def _insert_files(tx: Transaction, actor: Actor, submission_id: str, files: Sequence[_File], now: datetime) -> None:
    _check_owner(tx, actor, submission_id)
    for file in files:
        facts = facts_to_json(file.intake.facts)
        insert_blob(
            tx, actor.commune, file.staged,
            media_type=file.intake.media_type, quarantine=not file.intake.accepted, facts=facts, at=now,
        )  # fmt: skip
        if upsert_arrived(tx, actor.commune, submission_id, file.name, staged=file.staged, reason=file.reason, person=actor.person, at=now):
            tx.log(actor.commune, "photo.received", {"submission": submission_id, "sha256": file.staged.sha256, "refused": file.reason})
    update_missing(tx, actor.commune, submission_id)
    upsert_job(tx, actor.commune, "develop", submission_id, {"submission": submission_id}, now)


def _check_owner(reader: Reader, actor: Actor, submission_id: str) -> None:
    """Files may be added to one's own submission only, or to one whose form has not come and whose files are one's own."""
    known = select_submission(reader, actor.commune, submission_id)
    if known is not None:
        if known.person != actor.person and not actor.may(Ability.SEE_ALL):
            raise Problem(NOT_ALLOWED, ability=Ability.CAPTURE.value)
        return
    owners, count = select_early(reader, actor.commune, submission_id)
    if owners - {actor.person}:
        raise Problem(NOT_ALLOWED, ability=Ability.CAPTURE.value)
    if count >= UNNAMED_LIMIT:
        raise Problem(TOO_MANY_FILES, limit=UNNAMED_LIMIT)
