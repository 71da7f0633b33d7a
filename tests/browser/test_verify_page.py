"""The page that checks a bundle, in a browser: at 360 and 1280 pixels, light and dark; chosen, sent, judged, stopped."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from survey.bundle.signature import fingerprint, public_line
from survey.domain.signing import SigningKey
from survey.store.signing_keys import insert_signing_key
from tests.browser import audit
from tests.browser.conftest import sign_in
from tests.bundle.sealed import KEY, PHOTOS, payload_of, sealed, write
from tests.live import LiveServer

FIRST, SECOND, _ = PHOTOS
LINE = public_line(KEY.public_key())


@pytest.fixture(scope="module")
def keyed(live: LiveServer) -> LiveServer:
    """The live server, whose own key is the bundles'."""
    survey = live.survey()
    with survey.transaction() as tx:
        insert_signing_key(tx, SigningKey(fingerprint(LINE), LINE, survey.now()))
    survey.store.close()
    return live


@pytest.fixture
def swapped(tmp_path: Path) -> Path:
    """A bundle in which two photos changed places."""
    members = sealed(payload_of())
    members[FIRST], members[SECOND] = members[SECOND], members[FIRST]
    return write(tmp_path / "swapped.zip", members)


def _open(page: Page, live: LiveServer) -> None:
    sign_in(page, live, "reviewer")
    page.goto(f"{live.url}/verify")
    page.wait_for_selector(".check[data-ready]")


def _check(page: Page, path: Path) -> None:
    page.set_input_files("input[name=bundle]", path)
    page.get_by_role("button", name="Kiểm tra", exact=True).click()
    page.wait_for_selector(".outcome")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_bundles_are_judged(
    new_phone: Callable[..., BrowserContext], keyed: LiveServer, swapped: Path, tmp_path: Path, width: int, scheme: str
) -> None:
    """A faulty one by path and meaning, then a whole one, compared with this server's key; readable and within reach of a thumb."""
    page = new_phone(viewport={"width": width, "height": 800}, color_scheme=scheme).new_page()
    _open(page, keyed)
    assert audit.faults(page) == []

    _check(page, swapped)
    expect(page.locator(".outcome.bad")).to_have_text("Không nên tin hồ sơ này: có 2 lỗi.")
    expect(page.locator(".faults li").first).to_contain_text(f"{FIRST} ↔ {SECOND}")
    expect(page.locator(".outcome")).to_be_in_viewport()
    assert audit.faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width

    page.get_by_role("button", name="Kiểm tra hồ sơ khác").click()
    _check(page, write(tmp_path / "whole.zip", sealed(payload_of())))
    expect(page.locator(".outcome.good")).to_be_visible()
    assert audit.faults(page) == []


def test_a_bundle_on_its_way_can_be_stopped(page: Page, keyed: LiveServer, swapped: Path) -> None:
    """Stop ends it, and another can be chosen; a head without sense is said by the server."""
    _open(page, keyed)
    page.route("**/api/verify?*", lambda _route: None)  # never answered
    page.set_input_files("input[name=bundle]", swapped)
    page.get_by_role("button", name="Kiểm tra", exact=True).click()
    page.get_by_role("button", name="Dừng").click()
    expect(page.locator(".outcome")).to_have_text("Đã dừng.")

    page.unroute_all()
    page.get_by_role("button", name="Kiểm tra hồ sơ khác").click()
    page.fill("input[name=head]", "abc")
    _check(page, swapped)
    expect(page.locator(".outcome.open")).to_contain_text("head")
