"""The map on the phone: found by thumb and by key, with and without a connection, with the office's background and without."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import BrowserContext, CDPSession, Page, Request, expect

from survey import receive
from survey.domain.sites import Site, SiteKind
from survey.store.forms import select_forms
from survey.store.sites import insert_site, insert_sites
from survey.wiring import Survey
from tests.browser import audit
from tests.browser.map_hand import Touch, colour, go_here, map_tab, metres_per_pixel, open_map, scale, tap
from tests.browser.visits import INSPECTOR
from tests.conftest import COMMUNE, HAMLETS
from tests.live import LiveServer

pytestmark = pytest.mark.browser

_GATE_HOUSE = "00000000-0000-4000-8000-000000000001"  # stands where the phone is (conftest.GATE)
_ORANGE = (240, 130, 20)
_PIECE = 2**17


def test_tap_leads_to_the_checklists(page: Page, live: LiveServer) -> None:
    """The house where the phone stands: its name, distance and state, then its checklists, and the way back to the same view."""
    canvas = open_map(page, live)
    go_here(page)
    near = scale(page)
    tap(page, canvas)

    card = page.get_by_role("region", name="Nguyễn Văn Đức")
    expect(card).to_contain_text("HO-0001 · Thôn mẫu 1")
    expect(card).to_contain_text("Ngay chỗ bạn đứng (±8 m)")
    expect(card).to_contain_text("Còn phải làm")
    card.get_by_role("button", name="Chọn phiếu").tap()
    expect(page.get_by_role("heading", name="Nguyễn Văn Đức")).to_be_visible()

    page.get_by_role("button", name="Quay lại").tap()
    map_tab(page)
    expect(page.locator(".map-scale")).to_have_text(near)


def test_distance_and_direction(page: Page, live: LiveServer) -> None:
    """The next house is 44 m to the north of the gate, and stands above it on the map."""
    canvas = open_map(page, live)
    go_here(page)
    metres, pixels = int(scale(page).removesuffix(" m")), page.locator(".map-scale").evaluate("bar => bar.offsetWidth")
    tap(page, canvas, down=-44.5 / metres * pixels)

    expect(page.get_by_role("region", name="Trần Thị Hường")).to_contain_text("Cách 44 m, về phía bắc")


def test_a_tap_beside_takes_the_card_away(page: Page, live: LiveServer) -> None:
    """A thumb's width beside every mark there is nothing to choose; a tap there takes the card away."""
    canvas = open_map(page, live)
    go_here(page)
    tap(page, canvas)
    expect(page.locator(".map-card")).to_be_visible()
    tap(page, canvas, right=-100, down=60)

    expect(page.locator(".map-card")).to_have_count(0)


def test_a_road_is_tapped_where_it_runs(page: Page, live: LiveServer) -> None:
    """A road is chosen along its whole line, not at its mark alone."""
    survey = live.survey()
    line = ((106.1100, 18.0650), (106.1130, 18.0650), (106.1160, 18.0650))
    with survey.transaction() as tx:
        road = Site(COMMUNE, str(uuid.uuid4()), SiteKind.ROAD_SEGMENT, "DU-0077", "Đường ra đồng", HAMLETS[0], 18.0650, 106.1130, line,
                    {"class": "field", "length_m": 640})  # fmt: skip
        insert_site(tx, road, at=survey.now())
    page.context.set_geolocation({"latitude": 18.0650, "longitude": 106.1112, "accuracy": 8})
    canvas = open_map(page, live)
    go_here(page)
    tap(page, canvas)

    expect(page.get_by_role("region", name="Đường ra đồng")).to_contain_text("Cách 190 m, về phía đông")


def test_the_heading_is_shown(page: Page, live: LiveServer) -> None:
    """Where the phone knows which way it moves, an arrow points there from the own position."""
    canvas = open_map(page, live)
    go_here(page)
    page.wait_for_timeout(300)
    without = [colour(canvas, 14, 0), colour(canvas, -14, 0)]
    session = page.context.new_cdp_session(page)
    eastward = {"latitude": 18.0705, "longitude": 106.1120, "accuracy": 9, "heading": 90, "speed": 1.2}
    session.send("Emulation.setGeolocationOverride", eastward)
    page.wait_for_timeout(1000)

    assert without[0] == without[1]
    assert colour(canvas, 14, 0) == colour(canvas, 0, 0)
    assert colour(canvas, -14, 0) != colour(canvas, 0, 0)


def test_by_keyboard(page: Page, live: LiveServer) -> None:
    """Arrows, plus, minus and Enter do what fingers do, and the card is reached from there."""
    canvas = open_map(page, live)
    before = scale(page)
    canvas.focus()
    page.keyboard.press("+")
    page.keyboard.press("+")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".map-scale")).not_to_have_text(before)
    page.keyboard.press("Enter")
    expect(page.locator(".map-card")).to_be_visible()
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.closest('.map-buttons') !== null"):
        page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.textContent") == "Chọn phiếu"


