"""`regex()` gives what Python's own matching gives, and comes to an end whatever the pattern."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.forms import patterns

ENDLESS = ["(a+)+b", "(a|aa)+b", "(a*)*b", "(?:a|a)*b", "(a{1,9}){1,99}b", r"(\w+\s?)*:", r"a*a*a*a*a*a*b", r"(a)\1*a*a*b"]


@pytest.mark.parametrize("pattern", ENDLESS)
def test_a_pattern_without_end_is_no_match_within_seconds(pattern: str) -> None:
    """None of these ends by itself on such a text; other work goes on meanwhile, as it is another process."""
    begun = time.monotonic()

    assert not patterns.matches(pattern, "a" * 1500)
    assert time.monotonic() - begun < 30


@pytest.mark.parametrize(
    ("pattern", "text", "is_match"),
    [
        ("0[0-9]{9}", "0912345678", True), ("0[0-9]{9}", "0912345678x", False), (r"[A-Z]{2}-\d{3}", "HO-001", True),
        (r"([0-9]{1,3}\.){3}[0-9]{1,3}", "10.0.0.1", True), (r"([0-9]{1,3}\.){3}[0-9]{1,3}", "10.0.0", False), ("(ab|cd)+", "abcdab", True),
        ("(?i)thôn [a-zà-ỹ ]+", "Thôn Phúc Thành", True), ("(", "(", False), ("a" * 1001, "a" * 1001, False), ("a\0b", "a\0b", False),
    ],
)  # fmt: skip
def test_what_it_says(pattern: str, text: str, is_match: bool) -> None:
    """Simple patterns and those that are matched apart say the same as `re`; what is no pattern matches nothing."""
    assert patterns.matches(pattern, text) is is_match


@given(st.text("ab.*+?()[]|{}1,^$\\d", max_size=12), st.text("ab1", max_size=8))
def test_any_pattern_on_a_short_text_is_what_python_says(pattern: str, text: str) -> None:
    """Whichever way it goes."""
    try:
        expected = re.fullmatch(pattern, text) is not None
    except (re.error, OverflowError):
        expected = False

    assert patterns.matches(pattern, text) is expected
