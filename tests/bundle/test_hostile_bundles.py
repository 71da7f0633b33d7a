"""Zips built to harm whoever opens them, or to show one thing to us and another to an unpacker: each is a fault, and costs little."""

import stat
import struct
import unicodedata
import zlib
from pathlib import Path

import pytest

from survey.bundle.container import MAX_MEMBERS
from survey.bundle.verify import verify
from tests.bundle.limited import checked_apart
from tests.bundle.raw_zip import UTF8, Raw, bag_of, central_header, changed, deflated, local_header, raw_zip, write_sparse
from tests.bundle.sealed import FOLDER, LOG, MANIFEST, PHOTOS, SIGNATURE, payload_of, resealed, sealed

FIRST, SECOND, THIRD = PHOTOS
IN = f"{FOLDER}/data/".encode()
_PEAK_MB = 160  # the interpreter with its libraries takes about 60


def _members() -> list[Raw]:
    return bag_of(sealed(payload_of()), FOLDER)


def _found(path: Path, content: bytes) -> set[tuple[str, str]]:
    path.write_bytes(content)
    return {(fault.code, fault.path) for fault in verify(path).faults}


def _codes(path: Path, content: bytes) -> set[str]:
    return {code for code, _ in _found(path, content)}


def test_builder_builds_whole_bundles(tmp_path: Path) -> None:
    """Without a lie in it, what these tests build is whole: stored, packed, and with data descriptors."""
    packed = [Raw(one.name, deflated(one.content), 8) for one in _members()]
    described = [
        Raw(
            one.name, one.content, flags=UTF8 | 8, local={"crc": 0, "packed": 0, "size": 0},
            after=b"PK\x07\x08" + struct.pack("<III", zlib.crc32(one.content), len(one.content), len(one.content)),
        )
        for one in _members()
    ]  # fmt: skip

    for members in (_members(), packed, described):
        assert _found(tmp_path / "x.zip", raw_zip(members)) == set()


@pytest.mark.parametrize(
    ("name", "code"),
    [
        (b"../../etc/passwd", "NAME_UNSAFE"),
        (b"/etc/passwd", "NAME_UNSAFE"),
        (b"~root/x", "NAME_UNSAFE"),
        (b"C:/windows/x", "NAME_UNSAFE"),
        (b"\\\\server\\share", "NAME_UNSAFE"),
        (IN + b"..\\x", "NAME_UNSAFE"),
        (IN + b"a/../../../x", "NAME_UNSAFE"),
        (IN + b"./x", "NAME_UNSAFE"),
        (IN + b"a//x", "NAME_UNSAFE"),
        (IN + b"x.jpg:stream", "NAME_UNSAFE"),
        (IN + b"CON", "NAME_UNSAFE"),
        (IN + b"aux.jpg", "NAME_UNSAFE"),
        (IN + b"LPT1.tar.gz", "NAME_UNSAFE"),
        (IN + b"x.jpg.", "NAME_UNSAFE"),
        (IN + b"x ", "NAME_UNSAFE"),
        (IN + b"a?b", "NAME_UNSAFE"),
        (IN + b"nul\x00.jpg", "NAME_UNSAFE"),
        (IN + b"a\nb", "NAME_UNSAFE"),
        (IN + b"\xff\xfe", "NAME_UNSAFE"),
        (IN + "a\u202egpj.exe".encode(), "NAME_UNSAFE"),
        (b"", "NAME_UNSAFE"),
        (IN + b"n" * 300, "NAME_TOO_LONG"),
        (IN + b"n/" * 600 + b"x", "NAME_TOO_LONG"),
        (IN + b"/" * 65_000, "NAME_TOO_LONG"),
        (f"{FOLDER}/{FIRST}".encode(), "DUPLICATE"),
        (f"{FOLDER}/{FIRST.upper()}".encode(), "DUPLICATE"),
        (f"{FOLDER}/{FIRST}/x".encode(), "DUPLICATE"),
        (f"{FOLDER}/data/anh".encode(), "DUPLICATE"),
        (b"other/data/x", "NOT_ONE_BAG"),
        (b"loose", "NOT_ONE_BAG"),
    ],
    ids=range(30),
)
def test_names(tmp_path: Path, name: bytes, code: str) -> None:
    """Names that would leave the folder, hide, collide, mean a device, or break an unpacker are faults."""
    assert code in _codes(tmp_path / "x.zip", raw_zip([*_members(), Raw(name, b"x")]))


