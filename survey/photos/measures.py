"""What a photo's pixels say: sharpness, light, and the hashes by which its copies are found."""

from typing import Final

import numpy as np
from PIL import Image

from survey.domain.looks import PhotoLook
from survey.photos.decoding import fitted
from survey.photos.embedded import Embedded, thumbnail_distance
from survey.photos.hashes import hashes_of, probes_of
from survey.photos.sharpness import blur, laplacian

# The size at which the thresholds of sharpness and light were measured.
_MEASURED_SIDE: Final = 640
_WHITE: Final = 250


def look_at(preview: Image.Image, thumb: Image.Image, damaged: bool, embedded: Embedded | None) -> PhotoLook:
    """The look of the photo with these upright views; *embedded* is the thumbnail that came in its EXIF."""
    grey = preview.convert("L").resize(fitted(preview.size, _MEASURED_SIDE), Image.Resampling.BILINEAR)
    pixels = np.asarray(grey)
    small = thumb.convert("L")
    counts = np.bincount(pixels.ravel(), minlength=256)
    return PhotoLook(
        damaged=damaged,
        blur=_rounded(blur(pixels), 4), laplacian=_rounded(laplacian(pixels), 2),
        mean_luma=_rounded(float(pixels.mean()), 2), p95_luma=float(np.searchsorted(counts.cumsum(), 0.95 * pixels.size)),
        burnt=_rounded(float(counts[_WHITE + 1 :].sum()) / pixels.size, 4),
        hashes=hashes_of(small), probes=probes_of(small), thumbnail_distance=thumbnail_distance(embedded, small),
    )  # fmt: skip


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
