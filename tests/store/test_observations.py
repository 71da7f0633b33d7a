"""What counts for each site, at present and as it was known on an earlier day, on both engines."""

from datetime import UTC, datetime, timedelta

import pytest

from survey.domain.conditions import Observation
from survey.domain.submissions import State
from survey.domain.thresholds import Status
from survey.store import Store
from survey.store.counted import update_counted
from survey.store.editions import LoadedEdition, select_question_kinds, upsert_edition
from survey.store.figures import KeptFigures, mark_figures_stale, select_changes, select_figures, upsert_figures
from survey.store.measures import insert_measures, refill_measures
from survey.store.observations import Wanted, select_observations
from survey.store.reviews import insert_review, update_state
from tests.conftest import COMMUNE, HAMLETS, seed
from tests.made_submissions import START, insert, register, submission

FENCE = "household_fence"
QUESTIONS = {(FENCE, "total_m"): "number", (FENCE, "kind"): "code", (FENCE, "photo_1"): "answered"}
ANSWERS = {"/data/fence/total_m": 40.5, "/data/fence/kind": "hedge", "/data/photo_1": "a.jpg", "/data/remark": "Ông An"}


@pytest.fixture
def filled(store: Store) -> Store:
    """A deployment whose one edition asks three questions about fences; two households in its register."""
    seed(store)
    with store.transaction() as tx:
        upsert_edition(tx, COMMUNE, LoadedEdition("e", "{}", START), QUESTIONS)
        register(tx, {"s1": HAMLETS[0], "s2": HAMLETS[1]})
    return store


def take_in(store: Store, name: str, *, minutes: int = 0, accept_after: int | None = None, **given: object) -> None:
    """Receive a submission, and accept it so many minutes after the start."""
    made = submission(name, minutes=minutes, **{"answers": ANSWERS, **given})
    with store.transaction() as tx:
        insert(tx, made)
        insert_measures(tx, made)
    if accept_after is not None:
        decide(store, made, State.ACCEPTED, accept_after)


def decide(store: Store, made: object, to: State, minutes: int) -> None:
    """Decide on a submission."""
    decided = made.decide(to, reason="r")
    at = START + timedelta(minutes=minutes)
    with store.transaction() as tx:
        assert update_state(tx, decided, expected_version=made.state_version, person="p", at=at)
        insert_review(tx, decided, made.state, reason="r", person="p", at=at)
        update_counted(tx, COMMUNE, decided.id)


def observe(store: Store, moment: datetime | None = None, **given: object) -> list[Observation]:
    """Every household as it counts."""
    with store.reading() as reader:
        return list(select_observations(reader, COMMUNE, Wanted("household", set(QUESTIONS), moment, **given)))


def test_accepted_answers_count_for_their_site(filled: Store) -> None:
    """Numbers, codes and the bare fact of a photo come back; a text that nobody asks for was never copied."""
    take_in(filled, "a", accept_after=5)

    first, second = observe(filled)

    assert first.answers == {f"{FENCE}.total_m": 40.5, f"{FENCE}.kind": frozenset({"hedge"}), f"{FENCE}.photo_1": frozenset()}
    assert first.submissions == {FENCE: ("uuid:a",)}
    assert (second.site, second.hamlet, second.answers, second.submissions) == ("s2", HAMLETS[1], {}, {})
    with filled.reading() as reader:
        assert not any("An" in str(row.values()) for row in reader.rows("SELECT * FROM measure"))


def test_received_does_not_count(filled: Store) -> None:
    """What nobody has accepted yet is no evidence."""
    take_in(filled, "a")

    assert observe(filled)[0].submissions == {}


def test_counted_without_measures_is_a_visit(filled: Store) -> None:
    """An accepted submission with no answer to what is asked still shows that the site was visited."""
    take_in(filled, "a", accept_after=5, answers={"/data/remark": "x"})

    assert observe(filled)[0].submissions == {FENCE: ("uuid:a",)}
    assert observe(filled)[0].answers == {}


def test_past_day_knows_only_what_was_decided_then(filled: Store) -> None:
    """A decision of minute 10 is unknown at minute 9, known at minute 11, and the later version counts from its own decision on."""
    take_in(filled, "a", accept_after=10)
    take_in(filled, "b", minutes=20, accept_after=30)

    def counting(minutes: int) -> dict[str, tuple[str, ...]]:
        return dict(observe(filled, START + timedelta(minutes=minutes))[0].submissions)

    assert counting(9) == {}
    assert counting(11) == {FENCE: ("uuid:a",)}
    assert counting(29) == {FENCE: ("uuid:a",)}
    assert counting(31) == {FENCE: ("uuid:b",)}


def test_correction_replaces_its_predecessor_even_when_captured_earlier(filled: Store) -> None:
    """An accepted correction stands for what it corrects, whichever clock was ahead."""
    take_in(filled, "a", minutes=5, accept_after=10)
    take_in(filled, "b", minutes=6, captured=-60, accept_after=20, replaces="uuid:a")

    assert observe(filled)[0].submissions == {FENCE: ("uuid:b",)}
    assert observe(filled, START + timedelta(minutes=21))[0].submissions == {FENCE: ("uuid:b",)}
    assert observe(filled, START + timedelta(minutes=15))[0].submissions == {FENCE: ("uuid:a",)}


