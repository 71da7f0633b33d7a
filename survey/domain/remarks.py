"""Remarks: what the register says about a row that it was given, cell by cell, with the remedy, in both languages.

An *error* keeps the whole file out; a *warning* points out what a person should look at; a *note* says what will happen.
Texts are `str.format` templates over the details of the remark.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How much a remark weighs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class RemarkKind:
    """One entry of the catalogue of remarks."""

    code: str
    severity: Severity
    vi: str
    en: str
    remedy_vi: str
    remedy_en: str


@dataclass(frozen=True)
class Remark:
    """A remark on one cell: row as the file's reader counts it (1 is the heading), column as the file writes it."""

    kind: RemarkKind
    row: int
    column: str = ""
    value: str = ""
    details: Mapping[str, object] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        """How much the remark weighs."""
        return self.kind.severity

    def message(self, locale: str = "vi") -> str:
        """What is to be said, in *locale* (`vi` or `en`)."""
        return self._filled(self.kind.en if locale == "en" else self.kind.vi, locale)

    def remedy(self, locale: str = "vi") -> str:
        """What to do about it, in *locale*."""
        return self._filled(self.kind.remedy_en if locale == "en" else self.kind.remedy_vi, locale)

    def _filled(self, template: str, locale: str) -> str:
        # A detail that reads differently in each language is a mapping by language.
        details = {key: detail[locale] if isinstance(detail, Mapping) else detail for key, detail in self.details.items()}
        return template.format(**details)


REMARKS: dict[str, RemarkKind] = {}


def _kind(code: str, severity: Severity, *texts: str) -> RemarkKind:
    REMARKS[code] = RemarkKind(code, severity, *texts)
    return REMARKS[code]


_E, _W, _N = Severity.ERROR, Severity.WARNING, Severity.NOTE

# --- columns and plain values ----------------------------------------------------------------------
COLUMN_MISSING = _kind(
    "COLUMN_MISSING", _E, "Tệp không có cột {names}.", "The file has no column {names}.",
    "Thêm cột này, hoặc đổi tên cột theo mẫu.", "Add the column, or rename one as the template has it.",
)
COLUMN_TWICE = _kind(
    "COLUMN_TWICE", _E, "Có hai cột cùng nghĩa: {first} và {second}.", "Two columns mean the same: {first} and {second}.",
    "Giữ lại một cột.", "Keep one of them.",
)
COLUMN_UNUSED = _kind(
    "COLUMN_UNUSED", _W, "Cột này không được dùng.", "This column is not used.",
    "Nếu cần, đổi tên cột theo mẫu.", "If it matters, rename it as the template has it.",
)
VALUE_MISSING = _kind(
    "VALUE_MISSING", _E, "Ô bắt buộc còn trống.", "A required cell is empty.", "Điền vào ô này.", "Fill it in.",
)
TEXT_TOO_LONG = _kind(
    "TEXT_TOO_LONG", _E, "Chữ dài quá {limit} ký tự.", "The text is longer than {limit} letters.", "Viết ngắn lại.", "Shorten it.",
)
NOT_A_NUMBER = _kind(
    "NOT_A_NUMBER", _E, "Không phải là số.", "Not a number.",
    "Chỉ ghi số, ví dụ 125,5; không ghi đơn vị.", "Write the number alone, such as 125.5, without a unit.",
)
NUMBER_AMBIGUOUS = _kind(
    "NUMBER_AMBIGUOUS", _E, "Không rõ dấu chấm hay phẩy là phần thập phân hay phần nghìn.",
    "The point or comma may mean decimals or thousands.",
    "Ghi {whole} hoặc {fraction}.", "Write {whole} or {fraction}.",
)
NOT_WHOLE = _kind(
    "NOT_WHOLE", _E, "Phải là số nguyên.", "Must be a whole number.", "Bỏ phần thập phân.", "Drop the decimals.",
)
OUT_OF_RANGE = _kind(
    "OUT_OF_RANGE", _E, "Số nằm ngoài khoảng từ {minimum} đến {maximum}.", "The number lies outside {minimum} to {maximum}.",
    "Kiểm tra số và đơn vị (mét, mét vuông).", "Check the number and its unit (metres, square metres).",
)
CHOICE_UNKNOWN = _kind(
    "CHOICE_UNKNOWN", _E, "Không có lựa chọn này.", "There is no such choice.", "Chọn một trong: {choices}.", "Choose one of: {choices}.",
)

