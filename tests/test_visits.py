"""Visits over a real deployment: the outlook, the draw, the lists and what becomes of them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from survey import assess, visits
from survey.domain.canonical import sha256_hex
from survey.domain.drawing import VisitList
from survey.domain.people import Actor, Role
from survey.domain.places import Hamlet
from survey.domain.problems import (
    DRAW_EMPTY,
    DRAW_TOO_LARGE,
    EDITION_UNKNOWN,
    INDICATOR_NOT_DRAWN,
    NOT_ALLOWED,
    SAMPLES_REASON_NEEDED,
    VISIT_LIST_UNKNOWN,
    Problem,
    ProblemKind,
)
from survey.domain.submissions import State
from survey.domain.times import local_date, start_of
from survey.domain.verdicts import Basis, Outcome, Verdict
from survey.establish import establish
from survey.review import decide
from survey.store.measures import insert_measures
from survey.store.places import insert_hamlet
from survey.store.settings import select_setting_history
from survey.store.visit_lists import select_asked, select_asked_visits
from survey.wiring import Settings, Survey, open_survey
from tests.conftest import COMMUNE, HAMLETS
from tests.made_submissions import insert, register, submission

EDITION, CRITERION, INDICATOR = "ha-tinh-kdc-kieu-mau", "3", "3-ho"
ACTOR = Actor(COMMUNE, "p", "p", Role.COORDINATOR)
FIRST, SECOND = HAMLETS[:2]


@pytest.fixture
def deployed(request: pytest.FixtureRequest, tmp_path: Path, engine: str) -> Iterator[Survey]:
    """An established commune: 12 households in the first hamlet, 8 in the second."""
    database = "sqlite" if engine == "sqlite" else request.getfixturevalue("postgres_url")()
    survey = open_survey(Settings(data=tmp_path, database=database))
    establish(survey, survey.settings.schema, COMMUNE)
    with survey.transaction() as tx:
        tx.execute("DELETE FROM hamlet")
        for hamlet in (FIRST, SECOND):
            insert_hamlet(tx, Hamlet(COMMUNE, hamlet, f"Thôn {hamlet[-1]}", date(2025, 7, 1)))
        register(tx, {f"s{number:02}": FIRST if number < 12 else SECOND for number in range(20)})
    yield survey
    survey.store.close()


@pytest.fixture(params=["sqlite"])
def engine(request: pytest.FixtureRequest) -> str:
    """The engine of `deployed`; tests of what is stored ask for both."""
    return str(request.param)


def fence(survey: Survey, number: int, *, green: bool = True, state: State = State.ACCEPTED, later: timedelta | None = None) -> None:
    """A fence of a household, received and decided; *later* than now where it comes after a draw."""
    answers = {"/data/total_m": 30.0, "/data/green_m": 30.0 if green else 0.0, "/data/kind": "hedge" if green else "none"}
    made = submission(f"f{number}-{later}", site=f"s{number:02}", hamlet=FIRST if number < 12 else SECOND, answers=answers)
    if later is not None:
        made = replace(made, received_at=survey.now() + later)
    with survey.transaction() as tx:
        insert(tx, made)
        insert_measures(tx, made)
    if state is not State.RECEIVED:
        decide(survey, ACTOR, made.id, state, reason="r", expected_version=made.state_version)


def draw(survey: Survey, **per_hamlet: int) -> VisitList:
    """Draw so many in the first and the second hamlet."""
    names = {"first": FIRST, "second": SECOND}
    wanted: dict[str | None, int] = {names[name]: count for name, count in per_hamlet.items()}
    return visits.draw_list(survey, ACTOR, EDITION, CRITERION, INDICATOR, per_hamlet=wanted, seed="2026")


def refused(kind: ProblemKind, call: Any) -> None:
    """The call raises that problem."""
    with pytest.raises(Problem) as caught:
        call()
    assert caught.value.kind is kind


def verdict_in(survey: Survey, hamlet: str) -> Verdict:
    """What is said of fences there."""
    return next(one for one in assess.assess(survey, ACTOR, edition=EDITION, hamlet=hamlet) if one.criterion == CRITERION)


def basis_of(verdict: Verdict) -> Basis:
    """The share of households."""
    return next(basis for basis in verdict.basis if basis.indicator == INDICATOR)


def sites(survey: Survey, made: VisitList) -> list[str]:
    """The sites of a list."""
    return [site.site for site in visits.find_list(survey, ACTOR, made.id)[1]]


def test_the_verdict_follows_the_interval_unless_the_commune_demands_every_site(deployed: Survey) -> None:
    """Ten of twelve green and the others not visited: met; with the demand not decided; the reason and the person are kept."""
    for number in range(8):
        fence(deployed, number)
    sampled = verdict_in(deployed, FIRST)
    visits.set_samples(deployed, ACTOR, allowed=False, reason="Huyện yêu cầu khảo sát hết")
    demanded = verdict_in(deployed, FIRST)
    visits.set_samples(deployed, ACTOR, allowed=True, reason="Theo công văn mới")

    assert (basis_of(sampled).outcome, basis_of(sampled).decided_by) == (Outcome.MET, "interval")
    assert (basis_of(demanded).outcome, basis_of(demanded).reason) == (Outcome.NOT_ENOUGH_DATA, "not_all_known")
    assert basis_of(demanded).interval is None
    assert basis_of(verdict_in(deployed, FIRST)).decided_by == "interval"
    with deployed.reading() as reader:
        kept = select_setting_history(reader, COMMUNE, visits.SETTING)
    assert [(row["value"], row["reason"], row["person"]) for row in kept] == [
        ("", "Theo công văn mới", "p"), ("off", "Huyện yêu cầu khảo sát hết", "p"),
    ]  # fmt: skip
    refused(SAMPLES_REASON_NEEDED, lambda: visits.set_samples(deployed, ACTOR, allowed=False, reason=" "))


def test_the_demand_counts_from_the_day_on_which_it_was_made(deployed: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    """To the millisecond in Viet Nam: the day before is judged without it, also when it is first asked for afterwards."""
    for number in range(8):
        fence(deployed, number)
    now, day = [start_of(local_date(deployed.now()) + timedelta(days=3))], local_date(deployed.now()) + timedelta(days=2)
    monkeypatch.setattr(Survey, "now", lambda _self: now[0])

    def decided_by(as_of: date, *, todays_rules: bool = False) -> str | None:
        verdicts = assess.assess(deployed, ACTOR, edition=EDITION, hamlet=FIRST, as_of=as_of, todays_rules=todays_rules)
        return basis_of(next(one for one in verdicts if one.criterion == CRITERION)).decided_by

    visits.set_samples(deployed, ACTOR, allowed=False, reason="r")  # at midnight: of the new day
    now[0] += timedelta(days=3)
    assert [decided_by(day), decided_by(day + timedelta(days=1)), decided_by(day, todays_rules=True)] == ["interval", None, None]
    now[0] = start_of(day + timedelta(days=4)) - timedelta(milliseconds=1)  # the last moment of a day
    visits.set_samples(deployed, ACTOR, allowed=True, reason="r")
    now[0] += timedelta(days=1)
    assert [decided_by(day + timedelta(days=days)) for days in range(4)] == ["interval", None, None, "interval"]


def test_kept_figures_follow_the_demand(deployed: Survey) -> None:
    """What the pages show changes at once, too."""
    for number in range(8):
        fence(deployed, number)

    def shown() -> str | None:
        figures = assess.present_figures(deployed, ACTOR, EDITION)
        return basis_of(next(one for one in figures.verdicts if (one.criterion, one.hamlet) == (CRITERION, FIRST))).decided_by

    before = shown()
    visits.set_samples(deployed, ACTOR, allowed=False, reason="r")

    assert (before, shown()) == ("interval", None)


def test_the_outlook_says_how_many_more_and_where(deployed: Survey) -> None:
    """The rule judges each hamlet: three of four green leave both open, and each has its own plan."""
    for number in (0, 1, 2, 12, 13, 14):
        fence(deployed, number)
    for number in (3, 15):
        fence(deployed, number, green=False)
    seen = visits.outlook(deployed, ACTOR, EDITION, CRITERION, INDICATOR)
    one = visits.outlook(deployed, ACTOR, EDITION, CRITERION, INDICATOR, hamlet=SECOND)
    assert seen.plan is not None
    assert one.plan is not None

    assert (seen.basis.registered, seen.basis.visited, seen.drawn) == (20, 8, 0)
    assert seen.open_sites == {FIRST: 8, SECOND: 4}
    assert set(seen.plan.per_hamlet) == {FIRST, SECOND}
    assert one.plan.per_hamlet == {SECOND: seen.plan.per_hamlet[SECOND]}
    assert one.plan.total <= 4


@pytest.mark.parametrize("engine", ["sqlite", "postgres"], indirect=True)
def test_a_draw_is_repeatable_by_hand(deployed: Survey) -> None:
    """The sites are the first by SHA-256 of seed, line feed and id, hamlet by hamlet, of those that are unknown."""
    fence(deployed, 0)
    made = draw(deployed, first=4, second=2)
    expected = [
        site
        for numbers, count in ((range(1, 12), 4), (range(12, 20), 2))
        for site in sorted((f"s{number:02}" for number in numbers), key=lambda one: sha256_hex(f"2026\n{one}"))[:count]
    ]

    assert sites(deployed, made) == expected
    assert made.open_sites == {FIRST: 11, SECOND: 8}
    assert (made.asked, made.visited, made.forms) == (6, 0, ("household_fence",))
    assert visits.find_lists(deployed, ACTOR) == [made]


def test_without_a_seed_the_server_makes_one(deployed: Survey) -> None:
    """Nobody has to think of one, and two draws differ."""
    wanted: dict[str | None, int] = {FIRST: 6}
    made = [visits.draw_list(deployed, ACTOR, EDITION, CRITERION, INDICATOR, per_hamlet=wanted) for _ in range(2)]

    assert len({one.seed for one in made}) == 2
    assert not set(sites(deployed, made[0])) & set(sites(deployed, made[1]))


def test_no_house_is_asked_for_twice(deployed: Survey) -> None:
    """What an open list asks for is not drawn again; a closed list lets go."""
    made = draw(deployed, first=9)
    refused(DRAW_TOO_LARGE, lambda: draw(deployed, first=4))
    visits.close_list(deployed, ACTOR, made.id)

    assert draw(deployed, first=12).asked == 12
    refused(VISIT_LIST_UNKNOWN, lambda: visits.close_list(deployed, ACTOR, made.id))


@pytest.mark.parametrize("engine", ["sqlite", "postgres"], indirect=True)
@pytest.mark.parametrize(("state", "done"), [(State.RECEIVED, 1), (State.ACCEPTED, 1), (State.RETURNED, 0), (State.REJECTED, 0)])
def test_a_visit_since_the_draw_is_done(deployed: Survey, state: State, done: int) -> None:
    """From receipt on; what came back is still asked for; a visit of before the draw does not count."""
    made = draw(deployed, first=12)
    fence(deployed, 1, later=timedelta(seconds=5), state=state)
    fence(deployed, 2, later=-timedelta(days=3))
    with deployed.reading() as reader:
        asked = select_asked_visits(reader, COMMUNE, None)
        listed = select_asked(reader, COMMUNE, made.id, None)

    assert visits.find_lists(deployed, ACTOR)[0].visited == done
    assert (("s01", "household_fence") in asked) is not done
    assert ("s02", "household_fence") in asked
    assert [site.site for site in listed if site.done] == ["s01"] * done
    visits.close_list(deployed, ACTOR, made.id)
    with deployed.reading() as reader:
        assert select_asked_visits(reader, COMMUNE, None) == []


def test_the_outlook_tells_which_visits_were_drawn(deployed: Survey) -> None:
    """Of two visited houses one was on a list: chance chose it, somebody the other."""
    made = draw(deployed, first=1)
    (chosen,) = sites(deployed, made)
    other = next(number for number in range(12) if f"s{number:02}" != chosen)
    fence(deployed, int(chosen[1:]), later=timedelta(seconds=5))
    fence(deployed, other, later=timedelta(seconds=5))

    assert visits.outlook(deployed, ACTOR, EDITION, CRITERION, INDICATOR).drawn == 1


def test_a_person_of_one_hamlet_sees_and_draws_there_only(deployed: Survey) -> None:
    """Lists show the own part, other hamlets cannot be drawn."""
    made = draw(deployed, first=3, second=2)
    apart = draw(deployed, second=1)
    mine = Actor(COMMUNE, "q", "q", Role.REVIEWER, frozenset({FIRST}))

    assert [(one.id, one.asked) for one in visits.find_lists(deployed, mine)] == [(made.id, 3)]
    assert visits.outlook(deployed, mine, EDITION, CRITERION, INDICATOR).basis.registered == 12
    refused(VISIT_LIST_UNKNOWN, lambda: visits.find_list(deployed, mine, apart.id))
    refused(VISIT_LIST_UNKNOWN, lambda: visits.close_list(deployed, mine, apart.id))
    refused(NOT_ALLOWED, lambda: visits.close_list(deployed, mine, made.id))
    refused(
        DRAW_TOO_LARGE, lambda: visits.draw_list(deployed, mine, EDITION, CRITERION, INDICATOR, per_hamlet={SECOND: 1})
    )  # fmt: skip


def test_what_cannot_be_drawn_is_refused(deployed: Survey) -> None:
    """Nothing asked, an unknown edition or indicator, a person who may not."""
    inspector = Actor(COMMUNE, "i", "i", Role.INSPECTOR, frozenset({FIRST}))
    refused(DRAW_EMPTY, lambda: draw(deployed, first=0))
    refused(EDITION_UNKNOWN, lambda: visits.outlook(deployed, ACTOR, "no", CRITERION, INDICATOR))
    refused(INDICATOR_NOT_DRAWN, lambda: visits.outlook(deployed, ACTOR, EDITION, CRITERION, "no"))
    refused(NOT_ALLOWED, lambda: visits.find_lists(deployed, inspector))
    refused(NOT_ALLOWED, lambda: visits.draw_list(deployed, inspector, EDITION, CRITERION, INDICATOR, per_hamlet={FIRST: 1}))
    reviewer = Actor(COMMUNE, "r", "r", Role.REVIEWER)
    refused(NOT_ALLOWED, lambda: visits.set_samples(deployed, reviewer, allowed=False, reason="r"))
