"""Samples: how sure a figure is, how many more visits would decide it, and lists of visits drawn by chance."""

import streamlit as st

from survey import assess, visits
from survey.domain.people import Ability
from survey.domain.times import local_date
from survey.web import criteria, session, visits_page
from survey.web.text import _

here = session.enter(Ability.REVIEW)
st.set_page_config(layout="wide")
st.title(_("Samples"), anchor=False)
visits_page.show_message()
st.write(_("Where chance chose the visited sites, they speak for all: the verdict follows the interval, and fewer visits are enough."))
editions = [edition for edition in assess.list_editions(here.survey, here.actor) if visits.drawable(edition)]
if not editions:
    st.info(_("No edition of criteria is loaded yet. Load one with `python -m survey load-edition schema/criteria/…`."))
    st.stop()
today = local_date(here.survey.now())
edition = criteria.choose_edition(here, editions, {one.id: one.is_valid(today) for one in editions})
with st.spinner(_("Computing the figures …"), show_time=True):
    figures = assess.present_figures(here.survey, here.actor, edition.id, history=True)
names = visits_page.hamlets_of(here)
criterion, indicator, hamlet = visits_page.choose(edition, figures, names)
outlook = visits.outlook(here.survey, here.actor, edition.id, criterion.code, indicator.code, hamlet=hamlet)
visits_page.show_outlook(outlook)
visits_page.offer_draw(here, outlook, names, hamlet)
visits_page.show_lists(here, names)
visits_page.show_demand(here)
