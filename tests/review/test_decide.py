"""Decisions: who may, what they write, and that nobody overwrites anybody silently."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from survey import review
from survey.domain.canonical import sha256_hex
from survey.domain.people import Actor, Role
from survey.domain.problems import (
    DECISION_IMPOSSIBLE,
    DECISION_STALE,
    FILES_MISSING,
    NOT_ALLOWED,
    REASON_NEEDED,
    REASON_TOO_LONG,
    SITE_OTHER_KIND,
    SITE_UNKNOWN,
    SUBMISSION_UNKNOWN,
    Problem,
)
from survey.domain.reasons import REASON_LENGTH
from survey.domain.submissions import State
from survey.store import Store
from survey.store.blobs import FolderBlobs
from survey.store.events import select_events
from survey.store.queue import select_counts
from survey.store.reviews import select_reviews
from survey.store.submissions import select_submission
from survey.wiring import Settings, Survey
from tests.conftest import COMMUNE, HAMLETS, seed
from tests.made_submissions import insert, register, submission


@pytest.fixture
def three(survey: Survey) -> Survey:
    """Three submissions of one inspector: two households in hamlet 1, one that is not in the register."""
    with survey.transaction() as tx:
        register(tx, {"s1": HAMLETS[0], "s2": HAMLETS[0], "s3": HAMLETS[1]})
        insert(tx, submission("a"), submission("b", minutes=1, site="s2"), submission("c", minutes=2, site=None, hamlet=None))
    return survey


def _counted(survey: Survey) -> set[tuple[str, str]]:
    with survey.reading() as reader:
        return {(row["site"], row["submission"]) for row in reader.rows("SELECT site, submission FROM counted")}


def test_acceptance_counts_and_is_logged_without_its_words(three: Survey, reviewer: Actor) -> None:
    """Accepting moves state, tally, history, log and what counts together; the log holds the reason's hash only."""
    accepted = review.decide(three, reviewer, "uuid:a", State.ACCEPTED, reason=" rõ ràng ", expected_version=0)

    assert (accepted.state, accepted.state_version) == (State.ACCEPTED, 1)
    assert _counted(three) == {("s1", "uuid:a")}
    with three.reading() as reader:
        assert select_submission(reader, COMMUNE, "uuid:a") == accepted
        assert select_counts(reader, COMMUNE) == {State.RECEIVED: 2, State.ACCEPTED: 1, State.RETURNED: 0, State.REJECTED: 0}
        (written,) = select_reviews(reader, COMMUNE, "uuid:a")
        assert (written.number, written.from_state, written.to_state, written.reason) == (1, State.RECEIVED, State.ACCEPTED, "rõ ràng")
        (event,) = select_events(reader, COMMUNE)
    body = json.loads(event["body"])
    assert (body["kind"], body["submission"], body["reason_sha256"]) == ("submission.accepted", "uuid:a", sha256_hex("rõ ràng"))
    assert "rõ ràng" not in event["body"]


def test_an_inspector_decides_nothing(three: Survey, inspector: Actor) -> None:
    """Review is not the inspector's: neither one by one, nor many at once, nor by a change of site."""
    calls = (
        lambda: review.decide(three, inspector, "uuid:a", State.ACCEPTED, expected_version=0),
        lambda: review.decide_many(three, inspector, [("uuid:a", 0)], State.ACCEPTED),
        lambda: review.assign_site(three, inspector, "uuid:a", "s2", expected_version=0, reason="x"),
    )
    for call in calls:
        with pytest.raises(Problem) as caught:
            call()

        assert caught.value.kind is NOT_ALLOWED
    assert _counted(three) == set()


def test_a_reviewer_of_other_hamlets_does_not_see_it(three: Survey) -> None:
    """A reviewer with a scope decides inside it; outside it the submission is unknown."""
    elsewhere = Actor(COMMUNE, "p-reviewer", "Người duyệt", Role.REVIEWER, frozenset({HAMLETS[1]}))

    with pytest.raises(Problem) as caught:
        review.decide(three, elsewhere, "uuid:a", State.ACCEPTED, expected_version=0)

    assert caught.value.kind is SUBMISSION_UNKNOWN


