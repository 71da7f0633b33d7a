"""Reading a zip from a stranger: nothing is unpacked, every member is judged by its directory entry before a byte is read.

The limits are ours, chosen so that a bundle of a large commune passes and a bomb does not.
"""

import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from survey.bundle.faults import Fault

MAX_MEMBERS = 500_000
MAX_DIRECTORY = 256 << 20  # bytes of the central directory
MAX_RATIO = 100
MAX_COMPONENT = 255  # the longest name that common file systems take
_SMALL = 1 << 20  # a short text may compress beyond the ratio without harm
_CHUNK = 1 << 20
_SHOWN = 120
_MAX_PATH = 1000
_TAIL = 65_557  # end record with the longest comment
_DRIVE = re.compile(r"^[A-Za-z]:")
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})

READ_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


def open_untrusted(file: BinaryIO) -> zipfile.ZipFile | Fault:
    """The zip in *file*, or the fault that keeps it closed; its central directory is measured before it is loaded."""
    try:
        count, length = _directory_size(file)
        if count > MAX_MEMBERS or length > MAX_DIRECTORY:
            return Fault("TOO_MANY_MEMBERS", "")
        return zipfile.ZipFile(file)
    except (*READ_ERRORS, struct.error):
        return Fault("NOT_A_ZIP", "")


def member_faults(archive: zipfile.ZipFile, size: int) -> tuple[dict[str, zipfile.ZipInfo], list[Fault]]:
    """The members of *archive* (a file of *size* bytes) that may be read, by name, and a fault for each that may not."""
    members = [info for info in archive.infolist() if not _is_plain_folder(info)]
    if sum(info.file_size for info in members) > MAX_RATIO * size:
        return {}, [Fault("TOO_LARGE", "")]
    often = Counter(unicodedata.normalize("NFC", info.filename).casefold() for info in members)
    safe: dict[str, zipfile.ZipInfo] = {}
    faults = []
    for info in members:
        code = _entry_fault(info)
        if code is None and often[unicodedata.normalize("NFC", info.filename).casefold()] > 1:
            code = "DUPLICATE"
        if code is None:
            safe[info.filename] = info
        else:
            faults.append(Fault(code, shown(info.filename)))
    return safe, faults


def read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """The member's bytes in chunks, never more than its entry declares. Raises one of READ_ERRORS where they are damaged."""
    with archive.open(info) as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


def shown(name: str) -> str:
    """*name* fit for a terminal: control characters replaced, cut to one line."""
    text = "".join(letter if letter.isprintable() else "\ufffd" for letter in name)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def file_size(path: Path) -> int:
    """Bytes of the file at *path*."""
    return path.stat().st_size


def _is_plain_folder(info: zipfile.ZipInfo) -> bool:
    return info.is_dir() and info.file_size == 0 and _entry_fault(info) is None


def _entry_fault(info: zipfile.ZipInfo) -> str | None:
    name = info.filename
    found = (
        ("NOT_A_FILE", stat.S_IFMT(info.external_attr >> 16) not in {0, stat.S_IFREG, stat.S_IFDIR}),
        ("NAME_UNSAFE", _is_unsafe(name)),
        ("NAME_TOO_LONG", len(name) > _MAX_PATH or max(len(part.encode("utf-8", "replace")) for part in name.split("/")) > MAX_COMPONENT),
        ("ENCRYPTED", bool(info.flag_bits & 1)),
        ("METHOD", info.compress_type not in _METHODS),
        ("RATIO", info.file_size > max(_SMALL, MAX_RATIO * info.compress_size)),
    )
    return next((code for code, is_so in found if is_so), None)


def _is_unsafe(name: str) -> bool:
    # `orig_filename` may differ: zipfile cuts at a NUL and turns the system's separator; both show up as other characters here.
    parts = name.rstrip("/").split("/")
    return (
        name.startswith(("/", "~"))
        or "\\" in name
        or bool(_DRIVE.match(name))
        or any(part in {"", ".", ".."} for part in parts)
        or any(unicodedata.category(letter) in {"Cc", "Cf", "Cs"} for letter in name)
    )


def _directory_size(file: BinaryIO) -> tuple[int, int]:
    """Number of members and bytes of the central directory, from the end records (APPNOTE 4.3.14-16)."""
    end = file.seek(0, 2)
    base = max(0, end - _TAIL)
    file.seek(base)
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0:
        raise zipfile.BadZipFile("no end record")
    count, length = struct.unpack_from("<HI", tail, at + 10)
    if tail[max(0, at - 20) : at].startswith(b"PK\x06\x07"):
        (start,) = struct.unpack_from("<Q", tail, at - 12)
        file.seek(start)
        record = file.read(56)
        if record[:4] != b"PK\x06\x06":
            raise zipfile.BadZipFile("no ZIP64 end record")
        count, length = struct.unpack_from("<Q", record, 32)[0], struct.unpack_from("<Q", record, 40)[0]
    return count, length