def test_names_that_are_one_to_a_mac(tmp_path: Path) -> None:
    """The same letters composed and decomposed are one name on some file systems."""
    name = "Kỳ Thượng.jpg"
    two = [Raw(IN + unicodedata.normalize(form, name).encode(), b"x") for form in ("NFC", "NFD")]

    assert "DUPLICATE" in _codes(tmp_path / "x.zip", raw_zip([*_members(), *two]))


def test_name_that_is_not_said_to_be_utf8(tmp_path: Path) -> None:
    """Each unpacker would guess another alphabet."""
    assert "NAME_UNSAFE" in _codes(tmp_path / "x.zip", raw_zip([*_members(), Raw(IN + "ảnh.jpg".encode(), b"x", flags=0)]))


@pytest.mark.parametrize(
    ("member", "code"),
    [
        (Raw(IN + b"x", b"/etc/passwd", mode=stat.S_IFLNK | 0o777), "NOT_A_FILE"),
        (Raw(IN + b"x", b"", mode=stat.S_IFCHR | 0o666), "NOT_A_FILE"),
        (Raw(IN + b"x", b"", mode=stat.S_IFIFO | 0o666), "NOT_A_FILE"),
        (Raw(IN + b"x/", b"a folder with content"), "NOT_A_FILE"),
        (Raw(IN + b"x", b"x", flags=UTF8 | 1), "ENCRYPTED"),
        (Raw(IN + b"x", b"x", flags=UTF8 | 0x40), "ENCRYPTED"),
        (Raw(IN + b"x", b"x", central={"method": 12}, local={"method": 12}), "METHOD"),
        (Raw(IN + b"x", deflated(bytes(3 << 20)), 8), "RATIO"),
        (Raw(IN + b"x", deflated(bytes(100)), 8, central={"size": 90}, local={"size": 90}), "DAMAGED"),
        (Raw(IN + b"x", b"\x00\x00\x00\xff\xff" * 50_000, 8), "DAMAGED"),
        (Raw(IN + b"x", deflated(b"abc") + b"hidden", 8), "DAMAGED"),
        (Raw(IN + b"x", deflated(b"abc")[:-1], 8), "DAMAGED"),
        (Raw(IN + b"x", b"\xff" * 100, 0, central={"method": 8}, local={"method": 8}), "DAMAGED"),
        (Raw(IN + b"x", b"stored", central={"size": 9}, local={"size": 9}), "DAMAGED"),
    ],
    ids=range(14),
)
def test_members(tmp_path: Path, member: Raw, code: str) -> None:
    """Links, devices, ciphers, foreign methods, bombs, streams without an end or with more than they declare."""
    name = member.name.decode().removeprefix(f"{FOLDER}/")
    listed = resealed({**sealed(payload_of()), name: b"listed"}) if code == "DAMAGED" else sealed(payload_of())
    members = [one for one in bag_of(listed, FOLDER) if one.name != member.name]

    found = _found(tmp_path / "x.zip", raw_zip([*members, member]))
    assert (code, name if code == "DAMAGED" else member.name.decode()) in found


