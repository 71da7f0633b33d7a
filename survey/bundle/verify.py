"""The check of a bundle without its deployment: container, bag, every checksum, signature, and the chain of the log.

It unpacks nothing. Whoever rebuilds everything consistently, the seal included, is found only by the key's fingerprint on paper, or by a
head of the log that was published before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

from survey.bundle.bag import BAGIT_TXT
from survey.bundle.chain import Chain, check_chain
from survey.bundle.container import Entry, Source
from survey.bundle.crate_check import CRATE, check_crate
from survey.bundle.faults import Fault, Found
from survey.bundle.hashing import Digest, Progress, hash_members
from survey.bundle.manifests import read_info, read_manifest
from survey.bundle.said import Facts, read_facts
from survey.bundle.trust import SIGNATURE, SIGNERS, TAG_MANIFEST, Known, Sealed, Trust, check_seal
from survey.bundle.untrusted import READ_ERRORS, read_member, read_members, shown

LOG_PATH = "nhat-ky/log.jsonl"
LOG_HEAD_LABEL = "Log-Head"
ORIGINALS = ("data/anh/", "data/bai-nop/")
"""Where originals lie: for each the log must say that it was received. Rebuilt photos of a public bundle lie elsewhere."""
_MANIFEST = "manifest-sha256.txt"
_LOG = f"data/{LOG_PATH}"
_UNLISTED = frozenset({TAG_MANIFEST, SIGNATURE})
_MAX_MANIFEST = 128 << 20
_MAX_TAGS = 4 << 20
_MAX_TEXT = 1 << 20


@dataclass(frozen=True)
class Verification:
    """What came of a check: *faults* (none means whole and unchanged), *notices* that a reader should know, and the *facts*.

    *originals* are the hashes of the files that must have been received, by path; *received* is what this bag's log says was, None
    where it has none.
    """

    faults: tuple[Fault, ...]
    notices: tuple[Fault, ...] = ()
    facts: Facts = field(default_factory=Facts)
    originals: Mapping[str, str] = field(default_factory=dict, repr=False)
    received: frozenset[str] | None = field(default=None, repr=False)


def verify(
    path: Path, *, allowed: Sequence[str] = (), fingerprint: str | None = None, head: tuple[int, str] | None = None,
    progress: Progress | None = None,
) -> Verification:  # fmt: skip
    """Check the bundle at *path*.

    *allowed* are lines of an allowed_signers file, *fingerprint* is the commune's key as on paper, *head* a known head of its log (see
    `chain.read_head`). *progress* is told the bytes checked and the bytes in all; what it raises ends the check. Nothing is written to
    disk, and no more is read than the limits of `untrusted` and `container` allow.
    """
    try:
        with path.open("rb") as file:
            return _verify_file(file, Known(allowed, fingerprint), head, progress or _silent)
    except OSError:
        return Verification((Fault("UNREADABLE", shown(path.name)),))


def _verify_file(file: BinaryIO, known: Known, head: tuple[int, str] | None, progress: Progress) -> Verification:
    found = Found()
    source = Source(file)
    members = read_members(source, found)
    if found.has("NOT_A_ZIP") or (not members and found.all()):
        return Verification(found.all())
    folders = {name.split("/", 1)[0] for name in members}
    if len(folders) != 1 or any("/" not in name for name in members):
        found.add(Fault("NOT_ONE_BAG", ""))
        return Verification(found.all())
    prefix = folders.pop() + "/"
    bag = _OpenBag(source, {name.removeprefix(prefix): entry for name, entry in members.items()}, found, prefix)
    return bag.check(known, head, progress)


class _OpenBag:
    def __init__(self, source: Source, members: dict[str, Entry], found: Found, prefix: str) -> None:
        self._source = source
        self._members = members
        self._refused = {fault.path.removeprefix(prefix) for fault in found.all()}
        self._found = found
        self._digests: dict[str, Digest] = {}
        self._listed: dict[str, str] = {}
        self._absent: list[str] = []
        self._added: list[str] = []
        self._changed: list[str] = []

    def check(self, known: Known, head: tuple[int, str] | None, progress: Progress) -> Verification:
        self._digests = hash_members(self._source, self._members, progress)
        if self._content("bagit.txt") != BAGIT_TXT:
            self._add("BAGIT_TXT", "bagit.txt")
        info = read_info([self._content("bag-info.txt") or b""])
        payload = [entry.size for name, entry in self._members.items() if name.startswith("data/")]
        if info.get("Payload-Oxum") != f"{sum(payload)}.{len(payload)}":
            self._add("OXUM", "bag-info.txt")
        self._check_manifest(TAG_MANIFEST, payload=False, limit=_MAX_TAGS)
        self._check_manifest(_MANIFEST, payload=True, limit=_MAX_MANIFEST)
        self._name_differences()
        facts = read_facts(info, len(payload), sum(payload))
        sealed = self._check_seal(known, facts)
        chain = self._check_log(facts, head)
        self._check_crate()
        return self._verification(facts, sealed, chain)

    def _add(self, code: str, path: str, other: str = "") -> None:
        self._found.add(Fault(code, shown(path), shown(other)))

    def _content(self, name: str, limit: int = _MAX_TEXT) -> bytes | None:
        """The bytes of a small file; None where it is missing, too large or damaged."""
        entry = self._members.get(name)
        if entry is None or entry.size > limit:
            return None
        try:
            return b"".join(read_member(self._source, entry))
        except READ_ERRORS:
            return None

    def _check_manifest(self, manifest: str, *, payload: bool, limit: int) -> None:
        present = {name for name in self._members if name.startswith("data/") is payload and name not in _UNLISTED}
        entry = self._members.get(manifest)
        if entry is None or entry.size > limit:
            self._add("MANIFEST_MISSING" if entry is None else "MANIFEST_TOO_LONG", manifest)
            return
        listed: dict[str, str] = {}
        try:
            listed = read_manifest(manifest, read_member(self._source, entry), payload=payload, found=self._found)
        except READ_ERRORS:
            self._add("DAMAGED", manifest)
        self._listed |= listed
        self._added += sorted(present - listed.keys())
        self._absent += [name for name in listed if name not in present and shown(name) not in self._refused]
        self._changed += [name for name, sha256 in listed.items() if name in present and not self._is(name, sha256)]

    def _is(self, name: str, sha256: str) -> bool:
        digest = self._digests[name]
        return digest.whole and digest.sha256 == sha256

    def _name_differences(self) -> None:
        """Say what became of each file: a content that belongs elsewhere is named as such, rather than as any change."""
        elsewhere = {self._listed[name]: name for name in (*self._changed, *self._absent)}
        for name in self._changed:
            digest = self._digests[name]
            other = elsewhere.get(digest.sha256)
            if other in self._digests and other != name and self._digests[other].sha256 == self._listed[name]:
                self._add("SWAPPED", name, other)
            elif other is not None and other != name:
                self._add("MISPLACED", name, other)
            else:
                self._add("CHANGED" if digest.whole else "DAMAGED", name)
        moved = {self._digests[name].sha256: name for name in self._added}
        for name in self._absent:
            target = moved.pop(self._listed[name], None)
            self._add("MISSING" if target is None else "MOVED", name, target or "")
            self._added = [other for other in self._added if other != target] if target else self._added
        for name in self._added:
            self._add("ADDED", name)

    def _check_seal(self, known: Known, facts: Facts) -> Sealed:
        message = self._content(TAG_MANIFEST, _MAX_TAGS) or b""
        if SIGNATURE not in self._members:
            self._add("SIGNATURE_MISSING", SIGNATURE)  # an old bundle without a seal cannot be told from one that was stripped of it
            return Sealed(Trust.UNSIGNED)
        own = (self._content(SIGNERS) or b"").decode("utf-8", "replace")
        principal = f"xa-{facts.commune}" if facts.commune else ""
        sealed, faults = check_seal(message, self._content(SIGNATURE), own, known, principal=principal, day=facts.date)
        for fault in faults:
            self._found.add(fault)
        return sealed

    def _check_log(self, facts: Facts, head: tuple[int, str] | None) -> Chain | None:
        entry = self._members.get(_LOG)
        if entry is None:
            if facts.bag[0] == 1:
                self._add("LOG_MISSING", _LOG)
            return None
        try:
            return check_chain(_LOG, read_member(self._source, entry), facts.head, head, self._found)
        except READ_ERRORS:
            return None  # named as damaged by its checksum

    def _check_crate(self) -> None:
        entry = self._members.get(CRATE)
        if entry is None:
            return
        try:
            check_crate(read_member(self._source, entry), [name for name in self._members if name.startswith("data/")], self._found)
        except READ_ERRORS:
            return  # named as damaged by its checksum

    def _verification(self, facts: Facts, sealed: Sealed, chain: Chain | None) -> Verification:
        originals = {name: sha256 for name, sha256 in self._listed.items() if name.startswith(ORIGINALS) and self._is_here(name, sha256)}
        if chain is not None:
            for name, sha256 in originals.items():
                if sha256 not in chain.received:
                    self._add("NOT_RECEIVED", name)
        notices = []
        if sealed.trust is Trust.UNKNOWN:
            notices.append(Fault("SIGNER_UNKNOWN", sealed.fingerprint))
        if facts.bag[1] > 1:
            notices.append(Fault("ONE_OF_SEVERAL", f"{facts.bag[0]} / {facts.bag[1]}"))
        received = None if chain is None else frozenset(chain.received)
        return Verification(self._found.all(), tuple(notices), replace(facts, seal=sealed), originals, received)

    def _is_here(self, name: str, sha256: str) -> bool:
        return name in self._digests and self._is(name, sha256)


def _silent(_done: int, _total: int) -> None:
    """No progress is wanted."""
