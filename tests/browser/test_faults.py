"""A day in the hills, in a real browser: whatever goes wrong, each photo ends on the server, byte for byte, once.

A smaller round of what `benchmarks/faults.py` does at full size.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.fault_cases import CASES, Day
from tests.faults import noise_photo

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("case", CASES)
def test_every_photo_arrives_once(case: str, tmp_path: Path, _playwright: Playwright) -> None:
    """One case of `tests/fault_cases.py`, struck a few times."""
    with Day(tmp_path, noise_photo(150_000), _playwright) as day:
        CASES[case](day, 10)

        assert day.photo_count > 0
        assert day.struck > 0 or case == "same_outbox_twice"
        assert day.faults() == []
