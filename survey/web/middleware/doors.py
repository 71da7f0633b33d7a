"""Which of Streamlit's doors open for whom, sign-in before pages, and its own scripts in small."""

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from survey import accounts
from survey.domain.problems import Problem
from survey.web import refusals, session
from survey.web.compressed import Compressed
from survey.web.middleware.paths import Door, door_of, is_page

_SEE_OTHER = 303


class ClosedDoors:
    """Answers 404 where Streamlit would tell strangers about the server, 401 where it serves whoever is connected."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: D102 - ASGI's own signature
        door = door_of(scope["path"]) if scope["type"] == "http" else Door.OPEN
        if door is Door.CLOSED:
            await PlainTextResponse("404", status_code=404)(scope, receive, send)
        elif door is Door.SIGNED_IN and not await run_in_threadpool(_signed_in, Request(scope)):
            await PlainTextResponse("401", status_code=401)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


class SmallStaticFiles:
    """Sends Streamlit's own scripts and styles compressed once at start: 2.9 MB become 1.2 on the first visit."""

    def __init__(self, app: ASGIApp, compressed: Compressed) -> None:
        self._app = app
        self._compressed = compressed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: D102 - ASGI's own signature
        small = self._compressed.find(scope["path"]) if scope["type"] == "http" and scope["method"] in {"GET", "HEAD"} else None
        if small is None or "br" not in Headers(scope=scope).get("accept-encoding", ""):
            await self._app(scope, receive, send)
            return
        headers = {"Content-Encoding": "br", "Vary": "Accept-Encoding", "Cache-Control": "public, immutable, max-age=31536000"}
        await FileResponse(small.path, media_type=small.media_type, headers=headers)(scope, receive, send)


class SignInFirst:
    """Sends a signed-out person who opens a Streamlit page to our light sign-in page; each page guards itself as well."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: D102 - ASGI's own signature
        if is_page(scope):
            request = Request(scope)
            try:
                found = await run_in_threadpool(accounts.find_session, session.open(), request.cookies.get(session.COOKIE))
            except Problem as problem:  # the database is away: a page says so, where Streamlit's would spin for ever
                await (await refusals.answer_problem(request, problem))(scope, receive, send)
                return
            if found is None:
                await RedirectResponse(session.sign_in_path(request.url.path), _SEE_OTHER)(scope, receive, send)
                return
            if scope["path"].rstrip("/") == "/home":  # Streamlit knows its first page by no name, and would say so in English
                await RedirectResponse("/", _SEE_OTHER)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _signed_in(request: Request) -> bool:
    try:
        return accounts.find_session(session.open(), request.cookies.get(session.COOKIE)) is not None
    except Problem:
        return False
