"""Every expected error: a code, an HTTP status, a sentence and a remedy in Vietnamese and English.

A `Problem` is what a person caused and can mend. Anything else that goes wrong is a defect and may crash.
Texts are `str.format` templates over the details that the raiser gives.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class ProblemKind:
    """One entry of the catalogue; *status* is the HTTP status that our routes answer with."""

    code: str
    status: int
    vi: str
    en: str
    remedy_vi: str
    remedy_en: str


class Problem(Exception):
    """An expected error of *kind*; *details* fill the sentence's template."""

    def __init__(self, kind: ProblemKind, **details: object) -> None:
        super().__init__(kind.code, details)
        self.kind = kind
        self.details = details

    def __str__(self) -> str:
        return f"{self.kind.code}: {self.sentence('en')}"

    def sentence(self, locale: str = "vi") -> str:
        """What went wrong and what to do about it, in *locale* (`vi` or `en`)."""
        kind = self.kind
        texts = (kind.en, kind.remedy_en) if locale == "en" else (kind.vi, kind.remedy_vi)
        return " ".join(text.format(**self.details) for text in texts if text)


CATALOGUE: dict[str, ProblemKind] = {}


def _kind(code: str, status: int, vi: str, en: str, remedy_vi: str, remedy_en: str) -> ProblemKind:
    CATALOGUE[code] = ProblemKind(code, status, vi, en, remedy_vi, remedy_en)
    return CATALOGUE[code]


# --- people and permission -------------------------------------------------------------------------
SIGN_IN_NEEDED = _kind(
    "SIGN_IN_NEEDED", 401,
    "Bạn chưa đăng nhập.", "You are not signed in.",
    "Hãy đăng nhập rồi thử lại.", "Sign in and try again.",
)
NOT_ALLOWED = _kind(
    "NOT_ALLOWED", 403,
    "Tài khoản của bạn không được làm việc này ({ability}).", "Your account may not do this ({ability}).",
    "Hãy nhờ điều phối viên của xã.", "Ask the commune's coordinator.",
)
CROSS_SITE = _kind(
    "CROSS_SITE", 403,
    "Yêu cầu đến từ một trang khác.", "The request came from another site.",
    "Hãy mở lại ứng dụng từ địa chỉ chính thức.", "Open the application at its own address.",
)

PATH_UNKNOWN = _kind(
    "PATH_UNKNOWN", 404,
    "Không có gì ở địa chỉ {path}.", "There is nothing at {path}.",
    "Kiểm tra lại địa chỉ.", "Check the address.",
)
SIGN_IN_WRONG = _kind(
    "SIGN_IN_WRONG", 401,
    "Tên đăng nhập hoặc mật khẩu không đúng.", "The login or the password is wrong.",
    "Hãy thử lại, hoặc xin điều phối viên của xã một liên kết đăng nhập mới.",
    "Try again, or ask the commune's coordinator for a new sign-in link.",
)
SIGN_IN_TOO_OFTEN = _kind(
    "SIGN_IN_TOO_OFTEN", 429,
    "Có quá nhiều lần đăng nhập sai từ thiết bị này.", "Too many wrong sign-ins came from this device.",
    "Hãy đợi {seconds} giây rồi thử lại.", "Wait {seconds} seconds and try again.",
)
LINK_UNUSABLE = _kind(
    "LINK_UNUSABLE", 410,
    "Liên kết đăng nhập này đã được dùng, đã hết hạn hoặc đã có liên kết mới hơn.",
    "This sign-in link has been used, has expired or was replaced by a newer one.",
    "Hãy xin điều phối viên của xã một liên kết mới.", "Ask the commune's coordinator for a new link.",
)
PERSON_UNKNOWN = _kind(
    "PERSON_UNKNOWN", 404,
    "Không có tài khoản này, hoặc tài khoản đã bị khóa.", "There is no such account, or it has been closed.",
    "Kiểm tra danh sách tài khoản của xã.", "Check the commune's list of accounts.",
)
LAST_COORDINATOR = _kind(
    "LAST_COORDINATOR", 409,
    "Đây là điều phối viên cuối cùng của xã.", "This is the commune's last coordinator.",
    "Hãy thêm một điều phối viên khác trước.", "Add another coordinator first.",
)
LOGIN_TAKEN = _kind(
    "LOGIN_TAKEN", 409,
    "Tên đăng nhập {login} đã có người dùng.", "The login {login} is taken.",
    "Chọn tên đăng nhập khác.", "Choose another login.",
)
LOGIN_UNUSABLE = _kind(
    "LOGIN_UNUSABLE", 422,
    "Tên đăng nhập không dùng được.", "The login cannot be used.",
    "Dùng 2 đến 40 chữ cái không dấu, chữ số, dấu chấm hoặc gạch nối, ví dụ lan.nguyen.",
    "Use 2 to 40 plain letters, digits, dots or hyphens, such as lan.nguyen.",
)
PASSWORD_WEAK = _kind(
    "PASSWORD_WEAK", 422,
    "Mật khẩu quá dễ đoán.", "The password is too easy to guess.",
    "Dùng ít nhất {length} ký tự khác nhau và không chứa tên đăng nhập; một câu ngắn là tốt nhất.",
    "Use at least {length} varied characters without your login in them; a short sentence is best.",
)

