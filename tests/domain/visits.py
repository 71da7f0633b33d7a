"""Visits for the tests of the checks: one that is well made, and what may be wrong with it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from survey.domain.checks import Finding, Other, Picture, Thresholds, Use, Visit, examine
from survey.domain.looks import PhotoLook
from survey.domain.photos import PhotoFacts
from survey.domain.places import Border
from survey.domain.submissions import Capture, FileState, Fix, Source
from survey.domain.times import VIETNAM

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # 10:00 in Viet Nam
TAKEN = NOW - timedelta(minutes=20)
HOUSE = (18.0512341, 106.1012342)
METRE = 1 / 110_670  # degrees of latitude at 18° N
SQUARE = Border.of({"type": "Polygon", "coordinates": [[[106.0, 18.0], [106.2, 18.0], [106.2, 18.1], [106.0, 18.1], [106.0, 18.0]]]})
SHARP = PhotoLook(blur=0.2, laplacian=400.0, mean_luma=110.0, p95_luma=202.0, burnt=0.01, thumbnail_distance=2)


def fix(metres_north: float = 0, accuracy_m: float | None = 10, at: datetime | None = TAKEN) -> Fix:
    """The phone's position, so many metres north of the house."""
    return Fix(HOUSE[0] + metres_north * METRE, HOUSE[1], accuracy_m, at=at)


def facts(taken: datetime | None = TAKEN, **changes: object) -> PhotoFacts:
    """What a phone's camera writes at ten in the morning."""
    made = PhotoFacts(
        format="JPEG", width=4000, height=3000, taken_at=taken.astimezone(VIETNAM) if taken else None, gps_at=taken,
        make="Samsung", model="SM-M127F", f_number=1.8, exposure_s=1 / 1000, iso=50,
    )  # fmt: skip
    return replace(made, **changes)


def photo(name: str = "a.jpg", at: Fix | None = None, exif: Fix | None = None, **changes: object) -> Picture:
    """A good photo of the system camera, with the phone's position *at* or only the file's own *exif*."""
    found = facts()
    if exif is not None:
        found = replace(found, latitude=exif.latitude, longitude=exif.longitude, accuracy_m=exif.accuracy_m)
    capture = Capture(name, Source.SYSTEM, after=fix() if at is None and exif is None else at)
    return replace(Picture(name, FileState.STORED, capture, found, look=SHARP, outdoor=True), **changes)


def visit(*pictures: Picture, **changes: object) -> Visit:
    """A well-made visit with *pictures*, or changed."""
    made = Visit(
        "uuid:1", NOW, started_at=NOW - timedelta(minutes=30), ended_at=NOW - timedelta(minutes=5), site="s1", round="2026-1",
        site_line=((HOUSE[1], HOUSE[0]),), fix=fix(), border=SQUARE, pictures=pictures, clock_drift_s=1.5,
        round_begins=NOW - timedelta(days=10), consent="given", answered=12, filled_s=1500.0,
    )  # fmt: skip
    return replace(made, **changes)


def codes(made: Visit, **limits: float) -> list[tuple[str, str]]:
    """Code and attachment of each finding, the gravest first."""
    return [(finding.code, finding.attachment) for finding in examine(made, Thresholds(**limits))]


def only(made: Visit, code: str) -> Finding | None:
    """The finding with *code*; None where there is none."""
    return next((finding for finding in examine(made) if finding.code == code), None)


def use(**changes: object) -> Use:
    """The same file in another household's submission of the same morning."""
    return replace(Use("uuid:2", "ABCD-1234", "s2", "HO-0002", "2026-1", NOW), **changes)


def other(metres_north: float = 60, seconds: float = -600, **changes: object) -> Other:
    """The same person's visit to another household so many *seconds* later (before: negative)."""
    ended = NOW - timedelta(minutes=5) + timedelta(seconds=seconds)
    place = fix(metres_north, at=TAKEN + timedelta(seconds=seconds))
    made = Other("uuid:9", "ZZZZ-9999", "s9", "HO-0009", ended, place, ((HOUSE[1], HOUSE[0] + metres_north * METRE),))
    return replace(made, **changes)
