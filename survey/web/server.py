"""How the server under Streamlit listens: no name of its own, patience with slow beginnings, its lines in our log.

`streamlit run` starts uvicorn itself and lets only some of its options be set, so what it hands over is completed here.
"""

import asyncio
import ipaddress
import logging
import signal
from collections import Counter

import h11
import streamlit.logger
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_S = 20.0  # from a connection's first byte to the end of its headers; phones at the edge of a network need a few
ADDRESS_CONNECTIONS = 512  # of one address at once; a proxy on this machine stands for many and is not counted
MESSAGE_LIMIT = 20_000_000  # bytes that a page may send over its WebSocket at once; uploads do not go that way
_connections: Counter[str] = Counter()


def let_streamlit_log_with_us() -> None:
    """Take away the handlers that Streamlit and uvicorn have made, and those that Streamlit would make."""
    streamlit.logger.setup_formatter = _leave_to_root
    for logger in [*streamlit.logger._loggers.values(), *map(logging.getLogger, ("uvicorn", "uvicorn.error"))]:  # noqa: SLF001 - all there are
        _leave_to_root(logger)
    # uvicorn's own lines tell whole paths; ours tell routes.
    access = logging.getLogger("uvicorn.access")
    access.handlers, access.propagate = [], False


def harden() -> None:
    """Complete the options of the uvicorn that runs in this process; called before it listens.

    It is told nowhere which one that is, but that it takes the process' signals. Under another server nothing happens.
    """
    server = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    if isinstance(server, uvicorn.Server):
        server.config.http_protocol_class = PatientProtocol
        server.config.encoded_headers = [header for header in server.config.encoded_headers if header[0] != b"server"]
        server.config.ws_max_size = MESSAGE_LIMIT


def _leave_to_root(logger: logging.Logger) -> None:
    """Instead of a handler of its own that writes to stderr in Streamlit's form."""
    logger.handlers = []
    logger.streamlit_console_handler = logging.NullHandler()  # type: ignore[attr-defined] # Streamlit looks for it
    logger.propagate = True


class PatientProtocol(H11Protocol):
    """uvicorn's HTTP/1.1 with an end to waiting for headers, and to one address's connections."""

    _head: asyncio.TimerHandle | None = None
    _address = ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Count the connection, or close it at once where its address has too many."""
        super().connection_made(transport)
        self._address = "" if self._is_proxy() else _counted(self.client)
        if self._address:
            _connections[self._address] += 1
            if _connections[self._address] > ADDRESS_CONNECTIONS:
                transport.abort()
                return
        self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        """Take *data*; while headers are incomplete the clock runs."""
        super().data_received(data)
        is_waiting = self.conn.their_state is h11.IDLE and bool(self.conn.trailing_data[0])
        if not is_waiting:
            self._stop_waiting()
        elif self._head is None:
            self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the place back."""
        self._leave()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Hand the connection over; from here on it counts among the WebSockets."""
        self._leave()
        super().handle_websocket_upgrade(event)

    def _is_proxy(self) -> bool:
        listed = self.config.forwarded_allow_ips
        names = listed.split(",") if isinstance(listed, str) else listed
        return self.client is not None and any(_is_in(self.client[0], name.strip()) for name in names)

    def _leave(self) -> None:
        self._stop_waiting()
        address, self._address = self._address, ""
        if address:
            _connections[address] -= 1
            if not _connections[address]:
                del _connections[address]

    def _wait_for_head(self) -> None:
        self._head = self.loop.call_later(HEAD_S, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None


def _is_in(host: str, name: str) -> bool:
    if name in {"*", host}:
        return True
    try:
        return "/" in name and ipaddress.ip_address(host) in ipaddress.ip_network(name, strict=False)
    except ValueError:
        return False


def _counted(client: tuple[str, int] | None) -> str:
    """The address that a connection counts for; empty for this machine itself, where a proxy may stand for everybody."""
    try:
        address = ipaddress.ip_address(client[0].partition("%")[0] if client else "")
    except ValueError:
        return ""
    mapped = getattr(address, "ipv4_mapped", None) or address
    return "" if mapped.is_loopback else str(mapped)
