"""A day without signal: a phone is enrolled in the morning, works in the hills, and in the evening its photos are evidence.

The second-best introduction to the code, after `test_photo_to_bundle`: there each step names its verb, here each is what a person does.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from survey import assess, review
from survey.commands import main, operator
from survey.domain.submissions import State
from survey.domain.times import local_date
from survey.domain.verdicts import Basis
from survey.register import add_hamlet
from survey.store.check import find_faults
from survey.store.submissions import select_submission
from survey.wiring import Settings, Survey, open_survey
from tests.browser.map_hand import go_here, map_tab, tap
from tests.conftest import COMMUNE, PHOTOS
from tests.live import LiveServer
from tests.phones import GATE, phone
from tests.receive.conftest import jpeg

pytestmark = pytest.mark.browser

# The inspector stands at the gate of the first house; the second one is in the next hamlet.
REGISTER = f"""Mã;Tên;Thôn;Vĩ độ;Kinh độ
HO-0001;Trần Thị Hường;Thôn Đá Bạc;{GATE["latitude"]};{GATE["longitude"]}
HO-0002;Lê Quang Bình;Thôn Đá Bạc;18.0731;106.1122
HO-0003;Nguyễn Văn Đức;Thôn Khe Sú;18.0812;106.1204
"""


def test_day_without_signal(tmp_path: Path, playwright: Playwright) -> None:
    """From the command that enrols a phone to a bundle that `verify` accepts, with no network in between; every photo byte for byte."""
    office = Office(tmp_path / "office")
    photos = _photos(tmp_path)
    profile = tmp_path / "phone"  # what the phone keeps when its browser is closed

    with LiveServer(office.data, environment={"SURVEY_WORKERS": "1"}) as server:
        # Morning, at the office: the coordinator enrols the phone, and it takes along what a day needs.
        enrolled = office.command("device", "enroll", "--user", "hoa", "--name", "Máy của Hoa", "--json")
        with phone(playwright, profile) as browser:
            _open_link(browser, server.url + urlsplit(enrolled["url"]).path)
            expect(browser.pages[0].locator("#ready[data-ready]")).to_be_attached(timeout=30_000)

        # Behind the first hill: neither network nor server, and the browser was closed on the way.
        server.stop()
        with phone(playwright, profile) as browser, _no_network(browser):
            page = _open_client(browser, server)
            _photograph_fence(page, "huong", photos[:2], total_m=40, green_m=30)
            _photograph_fence(page, "duc", photos[2:], total_m=20, green_m=8)
            _see_what_waits(page)
            _see_it_on_the_map(page, "Trần Thị Hường")

            # Evening, back in range: nobody presses anything.
            server.start()
            browser.set_offline(False)
            expect(page.locator("nav.tabs button").nth(2)).to_have_text("Hộp gửi", timeout=60_000)
        sent = office.received()
        assert {sha256 for files in sent.values() for sha256 in files} == {_sha256(photo) for photo in photos}
        assert sorted(map(len, sent.values())) == [2, 2]

        # At the desk: a reviewer accepts, and the phone hears of it.
        for submission in sent:
            office.accept(submission)
        with phone(playwright, profile) as browser:
            page = _open_client(browser, server)
            page.locator(".lately summary").tap()
            expect(page.locator(".card.sent.accepted")).to_have_count(2)
            expect(page.locator(".card.sent.accepted").first).to_contain_text("đã chấp nhận")

        _a_lost_phone_is_shut_out(office, server)

    # Whoever judges the hamlet counts what was photographed, and whoever gets the bundle finds the very bytes in it.
    first, _ = office.hamlets
    by_metres = office.share_of_green_fences(first)
    assert (by_metres.numerator, by_metres.denominator) == (30, 40)
    assert set(by_metres.submissions) < set(sent)
    bundle = tmp_path / "bundle.zip"
    office.command("export", "--out", str(bundle))
    assert main(["verify", str(bundle)]) == 0
    assert {_sha256(photo) for photo in photos} <= set(_contents(bundle))
    office.check()


class Office:
    """The commune's office: its deployment, from the terminal and at the desk."""

    def __init__(self, data: Path) -> None:
        """Begin as `docs/operations.md` says: the commune, its hamlets, the register, the people."""
        self.data = data
        self.command("init", "--commune", COMMUNE)
        self.survey: Survey = open_survey(Settings(data=data))
        today = local_date(self.survey.now())
        self.hamlets = [add_hamlet(self.survey, operator(COMMUNE), name, valid_from=today).id for name in ("Thôn Đá Bạc", "Thôn Khe Sú")]
        register = data / "ho.csv"
        register.write_text(REGISTER, encoding="utf-8")
        self.command("load-register", str(register), "--kind", "household")
        self.command("user", "add", "hoa", "--name", "Nguyễn Thị Hoa", "--role", "inspector", "--hamlets", "all")

    def command(self, *words: str) -> dict[str, str]:
        """Run `python -m survey …`, which must end well; what it prints with `--json`."""
        printed = io.StringIO()
        with redirect_stdout(printed):
            assert main([*words, "--data", str(self.data)]) == 0, printed.getvalue()
        return dict(json.loads(printed.getvalue())) if "--json" in words else {}

    def received(self) -> dict[str, list[str]]:
        """The SHA-256 of each stored photo, as its bytes on the disk say, by submission."""
        with self.survey.reading() as reader:
            rows = reader.rows("SELECT submission, sha256 FROM attachment WHERE state = 'stored' ORDER BY submission, ordinal")
        found: dict[str, list[str]] = {}
        for row in rows:
            found.setdefault(row["submission"], []).append(hashlib.sha256(b"".join(self.survey.blobs.read(row["sha256"]))).hexdigest())
        return found

    def accept(self, submission: str) -> None:
        """A reviewer looks at *submission* and accepts it."""
        with self.survey.reading() as reader:
            known = select_submission(reader, COMMUNE, submission)
        assert known is not None
        review.decide(self.survey, operator(COMMUNE), submission, State.ACCEPTED, expected_version=known.state_version)

    def share_of_green_fences(self, hamlet: str) -> Basis:
        """The basis, in metres, of the verdict on *hamlet*'s fences."""
        verdicts = assess.assess(self.survey, operator(COMMUNE), edition="ha-tinh-kdc-kieu-mau", hamlet=hamlet)
        fences = next(verdict for verdict in verdicts if verdict.criterion == "3")
        return next(basis for basis in fences.basis if basis.unit == "share" and basis.denominator == 40)

    def check(self) -> None:
        """Every row against its bytes, and the log's chain."""
        with self.survey.reading() as reader:
            assert list(find_faults(reader, self.survey.blobs)) == []


