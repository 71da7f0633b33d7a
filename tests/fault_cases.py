"""What goes wrong on a day in the hills, case by case, on a real server, a real browser and a bad line; `CASES` names them all.

Each case ends with an empty phone; the caller asks `Day.faults` whether every photo is on the server byte for byte, once.
"""

import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from survey import devices
from tests.conftest import COMMUNE
from tests.day import HOUSES, PATIENCE_S, Day
from tests.faults import fill_without_end, left_on_phone, noise_photo, torn_on_phone, wait_until_sent

_DROP_BYTES, _LARGE = 200_000, 5_000_000
_THREE_DAYS_S = 3 * 24 * 3600
_KEPT_S = 30.0
# Whether the draft that the phone holds says the value: read from the phone's own store, not from the page.
_KEPT = """
async (value) => {
  const { readDraft, recall } = await import('/field/drafts.mjs')
  const draft = await readDraft((await recall('current')) ?? '')
  return JSON.stringify(draft ?? null).includes(JSON.stringify(value))
}
"""


def cut_at_random_moments(day: Day, moments: int) -> None:
    """The network goes at *moments* random moments of one sync, for a blink or for a part of a second."""
    day.seal(max(4, moments // 4))
    day.line.bytes_per_s = day.outbox.size / (moments * 0.4)  # a sync long enough to be struck so often

    def blink() -> None:
        with day.line.away():
            day.page.wait_for_timeout(day.random.choice((0, 0, 30, 300)))

    day.send(day.strikes(moments, (10, 300), blink))

    assert day.struck == moments


def line_drops_every_200_kb(day: Day, _moments: int) -> None:
    """A 5 MB photo, and two more, over a line that never carries more than 200 kB at a time."""
    day.seal(1, noise_photo(_LARGE))
    day.line.drop_every, day.line.bytes_per_s = _DROP_BYTES, 4_000_000
    day.send()
    day.struck = day.line.drops

    assert day.struck >= 3 * _LARGE // _DROP_BYTES


def server_killed(day: Day, moments: int) -> None:
    """The server dies without warning in the middle of photos, and comes back."""
    count = max(2, moments // 10)
    day.seal(count * 3)
    day.line.bytes_per_s = day.outbox.size / (count * 1.5)

    def kill() -> None:
        day.server.kill()
        day.server.start()

    day.send(day.strikes(count, (100, 900), kill))

    assert day.struck == count


def browser_killed_while_writing(day: Day, moments: int) -> None:
    """The browser dies in the middle of a write: what it had confirmed is there whole, nothing half is sent."""
    for _ in range(max(2, moments // 10)):
        day.page.expose_function("confirmed", lambda made: day.outbox.add(made, day.photo))
        with day.line.away():
            fill_without_end(day.page, day.photo)
            day.page.wait_for_timeout(day.random.uniform(400, 1500))
            day.kill()
            day.struck += 1
            day.page = day.phone("phone")
            torn = torn_on_phone(day.page)
        assert torn == []
    day.send()


def page_killed_behind_the_camera(day: Day, _moments: int) -> None:
    """The phone closes the page while its camera is open: the half-filled form is there again, and says which photo to take again."""
    first, second = _pictures(day, day.photo)
    _begin_garden(day.page, HOUSES[0])
    _photograph(day.page, "photo_1", first)
    _choose(day.page, "state", "scrub")
    with day.page.expect_file_chooser():
        _camera(day.page, "photo_2").tap()
    day.kill_pages()
    day.struck = 1
    expect(day.page.locator("[data-name=photo_1] .picture")).to_be_visible()
    expect(day.page.locator("[data-name=state] input[value=scrub]")).to_be_checked()
    expect(day.page.locator("[data-name=photo_2] [role=status]")).to_contain_text("Điện thoại đã tự đóng trang này")
    _photograph(day.page, "photo_2", second)
    _finish(day, [first, second])


def page_left_at_once(day: Day, _moments: int) -> None:
    """The page is left as soon as the phone has an answer: it is there again.

    A page that is torn down within the milliseconds that the phone's disk needs may lose the last tap; nothing in a browser prevents it.
    """
    first, second = _pictures(day, day.photo)
    _begin_garden(day.page, HOUSES[2])
    _photograph(day.page, "photo_1", first)
    for answer in ("scrub", "renovated", "in_progress"):
        _choose(day.page, "state", answer)
        _wait_until_kept(day.page, answer)
        day.page.goto("about:blank")
        day.open()
        expect(day.page.locator(f"[data-name=state] input[value={answer}]")).to_be_checked()
        day.struck += 1
    _photograph(day.page, "photo_2", second)
    _finish(day, [first, second])


def two_tabs(day: Day, _moments: int) -> None:
    """Two tabs with the same outbox send at once, over a line that is cut."""
    day.seal(6)
    day.line.bytes_per_s = day.outbox.size / 4
    other = day.page.context.new_page()
    other.goto(f"{day.line.url}/field/")
    day.send(day.strikes(3, (200, 700), day.line.cut))
    wait_until_sent(other, 30)

    assert day.struck == 3


def same_outbox_twice(day: Day, _moments: int) -> None:
    """Two phones with the very same outbox send it at once."""
    day.seal(6)
    day.close()
    day.copy("twin")
    day.line.bytes_per_s = day.outbox.size / 6
    day.page, twin = day.phone("phone"), day.phone("twin")
    day.struck = left_on_phone(twin)
    assert min(day.struck, left_on_phone(day.page)) > 0
    wait_until_sent(day.page, PATIENCE_S)
    wait_until_sent(twin, PATIENCE_S)


def storage_full_while_sending(day: Day, _moments: int) -> None:
    """The phone has no byte left while it sends: what is sealed still arrives."""
    day.seal(3)
    day.line.bytes_per_s = day.outbox.size / 4
    with day.little_room(0):
        assert day.page.evaluate(_KEEP_ONE_MORE) == "QuotaExceededError"
        day.struck = left_on_phone(day.page)
        wait_until_sent(day.page, PATIENCE_S)


def storage_full_while_photographing(day: Day, _moments: int) -> None:
    """The phone has no room for the next photo: it says so, what was taken is kept, and with room again the visit is finished."""
    first, second = _pictures(day, noise_photo(_LARGE // 2))
    _begin_garden(day.page, HOUSES[1])
    _photograph(day.page, "photo_1", first)
    _choose(day.page, "state", "scrub")
    with day.little_room(_LARGE // 5):
        with day.page.expect_file_chooser() as chooser:
            _camera(day.page, "photo_2").tap()
        chooser.value.set_files(second)
        expect(day.page.locator("[data-name=photo_2] [role=status]")).to_contain_text("hết chỗ lưu ảnh")
        expect(day.page.locator("[data-name=photo_2] .picture")).to_have_count(0)
        day.struck = 1
    expect(day.page.locator("[data-name=photo_1] .picture")).to_be_visible()
    _photograph(day.page, "photo_2", second)
    _finish(day, [first, second])


def clock_three_days_wrong(day: Day, _moments: int) -> None:
    """The phone's clock is three days ahead while it seals and sends; the server stores by how much."""
    day.page.context.add_init_script(_CLOCK_AHEAD)
    day.page.reload()
    day.seal(2)
    day.send()
    with day.survey() as survey, survey.reading() as reader:
        rows = reader.rows("SELECT submission, clock_drift_s FROM submission WHERE commune = :commune", commune=COMMUNE)
        drifts = {row["submission"]: row["clock_drift_s"] for row in rows}
    day.struck = sum(abs(drifts[submission] - _THREE_DAYS_S) < 60 for submission in day.outbox.photos)

    assert day.struck == len(day.outbox.photos)


def session_expired(day: Day, _moments: int) -> None:
    """The session ends while the phone is away; the page says so, and after signing in again everything goes on."""
    with day.line.away():
        day.seal(3)
        day.page.context.clear_cookies()
        day.page.reload()
        expect(day.page.locator("#unsent")).to_contain_text("3 bài chưa gửi")
    day.page.reload()
    expect(day.page.get_by_role("link", name="Đăng nhập")).to_be_visible()
    assert left_on_phone(day.page) == 3
    day.struck = 1
    day.sign_in(day.page.context)
    day.send()


def phone_revoked(day: Day, _moments: int) -> None:
    """The phone is revoked while it is away: its work stays and the page says why; enrolled again, all of it arrives."""
    day.page.context.clear_cookies()
    device = _enrol(day)
    with day.line.away():
        day.seal(2)
        with day.survey() as survey:
            devices.revoke(survey, COMMUNE, device, by=None)
    day.page.reload()
    day.page.locator("#unsent").tap()
    expect(day.page.locator(".outbox")).to_contain_text("Điện thoại này đã bị thu hồi quyền")
    assert left_on_phone(day.page) == 2
    day.struck = 1
    _enrol(day)
    wait_until_sent(day.page, PATIENCE_S)


_ALL = (
    cut_at_random_moments, line_drops_every_200_kb, server_killed, browser_killed_while_writing, page_killed_behind_the_camera,
    page_left_at_once, two_tabs, same_outbox_twice, storage_full_while_sending, storage_full_while_photographing, clock_three_days_wrong,
    session_expired, phone_revoked,
)  # fmt: skip
CASES: dict[str, Callable[[Day, int], None]] = {case.__name__: case for case in _ALL}

_CLOCK_AHEAD = """
const Real = Date
const ahead = 3 * 24 * 3600 * 1000
globalThis.Date = class extends Real {
  constructor(...given) { given.length ? super(...given) : super(Real.now() + ahead) }
  static now() { return Real.now() + ahead }
}
"""
_KEEP_ONE_MORE = """
async () => {
  const { keepDraft, readOutbox } = await import('/field/drafts.mjs')
  const [draft] = await readOutbox()
  const photo = { draft: draft.id, name: 'one more', bytes: new Blob([new Uint8Array(1_000_000)]) }
  return keepDraft(draft, { photos: [photo] }).then(() => 'kept', (error) => error.name)
}
"""
_NAMES = """
async () => {
  const { recall, readPhotos } = await import('/field/drafts.mjs')
  const id = await recall('current')
  return [...(await readPhotos(id)).map(({ name }) => name), id]
}
"""


def _enrol(day: Day) -> str:
    """Enrol the phone for the inspector, by its one-time link and button; returns the device's id."""
    with day.survey() as survey:
        enrolled = devices.enrol(survey, COMMUNE, "p-inspector", by=None, name="Máy của thôn 1")
    day.page.goto(day.line.url + enrolled.link)
    day.page.get_by_role("button", name="Đăng ký điện thoại này").tap()
    day.page.wait_for_url("**/field/")
    expect(day.page.locator(".home")).to_be_visible()
    return enrolled.device


def _pictures(day: Day, photo: bytes) -> list[Path]:
    """Two photos made of *photo*, as the phone's camera writes them to its disk."""
    paths = [day.folder / f"IMG_{number}.jpg" for number in (1, 2)]
    for number, path in enumerate(paths):
        path.write_bytes(photo[:2] + bytes((0xFF, 0xFE, 0, 3, number)) + photo[2:])
    return paths


def _begin_garden(page: Page, house: str) -> None:
    page.locator(".card.site", has_text=house).tap()
    page.locator(".form-tile", has_text="Vườn").tap()
    expect(page.locator("[data-name=photo_1]")).to_be_visible()


def _camera(page: Page, question: str) -> Locator:
    return page.locator(f"[data-name={question}] button:has(+ input[data-source=system])")


def _photograph(page: Page, question: str, path: Path) -> None:
    with page.expect_file_chooser() as chooser:
        _camera(page, question).tap()
    chooser.value.set_files(path)
    expect(page.locator(f"[data-name={question}] .picture canvas")).to_be_visible()


def _choose(page: Page, question: str, value: str) -> None:
    page.locator(f"[data-name={question}] label:has(input[value={value}])").tap()
    expect(page.locator(f"[data-name={question}] input[value={value}]")).to_be_checked()


def _wait_until_kept(page: Page, value: str) -> None:
    """Wait until the draft on the phone says *value*. Raises TimeoutError."""
    ends = time.monotonic() + _KEPT_S
    while not page.evaluate(_KEPT, value):
        if time.monotonic() > ends:
            raise TimeoutError(f"{value} is not on the phone")


def _finish(day: Day, taken: list[Path]) -> None:
    """Answer what is still required and send; *taken* are the files that the camera gave."""
    _choose(day.page, "model_status", "not_registered")
    names = day.page.evaluate(_NAMES)
    day.outbox.add_taken(names.pop(), dict(zip(names, taken, strict=True)))
    day.page.locator("#send").tap()
    # A busy machine answers that it is busy, and the phone asks again.
    expect(day.page.locator("#receipt-code")).to_be_visible(timeout=30_000)
    assert left_on_phone(day.page) == 0
