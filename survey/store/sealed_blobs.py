"""A byte store whose every file is encrypted where it lies, around any other: same names, same bytes in and out (docs/encryption.md).

A file's name stays the SHA-256 of its plain bytes. Plain files of a deployment that was not encrypted from its beginning are read as well:
they begin otherwise than age's files do, and hash to their name; so does a stranger's age file that was handed in as a paper.
"""

import hashlib
import zlib
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Protocol

from survey.domain.ports import Blobs, PartKey, Staged
from survey.domain.problems import BLOB_DAMAGED, BLOB_LOCKED, FILE_TOO_LARGE, Problem
from survey.store import age_format as age
from survey.store.blob_keys import BlobKeys, read_blob_keys, require_mark
from survey.store.blobs import CHUNK
from survey.store.sealed_heads import Heads
from survey.store.sealed_parts import SealedParts
from survey.store.unseen import SealedStaged, unseen

_TRIES = 3  # of reading what is rewritten under our hands
_MORE = 1 << 44


class Rewritable(Blobs, Protocol):
    """A store whose files can be replaced by the same ones in another form."""

    def replace(self, staged: Staged, *, quarantine: bool = False, view: str = "", alone: AbstractContextManager[object]) -> None:
        """Put *staged* in the place of what has its name, if anything has while *alone* is held."""

    def mark(self) -> str:
        """A text beside the bytes."""

    def set_mark(self, text: str) -> None:
        """Keep it, durably."""


