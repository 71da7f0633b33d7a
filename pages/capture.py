"""Capture: the field client for who is at the gate, at a desk with forms filled on paper, or with an outbox that a phone saved."""

import streamlit as st

from survey.domain.people import Ability
from survey.web import session
from survey.web.capture import show_client
from survey.web.text import _

here = session.enter(Ability.CAPTURE)
ways = {"phone": _("On site, with this phone"), "desk": _("From paper, at a desk"), "outbox": _("From a phone's saved outbox")}
way = st.pills(_("How do you capture?"), list(ways), format_func=ways.__getitem__, default="phone", key="capture_way")
if way not in {"desk", "outbox"}:
    st.caption(_("On a slow network use the light page: it keeps working where this one loads for a minute."))
    st.html(f'<a class="door" href="/field/">{_("Open the light page")}</a>')
show_client(desk=way == "desk", outbox=way == "outbox")
