"""The report's Vietnamese: names of outcomes, reasons, states and units, numbers and dates as offices write them."""

import json
from collections.abc import Mapping
from datetime import date, datetime, time

from survey.domain.checks import CHECKS, Finding
from survey.domain.evidence import Photo
from survey.domain.photos import REFUSALS
from survey.domain.rules import EntryKind
from survey.domain.sampling import Interval
from survey.domain.sites import SiteKind
from survey.domain.statements import Aspect, Statement
from survey.domain.submissions import Consent, FileState, Fix, State
from survey.domain.thresholds import Status, Threshold
from survey.domain.times import VIETNAM, from_text
from survey.domain.verdicts import Outcome

OUTCOMES = {Outcome.MET: "Đạt", Outcome.NOT_MET: "Chưa đạt", Outcome.NOT_ENOUGH_DATA: "Chưa đủ dữ liệu"}

REASONS = {
    "threshold_missing": "chưa tìm được con số quy định",
    "threshold_recalled": "con số quy định chưa được đối chiếu với văn bản",
    "no_threshold_in_force": "bộ tiêu chí không có con số áp dụng cho ngày này",
    "group_unknown": "con số phụ thuộc nhóm xã, mà nhóm của xã chưa được nhập",
    "indicators_missing": "chưa tìm được các chỉ tiêu của tiêu chí",
    "set_by_person": "khảo sát thực địa không chứng minh được tiêu chí này",
    "document_missing": "đã có người xác nhận đạt nhưng chưa kèm văn bản",
    "nothing_registered": "sổ bộ chưa có đối tượng nào ở đây",
    "nothing_visited": "chưa có bài nộp nào được chấp nhận",
    "nothing_to_count": "các đối tượng đã khảo sát đều thuộc diện không tính",
    "lapsed": "bài nộp đã quá thời hạn mà quy định cho tính",
    "not_all_known": "các đối tượng chưa rõ còn có thể làm đổi kết quả",
    "readings_differ": "quy định không nói rõ cách tính và các cách tính cho kết quả khác nhau",
    "hamlets_open": "còn thôn chưa kết luận được",
    "judged_per_site": "quy định xét từng đối tượng; ở đây chỉ đếm số đối tượng đạt",
}

STATUSES = {
    Status.READ: "đã đọc tại nguồn",
    Status.PARTLY_READ: "đọc được một phần tại nguồn",
    Status.RECALLED: "chưa đối chiếu với văn bản",
    Status.MISSING: "chưa tìm thấy",
    Status.ENTERED: "do cán bộ nhập",
}

ASPECTS = {Aspect.STATE: "xác nhận hiện trạng", Aspect.CLAIM: "xã tự đánh giá", Aspect.APPRAISAL: "hội đồng thẩm định"}

LEVELS = {"registered": "đăng ký", "nearly": "cơ bản đạt", "met": "đạt chuẩn"}

ENTRY_KINDS = {
    EntryKind.EDITION: "bộ tiêu chí",
    EntryKind.CRITERION: "tiêu chí",
    EntryKind.INDICATOR: "chỉ tiêu",
    EntryKind.THRESHOLD: "con số quy định",
    EntryKind.WITHDRAWAL: "rút lại",
}

DECIDED_BY = {"all": "mọi khả năng của phần chưa rõ", "interval": "khoảng tin cậy của mẫu"}

STATES = {
    State.RECEIVED: "chờ duyệt",
    State.ACCEPTED: "đã chấp nhận nhưng không được tính (có bản mới hơn, hoặc chưa gắn với đối tượng trong sổ bộ)",
    State.RETURNED: "trả lại để bổ sung",
    State.REJECTED: "bị loại",
}

STATE_NAMES = {**STATES, State.ACCEPTED: "đã chấp nhận"}

JUDGEMENTS = {"confirmed": "xác nhận", "dismissed": "bỏ qua"}

FILE_STATES = {FileState.STORED: "có ảnh gốc", FileState.MISSING: "chưa nhận được", FileState.REFUSED: "không dùng được"}

KINDS = {SiteKind.HOUSEHOLD: "Hộ", SiteKind.ROAD_SEGMENT: "Đoạn đường", SiteKind.PUBLIC_PLACE: "Điểm công cộng"}

SOURCES = {
    "system": "máy ảnh của điện thoại",
    "in_page": "chụp trong ứng dụng",
    "frame": "khung hình từ ứng dụng",
    "picked": "chọn từ thư viện ảnh",
    "desk": "nhập tại bàn",
    "unknown": "không rõ",
}

CONSENTS = {
    Consent.GIVEN: "người dân đồng ý cho chụp ảnh",
    Consent.REFUSED: "người dân từ chối chụp ảnh",
    Consent.ABSENT: "không gặp ai để hỏi về việc chụp ảnh",
}

DOORS = {"field": "ứng dụng khảo sát", "openrosa": "ứng dụng OpenRosa", "desk": "nhập tại bàn", "command": "lệnh ở máy chủ"}

