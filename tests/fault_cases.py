"""What goes wrong on a day in the hills, case by case, on a real server, a real browser and a bad line; `CASES` names them all."""

import os
import random
import shutil
import signal
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from playwright.sync_api import BrowserContext, Page, Playwright, expect, sync_playwright

from survey.forms.compile import compile_xlsform
from survey.store.forms import insert_form
from survey.wiring import ROOT, Settings, open_survey
from tests.conftest import COMMUNE, seed
from tests.faults import Outbox, fill_without_end, left_on_phone, noise_photo, wait_until_sent
from tests.line import Line
from tests.live import LiveServer

ARGUMENTS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
_PATIENCE_S = 240.0
_FORM = ROOT / "schema" / "forms" / "household_garden.xlsx"


class Day:
    """A server, a line and one inspector's phone whose profile survives the browser; *photo* is the base of every photo."""

    def __init__(self, folder: Path, photo: bytes, playwright: Playwright | None = None) -> None:
        self._folder = folder
        self._given = playwright
        self.photo = photo
        self.outbox = Outbox()
        self.struck = 0
        self._stack = ExitStack()
        self._phones: dict[str, BrowserContext] = {}
        self.random = random.Random(1)  # noqa: S311 - moments, not secrets

    def __enter__(self) -> Self:
        data = self._folder / "data"
        data.mkdir()
        self.version = _commune(data)
        self._playwright = self._given or self._stack.enter_context(sync_playwright())
        self.server = self._stack.enter_context(LiveServer(data))
        self.line = self._stack.enter_context(Line(self.server.port))
        self.page = self.phone("phone")
        return self

    def __exit__(self, *_error: object) -> None:
        for context in self._phones.values():
            context.close()
        self._stack.close()

    def phone(self, name: str) -> Page:
        """The browser with the profile *name*, signed in, on the field client."""
        options = {"viewport": {"width": 360, "height": 800}, "locale": "vi-VN", "geolocation": {"latitude": 18.07, "longitude": 106.11},
                   "permissions": ["geolocation"]}  # fmt: skip
        context = self._playwright.chromium.launch_persistent_context(
            str(self._folder / name), executable_path="/usr/bin/chromium", args=list(ARGUMENTS), **options
        )
        self._phones[name] = context
        context.set_default_timeout(30_000)
        self.sign_in(context)
        page = context.pages[0] if context.pages else context.new_page()
        page.goto(f"{self.line.url}/field/")
        expect(page.locator("#hamlet")).to_be_visible()
        return page

    def sign_in(self, context: BrowserContext) -> None:
        """Give *context* a session of the inspector."""
        context.add_cookies([{"name": "survey_session", "value": self.server.cookie("inspector"), "url": self.line.url, "httpOnly": True}])

    def close(self, name: str = "phone") -> None:
        """Close the browser *name* as a person does."""
        self._phones.pop(name).close()

    def kill(self, name: str = "phone") -> None:
        """End every process of the browser *name* at once, as a phone out of memory or power does."""
        for process in self.processes(name):
            with suppress(ProcessLookupError):
                os.kill(int(process.name), signal.SIGKILL)
        self._phones.pop(name)

    def processes(self, name: str) -> list[Path]:
        """The `/proc` folders of the browser *name*: itself and its children, which share its process group's arguments."""
        mark = f"--user-data-dir={self._folder / name}".encode()
        found = {process.name: process for process in Path("/proc").glob("[0-9]*") if mark in _read(process / "cmdline")}
        for process in sorted(Path("/proc").glob("[0-9]*"), key=lambda path: int(path.name)):
            if _parent(process) in found:
                found[process.name] = process
        return list(found.values())

    def copy(self, name: str) -> None:
        """Copy the closed profile `phone` as *name*: the same outbox on a second phone."""
        shutil.copytree(self._folder / "phone", self._folder / name, symlinks=True, ignore=shutil.ignore_patterns("Singleton*"))

    def seal(self, visits: int, photo: bytes | None = None) -> None:
        """Seal *visits* visits; the page that is open does not know of them until it is opened anew."""
        self.outbox.fill(self.page, self.version, visits, photo or self.photo)

    def send(self, meanwhile: Callable[[], None] = lambda: None, page: Page | None = None) -> None:
        """Open the client anew, as a person does, and wait until the phone holds nothing more."""
        page = page or self.page
        page.reload()
        wait_until_sent(page, _PATIENCE_S, meanwhile)

    def faults(self) -> list[str]:
        """What is not on the server byte for byte, once; reads every byte there."""
        survey = self.server.survey()
        try:
            return self.outbox.faults(survey)
        finally:
            survey.store.close()

    @property
    def photo_count(self) -> int:
        """Photos that were sealed."""
        return sum(len(photos) for photos in self.outbox.photos.values())

    @property
    def needed(self) -> int:
        """Bytes of photos that had to leave the phone."""
        return self.outbox.size

    @property
    def sent(self) -> int:
        """Bytes that left the phone."""
        return self.line.sent


