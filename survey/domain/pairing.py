"""Before and after: which photo of an earlier round shows the same view of a site as a photo of this one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from survey.domain.places import distance_m
from survey.domain.submissions import Fix, State

# Our own choice: a phone's main camera (26 mm equivalent) sees 69° wide, so that pictures turned by 45° still share a third of the view.
SAME_VIEW_DEG = 45.0
ASSUMED_RADIUS_M = 30.0  # how far off a position may be that tells no accuracy: the assumption of the checks of place (docs/checks.md)
_TURN_DEG = 360.0


@dataclass(frozen=True)
class Version:
    """One submission of a form about a site, as far as it matters which one stands for its round."""

    submission: str
    round: str
    state: State
    captured_at: datetime
    received_at: datetime
    counts: bool = False
    replaced: bool = False


@dataclass(frozen=True)
class View:
    """A photo of a site: by which question and repeat of one form, in which round, from where, looking where.

    *direction_deg* is where the camera looked, clockwise from north; None is *not given*.
    """

    submission: str
    attachment: str
    sha256: str
    question: str
    repeat: str
    ordinal: int
    round: str
    captured_at: datetime
    fix: Fix | None = None
    direction_deg: float | None = None


@dataclass(frozen=True)
class Pair:
    """Two photos of one view; *distance_m* and *turn_deg* (0-180) lie between them, None where one of the two tells none.

    *beyond_m* is what is left of the distance after both accuracies: 0 where the positions cannot be told apart.
    """

    now: View
    earlier: View
    distance_m: float | None
    beyond_m: float | None
    turn_deg: float | None


def standing_versions(versions: Iterable[Version]) -> dict[str, Version]:
    """Of each round the version whose photos stand for it: the one that counts, else the newest accepted one, else the newest.

    A rejected version stands for nothing; of accepted ones one that was replaced stands only where the round has no other.
    """
    standing: dict[str, Version] = {}
    for version in versions:
        if version.state is State.REJECTED:
            continue
        held = standing.get(version.round)
        if held is None or _weight(version) > _weight(held):
            standing[version.round] = version
    return standing


def pair_photos(photos: Sequence[View], earlier: Iterable[View]) -> list[Pair]:
    """For each of *photos* its counterpart in each round of *earlier*: in the order of *photos*, the newest round first.

    A photo has at most one counterpart a round, and is one of at most one. The same bytes in two rounds are no before and after.
    """
    rounds: dict[str, list[View]] = {}
    for view in earlier:
        rounds.setdefault(view.round, []).append(view)
    newest_first = sorted(rounds, key=lambda name: max(view.captured_at for view in rounds[name]), reverse=True)
    found = [pair for name in newest_first for pair in _pair_round(photos, rounds[name])]
    order = {photo.attachment: place for place, photo in enumerate(photos)}
    return sorted(found, key=lambda pair: order[pair.now.attachment])


def turn_deg(one: float | None, other: float | None) -> float | None:
    """By how many degrees, 0-180, two directions differ; None where one of them is not given."""
    if one is None or other is None:
        return None
    turned = abs(one - other) % _TURN_DEG
    return min(turned, _TURN_DEG - turned)


def _weight(version: Version) -> tuple[bool, bool, bool, datetime, datetime, str]:
    accepted = version.state is State.ACCEPTED
    return version.counts, accepted, not version.replaced, version.captured_at, version.received_at, version.submission


def _pair_round(photos: Sequence[View], earlier: Sequence[View]) -> list[Pair]:
    """The likeliest pairs first, each photo once."""
    possible = [pair for now in photos for then in earlier if (pair := _pair(now, then)) is not None]
    taken: set[tuple[str, str]] = set()
    pairs = []
    for pair in sorted(possible, key=_unlikeness):
        ends = {(view.submission, view.attachment) for view in (pair.now, pair.earlier)}
        if not ends & taken:
            taken |= ends
            pairs.append(pair)
    return pairs


def _pair(now: View, earlier: View) -> Pair | None:
    """The two as a pair; None where they cannot show the same view."""
    if now.question != earlier.question or now.sha256 == earlier.sha256:
        return None
    turned = turn_deg(now.direction_deg, earlier.direction_deg)
    if turned is not None and turned > SAME_VIEW_DEG:
        return None
    if now.fix is None or earlier.fix is None or now.fix.by_hand or earlier.fix.by_hand:
        return Pair(now, earlier, None, None, turned)
    metres = distance_m(now.fix.latitude, now.fix.longitude, earlier.fix.latitude, earlier.fix.longitude)
    return Pair(now, earlier, metres, max(0.0, metres - _radius_m(now.fix) - _radius_m(earlier.fix)), turned)


def _unlikeness(pair: Pair) -> tuple[float, float, bool, int, str, str]:
    """Sorts pairs: nearest as far as positions can tell, then by direction, then the same repeat, then the same place in the form.

    What is not given weighs as much as the least that is allowed.
    """
    now, earlier = pair.now, pair.earlier
    beyond = ASSUMED_RADIUS_M if pair.beyond_m is None else pair.beyond_m
    turned = SAME_VIEW_DEG if pair.turn_deg is None else pair.turn_deg
    return beyond, turned, now.repeat != earlier.repeat, abs(now.ordinal - earlier.ordinal), now.attachment, earlier.attachment


def _radius_m(fix: Fix) -> float:
    return ASSUMED_RADIUS_M if fix.accuracy_m is None else fix.accuracy_m
