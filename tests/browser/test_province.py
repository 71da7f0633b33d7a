"""The communes side by side, the rounds and the merging of hamlets, on a phone and at a desk, light and dark."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from survey import province
from survey.domain.forecast import BY_PLAN, TOO_FEW_KNOWN, Forecast
from survey.domain.people import Actor, Role
from survey.domain.scoreboard import Goal
from survey.establish import add_round
from survey.wiring import Settings, open_survey
from tests.browser.audit import faults
from tests.browser.conftest import sign_in
from tests.browser.test_register import outside_requests
from tests.conftest import COMMUNE, seed
from tests.live import LiveServer
from tests.province_rows import EDITION, put_commune, put_forecast, put_goal, put_line

DESK = {"viewport": {"width": 1280, "height": 800}, "has_touch": False, "is_mobile": False}
SCREENS = {
    "phone-light": {"color_scheme": "light"},
    "phone-dark": {"color_scheme": "dark"},
    "desk-light": {"color_scheme": "light", **DESK},
    "desk-dark": {"color_scheme": "dark", **DESK},
}
FORECASTS = (
    Forecast(None, None, None, TOO_FEW_KNOWN), Forecast(date(2027, 6, 1), date(2028, 2, 1), date(2029, 3, 1)),
    Forecast(date(2027, 6, 1), date(2027, 6, 1), date(2027, 6, 1), BY_PLAN), Forecast(date(2027, 6, 1), date(2027, 9, 1), None),
)  # fmt: skip
PAGES = {"province": "So sánh các xã", "rounds": "Đợt khảo sát"}


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server with 69 communes on a grid, most of them with figures, and two rounds."""
    folder: Path = tmp_path_factory.mktemp("province")
    survey = open_survey(Settings(data=folder))
    seed(survey.store)
    with survey.transaction() as tx:
        put_line(tx, COMMUNE, met=6)
        for number in range(68):
            code = f"18{number:03d}"
            put_commune(tx, code, f"Xã thử số {number + 1}", number)
            if number % 9:
                put_line(tx, code, met=number % 11, visited=number % 21, changes=-1 if number % 5 == 0 else 0)
            if number % 3 == 0:
                put_goal(tx, code, Goal(EDITION, 8, date(2027, 12, 31), "x"), group=str(1 + number % 2))
                put_forecast(tx, code, 8, FORECASTS[number % len(FORECASTS)])
    province.set_access(survey, COMMUNE, "p-coordinator", allowed=True)
    coordinator = Actor(COMMUNE, "p-coordinator", "c", Role.COORDINATOR)
    add_round(survey, coordinator, "2026-1", "Trước cải tạo", date(2026, 3, 1), date(2026, 3, 31))
    add_round(survey, coordinator, "2026-2", "Sau cải tạo", date(2026, 11, 1), date(2026, 11, 30))
    survey.store.close()
    with LiveServer(folder) as server:
        yield server


def opened(page: Page, live: LiveServer, path: str, heading: str) -> None:
    """Open a page as the coordinator and wait until it stands."""
    sign_in(page, live, "coordinator")
    page.goto(f"{live.url}/{path}")
    expect(page.get_by_role("heading", name=heading)).to_be_visible(timeout=30_000)
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("path", list(PAGES))
@pytest.mark.parametrize("kind", list(SCREENS))
def test_pages_fit_and_are_readable(new_phone, live: LiveServer, kind: str, path: str) -> None:
    """Contrast, targets and width; nothing is asked of anybody else."""
    context: BrowserContext = new_phone(**SCREENS[kind])
    page = context.new_page()
    asked = outside_requests(page, live)
    opened(page, live, path, PAGES[path])
    for opener in page.get_by_test_id("stExpander").all():
        opener.locator("summary").click()
    page.wait_for_timeout(500)

    found = faults(page)
    assert [fault for fault in found if kind.startswith("phone") or not fault.startswith("target")] == []
    assert asked == []


def test_a_commune_is_found_and_the_table_downloaded(page: Page, live: LiveServer) -> None:
    """Typed without marks, one commune is left; the file holds all of them."""
    opened(page, live, "province", PAGES["province"])
    page.get_by_label("Tìm xã, phường").fill("so 68")
    page.get_by_label("Tìm xã, phường").press("Enter")
    expect(page.get_by_role("rowheader")).to_have_count(1)
    expect(page.get_by_text("Xã thử số 68")).to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Tải bảng (CSV)").click()
    assert waiting.value.path().read_bytes().count(b"\r\n") == 70


def test_the_map_asks_nobody_and_fits(page: Page, live: LiveServer) -> None:
    """The communes as areas with their numbers; the legend says the colours in words."""
    asked = outside_requests(page, live)
    opened(page, live, "province", PAGES["province"])
    page.get_by_role("radio", name="Bản đồ").click()
    expect(page.get_by_test_id("stDeckGlJsonChart")).to_be_visible(timeout=20_000)
    expect(page.get_by_text("80% đến 100% số tiêu chí")).to_be_visible()
    page.wait_for_timeout(1000)
    assert faults(page) == []
    assert asked == []


def test_hamlets_merge_at_a_phone(page: Page, live: LiveServer) -> None:
    """The part of the register page fits a phone while it is filled in."""
    opened(page, live, "register", "Sổ bộ")
    page.get_by_role("radio", name="Thôn", exact=True).click()
    page.get_by_text("Sáp nhập thôn").click()
    page.get_by_text("Đổi tên thôn", exact=True).click()
    expect(page.get_by_text("Sẽ chuyển 0 đối tượng")).to_be_visible()
    page.wait_for_timeout(500)

    assert faults(page) == []
