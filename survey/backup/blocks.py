"""A plain tar written and read a block at a time: regular files alone, in one fixed order, each hashed as it passes.

What is read may be a stranger's. No links, no long-name or extended headers, no sparse files are understood, so none can do harm; names and
sizes must fit their section, and stand in strictly rising order, so that no name comes twice.
"""

import hashlib
import re
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from survey.domain.problems import BACKUP_DAMAGED, Problem

CHUNK = 1 << 20
_BLOCK = 512
_MB = 1 << 20
SUMS = "SHA256SUMS"
_HASH = r"([0-9a-f]{2})/([0-9a-f]{2})/(\1\2[0-9a-f]{60})"
# Each section: how its names look, and the most bytes of a member. Our own limits: what is held in memory is small, evidence may be large.
_SECTIONS: list[tuple[str, re.Pattern[str], int]] = [
    ("header", re.compile(r"backup\.json"), 4 * _MB),
    ("rows", re.compile(r"rows/[0-9]{3}-[a-z_]{1,40}-[0-9]{6}\.jsonl"), 512 * _MB),
    ("blobs", re.compile(rf"blobs/{_HASH}"), 1 << 44),
    ("quarantine", re.compile(rf"quarantine/{_HASH}"), 1 << 44),
    ("views", re.compile(rf"views/{_HASH}\.(preview|thumb)\.jpg"), 64 * _MB),
    ("bundles", re.compile(rf"bundles/{_HASH}"), 1 << 44),
    ("map", re.compile(r"map\.pmtiles"), 1 << 44),
    ("keys", re.compile(r"keys/[a-z_]{1,40}"), 64 * 1024),
    ("erased", re.compile(r"erased\.jsonl"), 256 * _MB),
    ("totals", re.compile(r"totals\.json"), 4 * _MB),
    ("sums", re.compile(SUMS), 1 << 40),
]
_NAMED_BY_HASH = {"blobs", "quarantine", "bundles"}


class Source(Protocol):
    """Bytes from the beginning to the end."""

    def read(self, size: int, /) -> bytes:
        """At most *size* bytes; none at the end."""


@dataclass(frozen=True)
class Member:
    """One file of a backup; *chunks* must be taken before the next member is asked for, or are passed over."""

    section: str
    name: str
    size: int
    chunks: Iterator[bytes]

    @property
    def sha256(self) -> str:
        """The hash that its name gives, for members that are named after their bytes."""
        return self.name.rsplit("/", 1)[-1][:64]


class Sums:
    """The lines of SHA256SUMS as they come together; on disk, since there may be millions."""

    def __init__(self, folder: Path | None = None) -> None:
        """*folder* is where they wait; the machine's own for temporary files where None."""
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - open for as long as the object; `close` ends it
        self.size = 0

    def add(self, digest: str, name: str) -> None:
        """One member's line, as `sha256sum` writes it."""
        self.size += self._file.write(f"{digest}  {name}\n".encode())

    def chunks(self) -> Iterator[bytes]:
        """All lines from the beginning."""
        self._file.seek(0)
        while chunk := self._file.read(CHUNK):
            yield chunk

    def close(self) -> None:
        """Give the file up."""
        self._file.close()


def write_member(sums: Sums, name: str, size: int, chunks: Iterable[bytes], known: str = "") -> Iterator[bytes]:
    """The blocks of one member; *known* is its hash where it was computed already.

    Raises ValueError where *chunks* are not *size* bytes: whoever calls knows what it writes.
    """
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    yield info.tobuf(tarfile.GNU_FORMAT)
    digest, done = hashlib.sha256(), 0
    for chunk in chunks:
        if not known:
            digest.update(chunk)
        done += len(chunk)
        yield chunk
    if done != size:
        raise ValueError(f"{name}: {done} bytes, said {size}")
    yield b"\0" * (-size % _BLOCK)
    if name != SUMS:
        sums.add(known or digest.hexdigest(), name)


def end_of_archive() -> bytes:
    """Two empty blocks."""
    return b"\0" * (2 * _BLOCK)


