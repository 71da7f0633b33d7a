"""Streamlit's WebSocket: for the signed-in, from a page of ours, and not endlessly many; everybody else hears 403 before it opens.

A socket whose session ends stays open, and shows nothing more: each run of a page looks the session up again (`session.enter`).
"""

from collections import Counter

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from survey import accounts
from survey.domain.problems import Problem
from survey.web import session
from survey.web.middleware.limits import address_of
from survey.web.middleware.refusing import refuse_socket

STREAM = "/_stcore/stream"
PERSON_SOCKETS, ADDRESS_SOCKETS = 40, 400  # our own choices: tabs of a person, and of a whole office behind one address


class GuardedSockets:
    """Turns away who is not signed in, another site's page, and who has too many open."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: D102 - ASGI's own signature
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        person = await run_in_threadpool(_person, HTTPConnection(scope))
        places = {f"person {person}": PERSON_SOCKETS, f"address {address_of(scope)}": ADDRESS_SOCKETS}
        if person is None or any(self.open[place] >= most for place, most in places.items()):
            await refuse_socket(receive, send)
            return
        self.open.update(places.keys())
        try:
            await self._app(scope, receive, send)
        finally:
            self.open.subtract(places.keys())
            self.open = +self.open


def _person(connection: HTTPConnection) -> str | None:
    """Who opens the socket; None where that is nobody, another site's page or a program that names no page."""
    if connection.scope["path"] != STREAM or not session.is_from_here(connection):
        return None
    try:
        found = accounts.find_session(session.open(), connection.cookies.get(session.COOKIE))
    except Problem:
        return None
    return None if found is None else f"{found.person.commune} {found.person.id}"
