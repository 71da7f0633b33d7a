"""SQL and bytes: the only package that touches the deployment's data."""

from datetime import UTC, datetime
from pathlib import Path

from survey.store.engine import Clock, Store
from survey.store.postgres import PostgresStore
from survey.store.sqlite import SqliteStore

__all__ = ["Store", "open_store"]


def _utc_now() -> datetime:
    return datetime.now(UTC)


def open_store(database: str, folder: Path, clock: Clock = _utc_now) -> Store:
    """The store behind *database*: `sqlite` (a file `survey.db` in *folder*) or a `postgresql://` URL, migrated.

    Raises DATABASE_NEWER where a newer version of this software has migrated it.
    """
    if database == "sqlite":
        return SqliteStore(folder / "survey.db", clock)
    return PostgresStore(database, clock)
