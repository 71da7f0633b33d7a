"""Plain bytes that must lie nowhere by a name: in memory up to 64 MiB, above that in a file that has no name on the disk."""

import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Lock
from typing import BinaryIO, cast

from survey.domain.ports import Staged
from survey.store.blobs import told_of_disks

IN_MEMORY = 64 << 20  # photos and papers have 25 MB at most; what is larger is a bundle or an archive
_HERE = Path("/proc/self/fd")


def unseen(chunks: Iterable[bytes], size: int, room: Path) -> BinaryIO:
    """A seekable file of *chunks*, about *size* bytes, that goes when it is closed; *room* is where a large one takes its space."""
    with told_of_disks():
        if size <= IN_MEMORY:
            file = cast(BinaryIO, os.fdopen(os.memfd_create("survey", os.MFD_CLOEXEC), "w+b"))
        else:
            file = cast(BinaryIO, tempfile.TemporaryFile(dir=room))  # noqa: SIM115 - open for as long as its owner
        try:
            file.writelines(chunks)
            file.flush()
            file.seek(0)
        except BaseException:
            file.close()
            raise
    return file


class SealedStaged(Staged):
    """Staged bytes that lie sealed on the disk under *sealed*; who asks for their path gets an unseen plain file."""

    def __init__(self, sealed: Staged, sha256: str, crc32: int, size: int, opening: Callable[[], BinaryIO]) -> None:
        for name, value in (("sealed", sealed), ("sha256", sha256), ("crc32", crc32), ("size", size), ("_opening", opening)):
            object.__setattr__(self, name, value)
        object.__setattr__(self, "_files", [])
        object.__setattr__(self, "_lock", Lock())

    sealed: Staged
    _opening: Callable[[], BinaryIO]
    _files: list[BinaryIO]
    _lock: Lock

    @property
    def path(self) -> Path:  # a field there; here it costs an opening, which most never need
        """The plain bytes, for as long as this object lives; after `keep` and `discard` the name of nothing, as everywhere."""
        with self._lock:
            if not self.sealed.path.exists():
                return self.sealed.path
            if not self._files:
                self._files.append(self._opening())
            return _HERE / str(self._files[0].fileno())

    def empty(self) -> None:
        """Give the plain bytes' memory back.

        The file stays open for as long as this object: its number must not become another file's while somebody holds the path.
        """
        with self._lock:
            for file in self._files:
                os.ftruncate(file.fileno(), 0)
