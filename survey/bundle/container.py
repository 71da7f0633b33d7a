"""The table of contents of a stranger's zip, read by ourselves so that nothing is taken on trust.

Every unpacker reads a zip a little differently: some believe the central directory, some each file's own header, some search from the
end. A zip passes here only where all of them must agree: both headers say the same, the files lie one behind the other from the first
byte to the directory, and nothing is before, between or behind. Follows APPNOTE.TXT 6.3.10 (PKWARE).
"""

import struct
from dataclasses import dataclass
from threading import Lock
from typing import BinaryIO

MAX_MEMBERS = 300_000
"""Files of one zip. Ours: several times a commune with 20,000 photos, and a directory of it fits in memory."""
MAX_DIRECTORY = 96 << 20
"""Bytes of the central directory."""
_CENTRAL = struct.Struct("<IHHHHHHIIIHHHHHII")
_LOCAL = struct.Struct("<IHHHHHIIIHH")
_END = struct.Struct("<IHHHHIIH")
_END64 = struct.Struct("<IQHHIIQQQQ")
_LOCATOR64 = struct.Struct("<IIQI")
_LOCAL_MARK, _CENTRAL_MARK, _END64_MARK, _LOCATOR64_MARK = 0x04034B50, 0x02014B50, 0x06064B50, 0x07064B50
_DESCRIPTORS = {12: "<III", 16: "<4xIII", 20: "<IQQ", 24: "<4xIQQ"}  # with and without a mark, with narrow and wide sizes
_TAIL = _END.size + 0xFFFF  # the end record with the longest comment
_FULL16, _FULL32 = 0xFFFF, 0xFFFFFFFF
_UTF8, _DESCRIBED = 0x0800, 0x0008
_MEANING = 0x2849  # the flags that change how an unpacker reads the file: encrypted, described, name in UTF-8
_WIDE, _OTHER_NAME = 0x0001, 0x7075  # extra fields: ZIP64 sizes, Info-ZIP's second name


class BrokenZipError(ValueError):
    """What was read is not the zip that it should be."""


class Source:
    """A file that several threads read at places of their own."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._lock = Lock()
        self.size = file.seek(0, 2)

    def read(self, start: int, size: int) -> bytes:
        """Exactly *size* bytes from *start*. Raises BrokenZipError where the file ends before, OSError."""
        if start < 0 or size < 0 or start + size > self.size:
            raise BrokenZipError("outside the file")
        with self._lock:
            self._file.seek(start)
            content = self._file.read(size)
        if len(content) != size:
            raise BrokenZipError("cut short")
        return content


@dataclass(slots=True)
class Entry:
    """One file as the directory lists it; *data* is where its bytes begin, known once its own header was read."""

    raw: bytes
    flags: int
    method: int
    crc32: int
    packed: int
    size: int
    mode: int
    start: int
    extra_ok: bool
    data: int = -1

    @property
    def name(self) -> str:
        """The name as text; what is not plain ASCII counts only where the zip says that it is UTF-8."""
        return self.raw.decode("utf-8" if self.flags & _UTF8 else "ascii", "replace")


@dataclass(frozen=True)
class Directory:
    """The end of a zip: where its directory lies, how many entries it has, how many bytes lie before the zip; *flaws* are codes."""

    start: int
    length: int
    count: int
    base: int
    flaws: tuple[str, ...]


def read_directory(source: Source) -> Directory:
    """Find the directory by the end records. Raises BrokenZipError where there is none."""
    tail_at = max(0, source.size - _TAIL)
    tail = source.read(tail_at, source.size - tail_at)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + _END.size > len(tail):
        raise BrokenZipError("no end record")
    end = _END.unpack_from(tail, at)
    flaws = ["EXTRA_BYTES"] if at + _END.size != len(tail) or end[7] else []
    disks, counts, (length, start), stop = end[1:3], end[3:5], end[5:7], tail_at + at
    wide = _read_wide_end(source, stop)
    if wide is not None:
        said, stop = wide
        narrow = zip(end[3:7], (_FULL16, _FULL16, _FULL32, _FULL32), said, strict=True)
        flaws += [] if all(number in {full, true} for number, full, true in narrow) else ["HEADERS_DIFFER"]
        counts, (length, start) = said[:2], said[2:]
    if disks != (0, 0) or counts[0] != counts[1]:
        flaws.append("HEADERS_DIFFER")
    base = stop - length - start
    if base < 0:
        raise BrokenZipError("the directory lies outside the file")
    return Directory(start + base, length, counts[1], base, (*flaws, *(["EXTRA_BYTES"] if base else [])))


def read_entries(source: Source, directory: Directory) -> list[Entry]:
    """Every entry of *directory*. Raises BrokenZipError where it does not hold as many as it says, or more than we take."""
    if directory.count > MAX_MEMBERS or directory.length > MAX_DIRECTORY:
        raise BrokenZipError("too many")
    content = source.read(directory.start, directory.length)
    entries, at = [], 0
    for _ in range(directory.count):
        entry, at = _read_entry(content, at)
        entries.append(entry)
    if at != len(content):
        raise BrokenZipError("more entries than declared")
    return entries


def locate(source: Source, entry: Entry, base: int) -> str | None:
    """Read the entry's own header and set where its bytes begin; returns the code of what is wrong with it, else None."""
    try:
        header = _LOCAL.unpack(source.read(base + entry.start, _LOCAL.size))
        after = source.read(base + entry.start + _LOCAL.size, header[9] + header[10])
    except BrokenZipError:
        return "DAMAGED"
    entry.data = base + entry.start + _LOCAL.size + len(after)
    name, extra = after[: header[9]], after[header[9] :]
    packed, size, extra_ok = header[7], header[8], entry.extra_ok
    try:
        fields = _extra_fields(extra)
        if _WIDE in fields and _FULL32 in {packed, size}:
            size, packed = struct.unpack_from("<QQ", fields[_WIDE])  # both, always, and in this order (4.5.3)
    except (BrokenZipError, struct.error):
        return "HEADERS_DIFFER"
    own = header[6], packed, size
    alike = own == (entry.crc32, entry.packed, entry.size) or (bool(entry.flags & _DESCRIBED) and own == (0, 0, 0))
    alike = alike and header[0] == _LOCAL_MARK and header[3] == entry.method and not (header[2] ^ entry.flags) & _MEANING
    return None if alike and extra_ok and name == entry.raw and _names_agree(fields, name) else "HEADERS_DIFFER"


