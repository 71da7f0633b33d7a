"""Evidence: what a verdict stands on, and the basis that makes one bundle of it (DESIGN 2.7, 2.10).

Only accepted submissions that count are evidence. The photos that are not there are named, and what was rejected is counted with its
reason, so that a bundle never looks fuller or cleaner than the survey was.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from survey.domain.canonical import dumps
from survey.domain.criteria import Edition
from survey.domain.places import Commune, Hamlet
from survey.domain.privacy import Box
from survey.domain.rules import RuleEntry
from survey.domain.sites import Site
from survey.domain.statements import Statement
from survey.domain.submissions import Consent, FileState, Fix, State
from survey.domain.verdicts import Verdict

LAYOUT = 2
"""Grows when the software arranges a bundle in another way: the same basis is another file then, and gets another id."""
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:ntm-survey:bundle:1")


class Variant(StrEnum):
    """Whom a bundle is for: the council, which gets everything, or anybody, who gets no name, exact place or uncovered face."""

    FULL = "full"
    PUBLIC = "public"


@dataclass(frozen=True)
class Scope:
    """What a bundle is about, as of a date in Viet Nam; None is *all*: every edition in force, every criterion, the whole commune.

    *history* takes an edition outside its validity, and the report says so. With a *round* only what was captured in it is
    evidence, and verdicts are those of *as_of*, which is then the round's last day or an earlier one.
    """

    as_of: date
    edition: str | None = None
    criterion: str | None = None
    hamlet: str | None = None
    history: bool = False
    round: str | None = None

    def document(self) -> dict[str, str | bool | None]:
        """The scope as plain JSON values."""
        return {
            "as_of": self.as_of.isoformat(), "edition": self.edition, "criterion": self.criterion, "hamlet": self.hamlet,
            "history": self.history, "round": self.round,
        }  # fmt: skip

    def includes(self, said: Verdict | Statement) -> bool:
        """Whether a verdict or statement belongs to the bundle."""
        wanted = ((self.edition, said.edition), (self.criterion, said.criterion), (self.hamlet, said.hamlet))
        return all(chosen is None or chosen == given for chosen, given in wanted)


def read_scope(document: Mapping[str, Any]) -> Scope:
    """The scope behind `Scope.document`."""
    return Scope(
        date.fromisoformat(document["as_of"]), document["edition"], document["criterion"], document["hamlet"], document["history"],
        document.get("round"),
    )  # fmt: skip


@dataclass(frozen=True)
class Basis:
    """Everything that decides a bundle's bytes, but for the software: two bundles of one basis are the same file.

    *head* is number and hash of the log's newest event that could have changed the evidence; *bag_bytes* is how many bytes of photos
    one bag holds at most, 0 for a single bag. *content* is set only in a basis of an older release.
    """

    commune: str
    scope: Scope
    head: tuple[int, str]
    variant: Variant = Variant.FULL
    bag_bytes: int = 0
    content: str | None = None

    @property
    def id(self) -> str:
        """The bundle's UUID, version 5 (RFC 9562) of the basis."""
        return str(uuid.uuid5(_NAMESPACE, dumps(self.document())))

    def document(self) -> dict[str, object]:
        """The basis as plain JSON values."""
        head = {"seq": self.head[0], "hash": self.head[1]}
        said: dict[str, object] = {"commune": self.commune, "scope": self.scope.document(), "head": head}
        if self.content is not None:
            return {**said, "content": self.content}
        return {**said, "layout": LAYOUT, "variant": self.variant.value, "bag_bytes": self.bag_bytes}


