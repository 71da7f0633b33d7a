"""Examining: every check on one visit, in time that grows with its photos."""

from collections.abc import Iterator

from survey.domain.checks import clock, filling, light, movement, origin, place, quality, reuse
from survey.domain.checks.catalogue import CHECKS
from survey.domain.checks.findings import Finding, found
from survey.domain.checks.thresholds import DEFAULTS, Thresholds
from survey.domain.checks.visit import Picture, Visit
from survey.domain.submissions import FileState

# What origin judges by the photo's source instead of taking it as the file gives it.
_JUDGED = frozenset({"chat_app"})


def examine(visit: Visit, thresholds: Thresholds = DEFAULTS) -> list[Finding]:
    """All findings on *visit*, the gravest first; at most one for each code and attachment."""
    findings = [
        *filling.on_visit(visit, thresholds), *clock.on_visit(visit, thresholds), *place.on_visit(visit, thresholds),
        *movement.on_visit(visit, thresholds),
    ]  # fmt: skip
    for picture in visit.pictures:
        findings += _on_picture(visit, picture, thresholds)
    return sorted(findings, key=lambda finding: (-finding.severity, finding.attachment, finding.code))


def _on_picture(visit: Visit, picture: Picture, thresholds: Thresholds) -> Iterator[Finding]:
    if picture.state is FileState.REFUSED:
        yield found("file_refused", picture.name, reason=picture.reason or "unreadable")
    if picture.state is not FileState.STORED:
        return
    # A sign that this version does not know was read by a newer one.
    for sign in picture.facts.signs:
        if sign in CHECKS and sign not in _JUDGED:
            yield found(sign, picture.name)
    yield from place.on_picture(visit, picture, thresholds)
    yield from clock.on_picture(visit, picture, thresholds)
    yield from light.on_picture(visit, picture, thresholds)
    yield from reuse.on_picture(visit, picture, thresholds)
    yield from origin.on_picture(picture, thresholds)
    yield from quality.on_picture(picture, thresholds)
