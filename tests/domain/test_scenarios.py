"""Criteria cases in words that an officer can check: tests/scenarios/*.yaml, see docs/criteria.md."""

from pathlib import Path

import pytest

from survey.catalogue.editions import read_document
from survey.catalogue.scenario_run import try_scenario
from survey.catalogue.scenarios import Scenario, read_scenarios

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "tests" / "scenarios"
SCENARIOS = [
    pytest.param(scenario, id=f"{path.stem}: {scenario.name}")
    for path in sorted(FOLDER.glob("*.yaml"))
    for scenario in read_scenarios(path)
]  # fmt: skip


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_scenario(scenario: Scenario) -> None:
    """Each case comes out as its officer expects."""
    own = FOLDER / scenario.edition
    document = read_document(own if own.is_dir() else ROOT / "schema" / "criteria" / scenario.edition)

    assert scenario.vi, "an officer reads Vietnamese"
    assert not try_scenario(scenario, document)
