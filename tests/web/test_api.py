"""The field client's JSON routes: who may ask, what is in reach, what a phone hands in and hears back."""

import hashlib
import io
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

import anyio
import pytest
from PIL import Image
from starlette.requests import Request
from starlette.testclient import TestClient

from survey import receive, review
from survey.domain.people import Actor
from survey.domain.sites import Site, SiteKind
from survey.domain.submissions import State
from survey.forms.compile import compile_xlsform
from survey.store.forms import insert_form
from survey.store.sites import insert_site
from survey.web import endpoints, session, uploads
from survey.wiring import ROOT, Survey
from tests.conftest import COMMUNE, HAMLETS
from tests.web.conftest import Client, run_apart

ROUTES = [
    ("GET", "/api/me"), ("GET", "/api/work"), ("GET", "/api/sites"), ("GET", "/api/forms/household_fence/1"), ("GET", "/api/submissions"),
    ("GET", "/api/submissions/uuid:1"), ("GET", "/api/submissions/uuid:1/instance"),
    ("PUT", "/api/submissions/uuid:1"), ("PUT", "/api/submissions/uuid:1/photos/a.jpg"), ("PATCH", "/api/submissions/uuid:1/photos/a.jpg"),
    ("GET", "/api/register"), ("GET", "/api/visits"), ("GET", "/api/map"), ("GET", "/api/map/tiles"), ("GET", "/api/earlier/1"),
    ("GET", "/api/earlier"), ("GET", "/api/queue.csv"), ("GET", "/api/tasks.csv"), ("GET", "/province.csv"),
    ("GET", "/logs/changes.jsonl"), ("GET", "/logs/looks.csv"),
    ("GET", "/rules/qd-51-2025.yaml"),
]  # fmt: skip


@pytest.fixture
def commune(survey: Survey) -> str:
    """The deployment with the fence checklist and three households; returns the checklist's version."""
    path = ROOT / "schema" / "forms" / "household_fence.xlsx"
    compiled = compile_xlsform(path.read_bytes(), path.name)
    now = datetime.now(UTC)
    with survey.transaction() as tx:
        insert_form(tx, COMMUNE, compiled, path.read_bytes(), now)
        for number, (name, hamlet, latitude) in enumerate(
            [("Nguyễn Văn Đức", HAMLETS[0], 18.07), ("Trần Thị Hường", HAMLETS[0], 18.06), ("Lê Bình", HAMLETS[1], 18.08)], 1
        ):
            site = Site(COMMUNE, str(uuid.UUID(int=number)), SiteKind.HOUSEHOLD, f"HO-000{number}", name, hamlet, latitude, 106.11)
            insert_site(tx, site, at=now)
    return compiled.version


@pytest.fixture
def phone(client: Client, commune: str) -> TestClient:
    """An inspector's browser, asking as the field client does."""
    return _as_client(client("inspector"))


def _as_client(browser: TestClient) -> TestClient:
    browser.headers["accept"] = "application/json"
    return browser


def _fence(version: str, *photos: str, key: str | None = None) -> tuple[str, str]:
    """An instanceID and the XML of a filled fence checklist that names *photos*."""
    key = key or f"uuid:{uuid.uuid4()}"
    named = "".join(f"<photo_{number}>{name}</photo_{number}>" for number, name in enumerate(photos, 1))
    meta = f'<meta xmlns="http://openrosa.org/xforms"><instanceID>{key}</instanceID><timeEnd>2026-11-23T06:00:00Z</timeEnd></meta>'
    block = f'<survey xmlns="urn:ntm-survey:capture:1"><site>{uuid.UUID(int=1)}</site><hamlet>{HAMLETS[0]}</hamlet></survey>'
    return key, f'<data id="household_fence" version="{version}"><fence>{named}<total_m>40</total_m></fence>{meta}{block}</data>'


