"""Every fault of a day in the hills, at full size: each ends with every photo on the server, byte for byte, once.

    python benchmarks/faults.py [--moments 50] [--photo 400000] [--only NAME …]

The phone is headless Chromium with a profile of its own before the real application; a relay between them is the line. Each fault
prints how many bytes left the phone beside the bytes that it had to send: what the faults cost.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.day import Day
from tests.fault_cases import CASES
from tests.faults import noise_photo


def main() -> None:
    """Print the table; ends with 1 where a photo was lost, doubled or changed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moments", type=int, default=50, help="how often the fault strikes where it strikes at random moments")
    parser.add_argument("--photo", type=int, default=400_000, help="bytes of each photo")
    parser.add_argument("--only", nargs="*", default=[], choices=sorted(CASES))
    arguments = parser.parse_args()
    photo = noise_photo(arguments.photo)
    print(f"{'fault':<34} {'photos':>6} {'struck':>6} {'MB sent':>8} {'needed':>7} {'ratio':>6} {'seconds':>8}  outcome")
    lost = False
    for name in arguments.only or CASES:
        with tempfile.TemporaryDirectory() as folder:
            begin = time.monotonic()
            with Day(Path(folder), photo) as day:
                CASES[name](day, arguments.moments)
                faults = day.faults()
            lost = lost or bool(faults)
            needed, sent = day.outbox.size / 1e6, day.line.sent / 1e6
            print(
                f"{name:<34} {day.photo_count:>6} {day.struck:>6} {sent:>8.1f} {needed:>7.1f} {sent / needed:>6.2f}"
                f" {time.monotonic() - begin:>8.1f}  {'every photo, once' if not faults else faults[0][:120]}",
                flush=True,
            )
    sys.exit(1 if lost else 0)


if __name__ == "__main__":
    main()
