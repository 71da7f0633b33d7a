"""Position, altitude, time and offset as a second reader sees them: exiftool, over files of many odd kinds and every public photo.

Where we say less than exiftool, or more, `BETTER` names the case and the reason.
"""

import io
import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import ExifTags, Image
from PIL.TiffImagePlugin import IFDRational

from survey.domain.photos import PhotoFacts
from survey.photos.intake import inspect
from tests.photos.pictures import GPS, SHARED, gradient, with_exif

pytestmark = pytest.mark.skipif(not shutil.which("exiftool"), reason="exiftool (libimage-exiftool-perl) is not installed")

TAGS = [
    "-Composite:GPSLatitude", "-Composite:GPSLongitude", "-Composite:GPSAltitude", "-Composite:GPSDateTime",
    "-EXIF:DateTimeOriginal", "-EXIF:CreateDate", "-EXIF:OffsetTimeOriginal", "-EXIF:OffsetTimeDigitized",
]  # fmt: skip
HOUSE = {GPS.GPSLatitudeRef: "N", GPS.GPSLatitude: (18.0, 4.0, 30.0), GPS.GPSLongitudeRef: "E", GPS.GPSLongitude: (106.0, 6.0, 0.0)}
ORIGINAL, DIGITISED, OFFSET, OFFSET_DIGITISED = 0x9003, 0x9004, 0x9011, 0x9012
MORNING = "2026:11:23 09:12:01"

POSITIONS: dict[str, Mapping[int, object]] = {
    "a plain position": HOUSE,
    "south and west": HOUSE | {GPS.GPSLatitudeRef: "S", GPS.GPSLongitudeRef: "W"},
    "lower-case letters": HOUSE | {GPS.GPSLatitudeRef: "s", GPS.GPSLongitudeRef: "w"},
    "words for letters": HOUSE | {GPS.GPSLatitudeRef: "South", GPS.GPSLongitudeRef: "West"},
    "one number of degrees": HOUSE | {GPS.GPSLatitude: (18.075,), GPS.GPSLongitude: (106.1,)},
    "fractional minutes": HOUSE | {GPS.GPSLatitude: (18.0, 4.512345, 0.0)},
    "two parts": HOUSE | {GPS.GPSLatitude: (18.0, 4.5)},
    "sixty seconds are the next minute": HOUSE | {GPS.GPSLatitude: (18.0, 4.0, 60.0)},
    "below the sea": HOUSE | {GPS.GPSAltitude: 12.5, GPS.GPSAltitudeRef: b"\x01"},
    "at the sea": HOUSE | {GPS.GPSAltitude: 0.0, GPS.GPSAltitudeRef: b"\x00"},
    "below the ellipsoid": HOUSE | {GPS.GPSAltitude: 3.0, GPS.GPSAltitudeRef: b"\x03"},
    "satellites' time": HOUSE | {GPS.GPSDateStamp: "2026:11:23", GPS.GPSTimeStamp: (2.0, 12.0, 1.25)},
    "a date with dashes": HOUSE | {GPS.GPSDateStamp: "2026-11-23", GPS.GPSTimeStamp: (23.0, 59.0, 59.0)},
    "a date without a time": HOUSE | {GPS.GPSDateStamp: "2026:11:23"},
    "no position": {},
}
TIMES: dict[str, Mapping[int, object]] = {
    "local time": {ORIGINAL: MORNING},
    "time and offset": {ORIGINAL: MORNING, OFFSET: "+07:00"},
    "west of Greenwich": {ORIGINAL: MORNING, OFFSET: "-03:30"},
    "digitised only": {DIGITISED: MORNING, OFFSET_DIGITISED: "+07:00"},
    "the original before the digitised": {ORIGINAL: MORNING, DIGITISED: "2026:11:24 10:00:00"},
    "dashes": {ORIGINAL: "2026-11-23 09:12:01"},
    "ISO": {ORIGINAL: "2026-11-23T09:12:01"},
    "a fraction": {ORIGINAL: MORNING + ".25"},
}
# Where we differ on purpose: what we say of latitude, altitude, time and offset, and why.
BETTER: dict[str, tuple[bytes, tuple[float | None, float | None, str | None, str | None], str]] = {
    "seconds x/0": (
        with_exif(gps=HOUSE | {GPS.GPSLatitude: (18.0, 4.5, IFDRational(0, 0))}), (18.075, None, None, None),
        "some cameras write fractional minutes and 0/0 seconds; exiftool gives no latitude",
    ),
    "no hemisphere": (
        with_exif(gps={tag: value for tag, value in HOUSE.items() if tag is not GPS.GPSLatitudeRef}), (None, None, None, None),
        "north or south would be a guess; exiftool gives the number without a sign",
    ),
    "hemisphere NUL": (
        with_exif(gps=HOUSE | {GPS.GPSLatitudeRef: "\x00"}), (None, None, None, None), "the same; exiftool takes it as north",
    ),
    "sixty-one minutes": (with_exif(gps=HOUSE | {GPS.GPSLatitude: (18.0, 61.0, 0.0)}), (None, None, None, None), "no such angle"),
    "ninety-one degrees": (with_exif(gps=HOUSE | {GPS.GPSLatitude: (91.0, 0.0, 0.0)}), (None, None, None, None), "no such place"),
    "zero, zero": (
        with_exif(gps=HOUSE | {GPS.GPSLatitude: (0.0, 0.0, 0.0), GPS.GPSLongitude: (0.0, 0.0, 0.0)}), (None, None, None, None),
        "a phone without a fix, not a place in the ocean",
    ),
    "altitude without a reference": (
        with_exif(gps=HOUSE | {GPS.GPSAltitude: 7.0}), (18.075, 7.0, None, None), "EXIF's default is above the sea",
    ),
    "altitude unknown": (
        with_exif(gps=HOUSE | {GPS.GPSAltitude: 4294967295.0, GPS.GPSAltitudeRef: b"\x00"}), (18.075, None, None, None),
        "4294967295 m is no height",
    ),
    "time of zeros": (with_exif(camera={ORIGINAL: "0000:00:00 00:00:00"}), (None, None, None, None), "a camera whose clock was never set"),
    "time of blanks": (with_exif(camera={ORIGINAL: "    :  :     :  :  "}), (None, None, None, None), "EXIF's way to say unknown"),
    "time with a hole": (with_exif(camera={ORIGINAL: "2005:0?:03 10:00:00"}), (None, None, None, None), "met on a real file"),
    "31 February": (with_exif(camera={ORIGINAL: "2026:02:31 10:00:00"}), (None, None, None, None), "no such day"),
    "offset of 15 hours": (
        with_exif(camera={ORIGINAL: MORNING, OFFSET: "+15:00"}), (None, None, MORNING, None), "no such zone: local time stays",
    ),
}  # fmt: skip


