"""The checks on a visit, one behaviour a test."""

import string
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from survey.domain import checks
from survey.domain.checks import CHECKS, LIKELY_WRONG, LOOK, Picture, Use, Visit, examine
from survey.domain.photos import REFUSALS, PhotoFacts
from survey.domain.places import Border
from survey.domain.submissions import Capture, FileState, Fix
from survey.domain.times import VIETNAM

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # 10:00 in Viet Nam
HOUSE = (18.05, 106.10)
METRE = 1 / 110_670  # degrees of latitude at 18° N
SQUARE = Border.of({"type": "Polygon", "coordinates": [[[106.0, 18.0], [106.2, 18.0], [106.2, 18.1], [106.0, 18.1], [106.0, 18.0]]]})


def fix(metres_north: float = 0, accuracy_m: float | None = 10) -> Fix:
    return Fix(HOUSE[0] + metres_north * METRE, HOUSE[1], accuracy_m, at=NOW)


def photo(name: str = "a.jpg", at: Fix | None = None, exif: Fix | None = None, **changes: object) -> Picture:
    facts = PhotoFacts(format="JPEG", width=4000, height=3000)
    if exif is not None:
        facts = replace(facts, latitude=exif.latitude, longitude=exif.longitude, accuracy_m=exif.accuracy_m)
    picture = Picture(name, FileState.STORED, Capture(name, after=fix() if at is None and exif is None else at), facts)
    return replace(picture, **changes)


def visit(*pictures: Picture, **changes: object) -> Visit:
    made = Visit(
        "uuid:1", NOW, started_at=NOW - timedelta(minutes=30), ended_at=NOW - timedelta(minutes=5), site="s1", round="2026-1",
        site_line=((HOUSE[1], HOUSE[0]),), fix=fix(), border=SQUARE, pictures=pictures,
    )  # fmt: skip
    return replace(made, **changes)


def codes(made: Visit) -> list[tuple[str, str]]:
    return [(finding.code, finding.attachment) for finding in examine(made)]


def test_a_good_visit_has_no_findings():
    assert examine(visit(photo(), photo("b.jpg", exif=fix(30)))) == []


@pytest.mark.parametrize(
    ("metres", "accuracy_m", "expected"),
    [
        (49, 5, []),
        (60, 5, ["off_site"]),
        (140, 5, ["off_site"]),
        (160, 5, ["far_from_site"]),
        (160, 20, ["off_site"]),  # the radius is taken off first
        (80, 90, []),  # the house lies inside the circle
        (400, 20, ["far_from_site"]),
        (400, 101, ["position_vague"]),
        (170, None, ["off_site"]),  # 30 m are assumed
        (190, None, ["far_from_site"]),
    ],
)
def test_distance_to_the_site_is_weighed_with_its_radius(metres, accuracy_m, expected):
    made = visit(fix=fix(metres, accuracy_m))

    assert [finding.code for finding in examine(made)] == expected


def test_a_photo_far_away_names_the_photo_and_the_distance():
    [finding] = examine(visit(photo(at=fix(400))))

    assert (finding.code, finding.attachment, finding.severity) == ("far_from_site", "a.jpg", LIKELY_WRONG)
    assert finding.figures["distance_m"] == pytest.approx(400, abs=2)
    assert "400 m" in finding.sentence("en").replace("401", "400").replace("399", "400")


def test_a_road_is_measured_to_its_line():
    road = ((106.10, 18.00), (106.10, 18.09))

    assert examine(visit(site_line=road, fix=fix(1000))) == []
    assert codes(visit(site_line=road, fix=Fix(18.05, 106.104, 5))) == [("far_from_site", "")]


def test_a_site_without_a_place_raises_nothing():
    assert examine(visit(photo(at=fix(400)), site_line=())) == []


def test_outside_the_commune_by_more_than_the_buffer():
    just = Fix(18.1 + 20 * METRE, 106.1, 5)
    well = Fix(18.1 + 200 * METRE, 106.1, 5)

    assert codes(visit(fix=just, site_line=())) == []
    assert codes(visit(fix=well, site_line=())) == [("outside_commune", "")]


def test_no_position_anywhere():
    made = visit(photo(capture=Capture("a.jpg")), fix=None)

    assert codes(made) == [("no_position", ""), ("photo_without_position", "a.jpg")]
    assert codes(visit(photo(exif=fix()), fix=None)) == []


def test_exif_apart_from_the_phone():
    apart = photo(at=fix(0, 10), exif=fix(220, 10))

    assert codes(visit(apart)) == [("exif_elsewhere", "a.jpg")]
    assert codes(visit(photo(at=fix(0, 10), exif=fix(160, 10)))) == []


