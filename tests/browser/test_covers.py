"""The privacy of one photo in a browser: boxes drawn with finger, mouse and keys, the covered copy, and erasing with a typed word."""

import io
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from survey.store.attachments import select_attachments, select_blob
from survey.store.covers import select_cover
from survey.wiring import Settings, open_survey
from tests.browser.audit import faults
from tests.browser.conftest import sign_in
from tests.browser.visits import hand_in
from tests.conftest import COMMUNE
from tests.live import LiveServer

pytestmark = pytest.mark.browser
DESK = {"viewport": {"width": 1280, "height": 800}, "is_mobile": False, "has_touch": False, "device_scale_factor": 1}
NewPhone = Callable[..., BrowserContext]


@pytest.fixture
def photo(live: LiveServer) -> tuple[str, str]:
    """A visit with two photos; its id and the hash of the first."""
    survey = open_survey(Settings(data=live.data))
    key = hand_in(survey, "00000000-0000-4000-8000-000000000001")
    with survey.reading() as reader:
        sha256 = select_attachments(reader, COMMUNE, key)[0].sha256
    survey.store.close()
    assert sha256
    return key, sha256


def _open(new_phone: NewPhone, live: LiveServer, sha256: str, login: str = "reviewer", **options: object) -> Page:
    page = new_phone(**options).new_page()
    sign_in(page, live, login)
    page.goto(f"{live.url}/privacy?photo={sha256}")
    return page


def _ready(page: Page) -> None:
    expect(page.locator(".cover .state")).to_contain_text("ô che", timeout=20_000)
    page.wait_for_function("document.querySelector('.stMain') !== null")
    page.wait_for_timeout(400)


