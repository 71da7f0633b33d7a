"""Problems of what is private: how long photos are kept, what is covered on them, and what has been erased."""

from survey.domain.problems.problem import kind

RETENTION_UNUSABLE = kind(
    "RETENTION_UNUSABLE", 422,
    "“{value}” không phải là số năm lưu ảnh dùng được.", "“{value}” is no number of years that photos can be kept for.",
    "Ghi một số nguyên từ 1 đến {most}.", "Write a whole number from 1 to {most}.",
)
CONTACT_UNUSABLE = kind(
    "CONTACT_UNUSABLE", 422,
    "Thông tin người liên hệ dài quá {limit} ký tự.", "The contact is longer than {limit} characters.",
    "Viết ngắn lại: tên hoặc chức vụ, nơi làm việc, số điện thoại.", "Make it shorter: name or post, place, telephone.",
)
SOURCE_NEEDED = kind(
    "SOURCE_NEEDED", 422,
    "Cần ghi lý do.", "A reason is needed.",
    "Ghi một câu: vì sao, hoặc theo văn bản nào.", "Write one sentence: why, or by which document.",
)
COVER_UNUSABLE = kind(
    "COVER_UNUSABLE", 422,
    "Không đọc được các ô che trên ảnh.", "The covered parts of the photo cannot be read.",
    "Tải lại trang rồi vẽ lại; mỗi ảnh tối đa {most} ô.", "Reload the page and draw them again; at most {most} on a photo.",
)
PREVIEW_MISSING = kind(
    "PREVIEW_MISSING", 409,
    "Ảnh này chưa có bản xem trước.", "This photo has no preview.",
    "Chờ một lát rồi thử lại; nếu ảnh không giải mã được thì không làm được bản che.",
    "Wait a moment and try again; of a photo that cannot be decoded there is no covered copy.",
)
PHOTO_ERASED = kind(
    "PHOTO_ERASED", 410,
    "Ảnh này đã được xóa ngày {day}.", "This photo was erased on {day}.",
    "Chỉ còn mã băm và nhật ký; không khôi phục được từ ứng dụng.", "Only its hash and the log remain; the app cannot bring it back.",
)
BYTES_GOING = kind(
    "BYTES_GOING", 503,
    "Tệp này vừa được xóa ở một xã khác trong lúc gửi.", "This file was being erased by another commune while it was sent.",
    "Chưa nhận được gì; hãy gửi lại.", "Nothing was received; send it again.",
)
