"""Unfinished uploads, in a folder and on a real S3 server: what came stays, nothing makes a hole, the oldest give way."""

import hashlib
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey.domain.ports import PartKey
from survey.domain.problems import Problem
from survey.store import object_parts
from survey.store.blobs import FolderBlobs
from survey.store.object_blobs import ObjectBlobs
from survey.store.object_parts import MOST_RUNS
from survey.store.sealed_blobs import SealedBlobs

Blobs = FolderBlobs | ObjectBlobs | SealedBlobs
CONTENT = os.urandom(2_500_000)
KEY = PartKey("a" * 32, "b" * 32)


class _LineBrokeError(Exception):
    pass


def _until(content: bytes) -> Iterator[bytes]:
    """*content* in pieces of 64 kB, and then the line breaks."""
    yield from (content[place : place + 65_536] for place in range(0, len(content), 65_536))
    raise _LineBrokeError


def test_what_came_before_each_cut_stays(blobs: Blobs) -> None:
    """A file over a line that breaks every 400 kB: the offset grows by what came, and the bytes come back with their hash."""
    for start in range(0, len(CONTENT), 400_000):
        assert blobs.part_offset(KEY) == start
        with pytest.raises(_LineBrokeError):
            blobs.write_part(KEY, start, _until(CONTENT[start : start + 400_000]), len(CONTENT))

    assert blobs.part_offset(KEY) == len(CONTENT)
    staged = blobs.finish_parts(KEY, len(CONTENT))
    assert staged is not None
    assert (staged.sha256, staged.size) == (hashlib.sha256(CONTENT).hexdigest(), len(CONTENT))
    blobs.keep(staged)
    blobs.drop_parts(KEY)
    assert blobs.part_offset(KEY) == 0
    assert b"".join(blobs.read(staged.sha256)) == CONTENT


def test_no_piece_makes_a_hole(blobs: Blobs) -> None:
    """A piece behind what is here is refused with how far it has come, before anything is written; overlaps are welcome."""
    with pytest.raises(Problem, match="UPLOAD_OFFSET"):
        blobs.write_part(KEY, 1, [b"x"], 10)
    assert blobs.part_offset(KEY) == 0
    assert blobs.write_part(KEY, 0, [b"0123"], 10) == 4
    assert blobs.write_part(KEY, 2, [b"2345"], 10) == 6
    with pytest.raises(Problem) as refused:
        blobs.write_part(KEY, 7, [b"789"], 10)

    assert refused.value.details["offset"] == 6
    assert blobs.finish_parts(KEY, 10) is None
    assert blobs.write_part(KEY, 6, [b"6789"], 10) == 10
    staged = blobs.finish_parts(KEY, 10)
    assert staged is not None
    assert staged.path.read_bytes() == b"0123456789"


def test_nothing_is_written_beyond_the_limit(blobs: Blobs) -> None:
    """Who sends more than was announced fills no disk."""
    assert blobs.write_part(KEY, 0, [b"01234", b"56789", b"rest"], 7) == 7


def test_twenty_writers_of_the_same_bytes(blobs: Blobs) -> None:
    """Requests at once write the same bytes to the same places; the whole comes out right."""
    content = CONTENT[:300_000]
    with ThreadPoolExecutor(20) as pool:
        offsets = list(pool.map(lambda _: blobs.write_part(KEY, 0, [content[:100_000], content[100_000:]], len(content)), range(20)))

    assert offsets == [len(content)] * 20
    staged = blobs.finish_parts(KEY, len(content))
    assert staged is not None
    assert staged.sha256 == hashlib.sha256(content).hexdigest()


def test_who_writes_on_cannot_touch_what_is_finished(tmp_path: Path) -> None:
    """Evidence is a copy: a request that still runs when another one finishes writes elsewhere."""
    blobs = FolderBlobs(tmp_path)
    seen: list[str] = []

    def slow() -> Iterator[bytes]:
        yield b"0123456789"
        staged = blobs.finish_parts(KEY, 10)
        assert staged is not None
        blobs.keep(staged)
        seen.append(staged.sha256)
        yield b""

    blobs.write_part(KEY, 0, slow(), 10)
    blobs.write_part(KEY, 0, [b"9876543210"], 10)

    assert b"".join(blobs.read(seen[0])) == b"0123456789"


