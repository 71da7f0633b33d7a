"""`import-photos PATH`: photos of a folder or ZIP proposed to sites; what is certain, or said in a file, becomes submissions."""

import argparse
import csv
import io
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from survey import desk, receive
from survey.commands import open_deployment
from survey.commands.submit import actor_called, chunks_of
from survey.domain.fold import fold
from survey.domain.names import clean_file_name
from survey.domain.people import Ability, Actor
from survey.domain.ports import Reader
from survey.domain.problems import FILE_TOO_LARGE, FILE_UNKNOWN, HAMLET_UNKNOWN, QUERY_UNUSABLE, SITE_UNKNOWN, Problem
from survey.domain.proposals import Certainty, Proposal, shot_of
from survey.domain.sites import Site, SiteKind
from survey.store.deployment import select_rounds
from survey.store.places import select_hamlets
from survey.store.sites import select_site_by_code
from survey.wiring import Settings, Survey

SUMMARY = "propose sites for the photos of a folder or ZIP, and hand in what is certain or assigned"
_LARGEST_ASSIGNMENT = 1_000_000


@dataclass(frozen=True)
class Planned:
    """A photo with what is proposed, and the site that it goes to; *left* is why it goes to none (`""` where it does)."""

    found: desk.Found
    proposal: Proposal
    site: Site | None
    left: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to read, what to propose among, and what to do with it."""
    parser.add_argument("path", type=Path, metavar="PATH", help="a folder, a ZIP or a photo")
    parser.add_argument("--form", default=desk.SITE_PHOTOS, metavar="ID", help="checklist (default: site_photos)")
    parser.add_argument("--hamlet", metavar="H", help="propose sites of this hamlet only (id or name)")
    parser.add_argument("--kind", choices=list(SiteKind), help="propose sites of this kind only")
    parser.add_argument("--round", metavar="ID", help="only photos taken on the days of this round")
    parser.add_argument("--assign", type=Path, metavar="FILE.csv", help="name;site code, one photo a line: a person's word counts")
    parser.add_argument("--dry-run", action="store_true", help="propose and report, write nothing")
    parser.add_argument("--as", dest="login", metavar="USER", help="login of the person who hands in (default: the operator)")
    parser.add_argument("--commune", help="official code (default: the deployment's first)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Print what becomes of each photo. Raises FILE_UNKNOWN, HAMLET_UNKNOWN, QUERY_UNUSABLE for a round, SITE_UNKNOWN, and as the door."""
    survey = open_deployment(settings)
    actor = actor_called(survey, arguments.login, arguments.commune)
    actor.require(Ability.CAPTURE)
    with ExitStack() as staged:
        files = list(_read(survey, arguments.path, staged))
        photos = [one for one in files if isinstance(one, desk.Found)]
        plan = _plan(survey, actor, photos, arguments)
        codes = {} if arguments.dry_run else _hand_in(survey, actor, plan, arguments.form)
    for refused in (one for one in files if isinstance(one, desk.Refusal)):
        _print(arguments.json, {"file": refused.name, "refused": refused.reason}, f"{refused.name}: {refused.sentence(settings.locale)}")
    for planned in plan:
        code = codes.get(planned.found.staged.sha256)
        _print(arguments.json, _told(planned, code), _line(planned, code))
    return 0


def _read(survey: Survey, path: Path, staged: ExitStack) -> Iterator[desk.Found | desk.Refusal]:
    """Every photo at *path*, the same bytes once, and what was refused; bytes on local disk go with *staged*."""
    seen: set[str] = set()
    for found in _files(survey, path, staged):
        if isinstance(found, desk.Found):
            staged.callback(survey.blobs.discard, found.staged)
            if found.staged.sha256 in seen:
                continue
            seen.add(found.staged.sha256)
        yield found


def _files(survey: Survey, path: Path, staged: ExitStack) -> Iterator[desk.Found | desk.Refusal]:
    if not path.exists():
        raise Problem(FILE_UNKNOWN, name=path.name)
    for file in sorted(_walk(path)) if path.is_dir() else [path]:
        if desk.is_silent(str(file.relative_to(path.parent))):
            continue
        if desk.is_archive(file):
            yield from desk.unpack_archive(survey, file.name, file)
            continue
        try:
            bytes_ = survey.blobs.stage(chunks_of(file), name=file.name, limit=receive.PHOTO_LIMIT)
        except Problem as problem:
            if problem.kind is not FILE_TOO_LARGE:
                raise
            yield desk.Refusal(file.name, "too_large")
            continue
        staged.callback(survey.blobs.discard, bytes_)
        yield desk.look(file.name, bytes_)


def _walk(folder: Path) -> Iterator[Path]:
    """The files below *folder*; links are not followed."""
    for place, _, names in os.walk(folder):
        yield from (file for name in names if not (file := Path(place, name)).is_symlink() and file.is_file())