def _open_link(browser: BrowserContext, link: str) -> None:
    """Open the one-time link, as the phone does that reads its QR code, and press the button."""
    page = browser.pages[0]
    page.goto(link)
    page.get_by_role("button", name="Đăng ký điện thoại này").tap()
    page.wait_for_url("**/field/")


@contextmanager
def _no_network(browser: BrowserContext) -> Iterator[None]:
    browser.set_offline(True)
    yield


def _open_client(browser: BrowserContext, server: LiveServer) -> Page:
    page = browser.pages[0]
    page.goto(f"{server.url}/field/")
    expect(page.locator(".home")).to_be_visible()
    return page


def _photograph_fence(page: Page, typed: str, photos: list[Path], *, total_m: int, green_m: int) -> None:
    """Find the house by a name *typed* without diacritics, fill its fence in, send it, and go back to the list."""
    page.locator("#site-search").fill(typed)
    expect(page.locator(".card.site")).to_have_count(1)
    page.locator(".card.site").tap()
    page.locator(".form-tile", has_text="Hàng rào").tap()
    for number, photo in enumerate(photos, 1):
        question = page.locator(f"[data-name=photo_{number}]")
        with page.expect_file_chooser() as camera:
            question.get_by_role("button").first.tap()
        camera.value.set_files(photo)
        expect(question.locator(".picture canvas")).to_be_visible()
    page.locator("[data-name=total_m] input").fill(str(total_m))
    page.locator("[data-name=green_m] input").fill(str(green_m))
    page.locator("#send").tap()
    expect(page.locator(".receipt [role=alert]")).to_contain_text("Không kết nối được máy chủ")
    page.get_by_role("button", name="Quay lại").tap()
    expect(page.locator(".home")).to_be_visible()
    page.locator("#site-search").fill("")


def _see_what_waits(page: Page) -> None:
    """The outbox names both visits, and says why they wait."""
    page.locator("nav.tabs button").nth(2).tap()
    expect(page.locator(".outbox details.card")).to_have_count(2)
    expect(page.locator(".outbox")).to_contain_text("mất kết nối")


def _see_it_on_the_map(page: Page, house: str) -> None:
    """The house at which the phone stands is marked as waiting to be sent."""
    map_tab(page)
    canvas = page.get_by_role("application")
    expect(canvas).to_be_visible()
    go_here(page)
    tap(page, canvas)
    expect(page.get_by_role("region", name=house)).to_contain_text("Chờ gửi")


def _a_lost_phone_is_shut_out(office: Office, server: LiveServer) -> None:
    """Another phone of the same person gets in by its token, until it is revoked."""
    lost = office.command("device", "enroll", "--user", "hoa", "--name", "Máy bị mất", "--json")
    assert _ways_in(server, lost["token"]) == (200, 200)
    office.command("device", "revoke", lost["device"])
    assert _ways_in(server, lost["token"]) == (401, 403)


def _ways_in(server: LiveServer, token: str) -> tuple[int, int]:
    """What /api and ODK Collect's door answer to *token*."""
    me = httpx2.get(f"{server.url}/api/me", headers={"Authorization": f"Bearer {token}"})
    forms = httpx2.get(f"{server.url}/key/{token}/openrosa/formList", headers={"X-OpenRosa-Version": "1.0"})
    return me.status_code, forms.status_code


def _photos(folder: Path) -> list[Path]:
    """Four photos of real cameras; drawn ones where the collection is not at hand."""
    real = sorted((PHOTOS / "jpg" / "gps").glob("*.jpg"))[:4]
    if len(real) == 4:
        return real
    drawn = [folder / f"IMG_{number}.jpg" for number in range(4)]
    for path, colour in zip(drawn, ("green", "olive", "darkgreen", "brown"), strict=True):
        path.write_bytes(jpeg(colour))
    return drawn


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _contents(bundle: Path) -> Iterator[str]:
    with zipfile.ZipFile(bundle) as archive:
        yield from (hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist())
