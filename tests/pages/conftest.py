"""Pages as scripts: an `AppTest` of a page of the `survey` deployment, signed in as one of its people.

Use `open_page("pages/review.py", "reviewer")`; without a login the page is opened signed out.
"""

from collections.abc import Callable, Iterator

import pytest
from streamlit.testing.v1 import AppTest

from survey import accounts
from survey.web import session, text
from survey.wiring import ROOT, Survey
from tests.conftest import COMMUNE

OpenPage = Callable[..., AppTest]


@pytest.fixture
def open_page(survey: Survey, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenPage]:
    """A function that runs a page, signed in as the person of that login."""
    monkeypatch.setenv("SURVEY_DATA", str(survey.settings.data))
    session.forget()
    text.speak("vi")  # AppTest formats choices out of the page, in whatever language another test spoke last

    def run(page: str, login: str | None = None) -> AppTest:
        cookie = cookie_for(survey, login) if login else None
        # AppTest has no cookies: what the browser would have shown is given at the one place that reads it.
        monkeypatch.setattr(session, "presented", lambda: cookie)
        monkeypatch.setattr(session, "_cookie", lambda _name: None)
        return AppTest.from_file(str(ROOT / page), default_timeout=30).run()

    yield run
    session.forget()


def cookie_for(survey: Survey, login: str) -> str:
    """The cookie of a new session of the seeded person called *login*."""
    link = accounts.make_sign_in_link(survey, COMMUNE, f"p-{login}", by=None)
    return accounts.sign_in_by_link(survey, link.removeprefix("/sign-in/")).cookie