def read_basis(document: Mapping[str, Any]) -> Basis:
    """The basis behind `Basis.document`."""
    head = document["head"]["seq"], document["head"]["hash"]
    return Basis(
        document["commune"], read_scope(document["scope"]), head, Variant(document.get("variant", "full")), document.get("bag_bytes", 0),
        document.get("content"),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Photo:
    """A file that a piece of evidence names; without *sha256* it never came, with a *reason* it is kept but is no photo.

    Of one that was erased (*erased_at*) the hash and the size are left. *taken_at* is the camera's own local time, naive; *fix* is
    the phone's, *exif_position* the file's (latitude, longitude); *camera* its make and model as the file says them.
    """

    submission: str
    name: str
    question: str
    repeat: str
    state: FileState
    reason: str | None
    source: str
    fix: Fix | None = None
    sha256: str | None = None
    size: int = 0
    crc32: int = 0
    media_type: str = ""
    has_preview: bool = False
    taken_at: datetime | None = None
    exif_position: tuple[float, float] | None = None
    camera: str | None = None
    erased_at: datetime | None = None

    @property
    def is_original(self) -> bool:
        """Whether its bytes are here as a photo."""
        return self.state is FileState.STORED and self.sha256 is not None and self.erased_at is None


@dataclass(frozen=True, slots=True)
class Item:
    """One accepted submission that counts, without its answers; *hamlet* is that of its site in the register.

    The fields from *consent* on are those of `Submission`: what was said to being photographed, through which door it came, who brought
    it for its person, the phone's name for itself, and how far its clock was ahead. Of an *erased* one the instance is gone.
    """

    submission: str
    code: str
    form: str
    form_version: str
    site: str
    hamlet: str | None
    person: str
    captured_at: datetime
    received_at: datetime
    accepted_by: str | None
    accepted_at: datetime | None
    fix: Fix | None
    missing_files: int
    instance_sha256: str
    consent: Consent | None = None
    door: str | None = None
    brought_by: str | None = None
    device: str | None = None
    clock_drift_s: float | None = None
    erased: bool = False


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Submissions in scope that are not evidence: their state, the newest decision's reason, and how many there are."""

    state: State
    reason: str
    count: int


@dataclass(frozen=True)
class Publication:
    """What only the public variant has: the *boxes* to cover on each photo that leaves, by its hash, and why others stay.

    *kept_back* counts photos by reason (`REASONS_KEPT` of publishing.py), *commitments* gives path and commitment of every value that
    was left out, in the order of the report.
    """

    boxes: Mapping[str, tuple[Box, ...]]
    kept_back: Mapping[str, int]
    commitments: Callable[[], Iterator[tuple[str, str]]]


@dataclass(frozen=True)
class Evidence:
    """What goes into a bundle, at one moment of the store; what is large is read again, piece by piece, through the functions.

    *items* are in the report's order: hamlet, site, form, time. *photos* are keyed by submission, *forms* by id and version.
    *entries* are what officers entered into each edition and what counts of it, *statements* what people state, of the scope alone.
    *thumb* gives the small view (JPEG) of a photo by its hash, None where there is none or it may not be shown.
    *publication* is there in the public variant alone (publishing.py).
    """

    commune: Commune
    scope: Scope
    head: tuple[int, str]
    editions: Sequence[Edition]
    edition_documents: Mapping[str, Any]
    hamlets: Sequence[Hamlet]
    sites: Mapping[str, Site]
    items: Sequence[Item]
    photos: Mapping[str, Sequence[Photo]]
    left_out: Sequence[LeftOut]
    verdicts: Sequence[Verdict]
    entries: Sequence[tuple[str, RuleEntry]]
    statements: Sequence[Statement]
    forms: Mapping[tuple[str, str], Mapping[str, Any]]
    people: Mapping[str, str]
    answers: Callable[[Sequence[Item]], Iterator[tuple[Item, Mapping[str, Any]]]]
    instances: Callable[[Sequence[Item]], Iterator[tuple[Item, bytes]]]
    reviews: Callable[[Sequence[Item]], Iterator[Mapping[str, object]]]
    flags: Callable[[Sequence[Item]], Iterator[Mapping[str, object]]]
    events: Callable[[], Iterator[Mapping[str, object]]]
    thumb: Callable[[str], bytes | None]
    variant: Variant = Variant.FULL
    publication: Publication | None = None

    @property
    def hamlet_names(self) -> dict[str, str]:
        """The names of all hamlets by id."""
        return {hamlet.id: hamlet.name for hamlet in self.hamlets}


@dataclass(frozen=True)
class Contents:
    """What a bundle holds, in numbers for a person; bytes are those of the original photos."""

    submissions: int
    sites: int
    registered: int
    photos: int
    photo_bytes: int
    missing: int
    refused: int
    erased: int
    without_preview: int
    left_out: Sequence[LeftOut]
    undecided: int
    verdicts: int


def contents_of(evidence: Evidence) -> Contents:
    """Count *evidence*."""
    return count_contents(evidence.items, evidence.photos, evidence.sites, evidence.left_out, evidence.verdicts)


def count_contents(
    items: Sequence[Item], photos: Mapping[str, Sequence[Photo]], sites: Mapping[str, Site], left_out: Sequence[LeftOut],
    verdicts: Sequence[Verdict],
) -> Contents:  # fmt: skip
    """Count what a bundle of these would hold."""
    named = [photo for group in photos.values() for photo in group]
    originals = [photo for photo in named if photo.is_original]
    return Contents(
        submissions=len(items),
        sites=len({item.site for item in items}),
        registered=len(sites),
        photos=len(originals),
        photo_bytes=sum(photo.size for photo in originals),
        missing=sum(photo.state is FileState.MISSING for photo in named),
        refused=sum(photo.state is FileState.REFUSED for photo in named),
        erased=sum(photo.erased_at is not None for photo in named),
        without_preview=sum(not photo.has_preview for photo in originals),
        left_out=left_out,
        undecided=sum(verdict.outcome.value == "not_enough_data" for verdict in verdicts),
        verdicts=len(verdicts),
    )
