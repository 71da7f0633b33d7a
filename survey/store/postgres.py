"""The engine for several machines: PostgreSQL through psycopg, with a small pool of connections."""

import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

from survey.domain.ports import Reader, Row, Transaction
from survey.store import sql
from survey.store.engine import Clock, ConnectionReader, ConnectionTransaction, refuse_newer

# Any number will do: it keeps two processes that start at once from migrating together.
_MIGRATION_LOCK = 18844


class PostgresStore:
    """A PostgreSQL database reached by a `postgresql://` URL."""

    engine = "postgres"

    def __init__(self, url: str, clock: Clock) -> None:
        self._clock = clock
        self._pool: ConnectionPool[psycopg.Connection[dict[str, Any]]] = ConnectionPool(
            url, min_size=1, max_size=16, open=True, kwargs={"row_factory": dict_row}
        )
        with self._pool.connection() as connection:
            _migrate(connection)

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """A reader of one moment: repeatable read, which also refuses to write."""
        with self._pool.connection() as connection:
            connection.isolation_level, connection.read_only = psycopg.IsolationLevel.REPEATABLE_READ, True
            try:
                with connection.transaction():
                    yield ConnectionReader(_PostgresConnection(connection))
            finally:
                connection.isolation_level, connection.read_only = None, None

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """One write under read committed; rows that must not race are locked by the statement that changes them."""
        with self._pool.connection() as connection, connection.transaction():
            transaction = ConnectionTransaction(_PostgresConnection(connection), self._clock)
            yield transaction
            transaction.finish()

    def close(self) -> None:
        """Close the pool."""
        self._pool.close()


class _PostgresConnection:
    def __init__(self, connection: psycopg.Connection[dict[str, Any]]) -> None:
        self._connection = connection

    def query(self, statement: str, parameters: Mapping[str, object]) -> Iterator[Row]:
        with self._connection.cursor() as cursor:
            cursor.execute(sql.for_postgres(statement).encode(), parameters)
            yield from cursor

    def stream(self, statement: str, parameters: Mapping[str, object]) -> Iterator[Row]:
        # A named cursor stays on the server and hands out rows in portions.
        with self._connection.cursor(name=f"stream_{secrets.token_hex(8)}") as cursor:
            cursor.itersize = 5000
            cursor.execute(sql.for_postgres(statement).encode(), parameters)
            yield from cursor

    def run(self, statement: str, parameters: Mapping[str, object]) -> int:
        return self._connection.execute(sql.for_postgres(statement).encode(), parameters).rowcount

    def run_many(self, statement: str, parameters: Iterable[Mapping[str, object]]) -> None:
        with self._connection.cursor() as cursor:
            cursor.executemany(sql.for_postgres(statement).encode(), parameters)


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
