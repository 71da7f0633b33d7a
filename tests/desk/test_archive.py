"""Hostile and odd archives: each is built here, refused member by member with a reason, and the rest goes on."""

import io
import re
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from survey import desk, receive
from survey.desk import archive
from survey.desk.archive import PHOTO_LIMIT, DamagedMemberError, read_archive
from survey.desk.reasons import REASONS, Refusal
from survey.domain.problems import ARCHIVE_UNREADABLE, Problem
from survey.wiring import Survey
from tests.desk import zips

GOOD = zips.photo()


def _read(path: Path) -> tuple[list[str], dict[str, str]]:
    """The names of what was read, and the reason of each refusal by name."""
    names, refused = [], {}
    for member in read_archive(path, path.name):
        if isinstance(member, Refusal):
            refused[member.name] = member.reason
            assert member.sentence("vi") != member.sentence("en")
            continue
        try:
            b"".join(member.chunks())
            names.append(member.name)
        except DamagedMemberError:
            refused[member.name] = "damaged"
    return names, refused


def _written(folder: Path, content: bytes) -> Path:
    path = folder / "a.zip"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("../../etc/passwd.jpg", "passwd.jpg"), ("a/../../b.jpg", "b.jpg"), ("/etc/b.jpg", "b.jpg"), ("C:\\b.jpg", "b.jpg"),
        ("\\\\server\\b.jpg", "b.jpg"), ("..\\b.jpg", "b.jpg"),
    ],
    ids=["up", "up-inside", "absolute", "drive", "share", "up-windows"],
)  # fmt: skip
def test_a_name_that_leads_out_is_refused_and_the_rest_is_read(tmp_path: Path, name: str, label: str) -> None:
    """Nothing is written where the name points, and the members around it are taken."""
    path = _written(tmp_path, zips.by_hand([(b"first.jpg", 0, GOOD), (name.encode(), 0, GOOD), (b"last.jpg", 0, GOOD)]))

    assert _read(path) == (["first.jpg", "last.jpg"], {label: "name_unsafe"})


def test_a_link_is_refused(tmp_path: Path) -> None:
    """A symbolic link to a file of the server is no file."""
    path = zips.pack(tmp_path / "a.zip", [zips.link("shadow.jpg", "/etc/shadow"), ("ok.jpg", GOOD)])

    assert _read(path) == (["ok.jpg"], {"shadow.jpg": "link"})


def test_of_two_members_with_one_name_the_first_is_read(tmp_path: Path) -> None:
    """The second of a name is told; in another folder it is another name."""
    path = _written(tmp_path, zips.by_hand([(b"1/a.jpg", 0, GOOD), (b"1/a.jpg", 0, b"other"), (b"2/a.jpg", 0, GOOD)]))

    assert _read(path) == (["a.jpg", "a.jpg"], {"a.jpg": "name_twice"})


def test_a_name_of_three_hundred_letters_is_refused(tmp_path: Path) -> None:
    """Unpacking tools die of it; here its label is cut and the rest goes on."""
    path = zips.pack(tmp_path / "a.zip", [("x" * 300 + ".jpg", GOOD), ("ok.jpg", GOOD)])
    names, refused = _read(path)

    assert names == ["ok.jpg"]
    assert [(len(name), reason) for name, reason in refused.items()] == [(120, "name_too_long")]


def test_a_password_is_told(tmp_path: Path) -> None:
    """An encrypted member is refused without being tried."""
    assert _read(_written(tmp_path, zips.encrypted("a.jpg", GOOD))) == ([], {"a.jpg": "encrypted"})


def test_a_bomb_is_refused_by_its_ratio(tmp_path: Path) -> None:
    """Ten megabytes of nothing in ten kilobytes, and one that is too large anyway."""
    members = [("flat.jpg", bytes(10_000_000)), ("huge.jpg", bytes(PHOTO_LIMIT + 1)), ("ok.jpg", GOOD)]

    assert _read(zips.pack(tmp_path / "a.zip", members)) == (["ok.jpg"], {"flat.jpg": "bomb", "huge.jpg": "bomb"})


