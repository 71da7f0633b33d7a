"""Takes secrets out of the path before anything writes it down, and lets answers go out at once."""

import re
import socket
from urllib.parse import quote

from starlette.types import ASGIApp, Receive, Scope, Send

from survey.web import session

_SECRET = re.compile(r"/+(key|sign-in)/+([^/]+)(.*)", re.DOTALL)


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
