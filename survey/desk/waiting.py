"""What waits at the desk: a person's photos with the site proposed for each, what the person decided, and what was handed in before."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from survey.desk.visits import Picture
from survey.domain.checks.thresholds import PREFIX, thresholds_from
from survey.domain.people import Ability, Actor
from survey.domain.photos import facts_from_json
from survey.domain.ports import Reader, Row, Survey
from survey.domain.problems import FILE_UNKNOWN, SITE_UNKNOWN, Problem
from survey.domain.proposals import Proposal, Shot, propose, shot_of
from survey.domain.sites import Site, SiteKind
from survey.store.desk import select_desk_photos, select_handed_in, update_desk_choice
from survey.store.settings import select_settings
from survey.store.sites import select_register, select_site


@dataclass(frozen=True)
class Waiting:
    """A photo that waits; *site* is the chosen or the proposed one, *handed_in* the code of the submission that brought it there before."""

    picture: Picture
    proposal: Proposal
    site: Site | None = None
    chosen: bool = False
    left_out: bool = False
    handed_in: str | None = None
    thumb: bool | None = None


@dataclass(frozen=True)
class Choice:
    """What a person decides for some photos; None leaves as it is, *as_proposed* takes back a chosen site."""

    site: str | None = None
    as_proposed: bool = False
    day: date | None = None
    left_out: bool | None = None


def waiting(survey: Survey, actor: Actor, *, hamlet: str | None = None, kind: SiteKind | None = None) -> list[Waiting]:
    """The actor's photos in order of time, proposals only for sites of *hamlet* and *kind* where given. Raises NOT_ALLOWED."""
    actor.require(Ability.CAPTURE)
    with survey.reading() as reader:
        rows = select_desk_photos(reader, actor.commune, actor.person)
        pictures = [picture_of(row) for row in rows]
        shots = [shot_of(picture.sha256, picture.facts) for picture in pictures]
        proposals = propose_sites(reader, actor, shots, now=survey.now(), hamlet=hamlet, kind=kind)
        found = [
            _decided(reader, actor, row, Waiting(picture, proposal, proposal.site))
            for row, picture, proposal in zip(rows, pictures, proposals, strict=True)
        ]
        earlier = handed_in(reader, actor, [picture.sha256 for picture in pictures])
    known = [replace(one, handed_in=earlier.get((one.picture.sha256, one.site.id if one.site else ""))) for one in found]
    times = {shot.sha256: shot.taken_at for shot in shots}
    return sorted(known, key=lambda one: (times[one.picture.sha256] is None, str(times[one.picture.sha256]), one.picture.label))


def propose_sites(
    reader: Reader, actor: Actor, shots: Sequence[Shot], *, now: datetime, hamlet: str | None = None, kind: SiteKind | None = None
) -> list[Proposal]:
    """A proposal for each of *shots* among the present sites in the actor's hamlets, by the commune's own thresholds."""
    if not shots:
        return []
    sites = [site for site in select_register(reader, actor.commune, now, kind) if actor.reaches(site.hamlet)]
    within = [site for site in sites if hamlet is None or site.hamlet == hamlet]
    return propose(shots, within, thresholds_from(select_settings(reader, actor.commune, PREFIX)))


def handed_in(reader: Reader, actor: Actor, sha256s: Sequence[str]) -> Mapping[tuple[str, str], str]:
    """By photo and site: the code of the first submission that brought these bytes for that site, as far as the actor may see it."""
    codes: dict[tuple[str, str], str] = {}
    for row in select_handed_in(reader, actor.commune, sha256s):
        if actor.reaches(row["hamlet"]) and (actor.may(Ability.SEE_ALL) or row["person"] == actor.person):
            codes.setdefault((row["sha256"], row["site"] or ""), row["code"])
    return codes


def pictures(reader: Reader, actor: Actor, sha256s: Collection[str]) -> list[Picture]:
    """Those of the actor's photos, to be handed in. Raises FILE_UNKNOWN for one that is not here."""
    rows = {row["sha256"]: row for row in select_desk_photos(reader, actor.commune, actor.person)}
    for sha256 in sha256s:
        if sha256 not in rows:
            raise Problem(FILE_UNKNOWN, name=sha256[:12])
    return [picture_of(rows[sha256]) for sha256 in sorted(set(sha256s))]


def choose(survey: Survey, actor: Actor, sha256s: Collection[str], choice: Choice) -> None:
    """Remember what the actor decided for some of the own photos. Raises NOT_ALLOWED, SITE_UNKNOWN outside the actor's hamlets."""
    actor.require(Ability.CAPTURE)
    with survey.transaction() as tx:
        if choice.site is not None:
            site = select_site(tx, actor.commune, choice.site)
            if site is None or site.closed or not actor.reaches(site.hamlet):
                raise Problem(SITE_UNKNOWN, id=choice.site)
        for row in select_desk_photos(tx, actor.commune, actor.person):
            if row["sha256"] in sha256s:
                site_id = None if choice.as_proposed else choice.site or row["site"]
                day = choice.day.isoformat() if choice.day else row["day"]
                left_out = bool(row["left_out"]) if choice.left_out is None else choice.left_out
                update_desk_choice(tx, actor.commune, actor.person, [row["sha256"]], site=site_id, day=day, left_out=left_out)


def picture_of(row: Row) -> Picture:
    """The photo in a row of the store."""
    day = date.fromisoformat(row["day"]) if row["day"] else None
    return Picture(row["sha256"], int(row["size"]), facts_from_json(row["facts"]), row["name"], day)


def _decided(reader: Reader, actor: Actor, row: Row, one: Waiting) -> Waiting:
    thumb = None if row["thumb"] is None else bool(row["thumb"])
    decided = replace(one, left_out=bool(row["left_out"]), thumb=thumb)
    chosen = select_site(reader, actor.commune, row["site"]) if row["site"] else None
    if chosen is None or chosen.closed or not actor.reaches(chosen.hamlet):
        return decided
    return replace(decided, site=chosen, chosen=True)
