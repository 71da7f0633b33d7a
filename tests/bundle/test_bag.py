"""The bag, judged by the public bagit library."""

from pathlib import Path

import bagit
import pytest

from survey.bundle.bag import bag_chunks
from survey.bundle.spool import Spool
from survey.domain.problems import BLOB_DAMAGED, Problem
from tests.bundle.bags import DAY, FOLDER, PHOTOS, bag_bytes, original, unpack


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
    """Bytes that are no longer those received stop the stream; no end record is written."""
    photo = original("anh/a.jpg", b"bytes as they came in 123", stored=stored)
    stream = bag_chunks(FOLDER, DAY, {}, originals=[photo], previews=[], spool=Spool())
    sent: list[bytes] = []

    with pytest.raises(Problem) as problem:
        sent.extend(stream)
    assert problem.value.kind is BLOB_DAMAGED
    assert b"PK\x05\x06" not in b"".join(sent)


def test_labels_stay_on_one_line() -> None:
    """A line break in a name cannot add a label to bag-info.txt."""
    stream = bag_chunks(FOLDER, DAY, {"Source-Organization": "Xã\nPayload-Oxum: 0.0"}, originals=[], previews=[], spool=Spool())

    assert b"Source-Organization: X\xc3\xa3 Payload-Oxum: 0.0\n" in b"".join(stream)


def _log(folder: Path) -> bytes:
    return (folder / FOLDER / "data/nhat-ky/log.jsonl").read_bytes()
