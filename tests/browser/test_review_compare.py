"""Comparing photos in a real browser: the handle by thumb, mouse and keys, copies that lie over their originals, before and after."""

import io
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from survey.domain.submissions import short_code
from survey.store.deployment import insert_round
from survey.wiring import Settings, open_survey
from tests.browser.audit import faults
from tests.browser.conftest import sign_in
from tests.browser.scenes import cropped, hand_in_pictures, jpeg, mirrored, scene, turned
from tests.conftest import COMMUNE
from tests.live import LiveServer

pytestmark = pytest.mark.browser
DESK = {"viewport": {"width": 1280, "height": 800}, "is_mobile": False, "has_touch": False, "device_scale_factor": 1}
NewPhone = Callable[..., BrowserContext]
_LAID = re.compile("transform")  # what the dialog gives the right picture once it has found its place
REUSE, ROUNDS = ".st-key-review_reuse", ".st-key-review_rounds"


@pytest.fixture(scope="module")
def visits(live: LiveServer) -> dict[str, str]:
    """An honest visit, two cheats with its photos (mirrored and cropped; turned and stamped over), and one household in two rounds."""
    survey = open_survey(Settings(data=live.data))
    now = datetime.now(UTC)
    yard, gate = scene(1), scene(2)
    with survey.transaction() as tx:
        insert_round(tx, COMMUNE, "first", "Đợt 1", date.today() - timedelta(days=200), date.today() - timedelta(days=100))  # noqa: DTZ011
        insert_round(tx, COMMUNE, "second", "Đợt 2", date.today() - timedelta(days=60), date.today() + timedelta(days=60))  # noqa: DTZ011
    keys = {
        "honest": hand_in_pictures(survey, _site(1), [jpeg(yard), jpeg(gate)], at=now - timedelta(days=30)),
        "cheat": hand_in_pictures(
            survey, _site(2), [jpeg(mirrored(cropped(yard, 0.06, 0.05, 0.94, 0.96)), 70), jpeg(turned(gate))], at=now - timedelta(days=2)
        ),
        "before": hand_in_pictures(survey, _site(3), [jpeg(scene(3)), jpeg(scene(4))], at=now - timedelta(days=150)),
        "after": hand_in_pictures(survey, _site(3), [jpeg(scene(5)), jpeg(scene(6))], at=now - timedelta(days=1), metres_off=9),
    }
    survey.store.close()
    return keys


