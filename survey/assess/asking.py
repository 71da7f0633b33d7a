"""Ask for verdicts and what stands behind them, and load the editions that they follow from."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from survey.assess.gathering import choose_editions, judge_commune, known_on, questions_of, read_editions
from survey.catalogue.editions import question_kinds, read_document, read_edition
from survey.catalogue.vocabulary import read_questions
from survey.domain.contributions import Contribution, contribution_of
from survey.domain.criteria import Edition
from survey.domain.evidence import Scope
from survey.domain.indicators import Indicator
from survey.domain.people import Ability, Actor
from survey.domain.ports import Survey
from survey.domain.problems import HAMLET_UNKNOWN, Problem
from survey.domain.times import local_date
from survey.domain.verdicts import Verdict
from survey.store.editions import LoadedEdition, select_present_trees, upsert_edition
from survey.store.figures import mark_figures_stale
from survey.store.measures import refill_measures, select_filled_forms
from survey.store.observations import Wanted, select_observations
from survey.store.places import select_hamlets

_PORTION = 200  # sites looked at at once when searching for what adds to an indicator


@dataclass(frozen=True)
class ContributionsPage:
    """Some sites behind an indicator; *after* asks for those behind them, None where this is the last page."""

    contributions: tuple[Contribution, ...]
    after: str | None


def assess(
    survey: Survey, actor: Actor, *, edition: str | None = None, hamlet: str | None = None, as_of: date | None = None,
    history: bool = False, todays_rules: bool = False,
) -> list[Verdict]:  # fmt: skip
    """Every verdict with its basis, for the commune and its hamlets, or for one *hamlet*.

    Without *edition* all editions in force on the day; *as_of* an earlier day recomputes from what was known at its end, by the rules
    known then or, with *todays_rules*, by those of now. An edition outside its validity needs *history*, and its verdicts are marked
    so. Raises NOT_ALLOWED, EDITION_UNKNOWN, EDITION_NOT_IN_FORCE, HAMLET_UNKNOWN.
    """
    actor.require(Ability.SEE_FIGURES)
    known = known_on(local_date(survey.now()), as_of, todays_rules=todays_rules)
    with survey.reading() as reader:
        editions = choose_editions(reader, actor.commune, edition, known, history=history)
        verdicts = judge_commune(reader, actor.commune, editions, known, history=history)
        hamlets = select_hamlets(reader, actor.commune, known.on, known.before)
    if hamlet is not None and hamlet not in {one.id for one in hamlets}:
        raise Problem(HAMLET_UNKNOWN, id=hamlet)
    return [verdict for verdict in verdicts if actor.reaches(verdict.hamlet) and hamlet in (None, verdict.hamlet)]


def verdicts_of(survey: Survey, actor: Actor, scope: Scope) -> list[Verdict]:
    """What a bundle of *scope* rests on: the present verdicts, or those of its day once that has passed. Raises what `assess` raises."""
    as_of = None if scope.as_of == local_date(survey.now()) else scope.as_of
    return assess(survey, actor, edition=scope.edition, as_of=as_of, history=scope.history)


def list_editions(survey: Survey, actor: Actor) -> list[Edition]:
    """Every edition as it reads now: those in force today first, the rest as history. Raises NOT_ALLOWED."""
    actor.require(Ability.SEE_FIGURES)
    with survey.reading() as reader:
        editions = read_editions(reader, actor.commune)
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
    today = local_date(survey.now())
    questions = questions_of([indicator.subjects, () if takes_part is None else takes_part.subjects()])
    found: list[Contribution] = []
    with survey.reading() as reader:
        while True:
            wanted = Wanted(indicator.sites, questions, hamlet=hamlet, after=after, limit=_PORTION, scope=actor.hamlets)
            portion = list(select_observations(reader, actor.commune, wanted))
            for seen in portion:
                is_out = takes_part is not None and takes_part.holds(seen) is False
                contribution = None if is_out else contribution_of(indicator, seen, today)
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
        mark_figures_stale(tx, actor.commune, survey.now())
    return edition
