"""Briefing: what a chairman reads on Monday, on a web page and on two sheets of paper; kept under a number when it is held."""

import streamlit as st

from survey import assess, briefing
from survey.domain.people import Ability
from survey.domain.times import local_date
from survey.store.places import select_hamlets
from survey.web import briefing_page, criteria, session
from survey.web.briefing_gather import gather
from survey.web.privacy import show_message
from survey.web.text import _

here = session.enter(Ability.SEE_PLAN)
st.set_page_config(layout="wide")
st.title(_("Briefing"), anchor=False)
show_message()
shown = st.query_params.get("briefing", "")
if shown:
    briefing_page.show_held(briefing.find(here.survey, here.actor, shown))
    st.stop()

editions = assess.list_editions(here.survey, here.actor)
if not editions:
    st.info(_("No edition of criteria is loaded yet. Load one with `python -m survey load-edition schema/criteria/…`."))
    st.stop()
today = local_date(here.survey.now())
edition = criteria.choose_edition(here, editions, {one.id: one.is_valid(today) for one in editions})
briefing_page.show_list(briefing.list_held(here.survey, here.actor))
with here.survey.reading() as reader:
    hamlets = [hamlet for hamlet in select_hamlets(reader, here.actor.commune, today) if here.actor.reaches(hamlet.id)]
with st.spinner(_("Computing the figures …"), show_time=True):
    draft = gather(here, edition.id, hamlets)
if here.actor.may(Ability.EXPORT):
    briefing_page.offer_holding(here, draft)
briefing_page.show_draft(draft)
