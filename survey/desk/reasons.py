"""Why a file that was brought to the desk is not taken, in both languages; the codes of photos' own refusals are among them."""

from dataclasses import dataclass

from survey.domain.photos import REFUSALS, RefusalText

REASONS: dict[str, RefusalText] = {
    **REFUSALS,
    "name_unsafe": RefusalText(
        "Tên tệp trong gói trỏ ra ngoài gói; tệp không được đọc.", "Its name in the archive points outside of it; it was not read."
    ),
    "name_too_long": RefusalText("Tên tệp trong gói quá dài.", "Its name in the archive is too long."),
    "name_missing": RefusalText("Tệp không có tên.", "The file has no name."),
    "name_twice": RefusalText(
        "Gói có hai tệp cùng tên; chỉ nhận tệp đầu.", "The archive has two files of this name; only the first was taken."
    ),
    "link": RefusalText("Đây là liên kết, không phải tệp.", "It is a link, not a file."),
    "encrypted": RefusalText("Tệp có mật khẩu; hãy nén lại không đặt mật khẩu.", "It has a password; pack it again without one."),
    "archive_inside": RefusalText("Đây là một gói nén trong gói; hãy giải nén rồi gửi riêng.", "It is an archive within the archive."),
    "packed_oddly": RefusalText(
        "Tệp được nén theo cách không được đọc; hãy nén lại bằng ZIP thường.", "It is packed in a way that is not read; use plain ZIP."
    ),
    "bomb": RefusalText("Tệp bung ra lớn bất thường; không được đọc.", "It unpacks to far more than it should; it was not read."),
    "too_large": RefusalText("Tệp lớn hơn 25 MB.", "The file is larger than 25 MB."),
    "too_many": RefusalText("Gói có quá nhiều tệp; hãy chia nhỏ.", "The archive has too many files; divide it."),
    "too_much": RefusalText("Gói bung ra quá lớn; hãy chia nhỏ.", "The archive unpacks to too much; divide it."),
    "damaged": RefusalText("Tệp bị hỏng trong gói nén.", "It is damaged within the archive."),
    "desk_full": RefusalText(
        "Bạn đã có quá nhiều ảnh đang chờ; hãy nhập hoặc bỏ bớt trước.", "Too many of your photos wait already; import or remove some."
    ),
}


@dataclass(frozen=True)
class Refusal:
    """A file that was not taken: its name as a label, and the code of `REASONS`."""

    name: str
    reason: str

    def sentence(self, locale: str) -> str:
        """Why, in *locale* (`vi` or `en`)."""
        text = REASONS.get(self.reason, REASONS["unreadable"])
        return text.en if locale == "en" else text.vi
