"""What a bundle holds is what its verdicts stand on, at present and as of every past day: over random histories of both engines."""

from collections.abc import Callable
from datetime import date

import pytest

from survey import assess
from survey.deliver.gathering import core_of, left_out_of
from survey.domain.evidence import Scope
from survey.domain.times import end_of, local_date
from survey.domain.verdicts import Verdict
from tests.conftest import COMMUNE
from tests.plain_commune import PlainCommune
from tests.test_assess_histories import ACTOR, EDITION, History, begun

__all__ = ["begun"]
_STEPS = 60
Seen = tuple[dict[str | None, set[str]], dict[str, int]]


def _held(history: History, day: date) -> Seen:
    """By place (None: the commune) the submissions that a bundle of *day* holds, and how many it leaves out by state.

    On the way each bundle is held against the submissions behind its own verdicts.
    """
    moment = None if day == local_date(history.now) else end_of(day)
    held: dict[str | None, set[str]] = {}
    left: dict[str, int] = {}
    places = sorted({verdict.hamlet or "" for verdict in _verdicts(history, Scope(day)) if verdict.criterion == "1"} - {""})
    for place in (None, *places):
        scope = Scope(day, EDITION, "1", place)
        verdicts = _verdicts(history, scope)
        with history.survey.reading() as reader:
            core = core_of(reader, COMMUNE, scope, verdicts, moment)
            wide = core_of(reader, COMMUNE, Scope(day, hamlet=place), verdicts, moment)
            if place is None:
                for one in left_out_of(reader, COMMUNE, scope, core, moment):
                    left[one.state.value] = left.get(one.state.value, 0) + one.count
        behind = {key for verdict in verdicts if verdict.hamlet == place for basis in verdict.basis for key in basis.submissions}
        held[place] = {item.submission for item in core.items}
        assert {item.submission for item in wide.items} == held[place]
        assert place is not None or behind == held[place]
        assert all(place in (None, item.hamlet) for item in core.items)
    return held, left


def _verdicts(history: History, scope: Scope) -> list[Verdict]:
    return list(assess.verdicts_of(history.survey, ACTOR, scope))


def _expected(plain: PlainCommune) -> dict[str | None, set[str]]:
    """The definition itself: of each house the accepted visit that counts."""
    counting = {house: visit.id for house in plain.houses if (visit := plain.counting(house)) is not None}
    return {
        place: {visit for house, visit in counting.items() if place in (None, plain.houses[house])} for place in (None, *plain.hamlets)
    }


@pytest.mark.parametrize("number", range(2))
def test_a_bundle_holds_what_its_verdicts_stand_on(begun: Callable[[int], History], number: int) -> None:
    """Decisions, corrections, moves, mergers, closings in any order: items, scopes and past days agree with the plain commune."""
    history, days = begun(200 + number), dict[date, Seen]()
    for _ in range(_STEPS):
        today = local_date(history.now)
        history.chance.choice(history.steps)()
        found = _held(history, today)
        expected = _expected(history.plain)
        assert {place: found[0].get(place, set()) for place in expected} == expected
        assert not any(found[0][place] for place in found[0].keys() - expected.keys())
        days[today] = found
        history.pass_time()
    history.pass_time(days=1)

    assert len(days) > 10
    for day, seen in days.items():
        if day in history.days:
            again = _held(history, day)
            assert (again[1], {place: keys for place, keys in again[0].items() if keys}) == (
                seen[1], {place: keys for place, keys in seen[0].items() if keys},
            )
