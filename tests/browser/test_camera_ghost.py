"""The photo of last time: beside the button and over the live view, from the server, from this phone, with and without a connection."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.audit import faults
from tests.browser.conftest import sign_in
from tests.browser.test_camera import _at_fence, _look, _question, _shoot, chromium
from tests.browser.visits import hand_in
from tests.live import LiveServer

__all__ = ["chromium"]  # the browser with a drawn camera

pytestmark = pytest.mark.browser

_FIRST_SITE = "00000000-0000-4000-8000-000000000001"
_THIRD_SITE = "00000000-0000-4000-8000-000000000003"
_COLOUR = """(canvas) => [...canvas.getContext("2d").getImageData(canvas.width / 2, canvas.height * 0.95, 1, 1).data].slice(0, 3)"""
_EARTH = (150, 120, 84)  # the ground of the photos that visits.py draws
NewPhone = Callable[..., BrowserContext]


def _is_earth(page: Page, selector: str) -> bool:
    found = page.locator(selector).first.evaluate(_COLOUR)
    return all(abs(one - other) < 12 for one, other in zip(found, _EARTH, strict=True))


@pytest.fixture(scope="module")
def visited(live: LiveServer) -> str:
    """The first household's fence, photographed by the inspector in an earlier visit."""
    survey = live.survey()
    key = hand_in(survey, _FIRST_SITE)
    survey.store.close()
    return key


def test_photo_of_last_time_is_shown(new_phone: NewPhone, live: LiveServer, visited: str) -> None:
    """Small beside the button, large on a tap, half transparent over the view, as strong as the slider says; offline too."""
    phone = new_phone(permissions=["geolocation", "camera"])
    page = _at_fence(phone, live)
    tile = _question(page).locator(".earlier")
    expect(tile).to_contain_text("Ảnh lần trước")
    assert _is_earth(page, "[data-name=photo_1] .earlier canvas")
    tile.tap()
    expect(page.locator(".enlarged canvas")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("button", name="Đóng").tap()
    expect(page.locator(".enlarged")).to_have_count(0)

    phone.set_offline(True)
    layer = _look(page)
    expect(layer.locator(".veil canvas")).to_be_visible()
    assert _is_earth(page, ".veil canvas")
    assert layer.locator(".veil").evaluate("(veil) => Number(veil.style.opacity)") == pytest.approx(0.45)
    assert faults(page) == []
    layer.locator("[type=range]").fill("80")
    assert layer.locator(".veil").evaluate("(veil) => Number(veil.style.opacity)") == pytest.approx(0.8)
    layer.locator("[type=checkbox]").uncheck()
    assert layer.locator(".veil").evaluate("(veil) => Number(veil.style.opacity)") == 0


def test_ghost_is_there_in_the_hills(new_phone: NewPhone, live: LiveServer) -> None:
    """What the client fetched ahead over Wi-Fi serves a visit that begins without a connection, and no other person's."""
    survey = live.survey()
    hand_in(survey, _THIRD_SITE)  # no other test photographs there
    survey.store.close()
    phone = new_phone(permissions=["geolocation", "camera"])
    phone.add_init_script("Object.defineProperty(navigator.connection, 'type', { value: 'wifi' })")
    page = phone.new_page()
    sign_in(page, live)
    page.goto(f"{live.url}/field/")
    expect(page.locator(".card.site").first).to_be_visible()
    for _ in range(100):
        if page.evaluate(_KEPT) > 1:
            break
        page.wait_for_timeout(100)
    phone.set_offline(True)
    found = page.evaluate(_FIND, [_THIRD_SITE, live.person("inspector")])
    others = page.evaluate(_FIND, [_THIRD_SITE, live.person("reviewer")])

    assert found["size"] > 1000
    assert found["type"] == "image/jpeg"
    assert others is None


_KEPT = "async () => (await (await caches.open('earlier')).keys()).filter(({ url }) => url.endsWith('/thumb')).length"
_FIND = """async ([site, person]) => {
  const { Earlier } = await import("/field/ghost.mjs");
  const draft = { id: "uuid:x", person, form: "household_fence", site: { site } };
  const earlier = await new Promise((resolve) => { const made = new Earlier(draft, () => resolve(made)); made.load(); });
  const found = earlier.find({ path: "/data/fence/photo_1", at: [], node: { name: "photo_1" } });
  const blob = found && (await found.blob());
  return blob && { size: blob.size, type: blob.type };
}"""


def test_photo_that_waits_on_this_phone_is_last_time(new_phone: NewPhone, live: LiveServer) -> None:
    """A visit that is still in the outbox gives the ghost of the next one, without any server."""
    phone = new_phone(permissions=["geolocation", "camera"])
    page = _at_fence(phone, live, site=1)
    expect(_question(page).locator(".earlier")).to_be_hidden()
    _shoot(page)
    wanted = page.evaluate("async () => (await window.shots.at(-1).arrayBuffer()).byteLength")
    waiting = page.evaluate(
        """async () => {
            const { readDrafts, keepDraft } = await import("/field/drafts.mjs");
            const { person } = await (await fetch("/api/me")).json();
            const [draft] = await readDrafts(person);
            await keepDraft({ ...draft, state: "sending" });
            return { site: draft.site.site, person };
        }"""
    )
    phone.set_offline(True)
    found = page.evaluate(_FIND, [waiting["site"], waiting["person"]])

    assert found["size"] == wanted


@pytest.mark.parametrize(
    ("view", "ghost", "wanted"),
    [
        ((1440, 1080), (1600, 1200), {"left": 0, "top": 265, "width": 360, "height": 270, "turned": False}),
        ((1080, 1440), (1200, 1600), {"left": 0, "top": 160, "width": 360, "height": 480, "turned": False}),
        ((1920, 1080), (1600, 1200), {"left": 0, "top": 265, "width": 360, "height": 270, "turned": False}),
        ((1440, 1080), (1600, 900), {"left": 0, "top": 298.75, "width": 360, "height": 202.5, "turned": False}),
        ((1080, 1440), (1600, 1200), {"left": 0, "top": 265, "width": 360, "height": 270, "turned": True}),
    ],
    ids=["same", "upright", "wide view", "wide ghost", "turned"],
)
def test_ghost_lies_where_the_picture_will_be(
    page: Page, live: LiveServer, view: tuple[int, int], ghost: tuple[int, int], wanted: dict[str, Any]
) -> None:
    """Both pictures share their middle and their longer side on a stage of 360 by 800; a photo taken the other way fits whole."""
    page.goto(f"{live.url}/field/texts/vi.json")
    found = page.evaluate(
        """async ([box, view, ghost]) => {
            const size = ([width, height]) => ({ width, height });
            const { overlay } = await import("/field/ghost.mjs");
            return overlay(size(box), size(view), size(ghost));
        }""",
        [(360, 800), view, ghost],
    )

    assert found == pytest.approx(wanted)
