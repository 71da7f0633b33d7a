"""Forecasts of an edition: which days are looked at, what is said without figures, and what a worker keeps, on both engines."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from survey import assess, owners, province, roadmap, standing
from survey.assess import foreseeing
from survey.catalogue.editions import read_document
from survey.domain.canonical import dumps
from survey.domain.forecast import BY_PLAN, NOT_ENOUGH_HISTORY, TOO_FEW_KNOWN, Forecast
from survey.domain.owners import Milestone
from survey.domain.people import Actor, Role
from survey.domain.scoreboard import Goal
from survey.domain.sites import Site, SiteKind
from survey.domain.submissions import State
from survey.domain.times import local_date
from survey.store import Store
from survey.store.counted import update_counted
from survey.store.editions import LoadedEdition, upsert_edition
from survey.store.figures import Summary, mark_figures_stale, select_summaries
from survey.store.jobs import select_job
from survey.store.measures import insert_measures
from survey.store.reviews import insert_review
from survey.store.sites import insert_site
from survey.wiring import ROOT, Survey
from tests.conftest import COMMUNE, HAMLETS
from tests.made_submissions import insert, submission
from tests.plans import KDC, NOW, Plain, add_plans, peopled

COORDINATOR = Actor(COMMUNE, "p-coordinator", "Điều phối", Role.COORDINATOR)


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


OTHER_EDITION = "ha-tinh-vuon-mau"
FENCE = {("household_fence", "total_m"): "number", ("household_fence", "green_m"): "number"}


@pytest.fixture
def measured(store: Store) -> Plain:
    """Four houses whose fences became greener from visit to visit, two editions in force, a roadmap and a goal, on each engine."""
    plain = peopled(store)
    other = read_document(ROOT / "schema" / "criteria" / OTHER_EDITION).text()
    houses = {f"s{number}": HAMLETS[number % 2] for number in range(4)}
    with store.transaction() as tx:
        for edition, document in ((KDC, by_metres()), (OTHER_EDITION, other)):
            upsert_edition(tx, COMMUNE, LoadedEdition(edition, document, NOW - timedelta(days=200)), FENCE)
        for number, (house, hamlet) in enumerate(houses.items()):
            site = Site(COMMUNE, house, SiteKind.HOUSEHOLD, f"HO-{number}", "Hộ mẫu", hamlet, 18.05, 106.05)
            insert_site(tx, site, at=NOW - timedelta(days=200))
    for days, green_m in ((90, 5), (40, 20), (30, 28), (20, 33), (10, 45), (3, 47)):
        visit(plain, houses, NOW - timedelta(days=days), green_m)
    standing.set_goal(plain, COORDINATOR, Goal(KDC, 2, date(2027, 6, 30), "Nghị quyết"))
    roadmap.save(plain, COORDINATOR, Milestone("", 0, "Vườn", 5, KDC, "6"))
    return plain


def by_metres() -> str:
    """The edition with fences counted in metres alone over the whole commune: so a visit changes a share that decides."""
    document = json.loads(read_document(ROOT / "schema" / "criteria" / KDC).text())
    criterion = next(one for one in document["files"]["criteria.yaml"]["criteria"] if one["code"] == "3")
    criterion.update(indicators=criterion["indicators"][:1], roll_up="pooled", rule="all")
    return dumps(document)


def visit(survey: Plain, houses: Mapping[str, str], at: datetime, green_m: int) -> None:
    """Every house visited and accepted at one moment."""
    with survey.transaction() as tx:
        for house, hamlet in houses.items():
            answers: dict[str, object] = {"/data/total_m": 100, "/data/green_m": green_m}
            made = submission(f"{house}-{at:%j}", site=house, hamlet=hamlet, state=State.ACCEPTED, answers=answers)
            one = replace(made, captured_at=at, received_at=at)
            insert(tx, one)
            insert_measures(tx, one)
            insert_review(tx, one, State.RECEIVED, reason="", person="p-reviewer", at=at)
            update_counted(tx, COMMUNE, one.id)
        mark_figures_stale(tx, COMMUNE, at)


def line(survey: Plain, edition: str = KDC) -> Summary:
    """The commune's kept line."""
    with survey.reading() as reader:
        return select_summaries(reader, edition)[0]


def days_kept(survey: Plain) -> dict[str, str]:
    """The past days that are kept, with the moment of their computing."""
    with survey.reading() as reader:
        return {row["as_of"]: row["computed_at"] for row in reader.rows("SELECT as_of, computed_at FROM figure_day ORDER BY as_of")}


