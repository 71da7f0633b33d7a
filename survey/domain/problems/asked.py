"""Problems of what people ask about their data: homes and accounts that cannot be found or erased, unusable days and words."""

from survey.domain.problems.problem import kind

HOME_UNKNOWN = kind(
    "HOME_UNKNOWN", 404,
    "Không có hộ này trong phạm vi của bạn.", "There is no such home within your reach.",
    "Tìm lại theo tên hoặc mã hộ; đường, nhà văn hóa không phải là dữ liệu cá nhân.",
    "Look it up by name or code; roads and culture houses are nobody's personal data.",
)
ACCOUNT_STILL_OPEN = kind(
    "ACCOUNT_STILL_OPEN", 409,
    "Tài khoản này đang mở.", "This account is still open.",
    "Đóng tài khoản ở trang Người dùng trước, rồi mới xóa dữ liệu của người đó.",
    "Close it on the page People first, then erase the person's data.",
)
PERSONAL_WORDS_UNUSABLE = kind(
    "PERSONAL_WORDS_UNUSABLE", 422,
    "Ô này để trống hoặc dài quá {limit} ký tự.", "This field is empty or longer than {limit} characters.",
    "Viết một hai câu.", "Write one or two sentences.",
)
PERSONAL_DAY_UNUSABLE = kind(
    "PERSONAL_DAY_UNUSABLE", 422,
    "Ngày này không dùng được.", "This day cannot be used.",
    "Ngày nhận không ở tương lai; hạn trả lời không trước ngày nhận.",
    "The day received lies not in the future, the day due not before it.",
)
REQUEST_UNKNOWN = kind(
    "REQUEST_UNKNOWN", 404,
    "Không có yêu cầu này.", "There is no such request.",
    "Tải lại trang.", "Reload the page.",
)
REQUEST_CLOSED = kind(
    "REQUEST_CLOSED", 409,
    "Yêu cầu này đã kết thúc.", "This request has ended.",
    "Nếu người dân yêu cầu lại, hãy ghi một yêu cầu mới.", "If the person asks again, enter a new request.",
)
RETENTION_NOT_SET = kind(
    "RETENTION_NOT_SET", 409,
    "Xã chưa quy định lưu ảnh bao nhiêu năm.", "The commune has not set how many years photos are kept.",
    "Đặt thời hạn lưu ảnh trước.", "Set that first.",
)
HOLD_UNKNOWN = kind(
    "HOLD_UNKNOWN", 404,
    "Không có lệnh tạm giữ này, hoặc nó đã kết thúc.", "There is no such hold, or it has ended.",
    "Tải lại trang.", "Reload the page.",
)
