"""Holds every answer that passes by against the OpenAPI document: status, media type, schema, and that the refusal was announced."""

import json
import re
from functools import cache
from typing import Any

import jsonschema_rs
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from survey.web.openapi import OPERATIONS, document


class Described:
    """An ASGI layer that raises AssertionError for an answer of a described route that the document does not know."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: D102 - ASGI's own signature
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asked: tuple[str, str] = scope["method"], scope["path"]
        status, kind, body = 0, "", b""

        async def watched(message: Message) -> None:
            nonlocal status, kind, body
            if message["type"] == "http.response.start":
                status = message["status"]
                kind = next((value.decode() for name, value in message["headers"] if name.lower() == b"content-type"), "")
            elif kind.startswith("application/json"):
                body += message.get("body", b"")
            await send(message)

        await self._app(scope, receive, watched)
        if status:
            fault = fault_of(*asked, status, kind, body)
            assert not fault, f"{asked[0]} {asked[1]}: {fault}"


def fault_of(method: str, path: str, status: int, kind: str, body: bytes) -> str:
    """What the document does not know of an answer; empty where all is as announced, or the route is none of those described."""
    template = described_path(method, path)
    return "" if template is None else difference(method, template, status, kind, body)


def difference(method: str, template: str, status: int, kind: str, body: bytes) -> str:
    """The same for a described path as the document writes it."""
    announced = document()["paths"][template][method.lower()]["responses"].get(str(status))
    if announced is None:
        return f"{status} is not described: {body[:200]!r}"
    content, media_type = announced.get("content", {}), kind.partition(";")[0]
    if not content or "*/*" in content or not (body or media_type):
        return ""
    if media_type not in content:
        return f"{status} as {media_type or 'nothing'}, described as {', '.join(content)}"
    if media_type != "application/json":
        return ""
    found = _validator(template, method, str(status)).iter_errors(json.loads(body))
    errors = [f"{list(error.instance_path)}: {error.message}" for error in found]
    return "; ".join(errors[:3])


@cache
def described_path(method: str, path: str) -> str | None:
    """The described path that an address is one of: the first that fits, as routes are matched."""
    fitting = (one for one in sorted(OPERATIONS, key=lambda one: one.path.count("{")) if one.method == method)
    return next((one.path for one in fitting if _pattern(one.path).fullmatch(path)), None)


@cache
def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"(\{[^}]+\})", path)
    free = {"{number}": "[0-9]+"}
    return re.compile("".join(free.get(part, "[^/]+") if part.startswith("{") else re.escape(part) for part in parts))


@cache
def _validator(template: str, method: str, status: str) -> Any:
    schema = document()["paths"][template][method.lower()]["responses"][status]["content"]["application/json"]["schema"]
    return jsonschema_rs.Draft202012Validator({**schema, "components": document()["components"]}, validate_formats=True)
