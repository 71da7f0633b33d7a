"""A day in the hills, in a real browser: whatever goes wrong, each photo ends on the server, byte for byte, once.

A smaller round of what `benchmarks/faults.py` does at full size.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.day import Day, make_office
from tests.fault_cases import CASES
from tests.faults import noise_photo
from tests.live import LiveServer

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """The server of all cases; what one of them leaves half on it, the next one finds."""
    data = tmp_path_factory.mktemp("office") / "data"
    make_office(data)
    with LiveServer(data) as server:
        yield server


@pytest.mark.parametrize("case", CASES)
def test_every_photo_arrives_once(case: str, tmp_path: Path, playwright: Playwright, office: LiveServer) -> None:
    """One case of `tests/fault_cases.py`, struck a few times."""
    with Day(tmp_path, noise_photo(150_000), playwright, office) as day:
        CASES[case](day, 8)

        assert min(day.photo_count, day.struck) > 0
        assert day.faults() == []
