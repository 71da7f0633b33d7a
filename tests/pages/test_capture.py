"""The capture page: for everyone who may capture, with the way for paper forms; nobody else sees anything."""

import pytest


@pytest.mark.parametrize("login", ["inspector", "reviewer", "coordinator"])
def test_page_offers_its_ways(open_page, login):
    """On site is chosen at first, and the light page is named."""
    page = open_page("pages/capture.py", login)

    assert not page.exception
    assert any("Mạng chậm" in caption.value for caption in page.caption)


def test_from_paper_the_light_page_is_not_needed(open_page):
    """At a desk the page says nothing about slow networks."""
    page = open_page("pages/capture.py", "coordinator")
    page.session_state["capture_way"] = "desk"
    page.run()

    assert not page.exception
    assert not any("Mạng chậm" in caption.value for caption in page.caption)


def test_signed_out_sees_nothing(open_page):
    """A deep link shows the way to the sign-in page only."""
    page = open_page("pages/capture.py")

    assert not page.exception
    assert "Mời bạn đăng nhập" in page.subheader[0].value
    assert not page.caption
