"""Who may give what: nobody raises themselves, an administrator makes no coordinator, and every grant is in the log."""

from datetime import timedelta

import pytest

from survey import accounts
from survey.domain.grants import Grant
from survey.domain.people import Actor, Role
from survey.domain.problems import Problem
from survey.store.people import insert_person, select_person
from survey.wiring import Survey
from tests.conftest import COMMUNE, HAMLETS

ADMIN = Actor(COMMUNE, "p-admin", "admin", Role.ADMINISTRATOR)


@pytest.fixture(autouse=True)
def _admin(survey: Survey) -> None:
    with survey.transaction() as tx:
        insert_person(
            tx, COMMUNE, "p-admin", login="admin", name="A", role=Role.ADMINISTRATOR, locale="vi", password_hash=None, at=survey.now()
        )


def refused(survey: Survey, person: str, grant: Grant, by: Actor | None) -> str:
    """The code of the problem."""
    with pytest.raises(Problem) as caught:
        accounts.change_grant(survey, COMMUNE, person, grant, by=by)
    return caught.value.kind.code


def test_nobody_raises_themselves(survey: Survey, coordinator: Actor, reviewer: Actor) -> None:
    """Neither directly nor through an account that may more; the province's role comes from the operator alone."""
    assert refused(survey, "p-admin", Grant(Role.REVIEWER), ADMIN) == "OWN_ACCOUNT"
    assert refused(survey, "p-reviewer", Grant(Role.COORDINATOR), ADMIN) == "ROLE_OUT_OF_REACH"
    assert refused(survey, "p-coordinator", Grant(Role.REVIEWER), ADMIN) == "ROLE_OUT_OF_REACH"
    assert refused(survey, "p-reviewer", Grant(Role.PROVINCE), coordinator) == "ROLE_OUT_OF_REACH"
    assert refused(survey, "p-inspector", Grant(Role.INSPECTOR), reviewer) == "NOT_ALLOWED"
    with pytest.raises(Problem, match="ROLE_OUT_OF_REACH"):
        accounts.make_sign_in_link(survey, COMMUNE, "p-coordinator", by=ADMIN)
    scoped = Actor(COMMUNE, "p-second", "second", Role.COORDINATOR, frozenset({HAMLETS[0]}))
    assert refused(survey, "p-reviewer", Grant(Role.REVIEWER), scoped) == "ROLE_OUT_OF_REACH"


def test_what_is_given_must_make_sense(survey: Survey) -> None:
    """Rounds are for appraisers and exist; a last day lies ahead; the last coordinator for good stays one."""
    yesterday = survey.now().date() - timedelta(days=2)

    assert refused(survey, "p-reviewer", Grant(Role.REVIEWER, rounds=frozenset({"r1"})), None) == "ROUNDS_FOR_APPRAISERS"
    assert refused(survey, "p-reviewer", Grant(Role.APPRAISER, rounds=frozenset({"r9"})), None) == "ROUND_UNKNOWN"
    assert refused(survey, "p-reviewer", Grant(Role.REVIEWER, frozenset({"nowhere"})), None) == "HAMLET_UNKNOWN"
    assert refused(survey, "p-reviewer", Grant(Role.REVIEWER, closes_on=yesterday), None) == "UNTIL_PAST"
    assert refused(survey, "p-coordinator", Grant(Role.REVIEWER), None) == "LAST_COORDINATOR"


def test_a_grant_is_kept_and_logged(survey: Survey) -> None:
    """An administrator makes a reviewer an inspector of one hamlet; the event says who gave what."""
    accounts.change_grant(survey, COMMUNE, "p-reviewer", Grant(Role.INSPECTOR, frozenset({HAMLETS[1]})), by=ADMIN)
    with survey.reading() as reader:
        found = select_person(reader, COMMUNE, "p-reviewer")
        bodies = [row["body"] for row in reader.rows("SELECT body FROM event WHERE commune = :commune", commune=COMMUNE)]

    assert found is not None
    assert (found.role, found.hamlets) == (Role.INSPECTOR, frozenset({HAMLETS[1]}))
    assert any('"person_granted"' in body and '"p-admin"' in body and HAMLETS[1] in body for body in bodies)
