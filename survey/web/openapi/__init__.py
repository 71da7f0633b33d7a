"""GET /api/openapi.json: what our routes take and answer (OpenAPI 3.1), for whoever connects another program.

Everybody may read it, signed in or not: it says nothing that docs/http.md does not say, and holds nothing of a deployment.
`tests/web/test_openapi.py` holds it against the routes, and against every answer that the tests of the doors get.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from survey.domain.problems import ProblemKind
from survey.web import ranges, session
from survey.web.openapi import capture, desk, handing_out
from survey.web.openapi.operations import ANSWER_HEADERS, GATE, REQUEST_HEADERS, Answer, Operation
from survey.web.openapi.shapes import SHARED, TEXT, shared

PREFIXES = ("/api", "/photos", "/documents", "/bundles", "/healthz", "/heads.json", "/province.csv", "/rules", "/print")
"""Where every route is described. OpenRosa has its own specification; the rest are pages for people."""
OPERATIONS: tuple[Operation, ...] = (*capture.OPERATIONS, *desk.OPERATIONS, *handing_out.OPERATIONS)
_VERSION = "1.0"  # of the interface: a change that breaks callers is a new first number
_SIGNED_IN: list[dict[str, list[str]]] = [{"session": []}, {"phone": []}]
_CHANGING = ("PUT", "PATCH", "POST", "DELETE")
_ABOUT = (
    "The doors of the field survey collector for other programs; docs/http.md tells the same in words. "
    "Who asks is told by the session cookie or by an enrolled phone's token; a token that is shown decides alone. "
    "Requests that change something by a session must come from our own origin (Sec-Fetch-Site, else Origin). "
    "Refusals are a Problem in JSON; where `text/html` is listed too, a browser that asks for a page gets one, or is led to sign in."
)


def routes() -> list[BaseRoute]:
    """Return the route of the document."""
    return [Route("/api/openapi.json", show_document, methods=["GET"])]


def show_document(request: Request) -> Response:
    """GET /api/openapi.json: the document, the same for everybody."""
    body, tag = _written()
    headers = {"Cache-Control": "no-cache", "ETag": tag}
    if ranges.is_known(request, tag):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


@cache
def document() -> dict[str, Any]:
    """The whole description (OpenAPI 3.1)."""
    paths: dict[str, dict[str, Any]] = {}
    for one in OPERATIONS:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one)
    schemes = {
        "session": {"type": "apiKey", "in": "cookie", "name": session.COOKIE, "description": "What /sign-in gives"},
        "phone": {"type": "http", "scheme": "bearer", "description": "An enrolled phone's token"},
    }
    info = {"title": "Field survey collector", "version": _VERSION, "description": _ABOUT}
    return {"openapi": "3.1.0", "info": info, "paths": paths, "components": {"schemas": SHARED, "securitySchemes": schemes}}


@cache
def _written() -> tuple[bytes, str]:
    body = json.dumps(document(), ensure_ascii=False, separators=(",", ":")).encode()
    return body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def _operation(one: Operation) -> dict[str, Any]:
    written: dict[str, Any] = {
        "operationId": _name(one), "summary": one.says, "x-summary-vi": one.vi, "parameters": list(_parameters(one)),
        "responses": {str(status): answered for status, answered in sorted(_answers(one))}, "security": _SIGNED_IN if one.problems else [],
    }  # fmt: skip
    if one.body is not None:
        written["requestBody"] = {"required": True, "content": {kind: {"schema": schema} for kind, schema in one.body.items()}}
    return written


def _name(one: Operation) -> str:
    words = [part.strip("{}") for part in one.path.replace(".", "/").replace("}", "").split("/") if part]
    return "_".join([one.method.lower(), *words]).replace("-", "_").replace("{", "by_")


def _parameters(one: Operation) -> Iterator[dict[str, Any]]:
    for part in one.path.split("/"):
        if part.startswith("{"):
            name = part[1:].partition("}")[0]
            kind = {"type": "integer", "minimum": 1} if name == "number" else TEXT
            yield {"name": name, "in": "path", "required": True, "schema": kind}
    for name, schema in one.query.items():
        yield {"name": name, "in": "query", "required": name in one.required, "schema": schema}
    for name in one.headers:
        yield {"name": name, "in": "header", "required": name in one.required, "schema": REQUEST_HEADERS[name]}
    if one.method in _CHANGING:
        yield {"name": "Origin", "in": "header", "required": False, "schema": TEXT, "description": "Our own, where a session asks"}


def _answers(one: Operation) -> Iterator[tuple[int, dict[str, Any]]]:
    for status, answer in one.answers.items():
        yield status, _answer(answer)
    for status, kinds in one.refusals.items():
        yield status, _refusal(kinds, one)
    if one.pages:
        yield 303, {"description": "A browser without a session is led to the sign-in page", "headers": _headers(["Location"])}


def _answer(answer: Answer) -> dict[str, Any]:
    written: dict[str, Any] = {"description": answer.says}
    if answer.content:
        written["content"] = {kind: {"schema": schema} if schema else {} for kind, schema in answer.content.items()}
    return written | ({"headers": _headers(answer.headers)} if answer.headers else {})


def _headers(names: Iterable[str]) -> dict[str, Any]:
    return {name: {"schema": TEXT, "description": ANSWER_HEADERS.get(name, "")} for name in names}


def _refusal(kinds: Collection[ProblemKind], one: Operation) -> dict[str, Any]:
    """A HEAD request's refusal is a status alone."""
    description = "; ".join(f"{kind.code}: {kind.en.partition('. ')[0]}" for kind in kinds)
    if one.method == "HEAD":
        return {"description": description}
    content: dict[str, Any] = {"application/json": {"schema": shared("Problem")}}
    others = (["text/html"] if one.pages else []) + (["text/plain"] if set(kinds) & set(GATE) else [])
    return {"description": description, "content": content | {kind: {} for kind in others}}
