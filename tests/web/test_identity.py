"""Signing in with an identity from outside, against a real provider and the live server: what works, and what is refused."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

import httpx2
import pyotp
import pytest
from itsdangerous import URLSafeTimedSerializer
from joserfc.jwk import RSAKey
from playwright.sync_api import Playwright

from survey import accounts, establish, identities, second_factor
from survey.commands import main
from survey.domain.people import Role
from survey.domain.problems import Problem
from survey.wiring import Settings, open_survey
from tests import oidc_provider
from tests.live import LiveServer

SECRET = "a cookie secret that only the server of this test knows"
COMMUNE = "18844"


class World(NamedTuple):
    """The provider, a server that asks it, and the folder of both."""

    provider: oidc_provider.Provider
    server: LiveServer
    environment: dict[str, str]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A deployment with people, a provider, and a server that knows it by its secrets' file."""
    data = tmp_path_factory.mktemp("identity")
    survey = open_survey(Settings(data=data))
    establish.establish(survey, survey.settings.schema, COMMUNE)
    survey.store.close()
    secrets = data / "secrets.toml"
    with oidc_provider.running() as provider:
        server = LiveServer(data, environment={"STREAMLIT_SECRETS_FILES": str(secrets)})
        secrets.write_text(
            f'[auth]\nredirect_uri = "{server.url}/oauth2callback"\ncookie_secret = "{SECRET}"\nclient_id = "{oidc_provider.CLIENT}"\n'
            f'client_secret = "{oidc_provider.SECRET}"\nserver_metadata_url = "{provider.issuer}/.well-known/openid-configuration"\n'
        )
        with server:
            yield World(provider, server, server._environment)


@pytest.fixture
def provider(world: World) -> Iterator[oidc_provider.Provider]:
    """The provider, honest again after each test, with a person whom nobody knows."""
    world.provider.subject = f"person-{time.monotonic_ns()}"
    yield world.provider
    world.provider.lies, world.provider.signs_with = {}, None


def browser(world: World, cookie: str | None = None, url: str | None = None) -> httpx2.Client:
    """A browser at the server that keeps cookies and follows nothing by itself."""
    client = httpx2.Client(base_url=url or world.server.url, headers={"accept": "text/html", "sec-fetch-site": "same-origin"}, timeout=60)
    if cookie:
        client.cookies.set("survey_session", cookie)
    return client


def lead(client: httpx2.Client, **form: str) -> str:
    """Press the button; the address of ours that leads to the provider."""
    page = client.post("/identity", data={"provider": "default", **form})
    assert page.status_code == 200, page.text
    found = re.search(r'class="button" href="([^"]+)"', page.text)
    assert found is not None
    return found[1]


def to_provider(client: httpx2.Client, **form: str) -> str:
    """Press the button and go to the provider; the address it sends the browser back to."""
    away = client.get(lead(client, **form))
    assert away.status_code == 302
    back = httpx2.get(away.headers["location"])
    assert back.status_code == 302
    return str(back.headers["location"])


def person(world: World, login: str) -> str:
    """The id of a reviewer called *login*, made where there is none."""
    survey = world.server.survey()
    found = accounts.create_person(survey, COMMUNE, by=None, login=login, name="Lan", role=Role.REVIEWER)
    return found.id


def test_a_linked_identity_signs_in_and_the_session_is_ours(world, provider):
    """The page that was asked for opens; Streamlit's cookies never reach the browser; our session ends like any other."""
    survey, lan = world.server.survey(), person(world, "linked")
    identities.link(survey, COMMUNE, lan, provider.issuer, provider.subject)
    client = browser(world)
    done = client.get(to_provider(client, next="/review"))

    assert (done.status_code, done.headers["location"]) == (303, "/review")
    assert not [name for name in client.cookies if name.startswith("_streamlit_user")]
    session = accounts.find_session(survey, client.cookies["survey_session"])
    assert session is not None
    assert (session.person.id, session.way) == (lan, "oidc")
    accounts.end_sessions(survey, COMMUNE, lan, by=None)
    assert client.get("/review").headers["location"].startswith("/sign-in")
    asked = provider.asked[-1]
    assert asked["redirect_uri"] == f"{world.server.url}/oauth2callback"
    assert set(asked["scope"].split()) == {"openid", "email", "profile"}


