"""A new release of the client reaches the phone whole or not at all, and never under a visit that is being filled in."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from survey.wiring import ROOT
from tests.between import Between
from tests.live import LiveServer
from tests.phones import enter, make_commune, open_ready, phone

pytestmark = pytest.mark.browser

_PARTS = ("survey", "pages", "schema", "field", ".streamlit")


@pytest.fixture
def deployed(tmp_path: Path) -> Iterator[LiveServer]:
    """A server that runs from a copy of the application, which a test changes as the next deployment would."""
    root = tmp_path / "application"
    for part in _PARTS:
        shutil.copytree(ROOT / part, root / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "survey_app.py", root)
    make_commune(tmp_path / "data", 5)
    with LiveServer(tmp_path / "data", root=root) as server:
        yield server


def _deploy(server: LiveServer, mark: str) -> None:
    """The next release: two modules that must come from the same one, each saying which it is."""
    for name in ("app", "visit_screen"):
        path = server.data.parent / "application" / "field" / f"{name}.mjs"
        path.write_text(path.read_text() + f'\n(globalThis.releases ??= {{}}).{name} = "{mark}";\n')


def _releases(page: Page) -> dict[str, str]:
    page.locator(".card.site").first.tap()
    page.locator(".form-tile", has_text="Hàng rào").tap()
    expect(page.locator("#send")).to_be_visible()
    found: dict[str, str] = page.evaluate("globalThis.releases ?? {}")
    return found


def _install(page: Page) -> str:
    """Let the browser look for a release, and say how its installation ended."""
    state: str = page.evaluate(
        """async () => {
            const registration = await navigator.serviceWorker.getRegistration();
            const ended = new Promise((done) => registration.addEventListener("updatefound", () => {
                const worker = registration.installing;
                worker.addEventListener("statechange", () => done(worker.state), { once: true });
            }));
            await registration.update();
            return ended;
        }"""
    )
    return state


def test_new_release_waits_for_the_open_visit(deployed: LiveServer, playwright: Playwright, tmp_path: Path) -> None:
    """While a visit is open nothing changes; then a tap loads the new release, and the draft is where it was."""
    with phone(playwright, tmp_path / "phone") as context:
        enter(context, deployed)
        page = open_ready(context, deployed.url)
        assert _releases(page) == {}
        page.locator("[data-name=total_m] input").press_sequentially("12")
        _deploy(deployed, "B")
        assert _install(page) == "installed"
        assert page.evaluate("globalThis.releases ?? {}") == {}
        expect(page.locator("[data-name=total_m] input")).to_have_value("12")
        page.get_by_role("button", name="Quay lại").tap()
        with page.expect_navigation():
            page.locator("#newer").tap()
        page.locator(".card.open").tap()
        expect(page.locator("[data-name=total_m] input")).to_have_value("12")

        assert page.evaluate("globalThis.releases") == {"app": "B", "visit_screen": "B"}
        assert len([name for name in page.evaluate("caches.keys()") if name.startswith("field-")]) == 1


def test_waiting_release_is_taken_at_the_next_start(deployed: LiveServer, playwright: Playwright, tmp_path: Path) -> None:
    """With a second page open it asks to close that one first; once the app was closed, it opens in the new release by itself."""
    with phone(playwright, tmp_path / "phone") as context:
        enter(context, deployed)
        first, second = open_ready(context, deployed.url), open_ready(context, deployed.url)
        _deploy(deployed, "B")
        assert _install(second) == "installed"
        expect(first.locator("#newer")).to_be_visible()
        second.locator("#newer").tap()
        expect(second.locator("#newer")).to_contain_text("đóng các thẻ khác", ignore_case=True)
        first.close()
        second.close()
        deployed.kill()
        third = context.new_page()
        for _ in range(10):  # the browser takes a moment to notice that both pages are gone
            third.goto("about:blank")
            third.wait_for_timeout(500)
            third.goto(f"{deployed.url}/field/")
            expect(third.locator(".tabs")).to_be_visible()
            if third.evaluate("globalThis.releases"):
                break

        assert _releases(third) == {"app": "B", "visit_screen": "B"}


@pytest.mark.parametrize(
    ("fault", "path"),
    [("missing", "/field/rest.json"), ("of the release before", "/field/rest.json"), ("of the release before", "/field/app.mjs")],
)
def test_half_a_release_is_none(deployed: LiveServer, playwright: Playwright, tmp_path: Path, fault: str, path: str) -> None:
    """One file fails, or comes from another release: the phone goes on with the whole release that it has, until all of it is there."""
    with Between(deployed.port) as way, phone(playwright, tmp_path / "phone") as context:
        enter(context, deployed, url=way.url)
        page = open_ready(context, way.url)
        before = page.evaluate("async (path) => await (await fetch(path, { cache: 'reload' })).text()", path).encode()
        _deploy(deployed, "B")
        way.answers[path] = None if fault == "missing" else before
        assert _install(page) == "redundant"
        page.reload()
        expect(page.locator(".tabs")).to_be_visible()
        assert page.locator("#newer").count() == 0
        assert _releases(page) == {}
        way.answers.clear()
        assert _install(page) == "installed"
        page.get_by_role("button", name="Quay lại").tap()
        with page.expect_navigation():
            page.locator("#newer").tap()

        assert _releases(page) == {"app": "B", "visit_screen": "B"}
