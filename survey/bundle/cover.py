"""What every page and the bag itself say of the bundle: whose it is, of what, as of when, bound to which head of the log."""

from dataclasses import dataclass

from survey.bundle import words
from survey.domain.evidence import Evidence, Variant


@dataclass(frozen=True)
class Cover:
    """What every page of the report says of itself; *partial* where the bundle holds less than the whole commune."""

    commune: str
    province: str
    demonstration: bool
    public: bool
    edition: str
    scope: str
    partial: bool
    as_of: str
    head_seq: int
    head_hash: str


def scope_text(evidence: Evidence) -> str:
    """Which criteria of which place and round the bundle is about, in words."""
    scope = evidence.scope
    where = f"xã {evidence.commune.name}" if scope.hamlet is None else evidence.hamlet_names.get(scope.hamlet, scope.hamlet)
    what = "mọi tiêu chí" if scope.criterion is None else f"tiêu chí {scope.criterion}"
    when = "" if scope.round is None else f", chỉ những gì khảo sát trong đợt {scope.round}"
    return f"{what}, {where}{when}"


def editions_text(evidence: Evidence) -> str:
    """The titles of the editions in the bundle."""
    return "; ".join(edition.title.vi for edition in evidence.editions) or "chưa có bộ tiêu chí"


def cover_of(evidence: Evidence) -> Cover:
    """The cover of *evidence*."""
    scope = evidence.scope
    return Cover(
        commune=f"Xã {evidence.commune.name}",
        province=evidence.commune.province,
        demonstration=evidence.commune.demonstration,
        public=evidence.variant is Variant.PUBLIC,
        edition=editions_text(evidence),
        scope=scope_text(evidence),
        partial=any(part is not None for part in (scope.edition, scope.criterion, scope.hamlet, scope.round)),
        as_of=words.day(scope.as_of),
        head_seq=evidence.head[0],
        head_hash=evidence.head[1],
    )


def running_heads(cover: Cover) -> str:
    """The style sheet's rules that print commune, date and head of the log on every sheet of paper, with page numbers."""
    mark = " · BẢN TRÌNH DIỄN" if cover.demonstration else ""
    mark += " · BẢN CÔNG KHAI" if cover.public else ""
    boxes = {
        "top-left": _quoted(f"Hồ sơ minh chứng · {cover.commune}{mark}"),
        "top-right": _quoted(f"tính đến hết ngày {cover.as_of}"),
        "bottom-left": _quoted(f"Mã cuối của nhật ký {cover.head_seq} · {cover.head_hash}"),
        "bottom-right": '"Trang " counter(page) "/" counter(pages)',
    }
    rules = "\n".join(f"  @{place} {{ content: {content}; font: 7pt sans-serif; color: #333; }}" for place, content in boxes.items())
    return f"@page {{\n{rules}\n}}\n"


def _quoted(text: str) -> str:
    # Every other letter as its number: no name can end the string.
    return '"' + "".join(letter if letter.isascii() and letter.isalnum() else f"\\{ord(letter):x} " for letter in text) + '"'
