"""Capture when things go wrong on the phone: no room, a private window, real cameras' files, two tabs, a session that ended."""

import hashlib
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from survey import review
from survey.domain.people import Actor, Role
from survey.domain.ports import Row
from survey.domain.submissions import State
from tests.browser.conftest import sign_in
from tests.browser.test_capture import Thumb, _drawn
from tests.conftest import COMMUNE, PHOTOS
from tests.live import LiveServer

pytestmark = pytest.mark.browser

_REAL = sorted(path for folder in ("orientation", "gps", "tests", "invalid") for path in (PHOTOS / "jpg" / folder).glob("*.jp*g"))


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """One JPEG as a phone writes it."""
    return _drawn(tmp_path / "IMG_1.jpg", 1)


def _open_fence(page: Page, live: LiveServer) -> Thumb:
    thumb = Thumb()
    page.goto(f"{live.url}/field/")
    thumb.tap(page.locator(".card.site", has_text="Nguyễn Văn Đức"))
    thumb.tap(page.locator(".form-tile", has_text="Hàng rào"))
    return thumb


def _send(page: Page, thumb: Thumb) -> str:
    """Fill in what is still required, send, and return the receipt's code."""
    thumb.type(page, "total_m", "0")
    thumb.tap(page.locator("#send"))
    expect(page.locator("#receipt-code")).to_be_visible()
    return page.locator("#receipt-code").inner_text()


def _files(live: LiveServer, code: str) -> list[Row]:
    survey = live.survey()
    with survey.reading() as reader:
        rows = reader.rows("SELECT a.* FROM attachment a JOIN submission s USING (commune, submission) WHERE s.code = :code", code=code)
    survey.store.close()
    return list(rows)


@pytest.mark.parametrize("path", _REAL, ids=lambda path: path.stem)
def test_a_cameras_file_arrives_as_it_is(page: Page, live: LiveServer, path: Path) -> None:
    """Whatever a camera or a broken card hands over, all orientations too: the same bytes, once."""
    sign_in(page, live)
    thumb = _open_fence(page, live)
    thumb.photograph(page, "photo_1", path)
    code = _send(page, thumb)

    assert [row["sha256"] for row in _files(live, code)] == [hashlib.sha256(path.read_bytes()).hexdigest()]


@pytest.mark.parametrize("how", ["throws", "fails", "absent"])
def test_a_phone_that_keeps_nothing_says_so(page: Page, live: LiveServer, how: str) -> None:
    """Where the browser refuses storage, the page says so in words instead of staying empty."""
    refusals = {
        "throws": "IDBFactory.prototype.open = () => { throw new DOMException('denied', 'SecurityError') }",
        "fails": """IDBFactory.prototype.open = () => {
            const request = { error: new DOMException('denied', 'InvalidStateError') }
            setTimeout(() => request.onerror?.())
            return request
        }""",
        "absent": "Object.defineProperty(window, 'indexedDB', { value: undefined })",
    }
    page.add_init_script(refusals[how])
    sign_in(page, live)
    page.goto(f"{live.url}/field/")

    expect(page.locator(".notice")).to_contain_text("ẩn danh")


def test_no_room_for_a_photo_loses_neither_words_nor_the_visit(page: Page, live: LiveServer, photo: Path) -> None:
    """A photo that the phone has no room for is not an answer; once there is room it is taken again and arrives."""
    sign_in(page, live)
    thumb = _open_fence(page, live)
    page.evaluate("""() => {
        const put = IDBObjectStore.prototype.put
        window.full = true
        IDBObjectStore.prototype.put = function (value, key) {
            if (window.full && this.name === "photos") throw new DOMException("no room", "QuotaExceededError")
            return put.call(this, value, key)
        }
    }""")
    with page.expect_file_chooser() as chooser:
        thumb.tap(page.locator("[data-name=photo_1]").get_by_role("button").first)
    chooser.value.set_files(photo)
    expect(page.locator("[data-name=photo_1]")).to_contain_text("hết chỗ lưu ảnh")
    expect(page.locator("[data-name=photo_1] .picture")).to_have_count(0)
    thumb.type(page, "total_m", "0")
    thumb.tap(page.locator("#send"))
    expect(page.locator("[data-name=photo_1] [role=alert]")).to_contain_text("Cần chụp ảnh")
    page.evaluate("window.full = false")
    thumb.photograph(page, "photo_1", photo)
    thumb.tap(page.locator("#send"))
    expect(page.locator("#receipt-code")).to_be_visible()

    files = _files(live, page.locator("#receipt-code").inner_text())
    assert [row["sha256"] for row in files] == [hashlib.sha256(photo.read_bytes()).hexdigest()]