@pytest.mark.parametrize("to", [State.RETURNED, State.REJECTED])
def test_a_return_or_rejection_needs_a_reason(three: Survey, reviewer: Actor, to: State) -> None:
    """The inspector must learn what to do; spaces are no reason."""
    with pytest.raises(Problem) as caught:
        review.decide(three, reviewer, "uuid:a", to, reason="  ", expected_version=0)

    assert caught.value.kind is REASON_NEEDED


def test_missing_files_are_accepted_only_with_a_reason(three: Survey, reviewer: Actor) -> None:
    """A submission whose photos have not all come needs a word why it is accepted all the same (DESIGN 2.2)."""
    with three.transaction() as tx:
        insert(tx, submission("d", minutes=3, missing_files=2))

    with pytest.raises(Problem) as caught:
        review.decide(three, reviewer, "uuid:d", State.ACCEPTED, expected_version=0)

    assert caught.value.kind is FILES_MISSING
    accepted = review.decide(three, reviewer, "uuid:d", State.ACCEPTED, reason="hai ảnh kia là thừa", expected_version=0)
    assert accepted.state is State.ACCEPTED


def test_a_decision_goes_through_received(three: Survey, reviewer: Actor) -> None:
    """Accepted cannot become rejected at once: the decision is taken back first, with a reason."""
    review.decide(three, reviewer, "uuid:a", State.ACCEPTED, expected_version=0)

    with pytest.raises(Problem) as caught:
        review.decide(three, reviewer, "uuid:a", State.REJECTED, reason="x", expected_version=1)

    assert caught.value.kind is DECISION_IMPOSSIBLE
    assert "đã duyệt" in caught.value.sentence("vi")
    review.decide(three, reviewer, "uuid:a", State.RECEIVED, reason="nhầm hộ", expected_version=1)
    assert _counted(three) == set()


def test_the_second_reviewer_learns_who_decided(three: Survey, reviewer: Actor, coordinator: Actor) -> None:
    """A decision on a version that has passed changes nothing and names who was faster, and where that led."""
    review.decide(three, coordinator, "uuid:a", State.RETURNED, reason="ảnh mờ", expected_version=0)

    with pytest.raises(Problem) as caught:
        review.decide(three, reviewer, "uuid:a", State.ACCEPTED, expected_version=0)

    assert caught.value.kind is DECISION_STALE
    assert "coordinator" in caught.value.sentence("vi")
    assert "đã trả lại" in caught.value.sentence("vi")
    assert _counted(three) == set()


def test_of_reviewers_at_the_same_moment_one_decides(three: Survey, reviewer: Actor) -> None:
    """Eight decisions on one version at once: one is written, seven are told."""

    def attempt(number: int) -> str:
        try:
            review.decide(three, reviewer, "uuid:a", State.RETURNED, reason=f"lý do {number}", expected_version=0)
        except Problem as problem:
            return problem.kind.code
        return "decided"

    with ThreadPoolExecutor(8) as pool:
        results = sorted(pool.map(attempt, range(8)))

    assert results == ["DECISION_STALE"] * 7 + ["decided"]
    with three.reading() as reader:
        assert len(select_reviews(reader, COMMUNE, "uuid:a")) == 1


def test_reviewers_of_one_site_at_the_same_moment_leave_one_that_counts(store: Store, tmp_path: Path, reviewer: Actor) -> None:
    """Twelve versions of one household accepted by twelve threads: the latest counts, on both engines, and the tally is exact.

    Their hamlets differ, as after a merger, so that no shared row of the tally happens to keep the decisions apart.
    """
    seed(store)
    survey = Survey(Settings(data=tmp_path), store, FolderBlobs(tmp_path), FolderBlobs(tmp_path / "bundles"))
    with survey.transaction() as tx:
        register(tx, {"s1": HAMLETS[0]})
        insert(tx, *(submission(f"v{number:02d}", minutes=number, hamlet=f"former-{number}") for number in range(12)))
    ready = threading.Barrier(12)

    def accept(number: int) -> None:
        ready.wait()
        review.decide(survey, reviewer, f"uuid:v{number:02d}", State.ACCEPTED, expected_version=0)

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(accept, range(12)))

    assert _counted(survey) == {("s1", "uuid:v11")}
    with survey.reading() as reader:
        assert select_counts(reader, COMMUNE) == {State.RECEIVED: 0, State.ACCEPTED: 12, State.RETURNED: 0, State.REJECTED: 0}


