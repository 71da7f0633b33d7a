"""Problems with the key that seals bundles, and with what makes a seal known."""

from survey.domain.problems.problem import kind

SIGNING_KEY_GONE = kind(
    "SIGNING_KEY_GONE", 503,
    "Không có khóa niêm phong {fingerprint} ở {path}.", "The sealing key {fingerprint} is not at {path}.",
    "Chép tệp khóa từ máy chủ cũ hoặc bản sao lưu về chỗ đó; nếu đã mất: `python -m survey key rotate --lost --reason …`.",
    "Copy the key's file there from the former server or a backup; if it is lost: `python -m survey key rotate --lost --reason …`.",
)  # fmt: skip
SIGNING_KEY_UNREGISTERED = kind(
    "SIGNING_KEY_UNREGISTERED", 503,
    "Ở {path} có khóa {fingerprint} mà hệ thống này chưa ghi nhận.", "At {path} lies the key {fingerprint}, which this deployment does not know.",
    "Nếu đó là khóa của xã: `python -m survey key adopt --reason …`; nếu không, chuyển tệp đi nơi khác, khóa mới sẽ được tạo.",
    "If it is the commune's: `python -m survey key adopt --reason …`; else move the file away, and a new key is made.",
)  # fmt: skip
SIGNING_KEY_FOREIGN = kind(
    "SIGNING_KEY_FOREIGN", 503,
    "Khóa ở {path} là {found}, còn hệ thống này niêm phong bằng {fingerprint}.",
    "The key at {path} is {found}, but this deployment seals with {fingerprint}.",
    "Đưa đúng tệp khóa về (có thể tệp này của máy khác); nếu muốn dùng khóa này từ nay: `python -m survey key adopt --reason …`.",
    "Put the right file there (this one may be another machine's); to use this key from now on: `python -m survey key adopt --reason …`.",
)  # fmt: skip
SIGNING_KEY_EXPOSED = kind(
    "SIGNING_KEY_EXPOSED", 503,
    "Tài khoản khác của máy đọc được khóa niêm phong {path} (quyền {mode}).",
    "Other accounts of the machine can read the sealing key {path} (mode {mode}).",
    "Nếu có thể đã lộ: `python -m survey key rotate --lost --reason …`; nếu không: `chmod 600` tệp này.",
    "If it may have been copied: `python -m survey key rotate --lost --reason …`; else `chmod 600` the file.",
)  # fmt: skip
SIGNING_KEY_UNUSABLE = kind(
    "SIGNING_KEY_UNUSABLE", 503,
    "Không đọc được khóa niêm phong {path} ({reason}).", "The sealing key {path} cannot be read ({reason}).",
    "Cần khóa riêng Ed25519 dạng OpenSSH, không mật khẩu, thuộc tài khoản chạy hệ thống.",
    "It must be a private Ed25519 key of OpenSSH without a passphrase, owned by the account that runs the deployment.",
)  # fmt: skip
SIGNING_KEY_RETIRED = kind(
    "SIGNING_KEY_RETIRED", 409,
    "Khóa {fingerprint} ở {path} đã hết hiệu lực.", "The key {fingerprint} at {path} is no longer valid.",
    "Đưa tệp khóa đang dùng về, hoặc tạo khóa mới: `python -m survey key rotate --lost --reason …`.",
    "Put the file of the key in use there, or make a new one: `python -m survey key rotate --lost --reason …`.",
)  # fmt: skip
SIGNING_KEY_NONE = kind(
    "SIGNING_KEY_NONE", 404,
    "Hệ thống chưa có khóa niêm phong.", "There is no sealing key yet.",
    "Khóa được tạo khi niêm phong lần đầu, hoặc bằng `python -m survey key show`.",
    "One is made when the first bundle is sealed, or by `python -m survey key show`.",
)  # fmt: skip
KEY_REASON_NEEDED = kind(
    "KEY_REASON_NEEDED", 422,
    "Cần ghi lý do đổi khóa (tối đa {most} ký tự).", "A reason for the change of keys is needed ({most} characters at most).",
    "Ghi vì sao và theo quyết định nào: `--reason …`.", "Say why, and by whose decision: `--reason …`.",
)  # fmt: skip
HEAD_NOT_TAKEN = kind(
    "HEAD_NOT_TAKEN", 502,
    "{address} không nhận mã cuối của nhật ký ({reason}).", "{address} did not take the head of the log ({reason}).",
    "Máy chủ tự thử lại sau một giờ; kiểm tra SURVEY_HEADS_POST nếu lặp lại.", "It is tried again in an hour; check SURVEY_HEADS_POST if it stays so.",
)  # fmt: skip
TIMESTAMP_FAILED = kind(
    "TIMESTAMP_FAILED", 502,
    "Chưa lấy được dấu thời gian từ {authority} ({reason}).", "No time-stamp could be fetched from {authority} ({reason}).",
    "Máy chủ tự thử lại sau một giờ; hồ sơ đã niêm phong vẫn dùng được.", "It is tried again in an hour; the sealed bundle is good without it.",
)  # fmt: skip
TIMESTAMP_NONE = kind(
    "TIMESTAMP_NONE", 404,
    "Hồ sơ này chưa có dấu thời gian.", "This bundle has no time-stamp yet.",
    "Thử lại sau; chỉ có khi người vận hành đặt SURVEY_TIMESTAMP_URL.", "Try again later; there is one only where the operator set SURVEY_TIMESTAMP_URL.",
)  # fmt: skip
