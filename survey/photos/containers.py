"""What a file's own structure says before anything opens it: kind, wholeness, scans, animation, the EXIF block, marks of its origin.

Only magic bytes, lengths and markers are read here, and of a JPEG at most the first megabyte of its segments for marks, so a hostile file
costs a walk over its table of contents and no more.
"""

# ruff: noqa: PLR2004  # the numbers are the formats' own: markers, lengths of headers

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from mmap import mmap

Content = bytes | mmap

# A progressive camera JPEG has about 10 scans; each more costs a pass over all pixels (libjpeg-turbo issue 284: callers must limit).
MAX_SCANS = 64
# More parts than any camera writes; bounds the walk.
MAX_PARTS = 100_000

_PNG = b"\x89PNG\r\n\x1a\n"
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
_HEIF_BRANDS = _HEIC_BRANDS | {b"mif1", b"msf1"}
# The uuid of the box that holds a C2PA manifest (C2PA specification 2.1, section A.5).
_C2PA_BOX = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
# In compressed data FF is followed by 00, a restart marker (D0-D7) or more FF; anything else begins the next part.
_JPEG_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_BARE_MARKERS = frozenset({0x01, *range(0xD0, 0xD9)})
_PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
# What tells where a file came from: APP0 of JFIF, APP13 as Facebook and Messenger write it, APP11 with a C2PA manifest.
_SEGMENT_MARKS = {0xE0: (("jfif", (b"JFIF\x00",)),), 0xEB: (("c2pa", (b"c2pa", b"jumb")),), 0xED: (("facebook", (b"FBMD",)),)}
# No camera or app writes more before its picture; bounds the search for marks.
_MOST_SEARCHED = 1024 * 1024


@dataclass(frozen=True)
class Structure:
    """A file's kind (`JPEG`, `PNG`, `WEBP`, `HEIF`), why it must be refused (`""`: it need not), and where its picture ends.

    *exif* is the raw TIFF block where only a decoder would find it otherwise (PNG); *end* is a byte offset; *marks* are those of
    `PhotoFacts.container`.
    """

    kind: str
    media_type: str
    refusal: str = ""
    end: int = 0
    exif: bytes = b""
    marks: tuple[str, ...] = ()


def read_structure(content: Content) -> Structure | None:
    """The structure of *content*; None where it is no photo that we take."""
    head = bytes(content[:16])
    if head.startswith(b"\xff\xd8\xff"):
        return _read_jpeg(content)
    if head.startswith(_PNG):
        return _read_png(content)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return _read_webp(content)
    if head[4:8] == b"ftyp":
        return _read_heif(content)
    return None


def _read_jpeg(content: Content) -> Structure:
    scans = 0
    marks = set[str]()
    for marker, position in _jpeg_markers(content):
        if marker == 0xD9:
            return Structure("JPEG", "image/jpeg", end=position + 2, marks=tuple(sorted(marks)))
        scans += marker == 0xDA
        if scans > MAX_SCANS:
            return Structure("JPEG", "image/jpeg", "too_many_scans")
        if not scans and position < _MOST_SEARCHED:
            marks |= _segment_marks(content, marker, position)
    return Structure("JPEG", "image/jpeg", "cut_short" if scans else "unreadable")


def _segment_marks(content: Content, marker: int, position: int) -> set[str]:
    """What one segment before the first scan says of the file's origin."""
    if marker in _PROGRESSIVE:
        return {"progressive"}
    if marker not in _SEGMENT_MARKS:
        return set()
    length = int.from_bytes(content[position + 2 : position + 4], "big")
    segment = bytes(content[position + 4 : position + 2 + length])
    return {mark for mark, signs in _SEGMENT_MARKS[marker] if any(sign in segment for sign in signs)}


def _jpeg_markers(content: Content) -> Iterator[tuple[int, int]]:
    """Each marker with its offset, up to the end of the data; segments and compressed data are stepped over."""
    position = 2
    for _ in range(MAX_PARTS):
        found = _JPEG_MARKER.search(content, position) if position < len(content) else None
        if found is None:
            return
        position = found.start()
        marker = content[position + 1]
        yield marker, position
        position += 2
        if marker not in _BARE_MARKERS:
            position += max(2, int.from_bytes(content[position : position + 2], "big"))


