"""The start page of an owner: the own criteria, milestones and tasks, the most pressing first, and the way to report on them."""

from datetime import date
from html import escape

import streamlit as st

from survey import assess, tasks
from survey.domain.times import local_date
from survey.store.people import select_people
from survey.store.tasks import TaskFilters
from survey.web import people_widgets
from survey.web.owners import due_words, own_duties, own_milestones, show_duties, show_milestones
from survey.web.roadmap import STYLE
from survey.web.session import Here
from survey.web.tasks import look_around
from survey.web.tasks_words import title_words
from survey.web.text import _

_TASKS = 5  # on the start page; the page Tasks has the rest


def show_own(here: Here) -> None:
    """Show everything that the person answers for."""
    today = local_date(here.survey.now())
    with here.survey.reading() as reader:
        names = {person.id: person.name for person in select_people(reader, here.actor.commune)}
    duties, steps = own_duties(here, assess.list_editions(here.survey, here.actor)), own_milestones(here)
    if duties:
        show_duties(duties, names)
        people_widgets.next_step("owners", _("Report on my criteria"), main=True)
    if steps:
        st.subheader(_("Milestones that are mine"), anchor=False)
        show_milestones(steps, today)
    if not duties and not steps:
        st.info(_("You answer for no criterion and no milestone yet. The coordinator names the owners."))
    _show_tasks(here, today)
    people_widgets.next_step("roadmap", _("See the roadmap"))
    people_widgets.next_step("criteria", _("See where the criteria stand"))


def _show_tasks(here: Here, today: date) -> None:
    lines = tasks.select_page(here.survey, here.actor, TaskFilters(), limit=_TASKS + 1)
    if not lines:
        return
    findings = look_around(here).findings
    st.subheader(_("Tasks that are mine"), anchor=False)
    for line in lines[:_TASKS]:
        kind = "late" if line.task.is_overdue(today) else "planned"
        place = " · ".join(part for part in (line.site_code, line.hamlet_name) if part)
        st.html(
            f'{STYLE}<a class="milestone {kind}" href="/tasks" target="_self"><b>{escape(title_words(line.task, findings))}</b>'
            f"<span>{escape(place)}</span><span>{escape(due_words(line.task.due_on, today))}</span></a>"
        )
    if len(lines) > _TASKS:
        people_widgets.next_step("tasks", _("All my tasks"))
