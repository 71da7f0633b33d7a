"""Problems of what reviewers say of flags, and of what a commune sets its checks to."""

from survey.domain.problems.problem import kind

# --- flags ------------------------------------------------------------------------------------------
FLAG_CHANGED = kind(
    "FLAG_CHANGED", 409,
    "Cảnh báo này đã thay đổi hoặc không còn nữa.", "This flag has changed or is gone.",
    "Chưa có gì được ghi. Xem lại số liệu hiện nay rồi đánh giá.", "Nothing was written. Look at its present figures, then judge.",
)
FLAG_JUDGED = kind(
    "FLAG_JUDGED", 409,
    "Trong lúc bạn xem, {person} đã đánh giá cảnh báo này lúc {at}.", "While you were looking, {person} judged this flag at {at}.",
    "Chưa có gì bị ghi đè. Xem lý do của người đó rồi quyết định.", "Nothing was overwritten. Read that person's reason, then decide.",
)
JUDGEMENT_REASON_NEEDED = kind(
    "JUDGEMENT_REASON_NEEDED", 422,
    "Cần ghi lý do khi xác nhận hoặc bỏ qua cảnh báo.", "Confirming or dismissing a flag needs a reason.",
    "Chọn một lý do có sẵn hoặc viết một câu.", "Choose one of the ready reasons or write a sentence.",
)

# --- thresholds of checks -----------------------------------------------------------------------------
THRESHOLD_UNKNOWN = kind(
    "THRESHOLD_UNKNOWN", 404,
    "Không có ngưỡng {name}.", "There is no threshold {name}.",
    "Mở lại trang Kiểm tra tự động.", "Open the page Checks again.",
)
THRESHOLD_UNUSABLE = kind(
    "THRESHOLD_UNUSABLE", 422,
    "Ngưỡng này phải từ {least} đến {most} {unit}.", "This threshold must be from {least} to {most} {unit}.",
    "Nhập một số trong khoảng đó.", "Enter a number in that range.",
)
THRESHOLD_REASON_NEEDED = kind(
    "THRESHOLD_REASON_NEEDED", 422,
    "Cần ghi lý do đổi ngưỡng.", "Changing a threshold needs a reason.",
    "Viết một câu: vì sao xã cần con số khác.", "Write one sentence: why the commune needs another number.",
)
