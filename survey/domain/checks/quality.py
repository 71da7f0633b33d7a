"""Quality: whether a person can see on it what it is to show."""

from collections.abc import Iterator

from survey.domain.checks.findings import Finding, found
from survey.domain.checks.thresholds import Thresholds
from survey.domain.checks.visit import Picture
from survey.domain.looks import PhotoLook


def on_picture(picture: Picture, limits: Thresholds) -> Iterator[Finding]:
    """Findings on the pixels of *picture*; none while nobody has looked at them."""
    look, name = picture.look or PhotoLook(), picture.name
    if look.unfinished:
        yield found("check_unfinished", name)
    elif picture.broken:
        yield found("broken_pixels", name)
    elif look.damaged:
        yield found("pixels_damaged", name)
    yield from _brightness(look, name, limits)
    if _is_blurred(look, limits):
        yield found("blurred", name)


def _brightness(look: PhotoLook, name: str, limits: Thresholds) -> Iterator[Finding]:
    if look.mean_luma is not None and look.mean_luma < limits.black_mean:
        yield found("black", name)
    elif _below(look.mean_luma, limits.dark_mean) or _below(look.p95_luma, limits.dark_p95):
        yield found("dark", name)
    if look.burnt is not None and look.burnt > limits.burnt_share:
        yield found("burnt", name, share_percent=round(100 * look.burnt))


def _is_blurred(look: PhotoLook, limits: Thresholds) -> bool:
    """Nothing is sharp in a black picture: only its blackness is said."""
    if _below(look.mean_luma, limits.black_mean):
        return False
    return (look.blur is not None and look.blur > limits.blur_score) or _below(look.laplacian, limits.laplacian_variance)


def _below(value: float | None, least: float) -> bool:
    return value is not None and value < least
