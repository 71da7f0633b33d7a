"""Changes of valid photos at random: the same seed makes the same file."""

import io
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from PIL import Image

from tests.photos.heif import heic
from tests.photos.pictures import GPS, chunk, gradient, jpeg, png, raw_png, with_exif, with_raw_exif, with_segment

_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif"}
_MOST = 6_000_000  # bytes of a file to start from
_BYTES = (
    b"\xff", b"\x00", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\x00\x00\x00", b"\x00\x00\x00\x01", b"\xff\xda", b"\xff\xd9",
)  # fmt: skip
_SEGMENTS = (b"\xff\xe1", b"\xff\xdb", b"\xff\xc0", b"\xff\xc2", b"\xff\xc4", b"\xff\xda")
_CHUNKS = (b"IHDR", b"IDAT", b"eXIf", b"PLTE", b"tRNS")
_BOXES = (b"meta", b"iloc", b"iprp", b"ipco", b"ispe", b"mdat", b"infe", b"hvcC")
_RIFF = (b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"EXIF")
_SIZES = ((b"\xff\xc0", 5, 2), (b"\xff\xc2", 5, 2), (b"IHDR", 4, 4), (b"VP8 ", 14, 2), (b"ispe", 8, 4))

Change = Callable[[random.Random, bytearray, Sequence[bytes]], bytearray]


def sources_of(folder: Path) -> list[bytes]:
    """Valid files to start from: made in code, and small enough photos below *folder*, in a fixed order."""
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _SUFFIXES and path.stat().st_size <= _MOST)
    return [*_made(), *(path.read_bytes() for path in found)]


def _made() -> Iterator[bytes]:
    random_picture = Image.frombytes("RGB", (320, 240), random.Random(0).randbytes(320 * 240 * 3))  # noqa: S311 - any noise
    position = {GPS.GPSLatitudeRef: "N", GPS.GPSLatitude: (18.0, 4.0, 30.0), GPS.GPSLongitudeRef: "E", GPS.GPSLongitude: (106.0, 6.0, 0.0)}
    camera = {0x9003: "2026:11:23 09:12:01", 0x9011: "+07:00", 0x829D: 1.8, 0x829A: 0.01, 0x8827: 100}
    yield with_exif(main={0x010F: "Demo", 0x0110: "M12", 0x0112: 6}, camera=camera, gps=position)
    yield jpeg(random_picture, quality=90)
    yield jpeg(gradient(320, 240), progressive=True)
    yield jpeg(gradient(320, 240, "L"))
    yield jpeg(gradient(320, 240, "CMYK"))
    yield with_segment(0xE2, b"ICC_PROFILE\x00\x01\x01" + bytes(400))
    yield with_raw_exif(b"MM\x00*\x00\x00\x00\x08\x00\x01\x88\x25\x00\x04\x00\x00\x00\x01\x00\x00\x00\x1a\x00\x00\x00\x00")
    yield jpeg(gradient(320, 240)) + b"\x00\x00\x00\x18ftypmp42" + bytes(500)
    for mode in ("RGB", "RGBA", "L", "LA", "1", "P"):
        yield png(gradient(320, 240, mode))
    yield png(gradient(320, 240, "I").convert("I;16"))
    yield raw_png(320, 240, chunk(b"tEXt", b"a\x00b"), chunk(b"IDAT", b"x"))
    for options in ({}, {"lossless": True}, {"exif": b"Exif\x00\x00II*\x00\x08\x00\x00\x00\x00\x00"}):
        buffer = io.BytesIO()
        gradient(320, 240, "RGBA").save(buffer, "WEBP", **options)
        yield buffer.getvalue()
    yield heic(640, 480, bytes(500))


def changed(seed: int, sources: Sequence[bytes]) -> bytes:
    """The file of *seed*: one of *sources*, changed a few times."""
    dice = random.Random(seed)  # noqa: S311 - it must be made again
    content = bytearray(dice.choice(sources))
    for _ in range(dice.choice((1, 1, 2, 3, 8))):
        content = dice.choice(_CHANGES)(dice, content, sources)
    return bytes(content[: 2 * _MOST])


def _place(dice: random.Random, content: bytearray) -> int:
    """Anywhere, and as often near the beginning, where the structure is."""
    return dice.randrange(len(content) + 1) if dice.random() < 0.5 else dice.randrange(min(len(content), 1024) + 1)


