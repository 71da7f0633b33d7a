"""Problems of the logs: searching them, and how long looks are kept."""

from survey.domain.problems.problem import kind

LOG_KEPT_UNUSABLE = kind(
    "LOG_KEPT_UNUSABLE", 422,
    "Nhật ký xem dữ liệu được lưu từ {least} đến {most} ngày.",
    "The log of looks is kept for {least} to {most} days.",
    "Nhập một số nguyên trong khoảng này.",
    "Enter a whole number within this range.",
)
LOG_FILTER_UNUSABLE = kind(
    "LOG_FILTER_UNUSABLE", 400,
    "Không tìm được trong nhật ký với {name} = {value}.",
    "The log cannot be searched by {name} = {value}.",
    "Dùng tên và giá trị ghi trong tài liệu về nhật ký; ngày viết dạng 2026-11-23.",
    "Use the names and values that the page on the logs lists; days look like 2026-11-23.",
)
