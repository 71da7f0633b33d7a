"""Whether guessing passwords gets anywhere, and what others feel of it: 100 guesses a second for a minute against the real server.

    python benchmarks/guessing.py [--seconds 60] [--rate 100] [--folder DIR]

Three ways of guessing, each beside the same work without any: many logins from one address, one login (a real person's) from many
addresses, many logins from many addresses. Addresses come in X-Forwarded-For, as a proxy in front says them (FORWARDED_ALLOW_IPS).
The others are four people at once, each one request after another with a short rest: the light sign-in page, an inspector's API, a photo
uploaded, and a person who signs in with the right password in a browser that signed in before. The limit is the same work without
guesses: the median may be a fifth slower at most, and no guess may succeed. The guesser runs on the same machine: what it takes of the
processors counts against us. Rounds with and without guesses take turns, so that both see the same machine.
"""

import argparse
import asyncio
import base64
import hashlib
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
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
WAYS = ("many logins, one address", "one login, many addresses", "many logins, many addresses")
Took = dict[str, list[float]]


class Guesser:
    """Sends guesses at a steady rate over a few kept connections, as plain bytes: a client that costs as little as one can."""

    def __init__(self, server: LiveServer, way: str, rate: int) -> None:
        self._server, self._way, self._rate = server, way, rate
        self.answers: Counter[int] = Counter()
        self.unanswered = 0

    async def run(self, until: float) -> None:
        """Guess until that moment of `time.monotonic`."""
        async with asyncio.TaskGroup() as tasks:
            begun, number = time.monotonic(), 0
            while time.monotonic() < until:
                tasks.create_task(self._guess(number))
                number += 1
                await asyncio.sleep(max(0.0, begun + number / self._rate - time.monotonic()))

    async def _guess(self, number: int) -> None:
        try:
            async with asyncio.timeout(90):
                reader, writer = await asyncio.open_connection("localhost", self._server.port)
                writer.write(self._request(number))
                self.answers[int((await reader.readline()).split()[1])] += 1
                writer.close()
        except (OSError, TimeoutError, IndexError):
            self.unanswered += 1

    def _request(self, number: int) -> bytes:
        login = "mai" if self._way.startswith("one login") else f"guess{number % 1000}"
        address = "203.0.113.7" if self._way.endswith("one address") else f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        body = f"login={login}&password=wrong-{secrets.token_hex(4)}&next=&locale="
        return (
            f"POST /sign-in HTTP/1.1\r\nHost: localhost:{self._server.port}\r\nOrigin: {self._server.url}\r\nX-Forwarded-For: {address}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}"
        ).encode()


async def others(server: LiveServer, lan: httpx2.AsyncClient, until: float) -> Took:
    """What four people wait for their answers, in seconds by what they do; *lan* is a browser that signed in before."""
    took: Took = defaultdict(list)
    cookie = lan.cookies["survey_session"]
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


async def one_way(server: LiveServer, way: str, seconds: float, rate: int) -> tuple[Took, Took, Guesser]:
    """The people's waits without and with guesses, in turns of a fifth of the time each."""
    calm: Took = defaultdict(list)
    stormy: Took = defaultdict(list)
    guesser, turns = Guesser(server, way, rate), 5
    headers = {"Origin": server.url, "X-Forwarded-For": "192.0.2.10"}
    async with httpx2.AsyncClient(base_url=server.url, headers=headers, timeout=60) as lan:
        await sign_in(lan)
        for _turn in range(turns):
            for into, guesses in ((calm, False), (stormy, True)):
                until = time.monotonic() + seconds / turns
                attack = asyncio.create_task(guesser.run(until)) if guesses else None
                for name, took in (await others(server, lan, until)).items():
                    into[name] += took
                if attack is not None:
                    await attack
    return calm, stormy, guesser


def prepare(server: LiveServer) -> None:
    """Two people with passwords."""
    survey = server.survey()
    for login in ("lan", "mai"):
        accounts.create_person(survey, COMMUNE, by=None, login=login, name=login, role=Role.INSPECTOR, password=PASSWORD)


def report(way: str, calm: Took, stormy: Took, guesser: Guesser) -> bool:
    """Print one way of guessing; whether it held."""
    answers = ", ".join(f"{status}: {count}" for status, count in sorted(guesser.answers.items()))
    print(f"\n{way}: {guesser.answers.total()} guesses ({answers}), {guesser.unanswered} unanswered, {guesser.answers[303]} succeeded")
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
    arguments = parser.parse_args()
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
