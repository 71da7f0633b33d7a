"""ODK Collect against the real server, from enrolment by command to a reviewer who sees the photos; on both engines."""

import base64
import csv
import hashlib
import io
import json
import os
import subprocess
import sys
import urllib.request
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest

from survey import devices
from survey.domain.forms import CompiledForm
from survey.store.forms import insert_form
from survey.store.sites import insert_sites
from survey.wiring import ROOT
from tests.conftest import COMMUNE, PHOTOS, seed
from tests.live import LiveServer
from tests.openrosa.collect import Collect
from tests.openrosa.conftest import NEAR, SITES
from tests.openrosa.filled import filled, jpeg, new_id

_NAMES = {"photo_1": "1732331488123.jpg", "photo_waste": "1732331502456.jpg", "photo_latrine": "1732331533000.jpg"}


@dataclass
class Deployment:
    """A running server and what the command said of the phone that it enrolled."""

    server: LiveServer
    enrolled: dict[str, str]
    http: httpx2.Client

    @property
    def collect(self) -> Collect:
        """ODK Collect, set up by the text of the QR code."""
        settings = json.loads(zlib.decompress(base64.b64decode(self.enrolled["collect_settings"])))
        assert {"general", "admin", "project"} <= settings.keys()
        return Collect(self.http, settings["general"]["server_url"])


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def deployment(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, checklists: list[tuple[CompiledForm, bytes]]
) -> Iterator[Deployment]:
    """A server with checklists, register and one enrolled phone."""
    environment = {} if request.param == "sqlite" else {"SURVEY_DATABASE": request.getfixturevalue("postgres_url")()}
    server = LiveServer(tmp_path_factory.mktemp("openrosa"), environment=environment)
    environment["SURVEY_PUBLIC_URL"] = server.url
    survey = server.survey()
    seed(survey.store)
    with survey.transaction() as tx:
        for compiled, content in checklists:
            insert_form(tx, COMMUNE, compiled, content, datetime.now(UTC))
        insert_sites(tx, SITES, at=datetime.now(UTC))
    command = [sys.executable, "-m", "survey", "device", "enroll", "--user", "inspector", "--json", "--data", str(server.data)]
    said = subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=True).stdout
    with server, httpx2.Client(timeout=60) as http:
        yield Deployment(server, json.loads(said), http)


def _photos() -> list[bytes]:
    """Three photos from real phones, or drawn ones where none lie beside the project."""
    real = sorted((PHOTOS / "jpg" / "gps").glob("*.jpg"))[:3]
    return [path.read_bytes() for path in real] if len(real) == 3 else [jpeg(colour, (3000, 2000)) for colour in ("green", "olive", "teal")]


def test_from_the_qr_code_to_the_reviewer(deployment: Deployment) -> None:
    """List, form, manifest, register; three photos in three posts; the reviewer has them byte for byte; no log knows the token."""
    collect, survey = deployment.collect, deployment.server.survey()
    form = next(one for one in collect.forms() if one["formID"] == "household_environment")
    answer = collect.get(form["downloadUrl"])
    xform = answer.content
    [file] = collect.files(form)
    register = collect.get(file["downloadUrl"]).content
    [house] = csv.DictReader(io.StringIO(register.decode()))

    assert f"md5:{hashlib.md5(xform, usedforsecurity=False).hexdigest()}" == form["hash"]
    assert f"md5:{hashlib.md5(register, usedforsecurity=False).hexdigest()}" == file["hash"]
    assert len(answer.headers.get_list("date")) == 1
    assert house["name"] == NEAR
    assert b'<entity id="x"><deleted>true' in collect.get(f"{file['integrityUrl']}?id={NEAR},x").content
    key, photos = new_id(), dict(zip(_NAMES.values(), _photos(), strict=True))
    answers: dict[str, object] = {
        "site": house["name"], "waste_collected": "collected", "waste_sorted": "yes", "waste_water": "sanitary", "latrine": "sanitary",
        "livestock_shed": "no_livestock", **_NAMES,
    }  # fmt: skip
    xml = filled(survey, "household_environment", key, answers)
    sent = collect.send(xml, photos, limit=len(xml) + 1)
    assert [answer.status_code for answer in sent] == [201, 201, 201]

    http = httpx2.Client(cookies={"survey_session": deployment.server.cookie("reviewer")}, base_url=deployment.server.url)
    seen = http.get(f"/api/submissions/{key}").json()
    files = {one["name"]: one["sha256"] for one in http.get(f"/api/submissions/{key}/instance").json()["files"]}
    assert (seen["site"]["code"], seen["missing"], seen["state"]) == ("HO-0001", [], "received")
    assert {name: http.get(f"/photos/{sha256}/original").content for name, sha256 in files.items()} == photos
    assert deployment.enrolled["token"].partition(".")[2] not in deployment.server.log.read_text()


def test_twenty_identical_posts_at_once(deployment: Deployment) -> None:
    """One row, each answered 201 or 202, whichever engine."""
    survey, collect, key = deployment.server.survey(), deployment.collect, new_id()
    xml = filled(survey, "household_fence", key, {"site": NEAR, "total_m": 0, "photo_1": "a.jpg"})
    photo = jpeg("green", (2000, 1500))
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _number: collect.post(xml, {"a.jpg": photo}).status_code, range(20)))
    with survey.reading() as reader:
        rows = reader.rows("SELECT missing_files FROM submission WHERE submission = :key", key=key)
        kept = reader.rows("SELECT state FROM attachment WHERE submission = :key", key=key)

    assert set(answers) <= {201, 202}
    assert [row["missing_files"] for row in rows] == [0]
    assert [row["state"] for row in kept] == ["stored"]


def test_ten_corrections_at_once_leave_one(deployment: Deployment) -> None:
    """Two connections of PostgreSQL must not both find the original uncorrected."""
    survey, collect, first = deployment.server.survey(), deployment.collect, new_id()
    assert collect.post(filled(survey, "household_fence", first, {"total_m": 1, "green_m": 1}), {}).status_code == 201
    edits = [filled(survey, "household_fence", new_id(), {"total_m": number + 1}, corrects=first) for number in range(10)]
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda xml: collect.post(xml, {}).status_code, edits))

    assert sorted(answers) == [201] + [409] * 9


def test_another_digest_client_signs_in(deployment: Deployment) -> None:
    """The one of Python's standard library, with a query in the address."""
    passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    passwords.add_password(None, deployment.server.url, deployment.enrolled["username"], deployment.enrolled["token"])
    opener = urllib.request.build_opener(urllib.request.HTTPDigestAuthHandler(passwords))
    with opener.open(f"{deployment.server.url}/openrosa/formList?formID=household_fence", timeout=30) as answer:
        said = answer.read()

    assert b"<formID>household_fence</formID>" in said
    assert b"road_segment" not in said


def test_a_revoked_phone_is_shut_out_at_once(deployment: Deployment) -> None:
    """A second phone, revoked while the server runs, from another process."""
    survey = deployment.server.survey()
    enrolled = devices.enrol(survey, COMMUNE, "p-inspector", by=None, name="Máy mất")
    collect = Collect(deployment.http, f"{deployment.server.url}/key/{enrolled.token}/openrosa")
    assert collect.get(f"{collect.address}/formList").status_code == 200
    devices.revoke(survey, COMMUNE, enrolled.device, by=None)
    answers: list[Any] = [collect.get(f"{collect.address}/formList"), collect.post(b"<data/>", {})]

    assert [answer.status_code for answer in answers] == [403, 403]
