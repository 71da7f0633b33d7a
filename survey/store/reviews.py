"""Decisions on submissions: the row of each, and the state it moves a submission to."""

from collections.abc import Sequence
from datetime import datetime

from survey.domain.ports import Reader, Row, Transaction
from survey.domain.submissions import Review, State, Submission
from survey.domain.times import from_text, to_text


def select_reviews(reader: Reader, commune: str, submission: str) -> list[Review]:
    """Every decision on *submission*, oldest first."""
    rows = reader.rows(
        "SELECT * FROM review WHERE commune = :commune AND submission = :submission ORDER BY number", commune=commune, submission=submission
    )
    return [_review(row) for row in rows]


def select_last_review(reader: Reader, commune: str, submission: str) -> Review | None:
    """The newest decision on *submission*, or None."""
    row = reader.row(
        "SELECT * FROM review WHERE commune = :commune AND submission = :submission ORDER BY number DESC LIMIT 1",
        commune=commune, submission=submission,
    )  # fmt: skip
    return None if row is None else _review(row)


def select_person_names(reader: Reader, commune: str, people: Sequence[str]) -> dict[str, str]:
    """The names of *people* by id; unknown ids are left out."""
    wanted = {f"person_{number}": person for number, person in enumerate(sorted(set(people)))}
    if not wanted:
        return {}
    marks = ", ".join(f":{name}" for name in wanted)
    rows = reader.rows(f"SELECT person, name FROM person WHERE commune = :commune AND person IN ({marks})", commune=commune, **wanted)
    return {row["person"]: row["name"] for row in rows}


def insert_review(tx: Transaction, submission: Submission, from_state: State, *, reason: str, person: str, at: datetime) -> Review:
    """Write the decision that brought *submission* from *from_state* to where it is; returns it with its number."""
    last = select_last_review(tx, submission.commune, submission.id)
    number = 1 if last is None else last.number + 1
    tx.execute(
        "INSERT INTO review (commune, submission, number, from_state, to_state, reason, person, at)"
        " VALUES (:commune, :submission, :number, :from_state, :to_state, :reason, :person, :at)",
        commune=submission.commune, submission=submission.id, number=number, from_state=from_state.value,
        to_state=submission.state.value, reason=reason, person=person, at=to_text(at),
    )  # fmt: skip
    return Review(submission.commune, submission.id, number, from_state, submission.state, reason, person, at)


def update_state(tx: Transaction, submission: Submission, *, expected_version: int, person: str, at: datetime) -> bool:
    """Store the state of *submission*, decided by *person*; False where another decision has come first."""
    touched = tx.execute(
        "UPDATE submission SET state = :state, state_version = :version, decided_at = :at, decided_by = :person"
        " WHERE commune = :commune AND submission = :submission AND state_version = :expected",
        state=submission.state.value, version=submission.state_version, at=to_text(at), person=person,
        commune=submission.commune, submission=submission.id, expected=expected_version,
    )  # fmt: skip
    if touched:
        tx.execute(
            "UPDATE flag SET state = :state WHERE commune = :commune AND submission = :submission",
            state=submission.state.value, commune=submission.commune, submission=submission.id,
        )  # fmt: skip
    return touched == 1


def update_site(tx: Transaction, submission: Submission, *, expected_version: int) -> bool:
    """Store the site and hamlet of *submission*, its measures' too; False where another decision has come first."""
    touched = tx.execute(
        "UPDATE submission SET site = :site, hamlet = :hamlet, state_version = :version"
        " WHERE commune = :commune AND submission = :submission AND state_version = :expected",
        site=submission.site, hamlet=submission.hamlet, version=submission.state_version,
        commune=submission.commune, submission=submission.id, expected=expected_version,
    )  # fmt: skip
    if touched:
        tx.execute(
            "UPDATE measure SET site = :site WHERE commune = :commune AND submission = :submission",
            site=submission.site, commune=submission.commune, submission=submission.id,
        )  # fmt: skip
    return touched == 1


def select_site_kind(reader: Reader, commune: str, form: str, version: str) -> str | None:
    """Which kind of site a form is for; None where the form is not loaded."""
    row = reader.row(
        "SELECT site_kind FROM form WHERE commune = :commune AND form = :form AND version = :version",
        commune=commune, form=form, version=version,
    )  # fmt: skip
    return None if row is None else str(row["site_kind"])


def lock_decisions(tx: Transaction, commune: str) -> None:
    """Let one decision a commune run at a time.

    PostgreSQL's read committed would let two of them recount one site without seeing each other; SQLite has one writer anyway.
    """
    tx.execute("UPDATE commune SET name = name WHERE commune = :commune", commune=commune)


def _review(row: Row) -> Review:
    states = {name: State(row[name]) for name in ("from_state", "to_state")}
    return Review(**{**row, **states, "at": from_text(row["at"])})
