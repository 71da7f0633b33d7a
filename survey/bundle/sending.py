"""One small message out to an address that the operator set: no redirect is followed, an answer is cut short, nobody waits for long."""

import contextlib
import http.client
import socket
import ssl
import threading
from dataclasses import dataclass
from urllib.parse import urlsplit

MOST_ANSWER = 64 * 1024
_SILENT_S = 10.0
_LONGEST_S = 20.0
_LATE = "no answer in time"


class UnsentError(OSError):
    """Nothing came of it; the text says why, in a few words without the address."""


@dataclass(frozen=True)
class Answer:
    """What came back, at most MOST_ANSWER bytes of it."""

    status: int
    content: bytes

    @property
    def is_good(self) -> bool:
        """Whether the other side took it; an order to go elsewhere is not that."""
        return 200 <= self.status < 300  # noqa: PLR2004 - HTTP's success


def shown(address: str) -> str:
    """*address* without its query, where people put secrets."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}{parts.path}"


def send(address: str, content: bytes, media_type: str, *, silent_s: float = _SILENT_S, longest_s: float = _LONGEST_S) -> Answer:
    """Post *content* to *address*. Raises UnsentError after *silent_s* seconds of silence, *longest_s* in all, or where nobody is there."""
    connection = _connection(address, silent_s)
    late = threading.Event()
    watch = threading.Timer(longest_s, _cut, (connection, late))
    parts = urlsplit(address)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.connect()
        watch.start()
        headers = {"Content-Type": media_type, "User-Agent": "ntm-survey", "Connection": "close"}
        connection.request("POST", target, body=content, headers=headers)
        response = connection.getresponse()
        answer = Answer(response.status, response.read(MOST_ANSWER))
    except (OSError, http.client.HTTPException) as error:
        silent = late.is_set() or isinstance(error, TimeoutError)
        raise UnsentError(_LATE if silent else getattr(error, "strerror", None) or type(error).__name__) from error
    finally:
        watch.cancel()
        connection.close()
    if late.is_set():
        raise UnsentError(_LATE)
    return answer


def _connection(address: str, silent_s: float) -> http.client.HTTPConnection:
    parts = urlsplit(address)
    host = parts.hostname or ""
    if parts.scheme == "https":
        return http.client.HTTPSConnection(host, parts.port, timeout=silent_s, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, parts.port, timeout=silent_s)


def _cut(connection: http.client.HTTPConnection, late: threading.Event) -> None:
    """End a connection whose other side sends a byte now and then for ever."""
    late.set()
    with contextlib.suppress(OSError):
        if connection.sock is not None:
            connection.sock.shutdown(socket.SHUT_RDWR)
