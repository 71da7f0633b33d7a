"""Privacy: what the commune has set, photos past their time; and for one photo, covering and erasing it."""

from html import escape

import streamlit as st

from survey.domain.people import Ability
from survey.web import privacy, session
from survey.web.privacy_photo import show_photo
from survey.web.text import _

here = session.enter(Ability.REVIEW)
photo = st.query_params.get("photo", "")
if photo:
    st.title(_("Privacy of a photo"), anchor=False)
    privacy.show_message()
    show_photo(here, photo)
    st.html(f'<a class="door" href="/privacy" target="_self">{escape(_("All about privacy"))}</a>')
    st.stop()

st.title(_("Privacy"), anchor=False)
privacy.show_message()
st.write(_("Photos show people's homes. Inspectors read a notice and ask before they photograph; here the commune sets what it says."))
privacy.show_settings(here)
privacy.show_past(here)
st.subheader(_("One photo"), anchor=False)
st.write(_("To cover faces and number plates, or to erase a photo, open it on the review page and choose “Faces, plates, erasing”."))
