"""HEAD and PATCH of a photo: the fields on the wire, what is refused and how, who may ask."""

import base64
import hashlib
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import anyio
import pytest
from starlette.requests import Request
from starlette.testclient import TestClient

from survey import receive
from survey.web import endpoints, resume, session
from survey.wiring import Survey
from tests.receive.conftest import jpeg
from tests.web.conftest import Client, run_apart

PHOTO = jpeg("green") + bytes(range(256)) * 400
SHA256 = hashlib.sha256(PHOTO).hexdigest()
DIGEST = f"sha-256=:{base64.b64encode(hashlib.sha256(PHOTO).digest()).decode()}:"
PATH = f"/api/submissions/uuid:{uuid.uuid4()}/photos/a.jpg"


@pytest.fixture
def phone(client: Client) -> TestClient:
    """An inspector's browser, asking as the field client does."""
    browser = client("inspector")
    browser.headers["accept"] = "application/json"
    return browser


def _fields(start: int, total: int = len(PHOTO), digest: str | None = DIGEST) -> dict[str, str]:
    fields = {"upload-offset": str(start), "upload-length": str(total)}
    return fields | ({"repr-digest": digest} if digest else {})


def test_a_photo_in_two_pieces(phone: TestClient) -> None:
    """Offset 0 to begin with, 202 with the new offset, 201 as for a whole photo, then complete with its digest."""
    before = phone.head(PATH)
    first = phone.patch(PATH, content=PHOTO[:50_000], headers=_fields(0))
    between = phone.head(PATH)
    second = phone.patch(PATH, content=PHOTO[50_000:], headers=_fields(50_000))
    after = phone.head(PATH)

    assert [answer.status_code for answer in (before, first, between, second, after)] == [200, 202, 200, 201, 200]
    assert [answer.headers["upload-offset"] for answer in (before, first, between, after)] == ["0", "50000", "50000", str(len(PHOTO))]
    assert [answer.headers["upload-complete"] for answer in (before, between, after)] == ["?0", "?0", "?1"]
    assert first.json() == {"offset": 50_000}
    assert (second.json()["sha256"], second.json()["accepted"], second.json()["missing"]) == (SHA256, True, [])
    assert "repr-digest" not in between.headers
    assert after.headers["repr-digest"] == DIGEST
    assert phone.put(PATH, content=PHOTO).json() == second.json()


def test_a_piece_behind_what_is_here_is_told_where_to_go_on(phone: TestClient) -> None:
    """409 with the offset in the head and a sentence in the body, in both languages."""
    phone.patch(PATH, content=PHOTO[:1000], headers=_fields(0))
    for language, words in (("vi", "1000 byte đầu"), ("en", "first 1000 bytes")):
        refused = phone.patch(PATH, content=PHOTO[2000:3000], headers=_fields(2000) | {"accept-language": language})

        assert (refused.status_code, refused.json()["code"], refused.headers["upload-offset"]) == (409, "UPLOAD_OFFSET", "1000")
        assert words in refused.json()["message"]


def test_bytes_that_are_another_file_are_thrown_away(phone: TestClient) -> None:
    """422, and the next try begins at 0."""
    phone.patch(PATH, content=b"\0" * 1000, headers=_fields(0))
    refused = phone.patch(PATH, content=PHOTO[1000:], headers=_fields(1000))

    assert (refused.status_code, refused.json()["code"]) == (422, "BYTES_DIFFER")
    assert phone.head(PATH).headers["upload-offset"] == "0"
    assert phone.patch(PATH, content=PHOTO, headers=_fields(0)).status_code == 201


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"upload-length": "10"}, 400, "QUERY_UNUSABLE"),
        ({"upload-offset": "0"}, 400, "QUERY_UNUSABLE"),
        ({"upload-offset": "-1", "upload-length": "10"}, 400, "QUERY_UNUSABLE"),
        ({"upload-offset": "9" * 30, "upload-length": "10"}, 400, "QUERY_UNUSABLE"),
        ({"upload-offset": "0", "upload-length": "٣"}, 400, "QUERY_UNUSABLE"),
        ({"upload-offset": "0", "upload-length": "3"}, 400, "QUERY_UNUSABLE"),
        ({"upload-offset": "8", "upload-length": "7"}, 400, "QUERY_UNUSABLE"),
        ({"upload-offset": "0", "upload-length": "10", "repr-digest": "sha-256=abc"}, 400, "QUERY_UNUSABLE"),
        ({"upload-offset": "0", "upload-length": "10", "repr-digest": "md5=:AAAAAAAAAAAAAAAAAAAAAA==:"}, 400, "QUERY_UNUSABLE"),
        ({"upload-offset": "0", "upload-length": "4"}, 400, "DIGEST_NEEDED"),
        ({"upload-offset": "0", "upload-length": "25000001"}, 413, "FILE_TOO_LARGE"),
    ],
    ids=str,
)  # fmt: skip
def test_what_makes_no_sense_is_refused(phone: TestClient, fields: dict[str, str], status: int, code: str) -> None:
    """Each with its problem; nothing ends in a defect."""
    answer = phone.patch(PATH, content=b"0123", headers={name: value.encode() for name, value in fields.items()})

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_nothing_is_read_of_what_is_announced_too_large(phone: TestClient, survey: Survey) -> None:
    """No file is begun; the body is let pass, so that the browser reads the answer."""
    answer = phone.patch(PATH, content=PHOTO, headers=_fields(0, receive.PHOTO_LIMIT + 1))

    assert answer.status_code == 413
    assert [path for path in (survey.settings.data / "incoming").rglob("*") if path.is_file()] == []


