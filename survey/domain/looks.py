"""Looks: what a photo's pixels say, measured once by the worker after the answer to the phone."""

import json
from dataclasses import asdict, dataclass, fields

from survey.domain.canonical import dumps

# The regions of a picture whose hashes are kept, in the order of the columns of `likeness`.
REGIONS = ("whole", "centre90", "top80", "centre80")


@dataclass(frozen=True)
class PhotoLook:
    """What was measured on a photo's pixels; None is *could not be measured*.

    *damaged*: the picture opens, but part of its data is not what the camera wrote. *unfinished*: the worker was stopped at every attempt.
    *blur* is Crete's re-blur score at 640 px (0 sharp, 1 blurred), *laplacian* the Laplacian's variance at 640 px; lumas are 0-255,
    *burnt* the share of pixels above 250. *hashes* are the 64-bit perceptual hashes of `REGIONS` (signed), None where the picture is too
    plain to be told from others; *probes* are (name, hash) of every part and turn by which a copy of an older picture is looked for.
    *thumbnail_distance* counts the bits of 64 in which the EXIF thumbnail differs from the picture.
    """

    damaged: bool = False
    unfinished: bool = False
    blur: float | None = None
    laplacian: float | None = None
    mean_luma: float | None = None
    p95_luma: float | None = None
    burnt: float | None = None
    hashes: tuple[int, ...] | None = None
    probes: tuple[tuple[str, int], ...] = ()
    thumbnail_distance: int | None = None


_BITS = (1 << 64) - 1


def bits_apart(one: int, other: int) -> int:
    """In how many of 64 bits two hashes differ."""
    return ((one ^ other) & _BITS).bit_count()


def how_found(probe: str, region: str) -> str:
    """How a picture is found in another: the *probe* of the newer one, and what its fitting the older one's *region* says of it.

    A whole picture that is a part of another one was cropped out of it; that is said in place of the probe's part. So it is with one
    whose plain edge was left aside: the sky at the edge of a cropped picture is no frame.
    """
    turn, slash, part = probe.rpartition("/")
    return f"{turn}{slash}cropped" if part in {"whole", "trimmed"} and region != "whole" else probe


def likeness(newer: PhotoLook, older: PhotoLook) -> tuple[int, str] | None:
    """How near the *newer* photo comes to the *older* one: the least distance in bits, and how it is found there (`how_found`).

    None where one of them is too plain to be told from others, or has not been looked at.
    """
    regions = tuple(zip(REGIONS, older.hashes or (), strict=False))
    found = [(bits_apart(probe, value), how_found(name, region)) for name, probe in newer.probes for region, value in regions]
    return min(found, key=lambda each: each[0], default=None)


def look_to_json(look: PhotoLook) -> str:
    """*look* as canonical JSON without what was not measured."""
    return dumps({name: value for name, value in asdict(look).items() if value is not None and value is not False and value != ()})


def look_from_json(text: str | None) -> PhotoLook | None:
    """The look that `look_to_json` wrote, None for None; unknown keys are left out."""
    if text is None:
        return None
    known = {each.name for each in fields(PhotoLook)}
    given = {name: value for name, value in json.loads(text).items() if name in known}
    hashes, probes = given.pop("hashes", None), given.pop("probes", ())
    return PhotoLook(
        **given, hashes=tuple(hashes) if hashes is not None else None, probes=tuple((name, value) for name, value in probes)
    )