# --- settings and deployment -----------------------------------------------------------------------
WRONG_SETTING = _kind(
    "WRONG_SETTING", 500,
    "Thiết lập {name} có giá trị không dùng được: {value}.", "The setting {name} has a value that cannot be used: {value}.",
    "{remedy_vi}", "{remedy_en}",
)
COMMUNE_UNKNOWN = _kind(
    "COMMUNE_UNKNOWN", 404,
    "Không có xã mang mã {commune} trong schema/places.", "No commune with code {commune} in schema/places.",
    "Kiểm tra mã đơn vị hành chính (Kỳ Thượng là 18844).", "Check the official code (Kỳ Thượng is 18844).",
)
DEPLOYMENT_EXISTS = _kind(
    "DEPLOYMENT_EXISTS", 409,
    "Thư mục dữ liệu đã có xã {commune}.", "The data folder already holds commune {commune}.",
    "Chọn một thư mục khác bằng --data.", "Choose another folder with --data.",
)
DEPLOYMENT_EMPTY = _kind(
    "DEPLOYMENT_EMPTY", 409,
    "Thư mục dữ liệu chưa có xã nào.", "The data folder holds no commune yet.",
    "Chạy `python -m survey init --commune 18844` hoặc `python -m survey demo`.",
    "Run `python -m survey init --commune 18844` or `python -m survey demo`.",
)
DATABASE_NEWER = _kind(
    "DATABASE_NEWER", 500,
    "Cơ sở dữ liệu mới hơn phần mềm này ({found}).", "The database is newer than this software ({found}).",
    "Hãy cập nhật phần mềm.", "Update the software.",
)

# --- submissions and files -------------------------------------------------------------------------
INSTANCE_UNREADABLE = _kind(
    "INSTANCE_UNREADABLE", 400,
    "Bài nộp không phải là XML hợp lệ: {reason}.", "The submission is not valid XML: {reason}.",
    "Hãy gửi lại từ ứng dụng.", "Send it again from the application.",
)
INSTANCE_WITHOUT_ID = _kind(
    "INSTANCE_WITHOUT_ID", 400,
    "Bài nộp không có instanceID.", "The submission has no instanceID.",
    "Cập nhật ứng dụng trên điện thoại rồi gửi lại.", "Update the application on the phone and send again.",
)
INSTANCE_OTHER_ID = _kind(
    "INSTANCE_OTHER_ID", 400,
    "instanceID trong bài nộp ({inside}) khác địa chỉ gửi ({outside}).", "The instanceID inside ({inside}) differs from the address ({outside}).",
    "Hãy gửi lại từ ứng dụng.", "Send it again from the application.",
)
FORM_UNKNOWN = _kind(
    "FORM_UNKNOWN", 404,
    "Không có phiếu {form} phiên bản {version}.", "There is no form {form}, version {version}.",
    "Tải lại danh sách phiếu trên điện thoại.", "Fetch the form list again on the phone.",
)
SUBMISSION_UNKNOWN = _kind(
    "SUBMISSION_UNKNOWN", 404,
    "Không có bài nộp {id}.", "There is no submission {id}.",
    "Kiểm tra lại mã bài nộp.", "Check the submission's code.",
)
SUBMISSION_CONFLICT = _kind(
    "SUBMISSION_CONFLICT", 409,
    "Bài nộp {id} đã có với nội dung khác. Bản mới được giữ riêng.", "Submission {id} exists with other content. The newcomer is kept aside.",
    "Báo cho người duyệt.", "Tell the reviewer.",
)
SUBMISSION_SUPERSEDED = _kind(
    "SUBMISSION_SUPERSEDED", 409,
    "Bài nộp {id} đã được thay bằng một bản khác.", "Submission {id} has already been replaced by another version.",
    "Mở bản mới nhất rồi sửa.", "Open the newest version and correct that.",
)
FILE_TOO_LARGE = _kind(
    "FILE_TOO_LARGE", 413,
    "Tệp {name} lớn hơn {limit_mb} MB.", "The file {name} is larger than {limit_mb} MB.",
    "Chụp lại ở độ phân giải thấp hơn.", "Take it again at a lower resolution.",
)
FILE_UNKNOWN = _kind(
    "FILE_UNKNOWN", 404,
    "Không có tệp {name}.", "There is no file {name}.",
    "Kiểm tra lại địa chỉ.", "Check the address.",
)
TOO_MANY_FILES = _kind(
    "TOO_MANY_FILES", 413,
    "Bài nộp có quá {limit} tệp.", "The submission has more than {limit} files.",
    "Chia thành nhiều bài nộp.", "Split it into several submissions.",
)
PHOTO_BROKEN = _kind(
    "PHOTO_BROKEN", 422,
    "Không giải mã được ảnh: {reason}.", "The photo cannot be decoded: {reason}.",
    "Hãy chụp lại ảnh.", "Take the photo again.",
)
UPLOAD_STALLED = _kind(
    "UPLOAD_STALLED", 408,
    "Đã {seconds} giây không nhận thêm được dữ liệu.", "Nothing more came for {seconds} seconds.",
    "Dữ liệu vẫn còn trên điện thoại; hãy gửi lại khi có sóng.", "Everything is still on the phone; send again when there is a signal.",
)
QUERY_UNUSABLE = _kind(
    "QUERY_UNUSABLE", 400,
    "Giá trị {value} của {name} không dùng được.", "The value {value} of {name} cannot be used.",
    "Tải lại trang rồi thử lại.", "Reload the page and try again.",
)
BLOB_DAMAGED = _kind(
    "BLOB_DAMAGED", 500,
    "Tệp lưu {sha256} không còn nguyên vẹn.", "The stored file {sha256} is not intact.",
    "Khôi phục từ bản sao lưu; chạy check-store để liệt kê lỗi.", "Restore it from a backup; run check-store to list the faults.",
)

