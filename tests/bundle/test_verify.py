"""Every change that a stranger or an accident can make to a bundle is named; hostile zips do no harm."""

import json
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from survey.bundle.faults import CODES, Fault
from survey.bundle.verify import verify
from tests.bundle.bags import FOLDER, PHOTOS, bag_bytes, rezip

FIRST, SECOND, THIRD = (f"data/{name}" for name in PHOTOS)
LOG = "data/nhat-ky/log.jsonl"
Members = dict[str, bytes]


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """A bundle with nothing wrong."""
    path = tmp_path / "whole.zip"
    path.write_bytes(bag_bytes())
    return path


def _found(path: Path) -> set[tuple[str, str]]:
    return {(fault.code, fault.path) for fault in verify(path)}


def test_whole_bundle_has_no_fault(whole: Path, tmp_path: Path) -> None:
    """As written, and as zipped again by a stock tool, it is whole."""
    assert verify(whole) == []
    assert verify(rezip(whole, tmp_path / "again.zip", lambda _members: None)) == []


def _change_byte(members: Members) -> None:
    members[FIRST] = members[FIRST][:-1] + b"!"


def _swap(members: Members) -> None:
    members[FIRST], members[SECOND] = members[SECOND], members[FIRST]


def _remove(members: Members) -> None:
    del members[THIRD]


def _add(members: Members) -> None:
    members["data/anh/new.jpg"] = b"x"


def _add_tag(members: Members) -> None:
    members["note.txt"] = b"x"


def _edit_manifest(members: Members) -> None:
    members["manifest-sha256.txt"] = members["manifest-sha256.txt"].replace(b"a", b"b", 1)


def _oxum(members: Members) -> None:
    members["bag-info.txt"] = members["bag-info.txt"].replace(b"Payload-Oxum: 3", b"Payload-Oxum: 4")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (_change_byte, {("CHANGED", FIRST)}),
        (_swap, {("CHANGED", FIRST), ("CHANGED", SECOND)}),
        (_remove, {("MISSING", THIRD), ("OXUM", "bag-info.txt")}),
        (_add, {("ADDED", "data/anh/new.jpg"), ("OXUM", "bag-info.txt")}),
        (_add_tag, {("ADDED", "note.txt")}),
        (_oxum, {("OXUM", "bag-info.txt"), ("CHANGED", "bag-info.txt")}),
    ],
)
def test_changes_are_named(whole: Path, tmp_path: Path, change: Callable[[Members], None], expected: set[tuple[str, str]]) -> None:
    """Each change is found, with its path and nothing else."""
    assert _found(rezip(whole, tmp_path / "changed.zip", change)) == expected


def test_edited_manifest_is_found(whole: Path, tmp_path: Path) -> None:
    """A manifest is itself under the tag manifest."""
    assert ("CHANGED", "manifest-sha256.txt") in _found(rezip(whole, tmp_path / "changed.zip", _edit_manifest))


def test_flipped_byte_in_the_file(whole: Path, tmp_path: Path) -> None:
    """A byte that flips on a disk is found by the zip's own sum."""
    content = bytearray(whole.read_bytes())
    content[content.index(bytes([255, 216, 2]) * 3) + 1] ^= 1
    path = tmp_path / "flipped.zip"
    path.write_bytes(content)

    assert _found(path) == {("DAMAGED", SECOND)}


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (lambda lines: [lines[0], lines[1].replace("uuid:2", "uuid:9"), *lines[2:]], {("LOG_EDITED", f"{LOG}:2")}),
        (lambda lines: [lines[0], *lines[2:]], {("LOG_GAP", f"{LOG}:2"), ("LOG_CHAIN", f"{LOG}:2")}),
        (lambda lines: lines[:-1], {("LOG_HEAD", LOG)}),
        (lambda lines: [*lines[:2], "{nonsense", *lines[2:]], {("LOG_LINE", f"{LOG}:3")}),
        (lambda lines: [lines[0], "[" * 100_000, *lines[1:]], {("LOG_LINE", f"{LOG}:2")}),
    ],
)
def test_log_is_checked_line_by_line(
    whole: Path, tmp_path: Path, edit: Callable[[list[str]], list[str]], expected: set[tuple[str, str]]
) -> None:
    """An edited, removed or foreign line is named by its number, a cut end by the declared head."""

    def change(members: Members) -> None:
        members[LOG] = "".join(line + "\n" for line in edit(members[LOG].decode().splitlines())).encode()

    found = _found(rezip(whole, tmp_path / "log.zip", change))
    assert {fault for fault in found if fault[0].startswith("LOG")} == expected
    assert ("CHANGED", LOG) in found


