"""The rules page on a phone: an officer reads a criterion, enters a number by hand, sees it as a sentence, saves it."""

import os
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from survey.store.rule_entries import select_entry_history
from tests.browser.audit import faults
from tests.browser.conftest import sign_in
from tests.conftest import COMMUNE
from tests.live import LiveServer
from tests.made_rules import KDC, NATIONAL, load_rules

NewPhone = Callable[..., BrowserContext]
PICTURES = os.environ.get("RULES_PICTURES")
SCREENS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "desk": {"viewport": {"width": 1280, "height": 800}, "has_touch": False, "is_mobile": False},
}


@pytest.fixture(scope="module")
def ruled(live: LiveServer) -> LiveServer:
    """The live server with two editions."""
    load_rules(live.survey(), KDC, NATIONAL)
    return live


def _open(new_phone: NewPhone, live: LiveServer, kind: str, path: str) -> Page:
    page = new_phone(base_url=live.url, **SCREENS[kind]).new_page()
    sign_in(page, live, "coordinator")
    page.goto(path)
    page.locator(".rules summary").first.wait_for()
    return page


def _look(page: Page, kind: str, name: str) -> list[str]:
    page.wait_for_timeout(500)
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}-{kind}.png", full_page=True)
    return [fault for fault in faults(page) if kind != "desk" or not fault.startswith("target")]


def _choose(page: Page, key: str, name: str) -> None:
    page.locator(f".st-key-{key} input").click()
    page.get_by_role("option", name=name, exact=True).click()


@pytest.mark.parametrize("kind", list(SCREENS))
def test_readable_and_enterable(new_phone: NewPhone, ruled: LiveServer, kind: str) -> None:
    """Contrast, targets and width: a criterion opened, the history, each form, the sentence before saving."""
    page = _open(new_phone, ruled, kind, f"/rules?edition={KDC}")
    page.locator(".rules summary").nth(2).click()
    found = _look(page, kind, "read")
    page.get_by_role("tab", name="Nhập, sửa").click()
    page.locator(".st-key-rules_check button").wait_for()
    found += _look(page, kind, "threshold")
    for what, shown in (("Một chỉ tiêu", "indicator_kind"), ("Một tiêu chí: tên, căn cứ kết luận", "criterion_chosen")):
        _choose(page, "rules_what", what)
        page.locator(f".st-key-{shown}_0").wait_for()
        found += _look(page, kind, shown)

    assert found == []


def test_a_number_by_hand(new_phone: NewPhone, ruled: LiveServer) -> None:
    """Typed, looked at, saved; then it stands in the text and in the history."""
    page = _open(new_phone, ruled, "light", f"/rules?edition={KDC}")
    page.get_by_role("tab", name="Nhập, sửa").tap()
    _choose(page, "criterion_0", "3. Hàng rào")
    page.get_by_label("Con số, tính bằng %").fill("75")
    page.get_by_label("Nguồn: số, ngày của quyết định, điều hoặc phụ lục").fill("QĐ kiểm thử")
    page.get_by_label("Lý do nhập").fill("Thử trên điện thoại.")
    page.keyboard.press("Tab")
    page.locator(".st-key-rules_check button").tap()
    expect(page.locator(".rule-preview")).to_contain_text("≥ 75%")
    assert _look(page, "light", "preview") == []
    page.locator(".st-key-rules_save button").tap()
    page.get_by_text("Đã ghi.").wait_for()

    assert _look(page, "light", "saved") == []
    with ruled.survey().reading() as reader:
        assert [entry.content for entry in select_entry_history(reader, COMMUNE, KDC)] == [{"at_least": 0.75}]
    page.get_by_role("tab", name="Lịch sử").tap()
    expect(page.locator(".rules section").filter(has_text="Thử trên điện thoại.")).to_be_visible()
    assert _look(page, "light", "history") == []


def test_a_new_edition(new_phone: NewPhone, ruled: LiveServer) -> None:
    """The form is readable, and a refusal leaves what was typed."""
    page = _open(new_phone, ruled, "light", f"/rules?edition={NATIONAL}")
    _choose(page, "rules_edition_0", "+ Nhập bộ tiêu chí mới")
    page.get_by_label("Tên, đúng như trong quyết định").fill("Bộ tiêu chí thử")
    page.keyboard.press("Tab")
    page.locator(".st-key-rules_save_new button").tap()
    page.get_by_role("alert").filter(has_text="chưa có tiêu chí nào").wait_for()

    assert _look(page, "light", "new") == []
    assert page.get_by_label("Tên, đúng như trong quyết định").input_value() == "Bộ tiêu chí thử"


def test_a_new_edition_stays_chosen(new_phone: NewPhone, ruled: LiveServer) -> None:
    """After saving, the next tap enters its rules, and does not fall back to the empty form."""
    page = _open(new_phone, ruled, "light", f"/rules?edition={NATIONAL}")
    _choose(page, "rules_edition_0", "+ Nhập bộ tiêu chí mới")
    page.get_by_label("Tên, đúng như trong quyết định").fill("Bộ tiêu chí chọn sẵn")
    page.get_by_label("Các tiêu chí, mỗi dòng một tiêu chí").fill("- Đường thôn\n- Hàng rào")
    page.get_by_label("Nguồn: số, ngày của quyết định, điều hoặc phụ lục").fill("QĐ kiểm thử")
    page.get_by_label("Lý do nhập").fill("Thử trên điện thoại.")
    page.keyboard.press("Tab")
    page.locator(".st-key-rules_save_new button").tap()
    page.get_by_role("tab", name="Nhập, sửa").tap()
    _choose(page, "rules_what", "Một tiêu chí: tên, căn cứ kết luận")
    page.locator(".st-key-criterion_chosen_1").wait_for()

    expect(page.locator(".st-key-rules_edition_1 input")).to_have_value("Bộ tiêu chí chọn sẵn")
    assert _look(page, "light", "new-criterion") == []
