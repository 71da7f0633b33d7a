"""What can be wrong with a bundle that was handed over, said in both languages."""

from collections import Counter
from dataclasses import dataclass

_MEANINGS: dict[str, tuple[str, str]] = {
    # the zip as a container
    "UNREADABLE": ("Không mở được tệp.", "The file cannot be opened."),
    "NOT_A_ZIP": ("Tệp không phải là ZIP, hoặc bị cắt cụt.", "The file is not a zip, or was cut short."),
    "TOO_MANY_MEMBERS": ("ZIP chứa quá nhiều tệp.", "The zip holds too many files."),
    "TOO_LARGE": ("ZIP bung ra quá lớn so với kích thước của nó.", "The zip would unpack to far more than its own size."),
    "RATIO": ("Tệp bị nén bất thường (có thể là bom nén).", "The file is compressed beyond reason (a zip bomb)."),
    "HEADERS_DIFFER": (
        "ZIP tự mâu thuẫn: các phần mềm giải nén có thể cho ra nội dung khác nhau.",
        "The zip contradicts itself: unpackers may give different contents.",
    ),
    "OVERLAP": ("Nội dung tệp nằm chồng lên tệp khác trong ZIP.", "The file's bytes lie over those of another in the zip."),
    "EXTRA_BYTES": ("Trong ZIP có dữ liệu không thuộc tệp nào.", "The zip holds bytes that belong to no file."),
    "NAME_UNSAFE": (
        "Tên tệp trỏ ra ngoài thư mục, có ký tự cấm hoặc là tên Windows giữ riêng.",
        "The name points outside the folder, has forbidden characters, or is one that Windows keeps for itself.",
    ),
    "NAME_TOO_LONG": ("Tên tệp quá dài, nhiều máy không giải nén được.", "The name is too long to unpack on many computers."),
    "DUPLICATE": ("Có hai tệp cùng tên, hoặc chỉ khác chữ hoa, chữ thường.", "Two files have the same name, or differ in capitals only."),
    "NOT_A_FILE": ("Mục này là liên kết hoặc thiết bị, không phải tệp.", "The entry is a link or a device, not a file."),
    "ENCRYPTED": ("Tệp bị mã hóa.", "The file is encrypted."),
    "METHOD": ("Kiểu nén không được hỗ trợ.", "The compression method is not supported."),
    "DAMAGED": ("Không đọc được nội dung, tệp đã hỏng.", "The content cannot be read: it is damaged."),
    # the bag (RFC 8493)
    "NOT_ONE_BAG": ("ZIP phải chứa đúng một thư mục hồ sơ.", "The zip must hold exactly one bag folder."),
    "BAGIT_TXT": ("bagit.txt thiếu hoặc không phải BagIt 1.0, UTF-8.", "bagit.txt is missing or does not say BagIt 1.0, UTF-8."),
    "MANIFEST_MISSING": ("Thiếu danh mục mã kiểm tra.", "The manifest is missing."),
    "MANIFEST_LINE": ("Danh mục có dòng không đọc được.", "The manifest has a line that cannot be read."),
    "MANIFEST_TOO_LONG": ("Danh mục quá dài, chỉ đọc phần đầu.", "The manifest is too long; only its beginning was read."),
    "MISSING": ("Tệp có trong danh mục nhưng không có trong hồ sơ.", "The manifest lists this file, but it is not in the bundle."),
    "ADDED": ("Tệp không có trong danh mục: được thêm vào sau.", "The manifest does not list this file: it was added."),
    "CHANGED": ("Nội dung tệp đã bị thay đổi.", "The file's content was changed."),
    "SWAPPED": ("Nội dung tệp này và tệp kia đã bị đổi cho nhau.", "The contents of this file and the other one were exchanged."),
    "MISPLACED": ("Tệp này mang nội dung của tệp kia.", "This file carries the content of the other one."),
    "MOVED": ("Tệp đã bị đổi tên hoặc chuyển chỗ thành tệp kia.", "The file was renamed or moved to the other name."),
    "OXUM": ("Tổng dung lượng hoặc số tệp khác với khai báo.", "Total size or number of files differs from what is declared."),
    "MORE_FAULTS": ("Còn chừng này lỗi nữa, không liệt kê hết.", "So many more faults, not listed one by one."),
    # the seal
    "SIGNATURE_MISSING": (
        "Thiếu chữ ký: không biết ai lập hồ sơ này.", "The signature is missing: nobody knows who made this bundle.",
    ),
    "SIGNATURE_DAMAGED": ("Không đọc được chữ ký.", "The signature cannot be read."),
    "SIGNATURE_WRONG": (
        "Chữ ký không khớp với danh mục: danh mục đã bị làm lại sau khi ký.",
        "The signature is not over these manifests: they were made anew after signing.",
    ),
    "SIGNATURE_OTHER_USE": (
        "Chữ ký được lập cho mục đích khác, không phải cho hồ sơ minh chứng.",
        "The signature was made for another purpose, not for a bundle.",
    ),
    "SIGNER_WRONG": (
        "Hồ sơ được ký bằng khóa khác, không phải khóa của xã mà bạn đã biết.",
        "The bundle is signed with another key, not with the commune's that you know.",
    ),
    # several bags
    "GROUP_OTHER": ("Phần này không thuộc cùng hồ sơ với các phần kia.", "This part does not belong to the same bundle as the others."),
    "GROUP_MISSING": ("Thiếu phần này của hồ sơ.", "This part of the bundle is missing."),
    "GROUP_TWICE": ("Phần này được đưa vào hai lần.", "This part was given twice."),
    # the log
    "LOG_MISSING": ("Hồ sơ không có nhật ký.", "The bundle carries no log."),
    "LOG_LINE": ("Dòng nhật ký không đọc được.", "The log line cannot be read."),
    "LOG_GAP": ("Nhật ký thiếu hoặc thừa dòng ở đây.", "The log lacks a line here, or has one too many."),
    "LOG_EDITED": ("Dòng nhật ký đã bị sửa.", "The log line was edited."),
    "LOG_CHAIN": ("Dòng nhật ký không nối với dòng trước.", "The log line does not follow from the one before."),
    "NOT_RECEIVED": ("Nhật ký không ghi đã nhận tệp này.", "The log does not say that this file was ever received."),
    "LOG_HEAD": ("Dòng cuối nhật ký khác với mã đã ghi trong bag-info.txt.", "The log does not end at the head that the bundle declares."),
    "LOG_REWRITTEN": (
        "Nhật ký đã bị viết lại: dòng này khác với mã bạn đã biết.",
        "The log was rewritten: this line is not the head that you know.",
    ),
    "LOG_OLDER": (
        "Nhật ký kết thúc trước mã bạn đã biết: hồ sơ lập trước đó, hoặc nhật ký đã bị cắt.",
        "The log does not reach the head that you know: the bundle is older, or the log was cut.",
    ),
    "LOG_WITHOUT_HEAD": (
        "Nhật ký không có mã bạn đã biết: hồ sơ lập trước đó, hoặc nhật ký đã bị viết lại.",
        "The log does not hold the head that you know: the bundle is older, or the log was rewritten.",
    ),
    # the description in RO-Crate
    "CRATE_UNREADABLE": ("Không đọc được bản mô tả RO-Crate.", "The RO-Crate description cannot be read."),
    "CRATE_ABSENT": ("Bản mô tả RO-Crate nêu tệp không có trong hồ sơ.", "The RO-Crate description names a file that is not here."),
    "CRATE_LACKS": ("Bản mô tả RO-Crate không nêu tệp này.", "The RO-Crate description does not name this file."),
    # no fault by itself: what the reader should know (notices)
    "SIGNER_UNKNOWN": (
        "Chữ ký đúng, nhưng chưa so khóa: hãy so dấu vân tay này với bản in mà xã đã đưa.",
        "The signature is right, but its key was not compared: compare this fingerprint with the paper that the commune handed over.",
    ),
    "ONE_OF_SEVERAL": (
        "Đây chỉ là một phần của hồ sơ: hãy kiểm tra tất cả các phần cùng lúc.",
        "This is one part of a bundle: check all of its parts together.",
    ),
}

