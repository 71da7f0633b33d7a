"""The criteria of a bundle over its places: what was claimed, measured and appraised, and the evidence that each figure stands on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from survey.bundle.arrange import NO_HAMLET, Arrangement
from survey.bundle.verdict_views import StatementView, VerdictView, statement_view, verdict_view
from survey.domain.evidence import Evidence, Item
from survey.domain.statements import Aspect
from survey.domain.verdicts import Verdict


@dataclass(frozen=True)
class Place:
    """The commune (no *page*) or a hamlet: a column of the front page, a page of its own."""

    hamlet: str | None
    name: str
    page: str | None
    registered: int = 0
    seen: int = 0
    submissions: int = 0
    photos: int = 0


@dataclass(frozen=True)
class Cell:
    """One criterion in one place: the three columns that never mix."""

    measured: VerdictView | None
    claim: StatementView | None
    appraisal: StatementView | None


@dataclass(frozen=True)
class Criterion:
    """A criterion over the places; *main* is that of the widest place, *ways* lead to the evidence by hamlet."""

    edition: str
    edition_title: str
    name: str
    anchor: str
    cells: tuple[Cell, ...]
    main: Cell
    main_place: str
    ways: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class EditionPart:
    """One edition on the front page; *told* says whether anybody claimed or appraised anything under it."""

    title: str
    notes: tuple[str, ...]
    history: bool
    told: bool
    criteria: tuple[Criterion, ...]


class Criteria:
    """Reads the verdicts and statements of *evidence* as rows over *columns*; *pages* are the places with a page of their own."""

    def __init__(self, evidence: Evidence, arrangement: Arrangement, pages: Sequence[Place]) -> None:
        self._evidence = evidence
        self._pages = pages
        self._verdicts: dict[tuple[str, str], dict[str | None, Verdict]] = {}
        for verdict in evidence.verdicts:
            self._verdicts.setdefault((verdict.edition, verdict.criterion), {})[verdict.hamlet] = verdict
        self._told = {(one.edition, one.criterion, one.hamlet, one.aspect): one for one in evidence.statements}
        self._hamlet_of = {item.submission: item.hamlet for item in evidence.items}
        self.columns = self._columns()
        self.rows = tuple(self._rows(arrangement))

    def editions(self) -> list[EditionPart]:
        """The rows by edition, with what is to be said of each edition."""
        known = {edition.id: edition for edition in self._evidence.editions}
        parts = []
        for name in dict.fromkeys([*known, *(row.edition for row in self.rows)]):
            edition = known.get(name)
            rows = tuple(row for row in self.rows if row.edition == name)
            past = any(verdict.history for verdict in self._evidence.verdicts if verdict.edition == name)
            notes = tuple(note.vi for note in (edition.validity_note, edition.note) if note is not None) if edition else ()
            told = any(cell.claim or cell.appraisal for row in rows for cell in row.cells)
            parts.append(EditionPart(edition.title.vi if edition else name, notes, past, told, rows))
        return parts

    def at(self, place: Place) -> Iterator[tuple[Criterion, Cell, bool]]:
        """Each criterion as *place* shows it, and whether it is the place's own: else the commune's, where evidence from here counts."""
        for row in self.rows:
            own = next((cell for column, cell in zip(self.columns, row.cells, strict=True) if column.hamlet == place.hamlet), None)
            if own is not None and place.hamlet is not None and _says(own):
                yield row, own, True
            elif row.main.measured is not None and place.hamlet in self._behind(row.main.measured):
                yield row, row.main, False

    def counts(self, items: Sequence[Item]) -> Mapping[str, list[tuple[str, str]]]:
        """The criteria that stand on each of *items*: the fragment where a hamlet's page shows them, and their names."""
        found: dict[str, list[tuple[str, str]]] = {item.submission: [] for item in items}
        for row in self.rows:
            behind = {key for cell in row.cells if cell.measured for basis in cell.measured.basis for key in basis.behind}
            for key in sorted(behind & found.keys()):
                found[key].append((row.anchor, row.name))
        return found

    def _columns(self) -> list[Place]:
        """The places with verdicts or statements: the commune first, then hamlets in their order."""
        judged = {verdict.hamlet for verdict in self._evidence.verdicts} | {told.hamlet for told in self._evidence.statements}
        pages = {place.hamlet: place.page for place in self._pages}
        whole = [Place(None, "Toàn xã", None)] if None in judged else []
        names = self._evidence.hamlet_names
        return whole + [Place(hamlet, name, pages.get(hamlet)) for hamlet, name in names.items() if hamlet in judged]

    def _rows(self, arrangement: Arrangement) -> Iterator[Criterion]:
        titles = {edition.id: edition.title.vi for edition in self._evidence.editions}
        for number, ((edition, code), verdicts) in enumerate(self._verdicts.items(), 1):
            anchor = f"tieu-chi-{number}"
            cells = tuple(self._cell(edition, code, place, verdicts.get(place.hamlet), anchor) for place in self.columns)
            main, main_place = next(
                ((cell, place.name) for cell, place in zip(cells, self.columns, strict=True) if cell.measured), (Cell(None, None, None), "")
            )
            title = next(iter(verdicts.values())).title.vi
            # A rule over all criteria has a word for a code, which says nothing to a reader.
            name = f"{code} · {title}" if code[:1].isdigit() else title
            ways = tuple(self._ways(main, verdicts, anchor, arrangement))
            yield Criterion(edition, titles.get(edition, edition), name, anchor, cells, main, main_place, ways)

    def _cell(self, edition: str, code: str, place: Place, verdict: Verdict | None, anchor: str) -> Cell:
        people = self._evidence.people
        href = f"{place.page}#{anchor}" if place.page else f"#{anchor}"
        claim = self._told.get((edition, code, place.hamlet, Aspect.CLAIM))
        appraisal = self._told.get((edition, code, place.hamlet, Aspect.APPRAISAL))
        measured = None if verdict is None else verdict_view(verdict, href, people)
        return Cell(measured, statement_view(claim, people), statement_view(appraisal, people))

    def _ways(self, main: Cell, verdicts: Mapping[str | None, Verdict], anchor: str, arrangement: Arrangement) -> Iterator[tuple[str, str]]:
        behind = self._behind(main.measured) if main.measured else set()
        for place in self._pages:
            own = place.hamlet is not None and place.hamlet in verdicts
            if own or place.hamlet in behind:
                yield f"{arrangement.pages[place.hamlet]}#{anchor}", place.name

    def _behind(self, measured: VerdictView) -> set[str | None]:
        keys = {key for basis in measured.basis for key in basis.behind}
        return {self._hamlet_of[key] for key in keys if key in self._hamlet_of}


def place_of(evidence: Evidence, arrangement: Arrangement, hamlet: str | None, items: Sequence[Item], registered: int) -> Place:
    """A place with a page of its own, and how much evidence it has."""
    photos = sum(photo.is_original for item in items for photo in evidence.photos.get(item.submission, ()))
    name = NO_HAMLET if hamlet is None else evidence.hamlet_names.get(hamlet, hamlet)
    return Place(hamlet, name, arrangement.pages[hamlet], registered, len({item.site for item in items}), len(items), photos)


def _says(cell: Cell) -> bool:
    return cell.measured is not None or cell.claim is not None or cell.appraisal is not None
