"""Public-style checklists on the phone: filled by thumb, sent, and found without a misfit by the server."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from survey.forms.compile import compile_xlsform
from survey.store.forms import insert_form
from tests.browser.audit import faults
from tests.browser.conftest import sign_in
from tests.conftest import COMMUNE
from tests.forms.public_forms import sources
from tests.live import LiveServer

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def loaded(live: LiveServer) -> None:
    """The forms of these tests, in the running deployment."""
    for name in ("roster", "cascade", "everything", "border_only", "water"):
        _load(live, sources()[name], f"{name}.xlsx")


def _load(live: LiveServer, content: bytes, name: str) -> None:
    survey = live.survey()
    with survey.transaction() as tx:
        insert_form(tx, COMMUNE, compile_xlsform(content, name), content, datetime.now(UTC))
    survey.store.close()


def _open(page: Page, live: LiveServer, title: str) -> None:
    sign_in(page, live)
    page.goto(f"{live.url}/field/")
    page.locator(".card.site").first.tap()
    page.locator(".form-tile", has_text=title).tap()
    expect(page.locator("#send")).to_be_visible()


def _sent(live: LiveServer, form: str) -> tuple[str, list[str]]:
    """The newest instance of *form*, and the codes of the flags about its answers."""
    survey = live.survey()
    with survey.reading() as reader:
        row = reader.row("SELECT submission FROM submission WHERE form = :form ORDER BY received_at DESC LIMIT 1", form=form)
        xml = reader.row("SELECT xml FROM instance WHERE submission = :submission", submission=row["submission"])["xml"]
        flags = reader.rows("SELECT code FROM flag WHERE submission = :submission", submission=row["submission"])
    survey.store.close()
    return bytes(xml).decode(), [flag["code"] for flag in flags if flag["code"].startswith("answers_")]


def test_a_roster_has_as_many_members_as_were_counted(page: Page, phone: BrowserContext, live: LiveServer) -> None:
    """The number makes the repeats; a smaller one hides the last, and what was said of it is not sent."""
    _open(page, live, "Household roster")
    page.locator("[data-name=head] input").fill("Lan")
    page.locator("[data-name=members_count] input").fill("3")
    expect(page.locator(".instance [data-name=member_name]")).to_have_count(3)
    for number, (name, age) in enumerate((("Lan", "36"), ("Minh", "9"), ("Hoa", "4"))):
        page.locator("[data-name=member_name] input").nth(number).fill(name)
        page.locator("[data-name=age] input").nth(number).fill(age)
    expect(page.locator(".note").last).to_have_text("3 người, 2 trẻ em: Lan, Minh, Hoa")
    expect(page.locator("[data-name=relation]").first).to_be_hidden()
    expect(page.locator("[data-name=relation]").nth(1).locator(".tile")).to_have_text(["Con", "Khác"])
    expect(page.locator("[data-name=school]").nth(1)).to_be_visible()
    page.locator("[data-name=members_count] input").fill("1")
    page.locator("[data-name=members_count] input").fill("12")
    page.locator("[data-name=members_count] input").fill("2")
    expect(page.locator("[data-name=member_name] input").nth(1)).to_have_value("Minh")
    expect(page.locator(".instance [data-name=member_name]")).to_have_count(2)
    page.locator("#send").tap()
    expect(page.locator("#receipt-code")).to_be_visible()

    xml, flags = _sent(live, "hh-roster")
    assert flags == []
    assert xml.count("<member>") == 2
    assert "<names>Lan, Minh</names>" in xml
    assert "<older>0</older>" in xml
    assert "<instanceName>Lan (2)</instanceName>" in xml
    assert "Hoa" not in xml


def test_a_thousand_choices_are_searched_and_filtered(page: Page, phone: BrowserContext, live: LiveServer) -> None:
    """Marks and case do not matter; changing the province takes back what it no longer offers."""
    _open(page, live, "Cascade")
    expect(page.locator("[data-name=district] .hint").last).to_have_text("Chưa có gì để chọn")
    page.locator("[data-name=province] .tile", has_text="Tỉnh 2").tap()
    page.locator("[data-name=district] .tile", has_text="Huyện 2.3").tap()
    commune = page.locator("[data-name=commune]")
    expect(commune.locator("input[type=search]")).to_be_hidden()
    expect(commune.locator(".tile")).to_have_count(10)
    commune.get_by_text("Xã Kỳ Thượng 2.3.7", exact=True).tap()
    expect(page.locator(".note")).to_have_text("Xã Kỳ Thượng 2.3.7 has 700 people")
    others = page.locator("[data-name=others]")
    expect(others.locator(".hint").last).to_contain_text("còn 991 mục")
    for number in ("9.9.9", "1.1.1"):
        others.locator("input[type=search]").fill(f"ky THUONG {number}")
        others.get_by_text(f"Xã Kỳ Thượng {number}", exact=True).tap()
    expect(others.locator(".tile:has(input:checked)")).to_have_text(["Xã Kỳ Thượng 1.1.1", "Xã Kỳ Thượng 9.9.9"])
    assert faults(page) == []
    page.locator("[data-name=province] .tile", has_text="Tỉnh 4").tap()
    expect(page.locator("[data-name=district] input:checked")).to_have_count(0)
    expect(page.locator("#send")).to_be_visible()
    page.locator("[data-name=district] .tile", has_text="Huyện 4.1").first.tap()
    commune.locator(".tile").first.tap()
    page.locator("#send").tap()
    expect(page.locator("#receipt-code")).to_be_visible()

    xml, flags = _sent(live, "cascade")
    assert flags == []
    assert "<province>p4</province><district>p4d1</district><commune>p4d1c1</commune><others>p1d1c1 p9d9c9</others>" in xml


def test_every_widget_is_answered_or_named_for_collect(page: Page, phone: BrowserContext, live: LiveServer) -> None:
    """What cannot be answered here is said at the top and in its place; since none of it is required, the rest is sent."""
    _open(page, live, "Every widget")
    notice = page.locator(".foreign-notice")
    expect(notice.locator("li")).to_have_count(8)
    expect(notice).to_contain_text("Sign here: vẽ hoặc ký tên trên màn hình")
    expect(page.locator("[data-name=track] .notice")).to_have_text("Chỉ trả lời được trong ODK Collect: vẽ một tuyến trên bản đồ")
    page.locator("[data-name=plain] summary").tap()
    expect(page.locator("[data-name=plain] details")).to_contain_text("the office reads all of it")
    expect(page.locator("[data-name=line] output")).to_have_text("Chưa trả lời")
    page.locator("[data-name=line] input").fill("2.5")
    expect(page.locator("[data-name=line] output")).to_have_text("2.5")
    page.locator("[data-name=broken] input").fill(",5")
    page.locator("[data-name=hour] input").fill("07:30")
    page.locator("[data-name=moment] input").fill("2026-11-22T13:45")
    page.locator("[data-name=one_menu] select").select_option("green")
    page.locator("[data-name=here] button").tap()
    phone.set_geolocation({"latitude": 18.0701, "longitude": 106.11, "accuracy": 8})
    expect(page.locator("[data-name=here] output")).to_contain_text("18.07010")
    page.locator("[data-name=seen] .tile").tap()
    assert faults(page) == []
    page.wait_for_timeout(400)
    page.reload()
    expect(page.locator("[data-name=hour] input")).to_have_value("07:30")
    expect(page.locator("[data-name=moment] input")).to_have_value("2026-11-22T13:45")
    page.locator("#send").tap()
    expect(page.locator("#receipt-code")).to_be_visible()

    xml, flags = _sent(live, "every_widget")
    assert flags == []
    assert "<whole>7</whole><broken>0.5</broken><line>2.5</line>" in xml
    assert "<hour>07:30:00.000+07:00</hour><moment>2026-11-22T13:45:00.000+07:00</moment>" in xml
    assert "<one_menu>green</one_menu>" in xml
    assert "<here>18.0701 106.11 0 8</here>" in xml
    assert "<seen>OK</seen><tag>v1</tag>" in xml


def test_the_tile_of_a_checklist_says_that_collect_is_needed(page: Page, phone: BrowserContext, live: LiveServer) -> None:
    """Before it is opened: a checklist that the phone cannot ask in full is marked, another is not."""
    sign_in(page, live)
    page.goto(f"{live.url}/field/")
    page.locator(".card.site").first.tap()

    expect(page.locator(".form-tile", has_text="border_only")).to_contain_text("Có mục chỉ trả lời được trong ODK Collect")
    expect(page.locator(".form-tile", has_text="Household roster")).not_to_contain_text("ODK Collect")


def test_a_required_question_for_collect_keeps_the_form_here(page: Page, phone: BrowserContext, live: LiveServer) -> None:
    """Said before anybody begins; where the question is not asked, the form goes."""
    _open(page, live, "border_only")
    expect(page.locator(".foreign-notice")).to_contain_text("Hãy điền phiếu này bằng ODK Collect")
    page.locator("[data-name=owner] input").fill("Lan")
    page.locator("[data-name=walked] .tile", has_text="Yes").tap()
    page.locator("#send").tap()
    expect(page.locator("footer .fault")).to_have_text("Phiếu này phải hoàn thành bằng ODK Collect.")
    expect(page.locator("[data-name=border] .fault")).to_have_text("Mục này chỉ trả lời được trong ODK Collect.")
    page.locator("[data-name=walked] .tile", has_text="No").tap()
    page.locator("#send").tap()
    expect(page.locator("#receipt-code")).to_be_visible()

    assert _sent(live, "border_only")[1] == []


def test_a_form_shows_its_own_language_and_a_place_its_accuracy(page: Page, phone: BrowserContext, live: LiveServer) -> None:
    """A phone in Vietnamese and a form in English and French: the form's default, its markup gone; a rough position is refused."""
    _open(page, live, "Water points")
    expect(page.locator("[data-name=kind] .label")).to_contain_text("Water point\nWhat kind of water point is this?", use_inner_text=True)
    expect(page.locator(".note")).to_have_text("Thank you! It costs $5, not 5 < 3.")
    page.locator("[data-name=place] button").tap()
    phone.set_geolocation({"latitude": 18.0702, "longitude": 106.11, "accuracy": 60})
    expect(page.locator("[data-name=place] output")).to_contain_text("±60 m")
    page.locator("[data-name=code] input").fill("AB-12")
    page.locator("[data-name=works] .tile", has_text="Yes").tap()
    expect(page.locator("[data-name=place] .fault")).to_have_text("Câu trả lời này không hợp lệ")
    page.locator("[data-name=place] button").tap()
    phone.set_geolocation({"latitude": 18.0701, "longitude": 106.11, "accuracy": 6})
    expect(page.locator("[data-name=place] .fault")).to_have_text("")
    expect(page.locator("[data-name=code] .fault")).not_to_have_text("")
    page.locator("[data-name=code] input").fill("AB-123")
    expect(page.locator("[data-name=area] input")).to_have_value("AB")
    expect(page.locator("[data-name=area] input")).to_be_disabled()


