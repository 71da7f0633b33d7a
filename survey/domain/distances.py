"""Distances on the Earth in metres: between positions, and from a position to a line."""

import math
from collections.abc import Sequence

from geopy.distance import geodesic

Point = tuple[float, float]  # latitude, longitude: WGS 84 degrees


def metres(a: Point, b: Point) -> float:
    """The geodesic distance from *a* to *b* on the WGS 84 ellipsoid."""
    return float(geodesic(a, b).m)


def metres_to_line(point: Point, line: Sequence[Point]) -> float:
    """The geodesic distance from *point* to the nearest place on *line*, which may be a single point.

    The nearest place is found in a plane laid through *point*, which is exact to centimetres over a commune's size.
    """
    if len(line) == 1:
        return metres(point, line[0])
    nearest = (_nearest_on(point, start, end) for start, end in zip(line, line[1:], strict=False))
    return min(metres(point, place) for place in nearest)


def _nearest_on(point: Point, start: Point, end: Point) -> Point:
    shrink = math.cos(math.radians(point[0]))
    along = (end[0] - start[0], (end[1] - start[1]) * shrink)
    to_point = (point[0] - start[0], (point[1] - start[1]) * shrink)
    length_squared = along[0] ** 2 + along[1] ** 2
    share = 0.0 if length_squared == 0 else (to_point[0] * along[0] + to_point[1] * along[1]) / length_squared
    share = min(1.0, max(0.0, share))
    return (start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1]))