def test_a_second_tab_hears_that_the_first_has_sent(phone: BrowserContext, live: LiveServer, photo: Path) -> None:
    """A visit that another tab is sending shows its receipt here too, as soon as it is in."""
    first = phone.new_page()
    sign_in(first, live)
    thumb = _open_fence(first, live)
    thumb.photograph(first, "photo_1", photo)
    thumb.type(first, "total_m", "0")
    held: list[Route] = []
    first.route("**/photos/**", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks the function
    thumb.tap(first.locator("#send"))
    expect(first.locator(".items")).to_contain_text("đang gửi")
    second = phone.new_page()
    second.goto(f"{live.url}/field/")
    expect(second.locator(".receipt")).to_be_visible()
    expect(second.locator(".receipt h1")).to_be_visible()
    while not held:
        first.wait_for_timeout(50)
    first.unroute("**/photos/**")
    expect(first.locator("#receipt-code")).to_be_visible()

    expect(second.locator("#receipt-code")).to_have_text(first.locator("#receipt-code").inner_text())


def test_the_last_house_is_not_this_houses_position(page: Page, live: LiveServer, photo: Path) -> None:
    """A sharp position from elsewhere gives way to the one at the gate, even where that is less sharp."""
    page.context.set_geolocation({"latitude": 18.0800, "longitude": 106.1200, "accuracy": 4})
    sign_in(page, live)
    thumb = _open_fence(page, live)
    expect(page.locator(".strip")).to_contain_text("±4 m")
    page.context.set_geolocation({"latitude": 18.0700, "longitude": 106.1100, "accuracy": 9})
    expect(page.locator(".strip")).to_contain_text("±9 m")
    thumb.photograph(page, "photo_1", photo)
    page.context.set_geolocation({"latitude": 18.0800, "longitude": 106.1200, "accuracy": 3})
    page.wait_for_timeout(1500)

    expect(page.locator(".strip")).to_contain_text("±9 m")


def test_session_ends_in_the_middle(page: Page, live: LiveServer, photo: Path) -> None:
    """Who is signed out while filling signs in again and everything is there and arrives."""
    sign_in(page, live)
    thumb = _open_fence(page, live)
    thumb.photograph(page, "photo_1", photo)
    page.context.clear_cookies()
    thumb.type(page, "total_m", "0")
    thumb.tap(page.locator("#send"))
    expect(page.get_by_role("link", name="Đăng nhập")).to_be_visible()
    sign_in(page, live)
    page.goto(f"{live.url}/field/")
    expect(page.locator("#receipt-code")).to_be_visible()

    files = _files(live, page.locator("#receipt-code").inner_text())
    assert [row["sha256"] for row in files] == [hashlib.sha256(photo.read_bytes()).hexdigest()]


def test_returned_work_is_done_again_from_what_was_sent(page: Page, live: LiveServer, photo: Path, tmp_path: Path) -> None:
    """What came back stands first with its reason; answers and the good photo are there, only the wrong one is taken again."""
    second, better = _drawn(tmp_path / "IMG_2.jpg", 2), _drawn(tmp_path / "IMG_3.jpg", 3)
    sign_in(page, live)
    thumb = _open_fence(page, live)
    thumb.photograph(page, "photo_1", photo)
    thumb.photograph(page, "photo_2", second)
    code = _send(page, thumb)
    reviewer = Actor(COMMUNE, live.person("reviewer"), "Người duyệt", Role.REVIEWER)
    first = _files(live, code)[0]["submission"]
    review.decide(live.survey(), reviewer, first, State.RETURNED, reason="Ảnh 2 mờ.", expected_version=1)

    page.goto(f"{live.url}/field/")
    expect(page.locator("#returned .reason")).to_have_text("Ảnh 2 mờ.")
    thumb.tap(page.locator("#returned").get_by_role("button", name="Làm lại"))
    expect(page.locator(".place")).to_contain_text("Nguyễn Văn Đức")
    expect(page.locator(".visit .notice", has_text="Ảnh 2 mờ.")).to_be_visible()
    expect(page.locator("[data-name=total_m] input")).to_have_value("0")
    expect(page.locator("[data-name=photo_1] .picture")).to_be_visible()
    thumb.photograph(page, "photo_2", better)
    thumb.tap(page.locator("#send"))
    expect(page.locator("#receipt-code")).to_be_visible()

    files = sorted(_files(live, page.locator("#receipt-code").inner_text()), key=lambda row: row["ordinal"])
    assert [row["state"] for row in files] == ["stored", "stored"]
    assert [row["sha256"] for row in files] == [hashlib.sha256(path.read_bytes()).hexdigest() for path in (photo, better)]
    assert '"source":"system"' in files[0]["capture"]
    thumb.tap(page.locator("#next"))
    expect(page.locator(".lately")).to_be_attached()
    expect(page.locator("#returned")).to_have_count(0)


def test_a_heading_stands_over_something(page: Page, live: LiveServer) -> None:
    """A group none of whose questions applies yet shows no heading."""
    sign_in(page, live)
    page.goto(f"{live.url}/field/")
    page.locator(".card.site", has_text="Nguyễn Văn Đức").tap()
    page.locator(".form-tile", has_text="Môi trường").tap()
    expect(page.locator("#send")).to_be_visible()

    bare = "[...document.querySelectorAll('.group:not([hidden])')].filter((one) => !one.querySelector('.question:not([hidden])')).length"
    assert page.evaluate(bare) == 0


def test_too_large_a_file_is_told_at_once(page: Page, live: LiveServer, tmp_path: Path) -> None:
    """What the server would not take is not kept either, and the sentence stands out."""
    large = tmp_path / "film.jpg"
    large.write_bytes(b"\xff\xd8\xff" + bytes(30_000_000))
    sign_in(page, live)
    thumb = _open_fence(page, live)
    with page.expect_file_chooser() as chooser:
        thumb.tap(page.locator("[data-name=photo_1]").get_by_role("button").first)
    chooser.value.set_files(large)

    expect(page.locator("[data-name=photo_1] .take + .fault")).to_contain_text("tối đa 25 MB")


def test_the_first_screen_follows_the_connection(page: Page, live: LiveServer, photo: Path) -> None:
    """Cut off, the first screen says what waits; with the connection it is sent and no longer offered."""
    sign_in(page, live)
    thumb = _open_fence(page, live)
    thumb.photograph(page, "photo_1", photo)
    thumb.type(page, "total_m", "0")
    page.context.set_offline(True)
    thumb.tap(page.locator("#send"))
    expect(page.locator(".receipt [role=alert]")).to_contain_text("Không kết nối được máy chủ")
    thumb.tap(page.get_by_role("button", name="Quay lại"))
    expect(page.locator(".home")).to_contain_text("1 bài chưa gửi")
    page.context.set_offline(False)

    expect(page.locator(".card.site").first).to_be_visible()
    expect(page.locator(".home")).not_to_contain_text("1 bài chưa gửi")
    expect(page.locator(".card.sent").first).to_contain_text("Nguyễn Văn Đức")
