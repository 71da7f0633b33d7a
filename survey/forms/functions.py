"""The functions of form expressions over values already computed; those that must not compute all arguments live in evaluate.py."""

import math
import random
import re
import uuid
from collections.abc import Callable, Sequence

from survey.forms import patterns
from survey.forms.values import Scalar, as_boolean, as_date, as_moment, as_number, as_text, format_date, rounded

_LONGEST_PATTERN_TEXT = 2000
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_TIME = re.compile(r"(\d{2}):(\d{2})(?::(\d{2}(?:\.\d{1,6})?))?(?:Z|[+-]\d{2}:\d{2})?", re.ASCII)


def _numeric(work: Callable[..., float]) -> Callable[..., Scalar]:
    def applied(*values: Scalar) -> Scalar:
        try:
            return float(work(*(as_number(value) for value in values)))
        except (ValueError, ZeroDivisionError):
            return math.nan
        except OverflowError:
            return math.inf

    return applied


def _logarithm(work: Callable[[float], float]) -> Callable[[float], float]:
    return lambda value: -math.inf if value == 0 else work(value)


def _whole(work: Callable[[float], int]) -> Callable[[Scalar], Scalar]:
    def applied(value: Scalar) -> Scalar:
        number = as_number(value)
        return float(work(number)) if math.isfinite(number) else number

    return applied


def _round(value: Scalar, places: Scalar = 0.0) -> Scalar:
    digits = as_number(places)
    return rounded(as_number(value), int(digits)) if math.isfinite(digits) else math.nan


def _substring(text: Scalar, start: Scalar, length: Scalar = math.inf) -> Scalar:
    first = rounded(as_number(start))
    after = first + rounded(as_number(length))
    return "".join(letter for place, letter in enumerate(as_text(text), 1) if first <= place < after)


def _substr(text: Scalar, start: Scalar, end: Scalar | None = None) -> Scalar:
    first, last = as_number(start), math.inf if end is None else as_number(end)
    if not math.isfinite(first) or math.isnan(last):
        return ""
    stop = None if math.isinf(last) else int(last)
    return as_text(text)[int(first) : stop]


def _translate(text: Scalar, old: Scalar, new: Scalar) -> Scalar:
    targets = as_text(new)
    table: dict[str, str] = {}
    for place, letter in enumerate(as_text(old)):
        table.setdefault(letter, targets[place] if place < len(targets) else "")
    return "".join(table.get(letter, letter) for letter in as_text(text))


def _regex(text: Scalar, pattern: Scalar) -> Scalar:
    subject = as_text(text)
    return len(subject) <= _LONGEST_PATTERN_TEXT and patterns.matches(as_text(pattern), subject)


def _selected_at(codes: Scalar, place: Scalar) -> Scalar:
    found = as_text(codes).split()
    number = as_number(place)
    return found[int(number)] if math.isfinite(number) and 0 <= number < len(found) else ""


def _before(text: Scalar, mark: Scalar) -> Scalar:
    head, found, _ = as_text(text).partition(as_text(mark)) if as_text(mark) else ("", "", "")
    return head if found else ""


def _after(text: Scalar, mark: Scalar) -> Scalar:
    return as_text(text).partition(as_text(mark))[2] if as_text(mark) else as_text(text)


def extreme(values: Sequence[Scalar], work: Callable[[list[float]], float]) -> float:
    """The least or greatest of *values*, those not answered left out; NaN where none is left or one is no number."""
    given = [as_number(value) for value in values if value != ""]
    return math.nan if not given or any(math.isnan(number) for number in given) else work(given)


def _uuid(length: Scalar | None = None) -> Scalar:
    """A random UUID, or that many random letters and digits."""
    if length is None:
        return str(uuid.uuid4())
    number = as_number(length)
    return "".join(random.choices(_LETTERS, k=min(int(number), 100))) if math.isfinite(number) and number > 0 else ""  # noqa: S311 - a label


def _part_of_day(value: Scalar) -> Scalar:
    """OpenRosa's decimal-time(): the share of the day that has passed at a time of day, NaN for anything else."""
    found = _TIME.fullmatch(as_text(value).strip())
    if found is None:
        return math.nan
    hours, minutes, seconds = int(found[1]), int(found[2]), float(found[3] or 0)
    return (hours * 3600 + minutes * 60 + seconds) / 86400 if hours < 24 and minutes < 60 and seconds < 60 else math.nan  # noqa: PLR2004


def _atan2(first: Scalar, second: Scalar) -> Scalar:
    return math.atan2(as_number(first), as_number(second))


SIMPLE: dict[str, Callable[..., Scalar]] = {
    "true": lambda: True,
    "false": lambda: False,
    "not": lambda value: not as_boolean(value),
    "boolean": as_boolean,
    "boolean-from-string": lambda value: as_text(value) in ("1", "true"),
    "selected": lambda codes, code: as_text(code).strip() in as_text(codes).split(),
    "selected-at": _selected_at,
    "count-selected": lambda codes: float(len(as_text(codes).split())),
    "number": as_number,
    "int": _whole(math.trunc),
    "round": _round,
    "abs": _numeric(abs),
    "floor": _whole(math.floor),
    "ceiling": _whole(math.ceil),
    "pow": _numeric(math.pow),
    "sqrt": _numeric(math.sqrt),
    "string": as_text,
    "string-length": lambda text: float(len(as_text(text))),
    "normalize-space": lambda text: " ".join(re.split(r"[ \t\r\n]+", as_text(text).strip(" \t\r\n"))),
    "translate": _translate,
    "substr": _substr,
    "substring": _substring,
    "substring-before": _before,
    "substring-after": _after,
    "contains": lambda text, part: as_text(part) in as_text(text),
    "starts-with": lambda text, part: as_text(text).startswith(as_text(part)),
    "ends-with": lambda text, part: as_text(text).endswith(as_text(part)),
    "regex": _regex,
    "upper-case": lambda text: as_text(text).upper(),
    "lower-case": lambda text: as_text(text).lower(),
    "date": as_date,
    "date-time": as_moment,
    "decimal-date-time": as_number,
    "decimal-time": _part_of_day,
    "uuid": _uuid,
    "random": random.random,
    "pi": lambda: math.pi,
    "exp": _numeric(math.exp),
    "exp10": _numeric(lambda value: math.pow(10, value)),
    "log": _numeric(_logarithm(math.log)),
    "log10": _numeric(_logarithm(math.log10)),
    "sin": _numeric(math.sin),
    "cos": _numeric(math.cos),
    "tan": _numeric(math.tan),
    "asin": _numeric(math.asin),
    "acos": _numeric(math.acos),
    "atan": _numeric(math.atan),
    "atan2": _atan2,
    "format-date": lambda value, pattern: format_date(value, as_text(pattern)),
    "format-date-time": lambda value, pattern: format_date(value, as_text(pattern)),
}
