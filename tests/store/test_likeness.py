"""Uses of the same or a like picture elsewhere: which are found, what is told of another commune, how many."""

from dataclasses import replace

import pytest

from survey.domain.ports import Row, Transaction
from survey.domain.submissions import State, Submission
from survey.store import Store
from survey.store.hashes import insert_hashes, select_is_hashed, upsert_numbers
from survey.store.likeness import MOST_ALIKE, insert_pairs, select_alike_uses, select_versions
from tests.conftest import COMMUNE, HAMLETS, seed
from tests.made_submissions import START, insert, register, submission

OTHER = "06979"
OWN = submission("own", minutes=60)


@pytest.fixture
def two_communes(store: Store) -> Store:
    """Two communes, sites s1 and s2 in the first, and `OWN` at s1 with photo a.jpg, bytes A."""
    seed(store)
    with store.transaction() as tx:
        tx.execute(
            "INSERT INTO commune (commune, name, province, border, source, demonstration, created_at)"
            " VALUES (:commune, 'Kỳ Thượng (cũ)', '22', '{}', 'test', 0, '2026-01-01')", commune=OTHER,
        )  # fmt: skip
        register(tx, {"s1": HAMLETS[0], "s2": HAMLETS[1]})
        hand_in(tx, OWN, {"a.jpg": "A"})
    return store


def hand_in(tx: Transaction, handed: Submission, photos: dict[str, str], state: str = "stored") -> None:
    """Insert *handed* with *photos* (name → letter that stands for its bytes)."""
    insert(tx, handed)
    for ordinal, (name, letter) in enumerate(photos.items(), 1):
        tx.execute(
            "INSERT INTO attachment (commune, submission, name, question, repeat_key, ordinal, state, sha256, capture)"
            " VALUES (:commune, :submission, :name, 'photo_1', '', :ordinal, :state, :sha256, '{}')",
            commune=handed.commune, submission=handed.id, name=name, ordinal=ordinal, state=state, sha256=letter * 64,
        )  # fmt: skip


def alike(tx: Transaction, commune: str, newer: str, other_commune: str, older: str, distance: int) -> None:
    """Keep that the photo *newer* looks like *older*; both have hashes."""
    for place, letter in ((commune, newer), (other_commune, older)):
        if not select_is_hashed(tx, place, letter * 64):
            insert_hashes(tx, place, upsert_numbers(tx, place, 1), {letter * 64: (0, 0, 0, 0)})
    pair = {"sha256": newer * 64, "other_commune": other_commune, "other_sha256": older * 64, "distance": distance, "how": "top80"}
    insert_pairs(tx, commune, [pair], START)


def uses(store: Store, of: Submission = OWN) -> list[Row]:
    """What `select_alike_uses` finds for *of*."""
    with store.reading() as reader:
        return select_alike_uses(reader, of.commune, of.id)


def test_the_same_bytes_are_found_with_their_place_and_time(two_communes: Store) -> None:
    """A photo of another household is told with everything that a reviewer weighs; a photo of one's own submission is not."""
    earlier = submission("earlier", minutes=5, site="s2", hamlet=HAMLETS[1], state=State.ACCEPTED)
    with two_communes.transaction() as tx:
        hand_in(tx, earlier, {"b.jpg": "A", "other.jpg": "Z"})
        hand_in(tx, submission("elsewhere"), {"a.jpg": "Y"})

    (use,) = uses(two_communes)

    assert (use["name"], use["sha256"], use["other_sha256"], use["distance"], use["how"]) == ("a.jpg", "A" * 64, "A" * 64, 0, "")
    assert (use["commune"], use["submission"], use["attachment"], use["code"]) == ("", "uuid:earlier", "b.jpg", earlier.code)
    assert (use["site"], use["hamlet"], use["state"], use["form"]) == ("s2", HAMLETS[1], "accepted", "household_fence")
    assert use["received_at"] == use["captured_at"] == "2026-11-20T01:05:00.000Z"
    assert [found["submission"] for found in uses(two_communes, earlier)] == ["uuid:own"]


def test_of_another_commune_only_name_code_and_dates_are_told(two_communes: Store) -> None:
    """The same bytes are found everywhere at once; where the other photo was taken stays in its commune."""
    with two_communes.transaction() as tx:
        hand_in(tx, replace(submission("far", minutes=3), commune=OTHER), {"x.jpg": "A"})

    (use,) = uses(two_communes)

    assert (use["commune"], use["commune_name"], use["code"]) == (OTHER, "Kỳ Thượng (cũ)", submission("far").code)
    assert [use[key] for key in ("form", "site", "round", "state", "hamlet", "replaces")] == [None] * 6


