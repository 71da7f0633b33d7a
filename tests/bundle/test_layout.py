"""A zip as a pure function: any range of it is that slice of the whole, and nothing false is ever whole."""

import hashlib
import io
import itertools
import os
import random
import tracemalloc
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey.bundle.layout import Layout, Member, dump, lines_of, load
from survey.domain.problems import BLOB_DAMAGED, FILE_UNKNOWN, Problem

DAY = date(2026, 11, 23)
CONTENTS = {"a/ảnh.jpg": b"x" * 5000, "a/empty": b"", "a/b.bin": bytes(range(256)) * 40, "a/c": b"1"}


def _member(path: str, content: bytes, source: str = "") -> Member:
    return Member(path, len(content), zlib.crc32(content), hashlib.sha256(content).hexdigest(), source)


LAYOUT = Layout(DAY, [_member(path, content) for path, content in CONTENTS.items()])


def _open(member: Member, step: int = 700) -> Iterator[bytes]:
    content = CONTENTS[member.path]
    return (content[start : start + step] for start in range(0, len(content), step))


def _read(layout: Layout = LAYOUT, start: int = 0, stop: int | None = None) -> bytes:
    return b"".join(layout.read(start, layout.size if stop is None else stop, _open))


WHOLE = _read()


def test_the_whole_is_a_zip() -> None:
    """Its size is what was said, every member reads back, stored and dated."""
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == CONTENTS
        assert {info.date_time[:3] for info in archive.infolist()} == {(2026, 11, 23)}
    assert LAYOUT.size == len(WHOLE)


@settings(max_examples=400, deadline=None)
@given(st.integers(0, len(WHOLE)), st.integers(0, len(WHOLE) + 5), st.integers(1, 6000))
def test_any_range_is_that_slice(start: int, stop: int, step: int) -> None:
    """Whatever begins and ends wherever, read in chunks of any size."""
    assert b"".join(LAYOUT.read(start, stop, lambda member: _open(member, step))) == WHOLE[start:stop]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, len(WHOLE)), max_size=6))
def test_resumed_pieces_are_the_whole(cuts: list[int]) -> None:
    """A download that is cut anywhere and goes on ends with the same bytes."""
    places = [0, *sorted(cuts), len(WHOLE)]

    assert b"".join(_read(start=start, stop=stop) for start, stop in itertools.pairwise(places)) == WHOLE


@pytest.mark.parametrize("stored", [b"y" * 5000, b"x" * 4999, b"x" * 5001, b"", b"x" * 4999 + b"y"])
@pytest.mark.parametrize(("start", "stop"), [(0, None), (100, 4000), (2000, 2001), (4900, None)])
def test_a_changed_member_is_never_whole(stored: bytes, start: int, stop: int | None) -> None:
    """A range of it too is stopped before its last bytes, even where these bytes are the right ones."""

    def stale(member: Member) -> Iterable[bytes]:
        return iter([stored[:300], stored[300:]]) if member.path == "a/ảnh.jpg" else _open(member)

    got: list[bytes] = []
    with pytest.raises(Problem) as problem:
        got.extend(LAYOUT.read(start, LAYOUT.size if stop is None else stop, stale))
    assert problem.value.kind is BLOB_DAMAGED
    assert problem.value.details["sha256"] == LAYOUT.members[0].sha256
    assert len(b"".join(got)) < (LAYOUT.size if stop is None else stop) - start


def test_a_range_beside_the_changed_member_is_given() -> None:
    """What does not touch it does not read it."""

    def stale(member: Member) -> Iterable[bytes]:
        return iter([b"other"]) if member.path == "a/ảnh.jpg" else _open(member)

    start = LAYOUT.start_of(2)
    assert b"".join(LAYOUT.read(start, LAYOUT.size, stale)) == WHOLE[start:]


def test_wrong_checksum_in_the_database() -> None:
    """Bytes with the right hash and another CRC-32 than the header says would be a zip that nobody can unpack."""
    good = LAYOUT.members[3]
    wrong = Layout(DAY, [Member(good.path, good.size, good.crc32 ^ 1, good.sha256)])

    with pytest.raises(Problem) as problem:
        _read(wrong)
    assert problem.value.kind is BLOB_DAMAGED


