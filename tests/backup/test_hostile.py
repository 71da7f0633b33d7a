"""Backups that somebody made or changed with bad intent: refused before anything counts, and nothing of them stays."""

import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from survey import backup
from survey.backup import blocks
from survey.wiring import Settings, open_survey
from tests.backup.conftest import World

Run = Callable[..., tuple[int, str, str]]
Members = list[tuple[str, bytes]]


@pytest.fixture(scope="module")
def members(grown: World, tmp_path_factory: pytest.TempPathFactory) -> Members:
    """The files of a good backup, but for its hashes."""
    path = tmp_path_factory.mktemp("good") / "good.tar"
    survey = open_survey(Settings(data=grown.data))
    backup.write(survey, path, backup.Order())
    survey.store.close()
    with tarfile.open(path) as archive:
        found = [(info.name, archive.extractfile(info).read()) for info in archive]  # type: ignore[union-attr] # all are plain files
    assert [name for name, _ in found[-2:]] == ["totals.json", "SHA256SUMS"]
    return found[:-1]


def packed(members: Members, *, end: bytes = b"", raw: bytes = b"") -> bytes:
    """A backup of *members* with the hashes that belong to them; *raw* stands before the last of them, *end* behind the end."""
    sums, out = blocks.Sums(), io.BytesIO()
    for name, content in members:
        if name == "totals.json":
            out.write(raw)
        out.writelines(blocks.write_member(sums, name, len(content), [content]))
    out.writelines(blocks.write_member(sums, blocks.SUMS, sums.size, sums.chunks()))
    out.write(blocks.end_of_archive() + end)
    sums.close()
    return out.getvalue()


def changed(members: Members, name: str, change: Callable[[bytes], bytes]) -> Members:
    """*members* with one of them changed, found by the beginning of its name."""
    return [(each, change(content) if each.startswith(name) else content) for each, content in members]


def header(name: str, kind: bytes = tarfile.REGTYPE, size: int = 0, link: str = "") -> bytes:
    """One block of a tar, as another program writes it."""
    info = tarfile.TarInfo(name)
    info.type, info.size, info.linkname = kind, size, link
    return info.tobuf(tarfile.GNU_FORMAT)


@pytest.fixture
def refused(tmp_path: Path, run: Run) -> Callable[[bytes], str]:
    """Tries to restore an archive; it must be refused, and an empty folder stay empty; returns the code."""

    def attempt(content: bytes) -> str:
        (tmp_path / "bad.tar").write_bytes(content)
        checked = run("backup", "--check", tmp_path / "bad.tar")[0]
        code, _, said = run("restore", tmp_path / "bad.tar", "--quiet", "--data", tmp_path / "after")
        survey = open_survey(Settings(data=tmp_path / "after"))
        assert (code, checked) == (1, 1)
        assert list(survey.blobs.hashes()) == list(survey.made.hashes()) == []
        assert not (tmp_path / "after" / "map.pmtiles").exists()
        with survey.reading() as reader:
            assert reader.rows("SELECT commune FROM commune") == []
        return said.partition(":")[0].strip()

    return attempt


def test_the_good_one_is_good(members: Members, tmp_path: Path, run: Run) -> None:
    """What the other tests change is restored where nothing is changed."""
    (tmp_path / "good.tar").write_bytes(packed(members))

    assert run("restore", tmp_path / "good.tar", "--quiet", "--data", tmp_path / "after")[0] == 0


@pytest.mark.parametrize(
    "block",
    [
        header("../../etc/passwd"),
        header("/etc/passwd"),
        header("blobs/ab/cd/../../../x"),
        header("map.pmtiles/x"),
        header("map.pmtiles", tarfile.SYMTYPE, link="/etc/passwd"),
        header("map.pmtiles", tarfile.LNKTYPE, link="backup.json"),
        header("map.pmtiles", tarfile.FIFOTYPE),
        header("blobs", tarfile.DIRTYPE),
        header("x", tarfile.XHDTYPE, 1 << 33),
        header("x", tarfile.GNUTYPE_LONGNAME, 1 << 33),
        header("x", tarfile.GNUTYPE_SPARSE, 512),
        header("erased.jsonl", size=1 << 40),
        header("keys/unknown", size=1 << 30),
        header("map.pmtiles", size=1 << 43),
        b"not a tar at all".ljust(512, b"\0"),
    ],
    ids=range(15),
)
def test_what_is_no_file_of_a_backup(block: bytes, members: Members, refused: Callable[[bytes], str]) -> None:
    """Paths, links, devices, extended headers, sparse files and sizes beyond reason."""
    assert refused(packed(members, raw=block)) == "BACKUP_DAMAGED"


