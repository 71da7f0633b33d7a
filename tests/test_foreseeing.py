"""The pace that the door gathers: which days it looks at, and what it says of criteria without figures, with reports, with steps."""

from datetime import date, timedelta

from survey import owners, roadmap, standing
from survey.assess import foreseeing
from survey.domain.forecast import BY_PLAN, NOT_ENOUGH_HISTORY, TOO_FEW_KNOWN
from survey.domain.owners import Milestone
from survey.domain.people import Actor
from survey.domain.scoreboard import Goal
from survey.domain.times import local_date
from survey.wiring import Survey
from tests.plans import KDC, add_plans


def test_the_days_looked_at() -> None:
    """Five Sundays before the day, and the ends of three months before the first of them; the day itself is no past."""
    assert [day.isoformat() for day in foreseeing.days_before(date(2026, 11, 23))] == [
        "2026-07-31", "2026-08-31", "2026-09-30", "2026-10-25", "2026-11-01", "2026-11-08", "2026-11-15", "2026-11-22",
    ]  # fmt: skip
    assert foreseeing.days_before(date(2026, 11, 22))[-1] == date(2026, 11, 15)
    for number in range(400):
        today = date(2026, 1, 1) + timedelta(days=number)
        found = foreseeing.days_before(today)
        assert found == sorted(set(found))
        assert found[-1] < today


def test_the_goal_follows_from_what_is_known(survey: Survey, coordinator: Actor) -> None:
    """Nothing measured is no forecast; a milestone of a criterion gives its day; reports on one day are no pace."""
    add_plans(survey.store)
    today = local_date(survey.now())
    standing.set_goal(survey, coordinator, Goal(KDC, 2, today + timedelta(days=60), "Nghị quyết"))
    steps = [roadmap.save(survey, coordinator, Milestone("", 0, code, 10 + 5 * int(code), KDC, code)) for code in ("6", "7")]
    for share in (0.2, 0.4, 0.6):
        owners.report(survey, coordinator, KDC, "9", text="", done_share=share)
    plan = roadmap.plan_of(survey, coordinator)
    found = foreseeing.outlook(survey, coordinator, KDC, plan.plan, plan.milestones)
    roadmap.remove(survey, coordinator, steps[0].id, 1)
    fewer = roadmap.plan_of(survey, coordinator)
    less = foreseeing.outlook(survey, coordinator, KDC, fewer.plan, fewer.milestones)

    assert {code: found.forecasts[code].reason for code in ("3", "6", "7", "9")} == {
        "3": NOT_ENOUGH_HISTORY, "6": BY_PLAN, "7": BY_PLAN, "9": NOT_ENOUGH_HISTORY,
    }  # fmt: skip
    assert found.goal is not None
    assert found.goal.likely == today + timedelta(days=44)
    assert less.goal is not None
    assert less.goal.reason == TOO_FEW_KNOWN


def test_the_shares_are_of_the_editions_asked_for(survey: Survey, coordinator: Actor) -> None:
    """Only editions that a milestone measures by are computed; where nothing was visited there is no share, not 0."""
    add_plans(survey.store)
    measured = Milestone("a", 1, "A", 5, KDC, "3", None, "3-met")

    assert foreseeing.editions_of([measured, Milestone("b", 1, "B", 5, "other", "3")]) == {KDC}
    assert foreseeing.shares_now(survey, coordinator, [KDC]) == {}
