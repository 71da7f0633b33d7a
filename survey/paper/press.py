"""The press: a process of its own in which one document with many pictures is set, so that the worker's memory stays as it is.

Typst holds every picture decoded while it works (docs/decisions/0019). Its process takes that memory, and gives all of it back.
"""

import json
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from survey.domain.problems import PRINT_UNFINISHED, Problem

WALL_S = 120.0
"""Seconds for one document; a part of 120 photos takes 1.5 on an idle core. Our own choice."""
ADDRESS_BYTES = 2 << 30
"""Of address space; a part of 120 photos is measured at 0.2 GB of memory. Our own choice."""
_TRACE = 300
_TEMPLATES = Path(__file__).parent / "templates"
_ROOT = Path(__file__).resolve().parents[2]
# Nothing of our environment goes along: it holds the database's address and keys. Two threads are what the machine has to spare.
_ENVIRONMENT = {"RAYON_NUM_THREADS": "2", "MALLOC_ARENA_MAX": "2", "LC_ALL": "C.UTF-8"}


def press(
    template: str, data: Mapping[str, Any], pictures: Iterable[tuple[str, bytes]] = (), *,
    wall_s: float = WALL_S, address_bytes: int = ADDRESS_BYTES,
) -> bytes:  # fmt: skip
    """As `survey.paper.typeset`, in a process of its own; *pictures* come one by one, as file name and bytes.

    They are asked for before *data* is looked at. Raises PRINT_UNFINISHED where the process died or took longer
    than *wall_s* seconds: another time may have more luck.
    """
    with TemporaryDirectory(prefix="press-") as folder:
        root = Path(folder)
        for source in _TEMPLATES.glob("*.typ"):
            (root / source.name).write_bytes(source.read_bytes())
        for name, content in pictures:
            (root / Path(name).name).write_bytes(content)
        # Half a letter outside Unicode's first plane, which no encoding holds, becomes a question mark.
        (root / "data.json").write_bytes(json.dumps(data, ensure_ascii=False).encode("utf-8", "replace"))
        _run([str(root), template, f"--address={address_bytes}", f"--wall={wall_s}"], wall_s)
        return (root / "out.pdf").read_bytes()


def _run(arguments: list[str], wall_s: float) -> None:
    # In a session of its own: Ctrl-C and a service manager's stop are for the worker, who lets the page in hand be finished.
    command = [sys.executable, "-E", "-s", "-m", "survey.paper.press_process", *arguments]
    try:
        done = subprocess.run(  # noqa: S603 - our own program with our own arguments
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            cwd=_ROOT, env=_ENVIRONMENT, start_new_session=True, timeout=wall_s, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise Problem(PRINT_UNFINISHED, reason=f"> {wall_s:g} s") from error
    if done.returncode:
        how = signal.Signals(-done.returncode).name if done.returncode < 0 else f"exit {done.returncode}"
        words = done.stderr.decode(errors="replace").strip().splitlines()
        raise Problem(PRINT_UNFINISHED, reason=f"{how} {ascii(words[-1])[:_TRACE] if words else ''}".strip())
