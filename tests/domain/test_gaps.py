"""What is missing to a number, as people count it; the days of a trend; the areas that stand for hamlets."""

from dataclasses import replace
from datetime import date

import pytest
import shapely

from survey.catalogue.editions import read_document, read_edition
from survey.domain.criteria import BY_HAMLET, Edition
from survey.domain.gaps import HAMLETS, POINTS, SITES, Gap, gap
from survey.domain.hulls import hull, middle
from survey.domain.indicators import Indicator
from survey.domain.outcomes import Outcome
from survey.domain.places import distance_m
from survey.domain.thresholds import Status, Text, Threshold
from survey.domain.trend import Day, Score, score, series, trend_days
from survey.domain.verdicts import Basis, Verdict
from survey.wiring import ROOT

TITLE = Text("a", "a")
SEVENTY = Threshold("share", Status.READ, at_least=0.7)
BASIS = Basis("3-met", TITLE, "share", Outcome.NOT_MET, None, decides=True, value=0.58, numerator=568, denominator=980,
              registered=40, threshold=SEVENTY)  # fmt: skip


@pytest.fixture(scope="module")
def edition() -> Edition:
    """The model residential area as bundled."""
    return read_edition(read_document(ROOT / "schema" / "criteria" / "ha-tinh-kdc-kieu-mau"), None)


def indicator(edition: Edition, code: str) -> Indicator:
    """One of the edition's indicators."""
    return next(one for one in edition.indicators if one.code == code)


def test_metres_of_fence_are_missing_in_metres(edition: Edition) -> None:
    """568 m of 980 m are green, 70 % of 980 m are 686 m: 118 m are missing."""
    found = gap(indicator(edition, "3-met"), BASIS)

    assert found is not None
    assert (round(found.amount, 6), found.unit, found.too_much) == (118.0, "m", False)


def test_households_are_missing_whole(edition: Edition) -> None:
    """21 of 33 households, 70 % are 23.1: three more households, not 2.1; exactly at the number none is missing."""
    basis = replace(BASIS, indicator="3-ho", value=21 / 33, numerator=21, denominator=33)

    assert gap(indicator(edition, "3-ho"), basis) == Gap(3, SITES)
    assert gap(indicator(edition, "3-ho"), replace(basis, value=0.7, numerator=21, denominator=30)) is None


def test_hamlets_are_missing_of_all_hamlets() -> None:
    """80 % of six hamlets are 4.8, so five: two met, three are missing; a rule may also ask for a number of hamlets."""
    basis = replace(
        BASIS, indicator=BY_HAMLET, threshold=replace(SEVENTY, at_least=0.8), value=0.5, numerator=2, denominator=4, registered=6
    )

    assert gap(None, basis) == Gap(3, HAMLETS)
    counted = replace(basis, unit="hamlets", threshold=Threshold("hamlets", Status.READ, at_least=4), value=2)
    assert gap(None, counted) == Gap(2, HAMLETS)


def test_an_upper_limit_is_passed_and_other_units_are_their_own(edition: Edition) -> None:
    """Too much is too much; what has no metres behind it is told in points or in its own unit."""
    above = replace(BASIS, value=0.3, numerator=3, denominator=10, threshold=Threshold("share", Status.READ, at_most=0.1))
    income = replace(BASIS, unit="million_per_1000_m2", value=45.0, threshold=Threshold("million_per_1000_m2", Status.READ, at_least=60))
    metres = indicator(edition, "3-met")
    assert metres.numerator is not None

    assert gap(indicator(edition, "3-ho"), above) == Gap(2, SITES, too_much=True)
    assert gap(metres, income) == Gap(15.0, "million_per_1000_m2")
    found = gap(replace(metres, numerator=replace(metres.numerator, subject=None)), BASIS)
    assert found is not None
    assert (round(found.amount, 6), found.unit) == (0.12, POINTS)


@pytest.mark.parametrize(
    "changed",
    [
        {"threshold": None},
        {"value": None},
        {"threshold": replace(SEVENTY, status=Status.RECALLED)},
        {"threshold": Threshold("share", Status.MISSING)},
        {"value": 0.7},
    ],
)
def test_without_a_value_or_a_sure_number_nothing_is_called_missing(edition: Edition, changed: dict[str, object]) -> None:
    """A number from memory asks nobody for 118 m."""
    assert gap(indicator(edition, "3-met"), replace(BASIS, **changed)) is None  # type: ignore[arg-type]


def test_trend_shows_the_last_rounds_that_were_over_and_the_day_itself() -> None:
    """A round that still runs is the day itself; the newest rounds are shown, oldest first."""
    rounds = [("two", date(2026, 9, 30)), ("one", date(2026, 6, 30)), ("now", date(2026, 12, 21))]
    day = date(2026, 11, 23)

    assert trend_days(rounds, day) == (Day(date(2026, 6, 30), "one"), Day(date(2026, 9, 30), "two"), Day(day, ""))
    assert trend_days(rounds, day, most=1) == (Day(date(2026, 9, 30), "two"), Day(day, ""))
    assert trend_days(rounds, date(2026, 6, 30)) == (Day(date(2026, 6, 30), ""),)


def test_score_counts_the_numbered_criteria_of_the_commune(edition: Edition) -> None:
    """Hamlets and what only combines others are not one more."""
    made = [
        Verdict(edition.id, one.code, one.title, hamlet, Outcome.MET, (), date(2026, 11, 23), history=False, informs=False, basis=())
        for one in edition.criteria
        for hamlet in (None, "h1")
    ]

    assert score(edition, made) == Score(10, 0, 10)
    assert score(edition, [replace(one, outcome=Outcome.NOT_MET) for one in made[:2]]) == Score(0, 1, 10)


def test_series_leaves_a_hole_where_the_rules_had_no_such_indicator() -> None:
    """An indicator that came later has no value before."""
    verdict = Verdict("e", "3", TITLE, None, Outcome.NOT_MET, (), date(2026, 11, 23), history=False, informs=False, basis=(BASIS,))

    found = series([[replace(verdict, basis=())], [verdict, replace(verdict, hamlet="h1", basis=())]])
    assert dict(found) == {("3", "3-met"): (None, BASIS)}


def test_a_hull_holds_every_site_with_a_margin_and_shows_none_as_a_corner() -> None:
    """All sites lie inside; the edge stays 60 m away from the outermost, within a metre; one site is a round area; none is nothing."""
    places = [(106.10, 18.00), (106.11, 18.00), (106.105, 18.01), (106.105, 18.003)]
    ring = hull(places)
    area = shapely.Polygon(ring)

    assert all(area.contains(shapely.Point(place)) for place in places)
    assert min(distance_m(18.00, 106.10, north, east) for east, north in ring) == pytest.approx(60, abs=1)
    assert not set(places) & set(ring)
    assert area.contains(shapely.Point(middle(ring)))
    assert all(distance_m(18.0, 106.1, north, east) == pytest.approx(60, abs=1) for east, north in hull([(106.1, 18.0)]))
    assert hull([]) == ()
