"""Kept figures: the present ones until something changes, those of a day that is over for good, and a line for the province."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from survey.assess.gathering import Known, choose_editions, judge_commune, known_on
from survey.domain.criteria import Edition
from survey.domain.outcomes import Outcome
from survey.domain.people import Ability, Actor
from survey.domain.ports import Reader, Survey, Transaction
from survey.domain.scoreboard import Scoreboard, count_met, read_goal, score_rows
from survey.domain.statements import Statements
from survey.domain.times import end_of, from_text, local_date, start_of, to_text
from survey.domain.verdicts import Verdict, read_verdict, verdict_document
from survey.store.figures import (
    FORECAST_JOB,
    JOB,
    PRESENT,
    KeptDay,
    KeptFigures,
    Summary,
    select_changes,
    select_coverage,
    select_day_figures,
    select_figures,
    select_unrenewed,
    update_renewed,
    upsert_day_figures,
    upsert_figures,
    upsert_summary,
)
from survey.store.jobs import upsert_job
from survey.store.settings import select_settings
from survey.store.statements import select_statements

__all__ = [
    "FORECAST_JOB", "JOB", "Figures", "figures_on", "is_settled", "keep_day", "keep_present", "present_figures", "renew_present",
    "scoreboard", "sweep",
]  # fmt: skip

# Our own choice: a decision that was begun before midnight is written by then, and belongs to the day that is over.
_SETTLED = timedelta(minutes=10)


@dataclass(frozen=True)
class Figures:
    """The verdicts of one edition as of a day, and when they were computed; *stale*: something changed after that."""

    edition: Edition
    verdicts: tuple[Verdict, ...]
    computed_at: datetime
    stale: bool = False


def present_figures(survey: Survey, actor: Actor, edition: str, *, history: bool = False) -> Figures:
    """Return the kept verdicts of one edition, computed anew only where something changed or a day has passed.

    The verdicts carry number and hash of their submissions, not the ids. Raises NOT_ALLOWED, EDITION_UNKNOWN, EDITION_NOT_IN_FORCE.
    """
    actor.require(Ability.SEE_FIGURES)
    return _figures(actor, *keep_present(survey, actor.commune, edition, history=history))


def keep_present(survey: Survey, commune: str, edition: str, *, history: bool = False) -> tuple[Edition, KeptFigures]:
    """`present_figures` of the whole commune as they are kept. Raises EDITION_UNKNOWN, EDITION_NOT_IN_FORCE."""
    now = _moment(survey)
    with survey.reading() as reader:
        chosen = choose_editions(reader, commune, edition, Known(local_date(now)), history=history)
        kept = select_figures(reader, commune, edition)
        is_present = kept is not None and local_date(kept.computed_at) == local_date(now)
        if kept is None or not is_present or kept.changes < select_changes(reader, commune):
            kept, summary = _compute(reader, commune, chosen, now)[0]
        else:
            summary = None
    if summary is not None:
        with survey.transaction() as tx:
            _keep(tx, commune, [(kept, summary)])
    return chosen[0], kept


def figures_on(survey: Survey, actor: Actor, edition: str, day: date, *, history: bool = False) -> Figures:
    """The verdicts of one edition as of *day*: what was known at its end. A day that is over is computed once and then kept.

    Raises NOT_ALLOWED, EDITION_UNKNOWN, EDITION_NOT_IN_FORCE (on that day, unless *history*).
    """
    actor.require(Ability.SEE_FIGURES)
    if day == local_date(survey.now()):
        return present_figures(survey, actor, edition, history=history)
    return _figures(actor, *keep_day(survey, actor.commune, edition, day, history=history))


def keep_day(survey: Survey, commune: str, edition: str, day: date, *, history: bool = False) -> tuple[Edition, KeptDay]:
    """`figures_on` of the whole commune as they are kept. Raises EDITION_UNKNOWN, EDITION_NOT_IN_FORCE."""
    now, known = _moment(survey), known_on(day, day)
    with survey.reading() as reader:
        chosen = choose_editions(reader, commune, edition, known, history=history)[0]
        kept = select_day_figures(reader, commune, edition, day)
        if kept is not None:
            return chosen, kept
        kept = KeptDay(edition, day, _documents(_verdicts(reader, commune, chosen, known)), now)
    if is_settled(day, now):
        with survey.transaction() as tx:
            upsert_day_figures(tx, commune, kept)
    return chosen, kept


def is_settled(day: date, now: datetime) -> bool:
    """Whether *day* is over for good, so that its figures are kept."""
    return end_of(day) + _SETTLED <= now


def scoreboard(
    survey: Survey, actor: Actor, edition: str, *, hamlet: str | None = None, as_of: date | None = None, history: bool = False,
    todays_rules: bool = False,
) -> Scoreboard:  # fmt: skip
    """One edition in three columns, measured, claimed and appraised, for the commune or one *hamlet*, now or as of an earlier day.

    *todays_rules* judges the earlier day by the rules of now. Raises NOT_ALLOWED, EDITION_UNKNOWN, EDITION_NOT_IN_FORCE.
    """
    today = local_date(survey.now())
    if as_of == today:
        as_of = None
    if as_of is None:
        figures = present_figures(survey, actor, edition, history=history)
    elif todays_rules:
        figures = _by_todays_rules(survey, actor, edition, as_of, history=history)
    else:
        figures = figures_on(survey, actor, edition, as_of, history=history)
    before = None if as_of is None else end_of(as_of)
    with survey.reading() as reader:
        statements = select_statements(reader, actor.commune, edition, before)
        goal = read_goal(select_settings(reader, actor.commune, "goal", before=before).get("goal"))
        kept = select_figures(reader, actor.commune, edition) if as_of is None else None
        stale = kept is not None and kept.changes < select_changes(reader, actor.commune)
    rows = score_rows(figures.edition, figures.verdicts, statements, hamlet)
    met, total = count_met(rows)
    goal = goal if goal is not None and goal.edition == edition else None
    return Scoreboard(figures.edition, rows, met, total, goal, as_of or today, figures.computed_at, stale, figures.verdicts)


def renew_present(survey: Survey, commune: str) -> None:
    """Compute a commune's present figures of every edition in force, in one walk through what counts, and its lines for the province."""
    now = _moment(survey)
    with survey.reading() as reader:
        editions = choose_editions(reader, commune, None, Known(local_date(now)), history=False)
        found = _compute(reader, commune, editions, now) if editions else []
    with survey.transaction() as tx:
        _keep(tx, commune, found)
        update_renewed(tx, commune, now)


