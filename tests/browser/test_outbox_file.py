"""The outbox as a file, the last resort: saved on a phone that cannot send, handed in at the desk under the inspector's name."""

import json
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import sign_in
from tests.browser.sealing import SENT, arrived, forget, hashes, kept, outbox, rows, seal
from tests.browser.test_capture import _drawn
from tests.conftest import COMMUNE
from tests.live import LiveServer

pytestmark = pytest.mark.browser

_EMPTY = """async () => {
    const { dropDraft, readOutbox } = await import('/field/drafts.mjs')
    for (const one of await readOutbox()) await dropDraft(one.id)
}"""


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    """Two JPEGs as a phone writes them."""
    return [_drawn(tmp_path / f"IMG_{number}.jpg", number) for number in (1, 2)]


@pytest.fixture(autouse=True)
def _alone(live: LiveServer) -> None:
    forget(live)


def _saved(page: Page, path: Path) -> Path:
    page.locator("details", has_text="Cách cuối cùng").last.locator("summary").tap()
    page.locator("#save-outbox").tap()
    with page.expect_download() as download:
        page.locator("a[download]").tap()
    download.value.save_as(path)
    return path


def _bring(page: Page, path: Path) -> None:
    page.locator("#saved-outbox").set_input_files(path)


def test_a_saved_outbox_is_handed_in_by_the_office(
    new_phone: Callable[..., BrowserContext], live: LiveServer, photos: list[Path], tmp_path: Path
) -> None:
    """The file of a phone that cannot send is taken in at the desk under the inspector's name; when the phone sends after all, once."""
    page = new_phone().new_page()
    sign_in(page, live)
    page.context.route("**/api/submissions/**", lambda route: route.abort())
    seal(page, live, photos)
    expect(page.locator(".receipt [role=alert]")).to_be_visible()
    outbox(page)
    saved = _saved(page, tmp_path / "outbox.zip")
    assert subprocess.run(["unzip", "-t", str(saved)], capture_output=True, check=False).returncode == 0
    with zipfile.ZipFile(saved) as archive:
        assert sorted(name.partition("/")[2] for name in archive.namelist()) == [
            "instance.xml", "photos/photo_1_1.jpg", "photos/photo_2_2.jpg", "visit.json",
        ]  # fmt: skip

    desk = new_phone(viewport={"width": 1280, "height": 900}, has_touch=False, is_mobile=False).new_page()
    sign_in(desk, live, "reviewer")
    desk.goto(f"{live.url}/capture")
    desk.get_by_text("Từ tệp hộp gửi của điện thoại").click()
    expect(desk.locator(".outbox h1")).to_be_visible()
    _bring(desk, saved)
    expect(desk.locator(".outbox")).to_contain_text("Đã nhập 1 bài")
    expect(desk.locator(".outbox")).to_contain_text(SENT)
    _bring(desk, saved)
    expect(desk.locator(".outbox")).to_contain_text("Đã nhập 0 bài; 1 bài đã có")
    page.context.unroute("**/api/submissions/**")
    page.locator("#send-all").tap()
    expect(page.locator(".outbox")).to_contain_text(SENT)

    submissions = rows(live, "submission")
    assert [(row["person"], row["brought_by"]) for row in submissions] == [(live.person("inspector"), live.person("reviewer"))]
    assert arrived(live) == hashes(*photos)


def test_a_damaged_or_foreign_file_is_not_taken(page: Page, live: LiveServer, photos: list[Path], tmp_path: Path) -> None:
    """A file with one wrong byte is named with the part it is in, and nothing of it is taken; so is a ZIP that is none of ours."""
    sign_in(page, live)
    page.context.route("**/api/submissions/**", lambda route: route.abort())
    seal(page, live, photos[:1])
    expect(page.locator(".receipt [role=alert]")).to_be_visible()
    outbox(page)
    saved = _saved(page, tmp_path / "outbox.zip")
    content = bytearray(saved.read_bytes())
    content[content.index(photos[0].read_bytes()[5000:5032])] ^= 1
    (tmp_path / "damaged.zip").write_bytes(content)
    with zipfile.ZipFile(tmp_path / "foreign.zip", "w") as archive:
        archive.writestr("holiday.txt", "sea")
    page.evaluate(_EMPTY)
    page.locator("details", has_text="Nhập tệp hộp gửi").last.locator("summary").tap()
    _bring(page, tmp_path / "damaged.zip")
    expect(page.locator(".outbox .fault")).to_contain_text("photos/photo_1_1.jpg")
    _bring(page, tmp_path / "foreign.zip")
    expect(page.locator(".outbox .fault")).to_contain_text("không phải tệp hộp gửi")
    assert (kept(page, "drafts"), kept(page, "photos")) == (0, 0)
    page.context.unroute("**/api/submissions/**")
    _bring(page, saved)
    expect(page.locator(".outbox")).to_contain_text(SENT)

    assert arrived(live) == hashes(photos[0])


def test_an_inspector_does_not_hand_in_for_others(page: Page, live: LiveServer, tmp_path: Path) -> None:
    """Another person's file is taken by who sees everybody's work, by nobody else."""
    key = "00000000-0000-4000-8000-0000000000aa"
    visit = {"format": "ntm-survey-outbox/1", "commune": COMMUNE, "by": "Người khác", "draft": {"id": f"uuid:{key}", "person": "p-other"}}
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr(f"{key}/visit.json", json.dumps(visit))
    sign_in(page, live)
    page.goto(f"{live.url}/field/")
    outbox(page)
    _bring(page, tmp_path / "other.zip")

    expect(page.locator(".outbox .fault")).to_contain_text("bài của người khác")
    assert kept(page, "drafts") == 0
