"""Values of a form's expressions and how XPath turns one kind into another; tests/vectors/README.md states the rules.

An answer is a str, a number, a list of codes or None (not answered); an expression gives a str, a float or a bool.
"""

import math
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal, InvalidOperation

from survey.domain.times import VIETNAM

Scalar = str | float | bool

_NUMBER = re.compile(r"-?(?:\d+(?:\.\d*)?|\.\d+)")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:\d{2})?")
_EPOCH = date(1970, 1, 1)
_DAY_S = 86400
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def as_scalar(answer: object) -> Scalar:
    """An *answer* as an operand: None is the empty text, a list of codes is joined by spaces, a position is `lat lon alt acc`."""
    if answer is None:
        return ""
    if isinstance(answer, bool | str):
        return answer
    if isinstance(answer, int | float):
        return float(answer)
    if isinstance(answer, list | tuple):
        return " ".join(str(code) for code in answer)
    if isinstance(answer, Mapping):  # a position
        figures = (answer.get(name) or 0.0 for name in ("latitude", "longitude", "altitude_m", "accuracy_m"))
        return " ".join(as_text(float(figure)) for figure in figures)
    return str(answer)


def as_number(value: Scalar) -> float:
    """XPath's number(): NaN for what is not a decimal number; a date is its days since 1970-01-01."""
    if not isinstance(value, str):
        return float(value)
    text = value.strip(" \t\r\n")
    if _NUMBER.fullmatch(text) and text.isascii():
        return float(text)
    return days(text)


def days(text: str) -> float:
    """Days since 1970-01-01 of an ISO date or moment (without an offset: Viet Nam's), NaN for anything else."""
    try:
        if _DATE.fullmatch(text):
            return float((date.fromisoformat(text) - _EPOCH).days)
        if _MOMENT.fullmatch(text):
            return moment(text).timestamp() / _DAY_S
    except (ValueError, OverflowError):
        return math.nan
    return math.nan


def moment(text: str) -> datetime:
    """The aware moment of an ISO text. Raises ValueError."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=VIETNAM)


def as_text(value: Scalar) -> str:
    """XPath's string(): no exponent, no `.0`, `true` and `false`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return str(int(value)) if value.is_integer() else format(Decimal(repr(value)), "f")


def as_boolean(value: Scalar) -> bool:
    """False for the empty text, 0 and NaN; true for everything else."""
    if isinstance(value, float):
        return value != 0 and not math.isnan(value)
    return bool(value)


def rounded(number: float, places: int = 0) -> float:
    """XPath's round(): halves go up; with *places* the shortest decimal text of the number is rounded, halves up as well."""
    if math.isnan(number) or math.isinf(number):
        return number
    if places == 0:
        return float(math.floor(number + 0.5))
    try:
        halves = ROUND_HALF_UP if number > 0 else ROUND_HALF_DOWN
        return float(Decimal(repr(number)).quantize(Decimal(1).scaleb(-places), halves))
    except InvalidOperation:  # more places than a double has: nothing to round
        return number


def as_date(value: Scalar) -> str:
    """OpenRosa's date(): the date part of a text, or the date that many days after 1970-01-01; empty where there is none."""
    if isinstance(value, str) and (_DATE.fullmatch(value) or _MOMENT.fullmatch(value)):
        return value[:10] if not math.isnan(days(value)) else ""
    number = as_number(value)
    try:
        return (_EPOCH + timedelta(days=math.floor(number))).isoformat()
    except (ValueError, OverflowError):
        return ""


def as_moment(value: Scalar) -> str:
    """OpenRosa's date-time(): a text that is one already, or the UTC moment that many days after 1970-01-01."""
    if isinstance(value, str) and _MOMENT.fullmatch(value) and not math.isnan(days(value)):
        return value
    try:
        found = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=as_number(value))
    except (ValueError, OverflowError):
        return ""
    return found.strftime("%Y-%m-%dT%H:%M:%S.") + f"{found.microsecond // 1000:03d}Z"


def format_date(value: Scalar, pattern: str) -> str:
    """OpenRosa's format-date() and format-date-time() with the numeric codes %Y %y %m %n %d %e %H %h %M %S %3, and %a %b in English."""
    text = as_text(value).strip()
    if math.isnan(days(text)):
        return ""
    found = moment(text if "T" in text else f"{text}T00:00:00")
    codes = {
        "Y": f"{found.year:04d}", "y": f"{found.year % 100:02d}", "m": f"{found.month:02d}", "n": str(found.month),
        "d": f"{found.day:02d}", "e": str(found.day), "H": f"{found.hour:02d}", "h": str(found.hour),
        "M": f"{found.minute:02d}", "S": f"{found.second:02d}", "3": f"{found.microsecond // 1000:03d}", "%": "%",
        "a": _DAYS[found.weekday()], "b": _MONTHS[found.month - 1],
    }  # fmt: skip
    return re.sub(r"%(.)", lambda match: codes.get(match[1], match[0]), pattern)