@pytest.mark.parametrize(
    ("lie", "code"),
    [
        ({"local": {"name": f"{FOLDER}/data/other/HO-0001_fence_01.jpg".encode()}}, "HEADERS_DIFFER"),
        ({"local": {"crc": 1}}, "HEADERS_DIFFER"),
        ({"local": {"size": 11_999, "packed": 11_999}}, "HEADERS_DIFFER"),
        ({"local": {"method": 8}}, "HEADERS_DIFFER"),
        ({"local": {"flags": UTF8 | 1}}, "HEADERS_DIFFER"),
        ({"local": {"flags": 0}}, "HEADERS_DIFFER"),
        ({"local": {"extra": struct.pack("<HHBI", 0x7075, 9, 1, 0) + b"evil"}}, "HEADERS_DIFFER"),
        ({"central": {"extra": struct.pack("<HHBI", 0x7075, 9, 1, 0) + b"evil"}}, "HEADERS_DIFFER"),
        ({"central": {"extra": b"\x01\x00\xff\xff"}}, "HEADERS_DIFFER"),
        ({"central": {"size": 0xFFFFFFFF, "packed": 0xFFFFFFFF, "extra": struct.pack("<HHQQ", 1, 16, 12_000, 2**63)}}, "HEADERS_DIFFER"),
        ({"central": {"start": 0xFFFFFFFF, "extra": struct.pack("<HHQ", 1, 8, 2**63)}}, "DAMAGED"),
        ({"central": {"start": 7}}, "HEADERS_DIFFER"),
        ({"after": b"hidden"}, "EXTRA_BYTES"),
        ({"flags": UTF8 | 8, "after": struct.pack("<III", 1, 12_000, 12_000)}, "HEADERS_DIFFER"),
    ],
    ids=range(14),
)
def test_headers_that_disagree(tmp_path: Path, lie: dict[str, object], code: str) -> None:
    """Where a file's own header and the directory differ, unpackers give different bytes: the file is refused."""
    found = _found(tmp_path / "x.zip", raw_zip(changed(_members(), FIRST, **lie)))

    assert {(code, f"{FOLDER}/{FIRST}"), (code, f"{FOLDER}/{SECOND}")} & found


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"before": b"#!/bin/sh\n"}, "EXTRA_BYTES"),
        ({"before": b"#!/bin/sh\n", "shift": 10}, "EXTRA_BYTES"),
        ({"behind": b"more"}, "EXTRA_BYTES"),
        ({"end": {"comment": 4}, "behind": b"more"}, "EXTRA_BYTES"),
        ({"gap": b"hidden"}, "EXTRA_BYTES"),
        ({"end": {"count": 3, "total": 3}}, "HEADERS_DIFFER"),
        ({"end": {"count": 3}}, "HEADERS_DIFFER"),
        ({"end": {"count": 60_000, "total": 60_000}}, "HEADERS_DIFFER"),
        ({"end": {"length": 1 << 31}}, "NOT_A_ZIP"),
        ({"end": {"start": 1 << 31}}, "NOT_A_ZIP"),
    ],
    ids=range(10),
)
def test_bytes_outside_and_ends_that_lie(tmp_path: Path, arguments: dict[str, object], code: str) -> None:
    """Something before, between or behind the files, and an end record that counts or points wrongly."""
    assert code in _codes(tmp_path / "x.zip", raw_zip(_members(), **arguments))  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [44, 2**40])
def test_zip64_end_that_lies(tmp_path: Path, size: int) -> None:
    """The wide end record must say what the narrow one says, and stand right before it."""
    plain = raw_zip(_members())
    start, length, count = struct.unpack_from("<I", plain, len(plain) - 6)[0], struct.unpack_from("<I", plain, len(plain) - 10)[0], 3
    wide = struct.pack("<IQHHIIQQQQ", 0x06064B50, size, 45, 45, 0, 0, count, count, length, start)
    locator = struct.pack("<IIQI", 0x07064B50, 0, start + length, 1)

    found = _codes(tmp_path / "x.zip", plain[:-22] + wide + locator + plain[-22:])
    assert found == ({"HEADERS_DIFFER"} if size == 44 else {"NOT_A_ZIP"})


def test_overlapping_files(tmp_path: Path) -> None:
    """A thousand entries that share one packed kernel (a bomb without nesting) are refused unread."""
    kernel = deflated(bytes(1 << 20))
    said = {
        "flags": UTF8, "method": 8, "crc": zlib.crc32(bytes(1 << 20)), "packed": len(kernel), "size": 1 << 20, "start": 0, "mode": 0o100644,
        "extra": b"",
    }  # fmt: skip
    content = bytearray(local_header({**said, "name": IN + b"0"}) + kernel)
    start = len(content)
    for number in range(1000):
        content += central_header({**said, "name": IN + b"%d" % number})
    content += struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 1000, 1000, len(content) - start, start, 0)

    assert _found(tmp_path / "x.zip", bytes(content)) == {("TOO_LARGE", "")}
    few = raw_zip([*_members(), *(Raw(IN + f"{number}".encode(), b"abc", central={"start": 0}) for number in range(3))])
    assert _codes(tmp_path / "x.zip", few) >= {"HEADERS_DIFFER", "OVERLAP"}


def test_zip_in_a_zip_is_not_opened(tmp_path: Path) -> None:
    """Nested archives, also ones that hold themselves, are bytes like any other: only the outermost is read."""
    bomb = raw_zip([Raw(b"a", deflated(bytes(50 << 20)), 8, size=50 << 20)])
    members = sealed({**payload_of(), "data/ho-so/inner.zip": bomb})

    assert _found(tmp_path / "x.zip", raw_zip(bag_of(members, FOLDER))) == set()


