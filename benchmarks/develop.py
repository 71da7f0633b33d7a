"""What a photo costs to develop, beside the physical limit of every thumbnail: reading its data and keeping an eighth of each side.

    python benchmarks/develop.py [FOLDER] [--photos 8] [--rounds 5]

FOLDER holds photos (JPEG; others are passed over); without it JPEGs of 12 megapixels are drawn, as large as a phone's. Times are CPU, the
best of the rounds, the mean over the photos; the memory (Linux) is by how much a fresh process grows over one photo.
"""

import argparse
import io
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import simplejpeg
from PIL import Image

from survey import photos
from survey.domain.photos import PhotoFacts
from survey.domain.times import VIETNAM
from survey.photos.decoding import decode
from survey.photos.drawing import Scene, Shot, draw_photo
from survey.photos.hashes import hashes_of
from survey.photos.views import THUMB_SIDE, to_jpeg

_SIZE = (4032, 3024)

Step = Callable[[bytes, PhotoFacts], object]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--photos", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peak", choices=list(STEPS), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.peak:
        print(_growth(arguments.folder, STEPS[arguments.peak]))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or _draw(Path(temporary), arguments.photos)
        _table(_photos(folder, arguments.photos), arguments.rounds)


def _table(paths: list[Path], rounds: int) -> None:
    if not paths:
        sys.exit("no JPEG photos in this folder")
    loaded = [(path.read_bytes(), photos.inspect(path, path.stat().st_size).facts) for path in paths]
    size = statistics.mean(len(content) for content, _ in loaded) / 1e6
    pixels = statistics.mean((facts.width or 0) * (facts.height or 0) for _, facts in loaded) / 1e6
    print(f"{len(paths)} JPEGs of {pixels:.1f} megapixels, {size:.1f} MB on average")
    print(f"{'step':<24} {'CPU ms':>8} {'ratio':>6} {'peak MB':>8}")
    bare = 0.0
    for name, step in STEPS.items():
        spent = statistics.mean(_cpu_ms(step, content, facts, rounds) for content, facts in loaded)
        bare = bare or spent
        print(f"{name:<24} {spent:>8.1f} {spent / bare:>6.2f} {_peak_mb(paths[0], name):>8.0f}", flush=True)


def _bare(content: bytes, _: PhotoFacts) -> object:
    return simplejpeg.decode_jpeg(content, min_width=1, min_height=1)


def _thumbnail(content: bytes, facts: PhotoFacts) -> object:
    thumb = decode(io.BytesIO(content), facts, THUMB_SIDE).pixels
    return to_jpeg(thumb), hashes_of(thumb.convert("L"))


def _everything(content: bytes, facts: PhotoFacts) -> object:
    return photos.develop(io.BytesIO(content), facts)


STEPS: dict[str, Step] = {"bare 1/8 decode": _bare, "thumbnail and hashes": _thumbnail, "everything": _everything}


def _cpu_ms(step: Step, content: bytes, facts: PhotoFacts, rounds: int) -> float:
    """The CPU milliseconds of the best of *rounds*."""
    best = float("inf")
    for _ in range(rounds):
        before = time.process_time()
        step(content, facts)
        best = min(best, time.process_time() - before)
    return best * 1000


def _peak_mb(path: Path, step: str) -> float:
    """By how much a fresh process grows over *step*."""
    command = [sys.executable, __file__, str(path), "--peak", step]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def _growth(path: Path, step: Step) -> float:
    content, facts = path.read_bytes(), photos.inspect(path, path.stat().st_size).facts
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak so far is forgotten
    before = _peak_kb()
    step(content, facts)
    return (_peak_kb() - before) / 1024


def _peak_kb() -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])


def _photos(folder: Path, most: int) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in {".jpg", ".jpeg"} and _is_accepted(path))[:most]


def _is_accepted(path: Path) -> bool:
    return photos.inspect(path, path.stat().st_size).accepted


def _draw(folder: Path, count: int) -> Path:
    """Drawn scenes at 12 megapixels with a sensor's noise, which makes their data as large as a phone's."""
    for number, scene in zip(range(count), list(Scene) * count, strict=False):
        shot = Shot(scene, str(number), datetime(2026, 11, 1, 9, tzinfo=VIETNAM), None)
        with Image.open(io.BytesIO(draw_photo(shot))) as drawn:
            large = drawn.convert("RGB").resize(_SIZE, Image.Resampling.BICUBIC)
        noise = Image.effect_noise(_SIZE, 24).convert("RGB")
        Image.blend(large, noise, 0.25).save(folder / f"{number}.jpg", quality=88)
    return folder


if __name__ == "__main__":
    main()
