"""Intervals of samples: exact where they can be, and covering what they say they cover, in populations that are unkind."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from survey.domain.conditions import Asks, Comparison, Observation, Subject, Value
from survey.domain.estimating import interval_of
from survey.domain.indicators import Amount, Indicator, Kind, Tally, measure_indicator
from survey.domain.sampling import (
    BY_HAMLET,
    EXACT,
    LEVEL,
    RATIO,
    Interval,
    Sums,
    exact_limits,
    interval_document,
    is_evenly_drawn,
    ratio_limits,
    read_interval,
    student_quantile,
    upper_tail,
)
from survey.domain.thresholds import Text

WORD = Text("x", "x")
GREEN = Asks(Subject("f.kind"), Comparison.IS, frozenset({"hedge"}))
SHARE = Indicator("s", WORD, Kind.SHARE_OF_SITES, "household", "share", (), holds=GREEN)
COUNT = Indicator("c", WORD, Kind.COUNT_OF_SITES, "household", "sites", (), holds=GREEN)
FENCES = Indicator(
    "m", WORD, Kind.RATIO_OF_SUMS, "household", "share", (),
    numerator=Amount(Subject("f.green_m")), denominator=Amount(Subject("f.total_m")),
)  # fmt: skip
NOISE = 3.3  # standard deviations of a simulated coverage that may be chance, over some hundred cells

LENGTHS: dict[str, Callable[[Random], float]] = {
    "equal": lambda _: 20.0,
    "skewed": lambda random: random.lognormvariate(3.0, 1.0),
    "heavy": lambda random: 5.0 * random.paretovariate(2.5),
    "two sorts": lambda random: 100.0 if random.random() < 0.15 else 20.0,
}


def house(number: int, hamlet: str, green_m: float | None, total_m: float = 30.0) -> Observation:
    """A house with a fence of which so much is green; None was not visited."""
    if green_m is None:
        return Observation(f"h{number}", hamlet, "household")
    kind = frozenset({"hedge" if green_m >= total_m else "none"})
    answers: dict[str, Value] = {"f.kind": kind, "f.green_m": green_m, "f.total_m": total_m}
    return Observation(f"h{number}", hamlet, "household", {}, answers, {"f": (f"u{number}",)})


def hamlets(indicator: Indicator, *drawn: tuple[int, int, int]) -> Tally:
    """The commune's tally over hamlets of (houses, visited, of these green)."""
    whole = Tally()
    for number, (houses, visited, green) in enumerate(drawn):
        states = [30.0] * green + [0.0] * (visited - green) + [None] * (houses - visited)
        whole.add(measure_indicator(indicator, [house(place, f"A{number}", state) for place, state in enumerate(states)]))
    return whole


def of(indicator: Indicator, *drawn: tuple[int, int, int]) -> Interval:
    """The interval of `hamlets`, which there must be."""
    found = interval_of(indicator, hamlets(indicator, *drawn))
    assert found is not None
    return found


@settings(max_examples=150)
@given(st.data())
def test_exact_limits_are_those_of_scipys_tails(data: st.DataObject) -> None:
    """The limits hold just the numbers of good sites whose tails, as scipy computes them, are above 2.5 % on both sides."""
    sites = data.draw(st.integers(1, 400))
    drawn = data.draw(st.integers(0, sites))
    good = data.draw(st.integers(0, drawn))
    every = np.arange(sites + 1)
    kept = (stats.hypergeom.sf(good - 1, sites, every, drawn) > 0.025) & (stats.hypergeom.cdf(good, sites, every, drawn) > 0.025)

    assert exact_limits(sites, drawn, good) == (every[kept].min(), every[kept].max())


@given(st.data())
def test_upper_tail_is_scipys(data: st.DataObject) -> None:
    """The chance of so many or more good ones agrees to ten digits."""
    sites = data.draw(st.integers(1, 1500))
    drawn, good = data.draw(st.integers(0, sites)), data.draw(st.integers(0, sites))
    least = data.draw(st.integers(0, sites + 1))

    assert upper_tail(sites, good, drawn, least) == pytest.approx(stats.hypergeom.sf(least - 1, sites, good, drawn), rel=1e-9, abs=1e-14)


