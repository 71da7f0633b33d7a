"""Flags: what the checks found on a submission or one of its photos."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from survey.domain.canonical import dumps
from survey.domain.ports import Reader, Row, Transaction
from survey.domain.times import to_text


def upsert_flags(tx: Transaction, commune: str, submission_id: str, flags: Iterable[Mapping[str, object]], at: datetime) -> None:
    """Replace the submission's flags by *flags* (attachment, code, severity, figures) and keep their count and worst severity."""
    tx.execute("DELETE FROM flag WHERE commune = :commune AND submission = :submission", commune=commune, submission=submission_id)
    rows = [
        {
            "commune": commune,
            "submission": submission_id,
            "attachment": flag["attachment"] or "",
            "code": flag["code"],
            "severity": flag["severity"],
            "figures": dumps(flag["figures"]),
            "at": to_text(at),
        }
        for flag in flags
    ]
    tx.execute_many(
        "INSERT INTO flag (commune, submission, attachment, code, severity, figures, raised_at)"
        " VALUES (:commune, :submission, :attachment, :code, :severity, :figures, :at)"
        " ON CONFLICT (commune, submission, attachment, code) DO NOTHING",
        rows,
    )
    tx.execute(
        "UPDATE submission SET flag_count = :count, flag_severity = :severity WHERE commune = :commune AND submission = :submission",
        count=len({(row["attachment"], row["code"]) for row in rows}),
        severity=max((int(str(row["severity"])) for row in rows), default=0),
        commune=commune,
        submission=submission_id,
    )


def select_flags(reader: Reader, commune: str, submission_id: str) -> list[Row]:
    """The submission's flags, worst first: attachment, code, severity, figures (decoded), raised_at."""
    rows = reader.rows(
        "SELECT attachment, code, severity, figures, raised_at FROM flag WHERE commune = :commune AND submission = :submission"
        " ORDER BY severity DESC, attachment, code",
        commune=commune,
        submission=submission_id,
    )
    return [{**row, "figures": json.loads(row["figures"])} for row in rows]
