"""The rules page as a script: what each role sees, how a number, an indicator and an edition are entered, seen, saved and withdrawn."""

from typing import Any

import pytest

from survey import rules
from survey.domain.criteria import Edition, Rule
from survey.domain.people import Actor
from survey.domain.rules import EntryKind, RuleEntry
from survey.domain.thresholds import Status
from survey.rules import Draft
from survey.store.rule_entries import select_entry_history
from survey.wiring import Survey
from tests.conftest import COMMUNE
from tests.made_rules import KDC, NATIONAL, load_rules
from tests.pages.conftest import OpenPage

PAGE = "pages/rules.py"
SOURCE, WHY = "QĐ kiểm thử, Phụ lục <b>1</b>", "Nhập từ văn bản *giấy*."


def html(page: Any) -> str:
    """Everything that the page wrote as HTML."""
    return "".join(element.body for element in page.get("html"))


def entries(survey: Survey, edition: str) -> list[RuleEntry]:
    """What was entered into an edition."""
    with survey.reading() as reader:
        return select_entry_history(reader, COMMUNE, edition)


def read(survey: Survey, actor: Actor, edition: str) -> Edition:
    """The edition as it reads now."""
    return rules.read_effective(survey, actor, edition).edition


def fill_source(page: Any, name: str) -> None:
    """Type source and reason."""
    page.text_input(key=f"{name}_source_0").set_value(SOURCE)
    page.text_input(key=f"{name}_reason_0").set_value(WHY)


@pytest.fixture
def loaded(survey: Survey) -> Survey:
    """The model residential area and QĐ 51/2025 with the bundled checklists."""
    load_rules(survey, KDC, NATIONAL)
    return survey


@pytest.mark.parametrize("login", [None, "inspector"])
def test_strangers_and_inspectors_see_no_rules(open_page: OpenPage, loaded: Survey, login: str | None) -> None:
    """The page is for who sees figures."""
    page = open_page(PAGE, login)

    assert not page.exception
    assert "rules" not in html(page)


def test_a_reviewer_reads_and_enters_nothing(open_page: OpenPage, loaded: Survey) -> None:
    """Every criterion, indicator and number with its decision and how surely it is known; no way to enter."""
    page = open_page(PAGE, "reviewer")

    assert not page.exception
    assert "≥ 70%, từ 04/08/2014, đã đọc tại nguồn" in html(page)
    assert "Tổng “Trong đó bao nhiêu mét là hàng rào xanh” / tổng “Hàng rào dài" in html(page)
    assert "chưa có con số" in html(page)
    assert not [box for box in page.selectbox if box.key == "rules_what"]
    assert 'href="/rules/ha-tinh-kdc-kieu-mau.yaml"' in html(page)


def test_a_number_is_entered_seen_saved_and_withdrawn(open_page: OpenPage, loaded: Survey, coordinator: Actor) -> None:
    """Typed as 75, shown as a sentence, saved as 0.75 with source; the history has it; withdrawn, the old number stands."""
    page = open_page(PAGE, "coordinator")
    page.selectbox(key="criterion_0").set_value("3").run()
    page.text_input(key="threshold_number_0").set_value("75")
    fill_source(page, "threshold")
    page.button(key="rules_check").click().run()
    assert not page.exception
    assert "≥ 75%" in html(page)
    assert "QĐ kiểm thử, Phụ lục &lt;b&gt;1&lt;/b&gt;" in html(page)
    page.button(key="rules_save").click().run()

    assert not page.exception
    assert [message.value for message in page.success] == ["Đã ghi\\."]
    assert entries(loaded, KDC)[0].content == {"at_least": 0.75}
    found = next(one for one in read(loaded, coordinator, KDC).indicators if one.code == "3-met").thresholds
    assert [(one.at_least, one.status) for one in found] == [(0.75, Status.ENTERED)]
    page.text_input(key=f"withdraw_reason_{KDC}_1").set_value("Nhầm.")
    next(button for button in page.button if button.label == "Rút lại").click().run()
    assert not page.exception
    assert [one.kind for one in entries(loaded, KDC)] == [EntryKind.THRESHOLD, EntryKind.WITHDRAWAL]
    assert "Đã rút lại ở mục 2" in html(page)


