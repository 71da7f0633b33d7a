"""The ground of the demonstration: invented hamlets, roads, houses and public places inside a commune's real border."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from random import Random

from survey.demonstration.chance import chance, lasting_id
from survey.domain.places import Border, Commune, Hamlet, line_length_m, line_middle
from survey.domain.sites import RoadClass, Site, SiteKind, next_code

HAMLETS = 6
_HAMLET_WEIGHTS = (10, 11, 20, 20, 20, 19)  # two small hamlets, which the survey has gone through whole
_METRES_PER_DEGREE = 110_900.0  # of latitude; close enough to draw by, distances are measured elsewhere
_CLEARANCE_M = 1500.0
_APART_M = (1600.0, 2800.0)
_BETWEEN_HOUSES_M = 14.0
_TRIES = 10_000
_REGISTERED_SHARE = 0.25  # of gardens, entered for the model garden title

Metres = tuple[float, float]  # east and north of the commune's middle

_ROAD_NAMES = {RoadClass.COMMUNE: "Đường xã", RoadClass.HAMLET: "Đường thôn", RoadClass.LANE: "Ngõ", RoadClass.FIELD: "Đường nội đồng"}
_SURFACES = {
    RoadClass.COMMUNE: ("asphalt", "concrete"), RoadClass.HAMLET: ("concrete", "concrete", "crushed_stone"),
    RoadClass.LANE: ("concrete", "concrete", "earth"), RoadClass.FIELD: ("concrete", "earth"),
}  # fmt: skip
_WIDTHS_M = {RoadClass.COMMUNE: (5.5, 7.0), RoadClass.HAMLET: (3.5, 5.0), RoadClass.LANE: (2.0, 3.5), RoadClass.FIELD: (3.0, 4.0)}
_PUBLIC = {"culture_house": "Nhà văn hóa", "junction": "Nút giao", "drain": "Rãnh thoát nước", "public_ground": "Sân công cộng"}


@dataclass(frozen=True)
class Land:
    """What the demonstration's register begins with."""

    hamlets: tuple[Hamlet, ...]
    sites: tuple[Site, ...]


def lay_out(commune: Commune, seed: int, *, households: int, since: date) -> Land:
    """Hamlets valid *since*, 60 road segments, 24 public places and *households* households; the same *seed* gives the same land."""
    plane = _Plane(commune.border)
    centres = _centres(plane, chance(seed, "centres"))
    hamlets = tuple(Hamlet(commune.code, f"{commune.code}-h{n:02d}", f"Thôn mẫu {n}", since) for n in range(1, HAMLETS + 1))
    maker = _Maker(commune.code, seed, plane)
    lanes = [_hamlet_roads(plane, centre, chance(seed, f"roads {n}")) for n, centre in enumerate(centres)]
    for hamlet, roads in zip(hamlets, lanes, strict=True):
        for road_class, line in roads:
            maker.road(road_class, line, hamlet)
    for line in _links(plane, centres, chance(seed, "links")):
        maker.road(RoadClass.COMMUNE, line, None)
    for hamlet, roads in zip(hamlets, lanes, strict=True):
        maker.public_places(hamlet, roads[0][1], chance(seed, f"public {hamlet.id}"))
    for number, (hamlet, count) in enumerate(zip(hamlets, _shares(households), strict=True)):
        maker.houses(hamlet, [line for road_class, line in lanes[number] if road_class is not RoadClass.FIELD], count)
    return Land(hamlets, tuple(maker.sites))


class _Plane:
    """Metres around a commune's middle, to draw in, and back to degrees."""

    def __init__(self, border: Border) -> None:
        self.border = border
        self.longitude, self.latitude = border.center
        self._east = _METRES_PER_DEGREE * math.cos(math.radians(self.latitude))

    def degrees(self, point: Metres) -> tuple[float, float]:
        """(longitude, latitude)."""
        return round(self.longitude + point[0] / self._east, 6), round(self.latitude + point[1] / _METRES_PER_DEGREE, 6)

    def metres(self, longitude: float, latitude: float) -> Metres:
        """East and north of the middle."""
        return (longitude - self.longitude) * self._east, (latitude - self.latitude) * _METRES_PER_DEGREE

    def holds(self, point: Metres, clearance_m: float = 0) -> bool:
        """Whether *point* lies inside the border, by at least *clearance_m*."""
        ring = [_step(point, turn * math.pi / 6, clearance_m) for turn in range(12)] if clearance_m else []
        return all(self.border.contains(latitude, longitude) for longitude, latitude in map(self.degrees, [point, *ring]))


