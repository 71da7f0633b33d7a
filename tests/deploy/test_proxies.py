"""TLS as the files of deploy/ give it: phones reach everything over it, a broken line loses nothing, and no log tells a secret."""

import base64
import gzip
import hashlib
import json
import os
import re
import shutil
import socket
import ssl
import struct
import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from survey import devices
from survey.domain.sites import Site, SiteKind
from survey.store.sites import insert_sites
from survey.wiring import ROOT, Settings, open_survey
from tests.conftest import COMMUNE, HAMLETS, seed
from tests.deploy.proxy import CADDYFILE, Caddy, Nginx, Proxy, free_ports
from tests.live import LiveServer

_PATH = f"{os.environ['PATH']}:/usr/sbin"
_PROXIES = [
    pytest.param(kind, id=kind.program, marks=pytest.mark.skipif(not shutil.which(kind.program, path=_PATH), reason=f"no {kind.program}"))
    for kind in (Caddy, Nginx)
]
_LINK = "/sign-in/18844.hSIUk3Q15pelXPmiBoln1cRnv6XXHiVfGXoSnmFnOK4"


@pytest.fixture(scope="module", params=_PROXIES)
def kind(request: pytest.FixtureRequest) -> type[Proxy]:
    """Each of the two programs."""
    chosen: type[Proxy] = request.param
    return chosen


@pytest.fixture(scope="module")
def live(kind: type[Proxy], tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LiveServer, int]]:
    """A survey that knows the address by which phones come, and the proxy's port of that address."""
    folder = tmp_path_factory.mktemp(f"tls-{kind.program}")
    survey = open_survey(Settings(data=folder))
    seed(survey.store)
    with survey.transaction() as tx:
        sites = (Site(COMMUNE, str(uuid.uuid4()), SiteKind.HOUSEHOLD, f"HO-{number}", f"Hộ {number}", HAMLETS[0]) for number in range(50))
        insert_sites(tx, ((site, "") for site in sites), at=survey.now())
    survey.store.close()
    port = free_ports(1)[0]
    with LiveServer(folder, environment={"SURVEY_PUBLIC_URL": f"https://localhost:{port}"}) as server:
        yield server, port


@pytest.fixture(scope="module")
def proxy(kind: type[Proxy], live: tuple[LiveServer, int], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """The proxy in front of it."""
    server, port = live
    with kind(tmp_path_factory.mktemp(kind.program), port, free_ports(1)[0], server.port) as running:
        yield running


@pytest.fixture
def signed_in(live: tuple[LiveServer, int], proxy: Proxy) -> dict[str, str]:
    """The headers of an inspector's browser on our own page."""
    return {"Cookie": f"survey_session={live[0].cookie('inspector')}", "Origin": proxy.url}


@pytest.mark.skipif(shutil.which("caddy") is None, reason="caddy is not installed")
def test_caddyfile_is_formatted_and_valid(tmp_path: Path) -> None:
    """`caddy fmt` would change nothing, and the file is taken with nothing set, as a fresh machine has it."""
    formatted = subprocess.run(["caddy", "fmt", str(CADDYFILE)], capture_output=True, check=True).stdout
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("SURVEY_", "CADDY_"))}
    environment |= {"SURVEY_ACCESS_LOG": f"{tmp_path}/access.log", "CADDY_DATA": str(tmp_path), "HOME": str(tmp_path)}
    valid = subprocess.run(
        ["caddy", "validate", "--adapter", "caddyfile", "--config", str(CADDYFILE)],
        env=environment, capture_output=True, check=False,
    )  # fmt: skip

    assert formatted == CADDYFILE.read_bytes()
    assert valid.returncode == 0, valid.stderr.decode()


def test_both_ways_to_name_the_machine_are_verified(proxy: Proxy) -> None:
    """The certificate holds for the name and for the address, over HTTP/2; a name that is not ours gets none."""
    with proxy.connect(alpn=("h2", "http/1.1")) as by_name, proxy.connect(name="127.0.0.1") as by_address:
        assert by_name.selected_alpn_protocol() == "h2"
        assert by_address.version() in {"TLSv1.2", "TLSv1.3"}
    with pytest.raises(ssl.SSLError):
        proxy.connect(name="elsewhere.example")
    with pytest.raises(ssl.SSLCertVerificationError), socket.create_connection(("127.0.0.1", proxy.port)) as plain:
        ssl.create_default_context().wrap_socket(plain, server_hostname="localhost")


def test_another_name_gets_no_answer(proxy: Proxy) -> None:
    """Who comes to this address by a name that is not ours is told nothing."""
    with proxy.connect() as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: elsewhere.example\r\nConnection: close\r\n\r\n")
        said = b"".join(iter(lambda: connection.recv(4096), b""))

    assert b"status" not in said.partition(b"\r\n\r\n")[2]


