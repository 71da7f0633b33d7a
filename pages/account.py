"""My account: who I am here, my password, where I am signed in; the language is in the sidebar."""

import streamlit as st

from survey import accounts
from survey.domain.problems import Problem
from survey.web import layout, own_proofs, session, sessions, text
from survey.web.text import _

here = session.enter()
person = here.session.person
st.title(_("My account"))
st.markdown(f"**{text.plain(person.name)}** · `{person.login}` · {layout.role_name(person.role)}")
st.caption(_("Signed in on this device since {when}.", when=text.format_datetime(here.session.created_at)))

if here.session.device is not None:
    st.info(_("This is an enrolled phone. Sign in at a computer to choose a password."))
    st.stop()
st.subheader(_("Change the password") if person.has_password else _("Choose a password"))
free = accounts.without_old_password(here.session, here.survey.now())
if free and person.has_password:
    st.info(_("You came by a one-time link: you may choose a new password now without the old one, for 15 minutes from then."))
with st.form("password", clear_on_submit=True):
    old = "" if free else st.text_input(_("Present password"), type="password", autocomplete="current-password")
    new = st.text_input(_("New password"), type="password", autocomplete="new-password")
    st.caption(_("At least {length} characters; a short sentence is best.", length=accounts.PASSWORD_LENGTH))
    again = st.text_input(_("New password once more"), type="password", autocomplete="new-password")
    if st.form_submit_button(_("Save the password"), type="primary"):
        try:
            if new == again:
                if not free:
                    own_proofs.check_password(here, old)
                accounts.change_password(here.survey, here.session, here.cookie, old=old, new=new)
                st.success(_("Saved. Your other browsers have been signed out; enrolled phones stay."))
            else:
                st.error(_("The two new passwords differ."))
        except Problem as problem:
            st.error(text.problem_text(problem))

sessions.own_sessions(here)
own_proofs.own_second_step(here)
own_proofs.own_identities(here)
