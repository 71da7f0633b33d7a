"""`key`: the sealing key from the server's terminal."""

import io
import json
import subprocess
from pathlib import Path

import pytest

from survey.commands import main
from survey.establish import establish
from survey.wiring import ROOT, Settings, open_survey
from tests.conftest import COMMUNE


@pytest.fixture
def data(tmp_path: Path) -> list[str]:
    """A deployment with a commune and no key yet, as the commands' last arguments."""
    survey = open_survey(Settings(data=tmp_path / "data"))
    establish(survey, ROOT / "schema", COMMUNE)
    survey.store.close()
    return ["--data", str(tmp_path / "data")]


def test_a_key_is_shown_changed_and_told_lost(data: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """The newest first; what ended says how."""

    def shown() -> list[dict[str, object]]:
        capsys.readouterr()
        assert main(["key", "show", "--json", *data]) == 0
        found: list[dict[str, object]] = json.loads(capsys.readouterr().out)
        return found

    first = shown()
    assert main(["key", "rotate", "--reason", "hằng năm", *data]) == 0
    assert main(["key", "rotate", "--lost", "--reason", "máy bị mất", *data]) == 0
    keys = shown()

    assert (len(first), len(keys)) == (1, 3)
    assert [key["endorsed"] for key in keys] == [False, True, False]
    assert [key["lost"] for key in keys] == [False, True, False]
    assert [key["reason"] for key in keys] == ["máy bị mất", "hằng năm", ""]
    assert keys[2]["fingerprint"] == first[0]["fingerprint"]


def test_a_change_without_a_reason_is_refused(data: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 1 and a coded sentence; the option itself is demanded with exit 2."""
    assert main(["key", "show", *data]) == 0
    assert main(["key", "rotate", "--reason", " ", *data]) == 1
    assert "KEY_REASON_NEEDED" in capsys.readouterr().err
    with pytest.raises(SystemExit) as caught:
        main(["key", "rotate", *data])
    assert caught.value.code == 2


def test_a_key_that_is_gone_is_said_and_never_made_silently(data: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Until the operator says that it is lost."""
    assert main(["key", "show", *data]) == 0
    (Path(data[1]) / "signing" / "ed25519").unlink()

    assert main(["key", "show", *data]) == 1
    assert "SIGNING_KEY_GONE" in capsys.readouterr().err
    assert main(["key", "rotate", "--lost", "--reason", "mất", *data]) == 0
    assert main(["key", "show", *data]) == 0


def test_the_sheet_holds_the_fingerprint_on_one_page(data: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whole for copying, in groups for comparing."""
    for _ in range(8):
        main(["key", "show", *data])
        main(["key", "rotate", "--reason", "thử nghiệm đổi khóa nhiều lần " * 9, *data])
    capsys.readouterr()
    out = tmp_path / "sheet.pdf"

    assert main(["key", "sheet", "--out", str(out), *data]) == 0
    printed = capsys.readouterr().out.split()[-1]
    text = subprocess.run(["pdftotext", "-layout", out, "-"], capture_output=True, text=True, check=True).stdout
    assert printed in text
    assert printed[7:11] in text.split()
    assert "DẤU VÂN TAY KHÓA NIÊM PHONG" in text
    assert text.count("\f") == 1


def test_signers_are_a_file_that_ssh_keygen_takes(data: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For whoever receives posts or keeps the keys: every key that was ever used, each for its purposes alone."""
    main(["key", "show", *data])
    main(["key", "rotate", "--reason", "thử", *data])
    capsys.readouterr()

    assert main(["key", "signers", *data]) == 0
    lines = capsys.readouterr().out.splitlines()
    (tmp_path / "allowed").write_text("\n".join(lines) + "\n")
    (tmp_path / "message").write_bytes(b"x")
    key = Path(data[1]) / "signing" / "ed25519"
    subprocess.run(["ssh-keygen", "-Y", "sign", "-n", "ntm-survey-head", "-f", key, tmp_path / "message"], check=True, capture_output=True)
    verify = ["ssh-keygen", "-Y", "verify", "-f", tmp_path / "allowed", "-I", f"xa-{COMMUNE}", "-n", "ntm-survey-head"]
    done = subprocess.run([*verify, "-s", tmp_path / "message.sig"], input=b"x", capture_output=True, check=False)

    assert len(lines) == 2
    assert done.returncode == 0


def test_init_makes_the_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The first commune's; the second one shares it."""
    data = ["--data", str(tmp_path / "data")]
    assert main(["init", "--commune", COMMUNE, "--json", *data]) == 0
    first = json.load(io.StringIO(capsys.readouterr().out))

    assert first["key"].startswith("SHA256:")
    assert (tmp_path / "data" / "signing" / "ed25519").stat().st_mode & 0o777 == 0o600
