"""Our routes with their middleware over the `survey` deployment, without Streamlit."""

from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import anyio
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from survey import accounts
from survey.domain.problems import Problem
from survey.openrosa import app as openrosa
from survey.web import app, attempts, middleware, refusals, session
from survey.web.compressed import Compressed
from survey.web.gate import Gate
from survey.web.throttle import Throttle
from survey.wiring import Survey
from tests.conftest import COMMUNE
from tests.web.described import Described

ORIGIN = "http://testserver"
Client = Callable[..., TestClient]
T = TypeVar("T")


@pytest.fixture
def client(survey: Survey, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Client]:
    """A function that makes a browser, signed in as the person of that login; forms come from our own origin."""
    monkeypatch.setenv("SURVEY_DATA", str(survey.settings.data))
    monkeypatch.setenv("SURVEY_HOSTS", "testserver")
    session.forget()
    monkeypatch.setattr(attempts, "throttle", Throttle("sign-in", session.open))
    monkeypatch.setattr(attempts, "gate", Gate())
    # Where Streamlit would answer every other path with its page.
    page = Route("/{path:path}", lambda _request: HTMLResponse("<p>streamlit</p>"))
    application = Starlette(
        routes=[*app.routes(openrosa.routes(session.open, session.acting)), page],
        middleware=[Middleware(Described), *middleware.stack(Compressed(middleware.STATIC, tmp_path / "cache"))],
        exception_handlers={Problem: refusals.answer_problem},
    )

    def make(login: str | None = None, *, origin: str | None = ORIGIN) -> TestClient:
        headers = {"accept": "text/html"} | ({"origin": origin} if origin else {})
        browser = TestClient(application, headers=headers, follow_redirects=False, base_url=ORIGIN)
        if login:
            browser.cookies.set(session.COOKIE, cookie_for(survey, login))
        return browser

    yield make
    session.forget()


def cookie_for(survey: Survey, login: str) -> str:
    """The cookie of a new session of the seeded person called *login*."""
    return accounts.sign_in_by_link(survey, link_for(survey, login).removeprefix("/sign-in/")).cookie


def link_for(survey: Survey, login: str) -> str:
    """A one-time link for the seeded person called *login*."""
    return accounts.make_sign_in_link(survey, COMMUNE, f"p-{login}", by=None)


def run_apart(function: Callable[..., Awaitable[T]], *arguments: object) -> T:
    """Run *function* in an event loop of its own thread: a browser test of the same process keeps one in this."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(anyio.run, function, *arguments).result()
