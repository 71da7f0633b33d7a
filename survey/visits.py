"""Visits: how far a sample reaches, how many more visits would decide, and lists of them drawn by chance."""

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from survey.catalogue.effective import effective_edition
from survey.domain.canonical import sha256_hex
from survey.domain.concluding import indicator_basis
from survey.domain.criteria import Criterion, Edition, Moment, RollUp, Unit
from survey.domain.drawing import AskedSite, VisitList, draw
from survey.domain.indicators import Indicator, Tally, count_site
from survey.domain.people import Ability, Actor
from survey.domain.ports import Reader, Survey
from survey.domain.problems import (
    DRAW_EMPTY,
    DRAW_TOO_LARGE,
    INDICATOR_NOT_DRAWN,
    NOT_ALLOWED,
    SAMPLES_REASON_NEEDED,
    VISIT_LIST_UNKNOWN,
    Problem,
)
from survey.domain.reasons import NOTE_LENGTH, checked_reason
from survey.domain.times import from_text, local_date, to_text
from survey.domain.verdicts import Basis, SubmissionLists
from survey.domain.visiting import Place, VisitPlan, added, plan_visits
from survey.store.editions import select_edition
from survey.store.figures import mark_figures_stale
from survey.store.observations import Wanted, select_observations
from survey.store.places import select_hamlets
from survey.store.reviews import lock_decisions
from survey.store.rule_entries import select_entries
from survey.store.settings import insert_setting, select_settings
from survey.store.visit_lists import (
    insert_visit_list,
    select_asked,
    select_drawn_sites,
    select_visit_list,
    select_visit_lists,
    update_closed,
)

SETTING, DEMAND_ALL = "samples", "off"


@dataclass(frozen=True)
class Outlook:
    """How an indicator stands in a place, what would decide it, and where.

    *open_sites* are the sites that are unknown and on no open list, by hamlet, *asked* those on one; of the visited ones *drawn* had
    been on a list. The *plan* is for the place as a whole, or hamlet by hamlet where the rule judges these.
    """

    edition: Edition
    criterion: Criterion
    indicator: Indicator
    basis: Basis
    plan: VisitPlan | None
    open_sites: Mapping[Place, int]
    asked: Mapping[Place, int]
    drawn: int
    samples: bool


@dataclass(frozen=True)
class _Seen:
    tallies: dict[Place, Tally]
    unknown: dict[Place, list[str]]
    visited: set[str]


def outlook(survey: Survey, actor: Actor, edition: str, criterion: str, indicator: str, *, hamlet: str | None = None) -> Outlook:
    """How the indicator stands at present in the commune, or in one *hamlet*, and how many more visits would most likely decide it.

    Raises NOT_ALLOWED, EDITION_UNKNOWN, INDICATOR_NOT_DRAWN.
    """
    actor.require(Ability.REVIEW)
    with survey.reading() as reader:
        rules, rule, figure = _chosen(reader, actor.commune, edition, criterion, indicator)
        seen = _look(reader, survey, actor, figure, hamlet)
        listed = select_drawn_sites(reader, actor.commune, edition, indicator, is_open=True)
        drawn = select_drawn_sites(reader, actor.commune, edition, indicator)
        moment = _moment(reader, survey, actor.commune, rules)
    basis = indicator_basis(figure, added(seen.tallies.values()), moment, SubmissionLists())
    open_sites = {place: sum(site not in listed for site in sites) for place, sites in seen.unknown.items()}
    by_hamlet = rules.unit is Unit.HAMLET or rule.roll_up is not RollUp.POOLED
    plan = _plan(figure, seen.tallies, basis, by_hamlet=by_hamlet) if moment.samples else None
    asked = {place: len(sites) - open_sites[place] for place, sites in seen.unknown.items()}
    return Outlook(rules, rule, figure, basis, plan, open_sites, asked, len(seen.visited & drawn), moment.samples)