def read_members(source: Source, label: str, faults: list[str]) -> Iterator[Member]:
    """The members in their order; each that is not as its name or SHA256SUMS says is added to *faults*.

    Raises BACKUP_DAMAGED (*label* names the file) where the archive itself is not one of ours.
    """
    sums, last = Sums(), (-1, "")
    try:
        while (info := _header(source, label)) is not None:
            rank, section = _place(info, label)
            if (rank, info.name) <= last or section == "sums":
                raise _damaged(label, f"{info.name}: out of order")
            last = rank, info.name
            passing = _Passing(source, info.size, label)
            yield Member(section, info.name, info.size, passing.chunks())
            passing.finish()
            if section in _NAMED_BY_HASH and passing.digest.hexdigest() != info.name.rsplit("/", 1)[-1]:
                faults.append(f"{info.name}: other bytes")
            sums.add(passing.digest.hexdigest(), info.name)
            if section == "totals":
                faults.extend(_compare(source, sums, label))
                return
        raise _damaged(label, "it ends too early")
    finally:
        sums.close()


def _compare(source: Source, sums: Sums, label: str) -> Iterator[str]:
    """Read the last member, SHA256SUMS, against what was computed; every line that differs."""
    info = _header(source, label)
    if info is None or info.name != SUMS:
        raise _damaged(label, f"no {SUMS} at its end")
    passing = _Passing(source, info.size, label)
    given, computed = _lines(passing.chunks()), _lines(sums.chunks())
    while True:
        theirs, ours = next(given, b""), next(computed, b"")
        if not theirs and not ours:
            break
        if theirs != ours:
            yield f"{(ours or theirs)[66:].decode(errors='replace').strip()[:120]}: not as in {SUMS}"
    passing.finish()
    _require_end(source, label)


def _lines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        yield from (line + b"\n" for line in lines)
        if len(rest) > CHUNK:  # a line of ours has some 200 bytes
            yield rest
            rest = b""
    if rest:
        yield rest


class _Passing:
    """One member's bytes, hashed as they pass."""

    def __init__(self, source: Source, size: int, label: str) -> None:
        self._source, self._left, self._label = source, size, label
        self._padding = -size % _BLOCK
        self.digest = hashlib.sha256()

    def chunks(self) -> Iterator[bytes]:
        while self._left:
            chunk = self._source.read(min(CHUNK, self._left))
            if not chunk:
                raise _damaged(self._label, "it ends too early")
            self._left -= len(chunk)
            self.digest.update(chunk)
            yield chunk

    def finish(self) -> None:
        for _ in self.chunks():
            pass
        if self._padding and _exactly(self._source, self._padding, self._label) != b"\0" * self._padding:
            raise _damaged(self._label, "something stands between two members")


def _header(source: Source, label: str) -> tarfile.TarInfo | None:
    block = _exactly(source, _BLOCK, label)
    if block == b"\0" * _BLOCK:
        return None
    try:
        info = tarfile.TarInfo.frombuf(block, "ascii", "strict")
    except (tarfile.HeaderError, UnicodeDecodeError) as error:
        raise _damaged(label, "no tar header where one belongs") from error
    if info.type != tarfile.REGTYPE or info.size < 0:
        raise _damaged(label, f"{info.name[:120]!r}: not a plain file")
    return info


def _place(info: tarfile.TarInfo, label: str) -> tuple[int, str]:
    for rank, (section, pattern, most) in enumerate(_SECTIONS):
        if pattern.fullmatch(info.name):
            if info.size > most:
                raise _damaged(label, f"{info.name}: {info.size} bytes are too many")
            return rank, section
    raise _damaged(label, f"{info.name[:120]!r}: no such name in a backup")


def _exactly(source: Source, size: int, label: str) -> bytes:
    content = b""
    while len(content) < size:
        chunk = source.read(size - len(content))
        if not chunk:
            raise _damaged(label, "it ends too early")
        content += chunk
    return content


def _require_end(source: Source, label: str) -> None:
    if _exactly(source, 2 * _BLOCK, label) != end_of_archive() or source.read(1):
        raise _damaged(label, "something stands behind its end")


def _damaged(label: str, found: str) -> Problem:
    return Problem(BACKUP_DAMAGED, name=label, found=found)
