"""Nothing changes because a stranger's page wants it: one gate before every route, whatever the route does by itself.

A request that changes something comes from a page of ours, or shows a phone's token, which no browser does by itself. Who names no
origin at all and no token is refused too, but at the OpenRosa door, whose clients are no browsers and which asks for credentials itself.
"""

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from survey.domain.problems import Problem
from survey.web import session
from survey.web.middleware.refusing import refuse

_HARMLESS = frozenset({"GET", "HEAD", "OPTIONS"})


class OwnOrigin:
    """Answers 403 to a changing request from elsewhere, before a byte of its body is read."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: D102 - ASGI's own signature
        if scope["type"] == "http" and scope["method"] not in _HARMLESS:
            request = Request(scope)
            try:
                _require_own(request)
            except Problem as problem:
                await refuse(scope, receive, send, problem)
                return
        await self._app(scope, receive, send)


def _require_own(request: Request) -> None:
    if session.shows_token(request):
        return
    named = "sec-fetch-site" in request.headers or "origin" in request.headers
    if named or not request.scope["path"].startswith("/openrosa/"):
        session.require_same_origin(request)
