"""Problems of rules that officers enter: what is missing, what cannot be read, what is there already."""

from survey.domain.problems.problem import kind

RULE_REFUSED = kind(
    "RULE_REFUSED", 422,
    "Chưa ghi quy định này. Ở mục {key}: {reason_vi}.", "This rule was not written. At {key}: {reason_en}.",
    "Sửa mục đó rồi lưu lại; những gì đã nhập vẫn còn trên màn hình.", "Correct that and save again; what you typed is still on the screen.",
)
RULE_TARGET_UNKNOWN = kind(
    "RULE_TARGET_UNKNOWN", 404,
    "Bộ tiêu chí không có tiêu chí {criterion}, chỉ tiêu {indicator}.", "The edition has no criterion {criterion}, indicator {indicator}.",
    "Nhập tiêu chí, rồi chỉ tiêu, rồi mới đến ngưỡng.", "Enter the criterion, then the indicator, then its number.",
)
RULE_SOURCE_NEEDED = kind(
    "RULE_SOURCE_NEEDED", 422,
    "Cần ghi nguồn: số, ngày của quyết định hoặc văn bản.", "The source is needed: number and day of the decision or paper.",
    "Ghi như trên văn bản, ví dụ số quyết định và ngày ban hành.", "Write it as the paper does: number of the decision, day of issue.",
)
RULE_REASON_NEEDED = kind(
    "RULE_REASON_NEEDED", 422,
    "Cần ghi lý do.", "A reason is needed.",
    "Một câu là đủ: vì sao nhập, sửa hoặc rút lại.", "One sentence is enough: why it is entered, corrected or withdrawn.",
)
RULE_ADDRESS_UNUSABLE = kind(
    "RULE_ADDRESS_UNUSABLE", 422,
    "“{address}” không phải là địa chỉ trang mạng.", "“{address}” is no address of a page.",
    "Địa chỉ bắt đầu bằng https:// hoặc http://; không có thì để trống.", "An address begins with https:// or http://; leave it empty where there is none.",
)
RULE_CONTENT_TOO_LARGE = kind(
    "RULE_CONTENT_TOO_LARGE", 413,
    "Nội dung quá dài hoặc lồng nhau quá sâu.", "The content is too long or too deep.",
    "Nhập từng tiêu chí một.", "Enter one criterion at a time.",
)
RULE_ENTRY_UNKNOWN = kind(
    "RULE_ENTRY_UNKNOWN", 404,
    "Không có mục nhập số {number}, hoặc đã được rút lại.", "There is no entry {number}, or it has been withdrawn.",
    "Tải lại trang để xem lịch sử nhập hiện tại.", "Reload the page to see the present history.",
)
EDITION_ID_UNUSABLE = kind(
    "EDITION_ID_UNUSABLE", 422,
    "Mã bộ tiêu chí “{edition}” không dùng được.", "The id “{edition}” cannot be used for an edition.",
    "Dùng chữ thường không dấu, chữ số và dấu gạch nối, ví dụ qd-51-2025.", "Use small letters, digits and hyphens, such as qd-51-2025.",
)
EDITION_EXISTS = kind(
    "EDITION_EXISTS", 409,
    "Đã có bộ tiêu chí {edition}.", "There is an edition {edition} already.",
    "Mở bộ đó để sửa, hoặc đặt mã khác.", "Open it to correct it, or choose another id.",
)
