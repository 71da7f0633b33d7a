"""What was acknowledged lies on the disk: a real server's system calls, and every state that a kill or a power cut can leave.

A trace shows for each 201 that the file's bytes, its name, its folder and the database's commit were synced before. Then each prefix of
what was written is laid out as a folder and opened: what was answered by then is there, and `check-store` finds nothing.
"""

import base64
import hashlib
import http.client
import io
import json
import os
import random
import re
import shutil
import subprocess
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from PIL import Image

from survey.establish import establish
from survey.store.check import find_faults
from survey.store.forms import select_forms
from survey.wiring import Settings, open_survey
from tests.disk import Disk
from tests.live import LiveServer
from tests.traced import Call, calls, strace

_INSTANCE = (
    '<data id="household_fence" version="{version}"><photo_1>a.jpg</photo_1><total_m>20</total_m><green_m>15</green_m>'
    '<photo_2>b.jpg</photo_2><meta xmlns="http://openrosa.org/xforms"><instanceID>{id}</instanceID></meta></data>'
)
_SIDE = 320  # pixels, in few bytes: each state is written out again
_STORED = re.compile(rb'"sha256":"([0-9a-f]{64})"')
_RECEIVED = re.compile(rb'"id":"(uuid:[0-9a-f-]{36})"')


def _may_trace() -> bool:
    if shutil.which("strace") is None:
        return False
    return subprocess.run(["strace", "-f", "-o", "/dev/null", "true"], check=False, capture_output=True).returncode == 0


pytestmark = pytest.mark.skipif(not _may_trace(), reason="strace is missing, or this machine lets nobody trace")


@dataclass
class Acknowledged:
    """What the server said is safe: submissions by id, photos by hash."""

    submissions: set[str] = field(default_factory=set)
    photos: set[str] = field(default_factory=set)

    def hear(self, call: Call) -> bool:
        """Take in an answer that left the server; true where it said that something is safe."""
        if call.name not in {"sendto", "sendmsg"} or not call.handle[1].startswith("socket:"):
            return False
        text = b"".join(call.text(index) for index in range(1, len(call.arguments)) if '"' in call.arguments[index][:1])
        before = len(self.submissions) + len(self.photos)
        self.submissions.update(found.decode() for found in _RECEIVED.findall(text))
        self.photos.update(found.decode() for found in _STORED.findall(text))
        return len(self.submissions) + len(self.photos) > before


@dataclass(frozen=True)
class Recorded:
    """A server's day: the folder as it was before, the log of its calls, what its phones were told."""

    before: Path
    data: Path
    log: Path
    told: Acknowledged


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """Two phones at once hand in a visit with two photos each, one in pieces, to a traced server."""
    folder = tmp_path_factory.mktemp("traced")
    data, log = folder / "data", folder / "calls.log"
    survey = open_survey(Settings(data=data))
    establish(survey, survey.settings.schema, "18844")
    with survey.reading() as reader:
        version = next(form.version for form in select_forms(reader, "18844") if form.form == "household_fence")
    survey.store.close()
    server = LiveServer(data, before=strace(log))
    cookie = server.cookie("inspector")
    shutil.copytree(data, folder / "before")
    told = Acknowledged()
    with server:
        phones = [threading.Thread(target=_visit, args=(server.url, cookie, version, told, index)) for index in range(2)]
        for phone in phones:
            phone.start()
        for phone in phones:
            phone.join()
    assert len(told.submissions) == len(phones)
    return Recorded(folder / "before", data, log, told)


def _visit(url: str, cookie: str, version: str, told: Acknowledged, index: int) -> None:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)

    def put(path: str, body: bytes, method: str = "PUT", **headers: str) -> dict[str, object]:
        connection.request(method, path, body, {"Cookie": f"survey_session={cookie}", "Origin": url, **headers})
        answer = connection.getresponse()
        content = answer.read()
        assert answer.status in {HTTPStatus.CREATED, HTTPStatus.ACCEPTED}, content
        return dict(json.loads(content))

    key = f"uuid:{uuid.uuid4()}"
    photos = {name: _photo() for name in ("a.jpg", "b.jpg")}
    ahead = ["a.jpg"] if index else []
    for name in [*ahead, "", *(name for name in photos if name not in ahead)]:
        if name == "b.jpg":
            told.photos.add(_send_in_pieces(put, f"/api/submissions/{key}/photos/{name}", photos[name]))
        elif name:
            told.photos.add(str(put(f"/api/submissions/{key}/photos/{name}", photos[name])["sha256"]))
        else:
            told.submissions.add(str(put(f"/api/submissions/{key}", _INSTANCE.format(version=version, id=key).encode())["id"]))


