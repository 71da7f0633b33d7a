"""Slowing down whoever guesses, without locking out the person whose login is guessed.

Wrong tries are counted for 15 minutes. Those for one login from one source wait longer and longer; a login guessed from many sources
makes everybody wait a little who comes from a source that is not known; a source that fails very often is asked to come back later.
A source is an address (IPv6 by its /64, which is one line), or a browser that knows this login (`survey.web.known_browsers`).

All processes count together: in the table `guess`, under keys that are HMACs with a secret of the deployment, so that it names neither
logins nor addresses. A process writes once a second at most, whatever comes in that second is one transaction; until then, and where the
database is away, it counts what it saw itself.

The numbers are our own choice, written down in docs/operations.md. `now` is in seconds since 1970 (`time.time()`), as processes compare it.
For another secret than passwords (one-time codes) make `Throttle("totp", session.open)` and call, for each try, from a thread:
`blocked_s`, `pause_s`, `failed` before the secret is looked at, and `succeeded` with the same `now` where it was right.
"""

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import suppress
from ipaddress import IPv6Address, ip_address
from threading import Lock

from survey.domain.ports import Survey
from survey.domain.problems import Problem
from survey.store import guesses
from survey.store.secrets import shared_secret

_WINDOW_MIN = 15
_FREE_TRIES = 3
_LONGEST_PAUSE_S = 8.0
_LOGIN_PAUSE_S = 1.0
_LOGIN_TRIES = 20
_ADDRESS_TRIES = 60
_WRITE_EVERY_S = 1.0
_MOST_KEYS = 10_000
_LINE_BITS = 64


class Throttle:
    """Wrong tries of the last minutes for one *purpose*; without *opened* this process counts alone."""

    def __init__(self, purpose: str = "sign-in", opened: Callable[[], Survey] | None = None) -> None:
        self._purpose = purpose
        self._opened = opened
        self._own: dict[str, guesses.Minutes] = {}  # not written yet; all of it where nothing is shared
        self._forgotten: set[str] = set()
        self._written_at = 0.0
        self._secret = b""
        self._lock, self._writing, self._begin = Lock(), Lock(), Lock()

    def pause_s(self, login: str, address: str, now: float, *, known: bool = False) -> float:
        """Return how long to wait before looking at the secret; *known* sources do not wait for what others guess."""
        pair, everywhere, _ = self._keys(login, address)
        counted = self._counted((pair, everywhere), now)
        here = _sum(counted[pair])
        own = min(_LONGEST_PAUSE_S, 2.0 ** (here - _FREE_TRIES)) if here >= _FREE_TRIES else 0.0
        return max(own, _LOGIN_PAUSE_S if not known and _sum(counted[everywhere]) >= _LOGIN_TRIES else 0.0)

    def blocked_s(self, address: str, now: float, tries: int | None = None) -> int:
        """Return for how many seconds *address* should stay away; 0 where it has failed less than *tries* times."""
        key, limit = self._keys("", address)[2], _ADDRESS_TRIES if tries is None else tries
        minutes = self._counted((key,), now)[key]
        left = _sum(minutes)
        if left < limit:
            return 0
        for minute in sorted(minutes):
            left -= minutes[minute]
            if left < limit:
                return max(1, int((minute + _WINDOW_MIN) * 60 - now) + 1)
        return 1

    def failed(self, login: str, address: str, now: float) -> None:
        """Remember a try as a wrong one, which `succeeded` takes back."""
        self._add(self._keys(login, address), int(now // 60), 1)
        self._write(now)

    def begins(self, login: str, address: str, now: float, *, known: bool = False) -> tuple[int, float]:
        """`blocked_s`, `pause_s` and `failed` as one step, so that of many tries at once each sees those before it.

        Returns (seconds to stay away, pause in seconds); the try counts as a wrong one where nothing keeps it away. *known* sources are
        kept away by no count of their address.
        """
        with self._begin:
            wait = 0 if known else self.blocked_s(address, now)
            if wait:
                return wait, 0.0
            pause = self.pause_s(login, address, now, known=known)
            self._add(self._keys(login, address), int(now // 60), 1)
        self._write(now)
        return 0, pause

    def succeeded(self, login: str, address: str, tried_at: float) -> None:
        """Forget the person's own slips from this source; the try of *tried_at* was none."""
        pair, everywhere, there = self._keys(login, address)
        self._add((everywhere, there), int(tried_at // 60), -1)
        with self._lock:
            self._own.pop(pair, None)
            self._forgotten.add(pair)
        self._write(tried_at)

    def marks(self, login: str, address: str) -> tuple[str, str]:
        """What stands for the login and for the source in a log: the same each time in this deployment, and naming neither."""
        _, everywhere, there = self._keys(login, address)
        return everywhere[:12], there[:12]

    def _keys(self, login: str, address: str) -> tuple[str, str, str]:
        """What is counted under: login and source, login, source."""
        if not self._secret:
            self._secret = bytes.fromhex(shared_secret(self._opened(), "guesses")) if self._opened else b"this process alone"
        line = _line(address)
        named = (f"pair\n{login}\n{line}", f"login\n{login}", f"address\n{line}")
        pair, everywhere, there = (
            hmac.new(self._secret, f"{self._purpose}\n{name}".encode(), hashlib.sha256).hexdigest()[:32] for name in named
        )
        return pair, everywhere, there

    def _add(self, keys: Iterable[str], minute: int, tries: int) -> None:
        with self._lock:
            if len(self._own) > _MOST_KEYS:
                self._own = {key: minutes for key, minutes in self._own.items() if max(minutes) > minute - _WINDOW_MIN}
            for key in keys:
                minutes = self._own.setdefault(key, {})
                minutes[minute] = minutes.get(minute, 0) + tries

    def _counted(self, keys: Iterable[str], now: float) -> dict[str, guesses.Minutes]:
        """By key, the tries of each minute of the window: those in the database and the own ones that are not there yet."""
        since, found = int(now // 60) - _WINDOW_MIN + 1, defaultdict[str, guesses.Minutes](dict)
        if self._opened:
            with suppress(Problem), self._opened().reading() as reader:
                found |= guesses.select_guesses(reader, keys, since)
        with self._lock:
            for key in keys:
                if key in self._forgotten:
                    found[key] = {}
                for minute, tries in self._own.get(key, {}).items():
                    if minute >= since:
                        found[key][minute] = found[key].get(minute, 0) + tries
        return found

    def _write(self, now: float) -> None:
        """Bring what was counted here into the database, once a second; the tries of one that fails are counted here on."""
        if self._opened is None or abs(now - self._written_at) < _WRITE_EVERY_S or not self._writing.acquire(blocking=False):
            return
        try:
            with self._lock:
                own, forgotten, self._own, self._forgotten = self._own, self._forgotten, {}, set()
                self._written_at = now
            try:
                with self._opened().transaction() as tx:
                    guesses.delete_guesses(tx, forgotten, int(now // 60) - _WINDOW_MIN)
                    guesses.upsert_guesses(tx, {(key, minute): n for key, minutes in own.items() for minute, n in minutes.items() if n})
            except Problem:
                for key, minutes in own.items():
                    for minute, tries in minutes.items():
                        self._add((key,), minute, tries)
        finally:
            self._writing.release()


def _sum(minutes: guesses.Minutes) -> int:
    return sum(minutes.values())


def _line(address: str) -> str:
    """The address as one line of a provider: an IPv6 one without its last 64 bits; anything else as it is."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or int(parsed) >> _LINE_BITS)
