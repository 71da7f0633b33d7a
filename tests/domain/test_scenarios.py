"""Criteria cases in words that an officer can check: tests/scenarios/*.yaml, see docs/criteria.md."""

from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from survey.catalogue.editions import read_document, read_edition
from survey.catalogue.yaml_files import StrictLoader
from survey.domain.assessment import assess_sites
from survey.domain.conditions import Observation
from survey.domain.criteria import Moment
from survey.domain.site_judging import SiteJudge
from survey.domain.verdicts import Verdict

ROOT = Path(__file__).parents[2]
SCENARIOS = [
    pytest.param(scenario, id=f"{path.stem}: {scenario['name']}")
    for path in sorted((ROOT / "tests" / "scenarios").glob("*.yaml"))
    for scenario in yaml.load(path.read_text(), Loader=StrictLoader)  # noqa: S506 - a SafeLoader, made stricter
]
_HEAD = {"form", "site", "sites"}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_scenario(scenario: dict[str, Any]) -> None:
    assert scenario["vi"], "an officer reads Vietnamese"
    edition = read_edition(read_document(ROOT / "schema" / "criteria" / scenario["edition"]), None)
    moment = Moment(date.fromisoformat(str(scenario["on"])), scenario.get("history") == "true", samples=scenario.get("samples") != "off")
    sites = _observations(scenario)
    if "garden" in scenario:
        outcomes, _ = SiteJudge(edition, moment).judge(next(seen for seen in sites if seen.site == scenario["garden"]))

        assert outcomes is not None
        assert outcomes[str(scenario["criterion"])][0] == scenario["verdict"]
        return
    hamlets = sorted({seen.hamlet for seen in sites if seen.hamlet})
    verdicts = assess_sites(edition, sites, hamlets, moment)
    verdict = next(one for one in verdicts if (one.criterion, one.hamlet) == (str(scenario["criterion"]), scenario.get("hamlet")))

    _check(verdict, scenario)


def _check(verdict: Verdict, scenario: dict[str, Any]) -> None:
    assert verdict.outcome == scenario["verdict"], verdict
    if "because" in scenario:
        assert scenario["because"] in verdict.reasons
    if "history_mark" in scenario:
        assert verdict.history is (scenario["history_mark"] == "true")
    for code, expected in scenario.get("figures", {}).items():
        basis = next(basis for basis in verdict.basis if basis.indicator == code)
        for name, value in expected.items():
            found = getattr(basis, name)
            assert found == (value if value is None or isinstance(value, str) else pytest.approx(value)), (code, name)


def _observations(scenario: dict[str, Any]) -> list[Observation]:
    answers: dict[str, dict[str, Any]] = defaultdict(dict)
    filled: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for number, submission in enumerate(scenario.get("submissions", [])):
        for site in submission.get("sites", [submission.get("site")]):
            filled[site][submission["form"]] = (f"uuid:{number}-{site}",)
            for question, value in submission.items():
                if question not in _HEAD:
                    answers[site][f"{submission['form']}.{question}"] = _value(value)
    return [
        Observation(
            site, entry.get("hamlet"), entry.get("kind", "household"),
            {key: value for key, value in entry.items() if key not in {"site", "sites", "hamlet", "kind"}}, answers[site], filled[site],
        )
        for entry in scenario["register"]
        for site in entry.get("sites", [entry.get("site")])
    ]  # fmt: skip


def _value(value: Any) -> float | frozenset[str]:
    if isinstance(value, int | float):
        return float(value)
    return frozenset(value) if isinstance(value, list) else frozenset({value})
