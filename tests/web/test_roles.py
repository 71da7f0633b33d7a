"""Every cell of docs/roles.md over HTTP: who may ask is answered, who may not is refused; nothing crosses hamlets, rounds, communes."""

from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from survey import accounts, devices
from survey.domain.grants import Grant
from survey.domain.people import ABILITIES, Role
from survey.openrosa import app as openrosa
from survey.store.people import insert_person
from survey.web import app, session
from survey.web.access_table import PHONE, ROUTES, Access
from survey.web.middleware import OWN_PREFIXES
from survey.wiring import Survey
from tests.conftest import COMMUNE, HAMLETS
from tests.roles import LATER, MARKS, NOW, OTHER, PHOTO, ROUND, World, make_world, status_of
from tests.web.conftest import Client

REFUSED = frozenset({401, 403})
PROVING = frozenset({"POST /sign-in", "POST /second-step"})
"""Where 401 is said of the proof that was shown, not of who asks."""


@pytest.fixture
def world(survey: Survey) -> World:
    """The commune with everybody and everything."""
    return make_world(survey)


def known_routes() -> set[str]:
    """Every route of ours with its method; HEAD beside GET is not another one, nor is what answers 404 to everybody."""
    found = set()
    for route in app.routes(openrosa.routes(session.open, session.acting)):
        path, methods = route.path, set(route.methods or ())  # type: ignore[attr-defined]
        if (path in OWN_PREFIXES and len(methods) > 3) or path.endswith("/{rest:path}"):
            continue
        found |= {f"{method} {path}" for method in (methods - {"HEAD"} or methods)}
    return found


def test_every_route_stands_in_the_table() -> None:
    """A route without a line in survey/web/access_table.py is open to whom nobody decided; a line without a route is a claim."""
    missing, gone = known_routes() - set(ROUTES), set(ROUTES) - known_routes()

    assert not missing, f"add to ROUTES of survey/web/access_table.py, then run scripts/tables.py: {sorted(missing)}"
    assert not gone, f"no longer a route, take out of survey/web/access_table.py: {sorted(gone)}"


def judged(route: str, access: Access, who: str, status: int, *, allowed: bool) -> str:
    """What is wrong with *status*; empty where it is as the table says."""
    refused = REFUSED | ({404} if access.hides else set())
    if route in PROVING and status == 401:
        return ""
    if allowed == (status not in refused):
        return ""
    said = "allows" if allowed else "refuses"
    return f"{route} answers {status} to {who}, but survey/web/access_table.py {said} it"


@pytest.mark.parametrize("route", sorted(ROUTES))
def test_every_cell(route: str, world: World, client: Client) -> None:
    """A stranger, an enrolled phone and everybody of every role."""
    access, faults = ROUTES[route], []
    # One after the other, the last one by who may do most: a route that takes something away must not spoil the answers before.
    faults.append(judged(route, access, "a stranger", status_of(client(), world, route), allowed=access.open))
    made = devices.enrol(world.survey, COMMUNE, "p-inspector", by=None, name="")
    shown = status_of(client(), world, route, {"authorization": f"Bearer {made.token}"})
    faults.append(judged(route, access, "an enrolled phone", shown, allowed=access.open or access.lets(PHONE)))
    for role in Role:
        status = status_of(client(role.value), world, route)
        faults.append(judged(route, access, f"the {role}", status, allowed=access.lets(ABILITIES[role])))

    assert [fault for fault in faults if fault] == []


def test_an_appraiser_reads_accepted_evidence_of_the_given_rounds(world: World, client: Client) -> None:
    """Not what waits for review, not what another round holds; without a round nothing; of the given hamlets only."""
    def seen() -> list[bool]:
        browser = client("appraiser")
        cases = ((world.submission, world.photo), world.unreviewed, world.later, world.other_hamlets)
        pairs = [(f"/api/submissions/{one}/instance", f"/photos/{sha}/original") for one, sha in cases]
        answers = [{browser.get(path).status_code for path in pair} for pair in pairs]
        assert all(codes in ({200}, {404}) for codes in answers)
        return [codes == {200} for codes in answers]

    give = lambda *rounds, hamlets=(): accounts.change_grant(  # noqa: E731
        world.survey, COMMUNE, "p-appraiser", Grant(Role.APPRAISER, frozenset(hamlets), frozenset(rounds)), by=None
    )
    assert seen() == [True, False, False, True]
    give(LATER)
    assert seen() == [False, False, True, False]
    give(ROUND, hamlets=[HAMLETS[0]])
    assert seen() == [True, False, False, False]
    give()
    assert seen() == [False, False, False, False]


def test_an_owner_sees_accepted_evidence_of_the_own_criteria(world: World, client: Client) -> None:
    """The garden's form answers the owner's criterion, the fence's does not; what waits for review is the desk's."""
    browser = client("owner")
    cases = ((world.submission, world.photo), world.unreviewed, world.other_form)
    found = [{browser.get(path).status_code for path in (f"/api/submissions/{one}", f"/photos/{sha}/thumb")} for one, sha in cases]

    assert found == [{200}, {404}, {404}]


