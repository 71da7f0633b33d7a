"""When criteria will be met: by the pace of what was known on past days, else by the roadmap; kept for the province by a worker."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from survey.assess.gathering import read_editions
from survey.assess.keeping import FORECAST_JOB, figures_on, is_settled, keep_day, keep_present, present_figures, renew_present, scoreboard
from survey.domain.forecast import Forecast, Seen, ShareKey, forecast_criterion, forecast_goal, measured_shares
from survey.domain.outcomes import Outcome
from survey.domain.owners import Milestone
from survey.domain.people import Actor
from survey.domain.ports import Reader, Survey
from survey.domain.roadmap import Plan, lay_out
from survey.domain.scoreboard import Goal, Scoreboard, ScoreRow, count_met, read_goal, score_rows
from survey.domain.times import local_date
from survey.domain.verdicts import Verdict, read_verdict
from survey.store.assignments import select_owner_reports
from survey.store.figures import PRESENT, delete_forecasts, select_day_figures, select_figure_days, update_forecast
from survey.store.jobs import upsert_job
from survey.store.milestones import select_present_milestones
from survey.store.settings import select_settings
from survey.store.statements import select_statements

# Our own choice: the ends of the last weeks show the pace of a campaign, those of the months before that of the year.
WEEKS, MONTHS = 5, 3
_REPORTS = 60


@dataclass(frozen=True)
class Outlook:
    """One edition: how it stands, and when each criterion that is not met will be; *goal* is None where none was entered."""

    score: Scoreboard
    forecasts: Mapping[str, Forecast]
    goal: Forecast | None


def shares_now(survey: Survey, actor: Actor, editions: Iterable[str]) -> dict[ShareKey, float]:
    """The share done of every indicator of *editions* at present. Raises NOT_ALLOWED, EDITION_UNKNOWN."""
    shares: dict[ShareKey, float] = {}
    for edition in editions:
        shares |= measured_shares(present_figures(survey, actor, edition, history=True).verdicts)
    return shares


def editions_of(milestones: Iterable[Milestone]) -> set[str]:
    """The editions whose figures the milestones' shares are taken from."""
    return {key[0] for one in milestones if (key := one.share_key) is not None}


def outlook(survey: Survey, actor: Actor, edition: str, plan: Plan, milestones: Mapping[str, Milestone]) -> Outlook:
    """When the criteria of *edition* are met, by their pace or else by the roadmap, and when the goal is.

    Past days of which no figures are kept are computed. Raises NOT_ALLOWED, EDITION_UNKNOWN.
    """
    today = local_date(survey.now())
    score = scoreboard(survey, actor, edition, history=True)
    past = [(day, figures_on(survey, actor, edition, day, history=True).verdicts) for day in days_before(today)]
    histories = _histories([*past, (today, score.verdicts)])
    with survey.reading() as reader:
        forecasts = _forecasts(reader, actor.commune, score.rows, histories, _planned(edition, plan, milestones), today)
    return Outlook(score, forecasts, None if score.goal is None else _of_goal(score.rows, forecasts, score.goal, today))


def renew_figures(survey: Survey, commune: str) -> None:
    """Compute a commune's present figures of every edition in force, its lines for the province, and when its goal will be reached.

    Where figures of past days are missing, they are left to a job of its own, and the forecast with them.
    """
    renew_present(survey, commune)
    _foresee_or_leave(survey, commune)


def foresee(survey: Survey, commune: str) -> None:
    """Compute one past day of which no figures are kept; where none is missing (any more), keep when the goal will be reached.

    So no job is long, and every past day is computed once.
    """
    with survey.reading() as reader:
        goal = _goal(reader, commune)
        missing = [] if goal is None else _missing(reader, commune, goal.edition, survey.now())
    if goal is not None and missing:
        keep_day(survey, commune, goal.edition, missing[0], history=True)
    _foresee_or_leave(survey, commune)


def days_before(today: date) -> list[date]:
    """The last Sundays before *today*, and the ends of the months before them, oldest first."""
    sundays = [today - timedelta(days=today.isoweekday() % 7 or 7) - timedelta(weeks=week) for week in range(WEEKS)]
    months, first = [], sundays[-1].replace(day=1)
    for _ in range(MONTHS):
        months.append(first - timedelta(days=1))
        first = months[-1].replace(day=1)
    return sorted({*sundays, *months})


def _foresee_or_leave(survey: Survey, commune: str) -> None:
    now = survey.now()
    with survey.reading() as reader:
        goal = _goal(reader, commune)
        missing = [] if goal is None else _missing(reader, commune, goal.edition, now)
    if missing:
        with survey.transaction() as tx:
            upsert_job(tx, commune, FORECAST_JOB, PRESENT, {}, now, background=True)
        return
    forecast = None if goal is None else _foreseen(survey, commune, goal)
    with survey.transaction() as tx:
        delete_forecasts(tx, commune)
        if goal is not None and forecast is not None:
            update_forecast(tx, commune, goal.edition, goal.criteria, forecast)


