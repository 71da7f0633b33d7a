"""The byte store, in a folder and on a real S3 server: written once, hashed on the way in, ranged on the way out."""

import errno
import hashlib
import os
import threading
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from survey.domain.problems import Problem
from survey.store.blobs import FolderBlobs
from survey.store.object_blobs import ObjectBlobs
from survey.store.sealed_blobs import SealedBlobs
from survey.store.unseen import SealedStaged

Blobs = FolderBlobs | ObjectBlobs | SealedBlobs
CONTENT = bytes(range(256)) * 8000  # two chunks


def test_bytes_come_back_as_they_went_in(blobs: Blobs) -> None:
    """Kept bytes have their hash, CRC-32 and size, whole, in part and as a file."""
    staged = blobs.stage([CONTENT[:1000], CONTENT[1000:]], name="a.jpg", limit=10_000_000)
    blobs.keep(staged)
    blobs.discard(staged)

    sha256 = hashlib.sha256(CONTENT).hexdigest()
    assert (staged.sha256, staged.crc32, staged.size) == (sha256, zlib.crc32(CONTENT), len(CONTENT))
    assert b"".join(blobs.read(sha256)) == CONTENT
    assert b"".join(blobs.read(sha256, start=300, length=50)) == CONTENT[300:350]
    assert b"".join(blobs.read(sha256, start=len(CONTENT) - 5)) == CONTENT[-5:]
    with blobs.open(sha256) as file:
        file.seek(10)
        assert file.read(4) == CONTENT[10:14]
    assert blobs.size(sha256) == len(CONTENT)
    assert list(blobs.hashes()) == [sha256]
    assert not staged.path.exists()


def test_the_same_bytes_twenty_times_at_once_are_one_blob(blobs: Blobs) -> None:
    """Twenty writers of the same bytes: all succeed, one blob stands."""
    ready = threading.Barrier(20)

    def write(_: int) -> None:
        staged = blobs.stage([CONTENT], name="a.jpg", limit=10_000_000)
        ready.wait()
        blobs.keep(staged)
        blobs.discard(staged)

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(write, range(20)))

    assert len(list(blobs.hashes())) == 1
    assert b"".join(blobs.read(hashlib.sha256(CONTENT).hexdigest())) == CONTENT


def test_too_many_bytes_are_refused_and_leave_nothing(blobs: Blobs, tmp_path: Path) -> None:
    """A body over the cap is a Problem, and its temporary file is gone."""
    with pytest.raises(Problem, match="FILE_TOO_LARGE"):
        blobs.stage(iter([CONTENT, CONTENT]), name="a.jpg", limit=len(CONTENT))

    assert [path for path in (tmp_path / "incoming").iterdir() if path.is_file()] == []


def test_quarantine_is_apart(blobs: Blobs) -> None:
    """Bytes in quarantine are not among the blobs."""
    staged = blobs.stage([b"not a photo"], name="x", limit=100)
    blobs.keep(staged, quarantine=True)

    assert blobs.size(staged.sha256) is None
    assert blobs.size(staged.sha256, quarantine=True) == len(b"not a photo")
    with pytest.raises(Problem, match="FILE_UNKNOWN"):
        list(blobs.read(staged.sha256))


def test_views_can_be_made_again(blobs: Blobs) -> None:
    """A view is replaced, and one that was never made is None."""
    sha256 = "a" * 64
    assert blobs.read_view(sha256, "thumb") is None
    blobs.save_view(sha256, "thumb", b"1")
    blobs.save_view(sha256, "thumb", b"2")

    assert blobs.read_view(sha256, "thumb") == b"2"


@pytest.mark.parametrize("name", ["../../etc/passwd", "A" * 64, "a" * 63, "", "a/" * 32])
def test_a_name_that_is_no_hash_never_becomes_a_path(blobs: Blobs, name: str) -> None:
    """Only 64 lower-case hexadecimal digits reach the file system."""
    with pytest.raises(Problem, match="FILE_UNKNOWN"):
        blobs.size(name)
    with pytest.raises(Problem, match="FILE_UNKNOWN"):
        list(blobs.read(name))


def test_what_a_crash_left_behind_is_swept_after_a_day(blobs: Blobs) -> None:
    """An upload that was cut off by a crash does not fill the disk for ever; one that is under way stays."""
    staged = [blobs.stage([CONTENT], name="a.jpg", limit=10_000_000) for _ in range(2)]
    old, young = (one.sealed.path if isinstance(one, SealedStaged) else one.path for one in staged)
    long_ago = time.time() - 25 * 3600
    os.utime(old, (long_ago, long_ago))

    assert blobs.sweep() == 1
    assert (old.exists(), young.exists()) == (False, True)


def test_a_disk_that_takes_nothing_is_a_problem(tmp_path: Path) -> None:
    """The sender hears that nothing was received, and the piece that was written is gone."""
    blobs = FolderBlobs(tmp_path)

    def full() -> Iterator[bytes]:
        yield CONTENT
        raise OSError(errno.ENOSPC, "no space")

    with pytest.raises(Problem, match="STORAGE_UNUSABLE"):
        blobs.stage(full(), name="a.jpg", limit=10_000_000)
    assert [path for path in (tmp_path / "incoming").iterdir() if path.is_file()] == []
