"""Token buckets: how often somebody may come, with room for a burst. In memory, so each process counts for itself."""

_MOST_KEYS = 20_000


class Buckets:
    """A bucket of *burst* tokens for each key, refilled with *per_second*; times are a monotonic clock's seconds."""

    def __init__(self, per_second: float, burst: int) -> None:
        self._per_second = per_second
        self._burst = burst
        self._left: dict[str, tuple[float, float]] = {}

    def take(self, key: str, now: float) -> float:
        """Take a token of *key*: 0 where there is one, else the seconds until there is."""
        left, at = self._left.get(key, (float(self._burst), now))
        left = min(self._burst, left + (now - at) * self._per_second)
        if left < 1:
            self._left[key] = (left, now)
            return (1 - left) / self._per_second
        if key not in self._left and len(self._left) >= _MOST_KEYS:
            self._forget_full(now)
        self._left[key] = (left - 1, now)
        return 0.0

    def _forget_full(self, now: float) -> None:
        """Drop who has been away long enough for a full bucket; a flood of new keys drops everybody, the cost stays bounded."""
        since = now - self._burst / self._per_second
        self._left = {key: value for key, value in self._left.items() if value[1] > since}
        if len(self._left) >= _MOST_KEYS:
            self._left.clear()
