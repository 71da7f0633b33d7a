"""The register page on a phone and at a desk: nothing is asked of the internet, nothing scrolls sideways, fingers find their targets."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import sign_in
from tests.live import LiveServer

VIEWS = ("Danh sách", "Bản đồ", "Thêm", "Nạp tệp", "Thôn")
_SMALL = """() => [...document.querySelectorAll('[data-testid=stMain] button, [data-testid=stMain] input')]
  .filter(e => e.offsetParent && e.type !== 'file' && !e.closest('[data-testid=stDeckGlJsonChart], [data-testid=stDateInput]'))
  .map(e => e.closest('[data-baseweb=input], [data-baseweb=select]') || (e.matches('input') && e.closest('label, [role=group]')) || e)
  .map(e => [e.innerText || e.getAttribute('aria-label') || e.tagName, e.getBoundingClientRect().height])
  .filter(([, height]) => height > 0 && height < 44)"""


def outside_requests(page: Page, live: LiveServer) -> list[str]:
    """A list that fills with every request that leaves our own address, the refused ones too."""
    asked: list[str] = []
    page.on("request", lambda request: None if request.url.startswith((live.url, "data:", "blob:")) else asked.append(request.url))
    # What the content policy stops never becomes a request, but the console tells.
    page.on("console", lambda message: asked.append(message.text) if "violates the following Content Security" in message.text else None)
    return asked


def open_register(page: Page, live: LiveServer) -> None:
    sign_in(page, live, "coordinator")
    page.goto(f"{live.url}/register")
    expect(page.get_by_role("heading", name="Sổ bộ")).to_be_visible(timeout=30_000)


def choose(page: Page, view: str) -> None:
    page.get_by_role("radio", name=view, exact=True).click()
    page.wait_for_timeout(1200)


@pytest.mark.parametrize("width", [360, 1280])
def test_every_view_stays_on_the_screen_and_on_our_server(new_phone, live: LiveServer, width: int) -> None:
    """All five views, the map included: no sideways scrolling, and no request to anybody else."""
    context: BrowserContext = new_phone(viewport={"width": width, "height": 800}, is_mobile=width == 360)
    page = context.new_page()
    asked = outside_requests(page, live)
    open_register(page, live)

    for view in VIEWS:
        choose(page, view)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, view
        assert page.evaluate(_SMALL) == [], view
    assert asked == []


def test_a_search_survives_opening_a_site(page: Page, live: LiveServer) -> None:
    """Search without marks, open, come back: the search and its result are still there."""
    open_register(page, live)
    page.get_by_label("Tìm kiếm").fill("huong")
    page.get_by_label("Tìm kiếm").press("Enter")
    expect(page.get_by_text("HO-0002")).to_be_visible()
    expect(page.get_by_text("HO-0001")).to_have_count(0)
    page.get_by_role("button", name="Mở").click()
    expect(page.get_by_label("Tên *")).to_have_value("Trần Thị Hường")
    page.get_by_role("button", name="Về sổ bộ").click()

    expect(page.get_by_label("Tìm kiếm")).to_have_value("huong")
    expect(page.get_by_text("HO-0002")).to_be_visible()