def test_a_name_that_comes_twice(members: Members, refused: Callable[[bytes], str]) -> None:
    """Two files of one name, and files out of their order."""
    blob = next(member for member in members if member[0].startswith("blobs/"))
    where = members.index(blob)

    assert refused(packed([*members[:where], blob, *members[where:]])) == "BACKUP_DAMAGED"
    assert refused(packed([*members[: where - 1], blob, members[where - 1], *members[where + 1 :]])) == "BACKUP_DAMAGED"


def test_other_bytes(members: Members, refused: Callable[[bytes], str]) -> None:
    """A photo that is not what its name says, with or without the hashes made to fit; a row changed without them."""
    whole = packed(members)
    photo = next(content for name, content in members if name.startswith("blobs/"))

    assert refused(packed(changed(members, "blobs/", lambda content: content + b"!"))) == "BACKUP_DAMAGED"
    assert refused(whole.replace(photo[:100], bytes(100), 1)) == "BACKUP_DAMAGED"
    name = "Thôn thử".encode()
    assert refused(whole.replace(name, b"x" * len(name), 1)) == "BACKUP_DAMAGED"


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_file_that_was_cut(share: float, members: Members, refused: Callable[[bytes], str]) -> None:
    """However far it goes."""
    whole = packed(members)

    assert refused(whole[: int(len(whole) * share)]) == "BACKUP_DAMAGED"


def test_something_behind_the_end(members: Members, refused: Callable[[bytes], str]) -> None:
    """Nothing rides along."""
    assert refused(packed(members, end=b"x")) == "BACKUP_DAMAGED"


def test_a_newer_release(members: Members, refused: Callable[[bytes], str]) -> None:
    """Its rows may mean what this one does not know."""

    def newer(content: bytes) -> bytes:
        said = json.loads(content)
        return json.dumps({**said, "migrations": [*said["migrations"], "9999_future"]}).encode()

    assert refused(packed(changed(members, "backup.json", newer))) == "BACKUP_NEWER"
    other = changed(members, "backup.json", lambda content: content.replace(b'"format": 1', b'"format": 2'))
    assert refused(packed(other)) == "BACKUP_NEWER"


@pytest.mark.parametrize(
    "row",
    [
        b"[]",
        b"{}",
        b'{"commune":"18844"}',
        b'{"commune":"1","name":"x","province":"x","border":"x","source":"x","demonstration":0,"created_at":"x","x; DROP TABLE blob":1}',
        b'{"commune":{"base64":"!"},"name":"x","province":"x","border":"x","source":"x","demonstration":0,"created_at":"x"}',
        b'{"commune":true,"name":"x","province":"x","border":"x","source":"x","demonstration":0,"created_at":"x"}',
        b'{"commune":"1","name":"x","province":"x","border":"x","source":"x","demonstration":9223372036854775808,"created_at":"x"}',
        b'{"commune":null,"name":"x","province":"x","border":"x","source":"x","demonstration":0,"created_at":"x"}',
        b"[" * 100_000,
    ],
    ids=range(9),
)
def test_rows_that_are_no_rows(row: bytes, members: Members, tmp_path: Path, run: Run) -> None:
    """Lines that a column cannot hold; the transaction that they stand in is undone."""
    (tmp_path / "bad.tar").write_bytes(packed(changed(members, "rows/000-commune-", lambda content: content + row + b"\n")))

    assert "BACKUP_DAMAGED" in run("restore", tmp_path / "bad.tar", "--quiet", "--data", tmp_path / "after")[2]
    assert "RESTORE_UNFINISHED" in run("check-store", "--data", tmp_path / "after")[2]


def test_a_row_less(members: Members, tmp_path: Path, run: Run) -> None:
    """Hashes that fit are not enough: the totals say how many rows there are."""
    (tmp_path / "bad.tar").write_bytes(packed([member for member in members if "-review-" not in member[0]]))

    assert "BACKUP_DAMAGED" in run("restore", tmp_path / "bad.tar", "--quiet", "--data", tmp_path / "after")[2]


def test_a_list_of_erasures_that_is_none(members: Members, tmp_path: Path, run: Run) -> None:
    """The line is named, before anything is restored."""
    (tmp_path / "good.tar").write_bytes(packed(members))
    (tmp_path / "list").write_text('{"commune": 1}\n')

    code, _, said = run("restore", tmp_path / "good.tar", "--erased", tmp_path / "list", "--quiet", "--data", tmp_path / "after")
    assert (code, "ERASED_LIST_UNUSABLE" in said, (tmp_path / "after").exists()) == (1, True, False)
