"""Problems of what people prepare and take away: register, criteria, checklists, bundles."""

from survey.domain.problems.problem import kind

# --- register -------------------------------------------------------------------------------------
SITE_UNKNOWN = kind(
    "SITE_UNKNOWN", 404,
    "Sổ bộ không có đối tượng {id}.", "The register has no site {id}.",
    "Có thể đối tượng đã bị đóng; hãy tìm lại trong sổ bộ.", "It may have been closed; search the register again.",
)
SITE_CHANGED = kind(
    "SITE_CHANGED", 409,
    "Đối tượng {code} vừa được người khác sửa.", "Site {code} was just changed by someone else.",
    "Mở lại để xem bản mới; nội dung bạn vừa nhập vẫn còn trên màn hình.",
    "Open it again to see the new version; what you typed is still on the screen.",
)
HAMLET_UNKNOWN = kind(
    "HAMLET_UNKNOWN", 404,
    "Xã không có thôn {id}.", "The commune has no hamlet {id}.",
    "Thêm thôn ở trang Sổ bộ trước.", "Add the hamlet on the register page first.",
)
HAMLET_REFUSED = kind(
    "HAMLET_REFUSED", 422,
    "Chưa thêm được thôn: {reason_vi}.", "The hamlet was not added: {reason_en}.",
    "Sửa lại rồi lưu.", "Correct it and save again.",
)
REGISTER_UNREADABLE = kind(
    "REGISTER_UNREADABLE", 422,
    "Không đọc được tệp {name}: {reason_vi}.", "The file {name} cannot be read: {reason_en}.",
    "{remedy_vi}", "{remedy_en}",
)
REGISTER_REFUSED = kind(
    "REGISTER_REFUSED", 422,
    "Chưa nạp tệp {name}: có {count} lỗi.", "The file {name} was not taken: {count} errors.",
    "Sửa các ô có tên trong báo cáo rồi nạp lại.", "Correct the cells that the report names and load it again.",
)

# --- catalogue ------------------------------------------------------------------------------------
BROKEN_CATALOGUE = kind(
    "BROKEN_CATALOGUE", 500,
    "Tệp {file} có lỗi ở {key}: {reason_vi}.", "The file {file} is wrong at {key}: {reason_en}.",
    "{remedy_vi}", "{remedy_en}",
)

# --- forms ----------------------------------------------------------------------------------------
BROKEN_FORM = kind(
    "BROKEN_FORM", 422,
    "Phiếu {form}, trang {sheet}, dòng {row}: {vi}.", "Form {form}, sheet {sheet}, row {row}: {en}.",
    "{remedy_vi}", "{remedy_en}",
)
FORM_VERSION_TAKEN = kind(
    "FORM_VERSION_TAKEN", 409,
    "Phiếu {form} phiên bản {version} đã có với nội dung khác.", "Form {form}, version {version} exists with other content.",
    "Tăng số version trong trang settings rồi nạp lại.", "Raise the version on the settings sheet and load it again.",
)

# --- deliver --------------------------------------------------------------------------------------
VERDICT_STALE = kind(
    "VERDICT_STALE", 409,
    "Số liệu đã thay đổi kể từ khi chuẩn bị hồ sơ này.", "The figures have changed since this bundle was prepared.",
    "Chuẩn bị lại hồ sơ; bản đã tải về trước đó vẫn đúng cho thời điểm của nó.",
    "Prepare the bundle again; a copy downloaded earlier stays true of its moment.",
)
BUNDLE_UNKNOWN = kind(
    "BUNDLE_UNKNOWN", 404,
    "Không có hồ sơ minh chứng {id}.", "There is no evidence bundle {id}.",
    "Chuẩn bị hồ sơ ở trang Minh chứng.", "Prepare one on the Evidence page.",
)
EDITION_UNKNOWN = kind(
    "EDITION_UNKNOWN", 404,
    "Không có bộ tiêu chí {edition}.", "There is no edition {edition}.",
    "Các bộ đã nạp: {known}.", "Loaded editions: {known}.",
)
EDITION_NOT_IN_FORCE = kind(
    "EDITION_NOT_IN_FORCE", 422,
    "Bộ tiêu chí {edition} không có hiệu lực vào ngày {on}.", "The edition {edition} is not in force on {on}.",
    "Chọn ngày khác, hoặc xem như lịch sử (--history).", "Choose another day, or ask for it as history (--history).",
)
CRITERION_UNKNOWN = kind(
    "CRITERION_UNKNOWN", 404,
    "Không có tiêu chí {criterion} trong các bộ tiêu chí đã chọn ({known}).", "There is no criterion {criterion} in the chosen editions ({known}).",
    "Kiểm tra lại mã tiêu chí và bộ tiêu chí.", "Check the criterion's code and the edition.",
)
BUNDLE_FAULTY = kind(
    "BUNDLE_FAULTY", 422,
    "Hồ sơ {name} có {count} lỗi.", "The bundle {name} has {count} faults.",
    "Xin lại hồ sơ từ nơi đã lập.", "Ask whoever made it for the bundle again.",
)
FILE_UNWRITABLE = kind(
    "FILE_UNWRITABLE", 500,
    "Không ghi được tệp {name}: {reason}.", "The file {name} cannot be written: {reason}.",
    "Kiểm tra thư mục, quyền ghi và dung lượng đĩa.", "Check the folder, the permission to write and the space on the disk.",
)
