"""Views: the upright preview and thumbnail that are shown instead of the original, rebuilt from bare pixels, and what the pixels say."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from PIL import Image

from survey.domain.looks import PhotoLook
from survey.domain.photos import PhotoFacts
from survey.photos.decoding import decode, fitted
from survey.photos.measures import look_at

PREVIEW_SIDE = 1600
THUMB_SIDE = 320
_QUALITY = 82


@dataclass(frozen=True)
class Developed:
    """A photo's views (JPEG bytes without any metadata), the upright original's width and height in pixels, and what its pixels say."""

    preview: bytes
    thumb: bytes
    width: int
    height: int
    look: PhotoLook


def develop(file: Path | BinaryIO, facts: PhotoFacts) -> Developed:
    """Decode the accepted photo in *file* once, make its views and look at it. Raises PHOTO_BROKEN where the pixels cannot be read."""
    decoded = decode(file, facts, PREVIEW_SIDE)
    preview = decoded.pixels
    thumb = preview.resize(fitted(preview.size, THUMB_SIDE), Image.Resampling.BILINEAR, reducing_gap=2.0)
    look = look_at(preview, thumb, decoded.damaged, decoded.embedded)
    return Developed(to_jpeg(preview), to_jpeg(thumb), decoded.width, decoded.height, look)


def to_jpeg(view: Image.Image) -> bytes:
    """The bytes of a *view*, which holds nothing but pixels."""
    buffer = io.BytesIO()
    view.save(buffer, "JPEG", quality=_QUALITY)
    return buffer.getvalue()
