"""The community's part: what residents send without an account, what they give, and what a public page may say.

All limits here are our own choice (docs/community.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

PUBLIC_PAGE = "public_page"  # the setting that opens the page; off unless it is ON
ON = "on"

PHOTO_LIMIT = 8_000_000  # bytes of one photo
TEXT_LENGTH = 1000
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MOST_AN_HOUR, MOST_A_DAY = 3, 10  # from one address
MOST_OF_COMMUNE_A_DAY, MOST_WAITING = 200, 500
MOST_BYTES_WAITING = 1_000_000_000  # of the photos of one commune's reports that wait
PUT_ASIDE_KEPT = timedelta(days=90)  # so long somebody may ask why; then the photo of a report that was put aside goes
MOST_AMOUNT = 1e12


class ReportState(StrEnum):
    """Where a resident's report stands."""

    WAITING = "waiting"
    TAKEN = "taken"
    DISMISSED = "dismissed"


@dataclass(frozen=True)
class ResidentReport:
    """What a resident sent: words, perhaps a photo in quarantine, perhaps a hamlet; *site* and *task* are a reviewer's choice."""

    commune: str
    id: str
    code: str
    text: str
    hamlet: str | None
    sha256: str | None
    size: int
    media_type: str
    received_at: datetime
    state: ReportState = ReportState.WAITING
    site: str | None = None
    task: str | None = None
    note: str = ""
    person: str | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Traffic:
    """How many reports came from one address within an hour and a day, from all within a day, how many wait, with how many bytes."""

    sender_hour: int
    sender_day: int
    commune_day: int
    waiting: int
    bytes_waiting: int = 0

    @property
    def is_too_much(self) -> bool:
        """Whether another report must be refused for now."""
        mine = self.sender_hour >= MOST_AN_HOUR or self.sender_day >= MOST_A_DAY
        full = self.waiting >= MOST_WAITING or self.bytes_waiting >= MOST_BYTES_WAITING
        return mine or full or self.commune_day >= MOST_OF_COMMUNE_A_DAY


class ContributionKind(StrEnum):
    """What people give, each in its own unit."""

    WORK_DAYS = "work_days"
    MONEY_VND = "money_vnd"
    LAND_M2 = "land_m2"


@dataclass(frozen=True)
class Contribution:
    """What people of a hamlet (None: of the commune) gave, without names; *amount* in the unit of its kind."""

    commune: str
    id: str
    hamlet: str | None
    kind: ContributionKind
    amount: float
    given_on: date
    purpose: str
    person: str
    at: datetime
    withdrawn_reason: str | None = None


Sums = Mapping[str | None, Mapping[ContributionKind, float]]
"""Contributions by hamlet; None is the commune's own."""


@dataclass(frozen=True)
class PublicHamlet:
    """One line of the public page: how many criteria the hamlet meets of those decided there, and the share of its sites visited."""

    name: str
    met: int
    criteria: int
    visited_share: float | None
    contributions: Mapping[ContributionKind, float]
