"""Both engines: transactions, the chained log, and many writers at once."""

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from survey.domain.canonical import event_hash
from survey.domain.problems import Problem
from survey.store import Store, open_store
from survey.store.events import GENESIS, select_events, select_head
from tests.conftest import COMMUNE, seed


def test_an_events_body_cannot_pass_for_another_kind(store: Store) -> None:
    """A key `kind` of its own would stand in the log in place of what happened."""
    seed(store)
    for own in ("kind", "at"):
        with pytest.raises(ValueError, match="body"), store.transaction() as tx:
            tx.log(COMMUNE, "contribution.added", {own: "photo.erased"})


def test_an_exception_undoes_the_transaction_and_its_events(store: Store) -> None:
    """What was written before an exception is gone, the log event too."""
    seed(store)

    with pytest.raises(RuntimeError), store.transaction() as tx:
        tx.execute("UPDATE commune SET name = 'changed'")
        tx.log(COMMUNE, "commune.renamed", {})
        raise RuntimeError

    with store.reading() as reader:
        assert reader.row("SELECT name FROM commune") == {"name": "Kỳ Thượng"}
        assert select_head(reader, COMMUNE) == (0, GENESIS)


def test_the_chain_is_whole_after_twenty_writers_at_once(store: Store) -> None:
    """Twenty threads append at once: no number is taken twice and each event names its predecessor's hash."""
    seed(store)
    ready = threading.Barrier(20)

    def write(number: int) -> None:
        ready.wait()
        for _ in range(5):
            with store.transaction() as tx:
                tx.log(COMMUNE, "test.written", {"number": number})

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(write, range(20)))

    with store.reading() as reader:
        events = list(select_events(reader, COMMUNE))
        assert [event["seq"] for event in events] == list(range(1, 101))
        prev = GENESIS
        for event in events:
            assert event["prev"] == prev
            assert event["hash"] == event_hash(event["seq"], prev, event["salt"], event["body"])
            prev = event["hash"]
        assert select_head(reader, COMMUNE) == (100, prev)


def test_a_transaction_knows_the_head_that_it_wrote(store: Store) -> None:
    """The head of a finished transaction is its own last event: it goes onto receipts."""
    seed(store)
    with store.transaction() as tx:
        tx.log(COMMUNE, "test.first", {"a": 1})

    with store.reading() as reader:
        assert tx.head(COMMUNE) == select_head(reader, COMMUNE)[1]
        assert json.loads(next(iter(select_events(reader, COMMUNE)))["body"])["kind"] == "test.first"


def test_a_reader_sees_one_moment(store: Store) -> None:
    """A change that commits while a reader is open is not seen by it."""
    seed(store)

    def rename() -> None:
        with store.transaction() as tx:
            tx.execute("UPDATE commune SET name = 'changed'")

    with store.reading() as reader:
        before = reader.row("SELECT name FROM commune")
        thread = threading.Thread(target=rename)
        thread.start()
        thread.join()
        assert reader.row("SELECT name FROM commune") == before


def test_text_sorts_alike_on_both_engines(store: Store) -> None:
    """Keys sort by bytes, so that paging by key is the same on both engines."""
    seed(store)
    with store.transaction() as tx:
        for key in ("b", "B", "a-1", "a1", "é", "z"):
            tx.execute(
                "INSERT INTO hamlet (commune, hamlet, name, sort_key, valid_from) VALUES (:c, :key, :key, :key, '2025-07-01')",
                c=COMMUNE, key=key,
            )  # fmt: skip

    with store.reading() as reader:
        keys = [row["hamlet"] for row in reader.rows("SELECT hamlet FROM hamlet WHERE hamlet NOT LIKE '18844%' ORDER BY hamlet")]

    assert keys == sorted(keys, key=str.encode)


def test_a_newer_database_is_refused(tmp_path: Path) -> None:
    """An older program does not touch a database that a newer one has migrated."""
    store = open_store("sqlite", tmp_path)
    with store.transaction() as tx:
        tx.execute("INSERT INTO migration (name) VALUES ('9999_future')")
    store.close()

    with pytest.raises(Problem, match="DATABASE_NEWER"):
        open_store("sqlite", tmp_path)


def test_a_damaged_file_is_a_problem_and_not_a_trace(tmp_path: Path) -> None:
    """Who runs the server reads what to do."""
    (tmp_path / "survey.db").write_bytes(b"not a database at all" * 500)

    with pytest.raises(Problem, match="DATABASE_DAMAGED"):
        open_store("sqlite", tmp_path)


def test_a_full_database_is_a_problem_and_nothing_is_written(sqlite_store: Store) -> None:
    """The disk is full in the middle of a transaction: it is undone and told, and the next one succeeds when there is space."""
    seed(sqlite_store)
    with sqlite_store.reading() as reader:
        pages = reader.row("PRAGMA page_count")
        assert pages is not None
        reader.row(f"PRAGMA max_page_count = {pages['page_count']}")
    with pytest.raises(Problem, match="STORAGE_UNUSABLE"), sqlite_store.transaction() as tx:
        for number in range(1000):
            tx.log(COMMUNE, "test.written", {"number": number})
    with sqlite_store.reading() as reader:
        reader.row("PRAGMA max_page_count = 1000000")
        assert select_head(reader, COMMUNE) == (0, GENESIS)
    with sqlite_store.transaction() as tx:
        tx.log(COMMUNE, "test.written", {"number": 1})


def test_an_absent_server_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    """A PostgreSQL that does not answer ends the start with a sentence, without the URL's password."""
    monkeypatch.setattr("survey.store.postgres._PATIENCE_S", 1.0)
    with pytest.raises(Problem, match="DATABASE_UNREACHABLE") as caught:
        open_store("postgresql://survey:secret@127.0.0.1:1/survey", Path("unused"))
    assert "secret" not in caught.value.sentence()


def test_connections_that_the_server_closed_are_replaced(postgres_url: Callable[[], str]) -> None:
    """A restart of the database costs no request: the pool looks at a connection before it hands it out."""
    url = postgres_url()
    store = open_store(url, Path("unused"))
    with store.reading() as reader:
        row = reader.row("SELECT pg_backend_pid() AS pid")
        assert row is not None
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(%s)", (row["pid"],))
    with store.transaction() as tx:
        assert tx.row("SELECT 1 AS one") == {"one": 1}
    store.close()


def test_a_database_that_was_away_is_found_again(postgres_url: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests are told while it is away, and succeed seconds after it is back, however long it was gone."""
    monkeypatch.setattr("survey.store.postgres._PATIENCE_S", 1.0)
    url = postgres_url()
    store, name = open_store(url, Path("unused")), url.split("/")[3].split("?")[0]
    with psycopg.connect(url.replace(f"/{name}", "/postgres", 1), autocommit=True) as admin:
        admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        for _ in range(6):
            with pytest.raises(Problem, match="DATABASE_UNREACHABLE"), store.reading():
                pass
        admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    deadline = time.monotonic() + 15
    while True:
        try:
            with store.reading() as reader:
                assert reader.row("SELECT 1 AS one") == {"one": 1}
            break
        except Problem:
            assert time.monotonic() < deadline
    store.close()
