"""The check of a bundle without its deployment: container, bag, every checksum, and the chain of the log.

It finds accident and clumsy change. Whoever rebuilds everything consistently is found only against a head of the log
that was published before, or a signature.
"""

import hashlib
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

from survey.bundle import untrusted
from survey.bundle.bag import BAGIT_TXT
from survey.bundle.faults import Fault
from survey.domain.canonical import event_hash

LOG_PATH = "nhat-ky/log.jsonl"
LOG_HEAD_LABEL = "Log-Head"
_GENESIS = "0" * 64
_MAX_TEXT = 128 << 20  # manifests and tag files; 500,000 lines fit
_MAX_LINE = 1 << 20
_LINE = re.compile(r"^([0-9a-fA-F]{64}) [ *](\S.*)$")
_EVIDENCE = ("data/anh/", "data/bai-nop/")
_RECEIPTS = frozenset({"photo.received", "submission.received"})
_TAG_MANIFEST = "tagmanifest-sha256.txt"
_MANIFEST = "manifest-sha256.txt"

Progress = Callable[[int, int], None]


def verify(path: Path, progress: Progress | None = None) -> list[Fault]:
    """Everything wrong with the bundle at *path*; an empty list means that it is whole and unchanged.

    *progress* is told the bytes checked and the bytes in all. Nothing is written to disk, and no more is read than the
    limits of `untrusted` allow.
    """
    try:
        with path.open("rb") as file:
            return _verify_file(file, untrusted.file_size(path), progress or _silent)
    except OSError:
        return [Fault("UNREADABLE", path.name)]


def _verify_file(file: BinaryIO, size: int, progress: Progress) -> list[Fault]:
    archive = untrusted.open_untrusted(file)
    if isinstance(archive, Fault):
        return [archive]
    with archive:
        members, faults = untrusted.member_faults(archive, size)
        if faults and not members:
            return faults
        folders = {name.split("/", 1)[0] for name in members}
        if len(folders) != 1 or any("/" not in name for name in members):
            return [*faults, Fault("NOT_ONE_BAG", "")]
        prefix = folders.pop() + "/"
        bag = _OpenBag(archive, {name.removeprefix(prefix): info for name, info in members.items()}, faults, progress)
        bag.check()
        return bag.faults


