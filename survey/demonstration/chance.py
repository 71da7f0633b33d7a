"""Chance that repeats: every invented thing draws from its own source, so that one more photo does not change the next house."""

import uuid
from random import Random

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:ntm-survey:demonstration")


def chance(seed: int, what: str) -> Random:
    """The random source of one thing."""
    return Random(f"{seed} {what}")  # noqa: S311 - a demonstration, no secrets


def lasting_id(seed: int, what: str) -> str:
    """The UUID of one thing: the same for the same seed."""
    return str(uuid.uuid5(_NAMESPACE, f"{seed} {what}"))
