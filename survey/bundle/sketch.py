"""A map without tiles: the commune's border, its sites and the evidence as inline SVG, drawn from our own figures only."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from markupsafe import Markup

Point = tuple[float, float]
"""Longitude, latitude."""

_WIDTH, _HEIGHT, _MARGIN = 800.0, 560.0, 24.0
_FOOT = 28.0  # below the drawing, for the scale
_METRES_PER_DEGREE = 111_320.0
_LEAST_SPAN_M = 200.0  # a single point is shown with some ground around it


@dataclass(frozen=True)
class Layer:
    """Points and lines of one kind: *css* names its look, *links* (one a point) make points clickable."""

    css: str
    points: Sequence[Point] = ()
    lines: Sequence[Sequence[Point]] = ()
    links: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Group:
    """The layers of one place under its *name*; *verdicts* are its outcomes by criterion, for the reader to choose one."""

    name: str
    verdicts: Sequence[str]
    layers: Sequence[Layer]

    @property
    def points(self) -> list[Point]:
        """Every point and corner of its layers."""
        return [point for layer in self.layers for point in (*layer.points, *(corner for line in layer.lines for corner in line))]


class _Plane:
    """Degrees to drawing units: equal scale both ways at the middle latitude, north up."""

    def __init__(self, points: Sequence[Point]) -> None:
        west, east = min(point[0] for point in points), max(point[0] for point in points)
        south, north = min(point[1] for point in points), max(point[1] for point in points)
        self._middle = ((west + east) / 2, (south + north) / 2)
        self._shrink = math.cos(math.radians(self._middle[1]))
        width_m = max((east - west) * self._shrink * _METRES_PER_DEGREE, _LEAST_SPAN_M)
        height_m = max((north - south) * _METRES_PER_DEGREE, _LEAST_SPAN_M)
        self.metres = max(width_m / (_WIDTH - 2 * _MARGIN), height_m / (_HEIGHT - 2 * _MARGIN))
        self.width = width_m / self.metres + 2 * _MARGIN
        self._drawn = height_m / self.metres + 2 * _MARGIN
        self.height = self._drawn + _FOOT

    def __call__(self, points: Iterable[Point]) -> list[str]:
        """The places of *points* on the drawing, `x y`."""
        up = _METRES_PER_DEGREE / self.metres
        right = up * self._shrink
        x, y = self.width / 2 - self._middle[0] * right, self._drawn / 2 + self._middle[1] * up
        return [f"{x + point[0] * right:.1f} {y - point[1] * up:.1f}" for point in points]


def draw_map(rings: Sequence[Sequence[Point]], groups: Sequence[Group], *, title: str, whole: bool) -> Markup:
    """The SVG of a border's *rings* and *groups*; *whole* shows all of the commune, else the groups' surroundings."""
    shown = [point for group in groups for point in group.points]
    if whole or not shown:
        shown += [point for ring in rings for point in ring]
    plane = _Plane(shown)
    outline = "".join(_path(plane, ring) + "Z" for ring in rings)
    parts = [Markup('<path class="border" d="{}"/>').format(outline)]
    parts += [_draw_group(plane, group) for group in groups]
    parts += [_draw_name(plane, group) for group in groups if group.name and group.points]
    parts += [_scale_bar(plane)]
    return Markup('<svg class="map" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        f"{plane.width:.0f}", f"{plane.height:.0f}", title, Markup("").join(parts)
    )


def _draw_group(plane: _Plane, group: Group) -> Markup:
    drawn = Markup("").join(_draw_layer(plane, layer) for layer in group.layers)
    return Markup('<g class="place" data-verdicts="{}">{}</g>').format(" ".join(group.verdicts), drawn)


def _draw_name(plane: _Plane, group: Group) -> Markup:
    """The place's name among its points, behind them in the file so that it lies above."""
    longitudes, latitudes = sorted(point[0] for point in group.points), sorted(point[1] for point in group.points)
    middle = longitudes[len(longitudes) // 2], latitudes[len(latitudes) // 2]
    x, y = next(iter(plane([middle]))).split()
    return Markup('<text class="name" x="{}" y="{}" data-verdicts="{}">{}</text>').format(x, y, " ".join(group.verdicts), group.name)


def _draw_layer(plane: _Plane, layer: Layer) -> Markup:
    lines = "".join(_path(plane, line) for line in layer.lines)
    drawn = Markup('<path class="line {}" d="{}"/>').format(layer.css, lines) if lines else Markup("")
    if layer.links:
        for spot, (target, label) in zip(plane(layer.points), layer.links, strict=True):
            x, y = spot.split()
            # The page lists the same sites as links that a thumb and a keyboard reach.
            dot = Markup('<circle class="dot {}" cx="{}" cy="{}" r="5"><title>{}</title></circle>').format(layer.css, x, y, label)
            drawn += Markup('<a href="{}" aria-hidden="true" tabindex="-1">{}</a>').format(target, dot)
    elif layer.points:
        # A segment of no length with a round cap is a dot: twelve bytes a point instead of sixty.
        dots = "".join(f"M{spot}h0" for spot in plane(layer.points))
        drawn += Markup('<path class="dots {}" d="{}"/>').format(layer.css, dots)
    return drawn


def _scale_bar(plane: _Plane) -> Markup:
    room_m = plane.width * plane.metres / 4
    power = 10 ** math.floor(math.log10(room_m))
    length_m = next(step * power for step in (5, 2, 1) if step * power <= room_m)
    length = length_m / plane.metres
    label = f"{length_m / 1000:g} km" if length_m >= 1000 else f"{length_m:g} m"  # noqa: PLR2004 - a kilometre
    return Markup('<g class="scale"><path d="M{x} {y}v-6m0 6h{length}v-6"/><text x="{x}" y="{above}">{label}</text></g>').format(
        x=12, y=f"{plane.height - 10:.0f}", length=f"{length:.1f}", above=f"{plane.height - 20:.0f}", label=label.replace(".", ",")
    )


def _path(plane: _Plane, line: Iterable[Point]) -> str:
    return "M" + "L".join(corner for corner, _ in groupby(plane(line)))


def border_rings(geometry: Any) -> list[list[Point]]:
    """The rings of a border given as a GeoJSON Polygon or MultiPolygon."""
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return [[(pair[0], pair[1]) for pair in ring] for polygon in polygons for ring in polygon]
