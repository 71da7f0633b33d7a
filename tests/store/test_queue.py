"""The review queue: its order, its filters, its pages by key, and the indexes under them."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest

from survey.domain.canonical import dumps
from survey.domain.ports import Transaction
from survey.domain.submissions import State
from survey.domain.times import start_of
from survey.store import Store
from survey.store.flags import select_flags, upsert_flags
from survey.store.judgements import insert_judgement
from survey.store.queue import (
    Place,
    QueueEntry,
    QueueFilters,
    Segment,
    queue_parameters,
    queue_statement,
    select_counts,
    select_next,
    select_previous,
    select_queue_page,
)
from survey.store.reviews import update_state
from survey.store.submissions import select_submission
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
                    form=("household_fence", "road_segment")[number % 2],
                ),
            )  # fmt: skip
            _flag(tx, number)
    return store


def _flag(tx: Transaction, number: int) -> None:
    """Two in five have a vague position; of these every third also shows photos seen before, on one of them dismissed by somebody."""
    key, flags = f"uuid:{number:02d}", []
    if number % 5 >= 3:
        flags.append({"attachment": "", "code": "position_vague", "severity": 2, "figures": {"accuracy_m": 100 + number}})
    if number % 5 >= 3 and number % 3 == 0:
        flags += [{"attachment": f"{n}.jpg", "code": "seen_before", "severity": 3, "figures": {"n": n}} for n in range(1 + number % 2)]
        flags.append({"attachment": "", "code": "no_position", "severity": 1, "figures": {}})
    for code in ("position_vague", "no_position")[: number % 4]:
        if flags:
            row = {"commune": COMMUNE, "submission": key, "attachment": "", "code": code, "number": 1, "person": "p-reviewer"}
            figures = next((dumps(flag["figures"]) for flag in flags if flag["code"] == code), "{}")
            verdict = "dismissed" if code == "no_position" or number % 8 == 3 else "confirmed"
            insert_judgement(tx, **row, verdict=verdict, reason="x", figures=figures, at=START)  # type: ignore[arg-type]
    upsert_flags(tx, COMMUNE, key, flags, START)


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
    assert _ids(filled, QueueFilters(states=ALL, person="p-inspector", hamlet=HAMLETS[0], form="household_fence")) == [
        f"uuid:{n:02d}" for n in range(0, 40, 6)
    ]


_BY_FLAGS = {
    "flagged": QueueFilters(states=ALL, severity=1),
    "likely wrong": QueueFilters(states=ALL, severity=3),
    "of a check": QueueFilters(states=ALL, check="seen_before"),
    "of a check, open ones": QueueFilters(states=ALL, check="position_vague"),
    "of a check, every one": QueueFilters(states=ALL, check="position_vague", judged="every"),
    "of a check, unjudged": QueueFilters(states=ALL, check="position_vague", judged="unjudged"),
    "of a check, dismissed": QueueFilters(states=ALL, check="no_position", judged="dismissed"),
    "of a check in a hamlet": QueueFilters(states=ALL, check="seen_before", hamlet=HAMLETS[0], severity=2),
    "unjudged": QueueFilters(states=ALL, judged="unjudged"),
    "confirmed": QueueFilters(states=ALL, judged="confirmed"),
    "dismissed": QueueFilters(states=ALL, judged="dismissed"),
    "of a day": QueueFilters(states=ALL, check="position_vague", since=date(2026, 11, 21)),
    "everything": QueueFilters(states=ALL),
    "waiting": QueueFilters(),
}


@pytest.mark.parametrize(("name", "by_risk"), list(product(_BY_FLAGS, (False, True))))
def test_flags_decide_what_is_found_and_in_which_order(filled: Store, name: str, by_risk: bool) -> None:
    """Every filter over flags and both orders, page by page and backwards, against a plain search through all of them."""
    filters = replace(_BY_FLAGS[name], by_risk=by_risk)
    wanted = _searched(filled, filters)

    assert wanted, "a filter that finds nothing proves nothing"
    assert _ids(filled, filters, limit=3) == wanted
    assert _ids(filled, filters, limit=3, newest_first=True) == wanted[::-1]


def _searched(store: Store, filters: QueueFilters) -> list[str]:
    with store.reading() as reader:
        entries = select_queue_page(reader, COMMUNE, QueueFilters(states=ALL), limit=100)
        flags = {entry.submission: select_flags(reader, COMMUNE, entry.submission) for entry in entries}

    def open_risk(entry: QueueEntry) -> int:
        standing = [flag for flag in flags[entry.submission] if flag["verdict"] != "dismissed"]
        return sum({3: 100, 2: 10, 1: 1}[flag["severity"]] for flag in standing)

    def meant(entry: QueueEntry) -> bool:
        chosen = [flag for flag in flags[entry.submission] if filters.check in {None, flag["code"]}]
        said = {None: ""} | {"dismissed": "dismissed", "confirmed": "confirmed"}
        verdicts = [said[flag["verdict"]] for flag in chosen]
        asked = {"": filters.check is None or set(verdicts) - {"dismissed"}, "every": verdicts, "unjudged": "" in verdicts}
        worst = max((flag["severity"] for flag in flags[entry.submission] if flag["verdict"] != "dismissed"), default=0)
        return bool(asked.get(filters.judged, filters.judged in verdicts)) and worst >= filters.severity

    found = [
        entry for entry in entries
        if meant(entry) and entry.state in filters.states and filters.hamlet in {None, entry.hamlet}
        and (filters.since is None or entry.received_at >= start_of(filters.since))
    ]  # fmt: skip
    found.sort(key=lambda entry: (-open_risk(entry) if filters.by_risk else 0, entry.received_at, entry.submission))
    return [entry.submission for entry in found]


def test_a_decision_takes_its_flags_along(filled: Store) -> None:
    """The copies of state and order that flags carry are those of their submission after a decision and a new examination too."""
    with filled.transaction() as tx:
        one = select_submission(tx, COMMUNE, "uuid:28")
        assert one is not None
        decided = replace(one, state=State.ACCEPTED, state_version=one.state_version + 1)
        assert update_state(tx, decided, expected_version=one.state_version, person="p-reviewer", at=START)
        upsert_flags(tx, COMMUNE, "uuid:24", [{"attachment": "", "code": "no_position", "severity": 2, "figures": {}}], START)
    with filled.reading() as reader:
        apart = reader.rows(
            "SELECT f.submission FROM flag f JOIN submission s ON s.commune = f.commune AND s.submission = f.submission"
            " WHERE f.state <> s.state OR f.received_at <> s.received_at OR f.risk <> s.risk"
        )
        tally = {row["code"]: row["count"] for row in reader.rows("SELECT code, count FROM flag_tally")}
        counted = {row["code"]: row["n"] for row in reader.rows("SELECT code, COUNT(*) AS n FROM flag GROUP BY code")}

    assert apart == []
    assert tally == counted
    assert "uuid:28" in _ids(filled, QueueFilters(states=(State.ACCEPTED,), check="position_vague", judged="every"))


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
    "unjudged": QueueFilters(judged="unjudged"),
    "check": QueueFilters(check="seen_before"),
    "check, every one": QueueFilters(check="seen_before", judged="every", hamlet=HAMLETS[0]),
    "check, confirmed": QueueFilters(check="seen_before", judged="confirmed"),
    "dismissed": QueueFilters(judged="dismissed"),
}
_CASES = [
    (name, by_risk, segment, newest)
    for name, by_risk, segment, newest in product(_FILTERS, (False, True), Segment, (False, True))
    if by_risk or segment is not Segment.BEYOND
]


@pytest.mark.parametrize(("name", "by_risk", "segment", "newest"), _CASES)
def test_sqlite_neither_scans_nor_sorts(sqlite_store: Store, name: str, by_risk: bool, segment: Segment, newest: bool) -> None:
    """Every filter walks an index in the queue's order: no scan of the table, no sorting of what was found.

    Except the riskiest of some days: there the days' range of an index is read and sorted.
    """
    filters = replace(_FILTERS[name], by_risk=by_risk)
    parameters = queue_parameters(COMMUNE, State.RECEIVED, filters, Place(START, "uuid:1", 10), 50)
    with sqlite_store.reading() as reader:
        plan = reader.rows("EXPLAIN QUERY PLAN " + queue_statement(filters, segment, newest_first=newest), **parameters)
    steps = [row["detail"] for row in plan]

    walked = "f USING INDEX flag_" if filters.by_flags else "s USING INDEX submission_"
    assert steps[0].replace("COVERING ", "").startswith(f"SEARCH {walked}")
    assert not [step for step in steps if step.startswith("SCAN")]
    if filters.since is None or not by_risk:
        assert not [step for step in steps if "TEMP B-TREE" in step]


@pytest.mark.parametrize("store", ["postgres"], indirect=True)
def test_postgresql_neither_scans_nor_sorts(filled: Store) -> None:
    """The same on PostgreSQL, whose planner is told to pretend that the table is large."""
    with filled.transaction() as tx:
        for setting in ("enable_seqscan", "enable_sort", "enable_bitmapscan", "enable_hashjoin", "enable_mergejoin"):
            tx.execute(f"SET LOCAL {setting} = off")
        for name, by_risk, segment, newest in _CASES:
            filters = replace(_FILTERS[name], by_risk=by_risk)
            parameters = queue_parameters(COMMUNE, State.RECEIVED, filters, Place(START, "uuid:1", 10), 50)
            plan = tx.rows("EXPLAIN " + queue_statement(filters, segment, newest_first=newest), **parameters)
            text = "\n".join(str(row["QUERY PLAN"]) for row in plan)

            assert "on submission s" in text
            assert "Index" in text
            assert "Sort" not in text, (name, by_risk, segment, text)
            assert "Seq Scan on submission" not in text
            assert "Seq Scan on flag" not in text
