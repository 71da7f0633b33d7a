"""`python -m survey load-form`: checked before used, all or nothing."""

import json
from pathlib import Path

import pytest

from survey.commands import main
from survey.store.forms import select_forms
from survey.wiring import ROOT, Survey
from tests.conftest import COMMUNE
from tests.forms.tables import table

FENCE = ROOT / "schema" / "forms" / "household_fence.xlsx"


def _forms(survey: Survey) -> list[str]:
    with survey.reading() as reader:
        return [head.form for head in select_forms(reader, COMMUNE)]


def _run(survey: Survey, *arguments: str) -> int:
    return main(["load-form", "--data", str(survey.settings.data), *arguments])


def test_a_checklist_is_loaded_once(survey: Survey, capsys: pytest.CaptureFixture[str]) -> None:
    """The second time it is there already."""
    assert [_run(survey, "--json", str(FENCE)), _run(survey, "--json", str(FENCE))] == [0, 0]

    reports = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [report["new"] for report in reports] == [True, False]
    assert _forms(survey) == ["household_fence"]


def test_one_broken_file_keeps_all_out(survey: Survey, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1, the problem's code, sheet and row on one line; nothing loaded."""
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(table("text | a", "text | b | ${zz} = 1"))

    assert _run(survey, str(FENCE), str(broken)) == 1
    error = capsys.readouterr().err
    assert error.startswith("BROKEN_FORM:")
    assert error.count("\n") == 1
    assert "zz" in error
    assert _forms(survey) == []


def test_checking_writes_nothing(survey: Survey, capsys: pytest.CaptureFixture[str]) -> None:
    """`--check` says that the form is good."""
    assert _run(survey, "--check", str(FENCE)) == 0

    assert "household_fence" in capsys.readouterr().out
    assert _forms(survey) == []


def test_a_file_that_is_not_there_is_a_problem(survey: Survey, tmp_path: Path) -> None:
    """No traceback: exit code 1."""
    assert _run(survey, str(tmp_path / "none.xlsx")) == 1


def test_a_public_form_is_loaded_with_remarks(survey: Survey, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No settings, another language, more than we can do: loaded, and whoever loads it is told what that means."""
    public = tmp_path / "Land (2024).xlsx"
    public.write_bytes((Path(__file__).parents[1] / "forms" / "public" / "land.md").read_bytes())

    assert _run(survey, str(public)) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "land_parcel 1: đã nạp, cho mọi loại đối tượng"
    assert "  chỉ có trong ODK Collect: price: cột calculation dùng pulldata()" in lines
    assert _forms(survey) == ["land_parcel"]


def test_a_check_that_was_left_out_is_said(survey: Survey, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a Java runtime a form is loaded, and the report says what was not checked."""
    monkeypatch.setenv("PATH", "")
    assert _run(survey, "--json", str(FENCE)) == 0
    report = json.loads(capsys.readouterr().out)

    assert (report["new"], report["odk_validate"]) == (True, False)
    assert "ODK Validate" in report["remarks"][-1]
