"""Indicators: bounds never claim more than is known, and a commune is the sum of its hamlets."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.domain.concluding import decide
from survey.domain.conditions import AllOf, AnyOf, Asks, Comparison, Observation, Subject
from survey.domain.contributions import SiteState, contribution_of
from survey.domain.indicators import Amount, Indicator, Kind, Tally, measure_indicator, measured
from survey.domain.thresholds import Status, Text, Threshold
from survey.domain.verdicts import Outcome
from survey.domain.visiting import fewest_visits

WORD = Text("x", "x")
AT_LEAST = Threshold("share", Status.READ, at_least=0.7)
GREEN = Asks(Subject("f.kind"), Comparison.IS, frozenset({"hedge"}))
SHARE = Indicator("s", WORD, Kind.SHARE_OF_SITES, "household", "share", (AT_LEAST,), holds=GREEN)
COUNT = Indicator("c", WORD, Kind.COUNT_OF_SITES, "household", "sites", (), holds=GREEN)
ROADS = Indicator(
    "r", WORD, Kind.RATIO_OF_SUMS, "household", "share", (AT_LEAST,),
    numerator=Amount(Subject("f.hard_m")), denominator=Amount(Subject("length_m", is_attribute=True)),
)  # fmt: skip
FENCES = replace(ROADS, code="m", numerator=Amount(Subject("f.green_m")), denominator=Amount(Subject("f.total_m")))

house_states = st.sampled_from(["green", "grey", "unanswered", "unvisited"])
houses = st.lists(house_states, min_size=1, max_size=12)
roads = st.lists(st.tuples(st.integers(1, 50), st.none() | st.integers(0, 50)), min_size=1, max_size=7)


def house(state: str, number: int = 0) -> Observation:
    answers = {"green": {"f.kind": frozenset({"hedge"})}, "grey": {"f.kind": frozenset({"wall"})}}.get(state, {})
    return Observation(f"s{number}", "A", "household", {}, answers, {} if state == "unvisited" else {"f": (f"u{number}",)})


def road(length: float | None, hard: float | None, number: int = 0) -> Observation:
    attributes = {} if length is None else {"length_m": length}
    answers = {} if hard is None else {"f.hard_m": float(hard)}
    return Observation(f"r{number}", "A", "household", attributes, answers, {} if hard is None else {"f": (f"u{number}",)})


@given(houses)
def test_share_is_decided_only_when_every_completion_agrees(states: list[str]) -> None:
    """The verdict is met when all ways that the unknown houses could turn out meet it, not met when none does, else open."""
    tally = measure_indicator(SHARE, [house(state, number) for number, state in enumerate(states)])
    decided = decide(SHARE, tally, AT_LEAST, samples=False)
    outcome, figures = decided.outcome, decided.figures
    green, unknown = states.count("green"), states.count("unanswered") + states.count("unvisited")
    shares = [(green + more) / len(states) for more in range(unknown + 1)]

    assert figures.lowest == pytest.approx(min(shares))
    assert figures.highest == pytest.approx(max(shares))
    if tally.visited:
        reached = {10 * (green + more) >= 7 * len(states) for more in range(unknown + 1)}
        assert outcome == {(True,): Outcome.MET, (False,): Outcome.NOT_MET}.get(tuple(reached), Outcome.NOT_ENOUGH_DATA)
    else:
        assert outcome == Outcome.NOT_ENOUGH_DATA


@given(houses)
def test_fewest_visits_is_the_least_that_can_decide(states: list[str]) -> None:
    """So many further houses, all alike, can decide it, and one less cannot."""
    tally = measure_indicator(SHARE, [house(state, number) for number, state in enumerate(states)])
    unknown = [number for number, state in enumerate(states) if state in ("unanswered", "unvisited")]
    fewest = fewest_visits(SHARE, tally, AT_LEAST)

    def decided(visits: int) -> bool:
        for turn in ("green", "grey"):
            after = list(states)
            for number in unknown[:visits]:
                after[number] = turn
            seen = measure_indicator(SHARE, [house(state, number) for number, state in enumerate(after)])
            figures = measured(SHARE, seen)
            if AT_LEAST.decides(figures.lowest or 0.0, figures.highest or 0.0) is not None:
                return True
        return False

    if not unknown:
        assert fewest is None
    elif not decided(0):
        assert fewest is not None
        assert decided(fewest)
        assert not decided(fewest - 1)


@given(roads)
def test_unvisited_roads_widen_the_bounds_by_their_length(segments: list[tuple[int, int | None]]) -> None:
    """Lowest is nothing hardened on unseen roads, highest is all of it; an answer never exceeds the register's length."""
    figures = measured(ROADS, measure_indicator(ROADS, [road(length, hard, n) for n, (length, hard) in enumerate(segments)]))
    whole = sum(length for length, _ in segments)
    hard = sum(min(length, known) for length, known in segments if known is not None)
    unseen = sum(length for length, known in segments if known is None)

    assert figures.lowest == pytest.approx(hard / whole)
    assert figures.highest == pytest.approx((hard + unseen) / whole)


