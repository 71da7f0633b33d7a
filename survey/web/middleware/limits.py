"""How much one request, one person and one address may ask for: our own choices, far above what phones and desks need.

An outbox of 600 photos passes: each is two or three requests, and a phone sends a few a second. Who is refused hears 429 with
`Retry-After`; the field client keeps its work and comes back. An address may be a whole office's or a mobile operator's.
"""

import hashlib
import ipaddress
import math
import time
from collections import Counter

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from survey.domain.problems import ADDRESS_TOO_LONG, HEADERS_TOO_LARGE, TOO_OFTEN, Problem
from survey.web import session
from survey.web.middleware.buckets import Buckets
from survey.web.middleware.refusing import refuse

URL_LIMIT = 8_000  # letters of path and query
HEADERS_LIMIT, HEADER_COUNT = 32_000, 100  # bytes in all, and how many
PERSON_RATE, PERSON_BURST = 50.0, 2_000  # requests a second, and at once after a rest
ADDRESS_RATE, ADDRESS_BURST = 200.0, 6_000
ADDRESS_AT_ONCE = 256
_LONG_QUERY = "/openrosa/entities/"  # the protocol names up to 2,000 ids in the address: uvicorn's own 64 KB end it


class Limits:
    """Answers 414, 431 and 429 before anything else looks at a request; Streamlit's static files are not counted."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._people = Buckets(PERSON_RATE, PERSON_BURST)
        self._addresses = Buckets(ADDRESS_RATE, ADDRESS_BURST)
        self._open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: D102 - ASGI's own signature
        if scope["type"] != "http" or scope["path"].startswith("/static/"):
            await self._app(scope, receive, send)
            return
        address = address_of(scope)
        problem = _oversized(scope) or self._too_often(scope, address)
        if problem is not None:
            seconds = problem.details.get("seconds")
            await refuse(scope, receive, send, problem, {"Retry-After": str(seconds)} if seconds else None)
            return
        self._open[address] += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._open[address] -= 1
            if not self._open[address]:
                del self._open[address]

    def _too_often(self, scope: Scope, address: str) -> Problem | None:
        now = time.monotonic()
        wait = self._addresses.take(address, now)
        shown = _shown(scope)
        if not wait and shown:
            wait = self._people.take(shown, now)
        if not wait and self._open[address] >= ADDRESS_AT_ONCE:
            wait = 1.0
        return Problem(TOO_OFTEN, seconds=math.ceil(wait)) if wait else None


def address_of(scope: Scope) -> str:
    """Return whom a request counts for: the address, of IPv6 the network of 64 bits that one line has."""
    client = scope.get("client")
    host = str(client[0]) if client else ""
    if ":" not in host:
        return host
    try:
        address = ipaddress.IPv6Address(host.partition("%")[0])
    except ValueError:
        return host
    return str(address.ipv4_mapped or ipaddress.IPv6Network((address, 64), strict=False).network_address)


def _oversized(scope: Scope) -> Problem | None:
    if len(scope["path"]) + len(scope["query_string"]) > URL_LIMIT and not scope["path"].startswith(_LONG_QUERY):
        return Problem(ADDRESS_TOO_LONG, limit=URL_LIMIT)
    headers = scope["headers"]
    if len(headers) > HEADER_COUNT or sum(len(name) + len(value) for name, value in headers) > HEADERS_LIMIT:
        return Problem(HEADERS_TOO_LARGE)
    return None


def _shown(scope: Scope) -> str:
    """What says who asks, right or wrong, as a hash: who makes one up for each request still has one address."""
    token = scope.get(session.KEY) or next((value for name, value in scope["headers"] if name == b"authorization"), b"")
    shown = token or Request(scope).cookies.get(session.COOKIE, "")
    return hashlib.sha256(shown if isinstance(shown, bytes) else shown.encode()).hexdigest() if shown else ""
