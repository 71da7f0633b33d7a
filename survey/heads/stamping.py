"""Fetch a time authority's word on sealed bags, later and apart from the seal: a bag never waits for the network, nor changes for it."""

from datetime import timedelta
from urllib.parse import urlsplit

from survey.bundle.sending import UnsentError, send
from survey.bundle.timestamp import REQUEST_TYPE, UnusableTokenError, question, stamped_at
from survey.domain.ports import Survey
from survey.domain.problems import TIMESTAMP_FAILED, Problem
from survey.domain.signing import Unstamped
from survey.store.head_posts import insert_timestamp, select_unstamped
from survey.store.jobs import upsert_job

STAMP_JOB = "timestamp"
PATIENCE = timedelta(days=90)
"""So long a sealed bag is asked for; our own choice."""
_PORTION = 50


def ask_to_stamp(survey: Survey) -> bool:
    """Leave a job where a bag sealed lately has no time-stamp; the worker asks every hour and after a seal."""
    now = survey.now()
    with survey.transaction() as tx:
        waiting = bool(select_unstamped(tx, now - PATIENCE, 1))
        if waiting:
            upsert_job(tx, "", STAMP_JOB, "all", {}, now, background=True)
    return waiting


def stamp_waiting(survey: Survey, address: str | None) -> int:
    """Fetch tokens for the bags that have none, some at a time; returns how many came. Ends at the first that fails: TIMESTAMP_FAILED.

    None is fetched where the operator took the *address* away since the work was asked for.
    """
    if address is None:
        return 0
    with survey.reading() as reader:
        waiting = select_unstamped(reader, survey.now() - PATIENCE, _PORTION)
    for bag in waiting:
        _stamp(survey, bag, address)
    return len(waiting)


def _stamp(survey: Survey, bag: Unstamped, address: str) -> None:
    authority, asked = urlsplit(address).hostname or "", question(bag.tag_manifest)
    try:
        answer = send(address, asked.der(), REQUEST_TYPE)
        at = stamped_at(asked, answer.content if answer.is_good else b"")
    except (UnsentError, UnusableTokenError) as error:
        raise Problem(TIMESTAMP_FAILED, authority=authority, reason=str(error)) from error
    with survey.transaction() as tx:
        insert_timestamp(tx, bag, answer.content, authority, at)
