"""Signing in and out over HTTP: the form, the one-time link, the cookie, the language, and what attackers try."""

import time
from dataclasses import replace

import pytest

from survey import accounts
from survey.domain.people import Role
from survey.web import attempts, session
from survey.web.throttle import Throttle
from tests.conftest import COMMUNE
from tests.web.conftest import link_for

PASSWORD = "con trâu là đầu cơ nghiệp"


@pytest.fixture
def lan(survey):
    """An inspector with a password."""
    return accounts.create_person(
        survey, COMMUNE, by=None, login="lan", name="Nguyễn Thị Lan", role=Role.INSPECTOR, hamlets=["18844-h01"], password=PASSWORD
    )


def test_password_signs_in_and_leads_to_the_page_asked_for(client, lan):
    """The cookie is HttpOnly and Lax; the person lands where the link pointed."""
    browser = client()
    answer = browser.post("/sign-in", data={"login": " LAN ", "password": PASSWORD, "next": "/review?state=received"})

    assert (answer.status_code, answer.headers["location"]) == (303, "/review?state=received")
    cookie = next(value for value in answer.headers.get_list("set-cookie") if value.startswith(session.COOKIE))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    assert browser.get("/sign-in").status_code == 303


def test_cookie_is_secure_behind_tls(client, lan, monkeypatch):
    """Where the public address is https the cookie never travels without TLS."""
    browser = client()
    opened = session.open()
    monkeypatch.setattr(session, "open", lambda: replace(opened, settings=replace(opened.settings, public_url="https://survey.example")))
    answer = browser.post("/sign-in", data={"login": "lan", "password": PASSWORD})

    assert all("Secure" in value for value in answer.headers.get_list("set-cookie"))


def test_behind_tls_cookies_are_bound_to_this_host(client, lan, monkeypatch):
    """No other name of the domain can plant a session; what an older release gave still opens, and is replaced at the next sign-in."""
    plain = accounts.sign_in(session.open(), "lan", PASSWORD).cookie
    opened = session.open()
    monkeypatch.setattr(session, "open", lambda: replace(opened, settings=replace(opened.settings, public_url="https://survey.example")))
    browser = client()

    assert browser.get("/api/me", headers={"cookie": f"survey_session={plain}"}).json()["person"] == lan.id
    answer = browser.post("/sign-in", data={"login": "lan", "password": PASSWORD}, headers={"cookie": f"survey_session={plain}"})
    given = {value.partition("=")[0]: value for value in answer.headers.get_list("set-cookie")}
    new = given["__Host-survey_session"].partition("=")[2].partition(";")[0]

    assert set(given) == {"__Host-survey_session", "__Host-survey_locale", "__Secure-survey_known", "survey_session"}
    assert all("Path=/" in value and "Secure" in value and "HttpOnly" in value for value in given.values())
    assert not any("Domain" in value for value in given.values())
    assert "Max-Age=0" in given["survey_session"]
    assert browser.get("/api/me", headers={"cookie": f"__Host-survey_session={new}; survey_session=planted"}).status_code == 200
    assert browser.get("/api/me", headers={"cookie": f"__Host-survey_session=made-up; survey_session={new}"}).status_code == 401


def test_the_session_that_a_browser_had_ends_when_it_signs_in_again(client, lan, survey):
    """Whoever got hold of the former cookie does not go on with it."""
    browser = client()
    cookies = []
    for _ in range(2):
        browser.post("/sign-in", data={"login": "lan", "password": PASSWORD})
        cookies.append(browser.cookies[session.COOKIE])

    assert cookies[0] != cookies[1]
    assert accounts.find_session(survey, cookies[0]) is None
    assert accounts.find_session(survey, cookies[1]) is not None


def test_inspector_lands_at_the_field_form_and_others_at_home(client, lan, survey):
    """Without a wish, the phone's door opens for inspectors, the start page for the desk."""
    assert client().post("/sign-in", data={"login": "lan", "password": PASSWORD}).headers["location"] == "/field/"
    assert client().post(link_for(survey, "reviewer"), data={}).headers["location"] == "/"


@pytest.mark.parametrize("data", [{"login": "lan", "password": "wrong"}, {"login": "nobody", "password": PASSWORD}, {}])
def test_wrong_login_and_wrong_password_look_alike(client, lan, data):
    """The answer does not say which of the two was wrong, and no cookie is set."""
    answer = client().post("/sign-in", data=data)

    assert answer.status_code == 401
    assert "Tên đăng nhập hoặc mật khẩu không đúng." in answer.text
    assert "set-cookie" not in answer.headers


def test_unknown_login_costs_the_same_work(survey, lan):
    """An attacker cannot tell by the clock who has an account."""

    def took(login: str) -> float:
        begun = time.perf_counter()
        with pytest.raises(accounts.Problem):
            accounts.sign_in(survey, login, "wrong password")
        return time.perf_counter() - begun

    known, unknown = min(took("lan") for _ in range(3)), min(took("nobody") for _ in range(3))

    assert 0.5 < known / unknown < 2


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "/\tevil", "/sign-in?next=/x", "/a\r\nb: c"],
)
def test_next_never_leads_away(client, lan, target):
    """An open redirect would lend our name to others."""
    answer = client().post("/sign-in", data={"login": "lan", "password": PASSWORD, "next": target})

    assert answer.headers["location"] == "/field/"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
