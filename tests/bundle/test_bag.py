"""The bag, judged by the public bagit library."""

import hashlib
from pathlib import Path

import bagit
import pytest

from survey.bundle.bag import SIGNATURE, TAG_MANIFEST, Sealing, close_bag, info_text, member_of
from survey.bundle.spool import Spool
from survey.domain.problems import BLOB_DAMAGED, Problem
from tests.bundle.bags import FOLDER, PHOTOS, bag_bytes, photo_member, unpack, zipped


def test_public_library_accepts_it(tmp_path: Path) -> None:
    """The unpacked bag is complete and valid BagIt 1.0."""
    path = tmp_path / "bag.zip"
    path.write_bytes(bag_bytes())
    bag = bagit.Bag(str(unpack(path, tmp_path)))

    bag.validate()
    assert bag.version_info == (1, 0)
    assert bag.info["Source-Organization"] == "Xã mẫu"
    assert bag.info["Payload-Oxum"] == f"{36_000 + 4 + 10 + len(_log(tmp_path))}.6"
    assert (tmp_path / FOLDER / "data" / next(iter(PHOTOS))).read_bytes() == next(iter(PHOTOS.values()))


def test_same_basis_same_bytes() -> None:
    """Two runs give one and the same file."""
    assert bag_bytes() == bag_bytes()


@pytest.mark.parametrize("stored", [b"other bytes of one length", b"short", b"x" * 100, b""])
def test_damaged_photo_aborts(stored: bytes) -> None:
    """Bytes that are no longer those received stop the stream."""
    photo = photo_member("anh/a.jpg", b"bytes as they came in 123")

    with pytest.raises(Problem) as problem:
        zipped(Spool(), [photo], {}, {photo.sha256: stored})
    assert problem.value.kind is BLOB_DAMAGED


def test_labels_stay_on_one_line() -> None:
    """A line break in a name cannot add a label to bag-info.txt."""
    assert info_text({"Source-Organization": "Xã\nPayload-Oxum: 0.0"}).decode() == "Source-Organization: Xã Payload-Oxum: 0.0\n"


def test_the_seal_covers_every_tag_file() -> None:
    """The tag manifest lists all tag files but itself and its signature; what is signed are its very bytes."""
    spool, signed = Spool(), []

    def sign(message: bytes) -> str:
        signed.append(message)
        return "signature\n"

    made = spool.add("x.csv", [b"1"])
    closed = close_bag(spool, [member_of(made, "data/x.csv")], Sealing({}, {"README-verify.txt": b"read me"}, sign))
    paths = [member.path for member in closed.members]
    listed = {line.split("  ")[1]: line.split("  ")[0] for line in signed[0].decode().splitlines()}

    assert set(listed) == {"bagit.txt", "bag-info.txt", "manifest-sha256.txt", "README-verify.txt"}
    assert {*listed, TAG_MANIFEST, SIGNATURE, "data/x.csv"} == set(paths)
    assert closed.tag_manifest == hashlib.sha256(signed[0]).hexdigest()


def _log(folder: Path) -> bytes:
    return (folder / FOLDER / "data/nhat-ky/log.jsonl").read_bytes()
