"""Putting a backup back into an empty deployment, on either engine: read through first, then all of it or nothing.

The rows are one transaction, which ends only after every file lies durable in its place and the archive's own hashes agree. Until the
whole restore has ended the data folder bears a mark, and nothing but `restore` opens it.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from survey.backup import blocks, sealing
from survey.backup.contents import Erasure, Header
from survey.backup.files import set_mark
from survey.backup.reading import Read, read
from survey.backup.rows import from_part
from survey.backup.writing import Deployment, Tell, require_space
from survey.domain.ports import Blobs, Transaction
from survey.domain.problems import BACKUP_DAMAGED, ERASED_LIST_UNUSABLE, FILE_UNWRITABLE, RESTORE_NOT_EMPTY, STORAGE_UNUSABLE, Problem
from survey.store import dump
from survey.store.parts import sync_folder

_MOST = 1 << 44


@dataclass(frozen=True)
class Target:
    """Where to restore to: the deployment, its data *folder*, and where private keys go by their names in the backup."""

    survey: Deployment
    folder: Path
    keys: dict[str, Path]


@dataclass(frozen=True)
class Restored:
    """What was restored, and the *erased* that the backup itself names: photos that went while it was written."""

    backup: Read
    erased: list[Erasure]


def restore(target: Target, path: Path, opener: sealing.Opener, tell: Tell = lambda _text: None) -> Restored:
    """Put *path* into *target* and leave its folder marked: the caller erases anew, checks, and then removes the mark.

    Raises BACKUP_DAMAGED, BACKUP_LOCKED, BACKUP_NEWER, BACKUP_NO_SPACE, RESTORE_NOT_EMPTY, STORAGE_UNUSABLE; before the mark is set
    nothing was changed.
    """
    backup = read(path, opener)
    if backup.faults:
        raise Problem(BACKUP_DAMAGED, name=path.name, found=f"{backup.faults[0]} ({backup.fault_count})")
    done = _is_loaded(target, backup.header)
    if not done:
        _require_empty(target)
        require_space(target.folder, backup.size)
        set_mark(target.folder)
    try:
        return Restored(backup, _load(target, path, opener, backup, tell) if not done else _erased_in(path, opener))
    except OSError as error:
        raise Problem(STORAGE_UNUSABLE, reason=error.strerror or type(error).__name__) from error


def read_erasures(path: Path) -> list[Erasure]:
    """The erasures that a file of `erasures` lists. Raises ERASED_LIST_UNUSABLE, FILE_UNWRITABLE where it cannot be read."""
    found = []
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                found.append(_erasure(line, number, path))
    except OSError as error:
        raise Problem(FILE_UNWRITABLE, name=str(path), reason=error.strerror or "?") from error
    return found


def _erasure(line: str, number: int, path: Path) -> Erasure:
    try:
        return Erasure.read(line)
    except (ValueError, RecursionError) as error:
        raise Problem(ERASED_LIST_UNUSABLE, line=number, name=path.name) from error


def _is_loaded(target: Target, header: Header) -> bool:
    """Whether a restore of this very backup was cut short after its rows were in: the chains hold its heads."""
    if not (target.folder / dump.RESTORING).exists():
        return False
    with target.survey.reading() as reader:
        held = [dump.select_event_hash(reader, commune, seq) == digest for commune, (seq, digest) in header.restores.items()]
        return bool(held) and all(held) and dump.holds_anything(reader)


def _require_empty(target: Target) -> None:
    survey = target.survey
    with survey.reading() as reader:
        if dump.holds_anything(reader):
            raise Problem(RESTORE_NOT_EMPTY, found="database")
    if (target.folder / dump.RESTORING).exists():
        return  # what lies there came from a restore that was cut short
    for blobs in (survey.blobs, survey.made):
        for aside in (False, True):
            if next(iter(blobs.hashes(quarantine=aside)), None) is not None:
                raise Problem(RESTORE_NOT_EMPTY, found="blobs")
    for path in [target.folder / "map.pmtiles", *target.keys.values()]:
        if path.name == "map.pmtiles" and path.exists():
            raise Problem(RESTORE_NOT_EMPTY, found=str(path))


def _load(target: Target, path: Path, opener: sealing.Opener, backup: Read, tell: Tell) -> list[Erasure]:
    faults: list[str] = []
    with target.survey.store.transaction() as tx, sealing.opened(path, opener) as (source, _encrypted):
        dump.recreate_schema(tx, target.survey.store.engine, backup.header.migrations)
        loading = _Loading(target, tx, backup.header, path.name, tell)
        for member in blocks.read_members(source, path.name, faults):
            loading.take(member)
        dump.update_jobs_unclaimed(tx)
        if faults or loading.rows != backup.totals.rows:
            raise Problem(BACKUP_DAMAGED, name=path.name, found=faults[0] if faults else "other numbers of rows than it says")
    return loading.erased


def _erased_in(path: Path, opener: sealing.Opener) -> list[Erasure]:
    found: list[Erasure] = []
    with sealing.opened(path, opener) as (source, _encrypted):
        for member in blocks.read_members(source, path.name, []):
            if member.section == "erased":
                found = _erasures(member, path)
    return found


def _erasures(member: blocks.Member, path: Path) -> list[Erasure]:
    lines = b"".join(member.chunks).decode("utf-8", "replace").splitlines()
    return [_erasure(line, number, path) for number, line in enumerate(lines, 1)]


class _Loading:
    """Takes one member after the other to its place."""

    def __init__(self, target: Target, tx: Transaction, header: Header, label: str, tell: Tell) -> None:
        self._target, self._tx, self._label, self._tell = target, tx, label, tell
        self._tables = dump.tables_of(header.migrations)
        self._columns: dict[str, list[str]] = {}
        self.rows = {table: 0 for table in self._tables if table not in header.left_out}
        self.erased: list[Erasure] = []
        self._files = 0

    def take(self, member: blocks.Member) -> None:
        """Put *member* where it belongs. Raises BACKUP_DAMAGED, STORAGE_UNUSABLE."""
        survey, section = self._target.survey, member.section
        if section == "rows":
            self._load_rows(member)
        elif section in ("blobs", "quarantine"):
            self._keep(survey.blobs, member, quarantine=section == "quarantine")
        elif section == "bundles":
            self._keep(survey.made, member)
        elif section == "views":
            survey.blobs.save_view(member.sha256, member.name.rsplit(".", 2)[-2], b"".join(member.chunks))
        elif section == "map":
            _place(self._target.folder / "map.pmtiles", member.chunks)
        elif section == "keys":
            self._place_key(member)
        elif section == "erased":
            self.erased = _erasures(member, Path(self._label))

    def _load_rows(self, member: blocks.Member) -> None:
        table = member.name.split("-")[1]
        if table not in self.rows:
            raise Problem(BACKUP_DAMAGED, name=self._label, found=member.name)
        engine = self._target.survey.store.engine
        columns = self._columns.setdefault(table, dump.select_columns(self._tx, engine, table))
        dump.insert_dumped(self._tx, table, columns, self._counted(table, from_part(member.name, member.chunks, columns)))
        self._tell(f"{table}: {self.rows[table]:,}")

    def _counted(self, table: str, rows: Iterator[dict[str, object]]) -> Iterator[dict[str, object]]:
        for row in rows:
            self.rows[table] += 1
            yield row

    def _keep(self, blobs: Blobs, member: blocks.Member, *, quarantine: bool = False) -> None:
        staged = blobs.stage(member.chunks, name=member.name, limit=_MOST)
        try:
            if staged.sha256 != member.sha256:
                raise Problem(BACKUP_DAMAGED, name=self._label, found=member.name)
            blobs.keep(staged, quarantine=quarantine)
        finally:
            blobs.discard(staged)
        self._files += 1
        self._tell(f"{member.section}: {self._files:,}")

    def _place_key(self, member: blocks.Member) -> None:
        path = self._target.keys.get(member.name.partition("/")[2])
        if path is None:
            raise Problem(BACKUP_DAMAGED, name=self._label, found=member.name)
        content = b"".join(member.chunks)
        if path.exists() and path.read_bytes() != content:
            raise Problem(RESTORE_NOT_EMPTY, found=str(path))
        _place(path, iter([content]))


def _place(path: Path, chunks: Iterator[bytes]) -> None:
    """Write a file for its owner alone, durable under its name."""
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "wb") as file:
            file.writelines(chunks)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise Problem(STORAGE_UNUSABLE, reason=f"{path}: {error.strerror}") from error