@pytest.mark.parametrize(
    ("typed", "said"), [("0,7", "0,7 % hay 70 %"), ("170", "1.7"), ("bảy mươi", "không phải là số"), ("", "không phải là số")]
)
def test_a_number_that_could_be_two_is_asked_about(open_page: OpenPage, loaded: Survey, typed: str, said: str) -> None:
    """0,7 may be 0,7 % or 70 %; nothing is written, and what was typed is still there."""
    page = open_page(PAGE, "coordinator")
    page.selectbox(key="criterion_0").set_value("3").run()
    page.text_input(key="threshold_number_0").set_value(typed)
    fill_source(page, "threshold")
    page.button(key="rules_check").click().run()

    assert said in page.error[0].value.replace("\\", "")
    assert page.text_input(key="threshold_number_0").value == typed
    assert page.text_input(key="threshold_source_0").value == SOURCE
    assert entries(loaded, KDC) == []


def test_changed_after_looking_it_must_be_looked_at_again(open_page: OpenPage, loaded: Survey) -> None:
    """What is saved is what was seen."""
    page = open_page(PAGE, "coordinator")
    page.selectbox(key="criterion_0").set_value("3").run()
    page.text_input(key="threshold_number_0").set_value("75")
    fill_source(page, "threshold")
    page.button(key="rules_check").click().run()
    page.text_input(key="threshold_number_0").set_value("80").run()

    assert "rules_save" not in [button.key for button in page.button]


def test_an_indicator_is_chosen_in_words(open_page: OpenPage, loaded: Survey, coordinator: Actor) -> None:
    """Kind, question and answer by their labels; with the last one the criterion can be decided."""
    page = open_page(PAGE, "coordinator")
    page.selectbox(key="rules_edition_0").set_value(NATIONAL).run()
    page.selectbox(key="rules_what").set_value("indicator").run()
    page.selectbox(key="criterion_0").set_value("8").run()
    page.text_input(key="indicator_code_0").set_value("8.1")
    page.text_input(key="indicator_title_vi_0").set_value("Hộ có nhà tiêu hợp vệ sinh")
    box = page.selectbox(key="indicator_household_asked_0")
    box.select_index(next(place for place, label in enumerate(box.options) if label.startswith("Nhà tiêu"))).run()
    codes = next(one for one in page.multiselect if one.key.startswith("indicator_household_household_environment.latrine"))
    codes.set_value(["sanitary"]).run()
    page.text_input(key="indicator_number_0").set_value("85 %")
    page.checkbox(key="complete_8_0").check()
    fill_source(page, "indicator")
    page.button(key="rules_check").click().run()
    assert not page.exception
    assert "Tỷ lệ hộ: “Nhà tiêu" in html(page)
    assert "≥ 85%" in html(page)
    page.button(key="rules_save").click().run()

    assert not page.exception
    criterion = next(one for one in read(loaded, coordinator, NATIONAL).criteria if one.code == "8")
    assert criterion.open_reasons == ()
    assert [one.thresholds[0].at_least for one in criterion.indicators if one.code == "8.1"] == [0.85]


def test_a_new_edition_by_hand(open_page: OpenPage, loaded: Survey, coordinator: Actor) -> None:
    """Head and names from a decision's text; it is chosen and shown at once."""
    page = open_page(PAGE, "coordinator")
    page.selectbox(key="rules_edition_0").set_value("").run()
    page.text_input(key="new_title_vi_0").set_value("Bộ tiêu chí <i>thử</i>")
    page.text_input(key="new_decision_0").set_value("99/2026/QĐ-TEST")
    page.text_area(key="new_criteria_0").set_value("1. Quy hoạch\nTiêu chí 2: Giao thông\n\nMôi trường")
    page.text_area(key="new_groups_0").set_value("Nhóm 1\nNhóm 2")
    fill_source(page, "new")
    page.button(key="rules_save_new").click().run()

    assert not page.exception
    edition = read(loaded, coordinator, "99-2026-qd-test")
    assert [(one.code, one.title.vi) for one in edition.criteria] == [("1", "Quy hoạch"), ("2", "Giao thông"), ("3", "Môi trường")]
    assert [one.code for one in edition.groups] == ["1", "2"]
    assert page.selectbox(key="rules_edition_1").value == "99-2026-qd-test"
    assert "Quy hoạch" in html(page)
    assert "<i>thử</i>" not in html(page)


