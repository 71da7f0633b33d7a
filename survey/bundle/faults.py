"""What can be wrong with a bundle that was handed over, said in both languages."""

from dataclasses import dataclass

_MEANINGS: dict[str, tuple[str, str]] = {
    # the zip as a container
    "UNREADABLE": ("Không mở được tệp.", "The file cannot be opened."),
    "NOT_A_ZIP": ("Tệp không phải là ZIP, hoặc bị cắt cụt.", "The file is not a zip, or was cut short."),
    "TOO_MANY_MEMBERS": ("ZIP chứa quá nhiều tệp.", "The zip holds too many files."),
    "TOO_LARGE": ("ZIP bung ra quá lớn so với kích thước của nó.", "The zip would unpack to far more than its own size."),
    "RATIO": ("Tệp bị nén bất thường (có thể là bom nén).", "The file is compressed beyond reason (a zip bomb)."),
    "NAME_UNSAFE": ("Tên tệp trỏ ra ngoài thư mục hoặc có ký tự cấm.", "The name points outside the folder or has forbidden characters."),
    "NAME_TOO_LONG": ("Tên tệp quá dài, nhiều máy không giải nén được.", "The name is too long to unpack on many computers."),
    "DUPLICATE": ("Có hai tệp cùng tên.", "Two files have the same name."),
    "NOT_A_FILE": ("Mục này là liên kết hoặc thiết bị, không phải tệp.", "The entry is a link or a device, not a file."),
    "ENCRYPTED": ("Tệp bị mã hóa.", "The file is encrypted."),
    "METHOD": ("Kiểu nén không được hỗ trợ.", "The compression method is not supported."),
    "DAMAGED": ("Không đọc được nội dung, tệp đã hỏng.", "The content cannot be read: it is damaged."),
    # the bag (RFC 8493)
    "NOT_ONE_BAG": ("ZIP phải chứa đúng một thư mục hồ sơ.", "The zip must hold exactly one bag folder."),
    "BAGIT_TXT": ("bagit.txt thiếu hoặc không phải BagIt 1.0, UTF-8.", "bagit.txt is missing or does not say BagIt 1.0, UTF-8."),
    "MANIFEST_MISSING": ("Thiếu danh mục mã kiểm tra.", "The manifest is missing."),
    "MANIFEST_LINE": ("Danh mục có dòng không đọc được.", "The manifest has a line that cannot be read."),
    "MISSING": ("Tệp có trong danh mục nhưng không có trong hồ sơ.", "The manifest lists this file, but it is not in the bundle."),
    "ADDED": ("Tệp không có trong danh mục: được thêm vào sau.", "The manifest does not list this file: it was added."),
    "CHANGED": ("Nội dung tệp đã bị thay đổi.", "The file's content was changed."),
    "OXUM": ("Tổng dung lượng hoặc số tệp khác với khai báo.", "Total size or number of files differs from what is declared."),
    # the log
    "LOG_MISSING": ("Hồ sơ không có nhật ký.", "The bundle carries no log."),
    "LOG_LINE": ("Dòng nhật ký không đọc được.", "The log line cannot be read."),
    "LOG_GAP": ("Nhật ký thiếu hoặc thừa dòng ở đây.", "The log lacks a line here, or has one too many."),
    "LOG_EDITED": ("Dòng nhật ký đã bị sửa.", "The log line was edited."),
    "LOG_CHAIN": ("Dòng nhật ký không nối với dòng trước.", "The log line does not follow from the one before."),
    "NOT_RECEIVED": ("Nhật ký không ghi đã nhận tệp này.", "The log does not say that this file was ever received."),
    "LOG_HEAD": ("Dòng cuối nhật ký khác với đầu chuỗi đã ghi.", "The log does not end at the head that the bundle declares."),
}


CODES = tuple(_MEANINGS)


@dataclass(frozen=True)
class Fault:
    """One thing wrong: a *code*, the *path* inside the bundle (with a line number where it has lines), and its meaning."""

    code: str
    path: str

    @property
    def vi(self) -> str:
        """The meaning in Vietnamese."""
        return _MEANINGS[self.code][0]

    @property
    def en(self) -> str:
        """The meaning in English."""
        return _MEANINGS[self.code][1]

    def as_json(self) -> dict[str, str]:
        """The fault as the command prints it with `--json`."""
        return {"code": self.code, "path": self.path, "vi": self.vi, "en": self.en}
