"""Roadmap: the milestones with their dependencies, what decides the end, what slips when one slips, and how far each is."""

import streamlit as st

from survey.domain.people import Ability
from survey.web import roadmap, session
from survey.web.roadmap_form import show_form
from survey.web.roadmap_step import show_milestone
from survey.web.text import _

here = session.enter(Ability.SEE_PLAN)
st.set_page_config(layout="wide")
st.title(_("Roadmap"), anchor=False)
with st.spinner(_("Computing the figures …"), show_time=True):
    board = roadmap.read(here.survey, here.actor)
roadmap.show_message()
chosen = st.query_params.get("milestone")
if chosen is not None:
    show_milestone(here, board, chosen)
    st.stop()

if board.placed:
    roadmap.show_head(here, board)
else:
    st.info(_("The roadmap is empty. A milestone is a step with a number of days; others can wait for it."))
names = [_("Chart"), _("Milestones")] if board.placed else []
tabs = st.tabs([*names, _("Add a milestone")] if roadmap.can_edit(here) else names) if names or roadmap.can_edit(here) else []
if board.placed:
    with tabs[0]:
        roadmap.show_chart(board)
        roadmap.show_remarks(board)
    with tabs[1]:
        roadmap.show_list(board)
if roadmap.can_edit(here):
    with tabs[-1]:
        show_form(here, board, None)
