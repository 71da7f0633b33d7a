"""The report: static Vietnamese pages that open from a disk without a network, front page → criterion → hamlet → site → photo."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from survey.bundle import words
from survey.bundle.arrange import NO_HAMLET, REPORT, Arrangement
from survey.bundle.foundations import ENTRIES, STATEMENTS
from survey.bundle.sketch import Layer, Point, border_rings, draw_map
from survey.bundle.spool import Spool
from survey.bundle.views import SiteViews, VerdictView, anchor_of, verdict_view
from survey.domain.evidence import Contents, Evidence, Item, contents_of
from survey.domain.sites import Site
from survey.domain.submissions import FileState
from survey.domain.verdicts import Verdict

_TEMPLATES = Path(__file__).parent / "templates"
_CHUNK = 1 << 16
_LISTED = 200  # files that are wanting, on the front page; ho-so/anh.csv has them all

FILES = (
    ("ket-qua/ket-qua.csv", "kết luận theo tiêu chí và nơi, với căn cứ"),
    ("ket-qua/ket-qua.json", "như trên cho máy đọc, có danh sách bài nộp đứng sau từng con số"),
    ("ket-qua/bo-tieu-chi.json", "bộ tiêu chí đã áp dụng, với nguồn và tình trạng của từng con số"),
    (ENTRIES, "quy định do cán bộ nhập, với nguồn, người nhập và lý do"),
    (STATEMENTS, "xác nhận hiện trạng, tự đánh giá và thẩm định do người nhập, với văn bản kèm theo"),
    ("ket-qua/pham-vi.json", "phạm vi và đầu nhật ký của hồ sơ"),
    ("ho-so/doi-tuong.csv", "sổ bộ trong phạm vi (mẫu số của các tỷ lệ)"),
    ("ho-so/bai-nop.csv", "các bài nộp được tính; trả lời ở các tệp ho-so/phieu-….csv"),
    ("ho-so/anh.csv", "từng ảnh: bài nộp, câu hỏi, SHA-256, vị trí, thời điểm; cả ảnh còn thiếu"),
    ("ho-so/duyet.csv", "mọi quyết định duyệt đối với các bài nộp này"),
    ("ho-so/canh-bao.csv", "các cảnh báo đã nêu với người duyệt"),
    ("ho-so/khong-tinh.csv", "các bài nộp không được tính, theo trạng thái và lý do"),
    ("ho-so/doi-tuong.geojson", "sổ bộ trên bản đồ"),
    ("ho-so/bai-nop.geojson", "vị trí các bài nộp"),
    ("ho-so/anh.geojson", "vị trí các ảnh"),
    ("nhat-ky/log.jsonl", "nhật ký, nối chuỗi bằng mã băm"),
)


@dataclass(frozen=True)
class Cover:
    """What every page of the report says of itself."""

    commune: str
    province: str
    demonstration: bool
    edition: str
    scope: str
    as_of: str
    head_seq: int
    head_hash: str


@dataclass(frozen=True)
class Place:
    """The commune (no *page*) or a hamlet, as a column of the front page or a page of its own."""

    hamlet: str | None
    name: str
    page: str | None
    registered: int = 0
    seen: int = 0
    submissions: int = 0
    photos: int = 0


@dataclass(frozen=True)
class EditionPart:
    """One edition on the front page."""

    title: str
    notes: tuple[str, ...]
    history: bool
    criteria: tuple["Criterion", ...]


@dataclass(frozen=True)
class Criterion:
    """A criterion over the places of the bundle; *main* is the verdict on its own place, *ways* lead to the evidence by hamlet."""

    edition: str
    edition_title: str
    name: str
    anchor: str
    cells: tuple[VerdictView | None, ...]
    main: VerdictView | None
    main_place: str
    ways: tuple[tuple[str, str], ...]


def add_report(spool: Spool, evidence: Evidence, arrangement: Arrangement) -> None:
    """Put the front page, a page for each place that has sites, and the style sheet into *spool*."""
    report = _Report(evidence, arrangement)
    spool.add(f"{REPORT}/bao-cao.css", [(_TEMPLATES / "bao-cao.css").read_bytes()])
    spool.add(f"{REPORT}/index.html", report.front())
    for place in report.places:
        spool.add(f"{REPORT}/{place.page}", report.hamlet(place))


class _Report:
    def __init__(self, evidence: Evidence, arrangement: Arrangement) -> None:
        self._evidence = evidence
        self._arrangement = arrangement
        self._views = SiteViews(evidence, arrangement)
        self._items: dict[str | None, list[Item]] = {}
        for item in evidence.items:
            self._items.setdefault(item.hamlet, []).append(item)
        self._site_of = {item.submission: item.site for item in evidence.items}
        self._sites: dict[str | None, list[Site]] = {}
        for site in evidence.sites.values():
            self._sites.setdefault(site.hamlet, []).append(site)
        self._rings = border_rings(evidence.commune.border.geometry)
        self._seen = {item.site for item in evidence.items}
        self._cover = _cover(evidence)
        self.places = [self._place(hamlet) for hamlet in arrangement.pages if self._sites.get(hamlet)]
        self._criteria = list(self._criterion_rows())

    def front(self) -> Iterator[bytes]:
        evidence = self._evidence
        return self._render(
            "index.html",
            contents=_contents_view(contents_of(evidence)),
            editions=self._edition_parts(),
            places=self._columns(),
            hamlets=self.places,
            map=draw_map(self._rings, self._layers(evidence.sites.values(), linked=False), title="Bản đồ xã", whole=True),
            border_source=evidence.commune.source,
            left_out=[{"state": words.STATES[group.state], "reason": group.reason, "count": group.count} for group in evidence.left_out],
            files=FILES,
            wanting=list(islice(self._wanting(), _LISTED)),
        )

    def hamlet(self, place: Place) -> Iterator[bytes]:
        items = self._items.get(place.hamlet, [])
        layers = self._layers(self._sites[place.hamlet], linked=True)
        drawable = any(layer.points or layer.lines for layer in layers)
        where = [*self._columns()]
        index = next((number for number, column in enumerate(where) if column.hamlet == place.hamlet and column.page), None)
        verdicts = [(row, row.cells[index]) for row in self._criteria if index is not None and row.cells[index] is not None]
        return self._render(
            "hamlet.html",
            hamlet=place,
            verdicts=verdicts,
            map=draw_map(
                self._rings, [*layers, self._photo_layer(items)], title=f"Bản đồ {place.name}", whole=False
            ) if drawable else "",
            sites=self._views.of(items),
            sites_behind=self._sites_behind,
        )  # fmt: skip

    def _sites_behind(self, submissions: Iterable[str]) -> list[Site]:
        """The sites that *submissions* are about, by code: the way from a figure to its photos."""
        found = {site for submission in submissions if (site := self._site_of.get(submission)) is not None}
        return sorted((self._evidence.sites[site] for site in found), key=lambda site: site.code)

    def _wanting(self) -> Iterator[dict[str, str]]:
        """Every file that a form names and that is not here as a photo, with the way to its site."""
        for item in self._evidence.items:
            site = self._evidence.sites[item.site]
            for photo in self._evidence.photos.get(item.submission, ()):
                if photo.state in (FileState.MISSING, FileState.REFUSED) or photo.erased_at is not None:
                    href = f"{self._arrangement.pages[item.hamlet]}#{anchor_of(site)}"
                    yield {"href": href, "site": f"{site.code} · {site.name}", "name": photo.name, "state": words.file_state(photo)}

    def _place(self, hamlet: str | None) -> Place:
        items, sites = self._items.get(hamlet, []), self._sites.get(hamlet, [])
        photos = sum(photo.is_original for item in items for photo in self._evidence.photos.get(item.submission, ()))
        name = NO_HAMLET if hamlet is None else self._evidence.hamlet_names.get(hamlet, hamlet)
        seen = len({item.site for item in items})
        return Place(hamlet, name, self._arrangement.pages[hamlet], len(sites), seen, len(items), photos)

    def _columns(self) -> list[Place]:
        """The places with verdicts: the commune first, then hamlets in their order."""
        judged = {verdict.hamlet for verdict in self._evidence.verdicts}
        names = self._evidence.hamlet_names
        pages = {place.hamlet: place.page for place in self.places}
        whole = [Place(None, "Toàn xã", None)] if None in judged else []
        return whole + [Place(hamlet, name, pages.get(hamlet)) for hamlet, name in names.items() if hamlet in judged]

    def _edition_parts(self) -> list[EditionPart]:
        parts = []
        for edition in self._evidence.editions:
            rows = tuple(row for row in self._criteria if row.edition == edition.id)
            past = any(verdict.history for verdict in self._evidence.verdicts if verdict.edition == edition.id)
            notes = tuple(note.vi for note in (edition.validity_note, edition.note) if note is not None)
            parts.append(EditionPart(edition.title.vi, notes, past, rows))
        return parts

    def _criterion_rows(self) -> Iterator[Criterion]:
        by_code: dict[tuple[str, str], dict[str | None, Verdict]] = {}
        for verdict in self._evidence.verdicts:
            by_code.setdefault((verdict.edition, verdict.criterion), {})[verdict.hamlet] = verdict
        columns = self._columns()
        titles = {edition.id: edition.title.vi for edition in self._evidence.editions}
        for number, ((edition, code), verdicts) in enumerate(by_code.items(), 1):
            anchor = f"tieu-chi-{number}"
            cells = tuple(
                verdict_view(verdicts[place.hamlet], f"{place.page}#{anchor}" if place.page else f"#{anchor}", self._evidence.people)
                if place.hamlet in verdicts
                else None
                for place in columns
            )
            main, main_place = next(((cell, place.name) for cell, place in zip(cells, columns, strict=True) if cell), (None, ""))
            title = next(iter(verdicts.values())).title.vi
            # A rule over all criteria has a word for a code, which says nothing to a reader.
            name = f"{code} · {title}" if code[:1].isdigit() else title
            ways = tuple((f"{place.page}#{anchor}", place.name) for place in columns if place.page and place.hamlet in verdicts)
            yield Criterion(edition, titles[edition], name, anchor, cells, main, main_place, ways)

    def _layers(self, sites: Iterable[Site], *, linked: bool) -> list[Layer]:
        layers = []
        groups: dict[str, list[Site]] = {"unseen": [], "seen": []}
        for site in sites:
            groups["seen" if site.id in self._seen else "unseen"].append(site)
        for css, group in groups.items():
            spots = [site for site in group if site.line is None and site.latitude is not None and site.longitude is not None]
            points: list[Point] = [(site.longitude or 0.0, site.latitude or 0.0) for site in spots]
            links = [(f"#{anchor_of(site)}", f"{site.code} {site.name}") for site in spots] if linked and css == "seen" else []
            layers.append(Layer(css, points, [site.line for site in group if site.line is not None], links))
        return layers

    def _photo_layer(self, items: Iterable[Item]) -> Layer:
        photos = (photo for item in items for photo in self._evidence.photos.get(item.submission, ()))
        return Layer("photo", [(photo.fix.longitude, photo.fix.latitude) for photo in photos if photo.fix is not None])

    def _render(self, template: str, **values: Any) -> Iterator[bytes]:
        waiting: list[str] = []
        length = 0
        for text in _templates().get_template(template).generate(cover=self._cover, **values):
            waiting.append(text)
            length += len(text)
            if length > _CHUNK:
                yield "".join(waiting).encode()
                waiting, length = [], 0
        yield "".join(waiting).encode()


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def scope_text(evidence: Evidence) -> str:
    """Which criteria of which place the bundle is about, in words."""
    hamlet = evidence.scope.hamlet
    where = f"xã {evidence.commune.name}" if hamlet is None else evidence.hamlet_names.get(hamlet, hamlet)
    what = "mọi tiêu chí" if evidence.scope.criterion is None else f"tiêu chí {evidence.scope.criterion}"
    return f"{what}, {where}"


def editions_text(evidence: Evidence) -> str:
    """The titles of the editions in the bundle."""
    return "; ".join(edition.title.vi for edition in evidence.editions) or "chưa có bộ tiêu chí"


def _cover(evidence: Evidence) -> Cover:
    return Cover(
        commune=f"Xã {evidence.commune.name}",
        province=evidence.commune.province,
        demonstration=evidence.commune.demonstration,
        edition=editions_text(evidence),
        scope=scope_text(evidence),
        as_of=words.day(evidence.scope.as_of),
        head_seq=evidence.head[0],
        head_hash=evidence.head[1],
    )


def _contents_view(contents: Contents) -> dict[str, object]:
    fields = ("submissions", "sites", "registered", "photos", "missing", "refused", "erased")
    numbers = {name: getattr(contents, name) for name in fields}
    return {**numbers, "photo_size": words.size(contents.photo_bytes)}
