"""Owners on the page: each criterion with who answers for it until when, where it stands and what is missing there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

import streamlit as st

from survey import assess
from survey.domain.criteria import Edition
from survey.domain.outcomes import Outcome
from survey.domain.owners import Assignment, Milestone, OwnerReport
from survey.domain.scoreboard import ScoreRow
from survey.domain.times import local_date
from survey.store.assignments import select_assignments, select_assignments_of, select_last_reports
from survey.store.milestones import select_milestones
from survey.store.places import select_hamlets
from survey.store.tasks import Count, select_task_counts
from survey.web import text
from survey.web.criteria_words import criterion_title, outcome_words, reason_words
from survey.web.roadmap import STYLE
from survey.web.scoreboard_gaps import gap_words, indicator_of
from survey.web.session import Here
from survey.web.text import _, ngettext

_NAMED = 6  # hamlets by name; of more the number says enough
_QUOTED = 160  # letters of a report on a card


@dataclass(frozen=True)
class Duty:
    """One criterion with everything that its owner has to know; *today* decides what is overdue."""

    row: ScoreRow
    assignment: Assignment
    behind: tuple[str, ...]
    milestones: tuple[Milestone, ...]
    tasks: Count
    report: OwnerReport | None
    today: date

    @property
    def is_met(self) -> bool:
        """Whether the survey shows it as met."""
        return self.row.measured.outcome is Outcome.MET

    @property
    def overdue_days(self) -> int:
        """By how many days its date is past."""
        return self.assignment.overdue_days(self.today, met=self.is_met)

    @property
    def title(self) -> str:
        """The criterion with its number."""
        return criterion_title(self.row.criterion.code, self.row.criterion.title.say(text.locale()))


def read_duties(here: Here, edition: Edition) -> list[Duty]:
    """Every criterion of *edition* that counts by itself, in the edition's order."""
    commune, today = here.actor.commune, local_date(here.survey.now())
    score = assess.scoreboard(here.survey, here.actor, edition.id, history=True)
    with here.survey.reading() as reader:
        assigned = select_assignments(reader, commune, edition.id)
        reports = select_last_reports(reader, commune, edition.id)
        tasks = select_task_counts(reader, commune, today, here.actor.hamlets).by_criterion
        names = {hamlet.id: hamlet.name for hamlet in select_hamlets(reader, commune)}
        steps = [one for one in select_milestones(reader, commune).values() if here.actor.reaches(one.hamlet)]
    return [
        Duty(
            row, assigned.get(row.criterion.code, Assignment(edition.id, row.criterion.code)),
            tuple(names.get(hamlet, hamlet) for hamlet in row.behind),
            tuple(one for one in steps if (one.edition, one.criterion) == (edition.id, row.criterion.code)),
            tasks.get((edition.id, row.criterion.code), Count()), reports.get(row.criterion.code), today,
        )
        for row in score.rows
        if not row.criterion.combines
    ]  # fmt: skip


def own_duties(here: Here, editions: Sequence[Edition]) -> list[Duty]:
    """What the person answers for, in every edition, the most pressing first."""
    with here.survey.reading() as reader:
        own = {(one.edition, one.criterion) for one in select_assignments_of(reader, here.actor.commune, here.actor.person)}
    wanted = [edition for edition in editions if edition.id in {id_ for id_, _criterion in own}]
    found = [duty for edition in wanted for duty in read_duties(here, edition)]
    mine = [duty for duty in found if (duty.assignment.edition, duty.assignment.criterion) in own]
    return sorted(mine, key=lambda duty: (duty.is_met, duty.assignment.due_on or date.max))


def own_milestones(here: Here) -> list[Milestone]:
    """The unfinished milestones that the person sees to, those due first."""
    with here.survey.reading() as reader:
        every = select_milestones(reader, here.actor.commune).values()
    own = [one for one in every if one.person == here.actor.person and one.finished_on is None and here.actor.reaches(one.hamlet)]
    return sorted(own, key=lambda one: (one.due_on or date.max, one.title))


def show_duties(duties: Sequence[Duty], people: Mapping[str, str]) -> None:
    """Show a card for each; *people* are names by id."""
    st.html(f'{STYLE}<div class="duties">{"".join(_card(duty, people) for duty in duties)}</div>')