def _flip(dice: random.Random, content: bytearray, _sources: Sequence[bytes]) -> bytearray:
    for _ in range(dice.choice((1, 3, 20))):
        if content:
            content[min(_place(dice, content), len(content) - 1)] ^= 1 << dice.randrange(8)
    return content


def _overwrite(dice: random.Random, content: bytearray, _sources: Sequence[bytes]) -> bytearray:
    start = _place(dice, content)
    piece = dice.choice(_BYTES)
    content[start : start + len(piece)] = piece
    return content


def _cut(dice: random.Random, content: bytearray, _sources: Sequence[bytes]) -> bytearray:
    return content[: _place(dice, content)]


def _take_out(dice: random.Random, content: bytearray, _sources: Sequence[bytes]) -> bytearray:
    start = _place(dice, content)
    del content[start : start + dice.choice((1, 4, 60, 4096, 65_536))]
    return content


def _zero(dice: random.Random, content: bytearray, _sources: Sequence[bytes]) -> bytearray:
    start = _place(dice, content)
    stop = min(len(content), start + dice.choice((1, 16, 512, 65_536)))
    content[start:stop] = bytes(stop - start)
    return content


def _repeat(dice: random.Random, content: bytearray, _sources: Sequence[bytes]) -> bytearray:
    start = _place(dice, content)
    piece = content[start : start + dice.choice((4, 20, 200, 4096))]
    content[start:start] = piece * dice.choice((1, 2, 50, 300))
    return content


def _splice(dice: random.Random, content: bytearray, sources: Sequence[bytes]) -> bytearray:
    other = dice.choice(sources)
    start = dice.randrange(len(other))
    at = _place(dice, content)
    return content[:at] + other[start : start + dice.choice((8, 400, len(other)))] + content[at:]


def _swap_head(dice: random.Random, content: bytearray, sources: Sequence[bytes]) -> bytearray:
    """The first bytes of another kind."""
    size = dice.choice((4, 12, 32, 300))
    return bytearray(dice.choice(sources)[:size]) + content[size:]


def _change_length(dice: random.Random, content: bytearray, _sources: Sequence[bytes]) -> bytearray:
    """A segment, chunk or box says another length than it has."""
    marks = [mark for mark in (*_SEGMENTS, *_CHUNKS, *_BOXES, *_RIFF) if mark in content]
    if not marks:
        return content
    mark = dice.choice(marks)
    size = 2 if mark in _SEGMENTS else 4
    start = max(0, content.find(mark) + (len(mark) if mark in (*_SEGMENTS, *_RIFF) else -4))
    value = dice.choice((0, 1, 2, 0x7F, 0xFFFF, dice.randrange(1 << 16), (1 << 8 * size) - 1))
    content[start : start + size] = value.to_bytes(size, "little" if mark in _RIFF else "big")
    return content


def _mangle_exif(dice: random.Random, content: bytearray, _sources: Sequence[bytes]) -> bytearray:
    """Bytes of the EXIF block: types, counts, offsets, values."""
    at = max(content.find(b"Exif\x00\x00"), content.find(b"eXIf"), content.find(b"II*\x00"), content.find(b"MM\x00*"))
    if at >= 0:
        for _ in range(dice.choice((1, 4, 30))):
            place = at + dice.randrange(600)
            if place < len(content):
                content[place] = dice.choice((0, 1, 2, 5, 7, 8, 12, 0x7F, 0xFF, dice.randrange(256)))
    return content


def _resize(dice: random.Random, content: bytearray, _sources: Sequence[bytes]) -> bytearray:
    """Another width or height in the header."""
    for mark, offset, size in _SIZES:
        at = content.find(mark)
        if at >= 0:
            start = at + offset + dice.choice((0, size))
            content[start : start + size] = dice.choice((0, 1, 199, 2000, 9000, 16_384, 65_500)).to_bytes(size, "big")
            break
    return content


_CHANGES: tuple[Change, ...] = (
    _flip, _flip, _overwrite, _cut, _take_out, _zero, _repeat, _splice, _swap_head, _change_length, _change_length,
    _mangle_exif, _mangle_exif, _resize,
)  # fmt: skip
