"""Hands and eyes for tests of the map on the phone: open it, tap it, move it, look at a pixel."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import sign_in
from tests.live import LiveServer


def open_map(page: Page, live: LiveServer, login: str = "inspector") -> Locator:
    """The canvas of the map, opened from the first screen as a person does."""
    sign_in(page, live, login)
    page.goto(f"{live.url}/field/")
    map_tab(page)
    canvas = page.get_by_role("application")
    expect(canvas).to_be_visible()
    expect(page.locator(".map-scale")).to_contain_text("m")
    return canvas


def map_tab(page: Page) -> None:
    """Go to the map by the bar below."""
    page.get_by_role("button", name="Bản đồ", exact=True).tap()


def go_here(page: Page) -> None:
    """Bring the phone's own position into the middle."""
    page.get_by_role("button", name="Vị trí của tôi").tap()


def tap(page: Page, canvas: Locator, right: float = 0, down: float = 0) -> None:
    """Tap so many pixels from the middle of the map."""
    box = canvas.bounding_box()
    assert box is not None
    page.touchscreen.tap(box["x"] + box["width"] / 2 + right, box["y"] + box["height"] / 2 + down)


def colour(canvas: Locator, right: float, down: float) -> tuple[int, int, int]:
    """What the canvas shows so many CSS pixels from its middle."""
    found = canvas.evaluate(
        """(canvas, [right, down]) => {
            const ratio = canvas.width / canvas.clientWidth
            const at = [canvas.width / 2 + right * ratio, canvas.height / 2 + down * ratio].map(Math.round)
            return [...canvas.getContext('2d').getImageData(...at, 1, 1).data]
        }""",
        [right, down],
    )
    return found[0], found[1], found[2]


def scale(page: Page) -> str:
    """What the bar says that it is long."""
    return page.locator(".map-scale").inner_text()


def metres_per_pixel(page: Page) -> float:
    """Metres on the ground for a pixel of the screen."""
    words = scale(page)
    number = float(re.sub(r"[^\d,]", "", words).replace(",", "."))
    width = page.locator(".map-scale").evaluate("bar => parseFloat(bar.style.width)")
    return number * (1000 if "km" in words else 1) / width


class Touch:
    """Fingers on the glass, as the browser's own protocol has them."""

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)

    def all(self, kind: str, *points: tuple[float, float]) -> None:
        """Send one event with all fingers that are down."""
        fingers = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})
