"""Views: the upright preview and thumbnail that are shown instead of the original, rebuilt from bare pixels."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from PIL import Image

from survey.domain.looks import PhotoLook
from survey.domain.photos import PhotoFacts
from survey.domain.problems import PHOTO_BROKEN, Problem
from survey.photos.opening import BROKEN, TooManyPixelsError, UnreadableError, opened

PREVIEW_SIDE = 1600
THUMB_SIDE = 320
_QUALITY = 82

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_90,
}  # fmt: skip
_SIDEWAYS = 5  # from this orientation on width and height change places


@dataclass(frozen=True)
class Developed:
    """A photo's views (JPEG bytes without any metadata), the upright original's width and height in pixels, and what its pixels say."""

    preview: bytes
    thumb: bytes
    width: int
    height: int
    look: PhotoLook


def develop(file: Path | BinaryIO, facts: PhotoFacts) -> Developed:
    """Decode the accepted photo in *file* and make its views. Raises PHOTO_BROKEN where the pixels cannot be read."""
    try:
        with opened(file, facts.format or "JPEG") as image:
            return _views(image, facts)
    except (TooManyPixelsError, UnreadableError, *BROKEN) as error:
        raise Problem(PHOTO_BROKEN, reason=str(error) or type(error).__name__) from error


def _views(image: Image.Image, facts: PhotoFacts) -> Developed:
    width, height = image.size
    # JPEG alone can be decoded at a fraction of its size; asked for the exact target it takes the nearest larger one.
    size = _fitted(image.size, PREVIEW_SIDE)
    image.draft("RGB", size)
    pixels = _resizable(image)
    preview = _bare(pixels if pixels.size == size else pixels.resize(size, Image.Resampling.BILINEAR))
    # HEIF comes upright out of its decoder and says orientation 1.
    turn = _TURNS.get(facts.orientation or 1)
    if turn is not None:
        preview = preview.transpose(turn)
    thumb = preview.resize(_fitted(preview.size, THUMB_SIDE), Image.Resampling.BILINEAR)
    upright = (height, width) if (facts.orientation or 1) >= _SIDEWAYS else (width, height)
    return Developed(_jpeg(preview), _jpeg(thumb), *upright, PhotoLook())


def _fitted(size: tuple[int, int], side: int) -> tuple[int, int]:
    """*size* scaled down so that its longer side is at most *side*."""
    scale = min(1.0, side / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _resizable(image: Image.Image) -> Image.Image:
    """The decoded pixels in a mode that can be averaged, no wider than it must be: a large picture is held only once."""
    image.load()
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value / 256).convert("L")  # 16 bits a pixel
    if image.mode == "1":
        return image.convert("L")
    if image.mode in {"P", "PA"} or "transparency" in image.info:
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    return image


def _bare(image: Image.Image) -> Image.Image:
    """The pixels as RGB, what is transparent on white, without anything that came with them."""
    bare = Image.new("RGB", image.size, "white" if image.has_transparency_data else None)
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        bare.paste(layer, mask=layer.getchannel("A"))
    else:
        bare.paste(image)
    return bare


def _jpeg(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=_QUALITY)
    return buffer.getvalue()
