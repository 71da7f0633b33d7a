"""Origin: whether the file is what the camera wrote, judged by how the phone says the photo came."""

import re
from collections.abc import Iterator

from survey.domain.checks.findings import Finding, found
from survey.domain.checks.thresholds import Thresholds
from survey.domain.checks.visit import Picture
from survey.domain.photos import PhotoFacts
from survey.domain.submissions import Source

# A browser writes these pictures itself, without the camera's metadata.
_BY_THE_PAGE = frozenset({Source.IN_PAGE, Source.FRAME})
_PICKED = frozenset({Source.PICKED, Source.DESK})
_EDITORS = re.compile(
    r"\b(adobe|photoshop|lightroom|gimp|snapseed|pics ?art|picasa|meitu|facetune|canva|paint|acdsee|photoscape|pixlr|affinity|darktable"
    r"|rawtherapee|luminar|polarr|vsco|inshot|beautyplus|camera360|youcam|b612|photo ?editor|photofiltre|xnview|irfanview|faststone"
    r"|imagemagick|windows photo|capcut|lightx|fotor|photodirector|paintshop|corel|timemark)",
    re.IGNORECASE,
)
_SCREEN_SHORT, _SCREEN_SHAPE = (600, 1640), (1.6, 2.45)  # pixels of the shorter side; longer over shorter


def on_picture(picture: Picture, limits: Thresholds) -> Iterator[Finding]:
    """Findings on where the file of *picture* came from; none where nothing was read of it."""
    facts, name = picture.facts, picture.name
    if facts.software and _EDITORS.search(facts.software):
        yield found("edited", name, software=facts.software)
    if picture.look and picture.look.thumbnail_distance is not None and picture.look.thumbnail_distance > limits.thumbnail_bits:
        yield found("other_thumbnail", name, distance=picture.look.thumbnail_distance)
    if facts.format is None or picture.capture.source in _BY_THE_PAGE:
        return
    if is_screenshot(facts):
        yield found("screenshot", name)
    elif "chat_app" in facts.signs:
        yield found("chat_app", name)
    elif is_stripped(facts) and picture.capture.source is Source.SYSTEM:
        yield found("metadata_missing", name)
    elif is_stripped(facts) and picture.capture.source in _PICKED:
        yield found("metadata_unchecked", name)


def is_stripped(facts: PhotoFacts) -> bool:
    """Whether nothing says which camera took it, and when."""
    return not facts.make and not facts.model and facts.taken_at is None


def is_screenshot(facts: PhotoFacts) -> bool:
    """Whether it has the format and shape of a phone's screen, and no camera."""
    if facts.format != "PNG" or facts.make or not facts.width or not facts.height:
        return False
    short, long = sorted((facts.width, facts.height))
    return _SCREEN_SHORT[0] <= short <= _SCREEN_SHORT[1] and _SCREEN_SHAPE[0] <= long / short <= _SCREEN_SHAPE[1]
