"""Files of a bundle that are made while it is prepared: kept in one unnamed temporary file, never in memory."""

import hashlib
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_CHUNK = 1 << 20


@dataclass(frozen=True)
class Made:
    """One made file: its *name* in the payload, where it lies in the spool, and what the zip and the manifest need."""

    name: str
    start: int
    size: int
    crc32: int
    sha256: str


class Spool:
    """A temporary file that the operating system forgets when it is closed, whatever happens to the process."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the spool; `close` ends it
        self._end = 0
        self.files: list[Made] = []

    def add(self, name: str, chunks: Iterable[bytes]) -> Made:
        """Keep *chunks* under *name*, hashed on the way."""
        start, size, crc, digest = self._end, 0, 0, hashlib.sha256()
        self._file.seek(start)
        for chunk in chunks:
            self._file.write(chunk)
            digest.update(chunk)
            crc = zlib.crc32(chunk, crc)
            size += len(chunk)
        self._end = start + size
        made = Made(name, start, size, crc, digest.hexdigest())
        self.files.append(made)
        return made

    def read(self, made: Made) -> Iterator[bytes]:
        """The bytes of *made*."""
        position, end = made.start, made.start + made.size
        while position < end:
            self._file.seek(position)
            chunk = self._file.read(min(_CHUNK, end - position))
            position += len(chunk)
            yield chunk

    def everything(self) -> Iterator[bytes]:
        """All bytes, one file behind the other, as their *start* says."""
        return self.read(Made("", 0, self._end, 0, ""))

    @property
    def size(self) -> int:
        """Bytes kept so far."""
        return self._end

    def close(self) -> None:
        """Give the space back."""
        self._file.close()
