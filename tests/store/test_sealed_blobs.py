"""The encrypted byte store: nothing plain on the disk, stock tools open it, mixed states read right, damage and other keys are told."""

import hashlib
import os
import random
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import pyrage
import pytest

from survey.domain.ports import Blobs, PartKey
from survey.domain.problems import BLOB_DAMAGED, BLOB_LOCKED, FILE_UNKNOWN, Problem
from survey.store import age_format as age
from survey.store.blob_keys import BlobKeys, make_blob_key, read_blob_keys
from survey.store.blobs import FolderBlobs, key
from survey.store.resealing import reseal
from survey.store.sealed_blobs import SealedBlobs, open_sealed
from survey.store.unseen import IN_MEMORY
from tests.store.conftest import blob_keys

P = age.PIECE
CONTENT = b"Ky Thuong " * 50_000
KEY = PartKey("a" * 32, "b" * 32)
NOBODY = BlobKeys(None, ())


@pytest.fixture
def plain(tmp_path: Path) -> FolderBlobs:
    """An empty folder."""
    return FolderBlobs(tmp_path)


@pytest.fixture
def sealed(plain: FolderBlobs, tmp_path: Path) -> SealedBlobs:
    """The same folder, encrypted."""
    return SealedBlobs(plain, blob_keys(), tmp_path)


def put(blobs: Blobs, content: bytes, *, quarantine: bool = False) -> str:
    """The hash of *content*, kept in *blobs*."""
    staged = blobs.stage([content], name="x", limit=1 << 40)
    blobs.keep(staged, quarantine=quarantine)
    blobs.discard(staged)
    return staged.sha256


def lies(folder: Path, sha256: str, where: str = "blobs") -> Path:
    """Where the file of *sha256* is."""
    return folder / where / key(sha256)


def kind_of(blobs: SealedBlobs, sha256: str, **place: int) -> object:
    """The problem of reading."""
    with pytest.raises(Problem) as found:
        list(blobs.read(sha256, **place))
    return found.value.kind


def test_nothing_plain_lies_anywhere_and_age_opens_it(sealed: SealedBlobs, tmp_path: Path) -> None:
    """Evidence, quarantine, views, parts and what is staged: no file has the words, and Debian's `age` gives them back."""
    make_blob_key(tmp_path / "k" / "key")
    sealed = sealed.under(read_blob_keys(tmp_path / "k" / "key"))
    sha256, other = put(sealed, CONTENT), put(sealed, CONTENT + b"x", quarantine=True)
    sealed.save_view(sha256, "thumb", CONTENT)
    sealed.write_part(KEY, 0, [CONTENT], len(CONTENT))
    resting = sealed.stage([CONTENT], name="x", limit=1 << 20)
    files = [path for path in tmp_path.rglob("*") if path.is_file() and "k" not in path.parts[-2:]]

    assert len(files) == 5
    assert [path for path in files if b"Ky Thuong" in path.read_bytes()] == []
    for path in (lies(tmp_path, sha256), lies(tmp_path, other, "quarantine"), tmp_path / "views" / f"{key(sha256)}.thumb.jpg"):
        done = subprocess.run(["age", "-d", "-i", tmp_path / "k" / "key", path], capture_output=True, check=True)
        assert done.stdout in (CONTENT, CONTENT + b"x")
    assert resting.path.read_bytes() == CONTENT
    assert resting.path.stat().st_size == len(CONTENT)
    sealed.discard(resting)
    assert not resting.path.exists()


def test_staged_bytes_are_never_another_file_s(sealed: SealedBlobs) -> None:
    """Whoever still holds the path of discarded bytes reads nothing, though many files are opened since."""
    staged = sealed.stage([CONTENT], name="x", limit=1 << 20)
    path = staged.path
    sealed.discard(staged)
    others = [sealed.stage([b"other"], name="x", limit=100) for _ in range(50)]

    assert all(other.path.read_bytes() == b"other" for other in others)
    assert path.read_bytes() == b""


