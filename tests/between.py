"""A proxy between a phone and the server that answers chosen paths itself: a cache in the middle that is old, or a file that fails."""

import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

_PASSED = ("content-type", "cache-control", "etag", "content-security-policy", "location")


class Between:
    """HTTP on a port of its own to the server on *port*; `answers` maps a path to the content that it gets, None to a failure."""

    def __init__(self, port: int) -> None:
        self.answers: dict[str, bytes | None] = {}
        way = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                way._answer(self, port)

            def log_message(self, *_given: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://localhost:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, request: BaseHTTPRequestHandler, port: int) -> None:
        path = request.path.split("?")[0]
        if path in self.answers:
            content = self.answers[path]
            status, headers, body = (200, {"Content-Type": "text/javascript"}, content) if content is not None else (503, {}, b"")
        else:
            status, headers, body = _ask(port, request)
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)


def _ask(port: int, request: BaseHTTPRequestHandler) -> tuple[int, dict[str, str], bytes]:
    """What the server says, uncompressed; 502 while it is away."""
    connection = http.client.HTTPConnection("localhost", port, timeout=30)
    headers = {name: value for name, value in request.headers.items() if name.lower() not in ("host", "accept-encoding", "connection")}
    try:
        connection.request("GET", request.path, headers=headers)
        answer = connection.getresponse()
        return answer.status, {name: value for name, value in answer.getheaders() if name.lower() in _PASSED}, answer.read()
    except OSError:
        return 502, {}, b""
    finally:
        connection.close()
