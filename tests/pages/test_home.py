"""The start page says what to do next, by role."""

from survey.domain.submissions import State
from survey.store.reviews import insert_review
from tests.made_submissions import START, insert, submission


def test_signed_out_sees_only_the_way_in(open_page):
    """A signed-out person finds a link to sign in and nothing of the commune."""
    page = open_page("pages/home.py")

    assert not page.exception
    assert "Kỳ Thượng" not in repr(page.main)
    assert any("/sign-in" in str(element.proto) for element in page.get("html"))


def test_coordinator_of_an_empty_commune_is_told_to_load_the_register(open_page):
    """An empty page says what to do next."""
    page = open_page("pages/home.py", "coordinator")

    assert not page.exception
    assert page.title[0].value == "Khảo sát nông thôn mới – Kỳ Thượng"
    assert "Sổ bộ còn trống" in page.info[0].value


def test_inspector_is_led_to_the_field_form(open_page):
    """An inspector's first button opens the phone's form; counts of others' work are not there."""
    page = open_page("pages/home.py", "inspector")

    assert not page.exception
    shown = "".join(str(element.proto) for element in page.get("html"))
    assert 'href=\\"/field/\\"' in shown or 'href="/field/"' in shown
    assert 'class="count"' not in shown


def test_language_switch_is_remembered(open_page, survey):
    """Choosing English turns this page and the next visit English."""
    page = open_page("pages/home.py", "reviewer")
    page.sidebar.get("button_group")[0].set_value("en").run()

    assert not page.exception
    assert page.title[0].value == "Rural survey of Kỳ Thượng"
    assert open_page("pages/home.py", "reviewer").title[0].value == "Rural survey of Kỳ Thượng"


def test_demonstration_is_marked(open_page, survey):
    """A demonstration commune says so on the page."""
    with survey.transaction() as tx:
        tx.execute("UPDATE commune SET demonstration = 1")
    page = open_page("pages/home.py", "reviewer")

    assert "TRÌNH DIỄN" in "".join(str(element.proto.body) for element in page.get("html"))


def test_names_with_markup_are_shown_as_text(open_page, survey):
    """A person's name cannot bring markup into another's page."""
    with survey.transaction() as tx:
        tx.execute("UPDATE person SET name = '<img src=x onerror=alert(1)> **b**' WHERE login = 'inspector'")
    page = open_page("pages/people.py", "coordinator")

    assert not page.exception
    assert "<img" not in "".join(str(element.proto.body) for element in page.get("html"))


def test_inspector_sees_why_a_submission_came_back(open_page, survey):
    """A returned submission stands first, with the reviewer's reason as it was typed."""
    with survey.transaction() as tx:
        back = submission("back", state=State.RETURNED)
        insert(tx, submission("fine", minutes=5), back)
        insert_review(tx, back, State.RECEIVED, reason="Chụp lại *cả* cổng", person="p-reviewer", at=START)
    page = open_page("pages/home.py", "inspector")

    assert not page.exception
    assert page.warning[0].value == r"Chụp lại \*cả\* cổng"
    assert "Trả lại" in page.markdown[0].value
