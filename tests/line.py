"""A bad line between a phone and the server: slow, far away, dropping every so many bytes, or cut at will; for tests and benchmarks."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

_PIECE = 16_384
_QUEUE_S = 0.05  # what waits before a line is sent without a gap; a relay that sleeps too long makes up for it


class Line:
    """A TCP relay on a port of its own to *port* on this machine; `localhost` stays a secure context for browsers.

    *bytes_per_s* is shared by everything that the phone sends, *latency_s* is added once to each piece in both directions,
    *drop_every* resets a connection after so many bytes from the phone. `sent` counts what left the phone, `received` what came to it.
    """

    def __init__(self, port: int, *, bytes_per_s: float | None = None, latency_s: float = 0, drop_every: int | None = None) -> None:
        self._target = port
        self.bytes_per_s = bytes_per_s
        self._latency_s = latency_s
        self.drop_every = drop_every
        self.sent = 0
        self.received = 0
        self.drops = 0
        self._up = threading.Event()
        self._up.set()
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._free_at = 0.0
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = int(self._listener.getsockname()[1])
        self.url = f"http://localhost:{self.port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._listener.close()
        self.cut()

    def cut(self) -> None:
        """Reset every connection now, in the middle of whatever it carries."""
        with self._lock:
            connections, self._open = self._open, set()
        for connection in connections:
            _reset(connection)

    @contextmanager
    def away(self) -> Iterator[None]:
        """No network while the block runs: what is open is reset, what comes is refused."""
        self._up.clear()
        self.cut()
        try:
            yield
        finally:
            self._up.set()

    def _accept(self) -> None:
        while True:
            try:
                phone, _ = self._listener.accept()
            except OSError:
                if self._listener.fileno() < 0:  # closed: the test is over
                    return
                continue  # a phone that gave up while it waited; the next one finds the line open all the same
            if not self._up.is_set():
                _reset(phone)
                continue
            try:
                server = socket.create_connection(("127.0.0.1", self._target), timeout=10)
            except OSError:  # the server is being restarted
                _reset(phone)
                continue
            server.settimeout(None)
            with self._lock:
                self._open |= {phone, server}
            threading.Thread(target=self._carry, args=(phone, server, True), daemon=True).start()
            threading.Thread(target=self._carry, args=(server, phone, False), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, upwards: bool) -> None:
        carried = 0
        with contextlib.suppress(OSError):
            while piece := source.recv(_PIECE):
                if self._latency_s:
                    time.sleep(self._latency_s)
                if upwards:
                    self._wait(len(piece))
                    carried += len(piece)
                    self.sent += len(piece)
                    if self.drop_every is not None and carried > self.drop_every:
                        self.drops += 1
                        break
                else:
                    self.received += len(piece)
                target.sendall(piece)
            else:
                with contextlib.suppress(OSError):
                    target.shutdown(socket.SHUT_WR)
                return
        self._forget(source, target)

    def _wait(self, size: int) -> None:
        """Hold a piece back until the line is free for it."""
        if self.bytes_per_s is None:
            return
        with self._lock:
            begin = max(self._free_at, time.monotonic() - _QUEUE_S)
            self._free_at = begin + size / self.bytes_per_s
            pause = self._free_at - time.monotonic()
        time.sleep(max(0.0, pause))

    def _forget(self, *connections: socket.socket) -> None:
        with self._lock:
            self._open -= set(connections)
        for connection in connections:
            _reset(connection)


def _reset(connection: socket.socket) -> None:
    """End *connection* with a reset, as a lost line does, not with a polite goodbye."""
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    with contextlib.suppress(OSError):
        connection.close()
