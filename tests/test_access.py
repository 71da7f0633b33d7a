"""Noting who saw what: gathered, counted, written once, never in the way; retention in portions."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from survey import access
from survey.access import Notes
from survey.domain.access import KEPT_DAYS, MOST_DAYS, WINDOW_S, Act, Look, Seen, Subject, as_subject, entry
from survey.domain.people import Actor
from survey.domain.ports import Row, Transaction
from survey.domain.problems import LOG_KEPT_UNUSABLE, NOT_ALLOWED, SOURCE_NEEDED, STORAGE_UNUSABLE, Problem
from survey.store import Store
from survey.store.looks import LookFilters, delete_looks, select_looks, stream_looks, upsert_looks
from survey.wiring import Survey
from tests.conftest import COMMUNE

START = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


class At:
    """A survey whose clock a test sets, and whose database it may take away."""

    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        self.moment = START
        self.is_full = False

    def __getattr__(self, name: str) -> object:
        return getattr(self._survey, name)

    def now(self) -> datetime:
        """The moment that the test has set."""
        return self.moment

    def transaction(self) -> object:
        """Refused while the disk is full."""
        if self.is_full:
            raise Problem(STORAGE_UNUSABLE, reason="database or disk is full")
        return self._survey.transaction()


def _rows(survey: Survey) -> list[Row]:
    with survey.reading() as reader:
        return select_looks(reader, COMMUNE, LookFilters(), limit=1000)


def test_repeated_looks_within_a_window_are_one_entry_with_a_count(survey: Survey, reviewer: Actor) -> None:
    """Across flushes too: the entry is the same one."""
    at = At(survey)
    notes = Notes(at)
    for minutes in (0, 1, 2):
        at.moment = START + timedelta(minutes=minutes)
        notes.note(reviewer, Act.SAW, "submission", "s-1")
        if minutes == 1:
            notes.flush()
    notes.flush()

    (row,) = _rows(survey)

    assert (row["person"], row["act"], row["kind"], row["subject"], row["times"]) == (reviewer.person, "saw", "submission", "s-1", 3)
    assert (row["first_at"], row["last_at"]) == ("2026-11-23T03:00:00.000Z", "2026-11-23T03:02:00.000Z")


def test_another_window_person_device_act_or_thing_is_another_entry(survey: Survey, reviewer: Actor, inspector: Actor) -> None:
    """Nothing that an answer could hang on is merged."""
    at = At(survey)
    notes = Notes(at)
    for actor, act, kind, subject in (
        (reviewer, Act.SAW, "submission", "s-1"), (inspector, Act.SAW, "submission", "s-1"), (reviewer, Act.TOOK, "submission", "s-1"),
        (reviewer, Act.SAW, "photo", "s-1"), (reviewer, Act.SAW, "submission", "s-2"),
    ):  # fmt: skip
        notes.note(actor, act, kind, subject)
    at.moment += timedelta(seconds=WINDOW_S)
    notes.note(reviewer, Act.SAW, "submission", "s-1")
    notes.flush()

    assert [row["times"] for row in _rows(survey)] == [1] * 6


def test_two_processes_that_saw_the_same_count_together(survey: Survey, reviewer: Actor) -> None:
    """They share nothing but the database, and write at the same time."""
    processes = [Notes(At(survey)) for _ in range(4)]

    def see(notes: Notes) -> None:
        for number in range(200):
            notes.note(reviewer, Act.SAW, "photo", f"p-{number % 20:02}")
            if number % 50 == 49:
                notes.flush()

    threads = [threading.Thread(target=see, args=(notes,)) for notes in processes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [row["times"] for row in _rows(survey)] == [40] * 20


def test_a_full_disk_loses_nothing_until_the_memory_is_full_and_then_says_how_much(survey: Survey, reviewer: Actor) -> None:
    """Noting never raises; what does not fit is counted, and the log itself says so once it can be written."""
    at = At(survey)
    notes = Notes(at, most=10)
    at.is_full = True
    for number in range(15):
        notes.note(reviewer, Act.SAW, "photo", f"p-{number:02}")
        if number == 5:
            with pytest.raises(Problem):
                notes.flush()
    with pytest.raises(Problem):
        notes.flush()
    waiting = notes.figures()
    at.is_full = False
    notes.flush()

    rows = _rows(survey)
    lost = [row for row in rows if row["act"] == Act.LOST]

    assert (waiting.waiting, waiting.lost, waiting.failed) == (11, 5, 2)
    assert len(rows) == 11
    assert [row["times"] for row in lost] == [5]


def test_what_is_noted_at_once_is_there_when_it_returns_and_fails_with_the_disk(survey: Survey, reviewer: Actor) -> None:
    """An export that cannot be noted does not leave."""
    at = At(survey)
    access.note_now(at, reviewer, Act.EXPORTED, "queue")
    at.is_full = True
    with pytest.raises(Problem) as refused:
        access.note_now(at, reviewer, Act.EXPORTED, "register")

    assert refused.value.kind is STORAGE_UNUSABLE
    assert [(row["act"], row["kind"]) for row in _rows(survey)] == [("exported", "queue")]


def test_words_are_kept_as_their_hash_alone() -> None:
    """A door that hands in a name by mistake tells nothing."""
    assert as_subject("18844-h01") == "18844-h01"
    assert as_subject("Nguyễn Văn An").startswith("sha256:")
    assert "Nguy" not in as_subject("Nguyễn Văn An")
    assert as_subject("x" * 200).startswith("sha256:")


def test_an_unknown_kind_is_a_defect(survey: Survey, reviewer: Actor) -> None:
    """A typing error would be an entry that nobody finds."""
    with pytest.raises(ValueError, match="sumbission"):
        Notes(survey).note(reviewer, Act.SAW, "sumbission", "s-1")


def _fill(tx: Transaction, days: int) -> None:
    looks = {Look(COMMUNE, day * 288, "p", "", Act.SAW, Subject.PHOTO, f"x{day}"): START - timedelta(days=day) for day in range(days)}
    upsert_looks(tx, [entry(look, Seen(moment, moment)) for look, moment in looks.items()])


def test_a_page_after_a_page_shows_every_entry_once_newest_first(store: Store) -> None:
    """On both engines, with filters and days."""
    with store.transaction() as tx:
        _fill(tx, 23)
    seen: list[Row] = []
    with store.reading() as reader:
        after = None
        while page := select_looks(reader, COMMUNE, LookFilters(kind="photo", person="p"), after, limit=5):
            seen += page
            after = page[-1]["first_at"], page[-1]["id"]
        some = select_looks(reader, COMMUNE, LookFilters(since=START - timedelta(days=3), before=START), limit=50)
        streamed = [row["subject"] for row in stream_looks(reader, COMMUNE, LookFilters(subject="x7", kind="photo", act="saw"))]

    assert [row["subject"] for row in seen] == [f"x{day}" for day in range(23)]
    assert [row["subject"] for row in some] == ["x1", "x2", "x3"]
    assert streamed == ["x7"]


def test_old_looks_are_deleted_in_portions_the_oldest_first(store: Store) -> None:
    """On both engines."""
    with store.transaction() as tx:
        _fill(tx, 10)
        assert delete_looks(tx, COMMUNE, START - timedelta(days=5), limit=3) == 3
        left = [row["subject"] for row in select_looks(tx, COMMUNE, LookFilters(), limit=50)]
        assert delete_looks(tx, COMMUNE, START - timedelta(days=5), limit=3) == 1
        assert delete_looks(tx, COMMUNE, START - timedelta(days=5), limit=3) == 0

    assert left == [f"x{day}" for day in range(7)]


def test_a_sweep_keeps_what_the_commune_keeps(survey: Survey, coordinator: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """By default two years, else what was set with a reason; the chained log has the setting and loses nothing."""
    monkeypatch.setattr(access, "PORTION", 50)
    with survey.transaction() as tx:
        _fill(tx, 1000)
    at = At(survey)
    at.moment = START + timedelta(minutes=1)

    assert access.sweep(at) == 1000 - KEPT_DAYS
    access.set_kept_days(at, coordinator, 90, "Quy chế của xã")
    assert access.looks_kept_days(survey, COMMUNE) == 90
    assert access.sweep(at) == KEPT_DAYS - 90
    with survey.reading() as reader:
        bodies = [row["body"] for row in reader.rows("SELECT body FROM event WHERE commune = :commune ORDER BY seq", commune=COMMUNE)]
    assert "logs.kept_set" in bodies[-1]
    assert "Quy chế" not in bodies[-1]


def test_how_long_looks_are_kept_needs_right_reason_and_number(survey: Survey, coordinator: Actor, reviewer: Actor) -> None:
    """And nobody sets it to nothing."""
    for actor, days, reason, kind in (
        (reviewer, 90, "x", NOT_ALLOWED), (coordinator, 0, "x", LOG_KEPT_UNUSABLE), (coordinator, MOST_DAYS + 1, "x", LOG_KEPT_UNUSABLE),
        (coordinator, 90, " ", SOURCE_NEEDED),
    ):  # fmt: skip
        with pytest.raises(Problem) as refused:
            access.set_kept_days(survey, actor, days, reason)
        assert refused.value.kind is kind


def test_no_code_of_ours_changes_an_entry_but_by_adding_to_it_and_by_its_age() -> None:
    """The statements on the table, wherever they stand."""
    said = [
        (path.name, line.strip())
        for path in (Path(access.__file__).parent).rglob("*.py")
        for line in path.read_text().splitlines()
        if "access_log" in line and ("UPDATE" in line or "DELETE" in line or "INSERT" in line)
    ]

    assert {name for name, _ in said} == {"looks.py"}
    assert sum("DELETE" in line for _, line in said) == 1
