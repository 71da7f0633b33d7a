"""The OpenAPI document: valid, complete, and never more or less than the routes; the answers of all tests are held against it."""

import json

import pytest
from schemathesis.openapi import from_dict
from starlette.routing import Route

from survey.domain.problems import CATALOGUE
from survey.web import app, openapi, refusals
from tests.web.conftest import Client
from tests.web.described import described_path, fault_of

_OPEN = {"/healthz", "/api/openapi.json"}


def _routes() -> set[tuple[str, str]]:
    """Method and path of every route under the described prefixes; what answers 404 to anything else is none."""
    found = set()
    for route in app.routes():
        assert isinstance(route, Route)
        path = route.path.replace(":int}", "}")
        if route.endpoint is refusals.unknown_path:
            continue
        if any(path == prefix or path.startswith(prefix + "/") for prefix in openapi.PREFIXES):
            methods = route.methods or set()
            found |= {(method, path) for method in (methods if methods == {"HEAD"} else methods - {"HEAD"})}
    return found


def test_every_route_is_described_and_none_other() -> None:
    """A route that is added, removed or renamed under the described prefixes fails here until the document says so."""
    assert {(one.method, one.path) for one in openapi.OPERATIONS} == _routes()
    assert len(openapi.OPERATIONS) == len({(one.method, one.path) for one in openapi.OPERATIONS})


def test_document_is_openapi(client: Client) -> None:
    """Everybody gets it, schemathesis reads all of it as OpenAPI 3.1, and a client that has it is told so."""
    answer = client().get("/api/openapi.json")
    schema = from_dict(answer.json())
    schema.validate()
    again = client().get("/api/openapi.json", headers={"If-None-Match": answer.headers["ETag"]})

    assert answer.status_code == 200
    assert answer.json()["openapi"] == "3.1.0"
    assert sum(1 for found in schema.get_all_operations() if found.ok()) == len(openapi.OPERATIONS)
    assert (again.status_code, again.content) == (304, b"")


def test_every_operation_is_told_in_both_languages() -> None:
    """Each has a summary in English and Vietnamese, an id of its own, and names who may ask."""
    operations = [(path, one) for path, methods in openapi.document()["paths"].items() for one in methods.values()]

    assert all(one["summary"] and one["x-summary-vi"] for _path, one in operations)
    assert len({one["operationId"] for _path, one in operations}) == len(operations)
    assert {path for path, one in operations if not one["security"]} == _OPEN


def test_every_refusal_is_one_of_the_catalogue() -> None:
    """The codes that the document names are those of docs/problems.md, under the status that they answer with."""
    for methods in openapi.document()["paths"].values():
        for one in methods.values():
            for status, answer in one["responses"].items():
                named = [part.partition(":")[0] for part in answer["description"].split("; ") if ": " in part]
                codes = [code for code in named if code in CATALOGUE]
                assert all(CATALOGUE[code].status == int(status) for code in codes)


def test_strangers_are_refused_as_described(client: Client) -> None:
    """Whoever is not signed in gets what the document says, at every route that asks who asks."""
    stranger = client(origin=None)
    stranger.headers["accept"] = "application/json"
    for one in openapi.OPERATIONS:
        path = one.path.format(**dict.fromkeys(["site", "form", "version", "submission", "name", "upload", "sha256", "token", "report",
                                                "bundle", "edition", "briefing", "list", "kind", "subject"], "x"), number=1)  # fmt: skip
        answer = stranger.request(one.method, path)
        expected = {200} if one.path in _OPEN else {403, 401}

        assert answer.status_code in expected, (one, answer.text)


@pytest.mark.parametrize(
    ("status", "kind", "body", "fault"),
    [
        (418, "text/plain", b"", "418 is not described"),
        (200, "text/html", b"<p>", "described as application/json"),
        (200, "application/json", json.dumps({"person": 1}).encode(), "is a required property"),
        (401, "application/json", b'{"code": "SIGN_IN_NEEDED", "message": "m", "remedy": "r", "trace": "x"}', "trace"),
        (401, "application/json", b'{"code": "SIGN_IN_NEEDED", "message": "m", "remedy": "r"}', ""),
    ],
    ids=["status", "media type", "schema", "more than a problem", "a problem"],
)  # fmt: skip
def test_the_witness_sees_what_is_wrong(status: int, kind: str, body: bytes, fault: str) -> None:
    """What holds the answers of all tests against the document finds each kind of difference."""
    found = fault_of("GET", "/api/me", status, kind, body)

    assert found == "" if not fault else fault in found


def test_addresses_find_their_description() -> None:
    """A fixed word goes before a free part, as routes are matched; other doors have no description."""
    assert described_path("GET", "/api/submissions/uuid:1/instance") == "/api/submissions/{submission}/instance"
    assert described_path("GET", "/bundles/x/2.tsr") == "/bundles/{bundle}/{number}.tsr"
    assert described_path("GET", "/field/app.mjs") is None
