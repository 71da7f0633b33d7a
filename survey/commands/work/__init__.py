"""`work`: a worker that takes jobs until it is stopped."""

import argparse
import logging
import math
import os
import secrets
import signal
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from types import FrameType

from survey import loglines, photos
from survey.commands.work.kinds import KINDS, SWEEPS, Bench
from survey.develop import Darkroom
from survey.domain.problems import Problem
from survey.store.jobs import (
    MAX_ATTEMPTS,
    Job,
    claim_jobs,
    delete_job,
    delete_worker,
    select_unlooked,
    select_waiting_ids,
    update_abandoned,
    update_failed,
    upsert_job,
    upsert_worker,
)
from survey.wiring import Settings, Survey, open_survey

__all__ = ["KINDS", "Bench", "Worker"]

SUMMARY = "take jobs (photo views, checks) until stopped"
_AT_ONCE = 1  # nobody waits behind another one's slow photo while a worker is idle
_PORTION = 20
_IDLE_S = 0.5
_PATIENCE_S = 0.1
_SIGN_OF_LIFE_S = 10.0
_LOOK_BACK_S = 60.0
_SWEEP_S = 3600.0
_log = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--once` ends when no job is due; `--parent` ends when that process is gone."""
    parser.add_argument("--once", action="store_true", help="end when no job is due")
    parser.add_argument("--parent", type=int, help="end when this process is no longer our parent")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Work until SIGTERM or SIGINT; photos are decoded in a process of their own."""
    loglines.configure(settings.log)
    with photos.Darkroom() as room:
        worker = Worker(open_survey(settings), parent=arguments.parent, darkroom=room.develop)
        signal.signal(signal.SIGTERM, worker.stop)
        signal.signal(signal.SIGINT, worker.stop)
        worker.work(once=arguments.once)
    return 0


class Worker:
    """One process's loop over the job table."""

    def __init__(self, survey: Survey, parent: int | None = None, *, darkroom: Darkroom = photos.develop) -> None:
        self._survey = survey
        self._parent = parent
        self._bench = Bench(survey, darkroom)
        self._name = f"{os.uname().nodename}-{os.getpid()}-{secrets.token_hex(3)}"
        self._running = True
        self._tidied = self._swept = self._looked_back = -math.inf

    def stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """End after the job in hand."""
        self._running = False

    def work(self, *, once: bool) -> None:
        """Take jobs until stopped; with *once* until none is due. Photos of an older release are taken where nothing else waits."""
        with self._living():
            while self._running and not self._orphaned():
                self._tidy()
                if self.take() or self._look_back():
                    continue
                if once:
                    break
                time.sleep(_IDLE_S)

    def serve(self, commune: str, prefixes: Collection[str], ended: Callable[[], bool]) -> None:
        """Do only the jobs of *commune* whose ids begin with one of *prefixes*, beside other workers, until all of it has *ended*."""
        with self._living():
            while not ended():
                self._give_back()
                with self._survey.reading() as reader:
                    waiting = select_waiting_ids(reader, commune, prefixes)
                if not (waiting and self.take(only=waiting)):
                    time.sleep(_PATIENCE_S)

    def take(self, *, only: Collection[str] = ()) -> int:
        """Claim a job, one of *only* where these are given, and do it; returns how many."""
        with self._survey.transaction() as tx:
            jobs = claim_jobs(tx, self._survey.store.engine, self._name, self._survey.now(), _AT_ONCE, only=only)
        for job in jobs:
            self._do(job)
        return len(jobs)

    def _do(self, job: Job) -> None:
        if job.attempts > MAX_ATTEMPTS:  # each worker that took it died over it
            self._fail(job, "worker died")
            return
        try:
            KINDS[job.kind].do(self._bench, job)
        except Problem as problem:
            self._fail(job, str(problem))
        except Exception as error:  # noqa: BLE001 - one broken job must not stop the others; it stays visible with its error
            _log.exception("a job of kind %s broke off", job.kind)
            self._fail(job, f"{type(error).__name__} in {job.kind}")
        else:
            with self._survey.transaction() as tx:
                delete_job(tx, job, self._name)

    def _fail(self, job: Job, error: str) -> None:
        kind = KINDS.get(job.kind)
        if job.attempts >= MAX_ATTEMPTS and kind is not None and kind.give_up is not None:
            try:
                kind.give_up(self._bench, job)
            except Exception:  # noqa: BLE001 - the job stays visible as failed
                _log.exception("nobody could be told of a job of kind %s", job.kind)
        with self._survey.transaction() as tx:
            update_failed(tx, job, self._name, error, self._survey.now())

    def _look_back(self) -> int:
        """Leave a few jobs for photos that an older release developed without looking at them; returns how many."""
        if time.monotonic() - self._looked_back < _LOOK_BACK_S:
            return 0
        with self._survey.transaction() as tx:
            found = select_unlooked(tx, _PORTION)
            for commune, submission in found:
                upsert_job(tx, commune, "develop", submission, {"submission": submission}, self._survey.now(), background=True)
        if not found:
            self._looked_back = time.monotonic()
        return len(found)

    def _tidy(self) -> None:
        """Every ten seconds give back the jobs of workers that died; hourly remove what is left behind and ask for the day's figures."""
        if not self._give_back():
            return
        if time.monotonic() - self._swept >= _SWEEP_S:
            self._swept = time.monotonic()
            for sweep in SWEEPS:
                try:
                    sweep(self._survey)
                except Exception:  # noqa: BLE001 - what cannot be tidied must not end the work of every worker; the log has it
                    _log.exception("what should be tidied up was not")

    def _give_back(self) -> bool:
        """Give back the jobs of workers that died; False where that was done within the last ten seconds."""
        if time.monotonic() - self._tidied < _SIGN_OF_LIFE_S:
            return False
        self._tidied = time.monotonic()
        with self._survey.transaction() as tx:
            update_abandoned(tx, self._survey.now())
        return True

    @contextmanager
    def _living(self) -> Iterator[None]:
        """Say that we live, at once and every ten seconds from a thread of its own: a job may be long; at the end, that we are gone."""
        ended = threading.Event()
        self._live()
        pulse = threading.Thread(target=self._beat, args=(ended,), name="sign of life", daemon=True)
        pulse.start()
        try:
            yield
        finally:
            ended.set()
            pulse.join()
        with self._survey.transaction() as tx:
            delete_worker(tx, self._name)

    def _beat(self, ended: threading.Event) -> None:
        while not ended.wait(_SIGN_OF_LIFE_S):
            try:
                self._live()
            except Exception:  # noqa: BLE001 - a database that is away for a moment must not end the pulse
                _log.exception("no sign of life could be given")

    def _live(self) -> None:
        with self._survey.transaction() as tx:
            upsert_worker(tx, self._name, self._survey.now())

    def _orphaned(self) -> bool:
        return self._parent is not None and os.getppid() != self._parent
