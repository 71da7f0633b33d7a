"""Jobs: work that a transaction leaves for a worker process; claimed by one statement, on both engines."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from survey.domain.canonical import dumps
from survey.domain.ports import Reader, Transaction
from survey.domain.times import from_text, to_text

MAX_ATTEMPTS = 5
_LEASE = timedelta(minutes=2)  # a worker that says nothing for so long is taken for dead
# No pause is so long: a time further ahead was written by a clock that has been set back since, and is not waited for.
_FAR = timedelta(minutes=5)


@dataclass(frozen=True)
class Job:
    """One piece of work: *kind* says which function does it, *payload* what with."""

    commune: str
    id: str
    kind: str
    payload: Mapping[str, object]
    attempts: int


def upsert_job(
    tx: Transaction, commune: str, kind: str, key: str, payload: Mapping[str, object], now: datetime, *, background: bool = False
) -> None:
    """Leave work for a worker, visible when the transaction commits; work on the same *key* that waits or runs is asked for anew.

    *background* work is done when nothing else waits; work that somebody waits for stays in front, whoever asks for it again.
    """
    tx.execute(
        "INSERT INTO job (commune, job, kind, payload, state, attempts, run_after, background, created_at)"
        " VALUES (:commune, :job, :kind, :payload, 'waiting', 0, :now, :background, :now)"
        " ON CONFLICT (commune, job) DO UPDATE SET state = 'waiting', attempts = 0, payload = :payload, run_after = :now,"
        " background = CASE WHEN job.background < :background THEN job.background ELSE :background END, claimed_by = NULL",
        commune=commune,
        job=f"{kind}:{key}",
        kind=kind,
        payload=dumps(payload),
        now=to_text(now),
        background=int(background),
    )


def upsert_gathering_job(
    tx: Transaction, commune: str, kind: str, key: str, payload: Mapping[str, object], run_after: datetime
) -> None:
    """Leave background work that is done once for all that gathers until *run_after*, at most five minutes ahead.

    Where the same work waits already it keeps its time: whoever adds to it every minute does not put it off for ever.
    """
    tx.execute(
        "INSERT INTO job (commune, job, kind, payload, state, attempts, run_after, background, created_at)"
        " VALUES (:commune, :job, :kind, :payload, 'waiting', 0, :after, 1, :after)"
        " ON CONFLICT (commune, job) DO UPDATE SET state = 'waiting', attempts = 0, payload = :payload, claimed_by = NULL,"
        " run_after = CASE WHEN job.state = 'waiting' AND job.run_after < :after THEN job.run_after ELSE :after END",
        commune=commune, job=f"{kind}:{key}", kind=kind, payload=dumps(payload), after=to_text(run_after),
    )  # fmt: skip


def claim_jobs(tx: Transaction, engine: str, worker: str, now: datetime, limit: int, *, only: Collection[str] = ()) -> Sequence[Job]:
    """Take up to *limit* jobs that are due, those in front that somebody waits for; two workers never take the same one.

    With *only* it takes these alone, by their ids.
    """
    names = {f"only{number}": job for number, job in enumerate(only)}
    among = f" AND job IN ({', '.join(f':{name}' for name in names)})" if names else ""
    lock = " FOR UPDATE SKIP LOCKED" if engine == "postgres" else ""
    rows = tx.rows(
        "UPDATE job SET state = 'running', attempts = attempts + 1, claimed_by = :worker, claimed_at = :now WHERE (commune, job) IN"
        f" (SELECT commune, job FROM job WHERE state = 'waiting' AND (run_after <= :now OR run_after > :far){among}"
        f" ORDER BY background, run_after, job LIMIT :limit{lock})"
        " RETURNING commune, job, kind, payload, attempts",
        worker=worker,
        now=to_text(now),
        far=to_text(now + _FAR),
        limit=limit,
        **names,
    )
    return [Job(row["commune"], row["job"], row["kind"], json.loads(row["payload"]), row["attempts"]) for row in rows]


def select_waiting_ids(reader: Reader, commune: str, prefixes: Collection[str]) -> list[str]:
    """The ids of waiting jobs that begin with one of *prefixes*, which hold no wildcard of LIKE."""
    found = [
        reader.rows(
            "SELECT job FROM job WHERE commune = :commune AND state = 'waiting' AND job LIKE :prefix ORDER BY job LIMIT 100",
            commune=commune, prefix=f"{prefix}%",
        )
        for prefix in prefixes
    ]  # fmt: skip
    return [row["job"] for rows in found for row in rows]


def delete_job(tx: Transaction, job: Job, worker: str) -> None:
    """The work is done; a job that was asked for anew meanwhile is no longer the worker's and stays."""
    tx.execute(
        "DELETE FROM job WHERE commune = :commune AND job = :job AND claimed_by = :worker", commune=job.commune, job=job.id, worker=worker
    )


