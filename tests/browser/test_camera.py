"""The camera in the page, with Chromium's fake camera: byte for byte, positions, refusals, the page closed behind the phone's camera."""

import hashlib
import io
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from survey.domain.ports import Row
from tests.browser.audit import faults
from tests.browser.conftest import _ARGUMENTS, GATE, sign_in
from tests.live import LiveServer

pytestmark = pytest.mark.browser

# Keeps every camera stream and every encoded photo where a test can look at them.
_SPY = """
  window.streams = []; window.shots = [];
  const media = MediaDevices.prototype, open = media.getUserMedia;
  media.getUserMedia = async function (wish) { const stream = await open.call(this, wish); window.streams.push(stream); return stream; };
  const photo = window.ImageCapture?.prototype, take = photo?.takePhoto;
  if (photo) photo.takePhoto = async function (wish) { const blob = await take.call(this, wish); window.shots.push(blob); return blob; };
"""
_LIVE_TRACKS = "() => window.streams.flatMap((stream) => stream.getTracks()).filter((track) => track.readyState === 'live').length"
_SHA256 = """async () => {
  const digest = await crypto.subtle.digest("SHA-256", await window.shots.at(-1).arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}"""
_KEPT = """() => new Promise((resolve) => {
  const request = indexedDB.open("ntm-survey");
  request.onsuccess = () => {
    const all = request.result.transaction("photos").objectStore("photos").getAll();
    all.onsuccess = () => {
      request.result.close();
      resolve(all.result.map(({ name, sha256, source, size, kind, after, picture }) =>
        ({ name, sha256, source, size, kind, after, small: picture?.size })));
    };
  };
})"""
_SHOW = """(state) => {
  Object.defineProperty(document, "visibilityState", { configurable: true, value: state });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
NewPhone = Callable[..., BrowserContext]


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """A browser whose camera is Chromium's drawn one; without the permission it refuses, as a phone does."""
    arguments = [*_ARGUMENTS, "--use-fake-device-for-media-stream"]
    browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
    yield browser
    browser.close()


@pytest.fixture
def page(new_phone: NewPhone, live: LiveServer) -> Page:
    """A phone that lets the page use its camera, at the first household's fence."""
    return _at_fence(new_phone(permissions=["geolocation", "camera"]), live)


def _at_fence(phone: BrowserContext, live: LiveServer, before: str = "", *, site: int = 0) -> Page:
    page = phone.new_page()
    page.add_init_script(_SPY + before)
    sign_in(page, live)
    page.goto(f"{live.url}/field/")
    page.locator(".card.site").nth(site).tap()
    page.locator(".form-tile", has_text="Hàng rào").tap()
    return page


def _question(page: Page, name: str = "photo_1") -> Any:
    return page.locator(f"[data-name={name}]")


def _look(page: Page, name: str = "photo_1") -> Any:
    """Open the camera in the page for *name*; its layer, once it shows something."""
    _question(page, name).get_by_role("button", name="Chụp trong trang").tap()
    layer = page.locator(".viewfinder")
    expect(layer).to_have_attribute("data-mode", "live")
    return layer


def _shoot(page: Page, name: str = "photo_1") -> None:
    layer = _look(page, name)
    layer.locator(".shutter").tap()
    layer.get_by_role("button", name="Dùng ảnh này").tap()
    expect(layer).to_have_count(0)
    expect(_question(page, name).locator(".picture canvas")).to_be_visible()


def _until_kept(page: Page, true: Callable[[list[dict[str, Any]]], bool]) -> None:
    """Wait until the photos kept on the phone are so."""
    deadline = time.monotonic() + 15
    while not true(page.evaluate(_KEPT)):
        assert time.monotonic() < deadline, page.evaluate(_KEPT)
        page.wait_for_timeout(50)


def _until_positioned(page: Page) -> None:
    """Let the phone give its next position, as it does within seconds, and wait until it stands beside each photo."""
    page.context.set_geolocation({**GATE, "latitude": 18.0701})
    _until_kept(page, lambda photos: all(photo["after"] for photo in photos))


def _send(page: Page) -> None:
    for name, number in (("total_m", "40"), ("green_m", "31,5")):
        _question(page, name).locator("input").fill(number)
    page.locator("#send").tap()
    expect(page.locator("#receipt-code")).to_be_visible()