def draw_list(
    survey: Survey, actor: Actor, edition: str, criterion: str, indicator: str, *, per_hamlet: Mapping[Place, int], seed: str | None = None
) -> VisitList:
    """Draw so many unknown sites of each hamlet by chance (`domain.drawing`) and keep the list; without *seed* the server makes one.

    Raises NOT_ALLOWED, EDITION_UNKNOWN, INDICATOR_NOT_DRAWN, DRAW_EMPTY, DRAW_TOO_LARGE.
    """
    actor.require(Ability.REVIEW)
    # To the millisecond, as it is kept.
    now, key, seed = from_text(to_text(survey.now())), str(uuid.uuid4()), seed or secrets.token_hex(8)
    wanted = {place: count for place, count in per_hamlet.items() if count > 0}
    with survey.transaction() as tx:
        lock_decisions(tx, actor.commune)  # two lists drawn at once must not ask for the same sites
        rules, rule, figure = _chosen(tx, actor.commune, edition, criterion, indicator)
        listed = select_drawn_sites(tx, actor.commune, edition, indicator, is_open=True)
        unknown = _look(tx, survey, actor, figure, None).unknown
        open_sites = {place: [site for site in sites if site not in listed] for place, sites in unknown.items()}
        names = {hamlet.id: hamlet.name for hamlet in select_hamlets(tx, actor.commune)}
        _check(wanted, {place: len(sites) for place, sites in open_sites.items()}, names)
        drawn = draw(open_sites, wanted, seed)
        counts = {place: len(open_sites[place]) for place in wanted}
        made = VisitList(
            key, f"{rule.code} · {figure.code}", rules.id, rule.code, figure.code, figure.forms, seed, wanted, counts,
            actor.person, now, None, len(drawn), 0,
        )  # fmt: skip
        insert_visit_list(tx, actor.commune, made, drawn)
        sites = sha256_hex("\n".join(site for site, _ in drawn))
        tx.log(actor.commune, "visits.drawn", {"list": key, "seed": seed, "sites": len(drawn), "sha256": sites, "person": actor.person})
    return made


def close_list(survey: Survey, actor: Actor, key: str) -> None:
    """Close a list: its sites are no longer asked for. Raises NOT_ALLOWED (of hamlets beyond the actor's, too), VISIT_LIST_UNKNOWN."""
    actor.require(Ability.REVIEW)
    with survey.transaction() as tx:
        if select_visit_list(tx, actor.commune, key, actor.hamlets) is None:
            raise Problem(VISIT_LIST_UNKNOWN)
        if not all(actor.reaches(site.hamlet) for site in select_asked(tx, actor.commune, key, None)):
            raise Problem(NOT_ALLOWED, ability=Ability.REVIEW.value)
        if not update_closed(tx, actor.commune, key, to_text(survey.now())):
            raise Problem(VISIT_LIST_UNKNOWN)
        tx.log(actor.commune, "visits.closed", {"list": key, "person": actor.person})


def find_lists(survey: Survey, actor: Actor) -> list[VisitList]:
    """Every list with sites in the actor's hamlets, newest first. Raises NOT_ALLOWED."""
    actor.require(Ability.REVIEW)
    with survey.reading() as reader:
        return select_visit_lists(reader, actor.commune, actor.hamlets)


def find_list(survey: Survey, actor: Actor, key: str) -> tuple[VisitList, list[AskedSite]]:
    """One list with its sites. Raises NOT_ALLOWED, VISIT_LIST_UNKNOWN."""
    actor.require(Ability.REVIEW)
    with survey.reading() as reader:
        found = select_visit_list(reader, actor.commune, key, actor.hamlets)
        if found is None:
            raise Problem(VISIT_LIST_UNKNOWN)
        return found, select_asked(reader, actor.commune, key, actor.hamlets)


