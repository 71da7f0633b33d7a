"""The report: static Vietnamese pages that open from a disk without a network, front page → criterion → hamlet → site → photo.

Every page says whose bundle it belongs to, how much of the commune it covers and which head of the log it is bound to. Without scripts
the report is whole; scripts beside it add search, a map by criterion and a switch between light and dark.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from survey.bundle import words
from survey.bundle.arrange import REPORT, Arrangement
from survey.bundle.chapters import PORTION, Chapter, Chapters
from survey.bundle.cover import cover_of, editions_text, running_heads, scope_text
from survey.bundle.criterion_rows import Cell, Criteria, Criterion, Place, place_of
from survey.bundle.listing import listed
from survey.bundle.maps import Maps
from survey.bundle.search_index import SearchIndex
from survey.bundle.spool import Spool
from survey.bundle.views import SiteViews
from survey.domain.evidence import Contents, Evidence, Item, contents_of
from survey.domain.sites import Site
from survey.domain.submissions import FileState

__all__ = ["add_report", "editions_text", "scope_text"]

_TEMPLATES = Path(__file__).parent / "templates"
_SCRIPTS = ("bao-cao.js", "tim-kiem.js")
_CHUNK = 1 << 16
_LISTED = 200  # files that are wanting, on the front page; a page of their own has them all
_WANTING = "con-thieu.html"
_STRIP = 6  # photos shown at once beside a verdict


@dataclass(frozen=True)
class Way:
    """A link with its words and, for a photo, its picture."""

    href: str
    text: str
    title: str = ""
    picture: str | None = None


@dataclass(frozen=True)
class Shown:
    """A criterion on a place's page: some of its photos, and behind each indicator the sites it counts; None is *as above*."""

    criterion: Criterion
    cell: Cell
    own: bool
    strip: tuple[Way, ...]
    behind: tuple[tuple[Way, ...] | None, ...]


@dataclass(frozen=True)
class ChapterLink:
    """A page of a hamlet's evidence, for its table of contents."""

    page: str
    number: int
    sites: tuple[Way, ...]
    photos: int


def add_report(spool: Spool, evidence: Evidence, arrangement: Arrangement, *, parts: Iterable[str] = (), portion: int = PORTION) -> None:
    """Put the pages, scripts and the style sheet into *spool*.

    *parts* are files that will be made later (printed reports); files that are in the spool already are listed with them. *portion* is
    how many photos a page holds.
    """
    report = _Report(evidence, arrangement, portion)
    files = [*(made.name for made in spool.files), *parts]
    spool.add(f"{REPORT}/bao-cao.css", [(_TEMPLATES / "bao-cao.css").read_bytes(), running_heads(report.cover).encode()])
    for name in _SCRIPTS:
        spool.add(f"{REPORT}/{name}", [(_TEMPLATES / name).read_bytes()])
    scripts = []
    for number, script in enumerate(report.index(), 1):
        scripts.append(f"chi-muc-{number:03d}.js")
        spool.add(f"{REPORT}/{scripts[-1]}", [script])
    spool.add(f"{REPORT}/tim-kiem.html", report.search(scripts))
    spool.add(f"{REPORT}/index.html", report.front(files))
    if report.has_more_wanting:
        spool.add(f"{REPORT}/{_WANTING}", report.wanting())
    for place in report.places:
        spool.add(f"{REPORT}/{place.page}", report.hamlet(place))
        for chapter in report.chapters(place):
            spool.add(f"{REPORT}/{chapter.page}", report.chapter(place, chapter))