def test_an_unlinked_identity_gets_a_page_and_no_session(world, provider):
    """Whoever has an account at the provider alone is told what to do; the e-mail address of an account links nothing."""
    person(world, "lan-unlinked")
    client = browser(world)
    done = client.get(to_provider(client))

    assert done.status_code == 403
    assert "chưa được liên kết" in done.text
    assert "survey_session" not in client.cookies


def test_closed_accounts_stay_closed(world, provider):
    """An identity opens no account that was closed."""
    survey, lan = world.server.survey(), person(world, "closed")
    identities.link(survey, COMMUNE, lan, provider.issuer, provider.subject)
    accounts.disable_person(survey, COMMUNE, lan, by=None)
    client = browser(world)

    assert client.get(to_provider(client)).status_code == 403


def test_who_is_signed_in_links_the_own_identity(world, provider):
    """From the account page; afterwards the identity signs in, and no other account can take it."""
    survey = world.server.survey()
    person(world, "links")
    client = browser(world, world.server.cookie("links"))
    done = client.get(to_provider(client, purpose="link"))
    assert (done.status_code, done.headers["location"]) == (303, "/account")
    fresh = browser(world)
    assert fresh.get(to_provider(fresh)).status_code == 303
    assert accounts.find_session(survey, fresh.cookies["survey_session"]).person.login == "links"

    person(world, "thief")
    thief = browser(world, world.server.cookie("thief"))
    assert thief.get(to_provider(thief, purpose="link")).status_code == 409
    assert browser(world).post("/identity", data={"purpose": "link", "provider": "default"}).status_code == 401


def test_a_link_begun_by_one_ends_in_no_other_session(world, provider):
    """Where somebody else has signed in in the same browser meanwhile, or nobody is signed in any more, nothing is linked."""
    person(world, "first"), person(world, "second")
    client = browser(world, world.server.cookie("first"))
    back = to_provider(client, purpose="link")
    client.cookies.set("survey_session", world.server.cookie("second"))
    assert client.get(back).headers.get("location", "").startswith("/sign-in")
    fresh = browser(world)

    assert fresh.get(to_provider(fresh)).status_code == 403


def test_second_step_is_asked_after_the_identity_too(world, provider):
    """Who has turned it on enters the code whichever way begins."""
    survey, lan = world.server.survey(), person(world, "careful")
    identities.link(survey, COMMUNE, lan, provider.issuer, provider.subject)
    cookie = world.server.cookie("careful")
    app = pyotp.TOTP(second_factor.begin(survey, accounts.find_session(survey, cookie), issuer="x").key)
    taken = int(time.time()) // 30
    second_factor.confirm(survey, accounts.find_session(survey, cookie), cookie, app.at((taken - 1) * 30))
    client = browser(world)
    done = client.get(to_provider(client, next="/review"))
    assert done.headers["location"] == "/second-step?next=%2Freview"
    assert "survey_session" not in client.cookies
    assert client.get("/review").headers["location"].startswith("/sign-in")
    passed = client.post("/second-step", data={"code": app.now(), "next": "/review"})

    assert (passed.status_code, passed.headers["location"]) == (303, "/review")
    assert accounts.find_session(survey, client.cookies["survey_session"]).way == "oidc"


def test_a_callback_is_good_once_and_in_its_own_browser(world, provider):
    """A stolen address of return signs in nobody: not in another browser, not twice, not with another state."""
    identities.link(world.server.survey(), COMMUNE, person(world, "once"), provider.issuer, provider.subject)
    client, thief = browser(world), browser(world)
    back = to_provider(client)
    thief_back = to_provider(thief)
    code, state = (parse_qs(urlsplit(back).query)[name][0] for name in ("code", "state"))
    foreign = thief.get(back)
    mixed = thief.get(f"/oauth2callback?code={code}&state={parse_qs(urlsplit(thief_back).query)['state'][0]}")
    assert (foreign.status_code, mixed.status_code) == (401, 401)
    assert "survey_session" not in thief.cookies
    again = browser(world)
    kept = dict(client.cookies)
    begun = to_provider(client)
    assert client.get(begun).status_code == 303
    for name, value in kept.items():
        again.cookies.set(name, value)
    assert again.get(begun).status_code == 401
    assert "survey_session" not in again.cookies
    assert browser(world).get(f"/oauth2callback?code={code}&state={state}").status_code == 401


