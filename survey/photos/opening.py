"""Opening a picture with Pillow: four formats only, process-wide limits set once, broken files as one exception."""

import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pi_heif
from PIL import Image, PngImagePlugin

MAX_PIXELS = 80_000_000
MAX_SIDE = 16_384

# Pillow warns at its own limit and raises at twice the value.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2
PngImagePlugin.MAX_TEXT_MEMORY = 4 * 1024 * 1024
pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
# Broken EXIF is normal in the field and has its own outcome here; a warning for each file would fill the log.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\..*")

# Pillow opens a JPEG with several frames (MPO) under its own name.
_FORMATS = {"JPEG": ("JPEG", "MPO"), "PNG": ("PNG",), "WEBP": ("WEBP",), "HEIF": ("HEIF",)}

# What Pillow and its codecs raise on broken bytes, as met on 25,000 files.
BROKEN = (
    OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, AttributeError, EOFError, ArithmeticError, MemoryError,
    RuntimeError, struct.error, zlib.error, Image.DecompressionBombError,
)  # fmt: skip


class TooManyPixelsError(Exception):
    """The picture claims more pixels, or a longer side, than we decode."""


class UnreadableError(Exception):
    """Pillow cannot make sense of the bytes."""


@contextmanager
def opened(file: Path | BinaryIO, kind: str) -> Iterator[Image.Image]:
    """The picture in *file*, not yet decoded; *kind* is `JPEG`, `PNG`, `WEBP` or `HEIF`. Raises TooManyPixelsError, UnreadableError."""
    try:
        image = Image.open(file, formats=_FORMATS[kind])
    except Image.DecompressionBombError as error:
        raise TooManyPixelsError from error
    except BROKEN as error:
        raise UnreadableError(str(error)) from error
    with image:
        width, height = image.size
        if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
            raise TooManyPixelsError
        yield image
