"""Decoding: a photo's pixels once, strictly, at no more than the size that is needed; upright, bare of everything else."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
import simplejpeg
from PIL import Image

from survey.domain.photos import PhotoFacts
from survey.domain.problems import PHOTO_BROKEN, Problem
from survey.photos.containers import checksums_hold
from survey.photos.embedded import Embedded, embedded_in
from survey.photos.opening import BROKEN, TooManyPixelsError, UnreadableError, opened
from survey.photos.turns import turned, upright_size

# How libjpeg-turbo calls the pixels of a JPEG that Pillow opens in this mode.
_COLOURS: Final = {"RGB": "RGB", "L": "GRAY", "CMYK": "CMYK"}

# Our own choice: a view so much smaller than was asked for shows as much.
_NEAR: Final = 0.93


@dataclass(frozen=True)
class Decoded:
    """A photo's pixels (RGB, upright, no longer than was asked for), the upright original's width and height, and its EXIF thumbnail.

    *damaged*: they can be seen, but part of the data is not what the camera wrote.
    """

    pixels: Image.Image
    width: int
    height: int
    damaged: bool
    embedded: Embedded | None


def decode(file: Path | BinaryIO, facts: PhotoFacts, side: int) -> Decoded:
    """The accepted photo in *file* with its longer side at most *side* pixels. Raises PHOTO_BROKEN where its pixels cannot be read."""
    content = file.read_bytes() if isinstance(file, Path) else file.read()
    kind = facts.format or "JPEG"
    try:
        with opened(io.BytesIO(content), kind) as image:
            return _decoded(content, image, kind, facts.orientation, side)
    except (TooManyPixelsError, UnreadableError, *BROKEN) as error:
        raise Problem(PHOTO_BROKEN, reason=str(error) or type(error).__name__) from error


def _decoded(content: bytes, image: Image.Image, kind: str, orientation: int | None, side: int) -> Decoded:
    size = image.size
    target = _near(size, side) if kind == "JPEG" else fitted(size, side)
    embedded = embedded_in(image, orientation) if kind == "JPEG" else None
    pixels, damaged = _jpeg(content, image, target) if kind == "JPEG" else _other(content, image, kind)
    small = _bare(pixels if pixels.size == target else pixels.resize(target, Image.Resampling.BILINEAR))
    # HEIF comes upright out of its decoder and says orientation 1.
    return Decoded(turned(small, orientation), *upright_size(size, orientation), damaged, embedded)


def fitted(size: tuple[int, int], side: int) -> tuple[int, int]:
    """*size* scaled down so that its longer side is at most *side*."""
    scale = min(1.0, side / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _near(size: tuple[int, int], side: int) -> tuple[int, int]:
    """What a JPEG of *size* is made into: as large as its decoder itself can make it where that is near *side*, else just `fitted`.

    A decoder gives n eighths of a JPEG's sides for less than it takes to resample: 4032 pixels become 1512 in 70 ms, 1600 in 98
    (benchmarks/develop.py).
    """
    for eighths in range(8, 0, -1):
        width, height = (-(-length * eighths // 8) for length in size)
        if _NEAR * side <= max(width, height) <= side:
            return width, height
    return fitted(size, side)


def _jpeg(content: bytes, image: Image.Image, target: tuple[int, int]) -> tuple[Image.Image, bool]:
    """The pixels of a JPEG at the smallest scale that covers *target*, and whether its data is damaged.

    Pillow shows a picture with 64 KB missing without a word; the strict decoder found 100 of 100 (measured).
    """
    for strict in (True, False):
        try:
            return _scaled(content, image, target, strict), not strict
        except (ValueError, RuntimeError, KeyError):  # a KeyError where it has no name for the colours' resolution
            continue
    # Asked for the exact target Pillow takes the nearest larger scale.
    image.draft("RGB", target)
    image.load()
    return image, True


def _scaled(content: bytes, image: Image.Image, target: tuple[int, int], strict: bool) -> Image.Image:
    height, width, *_ = simplejpeg.decode_jpeg_header(content, strict=strict)
    if (width, height) != image.size:  # the limits were checked on the size that Pillow read
        message = "two readers see two sizes"
        raise ValueError(message)
    pixels = simplejpeg.decode_jpeg(content, _COLOURS[image.mode], min_width=target[0], min_height=target[1], strict=strict)
    if image.mode == "CMYK":
        return Image.fromarray(np.invert(pixels), "CMYK")  # all programs write it inverted, as Adobe's did
    return Image.fromarray(pixels[:, :, 0] if image.mode == "L" else pixels)


def _other(content: bytes, image: Image.Image, kind: str) -> tuple[Image.Image, bool]:
    """The pixels of a picture that is no JPEG, and whether its data is damaged, as far as its format lets us tell."""
    return _resizable(image), kind == "PNG" and not checksums_hold(content)


def _resizable(image: Image.Image) -> Image.Image:
    """The decoded pixels in a mode that can be averaged, no wider than it must be: a large picture is held only once."""
    image.load()
    if image.mode == "1":
        return image.convert("L")
    if image.mode in {"P", "PA"} or "transparency" in image.info:
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    return image


def _bare(image: Image.Image) -> Image.Image:
    """The pixels as RGB, what is transparent on white, without anything that came with them."""
    if image.mode.startswith("I"):
        image = image.convert("I").point(lambda value: value / 256).convert("L")  # 16 bits a pixel
    bare = Image.new("RGB", image.size, "white" if image.has_transparency_data else None)
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        bare.paste(layer, mask=layer.getchannel("A"))
    else:
        bare.paste(image)
    return bare