def update_continued(tx: Transaction, job: Job, payload: Mapping[str, object], now: datetime) -> bool:
    """The work goes on later with *payload*; False, and nothing happens, where it was asked for anew meanwhile, with another payload."""
    return bool(
        tx.execute(
            "UPDATE job SET state = 'waiting', attempts = 0, payload = :payload, run_after = :now, claimed_by = NULL"
            " WHERE commune = :commune AND job = :job AND payload = :seen",
            commune=job.commune, job=job.id, payload=dumps(payload), seen=dumps(job.payload), now=to_text(now),
        )
    )  # fmt: skip


def select_job(reader: Reader, commune: str, kind: str, key: str) -> Job | None:
    """The work on *key* that waits, runs or has failed; None where there is none."""
    row = reader.row(
        "SELECT job, kind, payload, attempts FROM job WHERE commune = :commune AND job = :job", commune=commune, job=f"{kind}:{key}"
    )
    return None if row is None else Job(commune, row["job"], row["kind"], json.loads(row["payload"]), row["attempts"])


def update_failed(tx: Transaction, job: Job, worker: str, error: str, now: datetime) -> None:
    """The work failed: again after 4, 16, 64 and 256 seconds, until MAX_ATTEMPTS; then it stays visible as failed."""
    tx.execute(
        "UPDATE job SET state = :state, error = :error, run_after = :after"
        " WHERE commune = :commune AND job = :job AND claimed_by = :worker",
        worker=worker,
        state="failed" if job.attempts >= MAX_ATTEMPTS else "waiting",
        error=error[:500],
        after=to_text(now + timedelta(seconds=4**job.attempts)),
        commune=job.commune,
        job=job.id,
    )


def update_abandoned(tx: Transaction, now: datetime) -> int:
    """Give back the jobs of workers that died; returns how many. A job may be long: what counts is that its worker was heard of."""
    return tx.execute(
        "UPDATE job SET state = 'waiting', error = 'worker died'"
        " WHERE state = 'running' AND (claimed_at < :before OR claimed_at > :far) AND NOT EXISTS (SELECT 1 FROM worker w"
        " WHERE w.commune = '' AND w.worker = job.claimed_by AND w.seen_at > :before AND w.seen_at < :far)",
        before=to_text(now - _LEASE),
        far=to_text(now + _FAR),
    )


@dataclass(frozen=True)
class Pending:
    """Work on a submission that is not done: *state* is `waiting`, `running` or `failed`; *error* is why the last attempt failed.

    *run_after* is when it is tried next. After MAX_ATTEMPTS attempts it is `failed` and not tried again.
    """

    state: str
    attempts: int
    error: str | None
    run_after: datetime


def select_pending(reader: Reader, commune: str, submission_id: str) -> Pending | None:
    """How far the look at a submission's photos has come; None when it is done."""
    row = reader.row(
        "SELECT state, attempts, error, run_after FROM job WHERE commune = :commune AND job = :job",
        commune=commune,
        job=f"develop:{submission_id}",
    )
    return None if row is None else Pending(row["state"], row["attempts"], row["error"], from_text(row["run_after"]))


def select_unlooked(reader: Reader, limit: int) -> Sequence[tuple[str, str]]:
    """Submissions (commune, id) with photos that were developed before their pixels were looked at, and that no job is left for."""
    rows = reader.rows(
        # CROSS, or SQLite would walk all attachments to find that there is nothing to do.
        "SELECT DISTINCT a.commune, a.submission FROM blob b CROSS JOIN attachment a WHERE a.commune = b.commune AND a.sha256 = b.sha256"
        " AND b.look IS NULL AND b.quarantine = 0 AND b.views <> 'none' AND b.views = 'ready'"
        " AND NOT EXISTS (SELECT 1 FROM job j WHERE j.commune = a.commune AND j.job = 'develop:' || a.submission) LIMIT :limit",
        limit=limit,
    )
    return [(row["commune"], row["submission"]) for row in rows]


def select_job_counts(reader: Reader) -> Mapping[str, int]:
    """How many jobs are in each state; done ones are gone."""
    return {row["state"]: row["count"] for row in reader.rows("SELECT state, COUNT(*) AS count FROM job GROUP BY state")}


def upsert_worker(tx: Transaction, worker: str, now: datetime) -> None:
    """A worker says that it is alive."""
    tx.execute(
        "INSERT INTO worker (commune, worker, seen_at) VALUES ('', :worker, :now)"
        " ON CONFLICT (commune, worker) DO UPDATE SET seen_at = :now",
        worker=worker,
        now=to_text(now),
    )


def delete_worker(tx: Transaction, worker: str) -> None:
    """A worker ends in good order."""
    tx.execute("DELETE FROM worker WHERE commune = '' AND worker = :worker", worker=worker)


def select_live_workers(reader: Reader, now: datetime) -> int:
    """How many workers were heard of within the last 30 seconds."""
    row = reader.row(
        "SELECT COUNT(*) AS count FROM worker WHERE seen_at > :since AND seen_at < :far",
        since=to_text(now - timedelta(seconds=30)),
        far=to_text(now + _FAR),
    )
    return 0 if row is None else int(row["count"])
