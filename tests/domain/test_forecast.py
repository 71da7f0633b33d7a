"""Forecasts: the pace against scipy's Theil-Sen estimator, what is never reached, what nobody knows yet, and the goal's day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import theilslopes

from survey.domain.forecast import (
    BY_PLAN,
    DONE,
    NO_PROGRESS,
    NOT_ENOUGH_HISTORY,
    TOO_FEW_KNOWN,
    Forecast,
    Seen,
    forecast_criterion,
    forecast_goal,
    forecast_share,
    latest_of,
    pace,
    share_done,
)
from survey.domain.thresholds import Status, Threshold

TODAY = date(2026, 11, 23)


def day(number: int) -> date:
    """The day *number* days after today."""
    return TODAY + timedelta(days=number)


@given(st.dictionaries(st.integers(-400, 0), st.floats(0, 0.99), min_size=3, max_size=40))
def test_the_pace_agrees_with_scipy(drawn: dict[int, float]) -> None:
    """The same median; the range holds scipy's, and where both are clear of the edges it is at most one slope wider on either side."""
    seen = [Seen(day(number), share) for number, share in sorted(drawn.items())]
    slowest, median, fastest = pace(seen)
    theirs = theilslopes([one.share for one in seen], [(one.on - TODAY).days for one in seen], alpha=0.90)

    assert median == pytest.approx(theirs.slope)
    assert slowest <= theirs.low_slope + 1e-12
    assert fastest >= theirs.high_slope - 1e-12


def test_a_steady_pace_is_drawn_on() -> None:
    """Half done in 50 days, a hundredth a day: 50 days from the last observation, with no range."""
    found = forecast_share([Seen(day(number), 0.5 + number / 100) for number in (-50, -30, -20, -10, 0)], TODAY)

    assert (found.low, found.likely, found.high) == (day(50), day(50), day(50))
    assert found.a_day == pytest.approx(0.01)
    assert found.reason is None


def test_an_uneven_pace_has_a_range() -> None:
    """The slow weeks and the fast ones bound it; one odd day does not carry the median away."""
    shares = [(-60, 0.10), (-50, 0.16), (-40, 0.18), (-30, 0.30), (-20, 0.32), (-10, 0.40), (0, 0.45)]
    found = forecast_share([Seen(day(number), share) for number, share in shares], TODAY)
    odd = forecast_share([Seen(day(number), share if number != -30 else 0.9) for number, share in shares], TODAY)

    assert found.low is not None
    assert found.high is not None
    assert found.low < found.likely < found.high
    assert abs((odd.likely - found.likely).days) < 40


@pytest.mark.parametrize(
    ("shares", "reason"),
    [
        ([], NOT_ENOUGH_HISTORY), ([(-9, 0.2), (0, 0.5)], NOT_ENOUGH_HISTORY), ([(0, 0.2), (0, 0.3), (0, 0.4)], NOT_ENOUGH_HISTORY),
        ([(-20, 0.4), (-10, 0.4), (0, 0.4)], NO_PROGRESS), ([(-20, 0.5), (-10, 0.4), (0, 0.3)], NO_PROGRESS),
        ([(-20, 0.4), (-10, 0.400001), (0, 0.400002)], NO_PROGRESS),
    ],
    ids=["nothing", "two days", "one day", "stands still", "goes back", "a century"],
)  # fmt: skip
def test_what_nobody_can_say_is_not_said(shares: list[tuple[int, float]], reason: str) -> None:
    """No day is made up."""
    found = forecast_share([Seen(day(number), share) for number, share in shares], TODAY)

    assert (found.likely, found.high, found.reason) == (None, None, reason)


def test_the_slowest_pace_may_never_get_there() -> None:
    """A likely day, and no latest one."""
    found = forecast_share([Seen(day(-20), 0.3), Seen(day(-10), 0.28), Seen(day(0), 0.5)], TODAY)

    assert found.likely is not None
    assert found.high is None


def test_old_observations_give_no_day_in_the_past() -> None:
    """Nobody has looked since: it may be done today, and not before."""
    found = forecast_share([Seen(day(-100), 0.3), Seen(day(-80), 0.6), Seen(day(-60), 0.9)], TODAY)

    assert (found.low, found.likely, found.high) == (TODAY, TODAY, TODAY)


def test_a_criterion_waits_for_its_last_share() -> None:
    """One that is done does not hold it up; one without history leaves it open, unless the roadmap has a day."""
    quick, slow = ([Seen(day(-20), start), Seen(day(-10), start + 0.1), Seen(day(0), start + 0.2)] for start in (0.7, 0.3))
    done = [Seen(day(-5), 1.0)]

    assert forecast_criterion([quick, slow, done], TODAY).likely == day(50)
    assert forecast_criterion([quick, []], TODAY).reason == NOT_ENOUGH_HISTORY
    assert forecast_criterion([quick, []], TODAY, planned=day(33)) == Forecast(day(33), day(33), day(33), BY_PLAN)
    assert forecast_criterion([done], TODAY).likely is None
    assert latest_of([]).reason == NOT_ENOUGH_HISTORY


def test_the_goal_is_reached_with_the_last_criterion_needed() -> None:
    """The second earliest of each day where two are missing; reached, or too few known."""
    others = [
        Forecast(day(10), day(20), day(90)), Forecast(day(5), day(40), None), Forecast(day(15), day(30), day(60)),
        Forecast(None, None, None, NO_PROGRESS),
    ]  # fmt: skip

    assert forecast_goal(7, others, 9, TODAY) == Forecast(day(10), day(30), day(90), None, None, 10)
    assert forecast_goal(7, others, 10, TODAY).high is None
    assert forecast_goal(7, others, 11, TODAY).reason == TOO_FEW_KNOWN
    assert forecast_goal(9, others, 9, TODAY).reason == DONE


def test_a_goal_by_the_roadmap_says_so() -> None:
    """Where the last criterion needed has the roadmap's day and nothing widens it; beside a pace the range is told instead."""
    planned = Forecast(day(20), day(20), day(20), BY_PLAN)
    paced = Forecast(day(1), day(10), day(30))

    assert forecast_goal(7, [planned], 8, TODAY).reason == BY_PLAN
    assert forecast_goal(7, [planned, Forecast(day(2), day(3), day(4))], 9, TODAY).reason == BY_PLAN
    assert forecast_goal(7, [planned, paced], 9, TODAY) == Forecast(day(20), day(20), day(30), None, None, 9)
    assert forecast_goal(7, [paced], 8, TODAY).reason is None


@pytest.mark.parametrize(
    ("value", "limits", "share"),
    [
        (0.35, {"at_least": 0.7}, 0.5), (0.9, {"at_least": 0.7}, 1.0), (0.1, {"at_most": 0.05}, 0.5), (0.02, {"at_most": 0.05}, 1.0),
        (3, {"at_most": 0}, 0.0), (0, {"at_most": 0}, 1.0), (0, {"at_least": 0}, 1.0), (None, {"at_least": 0.7}, None), (0.35, {}, None),
        (40, {"above": 50, "below": 20}, 0.5),
    ],
)  # fmt: skip
def test_share_done(value: float | None, limits: dict[str, float], share: float | None) -> None:
    """Of a lower limit value / limit, of an upper one limit / value, never above 1."""
    found = share_done(value, Threshold("share", Status.READ, **limits))

    assert found == pytest.approx(share) if share is not None else found is None


def test_a_number_nobody_may_rest_on_measures_nothing() -> None:
    """A recalled number gives no share done."""
    assert share_done(0.5, Threshold("share", Status.RECALLED, at_least=0.7)) is None
