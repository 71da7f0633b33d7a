"""The darkroom: the same pictures as in our own process, and whatever a file does to it stays inside."""

import io
import json
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import fields
from pathlib import Path

import pytest
from PIL import Image

from survey.domain.looks import PhotoLook
from survey.domain.photos import PhotoFacts
from survey.domain.problems import PHOTO_BROKEN, PHOTO_UNFINISHED, Problem
from survey.photos.darkroom import Darkroom
from survey.photos.darkroom_wire import _FIELDS, MAX_HEADER, UnusableAnswerError, framed, read_answer
from survey.photos.intake import inspect
from survey.photos.views import develop
from survey.wiring import ROOT
from tests.photos.pictures import SHARED, chunk, gradient, jpeg, png, raw_png

JPEG = PhotoFacts(format="JPEG")
PNG = PhotoFacts(format="PNG")
_ALONE = """
import sys
from pathlib import Path
from survey.domain.photos import PhotoFacts
from survey.photos.darkroom import Darkroom
room = Darkroom()
room.develop(Path(sys.argv[1]), PhotoFacts(format="JPEG"))
print(room.pid, flush=True)
room.develop(Path(sys.argv[2]), PhotoFacts(format="PNG")) if len(sys.argv) > 2 else sys.stdin.read()
"""


@pytest.fixture(scope="module")
def room() -> Iterator[Darkroom]:
    """One darkroom for the tests that leave it whole."""
    with Darkroom() as opened:
        yield opened


