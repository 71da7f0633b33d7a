"""Evidence: choose what a bundle is about, have it made and sealed, download it; the key, the log's heads, earlier bundles."""

import streamlit as st

from survey.domain.people import Ability
from survey.domain.submissions import State
from survey.domain.times import local_date
from survey.store.deployment import select_rounds
from survey.store.places import select_hamlets
from survey.store.queue import select_counts
from survey.web import evidence, evidence_made, evidence_orders, session
from survey.web.text import _

here = session.enter(Ability.SEE_EVIDENCE)
survey, actor = here.survey, here.actor
st.title(_("Evidence"), anchor=False)
st.write(_("A bundle holds the original photos, the answers, the verdicts with their basis and a report that opens without a network."))
with survey.reading() as reader:
    hamlets = select_hamlets(reader, actor.commune)
    rounds = select_rounds(reader, actor.commune)
    accepted = select_counts(reader, actor.commune, scope=actor.hamlets).get(State.ACCEPTED, 0)
editions = evidence.verdict_editions(here)
today = local_date(survey.now())

makes = here.actor.may(Ability.EXPORT)
if not makes:
    evidence_made.show_rounds(here, {row["round"]: row["name"] for row in rounds})
elif not evidence.show_nothing_to_deliver(editions=bool(editions), accepted=accepted):
    wish = evidence.choose(here, editions, [hamlet for hamlet in hamlets if hamlet.is_valid(today)], rounds)
    evidence_orders.show_look(here, wish)
    evidence_orders.show_order(here, wish)
names = evidence_made.Names(
    {edition.id: edition.title for edition in editions}, {hamlet.id: hamlet.name for hamlet in hamlets},
    {row["round"]: row["name"] for row in rounds},
)  # fmt: skip
if makes:
    evidence_orders.show_requests(here, names)
evidence_made.show_made(here, names)
evidence_made.show_seal(here)
evidence_made.show_how_to_check()
