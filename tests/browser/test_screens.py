"""Every page as each user sees it, on a phone and at a desk, light and dark: nothing too small, too pale or too wide.

With `SURVEY_SCREENSHOTS=docs/screenshots` the same run makes the pictures that the guides show (`make docs`).
"""

import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from survey import community, devices, province
from survey.commands import main
from survey.domain.people import Actor, Role
from survey.wiring import ROOT
from tests.browser.audit import faults
from tests.conftest import COMMUNE
from tests.live import LiveServer

PICTURES = os.environ.get("SURVEY_SCREENSHOTS")
_SHOWN = re.compile(r"screenshots/([\w-]+)\.png")
WANTED = {name for guide in (ROOT / "docs").glob("guide-*.md") for name in _SHOWN.findall(guide.read_text())}
# A deep link comes first: on a fresh server it must find our list of pages, not the folder's.
PAGES = ("people", "phones", "", "review", "criteria", "register", "evidence", "account", "capture", "field/")
# Each on one screen of either size, of either colours; what is drawn in colours of its own has its own test on all four.
PROGRAMME = (
    "briefing", "community", "standing", "tasks", "visits", "owners", "roadmap", "rules", "rounds", "province", "verify",
    f"public/{COMMUNE}", f"public/{COMMUNE}/report", f"public/{COMMUNE}/privacy", "personal",
)  # fmt: skip
OPPOSITE = ("phone-light", "desk-dark")
SCREENS = {
    "phone-light": {"color_scheme": "light"},
    "phone-dark": {"color_scheme": "dark"},
    "desk-light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}, "has_touch": False, "is_mobile": False},
    "desk-dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}, "has_touch": False, "is_mobile": False},
}
NewPhone = Callable[..., BrowserContext]


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A small demonstration commune behind a live server, its photos developed."""
    folder = tmp_path_factory.mktemp("demonstration")
    command = [sys.executable, "-m", "survey", "demo", "--households", "60", "--submissions", "90", "--data", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    with LiveServer(folder) as server:
        for login, name in (("inspector1", "Samsung A05 đen"), ("inspector2", "Redmi 9A xanh")):
            devices.enrol(server.survey(), COMMUNE, server.person(login), by=None, name=name)
        _open_to_others(server)
        yield server


def _open_to_others(server: LiveServer) -> None:
    """The commune has a public page with a report that waits, and its coordinator may see the province."""
    survey, person = server.survey(), server.person("coordinator")
    province.set_access(survey, COMMUNE, person, allowed=True)
    coordinator = Actor(COMMUNE, person, "Điều phối viên mẫu", Role.COORDINATOR)
    community.open_page(survey, coordinator, is_open=True, reason="Kiểm thử")
    community.receive_report(survey, COMMUNE, "a sender", community.Sent("Mương vỡ ở đầu thôn"))


@pytest.fixture(params=list(SCREENS))
def screen(request: pytest.FixtureRequest, demonstration: LiveServer, new_phone: NewPhone) -> tuple[str, BrowserContext]:
    """One kind of screen on which the coordinator is signed in."""
    context = new_phone(base_url=demonstration.url, **SCREENS[request.param])
    _sign_in(context, demonstration, "coordinator")
    return request.param, context


@pytest.mark.parametrize("path", PAGES)
def test_page_is_readable_and_fits(screen: tuple[str, BrowserContext], path: str) -> None:
    """Contrast, touch targets and width of one page on one screen; its script raised nothing."""
    kind, context = screen
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    _open(page, path)

    _picture(page, f"{path.strip('/') or 'home'}-{kind}")
    found = faults(page)
    assert page.get_by_text("survey app", exact=True).count() == 0
    assert broken == []
    assert [fault for fault in found if kind.startswith("phone") or not fault.startswith("target")] == []


@pytest.mark.parametrize("screen", OPPOSITE, indirect=True)
@pytest.mark.parametrize("path", PROGRAMME)
def test_page_of_the_programme_is_readable_and_fits(screen: tuple[str, BrowserContext], path: str) -> None:
    """The same of the pages about criteria, people and dates, and of those that strangers see."""
    test_page_is_readable_and_fits(screen, path)


def test_a_photo_used_twice_is_seen(screen: tuple[str, BrowserContext], demonstration: LiveServer) -> None:
    """The demonstration's reused photo: both uses on the page, one over the other in the large view, on every screen."""
    kind, context = screen
    with demonstration.survey().reading() as reader:
        found = reader.row("SELECT submission FROM flag WHERE code = 'seen_before' ORDER BY submission LIMIT 1")
    assert found is not None
    page = context.new_page()
    _open(page, f"review?submission={found['submission']}")
    part = page.locator(".st-key-review_reuse")
    part.locator(".card img").first.wait_for()
    assert [fault for fault in faults(page) if kind.startswith("phone") or not fault.startswith("target")] == []
    part.get_by_role("button", name="So sánh").first.click()
    expect(page.get_by_role("slider", name="Ranh giới")).to_be_focused()
    page.wait_for_load_state("networkidle")

    _picture(page, f"compare-{kind}")
    assert faults(page) == []


