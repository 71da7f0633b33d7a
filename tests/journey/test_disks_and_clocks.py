"""A real server on a disk that fills up, on one that turned read-only, and under a clock that jumps: nothing acknowledged is lost."""

import gc
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from survey.store.check import find_faults
from tests.killing import Phones, make_office
from tests.live import LiveServer

_SIZE_MB = 24
_FAKETIME = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own with little room."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE_MB}m,mode=0700", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


@contextmanager
def _sending(data: Path, **environment: str) -> Iterator[tuple[LiveServer, Phones]]:
    version = make_office(data)
    server = LiveServer(data, environment=environment)
    phones = Phones(server.url, server.cookie("inspector"), version)
    with server:
        phones.start()
        try:
            yield server, phones
        finally:
            phones.stop()


def _wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _require_whole(server: LiveServer, phones: Phones) -> None:
    survey = server.survey()
    with survey.reading() as reader:
        assert list(find_faults(reader, survey.blobs)) == []
        kept = {str(row["submission"]).removeprefix("uuid:") for row in reader.rows("SELECT submission FROM submission")}
    survey.store.close()
    assert phones.refused == []
    assert phones.submissions <= kept
    assert phones.photos <= set(survey.blobs.hashes())


def test_a_full_disk_is_told_and_got_over(small_disk: Path) -> None:
    """While there is no room nothing is acknowledged; with room again the phones' work goes on where it stood."""
    with _sending(small_disk / "data") as (server, phones):
        _wait_for(lambda: len(phones.photos) > 2)
        ballast = small_disk / "ballast"
        with ballast.open("wb", buffering=0) as file:
            while _filled(file):
                pass
        _wait_for(lambda: _stands_still(phones))
        ballast.unlink()
        before = len(phones.submissions)
        _wait_for(lambda: len(phones.submissions) > before + 2)
    _require_whole(server, phones)


def _filled(file: object) -> bool:
    try:
        return bool(file.write(bytes(4096)))  # type: ignore[attr-defined]
    except OSError:
        return False


def _stands_still(phones: Phones) -> bool:
    before = len(phones.submissions) + len(phones.photos)
    time.sleep(1)
    return len(phones.submissions) + len(phones.photos) == before


def test_a_read_only_disk_stops_the_start_with_a_sentence(small_disk: Path) -> None:
    """A disk that the kernel turned read-only loses nothing: the start says what is wrong, and the next one goes on."""
    with _sending(small_disk / "data") as (server, phones):
        _wait_for(lambda: len(phones.photos) > 2)
        server.kill()
        _remount(small_disk, "ro")
        refused = LiveServer(server.data, log=small_disk.parent / "refused.log")
        with pytest.raises(RuntimeError, match="STORAGE_UNUSABLE"):
            refused.start()
        _remount(small_disk, "rw")
        server.start()
        before = len(phones.submissions)
        _wait_for(lambda: len(phones.submissions) > before + 2)
    _require_whole(server, phones)


def _remount(place: Path, mode: str) -> None:
    """The kernel refuses while a file is open for writing: connections of the test's own process end with their objects."""
    command = ["mount", "-o", f"remount,{mode}", str(place)]
    _wait_for(lambda: gc.collect() >= 0 and subprocess.run(command, check=False, capture_output=True).returncode == 0)


@pytest.mark.skipif(not _FAKETIME, reason="libfaketime is missing")
@pytest.mark.parametrize("jump", ["-3d", "+3d"])
def test_a_clock_that_jumps_loses_nothing(tmp_path: Path, jump: str) -> None:
    """The machine's clock is set three days back or ahead under a running server: work goes on, in order, and nothing is lost."""
    told = tmp_path / "clock"
    told.write_text("+0")
    fake = {
        "LD_PRELOAD": str(_FAKETIME[0]), "FAKETIME_TIMESTAMP_FILE": str(told), "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }  # fmt: skip
    with _sending(tmp_path / "data", **fake) as (server, phones):
        _wait_for(lambda: len(phones.submissions) > 2)
        told.write_text(jump)
        before = len(phones.submissions)
        _wait_for(lambda: len(phones.submissions) > before + 3)
        told.write_text("+0")
        before = len(phones.submissions)
        _wait_for(lambda: len(phones.submissions) > before + 3)
    _require_whole(server, phones)
    with server.survey().reading() as reader:
        days = {row["received_at"][:10] for row in reader.rows("SELECT received_at FROM submission")}
    assert len(days) > 1  # the jump reached the server