class SealedBlobs:
    """*inner* with every file sealed for the keys' writer, or written plain where there is none; *room* is for large files being read."""

    def __init__(self, inner: Rewritable, keys: BlobKeys, room: Path) -> None:
        self.inner, self.keys, self._room = inner, keys, room
        self._parts = SealedParts(inner, keys)
        self._heads = Heads(inner, keys)

    def under(self, keys: BlobKeys) -> "SealedBlobs":
        """The same store under other keys."""
        return SealedBlobs(self.inner, keys, self._room)

    def stage(self, chunks: Iterable[bytes], *, name: str, limit: int) -> Staged:
        """Seal *chunks* into a temporary file while hashing what is plain."""
        writer = self.keys.writer
        if writer is None:
            return self.inner.stage(chunks, name=name, limit=limit)
        passing, file_key = _Passing(limit, name), age.new_file_key(writer)
        sealed = self.inner.stage(age.seal(file_key, passing.through(chunks)), name=name, limit=_MORE)
        sha256 = passing.digest.hexdigest()
        try:
            with sealed.path.open("r+b") as file:
                file.write(age.header(file_key, writer, sha256, passing.size))
        except BaseException:
            self.inner.discard(sealed)
            raise
        named = Staged(sealed.path, sha256, passing.crc, sealed.size)
        return SealedStaged(named, sha256, passing.crc, passing.size, lambda: self._opened(named, passing.size))

    def _opened(self, named: Staged, size: int) -> BinaryIO:
        with named.path.open("rb") as file:
            file_key = age.open_header(file.read(age.START), self.keys.readers, named.sha256)
            return unseen(age.unseal(file_key, iter(lambda: file.read(CHUNK), b"")), size, self._room)

    def keep(self, staged: Staged, *, quarantine: bool = False) -> None:
        """As the store below does: durable before this returns."""
        self.inner.keep(staged.sealed if isinstance(staged, SealedStaged) else staged, quarantine=quarantine)

    def discard(self, staged: Staged) -> None:
        """Remove the temporary file and the memory of its plain bytes."""
        if isinstance(staged, SealedStaged):
            self.inner.discard(staged.sealed)
            staged.empty()
        else:
            self.inner.discard(staged)

    def part_offset(self, key: PartKey) -> int:
        """How far an unfinished upload has come."""
        return self._parts.offset(key)

    def write_part(self, key: PartKey, start: int, chunks: Iterable[bytes], limit: int) -> int:
        """Write sealed bytes at the bytes' own places."""
        return self._parts.write(key, start, chunks, limit)

    def finish_parts(self, key: PartKey, total: int) -> Staged | None:
        """A staged copy, sealed as every file is."""
        place = self._parts.place(key)
        raw = self.inner.finish_parts(place.key, total)
        if raw is None:
            return None
        try:
            with raw.path.open("rb") as file:
                return self.stage(place.convert(iter(lambda: file.read(CHUNK), b""), 0), name=key.upload, limit=total)
        finally:
            self.inner.discard(raw)

    def drop_parts(self, key: PartKey) -> None:
        """Remove the unfinished upload."""
        self._parts.drop(key)

    def make_room(self, key: PartKey, most: int) -> None:
        """Drop the owner's oldest uploads."""
        self._parts.make_room(key, most)

    def size(self, sha256: str, *, quarantine: bool = False) -> int | None:
        """The plain size, or None; of a file that cannot be opened, what it takes on the disk."""
        stored = self.inner.size(sha256, quarantine=quarantine)
        if stored is None:
            return None
        try:
            file_key = self._heads.find(sha256, quarantine, self._heads.read(sha256, quarantine))
        except Problem as problem:
            if problem.kind in (BLOB_DAMAGED, BLOB_LOCKED):
                return stored
            raise
        return stored if file_key is None else file_key.size

    def read(self, sha256: str, *, start: int = 0, length: int | None = None, quarantine: bool = False) -> Iterator[bytes]:
        """The plain bytes in chunks of at most 1 MiB, each checked before it is given. Raises BLOB_DAMAGED, BLOB_LOCKED."""
        if start == 0 and length is None:
            yield from self._whole(sha256, quarantine)
        else:
            yield from self._range(sha256, quarantine, start, None if length is None else start + length)

    def _whole(self, sha256: str, quarantine: bool) -> Iterator[bytes]:
        """All of it in one go: head and bytes are of one file, also where another one takes its place meanwhile."""
        for tried in range(_TRIES):
            head, rest = _split(self.inner.read(sha256, quarantine=quarantine))
            try:
                file_key = self._heads.judge(sha256, quarantine, head)
                break
            except Problem:
                # Replaced between its head and its reading through?
                if tried == _TRIES - 1 or self._heads.read(sha256, quarantine) == head:
                    raise
        try:
            yield from chain([head], rest) if file_key is None else age.unseal(file_key, rest)
        except age.ChangedError as error:
            raise Problem(BLOB_DAMAGED, sha256=sha256) from error

    def _range(self, sha256: str, quarantine: bool, at: int, end: int | None) -> Iterator[bytes]:
        for tried in range(_TRIES):
            file_key = self._heads.look(sha256, quarantine)
            pieces = self._plain(sha256, quarantine, at, end) if file_key is None else self._sealed(sha256, quarantine, file_key, at, end)
            try:
                for chunk in pieces:
                    at += len(chunk)
                    yield chunk
                return
            except age.ChangedError as error:
                self._heads.forget(sha256)
                # Replaced in another form while it was read: what was given is right, and the rest is read from the new file.
                if tried == _TRIES - 1 or self._heads.look(sha256, quarantine) == file_key:
                    raise Problem(BLOB_DAMAGED, sha256=sha256) from error

    def _sealed(self, sha256: str, quarantine: bool, file_key: age.FileKey, at: int, end: int | None) -> Iterator[bytes]:
        last = file_key.size if end is None else min(end, file_key.size)
        if at >= last:
            return
        first, final = at // age.PIECE, (last - 1) // age.PIECE
        begin = file_key.place(first)
        # To the end of the file where its end is asked for: then nothing stands behind it unseen.
        wanted = None if final == file_key.last else file_key.place(final + 1) - begin
        sealed = self.inner.read(sha256, start=begin, length=wanted, quarantine=quarantine)
        skip, left = at - first * age.PIECE, last - at
        for chunk in age.unseal(file_key, sealed, first, final):
            given = chunk[skip : skip + left]
            skip, left = 0, left - len(given)
            yield given

    def _plain(self, sha256: str, quarantine: bool, at: int, end: int | None) -> Iterator[bytes]:
        """Bytes of a file that is not sealed; before each chunk is given, the file is seen to be so still."""
        for chunk in self.inner.read(sha256, start=at, length=None if end is None else end - at, quarantine=quarantine):
            if self._heads.look(sha256, quarantine) is not None:
                raise age.ChangedError
            yield chunk

    @contextmanager
    def open(self, sha256: str) -> Iterator[BinaryIO]:
        """The blob as a plain file without a name, gone when the block ends."""
        with unseen(self.read(sha256), self.inner.size(sha256) or 0, self._room) as file:
            yield file

    def hashes(self, *, quarantine: bool = False) -> Iterator[str]:
        """The hashes of all blobs."""
        return self.inner.hashes(quarantine=quarantine)

    def erase(self, sha256: str) -> None:
        """Remove the bytes and their views."""
        self.inner.erase(sha256)
        self._heads.forget(sha256)

    def holds(self, sha256: str) -> bool:
        """Whether a file of the bytes is left."""
        return self.inner.holds(sha256)

    def save_view(self, sha256: str, view: str, content: bytes) -> None:
        """Keep a view, sealed."""
        self.inner.save_view(sha256, view, self.seal_view(sha256, view, content))

    def read_view(self, sha256: str, view: str) -> bytes | None:
        """The view's JPEG bytes, or None. Raises BLOB_LOCKED, BLOB_DAMAGED."""
        content = self.inner.read_view(sha256, view)
        if content is None or not content.startswith(age.MAGIC):
            return content  # a JPEG file of a time without encryption
        name = f"{sha256}.{view}"
        try:
            file_key = age.open_header(content[: age.START], self.keys.readers, name)
            return b"".join(age.unseal(file_key, [content[age.START :]]))
        except age.OtherKeyError as error:
            raise Problem(BLOB_LOCKED, sha256=name) from error
        except (age.NotOursError, age.ChangedError) as error:
            raise Problem(BLOB_DAMAGED, sha256=name) from error

    def seal_view(self, sha256: str, view: str, content: bytes) -> bytes:
        """The bytes under which a view is kept."""
        writer = self.keys.writer
        if writer is None:
            return content
        file_key = age.new_file_key(writer)
        sealed = b"".join(age.seal(file_key, [content]))
        return age.header(file_key, writer, f"{sha256}.{view}", len(content)) + sealed[age.HEADER :]

    def sweep(self) -> int:
        """Remove what crashes left behind."""
        return self.inner.sweep()

    def owner(self, sha256: str, *, quarantine: bool = False) -> str:
        """The public key under which the blob lies, read anew; empty where it lies in the clear. Raises as `read` does."""
        file_key = self._heads.find(sha256, quarantine, self._heads.read(sha256, quarantine))
        return "" if file_key is None else file_key.recipient


