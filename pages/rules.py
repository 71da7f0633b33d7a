"""Rules: what an edition says, number by number with its decision; coordinators enter and correct it, and every entry stays readable."""

import streamlit as st

from survey import rules
from survey.domain.people import Ability
from survey.web import criteria, rules_reading, session
from survey.web import rules as parts
from survey.web.text import _

here = session.enter(Ability.SEE_FIGURES)
st.title(_("Rules"), anchor=False)
st.write(
    _("What the criteria say, with decision and days. What you enter is a new dated entry with author and source, never an edit.")
)
parts.show_message()
editions = rules.list_effective(here.survey, here.actor)
may_enter = here.actor.may(Ability.MANAGE)
if not editions and not may_enter:
    st.info(_("No edition of criteria is loaded yet."))
    st.stop()
criteria.begin_with_goal(here)
chosen = parts.choose_edition(editions, may_enter=may_enter)
if chosen == parts.NEW:
    parts.enter_new(here)
    st.stop()
labels = parts.load_labels(here)
tabs = st.tabs([_("As it reads"), _("History"), *([_("Enter or correct")] if may_enter else [])])
with tabs[0]:
    rules_reading.show_edition(editions[chosen], labels)
with tabs[1]:
    rules_reading.show_history(here, chosen)
if may_enter:
    with tabs[2]:
        parts.enter_rule(here, editions[chosen], labels)
