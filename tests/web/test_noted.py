"""Every route that shows personal data leaves an entry; exports before their first byte; refusals of what exists."""

import threading
from pathlib import Path

import pytest
from starlette.routing import Route

from survey.domain.access import Act, Subject
from survey.domain.people import Actor, Role
from survey.openrosa import app as openrosa
from survey.store.looks import LookFilters, select_looks
from survey.web import app, noted, noting, refusals, session
from survey.wiring import ROOT, Survey
from tests.conftest import COMMUNE
from tests.web.conftest import Client, run_apart
from tests.web.test_photos import put

PERSONAL_PAGES = {
    "account": "one's own", "verify": "a bundle from outside, checked and removed", "rounds": "days and names of rounds", "rules": "rules",
    "owners": "offices' tasks, figures", "standing": "figures", "criteria": "figures", "roadmap": "figures", "briefing": "figures",
    "province": "sums", "home": "figures and one's own", "checks": "sums by check", "capture": "the own form",
    "visits": "codes of drawn sites",
    "photos_import": "one's own photos", "privacy": "settings and sums", "personal": "its widgets note each search and home",
    "evidence": "sums; downloads are noted by their routes",
}  # fmt: skip


def _paths() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for route in app.routes(openrosa.routes(session.open, session.acting)):
        if isinstance(route, Route) and route.endpoint is not refusals.unknown_path and "{rest:path}" not in route.path:
            found.setdefault(route.path, set()).update(route.methods or ())
    return found


def _noted(survey: Survey) -> list[tuple[str, str, str, str, int]]:
    noting.flush()
    with survey.reading() as reader:
        rows = select_looks(reader, COMMUNE, LookFilters(), limit=200)
    return [(row["person"], row["act"], row["kind"], row["subject"], row["times"]) for row in rows]


def test_every_get_route_is_noted_or_shows_nothing_of_others() -> None:
    """A new route fails here until somebody says which of the two it is; a route that is gone, too."""
    gets = {path for path, methods in _paths().items() if "GET" in methods}
    said = {path for path, rule in noted.RULES.items() if rule.method == "GET"} | noted.BY_THEMSELVES | noted.NOT_NOTED

    assert gets - said - {"/metrics"} == set()
    assert said - gets == set()
    assert noted.RULES.keys() & noted.NOT_NOTED == set()


def test_every_page_is_noted_or_shows_nothing_of_others() -> None:
    """By its own words or those of its widgets."""
    pages = {path.stem: path.read_text() for path in (ROOT / "pages").glob("*.py")}
    silent = {name for name, source in pages.items() if "noting." not in source and name not in PERSONAL_PAGES}

    assert silent - {"logs"} == set()  # its widgets note each search
    assert PERSONAL_PAGES.keys() - pages.keys() == set()