def test_lost_bytes_and_other_problems() -> None:
    """A photo that is gone is damage; what the source says of it otherwise is passed on."""

    def lost(_member: Member) -> Iterator[bytes]:
        yield b"x" * 10
        raise Problem(FILE_UNKNOWN, name="x")

    with pytest.raises(Problem) as problem:
        list(LAYOUT.read(0, LAYOUT.size, lost))
    assert problem.value.kind is BLOB_DAMAGED


def test_beyond_four_gibibytes(tmp_path: Path) -> None:
    """A member over 4 GiB and one behind it, by ranges at their borders; the file is sparse, and the zip is read by Python."""
    size = (4 << 30) + 5
    block = bytes(1 << 20)
    sha256, crc = hashlib.sha256(), 0
    for _ in range(4096):
        sha256.update(block)
        crc = zlib.crc32(block, crc)
    sha256.update(bytes(5))
    huge = Member("a/huge", size, zlib.crc32(bytes(5), crc), sha256.hexdigest())
    layout = Layout(DAY, [huge, _member("a/last", b"ok")])

    def zeros(member: Member) -> Iterator[bytes]:
        if member.path == "a/last":
            return iter([b"ok"])
        return (block if number < 4096 else bytes(5) for number in range(4097))

    path = tmp_path / "huge.zip"
    with path.open("wb") as file:
        position = 0
        for part in layout.read(0, layout.size, zeros):
            if part == block:
                file.seek(len(part), os.SEEK_CUR)
            else:
                file.write(part)
            position += len(part)
    assert position == layout.size == path.stat().st_size
    with zipfile.ZipFile(path) as archive:
        assert archive.getinfo("a/huge").file_size == size
        assert archive.getinfo("a/last").header_offset == layout.start_of(1) > 4 << 30
        assert archive.read("a/last") == b"ok"
    with path.open("rb") as file:
        for start, stop in ((layout.start_of(1) - 3, layout.start_of(1) + 40), (layout.size - 150, layout.size)):
            file.seek(start)
            expected = file.read(stop - start)
            assert b"".join(layout.read(start, stop, zeros)) == expected


def test_more_members_than_16_bits_count() -> None:
    """70,000 empty members need the ZIP64 end record; a range across the border of directory and end is right."""
    layout = Layout(DAY, [_member(f"n{number}", b"") for number in range(70_000)])
    whole = b"".join(layout.read(0, layout.size, lambda _member: iter(())))
    picked = random.Random(1)  # noqa: S311 - which ranges, not a secret

    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        assert len(archive.namelist()) == 70_000
    for _ in range(5):
        start = picked.randrange(layout.size)
        stop = picked.randrange(start, layout.size)
        assert b"".join(layout.read(start, stop, lambda _member: iter(()))) == whole[start:stop]


def test_the_list_of_members_round_trips() -> None:
    """Dumped, cut into chunks anywhere and loaded, it is the same zip, and says which photos it shows."""
    members = [_member("a/ảnh.jpg", b"x"), _member("a/made", b"y", "f" * 64 + ":17")]
    text = b"".join(dump(DAY, members, ["e" * 64]))
    loaded = load(text[start : start + 7] for start in range(0, len(text), 7))

    assert list(loaded.members) == members
    assert loaded.day == DAY
    assert loaded.photos == {members[0].sha256, "e" * 64}
    assert list(lines_of([b"a\nb", b"c\n", b"d"])) == [b"a", b"bc", b"d"]


def test_sixty_thousand_members_are_light() -> None:
    """A layout of a large commune holds names and numbers: below 60 MB."""
    members = (Member(f"minh-chung/data/anh/thon-{n % 10}/HO-{n:06d}_x_y_20261123_01.jpg", n, n, f"{n:064x}") for n in range(60_000))
    text = b"".join(dump(DAY, members))
    tracemalloc.start()
    layout = load([text])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(layout.members) == 60_000
    assert peak < 60e6