@dataclass
class _Maker:
    """Collects sites under running codes."""

    commune: str
    seed: int
    plane: _Plane
    sites: list[Site] = field(default_factory=list)
    _counts: dict[SiteKind, int] = field(default_factory=dict)
    _roads: dict[RoadClass, int] = field(default_factory=dict)

    def road(self, road_class: RoadClass, line: list[Metres], hamlet: Hamlet | None) -> None:
        """A segment with its class, width and surface."""
        self._roads[road_class] = number = self._roads.get(road_class, 0) + 1
        random = chance(self.seed, f"{road_class} {number}")
        drawn = tuple(self.plane.degrees(point) for point in line)
        latitude, longitude = line_middle(drawn)
        attributes = {
            "class": road_class.value, "length_m": float(round(line_length_m(drawn))),
            "width_m": round(random.uniform(*_WIDTHS_M[road_class]), 1), "surface": random.choice(_SURFACES[road_class]),
        }  # fmt: skip
        self._add(SiteKind.ROAD_SEGMENT, f"{_ROAD_NAMES[road_class]} mẫu {number}", hamlet, (latitude, longitude), attributes, drawn)

    def public_places(self, hamlet: Hamlet, main: list[Metres], random: Random) -> None:
        """One of each type, along the hamlet's main road."""
        for (kind, name), corner in zip(_PUBLIC.items(), random.sample(main, len(_PUBLIC)), strict=True):
            longitude, latitude = self.plane.degrees(_step(corner, random.uniform(0, math.tau), 12))
            attributes: dict[str, object] = {"type": kind}
            if kind == "drain":
                attributes["length_m"] = float(random.randrange(80, 400, 10))
            self._add(SiteKind.PUBLIC_PLACE, f"{name} {hamlet.name}", hamlet, (latitude, longitude), attributes)

    def houses(self, hamlet: Hamlet, lanes: list[list[Metres]], count: int) -> None:
        """*count* households beside the hamlet's *lanes*."""
        random = chance(self.seed, f"houses {hamlet.id}")
        for point in _yards(lanes, count, random):
            number = self._counts.get(SiteKind.HOUSEHOLD, 0) + 1
            longitude, latitude = self.plane.degrees(point)
            garden, registered = float(random.randrange(250, 1600, 10)), random.random() < _REGISTERED_SHARE
            attributes = {"members": random.randint(1, 7), "garden_m2": garden, "garden_registered": registered}
            self._add(SiteKind.HOUSEHOLD, f"Hộ mẫu {number:04d}", hamlet, (latitude, longitude), attributes)

    def _add(
        self, kind: SiteKind, name: str, hamlet: Hamlet | None, place: tuple[float, float], attributes: Mapping[str, object],
        line: tuple[tuple[float, float], ...] | None = None,
    ) -> None:  # fmt: skip
        code = next_code(kind, self._counts.get(kind, 0))
        self._counts[kind] = self._counts.get(kind, 0) + 1
        site = lasting_id(self.seed, f"site {code}")
        self.sites.append(Site(self.commune, site, kind, code, name, hamlet.id if hamlet else None, *place, line, attributes))


def _step(point: Metres, angle: float, distance_m: float) -> Metres:
    return point[0] + math.cos(angle) * distance_m, point[1] + math.sin(angle) * distance_m