class _Report:
    def __init__(self, evidence: Evidence, arrangement: Arrangement, portion: int) -> None:
        self._evidence = evidence
        self._arrangement = arrangement
        self._chapters = Chapters(evidence, arrangement, portion)
        self._sites: dict[str | None, list[Site]] = {}
        for site in evidence.sites.values():
            self._sites.setdefault(site.hamlet, []).append(site)
        self.cover = cover_of(evidence)
        hamlets = [hamlet for hamlet in arrangement.pages if self._sites.get(hamlet)]
        self.places = [place_of(evidence, arrangement, one, self._items(one), len(self._sites[one])) for one in hamlets]
        self._criteria = Criteria(evidence, arrangement, self.places)
        self._maps = Maps(evidence, self._chapters, self._sites)
        self._views = SiteViews(evidence, arrangement, self._chapters, self._criteria.counts(evidence.items))
        self._contents = contents_of(evidence)

    @property
    def has_more_wanting(self) -> bool:
        """Whether more files are wanting than the front page lists."""
        return self._contents.missing + self._contents.refused + self._contents.erased > _LISTED

    def chapters(self, place: Place) -> Sequence[Chapter]:
        """The pages of their own that the evidence of *place* fills; none where the hamlet's page shows it all."""
        chapters = self._chapters.of.get(place.hamlet, ())
        return chapters if len(chapters) > 1 else ()

    def index(self) -> Iterator[bytes]:
        """The scripts of the search index."""
        return SearchIndex(self._evidence, self._chapters, self._views).portions(self._criteria.rows, self.places)

    def search(self, scripts: Sequence[str]) -> Iterator[bytes]:
        """The page that searches."""
        return self._render("search.html", scripts=scripts)

    def front(self, files: Iterable[str]) -> Iterator[bytes]:
        """The front page, which names *files* as what else is in the bundle."""
        evidence, criteria = self._evidence, self._criteria
        return self._render(
            "index.html",
            contents=_contents_view(self._contents),
            editions=criteria.editions(),
            places=criteria.columns,
            hamlets=self.places,
            criteria=criteria.rows,
            weak=[row for row in criteria.rows if row.main.measured and row.main.measured.weak],
            map=self._maps.commune(self.places, criteria.columns, criteria.rows),
            border_source=evidence.commune.source,
            left_out=[{"state": words.STATES[group.state], "reason": group.reason, "count": group.count} for group in evidence.left_out],
            files=[(self._arrangement.way(one.path, base=REPORT), one) for one in listed(files)],
            folders=sorted({path.partition("/")[0] for path in self._arrangement.photos.values()}),
            instances=any(self._arrangement.instances.values()),
            wanting=list(islice(self._wanting(), _LISTED)),
            more=_WANTING if self.has_more_wanting else None,
        )

    def wanting(self) -> Iterator[bytes]:
        """The page that names every file that is not here."""
        return self._render("wanting.html", wanting=self._wanting())

    def hamlet(self, place: Place) -> Iterator[bytes]:
        """The page of *place*; it shows the evidence itself where that fits on one page."""
        items = self._items(place.hamlet)
        chapters = self._chapters.of.get(place.hamlet, ())
        return self._render(
            "hamlet.html",
            hamlet=place,
            verdicts=self._shown(place, items),
            map=self._maps.hamlet(place, items),
            contents=[self._link(chapter) for chapter in self.chapters(place)],
            sites=self._views.of(chapters[0]) if len(chapters) == 1 else (),
            page=place.page,
            unseen=[site for site in self._sites[place.hamlet] if self._chapters.page(site.id) is None],
        )

    def chapter(self, place: Place, chapter: Chapter) -> Iterator[bytes]:
        """One page of the evidence of *place*."""
        pages = [one.page for one in self.chapters(place)]
        before, after = pages[: chapter.number - 1][-1:], pages[chapter.number :][:1]
        return self._render(
            "chapter.html",
            hamlet=place,
            chapter=chapter,
            page=place.page,
            link=self._link(chapter),
            before=next(iter(before), None),
            after=next(iter(after), None),
            sites=self._views.of(chapter),
        )

    def _items(self, hamlet: str | None) -> list[Item]:
        return [item for chapter in self._chapters.of.get(hamlet, ()) for item in chapter.items]

    def _link(self, chapter: Chapter) -> ChapterLink:
        sites = [self._evidence.sites[site] for site in dict.fromkeys(item.site for item in chapter.items)]
        photos = sum(photo.is_original for item in chapter.items for photo in self._evidence.photos.get(item.submission, ()))
        return ChapterLink(chapter.page, chapter.number, tuple(self._way(site) for site in sites), photos)

    def _way(self, site: Site) -> Way:
        return Way(self._chapters.site(site) or "", site.code, site.name)

    def _shown(self, place: Place, items: Sequence[Item]) -> Iterator[Shown]:
        for criterion, cell, own in self._criteria.at(place):
            bases = cell.measured.basis if cell.measured else ()
            behind: list[tuple[Way, ...] | None] = []
            for number, basis in enumerate(bases):
                known = number > 0 and bases[number - 1].behind == basis.behind
                behind.append(None if known else self._sites_behind(items, frozenset(basis.behind)))
            every = frozenset(key for basis in bases for key in basis.behind)
            yield Shown(criterion, cell, own, tuple(islice(self._pictures(items, every), _STRIP)), tuple(behind))

    def _sites_behind(self, items: Iterable[Item], submissions: frozenset[str]) -> tuple[Way, ...]:
        """The sites that *submissions* are about, in the report's order: the way from a figure to its photos."""
        found = dict.fromkeys(item.site for item in items if item.submission in submissions)
        return tuple(self._way(self._evidence.sites[site]) for site in found)

    def _pictures(self, items: Iterable[Item], submissions: frozenset[str]) -> Iterator[Way]:
        """The photos of *submissions*, one a record, each with the way to where its record stands."""
        for item in items:
            photos = self._evidence.photos.get(item.submission, ()) if item.submission in submissions else ()
            picture, photo = next(((shown, photo) for photo in photos if (shown := self._views.picture(photo))), (None, None))
            if photo is not None:
                code = self._evidence.sites[item.site].code
                yield Way(self._chapters.photo(photo), code, f"{code}: {self._views.photo_label(item, photo)}", picture)

    def _wanting(self) -> Iterator[dict[str, str]]:
        """Every file that a form names and that is not here as a photo, with the way to its record."""
        for item in self._evidence.items:
            site = self._evidence.sites[item.site]
            for photo in self._evidence.photos.get(item.submission, ()):
                if photo.state in (FileState.MISSING, FileState.REFUSED) or photo.erased_at is not None:
                    state = " – ".join(text for text in (words.file_state(photo), words.refusal(photo)) if text)
                    href = self._chapters.record(item.submission)
                    yield {"href": href, "site": f"{site.code} · {site.name}", "name": photo.name, "state": state}

    def _render(self, template: str, **values: Any) -> Iterator[bytes]:
        waiting: list[str] = []
        length = 0
        for text in _templates().get_template(template).generate(cover=self.cover, **values):
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


def _contents_view(contents: Contents) -> dict[str, object]:
    fields = ("submissions", "sites", "registered", "photos", "missing", "refused", "erased", "without_preview")
    numbers = {name: words.number(getattr(contents, name)) for name in fields}
    counted = {f"has_{name}": bool(getattr(contents, name)) for name in fields}
    return {**numbers, **counted, "photo_size": words.size(contents.photo_bytes)}
