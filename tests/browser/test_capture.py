"""Capture on a phone: a fence with two photos, through a reload and a restart, with the bytes unchanged at the other end."""

import hashlib
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import ExifTags, Image, ImageDraw
from playwright.sync_api import Locator, Page, expect

from survey.domain.ports import Row
from tests.browser.conftest import sign_in
from tests.conftest import PHOTOS
from tests.live import LiveServer

pytestmark = pytest.mark.browser

MOST_TAPS = 12


class Thumb:
    """The person's thumb: taps, and how many it took."""

    def __init__(self) -> None:
        self.taps = 0

    def tap(self, target: Locator) -> None:
        """Tap *target* once."""
        self.taps += 1
        target.tap()

    def photograph(self, page: Page, question: str, path: Path) -> None:
        """Tap the camera button of *question*; the camera gives *path*."""
        with page.expect_file_chooser() as chooser:
            self.tap(page.locator(f"[data-name={question}]").get_by_role("button").first)
        chooser.value.set_files(path)
        expect(page.locator(f"[data-name={question}] .picture")).to_be_visible()
        expect(page.locator(f"[data-name={question}] .take button").first).to_be_enabled()  # kept: nothing moves any more
        expect(page.locator(f"[data-name={question}] .photo-question > [role=status]")).not_to_contain_text("Đang lưu ảnh")

    def type(self, page: Page, question: str, text: str) -> None:
        """Tap into the number of *question* and type."""
        box = page.locator(f"[data-name={question}] input")
        self.tap(box)
        box.press_sequentially(text)


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    """Two JPEGs with EXIF as a phone writes them, different in every byte that matters."""
    return [_drawn(tmp_path / f"IMG_{number}.jpg", number) for number in (1, 2)]


def _drawn(path: Path, number: int) -> Path:
    image = Image.effect_noise((1600, 1200), 40 + number).convert("RGB")
    ImageDraw.Draw(image).rectangle((100, 600, 1500, 1000), fill=(40, 110 + number, 50))
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Vsmart"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = datetime.now(UTC).strftime("%Y:%m:%d %H:%M:%S")
    content = io.BytesIO()
    image.save(content, "JPEG", quality=90, exif=exif)
    path.write_bytes(content.getvalue())
    return path


def _open_fence(page: Page, live: LiveServer, thumb: Thumb) -> None:
    page.goto(f"{live.url}/field/")
    thumb.tap(page.locator(".card.site").first)
    thumb.tap(page.locator(".form-tile", has_text="Hàng rào"))


_earlier: set[str] = set()


@pytest.fixture(autouse=True)
def _alone(live: LiveServer) -> None:
    """Let `_rows` see only what comes in from now on: the server is shared."""
    _earlier.clear()
    _earlier.update(row["submission"] for row in _rows(live, "submission"))


def _rows(live: LiveServer, table: str) -> list[Row]:
    survey = live.survey()
    with survey.reading() as reader:
        rows = [row for row in reader.rows(f"SELECT * FROM {table}") if row["submission"] not in _earlier]
    survey.store.close()
    return rows


def _kept(page: Page, store: str) -> int:
    return page.evaluate(
        """(store) => new Promise((resolve) => {
            const request = indexedDB.open("ntm-survey");
            request.onsuccess = () => {
                const count = request.result.transaction(store).objectStore(store).count();
                count.onsuccess = () => { request.result.close(); resolve(count.result); };
            };
        })""",
        store,
    )