def test_a_correction_of_a_correction_replaces_both_even_where_the_one_between_was_never_accepted(filled: Store) -> None:
    """At present and on the day alike: the first, captured last, is not back because its own correction was left undecided."""
    take_in(filled, "a", minutes=9, accept_after=15)
    take_in(filled, "b", minutes=6, captured=-30, replaces="uuid:a")
    take_in(filled, "c", minutes=7, captured=-60, accept_after=20, replaces="uuid:b")

    assert observe(filled)[0].submissions == {FENCE: ("uuid:c",)}
    assert observe(filled, START + timedelta(minutes=21))[0].submissions == {FENCE: ("uuid:c",)}
    assert observe(filled, START + timedelta(minutes=19))[0].submissions == {FENCE: ("uuid:a",)}


def test_a_correction_between_that_arrives_late_joins_its_chain_from_then_on(filled: Store) -> None:
    """A day on which it was not here stays as it was: nothing said yet that the first was corrected."""
    take_in(filled, "a", site="s1", minutes=50, accept_after=60)
    take_in(filled, "c", site="s1", minutes=1, accept_after=70, replaces="uuid:b")
    assert observe(filled)[0].submissions == observe(filled, START + timedelta(minutes=80))[0].submissions == {FENCE: ("uuid:a",)}
    take_in(filled, "b", site="s1", minutes=90, replaces="uuid:a")
    with filled.transaction() as tx:
        update_counted(tx, COMMUNE, "uuid:b")

    assert observe(filled, START + timedelta(minutes=80))[0].submissions == {FENCE: ("uuid:a",)}
    assert observe(filled)[0].submissions == observe(filled, START + timedelta(minutes=100))[0].submissions == {FENCE: ("uuid:c",)}


def test_decision_taken_back_no_longer_counts(filled: Store) -> None:
    """A decision taken back at minute 20 counted from 10 to 20."""
    made = submission("a", answers=ANSWERS)
    with filled.transaction() as tx:
        insert(tx, made)
        insert_measures(tx, made)
    decide(filled, made, State.ACCEPTED, 10)
    decide(filled, made.decide(State.ACCEPTED, reason=""), State.RECEIVED, 20)

    assert observe(filled)[0].submissions == {}
    assert observe(filled, START + timedelta(minutes=15))[0].submissions == {FENCE: ("uuid:a",)}
    assert observe(filled, START + timedelta(minutes=25))[0].submissions == {}


def test_present_equals_recomputation(filled: Store) -> None:
    """What is kept in `counted` is what going through all decisions gives."""
    for number in range(12):
        take_in(
            filled, f"n{number}", minutes=number, captured=(number * 7) % 12, accept_after=20 + number if number % 3 else None,
            site="s1" if number % 2 else "s2", replaces=f"uuid:n{number - 4}" if number > 7 else None,
        )  # fmt: skip

    assert observe(filled) == observe(filled, datetime(2030, 1, 1, tzinfo=UTC))


def test_pages_of_sites(filled: Store) -> None:
    """Sites come in portions by id, of one hamlet, within a scope."""
    take_in(filled, "a", site="s2", hamlet=HAMLETS[1], accept_after=5)

    assert [seen.site for seen in observe(filled, limit=1)] == ["s1"]
    assert [seen.submissions for seen in observe(filled, after="s1", limit=1)] == [{FENCE: ("uuid:a",)}]
    assert [seen.site for seen in observe(filled, hamlet=HAMLETS[1])] == ["s2"]
    assert [seen.site for seen in observe(filled, scope=frozenset({HAMLETS[0]}))] == ["s1"]
    assert observe(filled, after="s2", limit=1) == []


def test_repeats_add_up_and_codes_join(filled: Store) -> None:
    """Numbers of a repeat's instances are summed, their codes joined, in either way of writing a numbered path."""
    take_in(filled, "a", accept_after=5, answers={"/data/r/total_m[1]": 3, "/data/r/total_m[2]": 4.5, "/data/r[1]/kind": ["wall", "mesh"]})

    assert observe(filled)[0].answers == {f"{FENCE}.total_m": 7.5, f"{FENCE}.kind": frozenset({"wall", "mesh"})}


def test_refill_writes_what_receipt_wrote(filled: Store) -> None:
    """Loading an edition writes the same measures as receiving under it does; what it asked before stays, for earlier days."""
    take_in(filled, "a", accept_after=5)
    with filled.reading() as reader:
        before = reader.rows("SELECT * FROM measure ORDER BY question, code")
    with filled.transaction() as tx:
        upsert_edition(tx, COMMUNE, LoadedEdition("e", "{}", START), {})
        refill_measures(tx, COMMUNE, FENCE)
        assert tx.rows("SELECT * FROM measure ORDER BY question, code") == before
        tx.execute("DELETE FROM measure")
        upsert_edition(tx, COMMUNE, LoadedEdition("e", "{}", START), QUESTIONS)
        refill_measures(tx, COMMUNE, FENCE)
    with filled.reading() as reader:
        assert reader.rows("SELECT * FROM measure ORDER BY question, code") == before
        assert select_question_kinds(reader, COMMUNE, FENCE) == {question: kind for (_, question), kind in QUESTIONS.items()}


def test_figures_are_stale_after_a_change(filled: Store) -> None:
    """A change that comes while figures are computed leaves them stale; older figures never overwrite newer ones."""
    with filled.transaction() as tx:
        mark_figures_stale(tx, COMMUNE, START)
        upsert_figures(tx, COMMUNE, KeptFigures("e", [{"status": Status.READ.value}], START, 1))
        mark_figures_stale(tx, COMMUNE, START)
        upsert_figures(tx, COMMUNE, KeptFigures("e", [], START, 0))
    with filled.reading() as reader:
        kept = select_figures(reader, COMMUNE, "e")

        assert kept == KeptFigures("e", [{"status": "read"}], START, 1)
        assert select_changes(reader, COMMUNE) == 2
        assert select_figures(reader, COMMUNE, "other") is None