@pytest.mark.parametrize("level", [0.9, 0.95, 0.99])
@pytest.mark.parametrize("freedom", [1.0, 2.0, 3.5, 4.9, 5.1, 20.0, 400.0])
def test_student_quantile_is_scipys(level: float, freedom: float) -> None:
    """Hill's approximation is right to a thousandth, more than is ever shown."""
    assert student_quantile(level, freedom) == pytest.approx(stats.t.ppf(0.5 + level / 2, freedom), rel=1e-3)


@pytest.mark.parametrize(("sites", "drawn"), [(12, 4), (40, 11), (75, 30), (75, 74)])
def test_exact_limits_cover_every_population(sites: int, drawn: int) -> None:
    """Summed over all samples, not simulated: no number of good sites is missed more often than one time in twenty."""
    for good in range(sites + 1):
        covered = sum(
            stats.hypergeom.pmf(found, sites, good, drawn)
            for found in range(max(0, drawn - sites + good), min(drawn, good) + 1)
            if exact_limits(sites, drawn, found)[0] <= good <= exact_limits(sites, drawn, found)[1]
        )
        assert covered >= LEVEL - 1e-9


def share(random: Random, sort: str, likely: float, rank: float) -> float:
    """How much of one fence is green: all or nothing, more seldom where it is long, or partly."""
    if sort == "partly":
        return 1.0 if random.random() < likely - 0.1 else random.random() if random.random() < 0.5 else 0.0
    if sort == "long ones less":
        likely -= 0.2 * (rank - 0.5)
    return float(random.random() < likely)


def population(random: Random, sites: int, length: str, sort: str, likely: float) -> tuple[list[float], list[float]]:
    """Metres of fence and of green fence of every house."""
    whole = [LENGTHS[length](random) for _ in range(sites)]
    ranks = {site: rank / sites for rank, site in enumerate(sorted(range(sites), key=whole.__getitem__))}
    return whole, [metres * share(random, sort, likely, ranks[site]) for site, metres in enumerate(whole)]


def sums_of(whole: Sequence[float], part: Sequence[float], drawn: Sequence[int]) -> Sums:
    """The sums of a sample."""
    pairs = [(whole[site], part[site]) for site in drawn]
    squares = sum(x * x for x, _ in pairs), sum(x * y for x, y in pairs), sum(y * y for _, y in pairs)
    return Sums(len(drawn), len(whole) - len(drawn), sum(x for x, _ in pairs), sum(y for _, y in pairs), *squares)


def ratio_coverage(random: Random, sites: int, drawn: int, length: str, sort: str, likely: float, runs: int) -> float:
    """How often the limits of a ratio hold the population's."""
    covered = 0
    for run in range(runs):
        if run % 20 == 0:
            whole, part = population(random, sites, length, sort, likely)
        lowest, highest = ratio_limits([sums_of(whole, part, random.sample(range(sites), drawn))])
        covered += lowest - 1e-9 <= sum(part) / sum(whole) <= highest + 1e-9
    return covered / runs


@pytest.mark.parametrize(("sites", "drawn"), [(30, 5), (30, 20), (75, 8), (75, 15), (75, 40), (75, 73), (300, 30)])
@pytest.mark.parametrize("length", LENGTHS)
def test_ratio_limits_cover_what_they_say(sites: int, drawn: int, length: str) -> None:
    """All-or-nothing fences, long ones less green, partly green ones; few and nearly all visited: 94.5 % of the limits hold the truth."""
    random = Random(f"{sites} {drawn} {length}")  # noqa: S311
    runs = 400
    cells = [
        ratio_coverage(random, sites, drawn, length, sort, likely, runs)
        for sort in ("all or nothing", "long ones less", "partly")
        for likely in (0.5, 0.8, 0.95)
    ]
    chance = (LEVEL * (1 - LEVEL) / runs) ** 0.5

    assert sum(cells) / len(cells) >= 0.945
    assert min(cells) >= 0.945 - NOISE * chance


