"""Signing in, the start page, people and account on a phone, in light and dark: usable, readable, and asking nobody else for anything."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.audit import faults
from tests.browser.conftest import sign_in
from tests.live import LiveServer

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_one_time_link_to_sign_out(live, new_phone, scheme):
    """From the link to the start page, English, and out again; nothing of the commune is left on the page."""
    page = new_phone(color_scheme=scheme).new_page()
    page.goto(live.sign_in_link("reviewer"))
    assert faults(page) == []
    page.get_by_role("button", name="Đăng nhập trên thiết bị này").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Kỳ Thượng")

    page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_role("radio", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Rural survey of")
    page.reload()  # the browser keeps the sidebar open
    expect(page.get_by_role("heading", level=1)).to_contain_text("Rural survey of")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile("/sign-in$"))
    page.goto(live.url + "/")
    page.wait_for_url(re.compile("/sign-in$"))

    assert "English" in page.content()
    assert faults(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/people", "/account"])
def test_pages_of_the_frame_are_usable_on_a_phone(live, new_phone, path, scheme):
    """Contrast, targets, no sideways scroll, no error in the console, no request to anybody else."""
    page = new_phone(color_scheme=scheme).new_page()
    sign_in(page, live, "coordinator")
    outside, errors = [], []
    page.on("request", lambda request: outside.append(request.url))
    # Streamlit looks for itself under the page's own path first and hears 404.
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" and "404" not in message.text else None)
    page.goto(live.url + path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
    for summary in page.locator("[data-testid=stExpander] summary").all():
        summary.click()
    page.wait_for_timeout(400)

    assert faults(page) == []
    page.get_by_test_id("stExpandSidebarButton").click()
    page.wait_for_timeout(400)
    assert faults(page) == []
    assert [url for url in outside if not url.startswith((live.url, "data:", "blob:"))] == []
    assert errors == []


def test_streamlits_files_travel_compressed(live, page):
    """The first visit costs little more than a megabyte instead of three."""
    sign_in(page, live, "coordinator")
    page.goto(live.url + "/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    sizes = page.evaluate("performance.getEntriesByType('resource').map(entry => entry.encodedBodySize)")

    assert sum(sizes) < 1_600_000


def test_password_form_signs_in_without_script(live, new_phone):
    """The sign-in page works where scripts are off."""
    page = new_phone(java_script_enabled=False).new_page()
    page.goto(live.url + "/review")
    page.get_by_label("Tên đăng nhập").fill("nobody")
    page.get_by_label("Mật khẩu").fill("wrong")
    page.get_by_role("button", name="Đăng nhập").click()

    expect(page.get_by_role("alert")).to_contain_text("không đúng")
    assert page.get_by_label("Tên đăng nhập").input_value() == "nobody"


def test_a_link_for_a_phone_is_drawn_as_a_code(live, new_phone):
    """With a public address over TLS the coordinator shows a QR code; it is really drawn."""
    live.stop()
    secure = LiveServer(live.data, environment={"SURVEY_PUBLIC_URL": "https://survey.example"})
    with secure:
        page = new_phone().new_page()
        sign_in(page, secure, "coordinator")
        page.goto(secure.url + "/people")
        page.get_by_text("Liên kết đăng nhập mới").click()
        page.get_by_role("button", name="Tạo liên kết dùng một lần").click()
        code = page.get_by_alt_text("Mã QR của liên kết")
        expect(code).to_be_visible()

        assert code.evaluate("image => image.naturalWidth") > 100
        assert code.bounding_box()["width"] >= 200
