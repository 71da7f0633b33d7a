"""A filled form as it comes in: read, checked against its form, written once, with the files that came along."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from survey.domain.answering import answers_mark
from survey.domain.canonical import sha256_hex
from survey.domain.checks import CHECKS, LOOK
from survey.domain.forms import Misfit
from survey.domain.people import Ability, Actor
from survey.domain.ports import Reader, Staged, Survey, Transaction
from survey.domain.problems import FORM_UNKNOWN, INSTANCE_OTHER_ID, NOT_ALLOWED, SUBMISSION_CONFLICT, Problem
from survey.domain.submissions import Instance, State, Submission, short_code
from survey.domain.times import clock_drift_s, local_date
from survey.forms.check import check_answers
from survey.forms.instance import canonical_answers, read_header, read_instance
from survey.receive.aside import refuse_edit, set_aside
from survey.receive.files import File, insert_files, keep, settle_erased
from survey.store.attachments import insert_blob, insert_carried, insert_named, select_missing
from survey.store.counted import CorrectedMeanwhile, has_corrections, update_counted_on_receipt
from survey.store.deployment import select_round_on
from survey.store.figures import mark_figures_stale
from survey.store.flags import upsert_flags
from survey.store.forms import select_tree
from survey.store.measures import insert_measures
from survey.store.mergers import follow_merger
from survey.store.people import select_person
from survey.store.places import select_hamlet
from survey.store.reviews import lock_decisions
from survey.store.routes import update_answers_mark
from survey.store.sites import select_site, select_site_by_code
from survey.store.submissions import insert_submission, select_submission


@dataclass(frozen=True)
class Receipt:
    """What the sender is told: the submission's short code, its missing files, the log's head that binds us, and the time here.

    *clock_drift_s* is the phone's clock minus ours at this sending; None where the phone told none.
    """

    id: str
    code: str
    state: State
    missing: tuple[str, ...]
    received_at: datetime
    head: str
    created: bool
    server_time: datetime
    clock_drift_s: float | None


def submission(
    survey: Survey,
    actor: Actor,
    xml: bytes,
    *,
    door: str,
    expected_id: str | None = None,
    files: Sequence[tuple[str, Staged]] = (),
    phone_time: str = "",
) -> Receipt:
    """Take in a filled form, with any *files* (name, staged bytes) that came along; the same one again changes nothing.

    *phone_time* is what the phone's clock showed when it sent (ISO 8601); how far it was off is kept with the first receipt.
    Raises NOT_ALLOWED, INSTANCE_… for XML that names no form or id, FORM_UNKNOWN, and SUBMISSION_CONFLICT where the id is
    taken by other content; in the last two cases the newcomer is kept aside first. So it is where ODK Collect corrects a submission
    that is not there, EDIT_WITHOUT_ORIGINAL, or has been corrected before, EDIT_TOO_LATE.
    """
    actor.require(Ability.CAPTURE)
    instance, tree = _read(survey, actor, xml, expected_id)
    kept = [keep(survey, actor, name, staged) for name, staged in files]
    now = survey.now()
    drift = clock_drift_s(phone_time, now)
    flags = _form_flags(check_answers(tree, canonical_answers(instance), local_date(instance.captured_at or now), instance.repeats))
    arrival = _Arrival(instance, xml, door, now, drift, kept, flags, answers_mark(canonical_answers(instance), tree))
    try:
        return _take_in(survey, actor, arrival)
    except CorrectedMeanwhile:
        return _take_in(survey, actor, arrival, locking=True)


@dataclass(frozen=True)
class _Arrival:
    """A filled form that was read and checked, with the files that came along and what its form's rules found."""

    instance: Instance
    xml: bytes
    door: str
    now: datetime
    drift: float | None
    kept: Sequence[File]
    flags: Sequence[Mapping[str, object]]
    mark: str | None


def _take_in(survey: Survey, actor: Actor, arrival: _Arrival, *, locking: bool = False) -> Receipt:
    """Write what came in, in one transaction. Raises what keeps it out, and CorrectedMeanwhile unless *locking*."""
    xml, kept, now = arrival.xml, arrival.kept, arrival.now
    with survey.transaction() as tx:
        locked = locking or _touches_others(tx, actor.commune, arrival)
        if locked:  # first of all locks, as in every decision: who counts before and waits here would hold up whom it waits for
            lock_decisions(tx, actor.commune)
        newcomer = replace(_submission(tx, actor, arrival.instance, xml, door=arrival.door, now=now), clock_drift_s=arrival.drift)
        known, refusal = _enter(tx, actor, newcomer, xml)
        if refusal is not None:
            set_aside(tx, newcomer, xml, kept, refusal)
        else:
            if known is newcomer:
                _insert_parts(tx, actor, newcomer, arrival, locked=locked)
            insert_files(tx, actor, known.id, kept, now)
            missing = select_missing(tx, actor.commune, known.id)
        settle_erased(tx, survey, actor, kept)
        tx.head(actor.commune)  # a repetition writes no event: its receipt shows the head as it stands
    if refusal is not None:
        raise refusal
    head, created = tx.head(actor.commune), known is newcomer
    return Receipt(known.id, known.code, known.state, tuple(missing), known.received_at, head, created, now, arrival.drift)


