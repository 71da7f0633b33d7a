"""Enrolled phones over HTTP: link, bearer token and key path, what lies behind them, and that no log holds their secrets."""

import logging
import socket
import threading

import httpx2
import pytest
import uvicorn
from starlette.testclient import WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect
from websockets.exceptions import InvalidStatus

from survey import accounts, devices
from survey.domain.people import Role
from survey.web import session
from survey.wiring import Settings, open_survey
from tests.conftest import COMMUNE, seed
from tests.live import LiveServer
from tests.live_page import visit

JSON = {"accept": "application/json"}


@pytest.fixture
def enrol(survey):
    """A function that enrols a phone of the seeded person called *login*."""
    return lambda login="inspector": devices.enrol(survey, COMMUNE, f"p-{login}", by=None, name="Samsung A05 đen")


def ways(client, made):
    """A function for each way in, which asks a route and returns the status: cookie, bearer token, key path."""
    browser = client()
    assert browser.post(made.link).status_code == 303
    program = client(origin=None)
    bearer = {**JSON, "authorization": f"Bearer {made.token}"}
    return {
        "cookie": lambda: browser.get("/api/me", headers=JSON).status_code,
        "bearer": lambda: program.get("/api/me", headers=bearer).status_code,
        "key": lambda: program.head(f"/key/{made.token}/openrosa/submission", headers=JSON).status_code,
    }


def test_opening_the_link_enrols_the_phone(client, enrol, survey):
    """It shows whose phone it becomes, uses nothing up by looking, and leads to the field client with a cookie for 400 days."""
    made, browser = enrol("coordinator"), client()
    page = browser.get(made.link)
    assert page.status_code == 200
    assert "Samsung A05 đen" in page.text
    assert "Đăng ký điện thoại này" in page.text
    assert f'action="{made.link}"' in page.text
    answer = browser.post(made.link)

    assert (answer.status_code, answer.headers["location"]) == (303, "/field/")
    assert any(f"Max-Age={400 * 86400}" in value for value in answer.headers.get_list("set-cookie"))
    assert accounts.find_session(survey, browser.cookies[session.COOKIE]).device == made.device
    assert browser.get("/sign-in").headers["location"] == "/field/"
    assert client().post(made.link).status_code == 410
    assert client("inspector", origin="https://evil.example").post(enrol().link).status_code == 403


def test_every_way_in_ends_with_the_next_request(client, enrol, survey):
    """200 or 204 before, refused after the revocation; OpenRosa says 403, as 401 would make Collect ask for a password."""
    made = enrol()
    asked = ways(client, made)
    assert {name: ask() for name, ask in asked.items()} == {"cookie": 200, "bearer": 200, "key": 204}
    devices.revoke(survey, COMMUNE, made.device, by=None)

    assert {name: ask() for name, ask in asked.items()} == {"cookie": 401, "bearer": 401, "key": 403}


def test_every_way_in_ends_with_the_account(client, enrol, survey):
    """A closed account's phone is a stranger."""
    asked = ways(client, enrol())
    accounts.disable_person(survey, COMMUNE, "p-inspector", by=None)

    assert {name: ask() for name, ask in asked.items()} == {"cookie": 401, "bearer": 401, "key": 403}


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.COORDINATOR])
def test_a_desk_persons_phone_is_an_inspectors(client, enrol, role):
    """It captures; it sees no evidence of others, makes no bundle, and says so of itself."""
    browser, desk, made = client(), client(role.value), enrol(role.value)
    browser.post(made.link)

    assert desk.get("/api/me", headers=JSON).json()["role"] == role.value
    assert browser.get("/api/me", headers=JSON).json()["role"] == "inspector"
    assert browser.get("/api/work", headers=JSON).status_code == 200
    assert browser.get("/bundles/some", headers=JSON).status_code == 403
    assert client().get("/bundles/some", headers={**JSON, "authorization": f"Bearer {made.token}"}).status_code == 403


def test_a_token_decides_alone(client, enrol, survey):
    """A wrong one is not made good by a cookie that is there too; a right one is who it is, whoever is signed in."""
    browser, made = client("coordinator"), enrol()
    for wrong in ("Bearer", "Bearer ", "Bearer 18844.guess", "bearer x"):
        assert browser.get("/api/me", headers={**JSON, "authorization": wrong}).status_code == 401
    assert browser.head("/key/18844.guess/openrosa/submission", headers=JSON).status_code == 403
    mine = browser.get("/api/me", headers={**JSON, "authorization": f"bearer {made.token}"}).json()

    assert mine["person"] == "p-inspector"