@pytest.mark.parametrize("size", [0, 1, P - 1, P, P + 1, 3 * P, 40 * P + 7])
def test_any_range_is_the_same_slice(sealed: SealedBlobs, size: int) -> None:
    """Hundred ranges of each size, beyond the end too; the size is the plain one."""
    content = os.urandom(size)
    sha256 = put(sealed, content)
    chance = random.Random(size)  # noqa: S311 - places in a file

    assert sealed.size(sha256) == size
    assert b"".join(sealed.read(sha256)) == content
    for _ in range(100):
        start = chance.randint(0, size + 10)
        length = chance.choice([None, 0, 1, P, chance.randint(0, size + 10)])
        end = None if length is None else start + length
        chunks = list(sealed.read(sha256, start=start, length=length))
        assert b"".join(chunks) == content[start:end]
        assert max(map(len, chunks), default=0) <= 1 << 20
    with sealed.open(sha256) as file:
        assert file.read() == content
        assert os.fstat(file.fileno()).st_size == size


def test_a_range_reads_its_pieces_only(sealed: SealedBlobs, tmp_path: Path) -> None:
    """Damage elsewhere in the file does not matter to it, and is told where it does."""
    content = os.urandom(10 * P)
    sha256 = put(sealed, content)
    _damage(lies(tmp_path, sha256), age.START + 5 * (P + 16) + 3)

    assert b"".join(sealed.read(sha256, start=P + 5, length=2 * P)) == content[P + 5 : 3 * P + 5]
    assert kind_of(sealed, sha256, start=5 * P, length=1) is BLOB_DAMAGED
    assert kind_of(sealed, sha256) is BLOB_DAMAGED


def _damage(path: Path, place: int) -> None:
    path.chmod(0o640)
    with path.open("r+b") as file:
        file.seek(place)
        byte = file.read(1)[0]
        file.seek(place)
        file.write(bytes([byte ^ 1]))


@pytest.mark.parametrize("place", [0, 5, 30, 100, 150, 200, age.HEADER, age.START, age.START + P + 20, -1])
def test_damage_anywhere_is_told_and_never_given(sealed: SealedBlobs, tmp_path: Path, place: int) -> None:
    """In the magic line, where the file looks plain then, in each line of the header, in the pieces."""
    sha256 = put(sealed, CONTENT[: P * 2])
    path = lies(tmp_path, sha256)
    _damage(path, place % path.stat().st_size)
    given = b""
    with pytest.raises(Problem) as found:
        for chunk in sealed.read(sha256):
            given += chunk

    assert found.value.kind in (BLOB_DAMAGED, BLOB_LOCKED)
    assert CONTENT.startswith(given)


def test_cut_grown_swapped_and_other_files(sealed: SealedBlobs, tmp_path: Path) -> None:
    """A file cut at a piece, one with bytes behind its end, one under another's name: told."""
    one, two, three = (put(sealed, os.urandom(3 * P)) for _ in range(3))
    for sha256 in (one, two, three):
        lies(tmp_path, sha256).chmod(0o640)
    os.truncate(lies(tmp_path, one), age.START + 2 * (P + 16))
    with lies(tmp_path, two).open("ab") as file:
        file.write(b"more")
    os.link(lies(tmp_path, two), tmp_path / "x")
    (tmp_path / "x").replace(lies(tmp_path, three))

    assert [kind_of(sealed, sha256) for sha256 in (one, two, three)] == [BLOB_DAMAGED] * 3
    assert kind_of(sealed, one, start=2 * P, length=10) is BLOB_DAMAGED
    assert kind_of(sealed, two, start=3 * P - 1) is BLOB_DAMAGED


def test_another_key_and_no_key(sealed: SealedBlobs, plain: FolderBlobs) -> None:
    """Told in words; a process that was started before the encryption gives out no sealed bytes."""
    sha256 = put(sealed, CONTENT)
    sealed.save_view(sha256, "thumb", b"view")
    for other in (sealed.under(blob_keys()), sealed.under(NOBODY)):
        assert kind_of(other, sha256) is BLOB_LOCKED
        assert kind_of(other, sha256, start=5, length=5) is BLOB_LOCKED
        with pytest.raises(Problem, match="BLOB_LOCKED"), other.open(sha256):
            pass
        with pytest.raises(Problem, match="BLOB_LOCKED"):
            other.read_view(sha256, "thumb")