def test_another_name_and_rule_for_a_criterion_of_two_readings(open_page: OpenPage, loaded: Survey, coordinator: Actor) -> None:
    """Readings that must agree are offered as such, keep so under another name, and can be made a choice of either."""
    page = open_page(PAGE, "coordinator")
    page.selectbox(key="rules_edition_0").set_value(KDC).run()
    page.selectbox(key="rules_what").set_value("criterion").run()
    page.selectbox(key="criterion_chosen_0").set_value("3").run()
    assert page.selectbox(key="criterion_3_rule_0").value is Rule.AGREE
    page.selectbox(key="criterion_3_rule_0").set_value(Rule.ANY)
    page.checkbox(key="criterion_3_n_0").uncheck()
    fill_source(page, "criterion")
    page.button(key="rules_check").click().run()
    page.button(key="rules_save").click().run()

    assert not page.exception
    criterion = next(one for one in read(loaded, coordinator, KDC).criteria if one.code == "3")
    assert (criterion.rule, criterion.counted, len(criterion.indicators)) == (Rule.ANY, False, 2)


def test_yaml_begins_with_what_is_there_and_is_checked(open_page: OpenPage, loaded: Survey, coordinator: Actor) -> None:
    """The standing indicator is there to change; a wrong question is named by its key, and what was typed stays."""
    page = open_page(PAGE, "coordinator")
    page.selectbox(key="rules_what").set_value("yaml").run()
    page.selectbox(key="criterion_0").set_value("8").run()
    page.selectbox(key="yaml_of_8_0").set_value("8b").run()
    area = page.text_area(key="yaml_8_8b_0")
    assert "household_environment.waste_sorted" in area.value
    area.set_value(area.value.replace("waste_sorted", "waste_sortiert"))
    fill_source(page, "yaml")
    page.button(key="rules_check").click().run()
    assert "holds.question" in page.error[0].value.replace("\\", "")
    assert "waste_sortiert" in page.text_area(key="yaml_8_8b_0").value
    area = page.text_area(key="yaml_8_8b_0")
    area.set_value(area.value.replace("waste_sortiert", "waste_sorted").replace("status: missing", "at_least: 0.5")).run()
    page.button(key="rules_check").click().run()
    page.button(key="rules_save").click().run()

    assert not page.exception
    found = next(one for one in read(loaded, coordinator, KDC).indicators if one.code == "8b").thresholds
    assert [(one.at_least, one.status) for one in found] == [(0.5, Status.ENTERED)]


def test_names_and_days_and_what_decides(open_page: OpenPage, loaded: Survey, coordinator: Actor) -> None:
    """A criterion's state and the edition's last day."""
    page = open_page(PAGE, "coordinator")
    page.selectbox(key="rules_what").set_value("criterion").run()
    page.selectbox(key="criterion_chosen_0").set_value("1").run()
    page.selectbox(key="criterion_1_state_0").set_value("set_by_person").run()
    fill_source(page, "criterion")
    page.button(key="rules_check").click().run()
    page.button(key="rules_save").click().run()
    assert not page.exception

    assert next(one for one in read(loaded, coordinator, KDC).criteria if one.code == "1").open_reasons == ("set_by_person",)


def test_what_does_not_apply_any_more_is_said(open_page: OpenPage, loaded: Survey, coordinator: Actor) -> None:
    """An edition loaded anew without the indicator: the entry is still listed, and the page stands."""
    rules.enter(loaded, coordinator, KDC, Draft(EntryKind.INDICATOR, {
        "code": "1.9", "title": "Thử", "kind": "stated", "threshold": {"required": "true"},
    }, SOURCE, WHY, "1", "1.9"))  # fmt: skip
    rules.enter(loaded, coordinator, KDC, Draft(EntryKind.THRESHOLD, {"status": "missing"}, SOURCE, WHY, "1", "1.9"))
    rules.withdraw(loaded, coordinator, KDC, 1, WHY)
    page = open_page(PAGE, "coordinator")

    assert not page.exception
    assert "Không áp dụng" in html(page)
