"""`verify FILE.zip`: is this bundle whole and unchanged? Needs no deployment."""

import argparse
import json
import sys
import time
from pathlib import Path

from survey.bundle.verify import verify
from survey.domain.problems import BUNDLE_FAULTY, Problem
from survey.wiring import Settings

SUMMARY = "check an evidence bundle; names each fault, needs no deployment"
_TELL_EVERY_S = 0.5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take `FILE.zip`."""
    parser.add_argument("file", type=Path, metavar="FILE.zip")
    parser.add_argument("--json", action="store_true", help="machine-readable output")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Print every fault, in both languages. Raises BUNDLE_FAULTY where there is one."""
    del settings
    faults = verify(arguments.file, _Teller())
    if arguments.json:
        print(json.dumps({"file": str(arguments.file), "faults": [fault.as_json() for fault in faults]}, ensure_ascii=False))
    for fault in () if arguments.json else faults:
        print(f"{fault.code} {fault.path}: {fault.vi} / {fault.en}")
    if faults:
        raise Problem(BUNDLE_FAULTY, name=arguments.file.name, count=len(faults))
    if not arguments.json:
        print(f"{arguments.file.name}: nguyên vẹn / whole and unchanged")
    return 0


class _Teller:
    """Tells stderr how far the check is, where a person is watching."""

    def __init__(self) -> None:
        self._told_at = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        if sys.stderr.isatty() and time.monotonic() - self._told_at > _TELL_EVERY_S:
            self._told_at = time.monotonic()
            print(f"\r{100 * done // max(total, 1)} % ", end="\r", file=sys.stderr, flush=True)
