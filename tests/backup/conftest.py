"""A commune with sealed evidence, and functions that run the commands as an operator does."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyrage
import pytest

from survey import accounts, devices, receive, review
from survey.commands import main, operator
from survey.domain.people import Role
from survey.domain.ports import Reader
from survey.domain.submissions import State
from survey.store.dump import select_all_rows, select_applied, tables_of
from survey.store.secrets import shared_secret
from survey.wiring import ROOT, Settings, Survey, open_survey
from tests.conftest import COMMUNE
from tests.journey.test_photo_to_bundle import FENCES, commune, filled
from tests.receive.conftest import jpeg, new_id, stage
from tests.store.conftest import s3_endpoint

__all__ = ["s3_endpoint"]


@dataclass(frozen=True)
class World:
    """A deployment that was worked in: its data folder, a sealed bundle's bytes, and an enrolled phone's token."""

    data: Path
    bundle: bytes
    token: str
    submissions: tuple[str, ...]


@pytest.fixture(scope="session")
def grown(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Three fences with photos, accepted and sealed into a bundle; a phone; a background map. On SQLite; copied by who changes it."""
    folder = tmp_path_factory.mktemp("grown")
    settings = Settings(data=folder / "data")
    survey = commune(settings)
    inspector = operator(COMMUNE)
    sent = []
    for number in range(len(FENCES)):
        instance = new_id()
        files = [(f"{number}.jpg", stage(survey, jpeg(("green", "olive", "darkgreen")[number])))]
        receive.submission(survey, inspector, filled(survey, number, instance, f"{number}.jpg"), door="field", files=files)
        review.decide(survey, inspector, instance, State.ACCEPTED, expected_version=1)
        sent.append(instance)
    subprocess.run([sys.executable, "-m", "survey", "work", "--once", "--data", str(settings.data)], cwd=ROOT, check=True)
    assert main(["export", "--out", str(folder / "bundle.zip"), "--data", str(settings.data)]) == 0
    (settings.data / "map.pmtiles").write_bytes(os.urandom(100_000))
    person = accounts.create_person(survey, COMMUNE, by=None, login="lan", name="Lan", role=Role.INSPECTOR)
    token = devices.enrol(survey, COMMUNE, person.id, by=None, name="máy thử").token
    shared_secret(survey, "commitments")
    survey.store.close()
    return World(settings.data, (folder / "bundle.zip").read_bytes(), token, tuple(sent))


@pytest.fixture
def world(grown: World, tmp_path: Path) -> World:
    """A copy of it that a test may change."""
    shutil.copytree(grown.data, tmp_path / "before", symlinks=True)
    return World(tmp_path / "before", grown.bundle, grown.token, grown.submissions)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs a command in this process; returns its code and what it printed."""

    def command(*arguments: object) -> tuple[int, str, str]:
        code = main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


@pytest.fixture(params=["sqlite", "postgres"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """An empty deployment to restore into, on each engine; the environment names it, as an operator's does."""
    database = "sqlite" if request.param == "sqlite" else request.getfixturevalue("postgres_url")()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SURVEY_DATABASE", database)
        yield Settings(data=tmp_path / "after", database=database)


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """A public key of age and the file of its private one."""
    identity = pyrage.x25519.Identity.generate()
    path = tmp_path_factory.mktemp("age") / "key.txt"
    path.write_text(f"# for tests\n{identity}\n")
    return str(identity.to_public()), path


def rows_of(survey: Survey, *, without: frozenset[str] = frozenset()) -> dict[str, list[str]]:
    """Every row of every table as text, sorted, so that deployments on two engines compare."""
    with survey.reading() as reader:
        return {table: _texts(reader, table) for table in tables_of(select_applied(reader)) if table not in without}


def _texts(reader: Reader, table: str) -> list[str]:
    return sorted(json.dumps(dict(row), sort_keys=True, default=bytes.hex) for row in select_all_rows(reader, table))


def opened(settings: Settings) -> Survey:
    """The deployment, to be looked at."""
    return open_survey(settings)
