"""Photos of 12 megapixels through the workers and through the app, each beside its physical limit.

    python benchmarks/workers.py [FOLDER] [--photos 100] [--workers 2]

Throughput: so many `survey work` processes develop the photos of submissions that wait, beside as many processes that do no more than read
each photo's data and keep an eighth of each side. Memory: by how much the peak of the app's process grows while the photos arrive over
HTTP from four phones. FOLDER holds JPEGs; without it they are drawn, which takes a while. The load of the machine is printed, too: what
others do on its cores is missing here.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.develop import _draw, _photos
from survey import receive
from survey.commands import operator
from survey.establish import establish
from survey.store.forms import select_forms
from survey.store.jobs import select_job_counts
from survey.wiring import ROOT, Settings, Survey, open_survey
from tests.journey.test_photo_to_bundle import Phone
from tests.live import LiveServer

_COMMUNE = "18844"
_PHONES = 4
_WARM = 10  # photos that are done before the clock runs: processes start in this time
_INSTANCE = """<?xml version="1.0"?>
<data id="household_fence" version="{version}"><photo_1>a.jpg</photo_1><total_m>20</total_m><green_m>15</green_m>
<meta xmlns="http://openrosa.org/xforms"><instanceID>{id}</instanceID></meta></data>"""
_BARE = """
import sys, simplejpeg
for path in sys.argv[1].split("\\n"):
    simplejpeg.decode_jpeg(open(path, "rb").read(), min_width=1, min_height=1)
"""


def main() -> None:
    """Print both figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--photos", type=int, default=100)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or _draw(Path(temporary), arguments.photos)
        paths = _photos(folder, arguments.photos)
        size = sum(path.stat().st_size for path in paths) / len(paths) / 1e6
        print(f"{len(paths)} JPEGs of {size:.1f} MB on average, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        _print_throughput(Path(temporary) / "developed", paths, arguments.workers)
        _print_memory(Path(temporary) / "received", paths)


def _print_throughput(data: Path, paths: list[Path], workers: int) -> None:
    survey = _deployment(data)
    for path in paths:
        _receive(survey, path)
    load = os.getloadavg()[0]
    bare, bare_ms = _bare(paths, workers)
    developed, developed_ms = _developed(survey, len(paths), workers)
    print(f"{workers} workers, load {load:.1f}: {developed:.1f} photos/s developed, {bare:.1f} merely decoded to 1/8")
    ratio = developed_ms / bare_ms
    print(f"CPU a photo, workers and darkrooms: {developed_ms:.0f} ms developed, {bare_ms:.0f} ms merely decoded, ratio {ratio:.1f}")
    print(f"{workers} cores that do nothing else: {1000 * workers / developed_ms:.0f} photos/s developed")


def _deployment(data: Path) -> Survey:
    survey = open_survey(Settings(data=data))
    establish(survey, survey.settings.schema, _COMMUNE)
    return survey


def _instance(survey: Survey) -> tuple[str, bytes]:
    with survey.reading() as reader:
        version = next(form.version for form in select_forms(reader, _COMMUNE) if form.form == "household_fence")
    instance_id = f"uuid:{uuid.uuid4()}"
    return instance_id, _INSTANCE.format(version=version, id=instance_id).encode()


def _receive(survey: Survey, path: Path) -> None:
    _, xml = _instance(survey)
    staged = survey.blobs.stage([path.read_bytes()], name="a.jpg", limit=25_000_000)
    receive.submission(survey, operator(_COMMUNE), xml, door="field", files=[("a.jpg", staged)])


def _developed(survey: Survey, photos: int, workers: int) -> tuple[float, float]:
    """Photos a second and CPU milliseconds a photo, of the workers and their darkrooms, from the tenth photo on to the last."""
    command = [sys.executable, "-m", "survey", "work", "--data", str(survey.settings.data)]
    processes = [subprocess.Popen(command, cwd=ROOT) for _ in range(workers)]
    try:
        first = _wait(survey, photos - _WARM)
        started, spent = time.perf_counter(), sum(map(_cpu_so_far_s, processes))
        last = _wait(survey, 0)
        took, spent = time.perf_counter() - started, sum(map(_cpu_so_far_s, processes)) - spent
    finally:
        for process in processes:
            process.terminate()
            process.wait(60)
    return (first - last) / took, spent * 1000 / (first - last)


def _cpu_so_far_s(process: "subprocess.Popen[bytes]") -> float:
    """The processor time of a process and its children, so far."""
    proc = Path("/proc")
    children = (proc / f"{process.pid}/task/{process.pid}/children").read_text(encoding="ascii").split()
    ticks = 0
    for pid in (process.pid, *children):
        fields = (proc / str(pid) / "stat").read_text(encoding="ascii").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _cpu_s(processes: list["subprocess.Popen[bytes]"]) -> float:
    """The processor time of processes that end, with those that they waited for."""
    spent = 0.0
    for process in processes:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        spent += usage.ru_utime + usage.ru_stime
    return spent


def _wait(survey: Survey, most: int) -> int:
    """Wait until at most so many jobs are left; returns how many are."""
    while True:
        with survey.reading() as reader:
            counts = select_job_counts(reader)
        if counts.get("failed"):
            sys.exit("a photo was not developed")
        if sum(counts.values()) <= most:
            return sum(counts.values())
        time.sleep(0.02)


def _bare(paths: list[Path], processes: int) -> tuple[float, float]:
    """Photos a second that as many processes decode at an eighth and no more, and CPU milliseconds a photo; their starts are left out."""

    def run(rounds: int) -> tuple[float, float]:
        started = time.perf_counter()
        shares = ["\n".join(str(path) for path in paths[number::processes] * rounds) for number in range(processes)]
        running = [subprocess.Popen([sys.executable, "-c", _BARE, share]) for share in shares]
        spent = _cpu_s(running)
        return time.perf_counter() - started, spent

    (one, one_cpu), (three, three_cpu) = run(1), run(3)
    return 2 * len(paths) / (three - one), (three_cpu - one_cpu) * 1000 / (2 * len(paths))


def _print_memory(data: Path, paths: list[Path]) -> None:
    survey = _deployment(data)
    with LiveServer(data) as server:
        cookie = server.cookie("inspector")

        def send(path: Path) -> int:
            instance_id, xml = _instance(survey)
            phone = Phone(server.url, cookie)
            phone.put(f"/api/submissions/{instance_id}", xml)
            phone.put(f"/api/submissions/{instance_id}/photos/a.jpg", path.read_bytes())
            return 1

        for path in paths[:_PHONES]:  # what the first requests load is not what photos take
            send(path)
        process = Path("/proc") / str(server.pid)
        (process / "clear_refs").write_text("5", encoding="ascii")
        before = _peak_mb(process)
        with ThreadPoolExecutor(_PHONES) as pool:
            sent = sum(pool.map(send, paths))
        print(f"app: its peak memory grew by {_peak_mb(process) - before:.0f} MB from {before:.0f} MB while {sent} photos arrived")


def _peak_mb(process: Path) -> float:
    status = (process / "status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


if __name__ == "__main__":
    main()
