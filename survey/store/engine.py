"""What both engines share: the protocol of a connection, and a transaction that ends with its log events."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from survey.domain.ports import Reader, Row, Transaction
from survey.domain.problems import DATABASE_NEWER, Problem
from survey.domain.times import to_text
from survey.store.events import PendingEvent, insert_events, select_head

Clock = Callable[[], datetime]
_EVENTS_OWN = frozenset({"at", "kind"})


def refuse_newer(applied: set[str], known: list[tuple[str, list[str]]]) -> None:
    """Raise DATABASE_NEWER where migrations were *applied* that this software does not know."""
    newer = applied - {name for name, _ in known}
    if newer:
        raise Problem(DATABASE_NEWER, found=", ".join(sorted(newer)))


class Store(Protocol):
    """A database with the survey's tables, whichever engine holds it."""

    engine: str

    def reading(self) -> AbstractContextManager[Reader]:
        """A reader of one consistent moment."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """One writing transaction; an exception undoes it."""

    def empty_log(self) -> None:
        """Let nothing that was deleted stay in a log of the engine's own beside the tables, where the engine lets us."""

    def close(self) -> None:
        """Give up the connections."""


class Connection(Protocol):
    """One open connection of an engine, speaking our `:name` SQL."""

    def query(self, sql: str, parameters: Mapping[str, object]) -> Iterable[Row]:
        """Run *sql* and yield its rows."""

    def stream(self, sql: str, parameters: Mapping[str, object]) -> Iterator[Row]:
        """Run *sql* and yield its rows without holding them all."""

    def run(self, sql: str, parameters: Mapping[str, object]) -> int:
        """Run *sql*; returns the rows touched."""

    def run_many(self, sql: str, parameters: Iterable[Mapping[str, object]]) -> None:
        """Run *sql* once for each mapping."""


class ConnectionReader:
    """A `Reader` over an engine's connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def rows(self, sql: str, **parameters: object) -> list[Row]:
        """All rows of a SELECT."""
        return list(self._connection.query(sql, parameters))

    def row(self, sql: str, **parameters: object) -> Row | None:
        """The first row, or None."""
        return next(iter(self._connection.query(sql, parameters)), None)

    def stream(self, sql: str, **parameters: object) -> Iterator[Row]:
        """The rows one by one."""
        return self._connection.stream(sql, parameters)


class ConnectionTransaction(ConnectionReader):
    """A `Transaction` over an engine's connection; `finish` writes its log events."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        super().__init__(connection)
        self._clock = clock
        self._pending: list[PendingEvent] = []
        self._heads: dict[str, str] = {}
        self._ended = False

    def execute(self, sql: str, **parameters: object) -> int:
        """Run one writing statement."""
        return self._connection.run(sql, parameters)

    def execute_many(self, sql: str, parameters: Iterable[Mapping[str, object]]) -> None:
        """Run one writing statement for each mapping."""
        self._connection.run_many(sql, parameters)

    def log(self, commune: str, kind: str, body: Mapping[str, object]) -> None:
        """Remember an event for the end of the transaction. Raises ValueError for a *body* that says what the event itself says."""
        if not _EVENTS_OWN.isdisjoint(body):
            raise ValueError(f"an event's body may not have {sorted(_EVENTS_OWN)}")
        self._pending.append((commune, kind, body, to_text(self._clock())))

    def head(self, commune: str) -> str:
        """The newest hash of the commune's chain: while the transaction runs the one before it, afterwards the one it wrote."""
        if not self._ended:
            self._heads[commune] = select_head(self, commune)[1]
        return self._heads[commune]

    def finish(self) -> None:
        """Write the remembered events: the last statements before the commit."""
        self._heads |= insert_events(self, self._pending) if self._pending else {}
        self._ended = True
