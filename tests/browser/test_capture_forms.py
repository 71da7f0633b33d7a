"""The renderer on a form that has everything: repeats with photos, skip logic, choice filters, defaults, calculations, both languages."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from survey.forms.compile import compile_xlsform
from survey.store.forms import insert_form
from tests.browser.conftest import sign_in
from tests.conftest import COMMUNE
from tests.live import LiveServer

pytestmark = pytest.mark.browser

FORM = """
| survey   |                      |            |                        |                    |                      |              |                  |                                   |                                |                       |
|          | type                 | name       | label::Tiếng Việt (vi) | label::English (en) | relevant            | required     | constraint       | constraint_message::Tiếng Việt (vi) | constraint_message::English (en) | calculation | choice_filter        | default    | appearance |
|          | text                 | site       | Mã hộ                  | Household          |                      |              |                  |                                   |                                |                       |                      |            | site       |
|          | date                 | day        | Ngày                   | Day                |                      | yes          | . <= today()     | Không ở tương lai                 | Not in the future              |                       |                      |            |            |
|          | select_one kind      | kind       | Loại                   | Kind               |                      | yes          |                  |                                   |                                |                       |                      |            |            |
|          | select_one sub       | sub        | Loại con               | Subkind            | ${kind} != ''        |              |                  |                                   |                                |                       | of = ${kind}         |            |            |
|          | select_multiple kind | kinds      | Các loại               | Kinds              |                      |              |                  |                                   |                                |                       |                      |            |            |
|          | begin_repeat         | tree       | Cây                    | Tree               |                      |              |                  |                                   |                                |                       |                      |            |            |
|          | image                | picture    | Ảnh cây                | Picture            |                      |              |                  |                                   |                                |                       |                      |            |            |
|          | integer              | height     | Cao bao nhiêu          | How high           |                      | yes          | . < 50           | Cao quá                           | Too high                       |                       |                      |            |            |
|          | calculate            | number     |                        |                    |                      |              |                  |                                   |                                | position(..)          |                      |            |            |
|          | end_repeat           |            |                        |                    |                      |              |                  |                                   |                                |                       |                      |            |            |
|          | calculate            | total      |                        |                    |                      |              |                  |                                   |                                | sum(${height})        |                      |            |            |
|          | note                 | said       | Tổng ${total} m        | Together ${total} m | ${total} > 0        |              |                  |                                   |                                |                       |                      |            |            |
|          | text                 | why        | Vì sao                 | Why                | ${total} > 20        | yes          |                  |                                   |                                |                       |                      |            |            |
|          | geopoint             | corner     | Góc vườn               | Corner             |                      |              |                  |                                   |                                |                       |                      |            |            |
|          | text                 | author     | Người ghi              | Author             |                      |              |                  |                                   |                                |                       |                      | Lan        |            |
| choices  |                      |            |                        |                    |                      |              |                  |                                   |                                |                       |
|          | list_name            | name       | label::Tiếng Việt (vi) | label::English (en) | of                  |              |                  |                                   |                                |                       |
|          | kind                 | fruit      | Cây ăn quả             | Fruit              |                      |              |                  |                                   |                                |                       |
|          | kind                 | shade      | Cây bóng mát           | Shade              |                      |              |                  |                                   |                                |                       |
|          | sub                  | orange     | Cam                    | Orange             | fruit                |              |                  |                                   |                                |                       |
|          | sub                  | pomelo     | Bưởi                   | Pomelo             | fruit                |              |                  |                                   |                                |                       |
|          | sub                  | neem       | Xoan                   | Neem               | shade                |              |                  |                                   |                                |                       |
| settings |                      |            |                        |                    |                      |              |                  |                                   |                                |                       |
|          | form_id              | version    | form_title             | title_vi           | title_en             | site_kind    | default_language |                                   |                                |                       |
|          | all_kinds            | 1          | Mọi loại câu hỏi       | Mọi loại câu hỏi   | Every kind           | household    | Tiếng Việt (vi)  |                                   |                                |                       |
"""  # noqa: E501 - a sheet is as wide as it is


@pytest.fixture
def everything(live: LiveServer) -> None:
    """Load the form into the running deployment."""
    survey = live.survey()
    with survey.transaction() as tx:
        insert_form(tx, COMMUNE, compile_xlsform(FORM.encode(), "all_kinds.md"), FORM.encode(), datetime.now(UTC))
    survey.store.close()


def _picture(tmp_path: Path, number: int) -> Path:
    path = tmp_path / f"{number}.jpg"
    Image.effect_noise((640, 480), 30 + number).save(path)
    return path


def _add_tree(page: Page, number: int, height: str, photo: Path | None = None) -> None:
    page.get_by_role("button", name="Thêm: Cây").tap()
    tree = page.locator(".instance").nth(number)
    tree.locator("[data-name=height] input").fill(height)
    if photo:
        with page.expect_file_chooser() as chooser:
            tree.locator("[data-name=picture]").get_by_role("button").first.tap()
        chooser.value.set_files(photo)
        expect(tree.locator("canvas")).to_be_visible()


def _open(page: Page, live: LiveServer) -> None:
    sign_in(page, live)
    page.goto(f"{live.url}/field/")
    page.locator(".card.site").first.tap()
    page.locator(".form-tile", has_text="Mọi loại").tap()
    expect(page.locator("#send")).to_be_visible()


def test_every_kind_of_question(page: Page, phone: BrowserContext, live: LiveServer, everything: None, tmp_path: Path) -> None:
    """Answers of every kind arrive as they were given; what is irrelevant or removed does not; the server computes the same."""
    _open(page, live)
    expect(page.locator("[data-name=site]")).to_have_count(0)
    expect(page.locator("[data-name=author] input")).to_have_value("Lan")
    expect(page.locator("[data-name=sub]")).to_be_hidden()
    page.locator("[data-name=day] input").fill("2026-01-05")
    page.locator("[data-name=kind] .tile", has_text="Cây ăn quả").tap()
    expect(page.locator("[data-name=sub] .tile")).to_have_text(["Cam", "Bưởi"])
    page.locator("[data-name=sub] .tile", has_text="Bưởi").tap()
    for kind in ("Cây bóng mát", "Cây ăn quả"):
        page.locator("[data-name=kinds] .tile", has_text=kind).tap()
    _add_tree(page, 0, "9")
    _add_tree(page, 1, "30", _picture(tmp_path, 1))
    _add_tree(page, 2, "5", _picture(tmp_path, 2))
    expect(page.locator(".note")).to_have_text("Tổng 44 m")
    page.locator("[data-name=why] input").fill("cao & <đẹp>")
    page.get_by_role("button", name="Xóa Cây 2").tap()
    expect(page.locator(".note")).to_have_text("Tổng 14 m")
    expect(page.locator("[data-name=why]")).to_be_hidden()
    expect(page.locator(".instance").nth(1).locator("[data-name=height] input")).to_have_value("5")
    page.locator("[data-name=corner] button").tap()
    phone.set_geolocation({"latitude": 18.0702, "longitude": 106.1103, "accuracy": 7})
    expect(page.locator("[data-name=corner] output")).to_contain_text("18.07020")
    page.wait_for_timeout(400)
    page.reload()
    expect(page.locator(".instance")).to_have_count(2)
    page.locator("#send").tap()
    expect(page.locator("#receipt-code")).to_be_visible()

    survey = live.survey()
    with survey.reading() as reader:
        row = reader.row("SELECT * FROM submission WHERE form = 'all_kinds'")
        flags = reader.rows("SELECT * FROM flag WHERE submission = :submission", submission=row["submission"])
        files = reader.rows("SELECT name, state FROM attachment WHERE submission = :submission", submission=row["submission"])
        xml = bytes(reader.row("SELECT xml FROM instance WHERE submission = :submission", submission=row["submission"])["xml"]).decode()
    survey.store.close()
    assert [dict(flag) for flag in flags] == []
    assert [(file["name"], file["state"]) for file in files] == [("picture_2.jpg", "stored")]
    assert "<site>00000000-0000-4000-8000-000000000001</site><day>2026-01-05</day>" in xml
    assert "<day>2026-01-05</day><kind>fruit</kind><sub>pomelo</sub><kinds>fruit shade</kinds>" in xml
    trees = "<tree><picture></picture><height>9</height><number>1</number></tree>"
    assert f"{trees}<tree><picture>picture_2.jpg</picture><height>5</height><number>2</number></tree><total>14</total>" in xml
    assert "<why>" not in xml
    assert "<corner>18.0702 106.1103 0 7</corner><author>Lan</author>" in xml


def test_second_tab_does_not_write_over_the_first(page: Page, phone: BrowserContext, live: LiveServer, everything: None) -> None:
    """A visit that is open in one tab is not opened in another."""
    _open(page, live)
    page.locator("[data-name=author] input").fill("Hoa")
    page.wait_for_timeout(500)
    other = phone.new_page()
    other.goto(f"{live.url}/field/")

    expect(other.locator(".notice")).to_contain_text("đang mở ở một thẻ")
