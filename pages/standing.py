"""Standing: the goal, the commune's group, and what people state of criteria: claims, appraisals, and what no survey can show."""

import streamlit as st

from survey import assess
from survey.domain.people import Ability
from survey.domain.times import local_date
from survey.store.places import select_hamlets
from survey.web import criteria, scoreboard_entry, scoreboard_goal, session
from survey.web.text import _

here = session.enter(Ability.SEE_STANDING)
st.html(criteria.STYLE)
st.title(_("Goal, claims, appraisals"), anchor=False)
scoreboard_goal.show_said()
editions = assess.list_editions(here.survey, here.actor)
if not editions:
    st.info(_("No edition of criteria is loaded yet. Load one with `python -m survey load-edition schema/criteria/…`."))
    st.stop()

today = local_date(here.survey.now())
edition = criteria.choose_edition(here, editions, {edition.id: edition.is_valid(today) for edition in editions})
with here.survey.reading() as reader:
    hamlets = [hamlet for hamlet in select_hamlets(reader, here.actor.commune, today) if here.actor.reaches(hamlet.id)]
if here.actor.may(Ability.APPRAISE):
    st.caption(_("You enter what the council found, under your name. The commune's claims are the coordinator's."))
elif not here.actor.may(Ability.MANAGE):
    st.caption(_("You see what was entered. The coordinator enters it."))
scoreboard_entry.show_statements(here, edition, hamlets, today)
scoreboard_goal.show_goal(here, edition, editions, today)
scoreboard_goal.show_group(here, edition)
