"""The public copy of a photo: its preview made anew from pixels, what a person covered in one colour, nothing else carried over."""

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw

from survey.domain.privacy import Box
from survey.domain.problems import PREVIEW_MISSING, Problem
from survey.photos.opening import BROKEN

_QUALITY = 82
_COLOUR = (20, 20, 20)
# A JPEG keeps colour in blocks of 16 pixels: beside an edge inside a block, faint traces of it lie all over the block.
_BLOCK = 16
_MARGIN = 0.01  # of the longer side: our own choice, for a box drawn with a finger


def cover(preview: bytes, boxes: Sequence[Box]) -> bytes:
    """*preview* (a JPEG of ours) as a JPEG without metadata, everything inside *boxes* and a margin around them painted over.

    What lies beneath cannot be brought back: it is not blurred but gone. Raises PREVIEW_MISSING where *preview* cannot be read.
    """
    try:
        with Image.open(io.BytesIO(preview), formats=["JPEG"]) as image:
            bare = Image.new("RGB", image.size)
            bare.paste(image)
    except BROKEN as error:
        raise Problem(PREVIEW_MISSING) from error
    draw = ImageDraw.Draw(bare)
    for box in boxes:
        draw.rectangle(_area(box, *bare.size), fill=_COLOUR)
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def _area(box: Box, width: int, height: int) -> tuple[int, int, int, int]:
    """The first and last pixels to paint: the box with its margin, out to the edges of whole blocks."""
    margin = _MARGIN * max(width, height)
    left, top = box.left * width - margin, box.top * height - margin
    right, bottom = (box.left + box.width) * width + margin, (box.top + box.height) * height + margin
    return (
        max(0, int(left // _BLOCK * _BLOCK)),
        max(0, int(top // _BLOCK * _BLOCK)),
        min(width, int(-(-right // _BLOCK) * _BLOCK)) - 1,
        min(height, int(-(-bottom // _BLOCK) * _BLOCK)) - 1,
    )