def _newest(live: LiveServer, name: str) -> Row:
    survey = live.survey()
    with survey.reading() as reader:
        rows = reader.rows("SELECT * FROM attachment WHERE name LIKE :name ORDER BY received_at DESC", name=f"{name}%")
    survey.store.close()
    return rows[0]


def test_photo_in_the_page_arrives_byte_for_byte(page: Page, live: LiveServer) -> None:
    """The encoder's own bytes are on the server, as in_page, with the fix before and the one after the shutter; the camera is let go."""
    _shoot(page)
    wanted = page.evaluate(_SHA256)
    _shoot(page, "photo_2")
    _until_positioned(page)
    _send(page)

    row = _newest(live, "photo_1")
    capture = json.loads(row["capture"])
    assert row["sha256"] == wanted
    assert row["state"] == "stored"
    assert capture["source"] == "in_page"
    assert (capture["before"][0], capture["after"][0]) == (18.07, 18.0701)
    assert page.evaluate(_LIVE_TRACKS) == 0
    assert page.evaluate("() => window.streams.length") == 2


def test_without_an_encoder_a_frame_is_kept(new_phone: NewPhone, live: LiveServer) -> None:
    """Where the browser has no ImageCapture the photo is one frame of the whole view, as JPEG, and says so."""
    page = _at_fence(new_phone(permissions=["geolocation", "camera"]), live, "delete window.ImageCapture;")
    layer = _look(page)
    size = page.evaluate("() => { const v = document.querySelector('.stage video'); return [v.videoWidth, v.videoHeight]; }")
    layer.locator(".shutter").tap()
    layer.get_by_role("button", name="Dùng ảnh này").tap()
    expect(_question(page).locator(".picture canvas")).to_be_visible()
    _until_positioned(page)
    _send(page)

    row = _newest(live, "photo_1")
    content = b"".join(live.survey().blobs.read(row["sha256"]))
    capture = json.loads(row["capture"])
    assert capture["source"] == "frame"
    assert (capture["before"][0], capture["after"][0]) == (18.07, 18.0701)
    assert list(Image.open(io.BytesIO(content)).size) == size
    assert content.startswith(b"\xff\xd8")


def test_an_encoder_that_fails_gives_a_frame(new_phone: NewPhone, live: LiveServer) -> None:
    """Some phones refuse takePhoto; the person still gets a photo."""
    broken = "ImageCapture.prototype.takePhoto = () => Promise.reject(new DOMException('platform error', 'UnknownError'));"
    page = _at_fence(new_phone(permissions=["geolocation", "camera"]), live, broken)
    _shoot(page)

    assert page.evaluate(_KEPT)[0]["source"] == "frame"


def test_refused_camera_says_what_to_do(new_phone: NewPhone, live: LiveServer) -> None:
    """Without permission there are words, the phone's own camera as the other way, and trying again works once it is given."""
    phone = new_phone()
    page = _at_fence(phone, live)
    _question(page).get_by_role("button", name="Chụp trong trang").tap()
    layer = page.locator(".viewfinder")
    expect(layer.locator(".words")).to_contain_text("cho phép máy ảnh")
    assert faults(page) == []
    with page.expect_file_chooser():
        layer.get_by_role("button", name="Máy ảnh điện thoại").tap()
    expect(layer).to_have_count(0)

    _question(page).get_by_role("button", name="Chụp trong trang").tap()
    expect(layer.locator(".words")).to_be_visible()
    phone.grant_permissions(["geolocation", "camera"])
    layer.get_by_role("button", name="Thử lại").tap()
    expect(layer).to_have_attribute("data-mode", "live")


@pytest.mark.parametrize(("name", "words"), [("NotFoundError", "không tìm thấy máy ảnh"), ("NotReadableError", "ứng dụng khác")])
def test_missing_or_busy_camera_says_so(new_phone: NewPhone, live: LiveServer, name: str, words: str) -> None:
    """Each way in which a camera does not open has its own words."""
    refusal = f"MediaDevices.prototype.getUserMedia = () => Promise.reject(new DOMException('', '{name}'));"
    page = _at_fence(new_phone(permissions=["geolocation", "camera"]), live, refusal)
    _question(page).get_by_role("button", name="Chụp trong trang").tap()

    expect(page.locator(".viewfinder .words")).to_contain_text(words)


