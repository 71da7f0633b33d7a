"""Where a submission was made: the registered place, the phone and each photo, on a map without tiles and in words."""

import math
from typing import Any

import pydeck as pdk
import streamlit as st

from survey.domain.submissions import Fix
from survey.web import text
from survey.web.review_case import Case
from survey.web.review_photos import place_words
from survey.web.text import _

SITE, PHONE, PHOTO = (23, 96, 58), (20, 90, 190), (200, 90, 0)
_METRES_A_PIXEL = 156_543.03392  # at the equator at zoom 0 (256 px tiles), Web Mercator
_HEIGHT = 300


def show_map(case: Case) -> None:
    """Show the places of *case* and their distances; a sentence where no position is known at all."""
    points = map_points(case)
    if not points:
        st.write(_("Neither the register nor the phone gives a position."))
        return
    st.pydeck_chart(_deck(case, points), height=_HEIGHT, key="review_map")
    for line in place_lines(case):
        st.markdown(line)


def place_lines(case: Case) -> list[str]:
    """What the map shows, in words with its colours."""
    lines = []
    if case.site is not None:
        known = case.site.latitude is not None or case.site.line
        lines.append(":green[●] " + (_("registered place") if known else _("the register gives no position for this site")))
    fix = case.submission.fix
    phone = place_words(case.distance_m(fix), fix.accuracy_m) if fix else _("no position of the visit")
    lines.append(f":blue[●] {_('phone')}: {phone}")
    placed = [shot for shot in case.shots if shot.is_photo and shot.fix]
    distances = [distance for shot in placed if (distance := case.distance_m(shot.fix)) is not None]
    if distances:
        lines.append(f":orange[●] {_('photos')}: {_photo_span(min(distances), max(distances))}")
    return lines


def map_points(case: Case) -> list[dict[str, Any]]:
    """Every known point: degrees, colour, what it is, and the radius of its accuracy in metres."""
    points = []
    if case.site is not None and case.site.latitude is not None and case.site.longitude is not None:
        points.append(_point(Fix(case.site.latitude, case.site.longitude, 0.0), SITE, f"{case.site.code} · {case.site.name}"))
    if case.submission.fix is not None:
        points.append(_point(case.submission.fix, PHONE, _("phone")))
    points += [_point(shot.fix, PHOTO, shot.attachment.name) for shot in case.shots if shot.is_photo and shot.fix]
    return points


def _photo_span(nearest: float, farthest: float) -> str:
    if round(nearest) == round(farthest):
        return _("{distance} from the registered place", distance=text.format_distance(nearest))
    return _("{near} to {far} from the registered place", near=text.format_distance(nearest), far=text.format_distance(farthest))


def _point(fix: Fix, colour: tuple[int, int, int], words: str) -> dict[str, Any]:
    return {
        "at": [fix.longitude, fix.latitude], "colour": list(colour), "halo": [*colour, 45], "words": words, "radius": fix.accuracy_m or 0.0,
    }  # fmt: skip


def _deck(case: Case, points: list[dict[str, Any]]) -> pdk.Deck:
    layers = [
        pdk.Layer(
            "ScatterplotLayer", points, get_position="at", get_radius="radius", get_fill_color="halo", get_line_color="colour",
            stroked=True, line_width_min_pixels=1,
        ),
        pdk.Layer(
            "ScatterplotLayer", points, get_position="at", get_fill_color="colour", get_line_color=[255, 255, 255], stroked=True,
            get_radius=1, radius_min_pixels=6, radius_max_pixels=6, line_width_min_pixels=2, pickable=True,
        ),
    ]  # fmt: skip
    if case.site is not None and case.site.line:
        path = [{"path": [list(place) for place in case.site.line], "words": case.site.code}]
        layers.insert(0, pdk.Layer("PathLayer", path, get_path="path", get_color=list(SITE), width_min_pixels=4))
    # No map style: it would ask the internet for tiles. The tooltip takes text only where its template does.
    return pdk.Deck(layers, initial_view_state=_view(case, points), map_style=None, tooltip={"text": "{words}"})


def _view(case: Case, points: list[dict[str, Any]]) -> pdk.ViewState:
    """The view that holds all points with their circles."""
    places = [point["at"] for point in points] + [list(place) for place in (case.site.line or () if case.site else ())]
    east, north = ([place[axis] for place in places] for axis in (0, 1))
    middle = ((min(east) + max(east)) / 2, (min(north) + max(north)) / 2)
    shrink = math.cos(math.radians(middle[1]))
    span_m = max((max(east) - min(east)) * 111_320 * shrink, (max(north) - min(north)) * 110_570, 40.0)
    span_m += 2 * max(point["radius"] for point in points)
    zoom = math.log2(_METRES_A_PIXEL * shrink * _HEIGHT * 0.7 / span_m)
    return pdk.ViewState(longitude=middle[0], latitude=middle[1], zoom=max(3.0, min(19.0, zoom)))
