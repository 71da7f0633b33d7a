"""/api/desk: an officer's photos over HTTP; strangers, other sites and odd bodies get nowhere."""

import uuid
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from survey import desk
from survey.domain.sites import Site, SiteKind
from survey.forms.compile import compile_xlsform
from survey.store.forms import insert_form
from survey.store.sites import insert_site
from survey.web import endpoints
from survey.wiring import ROOT, Survey
from tests.conftest import COMMUNE, HAMLETS
from tests.desk.conftest import site_id, taken
from tests.web.conftest import Client

UPLOAD = "a" * 32


@pytest.fixture
def officer(survey: Survey, client: Client) -> TestClient:
    """A reviewer's browser; the checklist of the desk, a house in each hamlet."""
    now, content = datetime.now(UTC), (ROOT / "schema" / "forms" / "site_photos.xlsx").read_bytes()
    with survey.transaction() as tx:
        insert_form(tx, COMMUNE, compile_xlsform(content, "site_photos.xlsx"), content, now)
        for number, latitude in ((1, 18.07), (2, 18.09)):
            code, hamlet = f"HO-{number:04d}", HAMLETS[number - 1]
            insert_site(tx, Site(COMMUNE, site_id(number), SiteKind.HOUSEHOLD, code, f"Hộ {number}", hamlet, latitude, 106.11), at=now)
    return _json(client("reviewer"))


def _json(browser: TestClient) -> TestClient:
    browser.headers["accept"] = "application/json"
    return browser


def _send(browser: TestClient, content: bytes, name: str = "Vườn.jpg", *, start: int = 0, total: int | None = None):
    headers = {"upload-offset": str(start), "upload-length": str(len(content) if total is None else total), "file-name": quote(name)}
    return browser.patch(f"/api/desk/files/{UPLOAD}", content=content, headers=headers)


def test_photos_are_sent_shown_decided_and_handed_in(officer: TestClient, survey: Survey) -> None:
    """The way of the page, request by request."""
    photo = taken(1, 18.07, accuracy=5)
    first = _send(officer, photo[:500], total=len(photo))
    assert (first.status_code, first.headers["upload-offset"]) == (202, "500")
    assert officer.head(f"/api/desk/files/{UPLOAD}").headers["upload-offset"] == "500"
    assert _send(officer, photo[600:], start=600, total=len(photo)).status_code == 409
    assert _send(officer, photo[500:], start=500, total=len(photo)).json() == {"taken": 1, "known": 0, "refused": []}

    state = officer.get("/api/desk").json()
    (shown,) = state["photos"]
    assert (shown["name"], shown["certainty"], state["sites"][shown["site"]]["code"]) == ("Vườn.jpg", "certain", "HO-0001")
    assert [form["form"] for form in state["forms"]["household"]] == ["site_photos"]
    assert officer.get(f"/api/desk/photos/{shown['sha256']}/thumb").status_code == 202
    desk.make_small(survey, COMMUNE, "p-reviewer", shown["sha256"])
    thumb = officer.get(f"/api/desk/photos/{shown['sha256']}/thumb")
    assert (thumb.status_code, thumb.headers["content-type"], thumb.headers["cache-control"]) == (200, "image/jpeg", "no-store")

    assert officer.post("/api/desk/choices", json={"photos": [shown["sha256"]], "site": site_id(2)}).status_code == 200
    wish = {"photos": [shown["sha256"]], "site": site_id(2), "form": "site_photos"}
    made = officer.post("/api/desk/visits", json=wish)
    assert made.status_code == 201
    assert [(visit["photos"], visit["day"], visit["new"]) for visit in made.json()["visits"]] == [(1, "2026-11-20", True)]
    assert officer.get("/api/desk").json()["photos"] == []
    assert officer.post("/api/desk/visits", json=wish).status_code == 404  # its photos are no longer at the desk
    _send(officer, photo)
    assert officer.post("/api/desk/choices", json={"photos": [shown["sha256"]], "site": site_id(2)}).status_code == 200
    assert officer.get("/api/desk").json()["photos"][0]["handed_in"] == made.json()["visits"][0]["code"]
    again = officer.post("/api/desk/visits", json=wish).json()["visits"]
    assert [(visit["code"], visit["new"]) for visit in again] == [(made.json()["visits"][0]["code"], False)]


def test_another_person_sees_and_changes_nothing(officer: TestClient, client: Client) -> None:
    """Not even the coordinator: not the photo, not its small view, and not by throwing away."""
    _send(officer, taken(1, 18.07))
    sha256 = officer.get("/api/desk").json()["photos"][0]["sha256"]
    other = _json(client("coordinator"))

    assert other.get("/api/desk").json()["photos"] == []
    assert other.get(f"/api/desk/photos/{sha256}/thumb").status_code == 404
    assert other.post("/api/desk/visits", json={"photos": [sha256], "site": site_id(1), "form": "site_photos"}).status_code == 404
    assert other.delete(f"/api/desk/photos/{sha256}").json() == {"gone": 0}
    assert other.delete("/api/desk/photos").json() == {"gone": 0}
    assert len(officer.get("/api/desk").json()["photos"]) == 1
    assert officer.delete("/api/desk/photos").json() == {"gone": 1}


