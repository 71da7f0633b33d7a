"""A commune with evidence, made once and copied for each test."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from survey.wiring import ROOT, Settings, open_survey
from tests.bundle.world import World, make_world


@pytest.fixture(scope="session")
def made_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The world as made; tests take `world`."""
    survey = open_survey(Settings(data=tmp_path_factory.mktemp("world")))
    made = make_world(survey, ROOT / "schema")
    survey.store.close()
    return made


@pytest.fixture
def world(made_world: World, tmp_path: Path) -> Iterator[World]:
    """A copy that a test may change."""
    folder = tmp_path / "data"
    shutil.copytree(made_world.survey.settings.data, folder)
    survey = open_survey(Settings(data=folder))
    yield replace(made_world, survey=survey, photos=dict(made_world.photos), submissions=list(made_world.submissions))
    survey.store.close()
