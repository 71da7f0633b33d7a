"""Places: a commune with its border, its hamlets through time, and distances on the ground.

Communes are keyed by their official code, hamlets by our own lasting id, never by name (DESIGN 2.16).
Positions are degrees WGS 84, latitude first in arguments; GeoJSON pairs are longitude first (RFC 7946).
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise

import shapely
from geopy.distance import geodesic
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from survey.domain.canonical import dumps
from survey.domain.fold import fold

Line = tuple[tuple[float, float], ...]
_OUTLINE_DEGREES = 0.002  # our own choice: a pixel or two where 69 communes are on one screen


def distance_m(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Metres between two positions along the WGS 84 ellipsoid."""
    return float(geodesic((latitude, longitude), (other_latitude, other_longitude)).meters)


def line_length_m(line: Sequence[tuple[float, float]]) -> float:
    """Metres along *line*, a sequence of (longitude, latitude)."""
    return sum(distance_m(start[1], start[0], end[1], end[0]) for start, end in pairwise(line))


def distance_to_line_m(latitude: float, longitude: float, line: Line) -> float:
    """Metres from a position to the nearest place on *line*, (longitude, latitude) pairs, which may be a single point.

    The nearest place is found in a plane laid through the position, exact to centimetres over a commune's size.
    """
    shrink = math.cos(math.radians(latitude))
    flat = [((east - longitude) * shrink, north - latitude) for east, north in line]
    path = shapely.LineString(flat) if len(flat) > 1 else shapely.Point(flat[0])
    east, north = shapely.shortest_line(shapely.Point(0, 0), path).coords[1]
    return distance_m(latitude, longitude, latitude + north, longitude + east / shrink)


def line_middle(line: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """(latitude, longitude) of the point half way along *line*."""
    middle = shapely.LineString(line).interpolate(0.5, normalized=True)
    return round(float(middle.y), 7), round(float(middle.x), 7)


@dataclass(frozen=True)
class Border:
    """A commune's border as the text of a GeoJSON Polygon or MultiPolygon."""

    geojson: str

    @classmethod
    def of(cls, geometry: Mapping[str, object]) -> "Border":
        """The border behind a GeoJSON *geometry*. Raises ValueError unless it is a valid, filled area."""
        area = shape(dict(geometry))
        if area.geom_type not in {"Polygon", "MultiPolygon"} or area.is_empty or not area.is_valid:
            raise ValueError(f"not a valid polygon: {geometry.get('type')}")
        return cls(dumps(geometry))

    @cached_property
    def area(self) -> BaseGeometry:
        """The area inside, prepared for many questions."""
        area: BaseGeometry = shapely.from_geojson(self.geojson)
        shapely.prepare(area)
        return area

    @property
    def geometry(self) -> dict[str, object]:
        """The GeoJSON geometry as a mapping."""
        geometry: dict[str, object] = json.loads(self.geojson)
        return geometry

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north."""
        west, south, east, north = self.area.bounds
        return west, south, east, north

    @cached_property
    def center(self) -> tuple[float, float]:
        """(longitude, latitude) of a point well inside, where a map may open."""
        point = self.area.representative_point()
        return round(float(point.x), 6), round(float(point.y), 6)

    @cached_property
    def outline(self) -> Line:
        """The edge of the largest part, (longitude, latitude), simplified to some 200 m: for a map of a whole province."""
        parts = getattr(self.area, "geoms", [self.area])
        largest = max(parts, key=lambda part: part.area)
        drawn = largest.simplify(_OUTLINE_DEGREES, preserve_topology=False)  # thirty times faster, and nearly always whole
        if drawn.geom_type != "Polygon" or drawn.is_empty:
            drawn = largest.simplify(_OUTLINE_DEGREES)
        return tuple((round(east, 4), round(north, 4)) for east, north in drawn.exterior.coords)

    def contains(self, latitude: float, longitude: float) -> bool:
        """Whether a position lies inside or on the border."""
        return bool(shapely.intersects_xy(self.area, longitude, latitude))

    def distance_to_m(self, latitude: float, longitude: float) -> float:
        """Metres from a position to the commune; 0 inside."""
        if self.contains(latitude, longitude):
            return 0.0
        nearest = shapely.shortest_line(self.area, shapely.Point(longitude, latitude)).coords[0]
        return distance_m(nearest[1], nearest[0], latitude, longitude)


@dataclass(frozen=True)
class Commune:
    """A commune by its official code, as a deployment holds it."""

    code: str
    name: str
    province: str
    border: Border
    source: str
    demonstration: bool = False


@dataclass(frozen=True)
class Hamlet:
    """A hamlet (thôn) by our lasting id, valid from *valid_from* up to, but not on, *valid_to* (dates in Viet Nam)."""

    commune: str
    id: str
    name: str
    valid_from: date
    valid_to: date | None = None
    successor: str | None = None
    former_commune: str | None = None

    def is_valid(self, on: date) -> bool:
        """Whether the hamlet existed *on* that day."""
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


@dataclass(frozen=True)
class Place:
    """What `schema/places` says of a commune: itself, what it was merged from, and its hamlets."""

    commune: Commune
    province_code: str
    former_communes: tuple[str, ...]
    hamlets: tuple[Hamlet, ...]
    notes: tuple[str, ...]


def hamlet_key(name: str) -> str:
    """*name* as people vary it: folded, without the word `thôn` in front."""
    return fold(name).removeprefix("thon ").strip()


def next_hamlet_id(commune: str, taken: Iterable[str]) -> str:
    """The next lasting id, `18844-h07`; an id once given is never given again."""
    prefix = f"{commune}-h"
    numbers = [int(hamlet.removeprefix(prefix)) for hamlet in taken if hamlet.removeprefix(prefix).isdecimal()]
    return f"{prefix}{max(numbers, default=0) + 1:02d}"


def successor_of(hamlet: str, hamlets: Mapping[str, Hamlet], on: date) -> str | None:
    """The hamlet that *hamlet* has become *on* that day, through any number of mergers; None where the trail ends."""
    seen: set[str] = set()
    current: str | None = hamlet
    while current is not None and current not in seen:
        seen.add(current)
        known = hamlets.get(current)
        if known is None:
            return None
        if known.is_valid(on):
            return current
        current = known.successor
    return None