def test_a_coordinator_downloads_a_bundle_that_verifies(demonstration: LiveServer, new_phone: NewPhone, tmp_path: Path) -> None:
    """Evidence page: ask for a bundle, a worker makes it, download it through our own route; `verify` finds no fault."""
    context = new_phone(base_url=demonstration.url, accept_downloads=True)
    _sign_in(context, demonstration, "coordinator")
    page = context.new_page()
    _open(page, "evidence")
    page.get_by_role("button", name="Chuẩn bị hồ sơ").tap()
    page.get_by_role("button", name="Rút lại").wait_for()
    subprocess.run([sys.executable, "-m", "survey", "--data", str(demonstration.data), "work", "--once"], cwd=ROOT, check=True)
    link = page.get_by_role("link", name="Tải về").first
    link.wait_for(timeout=60_000)
    _picture(page, "evidence-ready-phone-light")
    with page.expect_download(timeout=60_000) as download:
        link.tap()
    download.value.save_as(tmp_path / "bundle.zip")

    assert main(["verify", str(tmp_path / "bundle.zip")]) == 0


@pytest.mark.parametrize("kind", ["phone-dark", "desk-light"])
def test_the_report_opens_from_disk(demonstration: LiveServer, new_phone: NewPhone, tmp_path: Path, kind: str) -> None:
    """The unpacked report works from file:// with the network off: photos load, nothing is asked of anyone."""
    assert main(["export", "--out", str(tmp_path / "bundle.zip"), "--data", str(demonstration.data)]) == 0
    with zipfile.ZipFile(tmp_path / "bundle.zip") as archive:
        archive.extractall(tmp_path)
    (index,) = tmp_path.glob("*/data/bao-cao/index.html")
    context = new_phone(**SCREENS[kind])
    context.set_offline(True)
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url) if not request.url.startswith("file:") else None)
    page = context.new_page()
    for path in sorted(index.parent.glob("*.html")):
        page.goto(path.as_uri())
        page.wait_for_load_state()
        _picture(page, f"report-{path.stem}-{kind}")
        broken = page.eval_on_selector_all("img", "images => images.filter(i => i.complete && !i.naturalWidth).map(i => i.src)")
        assert broken == []
        assert [fault for fault in faults(page) if "target" not in fault] == []
    assert asked == []


def _sign_in(context: BrowserContext, server: LiveServer, login: str) -> None:
    context.add_cookies([{"name": "survey_session", "value": server.cookie(login), "url": server.url}])


def _open(page: Page, path: str) -> None:
    """Open a page and wait until Streamlit, or the field client, has drawn it."""
    page.goto(f"/{path}")
    if path == "field/":
        page.get_by_role("button", name=re.compile("Thôn mẫu")).first.wait_for()
    elif path.startswith("public/"):
        page.get_by_role("heading").first.wait_for()
    else:
        page.locator("[data-testid=stAppViewContainer]").wait_for()
        page.locator("[data-testid=stMainBlockContainer] :is(h1, h2, iframe, button)").first.wait_for()
        page.locator("[data-testid=stApp]:not([data-test-script-state=running])").wait_for()
        expect(page.locator("[data-testid=stSkeleton]")).to_have_count(0, timeout=15_000)
    if path == "review":
        page.locator("img[src*='/thumb']").first.wait_for()
    page.wait_for_load_state("networkidle")


def _picture(page: Page, name: str) -> None:
    if PICTURES and name in WANTED:
        folder = Path(PICTURES)
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{name}.png")
