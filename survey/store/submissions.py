"""Submissions and their instances: inserted once, their answers never changed."""

import json
from collections.abc import Mapping
from typing import Any

from survey.domain.canonical import dumps
from survey.domain.ports import Reader, Row, Transaction
from survey.domain.submissions import Consent, Fix, State, Submission
from survey.domain.times import from_text, optional_from_text, optional_to_text, to_text

_COLUMNS = (
    "commune, submission, code, form, form_version, site, hamlet, round, person, device, door, started_at, captured_at, received_at, state,"
    " state_version, replaces, missing_files, flag_count, flag_severity, latitude, longitude, accuracy_m, altitude_m, fix_at,"
    " fix_by_hand, answers, instance_sha256, clock_drift_s, brought_by, consent"
)


def select_submission(reader: Reader, commune: str, submission_id: str) -> Submission | None:
    """The submission, or None."""
    row = reader.row(
        f"SELECT {_COLUMNS} FROM submission WHERE commune = :commune AND submission = :submission",
        commune=commune,
        submission=submission_id,
    )
    return None if row is None else submission_of(row)


def select_submission_by_code(reader: Reader, commune: str, code: str) -> Submission | None:
    """The submission whose short code a person read out, or None."""
    row = reader.row(f"SELECT {_COLUMNS} FROM submission WHERE commune = :commune AND code = :code", commune=commune, code=code.upper())
    return None if row is None else submission_of(row)


def select_own(reader: Reader, commune: str, person: str, *, limit: int) -> list[Submission]:
    """The newest submissions that *person* handed in."""
    rows = reader.rows(
        f"SELECT {_COLUMNS} FROM submission WHERE commune = :commune AND person = :person"
        " ORDER BY received_at DESC, submission DESC LIMIT :limit",
        commune=commune,
        person=person,
        limit=limit,
    )
    return [submission_of(row) for row in rows]


def select_returned(reader: Reader, commune: str, person: str, *, limit: int) -> list[Submission]:
    """What came back to *person* and has not been handed in anew, oldest first: the longest wait comes first."""
    rows = reader.rows(
        f"SELECT {_COLUMNS} FROM submission s WHERE commune = :commune AND person = :person AND state = 'returned' AND NOT EXISTS"
        " (SELECT 1 FROM submission n WHERE n.commune = s.commune AND n.replaces = s.submission AND n.person = s.person)"
        " ORDER BY received_at, submission LIMIT :limit",
        commune=commune,
        person=person,
        limit=limit,
    )
    return [submission_of(row) for row in rows]


def select_instance(reader: Reader, commune: str, submission_id: str) -> bytes | None:
    """The instance XML as received, or None."""
    row = reader.row(
        "SELECT xml FROM instance WHERE commune = :commune AND submission = :submission", commune=commune, submission=submission_id
    )
    return None if row is None else bytes(row["xml"])


def insert_submission(tx: Transaction, submission: Submission, xml: bytes) -> bool:
    """Insert *submission* with its instance and count it; False where the id is already there (nothing changes)."""
    names = [name.strip() for name in _COLUMNS.split(",")]
    placeholders = ", ".join(f":{name}" for name in names)
    inserted = tx.execute(
        f"INSERT INTO submission ({_COLUMNS}) VALUES ({placeholders}) ON CONFLICT (commune, submission) DO NOTHING",
        **_values(submission),
    )
    if not inserted:
        return False
    tx.execute(
        "INSERT INTO instance (commune, submission, xml) VALUES (:commune, :submission, :xml)",
        commune=submission.commune,
        submission=submission.id,
        xml=xml,
    )
    move_tally(tx, submission, None, submission.state)
    return True


def insert_conflict(tx: Transaction, submission: Submission, xml: bytes, reason: str) -> bool:
    """Keep an instance aside that cannot be taken in; *reason* is the code of the problem. False where it is there already."""
    return bool(
        tx.execute(
            "INSERT INTO instance_conflict (commune, submission, instance_sha256, person, received_at, xml, reason, replaces)"
            " VALUES (:commune, :submission, :sha256, :person, :at, :xml, :reason, :replaces) ON CONFLICT DO NOTHING",
            commune=submission.commune, submission=submission.id, sha256=submission.instance_sha256,
            person=submission.brought_by or submission.person, at=to_text(submission.received_at), xml=xml, reason=reason,
            replaces=submission.replaces,
        )
    )  # fmt: skip


