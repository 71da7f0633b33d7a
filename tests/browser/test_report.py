"""The bundle's report in a browser with the network off, opened from the disk as the council does."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from survey.bundle.arrange import REPORT, arrange
from survey.bundle.report import add_report
from survey.bundle.spool import Spool
from survey.domain.evidence import Evidence
from survey.wiring import ROOT
from tests.browser.audit import faults
from tests.bundle.written import thumb_of, write_evidence

Open = Callable[..., Page]
_DESK = {"viewport": {"width": 1280, "height": 800}, "has_touch": False, "is_mobile": False}
_NAMES = ("Nguyễn Văn Đức", "Trần Thị <script>alert(1)</script>", "Đặng Thị Hường", "Lê Văn Ứng")


def _evidence() -> Evidence:
    evidence = write_evidence(sites=60, photos=3, hostile=False)
    sites = {key: replace(site, name=_NAMES[number % len(_NAMES)]) for number, (key, site) in enumerate(evidence.sites.items())}
    keys = tuple(sorted(item.submission for item in evidence.items))
    (verdict,) = evidence.verdicts
    judged = [replace(verdict, hamlet=place, basis=(replace(verdict.basis[0], submissions=keys),)) for place in (None, "h0", "h1")]
    return replace(evidence, sites=sites, verdicts=judged, people={"p1": "Phạm Thị Khảo Sát", "p2": "Điều phối"})


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report's folder, with photos and previews beside it as an unpacked bag has them."""
    data, evidence, spool = tmp_path_factory.mktemp("bag") / "data", _evidence(), Spool()
    arrangement = arrange(evidence)
    add_report(spool, evidence, arrangement, portion=40)
    files = {one.name: b"".join(spool.read(one)) for one in spool.files}
    files |= {name: thumb_of(number % 50) for number, name in enumerate([*arrangement.previews.values(), *arrangement.photos.values()])}
    for name, content in files.items():
        path = data / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return data / REPORT


@pytest.fixture
def open_page(report: Path, new_phone: Callable[..., BrowserContext]) -> Iterator[Open]:
    """A function that opens a page of the report from the disk, offline; afterwards no script may have failed and nothing been refused."""
    heard: list[str] = []

    def open_page(name: str, **options: object) -> Page:
        page = new_phone(offline=True, **options).new_page()
        page.on("console", lambda message: heard.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.on("requestfailed", lambda request: heard.append(f"failed: {request.url}"))
        page.goto(f"{report.as_uri()}/{name}")
        return page

    yield open_page
    assert heard == []


def test_a_tick_leads_to_its_photos(open_page: Open) -> None:
    """Tick → the hamlet's part of the criterion, open, with photos → the record → the original file."""
    page = open_page("index.html", **_DESK)
    page.locator(".matrix td a").nth(1).click()
    expect(page).to_have_url(re.compile(r"thon-dong-son\.html#tieu-chi-1$"))
    strip = page.locator(".strip img")
    expect(strip.first).to_be_visible()
    assert strip.first.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    page.locator(".strip a").first.click()
    photo = page.locator(".photos li:target")

    expect(photo).to_be_in_viewport()
    assert re.search("SHA-256 [0-9a-f]{64}", photo.inner_text())
    original = photo.locator("a").get_attribute("href")
    assert original is not None
    assert original.startswith("../anh/thon-dong-son/HO-")
    page.locator(".submission:has(li:target) a.back").click()
    expect(page.locator("details.criterion[open]")).to_have_count(1)


def test_search_finds_names_without_marks(open_page: Open) -> None:
    """Name, code, person, photo's file and start of a hash are found from the keyboard, and Enter opens the first."""
    page = open_page("index.html", **_DESK)
    page.keyboard.press("/")
    box = page.locator("#o-tim")
    expect(box).to_be_focused()
    box.fill("nguyen van duc")
    sites = page.locator("#ket-qua-tim h2", has_text="Đối tượng")
    expect(sites).to_have_text("Đối tượng (15)")
    box.fill("HO-0004")
    expect(page.locator("#ket-qua-tim b").first).to_contain_text("HO-0004")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(box).to_be_focused()
    box.fill("pham thi khao sat")
    expect(page.locator("#so-thay")).to_contain_text("60 mục")
    box.fill("0000000700000001")
    found = page.locator("#ket-qua-tim b")
    expect(found).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator(".photos li:target")).to_contain_text("SHA-256 0000000700000001")


