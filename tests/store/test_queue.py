"""The review queue: its order, its filters, its pages by key, and the indexes under them."""

from datetime import date, timedelta
from itertools import product

import pytest

from survey.domain.submissions import State
from survey.store import Store
from survey.store.queue import (
    Place,
    QueueFilters,
    queue_parameters,
    queue_statement,
    select_counts,
    select_next,
    select_previous,
    select_queue_page,
)
from tests.conftest import COMMUNE, HAMLETS, seed
from tests.made_submissions import START, insert, register, submission

ALL = tuple(State)


@pytest.fixture
def filled(store: Store) -> Store:
    """Forty submissions: states, hamlets, forms and flags in turn, one each hour; two share one moment."""
    seed(store)
    with store.transaction() as tx:
        register(tx, {"s1": HAMLETS[0]})
        for number in range(40):
            insert(
                tx,
                submission(
                    f"{number:02d}", minutes=60 * (number - number % 20 // 19), state=ALL[number % 4], hamlet=(*HAMLETS, None)[number % 3],
                    form=("household_fence", "road_segment")[number % 2], flag_count=number % 5 // 3, flag_severity=number % 5 // 3 * 2,
                ),
            )  # fmt: skip
    return store


def _ids(store: Store, filters: QueueFilters, *, newest_first: bool = False, limit: int = 7) -> list[str]:
    """Every entry that *filters* let through, page by page."""
    found: list[str] = []
    after: Place | None = None
    with store.reading() as reader:
        while page := select_queue_page(reader, COMMUNE, filters, after, limit=limit, newest_first=newest_first):
            found += [entry.submission for entry in page]
            after = page[-1].place
    return found


def test_pages_by_key_hold_every_entry_once_in_order(filled: Store) -> None:
    """Oldest first through all states, pages of seven: nothing twice, nothing missing, equal moments by id."""
    found = _ids(filled, QueueFilters(states=ALL))

    assert found == [f"uuid:{number:02d}" for number in range(40)]
    assert _ids(filled, QueueFilters(states=ALL), newest_first=True) == found[::-1]


def test_a_page_goes_on_where_the_last_one_ended_when_others_decide_meanwhile(filled: Store) -> None:
    """Entries that leave the queue between two pages do not make the next page skip any: that is why pages go by key."""
    with filled.reading() as reader:
        first = select_queue_page(reader, COMMUNE, QueueFilters(), limit=3)
    with filled.transaction() as tx:
        tx.execute("UPDATE submission SET state = 'accepted' WHERE submission = :id", id=first[0].submission)
    with filled.reading() as reader:
        second = select_queue_page(reader, COMMUNE, QueueFilters(), first[-1].place, limit=3)

    assert [entry.submission for entry in first + second] == [f"uuid:{number:02d}" for number in range(0, 24, 4)]


def test_each_filter_lets_through_its_own(filled: Store) -> None:
    """Hamlet, form, state, flag and several at once."""
    assert _ids(filled, QueueFilters(states=ALL, hamlet=HAMLETS[1])) == [f"uuid:{n:02d}" for n in range(1, 40, 3)]
    assert _ids(filled, QueueFilters(states=ALL, form="road_segment")) == [f"uuid:{n:02d}" for n in range(1, 40, 2)]
    assert _ids(filled, QueueFilters(states=(State.RETURNED,))) == [f"uuid:{n:02d}" for n in range(2, 40, 4)]
    assert _ids(filled, QueueFilters(states=ALL, severity=1)) == [f"uuid:{n:02d}" for n in range(40) if n % 5 >= 3]
    assert _ids(filled, QueueFilters(states=ALL, severity=3)) == []
    assert _ids(filled, QueueFilters(states=ALL, person="p-inspector", hamlet=HAMLETS[0], form="household_fence")) == [
        f"uuid:{n:02d}" for n in range(0, 40, 6)
    ]


def test_a_day_is_a_day_in_viet_nam(filled: Store) -> None:
    """00:30 in Kỳ Thượng belongs to the day that has just begun there, though UTC still has the day before."""
    with filled.transaction() as tx:
        insert(tx, submission("midnight", minutes=16 * 60 + 30))
    # START is 08:00 on the 20th in Viet Nam.
    of_the_day = _ids(filled, QueueFilters(states=ALL, since=date(2026, 11, 21), until=date(2026, 11, 21)))

    assert of_the_day == ["uuid:16", "uuid:midnight", *[f"uuid:{n:02d}" for n in range(17, 40)]]
    assert _ids(filled, QueueFilters(states=ALL, until=date(2026, 11, 20))) == [f"uuid:{n:02d}" for n in range(16)]


def test_a_scope_hides_other_hamlets(filled: Store) -> None:
    """A reviewer of one hamlet sees that one and what belongs to the commune as a whole; the counts too."""
    seen = _ids(filled, QueueFilters(states=ALL, scope=frozenset({HAMLETS[0]})))
    none = _ids(filled, QueueFilters(states=ALL, scope=frozenset()))
    with filled.reading() as reader:
        counts = select_counts(reader, COMMUNE, scope=frozenset({HAMLETS[0]}))

    assert seen == [f"uuid:{n:02d}" for n in range(40) if n % 3 != 1]
    assert none == [f"uuid:{n:02d}" for n in range(40) if n % 3 == 2]
    assert sum(counts.values()) == len(seen)


def test_neighbours(filled: Store) -> None:
    """Next and previous walk the filtered queue in both directions and end at its ends."""
    filters = QueueFilters(hamlet=HAMLETS[0])
    with filled.reading() as reader:
        first = select_next(reader, COMMUNE, filters)
        assert first is not None
        second = select_next(reader, COMMUNE, filters, first.place)
        assert second is not None

        assert (first.submission, second.submission) == ("uuid:00", "uuid:12")
        assert select_previous(reader, COMMUNE, filters, second.place) == first
        assert select_previous(reader, COMMUNE, filters, first.place) is None
        assert select_next(reader, COMMUNE, filters, Place(START + timedelta(days=9), "")) is None


def test_an_entry_carries_the_names_of_now(filled: Store) -> None:
    """Site, hamlet and inspector by name; what the register does not know is None."""
    with filled.reading() as reader:
        entry = select_next(reader, COMMUNE, QueueFilters())

    assert entry is not None
    assert (entry.site_code, entry.site_name, entry.hamlet_name, entry.person_name) == ("HO-0001", "Hộ s1", "Thôn mẫu 1", "inspector")


def test_counts_come_from_the_tally(filled: Store) -> None:
    """By state, for one form or hamlet too."""
    with filled.reading() as reader:
        assert set(select_counts(reader, COMMUNE).values()) == {10}
        assert select_counts(reader, COMMUNE, form="household_fence") == {
            State.RECEIVED: 10, State.ACCEPTED: 0, State.RETURNED: 10, State.REJECTED: 0,
        }  # fmt: skip


_FILTERS = {
    "state": QueueFilters(),
    "hamlet": QueueFilters(hamlet=HAMLETS[0]),
    "form": QueueFilters(form="household_fence"),
    "person": QueueFilters(person="p-inspector"),
    "days": QueueFilters(since=date(2026, 11, 20), until=date(2026, 11, 21)),
    "flagged": QueueFilters(severity=1),
    "hamlet and form": QueueFilters(hamlet=HAMLETS[0], form="household_fence"),
    "flagged in a hamlet": QueueFilters(hamlet=HAMLETS[0], severity=2),
    "scope": QueueFilters(scope=frozenset(HAMLETS)),
}


@pytest.mark.parametrize(("name", "paged", "newest"), list(product(_FILTERS, (False, True), (False, True))))
def test_sqlite_neither_scans_nor_sorts(sqlite_store: Store, name: str, paged: bool, newest: bool) -> None:
    """Every filter walks an index in the queue's order: no scan of the table, no sorting of what was found."""
    filters = _FILTERS[name]
    parameters = queue_parameters(COMMUNE, State.RECEIVED, filters, Place(START, "uuid:1") if paged else None, 50)
    with sqlite_store.reading() as reader:
        plan = reader.rows("EXPLAIN QUERY PLAN " + queue_statement(filters, paged=paged, newest_first=newest), **parameters)
    steps = [row["detail"] for row in plan]

    assert steps[0].startswith("SEARCH s USING INDEX submission_")
    assert not [step for step in steps if step.startswith("SCAN") or "TEMP B-TREE" in step]


@pytest.mark.parametrize("store", ["postgres"], indirect=True)
def test_postgresql_neither_scans_nor_sorts(filled: Store) -> None:
    """The same on PostgreSQL, whose planner is told to pretend that the table is large."""
    with filled.transaction() as tx:
        tx.execute("SET LOCAL enable_seqscan = off")
        tx.execute("SET LOCAL enable_sort = off")
        tx.execute("SET LOCAL enable_bitmapscan = off")
        for filters, newest in product(_FILTERS.values(), (False, True)):
            parameters = queue_parameters(COMMUNE, State.RECEIVED, filters, Place(START, "uuid:1"), 50)
            plan = tx.rows("EXPLAIN " + queue_statement(filters, paged=True, newest_first=newest), **parameters)
            text = "\n".join(str(row["QUERY PLAN"]) for row in plan)

            assert "on submission s" in text
            assert "Index Scan" in text
            assert "Sort" not in text
            assert "Seq Scan on submission" not in text
