"""Owners: who answers for which criterion until when, how that stands, and what those people report."""

import streamlit as st

from survey import assess
from survey.domain.people import Ability
from survey.domain.times import local_date
from survey.store.people import select_people
from survey.web import criteria, owners, owners_edit, roadmap, session
from survey.web.text import _

here = session.enter(Ability.SEE_PLAN)
st.set_page_config(layout="wide")
st.title(_("Owners"), anchor=False)
editions = assess.list_editions(here.survey, here.actor)
if not editions:
    st.info(_("No edition of criteria is loaded yet. Load one with `python -m survey load-edition schema/criteria/…`."))
    st.stop()

roadmap.show_message()
today = local_date(here.survey.now())
manages = here.actor.may(Ability.MANAGE)
with here.survey.reading() as reader:
    people = {person.id: person for person in select_people(reader, here.actor.commune)}
names = {id_: person.name for id_, person in people.items()}
with st.spinner(_("Computing the figures …"), show_time=True):
    mine = owners.own_duties(here, editions)
steps = owners.own_milestones(here)
if mine or steps:
    st.subheader(_("Mine"), anchor=False)
    owners.show_duties(mine, names)
    owners.show_milestones(steps, today)
if mine and here.actor.may(Ability.REPORT) and not manages:
    with st.expander(_("Report on a criterion"), icon=":material/campaign:"):
        owners_edit.show_report(here, mine)

st.subheader(_("All criteria"), anchor=False)
edition = criteria.choose_edition(here, editions, {edition.id: edition.is_valid(today) for edition in editions})
duties = owners.read_duties(here, edition)
owners.show_summary(duties)
shown, *editing = st.tabs([_("Who answers for what"), *([_("Name owners"), _("Report for an owner")] if manages else [])])
with shown:
    owners.show_duties(sorted(duties, key=lambda duty: -duty.overdue_days), names)
    with st.expander(_("Earlier owners"), icon=":material/history:"):
        owners_edit.show_history(here, duties, names)
if manages:
    with editing[0]:
        owners_edit.show_table(here, duties, people, edition.id)
    with editing[1]:
        owners_edit.show_report(here, duties)
