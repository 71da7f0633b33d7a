"""Owners: who may name them, that nothing is lost when two do, and that each reports on the own criteria alone."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from survey import owners
from survey.domain.owners import Assignment
from survey.domain.people import Actor
from survey.domain.problems import (
    CRITERION_UNKNOWN,
    EDITION_UNKNOWN,
    NOT_ALLOWED,
    NOT_OWNER,
    OWNER_CHANGED,
    OWNER_UNUSABLE,
    PERSON_UNKNOWN,
    REASON_TOO_LONG,
    REPORT_UNUSABLE,
    Problem,
    ProblemKind,
)
from survey.store import Store
from survey.store.assignments import (
    select_assignment_history,
    select_assignments,
    select_assignments_of,
    select_last_reports,
    select_owner_reports,
)
from survey.store.events import select_events
from tests.conftest import COMMUNE
from tests.plans import KDC, OTHER, OWNER, Plain, peopled

DUE = date(2026, 12, 20)


@pytest.fixture
def commune(store: Store) -> Iterator[Plain]:
    """The commune on each engine."""
    return peopled(store)


def wish(criterion: str = "3", **given: object) -> Assignment:
    """What the coordinator enters of a criterion that nobody has yet."""
    return replace(Assignment(KDC, criterion, 0, "Phòng Kinh tế", OWNER.person, "", DUE), **given)  # type: ignore[arg-type]


def refused(kind: ProblemKind, call: object) -> Problem:
    """The problem that *call* raises, of that kind."""
    with pytest.raises(Problem) as caught:
        call()  # type: ignore[operator]
    assert caught.value.kind is kind
    return caught.value


def test_many_criteria_are_assigned_at_once(commune: Plain, coordinator: Actor) -> None:
    """With an account or only a name; what says the same writes nothing; every version stays."""
    owners.assign(commune, coordinator, KDC, [wish(), wish("4", person=None, person_name="  Trần  Văn Bảo "), wish("5", agency="")])
    again = owners.assign(commune, coordinator, KDC, [wish(number=1), wish("4", number=1, person=None, person_name="Trần Văn Bảo")])
    owners.assign(commune, coordinator, KDC, [wish(number=1, due_on=DUE + timedelta(days=9))])
    with commune.reading() as reader:
        present = select_assignments(reader, COMMUNE, KDC)
        history = select_assignment_history(reader, COMMUNE, KDC, "3")
        own = select_assignments_of(reader, COMMUNE, OWNER.person)

    assert again == []
    assert {code: (one.person, one.person_name) for code, one in present.items()} == {
        "3": ("p-owner", "Chị Hường"), "4": (None, "Trần Văn Bảo"), "5": ("p-owner", "Chị Hường"),
    }  # fmt: skip
    assert [(one.number, one.due_on) for one in history] == [(2, DUE + timedelta(days=9)), (1, DUE)]
    assert [one.criterion for one in own] == ["5", "3"]


def test_a_change_in_between_is_not_overwritten(commune: Plain, coordinator: Actor) -> None:
    """Somebody else was faster on one of two criteria: neither is written, and the message says who."""
    owners.assign(commune, coordinator, KDC, [wish()])
    second = [wish("4"), wish(number=0, agency="Công an xã")]
    problem = refused(OWNER_CHANGED, lambda: owners.assign(commune, coordinator, KDC, second))

    assert (problem.details["criterion"], problem.details["person"], problem.details["at"]) == ("3", "coordinator", "10:00 23/11/2026")
    with commune.reading() as reader:
        assert set(select_assignments(reader, COMMUNE, KDC)) == {"3"}


def test_an_assignment_is_taken_back(commune: Plain, coordinator: Actor) -> None:
    """Emptied, the criterion has nobody; who had it no longer reports."""
    owners.assign(commune, coordinator, KDC, [wish()])
    owners.assign(commune, coordinator, KDC, [Assignment(KDC, "3", 1)])

    with commune.reading() as reader:
        assert not select_assignments(reader, COMMUNE, KDC)["3"].is_named
    refused(NOT_OWNER, lambda: owners.report(commune, OWNER, KDC, "3", text="x"))


def test_who_left_stays_named_but_is_not_named_anew(commune: Plain, coordinator: Actor) -> None:
    """A closed account keeps what it had until somebody changes it."""
    owners.assign(commune, coordinator, KDC, [wish()])
    with commune.transaction() as tx:
        tx.execute("UPDATE person SET disabled_at = '2026-11-22T00:00:00.000Z' WHERE person = 'p-owner'")
    owners.assign(commune, coordinator, KDC, [wish(number=1, note="Chờ người thay")])

    refused(PERSON_UNKNOWN, lambda: owners.assign(commune, coordinator, KDC, [wish("4")]))


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"criterion": "99"}, CRITERION_UNKNOWN), ({"person": "p-nobody"}, PERSON_UNKNOWN), ({"agency": "x" * 121}, OWNER_UNUSABLE),
        ({"person": None, "person_name": "x" * 121}, OWNER_UNUSABLE), ({"due_on": date(1492, 1, 1)}, OWNER_UNUSABLE),
        ({"note": "x" * 501}, REASON_TOO_LONG),
    ],
    ids=["criterion", "person", "agency", "name", "date", "note"],
)  # fmt: skip
def test_what_cannot_be_assigned(commune: Plain, coordinator: Actor, given: dict[str, object], kind: ProblemKind) -> None:
    """Nothing of the table is written."""
    refused(kind, lambda: owners.assign(commune, coordinator, KDC, [wish("4"), wish(**given)]))  # type: ignore[arg-type]

    with commune.reading() as reader:
        assert select_assignments(reader, COMMUNE, KDC) == {}


def test_only_a_coordinator_names_owners(commune: Plain, reviewer: Actor) -> None:
    """Neither reviewers nor owners; nor of an edition that is not there."""
    for actor in (reviewer, OWNER):
        refused(NOT_ALLOWED, lambda actor=actor: owners.assign(commune, actor, KDC, [wish()]))


def test_an_edition_that_is_not_loaded(commune: Plain, coordinator: Actor) -> None:
    """Nobody answers for what is not there."""
    refused(EDITION_UNKNOWN, lambda: owners.assign(commune, coordinator, "no-such", [wish()]))
    refused(EDITION_UNKNOWN, lambda: owners.report(commune, coordinator, "no-such", "3", text="x"))


def test_an_owner_reports_on_the_own_criteria_only(commune: Plain, coordinator: Actor, reviewer: Actor, inspector: Actor) -> None:
    """The coordinator on any; another owner and a reviewer not on this; an inspector on none."""
    owners.assign(commune, coordinator, KDC, [wish(), wish("4", person=OTHER.person)])

    assert owners.report(commune, OWNER, KDC, "3", text=" Còn 5 hộ. ", done_share=0.4) == 1
    assert owners.report(commune, coordinator, KDC, "3", text="", done_share=0.5) == 2
    refused(NOT_OWNER, lambda: owners.report(commune, OWNER, KDC, "4", text="x"))
    refused(NOT_OWNER, lambda: owners.report(commune, OTHER, KDC, "3", text="x"))
    refused(NOT_OWNER, lambda: owners.report(commune, reviewer, KDC, "3", text="x"))
    refused(NOT_ALLOWED, lambda: owners.report(commune, inspector, KDC, "3", text="x"))
    refused(CRITERION_UNKNOWN, lambda: owners.report(commune, coordinator, KDC, "99", text="x"))
    with commune.reading() as reader:
        assert [(one.text, one.done_share, one.person) for one in select_owner_reports(reader, COMMUNE, KDC, "3")] == [
            ("", 0.5, "p-coordinator"), ("Còn 5 hộ.", 0.4, "p-owner"),
        ]  # fmt: skip
        assert {code: one.number for code, one in select_last_reports(reader, COMMUNE, KDC).items()} == {"3": 2}


def test_what_a_report_cannot_be(commune: Plain, coordinator: Actor) -> None:
    """Empty, more than all, or with a document that nobody kept."""
    for given in ({"text": " "}, {"text": "x", "done_share": 1.2}, {"text": "x", "document": "0" * 64}):
        refused(REPORT_UNUSABLE, lambda given=given: owners.report(commune, coordinator, KDC, "3", **given))


def test_the_log_names_nobody(commune: Plain, coordinator: Actor) -> None:
    """Ids and hashes only: neither a name nor what was said."""
    owners.assign(commune, coordinator, KDC, [wish(person=None, person_name="Trần Văn Bảo")])
    owners.report(commune, coordinator, KDC, "3", text="Hộ ông Tám chưa đồng ý")
    with commune.reading() as reader:
        bodies = [json.loads(event["body"]) for event in select_events(reader, COMMUNE)]

    assert [body["kind"] for body in bodies if body["kind"].startswith("owner.")] == ["owner.assigned", "owner.reported"]
    assert all(word not in json.dumps(bodies, ensure_ascii=False) for word in ("Bảo", "Tám", "Kinh tế"))


def test_overdue_is_counted_from_the_day_behind_the_date() -> None:
    """On its last day it is in time; what is met is never overdue."""
    held = wish()

    assert [held.overdue_days(DUE + timedelta(days=days), met=False) for days in (-1, 0, 1, 30)] == [0, 0, 1, 30]
    assert held.overdue_days(DUE + timedelta(days=30), met=True) == 0
    assert replace(held, due_on=None).overdue_days(DUE, met=False) == 0
