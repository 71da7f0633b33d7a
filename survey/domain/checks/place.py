"""Place: whether it was where the register says, inside the commune, and whether phone and camera agree."""

from collections.abc import Iterator

from survey.domain.checks.findings import Finding, found
from survey.domain.checks.thresholds import Thresholds
from survey.domain.checks.visit import Picture, Visit
from survey.domain.places import distance_m, distance_to_line_m
from survey.domain.submissions import Fix

_HAMLET_SITES = 5  # our own choice: fewer neighbours may all be across the lane that parts two hamlets


def radius_m(fix: Fix, limits: Thresholds) -> float:
    """How far off *fix* may be, in metres."""
    return limits.assumed_accuracy_m if fix.accuracy_m is None else fix.accuracy_m


def on_visit(visit: Visit, limits: Thresholds) -> Iterator[Finding]:
    """Findings on the visit's own position."""
    if visit.fix is not None:
        yield from _position(visit, visit.fix, "", limits)
        yield from _hamlet(visit, visit.fix, limits)
    elif not any(picture.fix for picture in visit.pictures):
        yield found("no_position")


def on_picture(visit: Visit, picture: Picture, limits: Thresholds) -> Iterator[Finding]:
    """Findings on where *picture* was taken."""
    if picture.fix is None:
        yield found("photo_without_position", picture.name)
    else:
        yield from _position(visit, picture.fix, picture.name, limits)
    yield from _exif_apart(picture, limits)


def _position(visit: Visit, fix: Fix, attachment: str, limits: Thresholds) -> Iterator[Finding]:
    if fix.by_hand:
        yield found("position_by_hand", attachment)
    elif fix.accuracy_m == 0 and not _from_file(visit, attachment):
        yield found("accuracy_zero", attachment)
    radius = radius_m(fix, limits)
    if radius > limits.usable_accuracy_m:
        yield found("position_vague", attachment, accuracy_m=round(radius))
        return
    outside = visit.border.distance_to_m(fix.latitude, fix.longitude) if visit.border else 0.0
    if outside > limits.border_buffer_m:
        yield found("outside_commune", attachment, distance_m=round(outside))
    yield from _site(visit, fix, attachment, limits)


def _from_file(visit: Visit, attachment: str) -> bool:
    """Whether the position of *attachment* is the file's: only a phone's own tells something by its radius."""
    return any(picture.name == attachment and picture.capture.fix is None for picture in visit.pictures)


def _site(visit: Visit, fix: Fix, attachment: str, limits: Thresholds) -> Iterator[Finding]:
    if not visit.site_line:
        return
    distance, radius = distance_to_line_m(fix.latitude, fix.longitude, visit.site_line), radius_m(fix, limits)
    both = radius + limits.site_radius_m
    figures = {"distance_m": round(distance), "accuracy_m": round(radius)}
    if distance - both > limits.far_from_site_m:
        yield found("far_from_site", attachment, **figures)
    elif distance > max(limits.near_site_m, both):
        yield found("off_site", attachment, **figures)


def _hamlet(visit: Visit, fix: Fix, limits: Thresholds) -> Iterator[Finding]:
    """Whether the visit to a site without a position was among the sites of other hamlets."""
    near = visit.hamlet_sites[:_HAMLET_SITES]
    usable = radius_m(fix, limits) <= limits.usable_accuracy_m
    if usable and len(near) == _HAMLET_SITES and not any(own for _, own in near):
        yield found("outside_hamlet", hamlets=sorted({name for name, _ in near}))


def _exif_apart(picture: Picture, limits: Thresholds) -> Iterator[Finding]:
    phone, exif = picture.capture.fix, picture.exif_fix
    if phone is None or exif is None:
        return
    distance = distance_m(phone.latitude, phone.longitude, exif.latitude, exif.longitude)
    if distance - radius_m(phone, limits) - radius_m(exif, limits) > limits.exif_apart_m:
        yield found("exif_elsewhere", picture.name, distance_m=round(distance))
