"""The checks on a visit's place and time and the catalogue as a whole, one behaviour a test."""

import string
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.domain.checks import CHECKS, GROUPS, LIKELY_WRONG, LOOK, NOTE, THRESHOLDS, Day, Picture, Thresholds, examine
from survey.domain.photos import REFUSALS, PhotoFacts
from survey.domain.submissions import Capture, FileState, Fix, Source
from survey.domain.times import VIETNAM
from tests.domain.visits import HOUSE, METRE, NOW, SHARP, TAKEN, codes, facts, fix, only, other, photo, use, visit


def test_a_good_visit_has_no_findings():
    assert examine(visit(photo(), photo("b.jpg", exif=fix(30)), route=(other(), other(80, 900)))) == []


@given(
    metres=st.floats(-35, 35), accuracy=st.floats(3, 60), minutes=st.floats(0, 24), drift=st.floats(-500, 500),
    answered=st.integers(0, 40), gap=st.floats(120, 3000), apart=st.floats(0, 900), lv_stops=st.integers(-2, 2), photos=st.integers(0, 6),
)  # fmt: skip
def test_no_visit_that_is_well_made_has_findings(metres, accuracy, minutes, drift, answered, gap, apart, lv_stops, photos):
    """Whatever a phone scatters, however bright the day: nobody who did the work is named."""
    taken = NOW - timedelta(minutes=29) + timedelta(minutes=minutes)
    pictures = [
        photo(f"{number}.jpg", at=fix(metres, accuracy, taken), facts=facts(taken, exposure_s=1 / 500 * 2.0**lv_stops))
        for number in range(photos)
    ]
    made = visit(
        *pictures, fix=fix(metres, accuracy), clock_drift_s=drift, answered=answered, filled_s=max(answered * 3.0, 10),
        route=(other(apart, -gap), other(apart, gap)), day=Day(8, 8 * 900.0), identical=("HO-0002",), choices=(("yes", "no", "yes"),),
    )  # fmt: skip

    assert examine(made) == []


@pytest.mark.parametrize(
    ("metres", "accuracy_m", "expected"),
    [
        (49, 5, []),
        (51, 5, ["off_site"]),
        (60, 5, ["off_site"]),
        (164, 5, ["off_site"]),
        (166, 5, ["far_from_site"]),
        (160, 20, ["off_site"]),  # both radii are taken off first: the fix's and the register's 10 m
        (181, 20, ["far_from_site"]),
        (99, 90, []),  # the house lies inside the two circles
        (101, 90, ["off_site"]),
        (400, 20, ["far_from_site"]),
        (400, 100, ["far_from_site"]),
        (400, 101, ["position_vague"]),
        (189, None, ["off_site"]),  # 30 m are assumed
        (191, None, ["far_from_site"]),
    ],
)
def test_distance_to_the_site_is_weighed_with_both_radii(metres, accuracy_m, expected):
    made = visit(fix=fix(metres, accuracy_m))

    assert [finding.code for finding in examine(made)] == expected


def test_a_photo_far_away_names_the_photo_and_the_distance():
    [finding] = examine(visit(photo(at=fix(400))))

    assert (finding.code, finding.attachment, finding.severity) == ("far_from_site", "a.jpg", LIKELY_WRONG)
    assert finding.figures["distance_m"] == pytest.approx(400, abs=2)
    assert "400 m" in finding.sentence("en").replace("401", "400").replace("399", "400")


def test_a_road_is_measured_to_its_line():
    road = ((HOUSE[1], 18.00), (HOUSE[1], 18.09))

    assert examine(visit(site_line=road, fix=fix(1000))) == []
    assert codes(visit(site_line=road, fix=Fix(18.05, 106.106, 5))) == [("far_from_site", "")]


def test_a_site_without_a_place_raises_nothing():
    assert examine(visit(photo(at=fix(400)), site_line=())) == []


@pytest.mark.parametrize(("metres", "expected"), [(-10, []), (29, []), (31, [("outside_commune", "")])])
def test_outside_the_commune_by_more_than_the_buffer(metres, expected):
    """Inside, within the buffer, and beyond it."""
    assert codes(visit(fix=Fix(18.1 + metres * METRE, 106.1, 5), site_line=())) == expected


