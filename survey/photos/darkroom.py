"""A darkroom: a process of its own in which one photo at a time is decoded, so that a hostile file takes nothing else with it.

The limits follow the measured ones: 10 s a photo, 1 GB of address space (of what an intake lets through, an 80-megapixel PNG takes most:
0.9 GB). Processor time is our own choice: what two cores could spend in those 10 s. On a machine with too much to do a good photo may have
had no more than a tenth of the 10 s: a process that wants to run and has not had them waits for up to six times as long, our own choice.
"""

import contextlib
import logging
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Self

from survey.domain.photos import PhotoFacts, facts_to_json
from survey.domain.problems import PHOTO_BROKEN, PHOTO_UNFINISHED, Problem
from survey.photos.darkroom_wire import Answer, UnusableAnswerError, framed, read_answer
from survey.photos.views import Developed

WALL_S = 10.0
_STARVED = 6
CPU_S = 20
ADDRESS_BYTES = 1 << 30
# A new process now and then: what a decoder leaks must not eat up the address space of good photos. Our own choice; it costs 1 ms a photo.
_PHOTOS_A_PROCESS = 500
_START_S = 60.0
_READY = b"ready"
_TRACE = 2000
# How often to look whether a late process wants to run, and how often in a row it may seem not to: it may just wait for a page.
_LOOK_S = 0.1
_IDLE_LOOKS = 3
_ROOT = Path(__file__).resolve().parents[2]
# Nothing of our environment goes along: it holds the database's address and keys. One thread and two heaps keep libraries within the limit.
_ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2", "LC_ALL": "C.UTF-8"}
_log = logging.getLogger(__name__)


class Darkroom:
    """One process that develops photos for one thread; it is started when needed and again after it died or was ended."""

    def __init__(self, *, wall_s: float = WALL_S, cpu_s: int = CPU_S, address_bytes: int = ADDRESS_BYTES) -> None:
        self._wall_s = wall_s
        self._limits = [f"--wall={wall_s * _STARVED}", f"--cpu={cpu_s}", f"--address={address_bytes}"]
        self._running: _Process | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The process that waits or works, if there is one."""
        return None if self._running is None else self._running.pid

    def develop(self, file: Path | BinaryIO, facts: PhotoFacts) -> Developed:
        """As `survey.photos.develop`, in the process; *file* is open on disk.

        Raises PHOTO_BROKEN where the pixels cannot be read, PHOTO_UNFINISHED where the process died, hung, ran out of memory or answered
        what no photo can give: that may be another time's or another machine's luck.
        """
        with _read_only(file) as descriptor:
            answer = self._ask(descriptor, facts)
        if answer.developed is not None:
            return answer.developed
        if answer.broken:
            raise Problem(PHOTO_BROKEN, reason=answer.broken)
        self.close()  # what a file has filled is not left to the next
        raise Problem(PHOTO_UNFINISHED, reason=answer.unfinished)

    def close(self) -> None:
        """End the process; the next photo starts another."""
        if self._running is not None:
            self._running.end()
            self._running = None

    def _ask(self, descriptor: int, facts: PhotoFacts) -> Answer:
        process = self._ready()
        try:
            return process.ask(descriptor, facts, self._wall_s)
        except TimeoutError:
            return Answer(unfinished=f"> {self._wall_s:g} s")
        except UnusableAnswerError as error:
            return Answer(unfinished=str(error))
        except (OSError, EOFError):
            return Answer(unfinished=process.last_words())

    def _ready(self) -> "_Process":
        """A process that lives: one that died or grew old between two photos is no photo's fault."""
        if self._running is not None and (not self._running.alive or self._running.photos >= _PHOTOS_A_PROCESS):
            self.close()
        if self._running is None:
            self._running = _Process(self._limits)
        return self._running


