"""Backup and restore of a deployment with photos, beside `tar` and `cp` of the same files; and memory at two sizes.

Run: .venv/bin/python benchmarks/backup.py [PHOTOS]   (default 300 photos of 3 MB)
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import pyrage

from survey.domain.times import to_text
from survey.wiring import ROOT, Settings, open_survey

_PHOTO = 3_000_000
_WATCHED = """
import sys
from pathlib import Path
from survey.commands import main
code = main(sys.argv[1:])
peak = next(int(line.split()[1]) // 1024 for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(f"peak {peak}", file=sys.stderr)
sys.exit(code)
"""


def run(photos: int) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory(prefix="survey-backup-bench-") as folder:
        base = Path(folder)
        small, large = make(base / "small", photos // 10), make(base / "large", photos)
        key = pyrage.x25519.Identity.generate()
        (base / "key").write_text(str(key))
        mb = large / 1e6
        print(f"{photos} photos, {mb:,.0f} MB\n\n{'':<28}{'s':>8}{'MB/s':>8}{'peak MB':>9}")
        line("cp -r", mb, timed("cp", "-r", base / "large", base / "copy"))
        line("tar c", mb, timed("tar", "cf", base / "tar.tar", "-C", base, "large"))
        plain = line("backup", mb, command("backup", base / "b.tar", "--quiet", "--data", base / "large"))
        sealed = ("--recipient", key.to_public(), "--quiet", "--data", base / "large")
        line("backup, encrypted", mb, command("backup", base / "b.age", *sealed))
        line("backup --check", mb, command("backup", "--check", base / "b.tar"))
        line("restore", mb, command("restore", base / "b.tar", "--quiet", "--data", base / "after"))
        line("restore, encrypted", mb, command("restore", base / "b.age", "--identity", base / "key", "--quiet", "--data", base / "again"))
        less = line("backup of a tenth", small / 1e6, command("backup", base / "s.tar", "--quiet", "--data", base / "small"))
        print(f"\nten times the photos: {plain - less:+} MB of memory")


def make(folder: Path, photos: int) -> int:
    """A deployment with so many photos of random bytes; returns their bytes."""
    survey = open_survey(Settings(data=folder))
    now = to_text(datetime.now(UTC))
    with survey.transaction() as tx:
        tx.log("", "bench.made", {"photos": photos})
    for _ in range(photos):
        staged = survey.blobs.stage([os.urandom(_PHOTO)], name="photo", limit=_PHOTO)
        survey.blobs.keep(staged)
        with survey.transaction() as tx:
            tx.execute(
                "INSERT INTO blob (commune, sha256, size, crc32, media_type, quarantine, facts, views, received_at)"
                " VALUES ('18844', :sha256, :size, :crc32, 'image/jpeg', 0, '{}', 'none', :now)",
                sha256=staged.sha256, size=staged.size, crc32=staged.crc32, now=now,
            )  # fmt: skip
    survey.store.close()
    return photos * _PHOTO


def line(name: str, mb: float, measured: tuple[float, int]) -> int:
    """Print one; returns the peak of its memory in MB, 0 where it is not ours."""
    seconds, peak = measured
    print(f"{name:<28}{seconds:>8.2f}{mb / seconds:>8.0f}{peak or '':>9}")
    return peak


def timed(*arguments: object) -> tuple[float, int]:
    """Seconds of a stock tool, its bytes on the disk when it ends."""
    begun = time.monotonic()
    subprocess.run([*map(str, arguments)], check=True)
    os.sync()
    return time.monotonic() - begun, 0


def command(*arguments: object) -> tuple[float, int]:
    """Seconds and peak memory of one of ours, in a process of its own."""
    begun = time.monotonic()
    done = subprocess.run([sys.executable, "-c", _WATCHED, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return time.monotonic() - begun, int(done.stderr.rsplit("peak ", 1)[1])


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    if shutil.disk_usage(tempfile.gettempdir()).free < 8 * (int(sys.argv[1]) if len(sys.argv) > 1 else 300) * _PHOTO:
        sys.exit("too little space for the copies")
    run(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
