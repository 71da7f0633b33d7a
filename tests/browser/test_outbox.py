"""The outbox: why each part waits, going on where it broke, conflicts, wrong clocks, two tabs, and the worker's part."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Request, Route, expect

from survey import devices, receive
from survey.domain.people import Actor, Role
from tests.browser import audit
from tests.browser.conftest import sign_in
from tests.browser.sealing import SENT, arrived, fill, forget, go_out, hashes, kept, leave, outbox, rows, seal
from tests.browser.test_capture import Thumb, _drawn
from tests.conftest import COMMUNE, HAMLETS
from tests.live import LiveServer

pytestmark = pytest.mark.browser

_OFFLINE = "mất kết nối"


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    """Two JPEGs as a phone writes them."""
    return [_drawn(tmp_path / f"IMG_{number}.jpg", number) for number in (1, 2)]


@pytest.fixture(autouse=True)
def _alone(live: LiveServer) -> None:
    forget(live)


def test_a_day_without_signal(page: Page, live: LiveServer, photos: list[Path]) -> None:
    """Sealed visits wait with a reason and an age, the screen is fit for a thumb in the sun, and with the network all of it arrives."""
    go_out(page, live)
    for site, photo in zip(("Nguyễn Văn Đức", "Trần Thị Hường"), photos, strict=True):
        fill(page, [photo], site)
        expect(page.locator(".receipt [role=alert]")).to_contain_text("Không kết nối được máy chủ")
        leave(page)
    outbox(page)
    expect(page.locator(".figures")).to_contain_text(re.compile("2 bài, 2 ảnh, 1,[0-9] MB"))
    expect(page.locator("details.card")).to_have_count(2)
    expect(page.locator("details.card").first).to_contain_text("Nguyễn Văn Đức")
    expect(page.locator("details.card").first).to_contain_text(_OFFLINE)
    page.locator("details.card").first.locator("summary").tap()
    expect(page.locator("details.card").first.locator(".items")).to_contain_text("Ảnh hàng rào")
    assert audit.faults(page) == []
    assert rows(live, "submission") == []

    page.context.set_offline(False)
    expect(page.locator(".outbox")).to_contain_text(SENT)
    expect(page.locator(".outbox .sent .code")).to_have_count(2)
    assert arrived(live) == hashes(*photos)
    assert (kept(page, "drafts"), kept(page, "photos"), kept(page, "sent")) == (0, 0, 2)


def test_a_photo_goes_on_where_it_broke(page: Page, live: LiveServer, photos: list[Path]) -> None:
    """After a cut the next piece begins where the server has got to, not at the beginning."""
    offsets: list[int] = []

    def cut_once(route: Route) -> None:
        if route.request.method == "PATCH":
            offsets.append(int(route.request.headers["upload-offset"]))
        if len(offsets) == 2 and route.request.method == "PATCH":
            route.abort("connectionreset")
        else:
            route.continue_()

    sign_in(page, live)
    page.route("**/photos/*.jpg", cut_once)
    seal(page, live, photos[:1])
    expect(page.locator("#receipt-code")).to_be_visible()

    assert offsets[:3] == [0, 512 * 1024, 512 * 1024]
    assert arrived(live) == hashes(photos[0])


def test_one_photo_does_not_keep_the_others(page: Page, live: LiveServer, photos: list[Path]) -> None:
    """What the server refuses waits under its question with the server's words, the other photo arrives; by button it goes again."""
    problem = {"code": "FILE_TOO_LARGE", "message": "Tệp quá lớn với máy chủ này.", "remedy": ""}

    def refuse(route: Route) -> None:
        route.fulfill(status=413, content_type="application/json", body=json.dumps(problem))

    sign_in(page, live)
    page.route("**/photos/photo_1_1.jpg", refuse)
    seal(page, live, photos)
    expect(page.locator(".receipt [role=alert]")).to_contain_text("Tệp quá lớn với máy chủ này.")
    expect(page.locator(".items li").nth(2)).to_contain_text("đã lưu trên máy chủ")
    assert arrived(live) == hashes(photos[1])
    outbox(page)
    expect(page.locator(".outbox section").first).to_contain_text("Cần bạn xử lý")
    expect(page.locator("details.card")).to_contain_text("chưa gửi được")
    page.unroute("**/photos/photo_1_1.jpg")
    page.locator("#send-all").tap()
    expect(page.locator(".outbox")).to_contain_text(SENT)

    assert arrived(live) == hashes(*photos)


