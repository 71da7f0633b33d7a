"""People's data: find what is held about a home or an officer, answer requests, state purposes, let old photos go by themselves."""

import streamlit as st

from survey.domain.people import Ability
from survey.web import personal_find, personal_requests, personal_settings, privacy, session
from survey.web.text import _

here = session.enter(Ability.PROTECT_DATA)
st.title(_("People's data"), anchor=False)
privacy.show_message()
PARTS = {
    "find": (_("A home or officer"), personal_find.show),
    "requests": (_("Requests"), personal_requests.show),
    "purposes": (_("Purposes"), personal_settings.show_purposes),
    "itself": (_("Erasing by itself"), personal_settings.show_automatic),
}
part = st.segmented_control(
    _("Part"), list(PARTS), format_func=lambda key: PARTS[key][0], default="find", key="personal_part", label_visibility="collapsed",
)  # fmt: skip
PARTS[part or "find"][1](here)
st.html(f'<a class="door" href="/public/{here.commune.code}/privacy" target="_blank">{_("What people are told about their data")}</a>')
