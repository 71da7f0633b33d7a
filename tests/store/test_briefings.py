"""Briefings on both engines: as they were held, newest first, by edition; a number is given once."""

import sqlite3
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest

from survey.store import Store
from survey.store.briefings import Held, insert_briefing, select_briefing, select_briefings, select_next_number
from tests.conftest import COMMUNE, seed

AT = datetime(2026, 11, 23, 3, tzinfo=UTC)


def held(number: int, edition: str = "qd-51-2025") -> Held:
    """The briefing of that number, a week behind the one before it."""
    later = timedelta(days=7 * number)
    document = {"met": number, "total": 10, "title": {"vi": "Giao ban “kỳ” số 1", "en": "x"}, "gaps": [None, 0.5]}
    return Held(f"b{number}", number, edition, date(2026, 11, 23) + later, document, "p-coordinator", AT + later)


@pytest.fixture
def three(store: Store) -> Store:
    """Three briefings, the second of another edition."""
    seed(store)
    with store.transaction() as tx:
        for number, edition in ((1, "qd-51-2025"), (2, "other"), (3, "qd-51-2025")):
            insert_briefing(tx, COMMUNE, held(number, edition))
    return store


def test_they_read_back_as_they_were_held(three: Store) -> None:
    """Whole, newest first, of one edition where it is asked for, and only of the own commune."""
    with three.reading() as reader:
        every = select_briefings(reader, COMMUNE)
        one_edition = select_briefings(reader, COMMUNE, edition="qd-51-2025")
        newest = select_briefings(reader, COMMUNE, limit=1)
        found = [select_briefing(reader, commune, "b2") for commune in (COMMUNE, "99999")]

    assert every == [held(3), held(2, "other"), held(1)]
    assert [one.number for one in one_edition] == [3, 1]
    assert newest == [held(3)]
    assert found == [held(2, "other"), None]


def test_numbers_go_on_and_are_given_once(three: Store) -> None:
    """The next one is one more than the last; the same number a second time is refused by the table."""
    with three.reading() as reader:
        numbers = [select_next_number(reader, commune) for commune in (COMMUNE, "99999")]

    assert numbers == [4, 1]
    with pytest.raises((sqlite3.IntegrityError, psycopg.IntegrityError)), three.transaction() as tx:
        insert_briefing(tx, COMMUNE, replace(held(3), id="b9"))
    with three.reading() as reader:
        assert [one.id for one in select_briefings(reader, COMMUNE)] == ["b3", "b2", "b1"]
