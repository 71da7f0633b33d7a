"""PUT /api/verify: a bundle is brought, checked and thrown away again; GET /api/verify/{token} tells how far its check is.

Only who may see the figures: an open door would let anybody fill the disk and keep the processors busy. One bundle at a time for each
person, two in a process; the file lies under a random name until it is checked, and is removed whatever happens.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from threading import Lock

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from survey.bundle.chain import read_head
from survey.bundle.verify import verify
from survey.domain.people import Ability, Actor
from survey.domain.problems import CHECK_HAS_NO_ROOM, CHECKS_BUSY, FILE_TOO_LARGE, QUERY_UNUSABLE, Problem
from survey.web import session
from survey.web.endpoints import answer, json_endpoint, upload_endpoint
from survey.web.verify_words import said_of

LARGEST = 16_000_000_000
"""Bytes of a bundle that is taken. Ours: twice one of 20,000 photos."""
_KEPT_FREE = 2_000_000_000  # of the disk, for the photos that phones send meanwhile
_AT_ONCE = 2
_LONGEST_PRINT = 100
_checking: set[str] = set()
_progress: dict[tuple[str, str], tuple[int, int]] = {}
_lock = Lock()


def routes() -> list[BaseRoute]:
    """Return the routes of this module."""
    return [
        Route("/api/verify", upload_endpoint(take_bundle), methods=["PUT"]),
        Route("/api/verify/{token}", json_endpoint(show_progress), methods=["GET"]),
    ]


def take_bundle(request: Request, actor: Actor, chunks: Iterator[bytes]) -> Response:
    """Check the zip in the body; `?fingerprint= &head=` are the key and a head that the person knows, `token` names its progress."""
    actor.require(Ability.SEE_FIGURES)
    query = request.query_params
    head = _head(query.get("head", ""))
    fingerprint = query.get("fingerprint", "").strip()[:_LONGEST_PRINT] or None
    survey, key = session.open(), (actor.person, query.get("token", "")[:_LONGEST_PRINT])
    with _place(actor.person):
        _check_room(_length(request))
        staged = survey.blobs.stage(chunks, name="ZIP", limit=LARGEST)
        try:
            checked = verify(staged.path, fingerprint=fingerprint, head=head, progress=partial(_tell, key))
        finally:
            _progress.pop(key, None)
            survey.blobs.discard(staged)
    return answer(said_of(checked, known_head=head is not None))


def show_progress(request: Request, actor: Actor) -> Response:
    """Answer the bytes checked and the bytes in all of the person's bundle; zeros while it is on its way, or at another process."""
    actor.require(Ability.SEE_FIGURES)
    done, total = _progress.get((actor.person, request.path_params["token"]), (0, 0))
    return answer({"done": done, "total": total})


def _tell(key: tuple[str, str], done: int, total: int) -> None:
    _progress[key] = done, total


@contextmanager
def _place(person: str) -> Iterator[None]:
    with _lock:
        if person in _checking or len(_checking) >= _AT_ONCE:
            raise Problem(CHECKS_BUSY)
        _checking.add(person)
    try:
        yield
    finally:
        with _lock:
            _checking.discard(person)


def _length(request: Request) -> int:
    given = request.headers.get("content-length", "")
    return int(given) if given.isdigit() and len(given) < len(str(LARGEST)) + 1 else LARGEST + 1


def _check_room(size: int) -> None:
    """Refuse what would not fit before its first byte is taken; who does not say how large it is, is taken for too large."""
    if size > LARGEST:
        raise Problem(FILE_TOO_LARGE, name="ZIP", limit_mb=LARGEST // 1_000_000)
    if shutil.disk_usage(session.open().settings.data).free < size + _KEPT_FREE:
        raise Problem(CHECK_HAS_NO_ROOM, size_mb=size // 1_000_000)


def _head(text: str) -> tuple[int, str] | None:
    try:
        return read_head(text) if text.strip() else None
    except ValueError:
        raise Problem(QUERY_UNUSABLE, name="head", value=text[:_LONGEST_PRINT]) from None
