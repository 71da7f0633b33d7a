"""The sun's height over a place and time, and how much light an exposure was made for."""

import math
from datetime import datetime

from astral import Observer
from astral.sun import elevation


def sun_elevation_deg(latitude: float, longitude: float, moment: datetime) -> float:
    """Degrees of the sun above the horizon (below: negative) at *moment* (aware), without the air's refraction, which is 0.6° at most."""
    return float(elevation(Observer(latitude, longitude), moment, with_refraction=False))


def light_value(f_number: float | None, exposure_s: float | None, iso: float | None) -> float | None:
    """The light value of an exposure, log2(N²/t) − log2(ISO/100): 15 is full sun, 7 a bright room; None where a figure is missing."""
    if not f_number or not exposure_s or not iso or min(f_number, exposure_s, iso) <= 0:
        return None
    return math.log2(f_number**2 / exposure_s) - math.log2(iso / 100)