NOTICES = frozenset({"SIGNER_UNKNOWN", "ONE_OF_SEVERAL"})
CODES = tuple(_MEANINGS)


@dataclass(frozen=True)
class Fault:
    """One thing wrong, or to be known (`NOTICES`): a *code*, the *path* inside the bundle, and its meaning.

    The path has a line number where the file has lines; *other* is the second path where two are concerned.
    """

    code: str
    path: str
    other: str = ""

    @property
    def vi(self) -> str:
        """The meaning in Vietnamese."""
        return _MEANINGS[self.code][0]

    @property
    def en(self) -> str:
        """The meaning in English."""
        return _MEANINGS[self.code][1]

    @property
    def place(self) -> str:
        """The path, and the other one where two are concerned."""
        return f"{self.path} ↔ {self.other}" if self.other else self.path

    def as_json(self) -> dict[str, str]:
        """The fault as the command prints it with `--json`."""
        other = {"other": self.other} if self.other else {}
        return {"code": self.code, "path": self.path, **other, "vi": self.vi, "en": self.en}


class Found:
    """Gathers faults, of each code at most so many as a person might read; the rest is counted."""

    _MOST = 200

    def __init__(self) -> None:
        self._named: list[Fault] = []
        self._often: Counter[str] = Counter()

    def add(self, fault: Fault) -> None:
        """Keep *fault*, or count it where its code has been named often enough."""
        self._often[fault.code] += 1
        if self._often[fault.code] <= self._MOST:
            self._named.append(fault)

    def has(self, code: str) -> bool:
        """Whether a fault with this *code* was found."""
        return self._often[code] > 0

    def all(self) -> tuple[Fault, ...]:
        """What was found; where it was too much, a last fault says how many more there are."""
        more = self._often.total() - len(self._named)
        return (*self._named, *([Fault("MORE_FAULTS", str(more))] if more else ()))
