"""One try to sign in with a password: counted, slowed down and queued before anything is hashed.

What costs nothing comes first: who was sent away, and who finds no place in the lane (`survey.web.gate`), hears so from memory alone.
Then the counts that all processes share (`survey.web.throttle`), the pause, the turn, and only then the password.
"""

import logging
import time
from dataclasses import dataclass

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from survey import accounts, loglines
from survey.domain.browsers import browser_name
from survey.domain.problems import SIGN_IN_BUSY, SIGN_IN_TOO_OFTEN, Problem
from survey.web import known_browsers, session
from survey.web.gate import Gate
from survey.web.throttle import Throttle

_BROWSER_TRIES = 10  # wrong passwords that a known browser may send in 15 minutes before it counts as any other

_log = logging.getLogger(__name__)
throttle = Throttle("sign-in", session.open)
gate = Gate()


@dataclass(frozen=True)
class Source:
    """Where a try comes from: an address, or a browser that signed in with this login before."""

    name: str
    known: bool


async def attempt(request: Request, login: str, password: str) -> accounts.SignedIn:
    """Sign in, or raise SIGN_IN_WRONG; SIGN_IN_TOO_OFTEN and SIGN_IN_BUSY with the seconds to wait, before the password is looked at."""
    source = await _source(request, login)
    wait = gate.refuses_s(source.name, known=source.known)
    if wait:
        raise Problem(SIGN_IN_BUSY if wait == gate.busy_s else SIGN_IN_TOO_OFTEN, seconds=wait)
    with gate.place(source.name, known=source.known):
        now = time.time()
        await anyio.sleep(await run_in_threadpool(_count, login, source, now))
        async with gate.look(known=source.known):
            try:
                browser = browser_name(request.headers.get("user-agent", ""))
                signed_in = await run_in_threadpool(accounts.sign_in, session.open(), login, password, browser)
            except Problem as problem:
                gate.guessed()
                await run_in_threadpool(_note, problem, login, source)
                raise
        await run_in_threadpool(throttle.succeeded, login, source.name, now)
        return signed_in


def _count(login: str, source: Source, now: float) -> float:
    """Count the try as a wrong one until it succeeds: of a thousand at once, most must be seen by the others; returns the pause."""
    wait, pause = throttle.begins(login, source.name, now, known=source.known)
    if wait:
        gate.block(source.name, wait)
        raise Problem(SIGN_IN_TOO_OFTEN, seconds=wait)
    return pause


def _note(problem: Problem, login: str, source: Source) -> None:
    """One line of the log for a password that was refused; login and source as marks, the same for the same, naming nobody."""
    tried, came_from = throttle.marks(login, source.name)
    fields = {"problem": problem.kind.code, "login": tried, "source": came_from}
    _log.warning("sign-in refused: login %s from %s", tried, came_from, extra={loglines.FIELDS: fields})


async def _source(request: Request, login: str) -> Source:
    address = request.client.host if request.client else ""
    if known_browsers.COOKIE not in request.cookies:
        return Source(address, known=False)
    return await run_in_threadpool(_browser_or, request, login, address)


def _browser_or(request: Request, login: str, address: str) -> Source:
    nonce = known_browsers.recognise(request, login)
    name = f"browser {nonce}"
    if nonce is None or throttle.blocked_s(name, time.time(), _BROWSER_TRIES):
        return Source(address, known=False)
    return Source(name, known=True)
