"""Whether guessing passwords gets anywhere, and what others feel of it: 100 guesses a second for a minute against the real server.

    python benchmarks/guessing.py [--seconds 60] [--rate 100]

Three ways of guessing, each beside the same work without any: many logins from one address, one login (a real person's) from many
addresses, many logins from many addresses. Addresses come in X-Forwarded-For, as a proxy in front says them (FORWARDED_ALLOW_IPS).
The others are four people at once, each one request after another with a short rest: the light sign-in page, an inspector's API, a photo
uploaded, and a person who signs in with the right password in a browser that signed in before. The limit is the same work without
guesses: the median may be a fifth slower at most, and no guess may succeed. The guesser is a process of its own, below the others in
priority, as a stranger's computer would not be ours; what it takes of the same processors counts against us all the same, and is printed.
Rounds with and without guesses take turns, so that both see the same machine.
"""

import argparse
import asyncio
import base64
import hashlib
import json
import os
import secrets
import selectors
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import httpx2

from survey import accounts
from survey.domain.people import Role
from tests.live import LiveServer

COMMUNE = "18844"
PASSWORD = "con trâu là đầu cơ nghiệp"  # noqa: S105 - of two made-up people
MOST_RATIO = 1.2
REST_S = 0.25
PHOTO_BYTES = 200_000
LONGEST_WAIT_S = 90.0  # a place at the end of the narrow lane
WAYS = ("many logins, one address", "one login, many addresses", "many logins, many addresses")
Took = dict[str, list[float]]


@dataclass
class Guesses:
    """What became of all that was guessed, and what the guesser itself took of the processors."""

    answers: Counter[int] = field(default_factory=Counter)
    unanswered: int = 0
    cpu_s: float = 0.0

    def add(self, line: bytes) -> None:
        """Count one run of the guesser's process, which prints JSON."""
        told = json.loads(line)
        self.answers.update({int(status): count for status, count in told["answers"].items()})
        self.unanswered += told["unanswered"]
        self.cpu_s += told["cpu_s"]


class Guesser:
    """Sends guesses at a steady rate, each over a connection of its own, as plain bytes on bare sockets: it costs as little as one can."""

    def __init__(self, port: int, way: str, rate: int) -> None:
        self._port, self._way, self._rate = port, way, rate
        self._waiting = selectors.DefaultSelector()
        self.answers: Counter[int] = Counter()
        self.unanswered = 0

    def run(self, seconds: float) -> None:
        """Guess for so long, then wait for what is not answered yet."""
        begun, number = time.monotonic(), 0
        while number < seconds * self._rate:
            due = begun + number / self._rate - time.monotonic()
            self._hear(max(0.0, due))
            if due <= 0:
                self._guess(number)
                number += 1
        until = time.monotonic() + LONGEST_WAIT_S
        while self._waiting.get_map() and time.monotonic() < until:
            self._hear(1.0)
        self.unanswered += len(self._waiting.get_map())

    def _guess(self, number: int) -> None:
        try:
            line = socket.create_connection(("127.0.0.1", self._port), 5)
            line.sendall(self._request(number))
        except OSError:
            self.unanswered += 1
        else:
            self._waiting.register(line, selectors.EVENT_READ)

    def _hear(self, wait: float) -> None:
        """Take the answers that come within *wait* seconds."""
        for key, _ in self._waiting.select(wait):
            line = key.fileobj
            assert isinstance(line, socket.socket)  # noqa: S101 - for the type alone
            self._waiting.unregister(line)
            try:
                self.answers[int(line.recv(64).split()[1])] += 1
            except (OSError, IndexError):
                self.unanswered += 1
            line.close()

    def _request(self, number: int) -> bytes:
        login = "mai" if self._way.startswith("one login") else f"guess{number % 1000}"
        address = "203.0.113.7" if self._way.endswith("one address") else f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        body = f"login={login}&password=wrong-{secrets.token_hex(4)}&next=&locale="
        return (
            f"POST /sign-in HTTP/1.1\r\nHost: localhost:{self._port}\r\nOrigin: http://localhost:{self._port}\r\n"
            f"X-Forwarded-For: {address}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
            f"Connection: close\r\n\r\n{body}"
        ).encode()


async def others(server: LiveServer, lan: httpx2.AsyncClient, cookie: str, until: float) -> Took:
    """What four people wait for their answers, in seconds by what they do; *lan* is a browser that signed in before."""
    took: Took = defaultdict(list)
    async with asyncio.TaskGroup() as tasks:
        for name, call in (("page", page), ("API", api), ("upload", upload), ("sign-in", sign_in)):
            tasks.create_task(_repeat(took[name], server, call, until, cookie, lan))
    return took


async def _repeat(
    took: list[float], server: LiveServer, call: Callable[[httpx2.AsyncClient], Awaitable[None]], until: float, cookie: str,
    known: httpx2.AsyncClient,
) -> None:  # fmt: skip
    async with _person(server, cookie) as person:
        while time.monotonic() < until:
            begun = time.monotonic()
            await call(known if call is sign_in else person)
            took.append(time.monotonic() - begun)
            await asyncio.sleep(REST_S)


