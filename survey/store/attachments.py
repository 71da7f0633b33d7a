"""Attachments and blobs: which files a submission names, which are here, and what is known of their bytes."""

import json
from collections.abc import Mapping
from datetime import datetime

from survey.domain.canonical import dumps
from survey.domain.ports import Reader, Row, Staged, Transaction
from survey.domain.submissions import Attachment, Capture, FileState, Fix, Instance, Source, Submission
from survey.domain.times import optional_from_text, optional_to_text, to_text

_COLUMNS = "commune, submission, name, question, repeat_key, ordinal, state, reason, sha256, capture, received_at"


_FILE = (
    "SELECT a.name, a.state, a.reason, a.sha256, b.size FROM attachment a JOIN blob b ON b.commune = a.commune AND b.sha256 = a.sha256"
    " WHERE a.commune = :commune AND a.submission = :submission"
)


def insert_named(tx: Transaction, commune: str, instance: Instance) -> None:
    """A row for each file that *instance* names; one that came before its form gets its question and capture now."""
    rows = [
        {
            "commune": commune,
            "submission": instance.id,
            "name": file.name,
            "question": file.question,
            "repeat": file.repeat,
            "ordinal": ordinal,
            "capture": dumps(capture_to_json(instance.captures.get(file.name, Capture(file.name)))),
        }
        for ordinal, file in enumerate(instance.files, 1)
    ]
    tx.execute_many(
        "INSERT INTO attachment (commune, submission, name, question, repeat_key, ordinal, state, capture)"
        " VALUES (:commune, :submission, :name, :question, :repeat, :ordinal, 'missing', :capture)"
        " ON CONFLICT (commune, submission, name) DO UPDATE SET question = :question, repeat_key = :repeat, ordinal = :ordinal,"
        " capture = :capture, state = CASE WHEN attachment.state = 'unreferenced' THEN 'stored' ELSE attachment.state END",
        rows,
    )


def upsert_arrived(
    tx: Transaction, commune: str, submission_id: str, name: str, *, staged: Staged, reason: str | None, person: str, at: datetime
) -> bool:
    """The bytes of a file are here; a name that no form has mentioned yet is kept as *unreferenced*.

    The first bytes of a name stay. The same bytes again: False, nothing changes. Other bytes under a taken name are kept
    beside it as *unreferenced*, their hash in the name.
    """
    state = FileState.REFUSED if reason else FileState.STORED
    values = {
        "commune": commune, "submission": submission_id, "name": name, "reason": reason,
        "sha256": staged.sha256, "person": person, "at": to_text(at),
    }  # fmt: skip
    if tx.execute(
        "UPDATE attachment SET state = :state, reason = :reason, sha256 = :sha256, person = :person, received_at = :at"
        " WHERE commune = :commune AND submission = :submission AND name = :name AND state = 'missing'",
        state=state.value,
        **values,
    ):
        return True
    taken = tx.row(
        "SELECT sha256 FROM attachment WHERE commune = :commune AND submission = :submission AND name = :name",
        commune=commune,
        submission=submission_id,
        name=name,
    )
    if taken is not None and taken["sha256"] != staged.sha256:
        values["name"] = _beside(name, staged.sha256)
    return bool(
        tx.execute(
            "INSERT INTO attachment (commune, submission, name, question, repeat_key, ordinal, state, reason, sha256, capture, person,"
            " received_at) VALUES (:commune, :submission, :name, '', '', 0, :state, :reason, :sha256, '{}', :person, :at)"
            " ON CONFLICT (commune, submission, name) DO NOTHING",
            state=FileState.REFUSED.value if reason else FileState.UNREFERENCED.value,
            **values,
        )
    )


def insert_blob(tx: Transaction, commune: str, staged: Staged, *, media_type: str, quarantine: bool, facts: str, at: datetime) -> bool:
    """A row for the bytes, once a commune; False where it is there already."""
    return bool(
        tx.execute(
            "INSERT INTO blob (commune, sha256, size, crc32, media_type, quarantine, facts, views, received_at)"
            " VALUES (:commune, :sha256, :size, :crc32, :media_type, :quarantine, :facts, :views, :at)"
            " ON CONFLICT (commune, sha256) DO NOTHING",
            commune=commune,
            sha256=staged.sha256,
            size=staged.size,
            crc32=staged.crc32,
            media_type=media_type,
            quarantine=int(quarantine),
            facts=facts,
            views="none" if quarantine else "waiting",
            at=to_text(at),
        )
    )


def insert_conflict_file(tx: Transaction, submission: Submission, name: str, sha256: str, reason: str | None) -> bool:
    """Name a file that came with an instance kept aside; *reason* is the code of why it is no photo. False where it is there already."""
    return bool(
        tx.execute(
            "INSERT INTO conflict_file (commune, submission, instance_sha256, name, sha256, reason)"
            " VALUES (:commune, :submission, :instance, :name, :sha256, :reason) ON CONFLICT DO NOTHING",
            commune=submission.commune, submission=submission.id, instance=submission.instance_sha256,
            name=name, sha256=sha256, reason=reason,
        )
    )  # fmt: skip


def update_developed(tx: Transaction, commune: str, sha256: str, views: str, look: str | None) -> bool:
    """Say how the making of a photo's views went, `ready` or `failed`, and what its pixels say (JSON).

    False for an erased one, which stays erased.
    """
    return bool(
        tx.execute(
            "UPDATE blob SET views = :views, look = :look WHERE commune = :commune AND sha256 = :sha256 AND erased_at IS NULL",
            commune=commune, sha256=sha256, views=views, look=look,
        )
    )  # fmt: skip


