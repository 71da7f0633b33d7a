"""Criteria: where every criterion of an edition stands, in the commune and each hamlet, down to the photos behind it."""

import streamlit as st

from survey import assess
from survey.domain.people import Ability
from survey.domain.times import local_date
from survey.store.places import select_hamlets
from survey.store.sites import select_site_counts
from survey.web import criteria, session
from survey.web.criteria_sites import place_name, show_sites
from survey.web.text import _

here = session.enter(Ability.SEE_FIGURES)
st.set_page_config(layout="wide")
st.title(_("Criteria"), anchor=False)
editions = assess.list_editions(here.survey, here.actor)
if not editions:
    st.info(_("No edition of criteria is loaded yet. Load one with `python -m survey load-edition schema/criteria/…`."))
    st.stop()

today = local_date(here.survey.now())
with here.survey.reading() as reader:
    hamlets = [hamlet for hamlet in select_hamlets(reader, here.actor.commune, today) if here.actor.reaches(hamlet.id)]
    registered = select_site_counts(reader, here.actor.commune)

in_force = {edition.id: edition.is_valid(today) for edition in editions}
edition = criteria.choose_edition(editions, in_force)
with st.spinner(_("Computing the figures …"), show_time=True):
    figures = assess.present_figures(here.survey, here.actor, edition.id, history=True)

code, place = st.query_params.get("criterion"), st.query_params.get("hamlet", criteria.COMMUNE)
chosen = next((one for one in figures.verdicts if (one.criterion, one.hamlet or criteria.COMMUNE) == (code, place)), None)
if chosen is None:
    criteria.show_validity(edition, in_force=in_force[edition.id])
    if not registered:
        st.info(_("The register is empty. Load households and road segments on the register page: every share is counted against them."))
    elif not any(basis.visited for verdict in figures.verdicts for basis in verdict.basis):
        st.info(_("No accepted submission counts yet. Accept submissions on the review page; the figures follow at once."))
    criteria.show_table(figures, hamlets)
    st.stop()

criterion = next(one for one in edition.criteria if one.code == chosen.criterion)
criteria.show_way_back(edition)
criteria.show_verdict(chosen, criterion, place_name(chosen, {hamlet.id: hamlet.name for hamlet in hamlets}))
show_sites(here, edition, criterion, chosen)
