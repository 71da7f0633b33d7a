"""What encryption at rest costs: the byte store in the clear, as it runs without a key, and encrypted, beside the disk and the cipher.

Run: .venv/bin/python benchmarks/encrypted.py [PHOTOS]   (default 200 photos of 3 MB)
"""

import hashlib
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from survey.domain.ports import Blobs
from survey.store.blob_keys import make_blob_key
from survey.store.blobs import FolderBlobs
from survey.store.sealed_blobs import open_sealed

_PHOTO = 3_000_000
_RANGE = 64 * 1024
_RANGES = 2000


def run(photos: int) -> None:
    """Print the table: seconds of each way, and how many times the plain store's they are."""
    contents = [os.urandom(_PHOTO) for _ in range(photos)]
    mb = photos * _PHOTO / 1e6
    print(f"{photos} photos, {mb:,.0f} MB\n\n{'':<34}{'plain':>10}{'no key':>10}{'encrypted':>11}   encrypted / plain")
    with tempfile.TemporaryDirectory(prefix="survey-encrypted-bench-") as folder:
        base = Path(folder)
        make_blob_key(base / "key")
        stores: list[Blobs] = [FolderBlobs(base / "plain")]
        for name, key in (("watched", None), ("sealed", base / "key")):
            stores.append(open_sealed(FolderBlobs(base / name), key, base / name / "incoming", watched=True))
        names = [hashlib.sha256(content).hexdigest() for content in contents]
        line("store, synced (MB/s)", mb, [timed(lambda store=store: keep(store, contents)) for store in stores])
        line("read whole (MB/s)", mb, [timed(lambda store=store: read(store, names)) for store in stores])
        line("open as a file and read (MB/s)", mb, [timed(lambda store=store: open_each(store, names)) for store in stores])
        places = [(random.Random(at).choice(names), random.Random(at).randrange(_PHOTO - _RANGE)) for at in range(_RANGES)]
        line("64 KiB from anywhere (a second)", _RANGES, [timed(lambda store=store: ranges(store, places)) for store in stores])
    limit = timed(lambda: [ChaCha20Poly1305(bytes(32)).encrypt(bytes(12), content, None) for content in contents])
    print(f"\nChaCha20-Poly1305 alone, in memory: {mb / limit:,.0f} MB/s; SHA-256: {mb / timed(lambda: digest(contents)):,.0f} MB/s")


def keep(store: Blobs, contents: list[bytes]) -> None:
    """As a request does: staged in pieces, hashed, synced, named."""
    for content in contents:
        store.keep(store.stage((content[at : at + (1 << 20)] for at in range(0, len(content), 1 << 20)), name="photo", limit=_PHOTO))


def read(store: Blobs, names: list[str]) -> None:
    """Each photo from its first byte to its last."""
    for name in names:
        for _ in store.read(name):
            pass


def open_each(store: Blobs, names: list[str]) -> None:
    """As the worker's darkroom gets it."""
    for name in names:
        with store.open(name) as file:
            file.read()


def ranges(store: Blobs, places: list[tuple[str, int]]) -> None:
    """As a download that goes on asks."""
    for name, start in places:
        if sum(map(len, store.read(name, start=start, length=_RANGE))) != _RANGE:
            sys.exit("a range came back too short")


def digest(contents: list[bytes]) -> None:
    """What is computed in any case."""
    for content in contents:
        hashlib.sha256(content).digest()


def timed(work: Callable[[], object]) -> float:
    """Seconds that *work* took."""
    begun = time.monotonic()
    work()
    return time.monotonic() - begun


def line(name: str, amount: float, seconds: list[float]) -> None:
    """Print one."""
    print(f"{name:<34}" + "".join(f"{amount / took:>10,.0f}" for took in seconds) + f"{seconds[2] / seconds[0]:>14.2f} x the time")


if __name__ == "__main__":
    run(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
