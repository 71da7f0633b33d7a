"""Verify a sealed bundle, beside `sha256sum` of the very same files unpacked.

    python benchmarks/verify.py [--photos 2000] [--kilobytes 400] [--rounds 3]

The bag has photos of random bytes, a log that received each of them, and a signature. The check runs in a process of its own, so that its
peak memory is its own; the files are in the page cache for both, both run in turns, and the best of the rounds counts.
"""

import argparse
import hashlib
import json
import random
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from survey.bundle.signature import NAMESPACE, public_line, sign
from survey.bundle.verify import LOG_PATH, verify
from survey.domain.canonical import dumps, event_hash

_FOLDER = "minh-chung"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=2000)
    parser.add_argument("--kilobytes", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--verify", type=Path, help=argparse.SUPPRESS)  # the child's part: the zip
    arguments = parser.parse_args()
    if arguments.verify:
        print(json.dumps(_verify(arguments.verify)))
        return
    with tempfile.TemporaryDirectory() as name:
        _compare(Path(name), arguments)


def _compare(folder: Path, arguments: argparse.Namespace) -> None:
    bundle = folder / "bundle.zip"
    files = _make(bundle, arguments.photos, arguments.kilobytes * 1000)
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(folder)
    command = [sys.executable, str(Path(__file__)), "--verify", str(bundle)]
    checks, peers = [], []
    for _ in range(arguments.rounds):
        checks.append(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
        started = time.perf_counter()
        subprocess.run(["sha256sum", "-c", "--quiet", "manifest-sha256.txt"], cwd=folder / _FOLDER, check=True)
        peers.append(time.perf_counter() - started)
    if any(check["faults"] for check in checks):
        sys.exit("verify found a fault in a whole bundle")
    best, peer, megabytes = min(check["seconds"] for check in checks), min(peers), bundle.stat().st_size / 1e6
    print(f"{arguments.photos} photos of {arguments.kilobytes} kB, {megabytes:,.0f} MB, {files} files, best of {arguments.rounds}")
    print(f"{'':<22}{'s':>8}{'MB/s':>8}{'of sha256sum':>14}")
    for title, seconds in (("verify", best), ("sha256sum -c", peer)):
        print(f"{title:<22}{seconds:>8.2f}{megabytes / seconds:>8.0f}{peer / seconds:>14.2f}")
    print(f"peak memory of verify: {max(check['peak_mb'] for check in checks)} MB")


def _verify(bundle: Path) -> dict[str, float | int]:
    started = time.perf_counter()
    checked = verify(bundle)
    seconds = time.perf_counter() - started
    status = Path("/proc/self/status").read_text()
    peak_kb = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    return {"faults": len(checked.faults), "seconds": seconds, "peak_mb": peak_kb // 1024}


def _make(bundle: Path, photos: int, size: int) -> int:
    """Write a sealed bag; returns how many files its payload has."""
    chance, listed, octets, log, prev = random.Random(1), [], 0, [], "0" * 64
    with zipfile.ZipFile(bundle, "w") as archive:
        for number in range(1, photos + 1):
            content, name = chance.randbytes(size), f"data/anh/thon-{number % 20}/HO-{number:05d}_fence_01.jpg"
            sha256 = hashlib.sha256(content).hexdigest()
            body = dumps({"kind": "photo.received", "sha256": sha256})
            digest = event_hash(number, prev, "salt", body)
            log.append(dumps({"seq": number, "prev": prev, "salt": "salt", "body": body, "hash": digest}) + "\n")
            prev = digest
            listed.append(f"{sha256}  {name}\n")
            octets += size
            archive.writestr(f"{_FOLDER}/{name}", content)
        text = "".join(log).encode()
        listed.append(f"{hashlib.sha256(text).hexdigest()}  data/{LOG_PATH}\n")
        archive.writestr(f"{_FOLDER}/data/{LOG_PATH}", text)
        info = f"Payload-Oxum: {octets + len(text)}.{photos + 1}\nLog-Head: {photos} {prev}\n"
        _seal(archive, info, "".join(listed))
    return photos + 1


def _seal(archive: zipfile.ZipFile, info: str, manifest: str) -> None:
    key = Ed25519PrivateKey.generate()
    tags = {
        "bagit.txt": "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n", "bag-info.txt": info, "manifest-sha256.txt": manifest,
        "allowed_signers": f'xa-18844 namespaces="{NAMESPACE}" {public_line(key.public_key())}\n',
    }  # fmt: skip
    lines = "".join(f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n" for name, text in tags.items())
    for name, text in {**tags, "tagmanifest-sha256.txt": lines, "tagmanifest-sha256.txt.sig": sign(key, lines.encode())}.items():
        archive.writestr(f"{_FOLDER}/{name}", text)


if __name__ == "__main__":
    main()
