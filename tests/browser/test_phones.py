"""Enrolling a phone as it happens: the coordinator adds it, the phone opens the code, the coordinator shuts it out."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from survey import devices
from survey.wiring import Settings, open_survey
from tests.browser.audit import faults
from tests.conftest import COMMUNE, seed
from tests.live import LiveServer

ADDRESS = "https://survey.example"
DESK = {"viewport": {"width": 1280, "height": 800}, "has_touch": False, "is_mobile": False, "device_scale_factor": 1}
SIZES = {"phone": {}, "desk": DESK, "phone-dark": {"color_scheme": "dark"}, "desk-dark": {**DESK, "color_scheme": "dark"}}
NewPhone = Callable[..., BrowserContext]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """The seeded commune, with one phone, on a server whose public address is https, as phones need it."""
    folder = tmp_path_factory.mktemp("office")
    survey = open_survey(Settings(data=folder))
    seed(survey.store)
    devices.enrol(survey, COMMUNE, "p-inspector", by=None, name="Máy đầu tiên")
    survey.store.close()
    with LiveServer(folder, environment={"SURVEY_PUBLIC_URL": ADDRESS}) as server:
        yield server


@pytest.mark.parametrize("size", list(SIZES))
def test_a_phone_is_added_opened_and_shut_out(office: LiveServer, new_phone: NewPhone, size: str) -> None:
    """On the coordinator's phone and desk: both codes fit and are read, the phone is in, then out with one click."""
    page = _phones(new_phone(**SIZES[size]), office)
    name = f"Máy {size}"
    page.get_by_text("Thêm điện thoại").click()
    page.get_by_label("Tên gọi của điện thoại").fill(name)
    page.get_by_role("button", name="Thêm và hiện mã").click()
    page.get_by_alt_text("Mã QR của liên kết").wait_for()
    page.get_by_text("Dùng ODK Collect").click()
    expect(page.get_by_alt_text("Mã QR thiết lập ODK Collect")).to_be_visible()
    assert faults(page) == []
    link = page.locator("code").first.inner_text()
    assert link.startswith(ADDRESS)

    phone = new_phone().new_page()
    phone.goto(office.url + link.removeprefix(ADDRESS))
    expect(phone.get_by_text(name)).to_be_visible()
    assert faults(phone) == []
    phone.get_by_role("button", name="Đăng ký điện thoại này").tap()
    phone.wait_for_url("**/field/")
    assert phone.request.get(office.url + "/api/me").ok

    page.reload()
    mine = page.locator("[class*=st-key-phone_]").filter(has_text=name)
    expect(mine.get_by_text("hoạt động gần nhất")).to_be_visible()
    mine.get_by_role("button", name="Thu hồi").click()
    expect(page.get_by_role("status").filter(has_text=f"Đã thu hồi {name}")).to_be_visible()
    expect(mine).to_have_count(0)
    assert phone.request.get(office.url + "/api/me").status == 401
    assert faults(page) == []


def _phones(context: BrowserContext, office: LiveServer) -> Page:
    context.add_cookies([{"name": "survey_session", "value": office.cookie("coordinator"), "url": office.url}])
    page = context.new_page()
    page.goto(office.url + "/phones")
    page.get_by_text("Máy đầu tiên").wait_for()
    return page
