"""Light: whether the exposure fits the sun over that place at that time.

Pixels say nothing here, since every camera brightens a dark room; what it needed to do so is in EXIF.
"""

from collections.abc import Iterator
from datetime import datetime

from survey.domain.checks.clock import by_right_clock
from survey.domain.checks.findings import Finding, found
from survey.domain.checks.thresholds import Thresholds
from survey.domain.checks.visit import Picture, Visit, taken_utc
from survey.domain.submissions import Source
from survey.domain.sun import light_value, sun_elevation_deg

_BY_THE_PHONE = frozenset({Source.SYSTEM, Source.IN_PAGE, Source.FRAME})


def on_picture(visit: Visit, picture: Picture, limits: Thresholds) -> Iterator[Finding]:
    """Findings on the light of *picture*; none unless place and time are known."""
    where, when = picture.fix or visit.fix, _when(visit, picture)
    if where is None or when is None:
        return
    facts = picture.facts
    sun, lv = sun_elevation_deg(where.latitude, where.longitude, when), light_value(facts.f_number, facts.exposure_s, facts.iso)
    if sun < limits.sun_night_deg and lv is not None and lv > limits.night_lv:
        yield found("sun_down_bright", picture.name, lv=round(lv, 1), sun_deg=round(sun))
    elif sun < limits.sun_night_deg and picture.outdoor:
        yield found("taken_at_night", picture.name, sun_deg=round(sun))
    elif sun > limits.sun_high_deg and picture.outdoor and lv is not None and lv < limits.daylight_lv:
        yield found("not_daylight", picture.name, lv=round(lv, 1), sun_deg=round(sun))


def _when(visit: Visit, picture: Picture) -> datetime | None:
    """When *picture* was taken: by the phone where its page opened the camera, else by the camera."""
    capture = picture.capture
    if capture.source in _BY_THE_PHONE:
        given = (capture.fix.at if capture.fix else None) or capture.last_modified or taken_utc(picture.facts)
        return by_right_clock(given, visit.clock_drift_s) if given else None
    return taken_utc(picture.facts)
