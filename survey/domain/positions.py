"""Positions of sites as people write them: two columns, one `18.02, 106.09`, a line as GeoJSON or WKT; checked against the border."""

import json
import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from survey.domain import remarks as say
from survey.domain.numbers import read_number
from survey.domain.places import Border, Line
from survey.domain.remarks import RemarkKind
from survey.domain.sites import SiteKind

LINE_POINTS = 5_000
_TEXT_LIMIT = 400_000  # letters of one geometry
_NEAR_DEGREES = 0.5  # a position this close to the commune's box is taken for one of ours when told from a swapped one
_MAX_LATITUDE, _MAX_LONGITUDE = 90, 180
_METRES = 1000  # in a kilometre; and no number of degrees is larger
_PAIR = re.compile(r"\s*([+-]?\d+(?:[.,]\d+)?)\s*(?:[,;]\s*|\s+)([+-]?\d+(?:[.,]\d+)?)\s*")


@dataclass(frozen=True)
class Fault:
    """A remark to be made on the cell *cell*."""

    kind: RemarkKind
    cell: str
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Position:
    """What an entry says of a site's place: `latitude` and `longitude`, `line`, or nothing; and what is to be remarked."""

    fields: Mapping[str, object] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()


def printable(text: str) -> str:
    """*text* in composed letters, without control characters and invisible marks of direction or width."""
    if text.isprintable() and unicodedata.is_normalized("NFC", text):
        return text
    composed = unicodedata.normalize("NFC", text)
    return "".join(letter if unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co"} else " " for letter in composed)


def read_position(values: Mapping[str, object], kind: SiteKind, border: Border) -> Position:
    """The position or line in *values*, held against *border*."""
    geometry = values.get("geometry")
    if geometry not in (None, ""):
        return _read_geometry(geometry, kind, border)
    names, pair = _pair(values)
    if pair == (None, None):
        return Position()
    if None in pair:
        return Position(faults=(Fault(say.POSITION_HALF, names[0] if pair[0] is None else names[1]),))
    numbers = (read_number(pair[0]), read_number(pair[1]))
    for name, number in zip(names, numbers, strict=True):
        if number is None:
            return Position(faults=(Fault(say.POSITION_IMPOSSIBLE, name),))
    return _checked(float(numbers[0] or 0), float(numbers[1] or 0), names, border)


def _pair(values: Mapping[str, object]) -> tuple[tuple[str, str], tuple[object, object]]:
    together = values.get("position")
    if isinstance(together, str) and together.strip():
        match = _PAIR.fullmatch(together)
        return ("position", "position"), (match[1], match[2]) if match else (together, together)
    latitude, longitude = (None if str(values.get(name) or "").strip() == "" else values[name] for name in ("latitude", "longitude"))
    return ("latitude", "longitude"), (latitude, longitude)


def _checked(latitude: float, longitude: float, names: tuple[str, str], border: Border) -> Position:
    fault = _wrong(latitude, longitude, border)
    if fault is not None:
        kind, details = fault
        return Position(faults=(Fault(kind, names[0], details),))
    position = {"latitude": round(latitude, 7), "longitude": round(longitude, 7)}
    return Position(position, _outside(latitude, longitude, names[0], border))


def _wrong(latitude: float, longitude: float, border: Border) -> tuple[RemarkKind, Mapping[str, object]] | None:
    if not _near(border, latitude, longitude) and _near(border, longitude, latitude):
        return say.POSITION_SWAPPED, {"latitude": f"{longitude:g}", "longitude": f"{latitude:g}"}
    # VN-2000 gives northings near 2,000,000 m and eastings near 500,000 m here.
    if abs(latitude) > _METRES and abs(longitude) > _METRES:
        return say.POSITION_IN_METRES, {}
    if abs(latitude) > _MAX_LATITUDE or abs(longitude) > _MAX_LONGITUDE:
        return say.POSITION_IMPOSSIBLE, {}
    return None


def _near(border: Border, latitude: float, longitude: float) -> bool:
    west, south, east, north = border.bounds
    inside = west - _NEAR_DEGREES <= longitude <= east + _NEAR_DEGREES
    return inside and south - _NEAR_DEGREES <= latitude <= north + _NEAR_DEGREES


def _outside(latitude: float, longitude: float, name: str, border: Border) -> tuple[Fault, ...]:
    away = border.distance_to_m(latitude, longitude)
    return (Fault(say.POSITION_OUTSIDE, name, {"distance": _distance_text(away)}),) if away > 0 else ()


def _distance_text(metres: float) -> Mapping[str, str]:
    if metres < _METRES:
        return {"vi": f"{math.ceil(metres)} m", "en": f"{math.ceil(metres)} m"}
    kilometres = f"{metres / 1000:.1f}"
    return {"vi": f"{kilometres.replace('.', ',')} km", "en": f"{kilometres} km"}


def _read_geometry(value: object, kind: SiteKind, border: Border) -> Position:
    drawn = _shape(value)
    if drawn is not None and drawn.geom_type in {"MultiPoint", "MultiLineString"} and shapely.get_num_geometries(drawn) == 1:
        drawn = shapely.get_geometry(drawn, 0)
    wanted = {"Point", "LineString"} if kind is SiteKind.ROAD_SEGMENT else {"Point"}
    if drawn is None or drawn.is_empty or drawn.geom_type not in wanted:
        return Position(faults=(Fault(say.LINE_UNREADABLE, "geometry"),))
    pairs: Line = tuple((round(float(pair[0]), 7), round(float(pair[1]), 7)) for pair in drawn.coords)
    if not all(math.isfinite(number) for pair in pairs for number in pair):
        return Position(faults=(Fault(say.LINE_UNREADABLE, "geometry"),))
    if drawn.geom_type == "Point":
        return _checked(pairs[0][1], pairs[0][0], ("geometry", "geometry"), border)
    return _checked_line(pairs, border)


def _checked_line(line: Line, border: Border) -> Position:
    if len(line) > LINE_POINTS:
        return Position(faults=(Fault(say.LINE_TOO_LONG, "geometry", {"limit": LINE_POINTS}),))
    if len(set(line)) == 1:
        return Position(faults=(Fault(say.LINE_UNREADABLE, "geometry"),))
    for longitude, latitude in line:
        fault = _wrong(latitude, longitude, border)
        if fault is not None:
            return Position(faults=(Fault(fault[0], "geometry", fault[1]),))
    outside = max(line, key=lambda pair: 0.0 if border.contains(pair[1], pair[0]) else border.distance_to_m(pair[1], pair[0]))
    return Position({"line": line}, _outside(outside[1], outside[0], "geometry", border))


def _shape(value: object) -> BaseGeometry | None:
    """The shape in a GeoJSON geometry, its text, or WKT; None where it is none of them."""
    try:
        if isinstance(value, Mapping):
            return shape(dict(value))
        text = str(value).strip()
        if len(text) > _TEXT_LIMIT:
            return None
        return shape(json.loads(text)) if text.startswith("{") else shapely.from_wkt(text.split(";")[-1])
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, shapely.errors.ShapelyError):
        return None
