"""Conditional requests and byte ranges (RFC 9110): has the client this version already, and which part of it does it want."""

import re

from starlette.requests import Request

_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")  # no file has more digits, and Python refuses to read thousands


def is_known(request: Request, tag: str) -> bool:
    """Whether the client holds the version *tag* (a strong ETag in its quotes); a proxy may have made it a weak one."""
    told = request.headers.get("if-none-match", "")
    return any(one.strip().removeprefix("W/") in {tag, "*"} for one in told.split(","))


def part(request: Request, size: int, tag: str) -> tuple[int, int] | None:
    """Start and length of what is asked for; None where it lies outside. Several ranges at once are answered whole (RFC 9110, 14.2)."""
    asked = _RANGE.fullmatch(request.headers.get("range", ""))
    if asked is None or request.headers.get("if-range", tag) != tag or not any(asked.groups()):
        return 0, size
    first, last = asked.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last), size - 1) if first and last else size - 1
    return (start, end - start + 1) if start <= end else None
