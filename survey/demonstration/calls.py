"""Who calls where and when: the visits of two rounds, and which of them have something wrong for a reviewer to find."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import cycle
from random import Random

from survey.demonstration.answers import AFTER, BEFORE
from survey.demonstration.chance import chance, lasting_id
from survey.demonstration.ground import hamlet_number
from survey.domain.places import distance_m
from survey.domain.sites import Site, SiteKind
from survey.domain.submissions import State
from survey.domain.times import VIETNAM

_BEFORE_SHARE = 0.4
# Days before *today* on which each round's visits begin and end.
ROUND_DAYS = {BEFORE: (150, 95), AFTER: (40, 2)}
_ACCEPTED_SHARE = {BEFORE: 0.97, AFTER: 0.72}
_REVIEWED = (1, 2)  # the hamlets with which the reviewer is through
_A_DAY = 8  # calls of an inspector
_MORNING, _WORKING_TIME = time(7, 20), timedelta(hours=9)
_TURNS = (
    "household_fence", "road_segment", "household_garden", "household_fence", "road_segment", "household_environment",
    "household_fence", "road_segment", "household_garden", "household_fence", "public_place",
)  # fmt: skip
_CLOCK_AHEAD = timedelta(minutes=25)
_HASTE = timedelta(seconds=40)
_TWO_PLACES_M = (120.0, 900.0)  # far enough to be two places, too near for a speed that nobody has
_KINDS = {"road_segment": SiteKind.ROAD_SEGMENT, "public_place": SiteKind.PUBLIC_PLACE}


class Flaw(StrEnum):
    """Something wrong with a visit, for a reviewer to find."""

    FAR = "far"  # photographed 400 m away
    REUSED = "reused"  # the photo of another household
    MISSING = "missing"  # a photo that never came
    NO_PHOTO = "no_photo"  # a file that is not a photo
    CLOCK = "clock"  # a camera whose clock is a day off
    VAGUE = "vague"  # a position from a cell tower
    RETURNED = "returned"  # sent back, then corrected
    COPIED = "copied"  # a part cut out of another household's photo
    BLURRED = "blurred"  # a hand that shook
    DIM = "dim"  # an outdoor photo with the light of a room
    PHONE_CLOCK = "phone_clock"  # a phone whose clock is ahead
    HASTE = "haste"  # finished within a minute of another household's


_SHOWN = (Flaw.REUSED, Flaw.COPIED)  # photos of other households
_FLAWED = ("household_fence", "household_garden")  # both may have a second photo


@dataclass(frozen=True)
class Call:
    """One visit: *number* names it for chance, times are aware UTC, *decision* None leaves it waiting for a reviewer.

    *other* is the call whose photo a REUSED or COPIED one shows; *replaces* the submission that this one corrects.
    *clock_ahead* is by how much the phone's clock is.
    """

    number: int
    form: str
    site: Site
    round: int
    inspector: int
    id: str
    started_at: datetime
    ended_at: datetime
    received_at: datetime
    flaw: Flaw | None = None
    other: "Call | None" = None
    replaces: str | None = None
    decision: State | None = None
    decided_at: datetime | None = None

    @property
    def clock_ahead(self) -> timedelta:
        """How far the phone's clock was ahead when it sent."""
        return _CLOCK_AHEAD if self.flaw is Flaw.PHONE_CLOCK else timedelta(seconds=self.number % 5)


def plan_calls(sites: Sequence[Site], inspectors: dict[str | None, int], *, count: int, seed: int, today: date) -> list[Call]:
    """*count* visits in the order in which they are received, two rounds before *today*.

    *inspectors* maps hamlets to the number of their inspector. The second round returns to the sites of the first.
    """
    before = int(count * _BEFORE_SHARE)
    tasks = list(_tasks(sites, seed))
    rounds = [(BEFORE, task) for task in tasks[:before]] + [(AFTER, task) for task in tasks[: count - before]]
    diaries: dict[tuple[int, int], list[int]] = {}
    for number, (round_number, (_, site)) in enumerate(rounds):
        diaries.setdefault((round_number, inspectors[site.hamlet]), []).append(number)
    starts = {number: start for (round_number, _), diary in diaries.items() for number, start in _diary(diary, round_number, seed, today)}
    calls = [
        _call(number, form, site, round_number, inspectors[site.hamlet], starts[number], seed)
        for number, (round_number, (form, site)) in enumerate(rounds)
    ]  # fmt: skip
    calls = [_reviewed(call) if hamlet_number(call.site) in _REVIEWED else call for call in calls]
    return sorted(_with_flaws(calls, seed), key=lambda call: (call.received_at, call.number))