def _centres(plane: _Plane, random: Random) -> list[Metres]:
    """Middles of hamlets, each within reach of another and well inside the border. Raises ValueError where there is no room."""
    west, south, east, north = plane.border.bounds
    centres: list[Metres] = []
    for _ in range(_TRIES):
        if len(centres) == HAMLETS:
            return centres
        if centres:
            point = _step(random.choice(centres), random.uniform(0, math.tau), random.uniform(*_APART_M))
        else:
            point = plane.metres(random.uniform(west, east), random.uniform(south, north))
        if all(math.dist(point, other) >= _APART_M[0] for other in centres) and plane.holds(point, _CLEARANCE_M):
            centres.append(point)
    raise ValueError("the commune has no room for the demonstration's hamlets")


def hamlet_number(site: Site) -> int:
    """The *n* of the site's `Thôn mẫu n`; 0 for a site of the commune alone."""
    return int((site.hamlet or "0").rpartition("h")[2])


def _shares(households: int) -> list[int]:
    """How many households each hamlet has, *households* in all."""
    ends = [households * sum(_HAMLET_WEIGHTS[: number + 1]) // sum(_HAMLET_WEIGHTS) for number in range(HAMLETS)]
    return [end - start for start, end in zip([0, *ends], ends, strict=False)]


def _hamlet_roads(plane: _Plane, centre: Metres, random: Random) -> list[tuple[RoadClass, list[Metres]]]:
    """A main road through the hamlet in two segments, five lanes off it, one road into the fields."""
    heading = random.uniform(0, math.tau)
    main = _winding(_step(centre, heading + math.pi, 600), heading, 1200, random)
    half = len(main) // 2
    roads = [(RoadClass.HAMLET, main[: half + 1]), (RoadClass.HAMLET, main[half:])]
    for number, corner in enumerate(random.sample(main[1:-1], 5)):
        side = heading + (math.pi / 2 if number % 2 else -math.pi / 2) + random.uniform(-0.3, 0.3)
        roads.append((RoadClass.LANE, _winding(corner, side, random.uniform(150, 350), random)))
    roads.append((RoadClass.FIELD, _winding(main[-1], heading + random.uniform(-0.7, 0.7), random.uniform(400, 700), random)))
    return [(road_class, [point for point in line if plane.holds(point)]) for road_class, line in roads]


def _links(plane: _Plane, centres: list[Metres], random: Random) -> Iterator[list[Metres]]:
    """Commune roads: every hamlet joined to the nearest before it, and one on from the first; each in two segments."""
    ways = [(min(centres[:n], key=lambda other, to=centre: math.dist(other, to)), centre) for n, centre in enumerate(centres) if n]  # type: ignore[misc]
    ways.append((centres[0], _step(centres[0], random.uniform(0, math.tau), 1200)))
    for start, end in ways:
        angle = math.atan2(end[1] - start[1], end[0] - start[0])
        line = [point for point in _winding(start, angle, math.dist(start, end), random) if plane.holds(point)]
        half = len(line) // 2
        yield line[: half + 1]
        yield line[half:]


def _winding(start: Metres, angle: float, length_m: float, random: Random) -> list[Metres]:
    """Points about every 75 m along a road that bends a little."""
    steps = max(2, round(length_m / 75))
    line = [start]
    for number in range(1, steps + 1):
        on = _step(start, angle, length_m * number / steps)
        line.append(_step(on, angle + math.pi / 2, random.uniform(-14, 14)))
    return line


def _yards(lanes: list[list[Metres]], count: int, random: Random) -> list[Metres]:
    """*count* places beside *lanes*, 18 to 45 m away from them and not on top of each other."""
    placed: list[Metres] = []
    gap = _BETWEEN_HOUSES_M
    while len(placed) < count:
        lane = random.choice(lanes)
        number = random.randrange(len(lane) - 1)
        start, end = lane[number], lane[number + 1]
        share, angle = random.random(), math.atan2(end[1] - start[1], end[0] - start[0])
        on = (start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1]))
        yard = _step(on, angle + random.choice((1, -1)) * math.pi / 2, random.uniform(18, 45))
        if all(math.dist(yard, other) >= gap for other in placed):
            placed.append(yard)
        else:
            gap *= 0.999  # a crowded hamlet moves closer together rather than never being finished
    return placed
