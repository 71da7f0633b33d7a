"""Problems of the public variant of a bundle: its photos, its commitments, and proving what it left out."""

from survey.domain.problems.problem import kind

PUBLIC_PHOTO_CHANGED = kind(
    "PUBLIC_PHOTO_CHANGED", 409,
    "Trong lúc lập bản công khai, một ảnh đã được che thêm, bị xóa hoặc không còn được phép công khai.",
    "While the public bundle was made, a photo was covered anew, erased, or may no longer be published.",
    "Chuẩn bị lại hồ sơ: bản mới theo đúng quyết định mới nhất.", "Prepare the bundle again: it then follows the newest decision.",
)
PUBLIC_PHOTO_OUTDATED = kind(
    "PUBLIC_PHOTO_OUTDATED", 409,
    "Sau khi lập bản công khai này, một ảnh trong đó đã được che lại hoặc người dân đã từ chối.",
    "After this public bundle was made, a photo in it was covered anew, or the people of its place refused.",
    "Chuẩn bị lại bản công khai; báo cho người đã nhận bản cũ.", "Prepare the public bundle again; tell whoever got the old one.",
)
NOT_PUBLIC = kind(
    "NOT_PUBLIC", 422,
    "Hồ sơ {name} không phải bản công khai: không có cam kết nào để mở.", "The bundle {name} is not a public one: it holds no commitments to open.",
    "Chọn một hồ sơ công khai.", "Choose a public bundle.",
)
OPENING_REFUSED = kind(
    "OPENING_REFUSED", 422,
    "{count} giá trị trong tệp mở cam kết không khớp với hồ sơ.", "{count} values in the file of openings are not what the bundle committed to.",
    "Không dùng các giá trị đó; hỏi lại xã.", "Do not rely on them; ask the commune.",
)
OPENING_UNREADABLE = kind(
    "OPENING_UNREADABLE", 422,
    "Không đọc được tệp mở cam kết ở dòng {line}.", "The file of openings cannot be read at line {line}.",
    "Dùng đúng tệp do xã lập bằng lệnh opening, không sửa.", "Use the file as the commune made it with the command opening, unchanged.",
)
