"""The page of people's data: closed to others; a home is found, withdraws its consent, is erased with a word and a reason."""

import pytest

from survey.store.personal_rows import select_said
from survey.store.sites import select_site
from tests.conftest import COMMUNE
from tests.receive.conftest import SITE, stocked

__all__ = ["stocked"]
PAGE = "pages/personal.py"


@pytest.mark.parametrize("login", [None, "inspector", "reviewer"])
def test_closed_to_others(open_page, login):
    """Nothing to press for who does not protect data."""
    page = open_page(PAGE, login)

    assert not page.exception
    assert not page.button


@pytest.mark.parametrize("part", ["find", "requests", "purposes", "itself"])
def test_each_part_opens(open_page, part):
    """Without data, too."""
    page = open_page(PAGE, "coordinator")
    page.session_state["personal_part"] = part
    page.run()

    assert not page.exception


def test_a_home_withdraws_and_is_erased_with_the_word_only(open_page, stocked):
    """What was said is kept with its day; a press without the word erases nothing."""
    page = open_page(PAGE, "coordinator")
    page.text_input(key="personal_q").input("HO-0001").run()
    page.radio(key="said_what").set_value("withdrawn")
    page.button[0].click().run()
    assert not page.exception
    with stocked.reading() as reader:
        assert [one.said.value for one in select_said(reader, COMMUNE, SITE)] == ["withdrawn"]

    page.text_area(key="erase_home_reason").input("Đơn của chủ hộ")
    page.button[1].click().run()
    with stocked.reading() as reader:
        site = select_site(reader, COMMUNE, SITE)
    assert site is not None
    assert site.code == "HO-0001"

    page.text_input(key="erase_home_sure").input("XÓA")
    page.button[1].click().run()
    assert not page.exception
    with stocked.reading() as reader:
        site = select_site(reader, COMMUNE, SITE)
    assert site is not None
    assert site.code.startswith("X-")
