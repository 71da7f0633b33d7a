"""My account: an open browser lets nobody guess its person's password."""

from survey import accounts
from survey.wiring import Survey
from tests.conftest import COMMUNE
from tests.pages.conftest import OpenPage, cookie_for

PASSWORD = "con trâu là đầu cơ nghiệp"


def test_whoever_finds_an_open_browser_cannot_guess_the_present_password(survey: Survey, open_page: OpenPage) -> None:
    """After a few wrong ones the right one is not looked at either, and the password stays what it was."""
    cookie = cookie_for(survey, "reviewer")
    begun = accounts.find_session(survey, cookie)
    assert begun is not None
    accounts.change_password(survey, begun, cookie, old="", new=PASSWORD)
    page = open_page("pages/account.py", "reviewer")
    with survey.transaction() as tx:
        tx.execute("UPDATE session SET way = 'password' WHERE commune = :commune", commune=COMMUNE)
    page.run()

    told = []
    for old in ["sai rồi đó 1", "sai rồi đó 2", "sai rồi đó 3", "sai rồi đó 4", PASSWORD]:
        for field, typed in zip(page.text_input, [old, "một câu khác đủ dài 42", "một câu khác đủ dài 42"], strict=False):
            field.input(typed)
        next(one for one in page.button if "Lưu" in one.label).click().run()
        told.append(page.error[0].value if page.error else "")

    assert told[0] != told[-1] != ""
    assert accounts.verify_password(survey, "reviewer", PASSWORD).id == "p-reviewer"
