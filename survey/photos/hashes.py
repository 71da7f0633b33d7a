"""Perceptual hashes: 64 bits of a picture's coarse shape, which resizing, recompression and brightness leave nearly alone.

The pHash of 32 x 32 greys: their cosine transform, its 8 x 8 slowest waves, a bit for each that is above the median of the 63 waves (the
mean grey left out). Measured on 1,485 photos with 20 edits each: four regions find what one misses; docs/checks.md.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from survey.domain.looks import REGIONS, bits_apart

Box = tuple[float, float, float, float]
Waves = NDArray[np.float64]

_SIDE: Final = 32
_LOW: Final = 8
_BOXES: dict[str, Box] = {
    "whole": (0, 0, 1, 1), "centre90": (0.05, 0.05, 0.95, 0.95), "top80": (0, 0, 1, 0.8), "centre80": (0.1, 0.1, 0.9, 0.9),
}  # fmt: skip

_COSINES: Final = np.cos(np.pi / _SIDE * np.outer(np.arange(_LOW), np.arange(_SIDE) + 0.5)) * np.sqrt(2 / _SIDE)
_COSINES[0] /= np.sqrt(2)
# Mirrored, a wave of odd order changes its sign.
_ACROSS: Final = np.where(np.arange(_LOW) % 2, -1.0, 1.0)[None, :]
_DOWN: Final = _ACROSS.T

# Our own choice. Rounding each of the 1,024 greys leaves a noise of 0.3 in every wave: a wave nearer than three times that to the median
# says nothing of the picture, and where most of the 63 say nothing, two pictures would be "like" because both are empty.
_CLEAR: Final = 1.0
_ENOUGH: Final = 32

# Our own choice: a border's rows (or columns) hold one colour and some JPEG noise; a picture's own do not.
_BORDER_SPREAD: Final = 4.0
# Our own choice: how many grey levels a border of one colour differs from a row of another colour inside the picture.
_BORDER_APART: Final = 10.0
# Our own choice: what is left inside the borders must be a picture, not a line of text.
_LEAST_SHARE: Final = 0.2


def hashes_of(grey: Image.Image) -> tuple[int, ...] | None:
    """The hashes of `REGIONS` of an upright *grey* picture (mode L), signed 64 bits each; None where any of them is too plain."""
    found = [_bits(_waves(grey, _BOXES[region])) for region in REGIONS]
    whole = tuple(value for value in found if value is not None)
    return whole if len(whole) == len(found) else None


def probes_of(grey: Image.Image) -> tuple[tuple[str, int], ...]:
    """(name, hash) of every part and turn of *grey* by which a copy of an older picture is looked for; empty where it is too plain."""
    parts = {region: _waves(grey, _BOXES[region]) for region in REGIONS}
    if any(_bits(waves) is None for waves in parts.values()):
        return ()
    if (inside := _inside(grey)) is not None:
        parts["trimmed"] = _waves(grey, inside)
    whole = parts["whole"]
    turned = {
        **{f"mirrored/{name}": waves * _ACROSS for name, waves in parts.items()},
        "turned90/whole": whole.T * _ACROSS, "turned180/whole": whole * _ACROSS * _DOWN, "turned270/whole": whole.T * _DOWN,
    }  # fmt: skip
    named = ((name, _bits(waves)) for name, waves in (parts | turned).items())
    return tuple((name, value) for name, value in named if value is not None)


def distance(one: Image.Image, other: Image.Image, part: Box = (0, 0, 1, 1), other_part: Box = (0, 0, 1, 1)) -> int | None:
    """In how many of 64 bits the hashes of two grey pictures (or parts of them) differ; None where one is too plain."""
    first, second = _bits(_waves(one, part)), _bits(_waves(other, other_part))
    return None if first is None or second is None else bits_apart(first, second)


def _waves(grey: Image.Image, part: Box) -> Waves:
    """The 8 x 8 slowest waves of the *part* of *grey* (shares of its sides)."""
    left, top, right, bottom = part
    box = (left * grey.width, top * grey.height, right * grey.width, bottom * grey.height)
    small = np.asarray(grey.resize((_SIDE, _SIDE), Image.Resampling.BILINEAR, box), dtype=np.float64)
    waves: Waves = _COSINES @ small @ _COSINES.T
    return waves


def _bits(waves: Waves) -> int | None:
    """The hash, signed; None where too few waves stand clear of the median."""
    flat = waves.ravel()
    above = flat - np.median(flat[1:])
    if np.count_nonzero(np.abs(above[1:]) >= _CLEAR) < _ENOUGH:
        return None
    return int.from_bytes(np.packbits(above > 0).tobytes(), "big", signed=True)


def _inside(grey: Image.Image) -> Box | None:
    """What near-constant borders leave of the picture, the bars of a phone's screen beyond them left out too; None where it is all."""
    pixels = np.asarray(grey, dtype=np.float32)
    height, width = pixels.shape
    top, bottom = _longest(_busy(pixels))
    if bottom - top < height * _LEAST_SHARE:
        return None
    left, right = _longest(_busy(pixels[top:bottom].T))
    if right - left < width * _LEAST_SHARE or (right - left, bottom - top) == (width, height):
        return None
    return left / width, top / height, right / width, bottom / height


def _busy(rows: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which *rows* are no border: they hold several colours, or another one than most rows of one colour do (a clear sky, say)."""
    means = rows.mean(axis=1)
    busy: NDArray[np.bool_] = rows.std(axis=1) > _BORDER_SPREAD
    if not busy.all():
        busy |= np.abs(means - np.median(means[~busy])) > _BORDER_APART
    return busy


def _longest(busy: NDArray[np.bool_]) -> tuple[int, int]:
    """Begin and end of the longest run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], busy, [False]))))
    if not len(edges):
        return 0, 0
    begins, ends = edges[::2], edges[1::2]
    longest = int(np.argmax(ends - begins))
    return int(begins[longest]), int(ends[longest])
