"""What else is in the bundle, for the report's last section: found in the spool, explained where this release knows the file."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from survey.bundle.arrange import REPORT
from survey.bundle.foundations import ENTRIES, STATEMENTS
from survey.bundle.verify import LOG_PATH

_MEANINGS = {
    "ket-qua/ket-qua.csv": "kết luận theo tiêu chí và nơi, với căn cứ",
    "ket-qua/ket-qua.json": "như trên cho máy đọc, có danh sách bài nộp đứng sau từng con số",
    "ket-qua/bo-tieu-chi.json": "bộ tiêu chí đã áp dụng, với nguồn và tình trạng của từng con số",
    ENTRIES: "quy định do cán bộ nhập, với nguồn, người nhập và lý do",
    STATEMENTS: "xác nhận hiện trạng, tự đánh giá và thẩm định do người nhập, với văn bản kèm theo",
    "ket-qua/pham-vi.json": "phạm vi và mã cuối của nhật ký của hồ sơ",
    "ho-so/ho-so.xlsx": "mọi bảng trong một sổ tính: lọc được, in được, có ảnh nhỏ trong ô",
    "muc-luc.csv": "mục lục: từ tên từng tệp ảnh, bài nộp tới bản ghi, SHA-256 và dung lượng",
    "ho-so/doi-tuong.csv": "sổ bộ trong phạm vi (mẫu số của các tỷ lệ)",
    "ho-so/bai-nop.csv": "các bài nộp được tính; trả lời ở các tệp ho-so/phieu-….csv",
    "ho-so/anh.csv": "từng ảnh: bài nộp, câu hỏi, SHA-256, vị trí, thời điểm; cả ảnh còn thiếu",
    "ho-so/duyet.csv": "mọi quyết định duyệt đối với các bài nộp này",
    "ho-so/canh-bao.csv": "các cảnh báo đã nêu với người duyệt",
    "ho-so/khong-tinh.csv": "các bài nộp không được tính, theo trạng thái và lý do",
    "ho-so/doi-tuong.geojson": "sổ bộ trên bản đồ",
    "ho-so/bai-nop.geojson": "vị trí các bài nộp",
    "ho-so/anh.geojson": "vị trí các ảnh",
    "ho-so/ho-so.gpkg": "sổ bộ, bài nộp, ảnh, ranh giới xã cho phần mềm bản đồ (GeoPackage)",
    "ho-so/ho-so.kml": "thôn, đối tượng, ảnh cho Google Earth (KML)",
    LOG_PATH: "nhật ký, nối chuỗi bằng mã băm",
}
_KINDS = {
    ".csv": "bảng dữ liệu", ".xlsx": "bảng tính", ".docx": "văn bản để sửa", ".geojson": "bản đồ (GeoJSON)", ".kml": "bản đồ (KML)",
    ".gpkg": "bản đồ (GeoPackage)", ".json": "dữ liệu cho máy đọc", ".jsonl": "dữ liệu cho máy đọc", ".pdf": "bản in (PDF)",
}  # fmt: skip
_COUNTED = ("anh/", "anh-cong-khai/", "bai-nop/")  # folders that are named once, for all that is in them
_PRINTED = f"{REPORT}/in/"


@dataclass(frozen=True)
class Listed:
    """A file of the bundle below `data/`, with what it is."""

    path: str
    meaning: str


def listed(paths: Iterable[str]) -> Iterator[Listed]:
    """Each of *paths* that a reader may want to open by itself, known ones first and in our order; the report itself is left out."""
    order = {path: number for number, path in enumerate(_MEANINGS)}
    wanted = [path for path in dict.fromkeys(paths) if not path.startswith(_COUNTED) and _is_shown(path)]
    for path in sorted(wanted, key=lambda path: (order.get(path, len(order)), path)):
        yield Listed(path, _MEANINGS.get(path) or _KINDS.get(path[path.rfind(".") :], ""))


def _is_shown(path: str) -> bool:
    return path.startswith(_PRINTED) or not path.startswith(f"{REPORT}/")
