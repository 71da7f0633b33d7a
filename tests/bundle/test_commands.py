"""`export` and `verify` as scripts call them: exit codes, JSON, no half-written file."""

import json
from pathlib import Path

import pytest

from survey.commands import main
from survey.domain.submissions import State
from tests.bundle.world import World


def _run(world: World, *arguments: str) -> int:
    return main([*arguments, "--data", str(world.survey.settings.data)])


def test_export_then_verify(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A bundle is written and reported as JSON; verify finds it whole; progress goes to stderr only."""
    target = tmp_path / "out.zip"

    assert _run(world, "export", "--out", str(target), "--json") == 0
    written = capsys.readouterr()
    report = json.loads(written.out)
    assert report["bytes"] == target.stat().st_size
    assert (report["submissions"], report["photos"], report["missing"]) == (4, 7, 1)
    assert "100 %" in written.err
    assert main(["verify", str(target), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["faults"] == []
    assert list(tmp_path.glob("*.part")) == []


def test_verify_names_the_fault(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A changed byte: exit 1, the file's name on stdout, one line with the code on stderr."""
    target = tmp_path / "out.zip"
    _run(world, "export", "--out", str(target))
    content = bytearray(target.read_bytes())
    content[3000] ^= 1
    target.write_bytes(content)
    capsys.readouterr()

    assert main(["verify", str(target)]) == 1
    said = capsys.readouterr()
    assert said.out.startswith("DAMAGED data/anh/")
    assert said.err.startswith("BUNDLE_FAULTY:")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--hamlet", "nowhere"), "HAMLET_UNKNOWN"),
        (("--criterion", "77"), "CRITERION_UNKNOWN"),
        (("--edition", "none"), "EDITION_UNKNOWN"),
        (("--edition", "qd-318-2022"), "EDITION_NOT_IN_FORCE"),
    ],
)
def test_wrong_scope(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: str) -> None:
    """What does not exist, or is not in force, is one line with its code, and no file."""
    target = tmp_path / "out.zip"

    assert _run(world, "export", "--out", str(target), *arguments) == 1
    assert capsys.readouterr().err.startswith(f"{code}:")
    assert not target.exists()


def test_history_is_marked(world: World, tmp_path: Path) -> None:
    """An edition that is not in force is exported when asked for, and its report says so."""
    import zipfile

    target = tmp_path / "out.zip"

    assert _run(world, "export", "--out", str(target), "--edition", "qd-318-2022", "--history") == 0
    with zipfile.ZipFile(target) as archive:
        front = next(name for name in archive.namelist() if name.endswith("index.html"))
        assert "không có hiệu lực vào ngày tính" in archive.read(front).decode()


def test_damaged_store_leaves_no_file(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A photo lost on the server's disk: exit 1, and nothing that looks like a bundle."""
    target = tmp_path / "out.zip"
    sha256 = next(iter(world.photos))
    (world.survey.settings.data / "blobs" / sha256[:2] / sha256[2:4] / sha256).unlink()

    assert _run(world, "export", "--out", str(target)) == 1
    assert capsys.readouterr().err.splitlines()[-1].startswith("BLOB_DAMAGED:")
    assert list(tmp_path.glob("out*")) == []


def test_wrong_usage(tmp_path: Path) -> None:
    """Without --out the exit code is 2."""
    with pytest.raises(SystemExit) as ended:
        main(["export", "--data", str(tmp_path)])
    assert ended.value.code == 2


def test_decisions_count_in_the_next_export(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A decision taken back is out of the next bundle, which has another id."""
    reports = []
    for _ in range(2):
        _run(world, "export", "--out", str(tmp_path / "out.zip"), "--json")
        reports.append(json.loads(capsys.readouterr().out))
        world.decide(world.submissions[len(reports)], State.RECEIVED, "xem lại")

    assert [report["submissions"] for report in reports] == [4, 3]
    assert reports[0]["bundle"] != reports[1]["bundle"]
