"""The pipeline of one submission: views and looks of its new photos, then the checks of the visit and its flags."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, BinaryIO

from survey import photos
from survey.develop.across import ask_to_compare
from survey.develop.around import ask_around
from survey.develop.reuse import Known, ask_others, compare, insert_alike
from survey.develop.visit import gather, thresholds_of
from survey.domain.canonical import dumps
from survey.domain.checks import Finding, examine
from survey.domain.looks import PhotoLook, look_to_json
from survey.domain.photos import PhotoFacts, facts_from_json
from survey.domain.ports import Row, Survey, Transaction
from survey.domain.problems import PHOTO_BROKEN, Problem
from survey.photos import Developed
from survey.photos.likeness import Memory
from survey.store.attachments import select_attachments, select_blob, update_developed
from survey.store.erasures import delete_bytes
from survey.store.flags import select_flags, upsert_flags
from survey.store.submissions import select_submission

Darkroom = Callable[[BinaryIO, PhotoFacts], Developed]
Outcome = tuple[str, PhotoLook | None]  # of a photo: `ready` or `failed`, and what its pixels say


def develop(
    survey: Survey, commune: str, submission_id: str, *, darkroom: Darkroom = photos.develop, memory: Memory | None = None
) -> None:
    """Make the views of the submission's photos that have none, look at their pixels, then examine the visit and keep its flags.

    *darkroom* decodes one file; the worker gives one that runs in a process of its own, and its *memory* of the photos it has seen.
    Does nothing to the answers; running it again gives the same flags. Before the form has come only photos are developed. What stops
    one photo short of a verdict (PHOTO_UNFINISHED, STORAGE_UNUSABLE, FILE_UNKNOWN) is raised after the others are saved.
    """
    with survey.reading() as reader:
        attachments = select_attachments(reader, commune, submission_id)
        blobs = {a.sha256: select_blob(reader, commune, a.sha256) for a in attachments if a.sha256}
    outcome: dict[str, Outcome] = {}
    trouble: Problem | None = None
    for sha256, blob in blobs.items():
        if blob is not None and is_undeveloped(blob):
            try:
                outcome[sha256] = _developed(survey, blob, darkroom)
            except Problem as problem:
                trouble = trouble or problem
    erased = _keep(survey, commune, submission_id, outcome, memory or Memory())
    with survey.transaction() as tx:
        findings = keep_findings(tx, commune, submission_id, survey.now())
        ask_others(tx, commune, submission_id, survey.now())
        ask_around(tx, commune, submission_id, findings, survey.now())
    for sha256 in erased:  # while its views were being made
        with survey.transaction() as tx:
            delete_bytes(tx, survey.blobs, sha256)
    if trouble is not None:
        raise trouble


def examine_again(survey: Survey, commune: str, submission_id: str) -> None:
    """Examine the visit with what is known of it by now, and keep its flags; nothing else is touched and nobody else is asked."""
    with survey.transaction() as tx:
        keep_findings(tx, commune, submission_id, survey.now())


def _keep(survey: Survey, commune: str, submission_id: str, outcome: Mapping[str, Outcome], memory: Memory) -> list[str]:
    """Keep what has become of each photo, and what it looks like; returns the photos that were erased meanwhile."""
    looks = {sha256: look for sha256, (_, look) in outcome.items() if look is not None and look.hashes is not None}
    with survey.reading() as reader:
        known = compare(reader, commune, looks, memory) if looks else Known(0, {})
    with survey.transaction() as tx:
        erased = []
        # In one order everywhere: two submissions that share photos do not lock each other out.
        for sha256, (views, look) in sorted(outcome.items(), key=lambda each: each[0]):
            if not update_developed(tx, commune, sha256, views, look_to_json(look) if look else None):
                erased.append(sha256)
                looks.pop(sha256, None)
        if looks and insert_alike(tx, commune, submission_id, looks, known, survey.now()):
            ask_to_compare(tx, survey, commune)
    return erased


def is_undeveloped(blob: Row) -> bool:
    """Whether a blob is a photo whose views or look are still to be made; photos of older releases have views without a look."""
    return blob["views"] == "waiting" or (blob["views"] == "ready" and blob["look"] is None)


def keep_findings(tx: Transaction, commune: str, submission_id: str, now: datetime) -> list[Finding]:
    """Examine the visit with what is known of it by now and keep its flags; does nothing where its form has not come."""
    submission = select_submission(tx, commune, submission_id)
    if submission is None:
        return []
    findings = examine(gather(tx, submission), thresholds_of(tx, commune))
    flags = [{"attachment": f.attachment, "code": f.code, "severity": f.severity, "figures": f.figures} for f in findings]
    if _differ(select_flags(tx, commune, submission_id), flags):
        upsert_flags(tx, commune, submission_id, flags, now)
        tx.log(commune, "submission.flagged", {"submission": submission_id, "codes": sorted({f.code for f in findings})})
    return findings


def _developed(survey: Survey, blob: Row, darkroom: Darkroom) -> Outcome:
    """What has become of a photo's views, and its look; a photo that cannot be decoded has failed for good."""
    try:
        with survey.blobs.open(blob["sha256"]) as file:
            developed = darkroom(file, facts_from_json(blob["facts"]))
    except Problem as problem:
        if problem.kind is not PHOTO_BROKEN:
            raise
        return "failed", None
    survey.blobs.save_view(blob["sha256"], "preview", developed.preview)
    survey.blobs.save_view(blob["sha256"], "thumb", developed.thumb)
    return "ready", developed.look


def _differ(stored: Sequence[Row], flags: Sequence[dict[str, Any]]) -> bool:
    def shape(rows: Sequence[Any]) -> set[str]:
        return {dumps([row["attachment"], row["code"], row["severity"], json.loads(dumps(row["figures"]))]) for row in rows}

    return shape(stored) != shape(flags)
