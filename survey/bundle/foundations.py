"""The bundle's tables of what verdicts rest on beside the survey: rules that officers entered, and what people stated.

A paper that was attached is named with its hash; the paper itself stays with the commune.
"""

from collections.abc import Iterator, Mapping

from survey.bundle import words
from survey.bundle.spool import Spool
from survey.bundle.tables import csv_chunks
from survey.domain.canonical import dumps
from survey.domain.evidence import Evidence

ENTRIES, STATEMENTS = "ket-qua/quy-dinh-da-nhap.csv", "ket-qua/xac-nhan.csv"

_ENTRY = (
    "Bộ tiêu chí", "Số", "Nội dung về", "Tiêu chí", "Chỉ tiêu", "Nội dung", "Nguồn", "Địa chỉ", "Lý do", "Người nhập",
    "Nhập lúc (giờ Việt Nam)",
)  # fmt: skip
_STATEMENT = (
    "Bộ tiêu chí", "Tiêu chí", "Nơi", "Loại", "Kết luận", "Mức", "Tỷ lệ (0-1)", "Ngày của văn bản", "Văn bản", "SHA-256 của văn bản",
    "Ghi chú", "Người nhập", "Nhập lúc (giờ Việt Nam)",
)  # fmt: skip


def add_foundations(spool: Spool, evidence: Evidence) -> None:
    """Put both tables of *evidence* into *spool*, empty where nothing was entered or stated."""
    spool.add(ENTRIES, csv_chunks(_ENTRY, _entry_rows(evidence)))
    spool.add(STATEMENTS, csv_chunks(_STATEMENT, _statement_rows(evidence)))


def _entry_rows(evidence: Evidence) -> Iterator[Mapping[str, object]]:
    for edition, entry in evidence.entries:
        values = (
            edition, entry.number, words.ENTRY_KINDS[entry.kind], entry.criterion, entry.indicator, dumps(entry.content), entry.source,
            entry.address, entry.reason, evidence.people.get(entry.person, entry.person), words.stamp(entry.at),
        )  # fmt: skip
        yield dict(zip(_ENTRY, values, strict=True))


def _statement_rows(evidence: Evidence) -> Iterator[Mapping[str, object]]:
    for one in evidence.statements:
        place = evidence.commune.name if one.hamlet is None else evidence.hamlet_names.get(one.hamlet, one.hamlet)
        values = (
            one.edition, one.criterion, place, words.ASPECTS[one.aspect], words.OUTCOMES[one.outcome],
            words.LEVELS.get(one.level, one.level), one.value, one.stated_on.isoformat(), one.document_name, one.document, one.note,
            evidence.people.get(one.person, one.person), words.stamp(one.at),
        )  # fmt: skip
        yield dict(zip(_STATEMENT, values, strict=True))
