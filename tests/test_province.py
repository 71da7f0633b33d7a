"""The communes side by side, on both engines: order, search, groups, totals, who sees it, and that nothing but sums is seen."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from survey import accounts, province
from survey.domain.forecast import BY_PLAN, TOO_FEW_KNOWN, Forecast
from survey.domain.people import Actor, Role
from survey.domain.problems import EDITION_UNKNOWN, NOT_ALLOWED, Problem
from survey.domain.scoreboard import Goal
from survey.domain.sites import Site, SiteKind
from survey.province import Order
from survey.store.figures import mark_figures_stale
from survey.store.people import select_people
from survey.store.sites import insert_site
from survey.web import app, refusals, session, text
from survey.web.province_words import forecast
from survey.wiring import Settings, Survey, open_survey
from tests.conftest import COMMUNE, seed
from tests.made_submissions import insert, submission
from tests.province_rows import AT, EDITION, put_commune, put_forecast, put_goal, put_line

PHOTO = "a" * 64
SECRET, SECRET_PLACE = "Bà Nguyễn Thị Bí Mật", 18.123456


@pytest.fixture(params=["sqlite", "postgres"])
def deployed(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Survey]:
    """Kỳ Thượng and three other communes, one of them without figures; a household with a telling name in another commune."""
    database = "sqlite" if request.param == "sqlite" else request.getfixturevalue("postgres_url")()
    monkeypatch.setenv("SURVEY_DATA", str(tmp_path))
    monkeypatch.setenv("SURVEY_DATABASE", database)
    session.forget()
    survey = open_survey(Settings(data=tmp_path, database=database))
    seed(survey.store)
    with survey.transaction() as tx:
        for number, (code, name) in enumerate({"18001": "Đức Thọ", "18002": "Hương Khê", "18003": "=Cẩm Xuyên"}.items()):
            put_commune(tx, code, name, number)
        put_line(tx, COMMUNE, met=4, visited=5)
        put_line(tx, "18001", met=9, visited=20)
        put_line(tx, "18003", met=2, visited=0)
        put_goal(tx, COMMUNE, Goal(EDITION, 8, date(2027, 12, 31), "NQ"), group="1")
        put_goal(tx, "18001", Goal(EDITION, 9, date(2026, 12, 31), "NQ"), group="2")
        insert_site(tx, Site("18001", "s", SiteKind.HOUSEHOLD, "HO-1", SECRET, None, SECRET_PLACE, 105.2), at=AT)
        tx.execute(
            "INSERT INTO blob (commune, sha256, size, crc32, media_type, quarantine, facts, views, received_at)"
            " VALUES ('18001', :photo, 1, 0, 'image/jpeg', 0, '{}', 'ready', '')",
            photo=PHOTO,
        )
        insert(tx, submission("x", commune="18001", site="s", hamlet=None))
        tx.execute(
            "INSERT INTO attachment (commune, submission, name, question, repeat_key, ordinal, state, sha256, capture, person)"
            " VALUES ('18001', 'uuid:x', 'a.jpg', 'q', '', 0, 'stored', :photo, '{}', 'p')",
            photo=PHOTO,
        )
    yield survey
    survey.store.close()
    session.forget()


@pytest.fixture
def officer(coordinator: Actor) -> Actor:
    """Somebody whom the operator lets see the province."""
    return replace(coordinator, province=True)


def names(rows: list[province.Standing]) -> list[str]:
    """The codes in order."""
    return [row.code for row in rows]


def test_every_commune_has_its_line(deployed: Survey, officer: Actor) -> None:
    """Figures, goal and group of each; a line is stale once something changed there; totals leave out what is not computed."""
    with deployed.transaction() as tx:
        mark_figures_stale(tx, "18001", AT)
    found = province.compare(deployed, officer, EDITION)
    rows = {row.code: row for row in found.rows}

    assert set(rows) == {COMMUNE, "18001", "18002", "18003"}
    assert rows["18002"].summary is None
    line = rows["18001"].summary
    assert line is not None
    assert (line.met, line.stale, rows["18001"].group, rows["18001"].coverage) == (9, True, "2", 1.0)
    assert rows[COMMUNE].summary is not None
    assert not rows[COMMUNE].summary.stale  # type: ignore[union-attr]
    assert province.add_up(found.rows) == province.Totals(4, 3, 1, 2, 60, 25)


def test_order_search_and_groups(deployed: Survey, officer: Actor) -> None:
    """Those without the figure come last in either direction; a name is found without its marks."""
    rows = province.compare(deployed, officer, EDITION).rows

    assert names(province.arrange(rows, Order.SCORE)) == ["18003", COMMUNE, "18001", "18002"]
    assert names(province.arrange(rows, Order.SCORE, downwards=True)) == ["18001", COMMUNE, "18003", "18002"]
    assert names(province.arrange(rows, Order.GOAL)) == ["18001", COMMUNE, "18003", "18002"]
    assert names(province.arrange(rows, Order.COVERAGE, downwards=True))[:2] == ["18001", COMMUNE]
    assert names(province.arrange(rows, Order.NAME)) == ["18003", "18001", "18002", COMMUNE]
    assert names(province.arrange(rows, Order.NAME, words="huong khe")) == ["18002"]
    assert names(province.arrange(rows, Order.NAME, words="DUC")) == ["18001"]
    assert names(province.arrange(rows, Order.NAME, group="1")) == [COMMUNE]


def test_the_forecast_is_of_todays_goal(deployed: Survey, officer: Actor) -> None:
    """With its range and by how much it is late; sorted by the likely day; kept when a page renews the line; said in the file."""
    text.speak("vi")
    with deployed.transaction() as tx:
        put_forecast(tx, COMMUNE, 8, Forecast(date(2027, 1, 1), date(2027, 2, 1), None))
        put_forecast(tx, "18001", 9, Forecast(date(2027, 1, 10), date(2027, 1, 10), date(2027, 1, 10), BY_PLAN))
        put_forecast(tx, "18003", 9, Forecast(date(2027, 1, 10), date(2027, 1, 10), date(2027, 1, 10)))
        put_line(tx, COMMUNE, met=5, visited=5)
    found = province.compare(deployed, officer, EDITION)
    said = {row.code: forecast(row) for row in found.rows}

    assert names(province.arrange(found.rows, Order.FORECAST))[:2] == ["18001", COMMUNE]
    assert said == {
        COMMUNE: "01/02/2027 (sớm nhất 01/01/2027; với tốc độ chậm nhất thì không đạt)", "18001": "10/01/2027, theo lộ trình; chậm 10 ngày",
        "18002": "–", "18003": "–",
    }  # fmt: skip
    with deployed.transaction() as tx:
        put_forecast(tx, "18001", 9, Forecast(None, None, None, TOO_FEW_KNOWN))
        put_goal(tx, COMMUNE, Goal(EDITION, 7, date(2027, 12, 31), "NQ"), group="1")
    rows = {row.code: row for row in province.compare(deployed, officer, EDITION).rows}
    assert forecast(rows["18001"]) == "quá ít tiêu chí có dự báo"
    assert forecast(rows[COMMUNE]) == "chưa tính"


def test_only_whom_the_operator_lets(deployed: Survey, coordinator: Actor, officer: Actor) -> None:
    """No role has it; a phone of such a person has not; given and taken at the terminal it counts at once, and the log says so."""
    for call in (province.known_editions, province.outlines):
        with pytest.raises(Problem) as caught:
            call(deployed, coordinator)
        assert caught.value.kind is NOT_ALLOWED
    with pytest.raises(Problem):
        province.compare(deployed, coordinator, EDITION)
    with pytest.raises(Problem) as caught:
        province.compare(deployed, officer, "no-such")
    assert caught.value.kind is EDITION_UNKNOWN

    assert province.set_access(deployed, COMMUNE, "p-reviewer", allowed=True)
    assert not province.set_access(deployed, COMMUNE, "nobody", allowed=True)
    with deployed.reading() as reader:
        allowed = {person.id: person.actor.province for person in select_people(reader, COMMUNE)}
        event = reader.row("SELECT body FROM event WHERE body LIKE '%person.province%'")
    assert allowed == {"p-reviewer": True, "p-coordinator": False, "p-inspector": False}
    assert event is not None


def _browser(survey: Survey, person: str) -> TestClient:
    link = accounts.make_sign_in_link(survey, COMMUNE, person, by=None)
    client = TestClient(app_of(), base_url="http://localhost")
    client.cookies.set(session.COOKIE, accounts.sign_in_by_link(survey, link.removeprefix("/sign-in/")).cookie)
    return client


def app_of() -> Starlette:
    """Our routes as an application."""
    return Starlette(routes=app.routes(), exception_handlers={Problem: refusals.answer_problem})


def test_the_table_as_a_file_holds_sums_only(deployed: Survey) -> None:
    """Every commune, formulas made harmless, no name and no position of anybody; refused to others; photos elsewhere stay closed."""
    text.speak("vi")
    province.set_access(deployed, COMMUNE, "p-reviewer", allowed=True)
    browser, other = _browser(deployed, "p-reviewer"), _browser(deployed, "p-coordinator")
    answer = browser.get("/province.csv", params={"edition": EDITION})

    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith('attachment; filename="cac-xa-qd-51-2025-')
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["Mã"] for row in rows] == ["18001", "18002", "18003", COMMUNE]
    assert rows[0]["Số tiêu chí đạt"] == "9/10"
    assert rows[2]["Xã, phường"].startswith("'=")
    assert SECRET not in answer.text
    assert "18.12" not in answer.text
    assert "105." not in answer.text
    assert other.get("/province.csv", params={"edition": EDITION}).status_code == 403
    assert browser.get("/province.csv", params={"edition": "x"}).status_code == 404
    assert browser.get(f"/photos/{PHOTO}/preview").status_code == 404


def test_borders_are_drawn_lightly(deployed: Survey, officer: Actor) -> None:
    """A border of four thousand corners becomes a ring of a few, inside which the number stands."""
    with deployed.transaction() as tx:
        put_commune(tx, "18004", "Nặng", 20, corners=4000)
    drawn = province.outlines(deployed, officer)["18004"]

    assert len(drawn.ring) == 5
    assert 105.39 < drawn.middle[0] < 105.51


def test_a_person_of_two_communes_has_two_accounts(deployed: Survey, officer: Actor) -> None:
    """The same login in another commune is another account: what the operator gives one the other has not."""
    accounts.create_person(deployed, "18001", by=None, login="reviewer", name="Người duyệt", role=Role.REVIEWER)
    province.set_access(deployed, COMMUNE, "p-reviewer", allowed=True)
    with deployed.reading() as reader:
        (theirs,) = select_people(reader, "18001")

    assert theirs.login == "reviewer"
    assert not theirs.province
    assert theirs.actor.commune == "18001"
