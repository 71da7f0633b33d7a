"""`photo-compare`: whether two files show the same picture, cropped, stamped, mirrored or turned though one may be."""

import argparse
import hashlib
import json
from pathlib import Path

from survey import photos
from survey.domain.checks import Thresholds
from survey.domain.checks.how import how_words
from survey.domain.looks import PhotoLook, likeness
from survey.domain.photos import REFUSALS
from survey.domain.problems import FILE_UNKNOWN, PHOTO_REFUSED, Problem
from survey.wiring import Settings

SUMMARY = "whether two files show the same picture"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The two files, and `--json` for one JSON object."""
    parser.add_argument("one", type=Path, metavar="A")
    parser.add_argument("other", type=Path, metavar="B")
    parser.add_argument("--json", action="store_true", help="one JSON object; distance null: one of the two is too plain to be compared")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Print the comparison. Raises FILE_UNKNOWN, PHOTO_REFUSED, PHOTO_BROKEN, PHOTO_UNFINISHED."""
    found = _compare(*(_read(path, settings.locale) for path in (arguments.one, arguments.other)))
    print(json.dumps(found, ensure_ascii=False) if arguments.json else _line(found, settings.locale))
    return 0


def _read(path: Path, locale: str) -> tuple[str, PhotoLook]:
    """A file's SHA-256 and look."""
    if not path.is_file():
        raise Problem(FILE_UNKNOWN, name=path.name)
    intake = photos.inspect(path, path.stat().st_size)
    if not intake.accepted:
        refusal = REFUSALS[intake.code]
        raise Problem(PHOTO_REFUSED, name=path.name, reason=refusal.en if locale == "en" else refusal.vi)
    with path.open("rb") as file, photos.Darkroom() as room:
        return hashlib.file_digest(file, "sha256").hexdigest(), room.develop(path, intake.facts).look


def _compare(one: tuple[str, PhotoLook], other: tuple[str, PhotoLook]) -> dict[str, object]:
    """*distance* in bits of 64, the lesser of both directions; *how* names the probe that came so near, "" for the same bytes."""
    if one[0] == other[0]:
        return {"same_bytes": True, "distance": 0, "verdict": "same", "how": ""}
    nearest = min(filter(None, (likeness(one[1], other[1]), likeness(other[1], one[1]))), default=None)
    distance, how = nearest or (None, None)
    return {"same_bytes": False, "distance": distance, "verdict": _verdict(distance), "how": how}


def _verdict(distance: int | None) -> str:
    limits = Thresholds()
    if distance is None or distance > limits.alike_picture_bits:
        return "different"
    return "same" if distance <= limits.same_picture_bits else "look"


def _line(found: dict[str, object], locale: str) -> str:
    """For people: the verdict, and what it rests on."""
    verdict, distance, how = found["verdict"], found["distance"], found["how"]
    if how is None:
        return f"{verdict}: " + ("too plain to be compared" if locale == "en" else "ảnh quá trơn, không so được")
    return f"{verdict}: {distance}/64, {how_words(str(how), locale)}"