# --- review ----------------------------------------------------------------------------------------
DECISION_IMPOSSIBLE = _kind(
    "DECISION_IMPOSSIBLE", 409,
    "Bài nộp {code} đang ở trạng thái {state_vi}, không chuyển sang {to_vi} được.", "Submission {code} is {state_en} and cannot become {to_en}.",
    "Hãy thu hồi quyết định trước.", "Take the decision back first.",
)
REASON_NEEDED = _kind(
    "REASON_NEEDED", 422,
    "Cần ghi lý do cho bài nộp {code}.", "Submission {code} needs a reason.",
    "Ghi một câu để người khảo sát biết phải làm gì.", "Write one sentence that tells the inspector what to do.",
)
FILES_MISSING = _kind(
    "FILES_MISSING", 422,
    "Bài nộp {code} còn thiếu {count} tệp.", "Submission {code} still lacks {count} files.",
    "Chờ đủ tệp, hoặc ghi lý do vì sao vẫn chấp nhận.", "Wait for the files, or give the reason for accepting without them.",
)
DECISION_STALE = _kind(
    "DECISION_STALE", 409,
    "Trong lúc bạn xem, {person} đã xử lý bài nộp {code} lúc {at}; nay {state_vi}.",
    "While you were looking, {person} dealt with submission {code} at {at}; it is now {state_en}.",
    "Chưa có gì bị ghi đè. Xem lại rồi quyết định.", "Nothing was overwritten. Look again, then decide.",
)
REASON_TOO_LONG = _kind(
    "REASON_TOO_LONG", 422,
    "Lý do dài quá {limit} ký tự.", "The reason is longer than {limit} characters.",
    "Viết ngắn lại.", "Make it shorter.",
)
SITE_OTHER_KIND = _kind(
    "SITE_OTHER_KIND", 422,
    "Đối tượng {site} không thuộc loại mà phiếu này khảo sát.", "Site {site} is not of the kind that this form surveys.",
    "Chọn một đối tượng đúng loại.", "Choose a site of the right kind.",
)

