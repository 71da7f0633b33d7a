"""The checks on a photo: light against the sun, reuse, where the file came from, and what can be seen on it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.domain.checks import LIKELY_WRONG, LOOK, NOTE, examine
from survey.domain.checks.how import how_words
from survey.domain.looks import PhotoLook
from survey.domain.photos import PhotoFacts
from survey.domain.submissions import Capture, Source
from survey.domain.sun import light_value, sun_elevation_deg
from tests.domain.visits import NOW, SHARP, TAKEN, codes, facts, fix, only, photo, use, visit

HANOI = (21.0285, 105.8542)
TURNS = ("mirrored", "turned90", "turned180", "turned270")
PARTS = ("whole", "cropped", "centre90", "top80", "centre80", "trimmed")
NIGHT = TAKEN + timedelta(hours=12)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        # NOAA's solar calculator, without refraction: Ha Noi at noon on both solstices, at the equinox's sunrise, at midnight.
        (datetime(2026, 6, 21, 4, 58, tzinfo=UTC), 87.6),
        (datetime(2026, 12, 21, 4, 55, tzinfo=UTC), 45.5),
        (datetime(2026, 3, 20, 23, 0, tzinfo=UTC), -0.9),
        (datetime(2026, 6, 21, 17, 0, tzinfo=UTC), -45.5),
    ],
)
def test_the_sun_stands_where_the_almanac_says(moment, expected):
    """The formula: 90° less the latitude plus the declination at noon."""
    assert sun_elevation_deg(*HANOI, moment) == pytest.approx(expected, abs=0.7)


def test_the_light_value_of_known_exposures():
    """Sunny 16: f/16 at 1/100 s and ISO 100 is 14.6; a room at f/2, 1/30 s, ISO 800 is 3.9."""
    assert light_value(16, 1 / 100, 100) == pytest.approx(14.64, abs=0.01)
    assert light_value(2, 1 / 30, 800) == pytest.approx(3.91, abs=0.01)
    for missing in ((None, 1, 1), (1, None, 1), (1, 1, None), (0, 1, 1), (-1, 1, 1), (1, -1, 1), (1, 1, -1)):
        assert light_value(*missing) is None


def lit(lv: float, moment: datetime = TAKEN, **changes: object):
    """A photo of the light value *lv* at *moment*: f/1, ISO 100."""
    exposed = facts(moment, f_number=1.0, iso=100, exposure_s=2.0**-lv)
    return photo(at=fix(at=moment), facts=exposed, **changes)


def light_of(picture) -> list[str]:
    """The codes of the findings on the light of *picture* alone."""
    made = visit(picture, started_at=None, ended_at=None, received_at=NIGHT + timedelta(days=1))
    return [finding.code for finding in examine(made) if finding.code in {"not_daylight", "sun_down_bright", "taken_at_night"}]


@pytest.mark.parametrize(("lv", "expected"), [(3.5, ["not_daylight"]), (7.9, ["not_daylight"]), (8.1, []), (8.8, []), (15.4, [])])
def test_an_outdoor_photo_by_day_has_daylight(lv, expected):
    """What was measured outdoors by day, two in deep shade among them, and indoors."""
    assert light_of(lit(lv)) == expected
    assert light_of(lit(lv, outdoor=False)) == []


@pytest.mark.parametrize(("lv", "expected"), [(1.4, []), (9.0, []), (9.9, []), (10.1, ["sun_down_bright"]), (14, ["sun_down_bright"])])
def test_no_photo_by_night_has_daylight(lv, expected):
    """Indoors or out: only its time or place can be wrong."""
    assert light_of(lit(lv, NIGHT, outdoor=False)) == expected
    assert light_of(lit(lv, NIGHT)) == (expected or ["taken_at_night"])


def at_elevation(degrees: float) -> datetime:
    """When the sun stood nearest to *degrees* over the house in the afternoon of the visit's day."""
    afternoon = [NOW + timedelta(hours=4, minutes=minute / 4) for minute in range(4 * 60 * 6)]
    return min(afternoon, key=lambda moment: abs(sun_elevation_deg(fix().latitude, fix().longitude, moment) - degrees))


@pytest.mark.parametrize(("degrees", "expected"), [(10.1, ["not_daylight"]), (9.9, []), (-5.9, []), (-6.1, ["taken_at_night"])])
def test_between_day_and_night_nothing_is_said(degrees, expected):
    assert light_of(lit(5, at_elevation(degrees))) == expected


def test_light_is_judged_by_the_phones_time_where_its_page_opened_the_camera():
    """A picked file's fix says where it was picked; then the file's own time counts."""
    shot = lit(5)
    assert light_of(replace(shot, capture=Capture("a.jpg", Source.SYSTEM, after=fix(at=NIGHT)))) == ["taken_at_night"]
    assert light_of(replace(shot, capture=Capture("a.jpg", Source.SYSTEM, last_modified=NIGHT))) == ["taken_at_night"]
    assert light_of(replace(shot, capture=Capture("a.jpg", Source.PICKED, after=fix(at=NIGHT)))) == ["not_daylight"]