@asynccontextmanager
async def _person(server: LiveServer, cookie: str) -> AsyncIterator[httpx2.AsyncClient]:
    headers = {"Origin": server.url, "X-Forwarded-For": "192.0.2.11", "Cookie": f"survey_session={cookie}"}
    async with httpx2.AsyncClient(base_url=server.url, headers=headers, timeout=60) as person:
        yield person


async def page(person: httpx2.AsyncClient) -> None:
    """The light page of the field client."""
    expect(await person.get("/field/"), 200)


async def api(person: httpx2.AsyncClient) -> None:
    """The register that a phone fetches."""
    expect(await person.get("/api/register"), 200)


async def upload(person: httpx2.AsyncClient) -> None:
    """Bytes of a photo, synced to disk before the answer."""
    content = secrets.token_bytes(PHOTO_BYTES)
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    headers = {"Upload-Offset": "0", "Upload-Length": str(2 * PHOTO_BYTES), "Repr-Digest": f"sha-256=:{digest}:"}
    answer = await person.patch(f"/api/submissions/uuid:{uuid.uuid4()}/photos/a.jpg", content=content, headers=headers)
    expect(answer, 202)


async def sign_in(person: httpx2.AsyncClient) -> None:
    """Sign in with the right password."""
    expect(await person.post("/sign-in", data={"login": "lan", "password": PASSWORD}), 303)


def expect(answer: httpx2.Response, status: int) -> None:
    """Raise RuntimeError unless the answer is what a person needs."""
    if answer.status_code != status:
        raise RuntimeError(f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text[:300]}")


async def one_way(server: LiveServer, way: str, seconds: float, rate: int) -> tuple[Took, Took, Guesses]:
    """The people's waits without and with guesses, in turns of a third of the time each."""
    calm: Took = defaultdict(list)
    stormy: Took = defaultdict(list)
    guesses, turns, cookie = Guesses(), 3, server.cookie("inspector")
    command = [sys.executable, __file__, "--guess", way, "--port", str(server.port), "--rate", str(rate), "--seconds", str(seconds / turns)]
    headers = {"Origin": server.url, "X-Forwarded-For": "192.0.2.10"}
    async with httpx2.AsyncClient(base_url=server.url, headers=headers, timeout=60) as lan:
        await sign_in(lan)
        for _turn in range(turns):
            for into, rains in ((calm, False), (stormy, True)):
                attack = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE) if rains else None
                if attack is not None and attack.stdout is not None:
                    await attack.stdout.readline()  # it has begun
                for name, took in (await others(server, lan, cookie, time.monotonic() + seconds / turns)).items():
                    into[name] += took
                if attack is not None:
                    guesses.add((await attack.communicate())[0])
    return calm, stormy, guesses


def guess(port: int, way: str, rate: int, seconds: float) -> None:
    """The guesser's own process: a line when it begins, and one of JSON when it has ended."""
    os.nice(10)
    print("begun", flush=True)
    guesser = Guesser(port, way, rate)
    guesser.run(seconds)
    print(json.dumps({"answers": guesser.answers, "unanswered": guesser.unanswered, "cpu_s": time.process_time()}))


def prepare(server: LiveServer) -> None:
    """Two people with passwords."""
    survey = server.survey()
    for login in ("lan", "mai"):
        accounts.create_person(survey, COMMUNE, by=None, login=login, name=login, role=Role.INSPECTOR, password=PASSWORD)


def report(way: str, calm: Took, stormy: Took, guesser: Guesses) -> bool:
    """Print one way of guessing; whether it held."""
    answers = ", ".join(f"{status}: {count}" for status, count in sorted(guesser.answers.items()))
    print(f"\n{way}: {guesser.answers.total()} guesses ({answers}), {guesser.unanswered} unanswered, {guesser.answers[303]} succeeded;"
          f" the guesser took {guesser.cpu_s:.1f} s of a processor")  # fmt: skip
    print("  what            n   without  with guesses   ratio   95 %: without   with")
    held = guesser.answers[303] == 0
    for name in calm:
        before, after = statistics.median(calm[name]), statistics.median(stormy[name])
        high = [statistics.quantiles(each[name], n=20)[-1] for each in (calm, stormy)]
        held &= after / before <= MOST_RATIO
        print(f"  {name:10} {len(stormy[name]):6} {before * 1000:7.1f} ms {after * 1000:9.1f} ms {after / before:7.2f}"
              f" {high[0] * 1000:12.1f} ms {high[1] * 1000:7.1f} ms")  # fmt: skip
    return held


def main() -> int:
    """Run all ways; the exit code is 1 where one of them slows people by more than a fifth, or a guess succeeds."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rate", type=int, default=100)
    parser.add_argument("--guess", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, default=0, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.guess:
        guess(arguments.port, arguments.guess, arguments.rate, arguments.seconds)
        return 0
    with tempfile.TemporaryDirectory(prefix="survey-guessing-") as folder:
        data = Path(folder) / "data"
        command = [sys.executable, "-m", "survey", "init", "--commune", COMMUNE, "--data", str(data)]
        subprocess.run(command, check=True, capture_output=True)
        with LiveServer(data, environment={"FORWARDED_ALLOW_IPS": "*"}) as server:
            prepare(server)
            held = [report(way, *asyncio.run(one_way(server, way, arguments.seconds, arguments.rate))) for way in WAYS]
    print(f"\nslowed by at most {MOST_RATIO}, no guess succeeded: {'yes' if all(held) else 'NO'}")
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