def test_fence_with_two_photos_takes_few_taps(page: Page, live: LiveServer, photos: list[Path]) -> None:
    """From the first screen to the receipt in at most twelve taps; the server has the phone's bytes and positions."""
    thumb = Thumb()
    sign_in(page, live)
    _open_fence(page, live, thumb)
    for question, photo in zip(("photo_1", "photo_2"), photos, strict=True):
        thumb.photograph(page, question, photo)
        page.context.set_geolocation({"latitude": 18.0701, "longitude": 106.1100, "accuracy": 6})
        expect(page.locator(f"[data-name={question}]")).to_contain_text("vị trí tốt")
    thumb.type(page, "total_m", "40")
    thumb.type(page, "green_m", "31,5")
    thumb.tap(page.locator("#send"))
    expect(page.locator("#receipt-code")).to_be_visible()

    assert thumb.taps <= MOST_TAPS
    attachments = {row["name"]: row for row in _rows(live, "attachment")}
    wanted = {hashlib.sha256(photo.read_bytes()).hexdigest() for photo in photos}
    assert {row["sha256"] for row in attachments.values()} == wanted
    for sha256, photo in zip([row["sha256"] for _, row in sorted(attachments.items())], photos, strict=True):
        assert b"".join(live.survey().blobs.read(sha256)) == photo.read_bytes()
    assert '"source":"system"' in attachments["photo_1_1.jpg"]["capture"]
    assert '"after":[18.0701' in attachments["photo_1_1.jpg"]["capture"].replace(" ", "")
    submission = _rows(live, "submission")[0]
    assert page.locator("#receipt-code").inner_text() == submission["code"]
    assert (submission["site"], submission["missing_files"]) == ("00000000-0000-4000-8000-000000000001", 0)
    assert (submission["latitude"], submission["accuracy_m"]) == (18.0701, 6)
    assert '"/data/fence/green_m":31.5' in submission["answers"]
    assert [row["code"] for row in _rows(live, "flag")] == []
    assert (_kept(page, "drafts"), _kept(page, "photos"), _kept(page, "sent")) == (0, 0, 1)


def test_reload_and_server_restart_lose_nothing(page: Page, live: LiveServer, photos: list[Path]) -> None:
    """After a reload the visit is where it was; what is sent while the server is away arrives when it is back."""
    thumb = Thumb()
    sign_in(page, live)
    _open_fence(page, live, thumb)
    thumb.photograph(page, "photo_1", photos[0])
    thumb.type(page, "total_m", "40")
    page.wait_for_timeout(500)
    page.reload()

    expect(page.locator("[data-name=photo_1] canvas")).to_be_visible()
    expect(page.locator("[data-name=total_m] input")).to_have_value("40")

    thumb.type(page, "green_m", "20")
    live.kill()
    thumb.photograph(page, "photo_2", photos[1])
    thumb.tap(page.locator("#send"))
    expect(page.locator(".receipt [role=alert]")).to_contain_text("Không kết nối được máy chủ")
    assert _kept(page, "photos") == 2
    live.start()
    page.reload()  # as when the phone killed the page meanwhile
    expect(page.locator("#receipt-code")).to_be_visible()

    assert [row["missing_files"] for row in _rows(live, "submission")] == [0]
    assert {row["sha256"] for row in _rows(live, "attachment")} == {hashlib.sha256(photo.read_bytes()).hexdigest() for photo in photos}


def test_draft_waits_on_the_first_screen(page: Page, live: LiveServer) -> None:
    """A visit that was left is offered first, and the same checklist at the same place continues it."""
    thumb = Thumb()
    sign_in(page, live)
    _open_fence(page, live, thumb)
    thumb.type(page, "total_m", "12")
    thumb.tap(page.get_by_role("button", name="Quay lại"))
    expect(page.locator(".card.open")).to_contain_text("chưa xong")
    thumb.tap(page.locator(".card.site").first)
    expect(page.locator(".form-tile", has_text="Hàng rào")).to_contain_text("làm tiếp")
    thumb.tap(page.locator(".form-tile", has_text="Hàng rào"))

    expect(page.locator("[data-name=total_m] input")).to_have_value("12")
    assert _kept(page, "drafts") == 1


def test_faults_are_shown_where_they_are(page: Page, live: LiveServer) -> None:
    """Nothing is sent while a required answer is missing or one is out of bounds, and the page leads to the first."""
    thumb = Thumb()
    sign_in(page, live)
    _open_fence(page, live, thumb)
    thumb.type(page, "total_m", "10")
    thumb.type(page, "green_m", "11")
    thumb.tap(page.locator("#send"))

    expect(page.locator("[data-name=photo_1] .fault")).to_contain_text("Cần chụp ảnh")
    expect(page.locator("[data-name=green_m] .fault")).to_contain_text("không được lớn hơn")
    assert page.evaluate("document.activeElement.closest('.question').dataset.name") == "photo_1"
    assert _rows(live, "submission") == []


