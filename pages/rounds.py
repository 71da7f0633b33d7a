"""Rounds: the commune's survey campaigns with their days; adding one, correcting one; what was captured within it belongs to it."""

import streamlit as st

from survey.domain.people import Ability
from survey.store.deployment import select_round_counts, select_rounds
from survey.web import rounds, session
from survey.web.text import _

here = session.enter(Ability.MANAGE)
st.title(_("Survey rounds"), anchor=False)
st.caption(
    _("A submission belongs to the round that its moment of capture falls in, whenever it was sent. Before and after are two rounds.")
)
with here.survey.reading() as reader:
    known = select_rounds(reader, here.actor.commune)
    counts = select_round_counts(reader, here.actor.commune)

rounds.show_message()
rounds.show_rounds(known, counts)
rounds.show_adding(here)
if known:
    rounds.show_correcting(here, known)
