"""Problems of people and of deployments."""

from survey.domain.problems.problem import kind

# --- people and permission ------------------------------------------------------------------------
SIGN_IN_NEEDED = kind(
    "SIGN_IN_NEEDED", 401,
    "Bạn chưa đăng nhập.", "You are not signed in.",
    "Hãy đăng nhập rồi thử lại.", "Sign in and try again.",
)
NOT_ALLOWED = kind(
    "NOT_ALLOWED", 403,
    "Tài khoản của bạn không được làm việc này.", "Your account may not do this.",
    "Hãy nhờ điều phối viên của xã.", "Ask the commune's coordinator.",
)
PHONE_REVOKED = kind(
    "PHONE_REVOKED", 401,
    "Điện thoại này đã bị thu hồi quyền.", "This phone was revoked.",
    "Mọi thứ chưa gửi vẫn còn trên máy; hãy xin điều phối viên của xã mã mới.",
    "What is not sent yet is still on it; ask the commune's coordinator for a new code.",
)
CROSS_SITE = kind(
    "CROSS_SITE", 403,
    "Yêu cầu đến từ một trang khác.", "The request came from another site.",
    "Hãy mở lại ứng dụng từ địa chỉ chính thức.", "Open the application at its own address.",
)

PATH_UNKNOWN = kind(
    "PATH_UNKNOWN", 404,
    "Không có gì ở địa chỉ {path}.", "There is nothing at {path}.",
    "Kiểm tra lại địa chỉ.", "Check the address.",
)
SIGN_IN_WRONG = kind(
    "SIGN_IN_WRONG", 401,
    "Tên đăng nhập hoặc mật khẩu không đúng.", "The login or the password is wrong.",
    "Hãy thử lại, hoặc xin điều phối viên của xã một liên kết đăng nhập mới.",
    "Try again, or ask the commune's coordinator for a new sign-in link.",
)
SIGN_IN_TOO_OFTEN = kind(
    "SIGN_IN_TOO_OFTEN", 429,
    "Có quá nhiều lần đăng nhập sai từ thiết bị này.", "Too many wrong sign-ins came from this device.",
    "Hãy đợi {seconds} giây rồi thử lại.", "Wait {seconds} seconds and try again.",
)
LINK_UNUSABLE = kind(
    "LINK_UNUSABLE", 410,
    "Liên kết đăng nhập này đã được dùng, đã hết hạn hoặc đã có liên kết mới hơn.",
    "This sign-in link has been used, has expired or was replaced by a newer one.",
    "Hãy xin điều phối viên của xã một liên kết mới.", "Ask the commune's coordinator for a new link.",
)
PERSON_UNKNOWN = kind(
    "PERSON_UNKNOWN", 404,
    "Không có tài khoản này, hoặc tài khoản đã bị khóa.", "There is no such account, or it has been closed.",
    "Kiểm tra danh sách tài khoản của xã.", "Check the commune's list of accounts.",
)
DEVICE_UNKNOWN = kind(
    "DEVICE_UNKNOWN", 404,
    "Không có điện thoại này, hoặc điện thoại đã bị thu hồi.", "There is no such phone, or it has been revoked.",
    "Kiểm tra danh sách điện thoại của xã.", "Check the commune's list of phones.",
)
DEVICE_REFUSED = kind(
    "DEVICE_REFUSED", 403,
    "Điện thoại này chưa được đăng ký, hoặc đã bị thu hồi.", "This phone is not enrolled, or it has been revoked.",
    "Dữ liệu vẫn còn trên điện thoại; hãy nhờ điều phối viên của xã đăng ký lại bằng mã QR mới.",
    "Everything is still on the phone; ask the commune's coordinator to enrol it again with a new QR code.",
)
LAST_COORDINATOR = kind(
    "LAST_COORDINATOR", 409,
    "Đây là điều phối viên cuối cùng của xã.", "This is the commune's last coordinator.",
    "Hãy thêm một điều phối viên khác trước.", "Add another coordinator first.",
)
LOGIN_TAKEN = kind(
    "LOGIN_TAKEN", 409,
    "Tên đăng nhập {login} đã có người dùng.", "The login {login} is taken.",
    "Chọn tên đăng nhập khác.", "Choose another login.",
)
LOGIN_UNUSABLE = kind(
    "LOGIN_UNUSABLE", 422,
    "Tên đăng nhập không dùng được.", "The login cannot be used.",
    "Dùng 2 đến 40 chữ cái không dấu, chữ số, dấu chấm hoặc gạch nối, ví dụ lan.nguyen.",
    "Use 2 to 40 plain letters, digits, dots or hyphens, such as lan.nguyen.",
)
PASSWORD_WEAK = kind(
    "PASSWORD_WEAK", 422,
    "Mật khẩu quá ngắn hoặc quá dài.", "The password is too short or too long.",
    "Dùng từ {length} đến {longest} ký tự, dấu cách và chữ có dấu đều được; một câu ngắn là tốt nhất.",
    "Use {length} to {longest} characters, spaces and Vietnamese letters included; a short sentence is best.",
)
PASSWORD_GUESSABLE = kind(
    "PASSWORD_GUESSABLE", 422,
    "Mật khẩu này dễ đoán: {why_vi}.", "This password is easy to guess: {why_en}.",
    "Hãy ghép bốn, năm từ không liên quan đến nhau, hoặc dán mật khẩu do trình quản lý mật khẩu tạo ra.",
    "Join four or five words that have nothing to do with each other, or paste one that a password manager made.",
)
SESSION_UNKNOWN = kind(
    "SESSION_UNKNOWN", 404,
    "Phiên đăng nhập này đã kết thúc.", "This session has ended.",
    "Tải lại trang để xem những phiên còn mở.", "Load the page again to see what is still open.",
)
SIGN_IN_BUSY = kind(
    "SIGN_IN_BUSY", 429,
    "Lúc này có quá nhiều lượt đăng nhập cùng lúc.", "Too many sign-ins are coming at this moment.",
    "Hãy đợi {seconds} giây rồi thử lại; trình duyệt đã từng đăng nhập và liên kết một lần vẫn vào được.",
    "Wait {seconds} seconds and try again; a browser that signed in before and a one-time link still get in.",
)

