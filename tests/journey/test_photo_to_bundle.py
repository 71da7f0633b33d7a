"""From a photo at a gate to a sealed bundle: real bytes over HTTP, through a live server, to a bag that strangers accept.

The best introduction to the code: each step names the verb that it goes through.
"""

import hashlib
import http.client
import json
import subprocess
import uuid
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import bagit

from survey import assess, review
from survey.commands import main, operator
from survey.domain.places import Hamlet
from survey.domain.sites import Site, SiteKind
from survey.domain.submissions import State
from survey.domain.verdicts import Outcome
from survey.establish import establish
from survey.forms.capture_block import CaptureBlock
from survey.forms.render import render_instance
from survey.store.check import find_faults
from survey.store.forms import select_forms, select_tree
from survey.store.places import insert_hamlet
from survey.store.sites import insert_site
from survey.store.submissions import select_submission
from survey.wiring import Settings, Survey, open_survey
from tests.conftest import COMMUNE
from tests.live import LiveServer
from tests.receive.conftest import jpeg

FENCES = ((20, 18), (30, 20), (10, 4))  # metres, of which green: 42 of 60 m are 70 %


def test_photo_to_bundle(tmp_path: Path) -> None:
    """Three fences are photographed, sent, accepted and judged; the bundle holds the very bytes, and stock tools accept it."""
    walk(Settings(data=tmp_path / "data"), tmp_path)


def walk(settings: Settings, folder: Path) -> None:
    """The whole way, on the engines of *settings*, which the environment names as well; bundles go to *folder*."""
    survey = commune(settings)
    photos = {f"{number}.jpg": jpeg(colour) for number, colour in enumerate(("green", "olive", "darkgreen"))}
    with LiveServer(settings.data, environment={"SURVEY_WORKERS": "1"}) as server:
        phone = Phone(server.url, server.cookie("inspector"))
        sent = [_send(survey, phone, number, photo) for number, photo in enumerate(photos.items())]
        assert phone.get(f"/photos/{hashlib.sha256(photos['0.jpg']).hexdigest()}/original") == photos["0.jpg"]

    reviewer = operator(COMMUNE)  # review: a person decides
    for instance_id in sent:
        review.decide(survey, reviewer, instance_id, State.ACCEPTED, expected_version=_version(survey, instance_id))

    verdicts = assess.assess(survey, reviewer, edition="ha-tinh-kdc-kieu-mau", hamlet="18844-h01")  # assess: rules decide
    fences = next(verdict for verdict in verdicts if verdict.criterion == "3")
    by_metres = next(basis for basis in fences.basis if basis.unit == "share" and basis.denominator == 60)
    assert (by_metres.numerator, by_metres.outcome) == (42, Outcome.MET)
    assert set(by_metres.submissions) == set(sent)

    bundle = folder / "bundle.zip"  # deliver: the council gets it
    assert main(["export", "--out", str(bundle), "--data", str(settings.data)]) == 0
    assert main(["verify", str(bundle)]) == 0
    _check_as_a_stranger(bundle, folder / "unpacked", photos)
    with survey.reading() as reader:
        assert list(find_faults(reader, survey.blobs)) == []


def commune(settings: Settings) -> Survey:
    """A deployment with one hamlet and a house for each fence."""
    survey = open_survey(settings)
    establish(survey, survey.settings.schema, COMMUNE)
    now = datetime.now(UTC)
    with survey.transaction() as tx:
        insert_hamlet(tx, Hamlet(COMMUNE, "18844-h01", "Thôn thử", now.date().replace(day=1)))
        for number in range(len(FENCES)):
            insert_site(
                tx, Site(COMMUNE, _site(number), SiteKind.HOUSEHOLD, f"HO-{number}", f"Hộ thử {number}", "18844-h01", 18.05, 106.1), at=now
            )
    return survey


def _site(number: int) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"site-{number}"))


def _send(survey: Survey, phone: "Phone", number: int, photo: tuple[str, bytes]) -> str:
    """Receive: the photo first, then its form, as a hurried phone does."""
    name, content = photo
    instance_id = f"uuid:{uuid.uuid4()}"
    xml = filled(survey, number, instance_id, name)
    receipt = phone.put(f"/api/submissions/{instance_id}/photos/{name}", content)
    assert receipt["sha256"] == hashlib.sha256(content).hexdigest()
    assert phone.put(f"/api/submissions/{instance_id}", xml)["missing"] == []
    return instance_id


def filled(survey: Survey, number: int, instance_id: str, photo: str) -> bytes:
    """The fence form of house *number* as the phone fills it, naming one photo."""
    with survey.reading() as reader:
        form = next(form for form in select_forms(reader, COMMUNE) if form.form == "household_fence")
        tree = select_tree(reader, COMMUNE, form.form, form.version)
    assert tree is not None
    total, green = FENCES[number]
    answers = {"photo_1": photo, "total_m": total, "green_m": green}
    now = datetime.now(UTC).isoformat()
    return render_instance(
        tree, answers, {"instanceID": instance_id, "timeStart": now, "timeEnd": now}, CaptureBlock(site=_site(number), hamlet="18844-h01")
    )


class Phone:
    """HTTP as the field client speaks it."""

    def __init__(self, url: str, cookie: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
        self._headers = {"Cookie": f"survey_session={cookie}", "Origin": url}

    def put(self, path: str, body: bytes) -> dict[str, object]:
        """Send *body*; it must be taken."""
        kind = "text/xml" if body.startswith(b"<") else "image/jpeg"
        self._connection.request("PUT", path, body, {**self._headers, "Content-Type": kind})
        answer = self._connection.getresponse()
        content = json.loads(answer.read())
        assert answer.status == http.HTTPStatus.CREATED, content
        return dict(content)

    def get(self, path: str) -> bytes:
        """What lies at *path*."""
        self._connection.request("GET", path, headers=self._headers)
        return self._connection.getresponse().read()


def _version(survey: Survey, instance_id: str) -> int:
    with survey.reading() as reader:
        submission = select_submission(reader, COMMUNE, instance_id)
    assert submission is not None
    return submission.state_version


def _check_as_a_stranger(bundle: Path, folder: Path, photos: dict[str, bytes]) -> None:
    """`unzip -t`, the public bagit library, and the photos' own bytes."""
    subprocess.run(["unzip", "-tq", str(bundle)], check=True)
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(folder)
    (bag,) = folder.iterdir()
    bagit.Bag(str(bag)).validate()
    kept = {path.read_bytes() for path in (bag / "data" / "anh").rglob("*.jpg")}
    assert kept == set(photos.values())
    assert "Thôn thử" in (bag / "data" / "bao-cao" / "index.html").read_text()