@pytest.mark.parametrize("path", sorted(noted.RULES))
def test_each_rule_writes_its_entry_before_the_answer_begins(survey: Survey, client: Client, path: str) -> None:
    """The route's own wrapper around an answer of 200, with who asked in its scope."""
    client()  # opens the survey of the test
    rule = noted.RULES[path]
    actor = Actor(COMMUNE, "p-coordinator", "x", Role.COORDINATOR)
    seen: list[int] = []

    async def answer(_scope, _receive, send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        with survey.reading() as reader:
            seen.append(len(select_looks(reader, COMMUNE, LookFilters(), limit=5)))

    (wrapped,) = noted.noted([Route(path, lambda _request: None)])
    wrapped.app._app = answer
    scope = {
        "type": "http", "method": rule.method, "path": "/", "query_string": b"", "headers": [], session.WHO: actor,
        "path_params": dict.fromkeys(rule.parameter.split(), "abc-1"),
    }  # fmt: skip

    async def go() -> None:
        async def send(_message) -> None: ...

        await wrapped.app(scope, None, send)

    noting._first.clear()
    run_apart(go)

    subject = "/".join("abc-1" for _ in rule.parameter.split())
    assert _noted(survey) == [("p-coordinator", rule.act, rule.kind, subject, 1)]
    assert seen == [0 if rule.when is noted.When.GATHERED else 1]


def test_looks_at_a_photo_are_one_entry_and_its_original_another(client: Client, survey: Survey) -> None:
    """Over HTTP, with a real photo; a HEAD shows nothing and is not noted."""
    sha256 = put(survey)
    browser = client("reviewer")
    browser.head(f"/photos/{sha256}/original")
    assert browser.get(f"/photos/{sha256}/thumb").status_code in {200, 202}
    browser.get(f"/photos/{sha256}/original")
    browser.get(f"/photos/{sha256}/original", headers={"range": "bytes=100-"})

    taken = [entry for entry in _noted(survey) if entry[1] == Act.TOOK]

    assert taken == [("p-reviewer", "took", "photo", sha256, 2)]


def test_who_asks_for_what_is_not_theirs_is_noted_and_a_typing_error_is_not(client: Client, survey: Survey) -> None:
    """A phone and a colleague's photo; a photo that nobody has; the queue's table."""
    sha256 = put(survey)
    with survey.transaction() as tx:
        tx.execute(
            "INSERT INTO person (commune, person, login, name, role, locale, created_at) VALUES (:commune, 'p-other', 'other', 'x',"
            " 'inspector', 'vi', '2026-01-01T00:00:00.000Z')",
            commune=COMMUNE,
        )  # fmt: skip
    browser = client("other")
    refused = browser.get(f"/photos/{sha256}/original").status_code
    browser.get(f"/photos/{'0' * 64}/original")
    queue = browser.get("/api/queue.csv").status_code

    assert (refused, queue) == (404, 403)
    assert {entry[1:4] for entry in _noted(survey)} == {("refused", "photo", sha256), ("refused", "queue", "")}


def test_what_cannot_be_noted_does_not_leave(client: Client, survey: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    """An export on a full disk is refused with the reason; a look at a page is not."""
    from survey import access
    from survey.domain.problems import STORAGE_UNUSABLE, Problem

    def full(*_arguments: object) -> None:
        raise Problem(STORAGE_UNUSABLE, reason="full")

    browser = client("reviewer")
    monkeypatch.setattr(access, "_write", full)
    exported, looked = browser.get("/api/queue.csv", headers={"accept": "application/json"}), browser.get("/api/visits")
    noting.flush()

    assert exported.status_code == STORAGE_UNUSABLE.status
    assert exported.json()["code"] == "STORAGE_UNUSABLE"
    assert looked.status_code == 200
    assert noting.figures().waiting == 1


def test_looks_are_written_while_the_server_runs_and_the_rest_at_its_end(survey: Survey, client: Client, reviewer: Actor) -> None:
    """From many threads; at the size without waiting for the time."""
    client()

    def see(at: str) -> None:
        for number in range(250):
            noting.note(reviewer, Act.SAW, "photo", f"{at}-{number}")

    with noting.written(session.open()):
        threads = [threading.Thread(target=see, args=(at,)) for at in "abcd"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    with survey.reading() as reader:
        row = reader.row("SELECT COUNT(*) AS entries, SUM(times) AS times FROM access_log")

    assert (row["entries"], row["times"]) == (1000, 1000)


def test_noting_never_raises(reviewer: Actor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Not where the survey cannot be opened, not for a kind that nobody knows."""
    monkeypatch.setenv("SURVEY_DATA", str(tmp_path / "none"))
    monkeypatch.setenv("SURVEY_DATABASE", "mysql://")
    session.forget()

    noting.note(reviewer, Act.SAW, "photo", "x")
    monkeypatch.delenv("SURVEY_DATABASE")
    session.forget()
    noting.note(reviewer, Act.SAW, "sumbission", "x")
    session.forget()


def test_every_kind_has_its_words() -> None:
    """Acts and things, so that no entry shows a code."""
    from survey.web.logs_words import act_names, subject_names

    assert set(act_names()) == set(Act)
    assert set(subject_names()) == set(Subject)
