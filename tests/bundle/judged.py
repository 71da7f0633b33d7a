"""Asks the public validator of RO-Crates, which lives in an environment of its own (`make setup-dev`): its needs and ours conflict."""

import subprocess
from pathlib import Path

from survey.wiring import ROOT

_PYTHON = ROOT / ".venv" / "judges" / "bin" / "python"


def required_issues(payload: Path) -> list[str]:
    """What the validator finds REQUIRED and wanting in the crate in the folder *payload*, a line for each."""
    command = [_PYTHON, ROOT / "tests" / "bundle" / "judge_crate.py", payload]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    return done.stdout.splitlines()
