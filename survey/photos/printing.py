"""The copy of a photo for paper: its view made small enough to print, from pixels; the place, time and code are set beside it as text."""

import io

from PIL import Image

from survey.domain.problems import PREVIEW_MISSING, Problem
from survey.photos.decoding import fitted
from survey.photos.opening import BROKEN

PRINT_SIDE = 640
"""Pixels of the longer side: 280 to the inch where a third of an A4 sheet's width holds it. Our own choice, measured in decision 0019."""
_QUALITY = 80


def print_copy(view: bytes) -> bytes:
    """*view* (a JPEG of ours) as a JPEG of at most PRINT_SIDE pixels without metadata. Raises PREVIEW_MISSING where it cannot be read."""
    try:
        with Image.open(io.BytesIO(view), formats=["JPEG"]) as image:
            image.draft("RGB", fitted(image.size, PRINT_SIDE))
            small = image.convert("RGB").resize(fitted(image.size, PRINT_SIDE), Image.Resampling.BILINEAR, reducing_gap=2.0)
    except BROKEN as error:
        raise Problem(PREVIEW_MISSING) from error
    bare = Image.new("RGB", small.size)
    bare.paste(small)
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()