_MEGA, _GIGA = 1_000_000, 1_000_000_000
_LIMITS = {"at_least": "từ {} trở lên", "above": "trên {}", "at_most": "không quá {}", "below": "dưới {}"}
_UNITS = {"sites": "đối tượng", "hamlets": "thôn", "condition": "", "million_per_1000_m2": "triệu đồng/1.000 m²"}


def flag(row: Mapping[str, object]) -> str:
    """What a check found, as its reviewer read it; the code where this release does not know the check."""
    code = str(row["code"])
    return Finding(code, int(str(row["severity"])), json.loads(str(row["figures"]))).sentence() if code in CHECKS else code


def number(value: float, decimals: int = 2) -> str:
    """*value* with a decimal comma and points between thousands, without idle zeros: `1.234,5`."""
    text = f"{value:,.{decimals}f}"
    whole, _, part = text.partition(".")
    part = part.rstrip("0")
    return whole.replace(",", ".") + (f",{part}" if part else "")


def amount(value: float | None, unit: str) -> str:
    """*value* in *unit* as a person reads it; shares as per cent, unknown as a dash."""
    if value is None:
        return "–"
    if value == float("inf"):
        return "không giới hạn"
    if unit == "share":
        return f"{number(100 * value, 1)}%"
    return f"{number(value)}\N{NO-BREAK SPACE}{_UNITS.get(unit, unit)}".strip()


def unit(name: str) -> str:
    """The unit called *name* as a person reads it."""
    return _UNITS.get(name, name)


def limit(threshold: Threshold | None) -> str:
    """What the rule asks for."""
    if threshold is None:
        return "–"
    parts = [_LIMITS[word].format(amount(limit, threshold.unit)) for word, limit in threshold.limits.items()]
    return ", ".join(parts) or "–"


def interval(found: Interval | None, unit: str) -> str:
    """Between which limits a sample says that the figure lies, and how surely; empty where no sample says it."""
    if found is None:
        return ""
    return f"{amount(found.lowest, unit)} đến {amount(found.highest, unit)} (mức tin cậy {amount(found.level, 'share')})"


def stated(statement: Statement | None, person: str) -> str:
    """What *person* stated, with the day and the paper it rests on; empty where nobody did."""
    if statement is None:
        return ""
    said = [OUTCOMES[statement.outcome].lower(), LEVELS.get(statement.level, statement.level)]
    share = "" if statement.value is None else amount(statement.value, "share")
    paper = f"văn bản {statement.document_name} (SHA-256 {statement.document})" if statement.document else "không kèm văn bản"
    outcome = " · ".join(dict.fromkeys(part for part in (*said, share) if part))
    return f"{outcome}, ngày {day(statement.stated_on)}, {paper}, {person} nhập"


def day(moment: datetime | date | None) -> str:
    """The date in Viet Nam, `23/11/2026`."""
    if moment is None:
        return "–"
    return f"{moment.astimezone(VIETNAM) if isinstance(moment, datetime) else moment:%d/%m/%Y}"


def moment(when: datetime | None) -> str:
    """Date and time in Viet Nam, `05:56 23/11/2026`; the day alone where there is no more of it, as in the public variant."""
    return day(when) if when is None or _is_day(when) else f"{when.astimezone(VIETNAM):%H:%M %d/%m/%Y}"


def stamp(when: datetime | str | None) -> str:
    """A moment, or its stored text, for a cell of a spreadsheet: Vietnamese time, `2026-11-23 05:56:01`; empty where there is none."""
    if not when:
        return ""
    known = (from_text(when) if isinstance(when, str) else when).astimezone(VIETNAM)
    return f"{known:%Y-%m-%d}" if _is_day(known) else f"{known:%Y-%m-%d %H:%M:%S}"


def _is_day(moment: datetime) -> bool:
    """Whether *moment* is the very beginning of a day in Viet Nam: what the public variant leaves of a time."""
    return moment.astimezone(VIETNAM).time() == time.min


def position(fix: Fix | None) -> str:
    """A phone's position with its accuracy."""
    if fix is None:
        return "không có"
    accuracy = "" if fix.accuracy_m is None else f" (±{number(fix.accuracy_m, 0)} m)"
    return f"{fix.latitude:.6f}, {fix.longitude:.6f}{accuracy}"


def metres(length_m: float) -> str:
    """A distance, to the metre."""
    return f"{number(length_m, 0)}\N{NO-BREAK SPACE}m"


def size(count: int) -> str:
    """Bytes as a person reads them."""
    return f"{number(count / _MEGA, 1)} MB" if count < _GIGA else f"{number(count / _GIGA, 2)} GB"


def file_state(photo: Photo) -> str:
    """Whether the file is here."""
    if photo.erased_at is not None:
        return f"đã xóa ngày {day(photo.erased_at)} theo quyết định của xã; còn mã băm"
    return FILE_STATES.get(photo.state, photo.state.value)


def refusal(photo: Photo) -> str:
    """Why the file is no photo; empty where it is one."""
    if not photo.reason:
        return ""
    return REFUSALS[photo.reason].vi if photo.reason in REFUSALS else photo.reason
