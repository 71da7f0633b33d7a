"""Where a hamlet lies on a map: hamlets have no borders, so the area around the registered sites stands for them."""

import math
from collections.abc import Sequence

import shapely

from survey.domain.places import Line

MARGIN_M = 60.0  # our own choice: a hamlet of one house is still an area that a thumb hits
_DEGREE_M = 6_371_009 * math.pi / 180  # of a great circle; the earth's mean radius (IUGG)
_ROUNDING = 4  # segments to a quarter turn of a rounded corner


def hull(positions: Sequence[tuple[float, float]], margin_m: float = MARGIN_M) -> Line:
    """The convex area around *positions* with a rounded margin, as a closed ring of (longitude, latitude); empty for none.

    Drawn in a plane laid through the middle, exact to metres over a commune's size. Nobody decided this border, and no corner of
    it is a house.
    """
    if not positions:
        return ()
    east, north = (sum(place[axis] for place in positions) / len(positions) for axis in (0, 1))
    shrink = math.cos(math.radians(north))
    flat = shapely.MultiPoint([((x - east) * shrink * _DEGREE_M, (y - north) * _DEGREE_M) for x, y in positions])
    ring = flat.convex_hull.buffer(margin_m, quad_segs=_ROUNDING).exterior.coords
    return tuple((round(east + x / (shrink * _DEGREE_M), 6), round(north + y / _DEGREE_M, 6)) for x, y in ring)


def middle(ring: Line) -> tuple[float, float]:
    """(longitude, latitude) inside *ring* where its name may stand."""
    point = shapely.Polygon(ring).representative_point()
    return round(float(point.x), 6), round(float(point.y), 6)
