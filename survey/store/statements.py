"""What people state of criteria: every statement is kept, the newest of a place and aspect counts."""

from dataclasses import replace
from datetime import date, datetime

from survey.domain.outcomes import Outcome
from survey.domain.ports import Reader, Row, Transaction
from survey.domain.statements import Aspect, Statement, StatementKey
from survey.domain.times import from_text, to_text

_COLUMNS = (
    "s.edition, s.criterion, s.hamlet, s.aspect, s.number, s.outcome, s.level, s.value, s.stated_on, s.document, s.note, s.person, s.at,"
    " COALESCE(d.name, '') AS document_name FROM statement s"
    " LEFT JOIN document d ON d.commune = s.commune AND d.sha256 = s.document"
)
_TAKEN_BACK = ""


def select_statements(reader: Reader, commune: str, edition: str, before: datetime | None = None) -> dict[StatementKey, Statement]:
    """The statements on an edition that stand, now or as entered *before* a moment: the newest of each, where it was not taken back."""
    known = "" if before is None else " AND x.at < :before"
    rows = reader.rows(
        f"SELECT {_COLUMNS} WHERE s.commune = :commune AND s.edition = :edition AND s.number ="
        " (SELECT MAX(x.number) FROM statement x WHERE x.commune = s.commune AND x.edition = s.edition AND x.criterion = s.criterion"
        f" AND x.hamlet = s.hamlet AND x.aspect = s.aspect{known}) ORDER BY s.criterion, s.hamlet, s.aspect",
        commune=commune, edition=edition, **({} if before is None else {"before": to_text(before)}),
    )  # fmt: skip
    standing = [_statement(row) for row in rows if row["outcome"] != _TAKEN_BACK]
    return {(one.criterion, one.hamlet, one.aspect): one for one in standing}


def select_statement_history(reader: Reader, commune: str, edition: str, criterion: str) -> list[tuple[Statement, bool]]:
    """Everything that was stated of a criterion, newest first, each with whether it took back what had been stated."""
    rows = reader.rows(
        f"SELECT {_COLUMNS} WHERE s.commune = :commune AND s.edition = :edition AND s.criterion = :criterion"
        " ORDER BY s.at DESC, s.hamlet, s.aspect, s.number DESC",
        commune=commune, edition=edition, criterion=criterion,
    )  # fmt: skip
    return [(_statement(row), row["outcome"] == _TAKEN_BACK) for row in rows]


def insert_statement(tx: Transaction, commune: str, statement: Statement, *, taken_back: bool = False) -> Statement:
    """Write *statement* under the next number of its place and aspect; *taken_back*: nothing is stated from now on. Returns it so."""
    key = {
        "commune": commune, "edition": statement.edition, "criterion": statement.criterion, "hamlet": statement.hamlet or "",
        "aspect": statement.aspect.value,
    }  # fmt: skip
    row = tx.row(
        "SELECT MAX(number) AS last FROM statement WHERE commune = :commune AND edition = :edition AND criterion = :criterion"
        " AND hamlet = :hamlet AND aspect = :aspect",
        **key,
    )
    numbered = replace(statement, number=int((row and row["last"]) or 0) + 1)
    tx.execute(
        "INSERT INTO statement (commune, edition, criterion, hamlet, aspect, number, outcome, level, value, stated_on, document, note,"
        " person, at) VALUES (:commune, :edition, :criterion, :hamlet, :aspect, :number, :outcome, :level, :value, :stated_on, :document,"
        " :note, :person, :at)",
        **key, number=numbered.number, outcome=_TAKEN_BACK if taken_back else statement.outcome.value, level=statement.level,
        value=statement.value, stated_on=statement.stated_on.isoformat(), document=statement.document, note=statement.note,
        person=statement.person, at=to_text(statement.at),
    )  # fmt: skip
    return numbered


def _statement(row: Row) -> Statement:
    return Statement(
        edition=row["edition"], criterion=row["criterion"], hamlet=row["hamlet"] or None, aspect=Aspect(row["aspect"]),
        number=row["number"], outcome=Outcome(row["outcome"] or Outcome.NOT_ENOUGH_DATA), level=row["level"], value=row["value"],
        stated_on=date.fromisoformat(row["stated_on"]), document=row["document"], document_name=row["document_name"], note=row["note"],
        person=row["person"], at=from_text(row["at"]),
    )  # fmt: skip
