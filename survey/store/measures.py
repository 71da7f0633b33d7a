"""Measures: the answers that editions use, one row each, written at receipt and refilled when an edition is loaded (DESIGN 2.13)."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence

from survey.domain.counting import repeat_key
from survey.domain.ports import Reader, Row, Transaction
from survey.domain.submissions import Submission
from survey.domain.times import to_text
from survey.store.editions import select_question_kinds

_PORTION = 500  # submissions in hand while refilling
_INSERT = (
    "INSERT INTO measure (commune, form, question, submission, repeat_key, code, number, site, round, captured_at)"
    " VALUES (:commune, :form, :question, :submission, :repeat_key, :code, :number, :site, :round, :captured_at)"
)


def insert_measures(tx: Transaction, submission: Submission) -> None:
    """Write a row for every answer of *submission* that a loaded edition uses."""
    kinds = select_question_kinds(tx, submission.commune, submission.form)
    head = {
        "commune": submission.commune, "form": submission.form, "submission": submission.id, "site": submission.site,
        "round": submission.round, "captured_at": to_text(submission.captured_at),
    }  # fmt: skip
    tx.execute_many(_INSERT, list(_measure_rows(head, submission.answers, kinds)))


def refill_measures(tx: Transaction, commune: str, form: str) -> None:
    """Write the measures of every submission of *form* anew, for the questions that the loaded editions use now."""
    kinds = select_question_kinds(tx, commune, form)
    tx.execute("DELETE FROM measure WHERE commune = :commune AND form = :form", commune=commune, form=form)
    after = ""
    while True:
        rows = _select_answers(tx, commune, form, after)
        if not rows:
            return
        tx.execute_many(_INSERT, [measure for row in rows for measure in _measure_rows(_head(row), json.loads(row["answers"]), kinds)])
        after = rows[-1]["submission"]


def select_filled_forms(reader: Reader, commune: str) -> set[str]:
    """The forms of which there are measures or that an edition uses: those to refill when editions change."""
    rows = reader.rows(
        "SELECT form FROM edition_question WHERE commune = :commune UNION SELECT DISTINCT form FROM measure WHERE commune = :commune",
        commune=commune,
    )
    return {row["form"] for row in rows}


def _select_answers(reader: Reader, commune: str, form: str, after: str) -> list[Row]:
    return reader.rows(
        "SELECT commune, form, submission, site, round, captured_at, answers FROM submission"
        " WHERE commune = :commune AND submission > :after AND form = :form ORDER BY submission LIMIT :portion",
        commune=commune, form=form, after=after, portion=_PORTION,
    )  # fmt: skip


def _head(row: Row) -> dict[str, object]:
    return {name: row[name] for name in ("commune", "form", "submission", "site", "round", "captured_at")}


def measured_answers(answers: Mapping[str, object], kinds: Mapping[str, str]) -> Iterator[tuple[str, str, str, float | None]]:
    """(question, repeat key, code, number) of each answer to a question of *kinds*; one that is neither has an empty code."""
    # Question names are unique in a form (docs/forms.md); a name that a forged instance repeats keeps its first answer.
    seen: set[tuple[str, str]] = set()
    for path, value in answers.items():
        question = path.rsplit("/", 1)[-1].partition("[")[0]
        key = (question, repeat_key(path))
        if question not in kinds or key in seen or value in (None, "", []):
            continue
        seen.add(key)
        for code, number in _values(value, kinds[question]):
            yield question, key[1], code, number


def _measure_rows(head: Mapping[str, object], answers: Mapping[str, object], kinds: Mapping[str, str]) -> Iterator[dict[str, object]]:
    for question, repeat, code, number in measured_answers(answers, kinds):
        yield {**head, "question": question, "repeat_key": repeat, "code": code, "number": number}


def _values(value: object, kind: str) -> Sequence[tuple[str, float | None]]:
    """(code, number) of each row; texts and file names leave only the fact that there is an answer."""
    if kind == "number":
        number = _number(value)
        return [("", number)]
    if kind == "code":
        codes = value if isinstance(value, list | tuple) else str(value).split()
        return [(str(code), None) for code in dict.fromkeys(codes)]
    return [("", None)]


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
