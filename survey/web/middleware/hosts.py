"""Which names this server answers to: a foreign Host must not lead links astray, nor a foreign name point a browser here."""

import re
import socket
from functools import lru_cache

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from survey.domain.problems import HOST_UNKNOWN, Problem
from survey.web import session
from survey.web.middleware.refusing import refuse, refuse_socket

_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::[0-9]{1,5})?")
_ALWAYS = frozenset({"localhost", "127.0.0.1", "[::1]"})


class KnownHosts:
    """Answers 421 to whoever calls us by another name; probes of /healthz may use any."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: D102 - ASGI's own signature
        if scope["type"] == "lifespan" or scope["path"] == "/healthz" or _is_ours(scope):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await refuse_socket(receive, send)
        else:
            await refuse(scope, receive, send, Problem(HOST_UNKNOWN))


def _is_ours(scope: Scope) -> bool:
    server = scope.get("server") or ("", None)
    return is_known(Headers(scope=scope).get("host", ""), str(server[0]), session.open().settings.hosts)


@lru_cache(maxsize=1024)
def is_known(host: str, here: str, named: frozenset[str]) -> bool:
    """Whether *host* names us: *named* by the operator, this machine's own name, or *here*, the address that the client has reached.

    An address cannot be made to point at us by a stranger's name server, as a name can.
    """
    found = _HOST.fullmatch(host)
    if found is None:
        return False
    name, machine = found[1].lower().rstrip("."), socket.gethostname().lower()
    address = here.removeprefix("::ffff:").lower()
    return name in _ALWAYS | named or name in {machine, machine + ".local", address, f"[{address}]"}