class _Process:
    """The process behind a darkroom, with the line to it and the file that its complaints go to."""

    def __init__(self, limits: list[str]) -> None:
        self.photos = 0
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `end`
        self._line, theirs = socket.socketpair()
        # In a session of its own: Ctrl-C and a service manager's stop are for us, who let the photo in hand be finished.
        command = [sys.executable, "-E", "-s", "-m", "survey.photos.darkroom_process", *limits]
        with theirs:
            self._popen = subprocess.Popen(  # noqa: S603 - our own program with our own arguments
                command, stdin=theirs.fileno(), stdout=subprocess.DEVNULL, stderr=self._complaints,
                cwd=_ROOT, env=_ENVIRONMENT, start_new_session=True,
            )  # fmt: skip
        self._deadline = self._latest = time.monotonic() + _START_S
        self._allowed_s = 0.0
        try:
            self._read(len(_READY))
        except (OSError, EOFError) as error:
            trace = self.last_words()
            self.end()
            raise RuntimeError(f"the darkroom does not start: {trace}") from error

    @property
    def pid(self) -> int:
        """Its number."""
        return self._popen.pid

    @property
    def alive(self) -> bool:
        """Whether it has not ended."""
        return self._popen.poll() is None

    def ask(self, descriptor: int, facts: PhotoFacts, wall_s: float) -> Answer:
        """Hand over an open file, wait at most *wall_s* seconds. Raises TimeoutError, OSError, EOFError, UnusableAnswerError."""
        self.photos += 1
        self._deadline = time.monotonic() + wall_s
        self._latest = time.monotonic() + wall_s * _STARVED
        self._allowed_s = self._used_s() + wall_s
        request = framed({"facts": facts_to_json(facts)})
        self._line.settimeout(wall_s)
        sent = socket.send_fds(self._line, [request], [descriptor])
        self._line.sendall(request[sent:])
        return read_answer(self._read)

    def last_words(self) -> str:
        """How it ended (`SIGKILL`, `exit 1`); what it complained of goes to our log, as a defect to be found."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._popen.wait(1)
        code = self._popen.poll()
        if code is None or code < 0:
            return "silent" if code is None else signal.Signals(-code).name
        self._complaints.seek(0, os.SEEK_END)
        self._complaints.seek(max(0, self._complaints.tell() - _TRACE))
        _log.error("a darkroom ended with %d: %s", code, ascii(self._complaints.read().decode(errors="replace")))
        return f"exit {code}"

    def end(self) -> None:
        """Kill it and let go of everything."""
        self._popen.kill()
        self._popen.wait()
        self._line.close()
        self._complaints.close()

    def _read(self, size: int) -> bytes:
        """Exactly *size* bytes, however they drip in, before the deadline."""
        content, idle = bytearray(), 0
        while len(content) < size:
            if time.monotonic() >= self._latest:
                raise TimeoutError
            self._line.settimeout(max(_LOOK_S, self._deadline - time.monotonic()))
            try:
                piece = self._line.recv(min(size - len(content), 1 << 20))
            except TimeoutError:
                idle = 0 if self._is_starved() else idle + 1
                if idle == _IDLE_LOOKS:
                    raise
                continue
            if not piece:
                raise EOFError
            content += piece
        return bytes(content)

    def _is_starved(self) -> bool:
        """Whether it would go on if the machine let it: it wants to run, and has not had its time of a processor."""
        return self._used_s() < self._allowed_s and "R" in self._states()

    def _states(self) -> Iterator[str]:
        """What each of its threads does: `R` where it runs or wants to."""
        for task in Path(f"/proc/{self.pid}/task").glob("*/stat"):
            with contextlib.suppress(OSError):
                yield task.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[0]

    def _used_s(self) -> float:
        """Its time of a processor since it began."""
        try:
            fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def _read_only(file: Path | BinaryIO) -> Iterator[int]:
    """A descriptor of *file* by which it can be read and not written, at a place of its own in it."""
    descriptor = os.open(file if isinstance(file, Path) else f"/proc/self/fd/{file.fileno()}", os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
