"""A zip written in one pass: stored members, ZIP64 where needed, every local header final before its bytes.

Size and CRC-32 of a photo are known since its receipt, so that no header is patched afterwards and no data descriptor is
needed; the zip can be read while it still arrives, and memory holds only the central directory (about 150 bytes a member).
Follows APPNOTE.TXT 6.3.10 (PKWARE): 4.3.7 local header, 4.3.12 central directory, 4.3.14-16 ends, 4.5.3 ZIP64 field.
"""

import struct
import zlib
from collections.abc import Iterable, Iterator
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


class ZipMismatchError(ValueError):
    """A member's bytes were not those announced in its header; the zip must be thrown away."""


class ZipStream:
    """Yields the bytes of a zip member by member; every member bears the *day* of the whole, so that equal input gives equal bytes."""

    def __init__(self, day: date) -> None:
        self._dos_date = (day.year - 1980) << 9 | day.month << 5 | day.day
        self._directory = bytearray()
        self._count = 0
        self.offset = 0

    def member(self, name: str, *, size: int, crc32: int, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """The local header and the bytes of one member. Raises ZipMismatchError where *chunks* differ from *size* or *crc32*."""
        encoded = name.encode()
        start = self.offset
        header = self._local_header(encoded, size, crc32)
        self.offset += len(header) + size
        yield header
        seen, crc = 0, 0
        for chunk in chunks:
            seen += len(chunk)
            crc = zlib.crc32(chunk, crc)
            if seen > size:
                break
            yield chunk
        if seen != size or crc != crc32:
            raise ZipMismatchError(name)
        self._remember(encoded, size, crc32, start)

    def finish(self) -> Iterator[bytes]:
        """The central directory and the end records."""
        start, length = self.offset, len(self._directory)
        yield bytes(self._directory)
        self.offset += length
        if self._count >= _FULL16 or start >= _FULL32 or length >= _FULL32:
            yield _END64.pack(0x06064B50, 44, _UNIX | 45, 45, 0, 0, self._count, self._count, length, start)
            yield _LOCATOR64.pack(0x07064B50, 0, self.offset, 1)
            self.offset += _END64.size + _LOCATOR64.size
        count = min(self._count, _FULL16)
        yield _END.pack(0x06054B50, 0, 0, count, count, min(length, _FULL32), min(start, _FULL32), 0)
        self.offset += _END.size

    def _local_header(self, name: bytes, size: int, crc32: int) -> bytes:
        # In a local header the ZIP64 field must carry both sizes (4.5.3).
        extra = struct.pack("<HHQQ", 1, 16, size, size) if size >= _FULL32 else b""
        shown = _FULL32 if extra else size
        version = 45 if extra else 20
        fixed = _LOCAL.pack(0x04034B50, version, _UTF8, 0, _NOON, self._dos_date, crc32, shown, shown, len(name), len(extra))
        return fixed + name + extra

    def _remember(self, name: bytes, size: int, crc32: int, start: int) -> None:
        wide = ([size, size] if size >= _FULL32 else []) + ([start] if start >= _FULL32 else [])
        extra = struct.pack(f"<HH{len(wide)}Q", 1, 8 * len(wide), *wide) if wide else b""
        version = 45 if wide else 20
        shown = min(size, _FULL32)
        self._directory += _CENTRAL.pack(
            0x02014B50, _UNIX | version, version, _UTF8, 0, _NOON, self._dos_date, crc32, shown, shown,
            len(name), len(extra), 0, 0, 0, _REGULAR, min(start, _FULL32),
        )
        self._directory += name + extra
        self._count += 1
