"""From what an officer typed on the rules page to an edition's words: numbers, per cent, dates, lists of criteria."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from survey.domain.fold import fold
from survey.domain.indicators import SHARE
from survey.domain.numbers import ambiguous, read_number
from survey.domain.problems import RULE_REFUSED, Problem
from survey.web.text import _

MISSING = "missing"
LIMITS = ("at_least", "above", "at_most", "below", MISSING)
_LINE = re.compile(r"(?:tiêu chí(?: số)?\s*)?(?P<code>\d{1,3}[a-zđ]?(?:\.\d{1,3})*)\s*[.):\-]?\s+(?P<title>\S.*)", re.IGNORECASE)
_ID_LENGTH = 60


def read_limit(typed: str, unit: str) -> float:
    """The number that was typed; of a share in per cent, returned from 0 to 1. Raises RULE_REFUSED where it could mean two things."""
    percent = typed.strip().endswith("%")
    bare = typed.strip().removesuffix("%").strip()
    number = read_number(bare)
    if number is None:
        raise Problem(
            RULE_REFUSED, key=_("the number"), reason_vi=f"“{typed[:40]}” không phải là số", reason_en=f"“{typed[:40]}” is no number"
        )
    both = ambiguous(bare)
    if both is not None:
        said = f"“{bare}”: {both[0]} / {both[1]}?"
        raise Problem(
            RULE_REFUSED, key=_("the number"), reason_vi=f"{said} Viết không có dấu phân cách hàng nghìn",
            reason_en=f"{said} Write it without a separator of thousands",
        )  # fmt: skip
    if unit != SHARE:
        return number
    if 0 < number <= 1 and not percent:
        raise Problem(
            RULE_REFUSED, key=_("the number"), reason_vi=f"“{bare}” là {bare} % hay {number * 100:g} %? Ghi kèm dấu %",
            reason_en=f"“{bare}”: {bare} % or {number * 100:g} %? Write the % sign",
        )  # fmt: skip
    return round(number / 100, 9)


def number_content(
    word: str, typed: str, unit: str, *, first: date | None = None, last: date | None = None, group: str | None = None
) -> dict[str, Any]:
    """A threshold in an edition's words: *word* is one of LIMITS. Raises RULE_REFUSED."""
    if word == MISSING:
        content: dict[str, Any] = {"status": MISSING}
    elif unit == "condition":
        content = {"required": "true"}
    else:
        content = {word: read_limit(typed, unit)}
    days = {"valid_from": first, "valid_to": last}
    content |= {name: day.isoformat() for name, day in days.items() if day is not None}
    return content | ({"group": group} if group else {})


def condition_content(subject: Mapping[str, str], test: str, codes: list[str], typed: str) -> dict[str, Any]:
    """A condition on one subject in an edition's words. Raises RULE_REFUSED."""
    if test == "answered":
        return {**subject, "answered": "true"}
    if test in ("at_least", "at_most", "above", "below"):
        return {**subject, test: read_limit(typed, "")}
    if not codes:
        raise Problem(RULE_REFUSED, key=_("the answer"), reason_vi="chưa chọn câu trả lời nào", reason_en="no answer was chosen")
    return {**subject, "is": codes[0]} if test == "is" and len(codes) == 1 else {**subject, "in": codes}


def read_criteria_lines(typed: str) -> list[dict[str, Any]]:
    """One criterion a line, `1. Quy hoạch` or the name alone; their indicators are still missing. Raises RULE_REFUSED for none."""
    found: list[dict[str, Any]] = []
    for line in filter(None, (line.strip().lstrip("-–•*+ ") for line in typed.splitlines())):
        match = _LINE.fullmatch(line)
        code, title = (match["code"], match["title"]) if match else (str(len(found) + 1), line)
        found.append({"code": code, "title": title, "open": ["indicators_missing"]})
    if not found:
        raise Problem(RULE_REFUSED, key=_("the criteria"), reason_vi="chưa có tiêu chí nào", reason_en="there is no criterion")
    return found


def read_group_lines(typed: str) -> list[dict[str, str]]:
    """One group of communes a line, by their order: `Nhóm 1: xã đặc biệt khó khăn`."""
    lines = [line.strip() for line in typed.splitlines() if line.strip()]
    return [{"code": str(number), "title": line} for number, line in enumerate(lines, 1)]


def id_from(title: str) -> str:
    """An id made of a title or a decision's number: `QĐ 51/2025/QĐ-TTg` becomes `qd-51-2025-qd-ttg`."""
    return re.sub(r"[^a-z0-9]+", "-", fold(title)).strip("-")[:_ID_LENGTH].strip("-")
