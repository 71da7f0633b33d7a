"""The logs over HTTP: closed to others; a stretch of the chain that anybody computes again; the looks as a table."""

import json
from itertools import pairwise

import pytest

from survey import logs
from survey.domain.canonical import event_hash
from survey.domain.people import Actor, Role
from survey.domain.problems import NOT_ALLOWED, Problem
from survey.store.event_index import ChangeFilters
from survey.wiring import Survey
from tests.conftest import COMMUNE
from tests.test_logs import write
from tests.web.conftest import Client


@pytest.mark.parametrize("login", ["inspector", "reviewer"])
def test_who_may_not_read_the_logs_gets_nothing(survey: Survey, client: Client, login: str) -> None:
    """The verb and both routes; a coordinator of some hamlets neither."""
    actor = Actor(COMMUNE, f"p-{login}", "x", Role(login))
    for ask in (lambda: logs.find_changes(survey, actor, ChangeFilters()), lambda: logs.state(survey, actor)):
        with pytest.raises(Problem) as refused:
            ask()
        assert refused.value.kind is NOT_ALLOWED
    with pytest.raises(Problem):
        logs.state(survey, Actor(COMMUNE, "p", "x", Role.COORDINATOR, frozenset({"18844-h01"})))
    browser = client(login)
    assert [browser.get(path).status_code for path in ("/logs/changes.jsonl", "/logs/looks.csv")] == [403, 403]
    assert client().get("/logs/looks.csv", headers={"accept": "application/json"}).status_code == 401


def test_a_stretch_taken_away_can_be_computed_again_by_anybody(survey: Survey, client: Client) -> None:
    """Each hash from the four parts beside it, each `prev` the hash before: what docs/logs.md tells."""
    write(survey.store, 12)
    browser = client("coordinator")
    answered = browser.get("/logs/changes.jsonl?first=3&last=10")
    events = [json.loads(line) for line in answered.text.splitlines()]

    assert [event["seq"] for event in events] == list(range(3, 11))
    assert all(event["hash"] == event_hash(event["seq"], event["prev"], event["salt"], event["body"]) for event in events)
    assert all(later["prev"] == event["hash"] for event, later in pairwise(events))
    for query in ("first=x", "last=-1", "frm=1", "first=" + "9" * 40):
        assert browser.get(f"/logs/changes.jsonl?{query}").status_code == 400


def test_looks_leave_as_a_table_guarded_against_formulas(survey: Survey, client: Client, coordinator: Actor) -> None:
    """With ids and without names; the export is its own first line of the next one."""
    browser = client("coordinator")
    browser.get("/api/visits")
    first = browser.get("/logs/looks.csv").text
    second = browser.get("/logs/looks.csv?kind=looks&act=exported").text

    assert "p-coordinator" in first
    assert "Điều phối" not in first
    assert len(second.splitlines()) == 2
    for query in ("act=x", "since=1", "kind=none", "who=p", "until=0001-01-01"):
        assert browser.get(f"/logs/looks.csv?{query}").status_code == 400
