"""What a phone takes along: the register, what is done, the map, tiles and one's own earlier photos; each asked for again cheaply."""

import hashlib
import json
import os
import uuid
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from survey import accounts, receive, review
from survey.domain.people import Actor
from survey.domain.sites import Site, SiteKind
from survey.domain.submissions import State
from survey.domain.times import local_date
from survey.store.deployment import insert_round
from survey.store.sites import close_site, insert_sites, update_site
from survey.store.submissions import select_submission
from survey.wiring import Settings, Survey, open_survey
from tests.conftest import COMMUNE, HAMLETS, seed
from tests.receive.conftest import SITE, fence, jpeg, new_id, stage, stocked
from tests.web.conftest import Client

__all__ = ["stocked"]
ROUTES = ["/api/register", "/api/visits", "/api/map", "/api/map/tiles", "/api/earlier", f"/api/earlier/{SITE}"]


@pytest.fixture(params=["sqlite", "postgres"])
def survey(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The small deployment on each engine."""
    database = "sqlite" if request.param == "sqlite" else request.getfixturevalue("postgres_url")()
    monkeypatch.setenv("SURVEY_DATABASE", database)
    opened = open_survey(Settings(data=tmp_path, database=database))
    seed(opened.store)
    yield opened
    opened.store.close()


@pytest.fixture
def phone(client: Client, stocked: Survey) -> TestClient:
    """The browser of the inspector of the first hamlet."""
    browser = client("inspector")
    browser.headers["accept"] = "application/json"
    return browser


def _site(number: int, name: str, hamlet: str | None, *, kind: SiteKind = SiteKind.HOUSEHOLD, **more: Any) -> Site:
    return Site(COMMUNE, str(uuid.UUID(int=number)), kind, f"X-{number:04d}", name, hamlet, **more)


def _register(survey: Survey) -> None:
    line = ((106.1000001, 18.0500004), (106.11, 18.06))
    sites = [
        _site(1, "Trần Thị Bình", HAMLETS[0], latitude=18.0600004, longitude=106.1),
        _site(2, "Lê Văn An", HAMLETS[0], latitude=None, longitude=None),
        _site(3, "Phạm Kín", HAMLETS[1], latitude=18.08, longitude=106.12),
        _site(4, "Đường xã", None, kind=SiteKind.ROAD_SEGMENT, latitude=18.055, longitude=106.105, line=line),
        _site(5, "Nhà đã dỡ", HAMLETS[0], latitude=18.07, longitude=106.1),
    ]
    with survey.transaction() as tx:
        insert_sites(tx, [(site, "") for site in sites], at=datetime.now(UTC))
        close_site(tx, sites[4], at=datetime.now(UTC) + timedelta(seconds=1))


def test_the_register_is_the_actors_in_its_order(phone: TestClient, stocked: Survey) -> None:
    """Own hamlets and those of none, by given name; closed sites and other hamlets' are not told; figures are rounded."""
    _register(stocked)
    answer = phone.get("/api/register")
    sites = answer.json()["sites"]

    assert [site["name"] for site in sites] == ["Lê Văn An", "Trần Thị Bình", "Đường xã", "Hộ mẫu 0001"]
    assert sites[1] == {
        "site": str(uuid.UUID(int=1)), "code": "X-0001", "name": "Trần Thị Bình", "kind": "household", "hamlet": HAMLETS[0],
        "latitude": 18.06, "longitude": 106.1,
    }  # fmt: skip
    assert (sites[0]["latitude"], sites[0]["longitude"]) == (None, None)
    assert (sites[2]["hamlet"], sites[2]["line"]) == (None, [[106.1, 18.05], [106.11, 18.06]])
    assert "Phạm Kín" not in answer.text


@pytest.mark.parametrize("path", ["/api/register", "/api/visits", "/api/map"])
def test_what_has_not_changed_is_not_sent_again(phone: TestClient, stocked: Survey, path: str) -> None:
    """304 for the ETag that was given, through a proxy that weakened it, too; another one when something changed."""
    first = phone.get(path)
    for known in (first.headers["etag"], f'"other", W/{first.headers["etag"]}', "*"):
        again = phone.get(path, headers={"if-none-match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert first.headers["etag"].startswith('"')
    _register(stocked)
    _round(stocked)
    after = phone.get(path, headers={"if-none-match": first.headers["etag"]})

    assert after.status_code == 200
    assert after.headers["etag"] != first.headers["etag"]


def test_a_site_that_moves_away_leaves_the_phone(phone: TestClient, stocked: Survey) -> None:
    """The present version decides whose hamlet a site is in."""
    moved = Site(COMMUNE, SITE, SiteKind.HOUSEHOLD, "HO-0001", "Hộ mẫu 0001", HAMLETS[1], 18.05, 106.05)
    with stocked.transaction() as tx:
        update_site(tx, moved, at=datetime.now(UTC) + timedelta(seconds=1))

    assert phone.get("/api/register").json() == {"sites": []}


def _round(survey: Survey, name: str = "2026-2") -> str:
    today = local_date(datetime.now(UTC))
    with survey.transaction() as tx:
        insert_round(tx, COMMUNE, name, "Đợt hai", date(today.year, 1, 1), date(today.year, 12, 31))
    return name


def _sent(survey: Survey, actor: Actor, *, captured: datetime | None = None, site: str = SITE, state: State | None = None) -> str:
    key, moment = new_id(), captured or datetime.now(UTC)
    receive.submission(survey, actor, fence(survey, key, photos=(), end=moment.isoformat(), site=site), door="field")
    if state is not None:
        desk = Actor(COMMUNE, "p-coordinator", "", actor.role.COORDINATOR)
        review.decide(survey, desk, key, state, reason="x", expected_version=1)
    return key


def test_visits_show_what_anybody_has_done_this_round(phone: TestClient, stocked: Survey, inspector: Actor, reviewer: Actor) -> None:
    """Accepted goes before received; what was returned, rejected, of another round or another hamlet is not done."""
    _register(stocked)
    present = _round(stocked)
    kept, waiting, road, theirs = SITE, str(uuid.UUID(int=1)), str(uuid.UUID(int=4)), str(uuid.UUID(int=3))
    _sent(stocked, inspector)
    _sent(stocked, reviewer, state=State.ACCEPTED)
    _sent(stocked, reviewer, site=waiting)
    _sent(stocked, inspector, site=waiting, state=State.RETURNED)
    _sent(stocked, reviewer, site=road)
    _sent(stocked, reviewer, site=theirs)
    _sent(stocked, inspector, site=str(uuid.UUID(int=2)), state=State.REJECTED)
    _sent(stocked, inspector, site=str(uuid.UUID(int=2)), captured=datetime(2025, 5, 1, tzinfo=UTC))
    found = phone.get("/api/visits").json()

    assert found["round"] == present
    expected = [[kept, "accepted"], [waiting, "received"], [road, "received"]]
    assert found["visits"] == sorted([site, "household_fence", state] for site, state in expected)


def test_between_rounds_visits_are_those_of_no_round(phone: TestClient, stocked: Survey, inspector: Actor) -> None:
    """A commune that has no rounds sees what is done all the same."""
    _sent(stocked, inspector)

    assert phone.get("/api/visits").json() == {
        "round": None, "visits": [[SITE, "household_fence", "received"]], "asked": [], "tasks": {}, "findings": {},
    }  # fmt: skip


def test_the_map_has_the_border_and_the_actors_hamlets(phone: TestClient, client: Client, stocked: Survey) -> None:
    """A hamlet's name stands in the middle of its sites; where none has a position the place is not known."""
    _register(stocked)
    seen = phone.get("/api/map").json()
    desk = client("reviewer").get("/api/map").json()

    assert seen["border"]["type"] == "Polygon"
    assert seen["border"]["coordinates"][0][0] == [106.0, 17.9]
    assert seen["hamlets"] == [{"id": HAMLETS[0], "name": "Thôn mẫu 1", "latitude": 18.055, "longitude": 106.075}]
    assert [hamlet["latitude"] for hamlet in desk["hamlets"]] == [18.055, 18.08]
    with stocked.transaction() as tx:
        tx.execute("UPDATE site SET latitude = NULL, longitude = NULL")
    assert phone.get("/api/map").json()["hamlets"][0]["latitude"] is None


def test_work_names_round_and_tiles(phone: TestClient, stocked: Survey) -> None:
    """What a phone needs to know before it asks for more; null where there is none."""
    before = phone.get("/api/work").json()
    _round(stocked)
    (stocked.settings.data / "map.pmtiles").write_bytes(b"PMTiles" + bytes(100))
    after = phone.get("/api/work").json()

    assert (before["round"], before["tiles"]) == (None, None)
    assert (after["round"]["round"], after["round"]["name"], after["round"]["starts_on"][4:]) == ("2026-2", "Đợt hai", "-01-01")
    assert after["tiles"] == {"size": 107, "etag": phone.head("/api/map/tiles").headers["etag"]}


def test_tiles_come_whole_in_part_or_not_again(phone: TestClient, stocked: Survey) -> None:
    """One range, by its version where it is named; a file that was replaced is another version."""
    path, content = stocked.settings.data / "map.pmtiles", os.urandom(1_000_000)
    assert phone.get("/api/map/tiles").json()["code"] == "PATH_UNKNOWN"
    path.write_bytes(content)
    whole = phone.get("/api/map/tiles", headers={"accept-encoding": "gzip"})
    tag = whole.headers["etag"]
    some = phone.get("/api/map/tiles", headers={"range": "bytes=100-199", "if-range": tag})
    last = phone.get("/api/map/tiles", headers={"range": "bytes=-10"})
    beyond = phone.get("/api/map/tiles", headers={"range": "bytes=1000000-"})
    known = phone.get("/api/map/tiles", headers={"if-none-match": tag})

    assert (whole.status_code, whole.content, whole.headers["content-type"]) == (200, content, "application/vnd.pmtiles")
    assert (whole.headers["accept-ranges"], whole.headers["content-length"]) == ("bytes", "1000000")
    assert (some.status_code, some.content, some.headers["content-range"]) == (206, content[100:200], "bytes 100-199/1000000")
    assert last.content == content[-10:]
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, "bytes */1000000")
    assert known.status_code == 304
    newer = path.with_name("new")
    newer.write_bytes(content)
    newer.replace(path)
    renewed = phone.get("/api/map/tiles", headers={"range": "bytes=100-199", "if-range": tag})
    assert (renewed.status_code, len(renewed.content)) == (200, len(content))


def test_earlier_photos_are_ones_own_newest(phone: TestClient, stocked: Survey, inspector: Actor, reviewer: Actor) -> None:
    """The newest of each question by this person; a colleague's, a rejected one's and an unnamed file are not told."""
    old, new, theirs, rejected = (new_id() for _ in range(4))
    pictures = {key: jpeg(colour) for key, colour in ((old, "green"), (new, "olive"), (theirs, "red"), (rejected, "blue"))}
    for day, (key, actor) in enumerate(((old, inspector), (new, inspector), (theirs, reviewer), (rejected, inspector)), 1):
        xml = fence(stocked, key, end=f"2026-11-0{day}T08:00:00+07:00")
        receive.submission(stocked, actor, xml, door="field", files=[("a.jpg", stage(stocked, pictures[key]))])
    receive.photo(stocked, inspector, new, "unnamed.jpg", stage(stocked, jpeg("pink")))
    review.decide(
        stocked, Actor(COMMUNE, "p-coordinator", "", reviewer.role.COORDINATOR), rejected, State.REJECTED, reason="x", expected_version=1
    )
    photos = phone.get(f"/api/earlier/{SITE}").json()["photos"]

    assert photos == [
        {"form": "household_fence", "question": "photo_1", "repeat": "", "sha256": hashlib.sha256(pictures[new]).hexdigest(),
         "submission": new, "captured_at": "2026-11-02T01:00:00.000Z"}
    ]  # fmt: skip
    assert phone.get(f"/api/earlier/{uuid.uuid4()}").json() == {"photos": []}
    assert phone.get("/api/earlier").json() == {"photos": [photos[0] | {"site": SITE}]}


@pytest.mark.parametrize("path", ROUTES)
def test_strangers_get_nothing(client: Client, stocked: Survey, path: str) -> None:
    """Signed out is 401, before anything is looked up."""
    (stocked.settings.data / "map.pmtiles").write_bytes(b"PMTiles")
    answer = client().get(path, headers={"accept": "application/json"})

    assert (answer.status_code, answer.json()["code"]) == (401, "SIGN_IN_NEEDED")


@pytest.mark.parametrize("path", ROUTES)
def test_another_commune_is_another_world(client: Client, stocked: Survey, inspector: Actor, path: str) -> None:
    """An inspector of a neighbouring commune in the same database sees nothing of this one."""
    _register(stocked)
    _sent(stocked, inspector)
    with stocked.transaction() as tx:
        tx.execute(
            "INSERT INTO commune (commune, name, province, border, source, demonstration, created_at) SELECT '18000', 'Kỳ Lạc', province,"
            " border, source, 0, created_at FROM commune WHERE commune = :commune",
            commune=COMMUNE,
        )
        tx.execute(
            "INSERT INTO person (commune, person, login, name, role, locale, created_at)"
            " SELECT '18000', 'p-far', 'far', 'Far', 'reviewer', 'vi', created_at FROM person WHERE login = 'inspector'"
        )
    browser = client()
    browser.cookies.set("survey_session", _far_cookie(stocked))
    text = browser.get(path, headers={"accept": "application/json"}).text

    assert SITE not in text
    assert "Bình" not in text
    assert HAMLETS[0] not in text


def _far_cookie(survey: Survey) -> str:
    link = accounts.make_sign_in_link(survey, "18000", "p-far", by=None)
    return accounts.sign_in_by_link(survey, link.removeprefix("/sign-in/")).cookie


def test_the_phones_clock_is_measured(phone: TestClient, stocked: Survey) -> None:
    """The drift of the first sending is kept; each answer tells the one measured now; nonsense is *not told*."""
    key = new_id()
    xml, ahead = fence(stocked, key, photos=()), (datetime.now(UTC) + timedelta(days=3, hours=2)).isoformat()
    first = phone.put(f"/api/submissions/{key}", content=xml, headers={"phone-time": ahead}).json()
    again = phone.put(f"/api/submissions/{key}", content=xml, headers={"phone-time": datetime.now(UTC).isoformat()}).json()
    odd = [
        phone.put(f"/api/submissions/{key}", content=xml, headers={"phone-time": told}).json()["clock_drift_s"]
        for told in ("", "now", "2026-11-23T05:00:00", "9999-99-99T00:00:00Z", "1" * 500)
    ]

    assert abs(first["clock_drift_s"] - 266_400) < 30
    assert abs(again["clock_drift_s"]) < 30
    assert odd == [None] * 5
    assert abs((datetime.fromisoformat(first["server_time"]) - datetime.now(UTC)).total_seconds()) < 60
    with stocked.reading() as reader:
        kept = select_submission(reader, COMMUNE, key)
    assert kept is not None
    assert kept.clock_drift_s == first["clock_drift_s"]


def test_json_has_no_spaces(phone: TestClient) -> None:
    """A register of thousands is sent over a village's line."""
    answer = phone.get("/api/register")

    assert answer.text == json.dumps(answer.json(), ensure_ascii=False, separators=(",", ":"))
