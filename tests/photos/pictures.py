"""Pictures and broken files, built in code."""

import io
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path

from PIL import ExifTags, Image

from survey.domain.photos import Intake
from survey.photos.intake import inspect

GPS = ExifTags.GPS
SHARED = Path(__file__).parents[3] / "shared" / "photos"


def gradient(width: int = 640, height: int = 480, mode: str = "RGB") -> Image.Image:
    """A picture with a different colour in each corner, so that a turn shows."""
    red = Image.linear_gradient("L").resize((width, height))
    green = Image.linear_gradient("L").rotate(90).resize((width, height))
    return Image.merge("RGB", (red, green, Image.new("L", (width, height), 40))).convert(mode)


def jpeg(image: Image.Image | None = None, **options: object) -> bytes:
    buffer = io.BytesIO()
    (image or gradient()).save(buffer, "JPEG", **options)  # type: ignore[arg-type]
    return buffer.getvalue()


def png(image: Image.Image | None = None, **options: object) -> bytes:
    buffer = io.BytesIO()
    (image or gradient()).save(buffer, "PNG", **options)  # type: ignore[arg-type]
    return buffer.getvalue()


def with_exif(main: Mapping[int, object] = {}, camera: Mapping[int, object] = {}, gps: Mapping[int, object] = {}) -> bytes:
    """A JPEG with the given tags."""
    exif = Image.Exif()
    for directory, tags in ((exif, main), (exif.get_ifd(ExifTags.IFD.Exif), camera), (exif.get_ifd(ExifTags.IFD.GPSInfo), gps)):
        for tag, value in tags.items():
            directory[tag] = value
    return jpeg(exif=exif)


def with_raw_exif(tiff: bytes) -> bytes:
    """A JPEG whose EXIF block is *tiff*, whatever that is."""
    return with_segment(0xE1, b"Exif\x00\x00" + tiff)


def with_segment(marker: int, payload: bytes, times: int = 1) -> bytes:
    """A JPEG with *times* extra segments right after its first two bytes."""
    picture = jpeg()
    segment = b"\xff" + bytes([marker]) + struct.pack(">H", len(payload) + 2) + payload
    return picture[:2] + segment * times + picture[2:]


def resized_header(picture: bytes, width: int, height: int) -> bytes:
    """*picture* (baseline JPEG) claiming another size."""
    position = picture.index(b"\xff\xc0")
    return picture[: position + 5] + struct.pack(">HH", height, width) + picture[position + 9 :]


def chunk(kind: bytes, payload: bytes) -> bytes:
    """One PNG chunk."""
    return struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", zlib.crc32(kind + payload))


def raw_png(width: int, height: int, *chunks: bytes, bits: int = 8, colour: int = 2) -> bytes:
    """A PNG of the given header and chunks, ended properly."""
    head = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + b"".join(chunks) + chunk(b"IEND", b"")


def look(folder: Path, content: bytes) -> Intake:
    """What the intake says of *content*."""
    path = folder / "file.jpg"
    path.write_bytes(content)
    return inspect(path, len(content))
