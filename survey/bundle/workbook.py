"""The workbook of a bundle: every table as a sheet that can be filtered, sorted, added up and printed, photos in their cells."""

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from survey.bundle import rows, words
from survey.bundle.answers import HEAD, FormTable, Question, form_tables
from survey.bundle.arrange import Arrangement
from survey.bundle.cells import LETTERS, LINKS, Book, Column, Kind, Link, Share
from survey.bundle.cover import editions_text, scope_text
from survey.bundle.index import INDEX, index_rows, question_labels
from survey.bundle.office import same_chunks
from survey.bundle.photo_sheets import FOLDER, INLINE, PhotoBook, photo_books, photo_sheet_rows
from survey.bundle.spool import Spool
from survey.domain.evidence import Evidence, Item, Photo

WORKBOOK = f"{FOLDER}/ho-so.xlsx"

_LOOKS: dict[str, tuple[int, Kind]] = {
    "Tệp": (40, Kind.LINK),
    "Tệp XML": (30, Kind.LINK),
    "Mã": (12, Kind.TEXT),
    "Loại": (16, Kind.TEXT),
    "Mã bài nộp": (12, Kind.TEXT),
    "Mã đối tượng": (12, Kind.TEXT),
    "Tên đối tượng": (24, Kind.TEXT),
    "Tên": (28, Kind.TEXT),
    "Lần": (6, Kind.WHOLE),
    "Lần lặp": (8, Kind.TEXT),
    "Chụp lúc (giờ Việt Nam)": (19, Kind.MOMENT),
    "Nhận lúc": (19, Kind.MOMENT),
    "Duyệt lúc": (19, Kind.MOMENT),
    "Chụp lúc (máy ảnh)": (19, Kind.MOMENT),
    "Vị trí lúc (giờ Việt Nam)": (19, Kind.MOMENT),
    "Lúc (giờ Việt Nam)": (19, Kind.MOMENT),
    "Đánh giá lúc": (19, Kind.MOMENT),
    "Tính đến ngày": (12, Kind.DAY),
    "Chụp sớm nhất": (12, Kind.DAY),
    "Chụp muộn nhất": (12, Kind.DAY),
    "Lý do": (28, Kind.TEXT),
    "Lý do đánh giá": (30, Kind.TEXT),
    "Nội dung cảnh báo": (48, Kind.TEXT),
    "Mức (1 ghi chú, 2 cần xem, 3 nhiều khả năng sai)": (16, Kind.WHOLE),
    "Độ phủ": (9, Kind.SHARE),
    "Nơi": (16, Kind.TEXT),
    "Kết luận": (14, Kind.TEXT),
    "Đơn vị": (10, Kind.TEXT),
    "Thôn": (18, Kind.TEXT),
    "Tiêu chí": (9, Kind.TEXT),
    "Tên tiêu chí": (26, Kind.TEXT),
    "Chỉ tiêu": (38, Kind.TEXT),
    "Quy định": (22, Kind.TEXT),
    "Tình trạng con số": (22, Kind.TEXT),
    "Nguồn": (22, Kind.TEXT),
    "Thuộc tính": (40, Kind.TEXT),
    "Sai số (m)": (10, Kind.NUMBER),
    "Dung lượng (byte)": (14, Kind.WHOLE),
    "Cách vị trí trong sổ bộ (m)": (14, Kind.NUMBER),
    "Đồng hồ máy nhanh hơn máy chủ (giây)": (16, Kind.NUMBER),
    **{f"{axis}{of}": (13, Kind.DEGREES) for axis in ("Vĩ độ", "Kinh độ") for of in ("", " (điện thoại)", " (EXIF)")},
    **dict.fromkeys(("Tử số", "Mẫu số", "Trong sổ bộ", "Đã khảo sát", "Đã rõ", "Không tính", "Chưa rõ"), (10, Kind.NUMBER)),
    **dict.fromkeys(("Giá trị", "Giá trị thấp nhất", "Giá trị cao nhất", "Khoảng tin cậy của mẫu: từ", "đến"), (11, Kind.NUMBER)),
    **dict.fromkeys(("Số bài nộp", "Ảnh còn thiếu"), (10, Kind.WHOLE)),
}
_FIGURES = ("Giá trị", "Giá trị thấp nhất", "Giá trị cao nhất", "Khoảng tin cậy của mẫu: từ", "đến", "Mức tin cậy")
# What is printed of the wide sheets, in this order: the rest, long marks for machines among it, stands to the right of the print area.
_PRINTED: dict[tuple[str, ...], tuple[str, ...]] = {
    rows.VERDICT: (
        "Tiêu chí", "Tên tiêu chí", "Nơi", "Kết luận", "Lý do", "Chỉ tiêu", "Giá trị", "Đơn vị", "Tử số", "Mẫu số", "Trong sổ bộ",
        "Đã khảo sát", "Độ phủ", "Quy định", "Tình trạng con số",
    ),
    rows.ITEM: (
        "Mã bài nộp", "Mã đối tượng", "Tên đối tượng", "Thôn", "Phiếu", "Chụp lúc (giờ Việt Nam)", "Người khảo sát", "Người duyệt",
        "Duyệt lúc", "Ảnh còn thiếu",
    ),
    rows.PHOTO: ("Tệp", "Mã bài nộp", "Mã đối tượng", "Thôn", "Câu hỏi", "Lần lặp", "Trạng thái", "Lý do", "Chụp lúc (máy ảnh)"),
    rows.FLAG: (
        "Mã bài nộp", "Mức (1 ghi chú, 2 cần xem, 3 nhiều khả năng sai)", "Nội dung cảnh báo", "Lúc (giờ Việt Nam)", "Đánh giá",
        "Lý do đánh giá", "Người đánh giá", "Đánh giá lúc",
    ),
    INDEX: (
        "Tệp", "Mã bài nộp", "Mã đối tượng", "Tên đối tượng", "Thôn", "Câu hỏi", "Chụp lúc (giờ Việt Nam)",
        "Cách vị trí trong sổ bộ (m)", "Người duyệt",
    ),
}  # fmt: skip


