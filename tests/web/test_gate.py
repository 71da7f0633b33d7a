"""What every request passes before a route looks at it: origin, host, limits, bodies, and the answer to a defect."""

import anyio
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.web.server.starlette.starlette_app import create_streamlit_routes

from survey.domain.problems import Problem
from survey.openrosa import app as openrosa
from survey.web import app, middleware, refusals, session
from survey.web.compressed import Compressed
from survey.web.middleware import bodies, limits
from survey.web.middleware.buckets import Buckets
from survey.web.middleware.hosts import is_known
from survey.web.middleware.paths import STREAMLIT_DOORS, Door, door_of
from tests.web.conftest import ORIGIN, run_apart

CHANGING = ("POST", "PUT", "PATCH", "DELETE")
FOREIGN = (
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": ORIGIN, "sec-fetch-site": "cross-site"},
    {"origin": ORIGIN, "sec-fetch-site": "same-site"},
    {},
)


def _changing_routes():
    """Method and path of every route of ours that takes more than GET and HEAD."""
    for route in app.routes(openrosa.routes(session.open, session.acting)):
        for method in sorted(set(getattr(route, "methods", None) or ()) & set(CHANGING)):
            yield method, route.path.replace(":path", "").replace(":int", "")


@pytest.mark.parametrize("foreign", FOREIGN, ids=["other", "null", "cross-site", "same-site", "none"])
def test_no_strangers_page_changes_anything(client, survey, foreign):
    """Every route, signed in and signed out, JSON and the kinds of body that a form may send without asking: 403."""
    asked = 0
    for login in ("coordinator", None):
        browser = client(login, origin=None)
        for method, path in _changing_routes():
            if path.startswith("/openrosa") and not foreign:
                continue  # no browser: the door asks for credentials itself
            for kind in ("text/plain", "application/json", "application/x-www-form-urlencoded"):
                target = path.replace("{", "").replace("}", "")
                answer = browser.request(method, target, content=b"login=x", headers={**foreign, "content-type": kind})
                assert answer.status_code == 403, (method, path, kind)
                asked += 1
    assert asked > 100


def test_a_refused_body_is_not_read():
    """The stranger's body stays on the line."""

    async def receive():
        raise AssertionError("the body was read")

    sent = []

    async def send(message):
        sent.append(message)

    async def ask(gate):
        scope = {
            "type": "http", "method": "POST", "path": "/sign-in", "query_string": b"", "scheme": "http", "server": ("testserver", 80),
            "headers": [(b"host", b"testserver"), (b"origin", b"https://evil.example")],
        }  # fmt: skip
        await gate(scope, receive, send)

    async def app_behind(_scope, _receive, _send):
        raise AssertionError("the route was asked")

    run_apart(ask, middleware.origins.OwnOrigin(app_behind))
    assert sent[0]["status"] == 403


def test_a_token_needs_no_origin_and_our_own_page_passes(client, survey):
    """A program that shows a token is told that it opens nothing, not that it is another site; our own form is taken."""
    assert client(origin=None).put("/api/submissions/uuid:x", content=b"", headers={"authorization": "Bearer x"}).status_code == 401
    assert client("coordinator").post("/sign-out").status_code == 303


def test_signing_out_clears_what_the_browser_kept_but_no_unsent_visit(client, survey):
    """Views of photos go; IndexedDB, where visits wait to be sent, stays."""
    assert client("reviewer").post("/sign-out").headers["clear-site-data"] == '"cache"'


@pytest.fixture
def narrow(survey, monkeypatch, tmp_path):
    """A browser at our middleware over routes that misbehave."""
    monkeypatch.setenv("SURVEY_DATA", str(survey.settings.data))
    monkeypatch.setenv("SURVEY_HOSTS", "testserver")
    session.forget()

    def broken(_request):
        raise ValueError("/etc/passwd and the password=hunter2hunter2")

    async def length(request: Request):
        return PlainTextResponse(str(len(await request.body())))

    routes = [
        Route("/api/broken", broken, methods=["GET", "HEAD", "POST"]), Route("/openrosa/broken", broken), Route("/broken", broken),
        Route("/api/length", length, methods=["POST"]),
    ]  # fmt: skip
    stack = middleware.stack(Compressed(middleware.STATIC, tmp_path / "cache"))
    application = Starlette(routes=routes, middleware=stack, exception_handlers={Problem: refusals.answer_problem})
    yield TestClient(application, base_url=ORIGIN, headers={"origin": ORIGIN})
    session.forget()


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/api/broken"), ("HEAD", "/api/broken"), ("POST", "/api/broken"), ("GET", "/openrosa/broken"), ("GET", "/broken")],
)
@pytest.mark.parametrize("accept", ["*/*", "application/json"])
def test_a_defect_shows_a_code_and_nothing_else(narrow, caplog, method, path, accept):
    """The sentence names a code; the log has the code with the trace."""
    answer = narrow.request(method, path, headers={"accept": accept})

    assert answer.status_code == 500
    assert not [word for word in ("passwd", "hunter2", "ValueError", "Traceback") if word in answer.text]
    logged = next(record for record in caplog.records if record.exc_info)
    if method != "HEAD":
        assert logged.args[0] in answer.text
    assert "content-security-policy" in answer.headers
    if path.startswith("/openrosa"):
        assert answer.text.startswith("<OpenRosaResponse")