def test_a_member_larger_than_a_photo_may_be_is_refused(tmp_path: Path) -> None:
    """Packed without compression its ratio is 1, and it is too large all the same."""
    path = zips.pack(tmp_path / "a.zip", [("huge.jpg", bytes(PHOTO_LIMIT + 1))], zipfile.ZIP_STORED)

    assert _read(path) == ([], {"huge.jpg": "too_large"})
    assert PHOTO_LIMIT == receive.PHOTO_LIMIT


def test_what_a_member_says_of_its_size_is_not_believed(tmp_path: Path) -> None:
    """A member that claims to be larger, or smaller, than it is is damaged; more than it claims is never read."""
    for lie in (-100, 100):
        path = _written(tmp_path, zips.by_hand([(b"a.jpg", 0, GOOD)], lie=len(GOOD) + lie))
        assert _read(path) == ([], {"a.jpg": "damaged"}), lie


def test_a_damaged_member_is_told_and_the_next_one_read(tmp_path: Path) -> None:
    """One byte turned within the first member."""
    content = bytearray(zips.by_hand([(b"a.jpg", 0, GOOD), (b"b.jpg", 0, GOOD)]))
    content[200] ^= 255

    assert _read(_written(tmp_path, bytes(content))) == (["b.jpg"], {"a.jpg": "damaged"})


def test_an_odd_compression_is_refused(tmp_path: Path) -> None:
    """LZMA and bzip2 need memory that the archive decides about."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("a.jpg", GOOD, zipfile.ZIP_LZMA)
        packed.writestr("b.jpg", GOOD, zipfile.ZIP_BZIP2)
        packed.writestr("c.jpg", GOOD)

    assert _read(path) == (["c.jpg"], {"a.jpg": "packed_oddly", "b.jpg": "packed_oddly"})


def test_the_large_form_of_zip_is_read_and_its_lies_are_not_believed(tmp_path: Path) -> None:
    """ZIP64 as large archives have it; one that claims 2⁶³ bytes is refused without a byte being read."""
    assert _read(_written(tmp_path, zips.zip64(b"a.jpg", GOOD))) == (["a.jpg"], {})
    assert _read(_written(tmp_path, zips.zip64(b"a.jpg", GOOD, size=2**63 - 1)))[0] == []


def test_a_list_of_members_without_end_takes_no_memory(tmp_path: Path) -> None:
    """An archive whose list of members is 40 MB long is refused before the list is read."""
    path = tmp_path / "a.zip"
    path.write_bytes(zips.by_hand((b"%0120d.jpg" % number, 0, b"") for number in range(240_000)))
    assert path.stat().st_size > 60_000_000

    tracemalloc.start()
    with pytest.raises(Problem) as refused:
        list(read_archive(path, "a.zip"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert refused.value.kind is ARCHIVE_UNREADABLE
    assert peak < 5_000_000


def test_more_members_than_a_day_brings_are_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first are read, then it is told that there are too many; so it is with what they unpack to."""
    monkeypatch.setattr(archive, "MEMBERS", 2)
    path = zips.pack(tmp_path / "a.zip", [(f"{number}.jpg", GOOD) for number in range(4)])
    assert _read(path) == (["0.jpg", "1.jpg"], {"2.jpg": "too_many"})

    monkeypatch.setattr(archive, "MEMBERS", 10)
    monkeypatch.setattr(archive, "UNPACKED", len(GOOD) * 2 + 1)
    assert _read(path) == (["0.jpg", "1.jpg"], {"2.jpg": "too_much", "3.jpg": "too_much"})


def test_eighty_thousand_members_are_one_refusal(tmp_path: Path) -> None:
    """The longest list that is read at all: refusing each of them by itself took minutes of the server."""
    path = _written(tmp_path, zips.by_hand((b"%x" % number, 0, b"") for number in range(76_000)))
    assert len(list(read_archive(path, "a.zip"))) == archive.MEMBERS + 1


