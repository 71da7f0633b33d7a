"""A small true bag for the tests of this folder, and a way to change one member of it."""

import hashlib
import shutil
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

from survey.bundle.bag import Original, Preview, bag_chunks
from survey.bundle.spool import Spool
from survey.bundle.tables import json_lines
from survey.bundle.verify import LOG_PATH
from survey.domain.canonical import dumps, event_hash

FOLDER = "minh-chung-18844-20261123"
DAY = date(2026, 11, 23)
PHOTOS = {f"anh/thon-1/HO-000{n}_fence_{n:02d}.jpg": bytes([255, 216, n]) * 4000 for n in (1, 2, 3)}


def chain(hashes: Sequence[str]) -> list[dict[str, object]]:
    """A valid chain that says that photos with these *hashes* were received."""
    events: list[dict[str, object]] = []
    prev = "0" * 64
    for seq, sha256 in enumerate(hashes, 1):
        body = dumps({"at": "2026-11-23T01:00:00.000Z", "kind": "photo.received", "submission": f"uuid:{seq}", "sha256": sha256})
        digest = event_hash(seq, prev, "salt", body)
        events.append({"seq": seq, "prev": prev, "salt": "salt", "body": body, "hash": digest})
        prev = digest
    return events


def original(name: str, content: bytes, *, stored: bytes | None = None) -> Original:
    """A photo received as *content*; *stored* is what the store gives back, where it has been damaged."""
    given = content if stored is None else stored
    return Original(name, hashlib.sha256(content).hexdigest(), zlib.crc32(content), len(content), lambda: iter([given[:10], given[10:]]))


def bag_bytes(photos: Mapping[str, bytes] = PHOTOS, *, received: Mapping[str, bytes] = PHOTOS) -> bytes:
    """The zip of a bag with *photos*, one preview, one table and a log in which those of *received* came in."""
    spool, log = Spool(), chain([hashlib.sha256(content).hexdigest() for content in received.values()] + ["0" * 64] * 2)
    spool.add("ho-so/bai-nop.csv", [b"a,b\r\n", b"1,2\r\n"])
    spool.add(LOG_PATH, json_lines(log))
    info = {"Source-Organization": "Xã mẫu", "Log-Head": f"{log[-1]['seq']} {log[-1]['hash']}"}
    return b"".join(
        bag_chunks(
            FOLDER,
            DAY,
            info,
            originals=[original(name, content) for name, content in photos.items()],
            previews=[Preview("bao-cao/anh/x.jpg", lambda: b"jpeg"), Preview("bao-cao/anh/gone.jpg", lambda: None)],
            spool=spool,
        )
    )


def rezip(source: Path, target: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """Write *target* from the members of *source* after *change*; names are without the bag's folder."""
    with zipfile.ZipFile(source) as archive:
        members = {info.filename.split("/", 1)[1]: archive.read(info) for info in archive.infolist()}
    change(members)
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in members.items():
            archive.writestr(f"{FOLDER}/{name}", content)
    return target


def unpack(source: Path, folder: Path) -> Path:
    """The bag folder of *source*, unpacked."""
    shutil.unpack_archive(source, folder, "zip")
    return folder / FOLDER