def by_exiftool(paths: list[Path]) -> list[dict[str, Any]]:
    run = subprocess.run(["exiftool", "-json", "-n", "-q", *TAGS, *map(str, paths)], capture_output=True, check=False)
    found: list[dict[str, Any]] = json.loads(run.stdout)
    assert [Path(each["SourceFile"]) for each in found] == paths
    return found


def moment(facts: PhotoFacts) -> str | None:
    return facts.taken_at.strftime("%Y:%m:%d %H:%M:%S") if facts.taken_at else None


def agrees(facts: PhotoFacts, expected: Mapping[str, Any], name: str) -> None:
    taken, offset = expected.get("DateTimeOriginal"), expected.get("OffsetTimeOriginal")
    if taken is None:
        taken, offset = expected.get("CreateDate"), expected.get("OffsetTimeDigitized")
    gps = facts.gps_at.strftime("%Y:%m:%d %H:%M:%S") if facts.gps_at else None
    assert facts.latitude == pytest.approx(expected.get("GPSLatitude"), abs=1e-8), name
    assert facts.longitude == pytest.approx(expected.get("GPSLongitude"), abs=1e-8), name
    assert facts.altitude_m == pytest.approx(expected.get("GPSAltitude"), abs=1e-4), name
    assert moment(facts) == (re.sub(r"[-/]", ":", str(taken)[:19]).replace("T", " ") if taken else None), name
    assert (facts.offset, gps) == (offset, expected["GPSDateTime"][:19] if "GPSDateTime" in expected else None), name


def read(path: Path) -> PhotoFacts:
    return inspect(path, path.stat().st_size).facts


def test_odd_positions_and_times_agree(tmp_path):
    contents = {name: with_exif(gps=gps) for name, gps in POSITIONS.items()}
    contents |= {name: with_exif(camera=camera) for name, camera in TIMES.items()}
    paths = [tmp_path / f"{number}.jpg" for number in range(len(contents))]
    for path, content in zip(paths, contents.values(), strict=True):
        path.write_bytes(content)

    for name, path, expected in zip(contents, paths, by_exiftool(paths), strict=True):
        agrees(read(path), expected, name)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "big-endian JPEG"])
def test_other_containers_agree(tmp_path, kind):
    exif = Image.Exif()
    exif.endian = ">" if kind.startswith("big") else "<"
    exif[ExifTags.Base.Make] = "Demo"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(HOUSE | {GPS.GPSAltitude: 12.5, GPS.GPSAltitudeRef: b"\x01"})
    exif.get_ifd(ExifTags.IFD.Exif).update({ORIGINAL: MORNING, OFFSET: "+07:00"})
    buffer = io.BytesIO()
    gradient().save(buffer, kind.rpartition(" ")[2], exif=exif)
    path = tmp_path / "photo.jpg"
    path.write_bytes(buffer.getvalue())

    facts = read(path)
    agrees(facts, by_exiftool([path])[0], kind)
    assert (facts.latitude, facts.altitude_m, facts.offset) == (pytest.approx(18.075), -12.5, "+07:00")


@pytest.mark.parametrize("name", BETTER)
def test_where_we_differ_on_purpose(tmp_path, name):
    content, (latitude, altitude, taken, offset), reason = BETTER[name]
    path = tmp_path / "photo.jpg"
    path.write_bytes(content)

    facts = read(path)

    assert (facts.latitude, facts.altitude_m) == (latitude and pytest.approx(latitude), altitude), reason
    assert (moment(facts), facts.offset) == (taken, offset), reason
    with pytest.raises(AssertionError):  # exiftool says something else: the case belongs here
        agrees(facts, by_exiftool([path])[0], name)


def test_every_public_photo_agrees():
    kinds = {".jpg", ".jpeg", ".heic", ".heif"}
    paths = sorted(path for path in SHARED.rglob("*") if path.suffix.lower() in kinds)
    if not paths:
        pytest.skip("no photos in ../shared/photos")
    compared = 0
    for path, expected in zip(paths, by_exiftool(paths), strict=True):
        facts = read(path)
        agrees(facts, expected, path.name)
        compared += facts.latitude is not None
    assert compared >= 9
