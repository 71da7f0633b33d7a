"""Tasks: what is still to be done where, until when and by whom; what is done, before and after."""

import streamlit as st

from survey.domain.people import Ability
from survey.web import noting, session, tasks, tasks_deciding
from survey.web.tasks_entry import show_entry
from survey.web.text import _

here = session.enter(Ability.SEE_TASKS)
st.title(_("Tasks"), anchor=False)
tasks_deciding.show_message()
around = tasks.look_around(here)
tasks.show_counts(here, around)
if here.actor.may(Ability.REVIEW) or here.actor.may(Ability.APPRAISE):
    show_entry(here, around)
noting.note(here.actor, noting.Act.LISTED, "tasks")
filters = tasks.choose_filters(here, around)
tasks.show_downloads(filters)
tasks.show_list(here, around, filters)
