"""Each request's id, its line in the log and its numbers; by the route's pattern, never by the path that was asked for."""

import logging
import secrets
import time

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from survey import loglines
from survey.domain.people import Actor
from survey.web import metrics, session
from survey.web.middleware.paths import is_below

_log = logging.getLogger("survey.requests")
_DEFECT = 500
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_GROUPS = ("/static", "/_stcore", "/media", "/component", "/auth")


class Measured:
    """Gives a request its id, sent as `X-Request-Id`, and counts and logs it once it is answered."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: D102 - ASGI's own signature
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        request_id, begun, status = secrets.token_hex(8), time.perf_counter(), 0

        async def send_noticing(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            await send(message)

        token = loglines.about.set({"request": request_id})
        opened = metrics.SOCKETS_OPEN if scope["type"] == "websocket" else metrics.REQUESTS_OPEN
        opened.inc()
        try:
            await self._app(scope, receive, send_noticing)
        finally:
            opened.dec()
            if scope["type"] == "http":
                _tell(scope, status, time.perf_counter() - begun)
            loglines.about.reset(token)


def route_of(scope: Scope) -> str:
    """Return the pattern of the route that answered; for what none of ours answered, the part of the server that did."""
    pattern: str = getattr(scope.get("route"), "path", "") or ""
    if pattern:
        return pattern
    return next((group for group in _GROUPS if is_below(scope["path"], (group,))), "other")


def _tell(scope: Scope, status: int, seconds: float) -> None:
    method = scope["method"] if scope["method"] in _METHODS else "other"
    route = route_of(scope)
    metrics.REQUESTS.labels(method, route, str(status)).inc()
    metrics.SECONDS.labels(route).observe(seconds)
    level = logging.ERROR if status >= _DEFECT else logging.INFO
    if _log.isEnabledFor(level):
        who = scope.get(session.WHO)
        known = {"person": who.person, "commune": who.commune} if isinstance(who, Actor) else {}
        fields = {"method": method, "route": route, "status": status, "duration_ms": round(seconds * 1000, 1), **known}
        _log.log(level, "%s %s %s", method, route, status, extra={loglines.FIELDS: fields})