def test_among_the_sites_of_another_hamlet():
    """Only where all five neighbours say so, and only by a position that can be used."""
    strangers = tuple(("Thôn Đông", False) for _ in range(5))
    made = visit(site_line=(), hamlet_sites=strangers)

    assert codes(made) == [("outside_hamlet", "")]
    assert only(made, "outside_hamlet").figures == {"hamlets": ["Thôn Đông"]}
    assert codes(replace(made, hamlet_sites=strangers[:4])) == []
    assert codes(replace(made, hamlet_sites=(*strangers[:4], ("Thôn Tây", True)))) == []
    assert codes(replace(made, fix=fix(0, 101))) == [("position_vague", "")]


def test_no_position_anywhere():
    made = visit(photo(capture=Capture("a.jpg", Source.SYSTEM)), fix=None)

    assert codes(made) == [("no_position", ""), ("photo_without_position", "a.jpg")]
    assert codes(visit(photo(exif=fix()), fix=None)) == []


@pytest.mark.parametrize(("metres", "expected"), [(169, []), (171, [("exif_elsewhere", "a.jpg")])])
def test_exif_apart_from_the_phone(metres, expected):
    """150 m after both radii of 10 m."""
    assert codes(visit(photo(at=fix(0, 10), exif=fix(metres, 10)))) == expected


def test_the_better_of_two_fixes_counts():
    capture = Capture("a.jpg", Source.SYSTEM, before=fix(300, 80), after=fix(5, 8))

    assert examine(visit(photo(capture=capture))) == []


def test_a_position_put_on_the_map_by_hand_is_noted():
    """It is a note, and still held against the site."""
    placed = replace(fix(), by_hand=True)

    assert [(f.code, f.severity) for f in examine(visit(fix=placed))] == [("position_by_hand", NOTE)]
    assert codes(visit(fix=replace(fix(400), by_hand=True))) == [("far_from_site", ""), ("position_by_hand", "")]


@pytest.mark.parametrize(("accuracy_m", "expected"), [(0, ["accuracy_zero"]), (0.1, []), (None, [])])
def test_no_receiver_is_exact(accuracy_m, expected):
    """A radius of exactly 0 is what an app for false positions gives; a file's own radius says nothing, nor a place chosen by hand."""
    assert [code for code, _ in codes(visit(fix=fix(0, accuracy_m)))] == expected
    assert [code for code, _ in codes(visit(photo(at=fix(0, accuracy_m))))] == expected
    assert codes(visit(photo(exif=fix(0, accuracy_m)))) == []
    assert codes(visit(fix=replace(fix(0, accuracy_m), by_hand=True))) == [("position_by_hand", "")]


def taken(moment: datetime, *, naive: bool = False) -> Picture:
    local = moment.astimezone(VIETNAM)
    return photo(facts=facts(moment, taken_at=local.replace(tzinfo=None) if naive else local))


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


@pytest.mark.parametrize(("seconds", "expected"), [(-181, True), (-179, False), (0, False), (179, False), (181, True), (86_400, True)])
def test_the_camera_is_held_against_the_satellites(seconds, expected):
    """The offset that the camera wrote is respected: an hour's offset more and an hour later is the same moment."""
    made = photo(facts=facts(gps_at=TAKEN - timedelta(seconds=seconds)))

    assert (only(visit(made), "camera_clock_off") is not None) == expected
    assert only(visit(photo(facts=facts(gps_at=None))), "camera_clock_off") is None


@pytest.mark.parametrize(("days", "expected"), [(13.9, False), (14.1, True)])
def test_a_photo_from_before_the_round(days, expected):
    made = visit(photo(), round_begins=TAKEN + timedelta(days=days))

    assert (only(made, "before_round") is not None) == expected


@pytest.mark.parametrize(("minutes", "expected"), [(-60, []), (4, []), (6, ["visit_in_future"]), (3 * 24 * 60, ["visit_in_future"])])
def test_a_phone_whose_clock_is_ahead_is_told(minutes, expected):
    made = visit(ended_at=NOW + timedelta(minutes=minutes), clock_drift_s=None)

    assert [finding.code for finding in examine(made)] == expected


@pytest.mark.parametrize(("seconds", "expected"), [(-601, True), (-599, False), (599, False), (601, True)])
def test_a_wrong_clock_is_said(seconds, expected):
    made = visit(clock_drift_s=seconds)

    assert (only(made, "phone_clock_off") is not None) == expected


