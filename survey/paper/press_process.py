"""The process of a press: sets one document from a folder into `out.pdf` beside it, under limits, and ends.

Started by `survey.paper.press`, never by hand. It knows no database and no key; it ends by itself when its parent is gone.
"""

import argparse
import os
import resource
import signal
from contextlib import suppress
from pathlib import Path

import typst

# Lower than the app's 0: phones and reviewers come first.
_NICENESS = 10
# The parent ends us at its own limit; this is for a parent that is gone.
_GRACE_S = 2.0


def main() -> None:
    """Set the document that the arguments name."""
    parser = argparse.ArgumentParser()
    parser.add_argument("root", type=Path)
    parser.add_argument("template")
    parser.add_argument("--address", type=int, required=True)
    parser.add_argument("--wall", type=float, required=True)
    arguments = parser.parse_args()
    _confine(arguments.address, arguments.wall)
    root: Path = arguments.root
    typst.compile(root / f"{arguments.template}.typ", output=root / "out.pdf", root=root, ignore_system_fonts=True)


def _confine(address: int, wall_s: float) -> None:
    os.nice(_NICENESS)
    with suppress(OSError):  # where memory ends, end us and not the app
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    for kind, most in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_AS, address)):
        hard = resource.getrlimit(kind)[1]  # an operator's own limit may be lower than ours, and nobody may raise it
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (least, least))
    signal.setitimer(signal.ITIMER_REAL, wall_s + _GRACE_S)


if __name__ == "__main__":
    main()
