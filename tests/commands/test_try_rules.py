"""`try-rules`: an officer's cases, worked out without a database."""

import json
from pathlib import Path

import pytest

from survey.commands import main

SCENARIOS = Path(__file__).parents[1] / "scenarios"
CASE = """
- name: two houses
  vi: hai hộ
  edition: ha-tinh-kdc-kieu-mau
  criterion: 3
  hamlet: A
  on: 2026-11-23
  register: [{sites: 2, hamlet: A}]
  submissions: [{form: household_fence, sites: 2, hamlet: A, total_m: 100, green_m: 60, kind: hedge}]
  verdict: met
  figures: {3-met: {value: 0.6}}
"""


def test_the_bundled_cases_pass(capsys: pytest.CaptureFixture[str]) -> None:
    """What the tests hold true, the command does: questions and choices are checked besides."""
    paths = sorted(str(path) for path in SCENARIOS.glob("*.yaml"))

    assert main(["try-rules", "--json", *paths]) == 0
    report = json.loads(capsys.readouterr().out)
    assert len(report) >= 80
    assert all(line["passed"] for line in report)


def test_what_came_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A case that comes out otherwise names what was expected and what came, and ends with 1."""
    (tmp_path / "case.yaml").write_text(CASE)

    assert main(["try-rules", str(tmp_path / "case.yaml")]) == 1
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "✗ hai hộ"
    assert told[1] == "    verdict: mong đợi met, kết quả not_enough_data readings_differ"
    assert told[-1] == "0 / 1 ✓"


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("green_m: 60", "gren_m: 60", "submissions[0].gren_m"),
        ("kind: hedge", "kind: hedges", "submissions[0].kind"),
        ("total_m: 100", "total_m: long", "submissions[0].total_m"),
        ("sites: 2, hamlet: A, total_m", "sites: 3, hamlet: A, total_m", "submissions[0].sites"),
        ("verdict: met", "verdict: passed", "verdict"),
        ("verdict: met", "verdict: met\n  because: who knows", "because"),
        ("on: 2026-11-23", "on: 23/11/2026", "on"),
        ("on: 2026-11-23", "when: 2026-11-23", "when"),
        ("{value: 0.6}", "{valu: 0.6}", "figures.3-met.valu"),
    ],
)
def test_faults_of_a_case_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, key: str) -> None:
    """A slip in a case is told by its key."""
    assert old in CASE
    (tmp_path / "case.yaml").write_text(CASE.replace(old, new, 1))

    assert main(["try-rules", str(tmp_path / "case.yaml")]) == 1
    assert key in capsys.readouterr().err


def test_a_wrong_place_is_told_beside_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A case that asks for a criterion or an edition that is not there does not hide the next one."""
    wrong = CASE.replace("criterion: 3", "criterion: 33") + CASE.replace("edition: ha-tinh-kdc-kieu-mau", "edition: nowhere")
    (tmp_path / "case.yaml").write_text(wrong + CASE.replace("verdict: met", "verdict: not_enough_data"))

    assert main(["try-rules", "--json", str(tmp_path / "case.yaml")]) == 1
    report = json.loads(capsys.readouterr().out)
    assert [line["passed"] for line in report] == [False, False, True]
    assert all(line["problem"] for line in report[:2])


def test_an_edition_beside_the_cases_is_taken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An officer's own edition lies beside the file; what is wrong in it is told."""
    folder = tmp_path / "ha-tinh-kdc-kieu-mau"
    folder.mkdir()
    (folder / "edition.yaml").write_text("edition: ha-tinh-kdc-kieu-mau\nunit: village\n")
    (tmp_path / "case.yaml").write_text(CASE)

    assert main(["try-rules", str(tmp_path / "case.yaml")]) == 1
    assert "household, hamlet, commune" in capsys.readouterr().out
