"""Residents' reports: words and a photo of a works in bad state, sent without an account, kept apart until a reviewer decides."""

import hashlib
import hmac
import tempfile
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from ipaddress import IPv4Address, ip_address
from pathlib import Path
from typing import BinaryIO

from survey import photos
from survey.community.public import require_open
from survey.domain.canonical import sha256_hex
from survey.domain.community import PHOTO_LIMIT, PUT_ASIDE_KEPT, TEXT_LENGTH, ReportState, ResidentReport
from survey.domain.people import Ability, Actor
from survey.domain.photos import PhotoFacts
from survey.domain.ports import Staged, Survey, Transaction
from survey.domain.problems import (
    FILE_UNKNOWN,
    HAMLET_UNKNOWN,
    PHOTO_BROKEN,
    REPORT_DECIDED,
    REPORT_EMPTY,
    REPORT_PHOTO_REFUSED,
    REPORT_UNKNOWN,
    REPORTS_TOO_MANY,
    SITE_UNKNOWN,
    SOURCE_NEEDED,
    Problem,
)
from survey.domain.reasons import NOTE_LENGTH, checked_reason
from survey.domain.submissions import short_code
from survey.domain.times import local_date
from survey.photos import Developed
from survey.store import community as kept
from survey.store.jobs import upsert_job
from survey.store.places import select_hamlets
from survey.store.reviews import lock_decisions
from survey.store.secrets import shared_secret
from survey.store.sites import select_site

VIEW_JOB = "resident_view"
_SENDER_KEY = "resident_senders"
_CHUNK = 1 << 20
Darkroom = Callable[[BinaryIO, PhotoFacts], Developed]


@dataclass(frozen=True)
class Sent:
    """What a resident sent, as it came: words, perhaps a hamlet's id, perhaps a file on local disk."""

    text: str
    hamlet: str | None = None
    photo: BinaryIO | None = None


def mark_of(survey: Survey, address: str, now: datetime) -> str:
    """The mark of a network *address* on one day: a keyed hash that says nothing without the deployment's key, and another one tomorrow.

    Of an IPv6 address its first 64 bits count: the rest is the customer's own to choose.
    """
    key = shared_secret(survey, _SENDER_KEY)
    return hmac.new(key.encode(), f"{local_date(now)}\n{_network(address)}".encode(), hashlib.sha256).hexdigest()[:32]


def check_sender(survey: Survey, commune: str, sender: str) -> None:
    """Raise PUBLIC_PAGE_CLOSED, or REPORTS_TOO_MANY where no more is taken from *sender* for now: asked before a body is read."""
    with survey.reading() as reader:
        require_open(reader, commune)
        if kept.select_traffic(reader, commune, sender, survey.now()).is_too_much:
            raise Problem(REPORTS_TOO_MANY)


def receive_report(survey: Survey, commune: str, sender: str, sent: Sent) -> ResidentReport:
    """Keep what a resident sent, its photo in quarantine; returns it with the short code to tell the resident.

    Raises PUBLIC_PAGE_CLOSED, REPORTS_TOO_MANY, REPORT_EMPTY, REPORT_PHOTO_REFUSED, HAMLET_UNKNOWN, FILE_TOO_LARGE.
    """
    words = sent.text.strip()[:TEXT_LENGTH]
    if not words and sent.photo is None:
        raise Problem(REPORT_EMPTY)
    staged = None if sent.photo is None else survey.blobs.stage(_chunks(sent.photo), name="photo", limit=PHOTO_LIMIT)
    try:
        media_type = "" if staged is None else _media_type(staged)
        return _keep(survey, commune, sender, replace(sent, text=words), staged, media_type)
    finally:
        if staged is not None:
            survey.blobs.discard(staged)


def list_reports(survey: Survey, actor: Actor, state: ReportState) -> Sequence[ResidentReport]:
    """The reports of the actor's commune and hamlets in *state*. Raises NOT_ALLOWED."""
    actor.require(Ability.REVIEW)
    with survey.reading() as reader:
        return kept.select_reports(reader, actor.commune, state, scope=actor.hamlets)


def take(survey: Survey, actor: Actor, report_id: str, site: str, *, task: str | None, note: str = "") -> ResidentReport:
    """Take a report for the *site* that the reviewer has chosen; *task* is the one that was opened for it.

    Raises NOT_ALLOWED, REPORT_UNKNOWN, REPORT_DECIDED, SITE_UNKNOWN.
    """
    actor.require(Ability.REVIEW)
    with survey.transaction() as tx:
        chosen = select_site(tx, actor.commune, site)
        if chosen is None or chosen.closed or not actor.reaches(chosen.hamlet):
            raise Problem(SITE_UNKNOWN, id=site)
        return _decide(tx, survey, actor, report_id, ReportState.TAKEN, site=site, task=task, note=note.strip()[:NOTE_LENGTH])


def dismiss(survey: Survey, actor: Actor, report_id: str, reason: str) -> ResidentReport:
    """Put a report aside, with the reason. Raises NOT_ALLOWED, REPORT_UNKNOWN, REPORT_DECIDED, SOURCE_NEEDED."""
    actor.require(Ability.REVIEW)
    reason = checked_reason(reason, limit=NOTE_LENGTH, lacking=SOURCE_NEEDED)
    with survey.transaction() as tx:
        return _decide(tx, survey, actor, report_id, ReportState.DISMISSED, note=reason)