def select_blob(reader: Reader, commune: str, sha256: str) -> Row | None:
    """The blob's row: size, crc32, media_type, quarantine, facts (JSON), views."""
    return reader.row("SELECT * FROM blob WHERE commune = :commune AND sha256 = :sha256", commune=commune, sha256=sha256)


def select_attachments(reader: Reader, commune: str, submission_id: str) -> list[Attachment]:
    """The submission's files in the form's order."""
    rows = reader.rows(
        f"SELECT {_COLUMNS} FROM attachment WHERE commune = :commune AND submission = :submission ORDER BY ordinal, name",
        commune=commune,
        submission=submission_id,
    )
    return [attachment_of(row) for row in rows]


def select_missing(reader: Reader, commune: str, submission_id: str) -> list[str]:
    """The names of files that are still missing, in the form's order."""
    rows = reader.rows(
        "SELECT name FROM attachment WHERE commune = :commune AND submission = :submission AND state = 'missing' ORDER BY ordinal",
        commune=commune,
        submission=submission_id,
    )
    return [row["name"] for row in rows]


def select_file(reader: Reader, commune: str, submission_id: str, name: str) -> Row | None:
    """The file that is here under *name*: state, reason, sha256, size; None where none has come."""
    return reader.row(f"{_FILE} AND a.name = :name", commune=commune, submission=submission_id, name=name)


def select_file_by_hash(reader: Reader, commune: str, submission_id: str, name: str, sha256: str) -> Row | None:
    """The file with these very bytes that came under *name*, also where it is kept beside an earlier one; columns as `select_file`."""
    return reader.row(
        f"{_FILE} AND a.name IN (:name, :beside) AND a.sha256 = :sha256",
        commune=commune, submission=submission_id, name=name, beside=_beside(name, sha256), sha256=sha256,
    )  # fmt: skip


def select_early(reader: Reader, commune: str, submission_id: str) -> tuple[set[str], int]:
    """Who sent files under an id whose form has not come, and how many."""
    rows = reader.rows(
        "SELECT person FROM attachment WHERE commune = :commune AND submission = :submission", commune=commune, submission=submission_id
    )
    return {row["person"] for row in rows if row["person"]}, len(rows)


def insert_carried(tx: Transaction, commune: str, predecessor: str, submission_id: str) -> None:
    """Carry files forward that a correction names and its predecessor has, so that they need not be sent again."""
    tx.execute(
        "UPDATE attachment SET (state, reason, sha256, person, received_at) = (SELECT p.state, p.reason, p.sha256, p.person, p.received_at"
        " FROM attachment p WHERE p.commune = :commune AND p.submission = :predecessor AND p.name = attachment.name)"
        " WHERE commune = :commune AND submission = :submission AND state = 'missing' AND EXISTS (SELECT 1 FROM attachment p"
        " WHERE p.commune = :commune AND p.submission = :predecessor AND p.name = attachment.name AND p.state IN ('stored', 'refused'))",
        commune=commune,
        predecessor=predecessor,
        submission=submission_id,
    )


def attachment_of(row: Row) -> Attachment:
    """The attachment in a row."""
    return Attachment(
        commune=row["commune"],
        submission=row["submission"],
        name=row["name"],
        question=row["question"],
        repeat=row["repeat_key"],
        ordinal=row["ordinal"],
        state=FileState(row["state"]),
        sha256=row["sha256"],
        reason=row["reason"],
        capture=capture_from_json(row["name"], json.loads(row["capture"])),
        received_at=optional_from_text(row["received_at"]),
    )


def capture_to_json(capture: Capture) -> dict[str, object]:
    """What the phone knew of a photo, as kept beside it."""
    return {
        "source": capture.source.value,
        "before": _fix_to_json(capture.before),
        "after": _fix_to_json(capture.after),
        "last_modified": optional_to_text(capture.last_modified),
        "sha256": capture.sha256,
        "size": capture.size,
    }


def capture_from_json(name: str, document: Mapping[str, object]) -> Capture:
    """The inverse of `capture_to_json`; absent keys are *not given*."""
    return Capture(
        name=name,
        source=Source(str(document.get("source", "unknown"))),
        before=_fix_from_json(document.get("before")),
        after=_fix_from_json(document.get("after")),
        last_modified=optional_from_text(document.get("last_modified")),  # type: ignore[arg-type]
        sha256=document.get("sha256"),  # type: ignore[arg-type]
        size=document.get("size"),  # type: ignore[arg-type]
    )


def _beside(name: str, sha256: str) -> str:
    """The name of other bytes under a taken name."""
    return f"{name}~{sha256[:12]}"


def _fix_to_json(fix: Fix | None) -> list[object] | None:
    if fix is None:
        return None
    given: list[object] = [fix.latitude, fix.longitude, fix.accuracy_m, fix.altitude_m, optional_to_text(fix.at)]
    return [*given, True] if fix.by_hand else given


def _fix_from_json(document: object) -> Fix | None:
    if not isinstance(document, list):
        return None
    latitude, longitude, accuracy, altitude, at, *by_hand = document
    return Fix(latitude, longitude, accuracy, altitude, optional_from_text(at), by_hand=bool(by_hand))