def show_summary(duties: Sequence[Duty]) -> None:
    """Show how many criteria have an owner, and how many are overdue."""
    counted = [duty for duty in duties if duty.row.criterion.is_counted]
    counts = (
        (len(counted), _("criteria")), (sum(duty.assignment.is_named for duty in counted), _("with an owner")),
        (sum(duty.is_met for duty in counted), _("met")), (sum(duty.overdue_days > 0 for duty in duties), _("overdue")),
    )  # fmt: skip
    cells = "".join(f'<div class="count"><b>{count}</b><span>{escape(name)}</span></div>' for count, name in counts)
    st.html(f'<div class="counts">{cells}</div>')


def show_milestones(milestones: Sequence[Milestone], today: date) -> None:
    """Show milestones as links to their own view, with their due dates."""
    for one in milestones:
        late = one.due_on is not None and one.due_on < today
        st.html(
            f'{STYLE}<a class="milestone {"late" if late else "planned"}" href="/roadmap?milestone={escape(one.id)}" target="_self">'
            f"<b>{escape(one.title)}</b><span>{escape(due_words(one.due_on, today))}</span></a>"
        )


def due_words(due_on: date | None, today: date) -> str:
    """Until when, and by how many days that is past or ahead."""
    if due_on is None:
        return _("no due date")
    days = (due_on - today).days
    left = ngettext("{n} day left", "{n} days left", days) if days >= 0 else ngettext("{n} day overdue", "{n} days overdue", -days)
    return f"{_('Due')} {text.format_date(due_on)} · {left}"


def _card(duty: Duty, people: Mapping[str, str]) -> str:
    held = duty.assignment
    owner = " · ".join(part for part in (held.agency, held.person_name) if part) or _("nobody yet")
    due = (_("Due") + " " + text.format_date(held.due_on)) if duty.is_met and held.due_on else due_words(held.due_on, duty.today)
    lines = [("b", outcome_words(duty.row.measured.outcome)), ("span", owner), ("b" if duty.overdue_days else "span", due)]
    lines += [("span", sentence) for sentence in (*missing(duty), *_beside(duty), *_said(duty, people))]
    shown = "".join(f"<p><{tag}>{escape(said)}</{tag}></p>" for tag, said in lines if said)
    steps = "".join(f'<a href="/roadmap?milestone={escape(one.id)}" target="_self">{escape(one.title)}</a> ' for one in duty.milestones)
    if duty.report is not None and duty.report.document is not None:
        steps += f'<a href="/documents/{escape(duty.report.document)}">{escape(_("The document of the report"))}</a>'
    kind = "duty overdue" if duty.overdue_days else "duty"
    return f'<section class="{kind}"><h3>{escape(duty.title)}</h3>{shown}{steps}</section>'


def missing(duty: Duty) -> list[str]:
    """What stands between the criterion and its being met, as sentences."""
    if duty.is_met:
        return []
    measured = duty.row.measured
    short = []
    for basis in measured.basis:
        words = gap_words(indicator_of(duty.row.criterion, basis), basis) if basis.decides else ""
        if words:
            short.append(f"{basis.title.say(text.locale())}: {words}")
    return [*short, *(reason_words(reason) for reason in measured.reasons)]


def _beside(duty: Duty) -> list[str]:
    behind = ", ".join(duty.behind[:_NAMED]) + (" …" if len(duty.behind) > _NAMED else "")
    hamlets = ngettext("{n} hamlet behind", "{n} hamlets behind", len(duty.behind)) + f": {behind}" if behind else ""
    tasks = ngettext("{n} open task", "{n} open tasks", duty.tasks.open) if duty.tasks.open else ""
    overdue = ", " + _("{n} overdue", n=duty.tasks.overdue) if duty.tasks.overdue else ""
    return [hamlets, tasks + overdue]


def _said(duty: Duty, people: Mapping[str, str]) -> list[str]:
    report = duty.report
    if report is None:
        return []
    share = "" if report.done_share is None else text.format_share(report.done_share) + " · "
    quoted = report.text if len(report.text) <= _QUOTED else report.text[:_QUOTED] + " …"
    who = people.get(report.person, report.person)
    return [_("Reported {when} by {who}: {what}", when=text.format_datetime(report.at), who=who, what=share + quoted)]
