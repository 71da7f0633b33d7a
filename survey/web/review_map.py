"""Where a submission was made: the registered place, the phone and each photo, on a map without tiles and in words."""

import streamlit as st

from survey.web import maps, text
from survey.web.maps import BLUE, GREEN, ORANGE, Colour, Mark, legend
from survey.web.review_case import Case
from survey.web.review_photos import place_words
from survey.web.text import _

_HEIGHT = 260
_LEAST_SPAN = 0.0005  # degrees: some 50 m, a yard with its neighbours


def show_map(case: Case) -> None:
    """Show the places of *case* and their distances; a sentence where no position is known at all."""
    marks = map_marks(case)
    if not marks:
        st.write(_("Neither the register nor the phone gives a position."))
        return
    maps.show_map(None, marks, key="review_map", height=_HEIGHT, least_span=_LEAST_SPAN)
    st.html("".join(f"<div>{legend([entry])}</div>" for entry in place_lines(case)))


def place_lines(case: Case) -> list[tuple[Colour, str]]:
    """What the map shows, in words beside their colours; none of the words are people's own."""
    lines = []
    if case.site is not None:
        known = case.site.latitude is not None or case.site.line
        lines.append((GREEN, _("registered place") if known else _("the register gives no position for this site")))
    fix = case.submission.fix
    phone = place_words(case.distance_m(fix), fix) if fix else _("no position of the visit")
    lines.append((BLUE, f"{_('phone')}: {phone}"))
    placed = [shot for shot in case.shots if shot.is_photo and shot.fix]
    distances = [distance for shot in placed if (distance := case.distance_m(shot.fix)) is not None]
    if distances:
        lines.append((ORANGE, f"{_('photos')}: {_photo_span(min(distances), max(distances))}"))
    return lines


def map_marks(case: Case) -> list[Mark]:
    """Every known place: the site's point or line, the phone with its circle, and each photo, in a smaller point of its own."""
    marks = []
    site, fix = case.site, case.submission.fix
    if site is not None:
        point = (site.longitude, site.latitude) if site.longitude is not None and site.latitude is not None else None
        marks.append(Mark(f"{site.code} · {site.name}", GREEN, point, site.line, size_px=9))
    if fix is not None:
        marks.append(Mark(_("phone"), BLUE, (fix.longitude, fix.latitude), radius_m=fix.accuracy_m or 0.0, size_px=8))
    placed = [(shot, shot.fix) for shot in case.shots if shot.is_photo and shot.fix is not None]
    marks += [Mark(shot.attachment.name, ORANGE, (at.longitude, at.latitude)) for shot, at in placed]
    return [mark for mark in marks if mark.point or mark.line]


def _photo_span(nearest: float, farthest: float) -> str:
    if round(nearest) == round(farthest):
        return _("{distance} from the registered place", distance=text.format_distance(nearest))
    return _("{near} to {far} from the registered place", near=text.format_distance(nearest), far=text.format_distance(farthest))
