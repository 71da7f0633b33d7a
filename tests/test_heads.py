"""What is made known outside: the log's head day by day, and seals to a time authority; nothing waits for the network."""

import json
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType

import pytest

from survey import heads, signing
from survey.bundle.sending import MOST_ANSWER, UnsentError, send
from survey.bundle.timestamp import UnusableTokenError, question, stamped_at
from survey.domain import problems
from survey.domain.canonical import dumps, sha256_hex
from survey.domain.people import Actor
from survey.domain.problems import Problem
from survey.domain.signing import HEAD, allowed_line
from survey.domain.times import local_date, to_text
from survey.heads import posting
from survey.store.events import select_head
from survey.store.head_posts import select_timestamp, select_unposted, select_unstamped
from survey.store.jobs import select_job
from survey.wiring import Settings, Survey, open_survey
from tests.conftest import COMMUNE, seed


@pytest.fixture(params=["sqlite", "postgres"])
def deployment(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Survey]:
    """A deployment on each engine."""
    database = "sqlite" if request.param == "sqlite" else request.getfixturevalue("postgres_url")()
    opened = open_survey(Settings(data=tmp_path / "data", database=database))
    seed(opened.store)
    with opened.transaction() as tx:
        tx.log(COMMUNE, "commune.established", {"demonstration": False})
    yield opened
    opened.store.close()


@dataclass
class Receiver:
    """A real server on this machine: what came, and how it answers."""

    address: str
    bodies: list[bytes] = field(default_factory=list)
    answer: Callable[["Receiver", BaseHTTPRequestHandler], None] = lambda _receiver, handler: _say(handler, 200, b"da nhan")


def _say(handler: BaseHTTPRequestHandler, status: int, content: bytes, headers: MappingProxyType[str, str] = MappingProxyType({})) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content)


