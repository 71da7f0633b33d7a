"""Pairing: which photo of an earlier round shows the same view."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from survey.domain.pairing import Version, View, pair_photos, standing_versions, turn_deg
from survey.domain.submissions import Fix, State

START = datetime(2026, 4, 1, 2, 0, tzinfo=UTC)
METRE = 1 / 110_600  # degrees of latitude


def view(name: str, round_id: str = "1", *, metres: float | None = 0.0, looks: float | None = None, **given: object) -> View:
    """A photo *metres* north of a gate, ±8 m, looking *looks* degrees; of question `gate` unless *given* says otherwise."""
    fix = None if metres is None else Fix(18.07 + metres * METRE, 106.11, 8.0)
    at = START + timedelta(days=100 * int(round_id))
    made = View(f"s{round_id}", name, f"sha-{round_id}-{name}", "gate", "", 1, round_id, at, fix, looks)
    return replace(made, **given)  # type: ignore[arg-type]


def version(name: str, round_id: str = "1", *, days: int = 0, state: State = State.ACCEPTED, **given: bool) -> Version:
    """A version captured and received *days* after the start."""
    at = START + timedelta(days=days)
    return Version(name, round_id, state, at, at, **given)


def names(photos: list[View], earlier: list[View]) -> list[tuple[str, str]]:
    """The pairs as (attachment, earlier submission/attachment)."""
    return [(pair.now.attachment, f"{pair.earlier.submission}/{pair.earlier.attachment}") for pair in pair_photos(photos, earlier)]


def test_the_same_question_is_the_same_view() -> None:
    """A gate is compared with a gate, never with a yard, however near the two were taken."""
    now = [view("g", "2"), view("y", "2", question="yard")]
    earlier = [view("old_y", question="yard"), view("old_g", metres=20)]

    assert names(now, earlier) == [("g", "s1/old_g"), ("y", "s1/old_y")]


def test_the_nearest_standpoint_is_taken() -> None:
    """Of several photos of one question the one taken from the nearest place is the counterpart, and each is one once."""
    now = [view("a", "2", repeat="1", metres=0), view("b", "2", repeat="2", metres=300)]
    earlier = [view("far", repeat="1", metres=310), view("near", repeat="2", metres=5)]

    assert names(now, earlier) == [("a", "s1/near"), ("b", "s1/far")]


def test_where_positions_cannot_tell_the_direction_does() -> None:
    """Within both accuracies a metre more or less says nothing: the direction decides, across north too."""
    earlier = [view("turned", metres=1, looks=40), view("same", metres=9, looks=355)]

    assert names([view("now", "2", looks=3)], earlier) == [("now", "s1/same")]


def test_another_direction_is_another_view() -> None:
    """More than 45° apart is no pair, 45° is; where one direction is not given the position alone pairs."""
    now = view("now", "2", looks=10)

    assert names([now], [view("old", looks=56)]) == []
    assert names([now], [view("old", looks=55)]) == [("now", "s1/old")]
    assert names([now], [view("old")]) == [("now", "s1/old")]


def test_without_a_position_the_repeat_and_the_order_pair() -> None:
    """No position in any of them: the same repeat, then the same place in the form; nothing is said of distance."""
    now = [view("now", "2", metres=None, repeat="2", ordinal=2)]
    earlier = [view("one", metres=None, repeat="1", ordinal=2), view("two", metres=None, repeat="2", ordinal=7)]
    (pair,) = pair_photos(now, earlier)

    assert pair.earlier.attachment == "two"
    assert (pair.distance_m, pair.beyond_m, pair.turn_deg) == (None, None, None)


def test_a_position_entered_by_hand_is_none() -> None:
    """Nobody measured where a pin was put: no distance comes from it."""
    (pair,) = pair_photos([view("now", "2")], [view("old", fix=Fix(18.07, 106.11, by_hand=True))])

    assert pair.distance_m is None


def test_distance_and_what_is_left_of_it() -> None:
    """80 m apart with 8 m and, for want of an accuracy, 30 m: 42 m are certain."""
    (pair,) = pair_photos([view("now", "2", metres=80)], [view("old", fix=Fix(18.07, 106.11))])

    assert pair.distance_m == pytest.approx(80, abs=0.5)
    assert pair.beyond_m == pytest.approx(42, abs=0.5)


def test_three_rounds_newest_first() -> None:
    """Each earlier round gives its counterpart, the newest one first."""
    assert names([view("now", "3")], [view("old", "1"), view("mid", "2")]) == [("now", "s2/mid"), ("now", "s1/old")]


def test_the_same_bytes_are_no_before_and_after() -> None:
    """A photo that was handed in again shows nothing new; the other photo of that view is its counterpart."""
    now = view("now", "2", sha256="same")

    assert names([now], [view("old", sha256="same")]) == []
    assert names([now], [view("old", sha256="same"), view("other", metres=30)]) == [("now", "s1/other")]


def test_nothing_earlier_nothing_paired() -> None:
    """A first round has no before."""
    assert pair_photos([view("now")], []) == []


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        ([version("old"), version("new", days=1)], "new"),
        ([version("counts", counts=True), version("new", days=1)], "counts"),
        ([version("accepted"), version("waiting", days=1, state=State.RECEIVED)], "accepted"),
        ([version("returned", state=State.RETURNED), version("waiting", days=1, state=State.RECEIVED)], "waiting"),
        ([version("replaced", days=2, replaced=True), version("successor", days=1)], "successor"),
        ([version("replaced", replaced=True), version("waiting", days=1, state=State.RECEIVED)], "replaced"),
        ([version("old"), version("rejected", days=1, state=State.REJECTED)], "old"),
    ],
    ids=["newest", "counting", "accepted", "none-accepted", "successor", "only-replaced", "rejected"],
)  # fmt: skip
def test_which_version_stands_for_a_round(versions: list[Version], expected: str) -> None:
    """The one that counts, else the newest accepted one, else the newest; in whatever order they come."""
    assert standing_versions(versions)["1"].submission == expected
    assert standing_versions(reversed(versions))["1"].submission == expected


def test_a_round_of_rejected_versions_has_none() -> None:
    """What was rejected is compared with nothing; other rounds are not touched by it."""
    found = standing_versions([version("a", state=State.REJECTED), version("b", "2", state=State.RECEIVED)])

    assert {name: each.submission for name, each in found.items()} == {"2": "b"}


@pytest.mark.parametrize(("one", "other", "expected"), [(350, 10, 20), (10, 350, 20), (0, 180, 180), (90, 90, 0), (0, 720, 0)])
def test_turns_go_the_short_way(one: float, other: float, expected: float) -> None:
    """From 350° to 10° it is 20°."""
    assert turn_deg(one, other) == expected


def test_no_direction_no_turn() -> None:
    """A difference needs both."""
    assert turn_deg(None, 10) is None
    assert turn_deg(10, None) is None
