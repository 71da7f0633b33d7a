"""Printing photos: seconds, size and memory of a part, and of a whole report of N photos, beside copying the same bytes.

    .venv/bin/python -m benchmarks.printed [--photos 20000] [--parts 4]

A part is what a worker makes at once. The worker's own peak and that of the press, its child, are read from the kernel. The whole is the
measured parts times how many the photos need; `--parts` says how many are made. The peer is a plain copy of the pictures to disk.
"""

import argparse
import hashlib
import io
import random
import resource
import shutil
import tempfile
import time
from pathlib import Path

from PIL import Image, ImageFilter

from survey.bundle.printed import LEGEND, MOST
from survey.paper.evidence import make_printed
from survey.photos.printing import PRINT_SIDE, print_copy

_VIEWS = 24
_KIB = 1024


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--photos", type=int, default=20_000)
    parser.add_argument("--parts", type=int, default=4)
    arguments = parser.parse_args()
    views = [_view(number) for number in range(_VIEWS)]
    copied_s = _copy_s([print_copy(view) for view in views])
    before = _peak_mb(resource.RUSAGE_SELF)
    print(f"{MOST} photos a part, {PRINT_SIDE} pixels; the worker before: {before:.0f} MB")
    print(f"{'part':>5} {'seconds':>8} {'MB':>6} {'worker MB':>10} {'press MB':>9}")
    total_s = 0.0
    for number in range(arguments.parts):
        begun = time.perf_counter()
        # No two files alike: Typst sets equal ones once.
        content = make_printed(_part(number), lambda sha256: print_copy(views[int(sha256[:8], 16) % _VIEWS]) + sha256.encode())
        took = time.perf_counter() - begun
        total_s += took
        own, press = _peak_mb(resource.RUSAGE_SELF), _peak_mb(resource.RUSAGE_CHILDREN)
        print(f"{number + 1:>5} {took:>8.2f} {len(content) / 1e6:>6.1f} {own:>10.0f} {press:>9.0f}")
    whole = total_s / arguments.parts * arguments.photos / MOST
    copied = copied_s * arguments.photos
    print(f"{arguments.photos} photos: {whole:.0f} s by one worker; copying the same pictures {copied:.1f} s, ratio {whole / copied:.0f}")


def _view(number: int) -> bytes:
    """A preview with as much in it as a photo: soft noise, 1600 × 1200."""
    noise = random.Random(number).randbytes(200 * 150 * 3)
    image = Image.frombytes("RGB", (200, 150), noise).resize((1600, 1200)).filter(ImageFilter.GaussianBlur(3))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82)
    return out.getvalue()


def _part(part: int) -> dict[str, object]:
    cover = {
        "commune": "Xã mẫu", "province": "Tỉnh mẫu", "demonstration": True, "public": False, "edition": "Bộ tiêu chí",
        "scope": "mọi tiêu chí", "partial": False, "as_of": "23/11/2026", "head_seq": 1, "head_hash": "ab" * 32,
    }  # fmt: skip
    return {
        "kind": "photos", "variant": "full", "cover": cover, "title": f"Thôn mẫu {part}", "counts": "", "criteria": [], "legend": LEGEND,
        "photos": [_photo(part * MOST + number, first=number % 3 == 0) for number in range(MOST)],
    }  # fmt: skip


def _photo(number: int, *, first: bool) -> dict[str, object]:
    sha256 = hashlib.sha256(str(number).encode()).hexdigest()
    return {
        "sha256": sha256, "has_view": True, "first": first, "site": f"HO-{number // 3:05d} · Nguyễn Văn Đức", "hamlet": "Thôn mẫu",
        "position": "18,023000, 106,081100 (±7 m)", "away": "cách 12 m", "time": "10:04 20/11/2026", "code": f"BN-{number // 3:05d}",
        "label": "Mặt trước", "urn": f"urn:uuid:{sha256[:8]}-0000-4000-8000-{number // 3:012d}", "name": "a.jpg", "absent": "",
    }  # fmt: skip


def _copy_s(pictures: list[bytes]) -> float:
    """Seconds to write one picture to disk and copy it once more, on average."""
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        for number, picture in enumerate(pictures):
            (Path(folder) / str(number)).write_bytes(picture)
            shutil.copyfile(Path(folder) / str(number), Path(folder) / f"{number}-copy")
        return (time.perf_counter() - begun) / len(pictures)


def _peak_mb(who: int) -> float:
    return resource.getrusage(who).ru_maxrss / _KIB


if __name__ == "__main__":
    main()
