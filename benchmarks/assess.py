"""Assess every edition over 10⁴ and 10⁵ accepted submissions, beside a bare scan of the rows that it reads; and a province of communes.

    python benchmarks/assess.py [--submissions 10000 100000] [--households 1500] [--province 69 1000000]

Without `--households` every submission counts: each is the only one of its house and checklist, the hardest case. With it so many
houses are visited again and again until all submissions are used, and the newest of each checklist counts. The scan fetches the same
measures of counted submissions from SQLite and does nothing with them; peak memory is the process's. Seconds are of processor time
of this process, the least of three.

`--province` fills so many communes with so many accepted submissions together, written straight into the tables (minutes), and measures
the lines of all communes for the province page, and the median of one review there beside one in a lone commune of 10⁴ submissions.
"""

import argparse
import random
import resource
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from survey.assess import assess, present_figures, renew_figures
from survey.domain.people import Actor, Role
from survey.domain.places import Hamlet
from survey.domain.sites import Site, SiteKind
from survey.domain.submissions import State, Submission, short_code
from survey.establish import establish
from survey.review import decide
from survey.store.counted import update_counted
from survey.store.figures import mark_figures_stale, select_summaries
from survey.store.measures import insert_measures
from survey.store.places import insert_hamlet
from survey.store.reviews import insert_review
from survey.store.sites import insert_sites
from survey.store.submissions import insert_submission
from survey.wiring import Settings, Survey, open_survey

COMMUNE = "18844"
_HAMLETS = [f"{COMMUNE}-h{number:02d}" for number in range(1, 21)]
_BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
_PORTION = 2000


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--households", type=int, help="visit so many houses again and again")
    parser.add_argument("--province", type=int, nargs=2, metavar=("COMMUNES", "SUBMISSIONS"))
    arguments = parser.parse_args()
    if arguments.province:
        measure_province(*arguments.province)
        return
    print(f"{'submissions':>11} {'assess s':>9} {'scan s':>7} {'ratio':>6} {'as of s':>8} {'kept s':>7} {'verdicts':>8} {'peak MB':>8}")
    for count in arguments.submissions:
        with tempfile.TemporaryDirectory() as folder:
            survey = open_survey(Settings(data=Path(folder)))
            establish(survey, survey.settings.schema, COMMUNE)
            fill(survey, count, arguments.households)
            _measure(survey, count)


