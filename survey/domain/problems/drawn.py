"""Problems with samples: what a list of visits is drawn for, how many, and whether samples may decide."""

from survey.domain.problems.problem import kind

INDICATOR_NOT_DRAWN = kind(
    "INDICATOR_NOT_DRAWN", 404,
    "Không rút mẫu được cho chỉ tiêu {indicator} của tiêu chí {criterion}.", "No visits can be drawn for {indicator} of {criterion}.",
    "Chọn một chỉ tiêu đo bằng phiếu khảo sát trong danh sách.", "Choose an indicator of the list that a checklist measures.",
)  # fmt: skip
DRAW_TOO_LARGE = kind(
    "DRAW_TOO_LARGE", 422,
    "Không rút được {wanted} đối tượng ở {place}: chỉ còn {open} đối tượng chưa có kết quả.",
    "{wanted} sites cannot be drawn in {place}: only {open} are still unknown there.",
    "Giảm số lượng, hoặc đóng danh sách cũ.", "Ask for fewer, or close an older list.",
)  # fmt: skip
DRAW_EMPTY = kind(
    "DRAW_EMPTY", 422,
    "Danh sách chưa có đối tượng nào.", "The list would be empty.",
    "Nhập số lượng cho ít nhất một thôn.", "Enter a number for at least one hamlet.",
)  # fmt: skip
VISIT_LIST_UNKNOWN = kind(
    "VISIT_LIST_UNKNOWN", 404,
    "Không có danh sách khảo sát này, hoặc đã đóng.", "There is no such visit list, or it is closed.",
    "Mở lại trang Khảo sát chọn mẫu.", "Open the page Samples again.",
)  # fmt: skip
SAMPLES_REASON_NEEDED = kind(
    "SAMPLES_REASON_NEEDED", 422,
    "Cần ghi lý do.", "A reason is needed.",
    "Ghi ai yêu cầu, theo văn bản nào.", "Write who demands it, by which document.",
)  # fmt: skip
