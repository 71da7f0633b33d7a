"""Who answers for a criterion, in every version, and what owners report."""

from collections.abc import Sequence
from datetime import date, datetime

from survey.domain.owners import Assignment, OwnerReport
from survey.domain.ports import Reader, Row, Transaction
from survey.domain.times import from_text, to_text

_NEWEST = (
    " AND a.number = (SELECT MAX(x.number) FROM assignment x"
    " WHERE x.commune = a.commune AND x.edition = a.edition AND x.criterion = a.criterion)"
)
_ASSIGNMENT = (
    "SELECT a.edition, a.criterion, a.number, a.agency, a.person, a.person_name, a.due_on, a.note, a.entered_by, a.at FROM assignment a"
    " WHERE a.commune = :commune"
)
_REPORT = "SELECT edition, criterion, number, milestone, text, done_share, document, person, at FROM owner_report WHERE commune = :commune"


def select_assignments(reader: Reader, commune: str, edition: str) -> dict[str, Assignment]:
    """The present assignment of each criterion of *edition* that was ever assigned."""
    rows = reader.rows(_ASSIGNMENT + " AND a.edition = :edition" + _NEWEST, commune=commune, edition=edition)
    return {row["criterion"]: _assignment(row) for row in rows}


def select_assignments_of(reader: Reader, commune: str, person: str) -> list[Assignment]:
    """What the account *person* answers for at present, in every edition, the nearest date first."""
    rows = reader.rows(
        _ASSIGNMENT + " AND a.person = :person" + _NEWEST + " ORDER BY a.due_on IS NULL, a.due_on, a.edition, a.criterion",
        commune=commune, person=person,
    )  # fmt: skip
    return [_assignment(row) for row in rows]


def select_assignment_history(reader: Reader, commune: str, edition: str, criterion: str) -> list[Assignment]:
    """Every version for a criterion, newest first."""
    rows = reader.rows(
        _ASSIGNMENT + " AND a.edition = :edition AND a.criterion = :criterion ORDER BY a.number DESC",
        commune=commune, edition=edition, criterion=criterion,
    )  # fmt: skip
    return [_assignment(row) for row in rows]


def insert_assignments(tx: Transaction, commune: str, assignments: Sequence[Assignment], at: datetime) -> None:
    """Add versions; the number of each is new for its criterion."""
    tx.execute_many(
        "INSERT INTO assignment (commune, edition, criterion, number, agency, person, person_name, due_on, note, entered_by, at)"
        " VALUES (:commune, :edition, :criterion, :number, :agency, :person, :person_name, :due_on, :note, :entered_by, :at)",
        [
            {
                "commune": commune, "edition": one.edition, "criterion": one.criterion, "number": one.number, "agency": one.agency,
                "person": one.person, "person_name": one.person_name, "due_on": one.due_on and one.due_on.isoformat(), "note": one.note,
                "entered_by": one.entered_by, "at": to_text(at),
            }
            for one in assignments
        ],
    )  # fmt: skip


def select_owner_reports(reader: Reader, commune: str, edition: str, criterion: str, limit: int = 10) -> list[OwnerReport]:
    """The newest reports on a criterion, newest first."""
    rows = reader.rows(
        _REPORT + " AND edition = :edition AND criterion = :criterion ORDER BY number DESC LIMIT :limit",
        commune=commune, edition=edition, criterion=criterion, limit=limit,
    )  # fmt: skip
    return [_report(row) for row in rows]


def select_last_reports(reader: Reader, commune: str, edition: str) -> dict[str, OwnerReport]:
    """The newest report on each criterion of *edition*."""
    rows = reader.rows(
        _REPORT + " AND edition = :edition AND number = (SELECT MAX(x.number) FROM owner_report x"
        " WHERE x.commune = owner_report.commune AND x.edition = owner_report.edition AND x.criterion = owner_report.criterion)",
        commune=commune, edition=edition,
    )  # fmt: skip
    return {row["criterion"]: _report(row) for row in rows}


def insert_owner_report(tx: Transaction, commune: str, report: OwnerReport) -> int:
    """Add *report* as the next one on its criterion, whatever number it has; returns that number."""
    row = tx.row(
        "SELECT MAX(number) AS last FROM owner_report WHERE commune = :commune AND edition = :edition AND criterion = :criterion",
        commune=commune, edition=report.edition, criterion=report.criterion,
    )  # fmt: skip
    number = (row["last"] if row and row["last"] else 0) + 1
    tx.execute(
        "INSERT INTO owner_report (commune, edition, criterion, number, milestone, text, done_share, document, person, at)"
        " VALUES (:commune, :edition, :criterion, :number, :milestone, :text, :done_share, :document, :person, :at)",
        commune=commune, edition=report.edition, criterion=report.criterion, number=number, milestone=report.milestone, text=report.text,
        done_share=report.done_share, document=report.document, person=report.person, at=to_text(report.at),
    )  # fmt: skip
    return number


def _assignment(row: Row) -> Assignment:
    return Assignment(
        row["edition"], row["criterion"], row["number"], row["agency"], row["person"], row["person_name"],
        None if row["due_on"] is None else date.fromisoformat(row["due_on"]), row["note"], row["entered_by"], from_text(row["at"]),
    )  # fmt: skip


def _report(row: Row) -> OwnerReport:
    return OwnerReport(
        row["edition"], row["criterion"], row["number"], row["milestone"], row["text"], row["done_share"], row["document"], row["person"],
        from_text(row["at"]),
    )  # fmt: skip
