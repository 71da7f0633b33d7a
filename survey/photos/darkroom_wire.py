"""What passes between a darkroom and its process: JSON and JPEG bytes behind their lengths, and every value checked on its way back.

The process has read a stranger's file, so its answer is believed no more than that file: no pickle, no field of a type or size that a
photo cannot have, no view that is more than a bare picture.
"""

import json
import math
import re
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from survey.domain.looks import REGIONS, PhotoLook, look_from_json
from survey.photos.opening import MAX_SIDE
from survey.photos.views import PREVIEW_SIDE, THUMB_SIDE, Developed

MAX_HEADER = 64 * 1024
# A picture of pure noise at these sides stays below; our own choice, as a bound on what is read into the worker.
MAX_VIEW = 8 * 1024 * 1024
_LENGTH = struct.Struct(">I")
LENGTH_BYTES = _LENGTH.size
_MOST_PROBES = 64
_INT64 = range(-(2**63), 2**63)

_PLAIN_SEGMENTS = frozenset({0xE0, 0xDB, 0xC0, 0xC4, 0xDD})  # JFIF, tables, baseline frame, restart interval
_FRAME, _SCAN = 0xC0, 0xDA
_END_OF_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7]")


class UnusableAnswerError(Exception):
    """The process answered what no photo can give."""


@dataclass(frozen=True)
class Answer:
    """How a file fared: *developed*; or *broken*, why its pixels cannot be read; or *unfinished*, what ended the work on it."""

    developed: Developed | None = None
    broken: str = ""
    unfinished: str = ""


def framed(document: Mapping[str, object], *parts: bytes) -> bytes:
    """*document* as JSON behind its length, then *parts* as they are."""
    header = json.dumps(document).encode()
    return b"".join((_LENGTH.pack(len(header)), header, *parts))


def length_of(prefix: bytes) -> int:
    """The length that *prefix* announces. Raises UnusableAnswerError above MAX_HEADER."""
    length = int(_LENGTH.unpack(prefix)[0])
    if length > MAX_HEADER:
        raise UnusableAnswerError("header too long")
    return length


def read_answer(read: Callable[[int], bytes]) -> Answer:
    """The answer that *read* (exactly so many bytes) delivers. Raises UnusableAnswerError, and what *read* raises."""
    header = _object(read(length_of(read(LENGTH_BYTES))))
    if "broken" in header or "unfinished" in header:
        return Answer(broken=_text(header.get("broken", "")), unfinished=_text(header.get("unfinished", "")))
    sizes = [_whole(header.get(name), range(1, MAX_VIEW + 1)) for name in ("preview", "thumb")]
    preview, thumb = (read(size) for size in sizes)
    if not (_is_bare_jpeg(preview, PREVIEW_SIDE) and _is_bare_jpeg(thumb, THUMB_SIDE)):
        raise UnusableAnswerError("a view is no bare JPEG of its size")
    width, height = (_whole(header.get(name), range(1, MAX_SIDE + 1)) for name in ("width", "height"))
    return Answer(Developed(preview, thumb, width, height, checked_look(header.get("look"))))


def checked_look(document: object) -> PhotoLook:
    """The look in *document*, each field of its type and range. Raises UnusableAnswerError."""
    if not isinstance(document, dict) or not all(name in _FIELDS and _FIELDS[name](value) for name, value in document.items()):
        raise UnusableAnswerError("a look that no photo has")
    look = look_from_json(json.dumps(document))
    return look or PhotoLook()


def _object(text: bytes) -> dict[str, object]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnusableAnswerError("no JSON") from error
    if not isinstance(document, dict):
        raise UnusableAnswerError("no JSON object")
    return document


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise UnusableAnswerError("no text")
    return "".join(letter for letter in value[:300] if letter.isprintable())


def _whole(value: object, allowed: range) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value not in allowed:
        raise UnusableAnswerError("a number out of its range")
    return value


def _between(low: float, high: float) -> Callable[[object], bool]:
    def check(value: object) -> bool:
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and low <= value <= high

    return check


def _is_hash(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value in _INT64


def _is_hashes(value: object) -> bool:
    return isinstance(value, list) and len(value) == len(REGIONS) and all(map(_is_hash, value))


def _is_probes(value: object) -> bool:
    return isinstance(value, list) and len(value) <= _MOST_PROBES and all(map(_is_probe, value))


def _is_probe(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and re.fullmatch("[a-z0-9/]{1,40}", str(value[0])) is not None and _is_hash(value[1])  # noqa: PLR2004 - a pair


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


_FIELDS: Mapping[str, Callable[[object], bool]] = {
    "damaged": _is_flag,
    "unfinished": _is_flag,
    "blur": _between(0, 1),
    "laplacian": _between(0, 1e9),
    "mean_luma": _between(0, 255),
    "p95_luma": _between(0, 255),
    "burnt": _between(0, 1),
    "hashes": _is_hashes,
    "probes": _is_probes,
    "thumbnail_distance": lambda value: _is_hash(value) and _between(0, 64)(value),
}


def _is_bare_jpeg(content: bytes, side: int) -> bool:
    """Whether *content* is one baseline scan of at most *side* pixels a side, with tables and JFIF header and nothing else."""
    position, framed_well = 2, False
    while content.startswith(b"\xff", position) and (marker := content[position + 1 : position + 2]):
        start, position = position + 2, position + 2 + int.from_bytes(content[position + 2 : position + 4], "big")
        if marker[0] == _SCAN:
            end = _END_OF_SCAN.search(content, position)
            return framed_well and content.startswith(b"\xff\xd8") and end is not None and content[end.start() :] == b"\xff\xd9"
        if marker[0] not in _PLAIN_SEGMENTS or position <= start:
            return False
        if marker[0] == _FRAME:
            height, width = struct.unpack(">HH", content[start + 3 : start + 7].ljust(4, b"\0"))
            framed_well = 0 < width <= side and 0 < height <= side
    return False
