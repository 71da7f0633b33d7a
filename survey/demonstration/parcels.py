"""What a phone would send for one call: the instance XML and its photos, drawn or taken from a folder."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from survey.demonstration.answers import answers_of, scene_of
from survey.demonstration.calls import Call, Flaw
from survey.demonstration.chance import chance
from survey.domain.canonical import sha256_hex
from survey.domain.submissions import Capture, Fix, NamedFile, Source
from survey.domain.times import VIETNAM
from survey.forms.capture_block import CaptureBlock
from survey.forms.instance import read_instance
from survey.forms.render import render_instance
from survey.forms.settle import walk
from survey.photos.drawing import Shot, draw_photo

_OPTIONAL_PHOTO_SHARE = 0.4
_METRES_PER_DEGREE = 110_900.0
_FAR_M, _VAGUE_M = 400.0, 800.0
_SECONDS_A_PHOTO = 20
_CUT_OFF, _BLUR_PX, _ROOM_LV = 0.05, 7.0, 5.5  # 5 % on each side
_NOT_A_PHOTO = b"%PDF-1.7\n% Sent in place of a photo.\n%%EOF\n"


@dataclass(frozen=True)
class Kit:
    """What all parcels are made from: the seed, the forms' trees by form, and real photos to use instead of drawn ones."""

    seed: int
    trees: Mapping[str, Mapping[str, Any]]
    photos: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Parcel:
    """One call ready to be handed in: its instance XML and the files that arrive (name, bytes)."""

    call: Call
    xml: bytes
    files: tuple[tuple[str, bytes], ...]


def pack(kit: Kit, call: Call) -> Parcel:
    """Fill in the form of *call* and take its photos; the same call gives the same bytes."""
    tree = kit.trees[call.form]
    answers = answers_of(call.form, call.site, call.round, kit.seed)
    values = _values(kit, call, tree, answers)
    meta = _meta(call)
    # What a photo is asked for depends on the answers: the form says it once they are in.
    asked = read_instance(render_instance(tree, values, meta), tree).files
    photos = [(file, _photo(kit, call, file, ordinal, answers)) for ordinal, file in enumerate(asked)]
    captures = {file.name: _capture(kit, call, file, ordinal, content) for ordinal, (file, content) in enumerate(photos)}
    block = CaptureBlock(call.site.id, call.site.hamlet, _visit_fix(kit, call), captures)
    xml = render_instance(tree, values, meta, block)
    return Parcel(call, xml, tuple((file.name, content) for file, content in photos if not _is_missing(call, file)))


def pack_all(kit: Kit, calls: Sequence[Call]) -> Iterator[Parcel]:
    """Every parcel in turn, in this process."""
    return (pack(kit, call) for call in calls)


def _values(kit: Kit, call: Call, tree: Mapping[str, Any], answers: Mapping[str, object]) -> dict[str, object]:
    """Answers by question, only those that the form has, with a file name for each photo that may be asked for."""
    nodes = {node["name"]: node for node in walk(tree["children"])}
    values = {name: value for name, value in answers.items() if name in nodes}
    if "site" in nodes:
        values["site"] = call.site.id
    random = chance(kit.seed, f"photos {call.number}")
    for name, node in nodes.items():
        wanted = random.random() < _OPTIONAL_PHOTO_SHARE or "required" in node
        if node.get("type") == "image" and (wanted or (name == "photo_2" and call.flaw in {Flaw.MISSING, Flaw.NO_PHOTO})):
            values[name] = f"{name}_2.jpg" if call.replaces else f"{name}.jpg"
    return values


def _meta(call: Call) -> dict[str, str]:
    meta = {
        "instanceID": call.id, "timeStart": _shown(call, call.started_at), "timeEnd": _shown(call, call.ended_at),
        "deviceID": f"demo-{call.inspector + 1}",
    }  # fmt: skip
    return meta | ({"deprecatedID": call.replaces} if call.replaces else {})


def _shown(call: Call, moment: datetime) -> str:
    """*moment* as the phone's clock showed it."""
    return (moment + call.clock_ahead).astimezone(VIETNAM).isoformat(timespec="milliseconds")


def _is_missing(call: Call, file: NamedFile) -> bool:
    return call.flaw is Flaw.MISSING and file.question == "photo_2"


