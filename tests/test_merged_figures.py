"""Figures over a merger of hamlets: a day before it is as it was, today the new hamlet stands for both."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from survey import assess, register
from survey.domain.people import Actor, Role
from survey.domain.places import Hamlet
from survey.domain.submissions import State
from survey.domain.times import local_date, start_of, to_text
from survey.domain.verdicts import Verdict
from survey.establish import establish
from survey.review import decide
from survey.store.measures import insert_measures
from survey.store.places import insert_hamlet
from survey.wiring import Settings, Survey, open_survey
from tests.conftest import COMMUNE, HAMLETS
from tests.made_submissions import START, insert, submission
from tests.made_submissions import register as put_sites

KDC, NEW = "ha-tinh-kdc-kieu-mau", f"{COMMUNE}-h03"
ACTOR = Actor(COMMUNE, "p", "p", Role.COORDINATOR)


@pytest.fixture(params=["sqlite", "postgres"])
def deployed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Survey]:
    """Two hamlets of one house each, both with a fence accepted days ago: one green, the other not."""
    database = "sqlite" if request.param == "sqlite" else request.getfixturevalue("postgres_url")()
    survey = open_survey(Settings(data=tmp_path, database=database))
    establish(survey, survey.settings.schema, COMMUNE)
    with survey.transaction() as tx:
        for hamlet in HAMLETS:
            insert_hamlet(tx, Hamlet(COMMUNE, hamlet, hamlet, date(2025, 7, 1)))
        put_sites(tx, {"s1": HAMLETS[0], "s2": HAMLETS[1]})
    for name, site, hamlet, green in (("a", "s1", HAMLETS[0], 90), ("b", "s2", HAMLETS[1], 10)):
        answers = {"/data/total_m": 100, "/data/green_m": green, "/data/kind": "hedge"}
        made = submission(name, site=site, hamlet=hamlet, answers=answers)
        with survey.transaction() as tx:
            insert(tx, made)
            insert_measures(tx, made)
        decide(survey, ACTOR, made.id, State.ACCEPTED, expected_version=made.state_version)
    with survey.transaction() as tx:  # everything so far was known before today
        tx.execute("UPDATE review SET at = :at", at=to_text(START))
        for table in ("edition", "edition_version"):
            tx.execute(f"UPDATE {table} SET loaded_at = :at", at=to_text(START))
    yield survey
    survey.store.close()


def fences(survey: Survey, as_of: date | None = None) -> dict[str | None, tuple[object, ...]]:
    """Of each place: the outcome, and how many metres of how many are green."""
    verdicts: list[Verdict] = assess.assess(survey, ACTOR, edition=KDC, as_of=as_of)
    return {
        verdict.hamlet: (verdict.outcome.value, verdict.basis[0].numerator, verdict.basis[0].denominator)
        for verdict in verdicts
        if verdict.criterion == "3"
    }


@pytest.mark.parametrize("backdated", [0, 30], ids=["from today", "from a month ago"])
def test_earlier_days_stay_and_today_is_one_hamlet(deployed: Survey, backdated: int) -> None:
    """Yesterday nobody knew of the merger, also where it is in force since long before; today both houses lie in the new hamlet."""
    today = local_date(deployed.now())
    yesterday = today - timedelta(days=1)
    assert start_of(yesterday) > START
    before = fences(deployed, yesterday)
    assert set(before) == {*HAMLETS, None} or set(before) == set(HAMLETS)
    assert before[HAMLETS[0]] != before[HAMLETS[1]]

    register.merge_hamlets(deployed, ACTOR, HAMLETS, name="Mới", on=today - timedelta(days=backdated), decision="NQ")
    assert fences(deployed, yesterday) == before
    now = fences(deployed)
    assert set(now) - {None} == {NEW}
    assert now[NEW][1:] == tuple(sum(before[hamlet][place] for hamlet in HAMLETS) for place in (1, 2))  # type: ignore[misc]


def test_what_still_lies_in_an_ended_hamlet_counts_for_what_it_became(deployed: Survey) -> None:
    """Through two mergers, whoever wrote the site: today and at the end of a later day; the day before, no merger was known."""
    today = local_date(deployed.now())
    yesterday, before = today - timedelta(days=1), fences(deployed, today - timedelta(days=1))
    other = register.add_hamlet(deployed, ACTOR, "Thôn Khác", valid_from=date(2025, 7, 1))
    made = register.merge_hamlets(deployed, ACTOR, HAMLETS, name="Mới", on=yesterday, decision="NQ").hamlet
    between = fences(deployed)
    register.merge_hamlets(deployed, ACTOR, [made.id], into=other.id, on=today, decision="NQ")
    merged = fences(deployed)
    with deployed.transaction() as tx:  # as if the mergers had moved no site
        tx.execute("DELETE FROM site WHERE known_from > :start", start=to_text(START + timedelta(days=1)))
        tx.execute("UPDATE site SET known_to = NULL")

    assert set(merged) - {None} == {other.id}
    assert merged[other.id] == between[made.id]
    assert fences(deployed) == merged
    assert fences(deployed, today + timedelta(days=1)) == merged
    assert fences(deployed, yesterday) == before
