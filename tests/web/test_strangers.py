"""What strangers and curious inspectors send: odd bodies, odd charsets, other people's places, and some thousand requests without sense."""

import json
import random
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import anyio
import httpx2
import pytest
from starlette.requests import Request
from starlette.testclient import TestClient

from survey import receive
from survey.domain.people import Actor
from survey.domain.sites import Site, SiteKind
from survey.forms.compile import compile_xlsform
from survey.openrosa import app as openrosa
from survey.store.forms import insert_form
from survey.store.photo_uses import select_photo_uses
from survey.store.sites import insert_site
from survey.store.submissions import select_submission
from survey.web import session, throttle
from survey.wiring import ROOT, Settings, Survey, open_survey
from tests.conftest import COMMUNE, HAMLETS, seed
from tests.web.conftest import ORIGIN, Client, run_apart

THEIRS = str(uuid.UUID(int=2))
FORM = (ROOT / "schema" / "forms" / "household_fence.xlsx").read_bytes()


@pytest.fixture(params=["sqlite", "postgres"])
def survey(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Survey]:
    """The small deployment on each engine: what one of them stores the other may refuse."""
    database = "sqlite" if request.param == "sqlite" else request.getfixturevalue("postgres_url")()
    monkeypatch.setenv("SURVEY_DATABASE", database)
    opened = open_survey(Settings(data=tmp_path, database=database))
    seed(opened.store)
    yield opened
    opened.store.close()


@pytest.fixture
def version(survey: Survey) -> str:
    """The fence checklist, and a house in the hamlet that the inspector does not see; returns the checklist's version."""
    compiled = compile_xlsform(FORM, "household_fence.xlsx")
    with survey.transaction() as tx:
        insert_form(tx, COMMUNE, compiled, FORM, survey.now())
        insert_site(tx, Site(COMMUNE, THEIRS, SiteKind.HOUSEHOLD, "HO-0002", "Trần Thị Kín", HAMLETS[1], 18.06, 106.11), at=survey.now())
    return compiled.version


def _instance(version: str, block: str = "") -> tuple[str, bytes]:
    key = f"uuid:{uuid.uuid4()}"
    meta = f'<meta xmlns="http://openrosa.org/xforms"><instanceID>{key}</instanceID></meta>'
    block = f'<survey xmlns="urn:ntm-survey:capture:1">{block}</survey>'
    return key, f'<data id="household_fence" version="{version}"><fence><total_m>4</total_m></fence>{meta}{block}</data>'.encode()


def _multipart(*parts: tuple[str, str, bytes]) -> bytes:
    return b"".join(
        f'--X\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\n\r\n'.encode() + content + b"\r\n"
        for name, file, content in parts
    ) + b"--X--\r\n"  # fmt: skip


@pytest.mark.parametrize("charset", ["undefined", "punycode", "unicode_escape", "raw_unicode_escape", "utf-7", "rot13", "no-such"])
def test_charsets_of_a_form_are_not_python_codecs(client: Client, version: str, charset: str) -> None:
    """A body may name any of Python's codecs as its charset, some of which raise what no door expects."""
    browser = client("inspector")
    kind = {"content-type": f"multipart/form-data; boundary=X; charset={charset}"}
    _, xml = _instance(version)
    sent = _multipart(("xml_submission_file", "a\\ud800.xml", xml), ("p", "p\\ud800+2AA-.jpg", b"x"))

    assert browser.post("/openrosa/submission", content=sent, headers=kind).status_code == 201
    login = b'--X\r\nContent-Disposition: form-data; name="login"\r\n\r\na\\ud800\r\n--X--\r\n'
    assert client().post("/sign-in", content=login, headers=kind).status_code == 401


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "//", "null", "http://testserver.evil.example", "http://evil@testserver"])
def test_odd_origins_are_strangers(client: Client, survey: Survey, origin: str) -> None:
    """An Origin that is no address is refused like a foreign one."""
    assert client("reviewer", origin=origin).post("/sign-out").status_code == 403


def test_sign_in_takes_no_more_than_a_form(client: Client) -> None:
    """Who is not signed in cannot make the server hold a large body."""
    pieces = iter([b"login=a&password=" + b"x" * 60_000, b"y" * 60_000])
    answer = client().post("/sign-in", content=pieces, headers={"content-type": "application/x-www-form-urlencoded"})

    assert answer.status_code == 413


