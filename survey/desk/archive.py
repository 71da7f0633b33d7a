"""A ZIP read member by member, never extracted: names are labels, and what is odd is refused by itself while the rest goes on.

The limits are those of the photo-evidence note (a ratio of 100, the size of a photo) and, for numbers and totals, our own choice:
a camera's folder holds at most 9,999 pictures of which nobody brings more than a few hundred at once.
"""

import io
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from zipfile import BadZipFile, ZipFile, ZipInfo

from survey.desk.reasons import Refusal
from survey.domain.names import clean_file_name
from survey.domain.problems import ARCHIVE_UNREADABLE, Problem

PHOTO_LIMIT = 25_000_000  # bytes; what every door takes (receive.PHOTO_LIMIT)
MEMBERS = 2_000
RATIO = 100
UNPACKED = 2_000_000_000  # bytes of all members together
NAME_LENGTH = 255
_DIRECTORY = 4_000_000  # bytes of the list of members: two thousand names of the longest kind
_CHUNK = 1 << 16
_MAGIC = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_ENCRYPTED = 0x1 | 0x40 | 0x2000  # traditional, strong, and a hidden directory
_UTF8 = 0x800
_UNIX = 3  # the system whose file modes the upper half of external_attr holds
_READ = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_BROKEN = (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError, struct.error, OverflowError)
# What computers put beside photos by themselves.
_SILENT_NAMES = {"thumbs.db", ".ds_store", "desktop.ini", ".nomedia", "ehthumbs.db", ".picasa.ini"}
_SILENT_FOLDERS = {"__macosx", ".thumbnails", "@eadir", "$recycle.bin", "system volume information"}


class DamagedMemberError(Exception):
    """A member's bytes are not what the archive says of them."""


@dataclass(frozen=True)
class Member:
    """One file in an open archive: its name as a label, and its bytes."""

    name: str
    _archive: ZipFile
    _info: ZipInfo

    def chunks(self) -> Iterator[bytes]:
        """The bytes piece by piece. Raises DamagedMemberError; problems of who takes them pass through."""
        left = self._info.file_size
        try:
            with self._archive.open(self._info) as file:
                while chunk := file.read(_CHUNK):
                    left -= len(chunk)
                    yield chunk
        except _BROKEN as error:
            raise DamagedMemberError(self.name) from error
        if left:  # fewer bytes than it claims, and the checksum of these
            raise DamagedMemberError(self.name)


def is_archive(path: Path) -> bool:
    """Whether the file begins as a ZIP does; a photo with a ZIP at its end is a photo."""
    with path.open("rb") as file:
        return file.read(4) in _MAGIC


def is_silent(name: str) -> bool:
    """Whether *name* is what a computer puts beside photos by itself: nobody wants to read about it."""
    parts = [part.lower() for part in name.replace("\\", "/").split("/") if part]
    return not parts or parts[-1] in _SILENT_NAMES or parts[-1].startswith("._") or not _SILENT_FOLDERS.isdisjoint(parts)


def read_archive(path: Path, name: str) -> Iterator[Member | Refusal]:
    """What is in the ZIP at *path*, in its own order. Raises ARCHIVE_UNREADABLE where its list of members cannot be read."""
    with _Measured(path) as file:
        try:
            archive = ZipFile(file)
        except _BROKEN as error:
            raise Problem(ARCHIVE_UNREADABLE, name=clean_file_name(name)) from error
        yield from _members(archive, path.stat().st_size)


def _members(archive: ZipFile, size: int) -> Iterator[Member | Refusal]:
    """Each member of an archive of *size* bytes; the list ends with the first one too many: nobody reads ninety thousand refusals."""
    seen: set[str] = set()
    count, packed, unpacked = 0, 0, 0
    for info in archive.infolist():
        if info.is_dir() or is_silent(info.orig_filename):
            continue
        label, count = clean_file_name(_name_of(info)), count + 1
        if count > MEMBERS:
            yield Refusal(label or "?", "too_many")
            return
        reason = _fault(info, label, seen) or ("too_much" if unpacked + info.file_size > UNPACKED else "")
        # Members that share bytes unpack one file of a bomb again and again, each within the ratio.
        reason = reason or ("bomb" if packed + info.compress_size > size else "")
        seen.add(info.orig_filename)
        if reason:
            yield Refusal(label or "?", reason)
            continue
        packed, unpacked = packed + info.compress_size, unpacked + info.file_size
        yield Member(label, archive, info)


def _fault(info: ZipInfo, label: str, seen: set[str]) -> str:
    """The code of what is wrong with a member before a byte of it is read; empty where nothing is."""
    name = info.orig_filename
    mode = info.external_attr >> 16 if info.create_system == _UNIX else 0
    faults = {
        "name_too_long": len(name) > NAME_LENGTH,
        "name_unsafe": _leads_out(name),
        "name_missing": not label.strip(" ."),
        "link": stat.S_ISLNK(mode),
        "encrypted": bool(info.flag_bits & _ENCRYPTED),
        "name_twice": name in seen,
        "packed_oddly": info.compress_type not in _READ,
        "archive_inside": PurePosixPath(label.lower()).suffix in {".zip", ".rar", ".7z", ".tar", ".gz"},
        "too_large": info.file_size > PHOTO_LIMIT,
        "bomb": info.file_size > RATIO * max(info.compress_size, 1),
    }
    found = next((code for code, is_so in faults.items() if is_so), "")
    return "bomb" if found == "too_large" and faults["bomb"] else found


def _leads_out(name: str) -> bool:
    plain = name.replace("\\", "/")
    return plain.startswith("/") or "\x00" in name or plain[1:2] == ":" or ".." in plain.split("/")


def _name_of(info: ZipInfo) -> str:
    """The member's name; where the archive does not say that it is UTF-8, it may be so all the same, as most phones write it."""
    name = info.orig_filename
    if not info.flag_bits & _UTF8:
        try:
            return name.encode("cp437").decode("utf-8")
        except UnicodeError:
            return name
    return name


class _Measured(io.FileIO):
    """A file that is never asked for more at once than the list of members may take: the list is read whole, whatever its size."""

    def __init__(self, path: Path) -> None:
        super().__init__(os.fspath(path), "rb")

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > _DIRECTORY:
            raise BadZipFile("the list of members is too long")
        return super().read(_DIRECTORY if size is None or size < 0 else size) or b""
