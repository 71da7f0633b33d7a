"""Samples: between which limits a figure lies where only some of its sites were visited, and these were chosen by chance."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any


@dataclass(frozen=True, slots=True)
class Interval:
    """Limits that hold the true figure over all registered sites with probability *level*, and the *method* that made them."""

    lowest: float
    highest: float
    level: float
    method: str


def interval_document(interval: Interval) -> dict[str, Any]:
    """*interval* as plain JSON values; an upper limit that does not exist is null."""
    highest = None if interval.highest == inf else interval.highest
    return {"lowest": interval.lowest, "highest": highest, "level": interval.level, "method": interval.method}


def read_interval(document: Mapping[str, Any]) -> Interval:
    """The interval behind `interval_document`."""
    highest = inf if document["highest"] is None else document["highest"]
    return Interval(document["lowest"], highest, document["level"], document["method"])
