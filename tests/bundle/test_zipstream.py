"""The zip writer, judged by unzip, zip and Python."""

import subprocess
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from survey.bundle.zipstream import ZipMismatchError, ZipStream

DAY = date(2026, 11, 23)


def _zip(members: dict[str, bytes]) -> bytes:
    stream = ZipStream(DAY)
    parts = [
        part
        for name, content in members.items()
        for part in stream.member(name, size=len(content), crc32=zlib.crc32(content), chunks=[content[:3], content[3:]])
    ]
    return b"".join(parts) + b"".join(stream.finish())


def test_stock_tools_accept_it(tmp_path: Path) -> None:
    """unzip, zip and Python read every member back."""
    members = {"a/ảnh.txt": "nội dung".encode(), "a/empty": b"", "a/b/c.bin": bytes(range(256)) * 500}
    path = tmp_path / "x.zip"
    path.write_bytes(_zip(members))

    assert subprocess.run(["unzip", "-tq", path], capture_output=True, check=False).returncode == 0
    assert subprocess.run(["zip", "-qT", path], capture_output=True, check=False).returncode == 0
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == members
        assert archive.infolist()[0].date_time[:3] == (2026, 11, 23)
        assert all(info.compress_type == zipfile.ZIP_STORED for info in archive.infolist())


def test_equal_input_gives_equal_bytes() -> None:
    """Nothing of the moment or the machine gets into the zip."""
    assert _zip({"a": b"1234"}) == _zip({"a": b"1234"})


@pytest.mark.parametrize("content", [b"123", b"12345", b"4321"])
def test_other_bytes_than_announced_abort(content: bytes) -> None:
    """A member that is shorter, longer or different raises before the zip can end."""
    stream = ZipStream(DAY)

    with pytest.raises(ZipMismatchError):
        list(stream.member("a", size=4, crc32=zlib.crc32(b"1234"), chunks=[content]))


def test_more_members_than_16_bits_count(tmp_path: Path) -> None:
    """70,000 members need the ZIP64 end record."""
    path = tmp_path / "many.zip"
    path.write_bytes(_zip({f"n{number}": b"" for number in range(70_000)}))

    assert subprocess.run(["unzip", "-tq", path], capture_output=True, check=False).returncode == 0
    with zipfile.ZipFile(path) as archive:
        assert len(archive.namelist()) == 70_000


def test_beyond_four_gibibytes(tmp_path: Path) -> None:
    """A member over 4 GiB and one that begins behind it need the ZIP64 fields; the file is sparse, so no disk is filled."""
    size, crc32 = (4 << 30) + 5, 2_982_322_595
    stream = ZipStream(DAY)
    path = tmp_path / "huge.zip"
    zeros = bytes(1 << 20)

    def chunks() -> Iterator[bytes]:
        yield from (zeros for _ in range(4096))
        yield bytes(5)

    with path.open("wb") as file:
        for part in stream.member("huge", size=size, crc32=crc32, chunks=chunks()):
            if part is zeros:
                file.seek(len(part), 1)
            else:
                file.write(part)
        for part in (*stream.member("last", size=2, crc32=zlib.crc32(b"ok"), chunks=[b"ok"]), *stream.finish()):
            file.write(part)

    assert path.stat().st_size == stream.offset
    with zipfile.ZipFile(path) as archive:
        assert archive.getinfo("huge").file_size == size
        assert archive.getinfo("last").header_offset > 4 << 30
        assert archive.read("last") == b"ok"
    listing = subprocess.run(["unzip", "-tq", path, "last"], capture_output=True, check=False)
    assert listing.returncode == 0, listing.stderr
