"""What the description of one route is made of. The statuses of its refusals are those of the problems that it names."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from survey.domain.problems import (
    ADDRESS_TOO_LONG,
    BODY_TOO_LARGE,
    CROSS_SITE,
    DATABASE_UNREACHABLE,
    FILE_TOO_LARGE,
    HEADERS_TOO_LARGE,
    HOST_UNKNOWN,
    NOT_ALLOWED,
    PATH_UNKNOWN,
    PHONE_REVOKED,
    SIGN_IN_NEEDED,
    STORAGE_UNUSABLE,
    TOO_OFTEN,
    UPLOAD_STALLED,
    UPLOADS_TOO_MANY,
    ProblemKind,
)
from survey.web.openapi.shapes import TEXT, Schema

# What leaves the server is noted before its first byte (noted.py): where that cannot be written, STORAGE_UNUSABLE is the answer.
CALLER = (SIGN_IN_NEEDED, PHONE_REVOKED, NOT_ALLOWED, DATABASE_UNREACHABLE, STORAGE_UNUSABLE)
GATE = (HOST_UNKNOWN, TOO_OFTEN, ADDRESS_TOO_LONG, HEADERS_TOO_LARGE, BODY_TOO_LARGE, CROSS_SITE)  # before any route
CHANGING = (CROSS_SITE,)
UPLOADING = (CROSS_SITE, UPLOAD_STALLED, UPLOADS_TOO_MANY, FILE_TOO_LARGE, STORAGE_UNUSABLE)
BINARY: Schema = {}  # bytes as they are: OpenAPI 3.1 says so by saying nothing
RANGED = ("Range", "If-Range", "If-None-Match")
REQUEST_HEADERS: dict[str, Schema] = {
    "Range": {"type": "string", "pattern": "^bytes=[0-9]*-[0-9]*$"},
    "If-Range": TEXT,
    "If-None-Match": TEXT,
    "Phone-Time": {"type": "string", "description": "What the phone's clock shows: ISO 8601 with an offset"},
    "File-Name": {"type": "string", "pattern": "^[!-~]*$", "description": "Percent-encoded"},
    "Upload-Offset": {"type": "string", "pattern": "^[0-9]{1,15}$", "description": "Where these bytes begin"},
    "Upload-Length": {"type": "string", "pattern": "^[0-9]{1,15}$", "description": "Of the whole, in bytes"},
    "Repr-Digest": {"type": "string", "pattern": "^sha-256=:[A-Za-z0-9+/]{43}=:$", "description": "Of the whole (RFC 9530)"},
}
ANSWER_HEADERS: dict[str, str] = {
    "ETag": "Changes with the content",
    "Content-Range": "Which bytes these are",
    "Accept-Ranges": "bytes",
    "Upload-Offset": "How many bytes are here, durable",
    "Upload-Complete": "?1 once the photo is stored, else ?0",
    "Repr-Digest": "SHA-256 of the stored photo",
    "Retry-After": "Seconds until asking again is worth it",
    "Content-Disposition": "The name to save it by",
}


@dataclass(frozen=True)
class Answer:
    """One status's answer: what it says, its schema by media type, its headers."""

    says: str
    content: Mapping[str, Schema] = field(default_factory=dict)
    headers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Operation:
    """One method of one path; *query* and *headers* by name, those in *required* must be there; *pages* answers browsers with a page."""

    method: str
    path: str
    says: str
    vi: str
    answers: Mapping[int, Answer]
    problems: tuple[ProblemKind, ...] = CALLER
    query: Mapping[str, Schema] = field(default_factory=dict)
    headers: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    body: Mapping[str, Schema] | None = None
    pages: bool = False

    def also(self, *problems: ProblemKind) -> "Operation":
        """The same with more *problems*."""
        return replace(self, problems=(*self.problems, *problems))

    @property
    def refusals(self) -> dict[int, list[ProblemKind]]:
        """The problems that it may answer, by status; an address with a free part may lead nowhere."""
        found: dict[int, list[ProblemKind]] = {}
        for kind in (*self.problems, *GATE, *((PATH_UNKNOWN,) if "{" in self.path else ())):
            if kind not in found.setdefault(kind.status, []):
                found[kind.status].append(kind)
        return found


def json_of(schema: Schema, says: str = "OK", *headers: str) -> Answer:
    """An answer in JSON."""
    return Answer(says, {"application/json": schema}, headers)


def bytes_of(*media_types: str, says: str = "The bytes", headers: tuple[str, ...] = ()) -> Answer:
    """An answer in one of *media_types*."""
    return Answer(says, dict.fromkeys(media_types, BINARY), headers)


def ranged(*media_types: str) -> dict[int, Answer]:
    """What a route answers that hands out bytes, whole or in part."""
    whole = bytes_of(*media_types, headers=("ETag", "Accept-Ranges"))
    part = replace(whole, says="The part that was asked for", headers=("ETag", "Accept-Ranges", "Content-Range"))
    known, beyond = Answer("The client has it", headers=("ETag",)), Answer("No such part", headers=("Content-Range",))
    return {200: whole, 206: part, 304: known, 416: beyond}
