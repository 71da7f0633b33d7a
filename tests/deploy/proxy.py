"""A real Caddy or nginx with its file of deploy/ in front of a survey, on free ports, its authority trusted by the tests."""

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

CADDYFILE, NGINX_CONF = ROOT / "deploy" / "Caddyfile", ROOT / "deploy" / "nginx.conf"
_START_S = 30.0


class Proxy:
    """A proxy at `https://localhost:port`, its data and logs in *folder*; *upstream* is the port of the survey."""

    program = ""

    def __init__(self, folder: Path, port: int, http_port: int, upstream: int) -> None:
        self.folder, self.port, self.http_port, self.upstream = folder, port, http_port, upstream
        self.url = f"https://localhost:{port}"
        self.root = folder / "root.crt"
        self.access_log, self.own_log = folder / "access.log", folder / "own.log"
        self._process: subprocess.Popen[bytes] | None = None

    def prepared(self) -> tuple[list[str], dict[str, str]]:
        """Write what the program needs; its arguments and what it finds in its environment."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        arguments, environment = self.prepared()
        program = shutil.which(self.program, path=f"{os.environ['PATH']}:/usr/sbin")
        assert program is not None
        with self.own_log.open("ab") as log:
            self._process = subprocess.Popen([program, *arguments], env={**os.environ, **environment}, stdout=log, stderr=subprocess.STDOUT)
        deadline = time.monotonic() + _START_S
        while not self._answers():
            if time.monotonic() > deadline or self._process.poll() is not None:
                self.__exit__()
                raise RuntimeError(f"{self.program} did not start:\n{self.own_log.read_text()[-2000:]}")
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


class Caddy(Proxy):
    """Caddy with our Caddyfile, an authority of its own."""

    program = "caddy"

    def prepared(self) -> tuple[list[str], dict[str, str]]:
        """The settings that deploy/README.md names."""
        self.root = self.folder / "caddy" / "pki" / "authorities" / "local" / "root.crt"
        environment = {
            "HOME": str(self.folder), "XDG_CONFIG_HOME": str(self.folder), "CADDY_DATA": str(self.folder / "caddy"),
            "SURVEY_SITE": "localhost, 127.0.0.1", "SURVEY_UPSTREAM": f"127.0.0.1:{self.upstream}",
            "SURVEY_ACCESS_LOG": str(self.access_log),
            "SURVEY_HTTP_PORT": str(self.http_port), "SURVEY_HTTPS_PORT": str(self.port),
        }  # fmt: skip
        return ["run", "--adapter", "caddyfile", "--config", str(CADDYFILE)], environment


class Nginx(Proxy):
    """nginx with our file in an `http` block like Debian's, names, ports and folders replaced as an administrator would."""

    program = "nginx"

    def prepared(self) -> tuple[list[str], dict[str, str]]:
        """An authority of the office, a certificate of it, and the file."""
        self._certify()
        (self.folder / "survey.conf").write_text(self.adapted(NGINX_CONF.read_text("utf-8")))
        main = self.folder / "main.conf"
        places = "".join(f"{kind}_temp_path {self.folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        user = "user root;\n" if os.geteuid() == 0 else ""
        main.write_text(
            f"{user}daemon off;\nworker_processes 1;\npid {self.folder}/nginx.pid;\nevents {{}}\n"
            f"http {{\ngzip on;\naccess_log {self.folder}/default.log;\n{places}include {self.folder}/survey.conf;\n}}\n"
        )
        return ["-e", str(self.own_log), "-c", str(main), "-p", str(self.folder)], {}

    def adapted(self, text: str) -> str:
        """The file with what this machine has in place of what an office has."""
        changes = {
            "listen 443": f"listen 127.0.0.1:{self.port}", "listen 80": f"listen 127.0.0.1:{self.http_port}",
            "server_name khaosat.example.gov.vn": "server_name localhost 127.0.0.1", "127.0.0.1:8501": f"127.0.0.1:{self.upstream}",
            "/etc/survey/tls": str(self.folder), "/var/log/nginx/survey-error.log": str(self.own_log),
            "/var/log/nginx/survey.log": str(self.access_log),
        }  # fmt: skip
        for office, here in changes.items():
            assert office in text, office
            text = text.replace(office, here)
        return text

    def _certify(self) -> None:
        """The authority's certificate and one for this machine, as docs/tls.md makes them."""

        def openssl(*arguments: str) -> None:
            subprocess.run(["openssl", *arguments], cwd=self.folder, capture_output=True, check=True)

        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
        names = ("-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1")
        openssl("req", "-x509", *key, "-keyout", "root.key", "-out", "root.crt", "-days", "3650", "-subj", "/CN=Khao sat",
                "-addext", "keyUsage=critical,keyCertSign,cRLSign")  # fmt: skip
        openssl("req", "-x509", *key, "-keyout", "privkey.pem", "-out", "fullchain.pem", "-days", "397", "-subj", "/CN=localhost",
                "-CA", "root.crt", "-CAkey", "root.key", *names, "-addext", "basicConstraints=critical,CA:FALSE")  # fmt: skip


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
