"""The province page: closed to all whom the operator did not let in, sorted and searched by who was."""

from datetime import date

import pytest

from survey import province
from survey.domain.forecast import BY_PLAN, Forecast
from survey.domain.scoreboard import Goal
from survey.wiring import Survey
from tests.conftest import COMMUNE
from tests.province_rows import EDITION, put_commune, put_forecast, put_goal, put_line

PAGE = "pages/province.py"


@pytest.fixture
def allowed(survey: Survey) -> Survey:
    """Three communes, and a reviewer who sees them."""
    province.set_access(survey, COMMUNE, "p-reviewer", allowed=True)
    with survey.transaction() as tx:
        put_commune(tx, "18001", "Đức <b>Thọ", 0)
        put_commune(tx, "18002", "Hương Khê", 1)
        put_line(tx, COMMUNE, met=4)
        put_line(tx, "18001", met=9, changes=-1)
        put_goal(tx, COMMUNE, Goal(EDITION, 8, date(2027, 12, 31), "NQ"), group="1")
        put_forecast(tx, COMMUNE, 8, Forecast(date(2027, 11, 1), date(2028, 1, 30), date(2028, 6, 1)))
        put_goal(tx, "18001", Goal(EDITION, 9, date(2027, 12, 31), "NQ"), group="2")
        put_forecast(tx, "18001", 8, Forecast(date(2027, 5, 5), date(2027, 5, 5), date(2027, 5, 5), BY_PLAN))
    return survey


def table(page) -> str:
    """The page's own markup."""
    return "".join(one.proto.body for one in page.get("html"))


@pytest.mark.parametrize("login", [None, "inspector", "coordinator"])
def test_closed_to_others(open_page, allowed, login):
    """Not even a coordinator sees other communes by role."""
    page = open_page(PAGE, login)

    assert not page.exception
    assert "Hương Khê" not in table(page)


def test_the_communes_side_by_side(open_page, allowed):
    """Each with its figures and its goal, escaped; what changed since is said; the map and the file are there."""
    page = open_page(PAGE, "reviewer")

    assert not page.exception
    shown = table(page)
    assert "Đức &lt;b&gt;Thọ" in shown
    assert "8 tiêu chí trước 31/12/2027" in shown
    assert "sau đó có thay đổi" in shown
    assert "30/01/2028 (từ 01/11/2027 đến 01/06/2028); chậm 30 ngày" in shown
    assert "05/05/2027" not in shown  # foreseen for another number than today's goal
    assert "chưa tính" in shown
    assert "/province.csv?edition=qd-51-2025" in shown


def test_search_order_and_group(open_page, allowed):
    """Typed without marks a commune is found; the order and the group choose the others."""
    page = open_page(PAGE, "reviewer")
    page.text_input(key="province_words").input("huong khe").run()
    assert "Hương Khê" in table(page)
    assert "Thọ" not in table(page)

    page.text_input(key="province_words").input("").run()
    page.selectbox(key="province_group").select("1").run()
    assert "Kỳ Thượng" in table(page)
    assert "Hương Khê" not in table(page)
    page.text_input(key="province_words").input("không có xã này").run()
    assert not page.exception
    assert "Không có xã nào phù hợp" in page.info[0].value


def test_without_figures_it_says_so(open_page, survey):
    """A new deployment has nothing to compare."""
    province.set_access(survey, COMMUNE, "p-reviewer", allowed=True)
    page = open_page(PAGE, "reviewer")

    assert not page.exception
    assert "Chưa có số liệu" in page.info[0].value
