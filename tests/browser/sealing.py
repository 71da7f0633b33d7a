"""Visits sealed on a phone by a person's thumb, and what of them came in: shared by the tests of sending."""

import hashlib
from pathlib import Path

from playwright.sync_api import Page, expect

from survey.domain.ports import Row
from tests.browser.conftest import sign_in
from tests.browser.test_capture import Thumb
from tests.live import LiveServer

SENT = "không còn gì chờ gửi"
_known: set[str] = set()


def forget(live: LiveServer) -> None:
    """Let `rows` see only what comes in from now on: the server is shared."""
    _known.clear()
    _known.update(str(row["submission"]) for row in rows(live, "submission"))


def rows(live: LiveServer, table: str) -> list[Row]:
    """The rows of *table* of the submissions that came in since `forget`."""
    survey = live.survey()
    with survey.reading() as reader:
        rows = [row for row in reader.rows(f"SELECT * FROM {table} ORDER BY submission") if row["submission"] not in _known]
    survey.store.close()
    return rows


def arrived(live: LiveServer) -> list[str]:
    """The hash of every file that came in, as its bytes on the server say."""
    survey = live.survey()
    stored = [str(row["sha256"]) for row in rows(live, "attachment") if row["state"] == "stored"]
    found = [hashlib.sha256(b"".join(survey.blobs.read(sha256))).hexdigest() for sha256 in stored]
    survey.store.close()
    return sorted(found)


def hashes(*paths: Path) -> list[str]:
    """The hashes of the files *paths*, sorted as those of `arrived` are."""
    return sorted(hashlib.sha256(path.read_bytes()).hexdigest() for path in paths)


def go_out(page: Page, live: LiveServer) -> None:
    """Open the client in the morning, then lose the network."""
    sign_in(page, live)
    page.goto(f"{live.url}/field/")
    expect(page.locator("#ready[data-ready]")).to_be_attached(timeout=60_000)  # without the checklists there is nothing to fill in
    expect(page.locator("nav.tabs")).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.context.set_offline(True)


def fill(page: Page, photos: list[Path], site: str = "Nguyễn Văn Đức") -> str:
    """Fill a fence with *photos* and close it; returns its id."""
    thumb = Thumb()
    thumb.tap(page.locator(".card.site", has_text=site))
    thumb.tap(page.locator(".form-tile", has_text="Hàng rào"))
    for number, photo in enumerate(photos, 1):
        thumb.photograph(page, f"photo_{number}", photo)
    thumb.type(page, "total_m", "0")
    thumb.tap(page.locator("#send"))
    expect(page.locator(".receipt h1")).to_be_visible()
    return str(page.evaluate("async () => (await import('/field/drafts.mjs')).recall('current')"))


def seal(page: Page, live: LiveServer, photos: list[Path]) -> str:
    """Open the client, fill a fence with *photos* and close it; returns its id."""
    page.goto(f"{live.url}/field/")
    return fill(page, photos)


def leave(page: Page) -> None:
    """Go from the receipt to the first screen; the phone's own history does it, a moment later."""
    page.get_by_role("button", name="Quay lại").tap()
    expect(page.locator(".home")).to_be_visible()


def outbox(page: Page) -> None:
    """Go to the outbox by the bar below."""
    if page.locator(".receipt").count():
        leave(page)
    page.locator("nav.tabs button").nth(2).tap()
    expect(page.locator(".outbox h1")).to_have_text("Hộp gửi")


def kept(page: Page, store: str) -> int:
    """How many records the phone keeps in *store* (drafts, photos, sent)."""
    count = """(store) => new Promise((resolve) => {
        indexedDB.open('ntm-survey').onsuccess = ({ target }) => {
            const request = target.result.transaction(store).objectStore(store).count()
            request.onsuccess = () => { target.result.close(); resolve(request.result) }
        }
    })"""
    return int(page.evaluate(count, store))
