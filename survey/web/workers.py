"""Keeps a worker process beside the app: started when none is alive, started again when it dies (DESIGN 2.14)."""

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from survey.store.jobs import select_live_workers
from survey.wiring import ROOT, Survey

_LOOK_EVERY_S = 5.0
_PATIENCE_S = 10.0
_log = logging.getLogger(__name__)


@contextmanager
def supervised(survey: Survey) -> Iterator[None]:
    """While the block runs, keep `settings.workers` processes alive; 0 leaves that to the operator."""
    ended = threading.Event()
    thread = threading.Thread(target=_supervise, args=(survey, ended), name="workers", daemon=True)
    if survey.settings.workers:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        if thread.is_alive():
            thread.join(_PATIENCE_S)


def _supervise(survey: Survey, ended: threading.Event) -> None:
    own: list[subprocess.Popen[bytes]] = []
    while not ended.is_set():
        own = [process for process in own if process.poll() is None]
        try:
            own += [_start(survey) for _ in range(survey.settings.workers - max(_count_alive(survey), len(own)))]
        except Exception as error:  # noqa: BLE001 - a database that is away for a minute must not end the supervision
            _log.warning("no look at the workers: %s", error)
        ended.wait(_LOOK_EVERY_S)
    for process in own:
        process.terminate()
    for process in own:
        try:
            process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()


def _count_alive(survey: Survey) -> int:
    """Others' workers count too: a second app process on the same deployment starts none."""
    with survey.reading() as reader:
        return select_live_workers(reader, survey.now())


def _start(survey: Survey) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "survey", "work", "--parent", str(os.getpid()), "--data", str(survey.settings.data)]
    return subprocess.Popen(command, cwd=ROOT)  # noqa: S603 - our own program with our own arguments
