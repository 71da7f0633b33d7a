"""What the embedded engine promises beyond the other one."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from survey.store import open_store


def test_sqlite_keeps_what_was_acknowledged(tmp_path: Path) -> None:
    """Every thread's connection: write-ahead log, a sync at each commit (2 = FULL), foreign keys, patience with other processes."""
    store = open_store("sqlite", tmp_path)

    def settings() -> dict[str, object]:
        names = {"journal_mode": "journal_mode", "synchronous": "synchronous", "foreign_keys": "foreign_keys", "busy_timeout": "timeout"}
        with store.reading() as reader:
            return {name: dict(reader.row(f"PRAGMA {name}") or {})[column] for name, column in names.items()}

    with ThreadPoolExecutor(1) as another:
        found = [settings(), another.submit(settings).result()]

    assert found == [{"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 20000}] * 2