@given(houses, houses)
def test_commune_is_the_sum_of_its_hamlets(here: list[str], there: list[str]) -> None:
    """Adding two tallies equals counting both hamlets at once."""
    both = measure_indicator(SHARE, [house(state) for state in here + there])
    added = measure_indicator(SHARE, [house(state) for state in here])
    added.add(measure_indicator(SHARE, [house(state) for state in there]))

    assert added == both


def test_road_without_a_length_in_the_register_decides_nothing() -> None:
    """A length that nobody knows could be anything."""
    tally = measure_indicator(ROADS, [road(100, 100), road(None, 50)])
    decided = decide(ROADS, tally, AT_LEAST, samples=False)
    outcome, reason, figures = decided.outcome, decided.reason, decided.figures

    assert (figures.value, figures.lowest, figures.highest) == (1.0, 0.0, 1.0)
    assert (outcome, reason) == (Outcome.NOT_ENOUGH_DATA, "not_all_known")


def test_fence_that_nobody_saw_may_be_of_any_length() -> None:
    """Where the denominator is asked at the gate, one unvisited house leaves the metres open."""
    seen = Observation("s", "A", "household", {}, {"f.total_m": 100.0, "f.green_m": 100.0}, {"f": ("u",)})
    tally = measure_indicator(FENCES, [seen, house("unvisited")])

    assert decide(FENCES, tally, AT_LEAST).outcome is Outcome.NOT_ENOUGH_DATA
    assert fewest_visits(FENCES, tally, AT_LEAST) == 1


def test_count_has_bounds_too() -> None:
    """Recognised gardens: those seen, up to those seen and all unseen."""
    figures = measured(COUNT, measure_indicator(COUNT, [house("green"), house("grey"), house("unvisited")]))

    assert (figures.value, figures.lowest, figures.highest) == (1.0, 1.0, 2.0)


def test_recalled_number_never_decides() -> None:
    """A verdict that rests on a recalled or missing number is not given; the value is shown."""
    tally = measure_indicator(SHARE, [house("green")])
    for threshold, reason in (
        (replace(AT_LEAST, status=Status.RECALLED), "threshold_recalled"),
        (Threshold("share", Status.MISSING), "threshold_missing"),
        (None, "no_threshold_in_force"),
    ):
        decided = decide(SHARE, tally, threshold)
        outcome, why, figures = decided.outcome, decided.reason, decided.figures

        assert (outcome, why, figures.value) == (Outcome.NOT_ENOUGH_DATA, reason, 1.0)


@pytest.mark.parametrize(("left", "right"), list(product([True, False, None], repeat=2)))
def test_unknown_is_a_third_answer(left: bool | None, right: bool | None) -> None:
    """One failed part decides all_of, one fulfilled part decides any_of, whatever is unknown."""
    seen = Observation("s", None, "household", {}, {
        f"f.{name}": frozenset({"yes" if known else "no"}) for name, known in (("a", left), ("b", right)) if known is not None
    })  # fmt: skip
    parts = tuple(Asks(Subject(f"f.{name}"), Comparison.IS, frozenset({"yes"})) for name in "ab")

    assert AllOf(parts).holds(seen) == (False if False in (left, right) else None if None in (left, right) else True)
    assert AnyOf(parts).holds(seen) == (True if True in (left, right) else None if None in (left, right) else False)


def test_at_most_and_ranges() -> None:
    """An upper limit is met when even the highest value stays below it."""
    limit = Threshold("share", Status.READ, at_most=0.3)
    span = Threshold("share", Status.READ, at_least=0.2, at_most=0.4)

    assert [limit.decides(0.1, 0.3), limit.decides(0.1, 0.4), limit.decides(0.31, 0.4)] == [True, None, False]
    assert [span.decides(0.2, 0.4), span.decides(0.1, 0.4), span.decides(0.5, 0.6)] == [True, None, False]


def test_findings_name_how_a_site_stands() -> None:
    """Every site behind a figure says what it adds and what is missing."""
    states = [contribution_of(SHARE, house(state)) for state in ("green", "grey", "unanswered", "unvisited")]

    assert [one.state for one in states if one] == [SiteState.FULL, SiteState.SHORT, SiteState.UNANSWERED, SiteState.UNVISITED]
    assert contribution_of(SHARE, replace(house("green"), kind="road_segment")) is None
    assert measure_indicator(SHARE, []) == Tally()
