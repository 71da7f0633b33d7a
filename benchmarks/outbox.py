"""An outbox of 200 unsent submissions with 600 photos of 3 MB: what is lost, how much memory it takes, how full the line is.

    python benchmarks/outbox.py [--visits 200] [--photo 3000000] [--line 6000000]

The phone is headless Chromium before the real application, over a relay that carries *line* bytes a second upwards (0: as fast as it
goes). Memory is the proportional set of all processes of the browser, early and late in the sync: flat where it does not grow with what
was sent. The speed, from the start of the browser to the last photo, stands beside the line, or without one beside the same bytes sent by
one plain HTTP connection.
"""

import argparse
import http.client
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from survey.wiring import Survey
from tests.day import Day
from tests.faults import noise_photo, wait_until_sent
from tests.phones import ARGUMENTS

_BATCH = 10
_PLAIN = 20  # photos for the comparison
_SAMPLE_S, _SETTLE_S = 1.0, 20.0


def main() -> None:
    """Print the figures; ends with 1 where a photo was lost or doubled."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=200)
    parser.add_argument("--photo", type=int, default=3_000_000)
    parser.add_argument("--line", type=float, default=6_000_000, help="bytes a second, 0 without a limit")
    arguments = parser.parse_args()
    photo = noise_photo(arguments.photo)
    with tempfile.TemporaryDirectory() as folder, Day(Path(folder), photo) as day:
        _fill(day, arguments.visits)
        plain = arguments.line or _plain_speed(day, photo)
        day.line.bytes_per_s = arguments.line or None
        day.line.sent = 0
        seconds, memory = _send(day)
        size = day.outbox.size
        speed = size / seconds
        print(f"{day.photo_count} photos, {size / 1e6:.0f} MB, {seconds:.0f} s")
        print(f"speed      {speed / 1e6:6.1f} MB/s = {speed / plain:.2f} x {'the line' if arguments.line else 'one plain connection'}")
        print(f"sent       {day.line.sent / 1e6:6.0f} MB = {day.line.sent / size:.3f} x the photos")
        fifth = max(1, len(memory) // 5)
        early, late = (statistics.median(part) / 1e6 for part in (memory[fifth : 2 * fifth], memory[-fifth:]))
        print(f"memory     {max(memory) / 1e6:6.0f} MB at most, {early:.0f} MB in the second fifth of the time, {late:.0f} MB in the last")
        faults = day.faults()
    print("every photo on the server, byte for byte, once" if not faults else f"{len(faults)} faults: {faults[0]}")
    sys.exit(1 if faults else 0)


def _fill(day: Day, visits: int) -> None:
    for done in range(0, visits, _BATCH):
        day.seal(min(_BATCH, visits - done))
        print(f"\rsealed {done + _BATCH}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    day.close()  # what was in memory for filling goes
    day.server.stop()
    day.server.start()


def _send(day: Day) -> tuple[float, list[int]]:
    """Start the phone's browser and wait until the server has every photo; returns the seconds and the memory meanwhile, in bytes.

    No tool is attached to this browser: one that listens keeps every request's body for as long as the page is open.
    """
    command = ["/usr/bin/chromium", *ARGUMENTS, f"--user-data-dir={day.folder / 'phone'}", f"{day.line.url}/field/"]
    begin, memory = time.monotonic(), []
    with day.survey() as survey, subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as browser:
        while _arrived(survey) < day.photo_count:
            time.sleep(_SAMPLE_S)
            memory.append(_memory(day))
        seconds = time.monotonic() - begin
        time.sleep(_SETTLE_S)
        browser.terminate()
    day.page = day.phone("phone")
    wait_until_sent(day.page, _SETTLE_S)
    return seconds, memory


def _arrived(survey: Survey) -> int:
    with survey.reading() as reader:
        row = reader.row("SELECT COUNT(*) AS photos FROM attachment WHERE state = 'stored'")
    return int(row["photos"]) if row else 0


def _memory(day: Day) -> int:
    """The proportional set size of all processes of the phone's browser, in bytes."""
    total = 0
    for process in day.processes("phone"):
        try:
            rollup = (process / "smaps_rollup").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += sum(int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Pss:"))
    return total


def _plain_speed(day: Day, photo: bytes) -> float:
    """Bytes a second of the same photos in plain PUT requests on one connection, past the relay's limit."""
    cookie = day.server.cookie("inspector")
    connection = http.client.HTTPConnection("localhost", day.line.port, timeout=60)
    begin = time.monotonic()
    for _ in range(_PLAIN):
        body = photo[:2] + b"\xff\xfe\x00\x12" + uuid.uuid4().bytes + photo[2:]
        headers = {"Content-Type": "image/jpeg", "Cookie": f"survey_session={cookie}", "Origin": day.line.url}
        connection.request("PUT", f"/api/submissions/uuid:{uuid.uuid4()}/photos/a.jpg", body, headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != http.HTTPStatus.CREATED:
            raise RuntimeError(str(answer.status))
    return _PLAIN * len(photo) / (time.monotonic() - begin)


if __name__ == "__main__":
    main()
