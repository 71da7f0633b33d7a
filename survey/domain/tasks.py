"""Tasks: what is to be put right at a site or in a hamlet, by whom and until when, and how that moves."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

BY_RULES = ""  # who opened or closed a task that no person did
TITLE_LENGTH = 300


class TaskState(StrEnum):
    """Where a task stands."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class Origin(StrEnum):
    """Who found it: the rules in an accepted visit, the appraisal's list of defects, a resident, a person of the commune."""

    FINDING = "finding"
    APPRAISAL = "appraisal"
    RESIDENT = "resident"
    PERSON = "person"


@dataclass(frozen=True)
class Task:
    """One task; *missing* is how much is missing, in *unit*, None where it is no amount. Photos are SHA-256 of the original bytes.

    *finding* is the rule's code, whose words stand where *title* is empty. *person* sees to it, else the owner of the criterion.
    *opened_by* and *closed_by* are `BY_RULES` where no person did it.
    """

    commune: str
    id: str
    code: str
    origin: Origin
    state: TaskState
    version: int
    opened_at: datetime
    opened_by: str = BY_RULES
    title: str = ""
    finding: str | None = None
    edition: str | None = None
    criterion: str | None = None
    site: str | None = None
    hamlet: str | None = None
    missing: float | None = None
    unit: str = ""
    due_on: date | None = None
    person: str | None = None
    opened_submission: str | None = None
    before_photo: str | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    closed_submission: str | None = None
    after_photo: str | None = None
    note: str = ""

    def is_overdue(self, today: date) -> bool:
        """Whether it is open behind its last day."""
        return self.state is TaskState.OPEN and self.due_on is not None and self.due_on < today

    def reopened(self) -> "Task":
        """The task as open as it was before it was closed."""
        return replace(
            self, state=TaskState.OPEN, closed_at=None, closed_by=None, closed_submission=None, after_photo=None, note=""
        )


@dataclass(frozen=True)
class Step:
    """What becomes of a task: the *task* as it is now, the *kind* of event (`opened changed done dropped reopened`) and why.

    *reason* is one of `REASONS` where the rules took the step.
    """

    kind: str
    task: Task
    reason: str = ""


REASONS = (
    "shown_done",  # a later accepted visit shows it done
    "not_shown",  # no accepted visit shows it any more: the one that did was taken back, corrected or moved
    "left_out",  # the rule no longer applies to the site
    "closing_gone",  # the visit that closed it no longer counts
    "still_there",  # a person said done, and a later visit shows that it is not; or it has become worse
    "rule_gone",  # the commune's rules no longer ask for it
    "site_closed",  # the register has closed the site
)
