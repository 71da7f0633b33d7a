"""How large and how slow a request's body may be, on every route, whether its length is told or not."""

import time

import anyio
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from survey.domain.problems import BODY_TOO_LARGE, UPLOAD_STALLED, Problem
from survey.web.middleware.refusing import refuse

_KB, _MB = 1_000, 1_000_000
DEFAULT_LIMIT = 1 * _MB
# Doors that take files; each of them has its own, closer limit and says it in its own words.
_LARGE = (
    ("/api/submissions/", 30 * _MB), ("/api/desk/files/", 2_100 * _MB), ("/api/verify", 17_000 * _MB), ("/documents", 25 * _MB),
    ("/openrosa/submission", 110 * _MB), ("/public/", 12 * _MB), ("/_stcore/upload_file/", 110 * _MB),
)  # fmt: skip
STALLED_S = 60  # without a byte: a phone on the edge of a network pauses for seconds
WHOLE_S = 120  # for a body that is no file


class Bodies:
    """Answers 413 to a body that announces too much, and ends one that brings too much or stands still."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: D102 - ASGI's own signature
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = limit_of(scope["path"])
        if _announced(scope) > limit:
            await refuse(scope, receive, send, _too_large(limit), {"Connection": "close"})
            return
        await self._app(scope, _Body(receive, limit).receive, send)


class _Body:
    """A request's body as it comes in, counted; what else is asked of it (`transport`, `keep_alive`) is uvicorn's, where that is below."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._limit = limit
        self._size = 0
        self._is_whole = False
        self._ends_at = time.monotonic() + WHOLE_S if limit == DEFAULT_LIMIT else float("inf")

    def __getattr__(self, name: str) -> object:
        return getattr(getattr(self._receive, "__self__", None), name)

    async def receive(self) -> Message:
        """The next piece. Raises BODY_TOO_LARGE, UPLOAD_STALLED; after the whole body it waits for the end of the connection."""
        if self._is_whole:
            return await self._receive()
        patience = min(STALLED_S, self._ends_at - time.monotonic())
        try:
            with anyio.fail_after(max(0.0, patience)):
                message = await self._receive()
        except TimeoutError:
            raise Problem(UPLOAD_STALLED, seconds=STALLED_S if patience == STALLED_S else WHOLE_S) from None
        self._size += len(message.get("body", b""))
        self._is_whole = not message.get("more_body", False)
        if self._size > self._limit:
            raise _too_large(self._limit)
        return message


def limit_of(path: str) -> int:
    """Return how many bytes a body for *path* may have."""
    return next((limit for start, limit in _LARGE if path.startswith(start)), DEFAULT_LIMIT)


def _announced(scope: Scope) -> int:
    told = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
    return int(told) if told.isdigit() else 0


def _too_large(limit: int) -> Problem:
    return Problem(BODY_TOO_LARGE, limit_kb=limit // _KB)
