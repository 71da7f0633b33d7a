"""What people ask for: a look at the numbers, the order of a bundle, how far it is, and that it is no longer wanted."""

import uuid
from collections.abc import Sequence

from survey.deliver.asking import checked, may, require
from survey.deliver.gathering import core_of, left_out_of
from survey.domain.bundles import Progress, Request
from survey.domain.evidence import Contents, Scope, Variant, count_contents
from survey.domain.people import Ability, Actor
from survey.domain.ports import Survey
from survey.domain.problems import BAG_SIZE_REFUSED, REQUEST_UNKNOWN, Problem
from survey.domain.times import end_of, local_date
from survey.domain.verdicts import Verdict
from survey.store.bundle_requests import (
    insert_request,
    lock_made,
    select_open_request,
    select_request,
    select_requests,
    update_ended,
)
from survey.store.jobs import upsert_job

BUNDLE_JOB = "bundle"
LEAST_BAG = 1_000_000
"""Bytes of photos that a bag must be able to hold; our own choice: below it a bundle falls into more files than anybody can handle."""


def order(survey: Survey, actor: Actor, scope: Scope, *, variant: Variant = Variant.FULL, bag_bytes: int = 0) -> Request:
    """Ask for a bundle; where the very same is under way already, this is that request.

    Raises NOT_ALLOWED, DAY_AHEAD, ROUND_UNKNOWN, HAMLET_UNKNOWN, EDITION_UNKNOWN, EDITION_NOT_IN_FORCE, CRITERION_UNKNOWN,
    BAG_SIZE_REFUSED.
    """
    require(actor, scope)
    if bag_bytes and bag_bytes < LEAST_BAG:
        raise Problem(BAG_SIZE_REFUSED, size=bag_bytes, least=LEAST_BAG // 1_000_000)
    now = survey.now()
    with survey.reading() as reader:
        scope = checked(reader, actor.commune, scope, local_date(now))
    with survey.transaction() as tx:
        lock_made(tx)
        known = select_open_request(tx, actor.commune, scope, variant, bag_bytes)
        if known is not None:
            return known
        request = Request(actor.commune, str(uuid.uuid4()), scope, variant, bag_bytes, actor.person, now, Progress.WAITING)
        insert_request(tx, request)
        upsert_job(tx, actor.commune, BUNDLE_JOB, request.id, {"request": request.id}, now)
    return request


def look(survey: Survey, actor: Actor, scope: Scope, verdicts: Sequence[Verdict]) -> Contents:
    """What a bundle of *scope* would hold, in numbers. Raises what `order` raises, and VERDICT_STALE."""
    require(actor, scope)
    today = local_date(survey.now())
    with survey.reading() as reader:
        scope = checked(reader, actor.commune, scope, today)
        moment = None if scope.as_of == today else end_of(scope.as_of)
        core = core_of(reader, actor.commune, scope, verdicts, moment)
        left_out = left_out_of(reader, actor.commune, scope, core, moment)
    return count_contents(core.items, core.photos, core.sites, left_out, core.verdicts)


def requests(survey: Survey, actor: Actor, limit: int = 20) -> list[Request]:
    """The newest requests of the commune that *actor* may have, of the newest *limit*. Raises NOT_ALLOWED."""
    actor.require(Ability.EXPORT)
    with survey.reading() as reader:
        newest = select_requests(reader, actor.commune, limit=limit)
    return [request for request in newest if may(actor, request.scope)]


def find_request(survey: Survey, actor: Actor, request: str) -> Request:
    """How far a request is. Raises NOT_ALLOWED, REQUEST_UNKNOWN."""
    actor.require(Ability.EXPORT)
    with survey.reading() as reader:
        found = select_request(reader, actor.commune, request)
    if found is None:
        raise Problem(REQUEST_UNKNOWN, id=request)
    require(actor, found.scope)
    return found


def withdraw(survey: Survey, actor: Actor, request: str) -> Request:
    """It is no longer wanted: workers stop at the next step; what has ended stays as it is. Raises NOT_ALLOWED, REQUEST_UNKNOWN."""
    find_request(survey, actor, request)
    with survey.transaction() as tx:
        update_ended(tx, actor.commune, request, Progress.WITHDRAWN, survey.now())
    return find_request(survey, actor, request)
