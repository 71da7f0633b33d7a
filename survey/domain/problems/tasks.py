"""Problems with tasks."""

from survey.domain.problems.problem import kind

TASK_UNKNOWN = kind(
    "TASK_UNKNOWN", 404,
    "Không có việc này trong danh sách của bạn.", "There is no such task in your list.",
    "Tải lại trang Việc cần làm và chọn lại.", "Reload the page Tasks and choose again.",
)  # fmt: skip
TASK_CHANGED = kind(
    "TASK_CHANGED", 409,
    "Việc {code} vừa thay đổi trong lúc bạn đang xem.", "Task {code} changed while you were looking at it.",
    "Xem lại việc đó rồi làm lại nếu vẫn cần.", "Look at it again, and repeat what you did if it is still needed.",
)  # fmt: skip
TASK_NOT_OPEN = kind(
    "TASK_NOT_OPEN", 409,
    "Việc {code} đã đóng hoặc đang mở sẵn.", "Task {code} is closed already, or open already.",
    "Tải lại trang để thấy trạng thái mới nhất.", "Reload the page to see how it stands now.",
)  # fmt: skip
TASK_REASON_NEEDED = kind(
    "TASK_REASON_NEEDED", 422,
    "Cần ghi lý do.", "A reason is needed.",
    "Viết một câu ngắn: ai đã kiểm tra, khi nào, thấy gì.", "Write one short sentence: who looked, when, and what was seen.",
)  # fmt: skip
TASK_REFUSED = kind(
    "TASK_REFUSED", 422,
    "Chưa ghi được việc: {reason_vi}.", "The task was not kept: {reason_en}.",
    "Sửa lại rồi lưu.", "Correct it and save again.",
)  # fmt: skip
TASK_LINES_REFUSED = kind(
    "TASK_LINES_REFUSED", 422,
    "Chưa ghi việc nào: {count} dòng có lỗi.", "No task was kept: {count} lines have faults.",
    "Sửa các dòng được chỉ ra rồi lưu lại.", "Correct the lines that are pointed out and save again.",
)  # fmt: skip
