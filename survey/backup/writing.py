"""Writing a backup while the app runs: all rows of one moment first, then every file that these rows name, one after the other.

The moment's reader ends before the files begin: a store is not kept from tidying up for the hours that a large one takes. Bytes are durable
before their row is, and only an erasure removes them, so a file that is gone by then was erased meanwhile, or was lost before.
"""

import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Protocol

from survey.backup import blocks, sealing
from survey.backup.contents import BARE_LEFT_OUT, BARE_REPLACED, LEFT_OUT, Erasure, Header, Totals, to_json
from survey.backup.files import growing
from survey.backup.rows import to_parts
from survey.domain.ports import Blobs, Reader, Row, Survey
from survey.domain.problems import BACKUP_EXISTS, BACKUP_KEYS_BARE, BACKUP_NO_SPACE, BLOB_DAMAGED, FILE_UNKNOWN, Problem
from survey.domain.times import to_text
from survey.store import Store, dump
from survey.store.blobs import VIEWS, key

_IN_MEMORY = 32 << 20  # of one file; larger ones wait on disk until their hash is known
_SLACK = 1.25  # views take some 8 % of their photos (measured on photos of 12 megapixels), lines of JSON more than the database's pages
_MB = 1_000_000
Tell = Callable[[str], None]


class Deployment(Survey, Protocol):
    """A survey whose whole database can be read."""

    @property
    def store(self) -> Store:
        """Its rows."""


@dataclass(frozen=True)
class Order:
    """What to back up and for whom: age's public keys, the files of private *keys* by their names, the phones' background *map*."""

    recipients: Sequence[str] = ()
    keys: Mapping[str, Path] = field(default_factory=dict)
    map: Path | None = None


@dataclass(frozen=True)
class Written:
    """A backup as it was written; *size* in bytes of the file."""

    header: Header
    totals: Totals
    size: int


def write(survey: Deployment, out: Path, order: Order, tell: Tell = lambda _text: None) -> Written:
    """Write the backup *out*, under its name only once it is whole and on the disk.

    Raises BACKUP_EXISTS, BACKUP_RUNNING, BACKUP_KEYS_BARE, BACKUP_RECIPIENT, BACKUP_NO_SPACE, FILE_UNWRITABLE.
    """
    recipients = sealing.recipients(order.recipients)
    if order.keys and not recipients:
        raise Problem(BACKUP_KEYS_BARE)
    if out.exists():
        raise Problem(BACKUP_EXISTS, name=str(out))
    _require_space(survey, out, order)
    archive = _Archive(survey, order, bool(recipients), tell, out.absolute().parent)
    with growing(out) as file:
        sealing.write(archive.chunks(), file, recipients)
        file.flush()
        os.fsync(file.fileno())
        size = file.tell()
    return Written(archive.header, archive.totals, size)


def _require_space(survey: Deployment, out: Path, order: Order) -> None:
    with survey.reading() as reader:
        needed = dump.select_bytes_total(reader) + dump.select_database_size(reader, survey.store.engine)
    needed += sum(survey.made.size(blob) or 0 for blob in survey.made.hashes())
    needed += order.map.stat().st_size if order.map and order.map.exists() else 0
    require_space(out.absolute().parent, int(needed * _SLACK))


