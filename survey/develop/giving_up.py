"""Giving up: what is kept of photos that could not be looked at in any attempt, so that a person does."""

from survey.develop.pipeline import is_undeveloped, keep_findings
from survey.domain.checks import CHECKS
from survey.domain.looks import PhotoLook, look_to_json
from survey.domain.ports import Survey
from survey.store.attachments import select_attachments, select_blob, update_developed
from survey.store.flags import select_flags, upsert_flags
from survey.store.submissions import select_submission

_UNFINISHED = look_to_json(PhotoLook(unfinished=True))
_UNEXAMINED = "check_unfinished"


def give_up(survey: Survey, commune: str, submission_id: str) -> None:
    """Mark the submission's photos that still wait as *unfinished* and examine the visit, so that its reviewer is told.

    Views that an older release made stay; those that were never made count as failed. Doing it again changes nothing.
    """
    with survey.transaction() as tx:
        for attachment in select_attachments(tx, commune, submission_id):
            blob = select_blob(tx, commune, attachment.sha256) if attachment.sha256 else None
            if blob is not None and is_undeveloped(blob):
                views = "ready" if blob["views"] == "ready" else "failed"
                update_developed(tx, commune, blob["sha256"], views, _UNFINISHED)
        keep_findings(tx, commune, submission_id, survey.now())


def say_unexamined(survey: Survey, commune: str, submission_id: str) -> None:
    """Flag a visit whose checks themselves break, beside what is said of it: its reviewer must not read that they found nothing."""
    with survey.transaction() as tx:
        if select_submission(tx, commune, submission_id) is None:
            return
        flags = select_flags(tx, commune, submission_id)
        said = [{name: flag[name] for name in ("attachment", "code", "severity", "figures")} for flag in flags]
        unexamined = {"attachment": "", "code": _UNEXAMINED, "severity": CHECKS[_UNEXAMINED].severity, "figures": {}}
        upsert_flags(tx, commune, submission_id, [*said, unexamined], survey.now())
