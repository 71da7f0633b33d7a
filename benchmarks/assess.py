"""Assess every edition over 10⁴ and 10⁵ accepted submissions, beside a bare scan of the rows that it reads.

    python benchmarks/assess.py [--submissions 10000 100000]

Every submission counts: each is the only one of its house and checklist, the hardest case. The scan fetches the same measures of
counted submissions from SQLite and does nothing with them; peak memory is the process's, before and after.
"""

import argparse
import random
import resource
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from survey.assess import assess, present_figures
from survey.domain.people import Actor, Role
from survey.domain.places import Hamlet
from survey.domain.sites import Site, SiteKind
from survey.domain.submissions import State, Submission, short_code
from survey.establish import establish
from survey.store.counted import update_counted
from survey.store.figures import mark_figures_stale
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
    arguments = parser.parse_args()
    print(f"{'submissions':>11} {'assess s':>9} {'scan s':>7} {'ratio':>6} {'as of s':>8} {'kept s':>7} {'verdicts':>8} {'peak MB':>8}")
    for count in arguments.submissions:
        with tempfile.TemporaryDirectory() as folder:
            survey = open_survey(Settings(data=Path(folder)))
            establish(survey, survey.settings.schema, COMMUNE)
            fill(survey, count)
            _measure(survey, count)


def fill(survey: Survey, count: int) -> None:
    """Register houses and roads, and let *count* accepted submissions about them count."""
    numbers = random.Random(1)
    sites = list(_sites(count, numbers))
    with survey.transaction() as tx:
        for number, hamlet in enumerate(_HAMLETS, 1):
            insert_hamlet(tx, Hamlet(COMMUNE, hamlet, f"Thôn {number}", _BEGIN.date()))
        insert_sites(tx, [(site, "") for site in sites], at=_BEGIN)
    submissions = [one for site in sites for one in _submissions(site, numbers)][:count]
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
        length = float(site.attributes["length_m"])
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