def test_light_needs_a_place_and_a_time():
    shot = lit(5, capture=Capture("a.jpg", Source.SYSTEM))

    assert only(visit(shot, fix=None), "not_daylight") is None
    assert only(visit(shot), "not_daylight") is not None  # the visit's own position will do
    assert only(visit(replace(shot, facts=facts(None))), "not_daylight") is None


@pytest.mark.parametrize("missing", ["f_number", "exposure_s", "iso"])
def test_light_needs_the_whole_exposure(missing):
    shot = lit(5)

    assert light_of(replace(shot, facts=replace(shot.facts, **{missing: None}))) == []


def test_the_same_bytes_for_another_household():
    [finding] = examine(visit(photo(uses=(use(), use(submission="uuid:3", code="AAAA-0000", site_code="HO-0003")))))

    assert finding.code == "seen_before"
    assert finding.figures == {"submissions": ["AAAA-0000", "ABCD-1234"], "sites": ["HO-0002", "HO-0003"]}
    assert "HO-0002, HO-0003" in finding.sentence("vi")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"site": "s1"}, []),  # the household's other checklist of the day
        ({"site": "s1", "round": "2026-2"}, ["seen_before"]),
        ({"site": "s1", "captured_at": NOW - timedelta(days=1)}, ["seen_before"]),
        ({"site": "s1", "captured_at": NOW - timedelta(days=1), "linked": True}, []),  # a corrected version
        ({"linked": True}, []),
        ({"submission": "uuid:1"}, []),  # photos of one visit
        ({"site": None}, ["seen_before"]),
        ({"earlier": False}, ["used_again"]),
    ],
)
def test_what_is_rightly_shared_is_no_reuse(changes, expected):
    assert [code for code, _ in codes(visit(photo(uses=(use(**changes),))))] == expected


@pytest.mark.parametrize(
    ("distance", "earlier", "expected"),
    [(0, True, "looks_like"), (6, True, "looks_like"), (7, True, "may_look_like"), (8, True, "may_look_like"), (9, True, None),
     (6, False, "used_again"), (8, False, "may_look_like"), (9, False, None)],
)  # fmt: skip
def test_pictures_that_look_alike(distance, earlier, expected):
    """Up to 6 bits it is very likely one picture, 7 and 8 ask for a comparison, more says nothing."""
    found = examine(visit(photo(uses=(use(distance=distance, how="whole", earlier=earlier),))))

    assert [finding.code for finding in found] == ([expected] if expected else [])


def test_a_likeness_says_how_and_from_which_commune():
    near, far = use(distance=3, how="mirrored/top80", commune="Kỳ Anh"), use(submission="uuid:7", code="BBBB-1111", distance=6, how="whole")
    [finding] = examine(visit(photo(uses=(far, near))))

    assert finding.severity == LIKELY_WRONG
    assert finding.figures["sites"] == ["HO-0002", "HO-0002 (Kỳ Anh)"]
    assert (finding.figures["distance"], finding.figures["how"]) == (3, "mirrored/top80")
    assert "đã lật gương, phần dưới đã bị che hoặc đóng dấu" in finding.sentence("vi")
    assert "mirrored, its lower part covered or stamped" in finding.sentence("en")


def test_of_equally_near_ones_the_plainest_change_is_said():
    """A mirrored copy of a picture that somebody also stamped is mirrored, not stamped."""
    stamped, plain = use(code="AAAA-1111", distance=0, how="mirrored/top80"), use(submission="uuid:7", distance=0, how="mirrored/whole")
    [finding] = examine(visit(photo(uses=(stamped, plain))))

    assert finding.figures["how"] == "mirrored/whole"


def test_a_submission_is_named_by_the_gravest_finding_alone():
    """The same file and a picture like it in one other submission are one reuse."""
    assert codes(visit(photo(uses=(use(), use(attachment="b.jpg", distance=7, how="whole"))))) == [("seen_before", "a.jpg")]


@given(turn=st.sampled_from(["", *TURNS]), part=st.sampled_from(PARTS), locale=st.sampled_from(["vi", "en"]))
def test_every_probe_has_words(turn, part, locale):
    """None of its own name is left, in either language; a name that this version does not know stays as it is."""
    words = how_words(f"{turn}/{part}" if turn else part, locale)

    assert words
    assert not {turn, part} & set(words.replace(",", "").split()) - {"mirrored", "whole", "cropped"}
    assert how_words(f"tilted/{part}x", locale) == f"tilted, {part}x"