def sweep(survey: Survey) -> int:
    """Remove the photos of reports that were put aside `PUT_ASIDE_KEPT` ago, where nothing else has these bytes; returns of how many.

    Their hashes stay in the log. What is also evidence or a paper stays as that.
    """
    with survey.reading() as reader:
        due = kept.select_put_aside(reader, survey.now() - PUT_ASIDE_KEPT)
    for report in due:
        with survey.transaction() as tx:
            lock_decisions(tx, report.commune)
            if kept.update_photo_gone(tx, report) and report.sha256 is not None:
                survey.blobs.erase(report.sha256)
            tx.log(report.commune, "resident_report.photo_erased", {"report": report.id, "sha256": report.sha256})
    return len(due)


def make_view(survey: Survey, commune: str, report_id: str, *, darkroom: Darkroom = photos.develop) -> None:
    """Make the view of a report's photo, from bare pixels, for the desk; the file itself stays in quarantine.

    A photo that cannot be read gets none. Raises PHOTO_UNFINISHED: try again.
    """
    with survey.reading() as reader:
        report = kept.select_report(reader, commune, report_id)
    if report is None or report.sha256 is None:
        return
    with tempfile.TemporaryDirectory(prefix="resident-") as folder:
        path = Path(folder) / "photo"
        with path.open("wb") as file:
            file.writelines(survey.blobs.read(report.sha256, quarantine=True))
        intake = photos.inspect(path, path.stat().st_size)
        if not intake.accepted or intake.facts is None:
            return
        try:
            with path.open("rb") as file:
                developed = darkroom(file, intake.facts)
        except Problem as problem:
            if problem.kind is not PHOTO_BROKEN:
                raise
            return
    survey.blobs.save_view(report.sha256, "thumb", developed.thumb)
    survey.blobs.save_view(report.sha256, "preview", developed.preview)


def read_view(survey: Survey, actor: Actor, report_id: str) -> bytes | None:
    """The JPEG view of a report's photo for the desk; None while there is none. Raises NOT_ALLOWED, FILE_UNKNOWN."""
    actor.require(Ability.REVIEW)
    with survey.reading() as reader:
        report = kept.select_report(reader, actor.commune, report_id)
    if report is None or report.sha256 is None or not actor.reaches(report.hamlet):
        raise Problem(FILE_UNKNOWN, name=report_id[:12])
    return survey.blobs.read_view(report.sha256, "preview")


def _keep(survey: Survey, commune: str, sender: str, sent: Sent, staged: Staged | None, media_type: str) -> ResidentReport:
    now, key = survey.now(), str(uuid.uuid4())
    with survey.transaction() as tx:
        lock_decisions(tx, commune)  # the limits count what others send at the same moment
        require_open(tx, commune)
        if kept.select_traffic(tx, commune, sender, now).is_too_much:
            raise Problem(REPORTS_TOO_MANY)
        if sent.hamlet is not None and sent.hamlet not in {hamlet.id for hamlet in select_hamlets(tx, commune, local_date(now))}:
            raise Problem(HAMLET_UNKNOWN, id=sent.hamlet)
        report = ResidentReport(
            commune, key, short_code(key), sent.text, sent.hamlet, None if staged is None else staged.sha256,
            0 if staged is None else staged.size, media_type, now,
        )  # fmt: skip
        if staged is not None:  # not before it is taken: what is refused leaves no byte behind
            survey.blobs.keep(staged, quarantine=True)
        kept.update_forgotten_senders(tx, commune, now)
        kept.insert_report(tx, report, sender)
        if staged is not None:
            upsert_job(tx, commune, VIEW_JOB, key, {"report": key}, now, background=True)
        tx.log(commune, "resident_report.received", {"report": key, "sha256": report.sha256, "text_sha256": sha256_hex(report.text)})
    return report


def _decide(
    tx: Transaction, survey: Survey, actor: Actor, report_id: str, to: ReportState, *,
    note: str, site: str | None = None, task: str | None = None,
) -> ResidentReport:  # fmt: skip
    report = kept.select_report(tx, actor.commune, report_id)
    if report is None or not actor.reaches(report.hamlet):
        raise Problem(REPORT_UNKNOWN)
    decided = replace(report, state=to, site=site, task=task, note=note, person=actor.person, decided_at=survey.now())
    if not kept.update_decided(tx, decided):
        raise Problem(REPORT_DECIDED, code=report.code)
    body: dict[str, object] = {"report": report_id, "site": site, "task": task, "note_sha256": sha256_hex(note), "person": actor.person}
    tx.log(actor.commune, f"resident_report.{to.value}", body)
    return decided


def _network(address: str) -> str:
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or f"{int(found) >> 64:x}/64")


def _media_type(staged: Staged) -> str:
    intake = photos.inspect(staged.path, staged.size)
    if not intake.accepted:
        raise Problem(REPORT_PHOTO_REFUSED)
    return intake.media_type


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: file.read(_CHUNK), b"")
