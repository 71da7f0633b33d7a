"""Asks for known holes in everything that is locked: `python scripts/audit.py` (`make audit`).

Exit code 1 where one is known. Without a service that knows of holes it says so and ends with 0: then nothing was audited, and
pip-audit's own "No known vulnerabilities found" would be read as more than it is.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_LOCKS = ("requirements.lock", "requirements-dev.lock")
_LONGEST_S = 300


def audit(lock: str) -> bool:
    """Print what is known of *lock*; false where there is a hole."""
    command = [
        sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--format", "json", "--progress-spinner", "off",
        "--requirement", str(ROOT / lock),
    ]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_LONGEST_S, check=False)  # noqa: S603 - our own words
        answer = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, json.JSONDecodeError, KeyError) as error:
        print(f"{lock}: NOT AUDITED, no answer ({type(error).__name__}): run `make audit` with a network", file=sys.stderr)
        return True
    unknown = [one["name"] for one in answer if "skip_reason" in one]
    holes = [(one, hole) for one in answer for hole in one.get("vulns", ())]
    for one, hole in holes:
        print(f"{lock}: {one['name']} {one['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'no release'}")
    if len(unknown) == len(answer):
        print(f"{lock}: NOT AUDITED, no service here knows these packages: run `make audit` with a network", file=sys.stderr)
    else:
        print(f"{lock}: {len(answer) - len(unknown)} packages audited, {len(holes)} known holes")
        if unknown:
            print(f"{lock}: not audited: {', '.join(unknown)}", file=sys.stderr)
    return not holes


if __name__ == "__main__":
    sys.exit(0 if all([audit(lock) for lock in _LOCKS]) else 1)  # noqa: C419 - each lock is audited, also behind one with a hole
