"""A commune of full size and a phone with a profile of its own: for tests and benchmarks that close the browser and open it again."""

import os
import random
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import BrowserContext, Error, Page, Playwright, expect

from survey.domain.sites import Site, SiteKind
from survey.forms.compile import compile_xlsform
from survey.store.forms import insert_form
from survey.store.sites import insert_site
from survey.wiring import ROOT, Settings, open_survey
from tests.conftest import COMMUNE, HAMLETS, seed
from tests.live import LiveServer

GATE = {"latitude": 18.0700, "longitude": 106.1100, "accuracy": 8}
ARGUMENTS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
_FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Võ", "Đặng", "Bùi", "Đỗ", "Dương")
_MIDDLES = ("Văn", "Thị", "Đức", "Quang", "Hữu", "Ngọc")
_GIVEN = ("An", "Bình", "Đức", "Hường", "Ánh", "Tư", "Tuyết", "Phượng", "Cường", "Nghĩa", "Thắm", "Lộc", "Yến", "Khởi")


def make_commune(folder: Path, households: int) -> None:
    """A deployment in *folder*: the checklists of schema/forms, *households* in two hamlets, a road for every thirty of them."""
    survey = open_survey(Settings(data=folder))
    seed(survey.store)
    now = datetime.now(UTC)
    with survey.transaction() as tx:
        for path in sorted((ROOT / "schema" / "forms").glob("*.xlsx")):
            insert_form(tx, COMMUNE, compile_xlsform(path.read_bytes(), path.name), path.read_bytes(), now)
        tx.execute("INSERT INTO person_hamlet VALUES (:commune, 'p-inspector', :hamlet)", commune=COMMUNE, hamlet=HAMLETS[1])
        for site in _sites(households):
            insert_site(tx, site, at=now)
    survey.store.close()


def _sites(households: int) -> Iterator[Site]:
    chance = random.Random(18844)  # noqa: S311 - the same commune every time, nothing secret
    for number in range(1, households + 1):
        name = f"{chance.choice(_FAMILIES)} {chance.choice(_MIDDLES)} {chance.choice(_GIVEN)}"
        place = 18.07 + chance.uniform(-0.05, 0.05), 106.11 + chance.uniform(-0.05, 0.05)
        key = f"{chance.getrandbits(32):08x}-0000-4000-8000-{number:012d}"
        yield Site(COMMUNE, key, SiteKind.HOUSEHOLD, f"HO-{number:04d}", name, HAMLETS[number % 2], *place)
        if number % 30 == 0:
            road = f"{chance.getrandbits(32):08x}-0000-4000-8001-{number:012d}"
            given = {"class": "hamlet", "length_m": 420, "start": "Nhà văn hóa", "end": f"Cầu số {number}"}
            title = f"Đường ngõ {number}"
            yield Site(COMMUNE, road, SiteKind.ROAD_SEGMENT, f"DU-{number:04d}", title, HAMLETS[number // 30 % 2], *place, attributes=given)


@contextmanager
def phone(playwright: Playwright, profile: Path, **options: object) -> Iterator[BrowserContext]:
    """A browser of its own on *profile*: what it keeps is there when it is opened again; *options* go to Playwright."""
    given = {
        "viewport": {"width": 360, "height": 800}, "has_touch": True, "is_mobile": True, "locale": "vi-VN", "geolocation": GATE,
        "permissions": ["geolocation"], "device_scale_factor": 2,
    }  # fmt: skip
    context = playwright.chromium.launch_persistent_context(
        str(profile), executable_path="/usr/bin/chromium", args=ARGUMENTS, **{**given, **options}
    )
    context.set_default_timeout(20_000)
    try:
        yield context
    finally:
        with suppress(Error):  # killed meanwhile
            context.close()


def kill(profile: Path) -> None:
    """End the browser on *profile* without any warning, as a phone that runs out of memory or power does."""
    mark = f"--user-data-dir={profile}".encode()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if mark in (process / "cmdline").read_bytes().split(b"\0"):
                os.kill(int(process.name), signal.SIGKILL)


def enter(context: BrowserContext, server: LiveServer, login: str = "inspector", url: str | None = None) -> None:
    """Sign *context* in as an enrolled phone is: the session outlives the browser."""
    cookie = {"name": "survey_session", "value": server.cookie(login), "url": url or server.url, "httpOnly": True, "expires": 2_000_000_000}
    context.add_cookies([cookie])


def open_ready(context: BrowserContext, url: str) -> Page:
    """Open the client in a new tab and wait until the phone has all that it needs without a connection."""
    page = context.new_page()
    page.goto(f"{url}/field/")
    expect(page.locator("#ready[data-ready]")).to_be_visible(timeout=60_000)
    return page
