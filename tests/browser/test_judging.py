"""Flags in a real browser: what a reviewer meets first, one dismissed by thumb, two reviewers at once, the checks page in the sun."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from survey.domain.people import Actor, Role
from survey.domain.submissions import State
from survey.review import decide_many
from survey.store.flags import select_flags, upsert_flags
from survey.store.queue import QueueFilters, select_queue_page
from survey.wiring import Settings, open_survey
from tests.browser import audit
from tests.browser.conftest import sign_in
from tests.browser.visits import hand_in
from tests.conftest import COMMUNE
from tests.live import LiveServer

pytestmark = pytest.mark.browser
DESK = {"viewport": {"width": 1280, "height": 800}, "is_mobile": False, "has_touch": False, "device_scale_factor": 1}
REVIEWER = Actor(COMMUNE, "p-reviewer", "reviewer", Role.REVIEWER)
NewPhone = Callable[..., BrowserContext]


@pytest.fixture
def flagged(live: LiveServer) -> str:
    """One waiting visit and no other: too far away, with two small photos and a clock that is a little off."""
    survey = open_survey(Settings(data=live.data))
    with survey.reading() as reader:
        left = [(entry.submission, entry.state_version) for entry in select_queue_page(reader, COMMUNE, QueueFilters())]
    decide_many(survey, REVIEWER, left, State.REJECTED, "một bài của phép thử trước")
    key = hand_in(survey, "00000000-0000-4000-8000-000000000001")
    flags = [
        {"attachment": "", "code": "far_from_site", "severity": 3, "figures": {"distance_m": 412, "accuracy_m": 9}},
        {"attachment": "fence_1.jpg", "code": "off_site", "severity": 2, "figures": {"distance_m": 88, "accuracy_m": 9}},
        *({"attachment": f"fence_{n}.jpg", "code": "low_resolution", "severity": 1, "figures": {}} for n in (1, 2)),
        {"attachment": "fence_1.jpg", "code": "photo_without_position", "severity": 1, "figures": {}},
    ]
    with survey.transaction() as tx:
        upsert_flags(tx, COMMUNE, key, flags, survey.now())
    survey.store.close()
    return key


def _open(new_phone: NewPhone, live: LiveServer, login: str, path: str, **options: object) -> Page:
    page = new_phone(**options).new_page()
    sign_in(page, live, login)
    page.goto(live.url + path)
    return page


def _verdict(live: LiveServer, key: str) -> str | None:
    survey = live.survey()
    with survey.reading() as reader:
        found: str | None = next(f["verdict"] for f in select_flags(reader, COMMUNE, key) if f["code"] == "far_from_site")
    return found


def test_what_matters_is_seen_without_scrolling(new_phone: NewPhone, live: LiveServer, flagged: str) -> None:
    """On a desk: the gravest flag, the way to explain it and the first photo's top are on the first screen."""
    page = _open(new_phone, live, "reviewer", f"/review?submission={flagged}", **DESK)
    first = page.locator(".flag").first
    expect(first).to_contain_text("Có thể sai: Vị trí cách đối tượng 412")
    picture = page.locator("button.picture").first
    picture.wait_for()
    boxes = [box for box in (first.bounding_box(), picture.bounding_box()) if box]

    assert len(boxes) == 2
    assert boxes[0]["y"] + boxes[0]["height"] < 800
    assert boxes[1]["y"] < 800


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_flag_is_dismissed_with_the_thumb(new_phone: NewPhone, live: LiveServer, flagged: str, scheme: str) -> None:
    """Explain, a ready reason by a tap, dismiss: written with its words; the opened flag is readable and its targets are large."""
    page = _open(new_phone, live, "reviewer", f"/review?submission={flagged}", color_scheme=scheme)
    page.locator(".st-key-explain_far_from_site_open button").tap()
    dismiss = page.locator(".st-key-judge_dismissed button")
    dismiss.wait_for()
    opened = page.locator(".st-key-flag_opened")
    expect(opened).to_contain_text("412")
    assert audit.faults(page) == []
    opened.get_by_text("Vị trí bị trôi").tap()
    expect(opened.locator("input").first).to_have_value("Tín hiệu yếu nên vị trí bị trôi; ảnh đúng nơi cần chụp.")
    dismiss.tap()

    expect(page.locator(".flag").first).to_contain_text("Cần xem lại")
    assert _verdict(live, flagged) == "dismissed"


def test_two_reviewers_judge_one_flag(new_phone: NewPhone, live: LiveServer, flagged: str) -> None:
    """Both have it open; the second hears who was faster, and the first one's word stands."""
    pages = []
    for login in ("reviewer", "coordinator"):
        page = _open(new_phone, live, login, f"/review?submission={flagged}", **DESK)
        pages.append(page)
        page.locator(".st-key-explain_far_from_site_open button").click()
        page.locator(".st-key-flag_opened input").first.fill("đã xem tại chỗ")
        page.locator(".st-key-flag_opened input").first.press("Enter")
        page.wait_for_timeout(1500)
    pages[0].bring_to_front()
    pages[0].locator(".st-key-judge_confirmed button").click()
    expect(pages[0].locator(".flag").first).to_contain_text("reviewer đã xác nhận")
    pages[1].bring_to_front()
    pages[1].locator(".st-key-judge_dismissed button").click()

    expect(pages[1].get_by_role("alert").filter(has_text="reviewer")).to_contain_text("đã đánh giá cảnh báo này")
    assert _verdict(live, flagged) == "confirmed"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_checks_page_on_a_phone(new_phone: NewPhone, live: LiveServer, flagged: str, scheme: str) -> None:
    """Readable in the sun, targets for a thumb, no sideways scroll: the figures, a rule opened, the thresholds."""
    page = _open(new_phone, live, "coordinator", "/checks", color_scheme=scheme)
    page.locator(".checks summary").first.wait_for()
    page.locator(".checks summary").first.tap()
    assert audit.faults(page) == []
    page.get_by_role("tab", name="Các ngưỡng").tap()
    page.locator(".st-key-threshold_set button").wait_for()
    page.wait_for_timeout(500)

    assert audit.faults(page) == []