def test_refused_photo_is_taken_again_in_a_correction(page: Page, live: LiveServer, photos: list[Path], tmp_path: Path) -> None:
    """What is not a photo is kept aside with the reason; a new version with another photo replaces the visit."""
    fake = tmp_path / "note.jpg"
    fake.write_text("no photo at all")
    thumb = Thumb()
    sign_in(page, live)
    _open_fence(page, live, thumb)
    thumb.photograph(page, "photo_1", fake)
    expect(page.locator("[data-name=photo_1] .fault").first).to_contain_text("không phải là ảnh")
    thumb.photograph(page, "photo_2", photos[1])
    thumb.type(page, "total_m", "0")
    thumb.tap(page.locator("#send"))
    expect(page.locator(".items .refused")).to_contain_text("Tệp không phải là ảnh")
    thumb.tap(page.get_by_role("button", name="Chụp lại ảnh không được nhận"))
    thumb.photograph(page, "photo_1", photos[0])
    thumb.tap(page.locator("#send"))
    expect(page.locator("#receipt-code")).to_be_visible()
    expect(page.locator(".items .refused")).to_have_count(0)

    first, second = sorted(_rows(live, "submission"), key=lambda row: row["received_at"])
    assert second["replaces"] == first["submission"]
    files = {row["name"]: row["state"] for row in _rows(live, "attachment") if row["submission"] == second["submission"]}
    assert sorted(files.values()) == ["stored", "stored"]
    assert (_kept(page, "drafts"), _kept(page, "photos")) == (0, 0)


def test_heic_goes_as_it_is(page: Page, live: LiveServer) -> None:
    """A HEIC photo, which the browser cannot draw, shows a plain tile and arrives unchanged."""
    heic = PHOTOS / "heic" / "mobile" / "iphone_13_pro_max.HEIC"
    if not heic.exists():
        pytest.skip("needs the photos of ../shared/photos")
    thumb = Thumb()
    sign_in(page, live)
    _open_fence(page, live, thumb)
    thumb.photograph(page, "photo_1", heic)
    expect(page.locator("[data-name=photo_1] .tile-plain")).to_contain_text("HEIC")
    thumb.type(page, "total_m", "0")
    thumb.tap(page.locator("#send"))
    expect(page.locator("#receipt-code")).to_be_visible()

    assert [row["sha256"] for row in _rows(live, "attachment")] == [hashlib.sha256(heic.read_bytes()).hexdigest()]


def test_search_without_marks_finds_the_household(page: Page, live: LiveServer) -> None:
    """Typing without diacritics finds a name with them; the nearest stands first before."""
    sign_in(page, live)
    page.goto(f"{live.url}/field/")
    expect(page.locator(".card.site").first).to_contain_text("Nguyễn Văn Đức")
    page.locator("#site-search").fill("huong tran")

    expect(page.locator(".card.site")).to_have_count(1)
    expect(page.locator(".card.site")).to_contain_text("Trần Thị Hường")
    page.locator("#site-search").fill("uong tran")
    expect(page.locator(".card.site")).to_have_count(0)
    page.locator("#site-search").fill("0002")
    expect(page.locator(".card.site")).to_contain_text("HO-0002")


def test_a_checklist_for_every_kind_is_due_where_there_is_no_other(page: Page, live: LiveServer) -> None:
    """A household with a checklist of its own has one to do; a road that only the general one fits has that one."""
    page.goto(f"{live.url}/field/")
    wanted = page.evaluate(
        """async () => {
            const { Register } = await import("/field/register.mjs");
            const register = new Register([{ site: "h", kind: "household" }, { site: "r", kind: "road_segment" }]);
            register.mark([{ form: "fence", site_kind: "household" }, { form: "any", site_kind: null }], new Map([["r any", "accepted"]]));
            return register.entries.map(({ wanted, done, open, states }) => [wanted, done, open, [...states.keys()]]);
        }"""
    )

    assert wanted == [[1, 0, True, ["fence", "any"]], [1, 1, False, ["any"]]]


