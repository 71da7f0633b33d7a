"""People: the commune's accounts; adding one, closing one, giving a one-time sign-in link."""

import streamlit as st

from survey import accounts
from survey.domain.grants import reaches
from survey.domain.people import Ability
from survey.domain.problems import Problem
from survey.domain.times import local_date
from survey.store.people import select_people
from survey.store.places import select_hamlets
from survey.web import granting, layout, noting, own_proofs, people_widgets, session, sessions, text
from survey.web.text import _

here = session.enter(Ability.MANAGE_PEOPLE)
survey, actor = here.survey, here.actor
st.title(_("People"))
with survey.reading() as reader:
    people = {person.id: person for person in select_people(reader, actor.commune)}
    hamlets = {hamlet.id: hamlet for hamlet in select_hamlets(reader, actor.commune, local_date(survey.now()))}
noting.note(actor, noting.Act.LISTED, "people")

made = st.session_state.pop("made_link", None)
if made is not None:
    people_widgets.link_with_code(people[made[0]], layout.public_address(survey) + made[1], secure=survey.settings.secure)

places = granting.Places({one.id: one.name for one in hamlets.values()}, granting.known_rounds(here))
people_widgets.people_table(people.values(), hamlets.values(), places.rounds)

with st.expander(_("Add a person"), icon=":material/person_add:"), st.form("add", border=False):
    name = st.text_input(_("Name"), max_chars=80)
    login = st.text_input(_("Login"), max_chars=40)
    st.caption(_("Plain letters and digits, such as lan.nguyen"))
    grant = granting.choose_scope(granting.choose_role(actor, "add_role"), places, "add")
    if st.form_submit_button(_("Add and make a sign-in link"), type="primary"):
        try:
            person = accounts.create_person(
                survey, actor.commune, by=actor, login=login, name=name, role=grant.role, hamlets=grant.hamlets, rounds=grant.rounds,
                closes_on=grant.closes_on,
            )  # fmt: skip
            link = accounts.make_sign_in_link(survey, actor.commune, person.id, by=actor)
            st.session_state["made_link"] = (person.id, link)
            st.rerun()
        except Problem as problem:
            st.error(text.problem_text(problem))

titles = {person.id: f"{person.name} ({person.login})" for person in people.values()}
active = [person.id for person in people.values() if person.is_open(survey.now()) and reaches(actor, person)]
granting.show_change(here, list(people.values()), places)
with st.expander(_("New sign-in link"), icon=":material/key:"), st.form("link", border=False):
    chosen = st.selectbox(_("Person"), active, format_func=titles.get, key="link_for")
    if st.form_submit_button(_("Make a one-time link")) and chosen:
        st.session_state["made_link"] = (chosen, accounts.make_sign_in_link(survey, actor.commune, chosen, by=actor))
        st.rerun()

with st.expander(_("Phone with the code app lost"), icon=":material/phonelink_erase:"):
    own_proofs.reset_of(survey, actor, people.values())

with st.expander(_("Close an account"), icon=":material/person_off:"), st.form("close", border=False):
    closing = st.selectbox(_("Person"), active, format_func=titles.get, key="close_for")
    sure = st.checkbox(_("The person is signed out everywhere at once. The work handed in stays."))
    if st.form_submit_button(_("Close the account")) and closing:
        try:
            if sure:
                accounts.disable_person(survey, actor.commune, closing, by=actor)
                st.rerun()
            st.warning(_("Tick the box first."))
        except Problem as problem:
            st.error(text.problem_text(problem))

with st.expander(_("Where somebody is signed in"), icon=":material/devices:"):
    sessions.sessions_of(survey, actor, people.values())
