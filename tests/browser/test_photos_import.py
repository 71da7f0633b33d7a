"""Bringing in photos at the desk, in a browser: sent, proposed, corrected, handed in; at 360 and 1280 pixels, light and dark."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from survey import desk
from survey.wiring import Survey
from tests.browser import audit
from tests.browser.conftest import sign_in
from tests.conftest import COMMUNE
from tests.desk import zips
from tests.desk.conftest import taken
from tests.live import LiveServer

PATH = "/photos_import"


_turns = itertools.count(1)


@pytest.fixture
def card(tmp_path: Path) -> Path:
    """A ZIP of four photos: two at HO-0001, one of the same minutes without a position, one far from everything; and a text."""
    first = 20 * next(_turns)  # other pictures each time: the tests of a module share a server
    members = [
        ("DCIM/a.jpg", taken(first, 18.07, accuracy=5)), ("DCIM/b.jpg", taken(first + 1, 18.07, at="2026:11:20 08:01:00", accuracy=5)),
        ("DCIM/c.jpg", taken(first + 2, at="2026:11:20 08:02:00")), ("DCIM/d.jpg", taken(first + 3, 18.01, at="2026:11:20 09:00:00")),
        ("DCIM/notes.txt", b"text"),
    ]  # fmt: skip
    return zips.pack(tmp_path / "card.zip", members)


@pytest.fixture
def survey(live: LiveServer) -> Iterator[Survey]:
    """The live server's deployment, with nothing waiting at the desk."""
    opened = live.survey()
    with opened.reading() as reader:
        people = [row["person"] for row in reader.rows("SELECT person FROM person")]
    with opened.transaction() as tx:
        tx.execute("DELETE FROM desk_photo")
    assert people
    yield opened
    opened.store.close()


def _open(page: Page, live: LiveServer) -> None:
    page.goto(live.url + PATH)
    page.wait_for_selector(".desk[data-ready]")


def _bring(page: Page, *files: Path | dict[str, object]) -> None:
    page.set_input_files("input[name=files]", list(files))  # type: ignore[arg-type]
    page.wait_for_selector(".said:not(:has(progress))")


def test_a_zip_is_brought_corrected_and_handed_in(page: Page, live: LiveServer, survey: Survey, card: Path) -> None:
    """The whole way with a thumb: what is far from everything gets its site by a search, then all become submissions."""
    sign_in(page, live, "reviewer")
    _open(page, live)
    _bring(page, card)
    expect(page.locator(".said")).to_contain_text("Ảnh mới: 4, không nhận: 1")
    expect(page.locator(".said li")).to_contain_text("notes.txt")
    home = page.locator("section[data-site=HO-0001]")
    expect(home.locator(".shot")).to_have_count(3)
    expect(home.locator("[data-certainty=by_time]")).to_contain_text("kém chắc chắn hơn")

    page.reload()  # what was brought stays until it is handed in
    page.wait_for_selector(".desk[data-ready='4']")
    page.locator("section[data-site=''] .shot").first.click()
    page.fill("#desk_search", "hường")
    page.locator(".bar .found button", has_text="HO-0002").wait_for()
    page.press("#desk_search", "Enter")
    expect(page.locator("section[data-site=HO-0002] .shot")).to_contain_text("bạn đã chọn")

    page.locator("button.main").click()
    expect(page.locator(".said").first).to_contain_text("Số bài đã lập: 2")
    expect(page.locator(".shot")).to_have_count(0)
    with survey.reading() as reader:
        rows = reader.rows("SELECT door, form, site, missing_files FROM submission ORDER BY site")
        photos = reader.rows("SELECT name FROM attachment WHERE state = 'stored'")
    assert [(row["door"], row["form"], row["missing_files"]) for row in rows] == [("desk", "site_photos", 0)] * 2
    assert len(photos) == 4

    _bring(page, card)  # once more: three are known by their site, the fourth waits for its site again
    expect(page.locator("section[data-site=HO-0001]")).to_contain_text("Đã nộp trong bài")


def test_a_photo_without_a_time_asks_for_its_day(page: Page, live: LiveServer, survey: Survey, tmp_path: Path) -> None:
    """Without a day nothing is made and the site says why; with it the submission is made."""
    path = tmp_path / "undated.jpg"
    path.write_bytes(taken(9, 18.0708, at=None, accuracy=5))
    sign_in(page, live, "reviewer")
    _open(page, live)
    _bring(page, path)
    site = page.locator("section[data-site=HO-0003]")
    site.locator("button.make").click()
    expect(site.locator(".said")).to_contain_text("hãy chọn ngày")

    site.locator("input[type=date]").fill("2026-11-18")
    expect(site.locator("b")).to_contain_text("18/11/2026")
    site.locator("button.make").click()
    expect(page.locator(".shot")).to_have_count(0)


def test_another_persons_photos_are_not_served(page: Page, live: LiveServer, survey: Survey, tmp_path: Path) -> None:
    """The small view is its owner's alone; to everybody else there is nothing."""
    path = tmp_path / "mine.jpg"
    path.write_bytes(taken(10, 18.07))
    sign_in(page, live, "reviewer")
    _open(page, live)
    _bring(page, path)
    with survey.reading() as reader:
        (row,) = reader.rows("SELECT sha256 FROM desk_photo")
    desk.make_small(survey, COMMUNE, live.person("reviewer"), row["sha256"])
    address = f"{live.url}/api/desk/photos/{row['sha256']}/thumb"

    mine = page.request.get(address)
    assert (mine.status, mine.headers["content-type"]) == (200, "image/jpeg")
    sign_in(page, live, "coordinator")
    assert page.request.get(address).status == 404
    assert page.request.get(f"{live.url}/photos/{row['sha256']}/thumb").status == 404


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (360, "dark"), (1280, "light"), (1280, "dark")])
def test_the_page_fits_and_can_be_read(
    new_phone: Callable[..., BrowserContext], live: LiveServer, survey: Survey, card: Path, width: int, scheme: str
) -> None:
    """Contrast, targets and width, with photos, a selection and a message on screen."""
    page = new_phone(viewport={"width": width, "height": 800}, color_scheme=scheme, is_mobile=width < 500).new_page()
    sign_in(page, live, "reviewer")
    _open(page, live)
    _bring(page, card)
    page.locator(".shot").first.click()
    page.locator(".bar").wait_for()

    assert audit.faults(page) == []
