"""A commune in plain Python, and its figures straight from their definition: what kept figures must be equal to.

Nothing of the product's computing is used here. The edition that is judged has three criteria over fences and one for a person:

1. metres of green fence / metres of fence, at least a dated number that officers enter and withdraw
2. share of houses with a hedge, at least a number that depends on the commune's group; the commune meets it with all its hamlets
3. a person states it, with a document
"""

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7))
BY_GROUP = {"1": 0.5, "2": 0.9}
MET, NOT_MET, OPEN = "met", "not_met", "not_enough_data"


@dataclass
class Visit:
    """One submission about a house."""

    id: str
    site: str
    captured: datetime
    received: datetime
    green: int
    total: int
    hedge: bool
    replaces: str | None
    state: str = "received"
    version: int = 0


@dataclass
class Number:
    """A number that an officer entered, for the days from *first* to *last*."""

    number: int
    at_least: float
    first: date | None
    last: date | None
    withdrawn: bool = False


@dataclass
class PlainCommune:
    """What is there now."""

    hamlets: list[str]
    houses: dict[str, str | None] = field(default_factory=dict)
    visits: dict[str, Visit] = field(default_factory=dict)
    base: float = 0.6
    numbers: list[Number] = field(default_factory=list)
    group: str = ""
    stated: dict[str | None, tuple[str, bool]] = field(default_factory=dict)

    def at_least(self, on: date) -> float:
        """The newest number that stands and covers the day, else the edition's own."""
        covering = [one for one in self.numbers if not one.withdrawn and (one.first or on) <= on <= (one.last or on)]
        return covering[-1].at_least if covering else self.base

    def counting(self, site: str) -> Visit | None:
        """The accepted visit that counts: no accepted correction stands in its place, and it was captured last."""
        accepted = [visit for visit in self.visits.values() if visit.state == "accepted"]
        replaced = {ancestor for visit in accepted for ancestor in self._ancestors(visit)}
        standing = [visit for visit in accepted if visit.site == site and visit.id not in replaced]
        return max(standing, key=lambda visit: (visit.captured, visit.received, visit.id), default=None)

    def _ancestors(self, visit: Visit) -> list[str]:
        line = []
        while visit.replaces is not None:
            line.append(visit.replaces)
            visit = self.visits[visit.replaces]
        return line

    def figures(self, on: date) -> dict[tuple[str, str | None], tuple[object, ...]]:
        """Of each criterion and place: the outcome, and what it was made of."""
        found: dict[tuple[str, str | None], tuple[object, ...]] = {}
        seen = {house: self.counting(house) for house in self.houses}
        for place in [None, *self.hamlets]:
            houses = [house for house, hamlet in self.houses.items() if place in (None, hamlet)]
            found["1", place] = self._metres([seen[house] for house in houses], self.at_least(on))
            found["2", place] = self._hedges([seen[house] for house in houses], BY_GROUP.get(self.group))
            found["3", place] = (self._stated(place),)
        found["2", None] = (_all_of([found["2", hamlet][0] for hamlet in self.hamlets]), *found["2", None][1:])
        return found

    def _metres(self, seen: list[Visit | None], limit: float) -> tuple[object, ...]:
        fences = [visit for visit in seen if visit is not None and visit.total > 0]
        green, total = sum(min(visit.green, visit.total) for visit in fences), sum(visit.total for visit in fences)
        unknown = seen.count(None)
        outcome = OPEN
        if seen and not unknown and total:
            outcome = MET if green / total >= limit - 1e-9 else NOT_MET
        left_out = len(seen) - unknown - len(fences)
        return outcome, green, total, len(seen), len(seen) - unknown, len(fences), left_out, *_evidence(seen)

    def _hedges(self, seen: list[Visit | None], limit: float | None) -> tuple[object, ...]:
        unknown = seen.count(None)
        known = len(seen) - unknown
        hedges = sum(visit is not None and visit.hedge for visit in seen)
        outcome = OPEN
        if known and limit is not None:
            lowest, highest = hedges / len(seen), (hedges + unknown) / len(seen)
            outcome = MET if lowest >= limit - 1e-9 else NOT_MET if highest < limit - 1e-9 else OPEN
        return outcome, hedges, known, len(seen), known, known, 0, *_evidence(seen)

    def _stated(self, place: str | None) -> str:
        outcome, with_document = self.stated.get(place, (OPEN, False))
        return OPEN if outcome == MET and not with_document else outcome


def _all_of(outcomes: list[object]) -> str:
    if not outcomes:
        return OPEN
    return NOT_MET if NOT_MET in outcomes else OPEN if OPEN in outcomes else MET


def _evidence(seen: list[Visit | None]) -> tuple[object, ...]:
    visits = [visit for visit in seen if visit is not None]
    days = sorted(visit.captured.astimezone(VIETNAM).date() for visit in visits)
    digest = hashlib.sha256("\n".join(sorted(visit.id for visit in visits)).encode()).hexdigest()
    return len(visits), digest, days[0] if days else None, days[-1] if days else None
