"""Judgements: what a person says of a flag, and what the flags of a submission add up to while nobody has dismissed them."""

from collections.abc import Iterable

CONFIRMED, DISMISSED, TAKEN_BACK = "confirmed", "dismissed", "taken_back"

# Our own choice: one grave flag outweighs nine that ask for a look, one of these nine notes.
_WEIGHTS = {3: 100, 2: 10, 1: 1}
MOST_RISK = 9999


def risk_of(severities: Iterable[int]) -> int:
    """What open flags of these severities add up to; the queue sorts by it."""
    return min(MOST_RISK, sum(_WEIGHTS.get(severity, 0) for severity in severities))