# --- kind, code, name ------------------------------------------------------------------------------
KIND_MISSING = _kind(
    "KIND_MISSING", _E, "Không rõ đây là hộ, đoạn đường hay điểm công cộng.",
    "It is not clear whether this is a household, a road or a public place.",
    "Chọn loại khi nạp tệp, hoặc thêm cột “loại”.", "Choose the kind when loading, or add a column `kind`.",
)
CODE_WRONG = _kind(
    "CODE_WRONG", _E, "Mã có ký tự không dùng được hoặc dài quá {limit} ký tự.",
    "The code has letters that cannot be used or is longer than {limit}.",
    "Chỉ dùng chữ không dấu, số, dấu - . / _.", "Use plain letters, digits and - . / _ only.",
)
CODE_TWICE = _kind(
    "CODE_TWICE", _E, "Mã đã có ở dòng {first}.", "The code is already in row {first}.",
    "Mỗi đối tượng một mã; sửa mã hoặc bỏ dòng thừa.", "One code a site: correct it or remove the row.",
)
CODE_TAKEN = _kind(
    "CODE_TAKEN", _E, "Mã đang thuộc đối tượng khác: {name}.", "The code belongs to another site: {name}.",
    "Dùng mã khác, hoặc để trống để được cấp mã.", "Use another code, or leave it empty to be given one.",
)
CODE_OTHER_KIND = _kind(
    "CODE_OTHER_KIND", _E, "Mã này trong sổ bộ là loại khác: {kind}.", "In the register this code is of another kind: {kind}.",
    "Dùng mã khác, hoặc nạp tệp đúng loại.", "Use another code, or load the file as that kind.",
)
SAME_NAME = _kind(
    "SAME_NAME", _W, "Cùng tên, cùng thôn với {other}.", "Same name and hamlet as {other}.",
    "Nếu là một, ghi mã {other} để sửa thay vì thêm mới.", "If they are one, write its code {other}, so that it is changed and not added.",
)
UPDATES = _kind(
    "UPDATES", _N, "Sửa đối tượng đã có: {name}.", "Changes an existing site: {name}.",
    "Nếu muốn thêm mới, dùng mã khác.", "To add a new one, use another code.",
)

# --- place -----------------------------------------------------------------------------------------
HAMLET_NOT_FOUND = _kind(
    "HAMLET_NOT_FOUND", _E, "Xã không có thôn này.", "The commune has no such hamlet.", "{near}", "{near}",
)
HAMLET_ENDED = _kind(
    "HAMLET_ENDED", _E, "Thôn này đã kết thúc từ {ended}.", "This hamlet ended on {ended}.",
    "Ghi thôn hiện nay: {successor}.", "Write the present hamlet: {successor}.",
)
HAMLET_TWICE = _kind(
    "HAMLET_TWICE", _E, "Nhiều thôn có tên này: {names}.", "Several hamlets have this name: {names}.",
    "Ghi mã thôn thay cho tên.", "Write the hamlet's id instead of its name.",
)
HAMLET_EMPTY = _kind(
    "HAMLET_EMPTY", _W, "Hộ chưa có thôn nên chỉ tính cho xã.", "A household without a hamlet counts for the commune only.",
    "Ghi thôn của hộ.", "Write the household's hamlet.",
)
POSITION_HALF = _kind(
    "POSITION_HALF", _E, "Chỉ có vĩ độ hoặc kinh độ.", "Only latitude or only longitude is given.",
    "Ghi cả hai, hoặc để trống cả hai.", "Give both, or neither.",
)
POSITION_SWAPPED = _kind(
    "POSITION_SWAPPED", _E, "Vĩ độ và kinh độ bị đổi chỗ.", "Latitude and longitude are swapped.",
    "Đổi lại: vĩ độ {latitude}, kinh độ {longitude}.", "Swap them: latitude {latitude}, longitude {longitude}.",
)
POSITION_IN_METRES = _kind(
    "POSITION_IN_METRES", _E, "Tọa độ tính bằng mét (có thể là VN-2000), không phải độ.",
    "The coordinates are in metres (perhaps VN-2000), not degrees.",
    "Chuyển sang độ thập phân WGS 84, ví dụ 18,0205 và 106,0966.",
    "Convert them to decimal degrees of WGS 84, such as 18.0205 and 106.0966.",
)
POSITION_IMPOSSIBLE = _kind(
    "POSITION_IMPOSSIBLE", _E, "Vĩ độ hoặc kinh độ không thể có.", "Such a latitude or longitude does not exist.",
    "Ghi độ thập phân, ví dụ 18,0205 và 106,0966.", "Write decimal degrees, such as 18.0205 and 106.0966.",
)
POSITION_OUTSIDE = _kind(
    "POSITION_OUTSIDE", _W, "Vị trí nằm ngoài địa giới xã, cách {distance}.",
    "The position lies outside the commune's border, {distance} away.",
    "Kiểm tra lại tọa độ.", "Check the coordinates.",
)
LINE_UNREADABLE = _kind(
    "LINE_UNREADABLE", _E, "Không đọc được hình của đối tượng.", "The site's geometry cannot be read.",
    "Dùng Point cho hộ và điểm công cộng, LineString (một nét liền) cho đoạn đường.",
    "Use Point for households and public places, LineString (one unbroken line) for roads.",
)
LINE_TOO_LONG = _kind(
    "LINE_TOO_LONG", _E, "Đường vẽ có quá {limit} điểm.", "The line has more than {limit} points.",
    "Đơn giản hóa đường vẽ trước khi nạp.", "Simplify the line before loading.",
)
LENGTH_DIFFERS = _kind(
    "LENGTH_DIFFERS", _W, "Chiều dài trong sổ là {register} m, theo đường vẽ là {line} m.",
    "The register says {register} m, the drawn line is {line} m long.",
    "Kiểm tra lại; sổ bộ tính theo chiều dài đã ghi.", "Check it; the register counts the length that is written.",
)  # fmt: skip