def _touches_others(reader: Reader, commune: str, arrival: _Arrival) -> bool:
    """Whether this receipt changes rows that decisions change, too: a correction of it is there, or it holds what it corrects."""
    holds = arrival.door == "openrosa" and arrival.instance.replaces is not None
    return holds or has_corrections(reader, commune, arrival.instance.id)


def _read(survey: Survey, actor: Actor, xml: bytes, expected_id: str | None) -> tuple[Instance, Mapping[str, Any]]:
    """The instance and its form's tree; one whose form is unknown is kept aside before it is refused."""
    header = read_header(xml)
    if expected_id is not None and header.instance_id != expected_id:
        raise Problem(INSTANCE_OTHER_ID, inside=header.instance_id, outside=expected_id)
    with survey.reading() as reader:
        _known(reader, actor, header.instance_id)  # before anything of a stranger's is kept
        tree = select_tree(reader, actor.commune, header.form, header.version)
    if tree is None:
        _keep_aside(survey, actor, xml)
        raise Problem(FORM_UNKNOWN, form=header.form, version=header.version or "–")
    return read_instance(xml, tree), tree


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
    person = _person(tx, actor, instance)
    return Submission(
        commune=actor.commune,
        id=instance.id,
        code=short_code(instance.id),
        form=instance.form,
        form_version=instance.form_version,
        site=site.id if site else None,
        hamlet=site.hamlet if site else _hamlet(tx, actor, instance),
        round=select_round_on(tx, actor.commune, local_date(captured_at)),
        person=person,
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
        consent=instance.consent,
        brought_by=None if person == actor.person else actor.person,
    )


def _person(reader: Reader, actor: Actor, instance: Instance) -> str:
    """Whose submission it is: the sender's, or that of the colleague in whose name who sees all work brings in a saved outbox."""
    if instance.by and instance.by != actor.person and actor.may(Ability.SEE_ALL):
        filled_in_by = select_person(reader, actor.commune, instance.by)
        return filled_in_by.id if filled_in_by else actor.person
    return actor.person


def _hamlet(reader: Reader, actor: Actor, instance: Instance) -> str | None:
    """The hamlet that the phone chose, former ones included; any other text is no hamlet, and nobody's scope."""
    known = select_hamlet(reader, actor.commune, instance.hamlet) if instance.hamlet else None
    return known.id if known else None


def _enter(tx: Transaction, actor: Actor, newcomer: Submission, xml: bytes) -> tuple[Submission, Problem | None]:
    """Which submission stands under the newcomer's id from now on, itself where it is new; and why it cannot be taken in."""
    refusal = refuse_edit(tx, actor, newcomer) if newcomer.door == "openrosa" else None
    if refusal is None and insert_submission(tx, newcomer, xml):
        follow_merger(tx, newcomer)
        return newcomer, None
    known = _known(tx, actor, newcomer.id) or newcomer
    if known.instance_sha256 != newcomer.instance_sha256:
        refusal = Problem(SUBMISSION_CONFLICT, id=known.id)
    return known, refusal


def _known(reader: Reader, actor: Actor, submission_id: str) -> Submission | None:
    known = select_submission(reader, actor.commune, submission_id)
    if known is not None and known.person != actor.person and not actor.may(Ability.SEE_ALL):
        raise Problem(NOT_ALLOWED, ability=Ability.CAPTURE.value)
    return known


def _insert_parts(tx: Transaction, actor: Actor, submission: Submission, arrival: _Arrival, *, locked: bool) -> None:
    insert_named(tx, submission.commune, arrival.instance)
    update_answers_mark(tx, submission.commune, submission.id, arrival.mark)
    replaced = select_submission(tx, submission.commune, submission.replaces) if submission.replaces else None
    # Naming a stranger's submission as one's predecessor must not open its photos.
    if replaced is not None and (replaced.person == actor.person or actor.may(Ability.SEE_ALL)):
        insert_carried(tx, submission.commune, replaced.id, submission.id)
    insert_measures(tx, submission)
    update_counted_on_receipt(tx, submission.commune, submission.id, locked=locked)
    if locked:  # it joined others: another one of them may count from now on
        mark_figures_stale(tx, submission.commune, submission.received_at)
    if arrival.flags:
        upsert_flags(tx, submission.commune, submission.id, arrival.flags, submission.received_at)
    received = {"sha256": submission.instance_sha256, "form": submission.form, "version": submission.form_version}
    tx.log(
        submission.commune, "submission.received", {"submission": submission.id, "brought_by": submission.brought_by, **received}
    )  # fmt: skip


def _form_flags(misfits: Sequence[Misfit]) -> list[dict[str, object]]:
    """What the form's own rules found, as the two checks of the visit that name questions; mere notes are left out."""
    missing = sorted({misfit.question for misfit in misfits if misfit.code == "answer_required"})
    impossible = sorted({misfit.question for misfit in misfits if misfit.code != "answer_required" and misfit.severity >= LOOK})
    return [
        {"attachment": "", "code": code, "severity": CHECKS[code].severity, "figures": {"questions": questions}}
        for code, questions in (("answers_missing", missing), ("answers_impossible", impossible))
        if questions
    ]
