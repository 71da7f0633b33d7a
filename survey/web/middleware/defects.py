"""What no route expected: outside a sentence with a code, in the log the code with the trace."""

import logging
import secrets

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from survey.domain.problems import DEFECT, Problem
from survey.web.middleware.refusing import refuse

_log = logging.getLogger(__name__)


class Defects:
    """Answers 500 for whatever was raised; an answer that has begun is broken off, so that nobody takes it for whole."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: D102 - ASGI's own signature
        has_begun = False

        async def send_noticing(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        try:
            await self._app(scope, receive, send_noticing)
        except ClientDisconnect:
            return  # nobody is there to read an answer
        except Exception as error:  # noqa: BLE001 - whatever it is, its text stays inside
            code = secrets.token_hex(3).upper()
            _log.error("defect %s", code, exc_info=error)
            if has_begun or scope["type"] == "websocket":
                raise _BrokenOffError(code) from None
            await refuse(scope, receive, send, Problem(DEFECT, code=code))


class _BrokenOffError(Exception):
    """Tells the server to close the connection; what went wrong is in the log already."""
