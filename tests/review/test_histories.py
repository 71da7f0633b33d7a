"""Random histories: whatever people decide in whatever order, what counts equals a computation from scratch."""

import itertools
import json
from collections import Counter
from dataclasses import dataclass, replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from survey import review
from survey.domain.people import Actor
from survey.domain.ports import Reader, Row
from survey.domain.problems import Problem
from survey.domain.submissions import State
from survey.store.counted import update_counted_on_receipt
from survey.store.submissions import select_submission
from survey.wiring import Survey
from tests.conftest import COMMUNE, HAMLETS
from tests.made_submissions import insert, register, submission

SITES = {"s1": HAMLETS[0], "s2": HAMLETS[1], "s3": None}
_communes = itertools.count()


@dataclass(frozen=True)
class Receive:
    """A submission comes in, perhaps as a correction of a number that has come or will come."""

    site: str | None
    captured: int
    replaces: int | None
    repeats: int


@dataclass(frozen=True)
class Decide:
    """A reviewer moves the submission of that number."""

    number: int
    to: State


@dataclass(frozen=True)
class Assign:
    """A reviewer says which site the submission of that number is about."""

    number: int
    site: str | None


_numbers = st.integers(0, 6)
_sites = st.sampled_from([*SITES, None])
_steps = st.one_of(
    st.builds(Receive, _sites, st.integers(0, 3), st.none() | _numbers, st.integers(0, 2)),
    st.builds(Decide, _numbers, st.sampled_from(list(State))),
    st.builds(Decide, _numbers, st.just(State.ACCEPTED)),
    st.builds(Assign, _numbers, _sites),
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(_steps, min_size=4, max_size=24))
def test_what_counts_equals_a_computation_from_scratch(survey: Survey, reviewer: Actor, steps: list[Receive | Decide | Assign]) -> None:
    """`counted`, `replaced_by` and the tally after any history are those of its end (DESIGN 2.2)."""
    commune = _new_commune(survey)
    actor = replace(reviewer, commune=commune)
    received = 0
    for step in steps:
        if isinstance(step, Receive):
            _receive(survey, commune, received, step)
            received += 1
        else:
            _act(survey, actor, step)

    with survey.reading() as reader:
        rows = {row["submission"]: row for row in reader.rows("SELECT * FROM submission WHERE commune = :commune", commune=commune)}
        successors = {key: _best_successor(key, rows) for key in rows}
        assert {key: row["replaced_by"] for key, row in rows.items()} == successors
        assert _kept(reader, commune) == _recomputed(rows, successors)
        assert _tally(reader, commune) == Counter((row["state"], row["form"], row["hamlet"] or "") for row in rows.values())


def _new_commune(survey: Survey) -> str:
    """A commune of its own for each history: every key begins with it."""
    commune = f"t{next(_communes)}"
    with survey.transaction() as tx:
        tx.execute(
            "INSERT INTO commune SELECT :new, name, province, border, source, 0, created_at FROM commune WHERE commune = :old",
            new=commune,
            old=COMMUNE,
        )
        tx.execute(
            "INSERT INTO person (commune, person, login, name, role, locale, created_at)"
            " VALUES (:commune, 'p-reviewer', 'r', 'r', 'reviewer', 'vi', '2026-01-01T00:00:00.000Z')", commune=commune,
        )  # fmt: skip
        register(tx, SITES, commune=commune)
    return commune


def _receive(survey: Survey, commune: str, number: int, step: Receive) -> None:
    answers = {"/data/green_m": 1.0} | {f"/data/tree/kind[{repeat}]": "jackfruit" for repeat in range(1, step.repeats + 1)}
    replaces = None if step.replaces is None else f"uuid:{step.replaces}"
    made = submission(
        str(number), minutes=number // 2, captured=step.captured, site=step.site, replaces=replaces, answers=answers,
        hamlet=SITES.get(step.site or ""), commune=commune,
    )  # fmt: skip
    with survey.transaction() as tx:
        insert(tx, made)
        update_counted_on_receipt(tx, commune, made.id, locked=True)


def _act(survey: Survey, actor: Actor, step: Decide | Assign) -> None:
    """Do what *step* says, where the submission exists and the domain allows it."""
    key = f"uuid:{step.number}"
    with survey.reading() as reader:
        seen = select_submission(reader, actor.commune, key)
    version = seen.state_version if seen else 0
    try:
        if isinstance(step, Decide):
            review.decide(survey, actor, key, step.to, reason="vì", expected_version=version)
        else:
            review.assign_site(survey, actor, key, step.site, expected_version=version, reason="vì")
    except Problem as problem:
        assert problem.kind.code in {"SUBMISSION_UNKNOWN", "DECISION_IMPOSSIBLE"}  # noqa: PT017 - most random steps are impossible ones


def _rank(row: Row) -> tuple[str, str, str]:
    return row["captured_at"], row["received_at"], row["submission"]


def _descends(key: str, row: Row, rows: dict[str, Row]) -> bool:
    """Whether *row* corrects *key*, directly or through others."""
    seen: set[str] = set()
    current: Row | None = row
    while current is not None and current["replaces"] is not None and current["submission"] not in seen:
        seen.add(current["submission"])
        if current["replaces"] == key:
            return bool(row["submission"] != key)
        current = rows.get(current["replaces"])
    return False


def _best_successor(key: str, rows: dict[str, Row]) -> str | None:
    accepted = [row for row in rows.values() if row["state"] == "accepted" and _descends(key, row, rows)]
    return max(accepted, key=_rank)["submission"] if accepted else None


def _recomputed(rows: dict[str, Row], successors: dict[str, str | None]) -> dict[tuple[str, str], tuple[str, str | None]]:
    best: dict[tuple[str, str], Row] = {}
    for row in sorted(rows.values(), key=_rank):
        if row["state"] == "accepted" and row["site"] is not None and successors[row["submission"]] is None:
            for repeat in {""} | {path.partition("[")[2].partition("]")[0] for path in json.loads(row["answers"])}:
                best[row["site"], repeat] = row
    return {key: (row["submission"], row["hamlet"]) for key, row in best.items()}


def _kept(reader: Reader, commune: str) -> dict[tuple[str, str], tuple[str, str | None]]:
    rows = reader.rows("SELECT * FROM counted WHERE commune = :commune", commune=commune)
    return {(row["site"], row["repeat_key"]): (row["submission"], row["hamlet"]) for row in rows}


def _tally(reader: Reader, commune: str) -> Counter[tuple[str, str, str]]:
    rows = reader.rows("SELECT * FROM tally WHERE commune = :commune AND count <> 0", commune=commune)
    return Counter({(row["state"], row["form"], row["hamlet"]): row["count"] for row in rows})
