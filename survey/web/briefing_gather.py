"""What goes on a briefing: the figures of now beside those of the last one, owners, the roadmap, tasks and photos.

A door's work: it asks the verbs and hands what they say to `survey.briefing`. Sentences are written in both languages at once, since what
is said stays as it was said.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from survey import assess, roadmap
from survey.catalogue.findings import Findings
from survey.domain.briefing import Briefing, Change, Gap, Goal, HamletLine, Overdue, Step
from survey.domain.changes import Cause, ChangeKind, changes_between
from survey.domain.outcomes import Outcome
from survey.domain.owners import Assignment
from survey.domain.places import Hamlet
from survey.domain.roadmap import Placed
from survey.domain.scoreboard import Scoreboard, ScoreRow
from survey.domain.tasks import TaskState
from survey.domain.thresholds import Text
from survey.domain.times import local_date
from survey.domain.trend import score
from survey.domain.verdicts import Basis, Verdict
from survey.store.assignments import select_assignments
from survey.store.briefings import Held, select_briefings
from survey.store.reviews import select_person_names
from survey.store.tasks import TaskCounts, TaskFilters, TaskLine, select_task_counts, select_tasks
from survey.tasks import present_findings
from survey.web import text
from survey.web.briefing_photos import best_pairs, said_of
from survey.web.criteria_words import indicator_title, outcome_words, reason_words, value_words, visits_words
from survey.web.scoreboard_changes import cause_words
from survey.web.scoreboard_gaps import gap_words, indicator_of
from survey.web.session import Here
from survey.web.text import _

_CLOSED = 60  # tasks looked through for photos, newest first


@dataclass(frozen=True)
class Parts:
    """Everything that was asked for, as the verbs and the store gave it."""

    outlook: assess.Outlook
    road: roadmap.Roadmap
    assigned: Mapping[str, Assignment]
    counts: TaskCounts
    overdue: Sequence[TaskLine]
    closed: Sequence[TaskLine]
    last: Held | None
    before: Sequence[Verdict]
    names: Mapping[str, str]
    findings: Findings
    today: date

    @property
    def board(self) -> Scoreboard:
        """The scoreboard of now."""
        return self.outlook.score


def gather(here: Here, edition: str, hamlets: Sequence[Hamlet]) -> Briefing:
    """The briefing of now on *edition*, not kept yet; compared with the last one that was kept of it."""
    parts = _ask(here, edition)
    board, codes = parts.board, {hamlet.id: hamlet.name for hamlet in hamlets}
    critical = _critical(parts)
    open_rows = [row for row in board.rows if row.criterion.is_counted and row.measured.outcome is not Outcome.MET]
    counted = [row for row in board.rows if row.criterion.is_counted]
    return Briefing(
        commune=here.commune.name, demonstration=here.commune.demonstration, edition=edition, edition_title=board.edition.title,
        as_of=parts.today, met=board.met, total=board.total, not_met=sum(row.measured.outcome is Outcome.NOT_MET for row in counted),
        claimed=sum(row.claim is not None and row.claim.outcome is Outcome.MET for row in counted),
        appraised=sum(row.appraisal is not None and row.appraisal.outcome is Outcome.MET for row in counted),
        since=None if parts.last is None else parts.last.as_of,
        met_before=None if parts.last is None else score(board.edition, parts.before).met,
        goal=_goal(parts), changes=tuple(_changes(parts)), gaps=tuple(_gap(parts, row, codes, critical) for row in open_rows),
        steps=tuple(_step(parts, parts.road.plan.placed[step]) for step in parts.road.plan.critical_path),
        overdue=tuple(_overdue(parts)), hamlets=tuple(_hamlet(parts, hamlet) for hamlet in hamlets),
        photos=best_pairs(here.survey, parts.closed, parts.findings),
    )  # fmt: skip


def _ask(here: Here, edition: str) -> Parts:
    survey, actor, today = here.survey, here.actor, local_date(here.survey.now())
    bare = roadmap.plan_of(survey, actor)
    road = roadmap.plan_of(survey, actor, shares=assess.shares_now(survey, actor, assess.editions_of(bare.milestones.values())))
    seen = assess.outlook(survey, actor, edition, road.plan, road.milestones)
    with survey.reading() as reader:
        last = next((held for held in select_briefings(reader, actor.commune, edition=edition) if held.as_of < today), None)
        assigned = select_assignments(reader, actor.commune, edition)
        counts = select_task_counts(reader, actor.commune, today, actor.hamlets)
        overdue = select_tasks(reader, actor.commune, TaskFilters(overdue=today, scope=actor.hamlets), limit=200)
        closed = select_tasks(reader, actor.commune, TaskFilters(TaskState.DONE, scope=actor.hamlets), limit=_CLOSED)
        people = [one.person for one in road.milestones.values() if one.person]
        names = select_person_names(reader, actor.commune, people)
        findings = present_findings(reader, actor.commune)
    before = () if last is None else assess.figures_on(survey, actor, edition, last.as_of, history=True).verdicts
    return Parts(seen, road, assigned, counts, overdue, closed, last, before, names, findings, today)


def _both(say: Callable[[], str]) -> Text:
    with text.speaking("vi"):
        vietnamese = say()
    with text.speaking("en"):
        return Text(vietnamese, say())


def _goal(parts: Parts) -> Goal | None:
    goal, forecast = parts.board.goal, parts.outlook.goal
    if goal is None:
        return None
    days = (None, None, None) if forecast is None else (forecast.low, forecast.likely, forecast.high)
    return Goal(goal.criteria, goal.by, days)


def _changes(parts: Parts) -> Iterable[Change]:
    if parts.last is None:
        return
    for change in changes_between(parts.before, parts.board.verdicts):
        if change.after.hamlet is None and change.kind is not ChangeKind.MOVED:
            cause = _cause(change.causes) if change.causes else None
            yield Change(change.after.criterion, change.after.title, change.before.outcome.value, change.after.outcome.value, cause)


def _cause(causes: Sequence[Cause]) -> Text:
    return _both(lambda: ", ".join(cause_words(cause) for cause in causes))


def _gap(parts: Parts, row: ScoreRow, codes: Mapping[str, str], critical: set[str]) -> Gap:
    code = row.criterion.code
    assigned, tasks = parts.assigned.get(code), parts.counts.by_criterion.get((parts.board.edition.id, code))
    return Gap(
        code, row.criterion.title, row.measured.outcome.value, _both(lambda: missing_words(row)),
        tuple(codes[hamlet] for hamlet in row.behind if hamlet in codes), _owner(assigned), None if assigned is None else assigned.due_on,
        tasks.open if tasks else 0, tasks.overdue if tasks else 0, code in critical,
    )  # fmt: skip


def missing_words(row: ScoreRow) -> str:
    """What a criterion that is not met or open still needs, in one line: figures that decide first, else why it is open."""
    lines = [_basis_words(row, basis) for basis in row.measured.basis if basis.decides and basis.outcome is not Outcome.MET]
    stated = row.measured.stated
    if stated is not None and stated.outcome is not Outcome.MET:
        lines.append(_("Stated on {day}: {outcome}.", day=text.format_date(stated.stated_on), outcome=outcome_words(stated.outcome)))
    told = {basis.reason for basis in row.measured.basis if basis.decides}
    lines += [reason_words(reason) for reason in row.measured.reasons if reason not in told]
    beside = [
        f"{indicator_title(basis.indicator, basis.title.say(text.locale()))} {value_words(basis)}"
        for basis in row.measured.basis
        if not basis.decides and basis.value is not None
    ]
    lines += [_("Beside it, without deciding:") + " " + "; ".join(beside) + "."] if beside else []
    return " ".join(line for line in lines if line)


def _basis_words(row: ScoreRow, basis: Basis) -> str:
    name = indicator_title(basis.indicator, basis.title.say(text.locale()))
    value = "" if basis.value is None else f": {value_words(basis)}"
    lack = gap_words(indicator_of(row.criterion, basis), basis)
    reason = reason_words(basis.reason) if basis.reason is not None and not lack else ""
    return " ".join(part for part in (f"{name}{value}{f' – {lack}' if lack else ''}.", reason, visits_words(basis)) if part)


def _critical(parts: Parts) -> set[str]:
    milestones = parts.road.milestones
    edition = parts.board.edition.id
    on_path = [milestones[step] for step in parts.road.plan.critical_path if step in milestones]
    return {one.criterion for one in on_path if one.criterion and one.edition == edition}


def _step(parts: Parts, placed: Placed) -> Step:
    milestone = parts.road.milestones.get(placed.step.id)
    owner = parts.names.get(milestone.person or "", "") if milestone is not None else ""
    due = placed.step.due_on
    late = max(0, (placed.finish - due).days) if due is not None else 0
    return Step(placed.step.title, placed.start, placed.finish, owner, placed.step.done_share, late)


def _overdue(parts: Parts) -> Iterable[Overdue]:
    """Criteria, steps and tasks behind their day, by who answers for them."""
    found: dict[str, list[tuple[Text, date]]] = {}
    met = {row.criterion.code for row in parts.board.rows if row.measured.outcome is Outcome.MET}
    titles = {criterion.code: criterion.title for criterion in parts.board.edition.criteria}
    for code, one in parts.assigned.items():
        if one.is_named and one.overdue_days(parts.today, met=code in met) and one.due_on is not None:
            found.setdefault(_owner(one), []).append((_numbered(code, titles.get(code, Text(code, code))), one.due_on))
    for placed in parts.road.plan.placed.values():
        due = placed.step.due_on
        if not placed.is_finished and due is not None and due < parts.today and placed.step.id in parts.road.milestones:
            milestone = parts.road.milestones[placed.step.id]
            found.setdefault(parts.names.get(milestone.person or "", ""), []).append((Text(milestone.title, milestone.title), due))
    for line in parts.overdue:
        if line.task.due_on is not None:
            found.setdefault(line.person_name or _served_by(parts, line), []).append((said_of(line, parts.findings), line.task.due_on))
    for person, items in sorted(found.items(), key=lambda one: not one[0]):  # what nobody answers for comes last
        yield Overdue(person, tuple(sorted(items, key=lambda item: item[1])))


def _served_by(parts: Parts, line: TaskLine) -> str:
    """Who answers for the criterion that a task serves; nobody where none of this edition has an owner."""
    rule, edition = parts.findings.rule(line.task.finding), parts.board.edition.id
    served = rule.criteria if rule is not None else ((line.task.edition, line.task.criterion),)
    owners = (_owner(parts.assigned.get(code or "")) for known, code in served if known == edition)
    return next((owner for owner in owners if owner), "")


def _numbered(code: str, title: Text) -> Text:
    return Text(f"{code}. {title.vi}", f"{code}. {title.en}")


def _owner(assigned: Assignment | None) -> str:
    return "" if assigned is None else " – ".join(part for part in (assigned.person_name, assigned.agency) if part)


def _hamlet(parts: Parts, hamlet: Hamlet) -> HamletLine:
    counted = {criterion.code for criterion in parts.board.edition.criteria if criterion.is_counted}
    mine = [verdict for verdict in parts.board.verdicts if verdict.hamlet == hamlet.id and verdict.criterion in counted]
    outcomes = [verdict.outcome for verdict in mine]
    widest = max((basis for verdict in mine for basis in verdict.basis), key=lambda basis: basis.registered, default=None)
    tasks = parts.counts.by_hamlet.get(hamlet.id)
    return HamletLine(
        hamlet.name, outcomes.count(Outcome.MET), outcomes.count(Outcome.NOT_MET), outcomes.count(Outcome.NOT_ENOUGH_DATA),
        widest.visited if widest else 0, widest.registered if widest else 0, tasks.open if tasks else 0, tasks.overdue if tasks else 0,
    )  # fmt: skip
