"""`work`: a photo that kills or fills its darkroom, a worker that dies, and photos that an older release never looked at."""

import io
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from survey import community, receive
from survey.commands import work
from survey.commands.work import KINDS, Worker
from survey.develop import give_up, pipeline
from survey.domain.checks import Finding
from survey.domain.looks import look_from_json
from survey.domain.people import Actor
from survey.photos import Darkroom
from survey.store.attachments import select_blob
from survey.store.check import find_faults
from survey.store.flags import select_flags
from survey.store.jobs import MAX_ATTEMPTS, Pending, claim_jobs, select_job_counts, select_pending, update_abandoned
from survey.wiring import ROOT, Survey
from tests.conftest import COMMUNE
from tests.photos.pictures import gradient
from tests.photos.pictures import jpeg as picture
from tests.receive.conftest import fence, new_id, stage, stocked, survey  # noqa: F401 - fixtures among them


class _Later(Survey):
    """The same deployment, *by* later than the clock says."""

    by = timedelta()

    def now(self) -> datetime:
        return super().now() + self.by


@pytest.fixture
def later(stocked: Survey) -> _Later:  # noqa: F811
    """The deployment with a clock that a test can set on."""
    return _Later(stocked.settings, stocked.store, stocked.blobs, stocked.made)


@pytest.fixture(scope="module")
def heavy(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A real picture that takes a second and 700 MB: 79 megapixels with transparency."""
    path = tmp_path_factory.mktemp("heavy") / "heavy.png"
    Image.new("RGBA", (8900, 8900)).save(path, compress_level=1)
    return path.read_bytes()


def receive_fence(survey: Survey, actor: Actor, *photos: bytes) -> tuple[str, list[str]]:  # noqa: F811
    """A submission with *photos*: its id, their hashes."""
    submission = new_id()
    names = tuple(f"{number}.jpg" for number in range(len(photos)))
    staged = [stage(survey, content, name) for name, content in zip(names, photos, strict=True)]
    receive.submission(
        survey, actor, fence(survey, submission, photos=names), door="field", files=list(zip(names, staged, strict=True))
    )
    return submission, [each.sha256 for each in staged]


def test_one_photo_that_cannot_be_finished_holds_nothing_else_up(later: _Later, reviewer: Actor, heavy: bytes) -> None:
    """The other photo is there at once, the attempt is visible, and after the last one the reviewer is told."""
    submission, (good, bad) = receive_fence(later, reviewer, picture(gradient(1200, 900)), heavy)
    with Darkroom(address_bytes=400 << 20) as room:
        worker = Worker(later, darkroom=room.develop)
        assert worker.take() == 1

        assert (views(later, good), views(later, bad)) == ("ready", "waiting")
        assert later.blobs.read_view(good, "thumb") is not None
        seen = pending(later, submission)
        assert seen is not None
        assert (seen.state, seen.attempts, seen.error) == ("waiting", 1, f"PHOTO_UNFINISHED: {UNFINISHED}")
        assert worker.take() == 0  # not before its pause is over
        for _ in range(MAX_ATTEMPTS - 1):
            assert "check_unfinished" not in codes(later, submission, "1.jpg")
            later.by += timedelta(minutes=5)
            assert worker.take() == 1

    seen = pending(later, submission)
    assert seen is not None
    assert (seen.state, seen.attempts) == ("failed", MAX_ATTEMPTS)
    assert views(later, bad) == "failed"
    assert looked(later, bad) is True
    assert "check_unfinished" in codes(later, submission, "1.jpg")
    assert "check_unfinished" not in codes(later, submission, "0.jpg")
    before = count_events(later)
    give_up(later, COMMUNE, submission)
    assert count_events(later) == before


UNFINISHED = "The photo has not been checked to the end: MemoryError. The server tries again by itself; if that fails too, the reviewer looks at the original."  # noqa: E501 - a sentence


def test_a_photo_that_kills_every_worker_is_given_up(later: _Later, reviewer: Actor) -> None:
    """Five workers took the job and were never heard of again; the sixth tells the reviewer instead of trying."""
    submission, (photo,) = receive_fence(later, reviewer, picture())
    for number in range(MAX_ATTEMPTS):
        with later.transaction() as tx:
            assert len(claim_jobs(tx, later.store.engine, f"dead-{number}", later.now(), 1)) == 1
        later.by += timedelta(minutes=3)
        with later.transaction() as tx:
            assert update_abandoned(tx, later.now()) == 1

    Worker(later).work(once=True)

    seen = pending(later, submission)
    assert seen is not None
    assert (seen.state, seen.error) == ("failed", "worker died")
    assert (views(later, photo), looked(later, photo)) == ("failed", True)
    assert "check_unfinished" in codes(later, submission, "0.jpg")


def test_a_residents_photo_gets_its_view_and_stays_in_quarantine(stocked: Survey, coordinator: Actor, reviewer: Actor) -> None:  # noqa: F811
    """The worker makes what the desk sees, from bare pixels; the file itself goes nowhere."""
    community.open_page(stocked, coordinator, is_open=True, reason="Kiểm thử")
    content = picture(gradient(1200, 900))
    report = community.receive_report(stocked, COMMUNE, "a mark", community.Sent("Mương vỡ", photo=io.BytesIO(content)))
    assert community.read_view(stocked, reviewer, report.id) is None
    assert later_jobs(stocked) != {}

    Worker(stocked).work(once=True)

    view = community.read_view(stocked, reviewer, report.id)
    assert view is not None
    assert view.startswith(b"\xff\xd8\xff")
    assert view != content
    assert later_jobs(stocked) == {}
    assert stocked.blobs.size(str(report.sha256)) is None
    assert stocked.blobs.size(str(report.sha256), quarantine=True) == len(content)


def test_checks_that_break_are_told_and_not_taken_for_clean(later: _Later, reviewer: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """A visit over which the checks themselves die at every attempt is flagged for a look, beside what its form said."""
    submission, _ = receive_fence(later, reviewer, picture())

    def broken(*_arguments: object) -> list[Finding]:
        raise OverflowError("date value out of range")

    monkeypatch.setattr(pipeline, "examine", broken)
    before = codes(later, submission, "")
    for _ in range(MAX_ATTEMPTS):
        Worker(later).work(once=True)
        later.by += timedelta(minutes=5)

    seen = pending(later, submission)
    assert seen is not None
    assert (seen.state, seen.error) == ("failed", "OverflowError in develop")
    assert codes(later, submission, "") == before | {"check_unfinished"}


def test_bytes_that_are_away_for_a_while_fail_no_photo(later: _Later, reviewer: Actor) -> None:
    """A disk that is not there says nothing about the photo: it waits, and is developed when the disk is back."""
    _, (photo,) = receive_fence(later, reviewer, picture())
    path = later.settings.data / "blobs" / photo[:2] / photo[2:4] / photo
    path.rename(path.with_suffix(".away"))
    worker = Worker(later)
    worker.take()
    assert views(later, photo) == "waiting"
    path.with_suffix(".away").rename(path)
    later.by += timedelta(minutes=5)

    worker.work(once=True)

    assert (views(later, photo), later_jobs(later)) == ("ready", {})


def test_photos_of_an_older_release_are_looked_at_in_portions(later: _Later, reviewer: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """They have views but no look; a worker with nothing else to do takes them, and one that fails is not asked for again and again."""
    monkeypatch.setattr(work, "_PORTION", 2)
    hashes = [receive_fence(later, reviewer, picture(gradient(1200 + number, 900)))[1][0] for number in range(5)]
    Worker(later).work(once=True)
    with later.transaction() as tx:
        tx.execute("UPDATE blob SET look = NULL")
    gone = later.settings.data / "blobs" / hashes[0][:2] / hashes[0][2:4] / hashes[0]
    gone.unlink()

    worker = Worker(later)
    for _ in range(MAX_ATTEMPTS):
        worker.work(once=True)
        later.by += timedelta(minutes=5)

    assert [looked(later, each) for each in hashes] == [True, False, False, False, False]
    assert {views(later, each) for each in hashes} == {"ready"}
    assert later_jobs(later) == {"failed": 1}


def test_new_photos_come_before_old_ones(later: _Later, reviewer: Actor) -> None:
    """A phone's photo does not wait for thousands of old ones."""
    old = [receive_fence(later, reviewer, picture(gradient(1200 + number, 900)))[1][0] for number in range(3)]
    Worker(later).work(once=True)
    with later.transaction() as tx:
        tx.execute("UPDATE blob SET look = NULL")
    worker = Worker(later)
    assert worker._look_back() == 3
    _, (fresh,) = receive_fence(later, reviewer, picture(gradient(1300, 900)))

    worker.take()

    assert views(later, fresh) == "ready"
    assert [looked(later, each) for each in old] == [None, None, None]


def test_the_table_of_kinds_covers_what_is_left_for_workers() -> None:
    """Every kind that some code leaves in the job table is done by somebody."""
    sources = "".join(path.read_text() for path in (ROOT / "survey").rglob("*.py"))
    kinds = set(re.findall(r'upsert_(?:gathering_)?job\(\s*tx, [\w.]+, "(\w+)"', sources))

    assert {"develop", "erase"} <= kinds <= set(KINDS)


@pytest.fixture
def alone(stocked: Survey) -> Survey:  # noqa: F811
    """A deployment that a worker process can open by its folder."""
    if stocked.store.engine != "sqlite":
        pytest.skip("the process opens the folder's own database")
    return stocked


def test_a_worker_killed_in_the_middle_of_a_photo_leaves_nothing_half_done(alone: Survey, reviewer: Actor, heavy: bytes) -> None:
    """`kill -9` while a photo is decoded: its darkroom ends, no view and no temporary file is left, and the next worker does the job."""
    _, (good, bad) = receive_fence(alone, reviewer, picture(gradient(1200, 900)), heavy)
    with worker_process(alone) as process:
        room = darkroom_of(process)
        process.kill()
        process.wait()

        wait_for(lambda: not Path(f"/proc/{room}").exists())
        assert later_jobs(alone) == {"running": 1}
        assert {views(alone, good), views(alone, bad)} == {"waiting"}
        assert [path for path in (alone.settings.data / "incoming").rglob("*") if path.is_file()] == []

    after = _Later(alone.settings, alone.store, alone.blobs, alone.made)
    after.by = timedelta(minutes=3)
    Worker(after).work(once=True)

    assert (later_jobs(alone), views(alone, good), views(alone, bad)) == ({}, "ready", "ready")
    with alone.reading() as reader:
        assert list(find_faults(reader, alone.blobs)) == []


def test_a_darkroom_killed_in_the_middle_of_a_photo_is_replaced(alone: Survey, reviewer: Actor, heavy: bytes) -> None:
    """Whatever a file does to it, the worker lives on, says so, and the photo is developed at the next attempt."""
    submission, (good, bad) = receive_fence(alone, reviewer, picture(gradient(1200, 900)), heavy)
    with worker_process(alone) as process:
        os.kill(darkroom_of(process), signal.SIGKILL)
        wait_for(lambda: (found := pending(alone, submission)) is not None and found.error is not None)
        assert (views(alone, good), views(alone, bad)) == ("ready", "waiting")
        assert "SIGKILL" in str(pending(alone, submission))

        wait_for(lambda: views(alone, bad) == "ready")
        assert process.poll() is None
    assert later_jobs(alone) == {}


def test_a_worker_that_is_told_to_stop_finishes_the_photo_in_hand(alone: Survey, reviewer: Actor, heavy: bytes) -> None:
    """A service manager's stop costs no attempt, and nothing is left behind."""
    _, (photo,) = receive_fence(alone, reviewer, heavy)
    with worker_process(alone) as process:
        room = darkroom_of(process)
        process.terminate()
        assert process.wait(30) == 0

    assert (views(alone, photo), later_jobs(alone), Path(f"/proc/{room}").exists()) == ("ready", {}, False)


@contextmanager
def worker_process(survey: Survey) -> Iterator["subprocess.Popen[bytes]"]:  # noqa: F811
    """A live `work` on the deployment."""
    process = subprocess.Popen([sys.executable, "-m", "survey", "work", "--data", str(survey.settings.data)], cwd=ROOT)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def darkroom_of(worker: "subprocess.Popen[bytes]") -> int:
    """The worker's darkroom, once it decodes the heavy photo: its memory shows it."""
    found: list[int] = []

    def decodes() -> bool:
        found[:] = [int(child) for child in Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()]
        with suppress(FileNotFoundError, IndexError):
            resident = int(Path(f"/proc/{found[0]}/statm").read_text().split()[1])
            return resident * os.sysconf("SC_PAGE_SIZE") > 200 << 20  # some 80 after its start
        return False

    wait_for(decodes)
    return found[0]


def views(survey: Survey, sha256: str) -> str:  # noqa: F811
    with survey.reading() as reader:
        return str(select_blob(reader, COMMUNE, sha256)["views"])  # type: ignore[index]


def looked(survey: Survey, sha256: str) -> bool | None:  # noqa: F811
    """None: not looked at; else whether the look was given up."""
    with survey.reading() as reader:
        look = look_from_json(select_blob(reader, COMMUNE, sha256)["look"])  # type: ignore[index]
    return None if look is None else look.unfinished


def codes(survey: Survey, submission: str, name: str) -> set[str]:  # noqa: F811
    with survey.reading() as reader:
        return {flag["code"] for flag in select_flags(reader, COMMUNE, submission) if flag["attachment"] == name}


def pending(survey: Survey, submission: str) -> Pending | None:  # noqa: F811
    with survey.reading() as reader:
        return select_pending(reader, COMMUNE, submission)


def later_jobs(survey: Survey) -> dict[str, int]:  # noqa: F811
    with survey.reading() as reader:
        return dict(select_job_counts(reader))


def count_events(survey: Survey) -> int:  # noqa: F811
    with survey.reading() as reader:
        return len(reader.rows("SELECT seq FROM event"))


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_what_cannot_be_tidied_does_not_end_the_worker(stocked: Survey, monkeypatch: pytest.MonkeyPatch, caplog) -> None:  # noqa: F811
    """A sweep that breaks is told to the log; those after it, and the jobs, are done."""
    done = []

    def broken(_survey: object) -> None:
        raise ValueError("no such layout")

    monkeypatch.setattr(work, "SWEEPS", (broken, done.append))
    Worker(stocked).work(once=True)

    assert len(done) == 1
    assert "no such layout" in caplog.text