# --- settings and deployment ----------------------------------------------------------------------
WRONG_SETTING = kind(
    "WRONG_SETTING", 500,
    "Thiết lập {name} có giá trị không dùng được: {value}.", "The setting {name} has a value that cannot be used: {value}.",
    "{remedy_vi}", "{remedy_en}",
)
COMMUNE_UNKNOWN = kind(
    "COMMUNE_UNKNOWN", 404,
    "Không có xã mang mã {commune} trong schema/places.", "No commune with code {commune} in schema/places.",
    "Kiểm tra mã đơn vị hành chính (Kỳ Thượng là 18844).", "Check the official code (Kỳ Thượng is 18844).",
)
DEPLOYMENT_EXISTS = kind(
    "DEPLOYMENT_EXISTS", 409,
    "Thư mục dữ liệu đã có xã {commune}.", "The data folder already holds commune {commune}.",
    "Chọn một thư mục khác bằng --data.", "Choose another folder with --data.",
)
DEPLOYMENT_EMPTY = kind(
    "DEPLOYMENT_EMPTY", 409,
    "Thư mục dữ liệu chưa có xã nào.", "The data folder holds no commune yet.",
    "Chạy `python -m survey init --commune 18844` hoặc `python -m survey demo`.",
    "Run `python -m survey init --commune 18844` or `python -m survey demo`.",
)
DATABASE_NEWER = kind(
    "DATABASE_NEWER", 500,
    "Cơ sở dữ liệu mới hơn phần mềm này ({found}).", "The database is newer than this software ({found}).",
    "Hãy cập nhật phần mềm.", "Update the software.",
)
STORAGE_UNUSABLE = kind(
    "STORAGE_UNUSABLE", 507,
    "Máy chủ không ghi được dữ liệu ({reason}).", "The server cannot write its data ({reason}).",
    "Chưa có gì được nhận; bản trên điện thoại vẫn còn. Hãy báo người vận hành kiểm tra dung lượng và quyền ghi của thư mục dữ liệu, rồi gửi lại.",
    "Nothing was received; what is on the phone stays there. Have the operator check the data folder's free space and write permission, then send again.",
)
DATABASE_UNREACHABLE = kind(
    "DATABASE_UNREACHABLE", 503,
    "Không dùng được cơ sở dữ liệu ({reason}).", "The database cannot be used ({reason}).",
    "Thử lại sau ít phút; nếu vẫn vậy, hãy báo người vận hành xem SURVEY_DATABASE và máy chủ cơ sở dữ liệu.",
    "Try again in a few minutes; if it stays, have the operator look at SURVEY_DATABASE and the database server.",
)
DATABASE_DAMAGED = kind(
    "DATABASE_DAMAGED", 500,
    "Tệp cơ sở dữ liệu bị hỏng ({reason}).", "The database file is damaged ({reason}).",
    "Dừng ứng dụng, giữ lại thư mục dữ liệu và khôi phục từ bản sao lưu.", "Stop the app, keep the data folder and restore it from a backup.",
)
STORE_FAULTY = kind(
    "STORE_FAULTY", 500,
    "Kho dữ liệu có {count} lỗi.", "The store has {count} faults.",
    "Giữ nguyên thư mục dữ liệu, so với bản sao lưu và với các mã cuối của nhật ký đã in ra.",
    "Leave the data folder as it is; compare it with a backup and with the heads that were printed.",
)
ROUND_UNUSABLE = kind(
    "ROUND_UNUSABLE", 422,
    "Đợt khảo sát {round} không dùng được: {starts_on} – {ends_on}.", "The round {round} cannot be used: {starts_on} – {ends_on}.",
    "Ngày cuối phải sau hoặc trùng ngày đầu; mã chưa dùng và không trùng ngày với đợt khác: {others}.",
    "The last day must not be before the first; the id must be new and the days not those of another round: {others}.",
)
