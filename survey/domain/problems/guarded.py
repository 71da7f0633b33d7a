"""Problems of the way in: what is refused before any route looks at a request, and what a defect is called outside."""

from survey.domain.problems.problem import kind

DEFECT = kind(
    "DEFECT", 500,
    "Máy chủ gặp lỗi (mã {code}). Những gì đã lưu vẫn còn nguyên.",
    "Something went wrong on our side (code {code}). Nothing that was saved is lost.",
    "Hãy thử lại; nếu vẫn lỗi, đọc mã này cho người quản trị máy chủ.", "Try again; if it stays, read the code to whoever runs the server.",
)
HOST_UNKNOWN = kind(
    "HOST_UNKNOWN", 421,
    "Máy chủ này không mang tên được gọi.", "This server does not go by the name that was called.",
    "Mở ứng dụng bằng địa chỉ chính thức; người quản trị có thể thêm tên trong SURVEY_HOSTS.",
    "Open the application at its own address; whoever runs the server can add the name to SURVEY_HOSTS.",
)
TOO_OFTEN = kind(
    "TOO_OFTEN", 429,
    "Quá nhiều yêu cầu trong thời gian ngắn.", "Too many requests within a short time.",
    "Dữ liệu vẫn còn nguyên; hãy thử lại sau {seconds} giây.", "Nothing is lost; try again in {seconds} seconds.",
)
ADDRESS_TOO_LONG = kind(
    "ADDRESS_TOO_LONG", 414,
    "Địa chỉ dài hơn {limit} ký tự.", "The address is longer than {limit} characters.",
    "Rút ngắn nội dung tìm kiếm hoặc bộ lọc.", "Shorten the search or the filter.",
)
HEADERS_TOO_LARGE = kind(
    "HEADERS_TOO_LARGE", 431,
    "Phần đầu của yêu cầu quá lớn.", "The headers of the request are too large.",
    "Xóa cookie của trang này rồi mở lại.", "Remove this site's cookies and open it again.",
)
BODY_TOO_LARGE = kind(
    "BODY_TOO_LARGE", 413,
    "Nội dung gửi lên lớn hơn {limit_kb} kB.", "What was sent is larger than {limit_kb} kB.",
    "Gửi ít nội dung hơn trong một lần.", "Send less at once.",
)
