"""Capture: the field client for who is at the gate, or at a desk with forms filled on paper."""

import streamlit as st

from survey.domain.people import Ability
from survey.web import session
from survey.web.capture import show_client
from survey.web.text import _

here = session.enter(Ability.CAPTURE)
desk = st.segmented_control(
    _("How do you capture?"),
    [False, True],
    format_func=lambda at_desk: _("From paper, at a desk") if at_desk else _("On site, with this phone"),
    default=False,
    key="capture_at_desk",
)
if not desk:
    st.caption(_("On a slow network use the light page: it keeps working where this one loads for a minute."))
    st.html(f'<a class="door" href="/field/">{_("Open the light page")}</a>')
show_client(desk=bool(desk))
