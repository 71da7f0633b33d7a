"""A photo of 5 MB over lines that break, to a server that is killed, stopped or doubled: it arrives, byte for byte, once."""

import base64
import hashlib
import http.client
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from survey.store.check import find_faults
from survey.wiring import Settings, Survey
from tests.journey.test_photo_to_bundle import commune
from tests.line import Line
from tests.live import LiveServer
from tests.receive.conftest import jpeg

_TRIES = 200


class Uploader:
    """A phone that sends one photo with HEAD and PATCH, however often it is cut off; *sent* counts the bytes of its bodies."""

    def __init__(self, urls: list[str], cookie: str) -> None:
        self.photo = jpeg("green") + os.urandom(5_000_000)
        self.submission = f"uuid:{uuid.uuid4()}"
        self.sent = self.cuts = 0
        self._urls, self._cookie = urls, cookie
        digest = base64.b64encode(hashlib.sha256(self.photo).digest()).decode()
        self._fields = {"Upload-Length": str(len(self.photo)), "Repr-Digest": f"sha-256=:{digest}:"}

    def send(self, *, piece: int = 5_100_000, between: Callable[[int], None] = lambda _offset: None) -> None:
        """Until the server says that it has the photo; *between* hears the offset before each piece."""
        for turn in range(_TRIES):
            try:
                offset = self.offset(turn)
                between(offset)
                if self._patch(turn, offset, piece) == 201:
                    return
            except (OSError, http.client.HTTPException):
                self.cuts += 1
                time.sleep(0.05)
        pytest.fail(f"not there after {_TRIES} tries")

    def offset(self, turn: int = 0) -> int:
        """How many bytes the server says it has."""
        answer = self._ask(turn, "HEAD", b"", {})
        assert answer.status == 200
        return int(answer.headers["Upload-Offset"])

    def _patch(self, turn: int, offset: int, piece: int) -> int:
        body = self.photo[offset : offset + piece]
        answer = self._ask(turn, "PATCH", body, {**self._fields, "Upload-Offset": str(offset)})
        assert answer.status in {201, 202, 409}, answer.read()
        self.sent += len(body)
        return answer.status

    def _ask(self, turn: int, method: str, body: bytes, fields: dict[str, str]) -> http.client.HTTPResponse:
        host = urlsplit(self._urls[turn % len(self._urls)]).netloc
        connection = http.client.HTTPConnection(host, timeout=20)
        headers = {"Cookie": f"survey_session={self._cookie}", "Sec-Fetch-Site": "same-origin", **fields}
        try:
            connection.request(method, f"/api/submissions/{self.submission}/photos/1.jpg", body, headers)
            answer = connection.getresponse()
            answer.read()
            return answer
        finally:
            connection.close()


def check_arrived(survey: Survey, phone: Uploader) -> None:
    """The photo is stored once, byte for byte, and nothing is left over."""
    sha256 = hashlib.sha256(phone.photo).hexdigest()
    with survey.reading() as reader:
        rows = reader.rows("SELECT submission, name, sha256 FROM attachment")
        assert [(row["submission"], row["name"], row["sha256"]) for row in rows] == [(phone.submission, "1.jpg", sha256)]
        assert list(find_faults(reader, survey.blobs)) == []
    assert b"".join(survey.blobs.read(sha256)) == phone.photo
    assert [path for path in (survey.settings.data / "incoming").rglob("*") if path.is_file()] == []


def test_a_photo_over_a_line_that_drops_every_200_kilobytes(tmp_path: Path) -> None:
    """Some 27 cuts later it is there, and hardly a byte was sent in vain."""
    survey = commune(Settings(data=tmp_path))
    with LiveServer(tmp_path) as server, Line(server.port, bytes_per_s=4_000_000, drop_every=200_000) as line:
        phone = Uploader([line.url], server.cookie("inspector"))
        phone.send()
        sent = line.sent

    check_arrived(survey, phone)
    assert phone.cuts >= 24
    assert sent < 1.25 * len(phone.photo)


def test_what_head_promised_is_there_after_a_kill(tmp_path: Path) -> None:
    """`kill -9` in the middle of a piece, three times: no offset that was told goes back, and the photo arrives."""
    survey = commune(Settings(data=tmp_path))
    promised: list[int] = []
    with LiveServer(tmp_path) as server, Line(server.port, bytes_per_s=4_000_000) as line:
        phone = Uploader([line.url], server.cookie("inspector"))

        def kill_later(offset: int) -> None:
            promised.append(offset)
            if len(promised) <= 3:
                threading.Timer(0.25, _kill_and_start, [server]).start()
            if len(promised) > 1 and offset == promised[-2]:
                time.sleep(0.3)  # the server is being started again

        phone.send(between=kill_later)

    assert promised == sorted(promised)
    assert len({offset for offset in promised if offset}) >= 2
    check_arrived(survey, phone)


def test_a_server_that_is_told_to_stop_keeps_what_came(tmp_path: Path) -> None:
    """SIGTERM in the middle of a piece that would take long: the server ends, and the bytes that came are there afterwards."""
    survey = commune(Settings(data=tmp_path))
    with LiveServer(tmp_path) as server:
        phone = Uploader([server.url], server.cookie("inspector"))
        half = socket.create_connection(("localhost", server.port))
        half.sendall(_head(phone) + phone.photo[:300_000])
        _wait(lambda: phone.offset() == 300_000)
        begun = time.monotonic()
        server.stop()
        assert time.monotonic() - begun < 15
        with suppress(OSError):
            half.close()
        server.start()
        assert phone.offset() == 300_000
        phone.send()

    check_arrived(survey, phone)


def test_pieces_that_go_to_two_servers_in_turn(tmp_path: Path) -> None:
    """Two processes on one data folder: each goes on where the other was cut off."""
    survey = commune(Settings(data=tmp_path))
    with (
        LiveServer(tmp_path) as one,
        LiveServer(tmp_path) as two,
        Line(one.port, bytes_per_s=8_000_000, drop_every=500_000) as first,
        Line(two.port, bytes_per_s=8_000_000, drop_every=300_000) as second,
    ):
        phone = Uploader([first.url, second.url], one.cookie("inspector"))
        phone.send(piece=700_000)

    check_arrived(survey, phone)
    assert phone.cuts >= 8


def _head(phone: Uploader) -> bytes:
    fields = {
        **phone._fields, "Host": "localhost", "Cookie": f"survey_session={phone._cookie}", "Sec-Fetch-Site": "same-origin",
        "Upload-Offset": "0", "Content-Length": str(len(phone.photo)),
    }  # fmt: skip
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"PATCH /api/submissions/{phone.submission}/photos/1.jpg HTTP/1.1\r\n{lines}\r\n".encode()


def _kill_and_start(server: LiveServer) -> None:
    server.kill()
    server.start()


def _wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
