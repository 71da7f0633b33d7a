"""Words of tasks: what is to be done, where, until when, who found it, why it was closed."""

from datetime import date

from survey.catalogue.findings import Findings
from survey.domain.tasks import BY_RULES, Origin, Task, TaskState
from survey.store.tasks import TaskLine
from survey.web import text
from survey.web.text import _, ngettext


def title_words(task: Task, findings: Findings) -> str:
    """Return what is to be done: a person's words, else those of the finding with what is missing."""
    rule = findings.rule(task.finding)
    if task.title or rule is None:
        return task.title or (task.finding or "")
    return rule.title.say(text.locale()).replace("{missing}", text.format_number(task.missing or 0.0))


def place_words(line: TaskLine) -> str:
    """Return site and hamlet, or that it is for the whole commune."""
    site = None if line.site_code is None else f"{line.site_code} {line.site_name or ''}".strip()
    return " · ".join(part for part in (site, line.hamlet_name) if part) or _("The whole commune")


def due_words(task: Task, today: date) -> str:
    """Return the last day, and how many days that is over; "" where there is none."""
    if task.due_on is None:
        return ""
    day = _("due {day}", day=text.format_date(task.due_on))
    if not task.is_overdue(today):
        return day
    return f"! {day} – {ngettext('{n} day over', '{n} days over', (today - task.due_on).days)}"


def origin_words(origin: Origin) -> str:
    """Return who found it."""
    return {
        Origin.FINDING: _("found by the survey"), Origin.APPRAISAL: _("defect of the appraisal"), Origin.RESIDENT: _("told by a resident"),
        Origin.PERSON: _("entered by hand"),
    }[origin]  # fmt: skip


def state_words(state: TaskState) -> str:
    """Return how a task stands."""
    return {TaskState.OPEN: _("To do"), TaskState.DONE: _("Done"), TaskState.DROPPED: _("Dropped")}[state]


def closed_words(task: Task) -> str:
    """Return when and by what a task was closed; "" while it is open."""
    if task.closed_at is None:
        return ""
    day = text.format_date(task.closed_at)
    if task.closed_by != BY_RULES:
        return f"{day}: {task.note}"
    if task.state is TaskState.DONE:
        return _("{day}: a later accepted visit shows it done", day=day)
    return _("{day}: no accepted visit shows it any more", day=day)