def _jpeg(shade: int = 90) -> bytes:
    content = io.BytesIO()
    Image.effect_noise((800, 600), shade).save(content, "JPEG")
    return content.getvalue()


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_strangers_get_nothing(client: Client, commune: str, method: str, path: str) -> None:
    """Every route answers 401 in JSON to who is not signed in."""
    answer = _as_client(client()).request(method, path, content=b"x")

    assert answer.status_code == 401
    assert answer.json()["code"] == "SIGN_IN_NEEDED"


@pytest.mark.parametrize(("method", "path"), [(method, path) for method, path in ROUTES if method in {"PUT", "PATCH"}])
def test_other_sites_cannot_hand_in(client: Client, commune: str, method: str, path: str) -> None:
    """A page of another site that sends a form with the person's cookie is refused."""
    browser = _as_client(client("inspector", origin="https://evil.example"))
    by_origin = browser.request(method, path, content=b"x")
    by_fetch = browser.request(method, path, content=b"x", headers={"sec-fetch-site": "cross-site"})

    assert [by_origin.status_code, by_fetch.status_code] == [403, 403]
    assert by_fetch.json()["code"] == "CROSS_SITE"


def test_work_lists_only_what_is_in_reach(phone: TestClient, commune: str) -> None:
    """An inspector sees the own hamlets, the commune and the forms in use."""
    me, work = phone.get("/api/me").json(), phone.get("/api/work").json()

    assert (me["role"], me["commune"]["name"]) == ("inspector", "Kỳ Thượng")
    assert [hamlet["id"] for hamlet in work["hamlets"]] == [HAMLETS[0]]
    assert [(form["form"], form["version"], form["site_kind"]) for form in work["forms"]] == [("household_fence", commune, "household")]
    assert work["forms"][0]["title"]["vi"] == "Hàng rào của hộ"


def test_sites_come_nearest_first_and_only_from_own_hamlets(phone: TestClient) -> None:
    """The nearest stands first; another hamlet's household is not listed, even when asked for."""
    near = phone.get("/api/sites", params={"lat": 18.0601, "lon": 106.11}).json()["sites"]
    other = phone.get("/api/sites", params={"hamlet": HAMLETS[1]}).json()["sites"]

    assert [site["code"] for site in near] == ["HO-0002", "HO-0001"]
    assert near[0]["distance_m"] == pytest.approx(11.1, abs=0.2)
    assert other == []


def test_sites_are_found_without_marks(phone: TestClient) -> None:
    """A search folds what is typed."""
    assert [site["name"] for site in phone.get("/api/sites", params={"q": "huong"}).json()["sites"]] == ["Trần Thị Hường"]


@pytest.mark.parametrize("query", ["kind=castle", "limit=0", "limit=x", "lat=200&lon=1", "lat=nan&lon=1"])
def test_nonsense_in_a_query_is_told(phone: TestClient, query: str) -> None:
    """A value that cannot be used is a 400 with its sentence."""
    answer = phone.get(f"/api/sites?{query}")

    assert answer.status_code == 400
    assert answer.json()["code"] == "QUERY_UNUSABLE"


def test_form_tree_is_served(phone: TestClient, commune: str) -> None:
    """The tree that the renderer fills; an unknown version is 404."""
    tree = phone.get(f"/api/forms/household_fence/{commune}").json()
    unknown = phone.get("/api/forms/household_fence/0")

    assert tree["root"] == "data"
    assert unknown.status_code == 404


def test_form_and_photos_arrive_in_any_order_and_twice(phone: TestClient, survey: Survey, commune: str) -> None:
    """A photo before its form, one after, both again: one submission, nothing missing, the bytes as sent."""
    first, second = _jpeg(70), _jpeg(90)
    key, xml = _fence(commune, "a.jpg", "b.jpg")
    early = phone.put(f"/api/submissions/{key}/photos/a.jpg", content=first).json()
    form = phone.put(f"/api/submissions/{key}", content=xml.encode())
    late = phone.put(f"/api/submissions/{key}/photos/b.jpg", content=second).json()
    again = phone.put(f"/api/submissions/{key}", content=xml.encode()).json()

    assert early["accepted"]
    assert form.status_code == 201
    assert form.json()["missing"] == ["b.jpg"]
    assert (late["missing"], again["missing"], again["code"]) == ([], [], form.json()["code"])
    assert late["sha256"] == hashlib.sha256(second).hexdigest()
    assert b"".join(survey.blobs.read(early["sha256"])) == first
    assert phone.get("/api/submissions").json()["submissions"][0]["title"]["vi"] == "Hàng rào của hộ"


