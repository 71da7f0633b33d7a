"""The scoreboard in a browser: every view fits a phone and a desk, light and dark; a claim is entered with its paper and found again."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from survey import assess, standing
from survey.domain.outcomes import Outcome
from survey.domain.people import Actor, Role
from survey.domain.scoreboard import Goal
from survey.domain.statements import Aspect, Wish
from survey.wiring import ROOT
from tests.browser.audit import faults
from tests.conftest import COMMUNE, HAMLETS
from tests.live import LiveServer

EDITION = "ha-tinh-kdc-kieu-mau"
VIEWS = ("stand", "hamlets", "columns", "changes", "trend", "map")
PATHS = [
    *(f"criteria?edition={EDITION}&view={view}" for view in VIEWS),
    f"criteria?edition={EDITION}&criterion=6&hamlet=",
    f"standing?edition={EDITION}&criterion=6",
]
SCREENS: dict[str, dict[str, Any]] = {
    "phone-light": {"color_scheme": "light"},
    "phone-dark": {"color_scheme": "dark"},
    "desk-light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 800}, "has_touch": False, "is_mobile": False},
    "desk-dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 800}, "has_touch": False, "is_mobile": False},
}
COORDINATOR = Actor(COMMUNE, "p-coordinator", "Điều phối", Role.COORDINATOR)
NewPhone = Callable[..., BrowserContext]


@pytest.fixture(scope="module")
def office(live: LiveServer) -> Iterator[LiveServer]:
    """The live commune with an edition, a goal, and a claim that the council did not follow."""
    survey = live.survey()
    assess.load_edition(survey, COORDINATOR, ROOT / "schema" / "criteria" / EDITION)
    standing.set_goal(survey, COORDINATOR, Goal(EDITION, 10, date(2026, 12, 31), "Nghị quyết số 1"))
    for aspect, outcome in ((Aspect.CLAIM, Outcome.MET), (Aspect.APPRAISAL, Outcome.NOT_MET)):
        for hamlet in (None, HAMLETS[0]):
            standing.state(survey, COORDINATOR, Wish(EDITION, "6", hamlet, aspect, outcome, date(2026, 11, 20), note="Họp ngày 20/11"))
    yield live
    survey.store.close()


@pytest.fixture(params=list(SCREENS))
def screen(request: pytest.FixtureRequest, office: LiveServer, new_phone: NewPhone) -> tuple[str, BrowserContext]:
    """One kind of screen on which the coordinator is signed in."""
    return request.param, _sign_in(new_phone(base_url=office.url, **SCREENS[request.param]), office)


@pytest.mark.parametrize("path", PATHS)
def test_every_view_is_readable_and_fits(screen: tuple[str, BrowserContext], path: str) -> None:
    """Contrast, touch targets and width, measured as drawn; no script of the page fails."""
    kind, context = screen
    page, broken = context.new_page(), []
    page.on("pageerror", lambda error: broken.append(str(error)))
    _open(page, path)
    found = faults(page)

    assert broken == []
    assert [fault for fault in found if kind.startswith("phone") or not fault.startswith("target")] == []


def test_a_claim_is_entered_with_its_paper(office: LiveServer, new_phone: NewPhone) -> None:
    """By thumb: criterion from the address, paper sent to our own route, result chosen; the three columns show it with its paper."""
    context = _sign_in(new_phone(base_url=office.url), office)
    page = context.new_page()
    _open(page, f"standing?edition={EDITION}&criterion=7")
    page.locator("input[type=file]").first.set_input_files({"name": "bao-cao.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 x"})
    expect(page.get_by_text("Đã lưu: bao-cao.pdf")).to_be_visible()
    form = page.locator("[data-testid=stForm]").filter(has_text="Kết quả")
    form.locator("label").filter(has_text="✓").last.click()
    form.get_by_role("button", name="Lưu").click()
    expect(page.get_by_text("Đã lưu. Số liệu sẽ theo ngay.")).to_be_visible()
    expect(page.get_by_text("Đã lưu: bao-cao.pdf")).to_have_count(0)  # the next statement begins without it
    _open(page, f"criteria?edition={EDITION}&view=columns")
    link = page.get_by_role("link", name="bao-cao.pdf")
    with page.expect_download() as download:
        link.first.click()

    assert download.value.path().read_bytes() == b"%PDF-1.7 x"


def _sign_in(context: BrowserContext, server: LiveServer) -> BrowserContext:
    context.add_cookies([{"name": "survey_session", "value": server.cookie("coordinator"), "url": server.url}])
    return context


def _open(page: Page, path: str) -> None:
    page.goto(f"/{path}")
    page.locator("[data-testid=stMainBlockContainer] :is(h1, h2)").first.wait_for()
    page.locator(".score, .basis").first.wait_for()
    page.locator("[data-testid=stApp]:not([data-test-script-state=running])").wait_for()
    expect(page.locator("[data-testid=stSkeleton]")).to_have_count(0, timeout=15_000)
    page.wait_for_load_state("networkidle")
