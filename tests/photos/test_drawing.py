"""Drawn pictures: the same seed gives the same bytes, and their EXIF is true."""

from datetime import UTC, datetime, timedelta

import pytest

from survey.domain.submissions import Fix
from survey.domain.times import VIETNAM
from survey.photos.drawing import Scene, Shot, draw_photo
from tests.photos.pictures import look

TAKEN = datetime(2026, 11, 1, 9, 12, 30, tzinfo=VIETNAM)
FIX = Fix(18.0567891, 106.1034567, 6.5, 31.0, TAKEN.astimezone(UTC) - timedelta(seconds=3))


@pytest.mark.parametrize("scene", Scene)
def test_every_scene_is_an_accepted_photo_with_true_exif(tmp_path, scene):
    intake = look(tmp_path, draw_photo(Shot(scene, "1", TAKEN, FIX, "HO-0001")))
    facts = intake.facts

    assert (intake.accepted, facts.signs, facts.width, facts.height) == (True, (), 1200, 900)
    assert (facts.latitude, facts.longitude) == (pytest.approx(FIX.latitude, abs=3e-7), pytest.approx(FIX.longitude, abs=3e-7))
    assert (facts.accuracy_m, facts.altitude_m, facts.gps_at) == (pytest.approx(6.5), 31.0, FIX.at)
    assert (facts.taken_at, facts.offset, facts.make, facts.model) == (TAKEN, "+07:00", "Demo", "Drawn picture")


def test_the_same_shot_gives_the_same_bytes_and_another_seed_another_picture():
    one, again, other = (draw_photo(Shot(Scene.HEDGE, seed, TAKEN, FIX)) for seed in ("1", "1", "2"))

    assert one == again
    assert one != other


def test_without_a_fix_there_is_no_position(tmp_path):
    assert look(tmp_path, draw_photo(Shot(Scene.MUD, "1", TAKEN, None))).facts.latitude is None
