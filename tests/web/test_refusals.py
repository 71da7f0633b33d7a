"""How a page says that something went wrong: in the person's language, without internals."""

from streamlit.testing.v1 import AppTest


def test_a_defect_shows_a_code_and_no_internals() -> None:
    """What broke is in the log under the code that the page shows; the page tells nothing of it."""

    def script() -> None:
        from survey.web import refusals, text

        text.speak("vi")
        refusals.show_script_error(ValueError("secret detail"))

    page = AppTest.from_function(script).run()

    assert "Phần mềm gặp lỗi (mã " in page.error[0].value
    assert "secret" not in page.error[0].value


def test_a_problem_shows_its_own_sentence() -> None:
    """An expected error that no page caught still says what is wrong and what to do."""

    def script() -> None:
        from survey.domain.problems import SUBMISSION_UNKNOWN, Problem
        from survey.web import refusals, text

        text.speak("vi")
        refusals.show_script_error(Problem(SUBMISSION_UNKNOWN, id="uuid:1"))

    page = AppTest.from_function(script).run()

    assert page.error[0].value.startswith("Không có bài nộp uuid:1.")