def gap_after(source: Source, entry: Entry, stop: int) -> str | None:
    """What is wrong with the bytes between the end of *entry* and *stop*, where the next begins: a code, None for nothing.

    Only a data descriptor that repeats the entry may lie there (4.3.9).
    """
    gap = stop - entry.data - entry.packed
    if gap < 0:
        return "OVERLAP"
    if gap == 0:
        return None
    if not entry.flags & _DESCRIBED or gap not in _DESCRIPTORS:
        return "EXTRA_BYTES"
    said = struct.unpack(_DESCRIPTORS[gap], source.read(stop - gap, gap))
    return None if said == (entry.crc32, entry.packed, entry.size) else "HEADERS_DIFFER"


def _read_wide_end(source: Source, end_at: int) -> tuple[tuple[int, int, int, int], int] | None:
    """The ZIP64 end before *end_at*: counts, length and start of the directory, and where that record begins."""
    if end_at < _LOCATOR64.size:
        return None
    mark, disk, _start, disks = _LOCATOR64.unpack(source.read(end_at - _LOCATOR64.size, _LOCATOR64.size))
    if mark != _LOCATOR64_MARK:
        return None
    at = end_at - _LOCATOR64.size - _END64.size
    record = _END64.unpack(source.read(at, _END64.size))
    if record[0] != _END64_MARK or record[1] != _END64.size - 12 or disk or disks > 1 or record[4:6] != (0, 0):
        raise BrokenZipError("no ZIP64 end record where it should be")
    return record[6:10], at


def _read_entry(content: bytes, at: int) -> tuple[Entry, int]:
    if at + _CENTRAL.size > len(content):
        raise BrokenZipError("fewer entries than declared")
    one = _CENTRAL.unpack_from(content, at)
    name_at = at + _CENTRAL.size
    extra_at, comment_at = name_at + one[10], name_at + one[10] + one[11]
    stop = comment_at + one[12]
    if one[0] != _CENTRAL_MARK or stop > len(content):
        raise BrokenZipError("no entry where one should be")
    name = content[name_at:extra_at]
    (size, packed, start), extra_ok = (one[9], one[8], one[16]), one[13] == 0
    try:
        fields = _extra_fields(content[extra_at:comment_at])
        size, packed, start = _widened((size, packed, start), fields.get(_WIDE, b""))
        extra_ok = extra_ok and _names_agree(fields, name)
    except (BrokenZipError, struct.error):
        extra_ok = False
    return Entry(name, one[3], one[4], one[7], packed, size, one[15] >> 16, start, extra_ok), stop


def _widened(narrow: tuple[int, int, int], field: bytes) -> tuple[int, int, int]:
    """Each number that does not fit in 32 bits stands in the ZIP64 *field*, in this order (4.5.3)."""
    numbers, at = list(narrow), 0
    for place, number in enumerate(narrow):
        if number == _FULL32:
            (numbers[place],) = struct.unpack_from("<Q", field, at)
            at += 8
    return numbers[0], numbers[1], numbers[2]


def _extra_fields(extra: bytes) -> dict[int, bytes]:
    fields: dict[int, bytes] = {}
    at = 0
    while at < len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        if at + 4 + size > len(extra) or kind in fields:
            raise BrokenZipError("broken extra field")
        fields[kind] = extra[at + 4 : at + 4 + size]
        at += 4 + size
    return fields


def _names_agree(fields: dict[int, bytes], name: bytes) -> bool:
    return _OTHER_NAME not in fields or fields[_OTHER_NAME][5:] == name