def test_returned_work_comes_back_with_its_reason(phone: TestClient, survey: Survey, reviewer: Actor, commune: str) -> None:
    """The inspector's list says what the reviewer wants."""
    key, xml = _fence(commune)
    phone.put(f"/api/submissions/{key}", content=xml.encode())
    review.decide(survey, reviewer, key, State.RETURNED, reason="Chụp lại từ cổng.", expected_version=1)
    (known,) = phone.get("/api/submissions").json()["submissions"]

    assert (known["state"], known["reason"]) == ("returned", "Chụp lại từ cổng.")
    assert known["site"]["code"] == "HO-0001"


def test_returned_work_waits_until_it_is_handed_in_anew(phone: TestClient, survey: Survey, reviewer: Actor, commune: str) -> None:
    """However much came after it, what came back stays in sight until a new version names it; both can be read as handed in."""
    key, xml = _fence(commune, "a.jpg")
    phone.put(f"/api/submissions/{key}", content=xml.encode())
    review.decide(survey, reviewer, key, State.RETURNED, reason="Chụp lại từ cổng.", expected_version=1)
    later, other = _fence(commune)
    phone.put(f"/api/submissions/{later}", content=other.encode())
    waiting = phone.get("/api/submissions?limit=1").json()
    read = phone.get(f"/api/submissions/{key}/instance").json()
    newer, again = _fence(commune)
    again = again.replace("</instanceID>", f"</instanceID><deprecatedID>{key}</deprecatedID>")
    phone.put(f"/api/submissions/{newer}", content=again.encode())

    assert [one["id"] for one in waiting["submissions"]] == [later]
    assert [one["id"] for one in waiting["returned"]] == [key]
    assert (read["xml"], read["files"]) == (xml, [{"name": "a.jpg", "state": "missing", "sha256": None}])
    assert phone.get("/api/submissions").json()["returned"] == []


@pytest.mark.parametrize(("language", "sentence"), [("vi", "Tệp không phải là ảnh"), ("en", "The file is not a JPEG")])
def test_no_photo_is_kept_with_its_reason(phone: TestClient, commune: str, language: str, sentence: str) -> None:
    """What is not a photo is answered 201 with the reason in the page's language, so that no phone waits for ever."""
    key, xml = _fence(commune, "a.jpg")
    phone.put(f"/api/submissions/{key}", content=xml.encode())
    answer = phone.put(f"/api/submissions/{key}/photos/a.jpg", content=b"<svg/>", headers={"accept-language": language})

    assert answer.status_code == 201
    assert (answer.json()["accepted"], answer.json()["reason"]) == (False, "not_a_photo")
    assert sentence in answer.json()["message"]


