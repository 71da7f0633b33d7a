"""Who may have a password looked at now: argon2 costs a sixth of a second of a processor and 64 MiB, and whoever guesses pays nothing.

Each process admits two looks at once. Browsers that are known have a lane of their own; all others share one, where each source has a few
places. While guesses rain, the shared lane lets one look pass every two seconds. Who finds no place is told at once to come back: nobody
stands behind a thousand guesses. A process's memory is enough for this: it guards the process's own processors.
"""

import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

import anyio

PLACES = 32  # of the shared lane; the known lane has as many
SOURCE_PLACES = 4
_RAIN = 10  # wrong guesses or refusals within the last seconds
_RAIN_S = 60.0  # longer than ten looks in the rain take, else it would stop and begin again
_NARROW_S = 2.0
_MOST_BLOCKED = 10_000


class Gate:
    """The lanes of one process; *clock* is monotonic, in seconds."""

    busy_s = int(PLACES * _NARROW_S)  # what the last place of a narrow lane waits

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._inside: Counter[bool] = Counter()
        self._sources: Counter[str] = Counter()
        self._wrong: deque[float] = deque(maxlen=_RAIN)
        self._blocked: dict[str, float] = {}
        self._looks = {True: anyio.CapacityLimiter(1), False: anyio.CapacityLimiter(1)}
        self._next = 0.0

    def refuses_s(self, source: str, *, known: bool) -> int:
        """For how many seconds *source* should stay away, asked of memory alone; 0 where it may come in."""
        now = self._clock()
        until = self._blocked.get(source, 0.0)
        if until > now:
            self._wrong.append(now)
            return int(until - now) + 1
        if self._inside[known] >= PLACES or self._sources[source] >= SOURCE_PLACES:
            if not known:
                self._wrong.append(now)
            return self.busy_s
        return 0

    def block(self, source: str, seconds: int) -> None:
        """Remember that *source* was sent away, so that its next tries cost nothing."""
        now = self._clock()
        if len(self._blocked) >= _MOST_BLOCKED:
            self._blocked = {each: until for each, until in self._blocked.items() if until > now}
        if len(self._blocked) < _MOST_BLOCKED:
            self._blocked[source] = now + seconds

    @contextmanager
    def place(self, source: str, *, known: bool) -> Iterator[None]:
        """One of the lane's places, from the first thought to the answer."""
        self._inside[known] += 1
        self._sources[source] += 1
        try:
            yield
        finally:
            self._inside[known] -= 1
            self._sources[source] -= 1
            if not self._sources[source]:
                del self._sources[source]

    @asynccontextmanager
    async def look(self, *, known: bool) -> AsyncIterator[None]:
        """Wait for the turn to have one password looked at."""
        async with self._looks[known]:
            if not known and self.rains():
                await anyio.sleep(max(0.0, self._next - self._clock()))
                self._next = self._clock() + _NARROW_S
            yield

    def guessed(self) -> None:
        """Note that a password was wrong."""
        self._wrong.append(self._clock())

    def rains(self) -> bool:
        """Whether so many guesses came in the last seconds that nobody types them."""
        return len(self._wrong) == _RAIN and self._clock() - self._wrong[0] < _RAIN_S
