"""`photo-facts`: what the photo pipeline reads from files and decides about them, without storing anything."""

import argparse
import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

from survey import photos
from survey.domain.checks import CHECKS, Picture, Visit, examine
from survey.domain.looks import PhotoLook
from survey.domain.photos import REFUSALS, Intake
from survey.domain.problems import FILE_UNKNOWN, PHOTO_BROKEN, Problem
from survey.domain.submissions import Capture, FileState, Source
from survey.domain.times import optional_to_text
from survey.wiring import Settings

SUMMARY = "what the photo pipeline reads from files and decides about them"

# What the checks say of a file by itself; the others compare it with a site, a visit or other photos.
_GROUPS = frozenset({"light", "origin", "quality"})
_CODES = frozenset({"position_zero", "camera_clock_off"})


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The files, and `--json` for one JSON object a line."""
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
    parser.add_argument("--json", action="store_true", help="one JSON object a line; null means not given")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Print a line for each file. Raises FILE_UNKNOWN for a path that is no file."""
    with photos.Darkroom() as room:
        for path in arguments.files:
            if not path.is_file():
                raise Problem(FILE_UNKNOWN, name=path.name)
            found = _look(path, room)
            print(json.dumps(found, ensure_ascii=False) if arguments.json else _line(found, settings.locale))
    return 0


def _look(path: Path, room: photos.Darkroom) -> dict[str, object]:
    intake = photos.inspect(path, path.stat().st_size)
    facts = intake.facts
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return {
        "file": str(path), "accepted": intake.accepted, "code": intake.code or None, "format": facts.format,
        "width": facts.width, "height": facts.height, "orientation": facts.orientation,
        "lat": facts.latitude, "lon": facts.longitude, "accuracy_m": facts.accuracy_m, "altitude_m": facts.altitude_m,
        "taken_at": facts.taken_at.replace(tzinfo=None).isoformat() if facts.taken_at else None, "offset": facts.offset,
        "gps_at": optional_to_text(facts.gps_at), "make": facts.make, "model": facts.model,
        "sha256": sha256, "flags": _flags(path, intake, room),
    }  # fmt: skip


def _flags(path: Path, intake: Intake, room: photos.Darkroom) -> list[str]:
    """The checks' findings on the file alone, its pixels included, as on one that is imported at a desk; the gravest first."""
    if not intake.accepted:
        return list(intake.facts.signs)
    look = _pixels(path, intake, room)
    capture = Capture(path.name, Source.DESK)
    picture = Picture(path.name, FileState.STORED, capture, intake.facts, broken=look is None, look=look)
    findings = examine(Visit("", received_at=datetime.now(UTC), pictures=(picture,)))
    return [each.code for each in findings if each.code in _CODES or CHECKS[each.code].group in _GROUPS]


def _pixels(path: Path, intake: Intake, room: photos.Darkroom) -> PhotoLook | None:
    """What the worker would see; None where the pixels cannot be read."""
    try:
        return room.develop(path, intake.facts).look
    except Problem as problem:
        return None if problem.kind is PHOTO_BROKEN else PhotoLook(unfinished=True)


def _line(found: dict[str, object], locale: str) -> str:
    if not found["accepted"]:
        refusal = REFUSALS[str(found["code"])]
        return f"{found['file']}: {refusal.en if locale == 'en' else refusal.vi}"
    names = ("format", "width", "height", "lat", "lon", "altitude_m", "taken_at", "offset", "make", "model", "flags")
    return f"{found['file']}: " + "  ".join(f"{name}={found[name]}" for name in names if found[name] not in (None, []))