def set_samples(survey: Survey, actor: Actor, *, allowed: bool, reason: str) -> None:
    """Let samples decide verdicts, or demand a visit to every site, from now on.

    Raises NOT_ALLOWED, SAMPLES_REASON_NEEDED, REASON_TOO_LONG.
    """
    actor.require(Ability.MANAGE)
    reason, value = checked_reason(reason, limit=NOTE_LENGTH, lacking=SAMPLES_REASON_NEEDED), "" if allowed else DEMAND_ALL
    now = survey.now()
    with survey.transaction() as tx:
        lock_decisions(tx, actor.commune)
        number = insert_setting(tx, actor.commune, SETTING, value, reason=reason, person=actor.person, at=now)
        mark_figures_stale(tx, actor.commune, now)
        body = {"number": number, "allowed": allowed, "person": actor.person, "reason_sha256": sha256_hex(reason)}
        tx.log(actor.commune, "samples.set", body)


def drawable(edition: Edition) -> list[tuple[Criterion, Indicator]]:
    """The indicators of *edition* that visits can decide: measured by a checklist, deciding, of a rule that judges places."""
    if edition.unit is Unit.HOUSEHOLD:
        return []
    return [(rule, figure) for rule in edition.criteria for figure in rule.indicators if figure.forms and figure.decides]


def _chosen(reader: Reader, commune: str, edition: str, criterion: str, indicator: str) -> tuple[Edition, Criterion, Indicator]:
    rules = effective_edition(select_edition(reader, commune, edition).document, select_entries(reader, commune, edition))
    for rule, figure in drawable(rules):
        if (rule.code, figure.code) == (criterion, indicator):
            return rules, rule, figure
    raise Problem(INDICATOR_NOT_DRAWN, criterion=criterion, indicator=indicator)


def _moment(reader: Reader, survey: Survey, commune: str, edition: Edition) -> Moment:
    today = local_date(survey.now())
    settings = select_settings(reader, commune)
    group = settings.get(f"group.{edition.id}")
    return Moment(today, history=not edition.is_valid(today), group=group, samples=settings.get(SETTING) != DEMAND_ALL)


def _look(reader: Reader, survey: Survey, actor: Actor, indicator: Indicator, hamlet: str | None) -> _Seen:
    questions = {subject.parts for subject in indicator.subjects if not subject.is_attribute}
    seen, today = _Seen({}, {}, set()), local_date(survey.now())
    for site in select_observations(reader, actor.commune, Wanted(indicator.sites, questions, hamlet=hamlet, scope=actor.hamlets)):
        tally = seen.tallies.setdefault(site.hamlet, Tally())
        unknown, visited = tally.unknown, tally.visited
        count_site(indicator, site, tally, today)
        if tally.unknown > unknown:
            seen.unknown.setdefault(site.hamlet, []).append(site.site)
        if tally.visited > visited:
            seen.visited.add(site.site)
    return seen


def _plan(indicator: Indicator, tallies: Mapping[Place, Tally], basis: Basis, *, by_hamlet: bool) -> VisitPlan | None:
    threshold = basis.threshold
    if threshold is None or threshold.weakness is not None:
        return None
    if not by_hamlet:
        return plan_visits(indicator, tallies, threshold)
    plans = [plan for place, tally in tallies.items() if (plan := plan_visits(indicator, {place: tally}, threshold)) is not None]
    if not plans:
        return None
    visits = {place: count for plan in plans for place, count in plan.per_hamlet.items()}
    chances = [plan.chance for plan in plans if plan.chance is not None]
    return VisitPlan(sum(visits.values()), visits, min(chances) if len(chances) == len(plans) else None)


def _check(wanted: Mapping[Place, int], available: Mapping[Place, int], names: Mapping[str, str]) -> None:
    if not wanted:
        raise Problem(DRAW_EMPTY)
    for place, count in wanted.items():
        if count > available.get(place, 0):
            raise Problem(DRAW_TOO_LARGE, wanted=count, place=names.get(place or "", "–"), open=available.get(place, 0))
