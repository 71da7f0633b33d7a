"""A real server that is killed at random moments while phones hand in their work, and what became of all that it had acknowledged."""

import hashlib
import http.client
import io
import json
import os
import random
import threading
import time
import uuid
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image

from survey.establish import establish
from survey.store.check import find_faults
from survey.store.forms import select_forms
from survey.wiring import Settings, open_survey
from tests.live import LiveServer

_INSTANCE = (
    '<data id="household_fence" version="{version}"><photo_1>a.jpg</photo_1><total_m>20</total_m><green_m>15</green_m>'
    '<photo_2>b.jpg</photo_2><meta xmlns="http://openrosa.org/xforms"><instanceID>{id}</instanceID></meta></data>'
)
_LONGEST_LIFE_S = 2.0  # of a server between two kills, from its first answer on
_PHONES = 4


@dataclass
class Phones:
    """Phones that send visits with two photos until they are stopped, each thing again until it is acknowledged."""

    url: str
    cookie: str
    version: str
    submissions: set[str] = field(default_factory=set)
    photos: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)
    _stopped: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """Begin to send."""
        self._threads = [threading.Thread(target=self._send_visits) for _ in range(_PHONES)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let every phone end the request that it is in."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _send_visits(self) -> None:
        while not self._stopped.is_set():
            key, photos = f"uuid:{uuid.uuid4()}", {name: photo() for name in ("a.jpg", "b.jpg")}
            instance = _INSTANCE.format(version=self.version, id=key).encode()
            if self._put(f"/api/submissions/{key}", instance):
                self.submissions.add(key.removeprefix("uuid:"))
            for name, content in photos.items():
                if self._put(f"/api/submissions/{key}/photos/{name}", content):
                    self.photos.add(hashlib.sha256(content).hexdigest())

    def _put(self, path: str, body: bytes) -> bool:
        """Send *body* until it is acknowledged; false where the phones were stopped before."""
        while not self._stopped.is_set():
            connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=30)
            try:
                connection.request("PUT", path, body, {"Cookie": f"survey_session={self.cookie}", "Origin": self.url})
                answer = connection.getresponse()
                content = answer.read()
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
                continue
            finally:
                connection.close()
            if answer.status == HTTPStatus.CREATED:
                return bool(json.loads(content))
            if answer.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                self.refused.append(f"{answer.status} {content[:200]!r}")
                return False
        return False


@dataclass(frozen=True)
class Outcome:
    """What was acknowledged, what of it is lost, what `check-store` names, what was refused, and the rows that are there twice."""

    kills: int
    submissions: int
    photos: int
    lost: list[str]
    faults: list[str]
    refused: list[str]


def photo() -> bytes:
    """A JPEG like no other, in few bytes."""
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize((320, 320)).save(buffer, "JPEG", comment=os.urandom(16).hex())
    return buffer.getvalue()


def make_office(data: Path) -> str:
    """A commune in *data*; returns the version of its checklist of fences."""
    survey = open_survey(Settings(data=data))
    establish(survey, survey.settings.schema, "18844")
    with survey.reading() as reader:
        version = next(form.version for form in select_forms(reader, "18844") if form.form == "household_fence")
    survey.store.close()
    return version


def kill_under_load(data: Path, kills: int, seed: int, **environment: str) -> Outcome:
    """Kill a server over *data* at *kills* random moments while phones send, and look at what is left."""
    chance = random.Random(seed)  # noqa: S311 - the same moments each time
    version = make_office(data)
    server = LiveServer(data, environment=environment)
    phones = Phones(server.url, server.cookie("inspector"), version)
    phones.start()
    try:
        for _ in range(kills):
            server.start()
            time.sleep(chance.uniform(0, _LONGEST_LIFE_S))
            server.kill()
        server.start()
        time.sleep(_LONGEST_LIFE_S)
    finally:
        phones.stop()
        server.stop()
    return _look(Settings.from_env({**environment, "SURVEY_DATA": str(data)}), phones, kills)


def _look(settings: Settings, phones: Phones, kills: int) -> Outcome:
    survey = open_survey(settings)
    with survey.reading() as reader:
        faults = [f"{fault.code} {fault.subject}" for fault in find_faults(reader, survey.blobs)]
        kept = {str(row["submission"]).removeprefix("uuid:") for row in reader.rows("SELECT submission FROM submission")}
        named = {str(row["sha256"]) for row in reader.rows("SELECT sha256 FROM attachment WHERE sha256 IS NOT NULL")}
    lost = sorted(phones.submissions - kept) + sorted(phones.photos - named) + sorted(phones.photos - set(survey.blobs.hashes()))
    survey.store.close()
    return Outcome(kills, len(phones.submissions), len(phones.photos), lost, faults, phones.refused)
