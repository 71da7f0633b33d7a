"""Archives built in code, the hostile ones byte by byte where no tool would write them."""

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path

from tests.photos.pictures import gradient, jpeg


def photo(seed: int = 0, **options: object) -> bytes:
    """A JPEG that the intake takes, another one for each *seed*."""
    return jpeg(gradient(640 + seed, 480), **options)


def pack(path: Path, members: Iterable[tuple[str | zipfile.ZipInfo, bytes]], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    """A ZIP of *members* at *path*."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def link(name: str, target: str) -> tuple[zipfile.ZipInfo, bytes]:
    """A symbolic link, as a Unix archive holds it."""
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info, target.encode()


def encrypted(name: str, content: bytes) -> bytes:
    """A ZIP whose only member says that it has a password."""
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w") as archive:
        archive.writestr(name, content)
    packed = bytearray(plain.getvalue())
    for place, offset in ((packed.index(b"PK\x03\x04"), 6), (packed.index(b"PK\x01\x02"), 8)):
        packed[place + offset] |= 1
    return bytes(packed)


def by_hand(members: Iterable[tuple[bytes, int, bytes]], *, lie: int | None = None) -> bytes:
    """A ZIP of stored members (name, flags, bytes); *lie* is the size that each claims to have."""
    files, entries, place = [], [], 0
    for name, flags, content in members:
        size = len(content) if lie is None else lie
        crc = zlib.crc32(content)
        fields = struct.pack("<HHHHHIIIHH", 20, flags, 0, 0, 0, crc, len(content), size, len(name), 0)
        entries.append(b"PK\x01\x02" + struct.pack("<H", 20) + fields + struct.pack("<HHHII", 0, 0, 0, 0, place) + name)
        files.append(b"PK\x03\x04" + fields + name + content)
        place += len(files[-1])
    body, directory, count = b"".join(files), b"".join(entries), len(entries) & 0xFFFF
    return body + directory + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), len(body), 0)


def zip64(name: bytes, content: bytes, *, size: int | None = None) -> bytes:
    """A ZIP in the large form, sizes in extra fields; *size* is what the member claims to unpack to."""
    size = len(content) if size is None else size
    crc = zlib.crc32(content)
    extra = struct.pack("<HHQQ", 1, 16, size, len(content))
    fields = struct.pack("<HHHHHIIIHH", 45, 0, 0, 0, 0, crc, 0xFFFFFFFF, 0xFFFFFFFF, len(name), len(extra))
    body = b"PK\x03\x04" + fields + name + extra + content
    directory = b"PK\x01\x02" + struct.pack("<H", 45) + fields + struct.pack("<HHHII", 0, 0, 0, 0, 0) + name + extra
    end64 = b"PK\x06\x06" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, 1, 1, len(directory), len(body))
    locator = b"PK\x06\x07" + struct.pack("<IQI", 0, len(body) + len(directory), 1)
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return body + directory + end64 + locator + end
