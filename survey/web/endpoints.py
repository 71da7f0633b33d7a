"""How our JSON routes are called: who asks, in which language, how a body comes in piece by piece, how a problem is answered."""

from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from threading import Lock

import anyio
from anyio.lowlevel import RunVar
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from survey.domain.people import Actor
from survey.domain.problems import UPLOAD_STALLED, UPLOADS_TOO_MANY, Problem
from survey.web import session, text

_STOPPING_S = 0.5  # how often an upload looks whether the server is to stop
_STALLED_S = 60  # a phone on the edge of a network pauses for seconds; who sends nothing for a minute is gone
# Uploads wait for slow phones: they have threads of their own, so that they never take those of the pages.
_UPLOADS_AT_ONCE = 200
_UPLOADS_OF_ONE = 40  # a stolen phone that sends a byte a minute on each of its lines must leave places for the others
_sending: Counter[tuple[str, int]] = Counter()  # by person and by how many are allowed
_counting = Lock()
_limiter: RunVar[anyio.CapacityLimiter] = RunVar("uploads")  # one for each event loop


def json_endpoint(show: Callable[[Request, Actor], Response]) -> Callable[[Request], Response]:
    """Make *show* an endpoint that knows who asks and answers problems as JSON, in the language that the page says."""

    @wraps(show)
    def endpoint(request: Request) -> Response:
        return _answering(request, lambda actor: show(request, actor))

    return endpoint


def upload_endpoint(
    take: Callable[[Request, Actor, Iterator[bytes]], Response], *, at_once: int | None = None
) -> Callable[[Request], Awaitable[Response]]:
    """Make *take* an endpoint that reads the request's body piece by piece, in a thread of its own.

    Who sends it is asked before the first piece and after the last one. *at_once* is how many of these one person may have going.
    """

    @wraps(take)
    async def endpoint(request: Request) -> Response:
        pieces = request.stream()

        def chunks() -> Iterator[bytes]:
            while (piece := anyio.from_thread.run(_next_piece, pieces)) is not None:
                yield piece
            session.actor_of(request)  # once more: a phone may have been revoked while it sent
            _speak(request)

        def take_in_place(actor: Actor) -> Response:
            with _place(actor, at_once or _UPLOADS_OF_ONE):
                return take(request, actor, chunks())

        def work() -> Response:
            return _answering(request, take_in_place)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_cut_when_stopping, request)
            try:
                answered = await anyio.to_thread.run_sync(work, limiter=_uploads())
            except ClientDisconnect:
                answered = Response(status_code=400)  # nobody is there to read it
            tasks.cancel_scope.cancel()
        return answered

    return endpoint


def answer(document: object, *, status: int = 200, cache: str = "no-store") -> Response:
    """Answer *document* as JSON."""
    return JSONResponse(document, status, headers={"Cache-Control": cache})


def count_uploads() -> int:
    """Return how many files are coming in at this moment, in this process."""
    with _counting:
        return sum(_sending.values())


def _uploads() -> anyio.CapacityLimiter:
    try:
        return _limiter.get()
    except LookupError:
        _limiter.set(anyio.CapacityLimiter(_UPLOADS_AT_ONCE))
        return _limiter.get()


@contextmanager
def _place(actor: Actor, at_once: int) -> Iterator[None]:
    """One of the places of who uploads. Raises UPLOADS_TOO_MANY where that person has taken *at_once* of them."""
    key = actor.person, at_once
    with _counting:
        if _sending[key] >= at_once:
            raise Problem(UPLOADS_TOO_MANY, limit=at_once)
        _sending[key] += 1
    try:
        yield
    finally:
        with _counting:
            _sending[key] -= 1
            if not _sending[key]:
                del _sending[key]


async def _cut_when_stopping(request: Request) -> None:
    """Break the line of an upload when the server is told to stop: it would wait for the last phone, and take no other meanwhile.

    The phone goes on later, as after any cut. uvicorn says it by taking back that the connection stays open after the answer.
    """
    connection = getattr(request.receive, "__self__", None)
    if connection is None or not getattr(connection, "keep_alive", False):
        return
    while connection.keep_alive:  # noqa: ASYNC110 - it has no event to wait for
        await anyio.sleep(_STOPPING_S)
    connection.transport.close()


async def _next_piece(pieces: AsyncGenerator[bytes, None]) -> bytes | None:
    try:
        with anyio.fail_after(_STALLED_S):
            return await anext(pieces, None)
    except TimeoutError:
        raise Problem(UPLOAD_STALLED, seconds=_STALLED_S) from None


def _answering(request: Request, work: Callable[[Actor], Response]) -> Response:
    try:
        _speak(request)
        actor = session.acting(request)
        _speak(request)
        return work(actor)
    except Problem as problem:
        return answer(text.problem_json(problem), status=problem.kind.status)


def _speak(request: Request) -> None:
    """Use the language that the client's page shows; other programs get the account's."""
    wanted = request.headers.get("accept-language", "")
    if wanted in text.LOCALES:
        text.speak(wanted)
