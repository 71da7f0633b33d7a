"""Evidence: choose what a bundle is about, see what is inside, download it; earlier bundles with their heads."""

import streamlit as st

from survey import deliver
from survey.domain.people import Ability
from survey.domain.problems import Problem
from survey.domain.submissions import State
from survey.domain.times import local_date
from survey.store.bundles import select_bundles
from survey.store.places import select_hamlets
from survey.store.queue import select_counts
from survey.web import bundles, evidence, session, text
from survey.web.text import _

here = session.enter(Ability.EXPORT)
survey, actor = here.survey, here.actor
st.title(_("Evidence"), anchor=False)
st.write(_("A bundle holds the original photos, the answers, the verdicts with their basis and a report that opens without a network."))
with survey.reading() as reader:
    hamlets = select_hamlets(reader, actor.commune)
    made = select_bundles(reader, actor.commune, limit=20)
    accepted = select_counts(reader, actor.commune, scope=actor.hamlets).get(State.ACCEPTED, 0)
editions = evidence.verdict_editions(here)
today = local_date(survey.now())

if not evidence.show_nothing_to_deliver(editions=bool(editions), accepted=accepted):
    scope = evidence.choose_scope(here, editions, [hamlet for hamlet in hamlets if hamlet.is_valid(today)])
    if st.button(_("Prepare the bundle"), type="primary", icon=":material/inventory_2:"):
        try:
            with st.spinner(_("Gathering evidence and writing the report…"), show_time=True):
                st.session_state["plan"] = deliver.plan(survey, actor, scope, bundles.verdicts_for(survey, actor, scope))
            st.rerun()
        except Problem as problem:
            st.error(text.problem_text(problem))
    plan = st.session_state.get("plan")
    if plan is not None and plan.basis.scope == scope:
        evidence.show_plan(plan)

titles = {edition.id: edition.title.say(text.locale()) for edition in editions}
evidence.show_made(made, titles, {hamlet.id: hamlet.name for hamlet in hamlets})
evidence.show_how_to_check()