def test_camera_is_let_go(page: Page) -> None:
    """Cancel, Escape, a hidden page and a turned phone leave no camera running behind them."""
    layer = _look(page)
    assert page.evaluate(_LIVE_TRACKS) == 1
    layer.get_by_role("button", name="Hủy").tap()
    expect(layer).to_have_count(0)
    assert page.evaluate(_LIVE_TRACKS) == 0

    _look(page)
    page.evaluate(_SHOW, "hidden")
    assert page.evaluate(_LIVE_TRACKS) == 0
    page.evaluate(_SHOW, "visible")
    expect(layer).to_have_attribute("data-mode", "live")
    assert page.evaluate(_LIVE_TRACKS) == 1
    page.context.new_cdp_session(page).send("Emulation.setDeviceMetricsOverride", {
        "width": 800, "height": 360, "deviceScaleFactor": 2, "mobile": True, "screenOrientation": {"type": "landscapePrimary", "angle": 90},
    })  # fmt: skip
    page.wait_for_function("() => window.streams.length === 4")
    expect(layer).to_have_attribute("data-mode", "live")
    assert page.evaluate(_LIVE_TRACKS) == 1
    assert faults(page) == []
    page.keyboard.press("Escape")
    expect(layer).to_have_count(0)
    assert page.evaluate(_LIVE_TRACKS) == 0


def test_photo_can_be_taken_again_before_it_counts(page: Page) -> None:
    """Taking it again opens the view once more, and only the photo that is used is kept."""
    layer = _look(page)
    layer.locator(".shutter").tap()
    assert page.evaluate(_LIVE_TRACKS) == 0 or layer.get_attribute("data-mode") == "taking"
    layer.get_by_role("button", name="Chụp lại").tap()
    expect(layer).to_have_attribute("data-mode", "live")
    layer.locator(".shutter").tap()
    layer.get_by_role("button", name="Dùng ảnh này").tap()
    expect(_question(page).locator(".picture canvas")).to_be_visible()

    assert [(photo["name"], photo["sha256"]) for photo in page.evaluate(_KEPT)] == [("photo_1_1.png", page.evaluate(_SHA256))]


def test_page_that_was_closed_behind_the_camera_offers_its_own(page: Page, tmp_path: Path) -> None:
    """The phone kills the page while its camera is open: the visit reopens, the person is told, and the page's camera comes first."""
    _question(page, "total_m").locator("input").fill("40")
    with page.expect_file_chooser():
        _question(page).get_by_role("button", name="Chụp ảnh").tap()
    page.reload()

    expect(_question(page).locator("[role=status]")).to_contain_text("tự đóng trang này")
    expect(_question(page, "photo_2").locator("[role=status]")).to_have_text("")
    expect(_question(page, "total_m").locator("input")).to_have_value("40")
    _question(page).get_by_role("button", name="Chụp ảnh").tap()
    layer = page.locator(".viewfinder")
    expect(layer).to_have_attribute("data-mode", "live")
    layer.locator(".shutter").tap()
    layer.get_by_role("button", name="Dùng ảnh này").tap()
    expect(_question(page).locator(".picture canvas")).to_be_visible()
    page.reload()
    expect(_question(page).locator(".picture canvas")).to_be_visible()
    expect(_question(page).locator("[role=status]")).to_have_text("")

    picture = tmp_path / "IMG.jpg"
    Image.effect_noise((1600, 1200), 40).convert("RGB").save(picture, "JPEG")
    with page.expect_file_chooser() as chooser:
        _question(page, "photo_2").get_by_role("button", name="Máy ảnh điện thoại").tap()
    chooser.value.set_files(picture)
    _question(page, "photo_2").get_by_role("button", name="Lại ưu tiên máy ảnh của điện thoại").tap()
    page.reload()
    with page.expect_file_chooser():
        _question(page, "photo_2").get_by_role("button", name="Chụp lại").tap()


@pytest.mark.parametrize("how", ["cancel", "photo", "visible"])
def test_page_that_outlived_the_camera_changes_nothing(page: Page, tmp_path: Path, how: str) -> None:
    """A camera that was cancelled or gave a photo was not deadly: nothing is told after the next start."""
    picture = tmp_path / "IMG.jpg"
    Image.effect_noise((1600, 1200), 40).convert("RGB").save(picture, "JPEG")
    _question(page, "total_m").locator("input").fill("40")
    with page.expect_file_chooser() as chooser:
        _question(page).get_by_role("button", name="Chụp ảnh").tap()
    if how == "photo":
        chooser.value.set_files(picture)
        expect(_question(page).locator(".picture canvas")).to_be_visible()
    elif how == "cancel":
        _question(page).locator("[data-source=system]").dispatch_event("cancel")
    else:
        page.evaluate(_SHOW, "visible")
    page.wait_for_timeout(300)
    page.reload()

    expect(_question(page).locator(".take button").first).to_be_visible()
    expect(_question(page).locator("[role=status]")).to_have_text("")
    with page.expect_file_chooser():
        _question(page).locator(".take button").first.tap()


