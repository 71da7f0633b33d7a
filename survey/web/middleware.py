"""What happens to every request before and after our routes and Streamlit's.

Secrets leave the path, closed doors, sign-in first, headers, small static files.
"""

import base64
import hashlib
import re
import socket
from functools import cache
from pathlib import Path
from urllib.parse import quote

import streamlit
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from survey import accounts
from survey.domain.problems import Problem
from survey.web import refusals, session
from survey.web.compressed import Compressed

STATIC = Path(streamlit.__file__).parent / "static"
# Open to all in Streamlit: numbers of sessions, and a door for automatons that stays shut.
_CLOSED = ("/_stcore/metrics", "/_stcore/agent")
# Streamlit serves these to whoever has opened a connection, signed in or not: a stranger could fill the memory, or fetch a download.
_SIGNED_IN = ("/_stcore/upload_file", "/media")
# Where our own routes live: they sign in, or refuse, by themselves. OpenRosa's names at the root are among them: an ODK Collect
# that was given the wrong address must hear 404, not a page.
OWN_PREFIXES = (
    "/api", "/field", "/openrosa", "/key", "/photos", "/bundles", "/documents", "/sign-in", "/sign-out", "/healthz", "/formList",
    "/submission", "/public", "/print",
)  # fmt: skip
_NO_PAGES = (*OWN_PREFIXES, "/_stcore", "/static", "/media", "/component")
_SEE_OTHER = 303
_SECRET = re.compile(r"/+(key|sign-in)/+([^/]+)(.*)", re.DOTALL)


def stack(compressed: Compressed) -> list[Middleware]:
    """Return our middleware, the outermost first."""
    return [
        Middleware(HiddenSecrets),
        Middleware(PromptAnswers),
        Middleware(SecurityHeaders),
        Middleware(ClosedDoors),
        Middleware(SmallStaticFiles, compressed=compressed),
        Middleware(SignInFirst),
    ]


class HiddenSecrets:
    """Takes a phone's token or a one-time link's code out of the path before anybody writes the path down.

    The scope is changed in place, since the server that made it logs from it when the answer goes out. Behind a phone's token there is the
    OpenRosa door and nothing else.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: D102 - ASGI's own signature
        found = _SECRET.fullmatch(scope["path"]) if scope["type"] in {"http", "websocket"} else None
        if found is not None:
            door, secret, rest = found.groups()
            if door == "sign-in":
                scope[session.LINK], path = secret, "/sign-in/once" + rest
            elif scope["type"] == "http" and rest.startswith("/openrosa/"):
                scope[session.KEY], path = secret, rest
            else:
                path = "/key"
            scope["path"], scope["raw_path"] = path, quote(path).encode()
        await self._app(scope, receive, send)


class PromptAnswers:
    """Sends the end of an answer at once.

    Streamlit binds its socket in a way that asyncio does not take for TCP (`proto` is 0), so that Nagle's algorithm stays on: an
    answer's last packet waited for the other side's delayed acknowledgement, 40 ms or a phone's whole round trip.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: D102 - ASGI's own signature
        # uvicorn's `receive` is a method of the object that holds the connection; other servers simply have no such thing.
        transport = getattr(getattr(receive, "__self__", None), "transport", None)
        connection = transport.get_extra_info("socket") if transport is not None else None
        if connection is not None and connection.family in {socket.AF_INET, socket.AF_INET6}:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await self._app(scope, receive, send)


class SecurityHeaders:
    """Adds what browsers need to know to protect the person; a route's own header of the same name stays."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: D102 - ASGI's own signature
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in security_headers().items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)


class ClosedDoors:
    """Answers 404 where Streamlit would tell strangers about the server."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: D102 - ASGI's own signature
        if scope["type"] == "http" and scope["path"].startswith(_CLOSED):
            await PlainTextResponse("404", status_code=404)(scope, receive, send)
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
        elif _is_streamlits_memory(scope) and not await run_in_threadpool(_signed_in, Request(scope)):
            await PlainTextResponse("401", status_code=401)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _is_streamlits_memory(scope: Scope) -> bool:
    return scope["type"] == "http" and str(scope["path"]).startswith(_SIGNED_IN)


def _signed_in(request: Request) -> bool:
    try:
        return accounts.find_session(session.open(), request.cookies.get(session.COOKIE)) is not None
    except Problem:
        return False


def is_page(scope: Scope) -> bool:
    """Whether a browser opens a Streamlit page: a GET for HTML outside our own and Streamlit's fixed paths."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    path, accept = scope["path"], Headers(scope=scope).get("accept", "")
    is_own = any(path == prefix or path.startswith(prefix + "/") for prefix in _NO_PAGES)
    return "text/html" in accept and not is_own


@cache
def security_headers() -> dict[str, str]:
    """Return the headers of every answer; the policy is what Streamlit, its maps and our components were seen to need."""
    headers = {
        "Content-Security-Policy": (
            f"default-src 'self'; script-src 'self' blob: 'wasm-unsafe-eval' {_inline_scripts()}; style-src 'self' 'unsafe-inline'; "
            "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' data: blob:; worker-src 'self' blob:; "
            "object-src 'none'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
        ),
        "X-Content-Type-Options": "nosniff",
        # Not `no-referrer`: it makes browsers send `Origin: null` with our own forms.
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    if session.open().settings.secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return headers


def _inline_scripts() -> str:
    """The hashes of the scripts inside Streamlit's index.html, so that these alone may run inline."""
    scripts = re.findall(r"<script>(.*?)</script>", (STATIC / "index.html").read_text(), re.DOTALL)
    return " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" for script in scripts)