def test_rebuilt_bag_is_found_by_the_log(tmp_path: Path) -> None:
    """Whoever swaps a photo and makes all manifests anew still lacks its receipt in the log."""
    path = tmp_path / "rebuilt.zip"
    path.write_bytes(bag_bytes({**PHOTOS, FIRST.removeprefix("data/"): b"another photo"}))

    assert _found(path) == {("NOT_RECEIVED", FIRST)}


def _hostile(path: Path, build: Callable[[zipfile.ZipFile], None]) -> Path:
    path.write_bytes(bag_bytes())
    with zipfile.ZipFile(path, "a") as archive:
        build(archive)
    return path


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("../../etc/passwd", "NAME_UNSAFE"),
        ("/etc/passwd", "NAME_UNSAFE"),
        ("C:/windows/x", "NAME_UNSAFE"),
        (f"{FOLDER}/data/..\\x", "NAME_UNSAFE"),
        (f"{FOLDER}/data/a\u202egpj.exe", "NAME_UNSAFE"),
        (f"{FOLDER}/data/{'n' * 300}.jpg", "NAME_TOO_LONG"),
        (f"{FOLDER}/{FIRST}", "DUPLICATE"),
        (f"{FOLDER}/{FIRST.upper()}", "DUPLICATE"),
        ("other/data/x", "NOT_ONE_BAG"),
    ],
)
def test_hostile_names(tmp_path: Path, name: str, code: str) -> None:
    """Names that would leave the folder, hide, collide or break an unpacker are faults."""
    with pytest.warns(UserWarning, match="Duplicate") if name == f"{FOLDER}/{FIRST}" else _nothing():
        path = _hostile(tmp_path / "hostile.zip", lambda archive: archive.writestr(name, b"x"))

    assert code in {fault.code for fault in verify(path)}


def test_symlink(tmp_path: Path) -> None:
    """A link is not evidence."""
    link = zipfile.ZipInfo(f"{FOLDER}/data/link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16

    path = _hostile(tmp_path / "link.zip", lambda archive: archive.writestr(link, "/etc/passwd"))
    assert ("NOT_A_FILE", f"{FOLDER}/data/link") in _found(path)


def test_bombs(tmp_path: Path) -> None:
    """A member that would swell a thousandfold is not read, nor a zip that would as a whole."""
    zeros = bytes(50 << 20)
    one = _hostile(
        tmp_path / "one.zip", lambda archive: archive.writestr(f"{FOLDER}/data/bomb", zeros[: 3 << 20], zipfile.ZIP_DEFLATED)
    )
    all_of_it = _hostile(
        tmp_path / "all.zip", lambda archive: archive.writestr(f"{FOLDER}/data/bomb", zeros, zipfile.ZIP_DEFLATED)
    )

    assert ("RATIO", f"{FOLDER}/data/bomb") in _found(one)
    assert _found(all_of_it) == {("TOO_LARGE", "")}


def test_directory_that_claims_too_much(tmp_path: Path) -> None:
    """A count beyond the limit is refused before the directory is loaded."""
    end64 = struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, 10**9, 10**9, 10**12, 0)
    locator = struct.pack("<IIQI", 0x07064B50, 0, 0, 1)
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    path = tmp_path / "claims.zip"
    path.write_bytes(end64 + locator + end)

    assert _found(path) == {("TOO_MANY_MEMBERS", "")}


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip at all", bag_bytes()[:-50]])
def test_not_a_zip(tmp_path: Path, content: bytes) -> None:
    """Anything else, a torn download included, is said to be no zip."""
    path = tmp_path / "x.zip"
    path.write_bytes(content)

    assert _found(path) == {("NOT_A_ZIP", "")}


def test_unreadable_path(tmp_path: Path) -> None:
    """A file that is not there is a fault, not a crash."""
    assert _found(tmp_path / "absent.zip") == {("UNREADABLE", "absent.zip")}


def test_every_fault_speaks_both_languages(whole: Path, tmp_path: Path) -> None:
    """A fault carries its meaning for a person."""
    fault = verify(rezip(whole, tmp_path / "changed.zip", _change_byte))[0]

    assert json.loads(json.dumps(fault.as_json())) == {
        "code": "CHANGED",
        "path": FIRST,
        "vi": "Nội dung tệp đã bị thay đổi.",
        "en": "The file's content was changed.",
    }


class _nothing:  # noqa: N801 - reads as a word in a with statement
    def __enter__(self) -> None: ...

    def __exit__(self, *error: object) -> None: ...


def test_every_fault_is_documented() -> None:
    """docs/bundle.md has a row for each code, with both meanings."""
    text = (Path(__file__).parents[2] / "docs" / "bundle.md").read_text()

    for code in CODES:
        assert f"| `{code}` | {Fault(code, '').vi} | {Fault(code, '').en} |" in text
