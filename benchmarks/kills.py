"""The real server killed at random moments while four phones hand in their work: what it had acknowledged, and what of it is lost.

    python benchmarks/kills.py [--kills 200] [--seed 1]

The limit is 0 lost of all that was acknowledged; it ends with 1 where anything is missing or `check-store` names a fault.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.killing import kill_under_load


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        outcome = kill_under_load(Path(folder) / "data", arguments.kills, arguments.seed)
    told = outcome.submissions + outcome.photos
    print(f"{outcome.kills} kills in {time.monotonic() - begin:.0f} s")
    print(f"acknowledged: {outcome.submissions} submissions, {outcome.photos} photos; lost: {len(outcome.lost)} of {told}")
    print(f"check-store: {len(outcome.faults)} faults; refused: {len(outcome.refused)}")
    for line in [*outcome.lost, *outcome.faults, *outcome.refused][:20]:
        print(f"  {line}")
    return 1 if outcome.lost or outcome.faults or outcome.refused else 0


if __name__ == "__main__":
    sys.exit(main())
