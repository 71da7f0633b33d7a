"""A zip written field by field, so that a test can make each of them lie."""

import struct
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

UTF8 = 0x0800


@dataclass(frozen=True)
class Raw:
    """One member; *local* and *central* replace fields of the two headers (`name flags method crc packed size start mode extra`)."""

    name: bytes
    content: bytes
    method: int = 0
    size: int | None = None
    flags: int = UTF8
    mode: int = 0o100644
    local: Mapping[str, Any] = field(default_factory=dict)
    central: Mapping[str, Any] = field(default_factory=dict)
    after: bytes = b""


def raw_zip(
    members: Iterable[Raw], *, before: bytes = b"", behind: bytes = b"", gap: bytes = b"", end: Mapping[str, int] | None = None,
    shift: int = 0,
) -> bytes:  # fmt: skip
    """The zip of *members*, with bytes *before* and *behind* it, a *gap* before the directory; *end* replaces fields of the end record."""
    body, directory, count = bytearray(before), bytearray(), 0
    for one in members:
        unpacked = one.content if one.method == 0 else zlib.decompressobj(-15).decompress(one.content, 1 << 24)
        fields = {
            "name": one.name, "flags": one.flags, "method": one.method, "crc": zlib.crc32(unpacked), "packed": len(one.content),
            "size": len(unpacked) if one.size is None else one.size, "start": len(body) - shift, "mode": one.mode, "extra": b"",
        }  # fmt: skip
        directory += central_header({**fields, **one.central})
        body += local_header({**fields, **one.local}) + one.content + one.after
        count += 1
    body += gap
    record = {"count": count, "total": count, "length": len(directory), "start": len(body) - shift, "comment": 0, **(end or {})}
    said = (record[name] for name in ("count", "total", "length", "start", "comment"))
    return bytes(body + directory + struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, *said)) + behind


def local_header(said: Mapping[str, Any]) -> bytes:
    """A local header with its name and extra field."""
    head = struct.pack(
        "<IHHHHHIIIHH", 0x04034B50, 20, said["flags"], said["method"], 0, 0x5B77, said["crc"], said["packed"], said["size"],
        len(said["name"]), len(said["extra"]),
    )  # fmt: skip
    return head + bytes(said["name"]) + bytes(said["extra"])


def central_header(said: Mapping[str, Any]) -> bytes:
    """An entry of the directory with its name and extra field."""
    head = struct.pack(
        "<IHHHHHHIIIHHHHHII", 0x02014B50, 3 << 8 | 20, 20, said["flags"], said["method"], 0, 0x5B77, said["crc"], said["packed"],
        said["size"], len(said["name"]), len(said["extra"]), 0, 0, 0, said["mode"] << 16, said["start"],
    )  # fmt: skip
    return head + bytes(said["name"]) + bytes(said["extra"])


def deflated(content: bytes) -> bytes:
    """*content* as a raw deflate stream."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()


def bag_of(members: Mapping[str, bytes], folder: str) -> list[Raw]:
    """The members of a bag, stored."""
    return [Raw(f"{folder}/{name}".encode(), content) for name, content in members.items()]


def changed(members: list[Raw], name: str, **fields: Any) -> list[Raw]:
    """*members* with fields of the one whose name ends with *name* replaced."""
    return [replace(one, **fields) if one.name.endswith(name.encode()) else one for one in members]


def write_sparse(path: Path, members: list[Raw], large: bytes, size: int) -> Path:
    """A zip of *members* and one stored file named *large* of *size* zero bytes, which takes no room on the disk."""
    crc, left = 0, size
    zeros = bytes(1 << 20)
    while left:
        crc = zlib.crc32(zeros[: min(left, len(zeros))], crc)
        left -= min(left, len(zeros))
    whole = raw_zip(members)
    start, length = struct.unpack_from("<I", whole, len(whole) - 6)[0], struct.unpack_from("<I", whole, len(whole) - 10)[0]
    said = {
        "name": large, "flags": UTF8, "method": 0, "crc": crc, "packed": size, "size": size, "start": start, "mode": 0o100644, "extra": b"",
    }  # fmt: skip
    with path.open("wb") as file:
        file.write(whole[:start] + local_header(said))
        file.seek(size, 1)
        begin = file.tell()
        directory = whole[start : start + length] + central_header(said)
        file.write(directory)
        file.write(struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, len(members) + 1, len(members) + 1, len(directory), begin, 0))
    return path