def test_a_conflict_is_shown_and_sent_as_new(page: Page, live: LiveServer, photos: list[Path]) -> None:
    """Where the server has other content under the id, the visit stays, is shown first, and goes as a new submission by choice."""
    go_out(page, live)
    key = fill(page, photos[:1])
    _hand_in_other(live, key)
    page.context.set_offline(False)
    outbox(page)
    expect(page.locator("details.card.conflict")).to_contain_text("trùng mã, khác nội dung")
    assert (kept(page, "drafts"), kept(page, "photos")) == (1, 1)
    page.locator("details.card.conflict summary").tap()
    page.get_by_role("button", name="Gửi thành bài nộp mới").tap()
    expect(page.locator("#receipt-code")).to_be_visible()

    submissions = rows(live, "submission")
    new = next(row for row in submissions if row["submission"] != key)
    assert len(submissions) == 2
    assert {row["submission"] for row in rows(live, "attachment") if row["state"] == "stored"} == {new["submission"]}
    assert arrived(live) == hashes(photos[0])
    assert (kept(page, "drafts"), kept(page, "photos")) == (0, 0)


def _hand_in_other(live: LiveServer, key: str) -> None:
    survey = live.survey()
    actor = Actor(COMMUNE, live.person("inspector"), "Khảo sát viên", Role.INSPECTOR, frozenset({HAMLETS[0]}))
    with survey.reading() as reader:
        row = reader.row("SELECT MAX(version) AS version FROM form WHERE commune = :commune AND form = 'household_fence'", commune=COMMUNE)
    assert row is not None
    xml = (
        f'<data id="household_fence" version="{row["version"]}"><fence><total_m>7</total_m></fence>'
        f'<meta xmlns="http://openrosa.org/xforms"><instanceID>{key}</instanceID></meta></data>'
    )
    receive.submission(survey, actor, xml.encode(), door="field")
    survey.store.close()


def test_without_a_connection_the_day_goes_on(page: Page, live: LiveServer, photos: list[Path]) -> None:
    """A visit that cannot go now is no failure: it is in the outbox, and the next place is one tap away."""
    sign_in(page, live)
    page.context.route("**/api/submissions/**", lambda route: route.abort())
    seal(page, live, photos[:1])
    expect(page.locator(".receipt h1")).to_have_text("Đã vào Hộp gửi")
    page.locator("#next").tap()

    expect(page.locator("#unsent")).to_contain_text("1 bài chưa gửi")
    expect(page.locator(".finder")).to_be_visible()


def test_a_revoked_phone_keeps_its_work(page: Page, live: LiveServer, photos: list[Path]) -> None:
    """A phone that was revoked while it was away sends nothing more and loses nothing; with a new code it goes on."""
    survey = live.survey()
    enrolled = devices.enrol(survey, COMMUNE, live.person("inspector"), by=None, name="Máy thử")
    _open_link(page, live, enrolled.link)
    page.context.route("**/api/submissions/**", lambda route: route.abort())
    seal(page, live, photos[:1])
    expect(page.locator(".receipt [role=alert]")).to_be_visible()
    devices.revoke(survey, COMMUNE, enrolled.device, by=None)
    page.context.unroute("**/api/submissions/**")
    page.get_by_role("button", name="Thử lại ngay").tap()
    expect(page.locator(".receipt [role=alert]")).to_contain_text("thu hồi quyền")
    expect(page.get_by_role("link", name="Đăng nhập")).to_be_visible()
    assert (rows(live, "submission"), kept(page, "photos")) == ([], 1)
    page.get_by_role("button", name="Quay lại").tap()
    expect(page.locator(".home .notice")).to_contain_text("thu hồi quyền")
    again = devices.enrol(survey, COMMUNE, live.person("inspector"), by=None, name="Máy thử 2")
    survey.store.close()
    _open_link(page, live, again.link)
    page.goto(f"{live.url}/field/")
    expect(page.locator(".finder")).to_be_visible()
    expect(page.locator("#unsent")).to_have_count(0)

    assert arrived(live) == hashes(photos[0])


def _open_link(page: Page, live: LiveServer, link: str) -> None:
    page.goto(f"{live.url}{link}" if link.startswith("/") else link)
    page.get_by_role("button").first.click()
    page.wait_for_url("**/field/")


def test_nobody_sends_another_persons_work(page: Page, live: LiveServer, photos: list[Path]) -> None:
    """Who signs in on a colleague's phone sends nothing in their own name; it goes when its person is back."""
    sign_in(page, live)
    page.context.route("**/api/submissions/**", lambda route: route.abort())
    seal(page, live, photos[:1])
    expect(page.locator(".receipt [role=alert]")).to_be_visible()
    page.context.unroute("**/api/submissions/**")
    sign_in(page, live, "reviewer")
    page.get_by_role("button", name="Thử lại ngay").tap()
    expect(page.locator(".receipt [role=alert]")).to_contain_text("Người khác đang đăng nhập")
    assert rows(live, "submission") == []
    sign_in(page, live)
    page.get_by_role("button", name="Thử lại ngay").tap()
    expect(page.locator("#receipt-code")).to_be_visible()

    assert [row["person"] for row in rows(live, "submission")] == [live.person("inspector")]
    assert arrived(live) == hashes(photos[0])


