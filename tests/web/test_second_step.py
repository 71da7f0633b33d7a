"""The second step over HTTP: the page between the password and the session, and whoever tries to get past it."""

import time

import pyotp
import pytest

from survey import accounts, second_factor
from survey.domain.people import Role
from survey.web import second_factor as door
from survey.web import session
from survey.web.throttle import Throttle
from tests.conftest import COMMUNE

PASSWORD = "con trâu là đầu cơ nghiệp"


@pytest.fixture
def app(survey, monkeypatch):
    """Lan, a reviewer whose code app is the fixture's value; no code of the present step is taken."""
    monkeypatch.setattr(door, "_throttle", Throttle("second-step"))
    accounts.create_person(survey, COMMUNE, by=None, login="lan", name="Lan", role=Role.REVIEWER, password=PASSWORD)
    cookie = accounts.sign_in(survey, "lan", PASSWORD).cookie
    found = accounts.find_session(survey, cookie)
    code_app = pyotp.TOTP(second_factor.begin(survey, found, issuer="x").key)
    second_factor.confirm(survey, found, cookie, code_app.at(time.time() - 30))
    return code_app


@pytest.fixture
def halfway(client, app):
    """A browser after the password."""
    browser = client()
    answer = browser.post("/sign-in", data={"login": "lan", "password": PASSWORD, "next": "/review?state=received", "locale": "en"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/second-step?next=%2Freview%3Fstate%3Dreceived&locale=en"
    return browser


def test_password_then_code_leads_to_the_page_asked_for(halfway, app):
    """No session before the code; afterwards the session, in the language chosen, and nothing waits any more."""
    assert session.COOKIE not in halfway.cookies
    page = halfway.get("/second-step?next=/review&locale=en")
    assert page.status_code == 200
    assert "enter the 6 digits" in page.text
    done = halfway.post("/second-step", data={"code": app.now(), "next": "/review?state=received", "locale": "en"})

    assert (done.status_code, done.headers["location"]) == (303, "/review?state=received")
    assert session.COOKIE in halfway.cookies
    assert session.STEP_COOKIE not in halfway.cookies
    assert halfway.get("/second-step").headers["location"] == "/sign-in"


@pytest.mark.parametrize("path", ["/", "/review", "/people", "/account", "/api/me", "/api/register", "/second-step/x", "/sign-in/"])
def test_no_address_is_open_half_way(halfway, path):
    """Neither with the waiting cookie under its own name, nor as the session's."""
    waiting = halfway.cookies[session.STEP_COOKIE]
    answers = [halfway.get(path)]
    halfway.cookies.set(session.COOKIE, waiting)
    answers.append(halfway.get(path))

    for answer in answers:
        assert answer.status_code in {303, 401, 404}
        assert answer.status_code != 303 or answer.headers["location"].startswith("/sign-in")


def test_wrong_codes_show_the_form_again(halfway, app):
    """401 with the reason in the person's language, and still no session."""
    answer = halfway.post("/second-step", data={"code": "000000", "next": "/review"})

    assert answer.status_code == 401
    assert "Mã không đúng" in answer.text
    assert session.COOKIE not in halfway.cookies


def test_a_code_of_another_browser_is_used_up(client, halfway, app):
    """Who saw the code and has the password comes second."""
    code = app.now()
    thief = client()
    thief.post("/sign-in", data={"login": "lan", "password": PASSWORD})
    assert halfway.post("/second-step", data={"code": code}).status_code == 303
    assert thief.post("/second-step", data={"code": code}).status_code == 401
    assert session.COOKIE not in thief.cookies


def test_other_sites_send_no_codes(client, app):
    """The form is ours."""
    assert client(origin="https://evil.example").post("/second-step", data={"code": app.now()}).status_code == 403


def test_without_a_waiting_sign_in_there_is_nothing(client, app):
    """The page leads to the sign-in page, a code sent to nobody says to begin again."""
    assert client().get("/second-step").headers["location"] == "/sign-in"
    answer = client().post("/second-step", data={"code": app.now()})

    assert answer.status_code == 401
    assert "đăng nhập lại từ đầu" in answer.text


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_next_stays_here(halfway, app, target):
    """The second step leads to no other site either."""
    assert halfway.post("/second-step", data={"code": app.now(), "next": target}).headers["location"] == "/"
    assert "evil" not in halfway.get(f"/second-step?next={target}").text


def test_guesses_wait_as_passwords_do(client, halfway, app, monkeypatch):
    """Wrong codes slow the next ones down, from the fourth on, and ten close the step for a while."""
    waited = []

    async def note(seconds):
        waited.append(seconds)

    monkeypatch.setattr(door.anyio, "sleep", note)
    statuses = [halfway.post("/second-step", data={"code": f"{number:06}"}).status_code for number in range(10)]
    late = halfway.post("/second-step", data={"code": app.now()})

    assert statuses == [401] * 10
    assert late.status_code == 429
    assert waited[:4] == [0.0, 0.0, 0.0, 1.0]
    assert max(waited) == 8.0


def test_providers_are_offered_only_where_some_are_configured(client):
    """Without `[auth]` there is no button, and Streamlit's own routes for identities do not exist."""
    browser = client()

    assert "/identity" not in browser.get("/sign-in").text
    assert browser.post("/identity", data={"provider": "default"}).status_code == 404
    assert browser.get("/auth/logout").status_code == 404