@pytest.mark.parametrize("newer_is_ours", [True, False], ids=["newer", "older"])
@pytest.mark.parametrize("where", [COMMUNE, OTHER], ids=["within", "across"])
def test_a_pair_is_found_from_both_ends(two_communes: Store, where: str, *, newer_is_ours: bool) -> None:
    """Whichever photo came first, and in whichever commune, both submissions learn of the other."""
    other = replace(submission("other", site="s2"), commune=where)
    with two_communes.transaction() as tx:
        hand_in(tx, other, {"b.jpg": "B"})
        if newer_is_ours:
            alike(tx, COMMUNE, "A", where, "B", 5)
        else:
            alike(tx, where, "B", COMMUNE, "A", 5)

    assert [(use["submission"], use["distance"], use["how"]) for use in uses(two_communes)] == [("uuid:other", 5, "top80")]
    assert [(use["submission"], use["distance"], use["how"]) for use in uses(two_communes, other)] == [("uuid:own", 5, "top80")]


def test_two_communes_may_find_the_same_pair(two_communes: Store) -> None:
    """Each commune's comparison may write the pair; it is told once, with the smaller distance."""
    other = replace(submission("other"), commune=OTHER)
    with two_communes.transaction() as tx:
        hand_in(tx, other, {"b.jpg": "B"})
        alike(tx, COMMUNE, "A", OTHER, "B", 7)
        alike(tx, OTHER, "B", COMMUNE, "A", 4)  # known from the other side: not written
        tx.execute(
            "INSERT INTO likeness_pair VALUES (:other, :b, :own, :a, 3, 'whole', '2026-01-01')",
            other=OTHER, own=COMMUNE, a="A" * 64, b="B" * 64,
        )  # fmt: skip

    assert [(use["submission"], use["distance"]) for use in uses(two_communes)] == [("uuid:other", 3)]


def test_nearest_first_and_no_more_than_a_person_can_compare(two_communes: Store) -> None:
    """Of a picture that was handed in thirty times the twenty nearest are told; corrections of the same site do not push them out."""
    with two_communes.transaction() as tx:
        for number in range(25):
            hand_in(tx, submission(f"version{number}", minutes=number), {"a.jpg": "A"})
        for number in range(30):
            hand_in(tx, submission(f"like{number}", minutes=number, site="s2"), {"a.jpg": "B" if number % 2 else "C"})
        alike(tx, COMMUNE, "A", COMMUNE, "B", 2)
        alike(tx, COMMUNE, "A", COMMUNE, "C", 6)

    found = uses(two_communes)

    assert [use["distance"] for use in found] == [2] * 15 + [6] * 5
    assert len(found) == MOST_ALIKE


def test_a_file_that_is_no_photo_is_no_use(two_communes: Store) -> None:
    """A refused file, or one whose form has not come, is nobody's evidence."""
    with two_communes.transaction() as tx:
        hand_in(tx, submission("refused"), {"a.jpg": "A"}, state="refused")
        tx.execute(
            "INSERT INTO attachment (commune, submission, name, question, repeat_key, ordinal, state, sha256, capture)"
            " VALUES (:commune, 'uuid:early', 'a.jpg', '', '', 0, 'unreferenced', :sha256, '{}')", commune=COMMUNE, sha256="A" * 64,
        )  # fmt: skip

    assert uses(two_communes) == []


def test_versions_are_all_corrections_of_one_checklist(two_communes: Store) -> None:
    """First, second, a second by another hand and the third are one family; a stranger is not."""
    with two_communes.transaction() as tx:
        insert(tx, submission("2", replaces="uuid:own"), submission("2b", replaces="uuid:own"), submission("3", replaces="uuid:2"))
        insert(tx, submission("stranger", replaces="uuid:never-came"))

    with two_communes.reading() as reader:
        families = [select_versions(reader, COMMUNE, f"uuid:{name}") for name in ("own", "2b", "3", "stranger")]

    assert families == [{"uuid:own", "uuid:2", "uuid:2b", "uuid:3"}] * 3 + [{"uuid:stranger"}]
