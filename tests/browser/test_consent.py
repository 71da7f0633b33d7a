"""On the phone, before anybody is photographed: the notice once, what the people said, and a refusal that leaves no photo behind."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from survey.domain.ports import Row
from survey.wiring import ROOT
from tests.browser.audit import faults
from tests.browser.conftest import sign_in
from tests.browser.test_capture import Thumb
from tests.conftest import COMMUNE
from tests.live import LiveServer
from tests.receive.conftest import jpeg

pytestmark = pytest.mark.browser
NewPhone = Callable[..., BrowserContext]
FENCE, ROAD = "Hàng rào", "Đường"
# What the notice says, as one hash for each number of it: who changes the texts raises NOTICE, so that everybody reads them again.
NOTICES = {1: "8748b52dc84173a2"}


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    """Two photos."""
    made = [tmp_path / "a.jpg", tmp_path / "b.jpg"]
    for path, colour in zip(made, ("green", "olive"), strict=True):
        path.write_bytes(jpeg(colour))
    return made


def _open(page: Page, live: LiveServer, thumb: Thumb, *, place: int = 0, checklist: str = FENCE) -> None:
    page.goto(f"{live.url}/field/")
    thumb.tap(page.locator(".card.site").nth(place))
    thumb.tap(page.locator(".form-tile", has_text=checklist))
    expect(page.locator("#send")).to_be_visible()


def _newest(live: LiveServer) -> Row:
    survey = live.survey()
    with survey.reading() as reader:
        row = reader.row("SELECT * FROM submission ORDER BY received_at DESC")
    survey.store.close()
    assert row is not None
    return row


def _set(live: LiveServer, name: str, value: str) -> None:
    survey = live.survey()
    with survey.transaction() as tx:
        tx.execute(
            "INSERT INTO setting (commune, name, number, value, reason, person, at) SELECT :commune, :name, COUNT(*) + 1, :value, 'r',"
            " 'p', '2026-11-23T00:00:00.000Z' FROM setting WHERE commune = :commune AND name = :name",
            commune=COMMUNE, name=name, value=value,
        )  # fmt: skip
    survey.store.close()


def test_a_fence_with_notice_question_and_two_photos_takes_few_taps(page: Page, live: LiveServer, paths: list[Path]) -> None:
    """The first visit of all: nothing is chosen beforehand, and from the list to the receipt it takes at most twelve taps."""
    thumb = Thumb()
    sign_in(page, live)
    _open(page, live, thumb)
    expect(page.locator("#notice")).to_contain_text("Xã Kỳ Thượng chụp ảnh nhà, vườn")
    expect(page.locator("#notice")).to_contain_text("Xã chưa quy định ảnh được lưu bao lâu")
    assert page.locator("#consent input:checked").count() == 0
    thumb.tap(page.locator("#notice-read"))
    thumb.tap(page.locator("#consent .tile", has_text="Đồng ý"))
    for question, path in zip(("photo_1", "photo_2"), paths, strict=True):
        thumb.photograph(page, question, path)
    thumb.type(page, "total_m", "40")
    thumb.type(page, "green_m", "31,5")
    thumb.tap(page.locator("#send"))
    expect(page.locator("#receipt-code")).to_be_visible()

    assert thumb.taps <= 12
    assert _newest(live)["consent"] == "given"


def test_the_notice_comes_once_and_again_when_the_commune_changes_it(page: Page, live: LiveServer) -> None:
    """Read once it is one line, readable offline; another time it is kept, it stands open again; another person reads it too."""
    thumb = Thumb()
    sign_in(page, live)
    _open(page, live, thumb, place=1)
    page.locator("#notice-read").tap()
    expect(page.locator("#notice-read")).to_have_count(0)
    page.goto(f"{live.url}/field/")
    _open(page, live, thumb, place=2)
    expect(page.locator("details#notice")).to_be_visible()
    page.context.set_offline(True)
    page.locator("#notice summary").tap()
    expect(page.locator("#notice")).to_contain_text("Luật số 91/2025/QH15")
    page.context.set_offline(False)

    _set(live, "retention_years", "5")
    _set(live, "privacy_contact", "Văn phòng UBND xã")
    page.goto(f"{live.url}/field/")
    page.wait_for_timeout(500)
    page.goto(f"{live.url}/field/")
    _open(page, live, thumb, place=3)
    expect(page.locator("section#notice")).to_contain_text("Ảnh được lưu 5 năm")
    expect(page.locator("#notice")).to_contain_text("liên hệ: Văn phòng UBND xã")
    page.locator("#notice-read").tap()
    sign_in(page, live, "coordinator")
    page.goto(f"{live.url}/field/")
    page.wait_for_timeout(500)
    _open(page, live, thumb, place=3)
    expect(page.locator("section#notice")).to_be_visible()
    _set(live, "retention_years", "")
    _set(live, "privacy_contact", "")


def test_a_refusal_is_sent_without_photos(page: Page, live: LiveServer, paths: list[Path]) -> None:
    """The phone says what to do; the photos that the checklist needs are no longer asked for, and the reviewer hears of both."""
    thumb = Thumb()
    sign_in(page, live)
    _open(page, live, thumb, place=1)
    thumb.type(page, "total_m", "40")
    thumb.type(page, "green_m", "31,5")
    page.locator("#send").tap()
    expect(page.locator("[data-name=photo_1] .fault").last).to_contain_text("Cần chụp ảnh")
    page.locator("#consent .tile", has_text="Từ chối").tap()
    expect(page.locator("#consent .notice")).to_contain_text("Không chụp người")
    page.wait_for_timeout(500)  # what was tapped is written a moment later
    page.reload()
    expect(page.locator("#consent input:checked")).to_have_value("refused")
    page.locator("#send").tap()
    expect(page.locator("#receipt-code")).to_be_visible()

    submission = _newest(live)
    assert submission["consent"] == "refused"
    survey = live.survey()
    with survey.reading() as reader:
        codes = {row["code"] for row in reader.rows("SELECT code FROM flag WHERE submission = :key", key=submission["submission"])}
    survey.store.close()
    assert "answers_missing" in codes


def test_no_answer_stops_nothing_and_is_no_consent(page: Page, live: LiveServer, paths: list[Path]) -> None:
    """An answer that was taken back is none: it counts as nobody asked."""
    thumb = Thumb()
    sign_in(page, live)
    _open(page, live, thumb, place=2)
    agree = page.locator("#consent .tile", has_text="Đồng ý")
    agree.tap()
    expect(page.locator("#consent input:checked")).to_have_value("given")
    agree.tap()
    expect(page.locator("#consent input:checked")).to_have_count(0)
    thumb.photograph(page, "photo_1", paths[0])
    thumb.photograph(page, "photo_2", paths[1])
    thumb.type(page, "total_m", "0")
    page.locator("#send").tap()
    expect(page.locator("#receipt-code")).to_be_visible()

    assert _newest(live)["consent"] == "absent"


def test_nobody_is_asked_about_a_road(page: Page, live: LiveServer) -> None:
    """A road has no people to ask; the notice is there all the same."""
    sign_in(page, live)
    page.goto(f"{live.url}/field/")
    page.locator(".card.site", has_text="Đường trục").tap()
    page.locator(".form-tile").first.tap()
    expect(page.locator("#notice")).to_be_visible()

    expect(page.locator("#consent")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_notice_and_question_fit_a_phone(new_phone: NewPhone, live: LiveServer, scheme: str, language: str) -> None:
    """Contrast, targets and width, with the notice open and a refusal."""
    page = new_phone(color_scheme=scheme).new_page()
    sign_in(page, live)
    thumb = Thumb()
    _open(page, live, thumb, place=1)
    if language == "en":
        page.get_by_role("button", name="English").tap()
        expect(page.locator("#send")).to_have_text("Send")
    page.locator("#consent .tile").nth(1).tap()
    page.locator("#notice summary").tap()

    assert faults(page) == []


def test_a_changed_notice_is_read_again() -> None:
    """The number of the notice is raised whenever its texts change."""
    source = (ROOT / "field" / "consent.mjs").read_text()
    number = int(re.findall(r"NOTICE = (\d+)", source)[0])
    texts = source.split("function inShort")[1].split("// One tap")[0]
    catalogue = (ROOT / "schema/locale/vi/privacy.po").read_text().split("Do the people here")[0]
    said = "\n".join([*re.findall(r't\(\s*"([^"]+)"', texts), *re.findall(r'^msgstr "(.+)"$', catalogue, re.MULTILINE)])

    assert {number: hashlib.sha256(said.encode()).hexdigest()[:16]} == NOTICES
