"""What the checks look at in one visit, gathered from the store."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from survey.develop.around import around
from survey.develop.reuse import uses_of
from survey.domain.answering import choices_made, given, outdoor_questions
from survey.domain.checks import Picture, Thresholds, Use, Visit, thresholds_from
from survey.domain.looks import look_from_json
from survey.domain.photos import facts_from_json
from survey.domain.places import Line
from survey.domain.ports import Reader, Row
from survey.domain.sites import Site
from survey.domain.submissions import Attachment, Submission
from survey.domain.times import start_of
from survey.store.attachments import select_attachments, select_blob
from survey.store.deployment import select_rounds
from survey.store.flags import select_flags
from survey.store.forms import select_tree
from survey.store.places import select_commune, select_hamlets
from survey.store.settings import select_settings
from survey.store.sites import SiteFilter, select_nearest, select_site
from survey.store.submissions import select_submission

_NEAR_SITES = 5


def thresholds_of(reader: Reader, commune: str) -> Thresholds:
    """The thresholds of the checks with the commune's own values."""
    return thresholds_from(select_settings(reader, commune, "check."))


def gather(reader: Reader, submission: Submission) -> Visit:
    """Everything that `examine` looks at in *submission*, its photos and what they have in common with others."""
    commune = select_commune(reader, submission.commune)
    site = select_site(reader, submission.commune, submission.site) if submission.site else None
    attachments = select_attachments(reader, submission.commune, submission.id)
    uses = uses_of(reader, submission, attachments)
    flags = select_flags(reader, submission.commune, submission.id)
    versions = _versions(reader, submission)
    begun = [version.started_at for version in (submission, *versions) if version.started_at is not None]
    others = around(reader, submission, {version.id for version in versions})
    answers = _answers(reader, submission)
    return Visit(
        submission=submission.id, received_at=submission.received_at,
        started_at=min(begun) if submission.started_at else None, ended_at=submission.captured_at,
        site=submission.site, round=submission.round, site_line=_line(site), fix=submission.fix,
        border=commune.border if commune else None,
        pictures=tuple(filter(None, (_picture(reader, attachment, uses, answers.outdoor) for attachment in attachments))),
        answers_missing=_form_finding(flags, "answers_missing"), answers_impossible=_form_finding(flags, "answers_impossible"),
        clock_drift_s=submission.clock_drift_s, round_begins=_round_begins(reader, submission), consent=submission.consent,
        hamlet_sites=_hamlet_sites(reader, submission, site), route=others.route, spot=others.spot, day=others.day,
        answered=answers.count, filled_s=_filled_s(submission), identical=others.identical, choices=answers.choices,
    )  # fmt: skip


def _versions(reader: Reader, submission: Submission) -> list[Submission]:
    """The versions that *submission* replaces: a correction may carry their photos, so the first of them began the visit."""
    found: list[Submission] = []
    seen, previous = {submission.id}, submission.replaces
    while previous and previous not in seen:
        seen.add(previous)
        version = select_submission(reader, submission.commune, previous)
        found += [version] if version else []
        previous = version.replaces if version else None
    return found


def _picture(reader: Reader, attachment: Attachment, uses: Mapping[str, Sequence[Use]], outdoor: Collection[str]) -> Picture | None:
    """What is known of one file; None for an erased photo, which says nothing any more and is blamed for nothing."""
    blob = select_blob(reader, attachment.commune, attachment.sha256) if attachment.sha256 else None
    if blob is not None and blob["erased_at"]:
        return None
    return Picture(
        name=attachment.name,
        state=attachment.state,
        capture=attachment.capture,
        facts=facts_from_json(blob["facts"] if blob else "{}"),
        reason=attachment.reason,
        broken=blob is not None and blob["views"] == "failed",
        look=look_from_json(blob["look"]) if blob else None,
        uses=tuple(uses.get(attachment.name, ())),
        outdoor=attachment.question in outdoor,
    )


def _form_finding(flags: Sequence[Row], code: str) -> tuple[str, ...]:
    """What the form's own rules found at receipt: it stands as a flag already."""
    return next((tuple(flag["figures"]["questions"]) for flag in flags if flag["code"] == code), ())


@dataclass(frozen=True)
class _Answers:
    """What the checks want to know of the answers: how many, those from each list of choices, which photos are asked for outdoors."""

    count: int = 0
    choices: tuple[tuple[str, ...], ...] = ()
    outdoor: frozenset[str] = frozenset()


def _answers(reader: Reader, submission: Submission) -> _Answers:
    tree = select_tree(reader, submission.commune, submission.form, submission.form_version)
    if tree is None:
        return _Answers()
    answers = submission.answers
    return _Answers(len(given(answers, tree)), choices_made(answers, tree), outdoor_questions(tree))


def _filled_s(submission: Submission) -> float | None:
    """How long filling in took; None for a correction, which begins with the answers given before, and for what a desk brought in."""
    if submission.started_at is None or submission.replaces or submission.door == "desk":
        return None
    return (submission.captured_at - submission.started_at).total_seconds()


def _round_begins(reader: Reader, submission: Submission) -> datetime | None:
    rounds = select_rounds(reader, submission.commune) if submission.round else []
    return next((start_of(date.fromisoformat(row["starts_on"])) for row in rounds if row["round"] == submission.round), None)


def _hamlet_sites(reader: Reader, submission: Submission, site: Site | None) -> tuple[tuple[str, bool], ...]:
    """The sites nearest to a visit whose own site has no position, each as its hamlet's name and whether that is the visit's."""
    fix = submission.fix
    if fix is None or not submission.hamlet or _line(site):
        return ()
    near = select_nearest(reader, submission.commune, fix.latitude, fix.longitude, SiteFilter(), limit=_NEAR_SITES)
    within = thresholds_of(reader, submission.commune).neighbour_m
    names = {hamlet.id: hamlet.name for hamlet in select_hamlets(reader, submission.commune)}
    return tuple((names.get(each.hamlet or "", "?"), each.hamlet == submission.hamlet) for each, metres in near if metres <= within)


def _line(site: Site | None) -> Line:
    if site is None:
        return ()
    if site.line:
        return site.line
    if site.latitude is None or site.longitude is None:
        return ()
    return ((site.longitude, site.latitude),)