@pytest.mark.parametrize(
    ("minutes", "vi", "en"),
    [(1440, "nhanh 1 ngày", "1 d ahead"), (-35, "chậm 35 phút", "35 min behind"), (90, "nhanh 1,5 giờ", "1.5 h ahead")],
)
def test_a_wrong_clock_is_said_as_people_say_it(minutes, vi, en):
    """Which way and in a unit that is grasped at once: nobody reads 1440 minutes as a day."""
    finding = only(visit(clock_drift_s=minutes * 60.0), "phone_clock_off")

    assert finding is not None
    assert finding.sentence("vi") == f"Đồng hồ điện thoại chạy {vi} so với máy chủ lúc gửi bài."
    assert en in finding.sentence("en")


def test_a_clock_that_is_a_day_ahead_is_one_finding_not_five():
    """The phone's times are corrected by what its clock was off, before the server's, the round's or the sun's are held against them."""
    ahead = timedelta(days=1)
    shot = replace(photo(at=fix(at=TAKEN + ahead)), facts=facts(TAKEN + ahead, gps_at=None))
    made = visit(shot, started_at=NOW - timedelta(minutes=30) + ahead, ended_at=NOW - timedelta(minutes=5) + ahead)

    assert codes(replace(made, clock_drift_s=86_400.0)) == [("phone_clock_off", "")]
    assert [code for code, _ in codes(replace(made, clock_drift_s=None))] == ["visit_in_future", "taken_in_future"]


def test_what_a_desk_brings_in_is_not_corrected():
    """Its photos come from another device than the one whose clock was compared."""
    shot = photo(capture=Capture("a.jpg", Source.DESK, after=fix()), facts=facts(NOW + timedelta(minutes=10)))

    assert only(visit(shot, clock_drift_s=3600.0), "taken_in_future") is not None


def test_times_are_shown_in_vietnam():
    [finding] = examine(visit(taken(NOW + timedelta(days=1))))

    assert finding.figures["taken_at"] == "2026-11-24 10:00"


def test_a_refused_file_says_why():
    [finding] = examine(visit(photo(state=FileState.REFUSED, reason="cut_short")))

    assert (finding.code, finding.severity, finding.figures) == ("file_refused", LOOK, {"reason": "cut_short"})
    assert REFUSALS["cut_short"].vi in finding.sentence("vi")


def test_missing_files_are_counted_elsewhere():
    assert examine(visit(photo(state=FileState.MISSING))) == []


def test_a_sign_of_a_newer_version_is_passed_over():
    """Facts outlive the code that read them."""
    assert examine(visit(photo(facts=facts(signs=("from_the_moon",))))) == []
    assert codes(visit(photo(facts=facts(signs=("low_resolution",))))) == [("low_resolution", "a.jpg")]


def test_the_forms_own_rules():
    made = visit(answers_missing=("green_m",), answers_impossible=("total_m", "people"))

    assert codes(made) == [("answers_impossible", ""), ("answers_missing", "")]
    assert "total_m, people" in examine(made)[0].sentence("en")


def test_the_gravest_come_first():
    made = visit(photo(capture=Capture("a.jpg", Source.SYSTEM)), photo("b.jpg", at=fix(400)), answers_missing=("x",))

    assert [finding.severity for finding in examine(made)] == [3, 2, 1]


