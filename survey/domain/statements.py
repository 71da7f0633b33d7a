"""Statements: what a person states of a criterion, apart from what the survey measured (DESIGN 2.8).

Its state where no survey can show it, what the commune claims, and what the council gives are three aspects that never mix.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from survey.domain.outcomes import Outcome
from survey.domain.times import from_text, to_text


class Aspect(StrEnum):
    """What a statement is about."""

    STATE = "state"  # how it is with what no survey of sites can show; decides that part of a verdict
    CLAIM = "claim"  # what the commune says of itself
    APPRAISAL = "appraisal"  # what the council gives


@dataclass(frozen=True, slots=True)
class Statement:
    """What *person* states of a criterion in a *hamlet*, or in the commune where that is None.

    *outcome* is MET or NOT_MET; *level* one that the criterion speaks of (`LEVELS` of criteria.py) or ""; *value* is 0 to 1, where a
    failing criterion is spoken of as 85 %.
    *stated_on* is the day of the paper in Viet Nam, *at* when it was entered here. *document* is the SHA-256 of what was attached,
    *document_name* its label ("" for none).
    """

    edition: str
    criterion: str
    hamlet: str | None
    aspect: Aspect
    number: int
    outcome: Outcome
    level: str
    value: float | None
    stated_on: date
    document: str | None
    document_name: str
    note: str
    person: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants to state; the words of `Statement`."""

    edition: str
    criterion: str
    hamlet: str | None
    aspect: Aspect
    outcome: Outcome
    stated_on: date
    level: str = ""
    value: float | None = None
    document: str | None = None
    note: str = ""


StatementKey = tuple[str, str | None, Aspect]
"""Criterion, hamlet (None: the commune), aspect."""

Statements = Mapping[StatementKey, Statement]
"""The statements of one edition that stand."""

_PLAIN = ("edition", "criterion", "hamlet", "number", "level", "value", "document", "document_name", "note", "person")


def statement_document(statement: Statement) -> dict[str, Any]:
    """*statement* as plain JSON values; keys are stable (docs/criteria.md)."""
    return {name: getattr(statement, name) for name in _PLAIN} | {
        "aspect": statement.aspect.value, "outcome": statement.outcome.value,
        "stated_on": statement.stated_on.isoformat(), "at": to_text(statement.at),
    }  # fmt: skip


def read_statement(document: Mapping[str, Any]) -> Statement:
    """The statement behind `statement_document`."""
    return Statement(
        **{name: document[name] for name in _PLAIN}, aspect=Aspect(document["aspect"]), outcome=Outcome(document["outcome"]),
        stated_on=date.fromisoformat(document["stated_on"]), at=from_text(document["at"]),
    )  # fmt: skip
