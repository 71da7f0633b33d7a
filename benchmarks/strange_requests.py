"""Ten thousand strange requests: what schemathesis makes of the OpenAPI document, asked as each kind of caller.

    .venv/bin/python benchmarks/strange_requests.py [--requests 10000] [--seed 1]

The demonstration commune stands in a folder of its own; the routes answer in this process. Findings are answers of 500 and more,
exceptions, and statuses, media types or bodies that the document does not know; then the exit code is 1.
"""

import argparse
import math
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from survey.web import openapi  # noqa: E402 - the path comes first
from tests.web.strange import CALLERS, ask_all, headers_of, known_names, served  # noqa: E402


def main() -> int:
    """Ask, and print what was answered."""
    parser = argparse.ArgumentParser(description="strange requests at every documented route")
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    # Of a route without any parameter there are few different requests.
    each, total, found = math.ceil(1.3 * given.requests / len(CALLERS) / len(openapi.OPERATIONS)), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        made = [sys.executable, "-m", "survey", "--data", folder, "demo", "--households", "60", "--submissions", "30"]
        subprocess.run(made, cwd=ROOT, check=True, capture_output=True)
        subprocess.run([sys.executable, "-m", "survey", "--data", folder, "work", "--once"], cwd=ROOT, check=True, capture_output=True)
        with served(Path(folder)) as (application, survey):
            for number, caller in enumerate(CALLERS):
                began = time.monotonic()
                report = ask_all(
                    application, headers_of(survey, caller), each=each, first=given.seed + number, known=known_names(survey)
                )  # fmt: skip
                total, found = total + report.statuses.total(), found + len(report.findings)
                print(f"{caller}, {time.monotonic() - began:.0f} s\n{report}")
    print(f"in all {total} requests, {found} findings")
    return 1 if found or total < given.requests else 0


if __name__ == "__main__":
    sys.exit(main())
