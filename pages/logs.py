"""Logs: what was changed, entry by entry of the hash chain, and who looked at or exported what."""

import streamlit as st

from survey import logs
from survey.domain.people import Ability
from survey.domain.problems import Problem
from survey.store.event_index import ChangeFilters
from survey.web import logs as shown
from survey.web import logs_state, session, text
from survey.web.text import _

here = session.enter(Ability.SEE_LOGS)
st.title(_("Logs"), anchor=False)
try:
    logs.require_reader(here.actor)
except Problem as problem:
    st.error(text.problem_text(problem))
    st.stop()
st.write(_("What was changed, and who looked at or exported what. Nobody can change or delete an entry here. Reading here is noted, too."))
filters = shown.choose(here, shown.choose_log())
if isinstance(filters, ChangeFilters):
    logs_state.show_chain(here)
    shown.show_changes(here, filters)
else:
    logs_state.show_export(here, filters)
    shown.show_looks(here, filters)
    logs_state.show_kept(here)
