"""Unfinished uploads in a folder: one file each, written at the places where its bytes belong.

Nothing but the next bytes, or ones that are here already, can be written: the size of the file is how far the upload has come.
"""

import os
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from survey.domain.ports import PartKey
from survey.domain.problems import FILE_UNKNOWN, UPLOAD_OFFSET, Problem

KEEP_S = 7 * 24 * 3600  # a phone that was without a signal for a week sends its photo from the beginning
CHUNK = 1 << 20
_DIGITS = re.compile(r"[0-9a-f]{32}")


def sync_folder(folder: Path) -> None:
    """Have the names in *folder* on the disk, too."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def checked(key: PartKey) -> PartKey:
    """*key* as one that may name files. Raises FILE_UNKNOWN."""
    if not (_DIGITS.fullmatch(key.owner) and _DIGITS.fullmatch(key.upload)):
        raise Problem(FILE_UNKNOWN, name=key.upload[:80])
    return key


class PartFiles:
    """`<folder>/<owner>/<upload>`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def offset(self, key: PartKey) -> int:
        """The size of what is here, on the disk before it is told."""
        try:
            handle = os.open(self._path(key), os.O_RDONLY)
        except FileNotFoundError:
            return 0
        try:
            os.fsync(handle)
            return os.fstat(handle).st_size
        finally:
            os.close(handle)

    def write(self, key: PartKey, start: int, chunks: Iterable[bytes], limit: int) -> int:
        """Write from *start* up to *limit*; synced however *chunks* ends. Raises UPLOAD_OFFSET."""
        handle = self._open(key, start)
        try:
            place = start
            try:
                for chunk in chunks:
                    place += _write_all(handle, chunk[: max(0, limit - place)], place)
            finally:
                os.fsync(handle)
            return os.fstat(handle).st_size
        finally:
            os.close(handle)

    def read(self, key: PartKey, total: int) -> Iterator[bytes] | None:
        """The first *total* bytes in chunks, or None where fewer are here."""
        try:
            file = self._path(key).open("rb")
        except FileNotFoundError:
            return None
        if os.fstat(file.fileno()).st_size < total:
            file.close()
            return None

        def chunks() -> Iterator[bytes]:
            with file:
                for begin in range(0, total, CHUNK):
                    yield file.read(min(CHUNK, total - begin))

        return chunks()

    def drop(self, key: PartKey) -> None:
        """Remove the upload; who still writes to it writes to nothing."""
        self._path(key).unlink(missing_ok=True)

    def make_room(self, key: PartKey, most: int) -> None:
        """Remove the owner's oldest uploads so that *key* is one of at most *most*."""
        others = [(_changed(path), path) for path in self._path(key).parent.glob("*") if path.name != key.upload]
        for _, path in sorted(others)[: max(0, len(others) + 1 - most)]:
            path.unlink(missing_ok=True)

    def sweep(self) -> int:
        """Remove what nobody has added to for a week; returns how many."""
        oldest, stale = time.time() - KEEP_S, 0
        for path in self._folder.glob("*/*"):
            with suppress(FileNotFoundError):  # an upload that ends just now
                if path.stat().st_mtime < oldest:
                    path.unlink()
                    stale += 1
        return stale

    def _path(self, key: PartKey) -> Path:
        return self._folder / checked(key).owner / key.upload

    def _open(self, key: PartKey, start: int) -> int:
        """A handle to write from *start* on. Only a first byte makes the file: a later one would leave a hole before it."""
        path = self._path(key)
        if start == 0:
            path.parent.mkdir(mode=0o700, exist_ok=True)
        try:
            handle = os.open(path, os.O_RDWR | (os.O_CREAT if start == 0 else 0), 0o600)
        except FileNotFoundError:
            raise Problem(UPLOAD_OFFSET, offset=0) from None
        size = os.fstat(handle).st_size
        if size == 0:
            sync_folder(path.parent)
            sync_folder(self._folder)
        if start > size:
            os.close(handle)
            raise Problem(UPLOAD_OFFSET, offset=size)
        return handle


def _write_all(handle: int, chunk: bytes, place: int) -> int:
    """Write all of *chunk* at *place*; a disk that fills up takes a part of it and refuses the rest."""
    view = memoryview(chunk)
    while view:
        written = os.pwrite(handle, view, place)
        view, place = view[written:], place + written
    return len(chunk)


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
