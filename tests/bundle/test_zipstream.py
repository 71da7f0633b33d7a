"""The parts of a zip, judged by unzip, zip and Python."""

import hashlib
import subprocess
import zipfile
import zlib
from datetime import date
from pathlib import Path

from survey.bundle.layout import Layout, Member
from survey.bundle.zipstream import directory_entry, end_records, entry_size, local_header, local_size

DAY = date(2026, 11, 23)
_EDGES = (0, 1, (1 << 32) - 2, (1 << 32) - 1, 1 << 32, 1 << 40)


def _zip(members: dict[str, bytes]) -> bytes:
    listed = [Member(name, len(one), zlib.crc32(one), hashlib.sha256(one).hexdigest()) for name, one in members.items()]
    layout = Layout(DAY, listed)
    return b"".join(layout.read(0, layout.size, lambda member: iter([members[member.path][:3], members[member.path][3:]])))


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
        assert all(info.compress_type == zipfile.ZIP_STORED for info in archive.infolist())


def test_equal_input_gives_equal_bytes() -> None:
    """Nothing of the moment or the machine gets into the zip."""
    assert _zip({"a": b"1234"}) == _zip({"a": b"1234"})


def test_sizes_are_told_before() -> None:
    """Headers and directory lines are as long as was counted, on both sides of 4 GiB."""
    for size in _EDGES:
        assert len(local_header(b"name", size, 7, DAY)) == local_size(b"name", size)
        for start in _EDGES:
            assert len(directory_entry(b"name", size, 7, start, DAY)) == entry_size(b"name", size, start)


def test_the_end_grows_only_where_it_must() -> None:
    """The plain end record up to 65,534 members and 4 GiB, then the ZIP64 one before it."""
    assert len(end_records(65_534, 10, 10)) == 22
    assert {len(end_records(*given)) for given in ((65_535, 10, 10), (1, 1 << 32, 10), (1, 10, (1 << 32) - 1))} == {22 + 56 + 20}


def test_unzip_reads_seventy_thousand(tmp_path: Path) -> None:
    """70,000 members need the ZIP64 end record."""
    path = tmp_path / "many.zip"
    path.write_bytes(_zip({f"n{number}": b"" for number in range(70_000)}))

    assert subprocess.run(["unzip", "-tq", path], capture_output=True, check=False).returncode == 0