def test_what_chance_has_drawn_stands_first_until_somebody_was_there(page: Page, live: LiveServer) -> None:
    """A far site that is asked for comes before a near one; it is open even if done before the draw, not once this phone has done it."""
    page.goto(f"{live.url}/field/")
    found = page.evaluate(
        """async () => {
            const { askedOf, Register } = await import("/field/register.mjs");
            const site = (id, latitude) => ({ site: id, code: id, name: id, kind: "household", hamlet: "", latitude, longitude: 106 });
            const forms = [{ form: "fence", site_kind: "household" }];
            const known = { asked: [["far", "fence"], ["sent", "fence"], ["done", "fence"]], visits: [["done", "fence", "accepted"]] };
            const states = new Map([["sent fence", "sending"], ["done fence", "accepted"]]);
            const asked = askedOf({ ...known, states });
            const register = new Register([site("near", 18.001), site("far", 19), site("sent", 18.002), site("done", 20)]);
            register.mark(forms, states, asked);
            const fix = { latitude: 18, longitude: 106, accuracy: 5 };
            const nearest = register.find({ open: true }, fix, 2).entries.map((entry) => entry.site.site);
            return [[...asked], nearest, register.find({}, fix, 9).open];
        }"""
    )

    assert found == [["far", "done"], ["far", "done"], 3]


def test_place_that_the_register_lacks(page: Page, live: LiveServer, photos: list[Path]) -> None:
    """A place that is not in the register is described in the form and arrives without a site."""
    thumb = Thumb()
    sign_in(page, live)
    page.goto(f"{live.url}/field/")
    thumb.tap(page.get_by_role("button", name="Chưa có trong sổ bộ"))
    thumb.tap(page.locator(".form-tile", has_text="Hàng rào"))
    page.locator("[data-name=site] input").fill("Nhà bà Tám, cuối ngõ")
    thumb.photograph(page, "photo_1", photos[0])
    thumb.type(page, "total_m", "0")
    thumb.tap(page.locator("#send"))
    expect(page.locator("#receipt-code")).to_be_visible()

    submission = _rows(live, "submission")[0]
    assert submission["site"] is None
    assert '"/data/site":"Nhà bà Tám, cuối ngõ"' in submission["answers"]


def test_no_position_is_said_and_nothing_invented(new_phone, live: LiveServer, photos: list[Path]) -> None:
    """A phone that gives no position can hand in, and the submission has none."""
    page = new_phone(permissions=[], geolocation=None).new_page()
    thumb = Thumb()
    sign_in(page, live)
    _open_fence(page, live, thumb)
    expect(page.locator(".strip")).to_contain_text("Điện thoại chưa cho biết vị trí")
    thumb.photograph(page, "photo_1", photos[0])
    thumb.type(page, "total_m", "0")
    thumb.tap(page.locator("#send"))
    expect(page.locator("#receipt-code")).to_be_visible()

    submission = _rows(live, "submission")[0]
    assert (submission["latitude"], submission["accuracy_m"]) == (None, None)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_screens_fit_a_small_phone(new_phone, live: LiveServer, photos: list[Path], scheme: str) -> None:
    """At 360 px nothing scrolls sideways, what is touched is at least 44 px high, and words stand out (WCAG AA) by day and night."""
    page = new_phone(color_scheme=scheme).new_page()
    thumb = Thumb()
    page.goto(f"{live.url}/field/")
    expect(page.get_by_role("link", name="Đăng nhập")).to_be_visible()
    _check_screen(page)
    sign_in(page, live)
    page.goto(f"{live.url}/field/")
    expect(page.locator(".card.site").first).to_be_visible()
    _check_screen(page)
    thumb.tap(page.locator(".card.site").first)
    for tile in range(page.locator(".form-tile").count()):
        thumb.tap(page.locator(".form-tile").nth(tile))
        expect(page.locator("#send")).to_be_visible()
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        thumb.photograph(page, "photo_1", photos[0])
        thumb.tap(page.locator("#send"))
        _check_screen(page)
        thumb.tap(page.get_by_role("button", name="Quay lại"))
        thumb.tap(page.locator(".card.site").first)


