"""Privacy: how long photos are kept and whom to ask, and the parts of a photo that a person covers on its public copy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from survey.domain.problems import COVER_UNUSABLE, RETENTION_UNUSABLE, Problem
from survey.domain.times import VIETNAM

RETENTION, CONTACT = "retention_years", "privacy_contact"  # settings of a commune
MOST_YEARS = 100  # our own choice: no rule, but 1,000 is a slip of the finger
MOST_BOXES = 60  # our own choice: a school class on its square, and no flood
LEAST_SIDE = 0.005  # of the picture: 8 pixels of a preview; a tap that was no drawing


@dataclass(frozen=True)
class Retention:
    """What a commune has set: how many years photos are kept, and whom to ask; None is *not set*, and nothing stands in for it."""

    years: int | None
    contact: str | None

    @classmethod
    def of(cls, settings: Mapping[str, str]) -> "Retention":
        """Read from the commune's *settings*."""
        years = settings.get(RETENTION, "")
        return cls(int(years) if years else None, settings.get(CONTACT) or None)

    def oldest_kept(self, now: datetime) -> datetime | None:
        """What was received before this moment is past its time; None where no time is set."""
        if self.years is None:
            return None
        return _years_on(now, -self.years)

    def kept_until(self, received_at: datetime) -> datetime | None:
        """Up to when a photo that was received then is kept; None where no time is set."""
        return None if self.years is None else _years_on(received_at, self.years)


@dataclass(frozen=True)
class Box:
    """A part of a picture, as shares of its width and height from the upper left."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class Cover:
    """What a person covered on a photo: set *number* of its history; without *boxes* somebody looked and found nothing to cover."""

    number: int
    boxes: tuple[Box, ...]
    person: str
    at: datetime


def years_of(text: str) -> int:
    """The number of years in *text*. Raises RETENTION_UNUSABLE for what is no whole number from 1 to 100."""
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= len(str(MOST_YEARS)) and 1 <= int(digits) <= MOST_YEARS):
        raise Problem(RETENTION_UNUSABLE, value=digits[:20], most=MOST_YEARS)
    return int(digits)


def boxes_of(document: object) -> tuple[Box, ...]:
    """The boxes in *document*, `[[left, top, width, height], …]`, cut off at the picture's edges; slips of the finger are left out.

    Raises COVER_UNUSABLE for anything else, and for more than 60 boxes.
    """
    if not isinstance(document, list) or len(document) > MOST_BOXES:
        raise Problem(COVER_UNUSABLE, most=MOST_BOXES)
    boxes = [_box(entry) for entry in document]
    return tuple(box for box in boxes if box.width >= LEAST_SIDE and box.height >= LEAST_SIDE)


def boxes_to_list(boxes: Sequence[Box]) -> list[list[float]]:
    """The inverse of `boxes_of`."""
    return [[box.left, box.top, box.width, box.height] for box in boxes]


def _years_on(moment: datetime, years: int) -> datetime:
    local = moment.astimezone(VIETNAM)
    day = min(local.day, 28) if local.month == 2 else local.day  # noqa: PLR2004 - 29 February has no such day in most years
    return local.replace(year=local.year + years, day=day)


def _box(entry: object) -> Box:
    if not isinstance(entry, list) or len(entry) != len(("left", "top", "width", "height")):
        raise Problem(COVER_UNUSABLE, most=MOST_BOXES)
    if not all(isinstance(value, int | float) and not isinstance(value, bool) and -2 <= value <= 2 for value in entry):  # noqa: PLR2004
        raise Problem(COVER_UNUSABLE, most=MOST_BOXES)  # NaN fails too
    left, top = max(0.0, entry[0]), max(0.0, entry[1])
    right, bottom = min(1.0, entry[0] + entry[2]), min(1.0, entry[1] + entry[3])
    return Box(round(left, 5), round(top, 5), round(max(0.0, right - left), 5), round(max(0.0, bottom - top), 5))
