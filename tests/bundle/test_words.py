"""The report's Vietnamese: every word that a verdict can need, numbers as offices write them."""

from datetime import UTC, datetime

import pytest

from survey.bundle import words
from survey.catalogue.numbers import UNITS
from survey.domain.submissions import FileState, Source, State
from survey.domain.thresholds import Status
from survey.domain.verdicts import REASONS, Outcome


def test_every_code_has_words() -> None:
    """A reason, state, source or status that is added later must get its words here too."""
    assert set(words.REASONS) == set(REASONS)
    assert set(words.OUTCOMES) == set(Outcome)
    assert set(words.STATUSES) == set(Status)
    assert set(words.STATES) == set(State)
    assert set(words.SOURCES) == {source.value for source in Source}
    assert set(words.FILE_STATES) | {FileState.UNREFERENCED} == set(FileState)
    assert not [unit for unit in UNITS if "_" in words.amount(1, unit)]


@pytest.mark.parametrize(
    ("value", "text"), [(1234.5, "1.234,5"), (0.7, "0,7"), (100, "100"), (1_000_000, "1.000.000"), (-2.25, "-2,25"), (0, "0")]
)
def test_numbers(value: float, text: str) -> None:
    """Decimal comma, points between thousands, no idle zeros."""
    assert words.number(value) == text


def test_shares_and_dates() -> None:
    """Shares are per cent; a moment shortly before midnight UTC is the next day in Viet Nam."""
    assert words.amount(0.7, "share") == "70%"
    assert words.amount(None, "share") == "–"
    assert words.day(datetime(2026, 11, 22, 23, 0, tzinfo=UTC)) == "23/11/2026"
    assert words.stamp("2026-11-22T23:00:00.000Z") == "2026-11-23 06:00:00"
