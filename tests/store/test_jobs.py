"""Jobs on both engines: never taken twice, asked for anew while running, given back when a worker dies, visible when they fail."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from survey.store import Store
from survey.store.jobs import (
    MAX_ATTEMPTS,
    Job,
    claim_jobs,
    delete_job,
    select_job_counts,
    select_live_workers,
    select_pending,
    update_abandoned,
    update_failed,
    upsert_job,
    upsert_worker,
)
from tests.conftest import COMMUNE

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def _ask(store: Store, *keys: str) -> None:
    with store.transaction() as tx:
        for key in keys:
            upsert_job(tx, COMMUNE, "develop", key, {"submission": key}, NOW)


def _claim(store: Store, worker: str, now: datetime = NOW, limit: int = 1) -> list[Job]:
    with store.transaction() as tx:
        return list(claim_jobs(tx, store.engine, worker, now, limit))


def _counts(store: Store) -> dict[str, int]:
    with store.reading() as reader:
        return dict(select_job_counts(reader))


def test_no_job_is_taken_twice(store: Store) -> None:
    """Eight workers empty a table of forty jobs: each job is done by exactly one."""
    _ask(store, *(str(number) for number in range(40)))
    ready = threading.Barrier(8)

    def work(number: int) -> list[str]:
        ready.wait()
        taken: list[str] = []
        while jobs := _claim(store, f"w{number}", limit=3):
            taken += [job.id for job in jobs]
        return taken

    with ThreadPoolExecutor(8) as pool:
        taken = [job for jobs in pool.map(work, range(8)) for job in jobs]

    assert len(taken) == 40
    assert len(set(taken)) == 40


def test_work_asked_for_anew_while_it_runs_is_done_again(store: Store) -> None:
    """A photo that arrives while its submission is being examined is examined too."""
    _ask(store, "a")
    (job,) = _claim(store, "w1")
    _ask(store, "a")
    with store.transaction() as tx:
        delete_job(tx, job, "w1")

    assert _counts(store) == {"waiting": 1}


def test_the_jobs_of_a_dead_worker_come_back(store: Store) -> None:
    """A worker that says nothing for minutes is taken for dead; its job waits again."""
    _ask(store, "a")
    _claim(store, "w1")
    with store.transaction() as tx:
        assert update_abandoned(tx, NOW + timedelta(minutes=1)) == 0
        assert update_abandoned(tx, NOW + timedelta(minutes=3)) == 1

    assert [job.id for job in _claim(store, "w2")] == ["develop:a"]


def test_a_long_job_is_not_taken_for_abandoned(store: Store) -> None:
    """Its worker says that it lives; only when it falls silent is the job given back."""
    _ask(store, "a")
    _claim(store, "w1")
    with store.transaction() as tx:
        upsert_worker(tx, "w1", NOW + timedelta(minutes=10))
        assert update_abandoned(tx, NOW + timedelta(minutes=11)) == 0
        assert update_abandoned(tx, NOW + timedelta(minutes=13)) == 1


def test_a_job_that_kills_its_workers_is_handed_out_once_more_to_be_given_up(store: Store) -> None:
    """The claim says how often it was tried, so that a worker can tell people instead of dying over it, too."""
    _ask(store, "a")
    now = NOW
    for attempt in range(1, MAX_ATTEMPTS + 2):
        (job,) = _claim(store, f"w{attempt}", now)
        assert job.attempts == attempt
        now += timedelta(minutes=3)
        with store.transaction() as tx:
            assert update_abandoned(tx, now) == 1


def test_what_nobody_waits_for_is_done_last(store: Store) -> None:
    """Old photos stand behind new ones; asked for by a phone they come to the front, and stay there."""
    with store.transaction() as tx:
        for key in ("old", "older"):
            upsert_job(tx, COMMUNE, "develop", key, {}, NOW - timedelta(days=1), background=True)
        upsert_job(tx, COMMUNE, "develop", "new", {}, NOW)
        upsert_job(tx, COMMUNE, "develop", "older", {}, NOW)
        upsert_job(tx, COMMUNE, "develop", "older", {}, NOW, background=True)

    assert [job.id for _ in range(3) for job in _claim(store, "w1")] == ["develop:new", "develop:older", "develop:old"]


def test_a_check_that_is_pending_says_how_far_it_has_come(store: Store) -> None:
    """Waiting, running, waiting again with the error of the last attempt, failed; None once it is done."""

    def pending() -> tuple[str, int, str | None] | None:
        with store.reading() as reader:
            found = select_pending(reader, COMMUNE, "a")
        return found and (found.state, found.attempts, found.error)

    assert pending() is None
    _ask(store, "a")
    assert pending() == ("waiting", 0, None)
    (job,) = _claim(store, "w1")
    assert pending() == ("running", 1, None)
    with store.transaction() as tx:
        update_failed(tx, job, "w1", "PHOTO_UNFINISHED", NOW)
    assert pending() == ("waiting", 1, "PHOTO_UNFINISHED")
    with store.reading() as reader:
        found = select_pending(reader, COMMUNE, "a")
    assert found is not None
    assert found.run_after == NOW + timedelta(seconds=4)
    for _ in range(MAX_ATTEMPTS - 1):
        (job,) = _claim(store, "w1", NOW + timedelta(hours=1))
        with store.transaction() as tx:
            update_failed(tx, job, "w1", "PHOTO_UNFINISHED", NOW)
    assert pending() == ("failed", MAX_ATTEMPTS, "PHOTO_UNFINISHED")


def test_a_job_that_always_fails_stays_visible(store: Store) -> None:
    """It is tried with growing pauses, then kept as failed with its error."""
    _ask(store, "a")
    now = NOW
    for _ in range(MAX_ATTEMPTS):
        (job,) = _claim(store, "w1", now)
        with store.transaction() as tx:
            update_failed(tx, job, "w1", "broken", now)
        assert _claim(store, "w1", now) == []
        now += timedelta(minutes=5)

    assert _counts(store) == {"failed": 1}


def test_a_worker_is_alive_while_it_says_so(store: Store) -> None:
    """The app starts a worker where none was heard of within half a minute."""
    with store.transaction() as tx:
        upsert_worker(tx, "w1", NOW)
    with store.reading() as reader:
        assert select_live_workers(reader, NOW + timedelta(seconds=20)) == 1
        assert select_live_workers(reader, NOW + timedelta(seconds=40)) == 0


def test_work_of_a_clock_that_was_set_back_is_not_waited_for(store: Store) -> None:
    """A server that believed in tomorrow for a while: its jobs are done today, and its dead worker is not taken for alive."""
    _ask(store, "a")
    with store.transaction() as tx:
        upsert_worker(tx, "w1", NOW)
    yesterday = NOW - timedelta(days=1)

    with store.reading() as reader:
        assert select_live_workers(reader, yesterday) == 0
    assert [job.id for job in _claim(store, "w2", NOW)] == ["develop:a"]
    with store.transaction() as tx:
        assert update_abandoned(tx, yesterday) == 1
    assert [job.id for job in _claim(store, "w2", yesterday)] == ["develop:a"]
