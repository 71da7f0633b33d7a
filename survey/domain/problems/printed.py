"""Problems of what is printed: reports in parts, and the proof sheet of one verdict."""

from survey.domain.problems.problem import kind

PRINT_UNFINISHED = kind(
    "PRINT_UNFINISHED",
    503,
    "Chưa in xong một phần của báo cáo ({reason}).",
    "A part of the report could not be set ({reason}).",
    "Hệ thống tự thử lại; nếu vẫn không được, xem bộ nhớ và đĩa của máy chủ.",
    "It is tried again by itself; if that does not help, look at the server's memory and disk.",
)
