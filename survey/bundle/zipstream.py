"""The parts of a zip as pure functions: stored members, ZIP64 where needed, every local header final before its bytes.

Size and CRC-32 of a member are known before it is written, so that no header is patched afterwards, no data descriptor is needed and
every part of the zip can be told without the rest. Follows APPNOTE.TXT 6.3.10 (PKWARE): 4.3.7 local header, 4.3.12 central directory,
4.3.14-16 ends, 4.5.3 ZIP64 field.
"""

import struct
from datetime import date

_LOCAL = struct.Struct("<IHHHHHIIIHH")
_CENTRAL = struct.Struct("<IHHHHHHIIIHHHHHII")
_END64 = struct.Struct("<IQHHIIQQQQ")
_LOCATOR64 = struct.Struct("<IIQI")
_END = struct.Struct("<IHHHHIIH")

_UTF8 = 0x0800  # general purpose bit 11: the name is UTF-8
_UNIX = 3 << 8  # made by: the upper half of the external attributes is a Unix mode
_REGULAR = 0o100644 << 16
_FULL32 = 0xFFFFFFFF
_FULL16 = 0xFFFF
_NOON = 12 << 11
_EARLIEST = date(1980, 1, 1)  # MS-DOS, whose dates these are, knows none before
_WIDE_LOCAL = 20  # bytes of a ZIP64 field with both sizes


def local_header(name: bytes, size: int, crc32: int, day: date) -> bytes:
    """What stands before the *size* bytes of the member *name*; it bears the *day* of the whole, so that equal input gives equal bytes."""
    # In a local header the ZIP64 field must carry both sizes (4.5.3).
    extra = struct.pack("<HHQQ", 1, 16, size, size) if size >= _FULL32 else b""
    shown = _FULL32 if extra else size
    version = 45 if extra else 20
    return _LOCAL.pack(0x04034B50, version, _UTF8, 0, _NOON, _dos(day), crc32, shown, shown, len(name), len(extra)) + name + extra


def local_size(name: bytes, size: int) -> int:
    """How long `local_header` is."""
    return _LOCAL.size + len(name) + (_WIDE_LOCAL if size >= _FULL32 else 0)


def directory_entry(name: bytes, size: int, crc32: int, start: int, day: date) -> bytes:
    """The member's line in the central directory; *start* is where its local header begins."""
    wide = ([size, size] if size >= _FULL32 else []) + ([start] if start >= _FULL32 else [])
    extra = struct.pack(f"<HH{len(wide)}Q", 1, 8 * len(wide), *wide) if wide else b""
    version = 45 if wide else 20
    shown = min(size, _FULL32)
    fixed = _CENTRAL.pack(
        0x02014B50, _UNIX | version, version, _UTF8, 0, _NOON, _dos(day), crc32, shown, shown,
        len(name), len(extra), 0, 0, 0, _REGULAR, min(start, _FULL32),
    )  # fmt: skip
    return fixed + name + extra


def entry_size(name: bytes, size: int, start: int) -> int:
    """How long `directory_entry` is."""
    wide = 2 * (size >= _FULL32) + (start >= _FULL32)
    return _CENTRAL.size + len(name) + (4 + 8 * wide if wide else 0)


def end_records(count: int, start: int, length: int) -> bytes:
    """What follows the central directory, which lists *count* members in *length* bytes from *start* on."""
    wide = b""
    if count >= _FULL16 or start >= _FULL32 or length >= _FULL32:
        wide = _END64.pack(0x06064B50, 44, _UNIX | 45, 45, 0, 0, count, count, length, start)
        wide += _LOCATOR64.pack(0x07064B50, 0, start + length, 1)
    shown = min(count, _FULL16)
    return wide + _END.pack(0x06054B50, 0, 0, shown, shown, min(length, _FULL32), min(start, _FULL32), 0)


def _dos(day: date) -> int:
    day = max(day, _EARLIEST)
    return (day.year - 1980) << 9 | day.month << 5 | day.day
