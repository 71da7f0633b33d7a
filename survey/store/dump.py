"""All rows of a deployment out of one engine and into another: tables and columns as the migrations made them, and nothing else.

The names that stand in these statements come from the migrations and the database's catalogue, never from a backup.
"""

import re
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping

import psycopg

from survey.domain.ports import Reader, Row, Transaction
from survey.domain.problems import BACKUP_DAMAGED, Problem
from survey.store import sql

RESTORING = "restoring"
"""A data folder with a file of this name holds a restore that has not come to its end: `survey.wiring` opens it for `restore` alone."""
_CREATED = re.compile(r"CREATE TABLE (\w+)")
_DROPPED = re.compile(r"DROP TABLE (\w+)")
_RENAMED = re.compile(r"ALTER TABLE (\w+) RENAME TO (\w+)")
# What hostile or damaged rows make an engine say; anything else is the machine's trouble and is told as such.
_UNFIT = (
    sqlite3.IntegrityError, sqlite3.ProgrammingError, OverflowError,
    psycopg.IntegrityError, psycopg.DataError, psycopg.ProgrammingError,
)  # fmt: skip
_COLUMNS = {
    "sqlite": "SELECT name FROM pragma_table_info(:table) ORDER BY cid",
    "postgres": "SELECT column_name AS name FROM information_schema.columns"
    " WHERE table_schema = current_schema() AND table_name = :table ORDER BY ordinal_position",
}
_NAMED = {
    "blobs": "SELECT sha256 FROM blob WHERE erased_at IS NULL AND quarantine = 0 UNION SELECT sha256 FROM document ORDER BY sha256",
    "quarantine": "SELECT sha256 FROM blob WHERE erased_at IS NULL AND quarantine = 1"
    " UNION SELECT sha256 FROM resident_report WHERE sha256 IS NOT NULL ORDER BY sha256",
    "views": "SELECT sha256 FROM blob WHERE erased_at IS NULL AND quarantine = 0 AND views = 'ready'"
    " UNION SELECT sha256 FROM resident_report WHERE sha256 IS NOT NULL ORDER BY sha256",
}


def known_migrations() -> list[str]:
    """The names of all migrations of this release, oldest first."""
    return [name for name, _ in sql.migrations()]


def tables_of(applied: Collection[str]) -> list[str]:
    """The tables that the migrations *applied* leave behind, those that others refer to first."""
    tables: list[str] = []
    for name, statements in sql.migrations():
        for statement in statements if name in applied else []:
            if made := _CREATED.match(statement):
                tables.append(made[1])
            elif gone := _DROPPED.match(statement):
                tables.remove(gone[1])
            elif renamed := _RENAMED.match(statement):
                tables[tables.index(renamed[1])] = renamed[2]
    return tables


def select_applied(reader: Reader) -> list[str]:
    """The names of the migrations that the database has seen."""
    return [row["name"] for row in reader.rows("SELECT name FROM migration ORDER BY name")]


def select_columns(reader: Reader, engine: str, table: str) -> list[str]:
    """The columns of *table* as the database has them."""
    return [row["name"] for row in reader.rows(_COLUMNS[engine], table=table)]


def select_all_rows(reader: Reader, table: str) -> Iterator[Row]:
    """Every row of *table*, streamed, in the order in which the engine has them."""
    return reader.stream(f"SELECT * FROM {table}")


def select_heads(reader: Reader) -> dict[str, tuple[int, str]]:
    """Number and hash of the newest event of each chain; `""` is the deployment's own."""
    rows = reader.rows("SELECT commune, seq, hash FROM event_head ORDER BY commune")
    return {row["commune"]: (row["seq"], row["hash"]) for row in rows}


def select_event_hash(reader: Reader, commune: str, seq: int) -> str | None:
    """The hash of one event, None where the chain has not come so far."""
    row = reader.row("SELECT hash FROM event WHERE commune = :commune AND seq = :seq", commune=commune, seq=seq)
    return None if row is None else str(row["hash"])


def select_named_bytes(reader: Reader, section: str) -> Iterator[str]:
    """The hashes, ascending, whose bytes rows name: `blobs`, `quarantine`, or the photos that have `views`."""
    return (row["sha256"] for row in reader.stream(_NAMED[section]))


def select_bytes_total(reader: Reader) -> int:
    """How many bytes the originals have that rows name."""
    row = reader.row(
        "SELECT (SELECT COALESCE(SUM(size), 0) FROM blob WHERE erased_at IS NULL) + (SELECT COALESCE(SUM(size), 0) FROM document)"
        " + (SELECT COALESCE(SUM(size), 0) FROM resident_report) AS total"
    )
    return 0 if row is None else int(row["total"])


def select_database_size(reader: Reader, engine: str) -> int:
    """The bytes that the database takes on its disk."""
    sizes = {
        "sqlite": "SELECT page_count * page_size AS size FROM pragma_page_count(), pragma_page_size()",
        "postgres": "SELECT pg_database_size(current_database()) AS size",
    }
    row = reader.row(sizes[engine])
    return 0 if row is None else int(row["size"])


def select_erasures(reader: Reader, since: str = "") -> list[Row]:
    """What was erased after the moment *since*, oldest first: commune, kind (`photo`, `site`, `person`), subject, at, person, reason."""
    return reader.rows(
        "SELECT commune, 'photo' AS kind, sha256 AS subject, erased_at AS at, erased_by AS person, erased_reason AS reason FROM blob"
        " WHERE erased_at IS NOT NULL AND erased_at > :since"
        " UNION ALL SELECT commune, subject_kind AS kind, subject, at, person, reason FROM erasure WHERE at > :since"
        " ORDER BY at, commune, kind, subject",
        since=since,
    )


def holds_anything(reader: Reader) -> bool:
    """Whether the database holds a commune, a person or an event."""
    sql_of = "SELECT 1 AS one FROM {} LIMIT 1"
    return any(reader.row(sql_of.format(table)) is not None for table in ("commune", "person", "event"))


def recreate_schema(tx: Transaction, engine: str, applied: Collection[str]) -> None:
    """Make the empty tables anew as the migrations *applied* leave them, without what these wrote into them."""
    for table in reversed(tables_of(select_applied(tx))):
        tx.execute(f"DROP TABLE {table}")
    tx.execute("DELETE FROM migration")
    for name, statements in sql.migrations():
        for statement in statements if name in applied else []:
            tx.execute(sql.schema_for_postgres(statement) if engine == "postgres" else statement)
    for table in reversed(tables_of(applied)):
        tx.execute(f"DELETE FROM {table}")
    tx.execute_many("INSERT INTO migration (name) VALUES (:name)", [{"name": name} for name in sorted(applied)])


def insert_dumped(tx: Transaction, table: str, columns: Collection[str], rows: Iterable[Mapping[str, object]]) -> None:
    """Write *rows*, each with exactly *columns*, into *table*. Raises BACKUP_DAMAGED where the engine finds them unfit."""
    names = ", ".join(columns)
    values = ", ".join(f":{column}" for column in columns)
    try:
        tx.execute_many(f"INSERT INTO {table} ({names}) VALUES ({values})", rows)
    except _UNFIT as error:
        raise Problem(BACKUP_DAMAGED, name=table, found=type(error).__name__) from error


def update_jobs_unclaimed(tx: Transaction) -> None:
    """Give every job that was in a worker's hand back: that worker is of another life."""
    tx.execute("UPDATE job SET state = 'waiting', claimed_by = NULL, claimed_at = NULL WHERE state = 'running'")
