"""Judgements: what people said of flags; rows are only added, the newest of a flag counts while its figures are the same."""

from datetime import datetime

from survey.domain.ports import Reader, Row, Transaction
from survey.domain.times import to_text


def select_flag(reader: Reader, commune: str, submission: str, attachment: str, code: str) -> Row | None:
    """One flag as it stands: severity and figures, the latter as their canonical text; None where it is gone."""
    return reader.row(
        "SELECT severity, figures FROM flag"
        " WHERE commune = :commune AND submission = :submission AND attachment = :attachment AND code = :code",
        commune=commune, submission=submission, attachment=attachment, code=code,
    )  # fmt: skip


def select_judgements(reader: Reader, commune: str, submission: str) -> list[Row]:
    """All that was said of the submission's flags, newest first: attachment, code, number, verdict, reason, figures, person, at."""
    return reader.rows(
        "SELECT attachment, code, number, verdict, reason, figures, person, at FROM flag_judgement"
        " WHERE commune = :commune AND submission = :submission ORDER BY at DESC, number DESC, attachment, code",
        commune=commune, submission=submission,
    )  # fmt: skip


def select_last_judgement(reader: Reader, commune: str, submission: str, attachment: str, code: str) -> Row | None:
    """The newest that was said of a flag, whatever its figures were: number, verdict, figures, person, at; None: nothing."""
    return reader.row(
        "SELECT number, verdict, figures, person, at FROM flag_judgement"
        " WHERE commune = :commune AND submission = :submission AND attachment = :attachment AND code = :code"
        " ORDER BY number DESC LIMIT 1",
        commune=commune, submission=submission, attachment=attachment, code=code,
    )  # fmt: skip


def select_judgement_counts(reader: Reader, commune: str) -> dict[tuple[str, str], int]:
    """How many flags of each check were judged how, by (code, verdict): the newest of each flag, those that are gone since too."""
    rows = reader.rows(
        "SELECT j.code, j.verdict, COUNT(*) AS count FROM flag_judgement AS j WHERE j.commune = :commune"
        " AND j.verdict <> 'taken_back' AND NOT EXISTS (SELECT 1 FROM flag_judgement AS n WHERE n.commune = j.commune"
        " AND n.submission = j.submission AND n.attachment = j.attachment AND n.code = j.code AND n.number > j.number)"
        " GROUP BY j.code, j.verdict",
        commune=commune,
    )
    return {(row["code"], row["verdict"]): row["count"] for row in rows}


def insert_judgement(
    tx: Transaction, commune: str, submission: str, attachment: str, code: str, *,
    number: int, verdict: str, reason: str, figures: str, person: str, at: datetime,
) -> None:  # fmt: skip
    """Write what *person* says of a flag with these *figures*, as the *number*th word on it."""
    tx.execute(
        "INSERT INTO flag_judgement (commune, submission, attachment, code, number, verdict, reason, figures, person, at)"
        " VALUES (:commune, :submission, :attachment, :code, :number, :verdict, :reason, :figures, :person, :at)",
        commune=commune, submission=submission, attachment=attachment, code=code, number=number, verdict=verdict, reason=reason,
        figures=figures, person=person, at=to_text(at),
    )  # fmt: skip
