"""The real server from outside: its socket, its limits, its numbers, and what it writes down when secrets come by every way."""

import json
import socket
import time
from contextlib import suppress

import httpx2
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from survey import accounts, devices
from survey.web import server as listening
from survey.web.middleware import sockets
from survey.wiring import Settings, open_survey
from tests.conftest import COMMUNE, seed
from tests.live import LiveServer
from tests.live_page import ask, open_socket

TOKEN = "prometheus-0123456789abcdef"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A live server that writes JSON lines and tells Prometheus its numbers."""
    data = tmp_path_factory.mktemp("guarded")
    seed(open_survey(Settings(data=data)).store)
    with LiveServer(data, environment={"SURVEY_LOG": "json", "SURVEY_METRICS_TOKEN": TOKEN}) as running:
        yield running


def _line(server, answer):
    """The log's line of the request that *answer* answers, as an object; it is written once the answer has gone out."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        for line in server.log.read_text().splitlines():
            with suppress(json.JSONDecodeError):
                if (found := json.loads(line)).get("request") == answer.headers["x-request-id"] and "route" in found:
                    return found
        time.sleep(0.05)
    raise AssertionError("the request is in no line")


def test_the_server_does_not_say_what_it_is(server):
    """No `Server` header, on answers of ours and of Streamlit."""
    for path in ("/healthz", "/static/nothing.js", "/sign-in"):
        assert "server" not in httpx2.get(server.url + path).headers


def test_each_answer_names_its_request(server):
    """The id that stands in the log stands in the answer too."""
    answer = httpx2.get(server.url + "/healthz")

    line = _line(server, answer)
    assert (line["method"], line["route"], line["status"]) == ("GET", "/healthz", 200)
    assert line["duration_ms"] >= 0


