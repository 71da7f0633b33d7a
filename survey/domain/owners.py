"""Who answers for what: assignments of criteria, what owners report, and the milestones of the roadmap as they are entered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from survey.domain.forecast import ShareKey
from survey.domain.roadmap import Step


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who answers for a criterion: an *agency*, a person (*person* is the account, None where the named one has none), a date.

    *number* counts the versions; 0 is a criterion that nobody was named for.
    """

    edition: str
    criterion: str
    number: int = 0
    agency: str = ""
    person: str | None = None
    person_name: str = ""
    due_on: date | None = None
    note: str = ""
    entered_by: str = ""
    at: datetime | None = None

    @property
    def says(self) -> tuple[str, str | None, str, date | None, str]:
        """What a person entered; two versions that say the same are one."""
        return self.agency, self.person, self.person_name, self.due_on, self.note

    @property
    def is_named(self) -> bool:
        """Whether anybody answers for it."""
        return bool(self.agency or self.person_name)

    def overdue_days(self, today: date, *, met: bool) -> int:
        """By how many days the date is past; 0 where it is not, or the criterion is met."""
        return 0 if met or self.due_on is None else max(0, (today - self.due_on).days)


@dataclass(frozen=True, slots=True)
class OwnerReport:
    """What a person reports on a criterion, or on one of its milestones; *done_share* is 0 to 1, None where not said."""

    edition: str
    criterion: str
    number: int
    milestone: str | None
    text: str
    done_share: float | None
    document: str | None
    person: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Milestone:
    """A step of the roadmap as entered, in its version *number*; where *indicator* is given its share done is measured."""

    id: str
    number: int
    title: str
    days: int
    edition: str | None = None
    criterion: str | None = None
    hamlet: str | None = None
    indicator: str | None = None
    not_before: date | None = None
    due_on: date | None = None
    needs: tuple[str, ...] = ()
    person: str | None = None
    started_on: date | None = None
    finished_on: date | None = None
    done_share: float | None = None
    removed: bool = False
    entered_by: str = ""
    at: datetime | None = None

    @property
    def share_key(self) -> ShareKey | None:
        """Under which key the survey's share is found; None where it is reported."""
        if self.edition is None or self.criterion is None or self.indicator is None:
            return None
        return self.edition, self.criterion, self.hamlet, self.indicator

    def step(self, shares: Mapping[ShareKey, float]) -> Step:
        """The milestone as a step to lay out; *shares* is what the survey measured. Unmeasured is not known, never 0."""
        share = self.done_share if self.share_key is None else shares.get(self.share_key)
        return Step(
            self.id, self.title, self.days, self.needs, self.not_before, self.due_on, self.started_on, self.finished_on, share
        )  # fmt: skip
