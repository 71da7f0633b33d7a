"""Bring in photos: an officer's folder or ZIP, proposed to the sites it was taken at, corrected, made into submissions."""

import streamlit as st

from survey.domain.people import Ability
from survey.web import session
from survey.web.desk_page import show_desk
from survey.web.text import _

here = session.enter(Ability.CAPTURE)
st.title(_("Bring in photos"), anchor=False)
st.write(_("Choose the photos of a camera or phone, or a ZIP of them. Each is proposed to the place where it was taken; you decide."))
st.caption(_("These are photos of people's homes: bring in only what the survey needs, and what people were told of."))
show_desk(here)
