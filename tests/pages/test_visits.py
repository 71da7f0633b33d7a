"""The page of samples: closed to inspectors; from an open indicator to a drawn list and its paper; the demand for every site."""

import pytest

from survey import visits
from survey.assess import load_edition
from survey.domain.people import Actor
from survey.domain.sites import Site, SiteKind
from survey.store.sites import insert_sites
from survey.wiring import Survey
from tests.conftest import COMMUNE, HAMLETS
from tests.made_submissions import START
from tests.receive.conftest import stocked
from tests.test_visits import fence

__all__ = ["stocked"]
PAGE = "pages/visits.py"


def _house(number: int) -> Site:
    return Site(COMMUNE, f"s{number:02}", SiteKind.HOUSEHOLD, f"X-{number}", f"Hộ {number}", HAMLETS[number >= 12], 18.05, 106.05)


@pytest.fixture
def sampled(stocked: Survey, coordinator: Actor) -> Survey:
    """An edition of hamlets, and sixteen more households of which six were visited."""
    with stocked.transaction() as tx:
        insert_sites(tx, [(_house(number), "") for number in range(16)], at=START)
    load_edition(stocked, coordinator, stocked.settings.schema / "criteria" / "ha-tinh-kdc-kieu-mau")
    for number in range(6):
        fence(stocked, number, green=number % 2 == 0)
    return stocked


@pytest.mark.parametrize("login", [None, "inspector"])
def test_closed_to_others(open_page, login):
    """Signed out or as an inspector the page shows nothing to press."""
    page = open_page(PAGE, login)

    assert not page.exception
    assert not page.button


def test_without_editions_it_says_what_to_load(open_page):
    """Nothing to draw for."""
    page = open_page(PAGE, "reviewer")

    assert not page.exception
    assert "load-edition" in page.info[0].value


def test_from_an_open_indicator_to_a_list(open_page, sampled, reviewer):
    """The plan is proposed, drawn with one press, shown with its paper, and closed again."""
    page = open_page(PAGE, "reviewer")
    assert not page.exception
    page.selectbox[1].set_value(("3", "3-ho")).run()
    proposed = sum(one.value for one in page.number_input)
    assert proposed > 0
    next(one for one in page.button if one.label == "Rút ngẫu nhiên").click().run()
    assert not page.exception
    (made,) = visits.find_lists(sampled, reviewer)

    assert made.asked == proposed
    assert sum(one.value for one in page.number_input) == 0
    assert any(f"/print/visit-list/{made.id}" in one.proto.body for one in page.get("html"))
    next(one for one in page.button if one.label == "Đóng danh sách").click().run()
    assert visits.find_lists(sampled, reviewer)[0].closed_at is not None


def test_the_demand_needs_a_reason(open_page, sampled):
    """A coordinator demands every site only with a reason; a reviewer reads who did."""
    page = open_page(PAGE, "coordinator")
    demand = next(one for one in page.button if one.label == "Yêu cầu khảo sát hết")
    demand.click().run()
    assert "Cần ghi lý do" in page.error[0].value
    page.text_area(key="samples_reason").input("Công văn 7")
    next(one for one in page.button if one.label == "Yêu cầu khảo sát hết").click().run()
    read = open_page(PAGE, "reviewer")

    assert any("Công văn 7" in one.value for one in read.markdown)
    assert not [one for one in read.button if "khảo sát hết" in one.label]
