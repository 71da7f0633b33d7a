"""The commune's forms of the appraisal dossier, filled from the evidence and left to be edited: what stands in which table.

Layouts, as far as they are known (none was compared with the decision itself, and each form says so):
the list of documents and the *biểu chi tiết kết quả từng tiêu chí* belong to Thông tư 40/2014/TT-BNNPTNT (forms M2.1 to M5.1, lists in
Phụ lục II to V, whose columns were not found); the columns of *Biểu 10 (kèm Mẫu số 04)* are those of a public transcription that names no
decision. The procedure for 2026-2030 was not found.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from survey.bundle import words
from survey.bundle.cover import cover_of, editions_text, scope_text
from survey.domain.criteria import Criterion, Edition, Unit
from survey.domain.evidence import Evidence, Variant
from survey.domain.statements import Aspect
from survey.domain.verdicts import Basis, Verdict

DETAILS = (
    "TT", "Tiêu chí", "Nội dung (chỉ tiêu)", "Quy định", "Tình trạng con số", "Kết quả khảo sát", "Đã khảo sát / sổ bộ",
    "Đánh giá theo khảo sát", "Xã tự đánh giá", "Thẩm định", "Số bài nộp", "Ghi chú",
)  # fmt: skip
PERIODS = ("Đến 31/12 năm trước", "Thực hiện 6 tháng", "Kế hoạch 6 tháng cuối năm")
HALF_YEAR = ("TT", "Nội dung", "ĐVT", *(f"{period}: {column}" for period in PERIODS for column in ("Kết quả", "Đánh giá")), "Ghi chú")
DOCUMENTS_HEAD = ("TT", "Tài liệu", "Mẫu", "Có trong hồ sơ này", "Ghi chú")
DETAILS_NOTE = (
    "Biểu chi tiết kết quả từng tiêu chí, kèm báo cáo M3.1 của Thông tư 40/2014/TT-BNNPTNT. Các cột của phụ lục chưa được đối chiếu"
    " với văn bản: hãy sửa theo mẫu mà cơ quan thẩm định yêu cầu. Tự đánh giá và thẩm định là lời của xã và của hội đồng,"
    " tách khỏi số khảo sát."
)
HALF_YEAR_NOTE = (
    "Biểu 10 (kèm Mẫu số 04): kết quả thực hiện bộ tiêu chí quốc gia về nông thôn mới 6 tháng/năm (xã). Bố cục theo một bản ghi"
    " công khai không nêu tên văn bản, chưa xác minh. Cột “Thực hiện 6 tháng” mang kết quả"
    " đến ngày của hồ sơ này; hai kỳ còn lại do xã điền."
)
DOCUMENTS_NOTE = (
    "Thành phần hồ sơ của xã theo Thông tư 40/2014/TT-BNNPTNT ngày 13/11/2014 (đọc ở nguồn thứ cấp). Quy định về trình tự xét công nhận"
    " giai đoạn 2026–2030 chưa tìm thấy: hãy hỏi cơ quan thẩm định trước khi nộp."
)
_DOCUMENTS = (
    ("Tờ trình đề nghị thẩm tra, xét công nhận", "M2.1 (Phụ lục II)", "không", "xã lập"),
    ("Báo cáo kết quả thực hiện các tiêu chí", "M3.1 (Phụ lục III)", "không", "xã lập"),
    ("Biểu chi tiết kết quả từng tiêu chí, kèm báo cáo", "kèm M3.1", "có", "trong tệp này"),
    ("Báo cáo tổng hợp ý kiến của tổ chức, đoàn thể và nhân dân", "M4.1 (Phụ lục IV)", "không", "xã lập"),
    ("Biên bản họp", "M5.1 (Phụ lục V)", "không", "xã lập"),
    ("Hình ảnh minh họa kết quả", "", "có", "các thư mục ảnh và bao-cao/; có bắt buộc hay không: chưa xác minh"),
)

Row = tuple[object, ...]


@dataclass(frozen=True)
class Table:
    """One table: its *title* and *note*, the head of its columns, its rows. A cell is a text, a number or None."""

    title: str
    note: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Dossier:
    """Everything that stands in the forms; *marks* are said before all else (a demonstration, a part of the commune)."""

    title: str
    marks: tuple[str, ...]
    tables: tuple[Table, ...]


def read_dossier(evidence: Evidence) -> Dossier:
    """The forms of *evidence*: the list of documents, the details of each edition, and *Biểu 10* of those that judge communes."""
    documents = tuple((number, *row) for number, row in enumerate(_DOCUMENTS, 1))
    tables = [Table("Thành phần hồ sơ", DOCUMENTS_NOTE, DOCUMENTS_HEAD, documents)]
    for edition in evidence.editions:
        tables.append(Table(f"Chi tiết: {edition.title.vi}", DETAILS_NOTE, DETAILS, tuple(_details(evidence, edition))))
        if edition.unit is Unit.COMMUNE:
            tables.append(Table(f"Biểu 10: {edition.title.vi}", HALF_YEAR_NOTE, HALF_YEAR, tuple(_half_year(evidence, edition))))
    commune = evidence.commune
    marks = [f"Tính đến ngày {words.day(evidence.scope.as_of)}; mã cuối của nhật ký {evidence.head[0]} {evidence.head[1]}"]
    if commune.demonstration:
        marks.insert(0, "BẢN TRÌNH DIỄN: dữ liệu không có thật")
    if evidence.variant is Variant.PUBLIC:
        marks.append("Bản công khai: tên người được thay bằng vai trò và số")
    if cover_of(evidence).partial:
        marks.append(f"Chỉ một phần: {editions_text(evidence)}; {scope_text(evidence)}")
    return Dossier(f"Hồ sơ xét công nhận nông thôn mới, xã {commune.name}, {commune.province}", tuple(marks), tuple(tables))


def _judged(evidence: Evidence, edition: Edition) -> Iterator[tuple[Criterion, Verdict]]:
    """Each criterion with its verdict for the place that the bundle is about."""
    place = evidence.scope.hamlet
    said = {verdict.criterion: verdict for verdict in evidence.verdicts if verdict.edition == edition.id and verdict.hamlet == place}
    return ((criterion, said[criterion.code]) for criterion in edition.criteria if criterion.code in said)


def _details(evidence: Evidence, edition: Edition) -> Iterator[Row]:
    for criterion, verdict in _judged(evidence, edition):
        reasons = "; ".join(words.REASONS.get(reason, reason) for reason in verdict.reasons)
        said = [_said(evidence, verdict, aspect) for aspect in (Aspect.CLAIM, Aspect.APPRAISAL)]
        head = _number(criterion), criterion.title.vi
        bases: tuple[Basis | None, ...] = verdict.basis or (None,)
        for number, basis in enumerate(bases):
            first = number == 0
            lead = head if first else ("", "")
            tail = (words.OUTCOMES[verdict.outcome], *said) if first else ("", "", "")
            yield (*lead, *_measured(basis), *tail, basis and basis.submission_count, reasons if first else "")


def _number(criterion: Criterion) -> str:
    """The criterion's number on paper; empty for one that has none, such as *all criteria met*."""
    return criterion.code if criterion.code[:1].isdigit() else ""


