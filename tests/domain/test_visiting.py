"""Visit plans: they decide as often as they say, no smaller one would, and they go where the least was visited."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey.domain.indicators import Indicator, Tally
from survey.domain.thresholds import Status, Threshold
from survey.domain.visiting import LIKELY, PILOT, added, allocate, chance_to_decide, decision, plan_visits
from tests.domain.test_sampling import FENCES, SHARE, hamlets

AT_LEAST = Threshold("share", Status.READ, at_least=0.7)


def places(indicator: Indicator, *drawn: tuple[int, int, int]) -> dict[str | None, Tally]:
    """Tallies by hamlet of (houses, visited, of these green)."""
    return {f"A{number}": hamlets(indicator, one) for number, one in enumerate(drawn)}


def played(random: Random, tallies: dict[str | None, Tally], visits: dict[str | None, int], good: int) -> bool:
    """Whether the visits decided, in a commune of which *good* of the unknown houses are green."""
    unknown = [place for place, tally in tallies.items() for _ in range(tally.unknown)]
    green = set(random.sample(range(len(unknown)), good))
    after = []
    for place, tally in tallies.items():
        mine = [number for number, one in enumerate(unknown) if one == place]
        found = len(green.intersection(random.sample(mine, visits.get(place, 0))))
        houses = tally.known + tally.unknown
        after.append(hamlets(SHARE, (houses, tally.known + visits.get(place, 0), round(tally.numerator) + found)))
    return decision(SHARE, added(after), AT_LEAST) is not None


def test_a_plan_decides_as_often_as_it_says() -> None:
    """Played 400 times in a commune that is as it seems: the plan's chance is what comes out."""
    tallies = places(SHARE, (60, 6, 5), (90, 9, 7), (50, 5, 5))
    plan = plan_visits(SHARE, tallies, AT_LEAST)
    assert plan is not None
    assert plan.chance is not None
    whole = added(tallies.values())
    good = round(whole.unknown * whole.numerator / whole.known)
    random = Random(5)  # noqa: S311
    decided = sum(played(random, tallies, dict(plan.per_hamlet), good) for _ in range(400)) / 400

    assert plan.chance >= LIKELY
    assert decided == pytest.approx(plan.chance, abs=0.08)


def test_one_visit_less_would_not_do() -> None:
    """The plan is the least: with one visit less the chance is below what was asked for."""
    tallies = places(SHARE, (60, 6, 5), (90, 9, 7), (50, 5, 5))
    plan = plan_visits(SHARE, tallies, AT_LEAST)
    assert plan is not None

    assert chance_to_decide(SHARE, tallies, AT_LEAST, allocate(tallies, plan.total - 1)) < LIKELY


def test_the_hamlet_visited_least_is_asked_for_most() -> None:
    """Visits fill up to the same share of each hamlet's sites."""
    tallies = places(SHARE, (60, 30, 24), (60, 3, 2))

    assert allocate(tallies, 20) == {"A1": 20}
    assert allocate(tallies, 47) == {"A0": 10, "A1": 37}


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(0, 40)), min_size=1, max_size=6), st.data())
def test_an_allocation_asks_for_what_there_is(drawn: list[tuple[int, int]], data: st.DataObject) -> None:
    """All visits are given out, to no hamlet more than it has unknown sites."""
    tallies = places(SHARE, *((houses, min(houses, visited), 0) for houses, visited in drawn))
    total = data.draw(st.integers(0, sum(tally.unknown for tally in tallies.values())))
    visits = allocate(tallies, total)

    assert sum(visits.values()) == total
    assert all(0 < count <= tallies[place].unknown for place, count in visits.items())


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(2, 40), st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=4))
@pytest.mark.parametrize("indicator", [SHARE, FENCES], ids=["share", "ratio"])
def test_whatever_is_open_has_a_plan(indicator: Indicator, drawn: list[tuple[int, int, int]]) -> None:
    """What is decided needs no visit; what is open has a plan that asks for no more than all."""
    tallies = places(indicator, *((houses, min(houses, seen), min(houses, seen, green)) for houses, seen, green in drawn))
    whole = added(tallies.values())
    plan = plan_visits(indicator, tallies, AT_LEAST)

    if not whole.unknown or decision(indicator, whole, AT_LEAST) is not None:
        assert plan is None
    else:
        assert plan is not None
        assert 1 <= plan.total == sum(plan.per_hamlet.values()) <= whole.unknown
        assert (plan.chance is None) == (whole.known == 0)


def test_a_ratio_on_the_edge_asks_for_more_than_one_that_is_clear() -> None:
    """72 % green needs more visits to be told from 70 % than 90 % does."""
    edge = plan_visits(FENCES, places(FENCES, (300, 25, 18)), AT_LEAST)
    clear = plan_visits(FENCES, places(FENCES, (300, 10, 9)), AT_LEAST)

    assert edge is not None
    assert clear is not None
    assert clear.total < 60
    assert edge.total > 150


def test_where_nothing_is_known_a_first_sample_is_drawn() -> None:
    """Nobody can say how many visits decide a thing of which nothing is known."""
    plan = plan_visits(SHARE, places(SHARE, (100, 0, 0), (200, 0, 0)), AT_LEAST)
    assert plan is not None

    assert plan.chance is None
    assert plan.per_hamlet == {"A0": PILOT // 3, "A1": 2 * PILOT // 3}
