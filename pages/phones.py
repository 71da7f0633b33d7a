"""Phones: who carries which enrolled phone; adding one by QR code, shutting out a lost one."""

import streamlit as st

from survey import devices
from survey.domain.grants import reaches
from survey.domain.people import Ability
from survey.domain.problems import Problem
from survey.store.devices import select_devices
from survey.store.people import select_people
from survey.web import layout, noting, phones, session, text
from survey.web.text import _

here = session.enter(Ability.MANAGE_PEOPLE)
survey, actor = here.survey, here.actor
st.title(_("Phones"))
with survey.reading() as reader:
    people = {person.id: person for person in select_people(reader, actor.commune)}
    listed = select_devices(reader, actor.commune)
noting.note(actor, noting.Act.LISTED, "phones")

# Shown in one run only: a key that stayed on the page would be read by whoever comes by.
handover = st.session_state.pop("handover", None)
if handover is not None:
    phones.hand_over(handover, layout.public_address(survey), secure=survey.settings.secure, project=here.commune.name)
gone = st.session_state.pop("gone", None)
if gone is not None:
    st.success(_("{phone} is shut out. What it has not sent stays on it and can be sent once the phone is added again.", phone=gone))

active = [device for device in listed if device.revoked_at is None]
if not active:
    st.info(_("No phone is enrolled yet."))
with st.expander(_("Add a phone"), icon=":material/add_to_home_screen:", expanded=not active), st.form("add", border=False):
    carriers = phones.by_need(each for each in people.values() if reaches(actor, each))
    person = st.selectbox(_("Who carries it"), carriers, format_func=lambda each: f"{each.name} ({each.login})")
    name = st.text_input(_("What you call the phone"), max_chars=phones.NAME_LENGTH)
    st.caption(_("Such as its make and colour, so that you find it in the list when it is lost."))
    if st.form_submit_button(_("Add and show the code"), type="primary") and person is not None:
        try:
            enrolled = devices.enrol(survey, actor.commune, person.id, by=actor, name=name)
            st.session_state["handover"] = phones.Handover(name.strip() or person.name, person.name, enrolled.link, enrolled.token)
            st.rerun()
        except Problem as problem:
            st.error(text.problem_text(problem))

for person, carried in phones.by_carrier(active, people):
    st.markdown(f"##### {text.plain(person.name)}")
    for device in carried:
        wish = phones.card(device, survey.now())
        try:
            if wish == "revoke":
                devices.revoke(survey, actor.commune, device.id, by=actor)
                st.session_state["gone"] = text.plain(f"{device.name} – {person.name}")
                st.rerun()
            elif wish == "link":
                link = devices.renew_link(survey, actor.commune, device.id, by=actor)
                st.session_state["handover"] = phones.Handover(device.name, person.name, link)
                st.rerun()
        except Problem as problem:
            st.error(text.problem_text(problem))

phones.revoked(listed, people)
