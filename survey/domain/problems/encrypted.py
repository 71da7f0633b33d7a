"""Problems with the encryption of stored bytes, and with its key."""

from survey.domain.problems.problem import kind

BLOB_KEY_UNUSABLE = kind(
    "BLOB_KEY_UNUSABLE", 503,
    "Không dùng được khóa của kho tệp ở {path} ({reason}).", "The key of the byte store at {path} cannot be used ({reason}).",
    "Cần một tệp có dòng `AGE-SECRET-KEY-1…`, quyền 600, thuộc tài khoản chạy hệ thống; chép lại từ nơi cất khóa. Tạo khóa mới: "
    "`python -m survey blob-key make TỆP`.",
    "It must be a file with a line `AGE-SECRET-KEY-1…`, mode 600, of the account that runs the deployment; fetch it from where it is kept. "
    "A new one: `python -m survey blob-key make FILE`.",
)  # fmt: skip
BLOB_KEY_EXPOSED = kind(
    "BLOB_KEY_EXPOSED", 503,
    "Tài khoản khác của máy đọc được khóa của kho tệp {path} (quyền {mode}).",
    "Other accounts of the machine can read the key of the byte store {path} (mode {mode}).",
    "`chmod 600` tệp này; nếu khóa có thể đã lộ, đổi khóa bằng `encrypt-store --to`.",
    "`chmod 600` the file; if it may have been copied, change the key with `encrypt-store --to`.",
)  # fmt: skip
BLOB_KEY_EXISTS = kind(
    "BLOB_KEY_EXISTS", 409,
    "Đã có tệp {path}; khóa không bao giờ bị ghi đè.", "{path} is there already; a key is never written over.",
    "Đặt tên khác.", "Give another name.",
)  # fmt: skip
BLOB_KEY_NEEDED = kind(
    "BLOB_KEY_NEEDED", 503,
    "Kho tệp đã mã hóa cho {recipient} nhưng không có khóa riêng của khóa này.",
    "The byte store is encrypted for {recipient}, and its private key is not here.",
    "Đặt SURVEY_BLOB_KEY tới tệp khóa đó. Mất khóa là mất tệp: khi đó chỉ còn cách khôi phục từ bản sao lưu.",
    "Set SURVEY_BLOB_KEY to that key's file. Without it the files are lost, and only a backup brings them back.",
)  # fmt: skip
BLOB_LOCKED = kind(
    "BLOB_LOCKED", 503,
    "Tệp lưu {sha256} đã mã hóa bằng khóa khác.", "The stored file {sha256} is encrypted for another key.",
    "Thêm khóa đó vào tệp của SURVEY_BLOB_KEY rồi khởi động lại.", "Add that key to the file of SURVEY_BLOB_KEY and start again.",
)  # fmt: skip
STORE_NOT_ENCRYPTED = kind(
    "STORE_NOT_ENCRYPTED", 409,
    "Chưa có khóa cho kho tệp.", "No key of the byte store is set.",
    "Tạo khóa bằng `python -m survey blob-key make TỆP`, đặt SURVEY_BLOB_KEY, khởi động lại, rồi chạy lại lệnh này.",
    "Make one with `python -m survey blob-key make FILE`, set SURVEY_BLOB_KEY, start again, then run this again.",
)  # fmt: skip
REWRITE_UNFINISHED = kind(
    "REWRITE_UNFINISHED", 500,
    "{count} tệp chưa ghi lại được vì bị hỏng hoặc thiếu khóa; các tệp còn lại đã xong.",
    "{count} files could not be rewritten, being damaged or under a key that is not here; all others are done.",
    "Các tệp đó được giữ nguyên; xem tên ở trên, lấy lại từ bản sao lưu rồi chạy lại.",
    "They were left as they are and are named above; fetch them from a backup and run this again.",
)  # fmt: skip
BACKUP_BARE_OF_ENCRYPTED = kind(
    "BACKUP_BARE_OF_ENCRYPTED", 422,
    "Kho tệp được mã hóa, còn bản sao lưu này thì không.", "The byte store is encrypted, and this backup would not be.",
    "Thêm `--recipient age1…` (hoặc SURVEY_BACKUP_RECIPIENT); nếu thật sự muốn: `--unencrypted`.",
    "Add `--recipient age1…` (or set SURVEY_BACKUP_RECIPIENT); if you do mean it: `--unencrypted`.",
)  # fmt: skip
