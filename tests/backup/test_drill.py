"""The drill: a backup under load, restored elsewhere; killed at any moment; on a disk that is full."""

import hashlib
import json
import os
import random
import resource
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from survey.domain.problems import Problem
from survey.store.check import find_faults
from survey.wiring import ROOT, Settings, open_survey
from tests.backup.conftest import World
from tests.conftest import COMMUNE
from tests.journey.test_photo_to_bundle import FENCES, Phone, commune, filled
from tests.live import LiveServer
from tests.receive.conftest import jpeg

Run = Callable[..., tuple[int, str, str]]


def start(*arguments: object, limit: int | None = None) -> subprocess.Popen[str]:
    """A command in a process of its own; no file of it grows beyond *limit* bytes."""
    command = [sys.executable, "-m", "survey", *map(str, arguments)]
    limited = (lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))) if limit else None
    return subprocess.Popen(
        command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=limited,  # noqa: PLW1509 - no threads here
    )  # fmt: skip


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_what_was_acknowledged_before_a_backup_began_is_in_it(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest, key: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three phones send without a pause while the backup runs; afterwards another deployment has all of it, and phones go on there."""
    databases = ["sqlite", "sqlite"] if engine == "sqlite" else [request.getfixturevalue("postgres_url")() for _ in range(2)]
    survey = commune(Settings(data=tmp_path / "data", database=databases[0]))
    acknowledged: dict[str, str] = {}
    stop = threading.Event()

    def send(server: LiveServer, cookie: str, number: int) -> None:
        phone = Phone(server.url, cookie)
        while not stop.is_set():
            instance, name = f"uuid:{uuid.uuid4()}", f"{number}.jpg"
            photo = jpeg("green") + os.urandom(50_000)
            phone.put(f"/api/submissions/{instance}/photos/{name}", photo)
            phone.put(f"/api/submissions/{instance}", filled(survey, number, instance, name))
            acknowledged[instance] = hashlib.sha256(photo).hexdigest()

    monkeypatch.setenv("SURVEY_DATABASE", databases[0])
    with LiveServer(tmp_path / "data", environment={"SURVEY_WORKERS": "1"}) as server, ThreadPoolExecutor(3) as pool:
        cookie = server.cookie("inspector")
        sending = [pool.submit(send, server, cookie, number) for number in range(len(FENCES))]
        while len(acknowledged) < 15:
            time.sleep(0.1)
        before = dict(acknowledged)
        backup = start("backup", tmp_path / "b.age", "--recipient", key[0], "--with-keys", "--quiet", "--json", "--data", tmp_path / "data")
        said, trouble = backup.communicate(timeout=120)
        during = len(acknowledged) - len(before)
        stop.set()
        for one in sending:
            one.result()
    assert backup.returncode == 0, trouble
    assert during > 0

    monkeypatch.setenv("SURVEY_DATABASE", databases[1])
    done = start("restore", tmp_path / "b.age", "--identity", key[1], "--quiet", "--json", "--data", tmp_path / "after")
    assert done.communicate(timeout=120)[1] == ""
    after = open_survey(Settings(data=tmp_path / "after", database=databases[1]))
    with after.reading() as reader:
        kept = {row["submission"]: row["sha256"] for row in reader.rows("SELECT submission, sha256 FROM attachment WHERE state = 'stored'")}
        assert list(find_faults(reader, after.blobs)) == []
        heads = {row["commune"]: [row["seq"], row["hash"]] for row in reader.rows("SELECT commune, seq, hash FROM event_head")}
    assert before.items() <= kept.items()
    assert heads == json.loads(said)["heads"]
    with LiveServer(tmp_path / "after", environment={"SURVEY_WORKERS": "1"}) as server:
        phone = Phone(server.url, cookie)  # signed in before, on the other machine
        some = next(iter(before.values()))
        assert hashlib.sha256(phone.get(f"/photos/{some}/original")).hexdigest() == some
        instance = f"uuid:{uuid.uuid4()}"
        phone.put(f"/api/submissions/{instance}/photos/0.jpg", jpeg("olive"))
        assert phone.put(f"/api/submissions/{instance}", filled(after, 0, instance, "0.jpg"))["missing"] == []
        deadline = time.monotonic() + 120  # what waited for a worker there is done by one here
        while time.monotonic() < deadline and _waiting(after):
            time.sleep(0.3)
    assert _waiting(after) == []


def _waiting(survey: object) -> list[str]:
    with survey.reading() as reader:  # type: ignore[attr-defined] # a Survey
        return [row["job"] for row in reader.rows("SELECT job FROM job WHERE kind = 'develop'")]


def test_killed_while_it_backs_up(world: World, tmp_path: Path, run: Run) -> None:
    """Under its name there is a whole backup or none, and the next one with the same name succeeds."""
    chance = random.Random(7)  # noqa: S311 - moments, nothing secret
    out = tmp_path / "b.tar"
    for _ in range(6):
        process = start("backup", out, "--quiet", "--data", world.data)
        time.sleep(chance.uniform(0.3, 1.6))
        process.kill()
        process.communicate()
        if out.exists():
            assert run("backup", "--check", out)[0] == 0
            out.unlink()

    assert run("backup", out, "--quiet", "--data", world.data)[0] == 0
    assert run("backup", "--check", out)[0] == 0
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(out.name)] == [out.name]


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_killed_while_it_restores(
    engine: str, world: World, tmp_path: Path, run: Run, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After each kill the folder is empty, refused, or whole; running it again ends well wherever it was cut."""
    out = tmp_path / "b.tar"
    assert run("backup", out, "--quiet", "--data", world.data)[0] == 0
    if engine == "postgres":
        monkeypatch.setenv("SURVEY_DATABASE", request.getfixturevalue("postgres_url")())
    chance = random.Random(11)  # noqa: S311 - moments, nothing secret
    ended = False
    for _ in range(6):
        process = start("restore", out, "--quiet", "--data", tmp_path / "after")
        time.sleep(chance.uniform(0.5, 2.0))
        process.kill()
        process.communicate()
        code, _, said = run("check-store", "--data", tmp_path / "after")
        if code == 0 and _communes(tmp_path / "after"):
            ended = True
            break
        assert code == 0 or "RESTORE_UNFINISHED" in said or "DEPLOYMENT_EMPTY" in said
    if not ended:
        assert run("restore", out, "--quiet", "--data", tmp_path / "after")[0] == 0

    assert run("check-store", "--data", tmp_path / "after")[0] == 0
    assert _communes(tmp_path / "after") == [COMMUNE]


def _communes(data: Path) -> list[str]:
    survey = open_survey(Settings.from_env({**os.environ, "SURVEY_DATA": str(data)}))
    with survey.reading() as reader:
        found = [row["commune"] for row in reader.rows("SELECT commune FROM commune")]
    survey.store.close()
    return found


def test_cut_short_after_its_rows_were_in(world: World, tmp_path: Path, run: Run) -> None:
    """The mark is still there, the rows are: the same command goes on and ends; another backup is refused."""
    for name in ("b.tar", "c.tar"):
        assert run("backup", tmp_path / name, "--quiet", "--data", world.data)[0] == 0
        open_survey(Settings(data=world.data)).store.close()
        with open_survey(Settings(data=world.data)).transaction() as tx:
            tx.log(COMMUNE, "test.written", {"number": 1})
    assert run("restore", tmp_path / "b.tar", "--quiet", "--data", tmp_path / "after")[0] == 0
    (tmp_path / "after" / "restoring").touch()

    with pytest.raises(Problem, match="RESTORE_UNFINISHED"):
        open_survey(Settings(data=tmp_path / "after"))
    assert "RESTORE_NOT_EMPTY" in run("restore", tmp_path / "c.tar", "--quiet", "--data", tmp_path / "after")[2]
    assert run("restore", tmp_path / "b.tar", "--quiet", "--data", tmp_path / "after")[0] == 0
    assert run("check-store", "--data", tmp_path / "after")[0] == 0


@pytest.mark.parametrize("encrypted", [False, True])
def test_a_disk_that_fills_up_under_a_backup(encrypted: bool, world: World, tmp_path: Path, key: tuple[str, Path]) -> None:
    """It is told, and nothing is left, neither under the name nor beside it."""
    given = ("--recipient", key[0]) if encrypted else ()
    process = start("backup", tmp_path / "b.tar", *given, "--quiet", "--data", world.data, limit=120_000)
    _, said = process.communicate(timeout=60)

    assert (process.returncode, "FILE_UNWRITABLE" in said, "Traceback" in said) == (1, True, False)
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(("b.tar", ".survey"))]


def test_a_disk_that_fills_up_under_a_restore(world: World, tmp_path: Path, run: Run) -> None:
    """It is told, the folder is refused, and with space again the same command ends well."""
    out = tmp_path / "b.tar"
    assert run("backup", out, "--quiet", "--data", world.data)[0] == 0
    process = start("restore", out, "--quiet", "--data", tmp_path / "after", limit=700_000)
    _, said = process.communicate(timeout=60)

    assert (process.returncode, "STORAGE_UNUSABLE" in said, "Traceback" in said) == (1, True, False), said
    assert run("restore", out, "--quiet", "--data", tmp_path / "after")[0] == 0
    assert run("check-store", "--data", tmp_path / "after")[0] == 0


def test_too_little_space_is_said_before_anything_is_written(world: World, tmp_path: Path, run: Run) -> None:
    """Ten petabytes of photos, as the rows say, fit on no disk."""
    survey = open_survey(Settings(data=world.data))
    with survey.transaction() as tx:
        tx.execute("UPDATE blob SET size = 10000000000000000")

    assert "BACKUP_NO_SPACE" in run("backup", tmp_path / "b.tar", "--data", world.data)[2]
    assert not list(tmp_path.glob("b.tar*"))
