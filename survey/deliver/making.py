"""What workers do for a request, step by step: a draft, its parts, the seal. Every step may be done twice, at once or again."""

import json
from collections.abc import Callable
from contextlib import closing

from survey.bundle.spool import Spool
from survey.deliver.drafting import PART_JOB, VerdictsFor, draft
from survey.deliver.keeping import keep, require_kept
from survey.deliver.ordering import BUNDLE_JOB
from survey.deliver.parts import make_part
from survey.deliver.sealing import Sealer, seal
from survey.domain.bundles import PartPlan, Progress, Request, Stored
from survey.domain.ports import Survey
from survey.domain.problems import (
    BLOB_DAMAGED,
    BUNDLE_FAILED,
    BUNDLE_OUTDATED,
    COMMUNE_UNKNOWN,
    CRITERION_UNKNOWN,
    EDITION_NOT_IN_FORCE,
    EDITION_UNKNOWN,
    HAMLET_UNKNOWN,
    PUBLIC_PHOTO_CHANGED,
    Problem,
)
from survey.store.bundle_requests import (
    OPEN,
    PartRow,
    lock_made,
    lock_request,
    read_plan,
    select_parts,
    select_request,
    update_ended,
    update_gathering,
    update_part_made,
    update_restarted,
)
from survey.store.jobs import upsert_job

__all__ = ["BUNDLE_JOB", "PART_JOB", "advance", "give_up", "make"]
# No further attempt changes these: the person is told at once.
_FINAL = frozenset({
    BLOB_DAMAGED, BUNDLE_OUTDATED, COMMUNE_UNKNOWN, CRITERION_UNKNOWN, EDITION_NOT_IN_FORCE, EDITION_UNKNOWN, HAMLET_UNKNOWN,
})  # fmt: skip


def advance(survey: Survey, commune: str, request: str, verdicts_for: VerdictsFor, sealer: Callable[[], Sealer]) -> None:
    """Do what is next for a *request*: its draft, then, once all parts are made, its seal. What has ended stays as it is.

    *verdicts_for* assesses a scope, *sealer* reads the key, for the seal alone. What no further attempt would change ends the request
    as failed; every other Problem is raised, to be tried again.
    """
    try:
        found = _open(survey, commune, request)
        if found is not None and found.draft is None:
            with survey.transaction() as tx:
                update_gathering(tx, commune, request)
            draft(survey, found, verdicts_for)
            found = _open(survey, commune, request)
        if found is not None and found.draft is not None and found.done == found.total:
            seal(survey, found, sealer())
    except Problem as problem:
        if problem.kind is PUBLIC_PHOTO_CHANGED:
            _begin_again(survey, commune, request)
        elif problem.kind in _FINAL:
            _fail(survey, commune, request, problem)
        else:
            raise


def make(survey: Survey, commune: str, request: str, part: str) -> None:
    """Make one *part* of a request; with the last of them the request's own job comes again."""
    plan = _plan(survey, commune, request, part)
    if plan is None:
        return
    with closing(Spool()) as spool:
        try:
            for name, chunks in make_part(survey, commune, plan):
                spool.add(name, chunks)
        except Problem as problem:
            if problem.kind is not PUBLIC_PHOTO_CHANGED:
                raise
            _begin_again(survey, commune, request)
            return
        blob = keep(survey, spool.everything())
        files = [Stored(made.name, blob, made.start, made.size, made.crc32, made.sha256) for made in spool.files]
    with survey.transaction() as tx:
        lock_made(tx)
        found = lock_request(tx, commune, request)
        if found is None or found.state is not Progress.MAKING:
            return
        require_kept(survey, [blob])
        if update_part_made(tx, commune, request, part, blob, files):
            upsert_job(tx, commune, BUNDLE_JOB, request, {"request": request}, survey.now())


def give_up(survey: Survey, commune: str, request: str) -> None:
    """No attempt succeeded: the request ends as failed, which the person who asked sees."""
    _fail(survey, commune, request, Problem(BUNDLE_FAILED))


def _begin_again(survey: Survey, commune: str, request: str) -> None:
    """A person decided otherwise about a photo that was to be published: everything is read anew."""
    with survey.transaction() as tx:
        if update_restarted(tx, commune, request):
            upsert_job(tx, commune, BUNDLE_JOB, request, {"request": request}, survey.now())


def _open(survey: Survey, commune: str, request: str) -> Request | None:
    with survey.reading() as reader:
        found = select_request(reader, commune, request)
    return found if found is not None and found.state in OPEN else None


def _plan(survey: Survey, commune: str, request: str, part: str) -> PartPlan | None:
    if _open(survey, commune, request) is None:
        return None
    with survey.reading() as reader:
        row: PartRow | None = next((one for one in select_parts(reader, commune, request) if one.part == part), None)
    if row is None or row.made is not None:
        return None
    return read_plan(json.loads(b"".join(survey.made.read(row.specification))))


def _fail(survey: Survey, commune: str, request: str, problem: Problem) -> None:
    said = {"code": problem.kind.code, "details": {name: str(value) for name, value in problem.details.items()}}
    with survey.transaction() as tx:
        update_ended(tx, commune, request, Progress.FAILED, survey.now(), said)
