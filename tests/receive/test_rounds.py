"""Rounds: a submission's round follows from its capture time, whenever the round was added; both engines."""

from datetime import date

import pytest

from survey import receive
from survey.domain.people import Actor
from survey.domain.problems import Problem
from survey.establish import add_round, correct_round
from survey.store.deployment import select_round_counts, select_rounds
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


def test_a_corrected_round_holds_what_its_days_hold(stocked: Survey, inspector: Actor, coordinator: Actor) -> None:
    """What was captured outside of the new days leaves it, what has no round comes to it; the log names the round alone."""
    first, second = new_id(), new_id()
    receive.submission(stocked, inspector, fence(stocked, first), door="field")
    receive.submission(stocked, inspector, fence(stocked, second, end="2026-11-21T08:00:00.000+07:00"), door="field")
    add_round(stocked, coordinator, "a", "Đợt a", FIRST, LAST)

    assert correct_round(stocked, coordinator, "a", "Đợt một", date(2026, 11, 21), date(2026, 11, 25)) == 1
    assert (_round(stocked, first), _round(stocked, second)) == (None, "a")
    with stocked.reading() as reader:
        (row,) = select_rounds(reader, COMMUNE)
        counts = select_round_counts(reader, COMMUNE)
        measured = {row["round"] for row in reader.rows("SELECT DISTINCT round FROM measure WHERE submission = :one", one=first)}
    assert (row["name"], row["starts_on"]) == ("Đợt một", "2026-11-21")
    assert counts == {None: (1, 1), "a": (1, 1)}
    assert measured <= {None}


def test_a_correction_is_refused_where_it_does_not_fit(stocked: Survey, coordinator: Actor, reviewer: Actor) -> None:
    """Days of another round, a round that is not there, a round that somebody else has just corrected, a person who may not."""
    add_round(stocked, coordinator, "a", "a", date(2026, 3, 1), date(2026, 3, 31))
    add_round(stocked, coordinator, "b", "b", FIRST, LAST)
    for kind, call in (
        ("ROUND_UNUSABLE", lambda: correct_round(stocked, coordinator, "b", "b", date(2026, 3, 31), LAST)),
        ("ROUND_UNUSABLE", lambda: correct_round(stocked, coordinator, "b", " ", FIRST, LAST)),
        ("ROUND_UNKNOWN", lambda: correct_round(stocked, coordinator, "c", "c", FIRST, LAST)),
        ("ROUND_CHANGED", lambda: correct_round(stocked, coordinator, "b", "b", FIRST, LAST, seen={"round": "b", "name": "x"})),
        ("NOT_ALLOWED", lambda: correct_round(stocked, reviewer, "b", "b", FIRST, LAST)),
    ):
        with pytest.raises(Problem, match=kind):
            call()
    with pytest.raises(Problem, match="ROUND_UNUSABLE"):
        add_round(stocked, coordinator, "x/../y", "y", date(2026, 5, 1), date(2026, 5, 2))
