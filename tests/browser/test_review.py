"""Review in a real browser: two reviewers at once, the keyboard, the photo that opens large, and nothing asked of the internet."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from survey.domain.people import Actor, Role
from survey.domain.submissions import State, short_code
from survey.review import decide_many
from survey.store.queue import QueueFilters, select_next, select_queue_page
from survey.store.reviews import select_reviews
from survey.store.submissions import select_submission
from survey.wiring import Settings, Survey, open_survey
from tests.browser.conftest import sign_in
from tests.browser.visits import hand_in
from tests.conftest import COMMUNE
from tests.live import LiveServer

pytestmark = pytest.mark.browser
DESK = {"viewport": {"width": 1280, "height": 800}, "is_mobile": False, "has_touch": False, "device_scale_factor": 1}
REVIEWER = Actor(COMMUNE, "p-reviewer", "reviewer", Role.REVIEWER)
NewPhone = Callable[..., BrowserContext]


@pytest.fixture
def waiting(live: LiveServer) -> list[str]:
    """Four visits and no others: two of one household, one whose second photo is missing, one that is not in the register."""
    survey = open_survey(Settings(data=live.data))
    with survey.reading() as reader:
        left = [(entry.submission, entry.state_version) for entry in select_queue_page(reader, COMMUNE, QueueFilters())]
    decide_many(survey, REVIEWER, left, State.REJECTED, "một bài của phép thử trước")
    sites = [f"00000000-0000-4000-8000-{number:012d}" for number in (1, 1, 2)]
    keys = [hand_in(survey, site, sent=1 if number == 2 else None) for number, site in enumerate(sites)]
    keys.append(hand_in(survey, None, metres_off=400))
    survey.store.close()
    return keys


def _desk(new_phone: NewPhone, live: LiveServer, login: str, path: str = "/review", **options: object) -> Page:
    page = new_phone(**{**DESK, **options}).new_page()
    sign_in(page, live, login)
    page.goto(live.url + path)
    return page


def _heading(page: Page) -> str:
    return page.locator("h3").first.inner_text()


def _opened(page: Page, key: str) -> None:
    """Wait until the page shows *key* and its buttons, which come a moment later and are what listens to keys."""
    expect(page.locator("h3").first).to_contain_text(short_code(key), timeout=20_000)
    for button in (".st-key-go_Right button", "[class*=st-key-decide_] button"):
        page.locator(button).first.wait_for()
    page.wait_for_timeout(200)


def test_two_reviewers_at_once(new_phone: NewPhone, live: LiveServer, waiting: list[str]) -> None:
    """Both look at one submission; the second learns who decided, keeps the typed reason, and nothing is overwritten."""
    first, second = _desk(new_phone, live, "reviewer"), _desk(new_phone, live, "coordinator")
    for page in (first, second):
        _opened(page, waiting[0])
    second.locator("textarea[aria-label='Lý do']").fill("Ảnh chưa thấy phía sau vườn.")
    first.locator(".st-key-decide_accepted button").click()
    _opened(first, waiting[1])
    second.locator(".st-key-decide_returned button").click()

    expect(second.get_by_role("alert").filter(has_text="reviewer")).to_contain_text("đã duyệt")
    assert short_code(waiting[0]) in _heading(second)
    assert second.locator("textarea[aria-label='Lý do']").input_value() == "Ảnh chưa thấy phía sau vườn."
    survey: Survey = live.survey()
    with survey.reading() as reader:
        decided = select_submission(reader, COMMUNE, waiting[0])
        assert decided is not None
        assert decided.state is State.ACCEPTED
        assert [review.person for review in select_reviews(reader, COMMUNE, waiting[0])] == ["p-reviewer"]


def test_the_keyboard_walks_and_decides(new_phone: NewPhone, live: LiveServer, waiting: list[str]) -> None:
    """Arrows walk, A accepts; while typing a reason or looking at a photo the same keys do nothing of the kind."""
    page = _desk(new_phone, live, "reviewer")
    _opened(page, waiting[0])
    page.keyboard.press("ArrowRight")
    _opened(page, waiting[1])
    page.keyboard.press("ArrowLeft")
    _opened(page, waiting[0])

    page.locator("textarea").press_sequentially("Tax a")
    page.locator("button.picture").first.click()
    expect(page.locator("dialog .where")).to_contain_text("1/2")
    page.keyboard.press("ArrowRight")
    expect(page.locator("dialog .where")).to_contain_text("2/2")
    page.keyboard.press("a")
    page.keyboard.press("Escape")
    expect(page.locator("dialog:has(.where)")).not_to_be_visible()
    assert short_code(waiting[0]) in _heading(page)
    assert page.locator("textarea").input_value() == "Tax a"

    page.locator("h3").first.click()
    page.keyboard.press("a")
    _opened(page, waiting[1])


def test_photos_come_from_our_own_guarded_routes(new_phone: NewPhone, live: LiveServer, waiting: list[str]) -> None:
    """Thumbnails and previews load, the original is a link; nothing is asked of /media/ or of another host."""
    page = new_phone(**DESK).new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    sign_in(page, live, "reviewer")
    page.goto(f"{live.url}/review?submission={waiting[2]}")
    _opened(page, waiting[2])
    page.locator("button.picture").first.click()
    expect(page.locator("dialog:has(.where) img")).to_have_js_property("complete", True)
    large = "e => e.shadowRoot?.querySelector('dialog img')?.naturalWidth > 1000"
    page.wait_for_function(f"() => [...document.querySelectorAll('*')].some({large})")
    href = page.locator("dialog:has(.where) .original").get_attribute("href") or ""
    page.keyboard.press("Escape")

    assert re.fullmatch(r"/photos/[0-9a-f]{64}/original", href)
    expect(page.get_by_text("Chưa về: điện thoại chưa gửi tệp này.")).to_be_visible()
    expect(page.get_by_text("Còn 1 ảnh chưa về.")).to_be_visible()
    page.locator("[data-testid=stDeckGlJsonChart]").first.wait_for()
    page.wait_for_timeout(1500)  # a base map would be asked for by now
    outside = [url for url in asked if not url.startswith((live.url, live.url.replace("http", "ws"), "blob:", "data:"))]
    assert outside == []
    assert not [url for url in asked if url.startswith(f"{live.url}/media/")]


def test_a_filter_survives_a_reload(new_phone: NewPhone, live: LiveServer, waiting: list[str]) -> None:
    """State and submission are in the address: a reload, or the address sent to a colleague, opens the same."""
    page = _desk(new_phone, live, "reviewer")
    _opened(page, waiting[0])
    page.get_by_role("radio", name=re.compile("^Tất cả")).or_(page.get_by_role("button", name=re.compile("^Tất cả"))).first.click()
    page.wait_for_url("**state=all**")
    with live.survey().reading() as reader:
        every = QueueFilters(states=tuple(State))
        oldest = select_next(reader, COMMUNE, every)
        second = select_next(reader, COMMUNE, every, oldest.place) if oldest else None
    assert oldest is not None
    assert second is not None
    _opened(page, oldest.submission)
    page.locator("h3").first.click()  # off the switch, whose own arrow keys come first
    page.keyboard.press("ArrowRight")
    _opened(page, second.submission)
    page.reload()

    _opened(page, second.submission)
    assert "state=all" in page.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_scrolls_sideways_and_fingers_hit_on_a_phone(
    new_phone: NewPhone, live: LiveServer, waiting: list[str], scheme: str
) -> None:
    """At 360 × 800: no sideways scrolling, and every button of the page is at least 44 px high."""
    page = new_phone(color_scheme=scheme).new_page()
    sign_in(page, live, "reviewer")
    page.goto(f"{live.url}/review")
    _opened(page, waiting[0])
    page.locator("[data-testid=stDeckGlJsonChart]").first.wait_for()
    widths = page.evaluate("[document.documentElement.scrollWidth, document.querySelector('[data-testid=stMain]').scrollWidth]")
    low = page.evaluate(
        "[...document.querySelectorAll('[data-testid=stMain] [data-testid=stButton] button, [data-testid=stButtonGroup] button')]"
        ".filter(b => b.offsetParent && b.getBoundingClientRect().height < 43.5).map(b => b.innerText)"
    )

    assert max(widths) <= 360
    assert low == []


def test_a_submission_without_site_is_given_one(new_phone: NewPhone, live: LiveServer, waiting: list[str]) -> None:
    """Not in the register: the nearest houses are offered; with a reason the submission is about one of them."""
    page = _desk(new_phone, live, "reviewer", f"/review?submission={waiting[3]}")
    _opened(page, waiting[3])
    box = page.locator("[class*='st-key-site_reason']").locator("input")
    box.fill("Chủ hộ xác nhận qua điện thoại")
    box.press("Enter")
    page.get_by_role("button", name="Bài nộp thuộc đối tượng này").click()

    expect(page.locator("[data-testid=stText]").first).to_contain_text("HO-0005")
    expect(page.get_by_text("Chủ hộ xác nhận qua điện thoại").last).to_be_visible()


def test_many_at_once(new_phone: NewPhone, live: LiveServer, waiting: list[str]) -> None:
    """Ticked in the table, one reason, one click: the complete ones and the incomplete one are returned together."""
    page = _desk(new_phone, live, "reviewer", "/review?view=list")
    table = page.locator("[data-testid=stDataFrame]")
    table.wait_for()
    page.wait_for_timeout(1000)
    for row in (0, 2):
        table.click(position={"x": 16, "y": 40 + 44 * row + 22})
        page.wait_for_timeout(700)
    page.locator("textarea").fill("Đề nghị chụp thêm ảnh phía sau.")
    page.locator(".st-key-many_returned button").click()
    expect(page.get_by_text("Đã quyết định 2 bài.")).to_be_visible()

    survey = live.survey()
    with survey.reading() as reader:
        found = [select_submission(reader, COMMUNE, key) for key in waiting]
    assert [one.state for one in found if one] == [State.RETURNED, State.RECEIVED, State.RETURNED, State.RECEIVED]
