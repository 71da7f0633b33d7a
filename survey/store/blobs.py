"""Bytes by SHA-256 in a folder: written once, synced before anyone is told, never changed."""

import errno
import hashlib
import os
import secrets
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from survey.domain.ports import PartKey, Staged
from survey.domain.problems import FILE_TOO_LARGE, FILE_UNKNOWN, STORAGE_UNUSABLE, Problem
from survey.store.parts import PartFiles, sync_folder

CHUNK = 1 << 20
VIEWS = ("preview", "thumb")
MARK = "encrypted-for"  # beside the bytes: the public keys under which they lie, where they are encrypted
_HASH_DIGITS = 64
_STALE_S = 24 * 3600  # no upload lasts so long: what is older was left behind by a crash
_TROUBLES = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM, errno.ENOTDIR}


def stage(folder: Path, chunks: Iterable[bytes], *, name: str, limit: int) -> Staged:
    """Write *chunks* below *folder* under a random name while hashing. Raises FILE_TOO_LARGE over *limit* bytes, STORAGE_UNUSABLE."""
    path = folder / secrets.token_hex(16)
    digest, crc, size = hashlib.sha256(), 0, 0
    try:
        with told_of_disks(), path.open("xb") as file:
            for chunk in chunks:
                size += len(chunk)
                _check_size(size, limit, name)
                digest.update(chunk)
                crc = zlib.crc32(chunk, crc)
                file.write(chunk)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Staged(path, digest.hexdigest(), crc, size)


