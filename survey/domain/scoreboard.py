"""The scoreboard: of each criterion what the survey measured, what the commune claims and what the council gave, and how many are met."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from survey.domain.canonical import dumps
from survey.domain.criteria import Criterion, Edition
from survey.domain.outcomes import Outcome
from survey.domain.statements import Aspect, Statement, Statements
from survey.domain.verdicts import Verdict


@dataclass(frozen=True)
class Goal:
    """What the commune wants to reach: so many *criteria* of an *edition* by a day, and where that stands written."""

    edition: str
    criteria: int
    by: date
    source: str


@dataclass(frozen=True)
class ScoreRow:
    """One criterion in three columns; *behind* are the hamlets of which the measured verdict is not_met.

    *disagrees* is true where two of the three columns are decided and differ; what is not decided contradicts nothing.
    """

    criterion: Criterion
    measured: Verdict
    claim: Statement | None
    appraisal: Statement | None
    behind: tuple[str, ...]
    disagrees: bool


@dataclass(frozen=True)
class Scoreboard:
    """One edition as of a day: *met* of *total* criteria, those that only combine others left out.

    *verdicts* are all of them, the hamlets' too. *stale* says that something changed after they were computed.
    """

    edition: Edition
    rows: tuple[ScoreRow, ...]
    met: int
    total: int
    goal: Goal | None
    as_of: date
    computed_at: datetime
    stale: bool
    verdicts: tuple[Verdict, ...] = ()


def score_rows(edition: Edition, verdicts: Sequence[Verdict], statements: Statements, hamlet: str | None = None) -> tuple[ScoreRow, ...]:
    """The rows of *edition* for the commune, or for one *hamlet*; a criterion without a verdict there has none."""
    here = {verdict.criterion: verdict for verdict in verdicts if verdict.hamlet == hamlet}
    behind: dict[str, list[str]] = {}
    for verdict in verdicts:
        if verdict.hamlet is not None and verdict.outcome is Outcome.NOT_MET:
            behind.setdefault(verdict.criterion, []).append(verdict.hamlet)
    return tuple(
        _row(criterion, here[criterion.code], statements, hamlet, tuple(behind.get(criterion.code, ())))
        for criterion in edition.criteria
        if criterion.code in here
    )


def _row(criterion: Criterion, measured: Verdict, statements: Statements, hamlet: str | None, behind: tuple[str, ...]) -> ScoreRow:
    claim = statements.get((criterion.code, hamlet, Aspect.CLAIM))
    appraisal = statements.get((criterion.code, hamlet, Aspect.APPRAISAL))
    said = [measured.outcome, *(statement.outcome for statement in (claim, appraisal) if statement is not None)]
    return ScoreRow(criterion, measured, claim, appraisal, behind, {Outcome.MET, Outcome.NOT_MET} <= set(said))


def count_met(rows: Iterable[ScoreRow]) -> tuple[int, int]:
    """How many criteria are met, of how many; one that combines others is not one more."""
    own = [row for row in rows if row.criterion.is_counted]
    return sum(row.measured.outcome is Outcome.MET for row in own), len(own)


def goal_text(goal: Goal) -> str:
    """*goal* as it is kept among the commune's settings."""
    return dumps({"edition": goal.edition, "criteria": goal.criteria, "by": goal.by.isoformat(), "source": goal.source})


def read_goal(text: str | None) -> Goal | None:
    """The goal behind `goal_text`; None for None or ""."""
    if not text:
        return None
    document: Mapping[str, Any] = json.loads(text)
    return Goal(document["edition"], document["criteria"], date.fromisoformat(document["by"]), document["source"])