def test_swell_of_the_whole(tmp_path: Path) -> None:
    """Many files, each packed within the allowed ratio, that are too large together."""
    piece = deflated((bytes(60) + bytes(range(40))) * 40_000)
    content = raw_zip([Raw(IN + f"{number}".encode(), piece, 8, size=100 * 40_000) for number in range(40)])

    assert _found(tmp_path / "x.zip", content) == {("TOO_LARGE", "")}


def test_a_million_members(tmp_path: Path) -> None:
    """Refused by their number, before the directory is read; a directory that hides its number is refused as well."""
    one = central_header({"name": b"x", "flags": 0, "method": 0, "crc": 0, "packed": 0, "size": 0, "start": 0, "mode": 0, "extra": b""})
    directory = one * 1_000_000
    wide = struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, 10**6, 10**6, len(directory), 0)
    locator = struct.pack("<IIQI", 0x07064B50, 0, len(directory), 1)
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 0xFFFF, 0xFFFF, len(directory), 0, 0)
    path = tmp_path / "x.zip"

    path.write_bytes(directory + wide + locator + end)
    counted = checked_apart(path)
    path.write_bytes(directory + struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 1, 1, len(directory), 0, 0))
    hidden = checked_apart(path)
    assert (counted["faults"], hidden["faults"]) == ([["TOO_MANY_MEMBERS", ""]], [["HEADERS_DIFFER", ""]])
    assert max(counted["peak_mb"], hidden["peak_mb"]) < 2 * _PEAK_MB


def test_as_many_members_as_we_take(tmp_path: Path) -> None:
    """At the limit a check still ends within its memory, and names what is not listed."""
    body, directory = bytearray(), bytearray()
    for number in range(MAX_MEMBERS):
        said = {
            "name": IN + b"%d" % number, "flags": UTF8, "method": 0, "crc": 0, "packed": 0, "size": 0, "start": len(body), "mode": 0,
            "extra": b"",
        }  # fmt: skip
        body += local_header(said)
        directory += central_header(said)
    wide = struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, MAX_MEMBERS, MAX_MEMBERS, len(directory), len(body))
    locator = struct.pack("<IIQI", 0x07064B50, 0, len(body) + len(directory), 1)
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 0xFFFF, 0xFFFF, len(directory), len(body), 0)
    path = tmp_path / "x.zip"
    path.write_bytes(bytes(body + directory + wide + locator + end))

    found = checked_apart(path)["faults"]
    assert {code for code, _ in found} >= {"BAGIT_TXT", "MANIFEST_MISSING"}


@pytest.mark.parametrize("name", [LOG, SIGNATURE, MANIFEST, "allowed_signers", "bag-info.txt", "tagmanifest-sha256.txt"])
def test_gigantic_texts(tmp_path: Path, name: str) -> None:
    """A log line, a signature, a manifest, a tag file of 300 MB of one line: never in memory."""
    members = [one for one in _members() if not one.name.endswith(f"/{name}".encode())]
    path = write_sparse(tmp_path / "x.zip", members, f"{FOLDER}/{name}".encode(), 300 << 20)

    said = checked_apart(path)
    assert said["peak_mb"] < _PEAK_MB
    assert {code for code, _ in said["faults"]} & {"LOG_LINE", "SIGNATURE_DAMAGED", "MANIFEST_TOO_LONG", "CHANGED"}


def test_a_million_manifest_lines(tmp_path: Path) -> None:
    """Only so many lines are read as there may be files; those that cannot be are named by number, the rest is counted."""
    members = sealed(payload_of())
    members[MANIFEST] += b"".join(b"%064x  data/%d\n" % (number, number) for number in range(1_000_000))
    path = tmp_path / "x.zip"
    path.write_bytes(raw_zip(bag_of(members, FOLDER)))

    said = checked_apart(path)
    codes = {code for code, _ in said["faults"]}
    assert codes == {"MANIFEST_TOO_LONG", "MISSING", "CHANGED", "MORE_FAULTS"}
    assert said["peak_mb"] < 3 * _PEAK_MB


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip at all", raw_zip(_members())[:-50], b"PK\x05\x06" * 1000])
def test_not_a_zip(tmp_path: Path, content: bytes) -> None:
    """Anything else, a torn download included, is said to be no zip."""
    assert _codes(tmp_path / "x.zip", content) == {"NOT_A_ZIP"}