def cut_at_random_moments(day: Day, moments: int) -> None:
    """The network goes at *moments* random moments of one sync, for a blink or for a second."""
    day.seal(max(4, moments // 4))
    day.line.bytes_per_s = 2_500_000

    def strike() -> None:
        if day.struck < moments:
            day.page.wait_for_timeout(day.random.uniform(20, 400))
            with day.line.away():
                day.page.wait_for_timeout(day.random.choice((0, 0, 30, 300)))
            day.struck += 1

    day.send(strike)


def line_drops_every_200_kb(day: Day, _moments: int) -> None:
    """A 5 MB photo over a line that never carries more than 200 kB at a time."""
    day.seal(1, noise_photo(5_000_000))
    day.line.drop_every = 200_000
    day.send()
    day.struck = day.line.drops


def server_killed(day: Day, moments: int) -> None:
    """The server dies without warning in the middle of photos, and comes back."""
    strikes = max(2, moments // 10)
    day.seal(max(4, strikes * 2))
    day.line.bytes_per_s = 1_500_000

    def strike() -> None:
        if day.struck < strikes:
            day.page.wait_for_timeout(day.random.uniform(200, 900))
            day.server.kill()
            day.server.start()
            day.struck += 1

    day.send(strike)


def browser_killed_while_writing(day: Day, moments: int) -> None:
    """The browser dies in the middle of a write: what it had confirmed is there whole, and is sent by the next start."""
    for _ in range(max(2, moments // 10)):
        day.page.expose_function("confirmed", lambda made: day.outbox.add(made, day.photo))
        fill_without_end(day.page, day.version, day.photo)
        day.page.wait_for_timeout(day.random.uniform(300, 1200))
        day.kill()
        day.struck += 1
        day.page = day.phone("phone")
    day.send()


def two_tabs(day: Day, _moments: int) -> None:
    """Two tabs with the same outbox send at once, over a line that is cut."""
    day.seal(8)
    day.line.bytes_per_s = 3_000_000
    other = day.page.context.new_page()
    other.goto(f"{day.line.url}/field/")

    def strike() -> None:
        if day.struck < 3:
            day.page.wait_for_timeout(700)
            day.line.cut()
            day.struck += 1

    day.send(strike)
    wait_until_sent(other, 30)


def same_outbox_twice(day: Day, _moments: int) -> None:
    """Two phones with the very same outbox send it at once."""
    day.server.stop()
    day.seal(6)
    day.close()
    day.copy("twin")
    day.server.start()
    day.page = day.phone("phone")
    twin = day.phone("twin")
    wait_until_sent(day.page, _PATIENCE_S)
    wait_until_sent(twin, _PATIENCE_S)


def clock_three_days_wrong(day: Day, _moments: int) -> None:
    """The phone's clock is three days ahead while it seals and sends."""
    day.page.context.add_init_script(_CLOCK_AHEAD)
    day.page.reload()
    day.seal(3)
    day.send()
    day.struck = 1


def session_expired(day: Day, _moments: int) -> None:
    """The session ends while the phone is away; after signing in again everything goes on."""
    day.page.context.clear_cookies()
    day.seal(3)
    day.page.reload()
    day.page.wait_for_timeout(1500)
    assert left_on_phone(day.page) == 3
    day.struck = 1
    day.sign_in(day.page.context)
    day.send()


def storage_full(day: Day, _moments: int) -> None:
    """The phone has no byte left while it sends: what is sealed still arrives."""
    day.seal(3)
    session = day.page.context.new_cdp_session(day.page)
    usage = session.send("Storage.getUsageAndQuota", {"origin": day.line.url})["usage"]
    session.send("Storage.overrideQuotaForOrigin", {"origin": day.line.url, "quotaSize": int(usage)})
    day.struck = 1
    day.send()


CASES: dict[str, Callable[[Day, int], None]] = {
    case.__name__: case
    for case in (
        cut_at_random_moments, line_drops_every_200_kb, server_killed, browser_killed_while_writing, two_tabs, same_outbox_twice,
        clock_three_days_wrong, session_expired, storage_full,
    )
}  # fmt: skip

_CLOCK_AHEAD = """
const Real = Date
const ahead = 3 * 24 * 3600 * 1000
globalThis.Date = class extends Real {
  constructor(...given) { given.length ? super(...given) : super(Real.now() + ahead) }
  static now() { return Real.now() + ahead }
}
"""


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # the process has just ended
        return b""


def _parent(process: Path) -> str:
    fields = _read(process / "stat").decode("utf-8", "replace").rpartition(")")[2].split()
    return fields[1] if len(fields) > 1 else ""


def _commune(data: Path) -> str:
    """A commune with the garden checklist; returns the checklist's version."""
    survey = open_survey(Settings(data=data))
    seed(survey.store)
    compiled = compile_xlsform(_FORM.read_bytes(), _FORM.name)
    with survey.transaction() as tx:
        insert_form(tx, COMMUNE, compiled, _FORM.read_bytes(), datetime.now(UTC))
    survey.store.close()
    return compiled.version
