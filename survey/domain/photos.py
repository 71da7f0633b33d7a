"""Photos: what a file says of itself, and what the intake decided about it."""

import json
from dataclasses import dataclass, field, fields
from datetime import datetime

from survey.domain.canonical import dumps


@dataclass(frozen=True)
class PhotoFacts:
    """What was read from a photo's bytes before the answer to the phone; None is *not given*.

    *taken_at* is EXIF local time, naive where *offset* is None; *gps_at* is aware UTC; degrees WGS 84, metres.
    *width* and *height* are as stored, before *orientation* (EXIF 1-8) is applied. *trailer_bytes* follow the picture's own
    end (a motion photo's film, say). *has_thumbnail*: there is one in EXIF. *container* is what the file's own structure says of where
    it came from: `c2pa` (a signed manifest of its making), `facebook` (its mark in APP13), `jfif`, `progressive`. *signs* are codes of
    `survey.domain.checks.CHECKS` that the bytes alone give away.
    """

    format: str | None = None
    width: int | None = None
    height: int | None = None
    orientation: int | None = None
    latitude: float | None = None
    longitude: float | None = None
    accuracy_m: float | None = None
    altitude_m: float | None = None
    direction_deg: float | None = None
    taken_at: datetime | None = None
    offset: str | None = None
    gps_at: datetime | None = None
    make: str | None = None
    model: str | None = None
    software: str | None = None
    f_number: float | None = None
    exposure_s: float | None = None
    iso: int | None = None
    trailer_bytes: int | None = None
    has_thumbnail: bool = False
    container: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()


def facts_to_json(facts: PhotoFacts) -> str:
    """*facts* as canonical JSON without what was not given; times in ISO 8601."""
    given = {each.name: getattr(facts, each.name) for each in fields(facts)}
    texts = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in given.items()}
    return dumps({name: value for name, value in texts.items() if value is not None and value is not False and value != ()})


def facts_from_json(text: str) -> PhotoFacts:
    """The facts that `facts_to_json` wrote; unknown keys are left out, so that a newer version's facts can still be read."""
    known = {each.name for each in fields(PhotoFacts)}
    given: dict[str, object] = {name: value for name, value in json.loads(text).items() if name in known}
    for name in ("taken_at", "gps_at"):
        if isinstance(moment := given.get(name), str):
            given[name] = datetime.fromisoformat(moment)
    for name in ("container", "signs"):
        if isinstance(codes := given.get(name), list):
            given[name] = tuple(codes)
    return PhotoFacts(**given)  # type: ignore[arg-type]  # the store holds only what facts_to_json wrote


@dataclass(frozen=True)
class Intake:
    """The verdict of the intake on one file: accepted (code `""`) with facts, or refused with a code of `REFUSALS`."""

    accepted: bool
    code: str
    media_type: str
    facts: PhotoFacts = field(default_factory=PhotoFacts)


@dataclass(frozen=True)
class RefusalText:
    """Why a file is kept but not treated as a photo, in both languages."""

    vi: str
    en: str


REFUSALS: dict[str, RefusalText] = {
    "empty": RefusalText("Tệp rỗng.", "The file is empty."),
    "not_a_photo": RefusalText("Tệp không phải là ảnh JPEG, PNG, WebP hay HEIC.", "The file is not a JPEG, PNG, WebP or HEIC photo."),
    "too_many_pixels": RefusalText("Ảnh khai kích thước quá lớn.", "The picture claims too many pixels."),
    "too_many_scans": RefusalText("Ảnh JPEG có quá nhiều lượt quét.", "The JPEG has too many scans."),
    "too_small": RefusalText("Ảnh quá nhỏ để làm minh chứng.", "The picture is too small to be evidence."),
    "animated": RefusalText("Tệp là ảnh động.", "The file is an animation."),
    "cut_short": RefusalText("Tệp bị cắt cụt khi gửi.", "The file was cut short on its way."),
    "unreadable": RefusalText("Không đọc được ảnh.", "The picture cannot be read."),
}
