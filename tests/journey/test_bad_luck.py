"""What was acknowledged is there: the server is killed under load, its worker in the middle of a job."""

import base64
import hashlib
import http.client
import json
import os
import random
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from survey import receive
from survey.commands import main, operator
from survey.commands.work import Worker
from survey.store.check import find_faults, select_unreferenced
from survey.store.jobs import select_job_counts, select_live_workers
from survey.wiring import ROOT, Settings, Survey
from tests.conftest import COMMUNE
from tests.journey.test_photo_to_bundle import Phone, commune, filled
from tests.live import LiveServer
from tests.receive.conftest import jpeg

_KILLS = 3
_PHONES = 4
_AT_ONCE = 20


class _Sender(threading.Thread):
    """A phone that sends one fence after another and remembers only what was acknowledged."""

    def __init__(self, survey: Survey, server: LiveServer, cookie: str, ended: threading.Event) -> None:
        super().__init__()
        self._survey, self._server, self._cookie, self._ended = survey, server, cookie, ended
        self.submissions: dict[str, str] = {}
        self.photos: set[tuple[str, str]] = set()

    def run(self) -> None:
        """Send until the test ends; a server that is away is tried again."""
        while not self._ended.is_set():
            try:
                self._send(Phone(self._server.url, self._cookie))
            except (OSError, http.client.HTTPException):
                time.sleep(0.1)  # the server is away

    def _send(self, phone: Phone) -> None:
        instance_id, photo = f"uuid:{uuid.uuid4()}", jpeg("green") + os.urandom(50_000)
        xml = filled(self._survey, 0, instance_id, "1.jpg")
        phone.put(f"/api/submissions/{instance_id}", xml)
        self.submissions[instance_id] = hashlib.sha256(xml).hexdigest()
        phone.put(f"/api/submissions/{instance_id}/photos/1.jpg", photo)
        self.photos.add((instance_id, hashlib.sha256(photo).hexdigest()))


def test_nothing_acknowledged_is_lost_when_the_server_is_killed(tmp_path: Path) -> None:
    """`kill -9` at random moments under a load of submissions: each acknowledged one is there, and the store has no fault."""
    survey, ended = commune(Settings(data=tmp_path)), threading.Event()
    with LiveServer(tmp_path) as server:
        cookie = server.cookie("inspector")
        senders = [_Sender(survey, server, cookie, ended) for _ in range(_PHONES)]
        for sender in senders:
            sender.start()
        for _ in range(_KILLS):
            time.sleep(random.uniform(0.3, 1.5))  # noqa: S311 - any moment will do
            server.kill()
            server.start()
        time.sleep(0.5)
        ended.set()
        for sender in senders:
            sender.join()

    acknowledged = {instance: digest for sender in senders for instance, digest in sender.submissions.items()}
    photos = {photo for sender in senders for photo in sender.photos}
    with survey.reading() as reader:
        kept = {row["submission"]: row["instance_sha256"] for row in reader.rows("SELECT submission, instance_sha256 FROM submission")}
        files = {(row["submission"], row["sha256"]) for row in reader.rows("SELECT submission, sha256 FROM attachment")}
        assert len(acknowledged) > _KILLS
        assert acknowledged.items() <= kept.items()
        assert photos <= files
        assert list(find_faults(reader, survey.blobs)) == []
        assert len(select_unreferenced(reader, survey.blobs)) <= _KILLS * _PHONES


class _Later(Survey):
    """The same deployment three minutes on: a dead worker's lease has run out."""

    def now(self) -> datetime:
        """Three minutes from now."""
        return super().now() + timedelta(minutes=3)


def test_a_killed_workers_job_is_done_by_the_next(tmp_path: Path) -> None:
    """A worker dies with jobs in its hands; the next one does them, and no job is left."""
    survey, inspector = commune(Settings(data=tmp_path)), operator(COMMUNE)
    for number in range(12):
        instance_id = f"uuid:{uuid.uuid4()}"
        photo = survey.blobs.stage([jpeg("green") + bytes([number])], name="1.jpg", limit=1_000_000)
        receive.submission(survey, inspector, filled(survey, 0, instance_id, "1.jpg"), door="field", files=[("1.jpg", photo)])
    worker = subprocess.Popen([sys.executable, "-m", "survey", "work", "--data", str(tmp_path)], cwd=ROOT)
    _wait(lambda: "running" in _jobs(survey))
    worker.kill()
    worker.wait()
    assert "running" in _jobs(survey)

    Worker(_Later(survey.settings, survey.store, survey.blobs, survey.made)).work(once=True)

    assert _jobs(survey) == {}
    with survey.reading() as reader:
        assert {row["views"] for row in reader.rows("SELECT views FROM blob")} == {"ready"}


