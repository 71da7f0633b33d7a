"""The logs page: closed to who may not read it; both logs searched, with names of today, and reading noted."""

import pytest

from survey import access
from survey.domain.access import Act
from survey.domain.people import Actor
from survey.store.looks import LookFilters, select_looks
from survey.web import noting
from survey.wiring import Survey
from tests.conftest import COMMUNE

PAGE = "pages/logs.py"


def _shown(page) -> str:
    return "".join(one.proto.body for one in page.get("html"))


def _noted(survey: Survey) -> list[tuple[str, str, str]]:
    with survey.reading() as reader:
        return [(row["act"], row["kind"], row["subject"]) for row in select_looks(reader, COMMUNE, LookFilters(), limit=100)]


@pytest.mark.parametrize("login", [None, "inspector", "reviewer"])
def test_closed_to_others(open_page, survey, login):
    """Signed out, as an inspector or as a reviewer there is nothing to read or press."""
    page = open_page(PAGE, login)

    assert not page.exception
    assert not page.button
    assert "entries" not in _shown(page)
    noting.flush()
    assert _noted(survey) == ([("refused", "ability", "see_logs")] if login else [])


def test_changes_are_told_in_words_with_names_and_hash(open_page, survey):
    """Who signed in is in the log with the name of today; the chain's head stands above."""
    page = open_page(PAGE, "coordinator")
    with survey.reading() as reader:
        head = reader.row("SELECT seq, hash FROM event_head WHERE commune = :commune", commune=COMMUNE)
        name = reader.row("SELECT name FROM person WHERE person = 'p-coordinator'")["name"]

    assert not page.exception
    assert "Đăng nhập" in _shown(page)
    assert name in _shown(page)
    assert head["hash"] in _shown(page)
    assert head["hash"][:12] + "</code>" in _shown(page)


def test_a_search_finds_by_kind_and_is_noted(open_page, survey):
    """What does not fit is gone; who searched by what is in the other log."""
    page = open_page(PAGE, "coordinator")
    page.selectbox(key="changes_kind").select("sign_in_link_made")
    next(button for button in page.button if button.label == "Tìm kiếm").click().run()

    assert not page.exception
    assert "Tạo đường dẫn đăng nhập" in _shown(page)
    assert "<b>Đăng nhập</b>" not in _shown(page)
    assert ("searched", "changes", "sign_in_link_made") in _noted(survey)


def test_looks_are_shown_with_times_and_reading_them_is_a_look(open_page, survey, reviewer: Actor):
    """The other log, this page's own look included."""
    access.note_now(survey, reviewer, Act.TOOK, "photo", "ab" * 32)
    page = open_page(PAGE, "coordinator")
    page.button_group(key="log").set_value("looks").run()

    assert not page.exception
    assert "Tải tệp: ảnh" in _shown(page)
    assert "abababababab…" in _shown(page)
    assert 'href="/logs/looks.csv?' in _shown(page)
    assert ("listed", "looks", "") in _noted(survey)


def test_a_stretch_of_the_chain_is_checked_and_a_change_is_found(open_page, survey):
    """The button's answer, before and after somebody wrote past the application."""
    page = open_page(PAGE, "coordinator")
    page.button(key="chain_check").click().run()
    assert not page.exception
    assert "đúng như khi ghi" in page.success[0].value

    with survey.transaction() as tx:
        tx.execute("UPDATE event SET body = :body WHERE commune = :commune AND seq = 1", body='{"kind":"signed_in"}', commune=COMMUNE)
    page.button(key="chain_check").click().run()
    assert "Mục 1 không còn đúng" in page.error[0].value
    assert any(act == "checked" and subject.endswith(":broken-1") for act, _kind, subject in _noted(survey))


def test_how_long_looks_are_kept_is_set_with_a_reason(open_page, survey):
    """Without a reason nothing changes."""
    page = open_page(PAGE, "coordinator")
    page.button_group(key="log").set_value("looks").run()
    page.number_input(key="kept_days").set_value(365)
    save = next(button for button in page.button if button.label == "Lưu")
    save.click().run()
    assert "Cần ghi lý do" in page.error[0].value
    page.text_area(key="kept_reason").input("Quy chế 5")
    next(button for button in page.button if button.label == "Lưu").click().run()

    assert not page.exception
    assert access.looks_kept_days(survey, COMMUNE) == 365
