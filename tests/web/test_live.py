"""The real server: what it shows to strangers by deep link, and many sessions at once in its threads."""

import re
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest
from websockets.exceptions import InvalidStatus

from survey import accounts
from survey.store.people import select_people
from survey.wiring import ROOT, Settings, open_survey
from tests.conftest import seed
from tests.live import LiveServer
from tests.live_page import ask, open_socket, visit

PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))
LINKS = [f"/{name}" for name in PAGES] + [f"/pages/{name}.py" for name in PAGES] + [f"/1_{name}" for name in PAGES] + ["/", "/nothing"]
# What only signed-in people may read: the seeded commune's name, its hamlets, its people.
SECRETS = ("Kỳ Thượng", "Thôn mẫu", "coordinator", "p-reviewer")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A live server on the seeded commune."""
    data = tmp_path_factory.mktemp("live")
    seed(open_survey(Settings(data=data)).store)
    with LiveServer(data) as running:
        yield running


@pytest.mark.parametrize("link", LINKS)
def test_deep_link_shows_nothing_on_a_server_that_has_shown_nothing_yet(link, tmp_path_factory, request):
    """Before its first `st.navigation` a server runs files of pages/ directly: each of them turns strangers away by itself.

    A fresh server for the first link of each page file; the first visit is the dangerous one. The socket of a stranger is not opened at
    all, so that the visitor's session ends just after it was.
    """
    if not link.startswith(("/pages", "/1_", "/nothing")):
        data = tmp_path_factory.mktemp("fresh")
        seed(open_survey(Settings(data=data)).store)
        with LiveServer(data) as fresh:
            shown = _visit_signed_out(fresh, link)
    else:
        shown = _visit_signed_out(request.getfixturevalue("server"), link)

    assert not [secret for secret in SECRETS if secret in shown]
    assert "/sign-in" in shown or "Page not found" in shown


def _visit_signed_out(server, link):
    cookie = server.cookie("coordinator")
    return visit(server, link, cookie, before=lambda: accounts.sign_out(server.survey(), cookie))


@pytest.mark.parametrize(
    ("cookie", "origin"),
    [(None, ""), ("18844.made-up", ""), ("coordinator", None), ("coordinator", "https://evil.example"), ("coordinator", "null")],
)
def test_the_socket_is_for_the_signed_in_from_our_pages(server, cookie, origin):
    """Refused before it opens: strangers, made-up cookies, other sites' pages, programs that name no page."""
    shown = server.cookie(cookie) if cookie == "coordinator" else cookie

    with pytest.raises(InvalidStatus) as refused:
        open_socket(server, shown, origin=origin)

    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("link", LINKS)
def test_browser_is_led_to_the_sign_in_page(server, link):
    """Over HTTP a stranger never gets as far as Streamlit's page."""
    answer = httpx2.get(server.url + link, headers={"accept": "text/html"})

    assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/sign-in")


@pytest.mark.parametrize("name", PAGES)
def test_each_page_opens_for_the_coordinator(server, name):
    """Signed in, the same links show the page and no error."""
    shown = visit(server, f"/{name}", cookie=server.cookie("coordinator"))

    assert "SIGN_IN" not in shown
    assert 'type: "error"' not in shown.lower()
    assert not re.search(r"exception \{", shown), shown[:3000]


def test_inspector_is_not_offered_and_not_shown_the_desk(server):
    """Pages of other roles are in no menu and refuse by deep link."""
    cookie = server.cookie("inspector")

    assert "Nhân sự" not in visit(server, "/", cookie)
    refused = visit(server, "/people", cookie)
    assert "p-reviewer" not in refused
    assert "Tài khoản của bạn không được làm việc này." in refused


def test_many_sessions_in_many_threads(server):
    """A connection shared between sessions passes every AppTest and fails here."""
    cookies = [server.cookie(login) for login in ("coordinator", "reviewer", "inspector")]
    with ThreadPoolExecutor(8) as pool:
        shown = list(pool.map(lambda number: visit(server, "/", cookies[number % 3]), range(24)))

    assert all("Kỳ Thượng" in text for text in shown)
    assert not any(re.search(r"exception \{", text) for text in shown)


def test_signing_out_elsewhere_ends_the_page(server):
    """The next run of an open page finds that its session has ended."""
    with httpx2.Client(base_url=server.url, headers={"origin": server.url}) as browser:
        browser.post(server.sign_in_link("reviewer").removeprefix(server.url))
        cookie = browser.cookies["survey_session"]
        with open_socket(server, cookie) as socket:
            assert "Kỳ Thượng" in ask(socket, server, "/")
            browser.post("/sign-out")
            assert "Kỳ Thượng" not in ask(socket, server, "/")

    with pytest.raises(InvalidStatus):
        open_socket(server, cookie)


def test_sessions_outlive_a_restart(tmp_path):
    """A new version or a power cut signs nobody out."""
    seed(open_survey(Settings(data=tmp_path)).store)
    with LiveServer(tmp_path) as running:
        cookie = running.cookie("reviewer")
        running.kill()
        running.start()
        assert "Kỳ Thượng" in visit(running, "/", cookie)


def test_empty_data_folder_says_what_to_run(tmp_path):
    """`streamlit run survey_app.py` on nothing starts, and the sign-in page says what comes next."""
    with LiveServer(tmp_path) as running:
        page = httpx2.get(running.url + "/", headers={"accept": "text/html"}, follow_redirects=True)
        assert "python -m survey init" in page.text
        with running.survey().reading() as reader:
            assert select_people(reader, "18844") == []


def test_wrong_setting_stops_the_start_with_a_sentence(tmp_path):
    """No trace, no half-open server."""
    with pytest.raises(RuntimeError, match="WRONG_SETTING"):
        LiveServer(tmp_path, environment={"SURVEY_LOCALE": "fr"}).start()
