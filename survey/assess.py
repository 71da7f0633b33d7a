"""Assess: what the counted submissions mean for the criteria, with the basis of every verdict (DESIGN 2.6, 2.7, 2.13)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from survey.catalogue.editions import question_kinds, read_document, read_edition, stored_edition
from survey.catalogue.vocabulary import read_questions
from survey.domain.assessment import Assessment
from survey.domain.conditions import Observation, Subject
from survey.domain.contributions import Contribution, contribution_of
from survey.domain.criteria import Edition, Moment, Unit
from survey.domain.indicators import Indicator
from survey.domain.people import Ability, Actor
from survey.domain.places import successor_of
from survey.domain.ports import Reader, Survey
from survey.domain.problems import EDITION_NOT_IN_FORCE, EDITION_UNKNOWN, HAMLET_UNKNOWN, Problem
from survey.domain.times import end_of, from_text, local_date, to_text
from survey.domain.verdicts import Verdict, read_verdict, verdict_document
from survey.store.editions import LoadedEdition, select_editions, select_present_trees, upsert_edition
from survey.store.figures import KeptFigures, mark_figures_stale, select_changes, select_figures, upsert_figures
from survey.store.measures import refill_measures, select_filled_forms
from survey.store.observations import Wanted, select_observations
from survey.store.places import select_hamlets

_PORTION = 200  # sites looked at at once when searching for what adds to an indicator


@dataclass(frozen=True)
class Figures:
    """The present verdicts of one edition, and when they were computed."""

    edition: Edition
    verdicts: tuple[Verdict, ...]
    computed_at: datetime


@dataclass(frozen=True)
class ContributionsPage:
    """Some sites behind an indicator; *after* asks for those behind them, None where this is the last page."""

    contributions: tuple[Contribution, ...]
    after: str | None


def assess(
    survey: Survey, actor: Actor, *, edition: str | None = None, hamlet: str | None = None, as_of: date | None = None, history: bool = False
) -> list[Verdict]:
    """Every verdict with its basis, for the commune and its hamlets, or for one *hamlet*.

    Without *edition* all editions in force on the day; *as_of* an earlier day recomputes from what was known at its end. An edition
    outside its validity needs *history*, and its verdicts are marked so. Raises NOT_ALLOWED, EDITION_UNKNOWN, EDITION_NOT_IN_FORCE,
    HAMLET_UNKNOWN.
    """
    actor.require(Ability.SEE_FIGURES)
    with survey.reading() as reader:
        today = local_date(survey.now())
        moment = Moment(as_of or today, history)
        editions = _chosen(select_editions(reader, actor.commune), edition, moment)
        known_before = None if as_of is None else end_of(as_of)
        verdicts = _assess(reader, actor.commune, editions, moment, known_before)
        if hamlet is not None and hamlet not in {known.id for known in select_hamlets(reader, actor.commune, moment.on)}:
            raise Problem(HAMLET_UNKNOWN, id=hamlet)
    return [verdict for verdict in verdicts if actor.reaches(verdict.hamlet) and hamlet in (None, verdict.hamlet)]


def present_figures(survey: Survey, actor: Actor, edition: str, *, history: bool = False) -> Figures:
    """Return the kept verdicts of one edition, computed anew only where something changed or a day has passed.

    The verdicts carry number and hash of their submissions, not the ids. Raises NOT_ALLOWED, EDITION_UNKNOWN, EDITION_NOT_IN_FORCE.
    """
    actor.require(Ability.SEE_FIGURES)
    now = from_text(to_text(survey.now()))  # to the millisecond, as it is kept
    with survey.reading() as reader:
        chosen = _chosen(select_editions(reader, actor.commune), edition, Moment(local_date(now), history))[0]
        changes = select_changes(reader, actor.commune)
        kept = select_figures(reader, actor.commune, edition)
        if kept is None or kept.changes < changes or local_date(kept.computed_at) != local_date(now):
            moment = Moment(local_date(now), history=not chosen.is_valid(local_date(now)))
            verdicts = _assess(reader, actor.commune, [chosen], moment, None)
            kept = KeptFigures(edition, [verdict_document(verdict.without_submissions()) for verdict in verdicts], now, changes)
            fresh = True
        else:
            fresh = False
    if fresh:
        with survey.transaction() as tx:
            upsert_figures(tx, actor.commune, kept)
    verdicts = [read_verdict(document) for document in kept.verdicts]
    return Figures(chosen, tuple(verdict for verdict in verdicts if actor.reaches(verdict.hamlet)), kept.computed_at)


def list_editions(survey: Survey, actor: Actor) -> list[Edition]:
    """Every loaded edition: those in force today first, the rest as history. Raises NOT_ALLOWED."""
    actor.require(Ability.SEE_FIGURES)
    with survey.reading() as reader:
        editions = [stored_edition(loaded.document) for loaded in select_editions(reader, actor.commune)]
    today = local_date(survey.now())
    return sorted(editions, key=lambda edition: (not edition.is_valid(today), edition.id))


def find_sites(
    survey: Survey, actor: Actor, edition: Edition, indicator: Indicator, *,
    hamlet: str | None, state: str | None = None, after: str | None = None, limit: int = 12,
) -> ContributionsPage:  # fmt: skip
    """The sites behind an *indicator* of an edition at present, with what each adds; *state* chooses one of `SiteState`.

    Looks at the register portion by portion until *limit* sites are found. Raises NOT_ALLOWED.
    """
    actor.require(Ability.SEE_FIGURES)
    takes_part = edition.takes_part
    questions = _questions([indicator.subjects, () if takes_part is None else takes_part.subjects()])
    found: list[Contribution] = []
    with survey.reading() as reader:
        while True:
            wanted = Wanted(indicator.sites, questions, hamlet=hamlet, after=after, limit=_PORTION, scope=actor.hamlets)
            portion = list(select_observations(reader, actor.commune, wanted))
            for seen in portion:
                contribution = None if takes_part is not None and takes_part.holds(seen) is False else contribution_of(indicator, seen)
                if contribution is not None and state in (None, contribution.state):
                    found.append(contribution)
                    if len(found) == limit:
                        return ContributionsPage(tuple(found), seen.site)
            if len(portion) < _PORTION:
                return ContributionsPage(tuple(found), None)
            after = portion[-1].site


def load_edition(survey: Survey, actor: Actor, folder: Path) -> Edition:
    """Check an edition's folder, load it, and write the measures that it needs from every submission received so far.

    Raises NOT_ALLOWED, and BROKEN_CATALOGUE naming file, key and remedy.
    """
    actor.require(Ability.MANAGE)
    document = read_document(folder)
    with survey.reading() as reader:
        trees = select_present_trees(reader, actor.commune)
    questions = {name: known for form, tree in trees.items() for name, known in read_questions(form, tree).items()}
    edition = read_edition(document, questions)
    with survey.transaction() as tx:
        before = select_filled_forms(tx, actor.commune)
        upsert_edition(tx, actor.commune, LoadedEdition(edition.id, document.text(), survey.now()), question_kinds(edition, questions))
        for form in sorted(before | select_filled_forms(tx, actor.commune)):
            refill_measures(tx, actor.commune, form)
        mark_figures_stale(tx, actor.commune)
    return edition


def _chosen(loaded: Sequence[LoadedEdition], edition: str | None, moment: Moment) -> list[Edition]:
    editions = [stored_edition(one.document) for one in loaded if edition in (None, one.id)]
    if edition is not None and not editions:
        raise Problem(EDITION_UNKNOWN, edition=edition, known=", ".join(one.id for one in loaded) or "–")
    valid = [one for one in editions if moment.history or one.is_valid(moment.on)]
    if edition is not None and not valid:
        raise Problem(EDITION_NOT_IN_FORCE, edition=edition, on=moment.on.isoformat())
    return valid


def _assess(reader: Reader, commune: str, editions: Sequence[Edition], moment: Moment, known_before: datetime | None) -> list[Verdict]:
    every = {hamlet.id: hamlet for hamlet in select_hamlets(reader, commune)}
    hamlets = [hamlet.id for hamlet in select_hamlets(reader, commune, moment.on)]
    became = {hamlet: successor for hamlet in every if (successor := successor_of(hamlet, every, moment.on)) is not None}
    assessment = Assessment(editions, moment)
    for kind in sorted(assessment.kinds):
        for seen in _observe(reader, commune, kind, editions, known_before):
            assessment.count(seen)
    return assessment.verdicts(hamlets, became)


def _observe(
    reader: Reader, commune: str, kind: str, editions: Iterable[Edition], known_before: datetime | None
) -> Iterator[Observation]:
    asked = [indicator.subjects for edition in editions for indicator in edition.indicators if indicator.sites == kind]
    if kind == Unit.HOUSEHOLD:
        asked += [frozenset(edition.takes_part.subjects()) for edition in editions if edition.takes_part is not None]
    return select_observations(reader, commune, Wanted(kind, _questions(asked), known_before))


def _questions(asked: Iterable[Iterable[Subject]]) -> set[tuple[str, str]]:
    return {subject.parts for subjects in asked for subject in subjects if not subject.is_attribute}
