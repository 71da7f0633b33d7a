"""What the survey measured, day by day, for the roadmap: shares done now, their pace so far, and what follows for the goal.

A door's work: it asks one verb for figures and hands them to another.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from survey import assess
from survey.domain.forecast import Forecast, Seen, ShareKey, forecast_criterion, forecast_goal, measured_shares
from survey.domain.outcomes import Outcome
from survey.domain.owners import Milestone
from survey.domain.people import Actor
from survey.domain.ports import Survey
from survey.domain.roadmap import Plan
from survey.domain.scoreboard import Scoreboard
from survey.domain.times import local_date
from survey.domain.verdicts import Verdict
from survey.store.assignments import select_owner_reports

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
    """The share done of every indicator of *editions* at present."""
    shares: dict[ShareKey, float] = {}
    for edition in editions:
        shares |= measured_shares(assess.present_figures(survey, actor, edition, history=True).verdicts)
    return shares


def editions_of(milestones: Iterable[Milestone]) -> set[str]:
    """The editions whose figures the milestones' shares are taken from."""
    return {key[0] for one in milestones if (key := one.share_key) is not None}


def outlook(survey: Survey, actor: Actor, edition: str, plan: Plan, milestones: Mapping[str, Milestone]) -> Outlook:
    """When the criteria of *edition* are met, by their pace or else by the roadmap, and when the goal is."""
    today = local_date(survey.now())
    score = assess.scoreboard(survey, actor, edition, history=True)
    past = [*(assess.figures_on(survey, actor, edition, day, history=True).verdicts for day in days_before(today)), score.verdicts]
    days = [*days_before(today), today]
    histories = _histories(zip(days, past, strict=True))
    forecasts = {}
    for row in score.rows:
        code = row.criterion.code
        if row.measured.outcome is Outcome.MET or row.criterion.combines:
            continue
        seen = [histories.get((code, basis.indicator), []) for basis in row.measured.basis if basis.decides]
        forecasts[code] = forecast_criterion(
            seen or [_reported(survey, actor, edition, code)], today, planned=_planned(edition, code, plan, milestones)
        )
    goal = forecast_goal(score.met, forecasts.values(), score.goal.criteria, today) if score.goal is not None else None
    return Outlook(score, forecasts, goal)


def days_before(today: date) -> list[date]:
    """The last Sundays before *today*, and the ends of the months before them, oldest first."""
    sundays = [today - timedelta(days=today.isoweekday() % 7 or 7) - timedelta(weeks=week) for week in range(WEEKS)]
    months, first = [], sundays[-1].replace(day=1)
    for _ in range(MONTHS):
        months.append(first - timedelta(days=1))
        first = months[-1].replace(day=1)
    return sorted({*sundays, *months})


def _histories(days: Iterable[tuple[date, Iterable[Verdict]]]) -> dict[tuple[str, str], list[Seen]]:
    """The commune's share of each (criterion, indicator) on the days on which it was known."""
    found: dict[tuple[str, str], list[Seen]] = {}
    for day, verdicts in days:
        shares = measured_shares(verdict for verdict in verdicts if verdict.hamlet is None)
        for (_edition, criterion, _hamlet, indicator), share in shares.items():
            found.setdefault((criterion, indicator), []).append(Seen(day, share))
    return found


def _reported(survey: Survey, actor: Actor, edition: str, criterion: str) -> list[Seen]:
    """Of a criterion that no survey measures, the shares that its owner reported."""
    with survey.reading() as reader:
        reports = select_owner_reports(reader, actor.commune, edition, criterion, _REPORTS)
    told = [one for one in reversed(reports) if one.milestone is None and one.done_share is not None]
    return [Seen(local_date(one.at), one.done_share or 0.0) for one in told]


def _planned(edition: str, criterion: str, plan: Plan, milestones: Mapping[str, Milestone]) -> date | None:
    """When the last step of the criterion ends; None where it has none."""
    steps = [one.id for one in milestones.values() if (one.edition, one.criterion) == (edition, criterion)]
    return max((plan.placed[step].finish for step in steps), default=None)
