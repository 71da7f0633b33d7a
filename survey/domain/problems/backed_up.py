"""Problems with backups, and with putting one back."""

from survey.domain.problems.problem import kind

BACKUP_EXISTS = kind(
    "BACKUP_EXISTS", 409,
    "Đã có tệp {name}; bản sao lưu không bao giờ bị ghi đè.", "{name} is there already; a backup is never written over.",
    "Đặt tên khác, ví dụ có ngày tháng.", "Give another name, with the date for example.",
)  # fmt: skip
BACKUP_RUNNING = kind(
    "BACKUP_RUNNING", 409,
    "Đang có một lần sao lưu khác ghi vào {name}.", "Another backup is writing {name}.",
    "Chờ lần đó xong, hoặc đặt tên khác.", "Wait until it has ended, or give another name.",
)  # fmt: skip
BACKUP_NO_SPACE = kind(
    "BACKUP_NO_SPACE", 507,
    "Cần khoảng {needed_mb} MB ở {path} nhưng chỉ còn {free_mb} MB.", "About {needed_mb} MB are needed at {path}, and {free_mb} MB are free.",
    "Giải phóng dung lượng hoặc chọn ổ đĩa khác.", "Free some space, or choose another disk.",
)  # fmt: skip
BACKUP_KEYS_BARE = kind(
    "BACKUP_KEYS_BARE", 422,
    "Khóa chỉ được đưa vào bản sao lưu có mã hóa.", "Keys go into an encrypted backup only.",
    "Thêm `--recipient age1…` hoặc đặt SURVEY_BACKUP_RECIPIENT.", "Add `--recipient age1…`, or set SURVEY_BACKUP_RECIPIENT.",
)  # fmt: skip
BACKUP_RECIPIENT = kind(
    "BACKUP_RECIPIENT", 422,
    "`{value}` không phải khóa công khai age.", "`{value}` is no public key of age.",
    "Khóa bắt đầu bằng `age1`; tạo bằng `age-keygen`.", "It begins with `age1`; `age-keygen` makes one.",
)  # fmt: skip
BACKUP_LOCKED = kind(
    "BACKUP_LOCKED", 422,
    "Không mở được bản sao lưu đã mã hóa {name} ({reason}).", "The encrypted backup {name} cannot be opened ({reason}).",
    "Dùng `--identity TỆP` với đúng khóa riêng age (và `--passphrase-file` nếu tệp khóa có mật khẩu).",
    "Give `--identity FILE` with the right private key of age (and `--passphrase-file` where that file has a passphrase).",
)  # fmt: skip
BACKUP_DAMAGED = kind(
    "BACKUP_DAMAGED", 422,
    "Bản sao lưu {name} không nguyên vẹn: {found}.", "The backup {name} is not whole: {found}.",
    "Không có gì được khôi phục; hãy dùng một bản sao lưu khác.", "Nothing of it was restored; take another backup.",
)  # fmt: skip
BACKUP_NEWER = kind(
    "BACKUP_NEWER", 409,
    "Bản sao lưu do phiên bản mới hơn tạo ra ({found}).", "A newer version of this software made the backup ({found}).",
    "Cập nhật phần mềm rồi khôi phục lại.", "Update the software, then restore again.",
)  # fmt: skip
BACKUP_INCOMPLETE = kind(
    "BACKUP_INCOMPLETE", 500,
    "Đã sao lưu vào {name}, nhưng {count} tệp có trong dữ liệu bị mất hoặc hỏng trên đĩa.",
    "{name} is written, but {count} files that rows name are missing or damaged in the store.",
    "Chạy `check-store` để biết tên; lấy lại các tệp đó từ bản sao lưu cũ hơn.", "`check-store` names them; fetch them from an older backup.",
)  # fmt: skip
RESTORE_NOT_EMPTY = kind(
    "RESTORE_NOT_EMPTY", 409,
    "Nơi khôi phục không trống: {found}.", "The place to restore into is not empty: {found}.",
    "Chỉ khôi phục vào thư mục dữ liệu, cơ sở dữ liệu và kho tệp còn trống.", "Restore into an empty data folder, database and byte store only.",
)  # fmt: skip
RESTORE_UNFINISHED = kind(
    "RESTORE_UNFINISHED", 503,
    "Việc khôi phục vào {path} chưa xong.", "Restoring into {path} has not come to its end.",
    "Chạy lại cùng lệnh `restore`, hoặc xóa thư mục này rồi làm lại từ đầu.", "Run the same `restore` again, or remove the folder and begin anew.",
)  # fmt: skip
ERASED_LIST_UNUSABLE = kind(
    "ERASED_LIST_UNUSABLE", 422,
    "Dòng {line} của {name} không phải là một lần xóa.", "Line {line} of {name} is not an erasure.",
    "Dùng tệp do `python -m survey erasures` in ra.", "Use what `python -m survey erasures` printed.",
)  # fmt: skip