def _split(chunks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The beginning of a file, as long as is needed to open it, and what follows."""
    head = b""
    for chunk in chunks:
        head += chunk
        if len(head) >= age.START:
            break
    return head[: age.START], chain([head[age.START :]], chunks)


class _Passing:
    """What is said of plain bytes as they pass."""

    def __init__(self, limit: int, name: str) -> None:
        self._limit, self._name = limit, name
        self.digest, self.crc, self.size = hashlib.sha256(), 0, 0

    def through(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """*chunks* as they are. Raises FILE_TOO_LARGE."""
        for chunk in chunks:
            self.size += len(chunk)
            if self.size > self._limit:
                raise Problem(FILE_TOO_LARGE, name=self._name, limit_mb=self._limit // 1_000_000)
            self.digest.update(chunk)
            self.crc = zlib.crc32(chunk, self.crc)
            yield chunk


def open_sealed(inner: Rewritable, key: Path | None, room: Path, *, watched: bool) -> Blobs:
    """*inner* under the keys in the file *key*; *room* is for large files while they are read.

    Without keys it is *inner* as it is, or, where *watched*, one that gives out no sealed bytes as plain ones should another process
    encrypt them meanwhile. Raises BLOB_KEY_NEEDED where the bytes lie under another key, BLOB_KEY_UNUSABLE, BLOB_KEY_EXPOSED.
    """
    keys = read_blob_keys(key) if key else None
    mark = _mark(inner, required=keys is not None)
    require_mark(mark, keys)
    if keys is None:
        return SealedBlobs(inner, BlobKeys(None, ()), room) if watched else inner
    if keys.writer and keys.writer.recipient not in mark.split():
        inner.set_mark(f"{mark}{keys.writer.recipient}\n")  # before the first byte lies under it
    return SealedBlobs(inner, keys, room)


def _mark(inner: Rewritable, *, required: bool) -> str:
    """What says under which keys the bytes lie; a store that cannot be reached stops only the start that needs to know."""
    try:
        return inner.mark()
    except Problem:
        if required:
            raise
        return ""
