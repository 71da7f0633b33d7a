"""What can be wrong with a checklist, said to the person who edits it in a spreadsheet: which sheet, which row, what to do."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from survey.domain.problems import BROKEN_FORM, Problem


@dataclass(frozen=True)
class FaultText:
    """One kind of fault and its remedy in both languages; templates over the fault's details."""

    vi: str
    en: str
    remedy_vi: str
    remedy_en: str


FAULTS: dict[str, FaultText] = {
    "file": FaultText(
        "không mở được tệp như một bảng tính Excel", "the file does not open as an Excel workbook",
        "Lưu lại tệp dạng .xlsx rồi nạp lại.", "Save it again as .xlsx and load that.",
    ),
    "sheet": FaultText(
        "thiếu trang “{name}”", "the sheet “{name}” is missing",
        "Thêm trang survey, choices và settings như các phiếu có sẵn.",
        "Add the sheets survey, choices and settings as the bundled forms have them.",
    ),
    "column": FaultText(
        "trang thiếu cột “{name}”", "the sheet lacks the column “{name}”", "Ghi tên cột ở dòng đầu, đúng chính tả.",
        "Write the column's name in the first row, spelled exactly so.",
    ),
    "no_questions": FaultText(
        "phiếu không có câu hỏi nào", "the form has no questions", "Thêm ít nhất một câu hỏi.",
        "Add at least one question.",
    ),
    "type": FaultText(
        "kiểu câu hỏi “{name}” không có", "there is no question type “{name}”",
        "Dùng text, integer, decimal, date, select_one DANH_SÁCH, select_multiple DANH_SÁCH, note, image, geopoint, calculate …"
        " (docs/forms.md có danh sách).",
        "Use text, integer, decimal, date, select_one LIST, select_multiple LIST, note, image, geopoint, calculate … (docs/forms.md has the"
        " list).",
    ),
    "name": FaultText(
        "tên “{name}” trống hoặc có ký tự không dùng được", "the name “{name}” is empty or holds characters that cannot be used",
        "Dùng chữ không dấu, số và dấu gạch dưới, bắt đầu bằng chữ.", "Use unaccented letters, digits and underscores, a letter first.",
    ),
    "duplicate": FaultText(
        "tên “{name}” bị trùng", "the name “{name}” is used twice", "Đặt tên khác cho một trong hai dòng.",
        "Rename one of the two rows.",
    ),
    "unknown": FaultText(
        "cột {column} nhắc tới “{name}” mà phiếu không có", "column {column} refers to “{name}”, which the form does not have",
        "Sửa tên, hoặc thêm câu hỏi đó.", "Correct the name, or add that question.",
    ),
    "expression": FaultText(
        "biểu thức trong cột {column} không đọc được: {detail}", "the expression in column {column} cannot be read: {detail}",
        "Kiểm tra ngoặc, dấu nháy và tên hàm.", "Check brackets, quotes and function names.",
    ),
    "circular": FaultText(
        "câu “{name}” phụ thuộc vào chính nó", "question “{name}” depends on itself",
        "Bỏ một mắt xích trong relevant hoặc calculation.", "Take one link out of relevant or calculation.",
    ),
    "label": FaultText(
        "“{name}” thiếu {column} bằng ngôn ngữ {language}", "“{name}” lacks {column} in language {language}",
        "Điền ô còn trống ở cột của ngôn ngữ đó.", "Fill the empty cell in that language's column.",
    ),
    "list": FaultText(
        "danh sách lựa chọn “{name}” không có trong trang choices", "the list “{name}” is not on the choices sheet",
        "Thêm danh sách, hoặc sửa tên danh sách trong cột type.", "Add the list, or correct its name in the type column.",
    ),
    "calculation": FaultText(
        "dòng calculate thiếu công thức", "a calculate row has no calculation", "Điền cột calculation.",
        "Fill the calculation column.",
    ),
    "group": FaultText(
        "nhóm hoặc phần lặp không có dòng mở hoặc dòng đóng tương ứng", "a group or repeat is not opened or not closed",
        "Mỗi begin_group cần một end_group; begin_repeat cần end_repeat.",
        "Every begin_group needs its end_group, begin_repeat its end_repeat.",
    ),
    "site_kind": FaultText(
        "cột site_kind là “{name}”", "the column site_kind is “{name}”",
        "Ghi household, road_segment hoặc public_place; để trống nếu phiếu dùng cho mọi loại đối tượng.",
        "Write household, road_segment or public_place, or leave it empty for every kind of place.",
    ),
    "form_id": FaultText(
        "form_id “{name}” không dùng được", "the form_id “{name}” cannot be used",
        "Dùng chữ không dấu, số và dấu gạch dưới, bắt đầu bằng chữ.", "Use unaccented letters, digits and underscores, a letter first.",
    ),
    "version": FaultText(
        "version “{name}” không dùng được", "the version “{name}” cannot be used",
        "Ghi ngày và số thứ tự, ví dụ 2026112301, hoặc bỏ trống.", "Write a date and a number, such as 2026112301, or leave it empty.",
    ),
    "odk": FaultText(
        "ODK Collect sẽ không mở được phiếu này ({detail})", "ODK Collect would not open this form ({detail})",
        "Sửa chỗ mà ODK Validate nêu trong ngoặc.", "Correct what ODK Validate names in brackets.",
    ),
    "other": FaultText(
        "dòng này không đúng chuẩn XLSForm ({detail})", "{detail}",
        "Sửa dòng này theo chuẩn XLSForm.", "Correct the row as XLSForm asks.",
    ),
}  # fmt: skip


