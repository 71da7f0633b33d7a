"""Run as a program: check a zip under a limit of memory, and say what was found and how much was used."""

import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

from survey.bundle.verify import verify

_ROOM = 1 << 30


def checked_apart(path: Path) -> dict[str, Any]:
    """What `verify` says of *path* in a process that may take a gigabyte of addresses: `faults` as lists, `peak_mb` of real memory."""
    command = [sys.executable, "-m", "tests.bundle.limited", str(path)]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True)
    said: dict[str, Any] = json.loads(done.stdout)
    return said


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (_ROOM, _ROOM))
    faults = [[fault.code, fault.path] for fault in verify(Path(sys.argv[1])).faults]
    # Not ru_maxrss: that begins with what the process that started this one had.
    peak_kb = next(int(line.split()[1]) for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    sys.stdout.write(json.dumps({"faults": faults, "peak_mb": peak_kb // 1024}))
