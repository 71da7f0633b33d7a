"""The embedded engine: SQLite through sqlite-utils, one connection a thread, WAL, every write begun at once."""

import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import sqlite_utils

from survey.domain.ports import Reader, Row, Transaction
from survey.domain.problems import DATABASE_DAMAGED, DATABASE_UNREACHABLE, STORAGE_UNUSABLE, Problem, ProblemKind
from survey.store import sql
from survey.store.engine import Clock, ConnectionReader, ConnectionTransaction, refuse_newer

# synchronous=FULL syncs the write-ahead log at each commit: what was acknowledged to a phone survives a power cut.
# secure_delete=ON writes zeros over what is deleted: an erased home must not stay in the file's free pages.
_PRAGMAS = (
    "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=20000", "cache_size=-32000", "secure_delete=ON",
)  # fmt: skip
# What the machine did to the file, by SQLite's primary result codes; any other error is a defect of ours.
_TROUBLES: Mapping[int, ProblemKind] = {
    sqlite3.SQLITE_FULL: STORAGE_UNUSABLE,
    sqlite3.SQLITE_READONLY: STORAGE_UNUSABLE,
    sqlite3.SQLITE_IOERR: STORAGE_UNUSABLE,
    sqlite3.SQLITE_CANTOPEN: STORAGE_UNUSABLE,
    sqlite3.SQLITE_BUSY: DATABASE_UNREACHABLE,
    sqlite3.SQLITE_CORRUPT: DATABASE_DAMAGED,
    sqlite3.SQLITE_NOTADB: DATABASE_DAMAGED,
}


class SqliteStore:
    """A database file; connections belong to threads, since SQLite's must not cross them."""

    engine = "sqlite"

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._threads = threading.local()
        # Threads of one process queue here at once; SQLite's own waiting polls, and a poller may starve.
        self._writing = threading.RLock()
        _make_private(path)
        with _told():
            _migrate(self._database())

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """A reader of one moment: a deferred transaction pins WAL's snapshot."""
        with _told():
            connection = self._database().conn
            if connection.in_transaction:
                yield ConnectionReader(_SqliteConnection(connection))
                return
            connection.execute("BEGIN")
            try:
                yield ConnectionReader(_SqliteConnection(connection))
            finally:
                connection.rollback()

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """One write: BEGIN IMMEDIATE, since a deferred one fails at once when two upgrade their lock."""
        with _told(), self._writing:
            yield from self._write(self._database().conn)

    def _write(self, connection: sqlite3.Connection) -> Iterator[Transaction]:
        connection.execute("BEGIN IMMEDIATE")
        try:
            transaction = ConnectionTransaction(_SqliteConnection(connection), self._clock)
            yield transaction
            transaction.finish()
            connection.commit()
        except BaseException:
            connection.rollback()
            raise

    def empty_log(self) -> None:
        """Bring the write-ahead log home and cut it off: pages of before a deletion stand in it until then.

        Raises DATABASE_UNREACHABLE where a reader holds on to an earlier moment for longer than we wait.
        """
        with _told():
            busy, *_pages = self._database().conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise Problem(DATABASE_UNREACHABLE, reason="a reader holds the write-ahead log")

    def close(self) -> None:
        """Close this thread's connection; others close when their threads end."""
        database = getattr(self._threads, "database", None)
        if database is not None:
            database.conn.close()
            self._threads.database = None

    def _database(self) -> sqlite_utils.Database:
        database: sqlite_utils.Database | None = getattr(self._threads, "database", None)
        if database is None:
            connection = sqlite3.connect(self._path, timeout=20, isolation_level=None)
            connection.row_factory = sqlite3.Row
            for pragma in _PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")
            database = self._threads.database = sqlite_utils.Database(connection)
        return database


class _SqliteConnection:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def query(self, statement: str, parameters: Mapping[str, object]) -> Iterator[Row]:
        # A Row of sqlite3 lacks `get`; a dict is a Mapping and costs little.
        cursor = self._connection.execute(statement, parameters)
        names = [column[0] for column in cursor.description]
        for values in cursor:
            yield dict(zip(names, values, strict=True))

    stream = query

    def run(self, statement: str, parameters: Mapping[str, object]) -> int:
        return self._connection.execute(statement, parameters).rowcount

    def run_many(self, statement: str, parameters: Iterable[Mapping[str, object]]) -> None:
        self._connection.executemany(statement, parameters)


def _make_private(path: Path) -> None:
    """Make the file for its owner alone; the write-ahead log beside it takes its mode. What is wrong with the place, SQLite says."""
    with suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


@contextmanager
def _told() -> Iterator[None]:
    """Raise what the machine did to the file as a Problem, which doors can tell and phones answer by sending again."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        trouble = _TROUBLES.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
        if trouble is None:
            raise
        raise Problem(trouble, reason=str(error)) from error


def _migrate(database: sqlite_utils.Database) -> None:
    connection = database.conn
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute("CREATE TABLE IF NOT EXISTS migration (name TEXT NOT NULL PRIMARY KEY)")
        applied = {row[0] for row in connection.execute("SELECT name FROM migration")}
        known = sql.migrations()
        refuse_newer(applied, known)
        for name, statements in known:
            if name not in applied:
                for statement in statements:
                    connection.execute(statement)
                connection.execute("INSERT INTO migration (name) VALUES (?)", (name,))
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