def _photo(kit: Kit, call: Call, file: NamedFile, ordinal: int, answers: Mapping[str, object]) -> bytes:
    if call.flaw is Flaw.NO_PHOTO and file.question == "photo_2":
        return _NOT_A_PHOTO
    if call.flaw is Flaw.REUSED and call.other is not None and ordinal == 0:
        theirs = answers_of(call.other.form, call.other.site, call.other.round, kit.seed)
        return _photo(kit, call.other, file, ordinal, theirs)
    if kit.photos:
        return kit.photos[(call.number * 2 + ordinal) % len(kit.photos)].read_bytes()
    taken = _taken_at(call, ordinal)
    fix = replace(_fix(kit, call, ordinal, "exif"), at=taken - timedelta(seconds=2))
    camera = taken - timedelta(days=1) if call.flaw is Flaw.CLOCK else taken + call.clock_ahead
    local = camera.astimezone(VIETNAM)
    shot = _shot(kit, call, file, answers, local) if ordinal else _flawed(kit, call, file, answers, local)
    return draw_photo(replace(shot, fix=fix, caption=f"{call.site.code}   {local:%Y-%m-%d %H:%M}"))


def _flawed(kit: Kit, call: Call, file: NamedFile, answers: Mapping[str, object], local: datetime) -> Shot:
    """The first photo of a call, which is the one that has the call's flaw."""
    if call.flaw is Flaw.COPIED and call.other is not None:
        theirs = answers_of(call.other.form, call.other.site, call.other.round, kit.seed)
        return replace(_shot(kit, call.other, file, theirs, local), crop=_CUT_OFF)
    shot = _shot(kit, call, file, answers, local)
    if call.flaw is Flaw.BLURRED:
        return replace(shot, blur_px=_BLUR_PX)
    return replace(shot, lv=_ROOM_LV) if call.flaw is Flaw.DIM else shot


def _shot(kit: Kit, call: Call, file: NamedFile, answers: Mapping[str, object], local: datetime) -> Shot:
    """The photo that *call* takes: the site looks the same on the next visit unless its answers have changed, but from another spot."""
    seed = f"{kit.seed} {call.site.code} {file.question}"
    lv = _ROOM_LV if file.question == "photo_plan" else round(chance(kit.seed, f"light {call.number} {file.name}").uniform(11.5, 14.5), 1)
    return Shot(scene_of(call.form, file.question, answers), seed, local, None, view=f"{seed} {call.number}", lv=lv)


def _taken_at(call: Call, ordinal: int) -> datetime:
    return (call.started_at + timedelta(seconds=_SECONDS_A_PHOTO * (ordinal + 1))).replace(microsecond=0).astimezone(UTC)


def _capture(kit: Kit, call: Call, file: NamedFile, ordinal: int, content: bytes) -> Capture:
    taken = _taken_at(call, ordinal)
    before, after = (
        replace(_fix(kit, call, ordinal, when), at=taken + timedelta(seconds=shift) + call.clock_ahead)
        for when, shift in (("before", -6), ("after", 4))
    )
    source = Source.PICKED if kit.photos else Source.SYSTEM
    return Capture(file.name, source, before, after, taken + call.clock_ahead, sha256_hex(content), len(content))


def _visit_fix(kit: Kit, call: Call) -> Fix:
    fix = replace(_fix(kit, call, 0, "visit"), at=call.started_at + timedelta(seconds=5) + call.clock_ahead)
    return replace(fix, accuracy_m=_VAGUE_M) if call.flaw is Flaw.VAGUE else fix


def _fix(kit: Kit, call: Call, ordinal: int, what: str) -> Fix:
    """A phone's idea of where it is: near the gate, or on the road, a few metres off."""
    random = chance(kit.seed, f"fix {call.number} {ordinal} {what}")
    latitude, longitude = _place(call, ordinal)
    off_m = 300.0 if call.flaw is Flaw.VAGUE and what == "visit" else _FAR_M if call.flaw is Flaw.FAR and what != "visit" else 0.0
    north, east = off_m * 0.8 + random.gauss(0, 5), off_m * 0.6 + random.gauss(0, 5)
    shrink = math.cos(math.radians(latitude))
    height = chance(kit.seed, f"height {call.site.code}").uniform(12, 60) + random.gauss(0, 2)
    return Fix(
        round(latitude + north / _METRES_PER_DEGREE, 7), round(longitude + east / _METRES_PER_DEGREE / shrink, 7),
        round(random.uniform(3.8, 14), 1), round(height, 1),
    )  # fmt: skip


def _place(call: Call, ordinal: int) -> tuple[float, float]:
    """(latitude, longitude) where a photo is taken: a road's first from its beginning, its second from its end."""
    if call.site.line:
        longitude, latitude = call.site.line[-1 if ordinal else 0]
        return latitude, longitude
    return float(call.site.latitude or 0), float(call.site.longitude or 0)