def test_the_survey_answers_through_it(proxy: Proxy, signed_in: dict[str, str]) -> None:
    """Health, the phone's page, its policy, strict transport and a signed-in question."""
    page, me = proxy.ask("GET", "/field/"), proxy.ask("GET", "/api/me", headers=signed_in)

    assert json.loads(proxy.ask("GET", "/healthz").body) == {"status": "ok"}
    assert b"<!doctype html>" in page.body
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert json.loads(me.body)["role"] == "inspector"


def test_texts_are_packed_once(proxy: Proxy, signed_in: dict[str, str]) -> None:
    """What the survey packs comes packed, and unpacks to the same."""
    sites = proxy.ask("GET", "/api/register", headers={**signed_in, "Accept-Encoding": "gzip"})
    plain = proxy.ask("GET", "/api/register", headers={**signed_in, "Accept-Encoding": "identity"})
    script = proxy.ask("GET", "/field/app.mjs", headers={"Accept-Encoding": "br"})

    assert sites.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(sites.body) == plain.body
    assert script.headers["Content-Encoding"] == "br"


def test_pages_connect_by_websocket(proxy: Proxy, signed_in: dict[str, str]) -> None:
    """Streamlit's own connection opens through TLS from our origin."""
    upgrade = {
        **signed_in, "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(), "Sec-WebSocket-Protocol": "streamlit",
    }  # fmt: skip
    head = "".join(f"{name}: {value}\r\n" for name, value in upgrade.items())
    with proxy.connect() as connection:
        connection.sendall(f"GET /_stcore/stream HTTP/1.1\r\nHost: localhost:{proxy.port}\r\n{head}\r\n".encode())
        first = connection.recv(4096)

    assert first.startswith(b"HTTP/1.1 101")


