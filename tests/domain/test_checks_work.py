"""The checks on how a person moved, filled in, and what people said to being photographed; and a commune's own thresholds."""

import time
from dataclasses import fields, replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.domain.answering import answers_mark, choices_made
from survey.domain.answering import given as given_answers
from survey.domain.checks import LIKELY_WRONG, LOOK, THRESHOLDS, Day, Thresholds, examine, read_threshold, thresholds_from
from survey.domain.checks.movement import lines_apart_m
from survey.domain.submissions import Capture, Fix, Source
from tests.domain.visits import HOUSE, METRE, codes, fix, only, other, photo, use, visit


@pytest.mark.parametrize(
    ("metres", "seconds", "expected"),
    [
        (15_000, -610, None),  # 24.6 m/s after both radii
        (15_000, -590, ("moved_fast", LOOK)),
        (15_000, 590, ("moved_fast", LOOK)),
        (42_000, -602, ("moved_fast", LOOK)),  # 69.7 m/s
        (42_000, -598, ("moved_impossibly", LIKELY_WRONG)),
        (990, -90, None),  # too near to reckon with
        (990, -12, ("two_at_once", LOOK)),
        (1100, -70, None),
    ],
)
def test_speed_between_consecutive_positions(metres, seconds, expected):
    found = [(finding.code, finding.severity) for finding in examine(visit(route=(other(metres, seconds),)))]

    assert [each for each in found if each[0] != "two_at_once" or expected == each] == ([expected] if expected else [])


def test_the_fastest_way_is_named():
    found = only(visit(route=(other(15_000, -590, code="SLOW-0001"), other(30_000, 590, code="FAST-0001"))), "moved_fast")

    assert found.figures["submission"] == "FAST-0001"
    assert found.figures == {"submission": "FAST-0001", "distance_km": 30.0, "minutes": 9.8, "speed_kmh": 183}


def test_what_lies_within_the_radii_is_no_way():
    """A fix from a cell tower 2 km off is nobody's journey."""
    assert only(visit(route=(other(2100, -30, fix=fix(2100, 2050)),)), "moved_fast") is None


@pytest.mark.parametrize("changes", [{"linked": True}, {"fix": None}, {"fix": replace(fix(50_000), by_hand=True)}])
def test_who_has_no_measured_position_moves_nowhere(changes):
    assert examine(visit(route=(other(50_000, -30, **changes),))) == []


def test_a_position_by_hand_moves_nowhere():
    assert codes(visit(fix=replace(fix(), by_hand=True), route=(other(50_000, -30),))) == [("position_by_hand", "")]


@pytest.mark.parametrize(
    ("metres", "seconds", "expected"), [(80, 59, True), (80, -59, True), (80, 61, False), (69, 30, False), (72, 30, True)]
)
def test_two_checklists_at_two_places_within_a_minute(metres, seconds, expected):
    """50 m after both radii of 10 m."""
    assert (only(visit(route=(other(metres, seconds),)), "two_at_once") is not None) == expected


def test_both_ends_of_one_road_are_one_place():
    assert only(visit(route=(other(300, 30, site="s1"),)), "two_at_once") is None


def test_a_clock_that_was_set_in_between():
    """One phone's clock is its own measure; only where it was off for one visit and right for the other are both corrected."""
    ahead = timedelta(hours=1)
    wrong = other(80, 30)
    wrong = replace(wrong, ended_at=wrong.ended_at + ahead, clock_drift_s=3600.0)
    assert only(visit(route=(wrong,), clock_drift_s=0.0), "two_at_once") is not None
    assert only(visit(route=(other(80, 90, clock_drift_s=-300.0),), clock_drift_s=-240.0), "two_at_once") is None


SPOT = fix()


@pytest.mark.parametrize(
    ("metres", "seconds", "changes", "expected"),
    [
        (60, -600, {}, True),  # another house 60 m off, the very same position
        (29, -600, {}, False),
        (31, -600, {}, True),
        (0, -600, {"site": "s1"}, False),  # the household's other checklist
        (0, -29 * 60, {"site": "s1"}, False),
        (0, -31 * 60, {"site": "s1"}, True),
        (0, -24 * 3600, {"site": "s1"}, True),
        (0, -24 * 3600, {"site": "s1", "linked": True}, False),
        (60, -600, {"site": None, "site_line": ()}, False),  # where its site is not known only time tells
    ],
)
def test_the_very_same_position_again(metres, seconds, changes, expected):
    there = other(metres, seconds, **({"fix": SPOT} | changes))

    assert (only(visit(fix=SPOT, spot=(there,)), "same_spot") is not None) == expected


