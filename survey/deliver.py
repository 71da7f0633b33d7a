"""Deliver: an evidence bundle of what counts, planned once and written as a stream (DESIGN 2.7, 2.9, 2.10).

Verdicts are passed in by the door, which asks `assess` for them: verbs do not call each other. `write` makes the bundle anew and
refuses when a single byte of its content would differ from the plan, so that what leaves is what was looked at.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from survey.bundle.package import Package, folder_name, prepare
from survey.catalogue.effective import effective
from survey.domain.evidence import Basis, Contents, Evidence, Item, Scope, contents_of
from survey.domain.people import Ability, Actor
from survey.domain.places import Hamlet, successor_of
from survey.domain.ports import Reader, Survey
from survey.domain.problems import BUNDLE_UNKNOWN, COMMUNE_UNKNOWN, CRITERION_UNKNOWN, HAMLET_UNKNOWN, NOT_ALLOWED, VERDICT_STALE, Problem
from survey.domain.rules import RuleEntry
from survey.domain.sites import Site
from survey.domain.statements import Statement
from survey.domain.times import end_of
from survey.domain.verdicts import Verdict
from survey.store.bundles import (
    EXPORTED,
    insert_bundle,
    select_answers,
    select_bundle,
    select_events_until,
    select_evidence_head,
    select_flags_of,
    select_instances,
    select_items,
    select_left_out,
    select_photos,
    select_reviews_of,
    select_trees,
    update_bundle_size,
)
from survey.store.editions import select_editions
from survey.store.places import select_commune, select_hamlets
from survey.store.reviews import select_person_names
from survey.store.rule_entries import select_all_entries
from survey.store.sites import select_register
from survey.store.statements import select_statements


@dataclass(frozen=True)
class BundlePlan:
    """A bundle that can be written: its basis, what a person should know of it before, and how many files it has."""

    basis: Basis
    contents: Contents
    files: int

    @property
    def file_name(self) -> str:
        """What the zip is called."""
        return f"{folder_name(self.basis)}.zip"


def plan(survey: Survey, actor: Actor, scope: Scope, verdicts: Sequence[Verdict]) -> BundlePlan:
    """Look up what a bundle of *scope* holds and remember it, so that `write` can make it; *verdicts* are assessed just before.

    Raises NOT_ALLOWED, HAMLET_UNKNOWN, CRITERION_UNKNOWN, and VERDICT_STALE where a verdict stands on a submission that no longer counts.
    """
    _require(actor, scope)
    with survey.reading() as reader:
        head = select_evidence_head(reader, actor.commune)
        package = prepare(_gather(reader, actor.commune, scope, verdicts, head))
    package.close()
    basis = Basis(actor.commune, scope, head, package.content)
    with survey.transaction() as tx:
        insert_bundle(tx, basis, files=package.files, person=actor.person, at=survey.now())
    return BundlePlan(basis, contents_of(package.evidence), package.files)


def find(survey: Survey, actor: Actor, bundle: str) -> Basis:
    """The basis of a bundle that was planned. Raises NOT_ALLOWED, BUNDLE_UNKNOWN."""
    actor.require(Ability.EXPORT)
    with survey.reading() as reader:
        made = select_bundle(reader, actor.commune, bundle)
    if made is None:
        raise Problem(BUNDLE_UNKNOWN, id=bundle)
    _require(actor, made.basis.scope)
    return made.basis


def write(survey: Survey, actor: Actor, basis: Basis, verdicts: Sequence[Verdict]) -> Iterator[bytes]:
    """The zip of the planned bundle of *basis*, in chunks; *verdicts* are assessed again after it was planned.

    The export is logged before the first byte. Raises NOT_ALLOWED and VERDICT_STALE at once, BLOB_DAMAGED while the chunks are
    taken: then the zip stays without an end, and no tool opens it. Memory holds the photos' names, never their bytes.
    """
    _require(actor, basis.scope)
    with survey.reading() as reader:
        package = prepare(_gather(reader, actor.commune, basis.scope, verdicts, basis.head))
    if package.content != basis.content:
        package.close()
        raise Problem(VERDICT_STALE)
    with survey.transaction() as tx:
        insert_bundle(tx, basis, files=package.files, person=actor.person, at=survey.now())
        tx.log(actor.commune, EXPORTED, {"bundle": basis.id, "content": basis.content, "head": basis.head[1], "person": actor.person})
    return _counted(survey, basis, package)


def _counted(survey: Survey, basis: Basis, package: Package) -> Iterator[bytes]:
    size = 0
    for chunk in package.chunks(basis, survey.blobs):
        size += len(chunk)
        yield chunk
    with survey.transaction() as tx:
        update_bundle_size(tx, basis, size)


def _require(actor: Actor, scope: Scope) -> None:
    actor.require(Ability.EXPORT)
    if actor.hamlets is not None and scope.hamlet not in actor.hamlets:
        raise Problem(NOT_ALLOWED, ability=Ability.EXPORT.value)


def _gather(reader: Reader, commune: str, scope: Scope, verdicts: Sequence[Verdict], head: tuple[int, str]) -> Evidence:
    place = select_commune(reader, commune)
    known_before = end_of(scope.as_of)
    hamlets = select_hamlets(reader, commune, known_before=known_before)
    if place is None:
        raise Problem(COMMUNE_UNKNOWN, commune=commune)
    if scope.hamlet is not None and scope.hamlet not in {hamlet.id for hamlet in hamlets}:
        raise Problem(HAMLET_UNKNOWN, id=scope.hamlet)
    chosen = [verdict for verdict in verdicts if scope.includes(verdict)]
    if scope.criterion is not None and not chosen:
        known = sorted({verdict.criterion for verdict in verdicts if scope.edition in {None, verdict.edition}})
        raise Problem(CRITERION_UNKNOWN, criterion=scope.criterion, known=", ".join(known) or "–")
    entries, judged = select_all_entries(reader, commune, known_before), {verdict.edition for verdict in chosen}
    loaded = [one for one in select_editions(reader, commune, known_before) if one.id in judged]
    read = [effective(one.document, entries.get(one.id, [])) for one in loaded]
    sites = _sites(reader, commune, scope, hamlets)
    items = _items(reader, commune, scope, sites, chosen)
    entered = [(one.edition.id, entry) for one in read for entry in entries.get(one.edition.id, []) if entry.number in one.applied]
    stated = _statements(reader, commune, scope, [one.edition.id for one in read])
    forms = None if scope.criterion is None else {form for verdict in chosen for basis in verdict.basis for form in basis.forms}
    return Evidence(
        commune=place, scope=scope, head=head, editions=[one.edition for one in read],
        edition_documents={one.edition.id: json.loads(one.document.text()) for one in read}, hamlets=hamlets, sites=sites, items=items,
        photos=select_photos(reader, commune, [item.submission for item in items]),
        left_out=select_left_out(reader, commune, hamlet=scope.hamlet, forms=forms),
        verdicts=chosen, entries=entered, statements=stated, forms=select_trees(reader, commune, items),
        people=_people(reader, commune, items, [entry for _, entry in entered], stated),
        answers=lambda wanted: select_answers(reader, commune, wanted),
        instances=lambda wanted: select_instances(reader, commune, wanted),
        reviews=lambda wanted: select_reviews_of(reader, commune, wanted),
        flags=lambda wanted: select_flags_of(reader, commune, wanted),
        events=lambda: select_events_until(reader, commune, head[0]),
        thumb=lambda _sha256: None,
    )  # fmt: skip


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


def _items(reader: Reader, commune: str, scope: Scope, sites: Mapping[str, Site], verdicts: Sequence[Verdict]) -> list[Item]:
    behind = {submission for verdict in verdicts for basis in verdict.basis for submission in basis.submissions}
    items = select_items(reader, commune, sites, only=None if scope.criterion is None else behind)
    if behind - {item.submission for item in items}:
        raise Problem(VERDICT_STALE)
    place = {site: number for number, site in enumerate(sites)}
    return sorted(items, key=lambda item: (place[item.site], item.form, item.captured_at, item.submission))


def _statements(reader: Reader, commune: str, scope: Scope, editions: Sequence[str]) -> list[Statement]:
    """What people state of the scope, as entered by the end of its day: each edition's in its order."""
    known_before = end_of(scope.as_of)
    every = (one for edition in editions for one in select_statements(reader, commune, edition, known_before).values())
    return [one for one in every if scope.includes(one)]


def _people(
    reader: Reader, commune: str, items: Sequence[Item], entries: Sequence[RuleEntry], statements: Sequence[Statement]
) -> dict[str, str]:
    wanted = {person for item in items for person in (item.person, item.accepted_by) if person}
    wanted |= {entry.person for entry in entries} | {one.person for one in statements}
    reviewers = {str(row["person"]) for row in select_reviews_of(reader, commune, items)}
    judges = {str(row["person"]) for row in select_flags_of(reader, commune, items) if row["person"]}
    return select_person_names(reader, commune, sorted(wanted | reviewers | judges))