def sweep(survey: Survey) -> int:
    """Leave a job for each commune whose figures are of an earlier day, since rules are dated; returns how many."""
    now = survey.now()
    with survey.transaction() as tx:
        communes = select_unrenewed(tx, start_of(local_date(now)))
        for commune in communes:
            upsert_job(tx, commune, JOB, PRESENT, {}, now, background=True)
    return len(communes)


def _by_todays_rules(survey: Survey, actor: Actor, edition: str, day: date, *, history: bool) -> Figures:
    actor.require(Ability.SEE_FIGURES)
    known = known_on(day, day, todays_rules=True)
    with survey.reading() as reader:
        chosen = choose_editions(reader, actor.commune, edition, known, history=history)[0]
        kept = KeptDay(edition, day, _documents(_verdicts(reader, actor.commune, chosen, known)), _moment(survey))
    return _figures(actor, chosen, kept)


def _compute(reader: Reader, commune: str, editions: Sequence[Edition], now: datetime) -> list[tuple[KeptFigures, Summary]]:
    """The present figures of *editions*, which are all in force or all of the past, with their lines for the province."""
    known, changes = Known(local_date(now)), select_changes(reader, commune)
    verdicts = judge_commune(reader, commune, editions, known, history=not editions[0].is_valid(known.on))
    found = []
    for edition in editions:
        own = [verdict for verdict in verdicts if verdict.edition == edition.id]
        summary = _summary(reader, commune, edition, own, now, changes)
        found.append((KeptFigures(edition.id, _documents(own), now, changes), summary))
    return found


def _summary(reader: Reader, commune: str, edition: Edition, verdicts: Sequence[Verdict], now: datetime, changes: int) -> Summary:
    statements: Statements = select_statements(reader, commune, edition.id)
    rows = [row for row in score_rows(edition, verdicts, statements) if row.criterion.is_counted]
    coverage = select_coverage(reader, commune)
    return Summary(
        commune=commune, edition=edition.id, criteria=len(rows), met=sum(row.measured.outcome is Outcome.MET for row in rows),
        not_met=sum(row.measured.outcome is Outcome.NOT_MET for row in rows),
        claimed=sum(row.claim is not None and row.claim.outcome is Outcome.MET for row in rows),
        appraised=sum(row.appraisal is not None and row.appraisal.outcome is Outcome.MET for row in rows),
        registered=coverage.registered, visited=coverage.visited, oldest=coverage.oldest, newest=coverage.newest,
        computed_at=now, changes=changes,
    )  # fmt: skip


def _keep(tx: Transaction, commune: str, found: Sequence[tuple[KeptFigures, Summary]]) -> None:
    for kept, summary in found:
        upsert_figures(tx, commune, kept)
        upsert_summary(tx, summary)


def _verdicts(reader: Reader, commune: str, edition: Edition, known: Known) -> list[Verdict]:
    return judge_commune(reader, commune, [edition], known, history=not edition.is_valid(known.on))


def _documents(verdicts: Sequence[Verdict]) -> list[dict[str, object]]:
    return [verdict_document(verdict.without_submissions()) for verdict in verdicts]


def _figures(actor: Actor, edition: Edition, kept: KeptFigures | KeptDay) -> Figures:
    verdicts = (read_verdict(document) for document in kept.verdicts)
    return Figures(edition, tuple(verdict for verdict in verdicts if actor.reaches(verdict.hamlet)), kept.computed_at)


def _moment(survey: Survey) -> datetime:
    return from_text(to_text(survey.now()))  # to the millisecond, as it is kept
