"""The first half of making a bundle: everything is read at one head of the log and written down; nothing is read again later."""

import json
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict
from datetime import datetime

from survey.bundle.arrange import arrange
from survey.bundle.draft import Draft, add_bags, at_home, crate_head, folders, labels_of, originals_of, read_draft, split
from survey.bundle.package import MAKERS, plans
from survey.bundle.spool import Spool
from survey.deliver.gathering import Glance, gather
from survey.deliver.keeping import is_whole, keep, require_kept
from survey.deliver.public import published, secret_of
from survey.domain.bundles import PartPlan, Request
from survey.domain.canonical import dumps
from survey.domain.evidence import Basis, Evidence, Scope, Variant, contents_of
from survey.domain.ports import Survey
from survey.domain.problems import VERDICT_STALE, Problem
from survey.domain.times import end_of, local_date, to_text
from survey.domain.verdicts import Verdict
from survey.store.bundle_requests import (
    OPEN,
    PartRow,
    lock_made,
    lock_request,
    part_id,
    part_key,
    select_made_parts,
    update_drafted,
)
from survey.store.bundles import select_evidence_head
from survey.store.jobs import upsert_job

PART_JOB = "bundle_part"
VerdictsFor = Callable[[Scope], Sequence[Verdict]]
_LOOKS = 5  # decisions fall while everything is read; the job comes again where they never pause


def draft(survey: Survey, request: Request, verdicts_for: VerdictsFor) -> None:
    """Write everything of *request* but its parts, and leave these to workers. Raises VERDICT_STALE where decisions never paused."""
    with closing(Spool()) as spool:
        for _ in range(_LOOKS):
            written = _write(survey, request, verdicts_for, spool)
            if written is not None:
                break
        else:
            raise Problem(VERDICT_STALE)
        drafted, planned = written
        blob = keep(survey, spool.everything())
    document = drafted.document() | {"blob": blob}
    kept = keep(survey, [dumps(document).encode()])
    parts = [PartRow(keep(survey, [part_key(plan).encode()]), number, plan.kind, "") for number, plan in enumerate(planned)]
    _hand_over(survey, request, kept, [blob, kept], parts)


def kept_draft(survey: Survey, blob: str) -> Draft:
    """The draft that was kept as *blob*."""
    return read_draft(json.loads(b"".join(survey.made.read(blob))))


def _write(survey: Survey, request: Request, verdicts_for: VerdictsFor, spool: Spool) -> tuple[Draft, list[PartPlan]] | None:
    """Write into *spool*; None where the log's head moved between the verdicts and the look at the evidence."""
    commune, scope = request.commune, request.scope
    with survey.reading() as reader:
        head = select_evidence_head(reader, commune, request.variant)
    basis = Basis(commune, scope, head, request.variant, request.bag_bytes)
    secret = secret_of(survey, basis.id) if basis.variant is Variant.PUBLIC else b""
    verdicts = verdicts_for(scope)
    now = survey.now()
    moment = None if scope.as_of == local_date(now) else end_of(scope.as_of)
    with survey.reading() as reader:
        if select_evidence_head(reader, commune, request.variant) != head:
            return None
        glance = Glance(head, moment, lambda sha256: survey.blobs.read_view(sha256, "thumb"))
        evidence = gather(reader, commune, scope, verdicts, glance)
        if basis.variant is Variant.PUBLIC:
            evidence = published(survey, reader, evidence, secret)
        return _make(spool, evidence, basis, now)


def _make(spool: Spool, evidence: Evidence, basis: Basis, read_at: datetime) -> tuple[Draft, list[PartPlan]]:
    arrangement = arrange(evidence)
    bags = split(originals_of(evidence, arrangement), basis.bag_bytes)
    names = folders(basis, len(bags))
    arrangement = at_home(arrangement, names, bags)
    for make in MAKERS:
        make(spool, evidence, arrangement)
    planned = plans(evidence, arrangement)
    drafts = add_bags(spool, evidence, arrangement, names, bags)
    shown = [photo.sha256 for group in evidence.photos.values() for photo in group if photo.is_original and photo.sha256]
    about = sorted(set(shown)) if basis.variant is Variant.PUBLIC or basis.bag_bytes else []
    drafted = Draft(
        basis, {**asdict(contents_of(evidence)), "read_at": to_text(read_at)}, labels_of(evidence, basis), crate_head(evidence, basis),
        evidence.commune.name, about, "", drafts, [part_id(plan) for plan in planned],
    )  # fmt: skip
    return drafted, planned


def _hand_over(survey: Survey, request: Request, kept: str, blobs: Sequence[str], parts: Sequence[PartRow]) -> None:
    rows, now = _with_made(survey, request.commune, parts), survey.now()
    with survey.transaction() as tx:
        lock_made(tx)
        current = lock_request(tx, request.commune, request.id)
        if current is None or current.state not in OPEN or current.draft is not None:
            return  # withdrawn meanwhile, or another worker was faster
        require_kept(survey, [*blobs, *(blob for row in rows for blob in (row.specification, row.made) if blob)])
        update_drafted(tx, request.commune, request.id, kept, rows)
        for row in rows:
            if row.made is None:
                job = {"request": request.id, "part": row.part}
                upsert_job(tx, request.commune, PART_JOB, f"{request.id}:{row.part}", job, now)


def _with_made(survey: Survey, commune: str, parts: Sequence[PartRow]) -> list[PartRow]:
    """*parts*, those with their bytes that were made before, for whichever request, and still lie there whole."""
    with survey.reading() as reader:
        known = select_made_parts(reader, commune, [part.part for part in parts])
    whole = {part: row for part, row in known.items() if row.made is not None and is_whole(survey, row.made)}
    return [
        PartRow(one.part, one.number, one.kind, one.part, whole[one.part].made, whole[one.part].files)
        if one.part in whole
        else PartRow(one.part, one.number, one.kind, one.part)
        for one in parts
    ]