def test_who_asked_is_logged_by_id(server):
    """The person's id and commune, never the name or login."""
    cookie = server.cookie("reviewer")
    answer = httpx2.get(server.url + "/api/me", cookies={"survey_session": cookie})

    line = _line(server, answer)
    assert (line["person"], line["commune"]) == ("p-reviewer", COMMUNE)
    assert not {"name", "login", "path"} & line.keys()


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1@evil.example", "evil.example:80", ""])
def test_another_name_is_not_answered(server, host):
    """No link is ever made of a stranger's Host, and no stranger's name leads a browser here."""
    with socket.create_connection(("localhost", server.port)) as line:
        line.sendall(f"GET /sign-in HTTP/1.1\r\nHost: {host}\r\nX-Forwarded-Host: localhost\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: line.recv(65536), b""))

    assert answer.startswith(b"HTTP/1.1 421")
    assert b"evil" not in answer


def test_no_answer_repeats_a_forwarded_host(server):
    """X-Forwarded-Host and Forwarded count for nothing."""
    told = {"x-forwarded-host": "evil.example", "forwarded": "host=evil.example"}
    answer = httpx2.get(server.url + "/", headers={"accept": "text/html", **told})

    assert answer.headers["location"].startswith("/sign-in")
    assert "evil" not in answer.text + str(answer.headers)


def test_headers_that_never_end_are_hung_up_on(server, monkeypatch):
    """A line that begins and does not go on is closed; so is one that brings a letter now and then."""
    begun = time.monotonic()
    with socket.create_connection(("localhost", server.port)) as line:
        line.settimeout(listening.HEAD_S + 10)
        line.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        ended = False
        while not ended and time.monotonic() - begun < listening.HEAD_S + 10:
            time.sleep(1)
            try:
                line.sendall(b"a")
                line.setblocking(False)
                ended = line.recv(1) == b""
            except BlockingIOError:
                ended = False
            except ConnectionError:
                ended = True
            line.setblocking(True)

    assert ended
    assert time.monotonic() - begun >= listening.HEAD_S - 2


def test_one_person_has_a_number_of_tabs(server):
    """The next one is refused, and there is room again once one is closed."""
    cookie = server.cookie("coordinator")
    tabs = [open_socket(server, cookie) for _ in range(sockets.PERSON_SOCKETS)]
    try:
        with pytest.raises(InvalidStatus):
            open_socket(server, cookie)
        tabs.pop().close()
        deadline = time.monotonic() + 10
        again = None
        while again is None and time.monotonic() < deadline:
            with suppress(InvalidStatus):
                again = open_socket(server, cookie)
        assert again is not None
        again.close()
    finally:
        for tab in tabs:
            tab.close()


def test_a_message_has_an_end(server):
    """More than a page ever sends closes the socket."""
    with open_socket(server, server.cookie("coordinator")) as tab, pytest.raises(ConnectionClosed) as ended:
        tab.send(b"\0" * (listening.MESSAGE_LIMIT + 1))
        tab.recv(timeout=10)

    assert ended.value.rcvd is None or ended.value.rcvd.code == 1009


def test_numbers_are_for_who_shows_the_token(server):
    """Without it the address does not exist; a person's session is no token."""
    cookie = server.cookie("coordinator")
    for headers in ({}, {"authorization": "Bearer wrong"}, {"authorization": TOKEN}, {"cookie": f"survey_session={cookie}"}):
        assert httpx2.get(server.url + "/metrics", headers=headers).status_code == 404


def test_numbers_tell_of_work_and_of_nobody(server):
    """Requests by pattern, sessions, jobs, workers, disk; no name, id or path that somebody asked for."""
    server.survey().last_backup.touch()
    httpx2.get(server.url + "/photos/" + "ab" * 32 + "/thumb", cookies={"survey_session": server.cookie("reviewer")})
    told = httpx2.get(server.url + "/metrics", headers={"authorization": f"Bearer {TOKEN}"})

    assert told.headers["content-type"].startswith("text/plain")
    for name in ("survey_requests_total", "survey_request_seconds_bucket", "survey_uploads_open 0", "survey_pages_open", "survey_sessions ",
                 "survey_workers_alive 0.0", "survey_disk_free_bytes", "survey_database_bytes", "survey_database_up 1.0",
                 "survey_last_backup_seconds 1"):  # fmt: skip
        assert name in told.text
    assert 'route="/photos/{sha256}/thumb",status="404"' in told.text
    assert not [word for word in ("ab" * 32, "p-reviewer", "coordinator", COMMUNE, "Kỳ") if word in told.text]


def test_a_refused_sign_in_is_in_the_log_by_marks(server):
    """Who watches the log sees guessing, and which tries belong together; neither the login nor the password stands there."""
    with httpx2.Client(base_url=server.url, headers={"origin": server.url}) as browser:
        for login in ("watched-login", "watched-login", "another-login"):
            browser.post("/sign-in", data={"login": login, "password": "a-wrong-password"})
    written = server.log.read_text()
    lines = [json.loads(line) for line in written.splitlines() if '"survey.web.attempts"' in line]
    tried = [line["login"] for line in lines if line["problem"] == "SIGN_IN_WRONG"][-3:]

    assert tried[0] == tried[1] != tried[2]
    assert len({line["source"] for line in lines}) == 1
    assert "watched-login" not in written
    assert "a-wrong-password" not in written


def test_no_secret_reaches_the_log_and_every_line_is_one_record(server):
    """Marked secrets come by every way, right and wrong, with errors provoked; none of them is written down anywhere."""
    survey = server.survey()
    mark = "MARKED5ECRET"
    enrolled = devices.enrol(survey, COMMUNE, server.person("inspector"), name="phone", by=None)
    link = accounts.make_sign_in_link(survey, COMMUNE, server.person("reviewer"), by=None)
    cookie = server.cookie("reviewer")
    secrets = [mark, enrolled.token.partition(".")[2], link.rpartition(".")[2], cookie.partition(".")[2], TOKEN]
    with httpx2.Client(base_url=server.url, headers={"origin": server.url}) as browser:
        for key in (enrolled.token, mark):
            browser.get(f"/key/{key}/openrosa/formList")
            browser.get(f"/key/{key}/x")
        for path in (link, link + "/x", f"/sign-in/{mark}", f"//sign-in/{mark}", f"/{mark}?x={mark}"):
            browser.get(path)
            browser.get(f"/api/x?token={mark}&password={mark}")
        for value in (f"Bearer {enrolled.token}", f"Bearer {mark}", f"Basic {mark}", f'Digest username="{mark}", response="{mark}"', mark):
            browser.get("/api/me", headers={"authorization": value})
            browser.get("/openrosa/formList", headers={"authorization": value})
        for form in ({"login": mark, "password": mark}, {"login": "reviewer", "password": mark, "next": mark}, {"code": mark}):
            browser.post("/sign-in", data=form)
            browser.post("/second-step", data=form)
        browser.put(f"/api/submissions/uuid:{mark}", content=mark.encode(), headers={"cookie": f"survey_session={cookie}; other={mark}"})
        browser.request("BREW", f"/{mark}", content=mark.encode())
        browser.post("/sign-out", headers={"cookie": f"survey_session={cookie}"})
    with suppress(InvalidStatus), open_socket(server, server.cookie("coordinator")) as tab:
        ask(tab, server, f"/nothing?{mark}")
    with socket.create_connection(("localhost", server.port)) as line:
        line.sendall(f"GET /{mark} HTTP/1.1\r\nHost: localhost\r\nX: {mark}\x1b[31m\r\n\x00{mark}\r\n\r\n".encode())
        line.recv(65536)

    written = "".join(path.read_text(errors="replace") for path in server.data.rglob("*.log"))
    assert not [secret for secret in secrets if secret in written]
    assert "\x1b" not in written
    lines = [line for line in server.log.read_text().splitlines() if line.startswith("{")]
    assert all({"time", "level", "logger", "message"} <= json.loads(line).keys() for line in lines)
