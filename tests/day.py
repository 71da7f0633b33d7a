"""A day in the hills, made of real things: a server, a bad line, and a phone whose browser can be closed, killed and copied."""

import os
import random
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from playwright.sync_api import BrowserContext, Error, Page, Playwright, expect, sync_playwright

from survey.domain.sites import Site, SiteKind
from survey.forms.compile import compile_xlsform
from survey.store.forms import insert_form
from survey.store.sites import insert_site
from survey.wiring import ROOT, Settings, Survey, open_survey
from tests.conftest import COMMUNE, HAMLETS, seed
from tests.faults import Outbox, wait_until_sent
from tests.line import Line
from tests.live import LiveServer
from tests.phones import ARGUMENTS, GATE

PATIENCE_S = 240.0
HOUSES = ("Nguyễn Văn Đức", "Trần Thị Hường", "Lê Quang Bình")
_FORM = ROOT / "schema" / "forms" / "household_garden.xlsx"
_FORGETS_ROOM_MS = 4_000  # after the last page is closed the browser counts its room anew; Chromium waits two seconds
_PHONE = {
    "viewport": {"width": 360, "height": 800}, "has_touch": True, "is_mobile": True, "locale": "vi-VN", "geolocation": GATE,
    "permissions": ["geolocation"],
}  # fmt: skip


