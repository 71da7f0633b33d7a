"""Province: the communes of the deployment side by side for one edition, as sums: score, claim, coverage, age of evidence, goal."""

import streamlit as st

from survey import province
from survey.domain.people import Ability
from survey.web import province as parts
from survey.web import session
from survey.web.text import _

here = session.enter(Ability.SEE_PROVINCE)
st.title(_("Communes side by side"), anchor=False)
editions = province.known_editions(here.survey, here.actor)
if not editions:
    st.info(_("No figures yet: they appear once a commune has loaded its criteria."), icon=":material/hourglass_empty:")
    st.stop()

edition = parts.choose_edition(editions)
found = province.compare(here.survey, here.actor, edition)
parts.show_totals(found)
rows = parts.show_choices(found)
if parts.shows_map():
    parts.show_map(here, found, rows)
else:
    parts.show_table(found, rows)
parts.show_download(found)