def test_a_rounded_position_says_nothing_by_being_the_same():
    rough = Fix(18.05123, 106.10123, 10, at=SPOT.at)

    assert only(visit(fix=rough, spot=(other(60, fix=rough),)), "same_spot") is None
    assert only(visit(fix=replace(SPOT, by_hand=True), spot=(other(60),)), "same_spot") is None


def test_lines_are_as_far_apart_as_their_nearest_places():
    road = ((HOUSE[1], HOUSE[0]), (HOUSE[1], HOUSE[0] + 100 * METRE))
    house = ((HOUSE[1], HOUSE[0] + 140 * METRE),)

    assert lines_apart_m(road, house) == pytest.approx(40, abs=0.5)
    assert lines_apart_m(house, road) == pytest.approx(40, abs=0.5)
    assert lines_apart_m(road, road) == 0


@pytest.mark.parametrize(
    ("sites", "seconds", "expected"),
    [(100, 36_000, False), (101, 36_000, True), (5, 300, False), (5, 299, True), (4, 10, False), (60, 3599, True), (60, 3600, False)],
)
def test_a_day_that_is_too_full(sites, seconds, expected):
    assert (only(visit(day=Day(sites, seconds)), "day_too_full") is not None) == expected


@pytest.mark.parametrize(
    ("answered", "filled_s", "expected"), [(5, 9.9, True), (5, 10, False), (4, 1, False), (30, 59, True), (30, 61, False), (9, -4, False)]
)
def test_filled_in_faster_than_anybody_reads(answered, filled_s, expected):
    """Two seconds an answer, from five answers on; a clock that was set back while filling in says nothing."""
    assert (only(visit(answered=answered, filled_s=filled_s), "filled_fast") is not None) == expected
    assert only(visit(answered=answered, filled_s=None), "filled_fast") is None


@pytest.mark.parametrize(("count", "expected"), [(2, False), (3, True)])
def test_the_same_answers_for_other_households(count, expected):
    found = only(visit(identical=tuple(f"HO-{number:04}" for number in range(count))), "answers_identical")

    assert (found is not None) == expected
    assert found is None or found.figures["count"] == count


@pytest.mark.parametrize(
    ("choices", "expected"), [((("yes",) * 8,), True), ((("yes",) * 7, ("good",) * 7), False), ((("yes",) * 8 + ("no",),), False)]
)
def test_one_answer_to_everything(choices, expected):
    assert (only(visit(choices=choices), "straight_lined") is not None) == expected


@pytest.mark.parametrize(
    ("altitudes", "expected"),
    [
        ([0.0, 0.0], [("altitude_zero", "")]), ([0.0, None, 0.0], [("altitude_zero", "")]),
        ([0.0], []), ([0.0, None], []), ([0.0, 12.5], []), ([None, None], []), ([0.3, -0.2], []),
    ],
)  # fmt: skip
def test_every_altitude_is_exactly_nought(altitudes, expected):
    """One nought says nothing, nor one that the phone does not know, nor what the file or a person says."""
    phones = [replace(fix(), altitude_m=altitude) for altitude in altitudes]
    assert codes(visit(*(photo(f"{number}.jpg", at=each) for number, each in enumerate(phones)))) == expected

    assert codes(visit(*(photo(f"{number}.jpg", exif=each) for number, each in enumerate(phones)))) == []
    placed = visit(*(photo(f"{number}.jpg", at=replace(each, by_hand=True)) for number, each in enumerate(phones)))
    assert ("altitude_zero", "") not in codes(placed)


def test_both_fixes_around_a_photo_have_an_altitude():
    nought = replace(fix(), altitude_m=0.0)

    assert codes(visit(photo(capture=Capture("a.jpg", Source.SYSTEM, before=nought, after=nought)))) == [("altitude_zero", "")]


@pytest.mark.parametrize(
    ("consent", "expected"), [("given", []), (None, []), ("refused", ["consent_refused"]), ("absent", ["consent_not_given"])]
)
def test_what_people_said_to_the_photos(consent, expected):
    assert [code for code, _ in codes(visit(consent=consent))] == expected


