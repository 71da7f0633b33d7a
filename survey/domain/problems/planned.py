"""Problems with briefings."""

from survey.domain.problems.problem import kind

BRIEFING_UNKNOWN = kind(
    "BRIEFING_UNKNOWN", 404,
    "Không có báo cáo giao ban này.", "There is no such briefing.",
    "Mở trang Giao ban và chọn lại.", "Open the page Briefing and choose again.",
)  # fmt: skip
