"""A photo's look survives the store, what was measured as nothing included; how one picture is found in another."""

from survey.domain.looks import PhotoLook, how_found, look_from_json, look_to_json


def test_a_measured_zero_is_kept():
    look = PhotoLook(blur=0.0, burnt=0.0, thumbnail_distance=0, hashes=(0, -1, 1, 2), probes=(("whole", 0),))

    assert look_from_json(look_to_json(look)) == look


def test_what_was_not_measured_is_left_out():
    assert look_to_json(PhotoLook()) == "{}"
    assert look_from_json("{}") == PhotoLook()
    assert look_from_json(None) is None


def test_how_a_picture_is_found_in_another() -> None:
    """A whole picture that is a part of an older one was cropped out of it; a part of it names itself; a turn stays."""
    assert how_found("whole", "whole") == "whole"
    assert how_found("whole", "centre90") == "cropped"
    assert how_found("mirrored/whole", "top80") == "mirrored/cropped"
    assert how_found("turned90/whole", "whole") == "turned90/whole"
    assert how_found("top80", "top80") == "top80"
    assert how_found("trimmed", "whole") == "trimmed"
    assert how_found("mirrored/trimmed", "centre80") == "mirrored/cropped"