TREE = {"children": [
    {"name": "start", "path": "/d/start", "kind": "calculate", "type": "calculate", "preload": "start"},
    {"name": "site", "path": "/d/site", "kind": "question", "type": "text"},
    {"name": "g", "path": "/d/g", "kind": "group", "children": [
        {"name": "photo", "path": "/d/g/photo", "kind": "question", "type": "image"},
        {"name": "where", "path": "/d/g/where", "kind": "question", "type": "geopoint"},
        {"name": "metres", "path": "/d/g/metres", "kind": "question", "type": "decimal"},
        {"name": "trees", "path": "/d/g/trees", "kind": "question", "type": "integer"},
        {"name": "remark", "path": "/d/g/remark", "kind": "question", "type": "text"},
        {"name": "clean", "path": "/d/g/clean", "kind": "question", "type": "select_one", "choices": "yes_no"},
        {"name": "dry", "path": "/d/g/dry", "kind": "question", "type": "select_one", "choices": "yes_no"},
        {"name": "share", "path": "/d/g/share", "kind": "calculate", "type": "calculate", "calculation": {}},
    ]},
    {"name": "r", "path": "/d/r", "kind": "repeat", "children": [
        {"name": "kind", "path": "/d/r/kind", "kind": "question", "type": "select_one", "choices": "kinds"},
        {"name": "length", "path": "/d/r/length", "kind": "question", "type": "decimal"},
    ]},
]}  # fmt: skip
OWN = {
    "/d/g/metres": 42.5, "/d/g/trees": 7.0, "/d/g/remark": "Hàng rào đẹp", "/d/g/clean": "yes", "/d/g/dry": "no",
    "/d/r/kind[1]": "hedge", "/d/r/kind[2]": "wall",
}  # fmt: skip
AROUND = {
    "/d/start": "2026-11-23T10:00:00", "/d/site": "s1", "/d/g/photo": "a.jpg", "/d/g/where": {"latitude": 18.0}, "/d/g/share": 12.0,
}  # fmt: skip


def test_the_mark_leaves_out_site_photos_positions_times_and_what_is_computed():
    """Three figures and four choices: 13 points, two more than are needed."""
    mark = answers_mark(OWN | AROUND, TREE)

    assert mark is not None
    assert mark == answers_mark(dict(reversed(OWN.items())) | {"/d/site": "s2", "/d/g/photo": "b.jpg"}, TREE)
    assert mark != answers_mark(OWN | {"/d/g/metres": 42.6}, TREE)
    assert mark != answers_mark(OWN | {"/d/r/kind[2]": "mesh"}, TREE)
    assert given_answers(OWN | AROUND, TREE) == OWN


def test_too_few_answers_have_no_mark():
    """Choices count one, noughts nothing, figures and texts three, eleven are needed."""
    less = [path for path in OWN if path.startswith("/d/r/") or path == "/d/g/dry"]
    assert answers_mark({path: value for path, value in OWN.items() if path not in less}, TREE) is None  # 10
    assert answers_mark({path: value for path, value in OWN.items() if path not in less[1:]}, TREE) is not None  # 11
    assert answers_mark(OWN | {"/d/g/trees": 0.0}, TREE) is None  # 10
    assert answers_mark({}, TREE) is None


def test_choices_are_taken_together_where_they_share_a_list():
    assert sorted(choices_made(OWN | AROUND, TREE)) == [("hedge", "wall"), ("yes", "no")]


def test_every_threshold_is_a_field_and_its_default_may_be_set():
    """The names agree, the bounds hold the default, and each has its words and its source."""
    assert [field.name for field in fields(Thresholds)] == list(THRESHOLDS)
    for name, kind in THRESHOLDS.items():
        assert kind.least <= kind.default <= kind.most
        assert getattr(Thresholds(), name) == kind.default == read_threshold(name, str(kind.default))
        assert kind.vi
        assert kind.en
        assert kind.source.startswith(("measured: ", "our own choice: "))


@given(name=st.sampled_from(sorted(THRESHOLDS)), value=st.one_of(st.floats(), st.integers(-10, 10_000)).map(str) | st.text(max_size=12))
def test_only_what_may_be_set_is_taken(name, value):
    """Nothing that a commune has set makes a check compare with nonsense."""
    kept = getattr(thresholds_from({f"check.{name}": value}), name)

    assert THRESHOLDS[name].least <= kept <= THRESHOLDS[name].most


def test_a_commune_has_its_own_thresholds():
    own = thresholds_from({"check.near_site_m": "100", "check.gone_since": "5", "retention_years": "3", "check.fast_mps": "1e9"})

    assert (own.near_site_m, own.fast_mps) == (100, 25)
    assert codes(visit(fix=fix(80)), near_site_m=100) == []
    assert examine(visit(fix=fix(80)), own) == []


def test_examining_takes_time_that_grows_with_the_photos():
    """Ten times the photos: about ten times the time, not a hundred times."""

    def seconds(photos: int) -> float:
        made = visit(*(photo(f"{number}.jpg", uses=(use(),)) for number in range(photos)))
        begun = time.process_time()
        examine(made)
        return time.process_time() - begun

    seconds(50)
    assert seconds(1000) < 40 * max(seconds(100), 0.002)
