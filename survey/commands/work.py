"""`work`: a worker that takes jobs until it is stopped."""

import argparse
import math
import os
import secrets
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from types import FrameType

from survey import access, assess, community, deliver, desk, heads, logs, photos, privacy, signing, tasks, tuning
from survey.commands import operator
from survey.develop import Darkroom, Memory, compare_communes, develop, examine_again, give_up, say_unexamined
from survey.domain.problems import Problem
from survey.personal import keeping
from survey.personal.erasing import HOME_JOB, finish
from survey.store.finding_rules import ALL_JOB, SITE_JOB
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

SUMMARY = "take jobs (photo views, checks) until stopped"
_AT_ONCE = 1  # nobody waits behind another one's slow photo while a worker is idle
_PORTION = 20
_IDLE_S = 0.5
_PATIENCE_S = 0.1
_SIGN_OF_LIFE_S = 10.0
_LOOK_BACK_S = 60.0
_SWEEP_S = 3600.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--once` ends when no job is due; `--parent` ends when that process is gone."""
    parser.add_argument("--once", action="store_true", help="end when no job is due")
    parser.add_argument("--parent", type=int, help="end when this process is no longer our parent")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Work until SIGTERM or SIGINT; photos are decoded in a process of their own."""
    with photos.Darkroom() as room:
        worker = Worker(open_survey(settings), parent=arguments.parent, darkroom=room.develop)
        signal.signal(signal.SIGTERM, worker.stop)
        signal.signal(signal.SIGINT, worker.stop)
        worker.work(once=arguments.once)
    return 0


@dataclass(frozen=True)
class Bench:
    """What jobs work with: the survey, what decodes one photo, the likenesses in memory. It lives as long as its worker."""

    survey: Survey
    darkroom: Darkroom
    memory: Memory = field(default_factory=Memory)


@dataclass(frozen=True)
class Kind:
    """How one kind of job is done and, where no attempt succeeded, how people are told; each may run twice without harm."""

    do: Callable[[Bench, Job], object]
    give_up: Callable[[Bench, Job], None] | None = None


def _develop(bench: Bench, job: Job) -> None:
    develop(bench.survey, job.commune, str(job.payload["submission"]), darkroom=bench.darkroom, memory=bench.memory)


def _give_up(bench: Bench, job: Job) -> None:
    submission = str(job.payload["submission"])
    try:
        give_up(bench.survey, job.commune, submission)
    except Exception:
        say_unexamined(bench.survey, job.commune, submission)
        raise


def _examine(bench: Bench, job: Job) -> None:
    examine_again(bench.survey, job.commune, str(job.payload["submission"]))


def _compare_communes(bench: Bench, job: Job) -> None:
    compare_communes(bench.survey, job.commune)


def _erase(bench: Bench, job: Job) -> None:
    privacy.forget(bench.survey, job.commune, str(job.payload["sha256"]))


def _erase_home(bench: Bench, job: Job) -> None:
    finish(bench.survey, job.commune, job.payload)
    deliver.sweep(bench.survey)


def _desk_thumb(bench: Bench, job: Job) -> None:
    desk.make_small(bench.survey, job.commune, str(job.payload["person"]), str(job.payload["sha256"]), darkroom=bench.darkroom)


def _reexamine(bench: Bench, job: Job) -> None:
    portion = tuning.next_portion(bench.survey, job)
    for entry in portion:
        examine_again(bench.survey, job.commune, entry.submission)
    tuning.go_on(bench.survey, job, portion)


def _resident_view(bench: Bench, job: Job) -> None:
    community.make_view(bench.survey, job.commune, str(job.payload["report"]), darkroom=bench.darkroom)


def _follow_site(bench: Bench, job: Job) -> None:
    tasks.follow_site(bench.survey, job.commune, str(job.payload["site"]))


def _follow_portion(bench: Bench, job: Job) -> None:
    tasks.follow_portion(bench.survey, job)


def _bundle(bench: Bench, job: Job) -> None:
    verdicts_for = partial(assess.verdicts_of, bench.survey, operator(job.commune))
    deliver.advance(bench.survey, job.commune, str(job.payload["request"]), verdicts_for, partial(signing.sealer, bench.survey))
    heads.ask(bench.survey, bench.survey.settings.heads_post, bench.survey.settings.timestamp_url)


def _bundle_part(bench: Bench, job: Job) -> None:
    deliver.make(bench.survey, job.commune, str(job.payload["request"]), str(job.payload["part"]))


def _give_bundle_up(bench: Bench, job: Job) -> None:
    deliver.give_up(bench.survey, job.commune, str(job.payload["request"]))


KINDS: Mapping[str, Kind] = {
    "develop": Kind(_develop, give_up=_give_up),
    "examine": Kind(_examine),
    "compare_communes": Kind(_compare_communes),
    "erase": Kind(_erase),
    HOME_JOB: Kind(_erase_home),
    desk.THUMB_JOB: Kind(_desk_thumb),
    tuning.KIND: Kind(_reexamine),
    community.VIEW_JOB: Kind(_resident_view),
    deliver.BUNDLE_JOB: Kind(_bundle, give_up=_give_bundle_up),
    deliver.PART_JOB: Kind(_bundle_part, give_up=_give_bundle_up),
    assess.JOB: Kind(lambda bench, job: assess.renew_figures(bench.survey, job.commune)),
    assess.FORECAST_JOB: Kind(lambda bench, job: assess.foresee(bench.survey, job.commune)),
    heads.POST_JOB: Kind(lambda bench, _: heads.post_waiting(bench.survey, signing.sealer(bench.survey), bench.survey.settings.heads_post)),
    heads.STAMP_JOB: Kind(lambda bench, _: heads.stamp_waiting(bench.survey, bench.survey.settings.timestamp_url)),
    SITE_JOB: Kind(_follow_site),
    ALL_JOB: Kind(_follow_portion),
}

_SWEEPS: Sequence[Callable[[Survey], object]] = (
    lambda survey: survey.blobs.sweep(), desk.sweep, privacy.sweep, keeping.sweep, community.sweep, assess.sweep,
    lambda survey: heads.ask(survey, survey.settings.heads_post, survey.settings.timestamp_url), deliver.sweep,
    access.sweep, logs.index_old,
)  # fmt: skip


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
            traceback.print_exc(file=sys.stderr)
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
                traceback.print_exc(file=sys.stderr)
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
            for sweep in _SWEEPS:
                try:
                    sweep(self._survey)
                except Exception:  # noqa: BLE001 - what cannot be tidied must not end the work of every worker; the log has it
                    traceback.print_exc(file=sys.stderr)

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
                traceback.print_exc(file=sys.stderr)

    def _live(self) -> None:
        with self._survey.transaction() as tx:
            upsert_worker(tx, self._name, self._survey.now())

    def _orphaned(self) -> bool:
        return self._parent is not None and os.getppid() != self._parent