def test_plain_files_stay_readable(sealed: SealedBlobs, plain: FolderBlobs, tmp_path: Path) -> None:
    """What was there before the key: blobs, quarantine, views, unfinished uploads; a damaged one is told."""
    content = os.urandom(5 * P)
    old, aside = put(plain, content), put(plain, b"aside", quarantine=True)
    plain.save_view(old, "thumb", b"\xff\xd8view")
    plain.write_part(KEY, 0, [content[:1000]], len(content))

    assert (sealed.size(old), b"".join(sealed.read(old))) == (len(content), content)
    assert b"".join(sealed.read(old, start=P, length=9)) == content[P : P + 9]
    assert b"".join(sealed.read(aside, quarantine=True)) == b"aside"
    assert sealed.read_view(old, "thumb") == b"\xff\xd8view"
    assert sealed.write_part(KEY, 1000, [content[1000:]], len(content)) == len(content)
    staged = sealed.finish_parts(KEY, len(content))
    assert staged is not None
    assert staged.sha256 == old
    sealed.drop_parts(KEY)
    assert sealed.part_offset(KEY) == plain.part_offset(KEY) == 0
    _damage(lies(tmp_path, old), 2)
    assert kind_of(sealed.under(sealed.keys), old) is BLOB_DAMAGED


def test_a_paper_that_is_an_age_file_itself(sealed: SealedBlobs, plain: FolderBlobs) -> None:
    """Somebody hands in an age file, even one for our own public key with our stanza's look: it comes back as it was, before and after."""
    keys = sealed.keys
    assert keys.writer is not None
    theirs = pyrage.encrypt(b"theirs", [pyrage.x25519.Recipient.from_str(keys.writer.recipient)])
    file_key = age.new_file_key(keys.writer)
    ours = age.header(file_key, keys.writer, "a" * 64, 4) + b"".join(age.seal(file_key, [b"ours"]))[age.HEADER :]
    for content in (theirs, ours):
        sha256 = put(plain, content)
        assert b"".join(sealed.read(sha256)) == content
        assert b"".join(sealed.read(sha256, start=3, length=9)) == content[3:12]
        assert sealed.size(sha256) == len(content)
        assert b"".join(sealed.under(NOBODY).read(sha256)) == content
    reseal(sealed, nullcontext, lambda _: None)
    for content in (theirs, ours):
        assert b"".join(sealed.read(hashlib.sha256(content).hexdigest())) == content


def test_read_while_it_is_rewritten(sealed: SealedBlobs, plain: FolderBlobs) -> None:
    """Readers of whole files and of ranges, while the store is encrypted, put under a new key and taken back: always the right bytes."""
    contents = {hashlib.sha256(content).hexdigest(): content for content in (os.urandom(3 << 20) for _ in range(6))}
    for content in contents.values():
        put(plain, content)
    new = blob_keys()
    both = BlobKeys(sealed.keys.writer, (*sealed.keys.readers, *new.readers))
    reader, stop = sealed.under(both), threading.Event()

    def read(seed: int) -> int:
        chance, count = random.Random(seed), 0  # noqa: S311 - places in a file
        while not stop.is_set():
            sha256, start = chance.choice(list(contents)), chance.randint(0, 2 << 20)
            assert b"".join(reader.read(sha256, start=start)) == contents[sha256][start:]
            assert b"".join(reader.read(sha256)) == contents[sha256]
            with reader.open(sha256) as file:
                assert file.read() == contents[sha256]
            count += 1
        return count

    with ThreadPoolExecutor(3) as pool:
        reading = [pool.submit(read, seed) for seed in range(3)]
        for _ in range(3):
            for writer in (sealed.keys.writer, new.writer, None):
                assert reseal(sealed.under(BlobKeys(writer, both.readers)), nullcontext, lambda _: None).done == len(contents)
        stop.set()
        assert min(one.result() for one in reading) > 0


def test_what_is_erased_meanwhile_does_not_come_back(sealed: SealedBlobs, plain: FolderBlobs) -> None:
    """The file goes while it is being rewritten: nothing is put in its place."""
    sha256 = put(plain, CONTENT)

    @contextmanager
    def erased() -> Iterator[None]:
        plain.erase(sha256)
        yield

    reseal(sealed, erased, lambda _: None)

    assert not plain.holds(sha256)


