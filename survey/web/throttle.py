"""Slowing down whoever guesses passwords, without locking out the person whose login is guessed.

Failures are counted in this process for 15 minutes. Wrong tries for one login from one address wait longer and longer; a login that is
guessed from many addresses makes everybody wait a little; an address that fails very often is asked to come back later.
"""

from collections import deque
from threading import Lock

_WINDOW_S = 900.0
_FREE_TRIES = 3
_LONGEST_PAUSE_S = 8.0
_LOGIN_PAUSE_S = 1.0
_LOGIN_TRIES = 20
_ADDRESS_TRIES = 60
_MOST_KEYS = 10_000

Key = tuple[str, str]


class Throttle:
    """Failed sign-ins of the last minutes; *now* is a monotonic clock in seconds."""

    def __init__(self) -> None:
        self._failures: dict[Key, deque[float]] = {}
        self._lock = Lock()

    def pause_s(self, login: str, address: str, now: float) -> float:
        """Return how long to wait before looking at the password."""
        with self._lock:
            here = self._count(("pair", f"{login}\n{address}"), now)
            everywhere = self._count(("login", login), now)
        own = min(_LONGEST_PAUSE_S, 2.0 ** (here - _FREE_TRIES)) if here >= _FREE_TRIES else 0.0
        return max(own, _LOGIN_PAUSE_S if everywhere >= _LOGIN_TRIES else 0.0)

    def blocked_s(self, address: str, now: float) -> int:
        """Return for how many seconds *address* should stay away; 0 where it need not."""
        with self._lock:
            if self._count(("address", address), now) < _ADDRESS_TRIES:
                return 0
            return int(self._failures["address", address][0] + _WINDOW_S - now) + 1

    def failed(self, login: str, address: str, now: float) -> None:
        """Remember a try as a wrong one, which `succeeded` takes back."""
        with self._lock:
            if len(self._failures) > _MOST_KEYS:
                self._failures = {key: times for key, times in self._failures.items() if times[-1] > now - _WINDOW_S}
            for key in (("pair", f"{login}\n{address}"), ("login", login), ("address", address)):
                self._failures.setdefault(key, deque(maxlen=_ADDRESS_TRIES)).append(now)

    def succeeded(self, login: str, address: str) -> None:
        """Forget the person's own slips at this address; the try that succeeded was none."""
        with self._lock:
            self._failures.pop(("pair", f"{login}\n{address}"), None)
            for key in (("login", login), ("address", address)):
                times = self._failures.get(key)
                if times:
                    times.pop()
                    if not times:
                        del self._failures[key]

    def _count(self, key: Key, now: float) -> int:
        times = self._failures.get(key)
        while times and times[0] <= now - _WINDOW_S:
            times.popleft()
        if times is not None and not times:
            del self._failures[key]
        return len(times or ())