def add_workbook(spool: Spool, evidence: Evidence, arrangement: Arrangement) -> None:
    """Put the workbook into *spool*, and workbooks of photos by hamlet where one would be too large to open with ease."""
    with tempfile.TemporaryDirectory() as folder:
        books = photo_books(evidence, arrangement)
        path = Path(folder) / "ho-so.xlsx"
        with _open(path, evidence, "Hồ sơ minh chứng") as book:
            _fill(book, evidence, arrangement, Path(folder), books)
        _keep(spool, WORKBOOK, path)
        for one in books:
            with tempfile.TemporaryDirectory() as views:
                path = Path(views) / "ho-so-anh.xlsx"
                with _open(path, evidence, one.title) as book:
                    _pictures(book, evidence, arrangement, one.photos, Path(views), one.title)
                _keep(spool, one.path, path)


def _open(path: Path, evidence: Evidence, title: str) -> Book:
    about = f"Xã {evidence.commune.name}, {evidence.commune.province} – đến ngày {words.day(evidence.scope.as_of)}"
    mark = "TRÌNH DIỄN – " if evidence.commune.demonstration else ""
    return Book(path, title=f"{title} – {about}", about=f"{mark}{about}", on=evidence.scope.as_of)


def _keep(spool: Spool, name: str, path: Path) -> None:
    with path.open("rb") as file:
        spool.add(name, same_chunks(file))
    path.unlink()


def _fill(book: Book, evidence: Evidence, arrangement: Arrangement, folder: Path, books: Sequence[PhotoBook]) -> None:
    front = book.sheet("Giới thiệu")
    counts: dict[str, int] = {}
    counts["Kết luận"] = book.table("Kết luận", _columns(rows.VERDICT), _verdicts(rows.verdict_rows(evidence)))
    counts["Bài nộp"] = book.table("Bài nộp", _columns(rows.ITEM), _linked(rows.item_rows(evidence, arrangement), arrangement))
    for table in form_tables(evidence):
        counts[table.title] = book.table(table.title, _answer_columns(table), table.rows)
    counts["Ảnh"] = _photo_table(book, evidence, arrangement, folder, is_apart=bool(books))
    counts["Sổ bộ"] = book.table("Sổ bộ", _columns(rows.SITE), rows.site_rows(evidence))
    counts["Cảnh báo"] = book.table("Cảnh báo", _columns(rows.FLAG), rows.flag_rows(evidence))
    counts["Duyệt"] = book.table("Duyệt", _columns(rows.REVIEW), rows.review_rows(evidence))
    counts["Không tính"] = book.table("Không tính", _columns(rows.LEFT_OUT), rows.left_out_rows(evidence))
    counts["Mục lục tệp"] = book.table("Mục lục tệp", _columns(INDEX), _linked(index_rows(evidence, arrangement), arrangement))
    book.front(front, _front_lines(evidence, counts, books, book.cut))


def _photo_table(book: Book, evidence: Evidence, arrangement: Arrangement, folder: Path, *, is_apart: bool) -> int:
    if is_apart:
        shown = _asked(evidence, rows.photo_rows(evidence, arrangement))
        return book.table("Ảnh", _columns(rows.PHOTO), _linked(shown, arrangement))
    return _pictures(book, evidence, arrangement, rows.photos_of(evidence), folder)


