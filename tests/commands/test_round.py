"""`round`: rounds by command, with its options before or after the action."""

from pathlib import Path

import pytest

from survey.commands import main
from survey.establish import establish
from survey.wiring import ROOT, Settings, open_survey
from tests.conftest import COMMUNE


def test_a_round_is_added_listed_and_not_added_twice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 0 and a line; the second time exit 1 and a coded sentence that names the round which is there."""
    survey = open_survey(Settings(data=tmp_path))
    establish(survey, ROOT / "schema", COMMUNE)
    survey.store.close()
    add = ["round", "add", "2026-1", "--from", "2026-03-01", "--to", "2026-04-15", "--data", str(tmp_path)]

    assert main(add) == 0
    assert main(["round", "list", "--json", "--data", str(tmp_path)]) == 0
    assert '"starts_on": "2026-03-01"' in capsys.readouterr().out
    assert main(add) == 1
    assert "ROUND_UNUSABLE" in capsys.readouterr().err