def test_a_last_day_ends_session_link_phone_and_password(world: World, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The account works on its last day in Viet Nam, and opens nothing on the next one."""
    survey = world.survey
    today = (survey.now() + timedelta(hours=7)).date()
    made = devices.enrol(survey, COMMUNE, "p-inspector", by=None, name="")
    bearer = {"authorization": f"Bearer {made.token}"}
    browser = client("inspector")
    accounts.change_grant(survey, COMMUNE, "p-inspector", Grant(Role.INSPECTOR, frozenset({HAMLETS[0]}), closes_on=today), by=None)
    assert status_of(browser, world, "GET /api/me") == status_of(client(), world, "GET /api/me", bearer) == 200
    with survey.transaction() as tx:
        tx.execute("UPDATE person SET closes_on = :day WHERE person = 'p-inspector'", day=(today - timedelta(days=1)).isoformat())

    assert status_of(browser, world, "GET /api/me") == status_of(client(), world, "GET /api/me", bearer) == 401
    assert client().get(made.link).status_code == 410


@pytest.fixture
def stranger(world: World, client: Client) -> TestClient:
    """The coordinator of another commune of the same deployment."""
    survey = world.survey
    with survey.transaction() as tx:
        columns = "province, border, source, demonstration, created_at"
        tx.execute(
            f"INSERT INTO commune (commune, name, {columns}) SELECT :other, 'Xã khác', {columns} FROM commune WHERE commune = :own",
            other=OTHER, own=COMMUNE,
        )
        insert_person(
            tx, OTHER, "p-theirs", login="theirs", name="T", role=Role.COORDINATOR, locale="vi", password_hash=None, at=NOW
        )
    browser = client()
    link = accounts.make_sign_in_link(survey, OTHER, "p-theirs", by=None)
    browser.cookies.set(session.COOKIE, accounts.sign_in_by_link(survey, link.removeprefix("/sign-in/")).cookie)
    return browser


QUERIES = (
    "", f"?hamlet={HAMLETS[0]}", "?site=s1", "?q=Hộ", "?kind=household", "?person=p-inspector", "?list=sites", "?state=open",
    f"?round={ROUND}", f"?commune={COMMUNE}",
)  # fmt: skip


@pytest.mark.parametrize("route", sorted(route for route in ROUTES if not ROUTES[route].open))
def test_another_commune_gives_nothing_to_who_knows_its_ids(route: str, world: World, stranger: TestClient) -> None:
    """With every id that commune 18844 has: no word of it comes out, and no row of it changes."""
    method, _, path = route.partition(" ")
    before = _rows(world.survey)
    for query in QUERIES:
        answer = stranger.request(method, world.address(path) + query, headers={"accept": "*/*"})
        lowered = answer.text.lower()
        marks = [mark for mark in MARKS if mark not in query]  # a refusal may repeat what it was asked
        assert [mark for mark in marks if mark.lower() in lowered] == [], (query, answer.text[:400])
        assert PHOTO not in answer.content
        if "{sha256}" in path or ("{submission}" in path and method == "GET"):
            assert answer.status_code in {404, 409} or method == "DELETE"
    assert _rows(world.survey) == before


def test_an_inspector_gets_nothing_of_another_hamlet(world: World, client: Client) -> None:
    """By known ids: the photo in each of its forms, the submission, what was earlier at the site, lists and papers."""
    submission, sha256 = world.other_hamlets
    browser = client("inspector")
    paths = [f"/photos/{sha256}/{view}" for view in ("original", "preview", "thumb", "public")]
    paths += [f"/api/submissions/{submission}", f"/api/submissions/{submission}/instance", f"/api/desk/photos/{sha256}/thumb"]
    refused = {path: browser.get(path).status_code for path in paths}
    lists = ["/api/sites", "/api/register", "/api/visits", "/api/map", "/api/earlier", "/api/earlier/s2", "/api/desk", "/api/work"]
    lists += ["/openrosa/entities/sites.csv", "/openrosa/entities/household.csv", f"/api/sites?hamlet={HAMLETS[1]}", "/api/submissions"]
    told = {path: browser.get(path).text for path in lists}

    assert set(refused.values()) == {404}, refused
    assert {path for path, text in told.items() if "Hộ s2" in text or sha256 in text or submission in text} == set()


def test_a_reviewer_of_one_hamlet_gets_nothing_of_another(world: World, client: Client) -> None:
    """Photos, submissions, the queue's table, tasks and their print."""
    submission, sha256 = world.other_hamlets
    with world.survey.transaction() as tx:
        tx.execute("INSERT INTO person_hamlet VALUES (:commune, 'p-reviewer', :hamlet)", commune=COMMUNE, hamlet=HAMLETS[0])
        tx.execute("UPDATE submission SET person = 'p-coordinator' WHERE submission = :name", name=submission)
        tx.execute("UPDATE attachment SET person = 'p-coordinator' WHERE submission = :name", name=submission)
    browser = client("reviewer")
    paths = [f"/photos/{sha256}/{view}" for view in ("original", "preview", "thumb", "public")] + [f"/api/submissions/{submission}"]
    told = [browser.get(path).text for path in ("/api/queue.csv", "/api/tasks.csv", f"/api/queue.csv?hamlet={HAMLETS[1]}", "/api/register")]

    assert {browser.get(path).status_code for path in paths} == {404}
    assert not [text for text in told if "Hộ s2" in text or submission in text]
    assert browser.get(f"/print/tasks?hamlet={HAMLETS[1]}").status_code in {403, 404}


def _rows(survey: Survey) -> list[tuple[str, int]]:
    tables = ("submission", "attachment", "blob", "task", "document", "person", "site", "review", "assignment")
    with survey.reading() as reader:
        return [
            (table, reader.rows(f"SELECT COUNT(*) AS n FROM {table} WHERE commune = :commune", commune=COMMUNE)[0]["n"]) for table in tables
        ]