class _OpenBag:
    def __init__(self, archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], faults: list[Fault], progress: Progress) -> None:
        self._archive = archive
        self._members = members
        self._progress = progress
        self._refused = {fault.path.split("/", 1)[-1] for fault in faults}
        self._done = 0
        self._evidence: dict[str, str] = {}
        self._total = sum(info.file_size for info in members.values())
        self.faults = faults

    def check(self) -> None:
        if self._text("bagit.txt") != BAGIT_TXT.decode():
            self._fault("BAGIT_TXT", "bagit.txt")
        info = self._info()
        self._check_oxum(info)
        self._check_manifest(_TAG_MANIFEST, {name for name in self._members if not name.startswith("data/")} - {_TAG_MANIFEST})
        self._check_manifest(_MANIFEST, {name for name in self._members if name.startswith("data/")})
        self._check_log(info.get(LOG_HEAD_LABEL, ""))

    def _fault(self, code: str, path: str) -> None:
        self.faults.append(Fault(code, untrusted.shown(path)))

    def _text(self, name: str) -> str | None:
        info = self._members.get(name)
        if info is None or info.file_size > _MAX_TEXT:
            return None
        try:
            return b"".join(untrusted.read_member(self._archive, info)).decode()
        except untrusted.READ_ERRORS:
            return None

    def _info(self) -> dict[str, str]:
        lines = (self._text("bag-info.txt") or "").splitlines()
        return {label.strip(): value.strip() for label, colon, value in (line.partition(":") for line in lines) if colon}

    def _check_oxum(self, info: dict[str, str]) -> None:
        payload = [entry.file_size for name, entry in self._members.items() if name.startswith("data/")]
        if info.get("Payload-Oxum") != f"{sum(payload)}.{len(payload)}":
            self._fault("OXUM", "bag-info.txt")

    def _check_manifest(self, manifest: str, present: set[str]) -> None:
        text = self._text(manifest)
        if text is None:
            self._fault("MANIFEST_MISSING", manifest)
            return
        listed = self._listed(manifest, text)
        for name in sorted(present - listed.keys()):
            self._fault("ADDED", name)
        for name, expected in listed.items():
            if name in present:
                self._check_sum(name, expected)
            elif untrusted.shown(name) not in self._refused:
                self._fault("MISSING", name)

    def _listed(self, manifest: str, text: str) -> dict[str, str]:
        listed: dict[str, str] = {}
        for number, line in enumerate(text.splitlines(), 1):
            match = _LINE.match(line)
            name = _decoded(match[2]) if match else ""
            if match is None or name in listed or name.startswith("data/") is not (manifest == _MANIFEST):
                self._fault("MANIFEST_LINE", f"{manifest}:{number}")
            else:
                listed[name] = match[1].lower()
        return listed

    def _check_sum(self, name: str, expected: str) -> None:
        digest = hashlib.sha256()
        try:
            for chunk in untrusted.read_member(self._archive, self._members[name]):
                digest.update(chunk)
                self._done += len(chunk)
                self._progress(self._done, self._total)
        except untrusted.READ_ERRORS:
            self._fault("DAMAGED", name)
            return
        if digest.hexdigest() != expected:
            self._fault("CHANGED", name)
        elif name.startswith(_EVIDENCE):
            self._evidence[name] = expected

    def _check_log(self, head: str) -> None:
        info = self._members.get(f"data/{LOG_PATH}")
        if info is None:
            self._fault("LOG_MISSING", f"data/{LOG_PATH}")
            return
        try:
            chain = check_chain(self._log_lines(info), head)
        except untrusted.READ_ERRORS:
            self._fault("DAMAGED", f"data/{LOG_PATH}")
            return
        self.faults += chain.faults
        for name, sha256 in self._evidence.items():
            if sha256 not in chain.received:
                self._fault("NOT_RECEIVED", name)

    def _log_lines(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        with self._archive.open(info) as stream:
            while line := stream.readline(_MAX_LINE):
                yield line


@dataclass(frozen=True)
class Chain:
    """What a log says: its faults, and the hashes of everything that it says was received."""

    faults: list[Fault]
    received: set[str]


def check_chain(lines: Iterator[bytes], head: str) -> Chain:
    """Check a log slice: each line's hash, its place, its link to the line before, and *head* (`seq hash`) at the end."""
    faults: list[Fault] = []
    received: set[str] = set()
    seq, last = 0, _GENESIS
    for number, line in enumerate(lines, 1):
        at = f"data/{LOG_PATH}:{number}"
        event = _read_event(line)
        if event is None:
            faults.append(Fault("LOG_LINE", at))
            continue
        if event.seq != seq + 1:
            faults.append(Fault("LOG_GAP", at))
        if event_hash(event.seq, event.prev, event.salt, event.body) != event.hash:
            faults.append(Fault("LOG_EDITED", at))
        if event.prev != last:
            faults.append(Fault("LOG_CHAIN", at))
        seq, last = event.seq, event.hash
        received |= _received(event.body)
    if head != f"{seq} {last}":
        faults.append(Fault("LOG_HEAD", f"data/{LOG_PATH}"))
    return Chain(faults, received)


def _received(body: str) -> set[str]:
    if not any(kind in body for kind in _RECEIPTS):
        return set()
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        return set()
    is_receipt = isinstance(event, dict) and event.get("kind") in _RECEIPTS and isinstance(event.get("sha256"), str)
    return {event["sha256"]} if is_receipt else set()


class _Event(NamedTuple):
    seq: int
    prev: str
    salt: str
    body: str
    hash: str


def _read_event(line: bytes) -> _Event | None:
    try:
        fields = json.loads(line)
        event = _Event(fields["seq"], fields["prev"], fields["salt"], fields["body"], fields["hash"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return event if type(event.seq) is int and all(isinstance(field, str) for field in event[1:]) else None


def _silent(_done: int, _total: int) -> None:
    """No progress is wanted."""


def _decoded(name: str) -> str:
    """RFC 8493 2.1.3: only CR, LF and % are percent-encoded in a manifest's names."""
    return re.sub("%(0[AaDd]|25)", lambda match: chr(int(match[1], 16)), name)