def _tasks(sites: Sequence[Site], seed: int) -> Iterator[tuple[str, Site]]:
    """(form, site) pairs: checklists taken in turns, each hamlet by hamlet, so that the first hamlets come out complete."""
    queues: dict[str, list[Site]] = {}
    for form in dict.fromkeys(_TURNS):
        kind = _KINDS.get(form, SiteKind.HOUSEHOLD)
        queue = [site for site in sites if site.kind is kind]
        chance(seed, f"order {form}").shuffle(queue)
        queues[form] = sorted(queue, key=lambda site: site.hamlet or "", reverse=True)
    for form in cycle(_TURNS):
        if queues[form]:
            yield form, queues[form].pop()
        elif not any(queues.values()):
            return


def _diary(numbers: list[int], round_number: int, seed: int, today: date) -> Iterator[tuple[int, datetime]]:
    """When one inspector makes the calls *numbers* of a round: a few days' work each, one call after the other."""
    first, last = ROUND_DAYS[round_number]
    a_day = max(_A_DAY, math.ceil(len(numbers) / (first - last + 1)))
    days = math.ceil(len(numbers) / a_day)
    slot = _WORKING_TIME / a_day
    for place, number in enumerate(numbers):
        day = today - timedelta(days=first - (first - last) * (place // a_day) // max(1, days - 1))
        start = datetime.combine(day, _MORNING, VIETNAM) + slot * (place % a_day + chance(seed, f"slot {number}").uniform(0, 0.3))
        yield number, start.replace(microsecond=0).astimezone(UTC)


def _call(number: int, form: str, site: Site, round_number: int, inspector: int, started: datetime, seed: int) -> Call:
    random = chance(seed, f"call {number}")
    ended = started + timedelta(seconds=random.randint(150, 600))
    received = ended + _delay(random)
    identifier = f"uuid:{lasting_id(seed, f'submission {number}')}"
    call = Call(number, form, site, round_number, inspector, identifier, started, ended, received)
    if random.random() < _ACCEPTED_SHARE[round_number]:
        return replace(call, decision=State.ACCEPTED, decided_at=received + timedelta(hours=random.randint(2, 40)))
    if round_number == BEFORE:
        return replace(call, decision=State.REJECTED, decided_at=received + timedelta(hours=30))
    return call


def _reviewed(call: Call) -> Call:
    """The call as accepted, in a hamlet with which the reviewer is through."""
    return replace(call, decision=State.ACCEPTED, decided_at=call.decided_at or call.received_at + timedelta(hours=30))


def _delay(random: Random) -> timedelta:
    """Most visits are sent at once, some from the next place with a signal."""
    return timedelta(seconds=random.randint(4, 60)) if random.random() < 0.7 else timedelta(minutes=random.randint(20, 300))  # noqa: PLR2004


def _with_flaws(calls: list[Call], seed: int) -> list[Call]:
    """*calls* with one of each flaw among the second round's fences and gardens, as far as there are enough, and a correction."""
    fences, gardens = ([call for call in calls if call.round == AFTER and call.form == form] for form in _FLAWED)
    changed: dict[int, Call] = {}
    corrections: list[Call] = []
    for flaw, call in zip(Flaw, [*reversed(fences[2:]), *reversed(gardens)], strict=False):
        flawed = replace(call, flaw=flaw, decision=None, decided_at=None)
        if flaw in _SHOWN:
            flawed = replace(flawed, other=fences[_SHOWN.index(flaw)])
        if flaw is Flaw.HASTE:
            flawed = _hasty(flawed, [other for other in calls if other.number not in changed])
        if flaw is Flaw.RETURNED:
            flawed = replace(flawed, decision=State.RETURNED, decided_at=call.received_at + timedelta(hours=5))
            corrections.append(_correction(flawed, len(calls), seed))
        changed[call.number] = flawed
    kept = calls[len(corrections) :]  # so many visits as were asked for
    return [changed.get(call.number, call) for call in kept] + corrections


def _hasty(call: Call, others: Sequence[Call]) -> Call:
    """The call as one that was finished just after another one of the same inspector, at a place near by; as it was where there is none."""
    for other in others:
        same = (other.inspector, other.round) == (call.inspector, call.round) and other.number != call.number
        if same and _is_near(call.site, other.site):
            ended, received = other.ended_at + _HASTE, other.received_at + _HASTE
            return replace(call, started_at=ended - (call.ended_at - call.started_at), ended_at=ended, received_at=received)
    return call


def _is_near(site: Site, other: Site) -> bool:
    places = (site.latitude, site.longitude, other.latitude, other.longitude)
    if None in places or site.line or other.line:
        return False
    return _TWO_PLACES_M[0] < distance_m(*(float(degrees or 0) for degrees in places)) < _TWO_PLACES_M[1]


def _correction(returned: Call, number: int, seed: int) -> Call:
    later = timedelta(hours=24, minutes=37)  # the next day, between two other calls
    return replace(
        returned, number=number, id=f"uuid:{lasting_id(seed, f'submission {number}')}", flaw=None, replaces=returned.id,
        started_at=returned.started_at + later, ended_at=returned.ended_at + later, received_at=returned.received_at + later,
        decision=State.ACCEPTED, decided_at=returned.received_at + later + timedelta(hours=3),
    )  # fmt: skip