def test_other_sites_cannot_sign_in_or_out(client, lan, survey, origin):
    """A form on another site is refused; so is a request that does not say where it comes from."""
    browser = client("reviewer", origin=origin)

    assert browser.post("/sign-in", data={"login": "lan", "password": PASSWORD}).status_code == 403
    assert browser.post("/sign-out").status_code == 403
    assert browser.post(link_for(survey, "inspector")).status_code == 403
    assert accounts.find_session(survey, browser.cookies[session.COOKIE]) is not None


def test_fetch_metadata_decides_where_browsers_send_it(client, survey):
    """Sec-Fetch-Site cannot be set by scripts, so it is believed before Origin."""
    browser = client("reviewer")

    assert browser.post("/sign-out", headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert browser.post("/sign-out", headers={"sec-fetch-site": "same-site"}).status_code == 403
    assert browser.post("/sign-out", headers={"sec-fetch-site": "same-origin", "origin": "null"}).status_code == 303


def test_link_is_not_used_up_by_looking(client, survey):
    """A chat application's preview opens the link with GET; the person's press signs in, once."""
    link = link_for(survey, "inspector")
    for _ in range(3):
        assert client().get(link).status_code == 200
    assert client().head(link).status_code in {200, 405}

    assert client().post(link).status_code == 303
    assert client().post(link).status_code == 410
    assert client().get(link).status_code == 410


def test_a_newer_link_replaces_the_older(client, survey):
    """Only the newest link works, so that one sent to the wrong person can be recalled."""
    older, newer = link_for(survey, "inspector"), link_for(survey, "inspector")

    assert client().post(older).status_code == 410
    assert client().post(newer).status_code == 303


def test_link_of_a_closed_account_and_made_up_links_do_not_work(client, survey):
    """Closing an account ends its links; guessing gives the same answer."""
    link = link_for(survey, "inspector")
    accounts.disable_person(survey, COMMUNE, "p-inspector", by=None)

    assert client().post(link).status_code == 410
    assert client().get("/sign-in/18844.guess").status_code == 410
    assert client().get("/sign-in/nothing").status_code == 410


def test_sign_out_ends_the_session_on_the_server(client, survey):
    """After signing out the old cookie's value is worth nothing."""
    browser = client("reviewer")
    value = browser.cookies[session.COOKIE]
    answer = browser.post("/sign-out")

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert accounts.find_session(survey, value) is None


def test_closing_an_account_ends_its_sessions(client, survey):
    """The next request of a closed account is signed out."""
    browser = client("reviewer")
    assert browser.get("/").status_code == 200
    accounts.disable_person(survey, COMMUNE, "p-reviewer", by=None)

    assert browser.get("/").headers["location"] == "/sign-in"


def test_language_of_the_sign_in_page(client, lan, survey):
    """English by a link without script; what was chosen on this visit becomes the person's language."""
    browser = client()
    page = browser.get("/sign-in?next=/x&locale=en")
    assert '<html lang="en">' in page.text
    assert 'name="locale" value="en"' in page.text
    assert 'name="next" value="/x"' in page.text
    browser.post("/sign-in", data={"login": "lan", "password": PASSWORD, "locale": "en"})

    assert accounts.find_session(survey, browser.cookies[session.COOKIE]).person.locale == "en"
    browser.post("/sign-out")
    assert '<html lang="en">' in browser.get("/sign-in").text


def test_what_was_typed_is_escaped(client):
    """The login shown again, the way back and the language link carry no markup."""
    page = client().post("/sign-in", data={"login": '"><script>alert(1)</script>', "password": "x", "next": '/"><b>'})
    link = client().get('/sign-in?next=/x&evil="><script>')

    assert "<script" not in page.text + link.text
    assert '"><b>' not in page.text


def test_empty_deployment_says_what_to_run(client, survey):
    """Before `init` there is nobody to sign in: the page says what to run."""
    with survey.transaction() as tx:
        for table in ("sign_in_link", "session", "person_hamlet", "person", "hamlet", "commune"):
            tx.execute(f"DELETE FROM {table}")
    page = client().get("/sign-in")

    assert page.status_code == 200
    assert "python -m survey init" in page.text
    assert "<form" not in page.text


def test_light_enough_for_a_slow_line(client):
    """The page is one answer of a few kilobytes without script or outside file."""
    page = client().get("/sign-in")

    assert len(page.content) < 8_000
    assert "<script" not in page.text
    assert "http" not in page.text.replace("http-equiv", "")
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_guessing_slows_down_but_does_not_lock_the_victim_out():
    """The guesser waits longer each time; the person at another address hardly at all."""
    throttle = Throttle()
    for second in range(40):
        throttle.failed("lan", "203.0.113.7", float(second))

    assert throttle.pause_s("lan", "203.0.113.7", 40.0) == 8.0
    assert throttle.pause_s("lan", "198.51.100.1", 40.0) <= 1.0
    assert throttle.pause_s("mai", "203.0.113.7", 40.0) == 0.0
    assert throttle.blocked_s("203.0.113.7", 40.0) == 0
    assert throttle.pause_s("lan", "203.0.113.7", 40.0 + 900) == 0.0


def test_an_address_that_never_stops_is_sent_away(client, lan):
    """After sixty failures within a quarter of an hour an address hears 429 with the time to wait."""
    browser = client()
    for number in range(60):
        attempts.throttle.failed(f"login-{number}", "testclient", time.time())
    answer = browser.post("/sign-in", data={"login": "lan", "password": PASSWORD})

    assert answer.status_code == 429
    assert "giây" in answer.text
