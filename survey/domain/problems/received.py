"""Problems of what comes in: submissions, files and what reviewers decide on them."""

from survey.domain.problems.problem import kind

# --- submissions and files ------------------------------------------------------------------------
INSTANCE_UNREADABLE = kind(
    "INSTANCE_UNREADABLE", 400,
    "Bài nộp không phải là XML hợp lệ: {reason}.", "The submission is not valid XML: {reason}.",
    "Hãy gửi lại từ ứng dụng.", "Send it again from the application.",
)
INSTANCE_WITHOUT_ID = kind(
    "INSTANCE_WITHOUT_ID", 400,
    "Bài nộp không có instanceID.", "The submission has no instanceID.",
    "Cập nhật ứng dụng trên điện thoại rồi gửi lại.", "Update the application on the phone and send again.",
)
INSTANCE_OTHER_ID = kind(
    "INSTANCE_OTHER_ID", 400,
    "instanceID trong bài nộp ({inside}) khác địa chỉ gửi ({outside}).", "The instanceID inside ({inside}) differs from the address ({outside}).",
    "Hãy gửi lại từ ứng dụng.", "Send it again from the application.",
)
FORM_UNKNOWN = kind(
    "FORM_UNKNOWN", 404,
    "Không có phiếu {form} phiên bản {version}.", "There is no form {form}, version {version}.",
    "Tải lại danh sách phiếu trên điện thoại.", "Fetch the form list again on the phone.",
)
SUBMISSION_UNKNOWN = kind(
    "SUBMISSION_UNKNOWN", 404,
    "Không có bài nộp {id}.", "There is no submission {id}.",
    "Kiểm tra lại mã bài nộp.", "Check the submission's code.",
)
SUBMISSION_CONFLICT = kind(
    "SUBMISSION_CONFLICT", 409,
    "Bài nộp {id} đã có với nội dung khác. Bản mới được giữ riêng.", "Submission {id} exists with other content. The newcomer is kept aside.",
    "Báo cho người duyệt.", "Tell the reviewer.",
)
EDIT_WITHOUT_ORIGINAL = kind(
    "EDIT_WITHOUT_ORIGINAL", 404,
    "Không có bài nộp {id} để sửa. Bản sửa được giữ riêng.", "There is no submission {id} to correct. The correction is kept aside.",
    "Gửi bản gốc trước rồi gửi lại bản sửa, hoặc báo cho người duyệt.", "Send the original first and the correction again, or tell the reviewer.",
)
EDIT_TOO_LATE = kind(
    "EDIT_TOO_LATE", 409,
    "Bài nộp {code} đã có bản sửa khác. Bản này được giữ riêng.", "Submission {code} has been corrected already. This one is kept aside.",
    "Mở bản sửa mới nhất để sửa tiếp, hoặc báo cho người duyệt.", "Correct the newest version instead, or tell the reviewer.",
)
OPENROSA_VERSION = kind(
    "OPENROSA_VERSION", 400,
    "Máy chủ dùng OpenRosa 1.0, không dùng phiên bản {version}.", "This server speaks OpenRosa 1.0, not {version}.",
    "Cập nhật ODK Collect rồi thử lại.", "Update ODK Collect and try again.",
)
FILE_TOO_LARGE = kind(
    "FILE_TOO_LARGE", 413,
    "Tệp {name} lớn hơn {limit_mb} MB.", "The file {name} is larger than {limit_mb} MB.",
    "Chụp lại ở độ phân giải thấp hơn.", "Take it again at a lower resolution.",
)
FILE_UNKNOWN = kind(
    "FILE_UNKNOWN", 404,
    "Không có tệp {name}.", "There is no file {name}.",
    "Kiểm tra lại địa chỉ.", "Check the address.",
)
TOO_MANY_FILES = kind(
    "TOO_MANY_FILES", 413,
    "Bài nộp có quá {limit} tệp.", "The submission has more than {limit} files.",
    "Chia thành nhiều bài nộp.", "Split it into several submissions.",
)
PHOTO_REFUSED = kind(
    "PHOTO_REFUSED", 422,
    "Tệp {name} không dùng làm ảnh được: {reason}", "The file {name} cannot be used as a photo: {reason}",
    "Chọn tệp khác.", "Choose another file.",
)
PHOTO_BROKEN = kind(
    "PHOTO_BROKEN", 422,
    "Không giải mã được ảnh: {reason}.", "The photo cannot be decoded: {reason}.",
    "Hãy chụp lại ảnh.", "Take the photo again.",
)
PHOTO_UNFINISHED = kind(
    "PHOTO_UNFINISHED", 503,
    "Chưa kiểm tra xong ảnh: {reason}.", "The photo has not been checked to the end: {reason}.",
    "Máy chủ sẽ tự thử lại; nếu vẫn không được, người duyệt tự xem ảnh gốc.",
    "The server tries again by itself; if that fails too, the reviewer looks at the original.",
)
UPLOAD_STALLED = kind(
    "UPLOAD_STALLED", 408,
    "Đã {seconds} giây không nhận thêm được dữ liệu.", "Nothing more came for {seconds} seconds.",
    "Dữ liệu vẫn còn trên điện thoại; hãy gửi lại khi có sóng.", "Everything is still on the phone; send again when there is a signal.",
)
UPLOADS_TOO_MANY = kind(
    "UPLOADS_TOO_MANY", 429,
    "Tài khoản này đang gửi {limit} tệp cùng lúc.", "This account is sending {limit} files at once.",
    "Dữ liệu vẫn còn trên điện thoại; hãy gửi lại sau ít phút.", "Everything is still on the phone; send again in a few minutes.",
)
UPLOAD_OFFSET = kind(
    "UPLOAD_OFFSET", 409,
    "Máy chủ mới nhận được {offset} byte đầu của tệp này.", "The server has the first {offset} bytes of this file only.",
    "Hãy gửi tiếp từ chỗ đó.", "Go on sending from there.",
)
DIGEST_NEEDED = kind(
    "DIGEST_NEEDED", 400,
    "Đã nhận đủ tệp {name} nhưng thiếu mã băm Repr-Digest để kiểm tra.", "All of the file {name} is here, but no Repr-Digest to check it by.",
    "Cập nhật ứng dụng trên điện thoại rồi gửi lại.", "Update the application on the phone and send again.",
)
BYTES_DIFFER = kind(
    "BYTES_DIFFER", 422,
    "Tệp {name} nhận được không giống tệp trên điện thoại, nên không giữ lại.",
    "The file {name} that arrived is not the one on the phone, so it was not kept.",
    "Ảnh vẫn còn trên điện thoại; hãy gửi lại từ đầu.", "The photo is still on the phone; send it again from its beginning.",
)
QUERY_UNUSABLE = kind(
    "QUERY_UNUSABLE", 400,
    "Giá trị {value} của {name} không dùng được.", "The value {value} of {name} cannot be used.",
    "Tải lại trang rồi thử lại.", "Reload the page and try again.",
)
BLOB_DAMAGED = kind(
    "BLOB_DAMAGED", 500,
    "Tệp lưu {sha256} không còn nguyên vẹn.", "The stored file {sha256} is not intact.",
    "Khôi phục từ bản sao lưu; chạy check-store để liệt kê lỗi.", "Restore it from a backup; run check-store to list the faults.",
)

