"""Check a bundle: whole, unchanged, whose; the file is thrown away after the check."""

import streamlit as st

from survey.domain.people import Ability
from survey.web import session
from survey.web.text import _
from survey.web.verify_page import show_check

here = session.enter(Ability.SEE_FIGURES)
st.title(_("Check an evidence bundle"), anchor=False)
st.write(_("Choose a bundle: every file, the signature and the log are checked. The file is removed from the server right after."))
show_check(here)