def test_one_stale_of_many_does_not_stop_the_others(three: Survey, reviewer: Actor, coordinator: Actor) -> None:
    """Many at once: each has its own outcome."""
    review.decide(three, coordinator, "uuid:b", State.REJECTED, reason="trùng", expected_version=0)

    outcomes = review.decide_many(three, reviewer, [("uuid:a", 0), ("uuid:b", 0), ("uuid:c", 0), ("uuid:none", 0)], State.ACCEPTED)

    assert [outcome.problem and outcome.problem.kind for outcome in outcomes] == [None, DECISION_STALE, None, SUBMISSION_UNKNOWN]
    with three.reading() as reader:
        assert select_counts(reader, COMMUNE)[State.ACCEPTED] == 2
        assert len(list(select_events(reader, COMMUNE))) == 3


def test_more_than_a_portion_at_once(survey: Survey, reviewer: Actor) -> None:
    """Decisions beyond the size of one transaction are all written."""
    keys = [f"m{number}" for number in range(review.CHUNK * 2 + 3)]
    with survey.transaction() as tx:
        insert(tx, *(submission(key, site=key) for key in keys))

    outcomes = review.decide_many(survey, reviewer, [(f"uuid:{key}", 0) for key in keys], State.ACCEPTED)

    assert all(outcome.problem is None for outcome in outcomes)
    assert len(_counted(survey)) == len(keys)


def test_a_reason_has_a_limit(three: Survey, reviewer: Actor) -> None:
    """Nobody fills the store through the reason."""
    with pytest.raises(Problem) as caught:
        review.decide(three, reviewer, "uuid:a", State.RETURNED, reason="x" * (REASON_LENGTH + 1), expected_version=0)

    assert caught.value.kind is REASON_TOO_LONG


def test_a_submission_without_site_counts_once_it_has_one(three: Survey, reviewer: Actor) -> None:
    """Not in the register: accepted, but counted only when a reviewer says which site it is about; hamlet and tally follow."""
    review.decide(three, reviewer, "uuid:c", State.ACCEPTED, expected_version=0)
    assert _counted(three) == set()

    attached = review.assign_site(three, reviewer, "uuid:c", "s3", expected_version=1, reason="hộ mới vào sổ")

    assert (attached.site, attached.hamlet, attached.state_version) == ("s3", HAMLETS[1], 2)
    assert _counted(three) == {("s3", "uuid:c")}
    with three.reading() as reader:
        assert select_counts(reader, COMMUNE, hamlet=HAMLETS[1])[State.ACCEPTED] == 1
        assert select_counts(reader, COMMUNE)[State.ACCEPTED] == 1


def test_a_submission_moved_to_another_site_leaves_the_first(three: Survey, reviewer: Actor) -> None:
    """The site it was wrongly counted for gets its former version back."""
    with three.transaction() as tx:
        insert(tx, submission("later", minutes=9))
    review.decide_many(three, reviewer, [("uuid:a", 0), ("uuid:later", 0)], State.ACCEPTED)
    assert _counted(three) == {("s1", "uuid:later")}

    review.assign_site(three, reviewer, "uuid:later", "s2", expected_version=1, reason="nhầm nhà")

    assert _counted(three) == {("s1", "uuid:a"), ("s2", "uuid:later")}


def test_a_site_must_be_known_and_of_the_forms_kind(three: Survey, reviewer: Actor) -> None:
    """A fence is not attached to a road."""
    with three.transaction() as tx:
        tx.execute(
            "INSERT INTO form (commune, form, version, title, site_kind, xlsform, xform, xform_md5, tree, loaded_at)"
            " VALUES (:commune, 'household_fence', '1', '{}', 'road_segment', :blob, '', '', '{}', '2026-01-01T00:00:00.000Z')",
            commune=COMMUNE, blob=b"",
        )  # fmt: skip

    for site, kind in (("nowhere", SITE_UNKNOWN), ("s2", SITE_OTHER_KIND)):
        with pytest.raises(Problem) as caught:
            review.assign_site(three, reviewer, "uuid:c", site, expected_version=0, reason="x")

        assert caught.value.kind is kind
