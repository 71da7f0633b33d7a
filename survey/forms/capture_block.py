"""The survey's own block in an instance, `urn:ntm-survey:capture:1`: who, which site, where the phone was, how each photo came to be.

ODK Collect does not write it; what it lacks is then read from the form's own questions.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from lxml import etree

from survey.domain.names import clean_file_name
from survey.domain.submissions import Capture, Consent, Fix, Source
from survey.domain.times import VIETNAM, is_believable, optional_to_text, to_text

NAMESPACE = "urn:ntm-survey:capture:1"
_NSMAP: Any = {None: NAMESPACE}  # lxml takes None for the default prefix; its stubs do not know
_SOURCES = frozenset(item.value for item in Source)
_CONSENTS = frozenset(item.value for item in Consent)
_LONGEST_ID = 100
_HASH_LETTERS = frozenset("0123456789abcdef")
_HASH_LENGTH = 64
_BY_HAND = "hand"


@dataclass(frozen=True)
class CaptureBlock:
    """What the block says; *captures* by file name, *by* the id of who filled the form in, *notice* the version that was shown."""

    site: str | None = None
    hamlet: str | None = None
    fix: Fix | None = None
    captures: Mapping[str, Capture] = field(default_factory=dict)
    by: str | None = None
    consent: Consent | None = None
    notice: str | None = None


def read_block(root: etree._Element) -> CaptureBlock:
    """The block directly under an instance's *root*; empty where there is none."""
    block = root.find(_tag("survey"))
    if block is None:
        return CaptureBlock()
    captures = [_capture(photo) for photo in block.findall(_tag("photo"))]
    return CaptureBlock(
        site=short_text(block.findtext(_tag("site"))),
        hamlet=short_text(block.findtext(_tag("hamlet"))),
        fix=_fix(block.find(_tag("fix"))),
        captures={capture.name: capture for capture in captures if capture.name},
        by=short_text(block.findtext(_tag("by"))),
        consent=_consent(block.findtext(_tag("consent"))),
        notice=short_text(block.findtext(_tag("notice"))),
    )


def write_block(root: etree._Element, block: CaptureBlock) -> None:
    """Append *block* to an instance's *root*."""
    element = etree.SubElement(root, _tag("survey"), nsmap=_NSMAP)
    for name in ("site", "hamlet", "by", "consent", "notice"):
        value = getattr(block, name)
        if value:
            etree.SubElement(element, _tag(name)).text = value
    _write_fix(element, "fix", block.fix)
    for capture in block.captures.values():
        photo = etree.SubElement(element, _tag("photo"), name=capture.name, source=capture.source.value)
        given = {"last-modified": optional_to_text(capture.last_modified), "sha256": capture.sha256, "size": capture.size}
        for name, attribute in given.items():
            if attribute is not None:
                photo.set(name, str(attribute))
        _write_fix(photo, "before", capture.before)
        _write_fix(photo, "after", capture.after)


def position(latitude: float, longitude: float, accuracy_m: float | None, altitude_m: float | None, at: datetime | None) -> Fix | None:
    """A fix of figures that can be one: on the globe, accuracy not negative; None otherwise."""
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):  # noqa: PLR2004 - degrees; NaN fails too
        return None
    return Fix(latitude, longitude, accuracy_m if accuracy_m is not None and accuracy_m >= 0 else None, altitude_m, at)


def moment(text: str | None) -> datetime | None:
    """The aware moment of an ISO 8601 text (without an offset: Viet Nam's); None for anything else, and for no believable year."""
    try:
        found = datetime.fromisoformat((text or "").strip())
    except (ValueError, OverflowError):
        return None
    return (found if found.tzinfo else found.replace(tzinfo=VIETNAM)).astimezone(UTC) if is_believable(found) else None


def short_text(text: str | None) -> str | None:
    """*text* without spaces around it and at most 100 characters long; None where it is empty."""
    return (text or "").strip()[:_LONGEST_ID] or None


def finite(text: str | None) -> float | None:
    """The finite number in *text*, or None."""
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _consent(text: str | None) -> Consent | None:
    """What was said; any other text is no answer, and so no consent."""
    said = (text or "").strip()
    return Consent(said) if said in _CONSENTS else None


def _capture(photo: etree._Element) -> Capture:
    source, sha256, size = photo.get("source", ""), photo.get("sha256", "").lower(), photo.get("size", "")
    return Capture(
        name=clean_file_name(photo.get("name", "")),
        source=Source(source) if source in _SOURCES else Source.UNKNOWN,
        before=_fix(photo.find(_tag("before"))),
        after=_fix(photo.find(_tag("after"))),
        last_modified=moment(photo.get("last-modified")),
        sha256=sha256 if len(sha256) == _HASH_LENGTH and set(sha256) <= _HASH_LETTERS else None,
        size=int(size) if size.isascii() and size.isdigit() and len(size) <= 15 else None,  # noqa: PLR2004 - no file is larger
    )


def _fix(element: etree._Element | None) -> Fix | None:
    if element is None:
        return None
    latitude, longitude = finite(element.get("latitude")), finite(element.get("longitude"))
    if latitude is None or longitude is None:
        return None
    fix = position(latitude, longitude, finite(element.get("accuracy")), finite(element.get("altitude")), moment(element.get("at")))
    return replace(fix, by_hand=True) if fix and element.get("placed") == _BY_HAND else fix


def _write_fix(parent: etree._Element, name: str, fix: Fix | None) -> None:
    if fix is None:
        return
    given = {"latitude": fix.latitude, "longitude": fix.longitude, "accuracy": fix.accuracy_m, "altitude": fix.altitude_m}
    element = etree.SubElement(parent, _tag(name), {key: repr(value) for key, value in given.items() if value is not None})
    if fix.at:
        element.set("at", to_text(fix.at))
    if fix.by_hand:
        element.set("placed", _BY_HAND)