def waits(survey: Plain) -> bool:
    """Whether a worker is asked for a forecast."""
    with survey.reading() as reader:
        return select_job(reader, COMMUNE, assess.FORECAST_JOB, "present") is not None


def work_off(survey: Plain) -> int:
    """Do the job of forecasts until it is not asked for; returns how often it ran, each time with one day at most."""
    runs = 0
    while waits(survey):
        with survey.transaction() as tx:
            tx.execute("DELETE FROM job WHERE kind = :kind", kind=assess.FORECAST_JOB)
        before = len(days_kept(survey))
        assess.foresee(survey, COMMUNE)
        assert len(days_kept(survey)) - before <= 1
        runs += 1
    return runs


def as_seen(survey: Plain) -> Forecast | None:
    """The goal's forecast as the roadmap's page computes it."""
    shares = assess.shares_now(survey, COORDINATOR, [])
    plan = roadmap.plan_of(survey, COORDINATOR, shares=shares)
    return assess.outlook(survey, COORDINATOR, KDC, plan.plan, plan.milestones).goal


def test_a_worker_keeps_what_the_roadmap_says(measured: Plain) -> None:
    """Past days are computed one a job, once; then the line of the goal's edition has the page's forecast, the other one none."""
    assess.renew_figures(measured, COMMUNE)
    first = line(measured)
    runs = work_off(measured)
    kept = days_kept(measured)
    seen, found = as_seen(measured), line(measured)

    assert first.forecast is None
    assert (runs, len(kept)) == (8, 8)
    assert seen is not None
    assert found.forecast is not None
    assert found.forecast_criteria == 2
    assert (found.forecast.low, found.forecast.likely, found.forecast.high) == (seen.low, seen.likely, seen.high)
    assert found.forecast.low is not None
    assert found.forecast.likely is not None
    assert found.forecast.high is not None
    assert found.forecast.low < found.forecast.likely < found.forecast.high
    assert line(measured, OTHER_EDITION).forecast is None
    measured.moment += timedelta(minutes=5)
    assess.renew_figures(measured, COMMUNE)
    assert days_kept(measured) == kept
    assert not waits(measured)


def test_a_new_day_asks_for_what_is_new(measured: Plain) -> None:
    """A look at a page does not keep the worker away; a Sunday and a month are new, till then the old forecast stands."""
    assess.renew_figures(measured, COMMUNE)
    work_off(measured)
    before = line(measured)
    assert assess.sweep(measured) == 0
    measured.moment += timedelta(days=7)
    assess.present_figures(measured, COORDINATOR, KDC)
    assert line(measured).computed_at == measured.moment
    assert assess.sweep(measured) == 1
    assess.renew_figures(measured, COMMUNE)

    assert line(measured).forecast == before.forecast
    assert waits(measured)
    assert work_off(measured) == 2
    assert line(measured).forecast != before.forecast
    assert assess.sweep(measured) == 0


def test_goal_roadmap_and_reports_ask_anew(measured: Plain) -> None:
    """Another goal, a milestone and a report leave the job; a forecast for another number is not shown; a goal taken back has none."""
    assess.renew_figures(measured, COMMUNE)
    work_off(measured)
    officer = replace(COORDINATOR, province=True)
    shown = province.compare(measured, officer, KDC).rows[0]
    standing.set_goal(measured, COORDINATOR, Goal(KDC, 1, date(2026, 11, 25), "Nghị quyết 2"))
    unknown = province.compare(measured, officer, KDC).rows[0]
    asked = [waits(measured)]
    work_off(measured)
    again = province.compare(measured, officer, KDC).rows[0]
    for change in (
        lambda: roadmap.save(measured, COORDINATOR, Milestone("", 0, "Đường", 30, KDC, "7")),
        lambda: owners.report(measured, COORDINATOR, KDC, "9", text="", done_share=0.4),
    ):
        change()
        asked.append(waits(measured))
        work_off(measured)
    standing.set_goal(measured, COORDINATOR, None)
    work_off(measured)

    assert asked == [True, True, True]
    assert shown.forecast is not None
    assert shown.late_days == 0
    assert unknown.forecast is None
    assert again.forecast is not None
    assert (again.forecast.reason, again.late_days) == (BY_PLAN, 2)
    assert line(measured).forecast is None
    assert line(measured).forecast_criteria is None
