"""Twelve metres of fence from the visit that misses them to the one that shows them green: on the phone, offline, and at the office."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.audit import faults
from tests.browser.conftest import sign_in
from tests.live import LiveServer
from tests.tasks import fence, load_rules, photo_of, tasks_at, work

SITE = "00000000-0000-4000-8000-000000000001"
SCREENS = {
    "phone": {},
    "desk": {"viewport": {"width": 1280, "height": 800}, "has_touch": False, "is_mobile": False, "color_scheme": "dark"},
}
NewPhone = Callable[..., BrowserContext]


@pytest.fixture(scope="module")
def missing(live: LiveServer) -> LiveServer:
    """The first household's fence lacks 12 of its 40 metres; the visit was accepted and its job done."""
    survey = live.survey()
    load_rules(survey)
    fence(survey, "a", 28.0, site=SITE)
    work(survey)
    return live


def _tasks(page: Page, live: LiveServer) -> None:
    page.goto(f"{live.url}/tasks")
    page.locator("article.task, [data-testid=stAlert]").first.wait_for(timeout=30_000)
    page.locator("[data-testid=stApp]:not([data-test-script-state=running])").wait_for()


def test_the_phone_says_what_is_still_to_be_done_here_without_a_connection(phone: BrowserContext, missing: LiveServer) -> None:
    """Taken along with the work: on the place's screen, and on the checklist that it is about, not on the others."""
    page = phone.new_page()
    sign_in(page, missing)
    page.goto(f"{missing.url}/field/")
    page.locator("#ready[data-ready]").wait_for(state="attached", timeout=30_000)
    phone.set_offline(True)
    page.reload()
    page.get_by_text("Nguyễn Văn Đức").first.tap()
    card = page.locator(f"[data-tasks='{SITE}']")

    expect(card).to_contain_text("Trồng hàng rào xanh: còn 12 m")
    assert faults(page) == []
    page.get_by_role("button", name="Hàng rào của hộ").tap()
    expect(page.locator(".visit")).to_be_visible()
    expect(page.locator(f".visit [data-tasks='{SITE}']")).to_contain_text("còn 12 m")
    assert faults(page) == []
    page.get_by_text("Quay lại").first.tap()
    page.get_by_text("Nguyễn Văn Đức").first.tap()
    page.get_by_role("button", name="Môi trường của hộ").tap()
    expect(page.locator(".visit")).to_be_visible()
    expect(page.locator(".visit [data-tasks]")).to_have_count(0)


@pytest.mark.parametrize("screen", list(SCREENS))
def test_the_office_sees_it(new_phone: NewPhone, missing: LiveServer, screen: str) -> None:
    """The card names the house and what is missing, with the photo; everything on it can be read and pressed."""
    page = new_phone(**SCREENS[screen]).new_page()
    sign_in(page, missing, "coordinator")
    _tasks(page, missing)

    expect(page.locator("article.task")).to_contain_text("Trồng hàng rào xanh: còn 12 m")
    expect(page.locator("article.task")).to_contain_text("HO-0001 Nguyễn Văn Đức")
    assert [fault for fault in faults(page) if "View" not in fault] == []  # of Streamlit's own sidebar
    page.locator("[class*=st-key-close_] button").click()
    expect(page.get_by_text("Căn cứ vào đâu?")).to_be_visible()
    assert [fault for fault in faults(page) if "View" not in fault] == []


def test_the_second_visit_closes_it_with_the_photo_after(new_phone: NewPhone, missing: LiveServer) -> None:
    """All green, accepted: the task is done with before and after side by side, and the phone no longer asks for it."""
    survey = missing.survey()
    fence(survey, "b", 40.0, site=SITE, day=3)
    work(survey)
    (task,) = tasks_at(survey, SITE)
    page = new_phone(**SCREENS["desk"]).new_page()
    sign_in(page, missing, "coordinator")
    _tasks(page, missing)
    page.locator("[data-testid=stButtonGroup] button", has_text="Đã làm xong").click()
    card = page.locator("article.task")

    expect(card).to_have_count(1)
    assert (task.before_photo, task.after_photo) == (photo_of("a"), photo_of("b"))
    sources = [image.get_attribute("src") for image in card.locator("img").all()]
    assert sources == [f"/photos/{photo_of(name)}/thumb" for name in ("a", "b")]
    answer = page.request.get(f"{missing.url}/api/visits", headers={"Cookie": f"survey_session={missing.cookie('inspector')}"})
    assert answer.json()["tasks"] == {}
