"""Problems with briefings, with the public page and what residents send, and with contributions."""

from survey.domain.problems.problem import kind

BRIEFING_UNKNOWN = kind(
    "BRIEFING_UNKNOWN", 404,
    "Không có báo cáo giao ban này.", "There is no such briefing.",
    "Mở trang Giao ban và chọn lại.", "Open the page Briefing and choose again.",
)

# --- the public page and residents' reports -----------------------------------------------------------
PUBLIC_PAGE_CLOSED = kind(
    "PUBLIC_PAGE_CLOSED", 404,
    "Xã chưa mở trang công khai.", "The commune has not opened a public page.",
    "Liên hệ Ủy ban nhân dân xã.", "Ask the commune's People's Committee.",
)
REPORTS_TOO_MANY = kind(
    "REPORTS_TOO_MANY", 429,
    "Hiện đã có quá nhiều phản ánh được gửi đến.", "Too many reports have come in for now.",
    "Vui lòng gửi lại sau, hoặc báo trực tiếp cho trưởng thôn.", "Please send it later, or tell the head of the hamlet.",
)
LENGTH_NEEDED = kind(
    "LENGTH_NEEDED", 411,
    "Yêu cầu gửi lên không cho biết độ dài.", "What was sent does not say how long it is.",
    "Gửi lại bằng một trình duyệt thông thường.", "Send it again with a usual browser.",
)
REPORT_EMPTY = kind(
    "REPORT_EMPTY", 422,
    "Phản ánh chưa có nội dung.", "The report is empty.",
    "Viết vài chữ hoặc gửi kèm một ảnh.", "Write a few words or add a photo.",
)
REPORT_PHOTO_REFUSED = kind(
    "REPORT_PHOTO_REFUSED", 422,
    "Tệp gửi kèm không phải là ảnh dùng được.", "The file that came with it is no usable photo.",
    "Gửi ảnh JPEG, PNG, WebP hoặc HEIC chụp bằng điện thoại.", "Send a JPEG, PNG, WebP or HEIC as a phone takes it.",
)
REPORT_UNKNOWN = kind(
    "REPORT_UNKNOWN", 404,
    "Không có phản ánh này.", "There is no such report.",
    "Mở lại trang Cộng đồng.", "Open the page Community again.",
)
REPORT_DECIDED = kind(
    "REPORT_DECIDED", 409,
    "Phản ánh {code} đã được người khác xử lý.", "Somebody else has dealt with the report {code}.",
    "Tải lại trang để xem kết quả.", "Load the page again to see what became of it.",
)

# --- contributions ------------------------------------------------------------------------------------
CONTRIBUTION_UNUSABLE = kind(
    "CONTRIBUTION_UNUSABLE", 422,
    "Số lượng phải lớn hơn 0, ngày không được ở tương lai.", "The amount must be above 0 and the day not in the future.",
    "Sửa số lượng hoặc ngày rồi lưu lại.", "Correct the amount or the day, then save again.",
)
CONTRIBUTION_UNKNOWN = kind(
    "CONTRIBUTION_UNKNOWN", 404,
    "Không có khoản đóng góp này, hoặc đã được rút lại.", "There is no such contribution, or it was taken back.",
    "Mở lại trang Cộng đồng.", "Open the page Community again.",
)