_LIES = {
    "issuer": {"iss": "https://evil.example"}, "audience": {"aud": "another"}, "expired": {"exp": 1}, "nonce": {"nonce": "another"},
    "nobody": {"sub": ""}, "endless": {"sub": "x" * 300}, "future": {"iat": 2**40},
}  # fmt: skip


@pytest.mark.parametrize("lie", _LIES)
def test_wrong_tokens_prove_nobody(world, provider, lie):
    """An ID token of another issuer, for another client, too old, for another sign-in, of nobody."""
    identities.link(world.server.survey(), COMMUNE, person(world, f"lie-{lie}"), provider.issuer, provider.subject)
    provider.lies = _LIES[lie]
    client = browser(world)

    assert client.get(to_provider(client)).status_code == 401
    assert "survey_session" not in client.cookies


def test_tokens_of_another_key_prove_nobody(world, provider):
    """The signature counts."""
    identities.link(world.server.survey(), COMMUNE, person(world, "forged"), provider.issuer, provider.subject)
    provider.signs_with = RSAKey.generate_key(2048, {"kid": "one"})
    client = browser(world)

    assert client.get(to_provider(client)).status_code == 401


def test_no_cookie_of_streamlits_opens_anything(world, provider):
    """Even one that is rightly signed, by whoever read the secret's file: nothing of ours reads it; signing out deletes it."""
    identities.link(world.server.survey(), COMMUNE, person(world, "cookie"), provider.issuer, provider.subject)
    claims = f'{{"iss": "{provider.issuer}", "sub": "{provider.subject}", "is_logged_in": true, "provider": "default"}}'
    client = browser(world)
    client.cookies.set("_streamlit_user", URLSafeTimedSerializer(SECRET, salt="_streamlit_user").dumps(claims))
    for path in ("/", "/review", "/oauth2callback", "/auth/logout", "/identity"):
        answer = client.get(path)
        assert "survey_session" not in client.cookies
        assert answer.status_code in {303, 401, 404}, path
    signed_out = client.post("/sign-out")

    assert any("_streamlit_user=" in value and "Max-Age=0" in value for value in signed_out.headers.get_list("set-cookie"))


@pytest.mark.parametrize("value", ["", "x", "eyJuZXh0IjoiIn0.aaaa.bbbb"])
def test_what_was_wanted_is_signed(world, provider, value):
    """Without our own cookie from the beginning, or with an invented one, the way back ends."""
    identities.link(world.server.survey(), COMMUNE, person(world, f"wish{len(value)}"), provider.issuer, provider.subject)
    client = browser(world)
    back = to_provider(client)
    client.cookies.delete("survey_identity")
    client.cookies.set("survey_identity", value)

    assert client.get(back).status_code == 401


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_next_stays_here(world, provider, target):
    """The way back leads to no other site."""
    identities.link(world.server.survey(), COMMUNE, person(world, f"next-{sum(target.encode())}"), provider.issuer, provider.subject)
    client = browser(world)

    assert client.get(to_provider(client, next=target)).headers["location"] == "/"


