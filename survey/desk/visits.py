"""Visits made of photos: for a site the photos of each day become one filled form, the same photos always the same one.

Whoever calls hands them in through `receive`. The form has no time that no file tells: it says when the first photo was taken, or only
the day that a person gave. There is no fix of a phone: what the files say of their place is the only witness.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from survey.domain.forms import FormHead
from survey.domain.people import Ability, Actor
from survey.domain.photos import PhotoFacts
from survey.domain.ports import Reader
from survey.domain.problems import DAY_NEEDED, FORM_LACKS_ROOM, FORM_UNKNOWN, SITE_OTHER_KIND, SITE_UNKNOWN, Problem
from survey.domain.proposals import taken_moment
from survey.domain.sites import Site, SiteKind
from survey.domain.submissions import Capture, Source
from survey.domain.times import local_date, to_text
from survey.forms.capture_block import CaptureBlock
from survey.forms.render import render_instance
from survey.forms.settle import settle, walk
from survey.store.forms import select_forms, select_tree
from survey.store.sites import select_site

SITE_PHOTOS = "site_photos"  # the bundled checklist that takes any number of photos of anything
_SPACE = uuid.UUID("6b1f4a0e-50c1-5d0e-9a55-3a9f0c6d2b11")  # the names that our ids are made from are ours alone
_ENDINGS = {"JPEG": "jpg", "MPO": "jpg", "PNG": "png", "WEBP": "webp", "HEIF": "heic"}
_MOST = 500  # instances of a repeat, as everywhere (survey.forms.settle)


@dataclass(frozen=True)
class Picture:
    """A photo to be handed in; *day* is what a person gave, and counts only where the file tells no time."""

    sha256: str
    size: int
    facts: PhotoFacts
    label: str = ""
    day: date | None = None

    @property
    def date(self) -> date | None:
        """The day in Viet Nam on which it was taken, as far as anything says."""
        moment = taken_moment(self.facts)
        return self.day if moment is None else local_date(moment)


@dataclass(frozen=True)
class Handover:
    """One filled form, ready for `receive`: its instanceID, its XML, and the photos that it names, by hash."""

    id: str
    xml: bytes
    files: Mapping[str, str]
    site: Site
    day: date


def checklists(reader: Reader, commune: str, kind: SiteKind) -> list[FormHead]:
    """The checklists that photos of such a site can be handed in with, the default first."""
    fitting = [head for head in select_forms(reader, commune) if head.site_kind in {"", kind.value}]
    able = [head for head in fitting if _room(select_tree(reader, commune, head.form, head.version) or {})]
    return sorted(able, key=lambda head: (head.form != SITE_PHOTOS, not head.site_kind, head.form))


def make_visits(reader: Reader, actor: Actor, site_id: str, form: str, pictures: Sequence[Picture]) -> list[Handover]:
    """The visits to a site that *pictures* show, one for each day, filled in with the present version of *form*.

    Raises NOT_ALLOWED, SITE_UNKNOWN (also outside the actor's hamlets), FORM_UNKNOWN, SITE_OTHER_KIND, DAY_NEEDED, FORM_LACKS_ROOM.
    """
    actor.require(Ability.CAPTURE)
    site = select_site(reader, actor.commune, site_id)
    if site is None or site.closed or not actor.reaches(site.hamlet):
        raise Problem(SITE_UNKNOWN, id=site_id)
    head = next((head for head in select_forms(reader, actor.commune) if head.form == form), None)
    tree = select_tree(reader, actor.commune, form, head.version) if head else None
    if head is None or tree is None:
        raise Problem(FORM_UNKNOWN, form=form, version="–")
    if head.site_kind not in {"", site.kind.value}:
        raise Problem(SITE_OTHER_KIND, site=site.code)
    ordered = sorted(pictures, key=_order)
    return [_visit(actor, site, tree, day, list(group)) for day, group in groupby(ordered, key=_day)]


def _order(picture: Picture) -> tuple[date, bool, str, str]:
    moment = taken_moment(picture.facts)
    return _day(picture), moment is None, to_text(moment) if moment else "", picture.sha256


def _day(picture: Picture) -> date:
    if picture.date is None:
        raise Problem(DAY_NEEDED, name=picture.label or picture.sha256[:12])
    return picture.date


def _visit(actor: Actor, site: Site, tree: Mapping[str, Any], day: date, pictures: Sequence[Picture]) -> Handover:
    named = {_file_name(number, picture): picture for number, picture in enumerate(pictures, 1)}
    places = _room(tree)[: len(named)]
    if len(places) < len(named):
        titles = {f"form_{language}": tree["title"].get(language, tree["form"]) for language in ("vi", "en")}
        raise Problem(FORM_LACKS_ROOM, site=site.code, photos=len(named), day=f"{day:%d/%m/%Y}", room=len(places), **titles)
    name = "\n".join([actor.commune, actor.person, site.id, tree["form"], tree["version"], day.isoformat(),
                      *sorted(picture.sha256 for picture in pictures)])  # fmt: skip
    identifier = f"uuid:{uuid.uuid5(_SPACE, name)}"
    captures = {
        name: Capture(name, source=Source.DESK, sha256=picture.sha256, size=picture.size) for name, picture in named.items()
    }  # fmt: skip
    first = taken_moment(pictures[0].facts)
    meta = {"instanceID": identifier, "timeStart": to_text(first) if first else day.isoformat()}
    values: dict[str, object] = dict(zip(places, named, strict=True))
    if any(node["path"] == f"/{tree['root']}/site" for node in tree["children"]):
        values[f"/{tree['root']}/site"] = site.id
    xml = render_instance(tree, values, meta, CaptureBlock(site=site.id, captures=captures))
    return Handover(identifier, xml, {name: picture.sha256 for name, picture in named.items()}, site, day)


def _file_name(number: int, picture: Picture) -> str:
    """A name made of the photo itself: the same photos under other names are still the same visit."""
    moment = taken_moment(picture.facts)
    when = f"{picture.date:%Y-%m-%d}" if moment is None else f"{moment:%Y-%m-%dT%H%M%SZ}"
    return f"{number:02d}_{when}_{picture.sha256[:8]}.{_ENDINGS.get(picture.facts.format or '', 'jpg')}"


def _room(tree: Mapping[str, Any]) -> list[str]:
    """The paths of the places that photos can take, in the form's order: its questions first, then as often as it repeats one.

    A question that is asked only after another answer is no place: nobody has answered that one.
    """
    images = [node for node in walk(tree.get("children", [])) if node.get("type") == "image" and "foreign" not in node]
    repeats = {node["path"]: node for node in walk(tree.get("children", [])) if node["kind"] == "repeat"}
    single = [node["path"] for node in images if not _around(node["path"], repeats)]
    again = [node["path"] for node in images if len(around := _around(node["path"], repeats)) == 1 and "count" not in repeats[around[0]]]
    asked = _asked(tree, [*single, *(_numbered(path, repeats, 1) for path in again)])
    endless = [path for path in again if _numbered(path, repeats, 1) in asked][:1]
    return [*(path for path in single if path in asked), *(f"{path}[{number}]" for path in endless for number in range(1, _MOST + 1))]


def _asked(tree: Mapping[str, Any], paths: Sequence[str]) -> set[str]:
    return set(paths) & settle(tree, dict.fromkeys(paths, "1.jpg")).relevant if paths else set()


def _around(path: str, repeats: Mapping[str, object]) -> list[str]:
    return [repeat for repeat in repeats if path.startswith(f"{repeat}/")]


def _numbered(path: str, repeats: Mapping[str, object], number: int) -> str:
    (repeat,) = _around(path, repeats)
    return f"{repeat}[{number}]{path[len(repeat) :]}"