def broken(form: str, code: str, *, sheet: str = "survey", row: int | None = None, **details: str) -> Problem:
    """The Problem BROKEN_FORM for fault *code* of `FAULTS` at *row* of *sheet* (None: the sheet as a whole)."""
    text = FAULTS[code]
    filled = {name: value[:300] for name, value in details.items()}
    return Problem(
        BROKEN_FORM, form=form, sheet=sheet, row="–" if row is None else row, fault=code,
        vi=text.vi.format(**filled), en=text.en.format(**filled), remedy_vi=text.remedy_vi.format(**filled),
        remedy_en=text.remedy_en.format(**filled),
    )  # fmt: skip


_ROW = re.compile(r"\[row : (\d+)\]\s*")
_SHEET = re.compile(r"On the '(\w+)' sheet")

# pyxform's sentences, most particular first, and the fault each one is; the group, where there is one, is the fault's name.
_SENTENCES: tuple[tuple[str, str], ...] = (
    (r"Could not find the name '(.+?)'", "unknown"),
    (r"'([^']*)'.*must be unique|Choice names must be unique|appears more than once|Repeat names must", "duplicate"),
    (r"Reference variables? ", "expression"),
    (r"List name not in (?:choices|columns|external choices) sheet: (.*)", "list"),
    (r"sheet named '(\w+)'|There should be a (choices) sheet", "sheet"),
    (r"required column headers were not found: '?(\w+)", "column"),
    (r"Unknown question type '(.+?)'|no type", "type"),
    (r"named '(.+?)' has no label", "label"),
    (r"with no name|Names must begin|must have a name|'name' value '(.*?)'|The '(.*?)' value is invalid", "name"),
    (r"Missing calculation", "calculation"),
    (r"Unmatched '", "group"),
    (r"mandatory columns|required column", "sheet"),
)


def translate(form: str, message: str, column: str, row_of: Callable[[str, str], int | None]) -> Problem:
    """BROKEN_FORM for one of pyxform's English sentences; *row_of(fault, name)* finds the row where the sentence names none."""
    row, sheet = _ROW.search(message), _SHEET.search(message)
    sentence = " ".join(_ROW.sub("", message).split())
    code, name = _kind(sentence)
    details = {"name": name, "column": column or "name", "detail": sentence, "language": "–"}
    if code == "label":
        details["column"] = "label"
    where = "choices" if "Choice names" in sentence or (sheet and sheet[1] == "choices") else sheet[1] if sheet else "survey"
    return broken(form, code, sheet=where, row=int(row[1]) if row else row_of(code, name), **details)


def _kind(sentence: str) -> tuple[str, str]:
    for pattern, code in _SENTENCES:
        match = re.search(pattern, sentence)
        if match:
            return code, next((part.strip() for part in match.groups() if part), "")
    return "other", ""


def column_of(context: Mapping[str, object]) -> str:
    """The column that pyxform's error names, where it names one."""
    return str(context.get("column") or "")
