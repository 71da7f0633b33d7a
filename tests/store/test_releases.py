"""Databases of every released version open with today's code: nothing is lost, whenever the migration is killed, whoever starts at once."""

import hashlib
import json
import lzma
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest

from survey.backup.rows import from_part
from survey.domain.ports import Reader
from survey.store import open_store
from survey.store.check import find_faults
from survey.store.dump import insert_dumped, known_migrations, recreate_schema, select_all_rows, select_applied, select_columns, tables_of
from survey.store.sql import MIGRATIONS
from survey.wiring import ROOT, Settings, open_survey

RELEASES = ROOT / "tests" / "vectors" / "releases"
# A migration that was released is never edited: databases out there have seen it as it was.
RELEASED = {
    "0001_first": "9187e78f72e7031c85bdca5fa6b91bfddf13325b06d03851f6d90badee691fa8",
    "0002_phones": "be9a67faa26509f42e8ae1363dc6de71e1765793cd2b51502200ec214f9da461",
    "0003_evidence": "1d6331f8a9e0bfcfe44131fdad94dde54a076856bb2cf9610734cd2c970b1cec",
    "0004_criteria": "1cbd3806274bcdd727096eddd68d98942589c5549c86036d10a22b93d7d10f61",
    "0005_bundles": "18ace6db94dd6808c7fd31627585ce733b4b1196411adbecd6efd4015da951dc",
}
_KILLED = """
import os, signal, sys
from pathlib import Path
from survey.store import sql
from survey.wiring import Settings, open_survey

real, left = sql.migrations, int(sys.argv[3])

def statements(name, several):
    global left
    for statement in several:
        left -= name > sys.argv[4]
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        yield statement

sql.migrations = lambda: [(name, statements(name, several)) for name, several in real()]
open_survey(Settings(data=Path(sys.argv[1]), database=sys.argv[2]))
"""
_OPENED = """
import sys
from pathlib import Path
from survey.wiring import Settings, open_survey

sys.stdin.read(1)
open_survey(Settings(data=Path(sys.argv[1]), database=sys.argv[2]))
"""


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """A database on each engine, with what a release needs beside it."""
    database = "sqlite" if request.param == "sqlite" else request.getfixturevalue("postgres_url")()
    return Settings(data=tmp_path, database=database)


def test_a_released_migration_is_never_edited() -> None:
    """Not by a letter, not by a comment: the list above grows with each release."""
    found = {path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in MIGRATIONS.glob("*.sql")}

    assert {name: found.get(name) for name in RELEASED} == RELEASED
    assert known_migrations()[: len(RELEASED)] == sorted(RELEASED)


@pytest.mark.parametrize("release", sorted(RELEASED))
def test_a_database_of_that_release_opens_with_every_row(release: str, settings: Settings) -> None:
    """Each row of each table has the values that it had, in today's columns of that name, and the deployment is whole."""
    rows = build(release, settings)

    survey = open_survey(settings)
    with survey.reading() as reader:
        assert select_applied(reader) == known_migrations()
        for table in set(rows) & set(tables_of(known_migrations())):
            assert _texts(_cut(reader, table, rows[table][0].keys())) == _texts(rows[table]), table
        assert list(find_faults(reader, survey.blobs)) == []
    survey.store.close()


@pytest.mark.parametrize("release", [min(RELEASED), max(RELEASED)])
def test_killed_in_the_middle_of_a_migration(release: str, settings: Settings) -> None:
    """Whichever statement a power cut comes before, the next start finds the database as it was and goes on."""
    rows = build(release, settings)
    for statements in (0, 1, 7, 20):
        command = [sys.executable, "-c", _KILLED, str(settings.data), settings.database, str(statements), release]
        assert subprocess.run(command, cwd=ROOT, check=False).returncode == -9

    survey = open_survey(settings)
    with survey.reading() as reader:
        assert select_applied(reader) == known_migrations()
        assert len(list(select_all_rows(reader, "submission"))) == len(rows["submission"])
        assert list(find_faults(reader, survey.blobs)) == []
    survey.store.close()


def test_several_processes_that_start_at_once(settings: Settings) -> None:
    """An app and its workers meet an old database together: one migrates, the others wait, all of them start."""
    build(min(RELEASED), settings)
    command = [sys.executable, "-c", _OPENED, str(settings.data), settings.database]
    started = [subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE) for _ in range(4)]
    for process in started:
        process.communicate(b"x", timeout=60)

    assert [process.returncode for process in started] == [0] * 4


def build(release: str, settings: Settings) -> dict[str, list[dict[str, object]]]:
    """Make the deployment of *release* where *settings* say, and return its rows by table."""
    rows: dict[str, list[dict[str, object]]] = defaultdict(list)
    for line in lzma.decompress((RELEASES / f"{release}.jsonl.xz").read_bytes()).splitlines():
        said = json.loads(line)
        rows[said["table"]].extend(from_part(said["table"], [json.dumps(said["row"]).encode()], said["row"].keys()))
    applied = known_migrations()[: known_migrations().index(release) + 1]
    store = open_store(settings.database, settings.data)
    with store.transaction() as tx:
        recreate_schema(tx, store.engine, applied)
        for table in tables_of(applied):
            assert not rows[table] or rows[table][0].keys() == set(select_columns(tx, store.engine, table))
            insert_dumped(tx, table, select_columns(tx, store.engine, table), rows[table])
    store.close()
    for path in (RELEASES / "photos").iterdir():
        folder = settings.data / ("quarantine" if path.suffix else "blobs") / path.name[:2] / path.name[2:4]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / path.stem).write_bytes(path.read_bytes())
    return {table: found for table, found in rows.items() if found}


def _cut(reader: Reader, table: str, columns: Iterable[str]) -> list[dict[str, object]]:
    return [{name: row[name] for name in columns} for row in select_all_rows(reader, table)]


def _texts(rows: list[dict[str, object]]) -> list[str]:
    return sorted(json.dumps(row, sort_keys=True, default=bytes.hex) for row in rows)