class Day:
    """One inspector's day; *photo* is the base of every photo. Without a *server* (of `make_office`) it has one of its own."""

    def __init__(self, folder: Path, photo: bytes, playwright: Playwright | None = None, server: LiveServer | None = None) -> None:
        self.folder = folder
        self._given = playwright, server
        self.photo = photo
        self.outbox = Outbox()
        self.struck = 0
        self._stack = ExitStack()
        self._phones: dict[str, BrowserContext] = {}
        self.random = random.Random(1)  # noqa: S311 - moments, not secrets

    def __enter__(self) -> Self:
        playwright, server = self._given
        self._playwright = playwright or self._stack.enter_context(sync_playwright())
        if server is None:
            make_office(self.folder / "data")
            server = self._stack.enter_context(LiveServer(self.folder / "data"))
        self.server = server
        self.line = self._stack.enter_context(Line(server.port))
        self.page = self.phone("phone")
        for part in ("#ready[data-ready]", "nav.tabs"):  # the morning at the office
            expect(self.page.locator(part)).to_be_attached(timeout=30_000)
        return self

    def __exit__(self, *_error: object) -> None:
        for context in self._phones.values():
            context.close()
        self._stack.close()

    def phone(self, name: str, *, open_path: str = "/field/", signed_in: bool = True) -> Page:
        """The browser with the profile *name*, on the field client or what else lies at *open_path*."""
        context = self._playwright.chromium.launch_persistent_context(
            str(self.folder / name), executable_path="/usr/bin/chromium", args=ARGUMENTS, **_PHONE
        )
        self._phones[name] = context
        context.set_default_timeout(30_000)
        if signed_in:
            self.sign_in(context)
        page = context.pages[0] if context.pages else context.new_page()
        page.goto(self.line.url + open_path)
        if open_path == "/field/":
            expect(page.locator(".home, .visit, .receipt")).to_be_visible()
        return page

    def sign_in(self, context: BrowserContext) -> None:
        """Give *context* a session of the inspector."""
        cookie = {"name": "survey_session", "value": self.server.cookie("inspector"), "url": self.line.url, "httpOnly": True}
        context.add_cookies([{**cookie, "expires": time.time() + 86_400}])  # it outlives the browser

    def close(self, name: str = "phone") -> None:
        """Close the browser *name* as a person does."""
        self._phones.pop(name).close()

    def kill(self, name: str = "phone") -> None:
        """End every process of the browser *name* at once, as a phone out of power does."""
        _end(self.processes(name))
        with suppress(Error):  # there is nothing left to close
            self._phones.pop(name).close()

    def kill_pages(self) -> None:
        """End what draws the phone's pages and runs its service worker, as a phone out of memory does, and open the client anew."""
        _end([process for process in self.processes("phone") if b"--type=renderer" in _words(process)])
        lost, self.page = self.page, self.page.context.new_page()
        lost.close()
        self.open()

    def processes(self, name: str) -> list[Path]:
        """The `/proc` folders of the browser *name*: what was started with its profile, and all below."""
        mark = f"--user-data-dir={self.folder / name}".encode()
        found: dict[str, Path] = {}
        for process in sorted(Path("/proc").glob("[0-9]*"), key=lambda path: int(path.name)):
            if mark in _words(process) or _parent(process) in found:
                found[process.name] = process
        return list(found.values())

    def copy(self, name: str) -> None:
        """Copy the closed profile `phone` as *name*: the same outbox on a second phone."""
        shutil.copytree(self.folder / "phone", self.folder / name, symlinks=True, ignore=shutil.ignore_patterns("Singleton*"))

    def seal(self, visits: int, photo: bytes | None = None) -> None:
        """Seal *visits* visits; the page that is open does not know of them until it is opened anew."""
        self.outbox.fill(self.page, visits, photo or self.photo)

    def send(self, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Open the client anew, as a person does, and wait until the phone holds nothing more."""
        self.page.reload()
        wait_until_sent(self.page, PATIENCE_S, meanwhile)

    def strikes(self, count: int, within_ms: tuple[float, float], strike: Callable[[], None]) -> Callable[[], None]:
        """For `send`: *strike* *count* times, each at a random moment after something more has gone over the line."""
        seen = [self.line.sent]

        def now_and_then() -> None:
            if self.struck == count or self.line.sent == seen[0]:
                return
            self.page.wait_for_timeout(self.random.uniform(*within_ms))
            strike()
            seen[0] = self.line.sent
            self.struck += 1

        return now_and_then

    @contextmanager
    def survey(self) -> Iterator[Survey]:
        """The server's deployment, opened from this process."""
        survey = self.server.survey()
        try:
            yield survey
        finally:
            survey.store.close()

    def faults(self) -> list[str]:
        """What is not on the server byte for byte, once; reads every byte there."""
        with self.survey() as survey:
            return self.outbox.faults(survey)

    @contextmanager
    def little_room(self, size: int) -> Iterator[None]:
        """The phone has room for *size* more bytes while the block runs; the page is opened anew before and after."""
        self.page.goto("about:blank")
        self.page.wait_for_timeout(_FORGETS_ROOM_MS)
        session = self.page.context.new_cdp_session(self.page)
        origin = {"origin": self.line.url}
        used = int(session.send("Storage.getUsageAndQuota", origin)["usage"])
        session.send("Storage.overrideQuotaForOrigin", {**origin, "quotaSize": used + size})
        self.open()
        yield
        self.page.goto("about:blank")
        session.send("Storage.overrideQuotaForOrigin", origin)
        session.detach()
        self.open()

    def open(self) -> None:
        """Open the client in the phone's page, wherever that is."""
        self.page.goto(f"{self.line.url}/field/")
        expect(self.page.locator(".home, .visit, .receipt")).to_be_visible()

    @property
    def photo_count(self) -> int:
        """Photos that were sealed."""
        return sum(len(photos) for photos in self.outbox.photos.values())


def make_office(data: Path) -> None:
    """A deployment in *data*: three houses, one checklist, one inspector."""
    data.mkdir(parents=True)
    survey: Survey = open_survey(Settings(data=data))
    seed(survey.store)
    compiled, now = compile_xlsform(_FORM.read_bytes(), _FORM.name), datetime.now(UTC)
    with survey.transaction() as tx:
        insert_form(tx, COMMUNE, compiled, _FORM.read_bytes(), now)
        for number, name in enumerate(HOUSES, 1):
            key, place = f"00000000-0000-4000-8000-{number:012d}", (GATE["latitude"], GATE["longitude"])
            insert_site(tx, Site(COMMUNE, key, SiteKind.HOUSEHOLD, f"HO-{number:04d}", name, HAMLETS[0], *place), at=now)
    survey.store.close()


def _end(processes: list[Path]) -> None:
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(int(process.name), signal.SIGKILL)


def _words(process: Path) -> list[bytes]:
    return _read(process / "cmdline").split(b"\0")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # the process has just ended
        return b""


def _parent(process: Path) -> str:
    fields = _read(process / "stat").decode("utf-8", "replace").rpartition(")")[2].split()
    return fields[1] if len(fields) > 1 else ""
