"""GET /rules/<edition>.yaml: who gets it, what is in it, and that `load-edition` takes it."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from survey import assess, rules
from survey.domain.people import Actor
from survey.domain.rules import EntryKind
from survey.rules import Draft
from survey.wiring import Survey
from tests.made_rules import KDC, load_rules
from tests.web.conftest import Client

ADDRESS = f"/rules/{KDC}.yaml"
ENTERED = Draft(EntryKind.THRESHOLD, {"at_least": 0.75}, "QĐ kiểm thử", "Thử.", "3", "3-met", "https://example.org/a")


@pytest.fixture
def loaded(survey: Survey) -> Survey:
    """The model residential area."""
    load_rules(survey, KDC)
    return survey


def _asking(browser: TestClient) -> TestClient:
    browser.headers["accept"] = "application/json"
    return browser


def test_who_may(client: Client, loaded: Survey) -> None:
    """Strangers sign in first, inspectors hear no, an edition that is not there is 404."""
    assert _asking(client(None)).get(ADDRESS).status_code == 401
    assert _asking(client("inspector")).get(ADDRESS).status_code == 403
    browser = _asking(client("reviewer"))
    assert browser.get("/rules/no-such.yaml").json()["code"] == "EDITION_UNKNOWN"
    assert browser.get("/rules/%3Cscript%3E.yaml").status_code == 404


def test_another_commune_loads_what_was_entered(client: Client, loaded: Survey, coordinator: Actor, tmp_path: Path) -> None:
    """With the entered number, its status and source; a number entered there later has its own source."""
    rules.enter(loaded, coordinator, KDC, ENTERED)
    answer = _asking(client("reviewer")).get(ADDRESS)
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith(f'attachment; filename="{KDC}-')
    before = rules.read_effective(loaded, coordinator, KDC).edition
    folder = tmp_path / "taken"
    folder.mkdir()
    (folder / "edition.yaml").write_bytes(answer.content)
    with loaded.transaction() as tx:
        tx.execute("DELETE FROM rule_entry")
    assess.load_edition(loaded, coordinator, folder)

    assert rules.read_effective(loaded, coordinator, KDC).edition == before
    rules.enter(loaded, coordinator, KDC, Draft(EntryKind.THRESHOLD, {"at_least": 0.5}, "Nguồn khác", "Thử.", "2", "2a"))
    found = {one.code: one.thresholds for one in rules.read_effective(loaded, coordinator, KDC).edition.indicators}
    assert [found[code][-1].sources[0].text for code in ("3-met", "2a")] == ["QĐ kiểm thử", "Nguồn khác"]
