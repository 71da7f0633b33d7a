"""A small true bag for the tests of this folder, and a way to change one member of it."""

import hashlib
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from survey.bundle.bag import Sealing, close_bag, member_of, placed
from survey.bundle.layout import Layout, Member
from survey.bundle.spool import Made, Spool
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


def bag_bytes(photos: Mapping[str, bytes] = PHOTOS, *, received: Mapping[str, bytes] = PHOTOS) -> bytes:
    """The zip of a bag with *photos*, one preview, one table and a log in which those of *received* came in."""
    spool, log = Spool(), chain([hashlib.sha256(content).hexdigest() for content in received.values()] + ["0" * 64] * 2)
    made = [
        spool.add("bao-cao/anh/x.jpg", [b"jpeg"]),
        spool.add("ho-so/bai-nop.csv", [b"a,b\r\n", b"1,2\r\n"]),
        spool.add(LOG_PATH, json_lines(log)),
    ]
    payload = [*(photo_member(name, content) for name, content in photos.items()), *(member_of(one, f"data/{one.name}") for one in made)]
    info = {"Source-Organization": "Xã mẫu", "Log-Head": f"{log[-1]['seq']} {log[-1]['hash']}"}
    return zipped(spool, payload, info, {hashlib.sha256(content).hexdigest(): content for content in photos.values()})


def photo_member(name: str, content: bytes) -> Member:
    """A photo of the payload, as it was received."""
    return Member(f"data/{name}", len(content), zlib.crc32(content), hashlib.sha256(content).hexdigest())


def zipped(spool: Spool, payload: Sequence[Member], info: Mapping[str, str], stored: Mapping[str, bytes]) -> bytes:
    """The zip of a bag of *payload*; photos are read from *stored*, by hash, everything else from *spool*."""
    closed = close_bag(spool, payload, Sealing(info, {}, lambda message: f"not signed: {len(message)}\n"))
    layout = Layout(DAY, list(placed(closed.members, FOLDER, "spool")))

    def open_source(member: Member) -> Iterator[bytes]:
        if not member.source:
            content = stored[member.sha256]
            return iter((content[:10], content[10:]))
        return spool.read(Made("", int(member.source.partition(":")[2]), member.size, 0, ""))

    return b"".join(layout.read(0, layout.size, open_source))


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
