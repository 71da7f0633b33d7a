"""Problems of owners and of the roadmap."""

from survey.domain.problems.problem import kind

# --- owners -----------------------------------------------------------------------------------------
OWNER_CHANGED = kind(
    "OWNER_CHANGED", 409,
    "Trong lúc bạn sửa, {person} đã đổi người phụ trách tiêu chí {criterion} lúc {at}.",
    "While you were editing, {person} changed who answers for criterion {criterion} at {at}.",
    "Chưa có gì được ghi. Tải lại bảng để xem nội dung mới rồi sửa tiếp.",
    "Nothing was written. Load the table again to see the new content, then go on.",
)
OWNER_UNUSABLE = kind(
    "OWNER_UNUSABLE", 422,
    "Chưa ghi được người phụ trách tiêu chí {criterion}: {reason_vi}.", "Who answers for criterion {criterion} was not written: {reason_en}.",
    "Sửa lại rồi lưu.", "Correct it and save again.",
)
NOT_OWNER = kind(
    "NOT_OWNER", 403,
    "Bạn không phụ trách việc này.", "You do not answer for this.",
    "Chỉ người phụ trách hoặc điều phối viên báo cáo được; nhờ điều phối viên phân công lại nếu cần.",
    "Only who answers for it, or the coordinator, can report on it; ask the coordinator to assign it to you.",
)
REPORT_UNUSABLE = kind(
    "REPORT_UNUSABLE", 422,
    "Chưa ghi được báo cáo: {reason_vi}.", "The report was not written: {reason_en}.",
    "Sửa lại rồi gửi.", "Correct it and send it again.",
)

# --- roadmap ----------------------------------------------------------------------------------------
MILESTONE_UNKNOWN = kind(
    "MILESTONE_UNKNOWN", 404,
    "Lộ trình không có mốc này.", "The roadmap has no such milestone.",
    "Có thể mốc đã bị gỡ bỏ; mở lại trang Lộ trình.", "It may have been removed; open the page Roadmap again.",
)
MILESTONE_CHANGED = kind(
    "MILESTONE_CHANGED", 409,
    "Mốc “{title}” vừa được {person} sửa lúc {at}.", "The milestone “{title}” was just changed by {person} at {at}.",
    "Chưa có gì bị ghi đè. Mở lại mốc để xem bản mới rồi sửa tiếp.", "Nothing was overwritten. Open it again to see the new version, then go on.",
)
MILESTONE_UNUSABLE = kind(
    "MILESTONE_UNUSABLE", 422,
    "Chưa lưu được mốc “{title}”: {reason_vi}.", "The milestone “{title}” was not saved: {reason_en}.",
    "Sửa lại rồi lưu.", "Correct it and save again.",
)
MILESTONE_CIRCLE = kind(
    "MILESTONE_CIRCLE", 422,
    "Các mốc chờ nhau thành vòng: {chain}.", "The milestones wait for each other in a circle: {chain}.",
    "Bỏ một trong các quan hệ “cần xong trước” của vòng này.", "Take one of the needs out of this circle.",
)
MILESTONE_TOO_LATE = kind(
    "MILESTONE_TOO_LATE", 422,
    "Ngày không khả thi: chuỗi {chain} sớm nhất đến {finish} mới xong, trễ {days} ngày so với hạn {due}.",
    "Impossible dates: the chain {chain} ends on {finish} at the earliest, {days} days behind the due date {due}.",
    "Lùi hạn, rút ngắn một mốc trong chuỗi hoặc bỏ bớt quan hệ “cần xong trước”.",
    "Move the due date, shorten a milestone of the chain or take out one of its needs.",
)
MILESTONE_NEEDED = kind(
    "MILESTONE_NEEDED", 409,
    "Mốc “{title}” đang là điều kiện của: {others}.", "The milestone “{title}” is needed by: {others}.",
    "Bỏ quan hệ “cần xong trước” ở các mốc đó rồi gỡ.", "Take it out of the needs of those first, then remove it.",
)