def test_the_upload_left_alone_longest_gives_way(blobs: Blobs) -> None:
    """One more than a person may have begun: the oldest is dropped, other people's stay."""
    other = PartKey("c" * 32, "0" * 32)
    blobs.write_part(other, 0, [b"x"], 10)
    keys = [PartKey("a" * 32, f"{number:032x}") for number in range(4)]
    for key in keys:
        blobs.write_part(key, 0, [b"x"], 10)
        time.sleep(1.1 if isinstance(getattr(blobs, "inner", blobs), ObjectBlobs) else 0.01)  # S3 counts whole seconds
    blobs.make_room(keys[3], 4)
    assert [blobs.part_offset(key) for key in keys] == [1, 1, 1, 1]

    blobs.make_room(PartKey("a" * 32, "f" * 32), 4)
    assert [blobs.part_offset(key) for key in keys] == [0, 1, 1, 1]
    assert blobs.part_offset(other) == 1


def test_a_line_that_drops_every_kilobyte_leaves_few_objects(blobs: Blobs) -> None:
    """Hundreds of runs are put together on the way, and the bytes come out right."""
    content = CONTENT[: 3 * MOST_RUNS * 100]
    for start in range(0, len(content), 100):
        assert blobs.write_part(KEY, start, [content[start : start + 100]], len(content)) == start + 100

    staged = blobs.finish_parts(KEY, len(content))
    assert staged is not None
    assert staged.sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    "key", [PartKey("../" * 10 + "aa", "b" * 32), PartKey("a" * 32, "../../x"), PartKey("A" * 32, "b" * 32), PartKey("", "")]
)
def test_a_key_that_is_no_hash_never_becomes_a_path(blobs: Blobs, key: PartKey) -> None:
    """Only digests reach the file system."""
    with pytest.raises(Problem, match="FILE_UNKNOWN"):
        blobs.part_offset(key)
    with pytest.raises(Problem, match="FILE_UNKNOWN"):
        blobs.write_part(key, 0, [b"x"], 1)


def test_a_week_old_upload_is_swept(tmp_path: Path) -> None:
    """What nobody has added to for a week goes; what is younger stays."""
    blobs = FolderBlobs(tmp_path)
    old, young = PartKey("a" * 32, "1" * 32), PartKey("a" * 32, "2" * 32)
    for key in (old, young):
        blobs.write_part(key, 0, [b"x"], 10)
    for key, days in ((old, 7.1), (young, 6.9)):
        moment = time.time() - days * 24 * 3600
        os.utime(tmp_path / "incoming" / "parts" / key.owner / key.upload, (moment, moment))

    assert blobs.sweep() == 1
    assert (blobs.part_offset(old), blobs.part_offset(young)) == (0, 1)


@pytest.mark.parametrize("blobs", ["s3", "sealed-s3"], indirect=True)
def test_an_upload_in_an_object_store_lives_as_long_as_its_newest_run(blobs: Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    """The beginning of an upload may be older than a week, as long as somebody goes on with it."""
    blobs.write_part(KEY, 0, [b"01234"], 10)
    time.sleep(6)
    blobs.write_part(KEY, 5, [b"5"], 10)
    monkeypatch.setattr(object_parts, "KEEP_S", 5)
    assert (blobs.sweep(), blobs.part_offset(KEY)) == (0, 6)
    monkeypatch.setattr(object_parts, "KEEP_S", -60)

    assert (blobs.sweep(), blobs.part_offset(KEY)) == (1, 0)


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(1, 60)), max_size=25))
@settings(deadline=None, max_examples=40)
def test_any_sequence_of_pieces_ends_in_the_same_bytes(tmp_path_factory: pytest.TempPathFactory, pieces: list[tuple[float, int]]) -> None:
    """Pieces that begin anywhere in what is here, in any number: the file is always the beginning of the photo."""
    content, blobs = CONTENT[:300], FolderBlobs(tmp_path_factory.mktemp("parts"))
    for share, length in pieces:
        start = int(blobs.part_offset(KEY) * share)
        here = blobs.write_part(KEY, start, [content[start : start + length]], 300)
        assert here == blobs.part_offset(KEY) >= min(300, start + length)
    here = blobs.part_offset(KEY)
    if here:
        staged = blobs.finish_parts(KEY, here)
        assert staged is not None
        assert staged.path.read_bytes() == content[:here]
