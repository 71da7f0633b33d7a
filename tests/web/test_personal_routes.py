"""What is held about a person over HTTP: on paper and as a zip, for those who protect data; and the page for everybody."""

import io
import json
import zipfile

import pytest

from survey import receive
from survey.develop import develop
from survey.domain.people import Actor
from survey.privacy import set_contact
from survey.store.looks import LookFilters, select_looks
from survey.wiring import Survey
from tests.conftest import COMMUNE
from tests.receive.conftest import SITE, fence, jpeg, new_id, stage, stocked
from tests.web.conftest import Client

__all__ = ["stocked"]


@pytest.fixture
def sha256(stocked: Survey, inspector: Actor) -> str:
    """The photo of a home's one visit."""
    submission, staged = new_id(), stage(stocked, jpeg("olive"))
    receive.submission(stocked, inspector, fence(stocked, submission), door="field", files=[("a.jpg", staged)])
    develop(stocked, COMMUNE, submission)
    return staged.sha256


def test_the_zip_has_the_report_and_the_original(client: Client, stocked: Survey, sha256: str) -> None:
    """Byte for byte; who took it is in the access log by then."""
    answer = client("coordinator").get(f"/print/personal/site/{SITE}/zip")

    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        report = json.loads(archive.read("report.json"))
        (photo,) = (name for name in archive.namelist() if name.startswith("photos/"))
        assert archive.read(photo) == b"".join(stocked.blobs.read(sha256))
    assert report["code"] == "HO-0001"
    assert report["visits"][0]["files"][0]["sha256"] == sha256
    with stocked.reading() as reader:
        looks = select_looks(reader, COMMUNE, LookFilters(), limit=20)
    assert ("exported", "site", SITE) in {(row["act"], row["kind"], row["subject"]) for row in looks}


@pytest.mark.parametrize("path", [f"/print/personal/site/{SITE}", "/print/personal/person/p-inspector"])
def test_the_report_is_printed(client: Client, sha256: str, path: str) -> None:
    """A PDF that no cache keeps."""
    answer = client("coordinator").get(path)

    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF")
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("login", "status"), [(None, 401), ("inspector", 403), ("reviewer", 403)])
@pytest.mark.parametrize("end", ["", "/zip"])
def test_nobody_else_gets_it(client: Client, sha256: str, login: str | None, status: int, end: str) -> None:
    """Whether the home exists or not, the answer is the same."""
    for subject in (SITE, "none"):
        answer = client(login).get(f"/print/personal/site/{subject}{end}", headers={"accept": "application/json"})
        assert answer.status_code == status


def test_everybody_may_read_what_is_recorded_and_whom_to_ask(client: Client, stocked: Survey, coordinator: Actor) -> None:
    """Without an account, where the progress page is closed; what is not stated is said so, and nothing of a home is shown."""
    before = client(None).get(f"/public/{COMMUNE}/privacy?locale=vi")
    set_contact(stocked, coordinator, "Văn phòng UBND xã <b>", "x")
    after = client(None).get(f"/public/{COMMUNE}/privacy?locale=vi")

    assert before.status_code == after.status_code == 200
    assert "Xã chưa công bố nội dung này." in before.text
    assert "Văn phòng UBND xã &lt;b&gt;" in after.text
    assert "HO-0001" not in after.text
    assert client(None).get("/public/99999/privacy").status_code == 404
