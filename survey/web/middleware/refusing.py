"""Refusals before any route: a sentence and a code at the price of a dictionary, since a flood of them must cost nothing."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from survey.domain.problems import Problem
from survey.web import session, text

_ENVELOPE = '<OpenRosaResponse xmlns="http://openrosa.org/http/response"><message nature="error">{}</message></OpenRosaResponse>'


async def refuse(scope: Scope, receive: Receive, send: Send, problem: Problem, headers: Mapping[str, str] | None = None) -> None:
    """Answer *problem* without asking the database: JSON, a line of text for a browser, the envelope at the OpenRosa door."""
    await _answer(Request(scope), problem, {**(headers or {}), "Cache-Control": "no-store"})(scope, receive, send)


async def refuse_socket(receive: Receive, send: Send) -> None:
    """Turn a WebSocket away before it is accepted: the server answers 403."""
    await receive()
    await send({"type": "websocket.close", "code": 1008})


def _answer(request: Request, problem: Problem, headers: Mapping[str, str]) -> Response:
    chosen = request.cookies.get(session.LOCALE_COOKIE) or request.headers.get("accept-language", "")[:2]
    text.speak(chosen if chosen in text.LOCALES else session.open().settings.locale)
    status = problem.kind.status
    if request.scope["path"].startswith("/openrosa"):
        body = _ENVELOPE.format(text.problem_text(problem))  # our own sentences, which hold no markup
        return Response(body, status, {**headers, "X-OpenRosa-Version": "1.0"}, "text/xml")
    if "text/html" in request.headers.get("accept", ""):
        return PlainTextResponse(text.problem_text(problem), status, headers)
    return JSONResponse(text.problem_json(problem), status, headers)
