"""The engine for several machines: PostgreSQL through psycopg, with a small pool of connections."""

import atexit
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

from survey.domain.ports import Reader, Row, Transaction
from survey.domain.problems import DATABASE_UNREACHABLE, STORAGE_UNUSABLE, Problem
from survey.store import sql
from survey.store.engine import Clock, ConnectionReader, ConnectionTransaction, refuse_newer

# Any number will do: it keeps two processes that start at once from migrating together.
_MIGRATION_LOCK = 18844
# How long a request waits for a connection: many transactions long, and shorter than the patience of a person at a page.
_PATIENCE_S = 5.0
# The pool's pauses between attempts double up to this; then the next request makes it try anew. Its own 5 minutes would keep a
# database that is back waiting for minutes.
_RECONNECT_S = 10.0


class PostgresStore:
    """A PostgreSQL database reached by a `postgresql://` URL."""

    engine = "postgres"

    def __init__(self, url: str, clock: Clock) -> None:
        self._clock = clock
        self._pool: ConnectionPool[psycopg.Connection[dict[str, Any]]] = ConnectionPool(
            url,
            min_size=1,
            max_size=16,
            timeout=_PATIENCE_S,
            reconnect_timeout=_RECONNECT_S,
            check=ConnectionPool.check_connection,  # after a restart of the database old connections are dead
            open=True,
            kwargs={"row_factory": dict_row},
        )
        # An open pool keeps a command from ending for five seconds.
        atexit.register(self._pool.close)
        with _told(), self._pool.connection() as connection:
            _migrate(connection)

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """A reader of one moment: repeatable read, which also refuses to write."""
        with _told(), self._pool.connection() as connection:
            connection.isolation_level, connection.read_only = psycopg.IsolationLevel.REPEATABLE_READ, True
            try:
                with connection.transaction():
                    yield ConnectionReader(_PostgresConnection(connection))
            finally:
                connection.isolation_level, connection.read_only = None, None

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """One write under read committed; rows that must not race are locked by the statement that changes them."""
        with _told(), self._pool.connection() as connection, connection.transaction():
            transaction = ConnectionTransaction(_PostgresConnection(connection), self._clock)
            yield transaction
            transaction.finish()

    def empty_log(self) -> None:
        """Do nothing: PostgreSQL's vacuum and the operator's archive of its log decide how long deleted rows stay (docs/privacy.md)."""

    def close(self) -> None:
        """Close the pool."""
        atexit.unregister(self._pool.close)
        self._pool.close()


class _PostgresConnection:
    def __init__(self, connection: psycopg.Connection[dict[str, Any]]) -> None:
        self._connection = connection

    def query(self, statement: str, parameters: Mapping[str, object]) -> Iterator[Row]:
        with self._connection.cursor() as cursor:
            cursor.execute(sql.for_postgres(statement).encode(), _storable(parameters))
            yield from cursor

    def stream(self, statement: str, parameters: Mapping[str, object]) -> Iterator[Row]:
        # A named cursor stays on the server and hands out rows in portions.
        with self._connection.cursor(name=f"stream_{secrets.token_hex(8)}") as cursor:
            cursor.itersize = 5000
            cursor.execute(sql.for_postgres(statement).encode(), _storable(parameters))
            yield from cursor

    def run(self, statement: str, parameters: Mapping[str, object]) -> int:
        return self._connection.execute(sql.for_postgres(statement).encode(), _storable(parameters)).rowcount

    def run_many(self, statement: str, parameters: Iterable[Mapping[str, object]]) -> None:
        with self._connection.cursor() as cursor:
            cursor.executemany(sql.for_postgres(statement).encode(), map(_storable, parameters))


@contextmanager
def _told() -> Iterator[None]:
    """Raise a full disk and an unreachable server as Problems; their own words may name hosts and users and stay in the cause."""
    try:
        yield
    except psycopg.errors.DiskFull as error:
        raise Problem(STORAGE_UNUSABLE, reason="PostgreSQL, disk full") from error
    except psycopg.OperationalError as error:
        raise Problem(DATABASE_UNREACHABLE, reason=f"PostgreSQL, {type(error).__name__}") from error


def _storable(parameters: Mapping[str, object]) -> Mapping[str, object]:
    """*parameters* without U+0000, which PostgreSQL's text cannot hold: a stranger's cookie or search may bring one."""
    if not any(isinstance(value, str) and "\0" in value for value in parameters.values()):
        return parameters
    return {key: value.replace("\0", "\ufffd") if isinstance(value, str) else value for key, value in parameters.items()}


def _migrate(connection: psycopg.Connection[dict[str, Any]]) -> None:
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_MIGRATION_LOCK,))
        connection.execute("CREATE TABLE IF NOT EXISTS migration (name TEXT NOT NULL PRIMARY KEY)")
        applied = {row["name"] for row in connection.execute("SELECT name FROM migration")}
        known = sql.migrations()
        refuse_newer(applied, known)
        for name, statements in known:
            if name not in applied:
                for statement in statements:
                    connection.execute(sql.schema_for_postgres(statement).encode())
                connection.execute("INSERT INTO migration (name) VALUES (%s)", (name,))