def require_space(folder: Path, needed: int) -> None:
    """Raise BACKUP_NO_SPACE where *folder*'s disk has fewer than *needed* bytes free; a folder that is not there says so later."""
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        return
    if free < needed:
        raise Problem(BACKUP_NO_SPACE, needed_mb=-(-needed // _MB), free_mb=free // _MB, path=str(folder))


class _Archive:
    """The members of one backup, as bytes that are made while they are taken; *room* is where large files wait for their hash."""

    def __init__(self, survey: Deployment, order: Order, encrypted: bool, tell: Tell, room: Path) -> None:
        self._survey, self._order, self._encrypted, self._tell, self._room = survey, order, encrypted, tell, room
        self._sums = blocks.Sums(room)
        self._absent: set[str] = set()
        self._moment = to_text(survey.now())  # before the rows are read: what is erased in between is listed once too often
        self.totals = Totals()
        self.header: Header

    def chunks(self) -> Iterator[bytes]:
        """The whole archive."""
        try:
            with tempfile.TemporaryDirectory(prefix=".survey-backup-", dir=self._room) as folder:
                lists = {name: Path(folder) / name for name in ("blobs", "quarantine", "views")}
                with self._survey.reading() as reader:
                    yield from self._rows(reader)
                    for name, path in lists.items():
                        with path.open("w") as file:
                            file.writelines(f"{sha256}\n" for sha256 in dump.select_named_bytes(reader, name))
                yield from self._files(lists)
            yield from self._erased()
            yield from self._member("totals.json", to_json(self.totals))
            yield from blocks.write_member(self._sums, blocks.SUMS, self._sums.size, self._sums.chunks())
            yield blocks.end_of_archive()
        finally:
            self._sums.close()

    def _rows(self, reader: Reader) -> Iterator[bytes]:
        applied = dump.select_applied(reader)
        left_out = LEFT_OUT if self._encrypted else LEFT_OUT | BARE_LEFT_OUT
        heads: dict[str, list[object]] = {commune: list(head) for commune, head in dump.select_heads(reader).items()}
        self.header = Header(self._moment, applied, heads, self._encrypted, sorted(self._order.keys), sorted(left_out))
        yield from self._member("backup.json", to_json(self.header))
        for number, table in enumerate(dump.tables_of(applied)):
            if table not in left_out:
                yield from self._table(reader, number, table)

    def _table(self, reader: Reader, number: int, table: str) -> Iterator[bytes]:
        hidden = frozenset() if self._encrypted else BARE_REPLACED.get(table, frozenset())
        self.totals.rows[table] = 0
        for part, (content, count) in enumerate(to_parts(_hiding(dump.select_all_rows(reader, table), hidden))):
            self.totals.rows[table] += count
            self._tell(f"{table}: {self.totals.rows[table]:,}")
            yield from self._member(f"rows/{number:03}-{table}-{part:06}.jsonl", content)

    def _files(self, lists: Mapping[str, Path]) -> Iterator[bytes]:
        blobs, made = self._survey.blobs, self._survey.made
        for section in ("blobs", "quarantine"):
            with lists[section].open() as file:
                for line in file:
                    yield from self._blob(blobs, section, line.strip(), quarantine=section == "quarantine")
        with lists["views"].open() as file:
            for line in file:
                yield from self._views(blobs, line.strip())
        for sha256 in sorted(made.hashes()):
            yield from self._blob(made, "bundles", sha256)
        for name, path in [("map.pmtiles", self._order.map), *((f"keys/{name}", path) for name, path in sorted(self._order.keys.items()))]:
            yield from self._plain(name, path)

    def _blob(self, blobs: Blobs, section: str, sha256: str, *, quarantine: bool = False) -> Iterator[bytes]:
        """One file by its hash. It waits in memory, or on disk where it is large, so that what is torn or damaged never gets in."""
        digest = hashlib.sha256()
        with tempfile.SpooledTemporaryFile(_IN_MEMORY, dir=str(self._room)) as spool:
            try:
                for chunk in blobs.read(sha256, quarantine=quarantine):
                    digest.update(chunk)
                    spool.write(chunk)
            except (Problem, OSError) as error:
                if isinstance(error, Problem) and error.kind not in (FILE_UNKNOWN, BLOB_DAMAGED):
                    raise
            if digest.hexdigest() == sha256:
                yield from self._file(f"{section}/{key(sha256)}", spool, known=sha256)
            elif section != "bundles":  # what is made for bundles was swept since, or can be made again
                self._absent.add(f"{section}/{sha256}")

    def _views(self, blobs: Blobs, sha256: str) -> Iterator[bytes]:
        for view in VIEWS:
            content = _view(blobs, sha256, view)
            if content is not None:
                self._count("views", len(content))
                yield from self._member(f"views/{key(sha256)}.{view}.jpg", content)

    def _plain(self, name: str, path: Path | None) -> Iterator[bytes]:
        if path is not None and path.exists():
            with path.open("rb") as file:
                yield from self._file(name, file)

    def _file(self, name: str, file: IO[bytes], known: str = "") -> Iterator[bytes]:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        self._count(name.partition("/")[0], size)
        chunks = iter(lambda: file.read(blocks.CHUNK), b"")
        yield from blocks.write_member(self._sums, name, size, chunks, known)

    def _member(self, name: str, content: bytes) -> Iterator[bytes]:
        return blocks.write_member(self._sums, name, len(content), [content])

    def _count(self, section: str, size: int) -> None:
        self.totals.files[section] = self.totals.files.get(section, 0) + 1
        self.totals.file_bytes += size
        self._tell(f"{section}: {self.totals.files[section]:,}, {self.totals.file_bytes / _MB:,.0f} MB")

    def _erased(self) -> Iterator[bytes]:
        """What was erased since the moment of the rows, whether its bytes were copied before or not; what else was not there is lost."""
        with self._survey.reading() as reader:
            erasures = [Erasure.of(row) for row in dump.select_erasures(reader)]
        since = [one for one in erasures if one.at > self._moment or self._was_missed(one)]
        gone = {one.subject for one in since}
        self.totals.erased_meanwhile = len(since)
        for name in sorted(self._absent):
            if name.rpartition("/")[2] not in gone:
                self.totals.miss(name)
        yield from self._member("erased.jsonl", "".join(one.line() for one in since).encode())

    def _was_missed(self, erasure: Erasure) -> bool:
        return f"blobs/{erasure.subject}" in self._absent or f"quarantine/{erasure.subject}" in self._absent


def _view(blobs: Blobs, sha256: str, view: str) -> bytes | None:
    """The view, None also where its bytes are damaged: it can be made again."""
    try:
        return blobs.read_view(sha256, view)
    except Problem as problem:
        if problem.kind is BLOB_DAMAGED:
            return None
        raise


def _hiding(rows: Iterator[Row], columns: frozenset[str]) -> Iterator[Row]:
    """*rows* with chance in *columns*: an empty text would be a value that anybody can guess."""
    for row in rows:
        yield {**row, **{column: secrets.token_hex(16) for column in columns}} if columns else row