def test_a_draft_stays_with_the_version_it_was_begun_with(page: Page, phone: BrowserContext, live: LiveServer) -> None:
    """The office loads a newer version while a draft is open: it is finished with its own questions, the next visit has the new ones."""
    survey = "| survey |\n| | type | name | label |\n| | text | {0} | {1} |"
    table = survey + "\n| settings |\n| | form_title | form_id | version |\n| | Aging | aging | {2} |"
    _load(live, table.format("old_question", "Asked before", 1).encode(), "aging.md")
    _open(page, live, "Aging")
    page.locator("[data-name=old_question] input").fill("before")
    page.wait_for_timeout(400)
    _load(live, table.format("new_question", "Asked now", 2).encode(), "aging.md")
    page.goto(f"{live.url}/field/")
    expect(page.locator("[data-name=old_question] input")).to_have_value("before")
    page.locator("#send").tap()
    expect(page.locator("#receipt-code")).to_be_visible()
    xml, flags = _sent(live, "aging")
    page.goto(f"{live.url}/field/")
    page.locator(".card.site").nth(1).tap()
    page.locator(".form-tile", has_text="Aging").tap()

    assert 'id="aging" version="1"' in xml
    assert "<old_question>before</old_question>" in xml
    assert flags == []
    expect(page.locator("[data-name=new_question]")).to_be_visible()
    expect(page.locator("[data-name=old_question]")).to_have_count(0)
