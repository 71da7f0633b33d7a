"""What is read from EXIF, and what is rather not given than wrong."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from survey.domain.photos import PhotoFacts, facts_from_json, facts_to_json
from tests.photos.pictures import GPS, look, png, with_exif

HOUSE = {GPS.GPSLatitudeRef: "N", GPS.GPSLatitude: (18.0, 4.0, 30.0), GPS.GPSLongitudeRef: "E", GPS.GPSLongitude: (106.0, 6.0, 0.0)}


def facts_of(folder, **tags) -> PhotoFacts:
    return look(folder, with_exif(**tags)).facts


def test_position_altitude_accuracy_and_direction(tmp_path):
    gps = HOUSE | {GPS.GPSAltitude: 12.5, GPS.GPSAltitudeRef: b"\x01", GPS.GPSHPositioningError: 4.8, GPS.GPSImgDirection: 360.0}

    facts = facts_of(tmp_path, gps=gps)

    assert (facts.latitude, facts.longitude) == (pytest.approx(18.075), pytest.approx(106.1))
    assert (facts.altitude_m, facts.accuracy_m, facts.direction_deg) == (-12.5, pytest.approx(4.8), 0)


@pytest.mark.parametrize(
    "fault",
    [
        {GPS.GPSLatitudeRef: "\x00"},
        {GPS.GPSLatitudeRef: "E"},
        {GPS.GPSLatitudeRef: ""},
        {GPS.GPSLatitude: (IFDRational(10, 0), 4.0, 30.0)},
        {GPS.GPSLatitude: (4294967295.0, 0.0, 0.0)},
        {GPS.GPSLatitude: (18.0, 61.0, 0.0)},
        {GPS.GPSLatitude: (91.0, 0.0, 0.0)},
        {GPS.GPSLongitude: (181.0, 0.0, 0.0)},
    ],
)
def test_a_doubtful_position_is_no_position(tmp_path, fault):
    facts = facts_of(tmp_path, gps=HOUSE | fault)

    assert (facts.latitude, facts.longitude) == (None, None)


def test_no_hemisphere_letter_is_no_position(tmp_path):
    facts = facts_of(tmp_path, gps={tag: value for tag, value in HOUSE.items() if tag is not GPS.GPSLongitudeRef})

    assert facts.latitude is None


def test_lower_case_letters_and_plain_degrees_are_read(tmp_path):
    gps = {GPS.GPSLatitudeRef: "s", GPS.GPSLatitude: (18.075,), GPS.GPSLongitudeRef: "w", GPS.GPSLongitude: (106.0, 6.0)}

    facts = facts_of(tmp_path, gps=gps)

    assert (facts.latitude, facts.longitude) == (pytest.approx(-18.075), pytest.approx(-106.1))


def test_seconds_of_zero_over_zero_mean_not_given(tmp_path):
    """Some cameras write fractional minutes and 0/0 seconds."""
    facts = facts_of(tmp_path, gps=HOUSE | {GPS.GPSLatitude: (18.0, 4.5, IFDRational(0, 0))})

    assert facts.latitude == pytest.approx(18.075)


def test_zero_zero_is_a_sign_not_a_place(tmp_path):
    gps = HOUSE | {GPS.GPSLatitude: (0.0, 0.0, 0.0), GPS.GPSLongitude: (0.0, 0.0, 0.0)}

    facts = facts_of(tmp_path, gps=gps)

    assert facts.latitude is None
    assert "position_zero" in facts.signs


def test_time_is_local_without_an_offset_and_aware_with_one(tmp_path):
    plain = facts_of(tmp_path, camera={0x9003: "2026:11:23 09:12:01"})
    aware = facts_of(tmp_path, camera={0x9003: "2026:11:23 09:12:01", 0x9011: "+07:00"})

    assert (plain.taken_at, plain.offset) == (datetime(2026, 11, 23, 9, 12, 1), None)  # noqa: DTZ001
    assert aware.taken_at == datetime(2026, 11, 23, 9, 12, 1, tzinfo=timezone(timedelta(hours=7)))
    assert aware.offset == "+07:00"


@pytest.mark.parametrize("written", ["0000:00:00 00:00:00", "    :  :     :  :  ", "2005:0?:03 10:00:00", "2026:02:31 10:00:00", ""])
def test_impossible_times_are_not_given(tmp_path, written):
    assert facts_of(tmp_path, camera={0x9003: written}).taken_at is None


@pytest.mark.parametrize("offset", ["+15:00", "+07:60", "7", "   :  ", "Z"])
def test_impossible_offsets_leave_local_time(tmp_path, offset):
    facts = facts_of(tmp_path, camera={0x9003: "2026:11:23 09:12:01", 0x9011: offset})

    assert facts.taken_at == datetime(2026, 11, 23, 9, 12, 1)  # noqa: DTZ001
    assert facts.offset is None


def test_gps_time_is_utc(tmp_path):
    facts = facts_of(tmp_path, gps=HOUSE | {GPS.GPSDateStamp: "2026:11:23", GPS.GPSTimeStamp: (2.0, 12.0, 1.25)})

    assert facts.gps_at == datetime(2026, 11, 23, 2, 12, 1, 250_000, tzinfo=UTC)


def test_exposure_and_camera(tmp_path):
    camera = {0x829D: 1.8, 0x829A: 0.01, 0x8827: 100}

    facts = facts_of(tmp_path, main={0x010F: "Hãng Máy".encode(), 0x0110: "M12\x00\x00", 0x0131: "  "}, camera=camera)

    assert (facts.make, facts.model, facts.software) == ("Hãng Máy", "M12", None)
    assert (facts.f_number, facts.exposure_s, facts.iso) == (pytest.approx(1.8), pytest.approx(0.01), 100)


def test_a_png_gives_its_exif_without_being_decoded(tmp_path):
    exif = Image.Exif()
    exif[0x010F] = "Demo"

    assert look(tmp_path, png(exif=exif)).facts.make == "Demo"


def test_facts_survive_json(tmp_path):
    facts = facts_of(tmp_path, gps=HOUSE, camera={0x9003: "2026:11:23 09:12:01", 0x9011: "+07:00"}, main={0x010F: "Demo"})

    text = facts_to_json(facts)

    assert facts_from_json(text) == facts
    assert facts_from_json(text.replace("{", '{"of_a_later_version":1,', 1)) == facts
