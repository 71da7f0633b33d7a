"""Who manages people acts upon no account of more rights than they may give: not by a phone, a session, a link or an end."""

from collections.abc import Callable
from typing import Any

import pytest

from survey import accounts, devices, identities, second_factor
from survey.domain.people import Actor, Role
from survey.domain.problems import Problem
from survey.store.people import insert_person
from survey.wiring import Survey
from tests.conftest import COMMUNE, HAMLETS

ADMIN = Actor(COMMUNE, "p-admin", "admin", Role.ADMINISTRATOR)
BOUND = Actor(COMMUNE, "p-bound", "bound", Role.COORDINATOR, frozenset({HAMLETS[0]}))


def refused(asked: Callable[..., Any], *values: Any, **named: Any) -> str:
    """The code of the problem."""
    with pytest.raises(Problem) as caught:
        asked(*values, **named)
    return caught.value.kind.code


def acts(survey: Survey, person: str, by: Actor, device: str) -> list[str]:
    """The codes with which each act upon *person*, who carries *device*, is refused."""
    return [
        refused(devices.enrol, survey, COMMUNE, person, by=by, name=""),
        refused(devices.renew_link, survey, COMMUNE, device, by=by),
        refused(devices.revoke, survey, COMMUNE, device, by=by),
        refused(accounts.open_sessions, survey, COMMUNE, person, by=by),
        refused(accounts.end_session, survey, COMMUNE, person, "any", by=by),
        refused(accounts.end_sessions, survey, COMMUNE, person, by=by),
        refused(accounts.make_sign_in_link, survey, COMMUNE, person, by=by),
        refused(accounts.disable_person, survey, COMMUNE, person, by=by),
        refused(second_factor.reset, survey, COMMUNE, person, by=by),
        refused(identities.unlink, survey, COMMUNE, person, by=by),
    ]


def test_an_administrator_gets_no_homes_by_a_coordinators_phone(survey: Survey) -> None:
    """A phone that an administrator enrols for a coordinator would open the register of all homes, in the coordinator's name."""
    made = devices.enrol(survey, COMMUNE, "p-coordinator", by=None, name="")

    assert set(acts(survey, "p-coordinator", ADMIN, made.device)) == {"ROLE_OUT_OF_REACH"}
    assert devices.find_by_token(survey, made.token) is not None
    assert devices.enrol(survey, COMMUNE, "p-inspector", by=ADMIN, name="").link


def test_who_is_bound_to_hamlets_becomes_nobody_who_sees_more(survey: Survey) -> None:
    """Neither by a link nor by a phone of a reviewer of the whole commune, nor of an inspector of another hamlet as well."""
    made = devices.enrol(survey, COMMUNE, "p-reviewer", by=None, name="")
    with survey.transaction() as tx:
        insert_person(
            tx, COMMUNE, "p-none", login="none", name="N", role=Role.INSPECTOR, locale="vi", password_hash=None, at=survey.now()
        )

    assert set(acts(survey, "p-reviewer", BOUND, made.device)) == {"ROLE_OUT_OF_REACH"}
    assert accounts.make_sign_in_link(survey, COMMUNE, "p-none", by=BOUND)
