"""The office's background map on the phone: fetched in pieces on request, shown without a connection, replaced, removed, refused."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.archives import AROUND_COMMUNE, archive, picture, tiles_of
from tests.browser.map_hand import colour, go_here, map_tab, open_map, tap
from tests.live import LiveServer

pytestmark = pytest.mark.browser

_ORANGE = (240, 130, 20)
_PIECE = 2**17


@pytest.fixture(autouse=True)
def _without_background(live: LiveServer) -> Iterator[None]:
    yield
    _background(live).unlink(missing_ok=True)


def _background(live: LiveServer) -> Path:
    return live.data / "map.pmtiles"


def _put(live: LiveServer, make: Callable[[Path], Path]) -> int:
    """Put a background map in place as docs/operations.md says, in one step; its size."""
    return make(live.data / "coming.pmtiles").replace(_background(live)).stat().st_size


def _large(path: Path) -> Path:
    """Pictures of the commune for three levels, more than six pieces long: each has bytes of its own behind its end."""
    tiles = {tile: content + os.urandom(20_000) for tile, content in tiles_of(AROUND_COMMUNE, [11, 12, 13], _ORANGE).items()}
    return archive(path, tiles)


def _is_orange(canvas: Locator) -> bool:
    # A pixel away from every mark; the ground without a background is white.
    return all(abs(one - other) < 12 for one, other in zip(colour(canvas, 60, 100), _ORANGE, strict=True))


def _about(page: Page) -> None:
    page.get_by_role("button", name="Chú giải và nền bản đồ").tap()


def _fetch(page: Page) -> None:
    page.get_by_role("button", name=re.compile(r"^Tải nền bản đồ \(\d")).tap()


def _expect_kept(page: Page) -> None:
    expect(page.get_by_text(re.compile("Nền bản đồ đã có trên máy này"))).to_be_visible(timeout=30_000)


def test_background_is_fetched_kept_and_removed(page: Page, live: LiveServer) -> None:
    """On request it comes in pieces; it is shown without a connection; it goes when it is no longer wanted."""
    _put(live, _large)
    canvas = open_map(page, live)
    _about(page)
    _fetch(page)
    _expect_kept(page)
    assert _pieces(page) > 5
    page.context.set_offline(True)
    page.get_by_role("button", name="Công việc").tap()
    map_tab(page)
    go_here(page)
    _until(page, lambda: _is_orange(canvas))

    _about(page)
    page.get_by_role("button", name="Xóa khỏi điện thoại").tap()
    _until(page, lambda: not _is_orange(canvas))
    assert _pieces(page) == 0


def _until(page: Page, reached: Callable[[], bool]) -> None:
    for _ in range(50):
        if reached():
            return
        page.wait_for_timeout(100)
    pytest.fail("not reached within 5 s")


def _pieces(page: Page) -> int:
    counted: int = page.evaluate(
        """() => new Promise((done) => {
            const opening = indexedDB.open("ntm-survey-tiles")
            opening.onsuccess = () => {
                const asking = opening.result.transaction("pieces").objectStore("pieces").count()
                asking.onsuccess = () => { opening.result.close(); done(asking.result) }
            }
        })"""
    )
    return counted


def test_fetching_goes_on_where_it_stopped(page: Page, live: LiveServer) -> None:
    """After a page that went away in the middle only the pieces that are lacking are asked for."""
    size = _put(live, _large)
    asked: list[int] = []

    def count(route: Route) -> None:
        asked.append(int(route.request.headers["range"].removeprefix("bytes=").split("-")[0]))
        if asked[-1] == 4 * _PIECE and not more:  # the pieces before it are kept: they are fetched one after another
            route.abort()
        else:
            route.continue_()

    more: list[bool] = []
    open_map(page, live)
    page.route("**/api/map/tiles", count)
    _about(page)
    asked.clear()
    _fetch(page)
    _until(page, lambda: 4 * _PIECE in asked)
    page.reload()
    map_tab(page)
    _about(page)
    more.append(True)
    going_on = page.get_by_role("button", name=re.compile(r"^Tải tiếp nền bản đồ"))
    expect(going_on).to_be_visible()
    asked.clear()
    going_on.tap()
    _expect_kept(page)

    pieces = [offset for offset in asked if offset % _PIECE == 0 and offset >= 4 * _PIECE]
    assert pieces == list(range(4 * _PIECE, size, _PIECE))
    assert {offset for offset in asked if 0 < offset < 4 * _PIECE and offset % _PIECE == 0} == set()


def test_a_new_file_replaces_the_old_one(page: Page, live: LiveServer) -> None:
    """When the office changes the file, the phone offers the new one and shows the old one until it is here."""
    _put(live, lambda path: archive(path, tiles_of(AROUND_COMMUNE, [10, 11, 12], (20, 90, 200))))
    canvas = open_map(page, live)
    _about(page)
    _fetch(page)
    _expect_kept(page)
    old = _pieces(page)
    _put(live, lambda path: archive(path, tiles_of(AROUND_COMMUNE, [10, 11, 12, 13], _ORANGE)))
    page.reload()
    map_tab(page)
    go_here(page)
    _until(page, lambda: colour(canvas, 60, 100)[2] > 180)
    _about(page)
    page.get_by_role("button", name=re.compile(r"^Tải nền bản đồ mới")).tap()

    _until(page, lambda: _is_orange(canvas))
    size = _background(live).stat().st_size
    assert _pieces(page) == -(-size // _PIECE)
    assert old > 0


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: archive(path, {(0, 0, 0): picture(_ORANGE)}, box=(105.0, 20.0, 106.0, 21.5)), "là của nơi khác"),
        (lambda path: (path.write_bytes(os.urandom(40_000)), path)[1], "bị hỏng"),
    ],
    ids=["elsewhere", "no-archive"],
)
def test_a_background_that_cannot_be_shown_is_told(page: Page, live: LiveServer, make: Callable[[Path], Path], words: str) -> None:
    """A sentence says what is wrong with the office's file, and the map goes on without it."""
    _put(live, make)
    canvas = open_map(page, live)
    _about(page)
    expect(page.get_by_role("alert").filter(has_text=words)).to_be_visible()
    _about(page)
    go_here(page)
    tap(page, canvas)

    expect(page.get_by_role("region", name="Nguyễn Văn Đức")).to_be_visible()


def test_a_full_phone_says_so(page: Page, live: LiveServer) -> None:
    """Where the browser keeps no more, a sentence says how much room is lacking, and the map goes on."""
    _put(live, lambda path: archive(path, {(20, 0, 0): os.urandom(6_000_000)}))
    session = page.context.new_cdp_session(page)
    session.send("Storage.overrideQuotaForOrigin", {"origin": live.url, "quotaSize": 4_000_000})
    canvas = open_map(page, live)
    _about(page)
    _fetch(page)
    expect(page.get_by_role("alert").filter(has_text=re.compile(r"còn thiếu [\d,]+ [kM]B"))).to_be_visible()
    _about(page)
    go_here(page)
    tap(page, canvas)

    expect(page.get_by_role("region", name="Nguyễn Văn Đức")).to_be_visible()
