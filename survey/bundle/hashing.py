"""SHA-256 of every file of a zip, on two threads: hashing leaves the interpreter free, so that one reads while another computes."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Event, Lock

from survey.bundle.container import Entry, Source
from survey.bundle.untrusted import READ_ERRORS, read_member

Progress = Callable[[int, int], None]
_THREADS = 2
_TELL_EVERY_S = 0.2


@dataclass(frozen=True, slots=True)
class Digest:
    """What was read of a file: SHA-256 of the bytes that came, and whether they are those that the zip declares."""

    sha256: str
    whole: bool


def hash_members(source: Source, members: dict[str, Entry], progress: Progress) -> dict[str, Digest]:
    """The digest of each of *members*, in the order in which they lie in the file.

    *progress* is told the bytes hashed and the bytes in all, in the caller's thread; what it raises ends the work and comes out here.
    """
    return _Hashing(source, members).run(progress)


class _Hashing:
    def __init__(self, source: Source, members: dict[str, Entry]) -> None:
        self._source = source
        self._total = sum(entry.size for entry in members.values())
        self._waiting: Iterator[tuple[str, Entry]] = iter(sorted(members.items(), key=lambda item: item[1].data))
        self._lock, self._stop = Lock(), Event()
        self._done = 0
        self._found: dict[str, Digest] = {}

    def run(self, progress: Progress) -> dict[str, Digest]:
        with ThreadPoolExecutor(_THREADS) as pool:
            try:
                working: set[Future[None]] = {pool.submit(self._work) for _ in range(_THREADS)}
                while working:
                    ended, working = wait(working, _TELL_EVERY_S, FIRST_EXCEPTION)
                    for future in ended:
                        future.result()
                    progress(self._done, self._total)
            finally:
                self._stop.set()
        return self._found

    def _work(self) -> None:
        while not self._stop.is_set():
            with self._lock:
                one = next(self._waiting, None)
            if one is None:
                return
            self._found[one[0]] = self._digest(one[1])

    def _digest(self, entry: Entry) -> Digest:
        digest, whole = hashlib.sha256(), True
        try:
            for chunk in self._until_stopped(read_member(self._source, entry)):
                digest.update(chunk)
                with self._lock:
                    self._done += len(chunk)
        except READ_ERRORS:
            whole = False
        return Digest(digest.hexdigest(), whole)

    def _until_stopped(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            if self._stop.is_set():
                return
            yield chunk
