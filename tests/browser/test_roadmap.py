"""Owners and roadmap in a real browser: readable on a phone and at a desk, a name typed that has no account, titles that stay."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from survey import roadmap
from survey.domain.owners import Milestone
from survey.domain.people import Actor, Role
from survey.store.assignments import select_assignments
from survey.wiring import Settings, open_survey
from tests.browser.audit import faults
from tests.conftest import COMMUNE, seed
from tests.live import LiveServer
from tests.plans import KDC, OWNER, add_plans

NewPhone = Callable[..., BrowserContext]
SCREENS = {
    "phone-light": {"color_scheme": "light"}, "phone-dark": {"color_scheme": "dark"},
    "desk": {"viewport": {"width": 1280, "height": 900}, "has_touch": False, "is_mobile": False},
}  # fmt: skip
CHIEF = Actor(COMMUNE, "p-coordinator", "Điều phối", Role.COORDINATOR)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A commune with owners, an edition and three milestones behind a live server."""
    folder = tmp_path_factory.mktemp("roadmap")
    survey = open_survey(Settings(data=folder))
    seed(survey.store)
    add_plans(survey.store)
    first = roadmap.save(survey, CHIEF, Milestone("", 0, "Vận động hiến đất mở rộng đường trục thôn", 20, person=OWNER.person))
    second = roadmap.save(survey, CHIEF, Milestone("", 0, "Đổ bê tông tuyến trục thôn dài 1,2 km", 25, needs=(first.id,)))
    roadmap.save(survey, CHIEF, Milestone("", 0, "Thẩm định", 90, needs=(second.id,)))
    survey.store.close()
    with LiveServer(folder) as running:
        yield running


def opened(context: BrowserContext, server: LiveServer, login: str, path: str) -> Page:
    """That page, drawn to its end, as somebody sees it."""
    context.add_cookies([{"name": "survey_session", "value": server.cookie(login), "url": server.url}])
    page = context.new_page()
    page.goto(f"{server.url}/{path}")
    page.locator("[data-testid=stMainBlockContainer] :is(.gantt, .duty, dl.figures)").first.wait_for(timeout=30_000)
    page.locator("[data-testid=stApp]:not([data-test-script-state=running])").wait_for()
    return page


@pytest.mark.parametrize("kind", list(SCREENS))
@pytest.mark.parametrize(("login", "path"), [("coordinator", "roadmap"), ("coordinator", "owners"), ("owner", "owners")])
def test_pages_are_readable_and_fit(server: LiveServer, new_phone: NewPhone, kind: str, login: str, path: str) -> None:
    """Contrast, touch targets and width on each screen; at a desk a mouse needs no large targets."""
    page = opened(new_phone(base_url=server.url, **SCREENS[kind]), server, login, path)

    assert [fault for fault in faults(page) if kind.startswith("phone") or not fault.startswith("target")] == []


def test_titles_stay_while_the_chart_scrolls(server: LiveServer, new_phone: NewPhone) -> None:
    """Scrolled to the end of the year the title is where it was; a tap on it opens the milestone."""
    page = opened(new_phone(base_url=server.url), server, "coordinator", "roadmap")
    title, chart = page.locator(".gantt a").first, page.locator(".gantt")
    before = title.bounding_box()
    assert chart.evaluate("chart => { chart.scrollLeft = 400; return chart.scrollLeft }") == 400

    assert title.bounding_box() == before
    title.tap()
    expect(page.get_by_role("heading", name="Vận động hiến đất")).to_be_visible(timeout=30_000)


def test_a_name_without_account_is_typed(server: LiveServer, new_phone: NewPhone) -> None:
    """One criterion in the table for all, with a thumb: typed, saved, shown."""
    page = opened(new_phone(base_url=server.url), server, "coordinator", f"owners?edition={KDC}")
    page.get_by_role("tab", name="Phân công", exact=True).tap()
    people = page.get_by_role("combobox", name="Người phụ trách")
    expect(people).to_have_count(11, timeout=30_000)  # the whole table is there
    person = people.nth(6)
    person.fill("Lê Thị Mới")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Lưu tất cả phân công").tap()
    expect(page.get_by_text("Đã lưu 1 tiêu chí.")).to_be_visible(timeout=30_000)

    with server.survey().reading() as reader:
        found = {code: (one.person, one.person_name) for code, one in select_assignments(reader, COMMUNE, KDC).items()}
    assert found == {"7": (None, "Lê Thị Mới")}
