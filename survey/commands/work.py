"""`work`: a worker that takes jobs until it is stopped."""

import argparse
import math
import os
import secrets
import signal
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from types import FrameType

from survey.develop import develop
from survey.domain.problems import Problem
from survey.store.jobs import Job, claim_jobs, delete_job, delete_worker, update_abandoned, update_failed, upsert_worker
from survey.wiring import Settings, Survey, open_survey

SUMMARY = "take jobs (photo views, checks) until stopped"
_BATCH = 8
_IDLE_S = 0.5
_SIGN_OF_LIFE_S = 10.0
_SWEEP_S = 3600.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--once` ends when no job is due; `--parent` ends when that process is gone."""
    parser.add_argument("--once", action="store_true", help="end when no job is due")
    parser.add_argument("--parent", type=int, help="end when this process is no longer our parent")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Work until SIGTERM or SIGINT."""
    worker = Worker(open_survey(settings), parent=arguments.parent)
    signal.signal(signal.SIGTERM, worker.stop)
    signal.signal(signal.SIGINT, worker.stop)
    worker.work(once=arguments.once)
    return 0


def _develop(survey: Survey, job: Job) -> None:
    develop(survey, job.commune, str(job.payload["submission"]))


KINDS: Mapping[str, Callable[[Survey, Job], None]] = {"develop": _develop}


class Worker:
    """One process's loop over the job table."""

    def __init__(self, survey: Survey, parent: int | None = None) -> None:
        self._survey = survey
        self._parent = parent
        self._name = f"{os.uname().nodename}-{os.getpid()}-{secrets.token_hex(3)}"
        self._running = True
        self._seen = self._swept = -math.inf

    def stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """End after the job in hand."""
        self._running = False

    def work(self, *, once: bool) -> None:
        """Take jobs until stopped; with *once* until none is due."""
        while self._running and not self._orphaned():
            self._live()
            done = self.take()
            if not done and once:
                break
            if not done:
                time.sleep(_IDLE_S)
        with self._survey.transaction() as tx:
            delete_worker(tx, self._name)

    def take(self) -> int:
        """Claim a few jobs and do them; returns how many."""
        with self._survey.transaction() as tx:
            jobs = claim_jobs(tx, self._survey.store.engine, self._name, self._survey.now(), _BATCH)
        for job in jobs:
            self._do(job)
            self._live()
        return len(jobs)

    def _do(self, job: Job) -> None:
        try:
            KINDS[job.kind](self._survey, job)
        except Problem as problem:
            self._fail(job, str(problem))
        except Exception as error:  # noqa: BLE001 - one broken job must not stop the others; it stays visible with its error
            traceback.print_exc(file=sys.stderr)
            self._fail(job, f"{type(error).__name__} in {job.kind}")
        else:
            with self._survey.transaction() as tx:
                delete_job(tx, job, self._name)

    def _fail(self, job: Job, error: str) -> None:
        with self._survey.transaction() as tx:
            update_failed(tx, job, self._name, error, self._survey.now())

    def _live(self) -> None:
        """Every ten seconds: say that we live, and give back the jobs of workers that do not."""
        if time.monotonic() - self._seen < _SIGN_OF_LIFE_S:
            return
        self._seen = time.monotonic()
        with self._survey.transaction() as tx:
            upsert_worker(tx, self._name, self._survey.now())
            update_abandoned(tx, self._survey.now())
        if time.monotonic() - self._swept >= _SWEEP_S:
            self._swept = time.monotonic()
            self._survey.blobs.sweep()

    def _orphaned(self) -> bool:
        return self._parent is not None and os.getppid() != self._parent
