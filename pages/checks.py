"""Checks: what each automatic check found, how reviewers judged it, and the thresholds by which it looks."""

import streamlit as st

from survey.domain.people import Ability
from survey.web import checks, session
from survey.web.text import _

here = session.enter(Ability.REVIEW)
st.set_page_config(layout="wide")
st.title(_("Checks"), anchor=False)
st.write(_("A check never decides: it asks for a look. Where most of its warnings are dismissed, another threshold may serve better."))
with here.survey.reading() as reader:
    figures = checks.read_figures(reader, here.actor.commune)
checks.show_message()
checks.show_running(figures)
found, tuned = st.tabs([_("What they found"), _("Thresholds")])
with found:
    checks.show_checks(figures)
with tuned:
    st.write(_("After a change, submissions that wait for review are examined again; what has been decided keeps its warnings."))
    checks.show_tuning(here, figures)