def _plan(survey: Survey, actor: Actor, photos: Sequence[desk.Found], arguments: argparse.Namespace) -> list[Planned]:
    shots = [shot_of(photo.staged.sha256, photo.facts) for photo in photos]
    kind = SiteKind(arguments.kind) if arguments.kind else None
    with survey.reading() as reader:
        hamlet = _hamlet(reader, actor, arguments.hamlet)
        days = _days(reader, actor, arguments.round)
        proposals = desk.propose_sites(reader, actor, shots, now=survey.now(), hamlet=hamlet, kind=kind)
        assigned = _assigned(reader, actor, arguments.assign)
        earlier = desk.handed_in(reader, actor, [photo.staged.sha256 for photo in photos])
    return [
        _planned(photo, proposal, assigned.get(photo.name), days, earlier) for photo, proposal in zip(photos, proposals, strict=True)
    ]  # fmt: skip


def _planned(
    photo: desk.Found, proposal: Proposal, assigned: Site | None, days: tuple[str, str] | None, earlier: Mapping[tuple[str, str], str]
) -> Planned:
    """What becomes of a photo: a person's word, else its own position where that is certain."""
    site = assigned or (proposal.site if proposal.certainty is Certainty.CERTAIN else None)
    day = _picture(photo).date
    if site is None:
        return Planned(photo, proposal, None, proposal.certainty.value)
    if code := earlier.get((photo.staged.sha256, site.id)):
        return Planned(photo, proposal, site, f"handed_in {code}")
    if day is None:
        return Planned(photo, proposal, site, "no_day")
    if days is not None and not days[0] <= day.isoformat() <= days[1]:
        return Planned(photo, proposal, site, "outside_round")
    return Planned(photo, proposal, site, "")


def _hand_in(survey: Survey, actor: Actor, plan: Sequence[Planned], form: str) -> Mapping[str, str]:
    """Make the visits of what is planned and hand them in; returns the submission's code by photo."""
    codes: dict[str, str] = {}
    ready = [planned for planned in plan if planned.site is not None and not planned.left]
    bytes_ = {planned.found.staged.sha256: planned.found.staged for planned in ready}
    for site in sorted({planned.site.id for planned in ready if planned.site}):
        photos = [_picture(planned.found) for planned in ready if planned.site and planned.site.id == site]
        with survey.reading() as reader:
            visits = desk.make_visits(reader, actor, site, form, photos)
        for visit in visits:
            files = [(name, bytes_[sha256]) for name, sha256 in visit.files.items()]
            receipt = receive.submission(survey, actor, visit.xml, door="desk", expected_id=visit.id, files=files)
            codes |= dict.fromkeys(visit.files.values(), receipt.code)
    return codes


def _picture(photo: desk.Found) -> desk.Picture:
    return desk.Picture(photo.staged.sha256, photo.staged.size, photo.facts, photo.name)


def _hamlet(reader: Reader, actor: Actor, wanted: str | None) -> str | None:
    if wanted is None:
        return None
    for hamlet in select_hamlets(reader, actor.commune):
        if wanted == hamlet.id or fold(wanted) == fold(hamlet.name):
            return hamlet.id
    raise Problem(HAMLET_UNKNOWN, id=wanted)


def _days(reader: Reader, actor: Actor, wanted: str | None) -> tuple[str, str] | None:
    if wanted is None:
        return None
    for row in select_rounds(reader, actor.commune):
        if row["round"] == wanted:
            return date.fromisoformat(row["starts_on"]).isoformat(), date.fromisoformat(row["ends_on"]).isoformat()
    raise Problem(QUERY_UNUSABLE, name="--round", value=wanted)


def _assigned(reader: Reader, actor: Actor, path: Path | None) -> Mapping[str, Site]:
    """The sites that a person assigned, by the photo's name as a label."""
    if path is None:
        return {}
    if not path.is_file() or path.stat().st_size > _LARGEST_ASSIGNMENT:
        raise Problem(FILE_UNKNOWN, name=path.name)
    sites: dict[str, Site] = {}
    text = path.read_bytes().decode("utf-8-sig", "replace")
    for row in csv.reader(io.StringIO(text), delimiter=";"):
        if len(row) < 2 or not row[1].strip():  # noqa: PLR2004 - name and code
            continue
        site = select_site_by_code(reader, actor.commune, row[1].strip())
        if site is None or not actor.reaches(site.hamlet):
            raise Problem(SITE_UNKNOWN, id=row[1].strip())
        sites[clean_file_name(row[0])] = site
    return sites


def _told(planned: Planned, code: str | None) -> Mapping[str, object]:
    proposal, near = planned.proposal, planned.proposal.nearest
    day = _picture(planned.found).date
    return {
        "file": planned.found.name, "sha256": planned.found.staged.sha256, "day": day.isoformat() if day else None,
        "certainty": proposal.certainty.value, "nearest": near.site.code if near else None,
        "distance_m": round(near.distance_m, 1) if near and near.distance_m is not None else None,
        "second": proposal.second.site.code if proposal.second else None,
        "site": planned.site.code if planned.site else None, "left": planned.left or None, "submission": code,
    }  # fmt: skip


def _line(planned: Planned, code: str | None) -> str:
    told = _told(planned, code)
    names = ("day", "certainty", "nearest", "distance_m", "second", "site", "left", "submission")
    return f"{planned.found.name}: " + "  ".join(f"{name}={told[name]}" for name in names if told[name] is not None)


def _print(as_json: bool, told: Mapping[str, object], line: str) -> None:
    print(json.dumps(told, ensure_ascii=False) if as_json else line)
