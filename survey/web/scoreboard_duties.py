"""Who answers for a criterion until when, what is open there, and whether the plan's longest path runs through it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from survey import roadmap
from survey.domain.forecast import measured_shares
from survey.domain.people import Ability
from survey.store.assignments import select_assignments
from survey.store.tasks import Count, select_task_counts
from survey.web.scoreboard import Board
from survey.web.session import Here


@dataclass(frozen=True)
class Duty:
    """What is known of one criterion besides its figures; "" and None where nobody has entered it."""

    owner: str = ""
    due_on: date | None = None
    tasks_open: int = 0
    tasks_overdue: int = 0
    critical: bool = False


@dataclass(frozen=True)
class Duties:
    """`Duty` by criterion."""

    by_criterion: Mapping[str, Duty] = field(default_factory=dict)

    def of(self, criterion: str) -> Duty:
        """The duty of a criterion; an empty one where nothing is entered."""
        return self.by_criterion.get(criterion, Duty())


def select_duties(here: Here, board: Board) -> Duties:
    """What is entered today for the edition that is looked at; of an earlier day nothing, since it would not be what was so then."""
    if board.asked.on is not None or not here.actor.may(Ability.SEE_PLAN):
        return Duties()
    with here.survey.reading() as reader:
        assigned = select_assignments(reader, here.actor.commune, board.edition.id)
        tasks = select_task_counts(reader, here.actor.commune, board.today, here.actor.hamlets).by_criterion
    critical = _critical(here, board)
    found = {}
    for criterion in board.edition.criteria:
        one = assigned.get(criterion.code)
        owner = "" if one is None else " · ".join(part for part in (one.person_name, one.agency) if part)
        count = tasks.get((board.edition.id, criterion.code), Count())
        due_on = None if one is None else one.due_on
        found[criterion.code] = Duty(owner, due_on, count.open, count.overdue, criterion.code in critical)
    return Duties(found)


def _critical(here: Here, board: Board) -> set[str]:
    laid_out = roadmap.plan_of(here.survey, here.actor, shares=measured_shares(board.score.verdicts))
    return {
        one.criterion
        for id_, one in laid_out.milestones.items()
        if one.criterion is not None and one.edition == board.edition.id and laid_out.plan.placed[id_].is_critical
    }
