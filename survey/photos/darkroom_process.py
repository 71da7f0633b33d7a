"""The process of a darkroom: takes one open file at a time from its parent, decodes it under limits, answers with views and look.

Started by `survey.photos.darkroom`, never by hand. It knows no database, no key and no path; it ends when its parent does.
"""

import argparse
import json
import os
import resource
import signal
import socket
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import pi_heif

from survey.domain.looks import look_to_json
from survey.domain.photos import facts_from_json
from survey.domain.problems import Problem
from survey.photos.darkroom_wire import LENGTH_BYTES, framed, length_of
from survey.photos.views import develop

READY = b"ready"
# Lower than the app's 0: phones and reviewers come first.
_NICENESS = 10
# A trace of a crash fits; a flood does not, nor anything else on a disk.
_MOST_WRITTEN = 64 * 1024
_OPEN_FILES = 64
# The parent ends us at its own limit; this is for a parent that is gone.
_GRACE_S = 2.0


def main() -> None:
    """Serve the socket on standard input until its other end closes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--wall", type=float, required=True)
    parser.add_argument("--cpu", type=int, required=True)
    parser.add_argument("--address", type=int, required=True)
    arguments = parser.parse_args()
    _confine(arguments.address)
    with socket.socket(fileno=os.dup(0)) as line, suppress(BrokenPipeError, ConnectionResetError):
        line.sendall(READY)
        while request := _receive(line):
            _watch(arguments.wall + _GRACE_S, arguments.cpu)
            line.sendall(_answer(*request))
            _watch(0, arguments.cpu)


def _confine(address: int) -> None:
    """Take the limits that hold for every file; they can be lowered, not raised again."""
    os.chdir("/")
    os.nice(_NICENESS)
    for number in (signal.SIGINT, signal.SIGTERM):  # a stop is for the worker, which ends us when the photo in hand is done
        signal.signal(number, signal.SIG_IGN)
    # In a session of its own the kernel weighs us as a group, whose niceness is another; where memory ends, end us and not the app.
    for name, value in (("autogroup", _NICENESS), ("oom_score_adj", 1000)):
        with suppress(OSError):
            Path("/proc/self", name).write_text(str(value), encoding="ascii")
    # A darkroom has one core; more threads would count against the address limit, each with its own heap.
    pi_heif.options.DECODE_THREADS = 1
    limits = {
        resource.RLIMIT_CORE: 0, resource.RLIMIT_AS: address,
        resource.RLIMIT_FSIZE: _MOST_WRITTEN, resource.RLIMIT_NOFILE: _OPEN_FILES,
    }  # fmt: skip
    for kind, most in limits.items():
        resource.setrlimit(kind, (most, most))


def _watch(wall_s: float, cpu_s: int) -> None:
    """From now on at most *wall_s* seconds (0: no limit) and *cpu_s* of a processor; the kernel ends us where C code would not listen."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + cpu_s + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    signal.setitimer(signal.ITIMER_REAL, wall_s)


def _receive(line: socket.socket) -> tuple[BinaryIO, str] | None:
    """The next file and its facts as JSON; None at the end."""
    prefix, descriptors, _flags, _address = socket.recv_fds(line, LENGTH_BYTES, 1)
    if not prefix or not descriptors:
        return None
    body = bytearray()
    wanted = length_of(prefix)
    while len(body) < wanted and (piece := line.recv(wanted - len(body))):
        body += piece
    return os.fdopen(descriptors[0], "rb"), json.loads(body)["facts"]


def _answer(file: BinaryIO, facts: str) -> bytes:
    try:
        with file:
            developed = develop(file, facts_from_json(facts))
    except MemoryError:
        return framed({"unfinished": "memory"})
    except Problem as problem:
        # What Pillow calls broken may be our own limit.
        outcome = "unfinished" if isinstance(problem.__cause__, MemoryError) else "broken"
        return framed({outcome: str(problem.details.get("reason", ""))[:300]})
    sizes = {"preview": len(developed.preview), "thumb": len(developed.thumb), "width": developed.width, "height": developed.height}
    return framed({**sizes, "look": json.loads(look_to_json(developed.look))}, developed.preview, developed.thumb)


if __name__ == "__main__":
    main()
