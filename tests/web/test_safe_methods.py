"""GET and HEAD change nothing: whatever leads a browser to an address, a link or a picture of another site, does nothing there."""

import pytest
from starlette.testclient import TestClient

from survey.domain.people import Role
from survey.web.access_table import ROUTES
from survey.wiring import Survey
from tests.roles import World, make_world
from tests.web.conftest import Client

_SEEN = {
    "access_log": None,  # who looked: that is what a look leaves
    "session": {"used_at", "expires_at"},
    "device": {"seen_at"},
    "look_gap": None,
}
"""What a look may leave: whole tables, or columns of them."""


def kept(survey: Survey) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, without what says that somebody was here."""
    with survey.reading() as reader:
        names = [row["name"] for row in reader.rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        found = {}
        for name in names:
            seen = _SEEN.get(name, set())
            if seen is not None:
                rows = [dict(row) for row in reader.rows(f'SELECT * FROM "{name}"')]
                found[name] = sorted((tuple(value for column, value in row.items() if column not in seen) for row in rows), key=repr)
    return found


@pytest.mark.parametrize("login", [None, *(role.value for role in Role)])
def test_a_look_changes_nothing(survey: Survey, client: Client, login: str | None) -> None:
    """Every GET route and its HEAD, by a stranger and each role, with ids that exist: all tables stay as they were.

    The first walk may make what a deployment makes once, for everybody: shared secrets, and which notice phones were shown.
    """
    world = make_world(survey)
    browser = client(login)
    assert walk(browser, world) >= 8
    before = kept(survey)
    walk(browser, world)
    after = kept(survey)

    assert {name for name in before if before[name] != after[name]} == set()


def walk(browser: TestClient, world: World) -> int:
    """Ask every route; returns how many answers were no refusal."""
    paths = sorted(route.removeprefix("GET ") for route in ROUTES if route.startswith("GET "))
    targets = [world.address(path.replace("{list}", "household")) for path in paths]
    asked = [browser.request(method, target, headers={"accept": "*/*"}) for target in targets for method in ("GET", "HEAD")]
    return sum(answer.status_code < 400 for answer in asked)