def everything_wrong() -> list[object]:
    """Findings of every code that there is."""
    night = NOW + timedelta(hours=12)
    looks = (
        replace(SHARP, blur=0.5), replace(SHARP, mean_luma=20), replace(SHARP, mean_luma=1), replace(SHARP, burnt=0.9),
        replace(SHARP, damaged=True), replace(SHARP, unfinished=True), replace(SHARP, thumbnail_distance=30),
    )  # fmt: skip
    uses = (use(), use(submission="3", distance=5, how="mirrored/top80"), use(submission="4", distance=8, how="whole", commune="Kỳ Anh"))
    pictures = [
        *(photo(f"look{number}.jpg", look=look) for number, look in enumerate(looks)),
        photo("refused", state=FileState.REFUSED, reason="empty"), photo("broken", broken=True, look=None),
        photo("used", uses=(*uses, use(submission="5", earlier=False))), photo("far", at=fix(900, 0), exif=fix()),
        photo("off", at=fix(80)), photo("none", capture=Capture("none", Source.SYSTEM)), photo("vague", at=fix(0, 500)),
        photo("night", at=fix(at=night)), photo("dusk", at=fix(at=night), facts=facts(iso=3200, exposure_s=1 / 10)),
        photo("room", facts=facts(iso=800, exposure_s=1 / 30)), photo("stripped", facts=PhotoFacts("JPEG", 900, 700)),
        photo("picked", capture=Capture("picked", Source.PICKED, after=fix()), facts=PhotoFacts("JPEG", 900, 700)),
        photo("screen", facts=PhotoFacts("PNG", 1080, 2400)), photo("chat", facts=PhotoFacts("JPEG", 1600, 1204, signs=("chat_app",))),
        photo("edited", facts=facts(software="Adobe Photoshop 25.0")),
        photo("signs", facts=facts(signs=("position_zero", "low_resolution", "content_credentials"))),
        photo("clock", facts=facts(gps_at=NOW - timedelta(days=1))), photo("old", facts=facts(NOW - timedelta(days=90))),
        photo("future", facts=facts(NOW + timedelta(days=90))),
    ]  # fmt: skip
    made = visit(
        *pictures, fix=Fix(18.1 + 900 * METRE, 106.1012345, 0, at=TAKEN), clock_drift_s=-5000.0, ended_at=NOW + timedelta(hours=3),
        answers_missing=("a",), answers_impossible=("b",), consent="refused", route=(other(30_000, -600),), spot=(other(90),),
        day=Day(200, 900.0), filled_s=3.0, identical=("HO-1", "HO-2", "HO-3"), choices=(("yes",) * 8,),
        hamlet_sites=(("Thôn Đông", False),) * 5,
    )  # fmt: skip
    more = [visit(fix=None), visit(consent="absent"), visit(fix=replace(fix(), by_hand=True)), visit(route=(other(120, 20),))]
    more += [visit(fix=fix(60_000), site_line=(), border=None, route=(other(0, -900),)), visit(route=(other(18_000, -600),))]
    more += [visit(route=(other(50_000, -600),)), visit(*(photo(name, at=replace(fix(), altitude_m=0.0)) for name in ("a.jpg", "b.jpg")))]
    return [finding for each in (made, *more) for finding in examine(each)]


def test_every_finding_has_its_sentence_in_both_languages():
    """With every figure filled in, and nothing in braces left."""
    findings = everything_wrong()

    assert {finding.code for finding in findings} == set(CHECKS)
    for finding in findings:
        for locale in ("vi", "en"):
            sentence = finding.sentence(locale)
            assert sentence.strip()
            assert not set("{}") & set(sentence), sentence


@pytest.mark.parametrize("code", sorted(CHECKS))
def test_every_check_has_its_rule_in_both_languages(code):
    """The thresholds that it names are those of the texts, apart from what other rules take from them."""
    kind = CHECKS[code]
    named = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (kind.rule_vi, kind.rule_en)]
    figures = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (kind.vi, kind.en)]

    assert kind.group in GROUPS
    assert kind.severity in (NOTE, LOOK, LIKELY_WRONG)
    assert kind.source
    assert named[0] == named[1]
    assert figures[0] == figures[1]
    assert named[0] <= set(THRESHOLDS)
    assert set(kind.thresholds) - {"assumed_accuracy_m"} <= named[0]
    for locale in ("vi", "en"):
        assert not set("{}") & set(kind.rule(locale))


def test_a_rule_shows_the_communes_own_values():
    """And writes numbers as the language does."""
    kind = CHECKS["blurred"]

    assert "0,4" in kind.rule("vi")
    assert "0.55" in kind.rule("en", Thresholds(blur_score=0.55))


def test_the_documentation_shows_every_check_and_threshold():
    text = (Path(__file__).parents[2] / "docs" / "checks.md").read_text(encoding="utf-8")

    for code, kind in CHECKS.items():
        assert f"| `{code}` | {kind.severity} | {kind.vi}<br>*{kind.rule('vi')}* | {kind.en}<br>*{kind.rule('en')}* |" in text
    for code in REFUSALS:
        assert f"| `{code}` |" in text
    for name, kind in THRESHOLDS.items():
        assert f"| `{name}` | {kind.default:g} {kind.unit} |" in text
