"""Which version counts: corrections, later visits, repeats, and versions that come in the wrong order (DESIGN 2.2)."""

import pytest

from survey.domain.submissions import State, Submission
from survey.store import Store
from survey.store.counted import select_site_versions, update_counted
from tests.conftest import COMMUNE, HAMLETS, seed
from tests.made_submissions import insert, register, submission


@pytest.fixture
def place(store: Store) -> Store:
    """A commune with one household in the register."""
    seed(store)
    with store.transaction() as tx:
        register(tx, {"s1": HAMLETS[0]})
    return store


def _accept(store: Store, *versions: Submission) -> None:
    """Put accepted versions into the store, one after the other."""
    with store.transaction() as tx:
        for version in versions:
            insert(tx, version)
            update_counted(tx, COMMUNE, version.id)


def _counted(store: Store) -> dict[str, str]:
    with store.reading() as reader:
        return {row["repeat_key"]: row["submission"] for row in reader.rows("SELECT repeat_key, submission FROM counted")}


def _move(store: Store, key: str, state: State) -> None:
    with store.transaction() as tx:
        tx.execute("UPDATE submission SET state = :state WHERE submission = :key", state=state.value, key=key)
        update_counted(tx, COMMUNE, key)


def test_the_latest_capture_counts_whatever_came_last(place: Store) -> None:
    """A phone that was offline for a week hands in an older visit: the newer one goes on counting."""
    _accept(place, submission("new", minutes=10, state=State.ACCEPTED), submission("old", minutes=99, captured=1, state=State.ACCEPTED))

    assert _counted(place) == {"": "uuid:new"}


def test_equal_captures_are_told_apart_by_receipt_then_id(place: Store) -> None:
    """The order is total, so that two servers agree."""
    _accept(
        place,
        submission("a", minutes=5, captured=1, state=State.ACCEPTED),
        submission("c", minutes=4, captured=1, state=State.ACCEPTED),
        submission("b", minutes=5, captured=1, state=State.ACCEPTED),
    )

    assert _counted(place) == {"": "uuid:b"}


def test_a_correction_replaces_when_it_is_accepted_and_gives_back_when_it_is_not(place: Store) -> None:
    """Received, it changes nothing; accepted, it stands for its predecessor even with an older capture; taken back, it yields."""
    _accept(place, submission("first", minutes=5, state=State.ACCEPTED), submission("better", minutes=9, captured=2, replaces="uuid:first"))
    assert _counted(place) == {"": "uuid:first"}

    _move(place, "uuid:better", State.ACCEPTED)
    assert _counted(place) == {"": "uuid:better"}

    _move(place, "uuid:better", State.RECEIVED)
    assert _counted(place) == {"": "uuid:first"}


def test_a_correction_of_a_correction_replaces_both(place: Store) -> None:
    """The one between was never accepted; the first is replaced all the same."""
    _accept(
        place,
        submission("1", minutes=9, state=State.ACCEPTED),
        submission("2", minutes=3, state=State.RETURNED, replaces="uuid:1"),
        submission("3", minutes=4, state=State.ACCEPTED, replaces="uuid:2"),
    )

    assert _counted(place) == {"": "uuid:3"}
    with place.reading() as reader:
        versions = {version.submission: version for version in select_site_versions(reader, COMMUNE, "household_fence", "s1")}
    assert [versions[f"uuid:{n}"].replaced_by for n in (1, 2, 3)] == ["uuid:3", "uuid:3", None]
    assert [versions[f"uuid:{n}"].counts for n in (1, 2, 3)] == [False, False, True]


def test_a_correction_may_come_before_what_it_corrects(place: Store) -> None:
    """Networks reorder: the predecessor that comes in and is accepted later does not count beside its correction."""
    _accept(
        place, submission("fix", minutes=1, state=State.ACCEPTED, replaces="uuid:base"), submission("base", minutes=7, state=State.ACCEPTED)
    )

    assert _counted(place) == {"": "uuid:fix"}


def test_each_repeat_counts_from_the_latest_version_that_has_it(place: Store) -> None:
    """Repeats are counted by their key; a correction that drops one drops it altogether."""
    two = {"/data/tree/kind[1]": "a", "/data/tree/kind[2]": "b"}
    one = {"/data/tree/kind[1]": "c"}
    _accept(
        place,
        submission("two", minutes=1, state=State.ACCEPTED, answers=two),
        submission("one", minutes=2, state=State.ACCEPTED, answers=one),
    )
    assert _counted(place) == {"": "uuid:one", "1": "uuid:one", "2": "uuid:two"}

    _accept(place, submission("less", minutes=3, state=State.ACCEPTED, answers=one, replaces="uuid:two"))
    assert _counted(place) == {"": "uuid:less", "1": "uuid:less"}


def test_a_circle_of_corrections_ends(place: Store) -> None:
    """Only a forged form makes one; it must not hang the server."""
    _accept(
        place,
        submission("x", state=State.ACCEPTED, replaces="uuid:y"),
        submission("y", minutes=1, state=State.ACCEPTED, replaces="uuid:x"),
        submission("self", minutes=2, state=State.ACCEPTED, replaces="uuid:self"),
    )  # fmt: skip

    assert _counted(place) == {"": "uuid:self"}


def test_versions_of_a_site_are_found_by_index(sqlite_store: Store) -> None:
    """The list of a site's versions must not read all submissions."""
    with sqlite_store.reading() as reader:
        plan = reader.rows(
            "EXPLAIN QUERY PLAN SELECT submission FROM submission WHERE commune = :c AND site = :s AND form = :f ORDER BY captured_at DESC",
            c=COMMUNE, s="s1", f="household_fence",
        )  # fmt: skip

    assert [row["detail"] for row in plan] == ["SEARCH submission USING INDEX submission_site (commune=? AND site=? AND form=?)"]
