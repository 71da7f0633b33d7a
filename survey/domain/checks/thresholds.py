"""Thresholds of the checks: names, defaults, what a commune may set them to, and where each value comes from."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass

PREFIX = "check."


@dataclass(frozen=True)
class ThresholdKind:
    """What one threshold means in both languages, its *unit* and *default*, the *least* and *most* a commune may set, and its source."""

    vi: str
    en: str
    unit: str
    default: float
    least: float
    most: float
    source: str


def _measured(what: str) -> str:
    return f"measured: {what}"


def _own(why: str) -> str:
    return f"our own choice: {why}"


THRESHOLDS: dict[str, ThresholdKind] = {
    "near_site_m": ThresholdKind(
        "Khoảng cách tới đối tượng được coi là tại chỗ", "Distance to the site that counts as being there", "m", 50, 10, 500,
        _measured("a cheap phone's fixes inside one home scattered by 10 m (half of them) to 14 m (the worst of 45); a yard is a few tens"
        " of metres deep"),
    ),
    "far_from_site_m": ThresholdKind(
        "Khoảng cách tới đối tượng được coi là sai chỗ, sau khi trừ sai số", "Distance to the site that is a mismatch, less both radii",
        "m", 150, 30, 5000, _measured("no scatter of a usable fix explains it"),
    ),
    "site_radius_m": ThresholdKind(
        "Sai số của vị trí trong sổ bộ", "Radius of a position in the register", "m", 10, 0, 200,
        _own("the register does not say how its positions were taken; fixes of a phone in one yard scattered by 10 m (half of 45)"),
    ),
    "usable_accuracy_m": ThresholdKind(
        "Sai số lớn nhất của vị trí còn dùng được", "Largest radius of a position that can be used", "m", 100, 20, 1000,
        _measured("phones that wrote more (165 m, 2,000 m) had no satellites, only cell towers"),
    ),
    "assumed_accuracy_m": ThresholdKind(
        "Sai số coi như có khi máy không ghi", "Radius taken where the device gives none", "m", 30, 5, 100,
        _measured("most cameras write no radius; phones that do write 5 to 65 m"),
    ),
    "exif_apart_m": ThresholdKind(
        "Khoảng cách giữa vị trí trong ảnh và vị trí điện thoại, sau khi trừ sai số",
        "Distance between the photo's own position and the phone's, less both radii",
        "m", 150, 30, 5000, _measured("no scatter of two usable fixes explains it"),
    ),
    "border_buffer_m": ThresholdKind(
        "Khoảng cách cho phép ngoài ranh giới xã", "Distance allowed outside the commune's border", "m", 30, 0, 1000,
        _measured("a border drawn on a map and a phone's fix agree no better"),
    ),
    "neighbour_m": ThresholdKind(
        "Tầm tìm các đối tượng lân cận để đoán thôn", "How far neighbouring sites tell the hamlet", "m", 200, 50, 2000,
        _own("houses of one hamlet stand within a few hundred metres; there are no borders of hamlets to measure against"),
    ),
    "camera_gps_s": ThresholdKind(
        "Chênh lệch cho phép giữa giờ máy ảnh và giờ vệ tinh", "Difference allowed between the camera's time and satellite time",
        "s", 180, 30, 3600, _measured("28 of 31 real files with both were within 150 s; the others had clocks 4 minutes to a year off"),
    ),
    "future_min": ThresholdKind(
        "Thời gian cho phép sau lúc nhận", "Time allowed after receipt", "min", 5, 1, 120,
        _measured("clocks of phones on a network are within minutes of the server's"),
    ),
    "before_visit_min": ThresholdKind(
        "Thời gian cho phép trước khi mở phiếu", "Time allowed before the form was opened", "min", 10, 0, 1440,
        _measured("a photo may be taken before the form is opened, not the day before"),
    ),
    "before_round_days": ThresholdKind(
        "Số ngày cho phép trước khi đợt khảo sát bắt đầu", "Days allowed before the round begins", "d", 14, 0, 365,
        _own("a round may be prepared for a fortnight; what is older shows another state of the place"),
    ),
    "clock_drift_min": ThresholdKind(
        "Chênh lệch cho phép giữa đồng hồ điện thoại và máy chủ", "Difference allowed between the phone's clock and the server's",
        "min", 10, 1, 1440, _measured("clocks of phones on a network are within minutes; a slow sending takes some, too"),
    ),
    "sun_high_deg": ThresholdKind(
        "Độ cao mặt trời được coi là ban ngày", "Sun's height that counts as day", "°", 10, 0, 60,
        _measured("40 files by day, six of them indoors, separate above 10°"),
    ),
    "sun_night_deg": ThresholdKind(
        "Độ cao mặt trời được coi là ban đêm", "Sun's height that counts as night", "°", -6, -18, 0,
        _measured("49 files by night had light values up to 9.0; −6° is the end of civil twilight"),
    ),
    "daylight_lv": ThresholdKind(
        "Giá trị ánh sáng thấp nhất của ảnh ngoài trời ban ngày", "Lowest light value of a photo outdoors by day", "LV", 8, 4, 12,
        _measured("outdoors by day 8.8 to 15.4 (34 files, two in deep shade below 11), indoors 3.5 to 7.8 (6 files)"),
    ),
    "night_lv": ThresholdKind(
        "Giá trị ánh sáng cao nhất của ảnh ban đêm", "Highest light value of a photo by night", "LV", 10, 8, 14,
        _measured("49 files by night, rooms and screens among them: 1.4 to 9.0"),
    ),
    "same_picture_bits": ThresholdKind(
        "Số bit khác nhau của hai ảnh gần như chắc chắn là một", "Bits that differ between what is very likely one picture",
        "bit", 6, 0, 8, _measured("no false match in 1,054,976 pairs of different scenes; recall of cropped or stamped copies 0.99 to 1"),
    ),
    "alike_picture_bits": ThresholdKind(
        "Số bit khác nhau của hai ảnh cần xem lại", "Bits that differ between two pictures that should be looked at",
        "bit", 8, 0, 8, _measured("no false match in 1,054,976 pairs; other shots of one place reach it in 0.8 % of pairs"),
    ),
    "thumbnail_bits": ThresholdKind(
        "Số bit khác nhau giữa ảnh và ảnh nhỏ kèm theo", "Bits that differ between a picture and its own thumbnail", "bit", 16, 8, 32,
        _measured("388 of 403 camera files at most 16; the other 15 were all changed after capture"),
    ),
    "blur_score": ThresholdKind(
        "Điểm nhòe (Crete, ảnh 640 px)", "Re-blur score (Crete, at 640 px)", "", 0.40, 0.30, 0.80,
        _measured("2 % of 315 sharp photos above it; 86 to 99 % of those blurred by motion, 92 to 99 % of those out of focus"),
    ),
    "laplacian_variance": ThresholdKind(
        "Phương sai Laplace (ảnh 640 px)", "Variance of the Laplacian (at 640 px)", "", 30, 0, 100,
        _measured("at 40, 2 % of 315 sharp photos are below; 30 beside the re-blur score"),
    ),
    "dark_mean": ThresholdKind(
        "Độ sáng trung bình của ảnh tối", "Mean brightness of a dark picture", "/255", 25, 5, 80,
        _measured("1 % of originals below 13, median 110; four stops underexposed 31, five 22"),
    ),
    "dark_p95": ThresholdKind(
        "Độ sáng của phần sáng nhất (5 %) trong ảnh tối", "Brightness that 95 % of a dark picture stay below", "/255", 60, 10, 150,
        _measured("1 % of originals below 45, median 202; four stops underexposed 57, five 42"),
    ),
    "black_mean": ThresholdKind(
        "Độ sáng trung bình của ảnh đen", "Mean brightness of a black picture", "/255", 5, 1, 20, _measured("three real files were below"),
    ),
    "burnt_share": ThresholdKind(
        "Tỷ lệ điểm ảnh cháy sáng", "Share of burnt-out pixels", "",
        0.40, 0.10, 0.95, _own("with so much of it white, half of the picture says nothing"),
    ),
    "far_hop_m": ThresholdKind(
        "Quãng đường từ đó mới tính tốc độ, sau khi trừ sai số", "Distance from which speed is reckoned, less both radii", "m",
        1000, 200, 20000,
        _own("nearer, the two radii and the two times are a large part of the figure"),
    ),
    "fast_mps": ThresholdKind(
        "Tốc độ di chuyển cần xem lại", "Speed that should be looked at", "m/s",
        25, 5, 60, _own("90 km/h, faster than a commune's roads allow"),
    ),
    "impossible_mps": ThresholdKind(
        "Tốc độ di chuyển không thể có", "Speed that nobody has", "m/s", 70, 30, 300, _own("252 km/h, faster than any vehicle on a road"),
    ),
    "at_once_s": ThresholdKind(
        "Thời gian giữa hai phiếu ở hai nơi", "Time between two checklists at two places", "s", 60, 5, 600,
        _own("nobody goes to another place and fills in a checklist there within a minute"),
    ),
    "at_once_m": ThresholdKind(
        "Khoảng cách giữa hai phiếu cùng lúc, sau khi trừ sai số", "Distance between two checklists at once, less both radii",
        "m", 50, 10, 1000, _own("what still counts as being at one house is not two places"),
    ),
    "same_spot_m": ThresholdKind(
        "Khoảng cách giữa hai đối tượng có cùng một tọa độ", "Distance between two sites with one and the same position",
        "m", 30, 10, 1000, _measured("45 fixes in one home had 14 distinct positions; two homes share none"),
    ),
    "same_spot_min": ThresholdKind(
        "Thời gian giữa hai lần có cùng một tọa độ", "Time between two moments with one and the same position",
        "min", 30, 5, 1440, _measured("45 fixes within 31 minutes repeated one position 12 times: so long it is normal"),
    ),
    "day_sites": ThresholdKind(
        "Số đối tượng nhiều nhất một người đi được trong ngày", "Most sites that one person can visit in a day", "", 100, 10, 500,
        _own("ten hours at six minutes for each, the way there included"),
    ),
    "pace_s": ThresholdKind(
        "Thời gian ít nhất cho mỗi đối tượng trong ngày", "Least time for each site over a day", "s", 60, 5, 600,
        _own("walking to the next gate, one photo and the required answers take longer than a minute"),
    ),
    "pace_sites": ThresholdKind(
        "Số đối tượng từ đó mới tính thời gian trung bình", "Sites from which the time for each is reckoned", "", 5, 3, 100,
        _own("two checklists close together are judged as a pair; five in a row are a habit"),
    ),
    "seconds_a_question": ThresholdKind(
        "Thời gian ít nhất cho mỗi câu trả lời", "Least time for each answer", "s", 2, 0.2, 30,
        _own("to read a question, look at the place and tap takes longer; half of that is left for those who know the checklist by heart"),
    ),
    "few_answers": ThresholdKind(
        "Số câu trả lời từ đó mới tính thời gian điền", "Answers from which filling is timed", "", 5, 2, 50,
        _own("a checklist of a photo and two figures can be filled in within seconds"),
    ),
    "identical_sites": ThresholdKind(
        "Số đối tượng khác có câu trả lời giống hệt", "Other sites with the very same answers", "", 3, 1, 50,
        _own("one or two like households are chance; the third other one by the same person in one round is a pattern"),
    ),
    "straight_answers": ThresholdKind(
        "Số câu cùng danh sách lựa chọn được trả lời như nhau", "Answers from one list of choices that are all the same",
        "", 8, 3, 50, _own("six times yes is what a well-kept garden rightly has; of eight questions one is mostly answered otherwise"),
    ),
}  # fmt: skip


def _default(name: str) -> float:
    return THRESHOLDS[name].default


@dataclass(frozen=True)
class Thresholds:
    """The values by which a visit is judged; `THRESHOLDS` says what each means."""

    near_site_m: float = _default("near_site_m")
    far_from_site_m: float = _default("far_from_site_m")
    site_radius_m: float = _default("site_radius_m")
    usable_accuracy_m: float = _default("usable_accuracy_m")
    assumed_accuracy_m: float = _default("assumed_accuracy_m")
    exif_apart_m: float = _default("exif_apart_m")
    border_buffer_m: float = _default("border_buffer_m")
    neighbour_m: float = _default("neighbour_m")
    camera_gps_s: float = _default("camera_gps_s")
    future_min: float = _default("future_min")
    before_visit_min: float = _default("before_visit_min")
    before_round_days: float = _default("before_round_days")
    clock_drift_min: float = _default("clock_drift_min")
    sun_high_deg: float = _default("sun_high_deg")
    sun_night_deg: float = _default("sun_night_deg")
    daylight_lv: float = _default("daylight_lv")
    night_lv: float = _default("night_lv")
    same_picture_bits: float = _default("same_picture_bits")
    alike_picture_bits: float = _default("alike_picture_bits")
    thumbnail_bits: float = _default("thumbnail_bits")
    blur_score: float = _default("blur_score")
    laplacian_variance: float = _default("laplacian_variance")
    dark_mean: float = _default("dark_mean")
    dark_p95: float = _default("dark_p95")
    black_mean: float = _default("black_mean")
    burnt_share: float = _default("burnt_share")
    far_hop_m: float = _default("far_hop_m")
    fast_mps: float = _default("fast_mps")
    impossible_mps: float = _default("impossible_mps")
    at_once_s: float = _default("at_once_s")
    at_once_m: float = _default("at_once_m")
    same_spot_m: float = _default("same_spot_m")
    same_spot_min: float = _default("same_spot_min")
    day_sites: float = _default("day_sites")
    pace_s: float = _default("pace_s")
    pace_sites: float = _default("pace_sites")
    seconds_a_question: float = _default("seconds_a_question")
    few_answers: float = _default("few_answers")
    identical_sites: float = _default("identical_sites")
    straight_answers: float = _default("straight_answers")


DEFAULTS = Thresholds()


def read_threshold(name: str, text: str) -> float | None:
    """The value of the threshold *name* in *text*; None where it is no number or none that may be set."""
    kind = THRESHOLDS.get(name)
    try:
        value = float(text)
    except ValueError:
        return None
    return value if kind is not None and math.isfinite(value) and kind.least <= value <= kind.most else None


def thresholds_from(settings: Mapping[str, str]) -> Thresholds:
    """The thresholds with a commune's own values, *settings* by name (`check.near_site_m`); what may not be set stays the default."""
    own = {name.removeprefix(PREFIX): value for name, value in settings.items() if name.startswith(PREFIX)}
    return Thresholds(**{name: value for name, text in own.items() if (value := read_threshold(name, text)) is not None})


def written(thresholds: Thresholds, locale: str) -> dict[str, str]:
    """Every threshold as *locale* writes numbers, for the rules' texts."""
    texts = {name: f"{value:g}".replace("-", "−") for name, value in asdict(thresholds).items()}
    return {name: text.replace(".", ",") for name, text in texts.items()} if locale == "vi" else texts
