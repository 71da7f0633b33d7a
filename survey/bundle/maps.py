"""The report's maps: which points and lines each shows; nothing in them comes from a network."""

from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup

from survey.bundle.chapters import Chapters
from survey.bundle.criterion_rows import Criterion, Place
from survey.bundle.sketch import Group, Layer, Point, border_rings, draw_map
from survey.domain.evidence import Evidence, Item, Variant
from survey.domain.sites import Site


class Maps:
    """Draws the commune and each hamlet of *evidence*."""

    def __init__(self, evidence: Evidence, chapters: Chapters, sites: Mapping[str | None, Sequence[Site]]) -> None:
        """*sites* are those of the register by hamlet."""
        self._evidence = evidence
        self._chapters = chapters
        self._sites = sites
        self._rings = border_rings(evidence.commune.border.geometry)

    def commune(self, places: Sequence[Place], columns: Sequence[Place], rows: Sequence[Criterion]) -> Markup:
        """Every site, grouped by place with the place's outcome under each of *rows*."""
        groups = [
            Group(place.name if place.hamlet else "", _outcomes(place, columns, rows), self._layers(self._sites[place.hamlet]))
            for place in places
        ]
        return draw_map(self._rings, groups, title="Bản đồ xã", whole=True)

    def hamlet(self, place: Place, items: Sequence[Item]) -> Markup:
        """The sites of *place*, each a link to its evidence, and where phones stood; empty where nothing has a position."""
        layers = self._layers(self._sites[place.hamlet], linked=True)
        layers += [self._photo_layer(items)] if self._evidence.variant is Variant.FULL else []
        group = Group("", (), layers)
        return draw_map(self._rings, [group], title=f"Bản đồ {place.name}", whole=False) if group.points else Markup("")

    def _layers(self, sites: Iterable[Site], *, linked: bool = False) -> list[Layer]:
        layers = []
        groups: dict[str, list[Site]] = {"unseen": [], "seen": []}
        for site in sites:
            groups["seen" if self._chapters.page(site.id) else "unseen"].append(site)
        for css, group in groups.items():
            spots = [site for site in group if site.line is None and site.latitude is not None and site.longitude is not None]
            points: list[Point] = [(site.longitude or 0.0, site.latitude or 0.0) for site in spots]
            links = [(self._chapters.site(site) or "", f"{site.code} {site.name}") for site in spots] if linked and css == "seen" else []
            layers.append(Layer(css, points, [site.line for site in group if site.line is not None], links))
        return layers

    def _photo_layer(self, items: Iterable[Item]) -> Layer:
        photos = (photo for item in items for photo in self._evidence.photos.get(item.submission, ()))
        return Layer("photo", [(photo.fix.longitude, photo.fix.latitude) for photo in photos if photo.fix is not None])


def _outcomes(place: Place, columns: Sequence[Place], rows: Sequence[Criterion]) -> list[str]:
    """What each criterion says of *place*, `-` where it says nothing; what belongs to no hamlet shows the commune's."""
    index = next((number for number, column in enumerate(columns) if column.hamlet == place.hamlet), None)
    cells = [None if index is None else row.cells[index].measured for row in rows]
    return [cell.css if cell else "-" for cell in cells]