def test_too_large_a_file_is_refused_while_it_comes(phone: TestClient, survey: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over the cap is 413; nothing stays behind on the disk."""
    monkeypatch.setattr(receive, "PHOTO_LIMIT", 300_000)

    def chunks() -> Iterator[bytes]:
        for _ in range(10):
            yield b"\xff" * 100_000

    answer = phone.put(f"/api/submissions/uuid:{uuid.uuid4()}/photos/a.jpg", content=chunks())

    assert answer.status_code == 413
    assert [path for path in (survey.settings.data / "incoming").iterdir() if path.is_file()] == []


def test_too_large_a_form_is_refused(phone: TestClient, commune: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A form has a cap of its own."""
    monkeypatch.setattr(uploads, "XML_LIMIT", 1000)
    key, xml = _fence(commune)

    assert phone.put(f"/api/submissions/{key}", content=(xml + " " * 1000).encode()).status_code == 413


@pytest.mark.parametrize("xml", ["", "<data", "<!DOCTYPE a [<!ENTITY b 'c'>]><data id='household_fence'>&b;</data>", "<data/>"])
def test_broken_xml_is_told(phone: TestClient, xml: str) -> None:
    """What is no instance is 400 with a sentence, whatever is wrong with it."""
    answer = phone.put(f"/api/submissions/uuid:{uuid.uuid4()}", content=xml.encode())

    assert answer.status_code == 400
    assert answer.json()["message"]


def test_address_and_form_must_agree(phone: TestClient, commune: str) -> None:
    """The instanceID inside is the one of the address."""
    _, xml = _fence(commune)
    answer = phone.put(f"/api/submissions/uuid:{uuid.uuid4()}", content=xml.encode())

    assert (answer.status_code, answer.json()["code"]) == (400, "INSTANCE_OTHER_ID")


def test_other_people_neither_see_nor_fill_a_submission(phone: TestClient, client: Client, survey: Survey, commune: str) -> None:
    """Another inspector gets 404 for a submission and 403 for adding to it; a reviewer sees it."""
    key, xml = _fence(commune, "a.jpg")
    phone.put(f"/api/submissions/{key}", content=xml.encode())
    with survey.transaction() as tx:
        tx.execute(
            "INSERT INTO person (commune, person, login, name, role, locale, created_at)"
            " VALUES (:commune, 'p-other', 'other', 'Other', 'inspector', 'vi', '2026-11-23T00:00:00.000Z')",
            commune=COMMUNE,
        )
    other = _as_client(client("other"))

    assert other.get(f"/api/submissions/{key}").status_code == 404
    assert other.get(f"/api/submissions/{key}/instance").status_code == 404
    assert other.put(f"/api/submissions/{key}/photos/a.jpg", content=_jpeg()).status_code == 403
    assert other.put(f"/api/submissions/{key}", content=xml.encode()).status_code == 403
    assert _as_client(client("reviewer")).get(f"/api/submissions/{key}").json()["missing"] == ["a.jpg"]


def test_naming_a_strange_house_does_not_tell_whose_it_is(phone: TestClient, commune: str) -> None:
    """Who hands in a visit of another hamlet's house, by a guessed code, hears nothing that the register knows of it."""
    key, xml = _fence(commune)
    xml = xml.replace("<fence>", "<site>HO-0003</site><fence>").replace(f"<site>{uuid.UUID(int=1)}</site>", "")
    assert phone.put(f"/api/submissions/{key}", content=xml.encode()).status_code == 201

    for path in ("/api/submissions", f"/api/submissions/{key}"):
        assert "Lê Bình" not in phone.get(path).text


def test_a_file_name_is_a_label_only(phone: TestClient, commune: str) -> None:
    """Names with dots, markup or control letters never lead anywhere."""
    key, xml = _fence(commune)
    phone.put(f"/api/submissions/{key}", content=xml.encode())
    for name in ("..%2f..%2fetc%2fpasswd", "%2e%2e", "a%00.jpg", "%E2%80%AEgpj.exe", "x" * 400, "<img onerror=1>"):
        answer = phone.put(f"/api/submissions/{key}/photos/{name}", content=_jpeg())

        assert answer.status_code in {201, 404}
        if answer.status_code == 201:
            assert "/" not in answer.json()["name"]
            assert len(answer.json()["name"]) <= 120


def test_an_upload_that_stands_still_ends(survey: Survey, inspector: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sender who sends nothing for too long is told so, and the thread is free again."""
    monkeypatch.setattr(endpoints, "_STALLED_S", 0.2)
    monkeypatch.setattr(session, "acting", lambda _request: inspector)
    endpoint = endpoints.upload_endpoint(lambda _request, _actor, chunks: endpoints.answer(len(list(chunks))))

    async def silent() -> dict[str, object]:
        await anyio.sleep(30)
        return {}

    async def run() -> int:
        answer = await endpoint(Request({"type": "http", "method": "PUT", "headers": []}, silent))
        return answer.status_code

    assert run_apart(run) == 408
