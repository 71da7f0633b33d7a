"""Bytes by SHA-256 in an S3-compatible object store, through obstore; incoming bytes rest on local disk first."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO, cast

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store

from survey.domain.ports import PartKey, Staged
from survey.domain.problems import FILE_UNKNOWN, STORAGE_UNUSABLE, Problem
from survey.store.blobs import CHUNK, MARK, VIEWS, key, stage, sweep, told_of_disks
from survey.store.object_parts import PartObjects

_WHOLE = 16 << 20  # of one piece of a put, which is held in memory
_PATIENCE = timedelta(seconds=20)  # then a phone hears that nothing was received, and sends again


class ObjectBlobs:
    """Keys `blobs/ab/cd/<sha256>`, `quarantine/…`, `views/…`, put with *create*: a second writer of one hash changes nothing."""

    def __init__(self, store: S3Store, incoming: Path) -> None:
        self._store = store
        self._incoming = incoming
        incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._parts = PartObjects(store, incoming)

    def stage(self, chunks: Iterable[bytes], *, name: str, limit: int) -> Staged:
        """Write *chunks* to a temporary local file while hashing."""
        return stage(self._incoming, chunks, name=name, limit=limit)

    def keep(self, staged: Staged, *, quarantine: bool = False) -> None:
        """Put the bytes once; the store answers when they are durable. Large ones go in pieces, so that memory stays flat."""
        path = _path(staged.sha256, quarantine)
        try:
            if staged.size <= _WHOLE:
                obstore.put(self._store, path, staged.path, mode="create")
            elif not self._is_there(path):  # a second writer would write the same bytes
                obstore.put(self._store, path, staged.path, chunk_size=_WHOLE, max_concurrency=2, use_multipart=True)
        except AlreadyExistsError:
            return
        except BaseError as error:
            raise Problem(STORAGE_UNUSABLE, reason="S3") from error

    def replace(self, staged: Staged, *, quarantine: bool = False, view: str = "", alone: AbstractContextManager[object]) -> None:
        """Put *staged* in the place of the object of the same name, while *alone* is held; nothing happens where there is none."""
        path = _view_path(staged.sha256, view) if view else _path(staged.sha256, quarantine)
        try:
            with alone:
                if self._is_there(path):
                    obstore.put(self._store, path, staged.path, chunk_size=_WHOLE, max_concurrency=2)
        except BaseError as error:
            raise Problem(STORAGE_UNUSABLE, reason="S3") from error

    def mark(self) -> str:
        """What `set_mark` left beside the bytes, or an empty text."""
        try:
            return bytes(obstore.get(self._store, MARK).bytes()).decode()
        except FileNotFoundError:
            return ""
        except BaseError as error:
            if "NoSuchBucket" in str(error):
                return ""
            raise Problem(STORAGE_UNUSABLE, reason="S3") from error

    def set_mark(self, text: str) -> None:
        """Keep *text* beside the bytes; an empty one removes it."""
        try:
            if text:
                obstore.put(self._store, MARK, text.encode())
            elif self._is_there(MARK):
                obstore.delete(self._store, MARK)
        except BaseError as error:
            raise Problem(STORAGE_UNUSABLE, reason="S3") from error

    def discard(self, staged: Staged) -> None:
        """Remove the temporary file."""
        staged.path.unlink(missing_ok=True)

    def part_offset(self, key: PartKey) -> int:
        """How far the runs of an unfinished upload reach."""
        return self._parts.offset(key)

    def write_part(self, key: PartKey, start: int, chunks: Iterable[bytes], limit: int) -> int:
        """Put what came as one run, durable before this returns or raises."""
        with told_of_disks():
            return self._parts.write(key, start, chunks, limit)

    def finish_parts(self, key: PartKey, total: int) -> Staged | None:
        """The runs put together on local disk; None also where another request took them away meanwhile."""
        chunks = self._parts.read(key, total)
        if chunks is None:
            return None
        try:
            return stage(self._incoming, chunks, name=key.upload, limit=total)
        except FileNotFoundError:
            return None

    def drop_parts(self, key: PartKey) -> None:
        """Remove the unfinished upload's runs."""
        self._parts.drop(key)

    def make_room(self, key: PartKey, most: int) -> None:
        """Drop the owner's oldest uploads."""
        self._parts.make_room(key, most)

    def size(self, sha256: str, *, quarantine: bool = False) -> int | None:
        """The stored size, or None."""
        try:
            return obstore.head(self._store, _path(sha256, quarantine))["size"]
        except FileNotFoundError:
            return None

    def read(self, sha256: str, *, start: int = 0, length: int | None = None, quarantine: bool = False) -> Iterator[bytes]:
        """The bytes in chunks of about 1 MiB."""
        path = _path(sha256, quarantine)
        try:
            if start or length is not None:
                whole = obstore.head(self._store, path)["size"]
                end = whole if length is None else min(whole, start + length)
                # One piece a request: a person who looks at a photo slowly holds 1 MiB, not the photo.
                for begin in range(start, end, CHUNK):
                    yield bytes(obstore.get_range(self._store, path, start=begin, end=min(end, begin + CHUNK)))
                return
            for chunk in obstore.get(self._store, path).stream(min_chunk_size=CHUNK):
                yield bytes(chunk)
        except FileNotFoundError:
            raise Problem(FILE_UNKNOWN, name=sha256) from None

    @contextmanager
    def open(self, sha256: str) -> Iterator[BinaryIO]:
        """A local copy of the blob, gone when the block ends."""
        with tempfile.TemporaryFile(dir=self._incoming) as file:
            with told_of_disks():
                for chunk in self.read(sha256):
                    file.write(chunk)
                file.flush()
            file.seek(0)
            yield cast(BinaryIO, file)

    def hashes(self, *, quarantine: bool = False) -> Iterator[str]:
        """The hashes of all blobs."""
        try:
            for page in obstore.list(self._store, "quarantine/" if quarantine else "blobs/"):
                yield from (str(entry["path"]).rsplit("/", 1)[-1] for entry in page)
        except BaseError as error:
            if "NoSuchBucket" not in str(error):  # some stores make the bucket with the first object: until then nothing is here
                raise Problem(STORAGE_UNUSABLE, reason="S3") from error

    def erase(self, sha256: str) -> None:
        """Delete the objects; a bucket that keeps versions keeps them (docs/privacy.md)."""
        for path in _traces(sha256):
            try:
                obstore.delete(self._store, path)
            except FileNotFoundError:
                continue
            except BaseError as error:
                raise Problem(STORAGE_UNUSABLE, reason="S3") from error

    def holds(self, sha256: str) -> bool:
        """Whether an object of the bytes is left."""
        return any(self._is_there(path) for path in _traces(sha256))

    def _is_there(self, path: str) -> bool:
        try:
            obstore.head(self._store, path)
        except FileNotFoundError:
            return False
        return True

    def save_view(self, sha256: str, view: str, content: bytes) -> None:
        """Keep a view."""
        try:
            obstore.put(self._store, _view_path(sha256, view), content)
        except BaseError as error:
            raise Problem(STORAGE_UNUSABLE, reason="S3") from error

    def sweep(self) -> int:
        """Remove what crashes left behind on local disk more than a day ago, and runs of a week ago."""
        return sweep(self._incoming) + self._parts.sweep()

    def read_view(self, sha256: str, view: str) -> bytes | None:
        """The view's JPEG bytes, or None."""
        try:
            return bytes(obstore.get(self._store, _view_path(sha256, view)).bytes())
        except FileNotFoundError:
            return None


def open_object_blobs(url: str, incoming: Path) -> ObjectBlobs:
    """The byte store behind *url* (`s3://bucket/prefix`); keys, region and endpoint come from the AWS_… environment."""
    store = S3Store.from_url(url, client_options={"allow_http": True}, retry_config={"max_retries": 5, "retry_timeout": _PATIENCE})
    return ObjectBlobs(store, incoming)


def _path(sha256: str, quarantine: bool) -> str:
    return f"{'quarantine' if quarantine else 'blobs'}/{key(sha256)}"


def _view_path(sha256: str, view: str) -> str:
    if view not in VIEWS:
        raise Problem(FILE_UNKNOWN, name=view)
    return f"views/{key(sha256)}.{view}.jpg"


def _traces(sha256: str) -> list[str]:
    return [*(_path(sha256, aside) for aside in (False, True)), *(_view_path(sha256, view) for view in VIEWS)]
