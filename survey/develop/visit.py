"""What the checks look at in one visit, gathered from the store."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from survey.develop.reuse import uses_of
from survey.domain.checks import Picture, Use, Visit
from survey.domain.looks import look_from_json
from survey.domain.photos import facts_from_json
from survey.domain.places import Line
from survey.domain.ports import Reader
from survey.domain.sites import Site
from survey.domain.submissions import Attachment, Submission
from survey.store.attachments import select_attachments, select_blob
from survey.store.flags import select_flags
from survey.store.places import select_commune
from survey.store.sites import select_site
from survey.store.submissions import select_submission

_FORM_CHECKS = ("answers_missing", "answers_impossible")


def gather(reader: Reader, submission: Submission) -> Visit:
    """Everything that `examine` looks at in *submission*, its photos and what they have in common with others."""
    commune = select_commune(reader, submission.commune)
    site = select_site(reader, submission.commune, submission.site) if submission.site else None
    attachments = select_attachments(reader, submission.commune, submission.id)
    uses = uses_of(reader, submission, attachments)
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


def _picture(reader: Reader, attachment: Attachment, uses: Mapping[str, Sequence[Use]]) -> Picture:
    blob = select_blob(reader, attachment.commune, attachment.sha256) if attachment.sha256 else None
    return Picture(
        name=attachment.name,
        state=attachment.state,
        capture=attachment.capture,
        facts=facts_from_json(blob["facts"] if blob else "{}"),
        reason=attachment.reason,
        broken=blob is not None and blob["views"] == "failed",
        look=look_from_json(blob["look"]) if blob else None,
        uses=tuple(uses.get(attachment.name, ())),
    )


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
