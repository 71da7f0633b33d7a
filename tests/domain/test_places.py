"""Places: the border of Kỳ Thượng, hamlets through time, distances."""

from datetime import date

import pytest

from survey.catalogue.places import read_place
from survey.domain.places import Border, Hamlet, distance_m, line_length_m, line_middle, next_hamlet_id, successor_of
from survey.wiring import ROOT

BORDER = read_place(ROOT / "schema" / "places", "18844").commune.border


def test_a_point_inside_the_real_border_is_inside() -> None:
    """The point where a map opens lies inside the commune, and is 0 m away from it."""
    longitude, latitude = BORDER.center

    assert BORDER.contains(latitude, longitude)
    assert BORDER.distance_to_m(latitude, longitude) == 0.0


def test_a_point_outside_knows_how_far_it_is() -> None:
    """The town of Hà Tĩnh is some 25 km north-west of the commune."""
    assert not BORDER.contains(18.3428, 105.9057)
    assert 20_000 < BORDER.distance_to_m(18.3428, 105.9057) < 40_000


def test_a_border_must_be_an_area() -> None:
    """A line, or an area that crosses itself, is no border."""
    with pytest.raises(ValueError, match="polygon"):
        Border.of({"type": "LineString", "coordinates": [[106, 18], [107, 18]]})
    with pytest.raises(ValueError, match="polygon"):
        Border.of({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]})


def test_distances_follow_the_ellipsoid() -> None:
    """One minute of latitude at 18° N is 1,844.8 m on WGS 84 (a nautical mile is 1,852 m)."""
    assert distance_m(18.0, 106.0, 18.0 + 1 / 60, 106.0) == pytest.approx(1844.8, abs=1.0)
    assert line_length_m([(106.0, 18.0), (106.0, 18.01), (106.0, 18.0)]) == pytest.approx(2 * distance_m(18, 106, 18.01, 106))
    assert line_middle([(106.0, 18.0), (106.02, 18.0)]) == (18.0, 106.01)


def test_hamlet_ids_are_never_given_again() -> None:
    """The next id follows the highest, gaps and other communes' ids notwithstanding."""
    assert next_hamlet_id("18844", []) == "18844-h01"
    assert next_hamlet_id("18844", ["18844-h01", "18844-h09", "06979-h40"]) == "18844-h10"


def test_a_merged_hamlet_leads_to_what_it_has_become() -> None:
    """Through two mergers, up to the day before the first; a circle ends nowhere."""
    first = Hamlet("18844", "18844-h01", "Một", date(2025, 7, 1), date(2026, 1, 1), "18844-h02")
    second = Hamlet("18844", "18844-h02", "Hai", date(2025, 7, 1), date(2027, 1, 1), "18844-h03")
    third = Hamlet("18844", "18844-h03", "Ba", date(2027, 1, 1))
    hamlets = {hamlet.id: hamlet for hamlet in (first, second, third)}

    assert successor_of("18844-h01", hamlets, date(2025, 12, 31)) == "18844-h01"
    assert successor_of("18844-h01", hamlets, date(2026, 1, 1)) == "18844-h02"
    assert successor_of("18844-h01", hamlets, date(2027, 1, 1)) == "18844-h03"
    assert successor_of("18844-h09", hamlets, date(2027, 1, 1)) is None
