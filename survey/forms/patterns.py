"""`regex()` of form expressions, whose pattern may come from a stranger's form or even from an answer: it always comes to an end.

A pattern with repeats in repeats can take for ever (`(a+)+b`), and Python's `re` neither stops nor lets other threads run meanwhile. So a
pattern that is simple in form is matched here, and any other in a process of its own that is ended after a second: our own choice.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from functools import lru_cache
from re import _constants, _parser  # type: ignore[attr-defined] # the pattern as `re` reads it; nothing public tells it
from typing import Any

LONGEST_S = 1.0
_LONGEST_PATTERN = 1_000  # letters
_REPEATS = {_constants.MAX_REPEAT, _constants.MIN_REPEAT}
_MOST_VARIABLE = 2  # repeats of open length one after the other: at most so many thousand steps squared
_ODD = {_constants.GROUPREF, _constants.GROUPREF_EXISTS, _constants.ASSERT, _constants.ASSERT_NOT}
_CHILD = (
    "import re,sys\n"
    "text, pattern = sys.stdin.buffer.read().decode('utf-8', 'surrogatepass').split('\\0', 1)\n"
    "print(re.fullmatch(pattern, text) is not None)"
)


def matches(pattern: str, text: str) -> bool:
    """Whether all of *text* is what *pattern* says; no where the pattern is none, or where it takes longer than a second."""
    if len(pattern) > _LONGEST_PATTERN or "\0" in text:
        return False
    try:
        if _is_simple(pattern):
            return re.fullmatch(pattern, text) is not None
    except (re.error, OverflowError, RecursionError):
        return False
    return _in_a_child(pattern, text)


@lru_cache(maxsize=256)
def _is_simple(pattern: str) -> bool:
    """No repeat of open length within a repeat, few of them, and nothing that looks around or back. Raises re.error."""
    re.compile(pattern)
    found = list(_steps(_parser.parse(pattern), within=False))
    return "odd" not in found and found.count("variable") <= _MOST_VARIABLE


def _steps(parsed: Any, *, within: bool) -> Iterator[str]:
    """`variable` for each repeat of open length, `odd` for what may take long; *within* a repeat both are odd."""
    for kind, value in parsed:
        if kind in _REPEATS:
            least, most, inner = value
            if least != most:
                yield "odd" if within else "variable"
            yield from _steps(inner, within=within or most > 1)
        elif kind is _constants.SUBPATTERN:
            yield from _steps(value[-1], within=within)
        elif kind is _constants.BRANCH:
            if within:
                yield "odd"
            for branch in value[1]:
                yield from _steps(branch, within=within)
        elif kind in _ODD or kind not in {_constants.LITERAL, _constants.NOT_LITERAL, _constants.IN, _constants.ANY, _constants.AT}:
            yield "odd"


@lru_cache(maxsize=1024)
def _in_a_child(pattern: str, text: str) -> bool:
    command = [sys.executable, "-I", "-S", "-c", _CHILD]
    given = f"{text}\0{pattern}".encode("utf-8", "surrogatepass")
    try:
        # Our own words; pattern and text are its input, not its arguments.
        done = subprocess.run(command, input=given, capture_output=True, timeout=LONGEST_S, check=False, env={})  # noqa: S603
    except subprocess.TimeoutExpired:
        return False
    return done.stdout.strip() == b"True"