def test_two_fingers_zoom_and_one_moves(page: Page, live: LiveServer) -> None:
    """A pinch to double distance halves the metres of a pixel; a drag moves the place under the finger with it."""
    canvas = open_map(page, live)
    go_here(page)
    box = canvas.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    before = metres_per_pixel(page)
    touch = Touch(page)
    touch.all("touchStart", (x - 40, y), (x + 40, y))
    for step in range(1, 5):
        touch.all("touchMove", (x - 40 - 10 * step, y), (x + 40 + 10 * step, y))
    touch.all("touchEnd")
    page.wait_for_timeout(100)

    assert metres_per_pixel(page) == pytest.approx(before / 2, rel=0.03)

    touch.all("touchStart", (x, y))
    touch.all("touchMove", (x + 30, y + 20))
    touch.all("touchMove", (x + 60, y + 90))
    touch.all("touchEnd")
    tap(page, canvas, right=60, down=90)

    expect(page.get_by_role("region", name="Nguyễn Văn Đức")).to_be_visible()


def test_filter_and_state(page: Page, live: LiveServer) -> None:
    """What was handed in counts on the card; with "to do" alone the place that is done is not there to be tapped."""
    survey = live.survey()
    with survey.transaction() as tx:
        place = Site(COMMUNE, f"{uuid.uuid4()}", SiteKind.PUBLIC_PLACE, "CC-0077", "Nhà văn hóa", HAMLETS[0], 18.0712, 106.1150)
        insert_site(tx, place, at=survey.now())
    _hand_in(survey, place.id)
    page.context.set_geolocation({"latitude": 18.0712, "longitude": 106.1150, "accuracy": 8})
    canvas = open_map(page, live)
    go_here(page)
    tap(page, canvas)
    expect(page.get_by_role("region", name="Nhà văn hóa")).to_contain_text("Đã làm xong · xong 1/1 phiếu")

    page.get_by_label("Còn phải làm").check()
    go_here(page)
    tap(page, canvas)
    expect(page.locator(".map-card")).to_have_count(0)


def _hand_in(survey: Survey, site: str) -> None:
    """A visit of a public place with hardly an answer."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    with survey.reading() as reader:
        version = next(head.version for head in select_forms(reader, COMMUNE) if head.form == "public_place")
    key = f"uuid:{uuid.uuid4()}"
    xml = (
        f'<data id="public_place" version="{version}"><meta xmlns="http://openrosa.org/xforms"><instanceID>{key}</instanceID>'
        f"<timeStart>{now}</timeStart><timeEnd>{now}</timeEnd></meta>"
        f'<survey xmlns="urn:ntm-survey:capture:1"><site>{site}</site><hamlet>{HAMLETS[0]}</hamlet></survey></data>'
    )
    receive.submission(survey, INSPECTOR, xml.encode(), door="field", files=[])


def test_without_a_connection(page: Page, live: LiveServer) -> None:
    """Opened once before, the map is there with the network off, and asks nobody for anything."""
    canvas = open_map(page, live)
    page.get_by_role("button", name="Công việc").tap()
    page.wait_for_function("navigator.serviceWorker.controller !== null || navigator.serviceWorker.ready.then(() => true)")
    page.context.set_offline(True)
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))  # noqa: PLW0108 - Playwright cannot wrap a built-in method
    map_tab(page)
    go_here(page)
    tap(page, canvas)

    expect(page.get_by_role("region", name="Nguyễn Văn Đức")).to_be_visible()
    assert [request.url for request in asked if not request.url.endswith("/field/map.css")] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_thumb_and_sun(new_phone: Callable[..., BrowserContext], live: LiveServer, scheme: str) -> None:
    """Contrast and targets of the map, its legend and a card."""
    page = new_phone(color_scheme=scheme).new_page()
    canvas = open_map(page, live)
    go_here(page)
    tap(page, canvas)
    expect(page.locator(".map-card")).to_be_visible()
    page.get_by_role("button", name="Chú giải và nền bản đồ").tap()

    assert audit.faults(page) == []


def test_three_thousand_sites_follow_the_finger(page: Page, live: LiveServer) -> None:
    """At a quarter of this machine's speed the client's own work for a frame stays under 50 ms with 3,000 houses in view.

    Counted in time of the processor, so that what else this machine does is not in it.
    """
    survey = live.survey()
    with survey.transaction() as tx:
        sites = (
            Site(COMMUNE, f"00000000-0000-4000-9000-{number:012d}", SiteKind.HOUSEHOLD, f"HX-{number:04d}", f"Hộ {number}", HAMLETS[1],
                 18.02 + number // 60 * 0.0008, 106.07 + number % 60 * 0.0008)
            for number in range(3000)
        )  # fmt: skip
        insert_sites(tx, ((site, "Thôn mẫu 2") for site in sites), at=survey.now())
    page.add_init_script(
        """window.frames_drawn = 0
        const frame = window.requestAnimationFrame
        window.requestAnimationFrame = (work) => frame((at) => { work(at); window.frames_drawn += 1 })"""
    )
    canvas = open_map(page, live, "coordinator")
    page.get_by_label("Thôn", exact=True).select_option(label="Thôn mẫu 2")
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    touch, box = Touch(page), canvas.bounding_box()
    assert box is not None
    touch.all("touchStart", (180, 400))
    frames, seconds = _drawn(page, session)
    for step in range(40):
        touch.all("touchMove", (180 + step * 3, 400 + step))
        page.wait_for_timeout(20)
    touch.all("touchEnd")
    more_frames, more_seconds = _drawn(page, session)

    assert more_frames - frames >= 20
    assert (more_seconds - seconds) / (more_frames - frames) < 0.05


def _drawn(page: Page, session: CDPSession) -> tuple[int, float]:
    """How many frames the page has drawn, and how many seconds of the processor its scripts have used."""
    metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    return page.evaluate("window.frames_drawn"), float(metrics["ScriptDuration"])
