"""Rounds: a submission's round follows from its capture time, whenever the round was added; both engines."""

from datetime import date

import pytest

from survey import receive
from survey.domain.people import Actor
from survey.domain.problems import Problem
from survey.establish import add_round
from survey.store.submissions import select_submission
from survey.wiring import Survey
from tests.conftest import COMMUNE
from tests.receive.conftest import fence, new_id

FIRST, LAST = date(2026, 11, 20), date(2026, 11, 20)


def _round(survey: Survey, submission: str) -> str | None:
    with survey.reading() as reader:
        found = select_submission(reader, COMMUNE, submission)
    assert found is not None
    return found.round


def test_the_round_follows_from_the_capture_time(stocked: Survey, inspector: Actor, coordinator: Actor) -> None:
    """Captured on 20 November at 08:05 in Viet Nam: the round of that day has it, received before or after it was added."""
    early, late, outside = new_id(), new_id(), new_id()
    receive.submission(stocked, inspector, fence(stocked, early), door="field")
    receive.submission(stocked, inspector, fence(stocked, outside, end="2026-11-21T00:00:00.000+07:00"), door="field")

    assert add_round(stocked, coordinator, "2026-2", "Đợt 2", FIRST, LAST) == 1
    receive.submission(stocked, inspector, fence(stocked, late), door="field")

    assert (_round(stocked, early), _round(stocked, late), _round(stocked, outside)) == ("2026-2", "2026-2", None)


@pytest.mark.parametrize(
    ("round_id", "first", "last"),
    [("b", LAST, FIRST.replace(day=1)), ("a", date(2027, 1, 1), date(2027, 1, 2)), ("b", date(2026, 11, 1), FIRST)],
    ids=["days the wrong way round", "id taken", "days of another round"],
)
def test_an_unusable_round_is_refused(stocked: Survey, coordinator: Actor, round_id: str, first: date, last: date) -> None:
    """The sentence names the rounds that are there; nothing is added."""
    add_round(stocked, coordinator, "a", "a", FIRST, LAST)

    with pytest.raises(Problem, match="ROUND_UNUSABLE"):
        add_round(stocked, coordinator, round_id, round_id, first, last)


def test_only_a_coordinator_adds_rounds(stocked: Survey, inspector: Actor) -> None:
    """It changes what every submission belongs to."""
    with pytest.raises(Problem, match="NOT_ALLOWED"):
        add_round(stocked, inspector, "a", "a", FIRST, LAST)