def test_the_server_ends_with_its_worker(tmp_path: Path) -> None:
    """SIGTERM and SIGKILL alike leave no process behind, and a clean end leaves no worker's row."""
    survey = commune(Settings(data=tmp_path))
    with LiveServer(tmp_path, environment={"SURVEY_WORKERS": "2"}) as server:
        _wait(lambda: _live(survey) == 2)
        first = _workers_of(tmp_path)
        server.stop()
        assert (_live(survey), len(first), _workers_of(tmp_path)) == (0, 2, set())
        server.start()
        _wait(lambda: _live(survey) == 2)
        server.kill()
        _wait(lambda: not _workers_of(tmp_path))


def test_two_servers_on_one_data_folder(tmp_path: Path) -> None:
    """Two processes take submissions at once: the log has one chain, and each server shows what the other received."""
    survey = commune(Settings(data=tmp_path))
    ended = threading.Event()
    with LiveServer(tmp_path) as one, LiveServer(tmp_path) as two:
        cookie = one.cookie("inspector")
        senders = [_Sender(survey, server, cookie, ended) for server in (one, two) for _ in range(2)]
        for sender in senders:
            sender.start()
        time.sleep(2)
        ended.set()
        for sender in senders:
            sender.join()
        instance_id = next(iter(senders[0].submissions))
        assert json.loads(Phone(two.url, cookie).get(f"/api/submissions/{instance_id}"))["missing"] == []
    assert all(sender.submissions for sender in senders)
    with survey.reading() as reader:
        assert list(find_faults(reader, survey.blobs)) == []


def test_twenty_at_once_are_one(tmp_path: Path) -> None:
    """The same submission, then the same photo, sent by twenty requests in the same moment: all are answered well, one row stands."""
    survey = commune(Settings(data=tmp_path))
    instance_id, content = f"uuid:{uuid.uuid4()}", jpeg("green") + os.urandom(200_000)
    xml = filled(survey, 0, instance_id, "1.jpg")
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    whole = {"Upload-Offset": "0", "Upload-Length": str(len(content)), "Repr-Digest": f"sha-256=:{digest}:"}
    with LiveServer(tmp_path) as server:
        cookie = server.cookie("inspector")
        path = f"/api/submissions/{instance_id}"
        forms = _at_once(server, cookie, "PUT", path, xml, {"Content-Type": "text/xml"})
        photos = _at_once(server, cookie, "PATCH", f"{path}/photos/1.jpg", content, {"Content-Type": "image/jpeg", **whole})

    assert set(forms) | set(photos) <= {http.HTTPStatus.CREATED, http.HTTPStatus.ACCEPTED}
    assert http.HTTPStatus.CREATED in photos
    with survey.reading() as reader:
        assert [row["submission"] for row in reader.rows("SELECT submission FROM submission")] == [instance_id]
        kept = [(row["name"], row["sha256"], row["state"]) for row in reader.rows("SELECT name, sha256, state FROM attachment")]
        assert kept == [("1.jpg", hashlib.sha256(content).hexdigest(), "stored")]
        assert list(find_faults(reader, survey.blobs)) == []


def _at_once(server: LiveServer, cookie: str, method: str, path: str, body: bytes, headers: dict[str, str]) -> list[int]:
    """The status of each of twenty requests that begin together."""
    together = threading.Barrier(_AT_ONCE)

    def ask(_number: int) -> int:
        connection = http.client.HTTPConnection("localhost", server.port, timeout=60)
        connection.connect()
        together.wait()
        connection.request(method, path, body, {**headers, "Cookie": f"survey_session={cookie}", "Origin": server.url})
        return connection.getresponse().status

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(ask, range(_AT_ONCE)))


def test_a_log_that_is_no_json_any_more_does_not_stop_the_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A disk wrote nonsense into the log: the place is named, and the check goes on behind it."""
    survey = _with_one_photo(tmp_path)
    with survey.transaction() as tx:
        tx.execute("UPDATE event SET body = 'no JSON' WHERE seq = 2")
        tx.execute("UPDATE blob SET crc32 = 1")

    assert main(["check-store", "--data", str(tmp_path)]) == 1
    assert {"LOG_BROKEN", "BLOB_CHANGED"} <= {line.split(" ")[0] for line in capsys.readouterr().out.splitlines()}


def _with_one_photo(folder: Path) -> Survey:
    survey = commune(Settings(data=folder))
    photo = survey.blobs.stage([jpeg("green")], name="1.jpg", limit=1_000_000)
    xml = filled(survey, 0, f"uuid:{uuid.uuid4()}", "1.jpg")
    receive.submission(survey, operator(COMMUNE), xml, door="field", files=[("1.jpg", photo)])
    return survey


def _jobs(survey: Survey) -> dict[str, int]:
    with survey.reading() as reader:
        return dict(select_job_counts(reader))


def _live(survey: Survey) -> int:
    with survey.reading() as reader:
        return select_live_workers(reader, survey.now())


def _workers_of(folder: Path) -> set[int]:
    """The processes that work on *folder*."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (process / "cmdline").read_bytes().split(b"\0")
            if b"work" in words and str(folder).encode() in words:
                found.add(int(process.name))
    return found


def _wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