_DECODED = """
  window.decoded = [];
  const bitmap = window.createImageBitmap;
  window.createImageBitmap = (what, ...rest) => { window.decoded.push(what.size); return bitmap(what, ...rest); };
"""


def _choose(page: Page, question: str, path: Path) -> None:
    with page.expect_file_chooser() as chooser:
        _question(page, question).get_by_role("button", name="Chọn ảnh có sẵn").or_(
            _question(page, question).get_by_role("button", name="Ảnh khác")
        ).tap()
    chooser.value.set_files(path)


def test_twelve_megapixels_are_decoded_once(new_phone: NewPhone, live: LiveServer, tmp_path: Path) -> None:
    """A large photo is opened once, by the browser's own threads, and not again after a reload: its small picture is kept."""
    picture = tmp_path / "IMG.jpg"
    Image.effect_noise((4000, 3000), 60).convert("RGB").save(picture, "JPEG", quality=85)
    page = _at_fence(new_phone(), live, _DECODED)
    _choose(page, "photo_1", picture)
    expect(_question(page).locator(".picture canvas")).to_be_visible()

    size = picture.stat().st_size
    assert size > 4_000_000
    assert page.evaluate("() => window.decoded").count(size) == 1
    _until_kept(page, lambda photos: bool(photos[0]["small"]))
    page.reload()
    expect(_question(page).locator(".picture canvas")).to_be_visible()
    assert [seen for seen in page.evaluate("() => window.decoded") if seen > 100_000] == []


def test_files_that_are_no_photo_are_told(page: Page, tmp_path: Path) -> None:
    """Empty and too large files are refused with words, and what answered before stays; HEIC is kept though it cannot be drawn here."""
    good, empty, large, heic = (tmp_path / name for name in ("a.jpg", "b.jpg", "c.jpg", "d.heic"))
    Image.effect_noise((1600, 1200), 40).convert("RGB").save(good, "JPEG")
    empty.write_bytes(b"")
    large.write_bytes(good.read_bytes() + bytes(25_000_000))
    heic.write_bytes(b"\x00\x00\x00\x18ftypheic" + bytes(2000))
    _choose(page, "photo_1", good)
    expect(_question(page).locator(".picture canvas")).to_be_visible()
    for path, words in ((empty, "tệp rỗng"), (large, "25 MB")):
        _choose(page, "photo_1", path)
        expect(_question(page).locator("[role=status]")).to_contain_text(words)
        assert [photo["name"] for photo in page.evaluate(_KEPT)] == ["photo_1_1.jpg"]

    _choose(page, "photo_1", heic)
    expect(_question(page).locator(".tile-plain")).to_contain_text("HEIC")
    assert [(photo["name"], photo["size"]) for photo in page.evaluate(_KEPT)] == [("photo_1_2.heic", 2012)]
    _question(page).get_by_role("button", name="Xóa ảnh").tap()
    expect(_question(page).locator(".picture")).to_have_count(0)
    _until_kept(page, lambda photos: photos == [])


def test_two_photos_at_once_are_both_kept(page: Page, tmp_path: Path) -> None:
    """A second photo that comes while the first is still being read takes nothing from it."""
    paths = [tmp_path / "a.jpg", tmp_path / "b.jpg"]
    for path in paths:
        Image.effect_noise((4000, 3000), 60).convert("RGB").save(path, "JPEG", quality=85)
    for question, path in zip(("photo_1", "photo_2"), paths, strict=True):
        _question(page, question).locator("[data-source=picked]").set_input_files(path)
    for question in ("photo_1", "photo_2"):
        expect(_question(page, question).locator(".picture canvas")).to_be_visible()

    wanted = [(f"photo_{n}_{n}.jpg", hashlib.sha256(path.read_bytes()).hexdigest()) for n, path in enumerate(paths, 1)]
    page.reload()
    expect(_question(page).locator(".picture canvas")).to_be_visible()
    assert [(photo["name"], photo["sha256"]) for photo in page.evaluate(_KEPT)] == wanted