def _goal(reader: Reader, commune: str) -> Goal | None:
    """The commune's goal; None where none was entered, or its edition is not loaded."""
    goal = read_goal(select_settings(reader, commune, "goal").get("goal"))
    return goal if goal is not None and goal.edition in {edition.id for edition in read_editions(reader, commune)} else None


def _missing(reader: Reader, commune: str, edition: str, now: datetime) -> list[date]:
    """The days to look at of which no figures are kept yet, oldest first; one that is not settled waits."""
    days = days_before(local_date(now))
    kept = select_figure_days(reader, commune, edition, days[0])
    return [day for day in days if day not in kept and is_settled(day, now)]


def _foreseen(survey: Survey, commune: str, goal: Goal) -> Forecast:
    """When the goal will be reached, from what is kept: present figures, past days, roadmap, reports."""
    today = local_date(survey.now())
    edition, present = keep_present(survey, commune, goal.edition, history=True)
    with survey.reading() as reader:
        milestones = select_present_milestones(reader, commune, today)
        known = {one.id for one in read_editions(reader, commune)}
        past = [kept for day in days_before(today) if (kept := select_day_figures(reader, commune, goal.edition, day)) is not None]
        statements = select_statements(reader, commune, goal.edition)
    shares: dict[ShareKey, float] = {}
    for used in sorted(editions_of(milestones.values()) & known):
        shares |= measured_shares(_verdicts(keep_present(survey, commune, used, history=True)[1].verdicts))
    plan = lay_out([one.step(shares) for one in milestones.values()], today)
    now = _verdicts(present.verdicts)
    histories = _histories([*((kept.as_of, _verdicts(kept.verdicts)) for kept in past), (today, now)])
    rows = score_rows(edition, now, statements)
    with survey.reading() as reader:
        forecasts = _forecasts(reader, commune, rows, histories, _planned(goal.edition, plan, milestones), today)
    return _of_goal(rows, forecasts, goal, today)


def _of_goal(rows: Sequence[ScoreRow], forecasts: Mapping[str, Forecast], goal: Goal, today: date) -> Forecast:
    """When so many of the criteria that count are met."""
    counted = {row.criterion.code for row in rows if row.criterion.is_counted}
    return forecast_goal(count_met(rows)[0], [one for code, one in forecasts.items() if code in counted], goal.criteria, today)


def _verdicts(documents: Sequence[Mapping[str, object]]) -> list[Verdict]:
    """The commune's verdicts and its hamlets', which milestones are measured by."""
    return [read_verdict(document) for document in documents]


Histories = Mapping[tuple[str, str], Sequence[Seen]]


def _histories(days: Iterable[tuple[date, Iterable[Verdict]]]) -> Histories:
    """The commune's share of each (criterion, indicator) on the days on which it was known."""
    found: dict[tuple[str, str], list[Seen]] = {}
    for day, verdicts in days:
        shares = measured_shares(verdict for verdict in verdicts if verdict.hamlet is None)
        for (_edition, criterion, _hamlet, indicator), share in shares.items():
            found.setdefault((criterion, indicator), []).append(Seen(day, share))
    return found


def _forecasts(
    reader: Reader, commune: str, rows: Iterable[ScoreRow], histories: Histories, planned: Mapping[str, date], today: date
) -> dict[str, Forecast]:
    """When each criterion that is not met will be; one that combines others has none of its own."""
    found = {}
    for row in rows:
        verdict = row.measured
        if verdict.outcome is Outcome.MET or row.criterion.combines:
            continue
        seen = [histories.get((verdict.criterion, basis.indicator), []) for basis in verdict.basis if basis.decides]
        told = seen or [_reported(reader, commune, verdict)]
        found[verdict.criterion] = forecast_criterion(told, today, planned=planned.get(verdict.criterion))
    return found


def _reported(reader: Reader, commune: str, verdict: Verdict) -> list[Seen]:
    """Of a criterion that no survey measures, the shares that its owner reported."""
    reports = select_owner_reports(reader, commune, verdict.edition, verdict.criterion, _REPORTS)
    told = [one for one in reversed(reports) if one.milestone is None and one.done_share is not None]
    return [Seen(local_date(one.at), one.done_share or 0.0) for one in told]


def _planned(edition: str, plan: Plan, milestones: Mapping[str, Milestone]) -> dict[str, date]:
    """When the last step of each criterion ends; those that have none are left out."""
    ends: dict[str, date] = {}
    for one in milestones.values():
        if one.edition == edition and one.criterion is not None:
            finish = plan.placed[one.id].finish
            ends[one.criterion] = max(finish, ends.get(one.criterion, finish))
    return ends
