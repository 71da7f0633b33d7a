"""A day without a connection: the page opens again from the phone alone, a whole visit is captured, and all of it arrives later."""

import hashlib
import socket
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from survey import accounts
from survey.domain.people import Role
from tests.browser.test_capture import Thumb, _drawn, _rows
from tests.conftest import COMMUNE, HAMLETS
from tests.live import LiveServer
from tests.phones import enter, kill, make_commune, open_ready, phone

pytestmark = pytest.mark.browser

HOUSEHOLDS = 3000
_FRAME_MS = 16.7


@pytest.fixture(scope="module")
def commune(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A running server with a register of full size."""
    folder = tmp_path_factory.mktemp("commune")
    make_commune(folder, HOUSEHOLDS)
    with LiveServer(folder) as server:
        yield server


@pytest.fixture
def gone(commune: LiveServer) -> Iterator[Callable[[], None]]:
    """A function that stops the server; it runs again for the next test."""
    stopped = []

    def stop() -> None:
        commune.kill()
        stopped.append(True)

    yield stop
    if stopped and not commune.running:
        commune.start()


def test_whole_visit_without_a_connection(commune: LiveServer, gone: Callable[[], None], playwright: Playwright, tmp_path: Path) -> None:
    """Browser killed, server gone: the page opens, the fence is captured and sealed; once the server is back it is there, byte for byte."""
    profile, thumb = tmp_path / "phone", Thumb()
    photos = [_drawn(tmp_path / f"IMG_{number}.jpg", number) for number in (1, 2)]
    with phone(playwright, profile) as context:
        enter(context, commune)  # the browser writes a new cookie down within half a minute, or when it is closed
    with phone(playwright, profile) as context:
        open_ready(context, commune.url)
        kill(profile)
    gone()
    with phone(playwright, profile) as context:
        page = context.new_page()
        page.goto(f"{commune.url}/field/")
        expect(page.locator(".notice")).to_contain_text("Không kết nối được máy chủ")
        place = page.locator(".card.site").first
        code = place.locator(".hint").inner_text().split(" ")[0]
        thumb.tap(place)
        thumb.tap(page.locator(".form-tile", has_text="Hàng rào"))
        for question, photo in zip(("photo_1", "photo_2"), photos, strict=True):
            thumb.photograph(page, question, photo)
        thumb.type(page, "total_m", "40")
        thumb.type(page, "green_m", "31,5")
        thumb.tap(page.locator("#send"))
        expect(page.locator(".receipt [role=alert]")).to_contain_text("Không kết nối được máy chủ")
        thumb.tap(page.get_by_role("button", name="Quay lại"))
        expect(page.locator("#unsent")).to_contain_text("1 bài chưa gửi")
        expect(page.locator(".tabs")).to_contain_text("(1)")
        page.locator("#site-search").fill(code)
        expect(page.locator(".card.site").first).to_contain_text("chưa gửi")
        commune.start()
        page.reload()
        expect(page.locator(".lately")).to_contain_text("chờ duyệt", timeout=60_000)
        expect(page.locator("#unsent")).to_have_count(0)

    submission = _rows(commune, "submission")[-1]
    assert submission["missing_files"] == 0
    stored = {row["sha256"] for row in _rows(commune, "attachment") if row["submission"] == submission["submission"]}
    assert stored == {hashlib.sha256(photo.read_bytes()).hexdigest() for photo in photos}


@pytest.mark.parametrize(("switch", "words"), [(None, "Còn phải làm"), ("English", "To do")])
def test_both_languages_open_without_a_connection(
    commune: LiveServer, gone: Callable[[], None], playwright: Playwright, tmp_path: Path, switch: str | None, words: str
) -> None:
    """The page comes back in the language that was chosen, and can be switched to the other one."""
    with phone(playwright, tmp_path / "phone") as context:
        enter(context, commune)
        page = open_ready(context, commune.url)
        if switch:
            page.get_by_role("button", name=switch).tap()
            expect(page.locator(".halves")).to_contain_text(words)
    gone()
    with phone(playwright, tmp_path / "phone") as context:
        page = context.new_page()
        page.goto(f"{commune.url}/field/")
        expect(page.locator(".halves")).to_contain_text(words)
        page.get_by_role("button", name="Tiếng Việt" if switch else "English").tap()
        expect(page.locator(".halves")).to_contain_text("Còn phải làm" if switch else "To do")


def test_register_of_thousands_is_searched_as_one_types(commune: LiveServer, playwright: Playwright, tmp_path: Path) -> None:
    """Every letter is answered within a frame, words in any order and without marks; hamlet and kind narrow it down."""
    with phone(playwright, tmp_path / "phone") as context:
        enter(context, commune)
        page = open_ready(context, commune.url)
        page.evaluate(_TIMED)
        page.locator("#site-search").press_sequentially("duc nguyen", delay=60)
        expect(page.locator(".card.site")).to_have_count(15)
        names = page.locator(".card.site strong").all_inner_texts()
        page.locator("#site-search").fill("mau 2 ho-0777")
        expect(page.locator(".card.site")).to_have_count(1)
        page.locator("#site-search").fill("")
        page.locator("#kind").select_option("road_segment")
        expect(page.locator(".card.site").first).to_contain_text("Đường ngõ")
        page.locator("#hamlet").select_option(HAMLETS[1])
        expect(page.locator(".halves")).to_contain_text("Tất cả (50)")
        times = page.evaluate("window.times")

    assert all("Nguyễn" in name and "Đức" in name for name in names)
    assert statistics.median(times) < _FRAME_MS


_TIMED = """() => {
    window.times = [];
    let began = 0;
    addEventListener("input", () => { began = performance.now(); }, { capture: true });
    addEventListener("input", () => window.times.push(performance.now() - began));
}"""


def test_ended_session_hides_nothing(commune: LiveServer, playwright: Playwright, tmp_path: Path) -> None:
    """Signed out while away: the lists stay, the page says so with the way to sign in, and a visit can be begun."""
    thumb = Thumb()
    with phone(playwright, tmp_path / "phone") as context:
        enter(context, commune)
        open_ready(context, commune.url).close()
        context.clear_cookies()
        page = context.new_page()
        page.goto(f"{commune.url}/field/")
        expect(page.locator(".notice")).to_contain_text("Phiên đăng nhập đã hết")
        expect(page.get_by_role("link", name="Đăng nhập")).to_be_visible()
        thumb.tap(page.locator(".card.site").first)
        thumb.tap(page.locator(".form-tile", has_text="Hàng rào"))
        thumb.type(page, "total_m", "12")
        thumb.tap(page.get_by_role("button", name="Quay lại"))
        expect(page.locator(".card.open")).to_contain_text("chưa xong")


def test_another_person_on_the_same_phone(commune: LiveServer, gone: Callable[[], None], playwright: Playwright, tmp_path: Path) -> None:
    """Who signs in next sees neither the drafts nor the places of the one before, who finds them again; the copies are never mixed."""
    survey = commune.survey()
    other = accounts.create_person(survey, COMMUNE, by=None, login="hai", name="Người thứ hai", role=Role.INSPECTOR, hamlets=[HAMLETS[1]])
    assert other.id
    thumb = Thumb()
    with phone(playwright, tmp_path / "phone") as context:
        enter(context, commune)
        page = open_ready(context, commune.url)
        expect(page.locator("#hamlet option")).to_have_count(3)
        thumb.tap(page.locator(".card.site").first)
        thumb.tap(page.locator(".form-tile", has_text="Hàng rào"))
        thumb.type(page, "total_m", "12")
        thumb.tap(page.get_by_role("button", name="Quay lại"))
        expect(page.locator(".card.open")).to_have_count(1)
        enter(context, commune, "hai")
        page.reload()
        expect(page.locator("header")).to_contain_text("Người thứ hai")
        expect(page.locator("#hamlet option")).to_have_count(1)
        expect(page.locator(".card.open")).to_have_count(0)
        expect(page.locator(".halves")).to_contain_text(f"Tất cả ({HOUSEHOLDS // 2 + HOUSEHOLDS // 60})")
        gone()
        page.reload()
        expect(page.locator("header")).to_contain_text("Người thứ hai")
        expect(page.locator("#hamlet option")).to_have_count(1)
        commune.start()
        enter(context, commune)
        page.reload()
        expect(page.locator(".card.open")).to_contain_text("chưa xong")
        expect(page.locator("#hamlet option")).to_have_count(3)


def test_line_that_never_answers(commune: LiveServer, gone: Callable[[], None], playwright: Playwright, tmp_path: Path) -> None:
    """A network that takes every question and answers none: the page opens from the phone at once and says what it waits for."""
    with phone(playwright, tmp_path / "phone") as context:
        enter(context, commune)
        open_ready(context, commune.url).close()
        gone()
        with _silence(commune.port):
            page = context.new_page()
            begun = time.monotonic()
            page.goto(f"{commune.url}/field/")
            expect(page.locator(".card.site").first).to_be_visible()
            took = time.monotonic() - begun
            expect(page.locator("[role=status]").first).to_contain_text("Đang hỏi máy chủ")
            _begin_visit(page)

    assert took < 5  # the questions themselves wait for twenty seconds


def _begin_visit(page: Page) -> None:
    page.locator(".card.site").first.tap()
    page.locator(".form-tile", has_text="Hàng rào").tap()
    expect(page.locator("#send")).to_be_visible()


@contextmanager
def _silence(port: int) -> Iterator[None]:
    with socket.create_server(("127.0.0.1", port), backlog=64):
        yield
