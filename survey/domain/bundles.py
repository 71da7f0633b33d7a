"""A bundle on its way: who asked for it, how far it is, the pieces it is made of, the zips it ends as."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from survey.domain.evidence import Scope, Variant


class Progress(StrEnum):
    """How far a request has come."""

    WAITING = "waiting"  # for a worker
    GATHERING = "gathering"  # evidence is read, tables and pages are written
    MAKING = "making"  # parts: printed reports, public photos
    SEALED = "sealed"  # signed, ready to be downloaded
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Request:
    """What somebody asked for; *done* of *total* parts are made, *total* is 0 while it is not known; *bundle* once it is sealed."""

    commune: str
    id: str
    scope: Scope
    variant: Variant
    bag_bytes: int
    person: str
    at: datetime
    state: Progress
    done: int = 0
    total: int = 0
    draft: str | None = None
    bundle: str | None = None
    problem: Mapping[str, Any] | None = None


class PartKind(StrEnum):
    """What a piece is."""

    PDF = "pdf"  # a part of the printed report
    PHOTOS = "photos"  # a portion of photos rebuilt for the public


@dataclass(frozen=True)
class PartPlan:
    """A piece that a worker makes by itself, from *data* (plain JSON) and the photos that it names by hash.

    *names* are the files that come of it, below `data/`, in order: one for a PDF, one for each photo else.
    """

    kind: PartKind
    title: str
    names: tuple[str, ...]
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stored:
    """A made file: its *name* below `data/`, and where its bytes lie: in the made blob *blob* from byte *start* on."""

    name: str
    blob: str
    start: int
    size: int
    crc32: int
    sha256: str


@dataclass(frozen=True)
class Bag:
    """One zip of a sealed bundle; *layout* is the hash of its member list among the made files."""

    commune: str
    bundle: str
    number: int
    of: int
    name: str
    size: int
    files: int
    layout: str
    tag_manifest: str