@pytest.fixture(scope="module")
def heavy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real picture that takes a second and 700 MB: 79 megapixels with transparency."""
    path = tmp_path_factory.mktemp("heavy") / "heavy.png"
    Image.new("RGBA", (8900, 8900)).save(path, compress_level=1)
    return path


def kept(folder: Path, content: bytes) -> Path:
    path = folder / "photo"
    path.write_bytes(content)
    return path


def webp() -> bytes:
    buffer = io.BytesIO()
    gradient().save(buffer, "WEBP")
    return buffer.getvalue()


@pytest.mark.parametrize("content", [jpeg(gradient(4000, 3000)), png(), webp()], ids=["JPEG", "PNG", "WebP"])
def test_the_process_gives_what_our_own_would(tmp_path, room, content):
    path = kept(tmp_path, content)
    facts = inspect(path, len(content)).facts

    assert room.develop(path, facts) == develop(path, facts)


def test_heic_fits_into_the_limits(room):
    photos = sorted(path for path in SHARED.rglob("*") if path.suffix.lower() in {".heic", ".heif"})
    if not photos:
        pytest.skip("no HEIC photos in ../shared/photos")
    for photo in photos:
        facts = inspect(photo, photo.stat().st_size).facts

        assert room.develop(photo, facts) == develop(photo, facts)


def test_a_file_without_a_name_is_read_from_its_beginning_and_left_where_it_was(room):
    with tempfile.TemporaryFile() as file:
        file.write(jpeg())
        file.flush()

        assert room.develop(file, JPEG).width == 640
        assert file.tell() == len(jpeg())


def test_broken_pixels_are_final_and_cost_no_process(tmp_path, room):
    room.develop(kept(tmp_path, jpeg()), JPEG)
    process = room.pid

    with pytest.raises(Problem) as raised:
        room.develop(kept(tmp_path, raw_png(400, 400, chunk(b"IDAT", b"no deflate stream"))), PNG)

    assert (raised.value.kind, room.pid) == (PHOTO_BROKEN, process)


def test_a_photo_beyond_its_memory_is_unfinished_and_the_next_one_is_developed(tmp_path, heavy):
    with Darkroom(address_bytes=400 << 20) as room:
        assert unfinished(room, heavy, PNG) == "MemoryError"
        assert room.develop(kept(tmp_path, jpeg()), JPEG).width == 640


def test_the_heaviest_picture_of_the_intake_fits(room, heavy):
    assert room.develop(heavy, PNG).width == 8900


def test_a_photo_beyond_its_time_is_unfinished_and_the_next_one_is_developed(tmp_path, heavy):
    with Darkroom(wall_s=0.3) as room:
        before = time.monotonic()
        assert unfinished(room, heavy, PNG) == "> 0.3 s"
        assert time.monotonic() - before < 5
        assert room.develop(kept(tmp_path, jpeg()), JPEG).width == 640


def test_a_photo_that_the_machine_has_no_time_for_is_waited_for(tmp_path):
    """Busy processes hold its core; when its time is over it has not had a tenth of it, and is developed all the same."""
    path, core = kept(tmp_path, jpeg(gradient(4000, 3000))), {min(os.sched_getaffinity(0))}
    with Darkroom(wall_s=0.5) as room:
        room.develop(path, JPEG)
        os.sched_setaffinity(room.pid, core)
        busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"], start_new_session=True) for _ in range(4)]
        try:
            for process in busy:
                os.sched_setaffinity(process.pid, core)
            time.sleep(1)
            width = room.develop(path, JPEG).width
        finally:
            for process in busy:
                process.kill()
                process.wait()

    assert width == 4000


def test_a_photo_beyond_its_processor_time_is_unfinished(heavy):
    """The kernel ends it, also where nobody waits any more."""
    with Darkroom(cpu_s=0) as room:
        assert unfinished(room, heavy, PNG) == "SIGXCPU"


def test_a_process_that_hangs_where_no_signal_is_heard_is_killed(tmp_path):
    """Stopped, it is as deaf as a decoder deep in C."""
    path = kept(tmp_path, jpeg())
    with Darkroom(wall_s=1) as room:
        room.develop(path, JPEG)
        process = room.pid
        os.kill(process, signal.SIGSTOP)

        assert unfinished(room, path, JPEG) == "> 1 s"
        assert gone(process)
        assert room.develop(path, JPEG).width == 640
        assert room.pid != process


def test_a_process_that_is_killed_in_the_middle_of_a_photo_leaves_it_unfinished(tmp_path, heavy):
    with Darkroom() as room:
        room.develop(kept(tmp_path, jpeg()), JPEG)
        process = room.pid
        os.kill(process, signal.SIGSTOP)
        threading.Timer(0.3, os.kill, (process, signal.SIGKILL)).start()

        assert unfinished(room, heavy, PNG) == "SIGKILL"
        assert room.develop(kept(tmp_path, jpeg()), JPEG).width == 640


def test_a_process_that_dies_between_two_photos_is_nobodys_fault(tmp_path):
    path = kept(tmp_path, jpeg())
    with Darkroom() as room:
        room.develop(path, JPEG)
        os.kill(room.pid, signal.SIGKILL)
        wait_for(lambda: gone(room.pid))

        assert room.develop(path, JPEG).width == 640


def test_a_stop_of_the_worker_does_not_break_the_photo_in_hand_off(tmp_path, heavy):
    with Darkroom() as room:
        room.develop(kept(tmp_path, jpeg()), JPEG)
        for after, number in ((0.1, signal.SIGTERM), (0.2, signal.SIGINT)):
            threading.Timer(after, os.kill, (room.pid, number)).start()

        assert room.develop(heavy, PNG).width == 8900


@pytest.mark.parametrize("busy", [False, True])
def test_it_ends_with_its_parent(tmp_path, busy, heavy):
    """`kill -9` of the worker leaves no process behind, whether it waits or decodes."""
    command = [sys.executable, "-c", _ALONE, str(kept(tmp_path, jpeg())), *([str(heavy)] if busy else [])]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        process = int(parent.stdout.readline())
        time.sleep(0.2)
        assert not gone(process)
        parent.kill()

    wait_for(lambda: gone(process))


def test_it_runs_below_the_app_with_limits_and_without_our_secrets(tmp_path, monkeypatch):
    monkeypatch.setenv("SURVEY_DATABASE", "postgresql://survey:secret@db/survey")
    with (tmp_path / "ours").open("wb"), Darkroom() as room:
        room.develop(kept(tmp_path, jpeg()), JPEG)
        proc = Path(f"/proc/{room.pid}")
        limits = {line[:25].strip(): line[26:46].strip() for line in (proc / "limits").read_text().splitlines()}
        links = {str(each.readlink()).partition(":")[0] for each in (proc / "fd").iterdir()}

        assert {b.partition(b"=")[0] for b in (proc / "environ").read_bytes().split(b"\0") if b} <= {
            b"OPENBLAS_NUM_THREADS", b"OMP_NUM_THREADS", b"MALLOC_ARENA_MAX", b"LC_ALL",
        }  # fmt: skip
        assert os.getpriority(os.PRIO_PROCESS, room.pid) > os.getpriority(os.PRIO_PROCESS, 0)
        assert (limits["Max address space"], limits["Max core file size"]) == (str(1 << 30), "0")
        assert limits["Max file size"] == str(64 * 1024)
        assert links <= {"socket", "/dev/null"} | {link for link in links if link.endswith("(deleted)")}
        assert (proc / "cwd").readlink() == Path("/")


def test_a_process_is_not_used_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr("survey.photos.darkroom._PHOTOS_A_PROCESS", 2)
    path = kept(tmp_path, jpeg())
    with Darkroom() as room:
        seen = [room.develop(path, JPEG) and room.pid for _ in range(4)]

    assert seen[0] == seen[1] != seen[2] == seen[3]


def test_every_measure_of_a_look_is_checked_on_its_way_back():
    assert set(_FIELDS) == {each.name for each in fields(PhotoLook)}


VIEW = jpeg(gradient(300, 200))
GOOD = {"preview": len(VIEW), "thumb": len(VIEW), "width": 4000, "height": 3000, "look": {"blur": 0.2, "probes": [["whole", -5]]}}


def test_a_good_answer_is_taken():
    answer = answered(framed(GOOD, VIEW, VIEW))

    assert answer.developed.look == PhotoLook(blur=0.2, probes=(("whole", -5),))


@pytest.mark.parametrize(
    ("change", "view"),
    [
        ({"preview": 1 << 30}, VIEW),
        ({"preview": -1}, VIEW),
        ({"preview": True}, VIEW),
        ({"width": 0}, VIEW),
        ({"height": "3000"}, VIEW),
        ({"look": {"blur": 7}}, VIEW),
        ({"look": {"blur": "0.2"}}, VIEW),
        ({"look": {"hashes": [1, 2, 3, 1 << 64]}}, VIEW),
        ({"look": {"hashes": [1, 2, 3]}}, VIEW),
        ({"look": {"probes": [["<script>", 1]]}}, VIEW),
        ({"look": {"probes": [["whole", 1]] * 65}}, VIEW),
        ({"look": {"unheard_of": 1}}, VIEW),
        ({"look": None}, VIEW),
        ({}, b"<script>" + VIEW[8:]),
        ({}, VIEW[:-2] + b"??"),
        ({}, VIEW[:2] + b"\xff\xfe\x00\x06note" + VIEW[2:]),
        ({}, VIEW[:2] + b"\xff\xe1\x00\x06Exif" + VIEW[2:]),
        ({}, VIEW + b"PK\x03\x04"),
        ({}, jpeg(gradient(1700, 300))),
        ({}, jpeg(gradient(300, 200), progressive=True)),
    ],
    ids=str,
)
def test_an_answer_that_no_photo_can_give_is_not_believed(change, view):
    header = {**GOOD, "preview": len(view), "thumb": len(view), **change}

    with pytest.raises(UnusableAnswerError):
        answered(framed(header, view, view))


def test_a_measure_that_is_no_number_is_not_believed():
    text = json.dumps(GOOD).replace("0.2", "NaN").encode()

    with pytest.raises(UnusableAnswerError):
        answered(len(text).to_bytes(4, "big") + text + VIEW + VIEW)


NO_JSON = {"pickle": pickle.dumps(PhotoLook()), "list": b"[]", "deep": b"[" * 50_000, "cut": b"{", "no text": b"\xff"}


@pytest.mark.parametrize("text", NO_JSON.values(), ids=NO_JSON)
def test_only_plain_json_is_read(text):
    with pytest.raises(UnusableAnswerError):
        answered(len(text).to_bytes(4, "big") + text)


def test_an_endless_header_is_not_waited_for():
    with pytest.raises(UnusableAnswerError):
        answered((MAX_HEADER + 1).to_bytes(4, "big"))


def test_a_reason_carries_no_control_characters():
    assert answered(framed({"broken": "bad\x1b[31m\n" + "x" * 500})).broken == "bad[31m" + "x" * 291


def answered(content: bytes):
    return read_answer(io.BytesIO(content).read)


def unfinished(room: Darkroom, path: Path, facts: PhotoFacts) -> str:
    """Why *path* is left unfinished."""
    with pytest.raises(Problem) as raised:
        room.develop(path, facts)
    assert raised.value.kind is PHOTO_UNFINISHED
    return str(raised.value.details["reason"])


def gone(process: int) -> bool:
    with suppress(FileNotFoundError):
        return "\nState:\tZ" in Path(f"/proc/{process}/status").read_text()
    return True


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
