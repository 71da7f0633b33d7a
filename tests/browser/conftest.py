"""A phone: headless Chromium at 360 × 800 with touch and a position, before a live server with a small commune."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from survey.domain.sites import Site, SiteKind
from survey.forms.compile import compile_xlsform
from survey.store.forms import insert_form
from survey.store.sites import insert_site
from survey.wiring import ROOT, Settings, open_survey
from tests.conftest import COMMUNE, HAMLETS, seed
from tests.live import LiveServer

GATE = {"latitude": 18.0700, "longitude": 106.1100, "accuracy": 8}
_ARGUMENTS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
_NAMES = ("Nguyễn Văn Đức", "Trần Thị Hường", "Lê Quang Bình", "Phạm Thị Ánh", "Hoàng Văn Tư")


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """One browser for all tests; each test has its own context."""
    browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=_ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A running server with five households, a road and the checklists of schema/forms; the tests of a module share it."""
    folder = tmp_path_factory.mktemp("live")
    survey = open_survey(Settings(data=folder))
    seed(survey.store)
    now = datetime.now(UTC)
    with survey.transaction() as tx:
        for path in sorted((ROOT / "schema" / "forms").glob("*.xlsx")):
            insert_form(tx, COMMUNE, compile_xlsform(path.read_bytes(), path.name), path.read_bytes(), now)
        for number, name in enumerate(_NAMES, 1):
            place = 18.0700 + 0.0004 * (number - 1), 106.1100
            site = Site(COMMUNE, _id(number), SiteKind.HOUSEHOLD, f"HO-{number:04d}", name, HAMLETS[0], *place)
            insert_site(tx, site, at=now)
        road = Site(
            COMMUNE, _id(99), SiteKind.ROAD_SEGMENT, "DU-0001", "Đường trục thôn mẫu 1", HAMLETS[0], 18.08, 106.12,
            attributes={"class": "hamlet", "length_m": 420},
        )  # fmt: skip
        insert_site(tx, road, at=now)
    survey.store.close()
    with LiveServer(folder) as server:
        yield server


def _id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


@pytest.fixture
def new_phone(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """A function that makes another phone; keyword arguments go to Playwright's `new_context`."""
    contexts: list[BrowserContext] = []

    def make(**options: object) -> BrowserContext:
        given = {"viewport": {"width": 360, "height": 800}, "has_touch": True, "is_mobile": True, "locale": "vi-VN", "geolocation": GATE,
                 "permissions": ["geolocation"], "device_scale_factor": 2}  # fmt: skip
        contexts.append(chromium.new_context(**{**given, **options}))
        contexts[-1].set_default_timeout(15_000)
        return contexts[-1]

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def phone(new_phone: Callable[..., BrowserContext]) -> BrowserContext:
    """One phone."""
    return new_phone()


@pytest.fixture
def page(phone: BrowserContext) -> Page:
    """A tab on the phone, nobody signed in."""
    return phone.new_page()


def sign_in(page: Page, live: LiveServer, login: str = "inspector") -> None:
    """Give *page*'s browser a session, as the one-time link would."""
    page.context.add_cookies([{"name": "survey_session", "value": live.cookie(login), "url": live.url, "httpOnly": True}])