@contextmanager
def _receiving() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            receiver.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            receiver.answer(receiver, self)

        def log_message(self, *_given: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver = Receiver(f"http://127.0.0.1:{server.server_port}/heads")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that takes what comes."""
    with _receiving() as opened:
        yield opened


def _unposted(survey: Survey) -> list[str]:
    with survey.reading() as reader:
        return [row["commune"] for row in select_unposted(reader, local_date(survey.now()))]


def test_a_head_is_posted_once_a_day_and_its_receiver_can_check_it(
    deployment: Survey, receiver: Receiver, coordinator: Actor, tmp_path: Path
) -> None:
    """With ssh-keygen alone, over the four lines that the documentation names."""
    signer = signing.sealer(deployment)
    with deployment.reading() as reader:
        seq, digest = select_head(reader, COMMUNE)

    assert heads.ask_to_post(deployment)
    assert heads.post_waiting(deployment, signer, receiver.address + "?token=secret") == 1
    assert heads.post_waiting(deployment, signer, receiver.address) == 0
    assert not heads.ask_to_post(deployment)

    (body,) = [json.loads(content) for content in receiver.bodies]
    (kept,) = heads.posted(deployment, coordinator)
    assert (body["commune"], body["seq"], body["hash"], body["fingerprint"]) == (COMMUNE, seq, digest, signer.fingerprint)
    assert (kept.seq, kept.hash, kept.address, kept.answer) == (seq, digest, receiver.address, "200 da nhan")
    assert kept.posted_at is not None
    (tmp_path / "sig").write_text(body["signature"])
    (tmp_path / "allowed").write_text(allowed_line(COMMUNE, signer.key, (HEAD,)) + "\n")
    command = f"printf '%s\\n' {body['commune']} {body['seq']} {body['hash']} {body['at']} |"
    command += f" ssh-keygen -Y verify -f allowed -I xa-{COMMUNE} -n {HEAD} -s sig"
    assert _passes(command, tmp_path)
    assert not _passes(command.replace(digest, "0" * 64), tmp_path)


def _passes(command: str, folder: Path) -> bool:
    return subprocess.run(["bash", "-c", command], cwd=folder, check=False, capture_output=True).returncode == 0


def _hang(_receiver: Receiver, _handler: BaseHTTPRequestHandler) -> None:
    time.sleep(3)


def _drip(_receiver: Receiver, handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for _ in range(100):
        handler.wfile.write(b"X: y\r\n")
        handler.wfile.flush()
        time.sleep(0.1)


def _drop(_receiver: Receiver, handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


FAILURES: dict[str, Callable[[Receiver, BaseHTTPRequestHandler], None]] = {
    "500": lambda _receiver, handler: _say(handler, 500, b"loi\x1b[31m" * 1000),
    "hangs": _hang,
    "drips": _drip,
    "drops": _drop,
}


@pytest.mark.parametrize("failure", FAILURES)
def test_what_is_not_taken_is_kept_as_such_and_tried_again(
    deployment: Survey, receiver: Receiver, coordinator: Actor, failure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A short answer, nothing that a terminal would obey; the next hour's post is the head of that hour."""
    monkeypatch.setattr(posting, "send", partial(send, silent_s=0.5, longest_s=1.0))
    good, receiver.answer = receiver.answer, FAILURES[failure]
    signer = signing.sealer(deployment)

    with pytest.raises(Problem) as caught:
        heads.post_waiting(deployment, signer, receiver.address)
    (failed,) = heads.posted(deployment, coordinator)
    waiting = heads.ask_to_post(deployment)
    with deployment.transaction() as tx:
        tx.log(COMMUNE, "round.added", {"round": "1"})
    receiver.answer = good

    assert caught.value.kind is problems.HEAD_NOT_TAKEN
    assert (failed.posted_at, waiting, len(failed.answer) <= 200) == (None, True, True)
    assert failed.answer.isprintable()
    assert heads.post_waiting(deployment, signer, receiver.address) == 1
    (taken,) = heads.posted(deployment, coordinator)
    assert (taken.seq, taken.posted_at is not None) == (failed.seq + 1, True)
    with deployment.reading() as reader:
        assert select_job(reader, "", heads.POST_JOB, "all") is not None


def test_a_redirect_is_not_followed(survey: Survey, receiver: Receiver) -> None:
    """Whoever gets hold of the receiver's address must not turn the server against another machine."""
    with survey.transaction() as tx:
        tx.log(COMMUNE, "commune.established", {})
    with _receiving() as elsewhere:
        to = MappingProxyType({"Location": elsewhere.address})
        receiver.answer = lambda _receiver, handler: _say(handler, 307, b"", to)
        with pytest.raises(Problem):
            heads.post_waiting(survey, signing.sealer(survey), receiver.address)

    assert elsewhere.bodies == []
    assert _unposted(survey) == [COMMUNE]


def test_nobody_there_is_said(receiver: Receiver) -> None:
    """A closed port, and a name that is none."""
    with _receiving() as gone:
        address = gone.address
    for nowhere in (address, "http://localhost:1/", "https://127.0.0.1:1/x"):
        with pytest.raises(UnsentError):
            send(nowhere, b"", "text/plain")


def test_an_endless_answer_is_cut(receiver: Receiver) -> None:
    """No more of it is read."""
    receiver.answer = lambda _receiver, handler: _say(handler, 200, b"x" * 1_000_000)

    assert len(send(receiver.address, b"x", "text/plain").content) == MOST_ANSWER


def test_who_may_not_export_sees_no_posts(survey: Survey, reviewer: Actor) -> None:
    """Nor the address."""
    with pytest.raises(Problem) as caught:
        heads.posted(survey, reviewer)

    assert caught.value.kind is problems.NOT_ALLOWED


@pytest.mark.parametrize(
    ("name", "value", "good"),
    [
        ("SURVEY_HEADS_POST", "https://example.org/heads?x=1", True),
        ("SURVEY_HEADS_POST", "http://localhost:8080/", True),
        ("SURVEY_HEADS_POST", "http://[::1]:8080/", True),
        ("SURVEY_HEADS_POST", "http://example.org/", False),
        ("SURVEY_HEADS_POST", "https://user:secret@example.org/", False),
        ("SURVEY_HEADS_POST", "https://example.org:99999/", False),
        ("SURVEY_HEADS_POST", "https://example.org/a b", False),
        ("SURVEY_HEADS_POST", "file:///etc/passwd", False),
        ("SURVEY_TIMESTAMP_URL", "http://tsa.example.org/tsr", True),
        ("SURVEY_TIMESTAMP_URL", "ftp://tsa.example.org/", False),
    ],
)
def test_addresses_are_checked_at_the_start(name: str, value: str, good: bool) -> None:
    """A head goes out encrypted; a token is signed by itself and may come plainly, as many authorities offer it."""
    if good:
        settings = Settings.from_env({name: value})
        assert value in (settings.heads_post, settings.timestamp_url)
        return
    with pytest.raises(Problem) as caught:
        Settings.from_env({name: value})
    assert "secret" not in caught.value.sentence("en")


@dataclass(frozen=True)
class Authority:
    """A time authority made of openssl's own."""

    folder: Path

    def answer(self, query: bytes) -> bytes:
        """Its answer on a query."""
        (self.folder / "query.tsq").write_bytes(query)
        self._openssl("ts", "-reply", "-config", "ts.cnf", "-queryfile", "query.tsq", "-out", "reply.tsr")
        return (self.folder / "reply.tsr").read_bytes()

    def make(self) -> None:
        """Root, signer and configuration."""
        (self.folder / "ts.cnf").write_text(_TS_CONFIG)
        (self.folder / "serial").write_text("01\n")
        new = ("req", "-nodes", "-newkey")
        self._openssl(*new, "ed25519", "-x509", "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=Root")
        self._openssl(*new, "rsa:2048", "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=TSA")
        (self.folder / "ext").write_text("extendedKeyUsage=critical,timeStamping\n")
        signing = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "ext")
        self._openssl("x509", "-req", "-in", "tsa.csr", *signing, "-out", "tsa.pem")

    def _openssl(self, *arguments: str) -> str:
        return subprocess.run(["openssl", *arguments], cwd=self.folder, capture_output=True, text=True, check=True).stdout