def select_successor(reader: Reader, original: Submission) -> str | None:
    """The id of what the same person handed in to replace *original*, whatever became of it; None where there is nothing."""
    row = reader.row(
        "SELECT submission FROM submission WHERE commune = :commune AND replaces = :original AND person = :person"
        " ORDER BY received_at, submission LIMIT 1",
        commune=original.commune, original=original.id, person=original.person,
    )  # fmt: skip
    return None if row is None else str(row["submission"])


def update_to_lock(tx: Transaction, commune: str, submission_id: str) -> None:
    """Change nothing of a submission, and keep every other transaction from going on past it until this one has ended."""
    tx.execute(
        "UPDATE submission SET state_version = state_version WHERE commune = :commune AND submission = :submission",
        commune=commune, submission=submission_id,
    )  # fmt: skip


def update_missing(tx: Transaction, commune: str, submission_id: str) -> int:
    """Count the files that are still missing and keep the count; returns it."""
    row: Any = tx.row(
        "SELECT COUNT(*) AS missing FROM attachment WHERE commune = :commune AND submission = :submission AND state = 'missing'",
        commune=commune,
        submission=submission_id,
    )
    tx.execute(
        "UPDATE submission SET missing_files = :missing WHERE commune = :commune AND submission = :submission",
        missing=row["missing"],
        commune=commune,
        submission=submission_id,
    )
    return int(row["missing"])


def move_tally(tx: Transaction, submission: Submission, old: State | None, new: State | None) -> None:
    """Move one submission from the count of *old* to that of *new*; None is *not counted*."""
    for state, step in ((old, -1), (new, 1)):
        if state is not None:
            tx.execute(
                "INSERT INTO tally (commune, state, form, hamlet, count) VALUES (:commune, :state, :form, :hamlet, :step)"
                " ON CONFLICT (commune, state, form, hamlet) DO UPDATE SET count = tally.count + :step",
                commune=submission.commune,
                state=state.value,
                form=submission.form,
                hamlet=submission.hamlet or "",
                step=step,
            )


def submission_of(row: Row) -> Submission:
    """The submission in a row that holds every column of the table but the decision's."""
    fix = None
    if row["latitude"] is not None:
        at, by_hand = optional_from_text(row["fix_at"]), bool(row["fix_by_hand"])
        fix = Fix(row["latitude"], row["longitude"], row["accuracy_m"], row["altitude_m"], at, by_hand)
    return Submission(
        commune=row["commune"],
        id=row["submission"],
        code=row["code"],
        form=row["form"],
        form_version=row["form_version"],
        site=row["site"],
        hamlet=row["hamlet"],
        round=row["round"],
        person=row["person"],
        device=row["device"],
        door=row["door"],
        captured_at=from_text(row["captured_at"]),
        received_at=from_text(row["received_at"]),
        state=State(row["state"]),
        state_version=row["state_version"],
        replaces=row["replaces"],
        missing_files=row["missing_files"],
        flag_count=row["flag_count"],
        flag_severity=row["flag_severity"],
        fix=fix,
        answers=json.loads(row["answers"]),
        instance_sha256=row["instance_sha256"],
        started_at=optional_from_text(row["started_at"]),
        clock_drift_s=row["clock_drift_s"],
        brought_by=row["brought_by"],
        consent=Consent(row["consent"]) if row["consent"] else None,
    )


def _values(submission: Submission) -> Mapping[str, object]:
    fix = submission.fix
    values: dict[str, object] = {
        name: getattr(submission, name)
        for name in (
            "commune", "code", "form", "form_version", "site", "hamlet", "round", "person", "device", "door",
            "state_version", "replaces", "missing_files", "flag_count", "flag_severity", "instance_sha256",
            "clock_drift_s", "brought_by",
        )
    }  # fmt: skip
    return values | {
        "submission": submission.id,
        "started_at": optional_to_text(submission.started_at),
        "captured_at": to_text(submission.captured_at),
        "received_at": to_text(submission.received_at),
        "state": submission.state.value,
        "consent": submission.consent and submission.consent.value,
        "latitude": fix and fix.latitude,
        "longitude": fix and fix.longitude,
        "accuracy_m": fix and fix.accuracy_m,
        "altitude_m": fix and fix.altitude_m,
        "fix_at": optional_to_text(fix.at) if fix else None,
        "fix_by_hand": int(fix.by_hand) if fix else 0,
        "answers": dumps(submission.answers),
    }