def _site(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def _open(new_phone: NewPhone, live: LiveServer, key: str, **options: object) -> Page:
    page = new_phone(**options).new_page()
    sign_in(page, live, "reviewer")
    page.goto(f"{live.url}/review?submission={key}")
    expect(page.locator("h3").first).to_contain_text(short_code(key), timeout=20_000)
    return page


def _compare(page: Page, part: str, words: str) -> None:
    """Open the pair of which the card says *words*, and wait until the pictures lie where they belong."""
    card = page.locator(f"{part} .card", has_text=words).first
    card.get_by_role("button", name="So sánh").click()
    expect(page.locator(f"{part} dialog")).to_be_visible()
    expect(page.locator(f"{part} .frame img.right")).to_have_attribute("style", _LAID)


def _likeness(page: Page) -> float:
    """How well what the frame shows goes together (correlation) with the handle at one end and at the other."""
    return float(np.corrcoef(_grey(page, "Home"), _grey(page, "End"))[0, 1])


def _grey(page: Page, at: str) -> np.ndarray:
    """The lower part of the frame with the handle pushed to one end (`Home`, `End`), as grey values."""
    page.locator(f"{REUSE} .handle").press(at)
    picture = Image.open(io.BytesIO(page.locator(f"{REUSE} .frame").screenshot())).convert("L")
    inner = picture.crop((40, int(picture.height * 0.65), picture.width - 40, picture.height - 10))
    return np.asarray(inner, dtype=np.float64).ravel()


@pytest.mark.parametrize(("words", "turn"), [("lật gương", "scaleX(-1)"), ("xoay", "deg")], ids=["mirrored-crop", "turned"])
def test_a_copy_lies_over_its_original(new_phone: NewPhone, live: LiveServer, visits: dict[str, str], words: str, turn: str) -> None:
    """From one end of the handle to the other the picture stays the same: mirrored, turned and enlarged as the copy was made."""
    page = _open(new_phone, live, visits["cheat"], **DESK)
    _compare(page, REUSE, words)
    style = page.locator(f"{REUSE} .frame img.right").get_attribute("style") or ""
    laid = _likeness(page)
    page.evaluate(
        "part => { for (const image of [...document.querySelectorAll(part + ' *')].flatMap(e => e.shadowRoot ? "
        "[...e.shadowRoot.querySelectorAll('.frame img.right')] : [])) image.style.cssText = 'left:50%;top:50%;width:100%;height:100%;"
        "transform:translate(-50%,-50%)' }",
        REUSE,
    )
    unlaid = _likeness(page)

    assert turn in style
    assert laid > 0.95
    assert unlaid < 0.6
    assert "Để hai ảnh khớp nhau" in page.locator(f"{REUSE} .note").inner_text()


def test_the_handle_by_keys(new_phone: NewPhone, live: LiveServer, visits: dict[str, str]) -> None:
    """Arrows, page keys and both ends move the handle, a reader hears where it is; no key of it reaches the page behind."""
    page = _open(new_phone, live, visits["cheat"], **DESK)
    _compare(page, REUSE, "lật gương")
    handle = page.get_by_role("slider", name="Ranh giới")
    expect(handle).to_be_focused()
    expect(handle).to_have_attribute("aria-valuenow", "50")
    for key, value in (("ArrowRight", 52), ("ArrowLeft", 50), ("PageUp", 60), ("Home", 0), ("ArrowLeft", 0), ("End", 100)):
        page.keyboard.press(key)
        expect(handle).to_have_attribute("aria-valuenow", str(value))
    expect(handle).to_have_attribute("aria-valuetext", "100 % Bài này")
    for key in ("a", "t", "x"):
        page.keyboard.press(key)
    page.wait_for_timeout(800)
    page.keyboard.press("Escape")

    expect(page.locator(f"{REUSE} dialog")).not_to_be_visible()
    expect(page.locator("h3").first).to_contain_text(f"{short_code(visits['cheat'])} · Chờ duyệt")
    page.wait_for_timeout(300)
    assert page.get_by_role("alert").count() == 0


def test_the_handle_by_mouse(new_phone: NewPhone, live: LiveServer, visits: dict[str, str]) -> None:
    """Pressing anywhere on the picture brings the handle there; it follows while held, and no longer."""
    page = _open(new_phone, live, visits["cheat"], **DESK)
    _compare(page, REUSE, "lật gương")
    box = page.locator(f"{REUSE} .frame").bounding_box()
    handle = page.locator(f"{REUSE} .handle")
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 80)
    page.mouse.down()
    expect(handle).to_have_attribute("aria-valuenow", "25")
    page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + 90, steps=4)
    expect(handle).to_have_attribute("aria-valuenow", "80")
    page.mouse.up()
    page.mouse.move(box["x"] + box["width"] * 0.1, box["y"] + 90, steps=2)

    expect(handle).to_have_attribute("aria-valuenow", "80")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_by_thumb(new_phone: NewPhone, live: LiveServer, visits: dict[str, str], scheme: str) -> None:
    """At 360 × 800: a handle of 48 px and more, dragged by touch; both ways to look; nothing too pale, too small or too wide."""
    page = _open(new_phone, live, visits["cheat"], color_scheme=scheme, reduced_motion="reduce")
    page.locator(f"{REUSE} .card img").first.wait_for()
    assert faults(page) == []
    _compare(page, REUSE, "lật gương")
    handle = page.locator(f"{REUSE} .handle")
    grip, frame = handle.bounding_box(), page.locator(f"{REUSE} .frame").bounding_box()
    assert grip is not None
    assert frame is not None
    assert min(grip["width"], grip["height"]) >= 48
    _drag(page, grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2, frame["x"] + frame["width"] * 0.2)

    expect(handle).to_have_attribute("aria-valuenow", "20")
    assert faults(page) == []
    page.get_by_role("button", name="Cạnh nhau").click()
    expect(page.locator(f"{REUSE} .pair img.right")).to_be_visible()
    expect(page.locator(f"{REUSE} .frame")).not_to_be_visible()
    assert "Để hai ảnh khớp nhau" not in page.locator(f"{REUSE} .note").inner_text()
    assert faults(page) == []
    page.get_by_role("button", name="Đóng phần so sánh").click()
    expect(page.locator(f"{REUSE} dialog")).not_to_be_visible()


def _drag(page: Page, x: float, y: float, to: float) -> None:
    """A thumb from (x, y) sideways to *to*."""
    line = page.context.new_cdp_session(page)
    line.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 6):
        line.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x + (to - x) * step / 5, "y": y}]})
    line.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_before_and_after_and_the_way_there(new_phone: NewPhone, live: LiveServer, visits: dict[str, str]) -> None:
    """Each photo beside its counterpart of the earlier round, large in one tap; the earlier visit is one tap away."""
    page = _open(new_phone, live, visits["after"], **DESK)
    cards = page.locator(f"{ROUNDS} .card")
    expect(cards).to_have_count(2)
    expect(cards.first).to_contain_text("Trước · Đợt 1")
    expect(cards.first).to_contain_text("4 m")
    _compare(page, ROUNDS, "Trước · Đợt 1")
    expect(page.locator(f"{ROUNDS} .tag-right")).to_have_text("Sau · Đợt 2")
    page.locator(f"{ROUNDS} dialog a.go").click()

    expect(page.locator("h3").first).to_contain_text(short_code(visits["before"]), timeout=20_000)
    expect(page.locator(ROUNDS)).to_have_count(0)


def test_pictures_come_from_our_own_routes(new_phone: NewPhone, live: LiveServer, visits: dict[str, str]) -> None:
    """Thumbs on the card, previews in the large view, nothing from elsewhere; a picture that does not come is said."""
    page = new_phone(**DESK).new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    sign_in(page, live, "reviewer")
    page.goto(f"{live.url}/review?submission={visits['cheat']}")
    page.locator(f"{REUSE} .card img").first.wait_for(timeout=20_000)
    _compare(page, REUSE, "lật gương")
    assert sum(url.endswith("/preview") for url in asked) >= 2
    assert [url for url in asked if url.startswith(live.url + "/media/") or not url.startswith((live.url, "blob:", "data:"))] == []
    page.keyboard.press("Escape")
    page.route("**/preview", lambda route: route.abort())
    page.locator(f"{REUSE} .card", has_text="xoay").get_by_role("button", name="So sánh").click()

    expect(page.locator(f"{REUSE} .note")).to_contain_text("Chưa tải được một ảnh")
