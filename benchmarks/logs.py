"""What noting a look costs a request, and how long a search in a million entries of each log takes, on either engine.

Run: `.venv/bin/python benchmarks/logs.py [--entries 1000000] [--postgres URL]`. Beside each figure stands the peer: `note` beside a bare
dictionary write, a search beside fetching fifty rows by their key. It ends with 1 where a search's plan reads a whole table.
"""

import argparse
import hashlib
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from survey.access import Notes
from survey.domain.access import Act, Look, Seen, Subject, entry
from survey.domain.canonical import dumps
from survey.domain.people import Actor, Role
from survey.domain.ports import Reader, Row, Transaction
from survey.store.event_index import ChangeFilters, insert_index, select_changes_page
from survey.store.looks import LookFilters, select_looks, upsert_looks
from survey.wiring import Settings, Survey, open_survey

COMMUNE, PEOPLE, PORTION, PAGE = "18844", 40, 10_000, 50
START = datetime(2026, 1, 1, tzinfo=UTC)
KINDS = ("photo.received", "submission.received", "submission.accepted", "submission.flagged", "signed_in", "task.opened")
ACTS = ((Act.SAW, Subject.PHOTO), (Act.SAW, Subject.SUBMISSION), (Act.LISTED, Subject.REGISTER), (Act.TOOK, Subject.PHOTO))


