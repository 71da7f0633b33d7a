"""Problems of the second step at sign-in and of identities from outside."""

from survey.domain.problems.problem import kind

CODE_WRONG = kind(
    "CODE_WRONG", 401,
    "Mã không đúng hoặc đã dùng rồi.", "The code is wrong, or was used before.",
    "Hãy đợi mã mới trong ứng dụng rồi nhập lại; giờ trên điện thoại phải đúng.",
    "Wait for the next code in the app and enter that; the phone's clock must be right.",
)
CODE_TOO_OFTEN = kind(
    "CODE_TOO_OFTEN", 429,
    "Đã nhập mã sai quá nhiều lần.", "Too many wrong codes.",
    "Hãy thử lại sau {minutes} phút. Nếu không phải bạn nhập, hãy đổi mật khẩu: có người biết mật khẩu của bạn.",
    "Try again in {minutes} minutes. If it was not you, change your password: somebody knows it.",
)
STEP_EXPIRED = kind(
    "STEP_EXPIRED", 401,
    "Đã hết thời gian nhập mã.", "The time to enter the code is over.",
    "Hãy đăng nhập lại từ đầu.", "Sign in again from the beginning.",
)
SECOND_FACTOR_STANDS = kind(
    "SECOND_FACTOR_STANDS", 409,
    "Bước xác thực thứ hai đã được bật.", "The second step is on already.",
    "Muốn dùng điện thoại khác, hãy tắt rồi bật lại.", "To use another phone, turn it off and on again.",
)
SECOND_FACTOR_MISSING = kind(
    "SECOND_FACTOR_MISSING", 409,
    "Chưa có bước xác thực thứ hai nào để xác nhận.", "There is no second step to confirm.",
    "Hãy bắt đầu lại từ đầu.", "Begin again.",
)
WRAPPING_KEY_UNUSABLE = kind(
    "WRAPPING_KEY_UNUSABLE", 503,
    "Không đọc được tệp khóa của bước xác thực thứ hai.", "The key file of the second step cannot be read.",
    "Người vận hành cần khôi phục tệp khóa (SURVEY_SECOND_FACTOR_KEY) từ bản sao lưu, hoặc đặt lại bước thứ hai cho từng người.",
    "The operator restores the key file (SURVEY_SECOND_FACTOR_KEY) from a backup, or resets each person's second step.",
)
IDENTITY_UNKNOWN = kind(
    "IDENTITY_UNKNOWN", 403,
    "Danh tính này chưa được liên kết với tài khoản nào.", "This identity is not linked to any account.",
    "Hãy đăng nhập bằng mật khẩu hoặc liên kết một lần rồi liên kết danh tính ở trang tài khoản, hoặc nhờ điều phối viên của xã.",
    "Sign in with your password or a one-time link and link the identity on the account page, or ask the commune's coordinator.",
)
IDENTITY_TAKEN = kind(
    "IDENTITY_TAKEN", 409,
    "Danh tính này đã được liên kết với một tài khoản.", "This identity is linked to an account already.",
    "Hãy đăng xuất khỏi dịch vụ danh tính và chọn đúng tài khoản của bạn.",
    "Sign out at the provider and choose your own account there.",
)
IDENTITY_UNPROVEN = kind(
    "IDENTITY_UNPROVEN", 401,
    "Dịch vụ danh tính không xác nhận được bạn là ai.", "The provider did not prove who you are.",
    "Hãy thử lại từ trang đăng nhập.", "Try again from the sign-in page.",
)
IDENTITY_UNUSABLE = kind(
    "IDENTITY_UNUSABLE", 400,
    "Danh tính cần địa chỉ https của nơi cấp và mã người dùng ở nơi đó.", "An identity needs the issuer's https address and the subject there.",
    "Chép đúng `iss` và `sub` như dịch vụ danh tính cho biết.", "Copy `iss` and `sub` exactly as the provider states them.",
)
