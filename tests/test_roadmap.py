"""The roadmap's verbs: circles and impossible dates are refused by name, nobody's change is lost, each reports on the own."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest

from survey import owners, roadmap
from survey.domain.owners import Assignment, Milestone
from survey.domain.people import Actor
from survey.domain.problems import (
    CRITERION_UNKNOWN,
    EDITION_UNKNOWN,
    HAMLET_UNKNOWN,
    MILESTONE_CHANGED,
    MILESTONE_CIRCLE,
    MILESTONE_NEEDED,
    MILESTONE_TOO_LATE,
    MILESTONE_UNKNOWN,
    MILESTONE_UNUSABLE,
    NOT_ALLOWED,
    NOT_OWNER,
    PERSON_UNKNOWN,
    Problem,
    ProblemKind,
)
from survey.domain.roadmap import LONGEST_DAYS
from survey.roadmap import Facts
from survey.store import Store
from survey.store.assignments import select_owner_reports
from survey.store.events import select_events
from survey.store.milestones import select_milestone_history, select_milestones
from tests.conftest import COMMUNE, HAMLETS
from tests.plans import KDC, OTHER, OWNER, SCOPED, Plain, peopled

TODAY = date(2026, 11, 23)


@pytest.fixture
def commune(store: Store) -> Plain:
    """The commune on each engine."""
    return peopled(store)


def day(number: int) -> date:
    """The day *number* days after today."""
    return TODAY + timedelta(days=number)


def new(title: str, days: int = 10, *needs: Milestone, **given: object) -> Milestone:
    """A milestone to be saved."""
    return replace(Milestone("", 0, title, days, needs=tuple(one.id for one in needs)), **given)  # type: ignore[arg-type]


def refused(kind: ProblemKind, call: object) -> Problem:
    """The problem that *call* raises, of that kind."""
    with pytest.raises(Problem) as caught:
        call()  # type: ignore[operator]
    assert caught.value.kind is kind
    return caught.value


@pytest.fixture
def chain(commune: Plain, coordinator: Actor) -> list[Milestone]:
    """A, B behind it, C behind that and due in 40 days."""
    first = roadmap.save(commune, coordinator, new("A"))
    second = roadmap.save(commune, coordinator, new("B", 10, first))
    return [first, second, roadmap.save(commune, coordinator, new("C", 10, second, due_on=day(40)))]


def test_what_was_saved_is_laid_out(commune: Plain, chain: list[Milestone], reviewer: Actor) -> None:
    """Read by who may see figures, as of today in Viet Nam."""
    found = roadmap.plan_of(commune, reviewer)

    assert [found.milestones[one.id].title for one in chain] == ["A", "B", "C"]
    assert found.plan.finish == day(29)
    assert found.plan.critical_path == tuple(one.id for one in chain)
    with commune.reading() as reader:
        assert select_milestones(reader, COMMUNE)[chain[2].id] == replace(chain[2], at=found.milestones[chain[2].id].at)


def test_the_share_done_comes_from_the_survey_where_it_is_measured(commune: Plain, coordinator: Actor) -> None:
    """What the door hands over; unmeasured is not known, and what a person says of it is dropped."""
    saved = roadmap.save(commune, coordinator, new("A", 20, edition=KDC, criterion="3", indicator="3-met", done_share=0.9))
    shares = {(KDC, "3", None, "3-met"): 0.5}

    assert saved.done_share is None
    assert roadmap.plan_of(commune, coordinator).plan.placed[saved.id].finish == day(19)
    assert roadmap.plan_of(commune, coordinator, shares=shares).plan.placed[saved.id].finish == day(9)
    assert roadmap.what_if(commune, coordinator, saved.id, 3, shares=shares).finish_after == day(12)
    assert roadmap.what_if(commune, coordinator, saved.id, 10**9).end_days == LONGEST_DAYS
    done = roadmap.report(commune, coordinator, saved.id, 1, Facts(day(-5), day(-1), 0.2))
    assert done.done_share is None
    assert [one.kind for one in roadmap.plan_of(commune, coordinator, shares=shares).remarks] == ["not_shown"]


def test_a_circle_is_refused_by_name(commune: Plain, chain: list[Milestone], coordinator: Actor) -> None:
    """A → B → C → A, and A → A; nothing is written."""
    problem = refused(MILESTONE_CIRCLE, lambda: roadmap.save(commune, coordinator, replace(chain[0], needs=(chain[2].id,))))
    itself = refused(MILESTONE_CIRCLE, lambda: roadmap.save(commune, coordinator, replace(chain[0], needs=(chain[0].id,))))

    named = str(problem.details["chain"]).split(" → ")
    assert "ABCABC".find("".join(named[:3])) >= 0
    assert named[0] == named[-1]
    assert itself.details["chain"] == "A → A"
    with commune.reading() as reader:
        assert select_milestones(reader, COMMUNE)[chain[0].id].number == 1


def test_impossible_dates_are_refused_with_the_chain(commune: Plain, chain: list[Milestone], coordinator: Actor) -> None:
    """A longer step, an earlier due date and a new need; facts that make it late are taken and shown."""
    longer = refused(MILESTONE_TOO_LATE, lambda: roadmap.save(commune, coordinator, replace(chain[0], days=25)))
    refused(MILESTONE_TOO_LATE, lambda: roadmap.save(commune, coordinator, replace(chain[2], due_on=day(20))))
    other = roadmap.save(commune, coordinator, new("D", 35))
    added = replace(chain[2], needs=(chain[1].id, other.id))
    refused(MILESTONE_TOO_LATE, lambda: roadmap.save(commune, coordinator, added))

    assert longer.details == {"chain": "A → B → C", "finish": "06/01/2027", "due": "02/01/2027", "days": 4}
    commune.moment += timedelta(days=15)
    roadmap.report(commune, coordinator, chain[0].id, 1, Facts(day(14)))
    late = roadmap.plan_of(commune, coordinator)
    assert [(one.kind, one.days) for one in late.remarks] == [("late", 3)]
    # What is late already may be renamed, and made less late.
    roadmap.save(commune, coordinator, replace(chain[2], title="C2"))
    roadmap.save(commune, coordinator, replace(chain[1], days=9))


def test_two_that_need_each_other_at_once(commune: Plain, chain: list[Milestone], coordinator: Actor) -> None:
    """Written side by side by two coordinators: one of them is refused, whichever comes second."""
    first, second = (roadmap.save(commune, coordinator, new(title)) for title in ("X", "Y"))

    def write(pair: tuple[Milestone, Milestone]) -> str:
        try:
            roadmap.save(commune, coordinator, replace(pair[0], needs=(pair[1].id,)))
        except Problem as problem:
            return problem.kind.code
        return "saved"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(write, [(first, second), (second, first)])) == ["MILESTONE_CIRCLE", "saved"]


def test_a_change_in_between_is_not_overwritten(commune: Plain, chain: list[Milestone], coordinator: Actor) -> None:
    """By form, report or removal; the message says who changed it when."""
    roadmap.save(commune, coordinator, replace(chain[0], title="A2"))
    problem = refused(MILESTONE_CHANGED, lambda: roadmap.save(commune, coordinator, replace(chain[0], title="A3")))
    refused(MILESTONE_CHANGED, lambda: roadmap.report(commune, coordinator, chain[0].id, 1, Facts(TODAY)))
    refused(MILESTONE_CHANGED, lambda: roadmap.remove(commune, coordinator, chain[0].id, 1))

    assert (problem.details["person"], problem.details["at"]) == ("coordinator", "10:00 23/11/2026")
    with commune.reading() as reader:
        history = select_milestone_history(reader, COMMUNE, chain[0].id)
    assert [(one.number, one.title) for one in history] == [(2, "A2"), (1, "A")]


def test_what_others_need_is_not_removed(commune: Plain, chain: list[Milestone], coordinator: Actor) -> None:
    """The last one goes; then the one before it; a removed one is gone for every verb."""
    problem = refused(MILESTONE_NEEDED, lambda: roadmap.remove(commune, coordinator, chain[1].id, 1))
    roadmap.remove(commune, coordinator, chain[2].id, 1)
    roadmap.remove(commune, coordinator, chain[1].id, 1)

    assert problem.details["others"] == "C"
    assert set(roadmap.plan_of(commune, coordinator).milestones) == {chain[0].id}
    refused(MILESTONE_UNKNOWN, lambda: roadmap.save(commune, coordinator, replace(chain[2], number=2)))
    refused(MILESTONE_UNKNOWN, lambda: roadmap.what_if(commune, coordinator, chain[2].id, 3))


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"title": " "}, MILESTONE_UNUSABLE), ({"title": "x" * 121}, MILESTONE_UNUSABLE), ({"days": 0}, MILESTONE_UNUSABLE),
        ({"days": 3651}, MILESTONE_UNUSABLE), ({"done_share": 1.1}, MILESTONE_UNUSABLE), ({"due_on": date(9999, 1, 1)}, MILESTONE_UNUSABLE),
        ({"not_before": day(9), "due_on": day(8)}, MILESTONE_UNUSABLE), ({"started_on": day(1)}, MILESTONE_UNUSABLE),
        ({"started_on": day(-1), "finished_on": day(-2)}, MILESTONE_UNUSABLE), ({"indicator": "3-met"}, MILESTONE_UNUSABLE),
        ({"edition": "no-such"}, EDITION_UNKNOWN), ({"edition": KDC, "criterion": "99"}, CRITERION_UNKNOWN),
        ({"edition": KDC, "criterion": "3", "indicator": "no"}, MILESTONE_UNUSABLE), ({"hamlet": "18844-h99"}, HAMLET_UNKNOWN),
        ({"person": "p-nobody"}, PERSON_UNKNOWN), ({"needs": ("no-such",)}, MILESTONE_UNKNOWN), ({"id": "no-such"}, MILESTONE_UNKNOWN),
        ({"due_on": day(8)}, MILESTONE_TOO_LATE),
    ],
)  # fmt: skip
def test_what_a_milestone_cannot_be(commune: Plain, coordinator: Actor, given: dict[str, object], kind: ProblemKind) -> None:
    """Refused with the reason; nothing is written."""
    refused(kind, lambda: roadmap.save(commune, coordinator, replace(new("A"), **given)))  # type: ignore[arg-type]

    assert roadmap.plan_of(commune, coordinator).milestones == {}


def test_who_reports_on_a_milestone(commune: Plain, coordinator: Actor, reviewer: Actor, inspector: Actor) -> None:
    """Its person, the owner of its criterion, the coordinator; nobody else, and only the coordinator changes the plan."""
    saved = roadmap.save(commune, coordinator, new("A", edition=KDC, criterion="3", person=OTHER.person))
    owners.assign(commune, coordinator, KDC, [Assignment(KDC, "3", 0, person=OWNER.person)])
    roadmap.report(commune, OWNER, saved.id, 1, Facts(day(-2), done_share=0.3), text="Đã bắt đầu")
    last = roadmap.report(commune, OTHER, saved.id, 2, Facts(day(-2), TODAY, 1.0))

    assert (last.number, last.started_on, last.finished_on, last.entered_by) == (3, day(-2), TODAY, "p-other")
    refused(NOT_OWNER, lambda: roadmap.report(commune, reviewer, saved.id, 3, Facts()))
    refused(NOT_ALLOWED, lambda: roadmap.report(commune, inspector, saved.id, 3, Facts()))
    refused(NOT_ALLOWED, lambda: roadmap.save(commune, OTHER, replace(saved, number=3, days=99)))
    refused(NOT_ALLOWED, lambda: roadmap.remove(commune, OWNER, saved.id, 3))
    refused(NOT_ALLOWED, lambda: roadmap.plan_of(commune, inspector))
    with commune.reading() as reader:
        reports = select_owner_reports(reader, COMMUNE, KDC, "3")
    assert [(one.text, one.milestone, one.done_share) for one in reports] == [("Đã bắt đầu", saved.id, 0.3)]


def test_a_stranger_to_the_milestone_reports_nothing(commune: Plain, coordinator: Actor) -> None:
    """An owner of other things."""
    saved = roadmap.save(commune, coordinator, new("A", person=OWNER.person))

    refused(NOT_OWNER, lambda: roadmap.report(commune, OTHER, saved.id, 1, Facts(TODAY)))


def test_people_of_some_hamlets_see_and_change_theirs(commune: Plain, coordinator: Actor) -> None:
    """Milestones of other hamlets are not listed, cannot be opened or written; they move the dates of the others all the same."""
    there = roadmap.save(commune, coordinator, new("Ở thôn khác", 10, hamlet=HAMLETS[1]))
    here = roadmap.save(commune, coordinator, new("Ở thôn mình", 5, there, hamlet=HAMLETS[0]))
    found = roadmap.plan_of(commune, SCOPED)

    assert set(found.milestones) == {here.id}
    assert found.plan.placed[here.id].start == day(10)
    refused(MILESTONE_UNKNOWN, lambda: roadmap.save(commune, SCOPED, replace(there, title="x")))
    refused(MILESTONE_UNKNOWN, lambda: roadmap.what_if(commune, SCOPED, there.id, 1))
    refused(HAMLET_UNKNOWN, lambda: roadmap.save(commune, SCOPED, new("x", hamlet=HAMLETS[1])))


def test_a_merged_hamlets_milestones_are_its_successors(commune: Plain, coordinator: Actor) -> None:
    """They stay on the roadmap of the hamlet that it has become."""
    saved = roadmap.save(commune, coordinator, new("A", hamlet=HAMLETS[1]))
    with commune.transaction() as tx:
        tx.execute(
            "UPDATE hamlet SET valid_to = '2026-11-01', successor = :into WHERE hamlet = :former", into=HAMLETS[0], former=HAMLETS[1]
        )

    assert roadmap.plan_of(commune, SCOPED).milestones[saved.id].hamlet == HAMLETS[0]


def test_the_log_names_nothing(commune: Plain, coordinator: Actor) -> None:
    """A title may name a household: its hash is in the log."""
    saved = roadmap.save(commune, coordinator, new("Vận động hộ ông Tám"))
    roadmap.report(commune, coordinator, saved.id, 1, Facts(TODAY), text="Ông Tám đồng ý")
    roadmap.remove(commune, coordinator, saved.id, 2)
    with commune.reading() as reader:
        bodies = [json.loads(event["body"]) for event in select_events(reader, COMMUNE)]

    kinds = [body["kind"] for body in bodies if body["kind"].startswith("milestone.")]
    assert kinds == ["milestone.saved", "milestone.reported", "milestone.removed"]
    assert "Tám" not in json.dumps(bodies, ensure_ascii=False)
