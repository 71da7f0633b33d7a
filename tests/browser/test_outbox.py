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


_THE_VISIT = "async () => JSON.stringify((await (await import('/field/drafts.mjs')).readOutbox())[0])"
# As a page that is at the visit does; resolves once the visit is held, and `told` once another page says why it waits.
_HOLD = """(id) => {
    window.told = new Promise((resolve) => {
        new BroadcastChannel("outbox").onmessage = ({ data }) => data.changes.trouble && resolve(data.changes.trouble.code)
    })
    return new Promise((held) => {
        navigator.locks.request(`send-${id}`, () => new Promise((release) => {
            window.release = release
            held()
        }))
    })
}"""


def test_a_page_that_cannot_ask_leaves_the_record_alone(phone: BrowserContext, live: LiveServer, photos: list[Path]) -> None:
    """What is at a visit in another tab may drop it in this moment: no other page writes what it read of it before."""
    page, other = phone.new_page(), phone.new_page()
    sign_in(page, live)
    phone.route("**/api/submissions/**", lambda route: route.abort())
    key = seal(page, live, photos[:1])
    expect(page.locator(".receipt [role=alert]")).to_be_visible()
    phone.route("**/api/me", lambda route: route.abort())
    other.goto(f"{live.url}/healthz")
    other.evaluate(_HOLD, key)
    before = page.evaluate(_THE_VISIT)
    page.evaluate("dispatchEvent(new Event('online'))")

    assert other.evaluate("window.told") == "NO_CONNECTION"
    assert page.evaluate(_THE_VISIT) == before


def test_a_store_that_fails_once_ends_no_sending(page: Page, live: LiveServer, photos: list[Path]) -> None:
    """Where the browser does not say what waits, it is asked again by itself."""
    _seal_on_a_dead_line(page, live, photos[:1])
    page.evaluate("""() => {
        const { getAll } = IDBObjectStore.prototype
        IDBObjectStore.prototype.getAll = function (...given) {
            IDBObjectStore.prototype.getAll = getAll
            window.failed = true
            throw new DOMException("not now", "UnknownError")
        }
        dispatchEvent(new Event("online"))
    }""")
    page.wait_for_function("window.failed")
    page.context.unroute("**/api/submissions/**")
    _let_time_pass(page, lambda: bool(page.locator("#receipt-code").count()))

    assert arrived(live) == hashes(photos[0])


def test_what_lasts_does_not_hide_what_passes(page: Page, live: LiveServer, photos: list[Path]) -> None:
    """A photo that the server refuses for good keeps no other of its visit from being tried again by itself."""
    answers = [500]
    refusal = {"code": "FILE_TOO_LARGE", "message": "Tệp quá lớn với máy chủ này.", "remedy": ""}

    def fail_once(route: Route) -> None:
        if route.request.method == "PATCH" and answers:
            route.fulfill(status=answers.pop(), body="{}")
        else:
            route.continue_()

    page.clock.install()
    sign_in(page, live)
    page.route("**/photos/photo_1_1.jpg", lambda route: route.fulfill(status=413, body=json.dumps(refusal)))
    page.route("**/photos/photo_2_2.jpg", fail_once)
    seal(page, live, photos)
    expect(page.locator(".receipt [role=alert]")).to_contain_text("Tệp quá lớn với máy chủ này.")
    _let_time_pass(page, lambda: arrived(live) == hashes(photos[1]))

    assert answers == []
    assert kept(page, "drafts") == 1


def test_what_fails_while_others_are_sent_is_tried_again(phone: BrowserContext, live: LiveServer, photos: list[Path]) -> None:
    """A visit that failed while another one was being sent waits for no hand: its turn comes after that one."""
    page, other = phone.new_page(), phone.new_page()
    first = _seal_on_a_dead_line(page, live, photos[:1])
    other.goto(f"{live.url}/healthz")
    other.evaluate(_HOLD, first)
    page.evaluate("dispatchEvent(new Event('online'))")
    other.wait_for_function("async (id) => (await navigator.locks.query()).pending.some(({ name }) => name === `send-${id}`)", arg=first)
    leave(page)
    fill(page, photos[1:], "Trần Thị Hường")
    expect(page.locator(".receipt [role=alert]")).to_be_visible()
    phone.unroute("**/api/submissions/**")
    page.clock.fast_forward("10:00")  # its own time comes while the first one is still waited for
    other.evaluate("window.release()")
    _wait_for(page, lambda: hashes(photos[0])[0] in arrived(live))
    _let_time_pass(page, lambda: arrived(live) == hashes(*photos))

    assert kept(page, "drafts") == 0


@pytest.mark.parametrize("answer", [(409, {"code": "UPLOAD_OFFSET", "message": "", "remedy": ""}), (403, None)])
def test_an_answer_that_passes_is_no_refusal(answer: tuple[int, object], page: Page, live: LiveServer, photos: list[Path]) -> None:
    """Another place in the file, or a page that is not our server's, keeps a photo back for a while only."""
    status, body = answer
    left = [status] * 3

    def fail(route: Route) -> None:
        if route.request.method == "PATCH" and left:
            headers = {"Upload-Offset": "0"} if body else {"Content-Type": "text/html"}
            route.fulfill(status=left.pop(), headers=headers, body=json.dumps(body) if body else "<html>")
        else:
            route.continue_()

    page.clock.install()
    sign_in(page, live)
    page.route("**/photos/*.jpg", fail)
    seal(page, live, photos[:1])
    _let_time_pass(page, lambda: bool(page.locator("#receipt-code").count()))

    assert left == []
    assert arrived(live) == hashes(photos[0])


def test_a_photo_that_cannot_be_read_now_is_tried_again(page: Page, live: LiveServer, photos: list[Path]) -> None:
    """The person is told, and the phone reads it again by itself."""
    page.clock.install()
    page.add_init_script("""
        const { arrayBuffer } = Blob.prototype
        window.unreadable = true
        Blob.prototype.arrayBuffer = function () {
            return window.unreadable && document.querySelector(".receipt")
                ? Promise.reject(new DOMException("not now", "NotReadableError"))
                : arrayBuffer.call(this)
        }
    """)
    sign_in(page, live)
    page.route("**/photos/*.jpg", lambda route: route.abort())
    seal(page, live, photos[:1])
    expect(page.locator(".receipt [role=alert]")).to_contain_text("Điện thoại không đọc được ảnh này")
    page.unroute("**/photos/*.jpg")
    page.evaluate("window.unreadable = false")
    _let_time_pass(page, lambda: bool(page.locator("#receipt-code").count()))

    assert arrived(live) == hashes(photos[0])


def _seal_on_a_dead_line(page: Page, live: LiveServer, photos: list[Path]) -> str:
    """Seal a visit that cannot be sent, on a page whose clock can be moved; returns its id."""
    page.clock.install()
    sign_in(page, live)
    page.context.route("**/api/submissions/**", lambda route: route.abort())
    key = seal(page, live, photos)
    expect(page.locator(".receipt [role=alert]")).to_be_visible()
    return key


def _let_time_pass(page: Page, holds: Callable[[], bool]) -> None:
    """Move the page's clock on, past its longest pause each time, until *holds*; a request under way would give up with that."""
    under_way: set[Request] = set()

    def begins(request: Request) -> None:
        under_way.add(request)

    def ends(request: Request) -> None:
        under_way.discard(request)

    page.on("request", begins)
    page.on("requestfinished", ends)
    page.on("requestfailed", ends)

    def later() -> bool:
        if not under_way:
            page.clock.fast_forward("10:00")
        return holds()

    _wait_for(page, later)
