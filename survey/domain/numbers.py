"""Numbers as people write them: decimal comma or point, thousands with the other one or with spaces."""

import math
import re

_PLAIN = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_POINT_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+,\d+|[+-]?\d{1,3}(?:\.\d{3}){2,}")
_COMMA_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+\.\d+|[+-]?\d{1,3}(?:,\d{3}){2,}")
_AMBIGUOUS = re.compile(r"[+-]?([1-9]\d{0,2})[.,](\d{3})")
_LONGEST = 40


def read_number(value: object) -> float | None:
    """The finite number in *value*, a number or a text; None where it is none.

    A text with one point or comma has it before the decimals; `ambiguous` tells where that may be wrong.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value) if math.isfinite(value) else None
    text = _bare(value)
    if _PLAIN.fullmatch(text):
        return float(text.replace(",", "."))
    if _POINT_THOUSANDS.fullmatch(text):
        return float(text.replace(".", "").replace(",", "."))
    if _COMMA_THOUSANDS.fullmatch(text):
        return float(text.replace(",", ""))
    return None


def ambiguous(value: object) -> tuple[str, str] | None:
    """Both readings of a text such as `1.250`: (`1250`, `1,25`); None where only one is possible."""
    match = _AMBIGUOUS.fullmatch(_bare(value)) if isinstance(value, str) else None
    if match is None:
        return None
    return match[1] + match[2], f"{match[1]},{match[2].rstrip('0') or '0'}"


def _bare(value: object) -> str:
    text = str(value).strip()
    if len(text) > _LONGEST:
        return ""
    spaced = re.fullmatch(r"[+-]?\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d+)?", text)
    return re.sub(r"\s", "", text) if spaced else text
