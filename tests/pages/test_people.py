"""The page about people: coordinators only; adding, linking, closing."""

from datetime import timedelta

from survey import accounts
from survey.store.people import select_people


def test_reviewer_is_refused(open_page):
    """Only who manages the commune sees its accounts."""
    page = open_page("pages/people.py", "reviewer")

    assert not page.exception
    assert "không được làm việc này" in page.error[0].value
    assert not page.text_input


def test_adding_a_person_shows_a_one_time_link(open_page, survey):
    """A new inspector gets hamlets and a link to hand over; no QR code without TLS."""
    page = open_page("pages/people.py", "coordinator")
    page.text_input[0].set_value("Nguyễn Thị Lan")
    page.text_input[1].set_value("lan.nguyen")
    page.multiselect[0].set_value(["18844-h02"])
    page.button[0].click()
    page.run()

    assert not page.exception
    assert "/sign-in/18844." in page.code[0].value
    assert any("https" in caption.value for caption in page.caption)
    with survey.reading() as reader:
        lan = next(person for person in select_people(reader, "18844") if person.login == "lan.nguyen")
    assert (lan.name, lan.role, lan.hamlets) == ("Nguyễn Thị Lan", "inspector", {"18844-h02"})


def test_a_taken_login_is_explained(open_page):
    """The problem's sentence is shown, the page stays."""
    page = open_page("pages/people.py", "coordinator")
    page.text_input[0].set_value("Another")
    page.text_input[1].set_value("reviewer")
    page.button[0].click()
    page.run()

    assert not page.exception
    assert "đã có người dùng" in page.error[0].value


def test_closing_needs_the_tick_and_ends_sessions(open_page, survey):
    """Closing an account asks once more, then signs the person out everywhere."""
    page = open_page("pages/people.py", "coordinator")
    page.selectbox(key="close_for").set_value("p-reviewer")
    page.button[2].click()
    page.run()
    assert page.warning

    page.selectbox(key="close_for").set_value("p-reviewer")
    page.checkbox[0].check()
    page.button[2].click()
    page.run()

    assert not page.exception
    with survey.reading() as reader:
        assert next(person for person in select_people(reader, "18844") if person.id == "p-reviewer").disabled_at


def test_password_can_be_chosen_and_changed(open_page, monkeypatch):
    """A person without a password chooses one, then needs it to change it."""
    page = open_page("pages/account.py", "inspector")
    page.text_input[0].set_value("mưa dầm thấm lâu")
    page.text_input[1].set_value("mưa dầm thấm lâu")
    page.button[0].click()
    page.run()
    assert not page.exception
    assert page.success

    monkeypatch.setattr(accounts.passwords, "FRESH_LINK", timedelta(0))  # as in a session that began longer ago
    again = open_page("pages/account.py", "inspector")
    assert again.text_input[0].label == "Mật khẩu hiện tại"
    again.text_input[0].set_value("wrong")
    again.text_input[1].set_value("có công mài sắt")
    again.text_input[2].set_value("có công mài sắt")
    again.button[0].click()
    again.run()
    assert "không đúng" in again.error[0].value
