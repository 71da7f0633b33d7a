"""Receipts of corrections and of what they correct beside decisions and mergers, on PostgreSQL: both take their locks in one order.

Each test holds the other transaction at its lock until the receipt waits for it, so no chance decides: in the wrong order the engine
must end one of the two.
"""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from survey import receive, review
from survey.domain.people import Actor
from survey.domain.ports import Transaction
from survey.domain.submissions import State
from survey.receive import submissions
from survey.store.mergers import lock_arrivals
from survey.store.reviews import lock_decisions
from survey.store.submissions import select_submission, update_to_lock
from survey.wiring import Settings, Survey, open_survey
from tests.conftest import COMMUNE, HAMLETS, seed
from tests.receive.conftest import fence, new_id

_PATIENCE_S = 20.0


@pytest.fixture
def survey(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Survey]:
    """On PostgreSQL alone: SQLite has one writer at a time."""
    opened = open_survey(Settings(data=tmp_path, database=request.getfixturevalue("postgres_url")()))
    seed(opened.store)
    yield opened
    opened.store.close()


def lock_counts(tx: Transaction) -> None:
    """The counts of received submissions."""
    lock_arrivals(tx, COMMUNE, HAMLETS)


def beside_a_decision(survey: Survey, receipt: Callable[[], object], *steps: Callable[[Transaction], None]) -> None:
    """Run *receipt* while a decision holds its lock and has done all its *steps* but the last, which follows once the receipt waits."""
    locked = threading.Event()

    def decide() -> None:
        with survey.transaction() as tx:
            lock_decisions(tx, COMMUNE)
            for step in steps[:-1]:
                step(tx)
            locked.set()
            until_somebody_waits(survey)
            steps[-1](tx)

    with ThreadPoolExecutor(2) as pool:
        decision = pool.submit(decide)
        assert locked.wait(_PATIENCE_S)
        received = pool.submit(receipt)
        decision.result(60)
        received.result(60)


def until_somebody_waits(survey: Survey) -> None:
    """Until another transaction of this database waits for a lock."""
    ends = time.monotonic() + _PATIENCE_S
    while time.monotonic() < ends:
        with survey.reading() as reader:
            row = reader.row("SELECT COUNT(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
        if row is not None and row["n"]:
            return
        time.sleep(0.02)
    raise AssertionError("the receipt took no lock that a decision holds")


def test_the_original_behind_its_correction(stocked: Survey, inspector: Actor, coordinator: Actor) -> None:
    """It waits for the decision before it counts itself, and is replaced by its accepted correction."""
    original, correction = new_id(), new_id()
    receive.submission(stocked, inspector, fence(stocked, correction, photos=(), replaces=original), door="field")
    review.decide(stocked, coordinator, correction, State.ACCEPTED, expected_version=1)
    xml = fence(stocked, original, photos=())
    beside_a_decision(stocked, lambda: receive.submission(stocked, inspector, xml, door="field"), lock_counts)

    with stocked.reading() as reader:
        row = reader.row("SELECT replaced_by FROM submission WHERE submission = :original", original=original)
        assert row is not None
        assert row["replaced_by"] == correction
        assert select_submission(reader, COMMUNE, original) is not None


def test_a_correction_by_a_foreign_client(stocked: Survey, inspector: Actor) -> None:
    """It holds the original while it is checked: the decision's lock comes first there, too."""
    original, correction = new_id(), new_id()
    receive.submission(stocked, inspector, fence(stocked, original, photos=()), door="openrosa")
    xml = fence(stocked, correction, photos=(), replaces=original)
    receipt = partial(receive.submission, stocked, inspector, xml, door="openrosa")
    beside_a_decision(stocked, receipt, lock_counts, lambda tx: update_to_lock(tx, COMMUNE, original))

    with stocked.reading() as reader:
        assert select_submission(reader, COMMUNE, correction) is not None


def test_a_correction_that_comes_in_at_the_same_moment(
    stocked: Survey, inspector: Actor, coordinator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not there when the receipt looked, there when it counted: the receipt begins anew behind the lock, and is taken in once."""
    original, correction = new_id(), new_id()
    receive.submission(stocked, inspector, fence(stocked, correction, photos=(), replaces=original), door="field")
    review.decide(stocked, coordinator, correction, State.ACCEPTED, expected_version=1)
    looked: list[str] = []
    monkeypatch.setattr(submissions, "has_corrections", lambda _reader, _commune, key: bool(looked.append(key)))
    receipt = receive.submission(stocked, inspector, fence(stocked, original, photos=()), door="field")

    assert looked == [original]
    assert receipt.created
    with stocked.reading() as reader:
        row = reader.row("SELECT replaced_by FROM submission WHERE submission = :original", original=original)
        count = reader.row("SELECT SUM(count) AS n FROM tally WHERE state = 'received'")
    assert row is not None
    assert row["replaced_by"] == correction
    assert count is not None
    assert count["n"] == 1