def _pictures(
    book: Book, evidence: Evidence, arrangement: Arrangement, photos: Iterable[tuple[Item, Photo]], folder: Path, title: str = "Ảnh"
) -> int:
    shown = _asked(evidence, photo_sheet_rows(evidence, arrangement, photos, folder))
    return book.table(title, [Column("picture", "Ảnh", kind=Kind.PICTURE), *_columns(rows.PHOTO)], _linked(shown, arrangement))


def _columns(titles: tuple[str, ...]) -> list[Column]:
    printed = _PRINTED.get(titles, titles)
    ordered = (*printed, *(title for title in titles if title not in printed))
    return [Column(title, title, *_LOOKS.get(title, (18, Kind.TEXT)), printed=title in printed) for title in ordered]


def _answer_columns(table: FormTable) -> list[Column]:
    labels = [question.label for question in table.asked.values()]
    answers = [
        Column(key, table.asked[path].label if labels.count(table.asked[path].label) == 1 else key, 22, _answer_kind(table.asked[path]))
        for path, key in table.columns.items()
        if table.asked[path].type != "image"  # the sheet of photos has them
    ]
    return [*_columns(HEAD), *answers]


def _answer_kind(question: Question) -> Kind:
    return {"date": Kind.DAY, "dateTime": Kind.MOMENT, "datetime": Kind.MOMENT, "start": Kind.MOMENT, "end": Kind.MOMENT}.get(
        question.type, Kind.NUMBER if question.type in {"integer", "decimal", "range"} else Kind.TEXT
    )


def _asked(evidence: Evidence, table: Iterable[rows.Row]) -> Iterator[rows.Row]:
    # In the question's own words, where its form has some.
    labels = question_labels(evidence)
    of = {item.code: labels.get((item.form, item.form_version), {}) for item in evidence.items}
    return ({**row, "Câu hỏi": of[str(row["Mã bài nộp"])].get(str(row["Câu hỏi"]), row["Câu hỏi"])} for row in table)


def _linked(table: Iterable[rows.Row], arrangement: Arrangement) -> Iterator[rows.Row]:
    for row in table:
        paths = {key: str(row[key]) for key in ("Tệp", "Tệp XML") if row.get(key)}
        yield {**row, **{key: Link(arrangement.way(path, base=FOLDER), path) for key, path in paths.items()}}


def _verdicts(table: Iterable[rows.Row]) -> Iterator[rows.Row]:
    for row in table:
        registered, visited = row.get("Trong sổ bộ"), row.get("Đã khảo sát")
        figures = {key: Share(value) for key in _FIGURES if isinstance(value := row.get(key), int | float)}
        shares = {**figures, "Đơn vị": "tỷ lệ"} if row.get("Đơn vị") == "share" else {}
        is_known = isinstance(registered, int) and isinstance(visited, int) and registered > 0
        yield {**row, **shares, "Độ phủ": Share(int(str(visited)) / int(str(registered))) if is_known else None}


def _front_lines(
    evidence: Evidence, counts: Mapping[str, int], books: Sequence[PhotoBook], cut: Mapping[str, int]
) -> Iterator[tuple[str, object]]:
    commune = evidence.commune
    yield "Xã", f"{commune.name}, {commune.province} (mã {commune.code})"
    if commune.demonstration:
        yield "Lưu ý", "BẢN TRÌNH DIỄN: số liệu dựng để thử, không phải số liệu thật."
    yield "Bộ tiêu chí", editions_text(evidence)
    yield "Phạm vi", scope_text(evidence)
    yield "Mã cuối của nhật ký", f"{evidence.head[0]} {evidence.head[1]}"
    yield "Giờ", "Giờ Việt Nam (UTC+7). Tọa độ WGS 84."
    yield from ((title, count) for title, count in counts.items())
    if books:
        yield "Ảnh trong ô", f"Có {sum(len(one.photos) for one in books)} ảnh, quá {INLINE}: ảnh nhỏ nằm ở các tệp riêng theo thôn:"
        yield from ((one.title, Link(Path(one.path).name, Path(one.path).name)) for one in books)
    if cut.get("texts"):
        yield "Văn bản dài", f"{cut['texts']} ô dài hơn {LETTERS} ký tự mà Excel chứa được, đã cắt; đọc đủ ở tệp CSV."
    if cut.get("links"):
        yield "Liên kết", f"{cut['links']} ô chỉ ghi đường dẫn: Excel chỉ nhận {LINKS} liên kết mỗi trang tính."