def test_an_address_with_a_hash_finds_the_photo(open_page: Open) -> None:
    """What a proof sheet prints, the whole SHA-256, leads to the photo from a link."""
    page = open_page("tim-kiem.html#q=" + "0000000700000001" + "ab" * 24, **_DESK)

    expect(page.locator("#ket-qua-tim a")).to_have_count(1)


def test_search_folds_as_the_product_does(open_page: Open) -> None:
    """The vectors that Python and the field client pass hold for the report's own search."""
    vectors = json.loads((ROOT / "tests" / "vectors" / "fold.json").read_text())["cases"]
    page = open_page("tim-kiem.html", **_DESK)
    for text, folded in vectors:
        words = folded.split(" ")
        if not folded:
            continue
        page.evaluate("name => ntmFind(['', 'x.html', [['s-x', name, '', '', []]]])", f"zzq {text}")
        page.locator("#o-tim").fill(f"zzq {' '.join(words)}")
        expect(page.locator("#ket-qua-tim b").first).to_contain_text("zzq")


def test_a_page_of_others_words_runs_nothing(open_page: Open) -> None:
    """A name that is a script is shown, and what an attacker would add is refused by the page's own policy."""
    page = open_page("tim-kiem.html#q=alert", **_DESK)

    expect(page.locator("#ket-qua-tim b", has_text="<script>alert(1)</script>").first).to_be_visible()
    assert page.evaluate("document.querySelector('meta[http-equiv]').content").startswith("default-src 'none'")


def test_policy_refuses_inline_scripts(report: Path, new_phone: Callable[..., BrowserContext]) -> None:
    """The policy holds for pages from a disk: an inline script put into a copy does not run."""
    source = (report / "index.html").read_text().replace("</body>", "<script>window.ran = true</script></body>")
    (report / "tampered.html").write_text(source)
    page = new_phone(offline=True).new_page()
    page.goto(f"{report.as_uri()}/tampered.html")

    assert page.evaluate("window.ran") is None
    assert page.locator(".tools button").count() == 1  # our own script did run


def test_map_shows_the_chosen_criterion(open_page: Open) -> None:
    """Choosing a criterion colours each hamlet by its verdict and puts its sign before its name."""
    page = open_page("index.html", **_DESK)
    page.locator("#tieu-chi-ban-do").select_option(index=1)

    expect(page.locator(".map .place.met")).to_have_count(3)  # two hamlets, and what belongs to none
    expect(page.locator(".map .name").first).to_contain_text("✓ ")
    expect(page.locator(".by-evidence")).to_be_hidden()


def test_light_and_dark_are_remembered(open_page: Open) -> None:
    """The switch holds on the next page."""
    page = open_page("index.html", **_DESK, color_scheme="light")
    page.get_by_role("button", name="Nền tối").click()
    page.locator(".cards a").first.click()

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(15, 22, 18)"


def test_report_is_whole_without_scripts(report: Path, new_phone: Callable[..., BrowserContext]) -> None:
    """Without JavaScript every link still works, a link to a closed part opens it, and the search page says where to look."""
    page = new_phone(offline=True, java_script_enabled=False).new_page()
    page.goto(f"{report.as_uri()}/index.html")
    page.locator(".matrix td a").nth(1).click()

    expect(page.locator(".strip a").first).to_be_visible()
    page.goto(f"{report.as_uri()}/tim-kiem.html")
    expect(page.locator("noscript a")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["phone", "desk"])
def test_nothing_is_too_pale_small_or_wide(open_page: Open, size: str, scheme: str) -> None:
    """Contrast, targets and width of every kind of page, with everything opened."""
    names = ("index.html", "thon-dong-son.html", "thon-dong-son_01.html", "tim-kiem.html#q=nguyen")
    for name in names:
        page = open_page(name, color_scheme=scheme, **(_DESK if size == "desk" else {}))
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")

        assert faults(page) == [], name


def test_paper_is_white_and_says_whose_it_is(open_page: Open, tmp_path: Path) -> None:
    """Printed from a dark screen: no navigation, closed parts open, head and foot of each sheet with the log's head."""
    page = open_page("thon-dong-son_01.html", **_DESK, color_scheme="dark")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")

    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator("details:not([open])").count() == 0
    expect(page.locator(".bar")).to_be_hidden()
    printed = page.pdf(path=tmp_path / "x.pdf", prefer_css_page_size=True)
    assert printed.startswith(b"%PDF")
