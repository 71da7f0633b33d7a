"""Tuning: a commune sets a threshold of its checks, with the reason; what waits for review is then examined again, in portions."""

import math
from collections.abc import Sequence

from survey.domain.canonical import sha256_hex
from survey.domain.checks.thresholds import PREFIX, THRESHOLDS
from survey.domain.people import Ability, Actor
from survey.domain.ports import Survey
from survey.domain.problems import THRESHOLD_REASON_NEEDED, THRESHOLD_UNKNOWN, THRESHOLD_UNUSABLE, Problem
from survey.domain.reasons import NOTE_LENGTH, checked_reason
from survey.domain.times import from_text, to_text
from survey.store.jobs import Job, update_continued, upsert_job
from survey.store.queue import Place, QueueEntry, QueueFilters, select_queue_page
from survey.store.reviews import lock_decisions
from survey.store.settings import insert_setting

KIND, KEY = "reexamine", "waiting"
# A worker that says nothing for two minutes is taken for dead, and photos that come in meanwhile wait for one portion.
PORTION = 50


def set_threshold(survey: Survey, actor: Actor, name: str, value: float | None, reason: str) -> None:
    """Let the checks of the actor's commune use *value* for the threshold *name* from now on; None: the default again.

    Submissions that wait for review are examined again by a job; what has been decided keeps its flags.
    Raises NOT_ALLOWED, THRESHOLD_UNKNOWN, THRESHOLD_UNUSABLE, THRESHOLD_REASON_NEEDED and REASON_TOO_LONG.
    """
    actor.require(Ability.MANAGE)
    written, reason = _checked_value(name, value), checked_reason(reason, limit=NOTE_LENGTH, lacking=THRESHOLD_REASON_NEEDED)
    now = survey.now()
    with survey.transaction() as tx:
        lock_decisions(tx, actor.commune)  # two coordinators at once write one number each
        number = insert_setting(tx, actor.commune, PREFIX + name, written, reason=reason, person=actor.person, at=now)
        upsert_job(tx, actor.commune, KIND, KEY, {"asked": to_text(now), "done": 0, "after": None}, now, background=True)
        body: dict[str, object] = {
            "threshold": name, "number": number, "value": written or None, "person": actor.person, "reason_sha256": sha256_hex(reason),
        }  # fmt: skip
        tx.log(actor.commune, "threshold.set", body)


def next_portion(survey: Survey, job: Job) -> Sequence[QueueEntry]:
    """The submissions to examine again next: the oldest that wait, behind the portions before."""
    with survey.reading() as reader:
        return select_queue_page(reader, job.commune, QueueFilters(), _after(job), limit=PORTION)


def go_on(survey: Survey, job: Job, done: Sequence[QueueEntry]) -> None:
    """Leave the next portion for a worker, or nothing where *done* was the last one.

    A threshold that was set while the portion ran begins anew from the oldest: then its job stands, and this does nothing.
    """
    if len(done) < PORTION:
        return
    last = done[-1]
    payload = {**job.payload, "done": int(str(job.payload["done"])) + len(done), "after": [to_text(last.received_at), last.submission]}
    with survey.transaction() as tx:
        update_continued(tx, job, payload, survey.now())


def _after(job: Job) -> Place | None:
    after = job.payload["after"]
    return Place(from_text(after[0]), after[1]) if isinstance(after, list) else None


def _checked_value(name: str, value: float | None) -> str:
    kind = THRESHOLDS.get(name)
    if kind is None:
        raise Problem(THRESHOLD_UNKNOWN, name=name)
    if value is None:
        return ""
    if not math.isfinite(value) or not kind.least <= value <= kind.most:
        raise Problem(THRESHOLD_UNUSABLE, least=f"{kind.least:g}", most=f"{kind.most:g}", unit=kind.unit)
    return repr(float(value))
