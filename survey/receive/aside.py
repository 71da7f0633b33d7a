"""What is well made and still cannot be taken in is kept aside for a person, with its files: nothing that a phone sent is dropped."""

from collections.abc import Sequence

from survey.domain.people import Ability, Actor
from survey.domain.photos import facts_to_json
from survey.domain.ports import Transaction
from survey.domain.problems import EDIT_TOO_LATE, EDIT_WITHOUT_ORIGINAL, Problem
from survey.domain.submissions import Submission
from survey.receive.files import File
from survey.store.attachments import insert_blob, insert_conflict_file
from survey.store.submissions import insert_conflict, select_submission, select_successor, update_to_lock


def refuse_edit(tx: Transaction, actor: Actor, newcomer: Submission) -> Problem | None:
    """Why *newcomer*, which says that it corrects another submission, cannot: it is unknown or not the sender's, or was corrected before.

    None for what is no correction, or has been taken in already. The rule is OpenRosa's (https://docs.getodk.org/openrosa-metadata/);
    our own client, which may come back after days with what it began, is never held to it.
    """
    if newcomer.replaces is None:
        return None
    update_to_lock(tx, newcomer.commune, newcomer.replaces)  # of two corrections at once the second sees the first
    if select_submission(tx, newcomer.commune, newcomer.id) is not None:
        return None
    original = select_submission(tx, newcomer.commune, newcomer.replaces)
    if original is None or original.form != newcomer.form or not (original.person == actor.person or actor.may(Ability.SEE_ALL)):
        return Problem(EDIT_WITHOUT_ORIGINAL, id=newcomer.replaces)
    if select_successor(tx, original) is not None:
        return Problem(EDIT_TOO_LATE, code=original.code)
    return None


def set_aside(tx: Transaction, newcomer: Submission, xml: bytes, files: Sequence[File], problem: Problem) -> None:
    """Rows and events for a *newcomer* that *problem* keeps out, and for its *files*; once however often it is sent."""
    body = {"submission": newcomer.id, "sha256": newcomer.instance_sha256, "reason": problem.kind.code}
    if insert_conflict(tx, newcomer, xml, problem.kind.code):
        tx.log(newcomer.commune, "submission.conflict", body)
    for file in files:
        intake = file.intake
        insert_blob(
            tx, newcomer.commune, file.staged, media_type=intake.media_type, quarantine=not intake.accepted,
            facts=facts_to_json(intake.facts), at=newcomer.received_at,
        )  # fmt: skip
        if insert_conflict_file(tx, newcomer, file.name, file.staged.sha256, file.reason):
            tx.log(newcomer.commune, "file.kept_aside", {"submission": newcomer.id, "sha256": file.staged.sha256, "refused": file.reason})
