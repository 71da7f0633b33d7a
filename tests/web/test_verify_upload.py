"""PUT /api/verify: a bundle is checked and gone; strangers, what is too large and a second one at once are refused."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from survey.bundle.signature import fingerprint, public_line
from survey.bundle.verify import Verification, verify
from survey.domain.problems import STORAGE_UNUSABLE, Problem
from survey.web import verify_upload
from survey.wiring import Survey
from tests.bundle.sealed import INSTANCE, KEY, OTHER_KEY, PHOTOS, Members, head_of, log_of, payload_of, sealed, write
from tests.web.conftest import Client

FIRST = next(iter(PHOTOS))
PRINT, OTHER_PRINT = (fingerprint(public_line(key.public_key())) for key in (KEY, OTHER_KEY))
HEAD = head_of(log_of(list(PHOTOS.values()), of_instances=[payload_of()[INSTANCE]]))


@pytest.fixture
def whole() -> Members:
    """The files of a bag with nothing wrong."""
    return sealed(payload_of())


@pytest.fixture
def reviewer(client: Client) -> TestClient:
    """A reviewer's browser, in English."""
    browser = client("reviewer")
    browser.headers |= {"accept": "application/json", "accept-language": "en"}
    return browser


def _left(survey: Survey) -> list[Path]:
    return [path for path in survey.settings.data.rglob("*") if path.is_file() and path.stat().st_size > 30_000 and path.suffix == ""]


def _content(tmp_path: Path, members: Members) -> bytes:
    return write(tmp_path / "bag.zip", members).read_bytes()


def test_whole_bundle(reviewer: TestClient, survey: Survey, whole: Members, tmp_path: Path) -> None:
    """By its key and a known head it is whole; nothing of it stays on the server."""
    answer = reviewer.put("/api/verify", params={"fingerprint": PRINT, "head": HEAD}, content=_content(tmp_path, whole))

    said = answer.json()
    assert (answer.status_code, said["tone"], said["faults"], said["notices"]) == (200, "good", [], [])
    assert said["sentence"].endswith("The known head is in its log.")
    assert ["Signed with the key", PRINT] in said["facts"]
    assert answer.headers["cache-control"] == "no-store"
    assert _left(survey) == []


@pytest.mark.parametrize(
    ("query", "tone", "codes"),
    [
        ({}, "open", []),
        ({"fingerprint": OTHER_PRINT}, "bad", ["SIGNER_WRONG"]),
        ({"head": f"99 {'0' * 64}"}, "bad", ["LOG_OLDER"]),
    ],
    ids=range(3),
)
def test_what_the_person_knows(
    reviewer: TestClient, whole: Members, tmp_path: Path, query: dict[str, str], tone: str, codes: list[str]
) -> None:
    """Without anything to compare it is open whose key it is; another key, or a head that is not there, is a fault."""
    said = reviewer.put("/api/verify", params=query, content=_content(tmp_path, whole)).json()

    assert (said["tone"], [fault["code"] for fault in said["faults"]]) == (tone, codes)


def test_faults_speak_the_language_of_the_page(reviewer: TestClient, survey: Survey, whole: Members, tmp_path: Path) -> None:
    """Each with path, meaning and what to do; a faulty bundle is removed like a whole one."""
    whole[FIRST] += b"!"
    content = _content(tmp_path, whole)
    english = reviewer.put("/api/verify", content=content).json()["faults"][-1]
    vietnamese = reviewer.put("/api/verify", content=content, headers={"accept-language": "vi"}).json()["faults"][-1]

    assert (english["code"], english["place"], english["meaning"]) == ("CHANGED", FIRST, "The file's content was changed.")
    assert (vietnamese["meaning"], vietnamese["advice"]) == (
        "Nội dung tệp đã bị thay đổi.", "Không dùng tệp này làm minh chứng; hãy xin lại hồ sơ."
    )  # fmt: skip
    assert _left(survey) == []


def test_what_is_no_bundle(reviewer: TestClient) -> None:
    """Anything else is answered as such, an empty body too."""
    for content in (b"", b"no zip"):
        assert reviewer.put("/api/verify", content=content).json()["faults"][0]["code"] == "NOT_A_ZIP"


@pytest.mark.parametrize(("login", "status"), [(None, 401), ("inspector", 403), ("coordinator", 200)])
def test_who_may(client: Client, whole: Members, tmp_path: Path, login: str | None, status: int) -> None:
    """Who sees the figures; nobody without an account."""
    browser = client(login) if login else client()

    assert browser.put("/api/verify", content=_content(tmp_path, whole)).status_code == status
    assert browser.get("/api/verify/x").status_code == status


def test_another_site_cannot_send(reviewer: TestClient) -> None:
    """A page elsewhere that makes the browser send is refused."""
    assert reviewer.put("/api/verify", content=b"", headers={"sec-fetch-site": "cross-site"}).status_code == 403


def test_head_without_sense(reviewer: TestClient) -> None:
    """A head that is none is said, not ignored."""
    assert reviewer.put("/api/verify", params={"head": "abc"}, content=b"").json()["code"] == "QUERY_UNUSABLE"


def test_too_large_is_refused_before_it_comes(reviewer: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its announced length, by the room on the disk, and without any length."""
    monkeypatch.setattr(verify_upload, "LARGEST", 1000)
    assert reviewer.put("/api/verify", content=bytes(1001)).json()["code"] == "FILE_TOO_LARGE"
    assert reviewer.put("/api/verify", content=iter([b"x"])).json()["code"] == "FILE_TOO_LARGE"
    monkeypatch.setattr(verify_upload, "_KEPT_FREE", 1 << 60)
    assert reviewer.put("/api/verify", content=b"x").json()["code"] == "CHECK_HAS_NO_ROOM"


def test_one_at_a_time(reviewer: TestClient, whole: Members, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second one of the same person waits its turn; afterwards there is a place again, and progress is told meanwhile."""
    content = _content(tmp_path, whole)
    told: list[object] = []
    check = verify

    def checking(path: Path, **known: Any) -> Verification:
        known["progress"](5, 10)
        told.append(reviewer.get("/api/verify/mine").json())
        told.append(reviewer.put("/api/verify", content=content).json()["code"])
        return check(path, **known)

    monkeypatch.setattr(verify_upload, "verify", checking)
    first = threading.Thread(target=lambda: told.append(reviewer.put("/api/verify?token=mine", content=content).status_code))
    first.start()
    first.join()
    assert told == [{"done": 5, "total": 10}, "CHECKS_BUSY", 200]
    monkeypatch.setattr(verify_upload, "verify", check)
    assert reviewer.put("/api/verify", content=content).status_code == 200
    assert reviewer.get("/api/verify/mine").json() == {"done": 0, "total": 0}


def test_file_is_removed_when_the_check_breaks(
    reviewer: TestClient, survey: Survey, whole: Members, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever happens, nothing stays, and the place is given back."""

    def broken(*_arguments: object, **_known: object) -> Iterator[None]:
        raise Problem(STORAGE_UNUSABLE, reason="disk")

    monkeypatch.setattr(verify_upload, "verify", broken)
    assert reviewer.put("/api/verify", content=_content(tmp_path, whole)).status_code == 507
    assert _left(survey) == []
    assert not verify_upload._checking