# --- review ---------------------------------------------------------------------------------------
DECISION_IMPOSSIBLE = kind(
    "DECISION_IMPOSSIBLE", 409,
    "Bài nộp {code} đang ở trạng thái {state_vi}, không chuyển sang {to_vi} được.", "Submission {code} is {state_en} and cannot become {to_en}.",
    "Hãy thu hồi quyết định trước.", "Take the decision back first.",
)
REASON_NEEDED = kind(
    "REASON_NEEDED", 422,
    "Cần ghi lý do cho bài nộp {code}.", "Submission {code} needs a reason.",
    "Ghi một câu để người khảo sát biết phải làm gì.", "Write one sentence that tells the inspector what to do.",
)
FILES_MISSING = kind(
    "FILES_MISSING", 422,
    "Bài nộp {code} còn thiếu {count} tệp.", "Submission {code} still lacks {count} files.",
    "Chờ đủ tệp, hoặc ghi lý do vì sao vẫn chấp nhận.", "Wait for the files, or give the reason for accepting without them.",
)
DECISION_STALE = kind(
    "DECISION_STALE", 409,
    "Trong lúc bạn xem, {person} đã xử lý bài nộp {code} lúc {at}; nay {state_vi}.",
    "While you were looking, {person} dealt with submission {code} at {at}; it is now {state_en}.",
    "Chưa có gì bị ghi đè. Xem lại rồi quyết định.", "Nothing was overwritten. Look again, then decide.",
)
REASON_TOO_LONG = kind(
    "REASON_TOO_LONG", 422,
    "Lý do dài quá {limit} ký tự.", "The reason is longer than {limit} characters.",
    "Viết ngắn lại.", "Make it shorter.",
)
SITE_OTHER_KIND = kind(
    "SITE_OTHER_KIND", 422,
    "Đối tượng {site} không thuộc loại mà phiếu này khảo sát.", "Site {site} is not of the kind that this form surveys.",
    "Chọn một đối tượng đúng loại.", "Choose a site of the right kind.",
)

# --- photos brought to the desk -------------------------------------------------------------------
ARCHIVE_UNREADABLE = kind(
    "ARCHIVE_UNREADABLE", 422,
    "Không đọc được gói nén {name}.", "The archive {name} cannot be read.",
    "Hãy nén lại thành ZIP, hoặc chọn trực tiếp các ảnh.", "Pack it again as a ZIP, or choose the photos themselves.",
)
FORM_LACKS_ROOM = kind(
    "FORM_LACKS_ROOM", 422,
    "Đối tượng {site} có {photos} ảnh trong ngày {day}, mà phiếu “{form_vi}” chỉ chứa được {room}.",
    "Site {site} has {photos} photos of {day}, and checklist “{form_en}” has room for {room}.",
    "Bỏ bớt ảnh, hoặc chọn phiếu “Ảnh của đối tượng”, phiếu này nhận mọi số lượng.",
    "Leave some out, or choose the checklist “Photos of a site”, which takes any number.",
)
DAY_NEEDED = kind(
    "DAY_NEEDED", 422,
    "Ảnh {name} không ghi ngày chụp.", "The photo {name} does not say when it was taken.",
    "Hãy cho biết ngày chụp.", "Give the day on which it was taken.",
)
