"""A photo's look survives the store: what was measured as nothing is not what was not measured."""

from survey.domain.looks import PhotoLook, look_from_json, look_to_json


def test_a_measured_zero_is_kept():
    look = PhotoLook(blur=0.0, burnt=0.0, thumbnail_distance=0, hashes=(0, -1, 1, 2), probes=(("whole", 0),))

    assert look_from_json(look_to_json(look)) == look


def test_what_was_not_measured_is_left_out():
    assert look_to_json(PhotoLook()) == "{}"
    assert look_from_json("{}") == PhotoLook()
    assert look_from_json(None) is None