def test_an_inspector_stays_within_the_own_hamlets(officer: TestClient, client: Client) -> None:
    """Own photos at own houses; a house elsewhere is neither named nor taken."""
    own = _json(client("inspector"))
    _send(own, taken(1, 18.09))
    state = own.get("/api/desk").json()
    wish = {"photos": [state["photos"][0]["sha256"]], "site": site_id(2)}

    assert (state["photos"][0]["site"], state["sites"]) == ("", {})
    assert own.post("/api/desk/choices", json=wish).status_code == 404
    assert own.post("/api/desk/visits", json=wish | {"form": "site_photos"}).status_code == 404


def test_an_inspector_does_not_learn_what_others_handed_in(officer: TestClient, client: Client) -> None:
    """Who has the same file hears nothing of a colleague's submission of it; the desk does."""
    own, photo = _json(client("inspector")), taken(1, 18.07, accuracy=5)
    _send(officer, photo)
    (shown,) = officer.get("/api/desk").json()["photos"]
    officer.post("/api/desk/visits", json={"photos": [shown["sha256"]], "site": site_id(1), "form": "site_photos"})

    for browser, told in ((own, False), (officer, True)):
        _send(browser, photo)
        (again,) = browser.get("/api/desk").json()["photos"]
        assert (again["site"], bool(again["handed_in"])) == (site_id(1), told)


@pytest.mark.parametrize(
    ("method", "path"),
    [("PATCH", f"/api/desk/files/{UPLOAD}"), ("DELETE", "/api/desk/photos"), ("POST", "/api/desk/choices"), ("POST", "/api/desk/visits")],
    ids=["file", "throw", "choose", "make"],
)
def test_another_sites_page_changes_nothing(officer: TestClient, client: Client, method: str, path: str) -> None:
    """With the person's cookie, and from elsewhere."""
    elsewhere = _json(client("reviewer", origin="https://evil.example"))

    assert elsewhere.request(method, path, content=b"{}").json()["code"] == "CROSS_SITE"


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b'{"photos": 1}', b'{"photos": [1]}', b'{"photos": []}', b'{"photos": ["x"], "day": "31/12/2026"}',
     b'{"photos": ["x"], "day": "0001-01-01"}', b'{"photos": ["x"], "site": "\\ud800"}', b"[" * 100_000],
    ids=["empty", "list", "cut", "text", "number", "none", "day", "year", "half", "deep"],
)
def test_odd_wishes_are_refused(officer: TestClient, body: bytes) -> None:
    """400 with a sentence; nothing changes."""
    assert officer.post("/api/desk/choices", content=body).json()["code"] == "QUERY_UNUSABLE"


def test_a_person_brings_three_files_at_once(officer: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each last piece of a ZIP takes its size of the disk once more; a phone of the same person goes on sending."""
    monkeypatch.setitem(endpoints._sending, ("p-reviewer", 3), 3)

    assert _send(officer, taken(1, 18.07)).json()["code"] == "UPLOADS_TOO_MANY"
    assert officer.put(f"/api/submissions/uuid:{uuid.uuid4()}/photos/a.jpg", content=taken(1, 18.07)).status_code == 201
    monkeypatch.setitem(endpoints._sending, ("p-reviewer", 3), 2)
    assert _send(officer, taken(1, 18.07)).status_code == 201


def test_odd_uploads_are_refused(officer: TestClient) -> None:
    """Sizes that are none or too large, an id that would be a path, a wish without end, bytes that are no photo."""
    large = {"upload-offset": "0", "upload-length": "2000000001", "file-name": "a.zip"}

    assert officer.patch(f"/api/desk/files/{UPLOAD}", content=b"x", headers={**large, "upload-length": "-1"}).status_code == 400
    assert officer.patch(f"/api/desk/files/{UPLOAD}", content=b"x", headers=large).status_code == 413
    assert officer.head("/api/desk/files/..%2f..%2fx").status_code in {400, 404}
    assert officer.post("/api/desk/choices", content=b" " * 1_000_001).status_code == 413
    assert officer.get("/api/desk?kind=castle").status_code == 400
    assert [one["reason"] for one in _send(officer, b"<script>", "x.jpg").json()["refused"]] == ["not_a_photo"]
    assert _send(officer, b"PK\x03\x04broken", "x.zip").json()["code"] == "ARCHIVE_UNREADABLE"