_THREE_DAYS_AHEAD = """
const Real = Date
const ahead = 3 * 24 * 3600 * 1000
globalThis.Date = class extends Real {
  constructor(...given) { given.length ? super(...given) : super(Real.now() + ahead) }
  static now() { return Real.now() + ahead }
}
"""


def test_a_wrong_clock_is_told(page: Page, live: LiveServer, photos: list[Path]) -> None:
    """A phone three days ahead works, hears so in words, and the server keeps by how much; what was sent counts by the server's time."""
    page.add_init_script(_THREE_DAYS_AHEAD)
    sign_in(page, live)
    seal(page, live, photos[:1])
    expect(page.locator("#drift")).to_contain_text("nhanh 3 ngày")

    submission = rows(live, "submission")[0]
    assert submission["clock_drift_s"] == pytest.approx(3 * 86_400, abs=120)
    assert str(submission["received_at"])[:10] == datetime.now(UTC).date().isoformat()
    assert arrived(live) == hashes(photos[0])


def test_no_room_while_closing_keeps_the_visit(page: Page, live: LiveServer, photos: list[Path]) -> None:
    """A phone that is full when the form is closed says so, and the visit is there as it was; with room again it is sent."""
    sign_in(page, live)
    page.goto(f"{live.url}/field/")
    thumb = Thumb()
    thumb.tap(page.locator(".card.site", has_text="Nguyễn Văn Đức"))
    thumb.tap(page.locator(".form-tile", has_text="Hàng rào"))
    thumb.photograph(page, "photo_1", photos[0])
    thumb.type(page, "total_m", "0")
    expect(page.locator("footer .hint")).to_contain_text("Đã lưu")
    page.evaluate("""() => {
        const put = IDBObjectStore.prototype.put
        window.full = true
        IDBObjectStore.prototype.put = function (value, key) {
            if (window.full) throw new DOMException("no room", "QuotaExceededError")
            return put.call(this, value, key)
        }
    }""")
    thumb.tap(page.locator("#send"))
    expect(page.locator("footer [role=alert]")).to_contain_text("không lưu được")
    page.evaluate("window.full = false")
    thumb.tap(page.locator("#send"))
    expect(page.locator("#receipt-code")).to_be_visible()

    assert arrived(live) == hashes(photos[0])


def test_the_worker_sends_when_no_page_is_open(phone: BrowserContext, live: LiveServer, photos: list[Path]) -> None:
    """What was sealed offline is sent by the service worker, woken by the browser, while the page shows something else."""
    page = phone.new_page()
    sign_in(page, live)
    page.goto(f"{live.url}/field/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    phone.route("**/api/submissions/**", lambda route: route.abort())
    seal(page, live, photos[:1])
    expect(page.locator(".receipt [role=alert]")).to_be_visible()
    page.goto(f"{live.url}/healthz")
    phone.unroute("**/api/submissions/**")
    _wake_worker(phone, page, f"{live.url}/field/", live.url)
    _wait_for(page, lambda: len(rows(live, "submission")) == 1 and arrived(live) == hashes(photos[0]))

    page.goto(f"{live.url}/field/")
    expect(page.locator("nav.tabs")).to_be_visible()
    assert (kept(page, "drafts"), kept(page, "photos"), kept(page, "sent")) == (0, 0, 1)


def _wake_worker(phone: BrowserContext, page: Page, scope: str, origin: str) -> None:
    session = phone.new_cdp_session(page)
    found: list[str] = []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(
        one["registrationId"] for one in event["registrations"] if one["scopeURL"] == scope
    ))  # fmt: skip
    session.send("ServiceWorker.enable")
    _wait_for(page, lambda: bool(found))
    given = {"origin": origin, "registrationId": found[0], "tag": "outbox", "lastChance": False}
    session.send("ServiceWorker.dispatchSyncEvent", given)


def _wait_for(page: Page, holds: Callable[[], bool]) -> None:
    for _ in range(100):
        if holds():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it did not come about within 10 s")


def test_two_tabs_send_each_photo_once(phone: BrowserContext, live: LiveServer, photos: list[Path]) -> None:
    """Two tabs that wake together share the outbox: no photo leaves the phone twice, and both show the end."""
    first = phone.new_page()
    sign_in(first, live)
    phone.route("**/api/submissions/**", lambda route: route.abort())
    seal(first, live, photos)
    expect(first.locator(".receipt [role=alert]")).to_be_visible()
    second = phone.new_page()
    second.goto(f"{live.url}/field/")
    expect(second.locator(".receipt [role=alert]")).to_be_visible()
    phone.unroute("**/api/submissions/**")
    starts: list[str] = []

    def note(request: Request) -> None:
        if request.method == "PATCH" and request.headers["upload-offset"] == "0":
            starts.append(request.url)

    phone.on("request", note)
    for page in (first, second):
        page.evaluate("dispatchEvent(new Event('online'))")
    for page in (first, second):
        expect(page.locator("#receipt-code")).to_be_visible()

    assert len(starts) == len(set(starts)) == 2
    assert arrived(live) == hashes(*photos)
