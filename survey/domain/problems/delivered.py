"""Problems of bundles on their way: what is asked for, what has been made, what is taken away."""

from survey.domain.problems.problem import kind

REQUEST_UNKNOWN = kind(
    "REQUEST_UNKNOWN", 404,
    "Không có yêu cầu lập hồ sơ {id}.", "There is no request for a bundle {id}.",
    "Chuẩn bị hồ sơ ở trang Minh chứng.", "Prepare one on the Evidence page.",
)
DAY_AHEAD = kind(
    "DAY_AHEAD", 422,
    "Chưa đến ngày {on}.", "The day {on} has not come yet.",
    "Chọn hôm nay hoặc một ngày trước đó.", "Choose today or an earlier day.",
)
ROUND_UNKNOWN = kind(
    "ROUND_UNKNOWN", 404,
    "Xã không có đợt khảo sát {round}.", "The commune has no round {round}.",
    "Các đợt đã có: {known}.", "Rounds there are: {known}.",
)
BAG_SIZE_REFUSED = kind(
    "BAG_SIZE_REFUSED", 422,
    "Không chia được hồ sơ thành các tệp {size}.", "A bundle cannot be split into files of {size}.",
    "Chọn từ {least} MB trở lên, hoặc không chia.", "Choose {least} MB or more, or do not split it.",
)
BUNDLE_OUTDATED = kind(
    "BUNDLE_OUTDATED", 409,
    "Một ảnh trong hồ sơ này đã được xóa sau khi lập hồ sơ.", "A photo in this bundle was erased after it was made.",
    "Chuẩn bị lại hồ sơ.", "Prepare the bundle again.",
)
BUNDLE_DROPPED = kind(
    "BUNDLE_DROPPED", 409,
    "Tệp của hồ sơ {id} không còn trên máy chủ.", "The files of the bundle {id} are no longer on the server.",
    "Chuẩn bị lại hồ sơ ở trang Minh chứng; dữ liệu gốc vẫn còn nguyên.",
    "Prepare it again on the Evidence page; the evidence itself is untouched.",
)
BUNDLE_FAILED = kind(
    "BUNDLE_FAILED", 500,
    "Chưa lập được hồ sơ sau nhiều lần thử.", "The bundle could not be made after several attempts.",
    "Báo người quản trị máy chủ xem nhật ký của chương trình, rồi chuẩn bị lại hồ sơ.",
    "Ask whoever runs the server to look at the program's log, then prepare the bundle again.",
)