_TS_CONFIG = """[tsa]
default_tsa = one
[one]
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
certs = ca.pem
default_policy = 1.2.3.4.1
signer_digest = sha256
digests = sha256
"""


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """A time authority."""
    folder = tmp_path / "tsa"
    folder.mkdir()
    made = Authority(folder)
    made.make()
    return made


TAG_MANIFEST = b"00  bagit.txt\n"


def _sealed(survey: Survey, bags: int = 1) -> None:
    with survey.transaction() as tx:
        tx.execute(
            "INSERT INTO bundle (commune, bundle, basis, files, size, person, created_at)"
            " VALUES (:commune, 'b', :basis, 0, 0, 'p-coordinator', :at)",
            commune=COMMUNE, basis=dumps({}), at=to_text(survey.now()),
        )  # fmt: skip
        for number in range(1, bags + 1):
            tx.execute(
                "INSERT INTO bundle_bag (commune, bundle, number, name, size, files, layout, tag_manifest)"
                " VALUES (:commune, 'b', :number, 'bag.zip', 1, 1, '', :tag_manifest)",
                commune=COMMUNE, number=number, tag_manifest=sha256_hex(TAG_MANIFEST),
            )  # fmt: skip


def test_a_sealed_bag_gets_its_token_and_openssl_verifies_it(deployment: Survey, receiver: Receiver, authority: Authority) -> None:
    """A real authority behind a real server; its own root certificate; another file is refused."""
    _sealed(deployment, bags=2)
    receiver.answer = lambda _receiver, handler: _say(handler, 200, authority.answer(receiver.bodies[-1]))

    assert heads.ask_to_stamp(deployment)
    assert heads.stamp_waiting(deployment, receiver.address) == 2
    assert heads.stamp_waiting(deployment, receiver.address) == 0
    assert not heads.ask_to_stamp(deployment)

    with deployment.reading() as reader:
        kept = select_timestamp(reader, COMMUNE, "b", 2)
    assert kept is not None
    token, name, at = kept
    assert name == "127.0.0.1"
    assert abs(at - deployment.now()) < timedelta(minutes=1)
    (authority.folder / "bag.tsr").write_bytes(token)
    (authority.folder / "tag").write_bytes(TAG_MANIFEST)
    command = ["openssl", "ts", "-verify", "-in", "bag.tsr", "-data", "tag", "-CAfile", "ca.pem"]
    assert subprocess.run(command, cwd=authority.folder, check=False, capture_output=True).returncode == 0
    (authority.folder / "tag").write_bytes(TAG_MANIFEST + b"x")
    assert subprocess.run(command, cwd=authority.folder, check=False, capture_output=True).returncode != 0


def test_an_answer_to_another_question_is_refused(authority: Authority) -> None:
    """One that was recorded earlier, on the same hash or on another; a refusal; and no answer at all."""
    asked = question(sha256_hex(TAG_MANIFEST))
    good = authority.answer(asked.der())

    assert stamped_at(asked, good)
    for other, answer in [
        (question(sha256_hex(TAG_MANIFEST)), good),
        (type(asked)(bytes(32), asked.nonce), good),
        (asked, bytes.fromhex("30053003020102")),
        (asked, b""),
        (asked, b"<html>"),
        (asked, good[:-20]),
    ]:
        with pytest.raises(UnusableTokenError):
            stamped_at(other, answer)


@pytest.mark.parametrize("nonce", [0, 1, 0x7F, 0x80, 0xFF, 2**63, 2**64 - 1])
def test_every_number_is_asked_in_a_form_that_openssl_reads(authority: Authority, nonce: int) -> None:
    """Leading zeros and signs of DER."""
    asked = type(question("00" * 32))(bytes(32), nonce)

    assert stamped_at(asked, authority.answer(asked.der()))


def test_a_token_comes_later_and_stops_nothing(survey: Survey, receiver: Receiver, authority: Authority) -> None:
    """While the authority is away the bag stays as it is; after ninety days nobody asks any more."""
    _sealed(survey)
    receiver.answer = lambda _receiver, handler: _say(handler, 503, b"")
    with pytest.raises(Problem) as caught:
        heads.stamp_waiting(survey, receiver.address)
    receiver.answer = lambda _receiver, handler: _say(handler, 200, authority.answer(receiver.bodies[-1]))

    assert caught.value.kind is problems.TIMESTAMP_FAILED
    assert heads.stamp_waiting(survey, receiver.address) == 1
    with survey.transaction() as tx:
        tx.execute("DELETE FROM bundle_timestamp")
        assert len(select_unstamped(tx, survey.now() - heads.stamping.PATIENCE, 9)) == 1
        assert select_unstamped(tx, survey.now() + timedelta(seconds=1), 9) == []