def test_the_better_of_two_fixes_counts():
    capture = Capture("a.jpg", before=fix(300, 80), after=fix(5, 8))

    assert examine(visit(photo(capture=capture))) == []


def taken(moment: datetime, *, naive: bool = False) -> Picture:
    local = moment.astimezone(VIETNAM)
    return replace(photo(), facts=PhotoFacts(taken_at=local.replace(tzinfo=None) if naive else local))


@pytest.mark.parametrize("naive", [False, True])
@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (-20, []),
        (-39, []),
        (-41, ["taken_outside_visit"]),
        (-24 * 60, ["taken_outside_visit"]),
        (-4, ["taken_outside_visit"]),
        (4, ["taken_outside_visit"]),
        (6, ["taken_in_future"]),
    ],
)
def test_the_time_of_a_photo_fits_the_visit(minutes, expected, naive):
    made = visit(taken(NOW + timedelta(minutes=minutes), naive=naive))

    assert [finding.code for finding in examine(made)] == expected


@pytest.mark.parametrize(("minutes", "expected"), [(-60, []), (4, []), (6, ["visit_in_future"]), (3 * 24 * 60, ["visit_in_future"])])
def test_a_phone_whose_clock_is_ahead_is_told(minutes, expected):
    made = visit(ended_at=NOW + timedelta(minutes=minutes))

    assert [finding.code for finding in examine(made)] == expected


def test_times_are_shown_in_vietnam():
    [finding] = examine(visit(taken(NOW + timedelta(days=1))))

    assert finding.figures["taken_at"] == "2026-11-24 10:00"


def use(**changes: object) -> Use:
    return replace(Use("uuid:2", "ABCD-1234", "s2", "HO-0002", "2026-1", NOW), **changes)


def test_the_same_bytes_for_another_household():
    [finding] = examine(visit(photo(uses=(use(), use(submission="uuid:3", code="AAAA-0000", site_code="HO-0003")))))

    assert finding.code == "seen_before"
    assert finding.figures == {"submissions": ["AAAA-0000", "ABCD-1234"], "sites": ["HO-0002", "HO-0003"]}
    assert "HO-0002, HO-0003" in finding.sentence("vi")


def test_the_same_bytes_for_the_same_site():
    """A corrected version may carry the photo again; another round may not."""
    assert examine(visit(photo(uses=(use(site="s1"),)))) == []
    assert codes(visit(photo(uses=(use(site="s1", round="2026-2"),)))) == [("seen_before", "a.jpg")]
    assert examine(visit(photo(uses=(use(submission="uuid:1"),)))) == []


def test_a_refused_file_says_why():
    [finding] = examine(visit(photo(state=FileState.REFUSED, reason="cut_short")))

    assert (finding.code, finding.severity, finding.figures) == ("file_refused", LOOK, {"reason": "cut_short"})
    assert REFUSALS["cut_short"].vi in finding.sentence("vi")


def test_missing_files_are_counted_elsewhere():
    assert examine(visit(photo(state=FileState.MISSING))) == []


def test_broken_pixels_and_signs():
    made = visit(photo(broken=True, facts=PhotoFacts(signs=("low_resolution",))))

    assert codes(made) == [("broken_pixels", "a.jpg"), ("low_resolution", "a.jpg")]


def test_the_forms_own_rules():
    made = visit(answers_missing=("green_m",), answers_impossible=("total_m", "people"))

    assert codes(made) == [("answers_impossible", ""), ("answers_missing", "")]
    assert "total_m, people" in examine(made)[0].sentence("en")


def test_the_gravest_come_first():
    made = visit(photo(capture=Capture("a.jpg")), photo("b.jpg", at=fix(400)), answers_missing=("x",))

    assert [finding.severity for finding in examine(made)] == [3, 2, 1]


def test_both_languages_ask_for_the_same_figures():
    for kind in CHECKS.values():
        names = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (kind.vi, kind.en)]

        assert names[0] == names[1]


def test_the_documentation_shows_every_check_and_threshold():
    text = (Path(__file__).parents[2] / "docs" / "checks.md").read_text(encoding="utf-8")

    for code, kind in CHECKS.items():
        assert f"| `{code}` | {kind.severity} | {kind.vi} | {kind.en} |" in text
    for code in REFUSALS:
        assert f"| `{code}` |" in text
    for name in ("NEAR_SITE_M", "FAR_FROM_SITE_M", "USABLE_ACCURACY_M", "ASSUMED_ACCURACY_M", "EXIF_APART_M", "BORDER_BUFFER_M"):
        assert f"| `{name}` | {getattr(checks, name):.0f} m |" in text
    for name in ("FUTURE", "BEFORE_VISIT"):
        assert f"| `{name}` | {getattr(checks, name) // timedelta(minutes=1)} min |" in text
