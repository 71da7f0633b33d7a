"""Develop: what a worker does after the answer: views of new photos, and the checks whose findings a reviewer sees."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from survey import photos
from survey.domain.canonical import dumps
from survey.domain.checks import Picture, Use, Visit, examine
from survey.domain.photos import facts_from_json
from survey.domain.places import Line
from survey.domain.ports import Reader, Row, Survey
from survey.domain.problems import Problem
from survey.domain.sites import Site
from survey.domain.submissions import Attachment, FileState, Submission
from survey.domain.times import from_text
from survey.store.attachments import select_attachments, select_blob, select_other_uses, update_views
from survey.store.flags import select_flags, upsert_flags
from survey.store.places import select_commune
from survey.store.sites import select_site
from survey.store.submissions import select_submission

_FORM_CHECKS = ("answers_missing", "answers_impossible")


def develop(survey: Survey, commune: str, submission_id: str) -> None:
    """Make the views of the submission's photos that have none, then examine the visit and keep its flags.

    Does nothing to the answers; running it again gives the same flags. Before the form has come only views are made.
    """
    with survey.reading() as reader:
        attachments = select_attachments(reader, commune, submission_id)
        blobs = {a.sha256: select_blob(reader, commune, a.sha256) for a in attachments if a.sha256}
    outcome = {sha256: _views(survey, blob) for sha256, blob in blobs.items() if blob is not None and blob["views"] == "waiting"}
    with survey.transaction() as tx:
        for sha256, views in outcome.items():
            update_views(tx, commune, sha256, views)
        submission = select_submission(tx, commune, submission_id)
        if submission is None:
            return
        findings = examine(_visit(tx, submission))
        flags = [{"attachment": f.attachment, "code": f.code, "severity": f.severity, "figures": f.figures} for f in findings]
        if _differ(select_flags(tx, commune, submission_id), flags):
            upsert_flags(tx, commune, submission_id, flags, survey.now())
            tx.log(commune, "submission.flagged", {"submission": submission_id, "codes": sorted({f.code for f in findings})})


def _views(survey: Survey, blob: Row) -> str:
    facts = facts_from_json(blob["facts"])
    try:
        with survey.blobs.open(blob["sha256"]) as file:
            views = photos.develop(file, facts)
    except Problem:
        return "failed"
    survey.blobs.save_view(blob["sha256"], "preview", views.preview)
    survey.blobs.save_view(blob["sha256"], "thumb", views.thumb)
    return "ready"


def _visit(reader: Reader, submission: Submission) -> Visit:
    commune = select_commune(reader, submission.commune)
    site = select_site(reader, submission.commune, submission.site) if submission.site else None
    attachments = select_attachments(reader, submission.commune, submission.id)
    uses = _uses(reader, submission, attachments)
    questions = _form_findings(reader, submission)
    return Visit(
        submission=submission.id,
        received_at=submission.received_at,
        started_at=_begun(reader, submission),
        ended_at=submission.captured_at,
        site=submission.site,
        round=submission.round,
        site_line=_line(site),
        fix=submission.fix,
        border=commune.border if commune else None,
        pictures=tuple(_picture(reader, attachment, uses) for attachment in attachments),
        answers_missing=questions["answers_missing"],
        answers_impossible=questions["answers_impossible"],
    )


def _begun(reader: Reader, submission: Submission) -> datetime | None:
    """When the visit began; a correction may carry photos of the versions that it replaces, so the first of these began it."""
    begun, seen = submission.started_at, {submission.id}
    previous: Submission | None = submission
    while begun is not None and previous is not None and previous.replaces and previous.replaces not in seen:
        seen.add(previous.replaces)
        previous = select_submission(reader, submission.commune, previous.replaces)
        if previous is not None and previous.started_at is not None:
            begun = min(begun, previous.started_at)
    return begun


def _picture(reader: Reader, attachment: Attachment, uses: dict[str, list[Use]]) -> Picture:
    blob = select_blob(reader, attachment.commune, attachment.sha256) if attachment.sha256 else None
    return Picture(
        name=attachment.name,
        state=attachment.state,
        capture=attachment.capture,
        facts=facts_from_json(blob["facts"] if blob else "{}"),
        reason=attachment.reason,
        broken=blob is not None and blob["views"] == "failed",
        uses=tuple(uses.get(attachment.sha256 or "", [])),
    )


def _uses(reader: Reader, submission: Submission, attachments: Sequence[Attachment]) -> dict[str, list[Use]]:
    stored = [a.sha256 for a in attachments if a.sha256 and a.state is FileState.STORED]
    uses: dict[str, list[Use]] = {}
    for row in select_other_uses(reader, submission.commune, stored, submission.id):
        site = select_site(reader, submission.commune, row["site"]) if row["site"] else None
        use = Use(row["submission"], row["code"], row["site"], site.code if site else None, row["round"], from_text(row["captured_at"]))
        uses.setdefault(row["sha256"], []).append(use)
    return uses


def _form_findings(reader: Reader, submission: Submission) -> dict[str, tuple[str, ...]]:
    """What the form's own rules found at receipt: it stands as a flag already."""
    found: dict[str, tuple[str, ...]] = dict.fromkeys(_FORM_CHECKS, ())
    for flag in select_flags(reader, submission.commune, submission.id):
        if flag["code"] in found:
            found[flag["code"]] = tuple(flag["figures"]["questions"])
    return found


def _line(site: Site | None) -> Line:
    if site is None:
        return ()
    if site.line:
        return site.line
    if site.latitude is None or site.longitude is None:
        return ()
    return ((site.longitude, site.latitude),)


def _differ(stored: Sequence[Row], flags: Sequence[dict[str, Any]]) -> bool:
    def shape(rows: Sequence[Any]) -> set[str]:
        return {dumps([row["attachment"], row["code"], row["severity"], json.loads(dumps(row["figures"]))]) for row in rows}

    return shape(stored) != shape(flags)