def test_members_that_share_their_bytes_are_a_bomb(tmp_path: Path) -> None:
    """Each within the ratio, all of them the same bytes: together they may be packed no larger than the archive is."""
    names = [b"%d.jpg" % number for number in range(9)]
    content = bytearray(zips.by_hand([(name, 0, GOOD if name == names[0] else b"") for name in names]))
    first = content.index(b"PK\x01\x02")
    head = content[first : first + 46]
    for place in (found.start() for found in re.finditer(rb"PK\x01\x02", content)):
        content[place + 16 : place + 28], content[place + 42 : place + 46] = head[16:28], head[42:46]

    names_read, refused = _read(_written(tmp_path, bytes(content)))
    assert names_read == ["0.jpg"]
    assert {refused[f"{number}.jpg"] for number in range(1, 9)} == {"bomb"}


def test_vietnamese_names_are_read_however_they_are_written(tmp_path: Path) -> None:
    """UTF-8 with its mark, UTF-8 without it as phones write it, and the old code page of DOS."""
    name = "Vườn hộ ông Đức.jpg"
    content = zips.by_hand([(name.encode(), 0x800, GOOD), (f"2/{name}".encode(), 0, GOOD), ("café.jpg".encode("cp437"), 0, GOOD)])

    assert _read(_written(tmp_path, content)) == ([name, name, "café.jpg"], {})


def test_what_computers_leave_beside_photos_is_passed_over(tmp_path: Path) -> None:
    """Nobody reads a list of files that nobody knows of."""
    silent = ["__MACOSX/._a.jpg", "._a.jpg", "DCIM/Thumbs.db", ".DS_Store", "x/desktop.ini", "folder/"]
    path = zips.pack(tmp_path / "a.zip", [*((name, b"x") for name in silent), ("DCIM/a.jpg", GOOD)])

    assert _read(path) == (["a.jpg"], {})


def test_an_archive_within_the_archive_is_not_opened(tmp_path: Path, survey: Survey) -> None:
    """By its name, or by its first bytes under the name of a photo."""
    inner = zips.pack(tmp_path / "inner.zip", [("a.jpg", GOOD)]).read_bytes()
    path = zips.pack(tmp_path / "a.zip", [("inner.zip", inner), ("hidden.jpg", inner), ("text.jpg", b"no photo"), ("ok.jpg", GOOD)])
    found = list(desk.unpack_archive(survey, "a.zip", path))

    refused = {one.name: one.reason for one in found if isinstance(one, Refusal)}
    assert refused == {"inner.zip": "archive_inside", "hidden.jpg": "archive_inside", "text.jpg": "not_a_photo"}
    assert [one.name for one in found if isinstance(one, desk.Found)] == ["ok.jpg"]


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04", b"PK\x05\x06" + bytes(18), b"PK\x03\x04" + bytes(5000), GOOD], ids=["head", "empty", "zeros", "photo"]
)
def test_what_is_no_archive_is_a_problem_or_empty(tmp_path: Path, content: bytes) -> None:
    """An empty archive has nothing in it; anything else that is broken is told as such."""
    path = _written(tmp_path, content)
    if content == b"PK\x05\x06" + bytes(18):
        assert _read(path) == ([], {})
        return
    with pytest.raises(Problem) as refused:
        _read(path)
    assert refused.value.kind is ARCHIVE_UNREADABLE


def test_a_photo_with_an_archive_at_its_end_is_a_photo(tmp_path: Path) -> None:
    """A motion photo or a polyglot is not unpacked."""
    inner = zips.pack(tmp_path / "inner.zip", [("a.jpg", GOOD)]).read_bytes()
    path = tmp_path / "both.jpg"
    path.write_bytes(GOOD + inner)

    assert zipfile.is_zipfile(io.BytesIO(GOOD + inner))
    assert not archive.is_archive(path)


def test_every_reason_is_said_in_both_languages() -> None:
    """A code never reaches a person."""
    assert all(text.vi and text.en and text.vi != text.en for text in REASONS.values())
