"""Where each site, record and photo stands in the report: a hamlet's evidence in pages that a weak computer opens at once.

An address is a page and a fragment. Fragments are made of what people can read (`HO-0012_hedge_front_20261120_01`), so that a proof sheet
or a QR code can name them; the page of a fragment is found again with the report's own search.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from posixpath import basename, splitext

from survey.bundle.arrange import Arrangement
from survey.bundle.names import Names, plain_code
from survey.domain.evidence import Evidence, Item, Photo
from survey.domain.sites import Site

PORTION = 120
"""About how many photos a page holds at most, a measured choice (benchmarks/report.py); a site is never torn apart."""


@dataclass(frozen=True)
class Chapter:
    """One page of a hamlet's evidence: its number among *of*, its file in the report's folder, its submissions site by site."""

    hamlet: str | None
    number: int
    of: int
    page: str
    items: Sequence[Item]


class Chapters:
    """Divides the evidence into pages, and knows the address of everything in it."""

    def __init__(self, evidence: Evidence, arrangement: Arrangement, portion: int = PORTION) -> None:
        self._arrangement = arrangement
        self.of: dict[str | None, Sequence[Chapter]] = {}
        for hamlet, items in _by_hamlet(evidence.items).items():
            self.of[hamlet] = _divide(hamlet, arrangement.pages[hamlet], list(_portions(evidence, items, portion)))
        every = [chapter for chapters in self.of.values() for chapter in chapters]
        self._page = {item.site: chapter.page for chapter in every for item in chapter.items}
        names = Names()
        self._records = {item.submission: names.once(f"b-{plain_code(item.code)}") for item in evidence.items}
        self._site_of = {item.submission: item.site for item in evidence.items}

    def page(self, site: str) -> str | None:
        """The page that shows the evidence of *site*; None where it has none."""
        return self._page.get(site)

    def site(self, site: Site) -> str | None:
        """The address of *site* in the report's folder; None where it has no evidence."""
        page = self._page.get(site.id)
        return page and f"{page}#{anchor_of(site)}"

    def anchor(self, submission: str) -> str:
        """The fragment of a record."""
        return self._records[submission]

    def record(self, submission: str) -> str:
        """The address of a record in the report's folder."""
        return f"{self._page[self._site_of[submission]]}#{self._records[submission]}"

    def photo_anchor(self, photo: Photo) -> str:
        """The fragment of a photo: the name of its file in the bundle; empty where it has none."""
        path = self._arrangement.photos.get((photo.submission, photo.name))
        return splitext(basename(path))[0] if path else ""

    def photo(self, photo: Photo) -> str:
        """The address of a photo in the report's folder; that of its record where no file came."""
        anchor = self.photo_anchor(photo)
        return f"{self._page[self._site_of[photo.submission]]}#{anchor}" if anchor else self.record(photo.submission)


def anchor_of(site: Site) -> str:
    """The fragment that leads to a site; ids are unique, codes need not be over time."""
    return f"s-{site.id}"


def _by_hamlet(items: Sequence[Item]) -> Mapping[str | None, Sequence[Item]]:
    groups: dict[str | None, list[Item]] = {}
    for item in items:
        groups.setdefault(item.hamlet, []).append(item)
    return groups


def _portions(evidence: Evidence, items: Sequence[Item], portion: int) -> Iterator[list[Item]]:
    """*items* in runs of whole sites with at most *portion* photos, or a single site with more."""
    run: list[Item] = []
    site: list[Item] = []
    count = 0
    for number, item in enumerate(items):
        site.append(item)
        if number + 1 < len(items) and items[number + 1].site == item.site:
            continue
        # A record without photos takes room as well.
        weight = sum(max(1, len(evidence.photos.get(one.submission, ()))) for one in site)
        if run and count + weight > portion:
            yield run
            run, count = [], 0
        run, count, site = run + site, count + weight, []
    if run:
        yield run


def _divide(hamlet: str | None, page: str, runs: Sequence[Sequence[Item]]) -> list[Chapter]:
    if len(runs) == 1:
        return [Chapter(hamlet, 1, 1, page, runs[0])]
    word = page.removesuffix(".html")
    # No name of a hamlet has an underscore in it (names.plain).
    return [Chapter(hamlet, number, len(runs), f"{word}_{number:02d}.html", run) for number, run in enumerate(runs, 1)]