def _check_size(size: int, limit: int, name: str) -> None:
    if size > limit:
        raise Problem(FILE_TOO_LARGE, name=name, limit_mb=limit // 1_000_000)


def sweep(incoming: Path) -> int:
    """Remove files of uploads that a crash cut off more than a day ago; returns how many."""
    oldest = time.time() - _STALE_S
    stale = []
    for path in incoming.iterdir():
        with suppress(FileNotFoundError):  # an upload that ends just now
            if path.is_file() and path.stat().st_mtime < oldest:
                path.unlink()
                stale.append(path.name)
    return len(stale)


@contextmanager
def told_of_disks() -> Iterator[None]:
    """Raise what a full, read-only or broken disk does as STORAGE_UNUSABLE."""
    try:
        yield
    except OSError as error:
        if error.errno not in _TROUBLES:
            raise
        raise Problem(STORAGE_UNUSABLE, reason=os.strerror(error.errno)) from error


class FolderBlobs:
    """A folder `blobs/ab/cd/<sha256>`, with `quarantine/` and `views/` beside it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._incoming = folder / "incoming"
        for path in (folder, self._incoming, folder / "blobs", folder / "quarantine", folder / "views"):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)  # the folder around it may be open to others
        self._parts = PartFiles(self._incoming / "parts")
        self._sure: set[str] = set()  # folders whose names this process has synced

    def stage(self, chunks: Iterable[bytes], *, name: str, limit: int) -> Staged:
        """Write *chunks* to a temporary file while hashing."""
        return stage(self._incoming, chunks, name=name, limit=limit)

    def keep(self, staged: Staged, *, quarantine: bool = False) -> None:
        """Sync the bytes, name them by their hash, sync the folder: only then does this return."""
        target = self._path(staged.sha256, quarantine)
        with told_of_disks():
            self._make_folder(target.parent)
            if not target.exists():
                with staged.path.open("rb") as file:
                    os.fsync(file.fileno())
                staged.path.chmod(0o440)
                staged.path.replace(target)
            # Also where another request named it a moment ago: its name may not be on the disk yet.
            sync_folder(target.parent)

    def replace(self, staged: Staged, *, quarantine: bool = False, view: str = "", alone: AbstractContextManager[object]) -> None:
        """Put *staged* in the place of the file of the same name, which stays whole until then; nothing happens where there is none.

        *alone* is held while it is seen to be there and replaced, so that what is erased meanwhile does not come back.
        """
        target = self._view_path(staged.sha256, view) if view else self._path(staged.sha256, quarantine)
        with told_of_disks():
            with staged.path.open("rb") as file:
                os.fsync(file.fileno())
            staged.path.chmod(0o440)
            with alone:
                if target.exists():
                    staged.path.replace(target)
            if target.parent.exists():
                sync_folder(target.parent)

    def mark(self) -> str:
        """What `set_mark` left beside the bytes, or an empty text."""
        path = self._folder / MARK
        return path.read_text() if path.exists() else ""

    def set_mark(self, text: str) -> None:
        """Keep *text* beside the bytes, durably; an empty one removes it."""
        path = self._folder / MARK
        with told_of_disks():
            if text:
                draft = self._incoming / secrets.token_hex(16)
                draft.touch(mode=0o600, exist_ok=False)
                with draft.open("w") as file:
                    file.write(text)
                    file.flush()
                    os.fsync(file.fileno())
                draft.replace(path)
            else:
                path.unlink(missing_ok=True)
            sync_folder(self._folder)

    def _make_folder(self, folder: Path) -> None:
        """Make *folder*, two names below `blobs/` or `quarantine/`, and sync both names.

        Also where it is there already: another thread or process may have made it a moment ago and not have synced it yet.
        A folder that went away since (someone tidied up at the server) is made again.
        """
        name = str(folder)
        if name not in self._sure or not folder.exists():
            for path in (folder.parent, folder):
                path.mkdir(parents=True, exist_ok=True)
                sync_folder(path.parent)
            self._sure.add(name)

    def discard(self, staged: Staged) -> None:
        """Remove the temporary file, if `keep` has not taken it."""
        staged.path.unlink(missing_ok=True)

    def part_offset(self, key: PartKey) -> int:
        """How far an unfinished upload has come."""
        with told_of_disks():
            return self._parts.offset(key)

    def write_part(self, key: PartKey, start: int, chunks: Iterable[bytes], limit: int) -> int:
        """Write at the bytes' own places, synced before this returns or raises."""
        with told_of_disks():
            return self._parts.write(key, start, chunks, limit)

    def finish_parts(self, key: PartKey, total: int) -> Staged | None:
        """A staged copy: who still writes to the upload cannot touch it."""
        chunks = self._parts.read(key, total)
        return None if chunks is None else stage(self._incoming, chunks, name=key.upload, limit=total)

    def drop_parts(self, key: PartKey) -> None:
        """Remove the unfinished upload."""
        self._parts.drop(key)

    def make_room(self, key: PartKey, most: int) -> None:
        """Drop the owner's oldest uploads."""
        self._parts.make_room(key, most)

    def size(self, sha256: str, *, quarantine: bool = False) -> int | None:
        """The stored size, or None."""
        path = self._path(sha256, quarantine)
        return path.stat().st_size if path.exists() else None

    def read(self, sha256: str, *, start: int = 0, length: int | None = None, quarantine: bool = False) -> Iterator[bytes]:
        """The bytes in chunks of at most 1 MiB."""
        with self._open(sha256, quarantine) as file:
            file.seek(start)
            left = length
            while chunk := file.read(CHUNK if left is None else min(CHUNK, left)):
                left = None if left is None else left - len(chunk)
                yield chunk

    @contextmanager
    def open(self, sha256: str) -> Iterator[BinaryIO]:
        """The blob as a seekable file."""
        with self._open(sha256, quarantine=False) as file:
            yield file

    def hashes(self, *, quarantine: bool = False) -> Iterator[str]:
        """The hashes of all blobs."""
        root = self._folder / ("quarantine" if quarantine else "blobs")
        return (path.name for path in root.glob("*/*/*"))

    def erase(self, sha256: str) -> None:
        """Remove the bytes and their views, and sync the folders, so that a power cut does not bring them back."""
        with told_of_disks():
            for path in self._traces(sha256):
                path.unlink(missing_ok=True)
                if path.parent.exists():
                    sync_folder(path.parent)

    def holds(self, sha256: str) -> bool:
        """Whether a file of the bytes is left."""
        return any(path.exists() for path in self._traces(sha256))

    def _traces(self, sha256: str) -> list[Path]:
        return [*(self._path(sha256, aside) for aside in (False, True)), *(self._view_path(sha256, view) for view in VIEWS)]

    def save_view(self, sha256: str, view: str, content: bytes) -> None:
        """Keep a view; it can be made again, so it is not synced."""
        path = self._view_path(sha256, view)
        temporary = self._incoming / secrets.token_hex(16)
        try:
            with told_of_disks():
                path.parent.mkdir(parents=True, exist_ok=True)
                temporary.write_bytes(content)
                temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)

    def sweep(self) -> int:
        """Remove what crashes left behind in `incoming/` more than a day ago, and uploads left alone for a week."""
        return sweep(self._incoming) + self._parts.sweep()

    def read_view(self, sha256: str, view: str) -> bytes | None:
        """The view's JPEG bytes, or None."""
        path = self._view_path(sha256, view)
        return path.read_bytes() if path.exists() else None

    def _open(self, sha256: str, quarantine: bool) -> BinaryIO:
        try:
            return self._path(sha256, quarantine).open("rb")
        except FileNotFoundError:
            raise Problem(FILE_UNKNOWN, name=sha256) from None

    def _path(self, sha256: str, quarantine: bool) -> Path:
        return self._folder / ("quarantine" if quarantine else "blobs") / key(sha256)

    def _view_path(self, sha256: str, view: str) -> Path:
        if view not in VIEWS:
            raise Problem(FILE_UNKNOWN, name=view)
        return self._folder / "views" / f"{key(sha256)}.{view}.jpg"


def key(sha256: str) -> str:
    """`ab/cd/<sha256>`. Raises FILE_UNKNOWN unless *sha256* is 64 lower-case hexadecimal digits."""
    if len(sha256) != _HASH_DIGITS or not set(sha256) <= set("0123456789abcdef"):
        raise Problem(FILE_UNKNOWN, name=sha256[:80])
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"
