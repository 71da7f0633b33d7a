"""Problems with places and their time: hamlets that merge or are renamed, survey rounds, the communes of a province."""

from survey.domain.problems.problem import kind

HAMLETS_UNCHANGED = kind(
    "HAMLETS_UNCHANGED", 422,
    "Chưa đổi được thôn: {reason_vi}.", "The hamlets were not changed: {reason_en}.",
    "Sửa lại rồi lưu.", "Correct it and save again.",
)  # fmt: skip
ROUND_UNKNOWN = kind(
    "ROUND_UNKNOWN", 404,
    "Không có đợt khảo sát {round}.", "There is no round {round}.",
    "Mở lại trang Đợt khảo sát và chọn một đợt có trong danh sách.", "Open the page Rounds again and choose one of the list.",
)  # fmt: skip
ROUND_CHANGED = kind(
    "ROUND_CHANGED", 409,
    "Đợt {round} vừa được người khác sửa.", "Round {round} was just changed by someone else.",
    "Xem lại ngày mới trong danh sách rồi sửa lại nếu vẫn cần.", "Look at the new days in the list and correct them again where needed.",
)  # fmt: skip
DEPLOYMENT_MIXED = kind(
    "DEPLOYMENT_MIXED", 409,
    "Dữ liệu minh họa và dữ liệu thật không được để chung.", "A demonstration and a real commune are never kept together.",
    "Chọn một thư mục khác bằng --data.", "Choose another folder with --data.",
)  # fmt: skip
