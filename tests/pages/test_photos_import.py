"""The page of photos: for everyone who may capture, with the sentence on people's homes; the Vietnamese comes first."""

import pytest


@pytest.mark.parametrize("login", ["inspector", "reviewer", "coordinator"])
def test_page_is_there_for_who_captures(open_page, login):
    """It says what is brought in and whose homes these are."""
    page = open_page("pages/photos_import.py", login)

    assert not page.exception
    assert page.title[0].value == "Nhập ảnh"
    assert any("nhà ở của người dân" in caption.value for caption in page.caption)


def test_signed_out_sees_nothing(open_page):
    """A deep link shows the way to the sign-in page only."""
    page = open_page("pages/photos_import.py")

    assert not page.exception
    assert "Mời bạn đăng nhập" in page.subheader[0].value
    assert not page.title
