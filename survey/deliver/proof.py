"""The proof sheet of one verdict: what one page says of it and which photos it shows (DESIGN 2.7). The verdict is passed in by the door."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from survey.bundle.proof_sheet import Proven, proof_data
from survey.deliver.gathering import core_of
from survey.domain.criteria import Edition
from survey.domain.evidence import Item, Photo, Scope
from survey.domain.people import Ability, Actor
from survey.domain.ports import Survey
from survey.domain.problems import COMMUNE_UNKNOWN, NOT_ALLOWED, Problem
from survey.domain.statements import Aspect
from survey.domain.times import end_of, local_date
from survey.domain.verdicts import Verdict
from survey.store.bundles import select_evidence_head
from survey.store.places import select_commune
from survey.store.reviews import select_person_names
from survey.store.statements import select_statements

PHOTOS = 8
"""How many photos one page shows at most, four in a row. Our own choice."""
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Proof:
    """What the page says, plain JSON, and the photos that it would show, by hash, in order."""

    data: Mapping[str, Any]
    photos: tuple[str, ...]


def gather_proof(survey: Survey, actor: Actor, edition: Edition, verdict: Verdict) -> Proof:
    """The proof sheet of *verdict* under *edition*, assessed just before; records of hamlets that *actor* does not reach are only counted.

    Raises NOT_ALLOWED (of another's hamlet too), HAMLET_UNKNOWN, and VERDICT_STALE where a submission counts no longer meanwhile.
    """
    actor.require(Ability.SEE_FIGURES)
    if not actor.reaches(verdict.hamlet):
        raise Problem(NOT_ALLOWED, ability=Ability.SEE_FIGURES.value)
    commune, known_before = actor.commune, end_of(verdict.as_of)
    moment = None if verdict.as_of == local_date(survey.now()) else known_before
    scope = Scope(verdict.as_of, verdict.edition, verdict.criterion, verdict.hamlet)
    with survey.reading() as reader:
        place = select_commune(reader, commune)
        if place is None:
            raise Problem(COMMUNE_UNKNOWN, commune=commune)
        core = core_of(reader, commune, scope, [verdict], moment)
        told = select_statements(reader, commune, verdict.edition, known_before)
        claim, appraisal = (told.get((verdict.criterion, verdict.hamlet, aspect)) for aspect in (Aspect.CLAIM, Aspect.APPRAISAL))
        people = {one.person for one in (claim, appraisal, verdict.stated) if one} | {item.accepted_by or "" for item in core.items}
        names = select_person_names(reader, commune, sorted(people - {""}))
        head = select_evidence_head(reader, commune)
    items = sorted(core.items, key=lambda item: (item.accepted_at or _NEVER, item.submission), reverse=True)
    shown = [item for item in items if actor.reaches(item.hamlet)]
    chosen = choose_photos(shown, core.photos, PHOTOS)
    proven = Proven(place, edition, verdict, claim, appraisal, items, shown, core.photos, core.sites, core.hamlets, names, head, chosen)
    return Proof(proof_data(proven), tuple(photo.sha256 or "" for _, photo in chosen))


def choose_photos(items: Sequence[Item], photos: Mapping[str, Sequence[Photo]], most: int) -> list[tuple[Item, Photo]]:
    """At most *most* photos with a view: one of each site in the order of *items*, then a second of each, and so on."""
    by_site: dict[str, list[tuple[Item, Photo]]] = defaultdict(list)
    for item in items:
        by_site[item.site] += [(item, photo) for photo in photos.get(item.submission, ()) if photo.is_original and photo.has_preview]
    rounds = max((len(shots) for shots in by_site.values()), default=0)
    return [shots[number] for number in range(min(rounds, most)) for shots in by_site.values() if number < len(shots)][:most]
