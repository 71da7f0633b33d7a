"""A whole deployment whose bytes lie encrypted: from the photo to the bundle, killed, backed up, restored and switched over."""

import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from survey.commands import main
from survey.store import age_format as age
from survey.store.blob_keys import make_blob_key
from survey.wiring import Settings, open_survey
from tests.journey.test_photo_to_bundle import walk
from tests.killing import kill_under_load

_JPEG = b"\x00\x10JFIF\x00"  # in the head of each of these photos; three bytes would be found by chance in a large file
_ROWS = ("survey.db", "survey.db-wal", "survey.db-shm")
_FOR_OTHERS = 0o007


@pytest.fixture
def careless() -> Iterator[None]:
    """An operator whose shell gives every new file to everybody."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The key of the byte store, as the environment names it."""
    path = tmp_path / "keys" / "blob.key"
    make_blob_key(path)
    monkeypatch.setenv("SURVEY_BLOB_KEY", str(path))
    return path


def plain_files(data: Path) -> list[str]:
    """The files below *data* that hold a photo in the clear."""
    files = (path for path in data.rglob("*") if path.is_file() and not path.is_symlink() and path.name not in _ROWS)
    return [str(path.relative_to(data)) for path in files if "cache" not in path.parts and _JPEG in path.read_bytes()]


@pytest.mark.usefixtures("careless")
def test_the_whole_way_with_encrypted_bytes(tmp_path: Path, key: Path) -> None:
    """Sent, developed, shown, accepted, judged, bundled, verified: no photo lies in the clear, and nothing is anybody else's to read."""
    data = tmp_path / "data"
    walk(Settings(data=data, blob_key=key), tmp_path)
    assert main(["work", "--once", "--data", str(data)]) == 0  # what the walk did not wait for

    blobs = [path for path in (data / "blobs").rglob("*") if path.is_file()]
    views = [path for path in (data / "views").rglob("*") if path.is_file()]
    assert all(path.read_bytes().startswith(age.MAGIC) for path in (*blobs, *views))
    assert len(blobs) >= 3
    assert len(views) >= 6
    assert plain_files(data) == []
    inside = [path for path in data.rglob("*") if path.is_dir() and not path.is_symlink() and path.parent == data]
    assert [str(path) for path in inside if path.stat().st_mode & _FOR_OTHERS] == []
    loose = [path for path in data.iterdir() if path.is_file() and path.name != "server.log" and path.stat().st_mode & _FOR_OTHERS]
    assert [str(path) for path in loose] == []
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_kills_lose_nothing_that_lies_encrypted(tmp_path: Path, key: Path) -> None:
    """What was acknowledged is there after `kill -9`, and opens."""
    outcome = kill_under_load(tmp_path / "data", 2, seed=11, SURVEY_BLOB_KEY=str(key))

    assert outcome.photos > 0
    assert (outcome.lost, outcome.faults, outcome.refused) == ([], [], [])
    assert plain_files(tmp_path / "data") == []


def test_from_plain_to_encrypted_and_into_a_backup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A commune that begins to encrypt, changes its key, restores elsewhere under another one, and goes back: every byte stays."""
    data, keys = tmp_path / "data", [tmp_path / f"{number}.key" for number in range(3)]
    for path in keys:
        make_blob_key(path)
    outcome = kill_under_load(data, 0, seed=3)
    assert outcome.lost == []
    kept = _contents(Settings(data=data))
    assert len(plain_files(data)) >= len(kept) > 0

    monkeypatch.setenv("SURVEY_BLOB_KEY", str(keys[0]))
    assert main(["encrypt-store", "--quiet", "--data", str(data)]) == 0
    assert plain_files(data) == []
    assert main(["encrypt-store", "--quiet", "--to", str(keys[1]), "--data", str(data)]) == 0
    monkeypatch.setenv("SURVEY_BLOB_KEY", str(keys[1]))
    assert main(["check-store", "--data", str(data)]) == 0
    assert _contents(Settings(data=data, blob_key=keys[1])) == kept

    assert main(["backup", str(tmp_path / "bare.tar"), "--quiet", "--data", str(data)]) != 0  # in the clear, by mistake
    assert not (tmp_path / "bare.tar").exists()
    recipient = open_survey(Settings(data=data, blob_key=keys[1])).blobs.keys.writer.recipient  # type: ignore[attr-defined]
    assert main(["backup", str(tmp_path / "b.age"), "--recipient", recipient, "--quiet", "--data", str(data)]) == 0
    monkeypatch.setenv("SURVEY_BLOB_KEY", str(keys[2]))
    after = tmp_path / "after"
    assert main(["restore", str(tmp_path / "b.age"), "--identity", str(keys[1]), "--quiet", "--data", str(after)]) == 0
    assert plain_files(after) == []
    assert _contents(Settings(data=after, blob_key=keys[2])) == kept

    assert main(["encrypt-store", "--undo", "--quiet", "--data", str(after)]) == 0
    monkeypatch.delenv("SURVEY_BLOB_KEY")
    assert _contents(Settings(data=after)) == kept
    assert main(["check-store", "--data", str(after)]) == 0


def test_age_itself_opens_a_photo(tmp_path: Path, key: Path) -> None:
    """Nobody depends on this app to read what it stored."""
    survey = open_survey(Settings(data=tmp_path / "data", blob_key=key))
    staged = survey.blobs.stage([b"a photo"], name="a.jpg", limit=100)
    survey.blobs.keep(staged)
    lies = next(path for path in (tmp_path / "data" / "blobs").rglob("*") if path.is_file())
    opened = subprocess.run(["age", "-d", "-i", str(key), str(lies)], capture_output=True, check=True)

    assert opened.stdout == b"a photo"


def _contents(settings: Settings) -> dict[str, bytes]:
    survey = open_survey(settings)
    found = {sha256: b"".join(survey.blobs.read(sha256)) for sha256 in survey.blobs.hashes()}
    survey.store.close()
    return found