def _read_png(content: Content) -> Structure:
    exif, marks = b"", set[str]()
    position = len(_PNG)
    for _ in range(MAX_PARTS):
        length = int.from_bytes(content[position : position + 4], "big")
        kind = bytes(content[position + 4 : position + 8])
        end = position + 12 + length
        if len(kind) < 4 or end > len(content):
            return Structure("PNG", "image/png", "cut_short")
        if kind == b"acTL":
            return Structure("PNG", "image/png", "animated")
        if kind == b"eXIf":
            exif = bytes(content[position + 8 : position + 8 + length])
        if kind == b"caBX":
            marks.add("c2pa")
        if kind == b"IEND":
            return Structure("PNG", "image/png", end=end, exif=exif, marks=tuple(marks))
        position = end
    return Structure("PNG", "image/png", "unreadable")


def checksums_hold(content: Content) -> bool:
    """Whether each chunk of a PNG that `read_structure` found whole has its CRC; Pillow passes over those of pixels."""
    position = len(_PNG)
    for _ in range(MAX_PARTS):
        end = position + 8 + int.from_bytes(content[position : position + 4], "big")
        if zlib.crc32(content[position + 4 : end]) != int.from_bytes(content[end : end + 4], "big"):
            return False
        if content[position + 4 : position + 8] == b"IEND":
            return True
        position = end + 4
    return False


def _read_webp(content: Content) -> Structure:
    end = 8 + int.from_bytes(content[4:8], "little")
    if end > len(content):
        return Structure("WEBP", "image/webp", "cut_short")
    position = 12
    marks = set[str]()
    for _ in range(MAX_PARTS):
        if position + 8 > end:
            return Structure("WEBP", "image/webp", end=end, marks=tuple(marks))
        kind = bytes(content[position : position + 4])
        if kind in {b"ANIM", b"ANMF"}:
            return Structure("WEBP", "image/webp", "animated")
        if kind == b"C2PA":
            marks.add("c2pa")
        length = int.from_bytes(content[position + 4 : position + 8], "little")
        position += 8 + length + length % 2
    return Structure("WEBP", "image/webp", "unreadable")


def _read_heif(content: Content) -> Structure | None:
    length = min(int.from_bytes(content[:4], "big"), 4096)
    brands = [bytes(content[start : start + 4]) for start in range(16, length, 4)]
    major = bytes(content[8:12])
    if major not in _HEIF_BRANDS or (major not in _HEIC_BRANDS and not _HEIC_BRANDS.intersection(brands)):
        return None
    media_type = "image/heic" if major in _HEIC_BRANDS else "image/heif"
    end, refusal, marks = _walk_boxes(content)
    return Structure("HEIF", media_type, refusal, end, marks=marks)


def _walk_boxes(content: Content) -> tuple[int, str, tuple[str, ...]]:
    """Where the last whole box ends, and why the file must be refused: a decoder shows a HEIC cut in half without a word.

    And its marks: a C2PA manifest has a box of its own.
    """
    position, seen, marks = 0, set[bytes](), set[str]()
    for _ in range(MAX_PARTS):
        length = int.from_bytes(content[position : position + 4], "big")
        kind = bytes(content[position + 4 : position + 8])
        if not re.fullmatch(rb"[ -~]{4}", kind):  # the end, or what some phones append behind the last box
            break
        if length == 1:
            length = int.from_bytes(content[position + 8 : position + 16], "big")
        elif length == 0:
            length = len(content) - position
        if length < 8:
            break
        if position + length > len(content):
            return position, "cut_short", ()
        seen.add(kind)
        if kind == b"uuid" and _C2PA_BOX in content[position : position + 32]:
            marks.add("c2pa")
        position += length
    return position, "" if b"meta" in seen else "unreadable", tuple(marks)