def test_more_than_was_announced_is_let_pass(phone: TestClient) -> None:
    """A body without a length cannot write beyond the end that it announced."""

    def endless() -> Iterator[bytes]:
        yield PHOTO
        yield from (b"\0" * 100_000 for _ in range(5))

    assert phone.patch(PATH, content=endless(), headers=_fields(0)).json()["sha256"] == SHA256


@pytest.mark.parametrize("path", ["/api/submissions/uuid:1/photos/a.jpg", "/api/submissions/x/photos/a.jpg"])
def test_an_id_that_is_none(phone: TestClient, path: str) -> None:
    """The id of a submission is an instanceID."""
    assert phone.head(path).status_code == 400
    assert phone.patch(path, content=PHOTO, headers=_fields(0)).json()["code"] == "INSTANCE_WITHOUT_ID"


def test_strangers_get_nothing(client: Client, phone: TestClient) -> None:
    """Signed out: 401; from another site: 403; in another account: nothing is here."""
    phone.patch(PATH, content=PHOTO[:1000], headers=_fields(0))
    elsewhere = client("inspector", origin="https://evil.example")

    assert client().head(PATH).status_code == 401
    assert client().patch(PATH, content=PHOTO, headers=_fields(0)).status_code == 401
    assert elsewhere.patch(PATH, content=PHOTO, headers=_fields(0)).status_code == 403
    assert client("reviewer").head(PATH).headers["upload-offset"] == "0"


def test_twenty_at_once(client: Client, phone: TestClient, survey: Survey) -> None:
    """The last piece sent twenty times at once: each is answered 201, one row stands."""
    phone.patch(PATH, content=PHOTO[:50_000], headers=_fields(0))
    browsers = [client("inspector") for _ in range(20)]
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda browser: browser.patch(PATH, content=PHOTO[50_000:], headers=_fields(50_000)), browsers))

    # One that comes after the photo was stored hears 201 at once; all name the same bytes.
    assert {answer.status_code for answer in answers} == {201}
    with survey.reading() as reader:
        row = reader.row("SELECT COUNT(*) AS files FROM attachment")
    assert row is not None
    assert row["files"] == 1


@pytest.mark.parametrize("end", ["stalled", "disconnected"])
def test_what_came_before_the_line_went_dead_stays(
    survey: Survey, client: Client, monkeypatch: pytest.MonkeyPatch, end: str, phone: TestClient
) -> None:
    """A minute of silence ends the request, as a cut does; both leave what had come."""
    monkeypatch.setattr(endpoints, "_STALLED_S", 0.3)
    with survey.reading():
        actor = session.actor_of(Request({"type": "http", "headers": [(b"cookie", _cookie(phone))]}))
    monkeypatch.setattr(session, "acting", lambda _request: actor)
    sent = iter([{"type": "http.request", "body": PHOTO[:30_000], "more_body": True}])

    async def receive_message() -> dict[str, object]:
        found = next(sent, None)
        if found is not None:
            return found
        if end == "disconnected":
            return {"type": "http.disconnect"}
        await anyio.sleep(30)
        raise AssertionError

    async def run() -> int:
        headers = [(name.encode(), value.encode()) for name, value in _fields(0).items()]
        parts = PATH.split("/")
        scope = {"type": "http", "method": "PATCH", "path": PATH, "headers": headers, "query_string": b"",
                 "path_params": {"submission": parts[3], "name": "a.jpg"}}  # fmt: skip
        answer = await endpoints.upload_endpoint(resume.take_part)(Request(scope, receive_message))
        return answer.status_code

    assert run_apart(run) == (408 if end == "stalled" else 400)
    assert phone.head(PATH).headers["upload-offset"] == "30000"


def _cookie(browser: TestClient) -> bytes:
    return "; ".join(f"{name}={value}" for name, value in browser.cookies.items()).encode()
