"""What a lost phone can still do with an upload that it has begun, and how much it can hold up."""

import hashlib
import threading
import uuid
from base64 import b64encode
from collections.abc import Awaitable, Callable

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.testclient import TestClient

from survey import devices, receive
from survey.domain.people import Actor
from survey.web import api, endpoints, resume
from survey.wiring import Survey
from tests.conftest import COMMUNE
from tests.web.conftest import Client, run_apart

BYTES = b"begun before, ended after"
Routes = dict[str, Callable[[Request], Awaitable[Response]]]


@pytest.fixture
def routes(client: Client) -> Routes:
    """The uploads by method; *client* opens the deployment."""
    listed = [*api.routes(), *resume.routes()]
    return {method: route.endpoint for route in listed for method in route.methods if "/photos/" in route.path}  # type: ignore[attr-defined]


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_an_upload_that_a_revoked_phone_ends_is_not_taken_in(survey: Survey, inspector: Actor, routes: Routes, method: str) -> None:
    """Revoked between the first piece and the last: 401, and no file of that name."""
    phone, key = devices.enrol(survey, COMMUNE, "p-inspector", by=None, name="Máy mất"), f"uuid:{uuid.uuid4()}"
    digest = "sha-256=:" + b64encode(hashlib.sha256(BYTES).digest()).decode() + ":"
    fields = {"authorization": f"Bearer {phone.token}", "upload-offset": "0", "upload-length": str(len(BYTES)), "repr-digest": digest}
    pieces = [BYTES[:10], BYTES[10:]]

    async def receive_piece() -> dict[str, object]:
        piece = pieces.pop(0)
        if not pieces:
            devices.revoke(survey, COMMUNE, phone.device, by=None)
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    scope = {
        "type": "http", "method": method, "path": "/", "query_string": b"", "path_params": {"submission": key, "name": "a.jpg"},
        "headers": [(name.encode(), value.encode()) for name, value in fields.items()],
    }  # fmt: skip
    answer = run_apart(routes[method], Request(scope, receive_piece))

    assert answer.status_code == 401
    assert receive.progress(survey, inspector, key, "a.jpg").sha256 is None


def test_one_person_does_not_take_every_place(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who sends on as many lines as a person may is told to wait, others are served, and a line that ended is free again."""
    monkeypatch.setattr(endpoints, "_UPLOADS_OF_ONE", 1)
    path, begun, ends = f"/api/submissions/uuid:{uuid.uuid4()}/photos", threading.Event(), threading.Event()
    slow, second, other = client("inspector"), client("inspector"), client("reviewer")
    take_in = receive.photo

    def waiting(*given: object) -> receive.PhotoReceipt:
        if "a.jpg" in given:
            begun.set()
            ends.wait(30)
        return take_in(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(receive, "photo", waiting)
    answers: list[int] = []
    line = threading.Thread(target=lambda: answers.append(slow.put(f"{path}/a.jpg", content=BYTES).status_code))
    line.start()
    begun.wait(30)
    refused, served = second.put(f"{path}/b.jpg", content=BYTES), _put(other, f"/api/submissions/uuid:{uuid.uuid4()}/photos/c.jpg")
    ends.set()
    line.join()

    assert (refused.status_code, refused.json()["code"]) == (429, "UPLOADS_TOO_MANY")
    assert (served, answers) == (201, [201])
    assert _put(slow, f"{path}/a.jpg") == 201


def _put(browser: TestClient, path: str) -> int:
    return int(browser.put(path, content=BYTES).status_code)


@pytest.mark.parametrize("name", ["%E2%80%8B", "%E2%80%AE", "%E2%80%8B.", "%20%E2%80%8F%20", "%5c"])
def test_a_file_has_a_name_that_can_be_seen(client: Client, name: str) -> None:
    """Marks of direction alone leave no label, under which the flags of the whole submission are kept."""
    path = f"/api/submissions/uuid:{uuid.uuid4()}/photos/{name}"

    assert client("inspector").put(path, content=BYTES).status_code == 404
