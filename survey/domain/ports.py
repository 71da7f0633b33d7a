"""What verbs may ask for, without knowing what stands behind it: readers, transactions, bytes, the survey as a whole."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from survey.domain.canonical import sha256_hex

Row = Mapping[str, Any]


class Reader(Protocol):
    """Reads rows of one consistent moment; cannot write."""

    def rows(self, sql: str, **parameters: object) -> list[Row]:
        """All rows of a SELECT with `:name` parameters."""

    def row(self, sql: str, **parameters: object) -> Row | None:
        """The first row, or None."""

    def stream(self, sql: str, **parameters: object) -> Iterator[Row]:
        """The rows one by one, for results that must not be held in memory."""


class Transaction(Reader, Protocol):
    """Reads and writes; all of it is kept, or none."""

    def execute(self, sql: str, **parameters: object) -> int:
        """Run one writing statement; returns how many rows it touched. INSERT … RETURNING goes through `rows`."""

    def execute_many(self, sql: str, parameters: Iterable[Mapping[str, object]]) -> None:
        """Run one writing statement for each mapping of parameters."""

    def log(self, commune: str, kind: str, body: Mapping[str, object]) -> None:
        """Append an event to the commune's hash chain when the transaction ends; *body* holds ids and hashes only."""

    def head(self, commune: str) -> str:
        """The hash of the commune's newest event; after the transaction ended, the one it wrote or, where it wrote none, was asked for."""


@dataclass(frozen=True)
class Staged:
    """Bytes on their way in: on local disk under a temporary name, hashed as they came, not yet evidence."""

    path: Path
    sha256: str
    crc32: int
    size: int


@dataclass(frozen=True)
class PartKey:
    """Whose upload, and which: 32 lower-case hexadecimal digits each, made from ids and names, so that neither becomes a path."""

    owner: str
    upload: str

    @classmethod
    def of(cls, commune: str, person: str, submission: str, name: str) -> "PartKey":
        """The key of what *person* sends under the cleaned *name* for a submission."""
        return cls(sha256_hex(f"{commune}\n{person}")[:32], sha256_hex(f"{submission}\n{name}")[:32])


class Blobs(Protocol):
    """Bytes by SHA-256: written once, never changed; views beside them can be deleted and made again."""

    def stage(self, chunks: Iterable[bytes], *, name: str, limit: int) -> Staged:
        """Write *chunks* to a temporary file while hashing. Raises FILE_TOO_LARGE over *limit* bytes; *name* is for the message."""

    def keep(self, staged: Staged, *, quarantine: bool = False) -> None:
        """Make *staged* durable under its hash before returning (file and directory synced); nothing happens if it is there."""

    def discard(self, staged: Staged) -> None:
        """Remove what `stage` left behind; harmless after `keep`."""

    def part_offset(self, key: PartKey) -> int:
        """How many bytes of an unfinished upload are here, without a gap from its beginning; these are durable."""

    def write_part(self, key: PartKey, start: int, chunks: Iterable[bytes], limit: int) -> int:
        """Write *chunks* from byte *start* on, never beyond byte *limit*; returns the new offset.

        Raises UPLOAD_OFFSET where *start* lies behind what is here. What came is durable also where *chunks* raises.
        """

    def finish_parts(self, key: PartKey, total: int) -> Staged | None:
        """The first *total* bytes of the upload, staged and hashed; None where not all of them are here. The parts stay."""

    def drop_parts(self, key: PartKey) -> None:
        """Forget an upload; harmless where there is none."""

    def make_room(self, key: PartKey, most: int) -> None:
        """Drop the uploads of the same owner that were left alone longest, until *key* is one of at most *most*."""

    def size(self, sha256: str, *, quarantine: bool = False) -> int | None:
        """The stored size in bytes, or None where there is no such blob."""

    def read(self, sha256: str, *, start: int = 0, length: int | None = None, quarantine: bool = False) -> Iterator[bytes]:
        """The bytes in chunks of at most 1 MiB. Raises FILE_UNKNOWN."""

    def open(self, sha256: str) -> AbstractContextManager[BinaryIO]:
        """A seekable file of the blob, fetched to local disk first where the store is remote. Raises FILE_UNKNOWN."""

    def hashes(self, *, quarantine: bool = False) -> Iterator[str]:
        """The hashes of all blobs, in no particular order."""

    def sweep(self) -> int:
        """Remove temporary files older than a day and parts that nobody added to for a week; returns how many files."""

    def erase(self, sha256: str) -> None:
        """Remove the bytes, in quarantine too, and every view; harmless where there is nothing."""

    def holds(self, sha256: str) -> bool:
        """Whether anything is here of the bytes: the blob, its copy in quarantine or a view."""

    def save_view(self, sha256: str, view: str, content: bytes) -> None:
        """Keep a *view* (`preview` or `thumb`, JPEG bytes) of a photo."""

    def read_view(self, sha256: str, view: str) -> bytes | None:
        """The view's JPEG bytes, or None where it has not been made yet."""


class Survey(Protocol):
    """The parts that a verb works with."""

    @property
    def blobs(self) -> Blobs:
        """The byte store of evidence."""

    @property
    def made(self) -> Blobs:
        """The byte store of what is made for bundles: all of it can be made again, none of it is evidence."""

    @property
    def signing_key(self) -> Path:
        """Where the private key lies that seals bundles; the worker and the operator's commands alone read it."""

    @property
    def second_factor_key(self) -> Path:
        """Where the key lies under which the keys of people's second factors are wrapped."""

    def reading(self) -> AbstractContextManager[Reader]:
        """A reader of one consistent moment."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """One short writing transaction with its log events."""

    def empty_log(self) -> None:
        """Let nothing that was deleted stay in the database's own log, where the engine lets us. Raises DATABASE_UNREACHABLE."""

    def now(self) -> datetime:
        """Aware UTC, the one clock."""
