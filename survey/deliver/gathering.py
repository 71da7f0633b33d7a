"""What a bundle holds, read in one consistent look: verdicts, what they rest on, and what was left out, as of the scope's day."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from survey.catalogue.effective import effective
from survey.domain.evidence import Evidence, Item, LeftOut, Photo, Scope
from survey.domain.places import Hamlet, successor_of
from survey.domain.ports import Reader
from survey.domain.problems import COMMUNE_UNKNOWN, CRITERION_UNKNOWN, HAMLET_UNKNOWN, VERDICT_STALE, Problem
from survey.domain.rules import RuleEntry
from survey.domain.sites import Site
from survey.domain.statements import Statement
from survey.domain.times import end_of
from survey.domain.verdicts import Verdict
from survey.store.bundles import (
    as_known,
    select_answers,
    select_events_until,
    select_flags_of,
    select_instances,
    select_items,
    select_left_out,
    select_photos,
    select_reviews_of,
    select_trees,
)
from survey.store.editions import select_editions
from survey.store.places import select_commune, select_hamlets
from survey.store.reviews import select_person_names
from survey.store.rule_entries import select_all_entries
from survey.store.sites import select_register
from survey.store.statements import select_statements


@dataclass(frozen=True)
class Glance:
    """How a bundle is looked at: its log ends at *head*; *moment* is the end of an earlier day, None for the present.

    *thumb* gives the small view of a photo.
    """

    head: tuple[int, str]
    moment: datetime | None
    thumb: Callable[[str], bytes | None]


@dataclass(frozen=True)
class Core:
    """The submissions of a scope, their files, and the verdicts that stand on them."""

    hamlets: Sequence[Hamlet]
    sites: Mapping[str, Site]
    verdicts: Sequence[Verdict]
    items: Sequence[Item]
    photos: Mapping[str, Sequence[Photo]]
    forms: Collection[str] | None


def gather(reader: Reader, commune: str, scope: Scope, verdicts: Sequence[Verdict], glance: Glance) -> Evidence:
    """The evidence of *scope* for *verdicts*, which were assessed at the same head.

    Raises COMMUNE_UNKNOWN, HAMLET_UNKNOWN, CRITERION_UNKNOWN, and VERDICT_STALE where a verdict stands on a submission that does not count.
    """
    core, moment = core_of(reader, commune, scope, verdicts, glance.moment), glance.moment
    place, known_before = select_commune(reader, commune), end_of(scope.as_of)
    if place is None:
        raise Problem(COMMUNE_UNKNOWN, commune=commune)
    entries, judged = select_all_entries(reader, commune, known_before), {verdict.edition for verdict in core.verdicts}
    loaded = [one for one in select_editions(reader, commune, known_before) if one.id in judged]
    read = [effective(one.document, entries.get(one.id, [])) for one in loaded]
    entered = [(one.edition.id, entry) for one in read for entry in entries.get(one.edition.id, []) if entry.number in one.applied]
    stated = _statements(reader, commune, scope, [one.edition.id for one in read])
    return Evidence(
        commune=place, scope=scope, head=glance.head, editions=[one.edition for one in read],
        edition_documents={one.edition.id: json.loads(one.document.text()) for one in read}, hamlets=core.hamlets, sites=core.sites,
        items=core.items, photos=core.photos, left_out=left_out_of(reader, commune, scope, core, moment),
        verdicts=core.verdicts, entries=entered, statements=stated, forms=select_trees(reader, commune, core.items),
        people=_people(reader, commune, core.items, [entry for _, entry in entered], stated, moment),
        answers=lambda wanted: select_answers(reader, commune, wanted),
        instances=lambda wanted: select_instances(reader, commune, wanted),
        reviews=lambda wanted: select_reviews_of(reader, commune, wanted, moment=moment),
        flags=lambda wanted: select_flags_of(reader, commune, wanted, moment=moment),
        events=lambda: select_events_until(reader, commune, glance.head[0]),
        thumb=glance.thumb,
    )  # fmt: skip


def core_of(reader: Reader, commune: str, scope: Scope, verdicts: Sequence[Verdict], moment: datetime | None) -> Core:
    """What counts in *scope*. Raises HAMLET_UNKNOWN, CRITERION_UNKNOWN, VERDICT_STALE."""
    hamlets = select_hamlets(reader, commune, known_before=end_of(scope.as_of))
    if scope.hamlet is not None and scope.hamlet not in {hamlet.id for hamlet in hamlets}:
        raise Problem(HAMLET_UNKNOWN, id=scope.hamlet)
    chosen = [verdict for verdict in verdicts if scope.includes(verdict)]
    if scope.criterion is not None and not chosen:
        known = sorted({verdict.criterion for verdict in verdicts if scope.edition in {None, verdict.edition}})
        raise Problem(CRITERION_UNKNOWN, criterion=scope.criterion, known=", ".join(known) or "–")
    sites = _sites(reader, commune, scope, hamlets)
    items = _items(reader, commune, scope, sites, chosen, moment)
    photos = select_photos(reader, commune, [item.submission for item in items], moment=moment)
    forms = None if scope.criterion is None else {form for verdict in chosen for basis in verdict.basis for form in basis.forms}
    return Core(hamlets, sites, chosen, items if moment is None else as_known(items, photos), photos, forms)


def left_out_of(reader: Reader, commune: str, scope: Scope, core: Core, moment: datetime | None) -> list[LeftOut]:
    """What is not evidence, by state and reason."""
    return select_left_out(reader, commune, hamlet=scope.hamlet, forms=core.forms, moment=moment, round_id=scope.round)


def _sites(reader: Reader, commune: str, scope: Scope, hamlets: Sequence[Hamlet]) -> dict[str, Site]:
    """The register in scope in the report's order: hamlet, then the site's place in a Vietnamese list."""
    every = {hamlet.id: hamlet for hamlet in hamlets}
    order = {hamlet: number for number, hamlet in enumerate(every)}
    # A site of a merged hamlet belongs to its successor, as it does for `assess`.
    became = {hamlet: successor_of(hamlet, every, scope.as_of) or hamlet for hamlet in every}
    register = select_register(reader, commune, end_of(scope.as_of))
    placed = (replace(site, hamlet=became.get(site.hamlet or "", site.hamlet)) for site in register)
    known = (site for site in placed if scope.hamlet in {None, site.hamlet})
    ranked = sorted(known, key=lambda site: (order.get(site.hamlet or "", len(order)), site.hamlet or "", site.sort_text(), site.id))
    return {site.id: site for site in ranked}


def _items(
    reader: Reader, commune: str, scope: Scope, sites: Mapping[str, Site], verdicts: Sequence[Verdict], moment: datetime | None
) -> list[Item]:
    behind = {submission for verdict in verdicts for basis in verdict.basis for submission in basis.submissions}
    items = select_items(reader, commune, sites, only=None if scope.criterion is None else behind, moment=moment)
    if behind - {item.submission for item in items}:
        raise Problem(VERDICT_STALE)
    if scope.round is not None:
        only = behind if scope.criterion is not None else None
        items = select_items(reader, commune, sites, only=only, moment=moment, round_id=scope.round)
    place = {site: number for number, site in enumerate(sites)}
    return sorted(items, key=lambda item: (place[item.site], item.form, item.captured_at, item.submission))


def _statements(reader: Reader, commune: str, scope: Scope, editions: Sequence[str]) -> list[Statement]:
    """What people state of the scope, as entered by the end of its day: each edition's in its order."""
    known_before = end_of(scope.as_of)
    every = (one for edition in editions for one in select_statements(reader, commune, edition, known_before).values())
    return [one for one in every if scope.includes(one)]


def _people(
    reader: Reader, commune: str, items: Sequence[Item], entries: Sequence[RuleEntry], statements: Sequence[Statement],
    moment: datetime | None,
) -> dict[str, str]:  # fmt: skip
    wanted = {person for item in items for person in (item.person, item.accepted_by, item.brought_by) if person}
    wanted |= {entry.person for entry in entries} | {one.person for one in statements}
    reviewers = {str(row["person"]) for row in select_reviews_of(reader, commune, items, moment=moment)}
    judges = {str(row["person"]) for row in select_flags_of(reader, commune, items, moment=moment) if row["person"]}
    return select_person_names(reader, commune, sorted(wanted | reviewers | judges))
