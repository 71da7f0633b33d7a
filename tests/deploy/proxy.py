"""A real Caddy with deploy/Caddyfile in front of a survey, on free ports, its certificate authority trusted by the tests."""

import base64
import hashlib
import http.client
import os
import shutil
import socket
import ssl
import subprocess
import time
from pathlib import Path
from typing import Self

from survey.wiring import ROOT

CADDYFILE = ROOT / "deploy" / "Caddyfile"
_START_S = 30.0


class Proxy:
    """Caddy at `https://localhost:port`, its data and logs in *folder*; *upstream* is the port of the survey."""

    def __init__(self, folder: Path, port: int, http_port: int, upstream: int) -> None:
        self.folder, self.port, self.http_port = folder, port, http_port
        self.url = f"https://localhost:{port}"
        self.root = folder / "caddy" / "pki" / "authorities" / "local" / "root.crt"
        self.access_log, self.own_log = folder / "access.log", folder / "caddy.log"
        self._environment = {
            **os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "CADDY_DATA": str(folder / "caddy"),
            "SURVEY_SITE": "localhost, 127.0.0.1", "SURVEY_UPSTREAM": f"127.0.0.1:{upstream}", "SURVEY_ACCESS_LOG": str(self.access_log),
            "SURVEY_HTTP_PORT": str(http_port), "SURVEY_HTTPS_PORT": str(port),
        }  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        caddy = shutil.which("caddy")
        assert caddy is not None
        command = [caddy, "run", "--adapter", "caddyfile", "--config", str(CADDYFILE)]
        with self.own_log.open("ab") as log:
            self._process = subprocess.Popen(command, env=self._environment, stdout=log, stderr=subprocess.STDOUT)
        deadline = time.monotonic() + _START_S
        while not self._answers():
            if time.monotonic() > deadline or self._process.poll() is not None:
                self.__exit__()
                raise RuntimeError(f"caddy did not start:\n{self.own_log.read_text()[-2000:]}")
            time.sleep(0.1)
        return self

    def __exit__(self, *_error: object) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)

    def _answers(self) -> bool:
        try:
            return self.ask("GET", "/healthz").status == 200
        except OSError:
            return False

    def trusting(self, *protocols: str) -> ssl.SSLContext:
        """What a phone has after installing the authority's certificate, and nothing else."""
        context = ssl.create_default_context(cafile=str(self.root))
        context.set_alpn_protocols(list(protocols or ("http/1.1",)))
        return context

    def connect(self, *, name: str = "localhost", source: str = "127.0.0.1", alpn: tuple[str, ...] = ()) -> ssl.SSLSocket:
        """A verified TLS connection from the address *source*."""
        plain = socket.create_connection(("127.0.0.1", self.port), 30, (source, 0))
        return self.trusting(*alpn).wrap_socket(plain, server_hostname=name)

    def ask(
        self, method: str, path: str, *, body: bytes | None = None, headers: dict[str, str] | None = None, source: str = "127.0.0.1"
    ) -> "Answer":
        """One request over verified TLS."""
        connection = http.client.HTTPSConnection("localhost", self.port, timeout=60, source_address=(source, 0), context=self.trusting())
        return _asked(connection, method, path, body, headers)

    def ask_plainly(self, method: str, path: str) -> "Answer":
        """One request without TLS."""
        return _asked(http.client.HTTPConnection("127.0.0.1", self.http_port, timeout=30), method, path, None, None)

    def key_hash(self) -> str:
        """The SHA-256 of the public key that the site shows, as Chromium takes it on its command line."""
        with self.connect() as connection:
            certificate = connection.getpeercert(binary_form=True) or b""
        openssl = ["openssl", "x509", "-inform", "der", "-pubkey", "-noout"]
        public = subprocess.run(openssl, input=certificate, capture_output=True, check=True).stdout.decode()
        key = base64.b64decode("".join(public.splitlines()[1:-1]))
        return base64.b64encode(hashlib.sha256(key).digest()).decode()


class Answer:
    """What came back, read to the end."""

    def __init__(self, answer: http.client.HTTPResponse) -> None:
        self.status, self.headers, self.body = answer.status, answer.headers, answer.read()


def _asked(
    connection: http.client.HTTPConnection, method: str, path: str, body: bytes | None, headers: dict[str, str] | None
) -> Answer:
    try:
        connection.request(method, path, body, headers or {})
        return Answer(connection.getresponse())
    finally:
        connection.close()


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on at this moment, all different."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports
