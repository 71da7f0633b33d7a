"""EXIF to facts: position, time, camera; whatever is odd becomes *not given*, never a wrong value."""

# ruff: noqa: PLR2004  # the numbers are those of clocks, angles and EXIF

import contextlib
import math
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from PIL import ExifTags, Image

from survey.domain.photos import PhotoFacts
from survey.domain.times import is_believable
from survey.photos.containers import Structure
from survey.photos.opening import BROKEN

Tags = Mapping[int, Any]

_MOMENT = re.compile(r"(\d{4})[:/-](\d\d)[:/-](\d\d)[ T](\d\d):(\d\d):(\d\d)")
_DAY = re.compile(r"(\d{4})[:/-](\d\d)[:/-](\d\d)")
_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)")
_HEMISPHERES = frozenset({"NORTH", "SOUTH", "EAST", "WEST"})  # some programs write the word
_LONGEST_OFFSET = timedelta(hours=14)
_TEXT_LENGTH = 100
# Our own choice: no shore is lower, no aeroplane higher; 4294967295 is how some programs write "unknown".
_LOWEST_M, _HIGHEST_M = -500, 20_000


def read_facts(image: Image.Image, structure: Structure, trailer_bytes: int) -> PhotoFacts:
    """The facts of an opened, undecoded *image* of this *structure*, which holds the EXIF of a PNG: Pillow would decode it to find that."""
    kind = structure.kind
    main, camera, gps, first = _directories(image, structure.exif, kind)
    latitude, longitude, signs = _position(gps)
    taken_at, offset = _taken(camera)
    return PhotoFacts(
        format=kind, width=image.width, height=image.height, orientation=_orientation(main, kind),
        latitude=latitude, longitude=longitude, accuracy_m=_positive(gps.get(ExifTags.GPS.GPSHPositioningError)),
        altitude_m=_altitude(gps), direction_deg=_direction(gps), taken_at=taken_at, offset=offset, gps_at=_gps_moment(gps),
        make=_text(main.get(ExifTags.Base.Make)), model=_text(main.get(ExifTags.Base.Model)),
        software=_text(main.get(ExifTags.Base.Software)), f_number=_positive(camera.get(ExifTags.Base.FNumber)),
        exposure_s=_positive(camera.get(ExifTags.Base.ExposureTime)), iso=_iso(camera.get(ExifTags.Base.ISOSpeedRatings)),
        trailer_bytes=trailer_bytes or None,
        has_thumbnail=bool(_number(first.get(ExifTags.Base.JpegIFByteCount))), container=structure.marks, signs=signs,
    )  # fmt: skip


def _directories(image: Image.Image, raw_exif: bytes, kind: str) -> tuple[Tags, Tags, Tags, Tags]:
    """The main directory, the camera's, that of the position, and that of the thumbnail; empty where they cannot be read."""
    try:
        if kind == "PNG":
            exif = Image.Exif()
            exif.load(b"Exif\x00\x00" + raw_exif if raw_exif else b"")
        else:
            exif = image.getexif()
        main = dict(exif)
    except BROKEN:
        return {}, {}, {}, {}
    return main, _directory(exif, ExifTags.IFD.Exif), _directory(exif, ExifTags.IFD.GPSInfo), _directory(exif, ExifTags.IFD.IFD1)


def _directory(exif: Image.Exif, which: int) -> Tags:
    try:
        return dict(exif.get_ifd(which))
    except BROKEN:
        return {}


def _orientation(main: Tags, kind: str) -> int | None:
    if kind == "HEIF":
        return 1  # the opener turns the pixels itself
    value = main.get(ExifTags.Base.Orientation)
    return value if isinstance(value, int) and 1 <= value <= 8 else None


def _position(gps: Tags) -> tuple[float | None, float | None, tuple[str, ...]]:
    latitude = _angle(gps.get(ExifTags.GPS.GPSLatitude), gps.get(ExifTags.GPS.GPSLatitudeRef), "NS", 90)
    longitude = _angle(gps.get(ExifTags.GPS.GPSLongitude), gps.get(ExifTags.GPS.GPSLongitudeRef), "EW", 180)
    if latitude is None or longitude is None:
        return None, None, ()
    if latitude == 0 and longitude == 0:
        return None, None, ("position_zero",)
    return latitude, longitude, ()