def test_damaged_and_locked_files_are_named_and_left(sealed: SealedBlobs, plain: FolderBlobs, tmp_path: Path) -> None:
    """Others are rewritten; these keep their bytes."""
    good, bad = put(plain, CONTENT), put(plain, b"other")
    _damage(lies(tmp_path, bad), 0)
    before = lies(tmp_path, bad).read_bytes()
    foreign = put(sealed.under(blob_keys()), b"foreign")
    found = reseal(sealed, nullcontext, lambda _: None)

    assert sorted(found.failed) == sorted([(bad, "BLOB_DAMAGED"), (foreign, "BLOB_LOCKED")])
    assert lies(tmp_path, bad).read_bytes() == before
    assert lies(tmp_path, good).read_bytes().startswith(age.MAGIC)
    assert [path for path in (tmp_path / "incoming").iterdir() if path.is_file()] == []


def test_a_part_of_another_key_is_not_taken_for_ours(sealed: SealedBlobs) -> None:
    """After a change of keys an upload begun under the former key goes on under it where that is at hand, and else begins anew."""
    sealed.write_part(KEY, 0, [b"0123456789"], 20)
    new = blob_keys()
    both = sealed.under(BlobKeys(new.writer, (*new.readers, *sealed.keys.readers)))
    assert sealed.under(new).part_offset(KEY) == 0
    assert both.write_part(KEY, 10, [b"abcdefghij"], 20) == 20
    staged = both.finish_parts(KEY, 20)

    assert staged is not None
    assert staged.path.read_bytes() == b"0123456789abcdefghij"


def test_a_large_staged_file_takes_no_memory_and_has_no_name(sealed: SealedBlobs, tmp_path: Path) -> None:
    """Above 64 MiB the plain bytes take disk space without a name."""
    size = IN_MEMORY + (1 << 20)
    staged = sealed.stage((b"k" * (1 << 20) for _ in range(size >> 20)), name="x", limit=size)
    path = staged.path

    assert path.stat().st_size == staged.size == size
    lies = str(path.readlink())
    assert lies.startswith(str(tmp_path))
    assert lies.endswith("(deleted)")


def test_the_mark_stops_a_start_without_the_key(tmp_path: Path, plain: FolderBlobs) -> None:
    """With no key, another one, a missing or open file: a sentence each, which holds no secret."""
    path, other = tmp_path / "key", tmp_path / "other"
    recipient = make_blob_key(path).recipient
    make_blob_key(other)
    put(open_sealed(plain, path, tmp_path, watched=True), CONTENT)
    for given in (None, other):
        with pytest.raises(Problem, match=f"BLOB_KEY_NEEDED.*{recipient}"):
            open_sealed(plain, given, tmp_path, watched=True)
    with pytest.raises(Problem, match="BLOB_KEY_UNUSABLE"):
        open_sealed(plain, tmp_path / "none", tmp_path, watched=True)
    path.chmod(0o640)
    with pytest.raises(Problem, match="BLOB_KEY_EXPOSED"):
        open_sealed(plain, path, tmp_path, watched=True)
    path.chmod(0o600)
    path.write_text(path.read_text() + "AGE-SECRET-KEY-1WRONG\n")
    with pytest.raises(Problem) as found:
        open_sealed(plain, path, tmp_path, watched=True)
    assert "WRONG" not in str(found.value)
    with pytest.raises(Problem, match="BLOB_KEY_EXISTS"):
        make_blob_key(other)


def test_a_crash_while_a_file_is_replaced(sealed: SealedBlobs, plain: FolderBlobs, tmp_path: Path) -> None:
    """Before the new file has its name the old one stands, and a later run goes on."""
    first, second = put(plain, CONTENT), put(plain, b"other")

    class KilledError(Exception):
        pass

    def alone() -> AbstractContextManager[None]:
        raise KilledError

    with pytest.raises(KilledError):
        reseal(sealed, alone, lambda _: None)
    assert [b"".join(sealed.read(one)) for one in (first, second)] == [CONTENT, b"other"]
    assert reseal(sealed, nullcontext, lambda _: None).done == 2
    assert (reseal(sealed, nullcontext, lambda _: None).done, kind_of(sealed, "0" * 64)) == (0, FILE_UNKNOWN)