def _check_screen(page: Page) -> None:
    found = page.evaluate(_SCREEN)

    assert found["width"] <= 360
    assert found["small"] == []
    assert found["faint"] == []


_SCREEN = """() => {
    const seen = (one) => one.getClientRects().length > 0 && !one.closest(".unseen") && !one.matches(".unseen");
    const targets = "button, a, select, summary, label.tile, input:not([type=radio], [type=checkbox]), textarea";
    const touched = [...document.querySelectorAll(targets)];
    const small = touched.filter(seen).map((one) => [one.outerHTML.slice(0, 90), one.getBoundingClientRect()])
        .filter(([, box]) => box.height < 44 || box.width < 44).map(([text]) => text);
    const light = (colour) => {
        const [red, green, blue] = colour.match(/[0-9.]+/g).map(Number)
            .map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const ground = (one) => {
        for (let at = one; at; at = at.parentElement) {
            const colour = getComputedStyle(at).backgroundColor;
            if (!/, 0\\)$/.test(colour) && colour !== "transparent") return colour;
        }
        return "rgb(255, 255, 255)";
    };
    const faint = [...document.querySelectorAll(".field *")]
        .filter((one) => seen(one) && [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
        .filter((one) => {
            const [a, b] = [light(getComputedStyle(one).color), light(ground(one))].sort((x, y) => y - x);
            return (a + 0.05) / (b + 0.05) < 4.5;
        })
        .map((one) => one.outerHTML.slice(0, 90));
    return { width: document.documentElement.scrollWidth, small, faint };
}"""


def test_language_can_be_switched_in_the_middle(page: Page, live: LiveServer) -> None:
    """The form changes language where it is, keeps its answers, and the choice is remembered."""
    thumb = Thumb()
    sign_in(page, live)
    _open_fence(page, live, thumb)
    thumb.type(page, "total_m", "12.5")
    thumb.tap(page.get_by_role("button", name="English"))

    expect(page.locator("#send")).to_have_text("Send")
    expect(page.locator("[data-name=total_m] input")).to_have_value("12.5")
    page.reload()
    expect(page.locator("#send")).to_have_text("Send")


def test_capture_page_mounts_the_same_client(new_phone, live: LiveServer, photos: list[Path]) -> None:
    """The Streamlit page carries the client; from paper there is no camera, the place is typed in and marked as such."""
    page = new_phone(viewport={"width": 1280, "height": 900}, has_touch=False, is_mobile=False).new_page()
    sign_in(page, live)
    page.goto(f"{live.url}/capture")
    page.get_by_text("Từ phiếu giấy, tại bàn").click()
    expect(page.get_by_text("Mở trang nhẹ")).to_have_count(0)  # the client of the other mode is gone too
    page.locator("[data-testid=stApp]:not([data-test-script-state=running])").wait_for()
    page.locator(".card.site").first.click()
    page.locator(".form-tile", has_text="Hàng rào").click()
    page.locator("#desk-place").fill("18.0712, 106.1108")
    with page.expect_file_chooser() as chooser:
        page.locator("[data-name=photo_1]").get_by_role("button", name="Chọn tệp").click()
    chooser.value.set_files(photos[0])
    page.locator("[data-name=total_m] input").fill("0")
    page.locator("#send").click()
    expect(page.locator("#receipt-code")).to_be_visible()

    submission, attachment = _rows(live, "submission")[0], _rows(live, "attachment")[0]
    assert submission["door"] == "desk"
    assert (submission["latitude"], submission["accuracy_m"], submission["fix_at"]) == (18.0712, None, None)
    assert 'placed="hand"' in bytes(_rows(live, "instance")[0]["xml"]).decode()
    assert '"source":"desk"' in attachment["capture"]