def test_a_program_with_a_token_needs_no_origin(client, enrol):
    """No browser shows a token by itself; with the cookie alone another site's page is still refused."""
    made, browser = enrol(), client(origin="https://evil.example")
    browser.cookies.set(session.COOKIE, "18844.none")
    path = "/api/submissions/00000000-0000-4000-8000-000000000001"
    headers = {**JSON, "authorization": f"Bearer {made.token}"}

    assert browser.put(path, content=b"<x/>", headers=JSON).json()["code"] == "CROSS_SITE"
    assert browser.put(path, content=b"<x/>", headers=headers).json()["code"] not in {"CROSS_SITE", "SIGN_IN_NEEDED"}


@pytest.mark.parametrize("rest", ["", "/", "/api/me", "/field/", "//", "/people", "/sign-in", "/openrosa", "/_stcore/health", "/key/x"])
def test_only_the_openrosa_door_lies_behind_a_key(client, enrol, rest):
    """Everything else is 404, and the answer does not repeat the key."""
    made = enrol()
    answer = client("coordinator").get(f"/key/{made.token}{rest}", headers=JSON)

    assert answer.status_code == 404
    assert answer.json()["code"] == "PATH_UNKNOWN"
    assert made.token.partition(".")[2] not in answer.text


def test_a_websocket_behind_a_key_is_refused(client, enrol):
    """Streamlit's own door is not reached that way."""
    with pytest.raises((WebSocketDisconnect, WebSocketDenialResponse)), client().websocket_connect(f"/key/{enrol().token}/_stcore/stream"):
        pass


def test_uvicorn_logs_no_secret(client, enrol):
    """The real server with its access log on, over a socket: the lines are there, token and code are not."""
    made = enrol()
    secrets = [made.token.partition(".")[2], made.link.partition(".")[2]]
    server = _Serving(client().app)
    address = server.address
    with server, httpx2.Client(base_url=address, headers={**JSON, "origin": address}) as program:
        for path in ("/key/{}/openrosa/submission", "//key/{}/openrosa/submission", "/key//{}/", "/key/{}", "/key/{}/openrosa"):
            program.head(address + path.format(made.token))
        for path in (made.link, made.link + "?locale=en", made.link + "/", "/" + made.link):
            program.get(address + path)
        assert program.post(made.link).status_code == 303

    assert sum("/openrosa/submission HTTP" in line for line in server.lines) == 2
    assert sum("/sign-in/once" in line for line in server.lines) == 5
    assert [line for line in server.lines if any(secret in line for secret in secrets)] == []


def test_the_live_servers_log_holds_no_secret(tmp_path):
    """Streamlit's and our own lines, with Streamlit at its most talkative; a page open on the phone ends with the revocation."""
    survey = open_survey(Settings(data=tmp_path))
    seed(survey.store)
    made = devices.enrol(survey, COMMUNE, "p-coordinator", by=None, name="")
    with LiveServer(tmp_path, environment={"STREAMLIT_LOGGER_LEVEL": "debug"}) as server:
        with httpx2.Client(base_url=server.url, headers={**JSON, "origin": server.url}) as phone:
            assert phone.head(f"/key/{made.token}/openrosa/submission").status_code == 204
            assert phone.get(f"/key/{made.token}/api/me").status_code == 404
            assert phone.get(made.link).status_code == 200
            assert phone.post(made.link).status_code == 303
            cookie = phone.cookies[session.COOKIE]
        assert "Kỳ Thượng" in visit(server, "/", cookie)
        refused = visit(server, "/people", cookie)
        assert "p-reviewer" not in refused
        assert "Tài khoản của bạn không được làm việc này." in refused
        devices.revoke(survey, COMMUNE, made.device, by=None)
        with pytest.raises(InvalidStatus):
            visit(server, "/", cookie)
        log = server.log.read_text()
    survey.store.close()

    assert log
    for secret in (made.token, made.link, cookie):
        assert secret.partition(".")[2] not in log


class _Serving(logging.Handler):
    """*app* behind uvicorn in a thread of its own, its access log on; keeps what uvicorn writes."""

    def __init__(self, app):
        super().__init__()
        self.lines = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=True, log_level="debug", lifespan="off"))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]})

    def emit(self, record):
        self.lines.append(record.getMessage())

    def __enter__(self):
        for name in ("uvicorn.access", "uvicorn.error"):
            logging.getLogger(name).addHandler(self)
        self._thread.start()
        return self

    def __exit__(self, *_error):
        self._server.should_exit = True
        self._thread.join(10)
        for name in ("uvicorn.access", "uvicorn.error"):
            logging.getLogger(name).removeHandler(self)
