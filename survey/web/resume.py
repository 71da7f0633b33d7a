"""HEAD and PATCH /api/submissions/…/photos/…: one photo in pieces, over a line that breaks.

HEAD tells how many bytes are here, PATCH adds the next ones; what came before a cut stays. Fields as in docs/http.md.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from contextlib import suppress

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from survey import receive
from survey.domain.people import Ability, Actor
from survey.domain.problems import QUERY_UNUSABLE, UPLOAD_OFFSET, Problem
from survey.web import session, text
from survey.web.endpoints import answer, json_endpoint, upload_endpoint
from survey.web.uploads import photo_answer, photo_name

_DIGEST = re.compile(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):")  # RFC 9530: a dictionary of digests, each a byte sequence
_HASH_BYTES = 32


def routes() -> list[BaseRoute]:
    """Return the routes of this module."""
    path = "/api/submissions/{submission}/photos/{name}"
    return [
        Route(path, json_endpoint(show_progress), methods=["HEAD"]),
        Route(path, upload_endpoint(take_part), methods=["PATCH"]),
    ]


def show_progress(request: Request, actor: Actor) -> Response:
    """Answer how many bytes of a photo are here, and the hash once it is stored; of the very photo whose hash the request names."""
    found = receive.progress(session.open(), actor, request.path_params["submission"], photo_name(request), _digest(request))
    headers = {"Upload-Offset": str(found.offset), "Upload-Complete": "?1" if found.sha256 else "?0", "Cache-Control": "no-store"}
    if found.sha256:
        headers["Repr-Digest"] = f"sha-256=:{base64.b64encode(bytes.fromhex(found.sha256)).decode()}:"
    return Response(headers=headers)


def take_part(request: Request, actor: Actor, chunks: Iterator[bytes]) -> Response:
    """Keep a piece of a photo; 202 with the new offset, or 201 as for a whole photo once the last piece and its hash are right."""
    actor.require(Ability.CAPTURE)
    try:
        taken = receive.part(
            session.open(), actor, request.path_params["submission"], photo_name(request), _part(request), chunks
        )  # fmt: skip
    except Problem as problem:
        _let_pass(chunks)
        refused = answer(text.problem_json(problem), status=problem.kind.status)
        if problem.kind is UPLOAD_OFFSET:
            refused.headers["Upload-Offset"] = str(problem.details["offset"])
        return refused
    _let_pass(chunks)
    if isinstance(taken, receive.PhotoReceipt):
        return photo_answer(taken)
    partly = answer({"offset": taken}, status=202)
    partly.headers["Upload-Offset"] = str(taken)
    return partly


def _part(request: Request) -> receive.Part:
    part = receive.Part(_bytes(request, "Upload-Offset"), _bytes(request, "Upload-Length"), _digest(request))
    told = request.headers.get("content-length", "")
    length = int(told[:15]) if told.isascii() and told.isdecimal() else 0
    if part.start + length > part.total:
        raise Problem(QUERY_UNUSABLE, name="Upload-Length", value=part.total)
    return part


def _bytes(request: Request, name: str) -> int:
    told = request.headers.get(name, "")
    if not (told.isascii() and told.isdecimal() and len(told) <= 15):  # noqa: PLR2004 - no file has more digits
        raise Problem(QUERY_UNUSABLE, name=name, value=told[:40])
    return int(told)


def _digest(request: Request) -> str | None:
    """The SHA-256 in hexadecimal; None where none is told."""
    told = request.headers.get("repr-digest")
    if told is None:
        return None
    found = _DIGEST.search(told)
    with suppress(binascii.Error):
        if found and len(digest := base64.b64decode(found[1], validate=True)) == _HASH_BYTES:
            return digest.hex()
    raise Problem(QUERY_UNUSABLE, name="Repr-Digest", value=told[:40])


def _let_pass(chunks: Iterator[bytes]) -> None:
    """Read on without keeping anything: a browser that is still sending would take an early answer for a broken line."""
    left = receive.PHOTO_LIMIT
    with suppress(ClientDisconnect, Problem):
        for chunk in chunks:
            left -= len(chunk)
            if left < 0:
                return
