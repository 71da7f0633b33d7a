"""What `make run` prints: an address, a link that works, a QR code only where phones can use it."""

from pathlib import Path

import pytest

from survey import accounts
from survey.commands import main
from survey.domain.people import Role
from survey.establish import establish
from survey.wiring import ROOT, Settings, open_survey
from tests.conftest import COMMUNE


@pytest.fixture
def deployment(tmp_path: Path) -> Path:
    """A real commune with its first coordinator."""
    survey = open_survey(Settings(data=tmp_path))
    establish(survey, ROOT / "schema", COMMUNE)
    accounts.create_person(survey, COMMUNE, by=None, login="coordinator", name="Điều phối", role=Role.COORDINATOR)
    survey.store.close()
    return tmp_path


def test_the_link_signs_in(deployment: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The printed link is the coordinator's, and works once."""
    assert main(["welcome", "--data", str(deployment)]) == 0

    link = capsys.readouterr().out.split("/sign-in/")[1].split()[0]
    survey = open_survey(Settings(data=deployment))
    assert accounts.sign_in_by_link(survey, link).person.role is Role.COORDINATOR


@pytest.mark.parametrize(("address", "shown"), [("https://survey.example", True), ("http://192.168.1.5:8501", False)])
def test_a_qr_code_is_shown_only_over_tls(
    deployment: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, address: str, *, shown: bool
) -> None:
    """Phones give position and camera over TLS only; without it the terminal explains the cable."""
    monkeypatch.setenv("SURVEY_PUBLIC_URL", address)
    main(["welcome", "--data", str(deployment)])

    printed = capsys.readouterr().out
    assert ("█" in printed) is shown
    assert ("adb reverse" in printed) is not shown


def test_an_empty_folder_is_a_problem(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without `--prepare` nothing is made; the sentence says what to run."""
    assert main(["welcome", "--data", str(tmp_path)]) == 1
    assert "DEPLOYMENT_EMPTY" in capsys.readouterr().err


def test_a_demonstration_and_a_real_commune_do_not_share_a_folder(deployment: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`demo` refuses a folder that holds a commune."""
    assert main(["demo", "--households", "1", "--submissions", "1", "--data", str(deployment)]) == 1
    assert "DEPLOYMENT_EXISTS" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["check-store"], ["assess", "--json"], ["export", "--out", "x.zip"], ["user", "list"]])
def test_a_mistyped_folder_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str]) -> None:
    """A command that needs a deployment makes none where its folder is wrong."""
    assert main([*command, "--data", str(tmp_path / "typo")]) == 1
    assert "DEPLOYMENT_EMPTY" in capsys.readouterr().err
    assert not (tmp_path / "typo").exists()