def test_openrosa_counts_a_body_that_tells_no_length(client: Client, version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A chunked request ends at the limit as one with a Content-Length does, instead of filling the disk."""
    monkeypatch.setattr(openrosa, "BODY_LIMIT", 100_000)

    def endless() -> Iterator[bytes]:
        yield b'--X\r\nContent-Disposition: form-data; name="p"; filename="p.jpg"\r\n\r\n'
        for _ in range(20):
            yield b"\0" * 50_000

    browser = client("inspector")
    answer = browser.post("/openrosa/submission", content=endless(), headers={"content-type": "multipart/form-data; boundary=X"})

    assert answer.status_code == 413


def test_openrosa_gives_up_on_a_stalled_body(monkeypatch: pytest.MonkeyPatch, survey: Survey, inspector: Actor) -> None:
    """Who holds a line open without sending anything is sent away."""
    monkeypatch.setattr(openrosa, "_STALLED_S", 0.01)

    async def never() -> dict[str, object]:
        await anyio.sleep(5)
        return {"type": "http.request", "body": b"", "more_body": False}

    headers = [(b"content-type", b"multipart/form-data; boundary=X")]
    request = Request({"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": headers}, never)
    door = openrosa.routes(lambda: survey, lambda _request: inspector)[0].endpoint

    assert run_apart(door, request).status_code == 408


def test_naming_a_site_does_not_tell_who_lives_there(client: Client, version: str) -> None:
    """An inspector may write down any code; the answer gives no name from another hamlet."""
    browser = client("inspector")
    key, xml = _instance(version, "<site>HO-0002</site>")

    assert browser.put(f"/api/submissions/{key}", content=xml).status_code == 201
    for path in (f"/api/submissions/{key}", "/api/submissions"):
        answer = browser.get(path)
        assert "HO-0002" in answer.text
        assert "Trần" not in answer.text


def test_a_hamlet_is_one_of_the_commune(client: Client, survey: Survey, version: str) -> None:
    """What a client writes where a hamlet belongs is kept in the instance only, unless it is one."""
    browser = client("inspector")
    for written, kept in ((HAMLETS[0], HAMLETS[0]), ("&lt;img src=x onerror=alert(1)&gt;", None)):
        key, xml = _instance(version, f"<hamlet>{written}</hamlet>")
        assert browser.put(f"/api/submissions/{key}", content=xml).status_code == 201
        with survey.reading() as reader:
            found = select_submission(reader, COMMUNE, key)
        assert found is not None
        assert found.hamlet == kept


@pytest.mark.parametrize("path", ["/_stcore/upload_file/session/file", "/media/0123.csv"])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_streamlits_memory_is_for_the_signed_in(client: Client, survey: Survey, path: str, method: str) -> None:
    """Streamlit takes uploads from, and gives downloads to, whoever knows an address."""
    headers = {"accept": "*/*"}

    assert client().request(method, path, headers=headers).status_code == 401
    assert client("reviewer").request(method, path, headers=headers).status_code != 401


@pytest.mark.parametrize("cookie", ['"18844\\000x.secret"', "", ".", "18844.", '"\\377.\\000"', "07000.secret", "' OR 1=1; --.x"])
def test_odd_cookies_are_nobody(client: Client, survey: Survey, cookie: str) -> None:
    """A cookie of another commune, or one that holds what a database cannot, signs nobody in."""
    answer = client().get("/api/me", headers={"cookie": f"{session.COOKIE}={cookie}", "accept": "*/*"})

    assert answer.status_code == 401


def test_a_claimed_hash_opens_no_photo(survey: Survey, inspector: Actor, version: str) -> None:
    """An instance that names another photo's hash in its capture block is not taken for a use of that photo."""
    sha256 = "ab" * 32
    key, xml = _instance(version, f'<photo name="a.jpg" source="system" sha256="{sha256}" size="1"/>')
    receive.submission(survey, inspector, xml, door="field", expected_id=key)

    with survey.reading() as reader:
        assert select_photo_uses(reader, COMMUNE, sha256) == []


_WORDS = (
    "", "..", "%00", "\0", "'", '"', "\\", "%", "_", "<script>", "=1+1", "nan", "-1", "٣", "\u202e", "\ufeff", "😀" * 50, "x" * 3000,
    "uuid:", "&amp;", "{}", "${x}", "{0.__class__}", "\r\nX: 1", "/", "//", "?", "#", "null", "18844-h01", "household_fence",
)  # fmt: skip


def test_senseless_requests_give_no_defect(client: Client, version: str) -> None:
    """A thousand requests put together at random, the same ones each time: refused or answered, never a 500.

    The test client raises what the application raises, so that a defect shows its own trace.
    """
    chance = random.Random(20261123)  # noqa: S311 - a repeatable choice, not a secret
    browsers = [client("inspector"), client("reviewer"), client()]
    for _ in range(1000):
        assert _senseless(chance, chance.choice(browsers), version) < 500


def _senseless(chance: random.Random, browser: TestClient, version: str) -> int:
    def word() -> str:
        return chance.choice(_WORDS)

    key, xml = _instance(version, f"<site>{word().replace(chr(0), '').replace('<', '').replace('&', '')}</site>")
    damaged = bytearray(xml)
    for _ in range(chance.choice([0, 0, 1, 5, 50])):
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    kinds = ["application/json", "multipart/form-data; boundary=X", f"multipart/form-data; boundary={quote(word())}", "text/xml"]
    method, path, content = chance.choice([
        ("GET", f"/api/sites?{chance.choice(['q', 'kind', 'hamlet', 'lat', 'limit', 'lat=1&lon'])}={quote(word())}", b""),
        ("GET", f"/api/submissions?limit={quote(word())}", b""),
        ("GET", f"/api/forms/{quote(word())}/{quote(word())}", b""),
        ("GET", f"/api/submissions/{quote(word())}", b""),
        ("GET", f"/photos/{quote(word(), safe='')}/{chance.choice(['original', 'preview', 'thumb', 'x'])}", b""),
        ("GET", f"/bundles/{quote(word())}", b""),
        ("GET", f"/bundles/{quote(word(), safe='')}/{chance.randrange(2**70)}", b""),
        ("GET", f"/bundles/{quote(word(), safe='')}/{chance.randrange(2**70)}.tsr", b""),
        ("GET", f"/print/visit-list/{quote(word())}{chance.choice(['', '/csv'])}", b""),
        ("GET", f"/print/personal/{chance.choice(['site', 'person', quote(word(), safe='')])}/{quote(word(), safe='')}", b""),
        ("GET", f"/public/{quote(word(), safe='')}/privacy?locale={quote(word())}", b""),
        ("GET", f"/province.csv?edition={quote(word())}", b""),
        ("GET", f"/sign-in?next={quote(word())}&locale={quote(word())}", b""),
        ("GET", f"/sign-in/{quote(word())}", b""),
        ("GET", f"/field/{quote(word())}", b""),
        ("PUT", f"/api/submissions/{chance.choice([key, quote(word())])}", bytes(damaged)),
        ("PUT", f"/api/submissions/{key}/photos/{quote(word())}", chance.randbytes(200)),
        ("PATCH", f"/api/submissions/{key}/photos/{quote(word())}", chance.randbytes(200)),
        ("HEAD", f"/api/submissions/{chance.choice([key, quote(word())])}/photos/{quote(word())}", b""),
        ("GET", f"/api/{chance.choice(['register', 'visits', 'map', 'map/tiles', 'me', 'work'])}?{quote(word())}", b""),
        ("GET", f"/api/earlier/{quote(word())}", b""),
        ("POST", "/openrosa/submission", _multipart(("xml_submission_file", word(), bytes(damaged)), (word()[:9], word()[:9], b"x"))),
        ("POST", "/openrosa/submission", chance.randbytes(200)),
        ("POST", f"/sign-in/{quote(word())}", quote(json.dumps(word())).encode()),
    ])  # fmt: skip
    accepted, language = chance.choice(["*/*", "text/html"]), chance.choice(["vi", "en", "x"])
    headers = {"content-type": chance.choice(kinds), "accept": accepted, "accept-language": language}
    for name in ("upload-offset", "upload-length", "repr-digest", "phone-time", "range", "if-none-match"):
        if chance.random() < 0.5:
            told = [*_WORDS, "0", "200", "100", "bytes=0-", f"sha-256=:{'A' * 43}=:", "sha-256=::", "2026-11-23T01:00:00Z"]
            headers[name] = quote(chance.choice(told), safe=' :=-+,/*"')
    return browser.request(method, path, content=content, headers=headers).status_code


def test_a_flood_of_sign_ins_at_once_is_seen_while_it_comes(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A try counts from its beginning: of many at once, all but the first few are sent away before any password is hashed."""
    monkeypatch.setattr(throttle, "_ADDRESS_TRIES", 3)
    application = client().app
    statuses: list[int] = []

    async def knock(number: int) -> None:
        transport = httpx2.ASGITransport(application)
        async with httpx2.AsyncClient(transport=transport, base_url=ORIGIN, headers={"origin": ORIGIN}) as browser:
            answer = await browser.post("/sign-in", data={"login": f"login-{number}", "password": "wrong"})
            statuses.append(answer.status_code)

    async def flood() -> None:
        async with anyio.create_task_group() as tasks:
            for number in range(20):
                tasks.start_soon(knock, number)

    run_apart(flood)

    assert sorted(statuses) == [401] * 3 + [429] * 17


def test_who_signs_in_rightly_is_no_guesser() -> None:
    """A right password takes its own try back, and leaves the wrong ones of others where they are."""
    counted = throttle.Throttle()
    counted.failed("lan", "203.0.113.7", 1.0)
    counted.failed("mai", "203.0.113.7", 2.0)
    counted.succeeded("mai", "203.0.113.7", 2.0)
    for second in range(throttle._ADDRESS_TRIES):
        counted.failed(f"other-{second}", "198.51.100.1", float(second))
        counted.succeeded(f"other-{second}", "198.51.100.1", float(second))

    assert counted.blocked_s("198.51.100.1", 60.0) == 0
    assert counted.blocked_s("203.0.113.7", 3.0, 1) > 0
    assert counted.blocked_s("203.0.113.7", 3.0, 2) == 0
