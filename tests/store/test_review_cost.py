"""The cost of one decision does not grow with what else there is: every statement of it finds its rows by an index, on both engines."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from survey.domain.people import Actor, Role
from survey.domain.ports import Transaction
from survey.domain.submissions import State
from survey.review import decide
from survey.store.engine import ConnectionTransaction
from survey.wiring import Settings, Survey, open_survey
from tests.conftest import COMMUNE, HAMLETS, seed
from tests.made_submissions import insert, register, submission

ACTOR = Actor(COMMUNE, "p-reviewer", "r", Role.REVIEWER)
OTHERS = 400
_GROWING = "submission|s|r|review|measure|counted|attachment|flag|event|job|statement|site"


@pytest.fixture(params=["sqlite", "postgres"])
def filled(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Survey]:
    """A commune with many visits, each of a house of its own, accepted or waiting."""
    database = "sqlite" if request.param == "sqlite" else request.getfixturevalue("postgres_url")()
    survey = open_survey(Settings(data=tmp_path, database=database))
    seed(survey.store)
    with survey.transaction() as tx:
        register(tx, {f"s{number:04d}": HAMLETS[number % 2] for number in range(OTHERS)})
        for number in range(OTHERS):
            insert(tx, submission(f"n{number:04d}", minutes=number, site=f"s{number:04d}"))
    for number in range(0, OTHERS, 8):
        decide(survey, ACTOR, f"uuid:n{number:04d}", State.ACCEPTED, expected_version=0)
    yield survey
    survey.store.close()


def test_every_statement_of_a_decision_uses_an_index(filled: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a decision runs is written down and explained: nowhere a walk through a whole table that grows."""
    with written_down(monkeypatch) as statements:
        decide(filled, ACTOR, "uuid:n0001", State.ACCEPTED, expected_version=0)
    explained = [(statement, plan_of(filled, statement, parameters)) for statement, parameters in statements]

    assert len(statements) > 10
    assert [statement for statement, plan in explained if walks(plan)] == []


def test_the_test_sees_a_walk(filled: Survey) -> None:
    """A question that no index answers is seen as one."""
    assert walks(plan_of(filled, "SELECT 1 AS one FROM submission WHERE answers = :answers", {"answers": "x"}))
    assert walks(plan_of(filled, "SELECT answers FROM submission WHERE commune = :commune AND answers = 'x'", {"commune": COMMUNE}))


@contextmanager
def written_down(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, Mapping[str, object]]]]:
    """Every statement of the transactions within."""
    found: list[tuple[str, Mapping[str, object]]] = []
    for name in ("rows", "row", "stream", "execute"):
        real = getattr(ConnectionTransaction, name)

        def noted(self: Transaction, sql: str, _real: object = real, **parameters: object) -> object:
            found.append((sql, parameters))
            return _real(self, sql, **parameters)  # type: ignore[operator]

        monkeypatch.setattr(ConnectionTransaction, name, noted)
    real_many = ConnectionTransaction.execute_many

    def noted_many(self: Transaction, sql: str, parameters: object) -> None:
        listed = list(parameters)  # type: ignore[call-overload]
        found.extend((sql, one) for one in listed[:1])
        real_many(self, sql, listed)  # type: ignore[arg-type]

    monkeypatch.setattr(ConnectionTransaction, "execute_many", noted_many)
    yield found
    monkeypatch.undo()


def plan_of(survey: Survey, statement: str, parameters: Mapping[str, object]) -> str:
    """How the engine would run it, small tables or not."""
    if survey.store.engine == "sqlite":
        with survey.reading() as reader:
            return "\n".join(str(row["detail"]) for row in reader.rows(f"EXPLAIN QUERY PLAN {statement}", **parameters))
    with survey.transaction() as tx:
        tx.execute("ANALYZE submission")
        tx.execute("SET LOCAL enable_seqscan = off")
        return "\n".join(str(row["QUERY PLAN"]) for row in tx.rows(f"EXPLAIN {statement}", **parameters))


def walks(plan: str) -> bool:
    """Whether a plan goes through a whole table, or through all that a commune has in one that grows."""
    whole = re.search(r"\bSCAN (?!CONSTANT ROW)\w+", plan) or "Seq Scan" in plan
    commune_only = re.search(rf"SEARCH ({_GROWING})\b[^\n]* \(commune=\?\)", plan)
    alone = rf"Scan using \w+ on ({_GROWING})\b[^\n]*\n\s+Index Cond: \(commune = '\d+'::text\)(\n|$)"
    bitmap = rf"Bitmap Index Scan on ({_GROWING})_\w+ [^\n]*\n\s+Index Cond: \(commune = '\d+'::text\)(\n|$)"
    return bool(whole or commune_only or re.search(alone, plan) or re.search(bitmap, plan))
