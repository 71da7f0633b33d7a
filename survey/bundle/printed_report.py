"""What the printed report says beside its photos: plain data for paper, in the words of the report on screen."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from survey.bundle import words
from survey.bundle.arrange import Arrangement
from survey.bundle.cover import cover_of
from survey.bundle.criterion_rows import Cell, Criteria, Criterion, Place, place_of
from survey.bundle.verdict_views import BasisView
from survey.domain.evidence import Evidence, Item, contents_of

COMMANDS = (
    "sha256sum --strict --quiet -c tagmanifest-sha256.txt",
    "sha256sum --strict --quiet -c manifest-sha256.txt",
    "ssh-keygen -Y verify -f allowed_signers -I {principal} -n ntm-survey-bundle -s tagmanifest-sha256.txt.sig < tagmanifest-sha256.txt",
)
_SOURCE_MARK = "[{}]"


def report_data(evidence: Evidence, arrangement: Arrangement, parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The data of the report's first part, plain JSON; *parts* are the others: title, file, number of photos."""
    places = list(_places(evidence, arrangement))
    criteria = Criteria(evidence, arrangement, places)
    head = evidence.head
    return {
        "kind": "report", "variant": evidence.variant.value, "cover": asdict(cover_of(evidence)), "contents": _contents(evidence),
        "editions": [_edition(part.title, part.notes, part.history, part.criteria) for part in criteria.editions()],
        "main_place": "toàn xã" if evidence.scope.hamlet is None else "trong thôn",
        "places": [asdict(place) for place in places],
        "hamlets": [table for place in criteria.columns if place.hamlet is not None and (table := _hamlet(criteria, place))],
        "left_out": [{"state": words.STATES[one.state], "reason": one.reason, "count": one.count} for one in evidence.left_out],
        "parts": list(parts), "head_text": f"{evidence.commune.code} {head[0]} {head[1]}",
        "commands": [command.format(principal=f"xa-{evidence.commune.code}") for command in COMMANDS],
    }  # fmt: skip


def _contents(evidence: Evidence) -> list[tuple[str, str]]:
    found = contents_of(evidence)
    counts = {"chưa nhận được": found.missing, "không dùng được": found.refused, "đã xóa": found.erased}
    wanting = [f"{count} {word}" for word, count in counts.items() if count]
    return [
        ("Phạm vi", cover_of(evidence).scope),
        ("Bộ tiêu chí", cover_of(evidence).edition),
        ("Đối tượng trong sổ bộ", words.number(found.registered)),
        ("Đã có bài nộp được tính", f"{words.number(found.sites)} đối tượng, {words.number(found.submissions)} bài nộp"),
        ("Ảnh gốc", f"{words.number(found.photos)} ảnh, {words.size(found.photo_bytes)}"),
        ("Tệp còn thiếu", ", ".join(wanting) or "không"),
        ("Không được tính", f"{words.number(sum(one.count for one in found.left_out))} bài nộp, xem mục riêng"),
        ("Kết luận", f"{words.number(found.verdicts)}, trong đó chưa đủ dữ liệu {words.number(found.undecided)}"),
    ]


def _places(evidence: Evidence, arrangement: Arrangement) -> Iterator[Place]:
    items: dict[str | None, list[Item]] = {}
    for item in evidence.items:
        items.setdefault(item.hamlet, []).append(item)
    registered: dict[str | None, int] = {}
    for site in evidence.sites.values():
        registered[site.hamlet] = registered.get(site.hamlet, 0) + 1
    for hamlet in arrangement.pages:
        if registered.get(hamlet):
            yield place_of(evidence, arrangement, hamlet, items.get(hamlet, []), registered[hamlet])


def _edition(title: str, notes: Sequence[str], history: bool, rows: Sequence[Criterion]) -> dict[str, Any]:
    sources: dict[tuple[str, tuple[str, ...]], int] = {}
    told = [_row(row, sources) for row in rows]
    return {
        "title": title, "notes": list(notes), "history": history, "rows": told,
        "sources": [{"text": text, "addresses": list(addresses)} for text, addresses in sources],
    }  # fmt: skip


def _row(row: Criterion, sources: dict[tuple[str, tuple[str, ...]], int]) -> dict[str, Any]:
    basis = () if row.main.measured is None else row.main.measured.basis
    return _cell(row.name, row.main) | {"basis": [_basis(one, sources) for one in basis]}


def _cell(name: str, cell: Cell) -> dict[str, Any]:
    measured = cell.measured
    told: dict[str, Any] = {
        "name": name, "claim": cell.claim and asdict(cell.claim), "appraisal": cell.appraisal and asdict(cell.appraisal),
        "css": "", "word": "–", "value": "–", "coverage": "", "reasons": [], "stated": None,
    }  # fmt: skip
    if measured is None:
        return told
    return told | {
        "css": measured.css, "word": measured.word, "value": measured.value or "–", "coverage": measured.coverage,
        "reasons": list(measured.reasons), "stated": measured.stated and asdict(measured.stated),
    }  # fmt: skip


def _basis(one: BasisView, sources: dict[tuple[str, tuple[str, ...]], int]) -> dict[str, Any]:
    plain = (
        "title", "decides", "value", "range", "interval", "age", "limit", "status", "fraction", "coverage", "left_out", "unknown", "visits",
        "submissions", "reason",
    )  # fmt: skip
    # Each source stands once below the table, by number.
    numbers = [sources.setdefault((source.text, tuple(source.addresses)), len(sources) + 1) for source in one.sources]
    return {name: getattr(one, name) for name in plain} | {"marks": " ".join(_SOURCE_MARK.format(number) for number in numbers)}


def _hamlet(criteria: Criteria, place: Place) -> dict[str, Any] | None:
    """A hamlet's own verdicts that say anything; how many others there are is said in a number."""
    index = criteria.columns.index(place)
    told = [(row, row.cells[index]) for row in criteria.rows if row.cells[index].measured is not None or row.cells[index].claim is not None]
    rows = [_cell(row.name, cell) for row, cell in told if _says(cell)]
    return {"name": place.name, "rows": rows, "silent": len(told) - len(rows)} if rows else None


def _says(cell: Cell) -> bool:
    measured = cell.measured
    known = measured is not None and (measured.css != "not_enough_data" or any(basis.submissions for basis in measured.basis))
    return known or cell.claim is not None or cell.appraisal is not None
