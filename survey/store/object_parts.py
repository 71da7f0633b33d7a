"""Unfinished uploads in an object store: one object for each run of bytes that a request brought, `<offset>-<length>`.

Several app processes may take the requests of one upload: what counts is what the store lists.
"""

import re
import secrets
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from survey.domain.ports import PartKey
from survey.domain.problems import STORAGE_UNUSABLE, UPLOAD_OFFSET, Problem
from survey.domain.runs import Piece, Run, cover, reach
from survey.store.parts import CHUNK, KEEP_S, checked

MOST_RUNS = 64  # objects of one upload; then they are put together, so that a line that drops every kilobyte lists no thousands
_RUN = re.compile(r"(\d{1,12})-(\d{1,12})")


class PartObjects:
    """Objects `parts/<owner>/<upload>/<offset>-<length>`; *incoming* is where a request's bytes rest until it ends."""

    def __init__(self, store: S3Store, incoming: Path) -> None:
        self._store = store
        self._incoming = incoming

    def offset(self, key: PartKey) -> int:
        """How far the runs reach; the store has them for good."""
        return reach(self._runs(key))

    def write(self, key: PartKey, start: int, chunks: Iterable[bytes], limit: int) -> int:
        """Put one run, however *chunks* ends. Raises UPLOAD_OFFSET."""
        here = self.offset(key)
        if start > here:
            raise Problem(UPLOAD_OFFSET, offset=here)
        path = self._incoming / secrets.token_hex(16)
        try:
            try:
                with path.open("xb") as file:
                    for chunk in chunks:
                        file.write(chunk[: max(0, limit - start - file.tell())])
            finally:
                self._put(key, start, path)
        finally:
            path.unlink(missing_ok=True)
        runs = self._runs(key)
        if len(runs) > MOST_RUNS:
            self._merge(key, runs)
        return reach(runs)

    def read(self, key: PartKey, total: int) -> Iterator[bytes] | None:
        """The first *total* bytes in chunks, or None where fewer are here."""
        pieces = cover(self._runs(key), total)
        return self._chunks(key, pieces) if sum(piece.length for piece in pieces) == total else None

    def drop(self, key: PartKey) -> None:
        """Remove every run of the upload."""
        self._delete(f"{_prefix(key)}{_name(run)}" for run in self._runs(key))

    def make_room(self, key: PartKey, most: int) -> None:
        """Remove the owner's oldest uploads so that *key* is one of at most *most*."""
        others = {one: changed for one, changed in self._uploads(f"parts/{checked(key).owner}/").items() if one != key}
        oldest_first = sorted(others, key=lambda one: others[one])
        for one in oldest_first[: max(0, len(others) + 1 - most)]:
            self.drop(one)

    def sweep(self) -> int:
        """Remove uploads that nobody has added to for a week; returns how many."""
        oldest = datetime.now(UTC) - timedelta(seconds=KEEP_S)
        stale = [key for key, changed in self._uploads("parts/").items() if changed < oldest]
        for key in stale:
            self.drop(key)
        return len(stale)

    def _uploads(self, prefix: str) -> dict[PartKey, datetime]:
        """The unfinished uploads below *prefix*, each with when its newest run was put."""
        newest: dict[PartKey, datetime] = {}
        for path, changed in self._list(prefix):
            key = PartKey(*path.split("/")[-3:-1])
            newest[key] = max(changed, newest.get(key, changed))
        return newest

    def _runs(self, key: PartKey) -> list[Run]:
        names = (_RUN.fullmatch(path.rsplit("/", 1)[-1]) for path, _ in self._list(_prefix(key)))
        return [Run(int(name[1]), int(name[2])) for name in names if name]

    def _put(self, key: PartKey, start: int, path: Path) -> None:
        length = path.stat().st_size if path.exists() else 0
        if not length:
            return
        try:
            obstore.put(self._store, f"{_prefix(key)}{_name(Run(start, length))}", path)
        except BaseError as error:
            raise Problem(STORAGE_UNUSABLE, reason="S3") from error

    def _merge(self, key: PartKey, runs: list[Run]) -> None:
        """One object in place of many; who reads the old ones meanwhile finds them gone and asks again."""
        path = self._incoming / secrets.token_hex(16)
        try:
            with path.open("xb") as file:
                for chunk in self._chunks(key, cover(runs)):
                    file.write(chunk)
            self._put(key, 0, path)
            whole = Run(0, path.stat().st_size)
        finally:
            path.unlink(missing_ok=True)
        self._delete(f"{_prefix(key)}{_name(run)}" for run in runs if run != whole)

    def _chunks(self, key: PartKey, pieces: list[Piece]) -> Iterator[bytes]:
        for piece in pieces:
            path, last = f"{_prefix(key)}{_name(piece.run)}", piece.skip + piece.length
            for begin in range(piece.skip, last, CHUNK):
                yield bytes(obstore.get_range(self._store, path, start=begin, end=min(last, begin + CHUNK)))

    def _list(self, prefix: str) -> Iterator[tuple[str, datetime]]:
        try:
            for page in obstore.list(self._store, prefix):
                yield from ((str(entry["path"]), entry["last_modified"]) for entry in page)
        except BaseError as error:
            if "NoSuchBucket" not in str(error):  # some stores make the bucket with the first object: until then nothing is here
                raise Problem(STORAGE_UNUSABLE, reason="S3") from error

    def _delete(self, paths: Iterable[str]) -> None:
        gone = list(paths)
        try:
            if gone:
                obstore.delete(self._store, gone)
        except FileNotFoundError:
            return  # another request deletes the same
        except BaseError as error:
            raise Problem(STORAGE_UNUSABLE, reason="S3") from error


def _prefix(key: PartKey) -> str:
    return f"parts/{checked(key).owner}/{key.upload}/"


def _name(run: Run) -> str:
    return f"{run.start}-{run.length}"
