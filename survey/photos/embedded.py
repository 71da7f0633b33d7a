"""The thumbnail that a camera puts into its EXIF: another picture there means that the photo was changed after it was taken."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from PIL import ExifTags, Image

from survey.photos.hashes import Box, distance
from survey.photos.opening import BROKEN, TooManyPixelsError, UnreadableError, opened
from survey.photos.turns import turned

_PREFIX: Final = b"Exif\x00\x00"
# Cameras write 160 x 120, some 640 x 480; more is no thumbnail, and not worth decoding.
_LARGEST: Final = 1024
# Shapes closer than this are the same: thumbnails are rounded to whole pixels.
_SAME_SHAPE: Final = 0.02


@dataclass(frozen=True)
class Embedded:
    """An EXIF thumbnail in grey, turned by each orientation that the file gives for it."""

    turns: tuple[Image.Image, ...]


def embedded_jpeg(image: Image.Image) -> bytes:
    """The bytes of the thumbnail in the EXIF of an opened JPEG; empty where there is none. They may be no JPEG."""
    block = image.info.get("exif", b"")
    try:
        first = image.getexif().get_ifd(ExifTags.IFD.IFD1)
        start, length = int(first.get(_START, 0)), int(first.get(_LENGTH, 0))
    except BROKEN:
        return b""
    if start <= 0 or length <= 0 or not block.startswith(_PREFIX):
        return b""
    return bytes(block[len(_PREFIX) + start : len(_PREFIX) + start + length])


_START: Final = ExifTags.Base.JpegIFOffset
_LENGTH: Final = ExifTags.Base.JpegIFByteCount


def embedded_in(image: Image.Image, orientation: int | None) -> Embedded | None:
    """The EXIF thumbnail of an opened JPEG of this *orientation*; None where there is none that can be read."""
    content = embedded_jpeg(image)
    if not content:
        return None
    try:
        own = image.getexif().get_ifd(ExifTags.IFD.IFD1).get(ExifTags.Base.Orientation)
        with opened(io.BytesIO(content), "JPEG") as small:
            if max(small.size) > _LARGEST:
                return None
            grey = small.convert("L")
    except (TooManyPixelsError, UnreadableError, *BROKEN):
        return None
    # Some phones turn the picture but not its thumbnail, and say so in the thumbnail's own directory.
    given = {orientation or 1, own if isinstance(own, int) else orientation or 1}
    return Embedded(tuple(turned(grey, each) for each in sorted(given)))


def thumbnail_distance(embedded: Embedded | None, grey: Image.Image) -> int | None:
    """In how many of 64 bits the *embedded* thumbnail differs from the upright picture in *grey*, bars around either left out."""
    if embedded is None:
        return None
    found = (distance(thumb, grey, *parts) for thumb in embedded.turns for parts in _framings(thumb, grey))
    return min((value for value in found if value is not None), default=None)


def _framings(thumb: Image.Image, grey: Image.Image) -> Iterator[tuple[Box, Box]]:
    """Which part of the thumbnail to lay on which part of the picture: all on all, bars cut off, or the middle alone."""
    whole = (0.0, 0.0, 1.0, 1.0)
    yield whole, whole
    ratio = (thumb.width / thumb.height) / (grey.width / grey.height)
    if abs(ratio - 1) > _SAME_SHAPE:
        yield _middle(ratio), whole
        yield whole, _middle(1 / ratio)


def _middle(ratio: float) -> Box:
    """The middle of a picture that is *ratio* times as wide as it should be."""
    across, down = min(1.0, 1 / ratio), min(1.0, ratio)
    return (1 - across) / 2, (1 - down) / 2, (1 + across) / 2, (1 + down) / 2