def from_source(source: Source, **changes: object):
    """A photo that came by *source*, of a file with *changes*."""
    return photo(capture=Capture("a.jpg", source, after=fix()), facts=PhotoFacts("JPEG", 1600, 1204, **changes))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (Source.SYSTEM, [("metadata_missing", LOOK)]),
        (Source.PICKED, [("metadata_unchecked", NOTE)]),
        (Source.DESK, [("metadata_unchecked", NOTE)]),
        (Source.IN_PAGE, []),
        (Source.FRAME, []),
        (Source.UNKNOWN, []),
    ],
)
def test_a_file_without_metadata_is_judged_by_its_source(source, expected):
    assert [(finding.code, finding.severity) for finding in examine(visit(from_source(source)))] == expected


@pytest.mark.parametrize("given_fact", [{"make": "Samsung"}, {"model": "SM-M127F"}, {"taken_at": TAKEN}])
def test_any_metadata_of_a_camera_will_do(given_fact):
    assert examine(visit(from_source(Source.SYSTEM, **given_fact))) == []


def test_nothing_is_said_of_a_file_of_which_nothing_is_known():
    """An erased photo has no facts left."""
    assert examine(visit(photo(facts=PhotoFacts(), look=None))) == []


@pytest.mark.parametrize(("source", "expected"), [(Source.SYSTEM, 1), (Source.PICKED, 1), (Source.IN_PAGE, 0), (Source.FRAME, 0)])
def test_the_signs_of_a_chat_app(source, expected):
    """A page's own camera writes such files too. The sign says more than that the metadata is gone."""
    found = codes(visit(from_source(source, signs=("chat_app",))))

    assert found == [("chat_app", "a.jpg")] * expected


@pytest.mark.parametrize(
    ("size", "changes", "expected"),
    [
        ((1080, 2400), {}, True), ((2400, 1080), {}, True), ((720, 1280), {}, True), ((1440, 3200), {}, True),
        ((1080, 1080), {}, False), ((599, 1200), {}, False), ((1641, 3000), {}, False), ((1000, 1590), {}, False),
        ((1000, 2460), {}, False), ((1080, 2400), {"make": "Samsung"}, False),
    ],
)  # fmt: skip
def test_a_screenshot_by_its_shape(size, changes, expected):
    """A PNG of a phone screen's shape that names no camera."""
    shot = photo(facts=PhotoFacts("PNG", *size, **changes))

    assert (("screenshot", "a.jpg") in codes(visit(shot))) == expected
    assert ("screenshot", "a.jpg") not in codes(visit(replace(shot, facts=replace(shot.facts, format="JPEG"))))


@pytest.mark.parametrize(
    ("software", "expected"),
    [("Adobe Photoshop 25.0 (Windows)", True), ("GIMP 2.10", True), ("Snapseed 2.0", True), ("PicsArt", True), ("Picasa", True),
     ("M127FXXU5CVI4", False), ("HDR+ 1.0.585804401zd", False), ("17.1.1", False), ("MediaTek Camera Application", False),
     ("Nothing A063", False), (None, False)],
)  # fmt: skip
def test_an_editor_names_itself(software, expected):
    """What phones write there is their own version."""
    found = only(visit(photo(facts=facts(software=software))), "edited")

    assert (found is not None) == expected
    assert found is None or str(software) in found.sentence("vi")


@pytest.mark.parametrize(
    ("look", "expected"),
    [
        ({"thumbnail_distance": 16}, None), ({"thumbnail_distance": 17}, "other_thumbnail"),
        ({"blur": 0.40}, None), ({"blur": 0.41}, "blurred"), ({"laplacian": 30}, None), ({"laplacian": 29.9}, "blurred"),
        ({"mean_luma": 25}, None), ({"mean_luma": 24.9}, "dark"), ({"p95_luma": 60}, None), ({"p95_luma": 59}, "dark"),
        ({"mean_luma": 5}, "dark"), ({"mean_luma": 4.9, "p95_luma": 9}, "black"), ({"mean_luma": 4.9, "laplacian": 0.1}, "black"),
        ({"burnt": 0.40}, None), ({"burnt": 0.41}, "burnt"), ({"damaged": True}, "pixels_damaged"),
        ({"unfinished": True}, "check_unfinished"),
    ],
)  # fmt: skip
def test_what_the_pixels_say(look, expected):
    """Each threshold from both sides; one finding for one fault."""
    found = codes(visit(photo(look=replace(SHARP, **look))))

    assert found == ([(expected, "a.jpg")] if expected else [])


def test_a_photo_that_cannot_be_opened():
    """Given up is something else than broken."""
    assert codes(visit(photo(look=None, broken=True))) == [("broken_pixels", "a.jpg")]
    assert codes(visit(photo(look=PhotoLook(unfinished=True), broken=True))) == [("check_unfinished", "a.jpg")]


def test_while_nobody_has_looked_nothing_is_said():
    assert examine(visit(photo(look=None))) == []
    assert examine(visit(photo(look=PhotoLook()))) == []
