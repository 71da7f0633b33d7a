"""The rounds page: for who manages; a round is added and corrected, and what it holds is counted."""

from datetime import date

import pytest

from survey.establish import add_round, correct_round
from survey.store.deployment import select_rounds
from survey.wiring import Survey
from tests.conftest import COMMUNE
from tests.made_submissions import insert, submission

PAGE = "pages/rounds.py"


def known(survey: Survey) -> list[dict[str, object]]:
    """The rounds as they are kept."""
    with survey.reading() as reader:
        return [dict(row) for row in select_rounds(reader, COMMUNE)]


def press(page, label: str):
    """Press the button of that name."""
    return next(button for button in page.button if button.label == label).click().run()


@pytest.mark.parametrize("login", [None, "inspector", "reviewer"])
def test_closed_to_others(open_page, login):
    """Rounds change what every submission belongs to."""
    page = open_page(PAGE, login)

    assert not page.exception
    assert not page.button


def test_a_round_is_added(open_page, survey):
    """With its days; what was captured within them is told and counted."""
    with survey.transaction() as tx:
        insert(tx, submission("a"), submission("b", site="s2"))
    page = open_page(PAGE, "coordinator")
    page.text_input(key="round_id_0").input("2026-2")
    page.date_input(key="round_new_0_first").set_value(date(2026, 11, 1))
    page.date_input(key="round_new_0_last").set_value(date(2026, 11, 30))
    press(page, "Thêm đợt")

    assert not page.exception
    assert "2 bài nộp được đưa vào đợt" in page.success[0].value
    assert known(survey) == [{"round": "2026-2", "name": "2026-2", "starts_on": "2026-11-01", "ends_on": "2026-11-30"}]
    assert any("2 bài nộp của 2 đối tượng" in one.proto.body for one in page.get("html"))


def test_a_round_is_corrected_and_an_overlap_refused(open_page, survey, coordinator):
    """The refusal names the other round; a correction that somebody else made meanwhile is told."""
    add_round(survey, coordinator, "a", "Trước", date(2026, 3, 1), date(2026, 3, 31))
    add_round(survey, coordinator, "b", "Sau", date(2026, 11, 1), date(2026, 11, 30))
    page = open_page(PAGE, "coordinator")
    scope = "round_edit_b_Sau_2026-11-01_2026-11-30"
    page.date_input(key=f"{scope}_first").set_value(date(2026, 3, 15))
    press(page, "Lưu đợt đã sửa")
    assert "a (2026-03-01 – 2026-03-31)" in page.error[0].value

    page.run()
    correct_round(survey, coordinator, "b", "Sau đợt", date(2026, 11, 2), date(2026, 11, 30))
    page.text_input(key=f"{scope}_name").input("Của tôi")
    press(page, "Lưu đợt đã sửa")
    assert "vừa được người khác sửa" in page.error[0].value
    assert [row["name"] for row in known(survey)] == ["Trước", "Sau đợt"]
