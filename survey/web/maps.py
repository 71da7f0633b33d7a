"""Maps without tiles: the commune's border with points and lines on it; nothing is asked of the internet.

Colours are told in words beside the map by whoever draws it. Positions are (longitude, latitude) as in GeoJSON.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pydeck as pdk
import streamlit as st

from survey.domain.places import Border, Line

Colour = tuple[int, int, int]
# Each holds 3:1 against the pages' light and dark backgrounds; the words beside the map carry the meaning as well.
GREEN, BLUE, ORANGE, GREY = (34, 139, 84), (58, 118, 214), (206, 98, 12), (120, 132, 124)
_AREAS = "areas"


def _quoted(word: str) -> str:
    return f"'{word}'"  # or pydeck takes it for a column


_PIXELS = _quoted("pixels")
_DEGREE_M = 6_371_009 * math.pi / 180  # of a great circle; the earth's mean radius (IUGG)
_WORLD_PX = 512  # of deck.gl's Web Mercator map at zoom 0


@dataclass(frozen=True)
class Mark:
    """A point or a line on the map; *radius_m* draws how far a position may be off, *size_px* the point itself."""

    words: str
    colour: Colour
    point: tuple[float, float] | None = None
    line: Line | None = None
    radius_m: float = 0.0
    size_px: int = 5


@dataclass(frozen=True)
class Area:
    """A named area on the map by its *id*; *words* appear at a tap, *label* stands on it at *middle*; not *filled*: only its edge."""

    id: str
    words: str
    label: str
    colour: Colour
    ring: Line
    middle: tuple[float, float]
    filled: bool = True


def show_areas(border: Border | None, areas: Sequence[Area], *, key: str, height: int = 420) -> str | None:
    """Draw *areas* with their labels inside *border*, the view fitted to them; returns the id of the one that was tapped."""
    marks = [Mark("", area.colour, line=area.ring) for area in areas]
    layers = [*_border_layers(border), *_area_layers(areas)]
    deck = pdk.Deck(layers, initial_view_state=_view(border, marks, height, 0.002), map_provider=None, tooltip={"text": "{words}"})
    picked = st.pydeck_chart(deck, height=height, key=key, on_select="rerun", selection_mode="single-object")
    chosen = picked.selection.objects.get(_AREAS, []) if picked else []
    return next((str(one["id"]) for one in chosen), None)


def show_map(border: Border | None, marks: Iterable[Mark], *, key: str, height: int = 420, least_span: float = 0.002) -> None:
    """Draw *marks* inside *border*, the view fitted to the marks inside it, else to all of them, else to the border.

    *least_span* is how many degrees of longitude the view shows at least.
    """
    drawn = list(marks)
    layers = [*_border_layers(border), *_line_layers(drawn), *_point_layers(drawn)]
    # No provider and no style named at all: with `map_style=None` Streamlit would ask the internet for its own base map.
    # The tooltip takes text only, so that a name cannot become markup.
    deck = pdk.Deck(layers, initial_view_state=_view(border, drawn, height, least_span), map_provider=None, tooltip={"text": "{words}"})
    st.pydeck_chart(deck, height=height, key=key)


def legend(entries: Sequence[tuple[Colour, str]]) -> str:
    """HTML that says in words what each colour means; *entries* hold texts that are ours or escaped."""
    dots = "".join(
        # A drawing (svg) would be taken out by st.html.
        f'<span style="display:inline-block;margin-right:1rem"><span aria-hidden="true" style="display:inline-block;width:.75rem;'
        f'height:.75rem;border-radius:50%;background:rgb{colour}"></span> {words}</span>'
        for colour, words in entries
    )
    return f'<p style="line-height:1.6;margin:.2rem 0">{dots}</p>'


def _border_layers(border: Border | None) -> list[pdk.Layer]:
    if border is None:
        return []
    return [
        pdk.Layer(
            "GeoJsonLayer", {"type": "Feature", "properties": {}, "geometry": border.geometry}, stroked=True, filled=True,
            get_fill_color=[*GREY, 24], get_line_color=[*GREY, 255], line_width_min_pixels=2,
        )
    ]  # fmt: skip


def _area_layers(areas: Sequence[Area]) -> list[pdk.Layer]:
    data = [
        {
            "id": area.id, "polygon": [list(pair) for pair in area.ring], "words": area.words, "label": area.label, "at": list(area.middle),
            "line": [*area.colour, 255], "fill": [*area.colour, 110 if area.filled else 20],
        }
        for area in areas
    ]  # fmt: skip
    if not data:
        return []
    return [
        pdk.Layer(
            "PolygonLayer", data, id=_AREAS, get_polygon="polygon", get_fill_color="fill", get_line_color="line", line_width_min_pixels=3,
            pickable=True,
        ),
        pdk.Layer(
            "TextLayer", data, get_position="at", get_text="label", get_size=15, get_color=[24, 34, 27], background=True,
            get_background_color=[255, 255, 255, 225], background_padding=[5, 3], character_set=_quoted("auto"),
            font_family=_quoted("sans-serif"), font_weight=600, pickable=False,
        ),
    ]  # fmt: skip


def _line_layers(marks: Sequence[Mark]) -> list[pdk.Layer]:
    data = [{"path": [list(pair) for pair in mark.line], "colour": list(mark.colour), "words": mark.words} for mark in marks if mark.line]
    if not data:
        return []
    return [pdk.Layer("PathLayer", data, get_path="path", get_color="colour", width_min_pixels=4, pickable=True)]


def _point_layers(marks: Sequence[Mark]) -> list[pdk.Layer]:
    data = [
        {
            "at": list(mark.point), "colour": list(mark.colour), "halo": [*mark.colour, 45], "words": mark.words,
            "radius": mark.radius_m, "size": mark.size_px,
        }
        for mark in marks
        if mark.point is not None
    ]  # fmt: skip
    circles = [datum for datum in data if datum["radius"]]
    layers = []
    if circles:
        layers.append(
            pdk.Layer(
                "ScatterplotLayer", circles, get_position="at", get_radius="radius", get_fill_color="halo", get_line_color="colour",
                stroked=True, line_width_units=_PIXELS, get_line_width=1,
            )
        )  # fmt: skip
    if data:
        layers.append(
            pdk.Layer(
                "ScatterplotLayer", data, get_position="at", get_fill_color="colour", get_line_color=[255, 255, 255], stroked=True,
                get_radius="size", radius_units=_PIXELS, line_width_units=_PIXELS, get_line_width=1, pickable=True,
            )
        )  # fmt: skip
    return layers


def _view(border: Border | None, marks: Sequence[Mark], height: int, least_span: float) -> pdk.ViewState:
    places = [place for mark in marks for place in (mark.line or ((mark.point,) if mark.point else ()))]
    if border is not None:  # one house with a slip in its coordinates must not shrink all others to a dot
        places = [place for place in places if border.contains(place[1], place[0])] or places
    if places:
        places += [corner for mark in marks if mark.point and mark.radius_m for corner in _corners(mark.point, mark.radius_m)]
        west, east = min(place[0] for place in places), max(place[0] for place in places)
        south, north = min(place[1] for place in places), max(place[1] for place in places)
    elif border is not None:
        west, south, east, north = border.bounds
    else:
        west = south = east = north = 0.0
    # At zoom z the world is 512 · 2^z pixels wide; the narrowest map is that of a phone, 320.
    wide = max(east - west, least_span) / 360
    high = abs(_mercator(north) - _mercator(south)) or wide
    zoom = min(math.log2(320 * 0.85 / (_WORLD_PX * wide)), math.log2(height * 0.85 / (_WORLD_PX * high)))
    return pdk.ViewState(longitude=(west + east) / 2, latitude=(south + north) / 2, zoom=max(3.0, min(19.0, zoom)))


def _corners(point: tuple[float, float], radius_m: float) -> list[tuple[float, float]]:
    """South-west and north-east of the box around a circle; only the view is fitted to it, so a sphere's degrees will do."""
    high = radius_m / _DEGREE_M
    wide = radius_m / (_DEGREE_M * math.cos(math.radians(point[1])))
    return [(point[0] - wide, point[1] - high), (point[0] + wide, point[1] + high)]


def _mercator(latitude: float) -> float:
    """How far north on a Web Mercator map, as a share of its width."""
    return math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2)) / (2 * math.pi)
