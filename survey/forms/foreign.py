"""What a form asks for and our renderer cannot do, in plain words: ODK Collect can, and people are told before they begin."""

from dataclasses import dataclass

_TYPES = {
    "geotrace": ("vẽ một tuyến trên bản đồ", "a line drawn on a map"),
    "geoshape": ("vẽ một vùng trên bản đồ", "an area drawn on a map"),
    "start-geotrace": ("ghi lại đường đi", "a track of the way"),
    "barcode": ("quét mã vạch", "a barcode to scan"),
    "audio": ("ghi âm", "a sound recording"),
    "background-audio": ("ghi âm suốt buổi", "a sound recording of the whole visit"),
    "video": ("quay video", "a video"),
    "file": ("đính kèm tệp", "a file to attach"),
    "rank": ("xếp thứ tự các lựa chọn", "choices to put in order"),
    "drawing": ("vẽ hoặc ký tên trên màn hình", "a drawing or signature on the screen"),
    "list": ("danh sách nằm trong một tệp riêng", "a list that is kept in a separate file"),
    "columns": ("danh sách thiếu cột cần dùng", "a list without the columns it needs"),
}


@dataclass(frozen=True)
class Remark:
    """One thing that whoever loads a form should know: at which *row* of which *sheet*, in both languages."""

    vi: str
    en: str
    sheet: str = "survey"
    row: int | None = None

    def say(self, language: str) -> str:
        """The remark with its place, in *language* (`vi`, else English)."""
        if language == "vi":
            return f"{self.sheet}, dòng {self.row}: {self.vi}" if self.row else self.vi
        return f"{self.sheet}, row {self.row}: {self.en}" if self.row else self.en


def foreign_type(kind: str) -> tuple[str, str]:
    """What question type *kind* asks for, in Vietnamese and English."""
    return _TYPES.get(kind, (f"kiểu câu hỏi {kind}", f"question type {kind}"))


def foreign_logic(column: str, detail: str) -> tuple[str, str]:
    """That the expression in *column* uses *detail*, in Vietnamese and English."""
    return f"cột {column} dùng {detail}", f"its {column} uses {detail}"
