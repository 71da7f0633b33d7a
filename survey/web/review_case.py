"""Everything that a reviewer sees of one submission, read at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from survey.domain.judgements import DISMISSED, risk_of
from survey.domain.people import Actor
from survey.domain.photos import PhotoFacts, facts_from_json
from survey.domain.places import distance_m, distance_to_line_m
from survey.domain.ports import Reader, Row
from survey.domain.sites import Site
from survey.domain.submissions import Attachment, FileState, Fix, Review, Submission
from survey.domain.times import optional_from_text
from survey.forms.instance import canonical_answers, read_header, read_instance
from survey.store.attachments import select_attachments, select_blob
from survey.store.conflicts import KeptAside, select_kept_aside
from survey.store.counted import SiteVersion, select_site_versions
from survey.store.flags import select_flags
from survey.store.forms import select_tree
from survey.store.jobs import Pending, select_pending
from survey.store.judgements import select_judgements
from survey.store.places import select_hamlet
from survey.store.reviews import select_person_names, select_reviews
from survey.store.sites import select_site
from survey.store.submissions import select_submission


@dataclass(frozen=True)
class Shot:
    """One file of a submission: what the phone knew of it, what its bytes say, and whether its views are made."""

    attachment: Attachment
    facts: PhotoFacts
    views: str
    size: int | None
    erased_at: datetime | None = None

    @property
    def is_photo(self) -> bool:
        """Whether there is a picture to show."""
        kept = self.attachment.state in {FileState.STORED, FileState.UNREFERENCED} and self.attachment.sha256 is not None
        return kept and self.erased_at is None

    @property
    def fix(self) -> Fix | None:
        """Where it was taken: the phone's own position, else the one inside the file (DESIGN 2.4)."""
        facts = self.facts
        if self.attachment.capture.fix is not None or facts.latitude is None or facts.longitude is None:
            return self.attachment.capture.fix
        return Fix(facts.latitude, facts.longitude, facts.accuracy_m, facts.altitude_m, facts.gps_at)

    @property
    def from_file(self) -> bool:
        """Whether `fix` was read from the file itself, for want of the phone's."""
        return self.attachment.capture.fix is None and self.fix is not None


@dataclass(frozen=True)
class Newcomer:
    """Another version that was kept aside, as it reads: *tree* is None where its form is not loaded, then there are no *answers*."""

    kept: KeptAside
    form: str
    form_version: str
    tree: Mapping[str, Any] | None
    answers: Mapping[str, object]


@dataclass(frozen=True)
class Case:
    """One submission with what belongs to it; names are the present ones, *tree* is None where its form is not loaded."""

    submission: Submission
    site: Site | None
    hamlet_name: str | None
    tree: Mapping[str, Any] | None
    shots: tuple[Shot, ...]
    flags: tuple[Row, ...]
    reviews: tuple[Review, ...]
    versions: tuple[SiteVersion, ...]
    names: Mapping[str, str]
    predecessor: Submission | None
    newcomers: tuple[Newcomer, ...] = ()
    pending: Pending | None = None
    judgements: tuple[Row, ...] = ()

    @property
    def risk(self) -> int:
        """What its open flags add up to: its place in the queue of the riskiest."""
        return risk_of(flag["severity"] for flag in self.flags if flag["verdict"] != DISMISSED)

    def distance_m(self, fix: Fix | None) -> float | None:
        """Metres on the ellipsoid from *fix* to the registered point or line; None where either is not known."""
        if fix is None or self.site is None:
            return None
        if self.site.line:
            return distance_to_line_m(fix.latitude, fix.longitude, self.site.line)
        if self.site.latitude is None or self.site.longitude is None:
            return None
        return distance_m(fix.latitude, fix.longitude, self.site.latitude, self.site.longitude)

    @property
    def counts(self) -> bool:
        """Whether this version stands for its site."""
        return any(version.counts for version in self.versions if version.submission == self.submission.id)

    def person_name(self, person: str) -> str:
        """The person's name, or the bare id of somebody unknown."""
        return self.names.get(person, person)


def read_case(reader: Reader, actor: Actor, submission_id: str) -> Case | None:
    """The submission with all that belongs to it; None where there is none in the actor's reach."""
    submission = select_submission(reader, actor.commune, submission_id)
    if submission is None or not actor.reaches(submission.hamlet):
        return None
    commune = actor.commune
    reviews, judgements = select_reviews(reader, commune, submission.id), select_judgements(reader, commune, submission.id)
    hamlet = select_hamlet(reader, commune, submission.hamlet) if submission.hamlet else None
    newcomers = tuple(_newcomer(reader, commune, kept) for kept in select_kept_aside(reader, commune, submission.id))
    people = [submission.person, submission.brought_by or "", *(review.person for review in reviews)]
    people += [row["person"] for row in judgements]
    return Case(
        submission=submission,
        site=select_site(reader, commune, submission.site) if submission.site else None,
        hamlet_name=hamlet.name if hamlet else None,
        tree=select_tree(reader, commune, submission.form, submission.form_version),
        shots=tuple(_shot(reader, attachment) for attachment in select_attachments(reader, commune, submission.id)),
        flags=tuple(select_flags(reader, commune, submission.id)),
        reviews=tuple(reviews),
        versions=tuple(select_site_versions(reader, commune, submission.form, submission.site)) if submission.site else (),
        names=select_person_names(reader, commune, [*people, *(newcomer.kept.person for newcomer in newcomers)]),
        predecessor=select_submission(reader, commune, submission.replaces) if submission.replaces else None,
        newcomers=newcomers,
        pending=select_pending(reader, commune, submission.id),
        judgements=tuple(judgements),
    )


def _newcomer(reader: Reader, commune: str, kept: KeptAside) -> Newcomer:
    header = read_header(kept.xml)
    tree = select_tree(reader, commune, header.form, header.version)
    answers = canonical_answers(read_instance(kept.xml, tree)) if tree else {}
    return Newcomer(kept, header.form, header.version, tree, answers)


def _shot(reader: Reader, attachment: Attachment) -> Shot:
    blob = select_blob(reader, attachment.commune, attachment.sha256) if attachment.sha256 else None
    if blob is None:
        return Shot(attachment, PhotoFacts(), "none", None)
    return Shot(attachment, facts_from_json(blob["facts"]), blob["views"], blob["size"], optional_from_text(blob["erased_at"]))
