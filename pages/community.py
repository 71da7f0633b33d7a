"""Community: what residents have sent, what people of each hamlet have given, and the public page."""

import streamlit as st

from survey.domain.people import Ability
from survey.web import community, noting, session
from survey.web.privacy import show_message
from survey.web.text import _

here = session.enter(Ability.REVIEW)
st.title(_("Community"), anchor=False)
noting.note(here.actor, noting.Act.LISTED, "resident_report")
show_message()
reports, given, public = st.tabs([_("Reports of residents"), _("Contributions"), _("Public page")])
with reports:
    community.show_reports(here)
with given:
    community.show_contributions(here)
with public:
    community.show_public(here)
