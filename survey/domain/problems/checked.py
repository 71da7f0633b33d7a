"""Problems of bundles that are brought to be checked."""

from survey.domain.problems.problem import kind

CHECKS_BUSY = kind(
    "CHECKS_BUSY", 429,
    "Máy chủ đang kiểm tra hồ sơ khác.", "The server is checking another bundle.",
    "Đợi hồ sơ kia kiểm tra xong rồi thử lại.", "Wait until that one is done, then try again.",
)
CHECK_HAS_NO_ROOM = kind(
    "CHECK_HAS_NO_ROOM", 507,
    "Máy chủ không đủ chỗ trống để nhận hồ sơ {size_mb} MB này.", "The server has no room to take this bundle of {size_mb} MB.",
    "Kiểm tra bằng lệnh `verify` trên máy có tệp, hoặc báo người vận hành.",
    "Check it with the command `verify` where the file is, or tell the operator.",
)
