"""Short codes: what a receipt shows is found again however somebody writes it down."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.domain.submissions import short_code, typed_code


@given(st.uuids())
def test_a_code_is_read_back_as_it_was_given(key):
    """Four, a hyphen, four; no letter in it can be taken for a digit."""
    code = short_code(f"uuid:{key}")

    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", code)
    assert typed_code(code) == code


@pytest.mark.parametrize("typed", ["k7m2-90x1", " K7M2 9OXI", "k7m290xl", "K7M2–90X1"])
def test_a_code_may_be_typed_loosely(typed):
    """Case, spacing, any dash, and the letters that look like digits."""
    assert typed_code(typed) == "K7M2-90X1"