def test_bytes_before_a_cut_are_kept(proxy: Proxy, signed_in: dict[str, str]) -> None:
    """A line that is reset in the middle of a photo: what the proxy had taken stands at the survey, and the rest completes it."""
    content = os.urandom(3_000_000)
    path = f"/api/submissions/uuid:{uuid.uuid4()}/photos/fence.jpg"
    whole = {"Upload-Length": str(len(content)), "Repr-Digest": f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"}
    head = {**signed_in, **whole, "Upload-Offset": "0", "Content-Length": str(len(content)), "Content-Type": "image/jpeg"}
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    with proxy.connect() as connection:
        connection.sendall(f"PATCH {path} HTTP/1.1\r\nHost: localhost:{proxy.port}\r\n{lines}\r\n".encode() + content[:2_000_000])
        time.sleep(1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    offset = _offset(proxy, path, signed_in)

    assert 2_000_000 - 16_384 <= offset <= 2_000_000

    rest = {**signed_in, **whole, "Upload-Offset": str(offset), "Content-Type": "image/jpeg"}
    done = proxy.ask("PATCH", path, body=content[offset:], headers=rest)

    assert done.status == 201, done.body
    assert json.loads(done.body)["sha256"] == hashlib.sha256(content).hexdigest()


def _offset(proxy: Proxy, path: str, headers: dict[str, str]) -> int:
    """Where the upload stands once the survey has noticed the cut."""
    offsets = [-1]
    for _ in range(50):
        offsets.append(int(proxy.ask("HEAD", path, headers=headers).headers["Upload-Offset"]))
        if offsets[-1] and offsets[-1] == offsets[-2]:
            break
        time.sleep(0.2)
    return offsets[-1]


def test_a_request_that_is_too_large_ends(proxy: Proxy, signed_in: dict[str, str]) -> None:
    """More than 110 MB is refused before it fills the machine; ODK Collect's largest request passes to the survey."""
    head = {**signed_in, "Content-Type": "application/octet-stream"}
    refused = _begun(proxy, 111_000_000, head)
    taken = _begun(proxy, 100_000_000, head)

    assert refused == 413
    assert taken in {None, 400}  # waited for, or answered by the survey, which sees that it is no form


def _begun(proxy: Proxy, size: int, headers: dict[str, str]) -> int | None:
    """The status of a POST that announces *size* bytes and sends one; None where the rest is waited for."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    with proxy.connect() as connection:
        announced = f"POST /openrosa/submission HTTP/1.1\r\nHost: localhost:{proxy.port}\r\nContent-Length: {size}\r\n{lines}\r\nx"
        connection.sendall(announced.encode())
        connection.settimeout(3)
        try:
            return int(connection.recv(100).split(b" ")[1])
        except TimeoutError:
            return None


def test_no_log_tells_a_secret(live: tuple[LiveServer, int], proxy: Proxy) -> None:
    """Tokens, links, passwords and sessions are in neither of the proxy's logs, whether the survey answers or is away."""
    cookie = live[0].cookie("inspector")
    survey = live[0].survey()
    token = devices.enrol(survey, COMMUNE, live[0].person("inspector"), by=None, name="Joy 4").token
    secret = token.partition(".")[2]
    password = base64.b64encode(f"phone:{token}".encode()).decode()

    def ask_all() -> None:
        for path in (f"/key/{token}/openrosa/formList", f"/%6bey/{token}/openrosa/formList", _LINK, f"/field/?from={token}"):
            proxy.ask("GET", path, headers={"Referer": f"{proxy.url}{_LINK}"})
        proxy.ask("GET", "/api/work", headers={"Authorization": f"Bearer {token}", "Cookie": f"survey_session={cookie}"})
        proxy.ask("GET", "/openrosa/formList", headers={"Authorization": f"Basic {password}"})

    ask_all()
    live[0].stop()
    ask_all()
    live[0].start()
    log = proxy.access_log.read_text() + proxy.own_log.read_text()

    assert '"uri":"/key/***/openrosa/formList"' in log
    assert '"uri":"/sign-in/***"' in log
    assert '"status":502' in log
    for told in (secret, _LINK.rpartition(".")[2], cookie, password):
        assert told not in log


def test_the_survey_sees_who_asks(proxy: Proxy) -> None:
    """An address that guesses passwords is slowed down by itself: what it claims of itself in headers counts for nothing."""
    form = {"Content-Type": "application/x-www-form-urlencoded", "Origin": proxy.url}
    statuses = [
        proxy.ask("POST", "/sign-in", body=f"login=nobody{number}&password=wrong".encode(), source="127.0.0.2",
                  headers={**form, "X-Forwarded-For": f"10.0.0.{number}", "Forwarded": f"for=10.0.0.{number}"}).status
        for number in range(61)
    ]  # fmt: skip
    another = proxy.ask("POST", "/sign-in", body=b"login=nobody&password=wrong", source="127.0.0.3", headers=form)

    assert statuses[0] == another.status == 401
    assert statuses[-1] == 429


@pytest.mark.parametrize("path", ["/key/18844.secret/openrosa/formList", "/api/work", "/openrosa/submission", "//key/x/openrosa/formList"])
def test_a_program_without_tls_is_not_led_on(proxy: Proxy, path: str) -> None:
    """It has sent its token in the open: who set it up must notice, which a silent redirect would hide."""
    answer = proxy.ask_plainly("GET", path)

    assert answer.status == 403
    assert "Location" not in answer.headers


def test_without_tls_there_is_the_authority_and_the_way(proxy: Proxy) -> None:
    """Phones fetch the root certificate, and never its key; all else leads to https."""
    root, key = proxy.ask_plainly("GET", "/root.crt"), proxy.ask_plainly("GET", "/root.key")
    page = proxy.ask_plainly("GET", "/field/?a=1")

    assert root.status == 200
    assert root.headers["Content-Type"] == "application/x-x509-ca-cert"
    assert root.body == proxy.root.read_bytes()
    assert key.status == 308
    assert b"PRIVATE" not in key.body
    assert (page.status, page.headers["Location"]) == (308, "https://127.0.0.1/field/?a=1")


@pytest.mark.browser
def test_a_phone_that_trusts_it_opens_without_a_connection(live: tuple[LiveServer, int], proxy: Proxy, playwright: Playwright) -> None:
    """Over this TLS the browser registers the service worker, and gives the page again with the network off."""
    arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", f"--ignore-certificate-errors-spki-list={proxy.key_hash()}"]
    browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
    context = browser.new_context(locale="vi-VN")
    context.add_cookies([{"name": "survey_session", "value": live[0].cookie("inspector"), "url": proxy.url, "httpOnly": True}])
    page = context.new_page()
    page.goto(f"{proxy.url}/field/")
    scope = page.evaluate("navigator.serviceWorker.ready.then((registration) => registration.scope)")
    page.get_by_role("button", name="Công việc").wait_for()
    context.set_offline(True)
    page.reload()
    page.get_by_role("button", name="Công việc").wait_for()
    browser.close()

    assert scope == f"{proxy.url}/field/"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_units_are_understood(tmp_path: Path) -> None:
    """The service manager finds no fault in the unit of the survey nor in what is added to Caddy's."""
    unit = (ROOT / "deploy" / "survey.service").read_text()
    added = (ROOT / "deploy" / "caddy.conf").read_text()
    program = f"ExecStart={shutil.which('true')}"
    (tmp_path / "survey.service").write_text(re.sub("ExecStart=.*", program, unit))
    others = ("survey-work.service", "survey-backup.service", "survey-backup.timer")
    for name in others:
        (tmp_path / name).write_text(re.sub("ExecStart=/opt.*", program, (ROOT / "deploy" / name).read_text()))
    (tmp_path / "caddy.service").write_text(f"{added}{program}\n")
    units = [str(tmp_path / name) for name in ("survey.service", "caddy.service", *others)]
    checked = subprocess.run(["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False)

    assert [line for line in checked.stderr.splitlines() if str(tmp_path) in line or "survey" in line] == []
