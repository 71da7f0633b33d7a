"""A small sealed bag built without our writer, file by file, so that a test can change it anywhere and seal it again, or not."""

import hashlib
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from survey.bundle.signature import NAMESPACE, public_line, sign
from survey.domain.canonical import dumps, event_hash

FOLDER = "minh-chung_18844_20261123"
KEY, OTHER_KEY = (Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (1, 2))
PRINCIPAL = "xa-18844"
PHOTOS = {f"data/anh/thon-1/HO-000{n}_fence_{n:02d}.jpg": bytes([255, 216, n]) * 4000 for n in (1, 2, 3)}
INSTANCE, LOG, TABLE = "data/bai-nop/AB12.xml", "data/nhat-ky/log.jsonl", "data/ho-so/bai-nop.csv"
SIGNATURE, TAGS, MANIFEST = "tagmanifest-sha256.txt.sig", "tagmanifest-sha256.txt", "manifest-sha256.txt"
Members = dict[str, bytes]


def signers_line(key: Ed25519PrivateKey = KEY, principal: str = PRINCIPAL) -> str:
    """The line of allowed_signers for *key*."""
    return f'{principal} namespaces="{NAMESPACE}" {public_line(key.public_key())}'


def log_of(contents: Sequence[bytes], *, of_instances: Sequence[bytes] = ()) -> list[dict[str, object]]:
    """A valid chain that says that *contents* were received as photos, *of_instances* as forms, and that ends with another event."""
    said = [("photo.received", content) for content in contents] + [("submission.received", content) for content in of_instances]
    bodies = [{"kind": kind, "sha256": hashlib.sha256(content).hexdigest()} for kind, content in said] + [{"kind": "review.decided"}]
    events: list[dict[str, object]] = []
    prev = "0" * 64
    for seq, body in enumerate(map(dumps, bodies), 1):
        digest = event_hash(seq, prev, "salt", body)
        events.append({"seq": seq, "prev": prev, "salt": "salt", "body": body, "hash": digest})
        prev = digest
    return events


def log_bytes(events: Sequence[Mapping[str, object]]) -> bytes:
    """*events* as the log's file."""
    return "".join(dumps(event) + "\n" for event in events).encode()


def head_of(events: Sequence[Mapping[str, object]]) -> str:
    """Number and hash of the last of *events*."""
    return f"{events[-1]['seq']} {events[-1]['hash']}"


def payload_of(photos: Mapping[str, bytes] = PHOTOS) -> Members:
    """The payload of a bag with *photos*, all of them received."""
    instance = b"<data id='fence'/>"
    return {**photos, INSTANCE: instance, TABLE: b"a,b\r\n1,2\r\n", LOG: log_bytes(log_of(list(photos.values()), of_instances=[instance]))}


def sealed(
    payload: Members, *, head: str | None = None, labels: Mapping[str, str] | None = None, key: Ed25519PrivateKey | None = KEY
) -> Members:
    """The files of a bag of *payload*, signed with *key*; *head* is the log's by default, *labels* go into bag-info.txt."""
    events = payload.get(LOG, b"").decode().splitlines()
    last = json_of(events[-1]) if events else {}
    info = {
        "Source-Organization": "Xã Kỳ Thượng, Hà Tĩnh (18844)",
        "External-Identifier": "urn:uuid:6e1c1f52-0000-5000-8000-000000000001",
        "Bagging-Date": "2026-11-23",
        "Payload-Oxum": f"{sum(map(len, payload.values()))}.{len(payload)}",
        "Log-Head": head or f"{last.get('seq')} {last.get('hash')}",
        **(labels or {}),
    }
    tags = {
        "bagit.txt": b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        "bag-info.txt": "".join(f"{label}: {value}\n" for label, value in info.items()).encode(),
    }
    if key is not None:
        tags |= {"allowed_signers": (signers_line(key) + "\n").encode(), "README-verify.txt": b"read me\n"}
    return {**payload, **resealed({**tags, **payload}, key)}


def resealed(members: Members, key: Ed25519PrivateKey | None = KEY, namespace: str = NAMESPACE) -> Members:
    """*members* with manifests made anew, signed with *key* for *namespace*, or not signed."""
    kept = {name: content for name, content in members.items() if name not in {MANIFEST, TAGS, SIGNATURE}}
    kept[MANIFEST] = manifest({name: content for name, content in kept.items() if name.startswith("data/")})
    kept[TAGS] = manifest({name: content for name, content in kept.items() if not name.startswith("data/")})
    if key is not None:
        kept[SIGNATURE] = sign(key, kept[TAGS], namespace).encode()
    return kept


def manifest(members: Mapping[str, bytes]) -> bytes:
    """The manifest of *members*."""
    return "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in members.items()).encode()


def write(path: Path, members: Mapping[str, bytes], *, folder: str = FOLDER, method: int = zipfile.ZIP_STORED) -> Path:
    """Zip *members* below *folder*."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(f"{folder}/{name}", content)
    return path


def json_of(line: str) -> dict[str, object]:
    """The object in *line*."""
    read: dict[str, object] = json.loads(line)
    return read