def _angle(value: object, letter: object, letters: str, limit: float) -> float | None:
    """Degrees from an EXIF angle; None without its hemisphere letter: a guess would be a wrong place."""
    side = (_text(letter) or "").upper()
    side = side[0] if side in _HEMISPHERES else side
    parts = [_number(part) for part in (value if isinstance(value, tuple) else (value,))]
    if side not in letters or len(side) != 1 or not 1 <= len(parts) <= 3 or parts[0] is None:
        return None
    # Seconds 0/0 beside fractional minutes mean "not given".
    minutes = [0.0 if part is None else part for part in parts[1:]]
    if any(not 0 <= part <= 60 for part in minutes) or (len(parts) > 1 and parts[1] is None):
        return None
    degrees = parts[0] + sum(part / 60**power for power, part in enumerate(minutes, start=1))
    return math.copysign(degrees, 1 if side == letters[0] else -1) if 0 <= degrees <= limit else None


def _altitude(gps: Tags) -> float | None:
    """Metres above the sea; below it where the reference says 1, or 3 (below the ellipsoid, EXIF 3.0)."""
    value = _number(gps.get(ExifTags.GPS.GPSAltitude))
    reference = gps.get(ExifTags.GPS.GPSAltitudeRef)
    first = reference[0] if isinstance(reference, bytes | tuple) and reference else reference
    metres = None if value is None else -value if first in {1, 3} else value
    return metres if metres is not None and _LOWEST_M <= metres <= _HIGHEST_M else None


def _direction(gps: Tags) -> float | None:
    value = _number(gps.get(ExifTags.GPS.GPSImgDirection))
    return value % 360 if value is not None and 0 <= value <= 360 else None


def _taken(camera: Tags) -> tuple[datetime | None, str | None]:
    original = _moment(camera.get(ExifTags.Base.DateTimeOriginal))
    if original is not None:
        return _with_offset(original, camera.get(ExifTags.Base.OffsetTimeOriginal))
    digitised = _moment(camera.get(ExifTags.Base.DateTimeDigitized))
    return _with_offset(digitised, camera.get(ExifTags.Base.OffsetTimeDigitized))


def _with_offset(local: datetime | None, offset: object) -> tuple[datetime | None, str | None]:
    text = _text(offset) or ""
    match = _OFFSET.fullmatch(text)
    if local is None or match is None:
        return local, None
    distance = timedelta(hours=int(match[2]), minutes=int(match[3]))
    if distance > _LONGEST_OFFSET or int(match[3]) > 59:
        return local, None
    return local.replace(tzinfo=timezone(-distance if match[1] == "-" else distance)), text


def _moment(value: object) -> datetime | None:
    match = _MOMENT.match(_text(value) or "")
    try:
        found = datetime(*(int(part) for part in match.groups())) if match else None  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:  # 0000:00:00, 31 February
        return None
    return found if found and is_believable(found) else None


def _gps_moment(gps: Tags) -> datetime | None:
    day = _DAY.match(_text(gps.get(ExifTags.GPS.GPSDateStamp)) or "")
    clock = gps.get(ExifTags.GPS.GPSTimeStamp)
    parts = [_number(part) for part in clock] if isinstance(clock, tuple) else []
    if day is None or len(parts) != 3 or any(part is None or part < 0 for part in parts):
        return None
    hours, minutes, seconds = (part or 0.0 for part in parts)
    if hours >= 24 or minutes >= 60 or seconds >= 61:
        return None
    try:
        midnight = datetime(int(day[1]), int(day[2]), int(day[3]), tzinfo=UTC)
    except ValueError:
        return None
    moment = timedelta(hours=hours, minutes=minutes, milliseconds=round(seconds * 1000))
    return midnight + moment if is_believable(midnight) else None


def _iso(value: object) -> int | None:
    first = value[0] if isinstance(value, tuple) and value else value
    return first if isinstance(first, int) and first > 0 else None


def _positive(value: object) -> float | None:
    number = _number(value)
    return number if number is not None and number >= 0 else None


def _number(value: object) -> float | None:
    """A finite float; None for x/0, which Pillow gives as nan, and for anything that is not a number."""
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, ArithmeticError):
        return None
    return number if math.isfinite(number) else None


def _text(value: object) -> str | None:
    """Printable NFC text of at most 100 letters; None where nothing is left. It is data: never a path, never markup."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return None
    with contextlib.suppress(UnicodeError):
        value = value.encode("latin-1").decode("utf-8")  # Pillow reads bytes as Latin-1; phones write UTF-8
    plain = "".join(letter for letter in value.split("\x00")[0] if unicodedata.category(letter)[0] != "C")
    return unicodedata.normalize("NFC", plain).strip()[:_TEXT_LENGTH] or None
