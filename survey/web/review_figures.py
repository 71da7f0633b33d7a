"""The figures of a flag as people read them: each with its name and its unit."""

from collections.abc import Mapping
from datetime import datetime

from survey.domain.checks.how import how_words
from survey.domain.photos import REFUSALS
from survey.domain.times import VIETNAM
from survey.web import text
from survey.web.text import _

_SPACE = "\N{NO-BREAK SPACE}"


def figure_words(name: str, value: object, labels: Mapping[str, str]) -> tuple[str, str]:
    """What the figure *name* is called, and its *value* with its unit; *labels* are those of the form's questions."""
    label, unit = _names().get(name, (name, ""))
    return label, _value(name, value, labels) + (f"{_SPACE}{unit}" if unit else "")


def _value(name: str, value: object, labels: Mapping[str, str]) -> str:
    if isinstance(value, int | float):
        return text.format_number(value)
    if isinstance(value, list):
        return ", ".join(labels.get(str(part), str(part)) for part in value)
    if name == "how":
        return how_words(str(value), text.locale())
    if name == "reason" and value in REFUSALS:
        refusal = REFUSALS[str(value)]
        return refusal.en if text.locale() == "en" else refusal.vi
    return _moment(str(value)) if name.endswith("_at") else str(value)


def _moment(written: str) -> str:
    """A time of Vietnam as the checks keep it, `2026-11-23 07:32`; anything else as it is."""
    try:
        return text.format_datetime(datetime.fromisoformat(written).replace(tzinfo=VIETNAM))
    except ValueError:
        return written


def _names() -> Mapping[str, tuple[str, str]]:
    """What each figure of the checks is called in the language of the moment, and its unit."""
    return {
        "accuracy_m": (_("Accuracy"), "m"),
        "count": (_("Number"), ""),
        "distance": (_("Bits of 64 that differ"), ""),
        "distance_km": (_("Distance"), "km"),
        "distance_m": (_("Distance"), "m"),
        "drift_min": (_("Phone's clock ahead"), _("min")),
        "ended_at": (_("End of the visit by the phone"), ""),
        "gps_at": (_("Satellite time"), ""),
        "hamlets": (_("Hamlets of the sites around"), ""),
        "how": (_("How the picture is found"), ""),
        "lv": (_("Light value"), "LV"),
        "minutes": (_("Time between"), _("min")),
        "questions": (_("Questions"), ""),
        "reason": (_("Why not taken as a photo"), ""),
        "received_at": (_("Received at"), ""),
        "round_at": (_("The round begins"), ""),
        "seconds": (_("Time between"), _("s")),
        "share_percent": (_("Share of pixels"), "%"),
        "sites": (_("Sites"), ""),
        "software": (_("Software named in the file"), ""),
        "speed_kmh": (_("Speed"), "km/h"),
        "submission": (_("Other submission"), ""),
        "submissions": (_("Other submissions"), ""),
        "sun_deg": (_("Height of the sun"), "°"),
        "taken_at": (_("Taken by the camera's clock"), ""),
        "visit_at": (_("The visit"), ""),
    }