def _send_in_pieces(put: Callable[..., dict[str, object]], path: str, photo: bytes) -> str:
    digest = f"sha-256=:{base64.b64encode(hashlib.sha256(photo).digest()).decode()}:"
    half = len(photo) // 2
    headers = {"Upload-Length": str(len(photo)), "Repr-Digest": digest}
    put(path, photo[:half], "PATCH", **headers, **{"Upload-Offset": "0"})
    return str(put(path, photo[half:], "PATCH", **headers, **{"Upload-Offset": str(half)})["sha256"])


def _photo() -> bytes:
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize((_SIDE, _SIDE)).save(buffer, "JPEG", comment=os.urandom(16).hex())
    return buffer.getvalue()


def test_everything_is_synced_before_the_answer(recorded: Recorded) -> None:
    """At each answer, what it speaks of is in the part of the disk that a power cut leaves: bytes, name and folders."""
    heard = Acknowledged()
    for disk, answered in _answers(recorded):
        assert _kept_photos(disk) >= answered.photos
        heard = answered

    assert heard == recorded.told


def _answers(recorded: Recorded, without: Callable[[Call], bool] = lambda _call: False) -> Iterator[tuple[Disk, Acknowledged]]:
    """The disk at each answer, *without* some of the calls."""
    disk, heard = Disk(recorded.before), Acknowledged()
    disk.follow(recorded.data)
    for call in calls(recorded.log):
        if not without(call):
            disk.apply(call)
        if heard.hear(call):
            yield disk, heard


def _kept_photos(disk: Disk) -> set[str]:
    return {
        Path(path).name
        for path, file in disk.synced_files.items()
        if "/blobs/" in path and disk.reaches(path) and file.synced == bytes(file.written)
    }


@pytest.mark.parametrize("left_out", ["the bytes", "the name", "the folder"])
def test_a_missing_sync_of_a_photo_is_seen(recorded: Recorded, left_out: str) -> None:
    """The test above can fail: without any one of the three syncs the photo would not survive."""
    kinds = {
        "the bytes": lambda path: "/incoming/" in path,
        "the name": lambda path: re.search(r"/blobs/../..$", path),
        "the folder": lambda path: path.endswith("/blobs"),
    }

    def without(call: Call) -> bool:
        return call.name == "fsync" and bool(kinds[left_out](call.handle[1]))

    assert not all(_kept_photos(disk) >= answered.photos for disk, answered in _answers(recorded, without))


def test_a_missing_sync_of_the_rows_is_seen(recorded: Recorded, tmp_path: Path) -> None:
    """Nor would a submission whose commit was not synced."""

    def without(call: Call) -> bool:
        return call.name in {"fsync", "fdatasync"} and "survey.db" in call.handle[1]

    *_, (disk, heard) = _answers(recorded, without)
    disk.lay_out(tmp_path / "state", cut=True)
    with pytest.raises(AssertionError):
        _require_whole(tmp_path / "state", heard)


@pytest.mark.parametrize("how", ["killed", "cut", "torn"])
def test_every_prefix_is_a_consistent_store(recorded: Recorded, tmp_path: Path, how: str) -> None:
    """A process that is killed keeps what it wrote, a power cut what was synced, a torn disk some of the rest: each state opens whole."""
    chance = random.Random(20260) if how == "torn" else None  # noqa: S311 - the same states each time
    count = 0  # a trace without writes would prove nothing
    for disk, heard in _states(recorded, cut=how != "killed"):
        state = tmp_path / "state"
        shutil.rmtree(state, ignore_errors=True)
        disk.lay_out(state, cut=how != "killed", chance=chance)
        _require_whole(state, heard)
        count += 1

    assert count > 20


def _states(recorded: Recorded, *, cut: bool) -> Iterator[tuple[Disk, Acknowledged]]:
    """The disk after each call that changed it, or what is sure of it, and after each answer."""
    disk, heard = Disk(recorded.before), Acknowledged()
    disk.follow(recorded.data)
    for call in calls(recorded.log):
        changed = disk.apply(call)
        sure = call.name in {"fsync", "fdatasync"} and call.phase == "end"
        if heard.hear(call) or (changed and (sure or not cut)):
            yield disk, heard


def _require_whole(state: Path, heard: Acknowledged) -> None:
    survey = open_survey(Settings(data=state))
    try:
        with survey.reading() as reader:
            assert list(find_faults(reader, survey.blobs)) == []
            kept = {str(row["submission"]) for row in reader.rows("SELECT submission FROM submission")}
        assert {key.removeprefix("uuid:") for key in heard.submissions} <= {key.removeprefix("uuid:") for key in kept}
        assert heard.photos <= set(survey.blobs.hashes())
    finally:
        survey.store.close()