def _draw(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Draw with the mouse, in shares of the picture."""
    layer = page.locator(".cover .layer")
    layer.scroll_into_view_if_needed()
    box = layer.bounding_box()
    assert box is not None
    for number, (x, y) in enumerate((start, end)):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=5 if number else 1)
        if not number:
            page.mouse.down()
    page.mouse.up()


def _public(page: Page, live: LiveServer, sha256: str) -> Image.Image:
    answer = page.request.get(f"{live.url}/photos/{sha256}/public")
    assert answer.status == 200
    return Image.open(io.BytesIO(answer.body())).convert("RGB")


def test_boxes_are_drawn_undone_removed_and_saved(new_phone: NewPhone, live: LiveServer, photo: tuple[str, str]) -> None:
    """Two boxes, one taken back, one moved by keys; saved, the public copy is dark there and nowhere else, after a reload too."""
    _, sha256 = photo
    page = _open(new_phone, live, sha256, **DESK)
    _ready(page)
    expect(page.get_by_text("Chưa ai xem ảnh này")).to_be_visible()
    before = _public(page, live, sha256)
    _draw(page, (0.2, 0.2), (0.4, 0.4))
    _draw(page, (0.9, 0.9), (0.6, 0.6))
    expect(page.locator(".cover .state")).to_have_text("2 ô che. Chưa lưu.")
    page.locator(".cover .undo").click()
    expect(page.locator(".cover .box")).to_have_count(1)
    page.locator(".cover .add").click()
    expect(page.locator(".cover .box")).to_have_count(2)
    page.keyboard.press("Delete")
    expect(page.locator(".cover .box")).to_have_count(1)
    _draw(page, (0.3, 0.3), (0.5, 0.3))  # on the box: it moves by a fifth
    page.locator(".cover .save").click()
    expect(page.get_by_text("Từ nay bản công khai được che như vậy")).to_be_visible()

    survey = live.survey()
    with survey.reading() as reader:
        cover = select_cover(reader, COMMUNE, sha256)
    survey.store.close()
    assert cover is not None
    assert (cover.number, cover.person, len(cover.boxes)) == (1, "p-reviewer", 1)
    assert [round(side, 1) for side in (cover.boxes[0].left, cover.boxes[0].top, cover.boxes[0].width)] == [0.4, 0.2, 0.2]
    after = _public(page, live, sha256)
    assert max(after.getpixel((int(0.5 * after.width), int(0.3 * after.height)))) < 40  # type: ignore[arg-type]
    assert after.getpixel((5, 5)) == pytest.approx(before.getpixel((5, 5)), abs=6)
    page.reload()
    _ready(page)
    expect(page.locator(".cover .state")).to_have_text("1 ô che.")
    expect(page.get_by_text("Lần che 1")).to_be_visible()


def test_a_finger_draws_on_a_phone(new_phone: NewPhone, live: LiveServer, photo: tuple[str, str]) -> None:
    """Touching draws instead of scrolling; nothing to cover is saved as such."""
    _, sha256 = photo
    page = _open(new_phone, live, sha256)
    _ready(page)
    layer = page.locator(".cover .layer")
    layer.scroll_into_view_if_needed()
    box = layer.bounding_box()
    assert box is not None
    at = lambda x, y: [{"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]}]  # noqa: E731
    hand = page.context.new_cdp_session(page)
    hand.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": at(0.3, 0.2)})
    for step in (0.3, 0.4, 0.5, 0.6):
        hand.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": at(step, step + 0.1)})
    hand.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.locator(".cover .state")).to_have_text("1 ô che. Chưa lưu.")
    layer.tap(position={"x": 4, "y": 4})  # no box
    expect(page.locator(".cover .box")).to_have_count(1)
    page.locator(".cover .undo").tap()
    expect(page.locator(".cover .box")).to_have_count(0)
    page.locator(".cover .save").tap()
    expect(page.get_by_text("Lần che 1")).to_be_visible()


def test_the_way_leads_from_the_photo_on_the_review_page(new_phone: NewPhone, live: LiveServer, photo: tuple[str, str]) -> None:
    """The enlarged photo has the way to its privacy; after erasing the review page says so, and the picture is gone for everybody."""
    key, sha256 = photo
    page = new_phone(**DESK).new_page()
    sign_in(page, live, "coordinator")
    page.goto(f"{live.url}/review?submission={key}")
    page.locator("button.picture").first.click(timeout=20_000)
    with page.context.expect_page() as opening:
        page.locator("dialog a.privacy").click()
    own = opening.value
    _ready(own)
    own.get_by_text("Xóa hẳn ảnh này").click()
    own.get_by_label("Ai đề nghị, hoặc vì sao").fill("Chủ hộ đề nghị ngày 22/11")
    own.get_by_role("button", name="Xóa hẳn", exact=True).click()
    expect(own.get_by_text("Hãy gõ từ xác nhận trước")).to_be_visible()
    own.get_by_label("Gõ XÓA để xác nhận").fill("xoa")
    own.get_by_role("button", name="Xóa hẳn", exact=True).click()
    expect(own.get_by_text("Đã xóa ảnh.")).to_be_visible(timeout=20_000)
    expect(own.get_by_text("Chủ hộ đề nghị ngày 22/11")).to_be_visible()

    for view in ("original", "preview", "thumb", "public"):
        assert own.request.get(f"{live.url}/photos/{sha256}/{view}").status == 410
    survey = live.survey()
    with survey.reading() as reader:
        blob = select_blob(reader, COMMUNE, sha256)
    assert blob is not None
    assert blob["erased_at"]
    assert not survey.blobs.holds(sha256)
    survey.store.close()
    page.reload()
    expect(page.locator(".card .absent").first).to_contain_text("Đã xóa ngày", timeout=20_000)
    own.goto(f"{live.url}/privacy?photo={sha256}")
    expect(own.locator(".cover")).to_have_count(0)


def test_a_reviewer_cannot_erase_and_an_inspector_sees_nothing(new_phone: NewPhone, live: LiveServer, photo: tuple[str, str]) -> None:
    """The reviewer covers only; the inspector's address ends with our refusal."""
    _, sha256 = photo
    page = _open(new_phone, live, sha256, **DESK)
    _ready(page)
    expect(page.get_by_text("Xóa hẳn ảnh này")).to_have_count(0)
    stranger = _open(new_phone, live, sha256, "inspector", **DESK)
    expect(stranger.locator("[role=alert]").first).to_be_visible(timeout=20_000)
    expect(stranger.locator(".cover")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["phone", "desk"])
def test_the_pages_fit(new_phone: NewPhone, live: LiveServer, photo: tuple[str, str], scheme: str, size: str) -> None:
    """Contrast, targets and width of both pages, with every form open."""
    _, sha256 = photo
    page = _open(new_phone, live, sha256, "coordinator", color_scheme=scheme, **(DESK if size == "desk" else {}))
    _ready(page)
    page.locator(".cover .add").click()
    page.get_by_text("Xóa hẳn ảnh này").click()
    page.wait_for_timeout(400)
    assert faults(page) == []
    page.goto(f"{live.url}/privacy")
    for title in ("Quy định thời hạn lưu ảnh", "Quy định người liên hệ"):
        page.locator("summary", has_text=title).click(timeout=20_000)
    page.wait_for_timeout(400)

    assert faults(page) == []