def _measured(basis: Basis | None) -> Row:
    if basis is None:
        return "", "", "", "", ""
    status = words.STATUSES[basis.threshold.status] if basis.threshold else ""
    coverage = f"{basis.visited} / {basis.registered}" if basis.registered else ""
    return basis.title.vi, words.limit(basis.threshold), status, words.amount(basis.value, basis.unit), coverage


def _said(evidence: Evidence, verdict: Verdict, aspect: Aspect) -> str:
    found = (
        one for one in evidence.statements
        if (one.edition, one.criterion, one.hamlet, one.aspect) == (verdict.edition, verdict.criterion, verdict.hamlet, aspect)
    )  # fmt: skip
    statement = next(found, None)
    return words.stated(statement, evidence.people.get(statement.person, statement.person)) if statement else ""


def _half_year(evidence: Evidence, edition: Edition) -> Iterator[Row]:
    for criterion, verdict in _judged(evidence, edition):
        empty = ("", "")
        code = _number(criterion)
        yield (code, criterion.title.vi, "", *empty, "", words.OUTCOMES[verdict.outcome], *empty, "")
        for number, basis in enumerate(verdict.basis, 1):
            unit = "%" if basis.unit == "share" else words.unit(basis.unit)
            yield (f"{code}.{number}" if code else "", basis.title.vi, unit, *empty, words.amount(basis.value, basis.unit), "", *empty, "")