def fill(survey: Survey, count: int, households: int | None = None) -> None:
    """Register houses and roads, and accept *count* submissions about them, as often about the same ones as it takes."""
    numbers = random.Random(1)
    sites = list(_sites(count if households is None else households * 10 // 3, numbers))
    with survey.transaction() as tx:
        for number, hamlet in enumerate(_HAMLETS, 1):
            insert_hamlet(tx, Hamlet(COMMUNE, hamlet, f"Thôn {number}", _BEGIN.date()))
        insert_sites(tx, [(site, "") for site in sites], at=_BEGIN)
    submissions: list[Submission] = []
    while len(submissions) < count:
        submissions += [one for site in sites for one in _submissions(site, numbers)]
    submissions = submissions[:count]
    for start in range(0, count, _PORTION):
        with survey.transaction() as tx:
            for submission in submissions[start : start + _PORTION]:
                insert_submission(tx, submission, b"<data/>")
                insert_measures(tx, submission)
                insert_review(tx, submission, State.RECEIVED, reason="", person="p", at=submission.received_at)
                update_counted(tx, COMMUNE, submission.id)
            mark_figures_stale(tx, COMMUNE, survey.now())


def _measure(survey: Survey, count: int) -> None:
    actor = Actor(COMMUNE, "p", "p", Role.COORDINATOR)
    scan = min(_timed(lambda: _scan(survey)) for _ in range(3))
    seconds = min(_timed(lambda: assess(survey, actor, history=True)) for _ in range(3))
    then = _timed(lambda: assess(survey, actor, as_of=(_BEGIN + timedelta(days=200)).date(), history=True))
    present_figures(survey, actor, "ha-tinh-kdc-kieu-mau")
    kept = _timed(lambda: present_figures(survey, actor, "ha-tinh-kdc-kieu-mau"))
    verdicts = len(assess(survey, actor, history=True))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{count:>11,} {seconds:>9.2f} {scan:>7.2f} {seconds / scan:>6.1f} {then:>8.2f} {kept:>7.3f} {verdicts:>8} {peak:>8.0f}", flush=True
    )


def _scan(survey: Survey) -> None:
    with survey.reading() as reader:
        for _ in reader.stream(
            "SELECT c.site, c.hamlet, c.form, c.submission, m.question, m.code, m.number FROM counted c"
            " LEFT JOIN measure m ON m.commune = c.commune AND m.submission = c.submission AND m.repeat_key = c.repeat_key"
            " WHERE c.commune = :commune",
            commune=COMMUNE,
        ):
            pass


def _timed(action: object) -> float:
    begin = time.process_time()
    action()  # type: ignore[operator]
    return time.process_time() - begin


def measure_province(communes: int, submissions: int) -> None:
    """Print what the province page reads, and one review in a lone commune beside one in the whole province."""
    with tempfile.TemporaryDirectory() as folder:
        alone = _review_ms(_deployment(Path(folder), 1, 10_000), COMMUNE)
    with tempfile.TemporaryDirectory() as folder:
        survey = _deployment(Path(folder), communes, submissions)
        edition = "ha-tinh-kdc-kieu-mau"
        began = time.perf_counter()
        for number in range(communes):
            renew_figures(survey, _code(number))
        renewing = time.perf_counter() - began
        with survey.reading() as reader:
            page = [_clocked(lambda: select_summaries(reader, edition)) for _ in range(20)]
            lines = len(select_summaries(reader, edition))
        among = _review_ms(survey, COMMUNE)
    print(f"{communes} communes, {submissions:,} accepted submissions")
    print(f"{lines} lines of the province page: {statistics.median(page) * 1000:.2f} ms")
    print(f"renewing the figures of one commune: {renewing / communes:.2f} s")
    print(f"one review: {alone:.2f} ms in a lone commune of 10,000 submissions, {among:.2f} ms here, ratio {among / alone:.2f}")


def _deployment(folder: Path, communes: int, submissions: int) -> Survey:
    survey = open_survey(Settings(data=folder))
    establish(survey, survey.settings.schema, COMMUNE)
    fill(survey, 600)  # what the rows are copied from: whole submissions, written as receipt and review write them
    share = submissions // communes
    _copy_within(survey, share)
    for number in range(1, communes):
        _copy_commune(survey, _code(number))
        print(f"\r{number + 1} communes", end="", file=sys.stderr, flush=True)
    with survey.transaction() as tx:
        tx.execute("ANALYZE")
    return survey


def _code(number: int) -> str:
    return COMMUNE if number == 0 else f"9{number:04d}"


def _copy_within(survey: Survey, wanted: int) -> None:
    """Multiply the commune's sites with everything about them until there are about *wanted* submissions."""
    with survey.transaction() as tx:
        for copy in range(1, wanted // 600):
            for table in ("site", "submission", "review", "measure", "counted", "instance"):
                columns = _columns(survey, table)
                changed: dict[str, str] = {name: f"{name} || ':{copy}'" for name in ("site", "submission") if name in columns}
                if table == "site":
                    changed["code"] = f"code || '-{copy}'"
                if table == "submission":
                    changed["code"] = f"code || '{copy}'"
                chosen = ", ".join(changed.get(name, name) for name in columns)
                whole = "submission NOT LIKE 'uuid:%:%'" if "submission" in columns else "site NOT LIKE '%:%'"
                tx.execute(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {chosen} FROM {table} WHERE {whole}")
        tx.execute("UPDATE tally SET count = count * :factor", factor=wanted // 600)


def _copy_commune(survey: Survey, code: str) -> None:
    with survey.transaction() as tx:
        for table in ("commune", "hamlet", "site", "form", "edition", "edition_version", "edition_question", "submission", "review",
                      "measure", "counted", "instance", "tally", "figure_change"):  # fmt: skip
            columns = _columns(survey, table)
            chosen = ", ".join(":code" if name == "commune" else name for name in columns)
            statement = f"INSERT INTO {table} ({', '.join(columns)}) SELECT {chosen} FROM {table} WHERE commune = :source"
            tx.execute(statement, code=code, source=COMMUNE)


def _columns(survey: Survey, table: str) -> list[str]:
    with survey.reading() as reader:
        return [row["name"] for row in reader.rows(f"SELECT name FROM pragma_table_info('{table}')")]


def _review_ms(survey: Survey, commune: str) -> float:
    """The median of taking back and accepting again, in milliseconds."""
    actor = Actor(commune, "p", "p", Role.COORDINATOR)
    with survey.reading() as reader:
        rows = reader.rows("SELECT submission, state_version FROM submission WHERE commune = :commune LIMIT 60", commune=commune)
    spent = []
    for row in rows:
        for number, to in enumerate((State.RECEIVED, State.ACCEPTED)):
            version = row["state_version"] + number
            spent.append(_clocked(partial(decide, survey, actor, row["submission"], to, reason="r", expected_version=version)))
    return statistics.median(spent) * 1000


def _clocked(action: object) -> float:
    begin = time.perf_counter()
    action()  # type: ignore[operator]
    return time.perf_counter() - begin


def _sites(count: int, numbers: random.Random) -> Iterator[Site]:
    roads = count // 20
    for number in range(roads):
        attributes = {"class": numbers.choice(["commune", "hamlet", "lane", "field"]), "length_m": numbers.randint(50, 900)}
        yield _site(SiteKind.ROAD_SEGMENT, f"DU-{number}", numbers, attributes)
    for number in range((count - roads) // 3 + 1):
        yield _site(SiteKind.HOUSEHOLD, f"HO-{number}", numbers, {})


def _site(kind: SiteKind, code: str, numbers: random.Random, attributes: dict[str, object]) -> Site:
    return Site(COMMUNE, str(uuid.UUID(int=numbers.getrandbits(128))), kind, code, code, numbers.choice(_HAMLETS), attributes=attributes)


def _submissions(site: Site, numbers: random.Random) -> Iterator[Submission]:
    if site.kind is SiteKind.ROAD_SEGMENT:
        length = float(str(site.attributes["length_m"]))
        yield _submission(
            site, "road_segment", numbers,
            hardened_m=length * numbers.random(), surface=numbers.choice(["concrete", "asphalt", "earth"]),
            planted_m=length * numbers.random(), drained_m=length * numbers.random(), passable=_yes_no(numbers), clean=_yes_no(numbers),
        )  # fmt: skip
        return
    total = numbers.randint(0, 120)
    green = round(total * numbers.random(), 1)
    yield _submission(site, "household_fence", numbers, total_m=total, green_m=green, kind=numbers.choice(["hedge", "wall"]))
    yield _submission(
        site, "household_environment", numbers, waste_collected="collected", waste_sorted=_yes_no(numbers), waste_water="sanitary",
        latrine="sanitary", bath=_yes_no(numbers), water_tank="yes", three_clean="yes", clean_water=_yes_no(numbers),
        livestock_shed=numbers.choice(["no_livestock", "sanitary", "unsanitary"]), pesticide_packs="collected",
    )  # fmt: skip
    registered = numbers.random() < 0.2
    garden: dict[str, object] = {"state": "renovated", "model_status": "registered" if registered else "not_registered"}
    if registered:
        garden |= {"plan": "yes", "plan_confirmed": "yes", "plan_followed": _yes_no(numbers)}
        garden |= {"irrigation": "proper", "advance": ["growing"]}
    yield _submission(site, "household_garden", numbers, area_m2=numbers.randint(200, 2000), **garden)


def _submission(site: Site, form: str, numbers: random.Random, **answers: object) -> Submission:
    key = f"uuid:{uuid.UUID(int=numbers.getrandbits(128))}"
    at = _BEGIN + timedelta(minutes=numbers.randint(1, 100_000))
    blank = Submission(
        COMMUNE, key, short_code(key), form, "1", site.id, site.hamlet, None, "p", None, "field", at, at + timedelta(hours=1),
        State.ACCEPTED, 2, None, 0, 0, 0, None, {}, "",
    )  # fmt: skip
    return replace(blank, answers={f"/data/{question}": value for question, value in answers.items()})


def _yes_no(numbers: random.Random) -> str:
    return numbers.choice(["yes", "no"])


if __name__ == "__main__":
    main()