# --- register --------------------------------------------------------------------------------------
SITE_UNKNOWN = _kind(
    "SITE_UNKNOWN", 404,
    "Sổ bộ không có đối tượng {id}.", "The register has no site {id}.",
    "Có thể đối tượng đã bị đóng; hãy tìm lại trong sổ bộ.", "It may have been closed; search the register again.",
)
SITE_CHANGED = _kind(
    "SITE_CHANGED", 409,
    "Đối tượng {code} vừa được người khác sửa.", "Site {code} was just changed by someone else.",
    "Mở lại để xem bản mới; nội dung bạn vừa nhập vẫn còn trên màn hình.",
    "Open it again to see the new version; what you typed is still on the screen.",
)
HAMLET_UNKNOWN = _kind(
    "HAMLET_UNKNOWN", 404,
    "Xã không có thôn {id}.", "The commune has no hamlet {id}.",
    "Thêm thôn ở trang Sổ bộ trước.", "Add the hamlet on the register page first.",
)
HAMLET_REFUSED = _kind(
    "HAMLET_REFUSED", 422,
    "Chưa thêm được thôn: {reason_vi}.", "The hamlet was not added: {reason_en}.",
    "Sửa lại rồi lưu.", "Correct it and save again.",
)
REGISTER_UNREADABLE = _kind(
    "REGISTER_UNREADABLE", 422,
    "Không đọc được tệp {name}: {reason_vi}.", "The file {name} cannot be read: {reason_en}.",
    "{remedy_vi}", "{remedy_en}",
)

# --- catalogue -------------------------------------------------------------------------------------
BROKEN_CATALOGUE = _kind(
    "BROKEN_CATALOGUE", 500,
    "Tệp {file} có lỗi ở {key}: {reason_vi}.", "The file {file} is wrong at {key}: {reason_en}.",
    "{remedy_vi}", "{remedy_en}",
)

# --- forms -----------------------------------------------------------------------------------------
BROKEN_FORM = _kind(
    "BROKEN_FORM", 422,
    "Phiếu {form}, trang {sheet}, dòng {row}: {vi}.", "Form {form}, sheet {sheet}, row {row}: {en}.",
    "{remedy_vi}", "{remedy_en}",
)
FORM_VERSION_TAKEN = _kind(
    "FORM_VERSION_TAKEN", 409,
    "Phiếu {form} phiên bản {version} đã có với nội dung khác.", "Form {form}, version {version} exists with other content.",
    "Tăng số version trong trang settings rồi nạp lại.", "Raise the version on the settings sheet and load it again.",
)

# --- deliver ---------------------------------------------------------------------------------------
VERDICT_STALE = _kind(
    "VERDICT_STALE", 409,
    "Số liệu đã thay đổi kể từ khi chuẩn bị hồ sơ này.", "The figures have changed since this bundle was prepared.",
    "Chuẩn bị lại hồ sơ; bản đã tải về trước đó vẫn đúng cho thời điểm của nó.",
    "Prepare the bundle again; a copy downloaded earlier stays true of its moment.",
)
BUNDLE_UNKNOWN = _kind(
    "BUNDLE_UNKNOWN", 404,
    "Không có hồ sơ minh chứng {id}.", "There is no evidence bundle {id}.",
    "Chuẩn bị hồ sơ ở trang Minh chứng.", "Prepare one on the Evidence page.",
)
EDITION_UNKNOWN = _kind(
    "EDITION_UNKNOWN", 404,
    "Không có bộ tiêu chí {edition}.", "There is no edition {edition}.",
    "Các bộ đã nạp: {known}.", "Loaded editions: {known}.",
)
EDITION_NOT_IN_FORCE = _kind(
    "EDITION_NOT_IN_FORCE", 422,
    "Bộ tiêu chí {edition} không có hiệu lực vào ngày {on}.", "The edition {edition} is not in force on {on}.",
    "Chọn ngày khác, hoặc xem như lịch sử (--history).", "Choose another day, or ask for it as history (--history).",
)
CRITERION_UNKNOWN = _kind(
    "CRITERION_UNKNOWN", 404,
    "Không có tiêu chí {criterion} trong các bộ tiêu chí đã chọn ({known}).", "There is no criterion {criterion} in the chosen editions ({known}).",
    "Kiểm tra lại mã tiêu chí và bộ tiêu chí.", "Check the criterion's code and the edition.",
)
BUNDLE_FAULTY = _kind(
    "BUNDLE_FAULTY", 422,
    "Hồ sơ {name} có {count} lỗi.", "The bundle {name} has {count} faults.",
    "Xin lại hồ sơ từ nơi đã lập.", "Ask whoever made it for the bundle again.",
)
FILE_UNWRITABLE = _kind(
    "FILE_UNWRITABLE", 500,
    "Không ghi được tệp {name}: {reason}.", "The file {name} cannot be written: {reason}.",
    "Kiểm tra thư mục, quyền ghi và dung lượng đĩa.", "Check the folder, the permission to write and the space on the disk.",
)