def main() -> int:
    """Fill, measure, print; 1 where a plan reads a whole table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--postgres", default="", metavar="URL", help="an empty database")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="survey-bench-") as folder:
        survey = open_survey(Settings(data=Path(folder), database=arguments.postgres or "sqlite"))
        _note(survey)
        _measure_writing(survey)
        _fill(survey, arguments.entries)
        bad = _search(survey, arguments.entries)
        survey.store.close()
    return 1 if bad else 0


def _note(survey: Survey) -> None:
    actor, notes, count = Actor(COMMUNE, "p-1", "x", Role.REVIEWER), Notes(survey, most=50_000), 20_000
    note_us = _timed(lambda: [notes.note(actor, Act.SAW, "photo", f"x{number % 10_000}") for number in range(count)]) / count * 1e6
    bare: dict[str, int] = {}
    bare_us = _timed(lambda: bare.update((f"x{number % 10_000}", number) for number in range(count))) / count * 1e6
    written_us = _timed(notes.flush) / 10_000 * 1e6
    print(f"note: {note_us:.1f} µs a look, {note_us / bare_us:.0f} × a bare dictionary write; written later: {written_us:.0f} µs an entry")


def _measure_writing(survey: Survey) -> None:
    def write(count: int) -> None:
        for number in range(count):
            with survey.transaction() as tx:
                digest = hashlib.sha256(str(number).encode()).hexdigest()
                tx.log(COMMUNE, "photo.received", {"submission": f"s-{number:08}", "sha256": digest})

    write(20)
    whole = _timed(lambda: write(300)) / 300
    body = dumps({"at": "2026-01-01T00:00:00.000Z", "kind": "photo.received", "submission": "s-00000001", "sha256": "a1" * 32})
    with survey.transaction() as tx:
        rows = [{"seq": 10**7 + number, "body": body.replace("00000001", f"{number:08}")} for number in range(1000)]
        index = _timed(lambda: insert_index(tx, COMMUNE, rows)) / 1000
        tx.execute("DELETE FROM event_index WHERE seq >= 10000000")
        tx.execute("DELETE FROM event_subject WHERE seq >= 10000000")
    print(f"a change with its event: {whole * 1e3:.2f} ms, of which finding it later {index * 1e3:.3f} ms ({index / whole:.0%})")


def _fill(survey: Survey, entries: int) -> None:
    begun = time.monotonic()
    with survey.reading() as reader:
        row = reader.row("SELECT seq FROM event_head WHERE commune = :commune", commune=COMMUNE)
    first = 1 if row is None else row["seq"] + 1
    for start in range(0, entries, PORTION):
        numbers = range(start, min(start + PORTION, entries))
        with survey.transaction() as tx:
            upsert_looks(tx, [_look(number) for number in numbers])
            _events(tx, first, numbers)
    if survey.store.engine == "postgres":
        with survey.transaction() as tx:
            for table in ("access_log", "event", "event_index", "event_subject"):
                tx.execute(f"ANALYZE {table}")
    print(f"{entries:,} entries of each log written in {time.monotonic() - begun:.0f} s ({survey.store.engine})")


def _look(number: int) -> dict[str, object]:
    act, kind = ACTS[number % len(ACTS)] if number % 1000 else (Act.EXPORTED, Subject.QUEUE)
    moment = START + timedelta(seconds=number * 20)
    look = Look(COMMUNE, number, f"p-{number % PEOPLE}", "", act, kind, f"s-{number % 200_000:08}")
    return entry(look, Seen(moment, moment, 1 + number % 3))


def _events(tx: Transaction, first: int, numbers: range) -> None:
    rows = []
    for number in numbers:
        at = (START + timedelta(seconds=number * 20)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        kind = KINDS[number % len(KINDS)] if number % 5000 else "bundle.exported"
        body = dumps({"at": at, "kind": kind, "submission": f"s-{number % 200_000:08}", "by": f"p-{number % PEOPLE}"})
        rows.append({"commune": COMMUNE, "seq": first + number, "body": body})
    tx.execute_many(
        "INSERT INTO event (commune, seq, prev, salt, body, hash) VALUES (:commune, :seq, '', '', :body, 'not a chain')", rows
    )
    insert_index(tx, COMMUNE, rows)


def _search(survey: Survey, entries: int) -> int:
    middle = START + timedelta(seconds=entries * 10)
    since = middle - timedelta(days=1)
    bad = 0
    with survey.reading() as reader:
        by_key = "SELECT * FROM event WHERE commune = :commune AND seq = :seq"
        keys = _timed(lambda: [reader.row(by_key, commune=COMMUNE, seq=number * 7 + 1) for number in range(PAGE)])
    print(f"peer: fifty rows by their key in {keys * 1e3:.1f} ms")
    changes = {
        "newest": ChangeFilters(), "a day": ChangeFilters(since=since, before=middle), "a person": ChangeFilters(person="p-7"),
        "a rare kind": ChangeFilters(kind="bundle.exported"),
        "a person and a rare kind": ChangeFilters(person="p-0", kind="bundle.exported"),
        "nobody's": ChangeFilters(person="p-7", kind="bundle.exported"), "one submission": ChangeFilters(subject="s-00001234"),
        "one submission, one person, a day": ChangeFilters(subject="s-00001234", person="p-34", since=since, before=middle),
    }  # fmt: skip
    looks = {
        "newest": LookFilters(), "a day": LookFilters(since=since, before=middle), "a person": LookFilters(person="p-7"),
        "exports": LookFilters(act="exported"), "downloads of photos": LookFilters(act="took", kind="photo"),
        "exports of a person": LookFilters(person="p-0", act="exported"), "a photo": LookFilters(subject="s-00001234"),
        "nothing": LookFilters(kind="register", act="took"), "a photo, a person": LookFilters(subject="s-00001234", person="p-34"),
    }  # fmt: skip
    for name, change in changes.items():
        bad += _one(survey, f"changes: {name}", partial(select_changes_page, commune=COMMUNE, filters=change, limit=PAGE), keys)
    for name, look in looks.items():
        bad += _one(survey, f"looks: {name}", partial(select_looks, commune=COMMUNE, filters=look, limit=PAGE), keys)
    return bad


def _one(survey: Survey, name: str, search: Callable[[Reader], object], peer: float) -> int:
    with survey.reading() as reader:
        first, again = _timed(lambda: search(reader)), min(_timed(lambda: search(reader)) for _ in range(3))
        plan = list(_plan(reader, survey.store.engine, search))
    scans = [line for line in plan if _reads_all(line)]
    print(f"{name:45} {first * 1e3:8.1f} ms, then {again * 1e3:6.1f} ms = {again / peer:5.1f} ×   {scans or ''}")
    return len(scans)


def _reads_all(line: str) -> bool:
    return "Seq Scan" in line or "TEMP B-TREE" in line or (line.startswith("SCAN") and "USING" not in line)


class _Explaining:
    """A reader that asks for the plan of what it is asked."""

    def __init__(self, reader: Reader, engine: str) -> None:
        self._reader, self._how = reader, "EXPLAIN " if engine == "postgres" else "EXPLAIN QUERY PLAN "
        self.lines: list[str] = []

    def rows(self, sql: str, **parameters: object) -> list[Row]:
        """The plan's lines are kept; no row is answered."""
        self.lines += [str(list(row.values())[-1]) for row in self._reader.rows(self._how + sql, **parameters)]
        return []


def _plan(reader: Reader, engine: str, search: Callable[[Reader], object]) -> Iterator[str]:
    explaining = _Explaining(reader, engine)
    search(explaining)  # type: ignore[arg-type]
    yield from explaining.lines


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    sys.exit(main())
