"""Every cell of the pages' table: a page opened by its address shows itself to who may see it, and the refusal to everybody else."""

import pytest

from survey.domain.people import ABILITIES, Role
from survey.domain.problems import NOT_ALLOWED
from survey.web.access_pages import guards, page_abilities
from survey.wiring import Survey
from tests.pages.conftest import OpenPage
from tests.roles import make_world


def test_launcher_and_pages_ask_for_the_same() -> None:
    """The menu is no gate: each page asks for what its line in survey_app.py says, and none is left out of the menu."""
    assert guards() == page_abilities()


@pytest.mark.parametrize("page", sorted(page_abilities()))
def test_every_cell(page: str, survey: Survey, open_page: OpenPage) -> None:
    """Signed out, and as everybody of every role."""
    make_world(survey)
    needs, faults = page_abilities()[page], []
    refusal = NOT_ALLOWED.vi
    shown = open_page(f"pages/{page}.py")
    if shown.title or shown.exception:
        faults.append("is shown to a stranger")
    for role in Role:
        shown = open_page(f"pages/{page}.py", role.value)
        allowed = needs is None or needs in ABILITIES[role]
        is_refused = any(refusal in error.value for error in shown.error)
        if shown.exception or is_refused == allowed or (shown.title and not allowed):
            faults.append(f"{role}: {[one.value for one in (*shown.title, *shown.error, *shown.exception)]}")

    assert faults == []