def test_odd_methods_are_no_defect(client, survey):
    """What no route takes is 404 or 405, from our pages; from elsewhere 403."""
    for method in ("BREW", "TRACE", "CONNECT", "PROPFIND"):
        for path in ("/api/me", "/sign-in", "/openrosa/formList", "/field/", "/healthz", "/photos/x/thumb"):
            assert client("coordinator").request(method, path).status_code in {404, 405}
            assert client("coordinator", origin="https://evil.example").request(method, path).status_code == 403


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_is_no_larger_than_its_route_needs(narrow, announced):
    """Told or counted, the limit is the same, and a body of just that size passes."""
    def pieces(size):
        return b"x" * size if announced else (b"x" * 10_000 for _ in range(size // 10_000))

    assert narrow.post("/api/length", content=pieces(bodies.DEFAULT_LIMIT)).text == str(bodies.DEFAULT_LIMIT)
    assert narrow.post("/api/length", content=pieces(bodies.DEFAULT_LIMIT + 10_000)).status_code == 413


def test_a_body_that_stands_still_ends(narrow, monkeypatch):
    """408 on any route, without the route's help."""
    monkeypatch.setattr(bodies, "STALLED_S", 0.01)

    async def never():
        await anyio.sleep(5)
        return {"type": "http.request", "body": b"", "more_body": False}

    with pytest.raises(Problem) as stalled:
        run_apart(bodies._Body(never, bodies.DEFAULT_LIMIT).receive)

    assert stalled.value.kind.status == 408


def test_addresses_and_headers_have_an_end(narrow):
    """414 and 431 with a code."""
    assert narrow.get("/api/length?" + "x" * limits.URL_LIMIT).status_code == 414
    assert narrow.get("/api/length", headers={"x-long": "x" * limits.HEADERS_LIMIT}).status_code == 431
    assert narrow.get("/api/length", headers={f"x-{n}": "1" for n in range(limits.HEADER_COUNT)}).status_code == 431


def test_an_outbox_of_600_photos_passes_and_a_flood_does_not(client, survey, monkeypatch):
    """Two thousand requests at once of one person are answered, the ones after that hear when to come back."""
    browser = client("inspector")
    monkeypatch.setattr(limits.time, "monotonic", lambda: 1000.0)
    statuses = [browser.head("/api/nothing").status_code for _ in range(limits.PERSON_BURST)]

    assert 429 not in statuses
    refused = browser.head("/api/nothing")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    assert client("reviewer").get("/healthz").status_code == 200


def test_a_bucket_fills_again_and_made_up_keys_cost_a_bounded_memory():
    """One token a tenth of a second after it was empty; a flood of names is forgotten."""
    bucket = Buckets(10, 3)

    assert [bucket.take("lan", 0.0) for _ in range(3)] == [0.0] * 3
    assert bucket.take("lan", 0.0) == pytest.approx(0.1)
    assert bucket.take("lan", 0.1) == 0.0
    for number in range(50_000):
        bucket.take(str(number), 1.0)
    assert len(bucket._left) <= 20_000


@pytest.mark.parametrize(
    ("host", "known"),
    [("localhost", True), ("LOCALHOST:8501", True), ("127.0.0.1", True), ("[::1]:80", True), ("khaosat.example", True),
     ("10.0.0.7:8501", True), ("khaosat.example.", True), ("evil.example", False), ("khaosat.example.evil.example", False),
     ("10.0.0.8", False), ("", False),
     ("khaosat.example@evil.example", False), ("khaosat.example:80@evil", False), ("localhost/evil", False), ("a b", False)],
)  # fmt: skip
def test_names_of_ours(host, known):
    """The operator's names, this machine's, and the address that the client has reached."""
    assert is_known(host, "10.0.0.7", frozenset({"khaosat.example"})) is known


def test_an_address_is_a_line():
    """Of IPv6 a line has 2^64 addresses."""
    def scope(host):
        return {"client": (host, 1)}

    assert limits.address_of(scope("2001:db8::1")) == limits.address_of(scope("2001:db8::ffff"))
    assert limits.address_of(scope("2001:db8:0:1::1")) != limits.address_of(scope("2001:db8::1"))
    assert limits.address_of(scope("::ffff:10.0.0.7")) == limits.address_of(scope("10.0.0.7"))


class _AnyRuntime:
    def __getattr__(self, name):
        return _AnyRuntime()

    def __call__(self, *_arguments, **_named):
        return _AnyRuntime()


def test_every_route_of_streamlit_is_known():
    """An upgrade that adds a door makes this fail: decide who may use it, in `STREAMLIT_DOORS` and docs/security-http.md."""
    found = {getattr(route, "path", "") for route in create_streamlit_routes(_AnyRuntime())}

    assert {path for path in found if path} <= STREAMLIT_DOORS.keys()
    assert STREAMLIT_DOORS.keys() - found <= {"/_stcore/script-health-check"}
    written = (middleware.headers.Path(app.__file__).parents[2] / "docs" / "security-http.md").read_text()
    assert not [path for path in STREAMLIT_DOORS if f"`{path}`" not in written]


@pytest.mark.parametrize("path", sorted(STREAMLIT_DOORS))
def test_a_stranger_at_streamlits_doors(client, survey, path):
    """Closed ones are 404 for everybody, the others 401 for strangers."""
    target = path.replace("{", "").replace("}", "").replace(":path", "")
    stranger, signed_in = (client(login).get(target, headers={"accept": "*/*"}).status_code for login in (None, "coordinator"))

    if STREAMLIT_DOORS[path] is Door.CLOSED:
        assert (stranger, signed_in) == (404, 404)
    elif STREAMLIT_DOORS[path] is Door.SIGNED_IN:
        assert stranger == 401
        assert signed_in != 401


def test_what_streamlit_may_add_is_closed():
    """Below its prefixes nothing opens by itself."""
    assert door_of("/_stcore/tomorrow") is Door.CLOSED
    assert door_of("/component/x/y.html") is Door.CLOSED
