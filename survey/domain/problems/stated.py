"""Problems with what people state of criteria, the papers that they attach, and the commune's goal and group."""

from survey.domain.problems.problem import kind

STATEMENT_UNUSABLE = kind(
    "STATEMENT_UNUSABLE", 422,
    "Chưa ghi được: {reason_vi}.", "Nothing was written: {reason_en}.",
    "Sửa lại rồi lưu.", "Correct it and save again.",
)  # fmt: skip
NOTHING_STATED = kind(
    "NOTHING_STATED", 404,
    "Chưa có gì được ghi cho tiêu chí {criterion} để rút lại.", "Nothing is stated of criterion {criterion} that could be taken back.",
    "Mở lại trang: có thể người khác vừa rút lại.", "Open the page again: someone else may just have taken it back.",
)  # fmt: skip
DOCUMENT_UNKNOWN = kind(
    "DOCUMENT_UNKNOWN", 404,
    "Không có văn bản này.", "There is no such document.",
    "Tải văn bản lên lại.", "Upload the document again.",
)  # fmt: skip
DOCUMENT_UNUSABLE = kind(
    "DOCUMENT_UNUSABLE", 415,
    "Không nhận được tệp {name}: chỉ nhận {kinds}, không có macro.", "The file {name} was not taken: only {kinds}, without macros.",
    "Quét hoặc lưu văn bản thành PDF rồi tải lên.", "Scan the document or save it as PDF, then upload it.",
)  # fmt: skip
DOCUMENT_TOO_LARGE = kind(
    "DOCUMENT_TOO_LARGE", 413,
    "Tệp {name} lớn hơn {limit_mb} MB.", "The file {name} is larger than {limit_mb} MB.",
    "Quét lại ở độ phân giải thấp hơn, hoặc chia văn bản thành nhiều tệp.", "Scan it at a lower resolution, or split the document.",
)  # fmt: skip
GOAL_UNUSABLE = kind(
    "GOAL_UNUSABLE", 422,
    "Chưa ghi được mục tiêu: {reason_vi}.", "The goal was not written: {reason_en}.",
    "Sửa lại rồi lưu.", "Correct it and save again.",
)  # fmt: skip
GROUP_UNKNOWN = kind(
    "GROUP_UNKNOWN", 422,
    "Bộ tiêu chí {edition} không có nhóm xã {group}.", "Edition {edition} has no group of communes {group}.",
    "Chọn một nhóm trong danh sách: {known}.", "Choose a group of the list: {known}.",
)  # fmt: skip
PAPER_NEEDED = kind(
    "PAPER_NEEDED", 422,
    "Cần ghi nguồn: văn bản nào, ngày nào.", "It needs its source: which document, of which day.",
    "Viết số, ngày và cơ quan ban hành văn bản.", "Write the document's number, day and who issued it.",
)  # fmt: skip