def test_other_sites_begin_nothing(world, provider):
    """A form on another site starts no sign-in here, and an invented provider does not exist."""
    client = browser(world)

    assert client.post("/identity", data={"provider": "default"}, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert client.post("/identity", data={"provider": "other"}).status_code == 404
    assert client.get("/auth/login?provider=x").status_code == 302
    assert client.get("/oauth2callback?error=access_denied&state=x").status_code == 401


def test_two_processes_share_the_way(world, provider):
    """Begun at one process, ended at another; the session holds at both."""
    survey = world.server.survey()
    identities.link(survey, COMMUNE, person(world, "two"), provider.issuer, provider.subject)
    with LiveServer(world.server.data, environment=world.environment) as second:
        client = browser(world, url=second.url)
        back = to_provider(client)
        assert urlsplit(back).port == world.server.port
        assert client.get(back).status_code == 303
        assert client.get(f"{second.url}/api/me").json()["name"] == "Lan"
        assert client.get(f"{world.server.url}/api/me").json()["name"] == "Lan"


def test_codes_and_states_stay_out_of_the_log(world, provider):
    """The server's log holds no code and no state of a way back."""
    client = browser(world)
    back = to_provider(client)
    client.get(back)
    log = world.server.log.read_text()

    assert all(value not in log for values in parse_qs(urlsplit(back).query).values() for value in values)


def test_identities_are_stated_carefully(world):
    """The operator's words are an https address and a subject."""
    survey, lan = world.server.survey(), person(world, "stated")
    for issuer, subject in (("http://evil.example", "1"), ("evil", "1"), ("https://a.example", ""), ("https://a.example", "x" * 256)):
        with pytest.raises(Problem) as raised:
            identities.link(survey, COMMUNE, lan, issuer, subject)
        assert raised.value.kind.code == "IDENTITY_UNUSABLE"
    identities.link(survey, COMMUNE, lan, "https://a.example", "1")
    identities.link(survey, COMMUNE, lan, "https://a.example", "1")
    assert identities.unlink(survey, COMMUNE, lan, by=None) == 1


def test_in_a_real_browser_from_the_button_to_the_page(world, provider, playwright: Playwright, tmp_path: Path):
    """The button of the sign-in page leads to the provider and back to the start page, without a script of ours."""
    identities.link(world.server.survey(), COMMUNE, person(world, "browser"), provider.issuer, provider.subject)
    chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
    try:
        page = chromium.new_context(viewport={"width": 360, "height": 800}, locale="vi").new_page()
        page.goto(f"{world.server.url}/sign-in")
        page.get_by_role("button", name="Đăng nhập bằng tài khoản của cơ quan").click()
        page.wait_for_url(f"{world.server.url}/", timeout=60_000)
        page.get_by_text("Lan ·").first.wait_for(timeout=60_000)
        names = {cookie["name"] for cookie in page.context.cookies()}
    finally:
        chromium.close()

    assert "survey_session" in names
    assert not [name for name in names if name.startswith("_streamlit_user")]


def test_in_a_real_browser_from_turning_the_second_step_on_to_the_code(world, playwright: Playwright):
    """At a phone's width: the account page shows the key and ten recovery codes, another browser is asked, and a wrong code says why."""
    password = "con trâu là đầu cơ nghiệp"
    accounts.create_person(
        world.server.survey(), COMMUNE, by=None, login="stepping", name="Nguyễn Thị Lan", role=Role.REVIEWER, password=password
    )
    chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])

    def sign_in():
        page = chromium.new_context(viewport={"width": 360, "height": 800}, locale="vi").new_page()
        page.set_default_timeout(60_000)
        page.goto(f"{world.server.url}/sign-in?next=/account")
        page.fill("#login", "stepping")
        page.fill("#password", password)
        page.get_by_role("button", name="Đăng nhập", exact=True).click()
        return page

    try:
        page = sign_in()
        turn_on = page.get_by_role("button", name="Bật bước xác thực thứ hai")
        turn_on.wait_for()
        page.get_by_label("Mật khẩu hiện tại").last.fill(password)
        turn_on.click()
        page.get_by_label("2. Nhập mã mà ứng dụng đang hiện").wait_for()
        key = page.locator("code").filter(has_text=re.compile(r"^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$")).inner_text().replace(" ", "")
        page.get_by_label("2. Nhập mã mà ứng dụng đang hiện").fill(pyotp.TOTP(key).at(time.time() - 30))
        page.get_by_role("button", name="Xác nhận").click()
        page.get_by_text("Đã bật bước xác thực thứ hai").wait_for()
        assert len(re.findall(r"\b[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}\b", page.inner_text("body"))) == 10
        other = sign_in()
        other.fill("#code", "000000")
        other.get_by_role("button", name="Đăng nhập").click()
        assert "Mã không đúng" in other.get_by_role("alert").inner_text()
        other.fill("#code", pyotp.TOTP(key).now())
        other.get_by_role("button", name="Đăng nhập").click()
        other.get_by_text("Đang bật: sau mật khẩu").wait_for()
        assert other.evaluate("document.documentElement.scrollWidth") <= 360
    finally:
        chromium.close()


def test_the_operator_states_identities_and_resets_steps(world, capsys):
    """From the server's terminal: linked, refused where it is nonsense, unlinked; a step that is not on cannot be reset."""
    person(world, "terminal")
    common = ["--data", str(world.server.data), "user"]
    identity = [*common, "identity", "terminal"]

    assert main([*identity, "--issuer", "https://login.example", "--subject", "77"]) == 0
    assert identities.find_person(world.server.survey(), "https://login.example", "77").login == "terminal"
    assert main([*identity, "--issuer", "http://login.example", "--subject", "77"]) == 1
    assert main([*identity, "--remove"]) == 0
    assert main([*common, "reset-step", "terminal"]) == 1
    assert "SECOND_FACTOR_MISSING" in capsys.readouterr().err