@pytest.mark.parametrize("drawn", [(5, 8, 11, 14, 17, 20), (2, 22, 2, 22, 2, 22), (10, 20, 30, 40, 50, 60)])
@pytest.mark.parametrize("likely", [0.5, 0.8, 0.95])
def test_limits_by_hamlet_cover_what_they_say(drawn: tuple[int, ...], likely: float) -> None:
    """Hamlets of 75 houses visited unequally, and unequal in what they are: 94.5 % of the limits hold the commune's share."""
    random = Random(f"{drawn} {likely}")  # noqa: S311
    runs, covered = 800, 0
    for _ in range(runs):
        green = [round(75 * min(1.0, max(0.0, likely + random.uniform(-0.15, 0.15)))) for _ in drawn]
        found = [
            sum(site < number for site in random.sample(range(75), visits)) for visits, number in zip(drawn, green, strict=True)
        ]
        lowest, highest = ratio_limits([
            Sums(visits, 75 - visits, visits, good, visits, good, good) for visits, good in zip(drawn, found, strict=True)
        ])  # fmt: skip
        covered += lowest - 1e-9 <= sum(green) / (75 * len(drawn)) <= highest + 1e-9

    assert covered / runs >= 0.945


@pytest.mark.parametrize(("sites", "drawn", "widest"), [(75, 15, 1.35), (300, 30, 1.2), (300, 100, 1.2), (1500, 300, 1.12)])
def test_ratio_limits_are_not_much_wider_than_the_exact_ones(sites: int, drawn: int, widest: float) -> None:
    """Where all fences are as long and all or nothing, the ratio is a share: the price of not knowing that."""
    for good in range(drawn // 2, drawn):
        lowest, highest = ratio_limits([Sums(drawn, sites - drawn, drawn, good, drawn, good, good)])
        least, most = exact_limits(sites, drawn, good)

        assert (highest - lowest) / ((most - least) / sites) <= widest


def test_a_sample_without_spread_is_not_taken_for_certainty() -> None:
    """Eight green fences of eight leave room for some that are not."""
    lowest, highest = ratio_limits([Sums(8, 67, 240.0, 240.0, 7200.0, 7200.0, 7200.0)])

    assert 0.4 < lowest < 0.75
    assert highest == 1.0


def test_evenly_visited_hamlets_are_one_sample() -> None:
    """Ten of thirty and twenty of sixty are as dense: the exact limits of thirty of ninety hold."""
    found = of(SHARE, (30, 10, 9), (60, 20, 16))
    least, most = exact_limits(90, 30, 25)

    assert found == Interval(least / 90, most / 90, LEVEL, EXACT)


def test_the_method_follows_from_where_was_visited_and_not_from_what_was_found() -> None:
    """Hamlets visited unequally are samples of their own, whatever was found in them."""
    assert {of(SHARE, (30, 20, good), (60, 10, good // 2)).method for good in range(21)} == {BY_HAMLET}
    assert {of(FENCES, (30, 10, good), (60, 20, good)).method for good in range(11)} == {RATIO}


def test_a_hamlet_weighs_by_its_sites_not_by_its_visits() -> None:
    """A small hamlet visited wholly and green does not speak for a large one of which the half is not."""
    found = of(SHARE, (20, 20, 20), (200, 20, 10))

    assert found.lowest < 0.55 < found.highest < 0.85


def test_a_hamlet_that_nobody_visited_may_be_anything() -> None:
    """Its sites are bad in the lower limit and good in the upper one."""
    found = of(SHARE, (50, 40, 40), (50, 0, 0))

    assert found.lowest < 0.5
    assert found.highest == 1.0
    assert interval_of(FENCES, hamlets(FENCES, (50, 40, 40), (50, 0, 0))) is None


def test_a_count_has_limits_in_sites() -> None:
    """Of 40 houses, 10 visited and 9 of them green: so many houses, not a share."""
    least, most = exact_limits(40, 10, 9)

    assert of(COUNT, (40, 10, 9)) == Interval(least, most, LEVEL, EXACT)


@pytest.mark.parametrize("drawn", [(10, 10, 7), (10, 0, 0)])
def test_no_interval_where_all_is_known_or_nothing(drawn: tuple[int, int, int]) -> None:
    """A census needs none, and without a visit there is none."""
    assert interval_of(SHARE, hamlets(SHARE, drawn)) is None


def test_no_interval_of_four_fences() -> None:
    """A ratio of sums needs five known sites: our own choice, told in the docs."""
    assert interval_of(FENCES, hamlets(FENCES, (40, 4, 4))) is None
    assert interval_of(FENCES, hamlets(FENCES, (40, 5, 5))) is not None


def test_no_interval_for_what_the_register_says_alone() -> None:
    """Sites of which the register knows were drawn by nobody."""
    known = Asks(Subject("fenced", is_attribute=True), Comparison.IS, frozenset({"yes"}))
    indicator = Indicator("a", WORD, Kind.SHARE_OF_SITES, "household", "share", (), holds=known)
    sites = [Observation(f"h{number}", "A", "household", {"fenced": True} if number else {}) for number in range(9)]

    assert interval_of(indicator, measure_indicator(indicator, sites)) is None


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=5))
def test_the_interval_lies_within_the_hard_bounds(drawn: list[tuple[int, int, int]]) -> None:
    """What is impossible is in no interval, and the value found lies in that of one sample."""
    made = [(houses, min(houses, visited), min(houses, visited, green)) for houses, visited, green in drawn]
    tally = hamlets(SHARE, *made)
    found = interval_of(SHARE, tally)
    if found is None:
        return
    sites = tally.known + tally.unknown

    assert tally.numerator / sites - 1e-9 <= found.lowest <= found.highest <= (tally.numerator + tally.unknown) / sites + 1e-9


def test_even_drawing_allows_one_site_of_rounding() -> None:
    """7 of 21 and 4 of 10 are as near to a third as whole sites come; 9 of 10 are not."""
    assert is_evenly_drawn([(7, 21), (4, 10)])
    assert not is_evenly_drawn([(7, 21), (9, 10)])


def test_an_interval_is_read_back_as_it_was_written() -> None:
    """Figures are kept as JSON, which has no infinity."""
    for interval in (Interval(0.2, 0.9, 0.95, EXACT), Interval(1.0, float("inf"), 0.95, EXACT)):
        assert read_interval(interval_document(interval)) == interval


def _some_without_a_fence(random: Random, houses: int, green: float) -> list[tuple[float, float]]:
    """Metres of fence and green ones of each house; every second house has no fence."""
    found = []
    for _ in range(houses):
        metres = round(random.lognormvariate(3.2, 0.5)) if random.random() < 0.5 else 0
        found.append((float(metres), float(metres) if random.random() < green else 0.0))
    return found


def _kind_of(indicator: Indicator) -> Indicator:
    return replace(indicator, among=Asks(Subject("f.total_m"), Comparison.ABOVE, number=0.0)) if not indicator.is_ratio else indicator


def _true_figure(indicator: Indicator, houses: Sequence[tuple[float, float]]) -> float:
    if indicator.is_ratio:
        return sum(green for _, green in houses) / sum(total for total, _ in houses)
    good = sum(total > 0 and green >= total for total, green in houses)
    return good if indicator.kind is Kind.COUNT_OF_SITES else good / sum(total > 0 for total, _ in houses)


@pytest.mark.parametrize("indicator", [FENCES, SHARE, COUNT], ids=["metres", "share", "count"])
@pytest.mark.parametrize("drawn", [(1.0, 0.5), (0.9, 0.2), (0.4, 0.4)], ids=["all and half", "most and few", "even"])
def test_sites_that_visits_show_to_be_left_out_bias_no_interval(indicator: Indicator, drawn: tuple[float, float]) -> None:
    """Half of the houses have no fence: a hamlet that is fully visited weighs by its houses beside one of which as many are unknown."""
    random, asked, missed, runs = Random(7), _kind_of(indicator), 0, 400  # noqa: S311 - a simulation, no secret
    for _ in range(runs):
        places = [_some_without_a_fence(random, 160, green) for green in (0.2, 0.9)]
        whole = Tally()
        for place, (houses, share_drawn) in enumerate(zip(places, drawn, strict=True)):
            chosen = set(random.sample(range(len(houses)), round(len(houses) * share_drawn)))
            sites = [house(n, str(place), g if n in chosen else None, t) for n, (t, g) in enumerate(houses)]
            whole.add(measure_indicator(asked, sites))
        interval = interval_of(asked, whole)
        assert interval is not None
        truth = _true_figure(asked, [one for houses in places for one in houses])
        missed += not interval.lowest - 1e-9 <= truth <= interval.highest + 1e-9

    assert missed / runs <= 0.05 + NOISE * (0.05 * 0.95 / runs) ** 0.5
