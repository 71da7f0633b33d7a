"""Criteria: how many are met of how many, what stands between, down to the hamlet, the site and the photo behind every figure."""

import streamlit as st

from survey import assess
from survey.domain.people import Ability
from survey.domain.times import local_date
from survey.store.places import select_hamlets
from survey.store.sites import select_site_counts
from survey.web import criteria, criteria_verdict, scoreboard, session
from survey.web.criteria_sites import place_name, show_sites
from survey.web.scoreboard_changes import show_changes
from survey.web.scoreboard_columns import show_columns
from survey.web.scoreboard_duties import select_duties
from survey.web.scoreboard_gaps import show_gaps
from survey.web.scoreboard_map import show_hamlet_map
from survey.web.scoreboard_trend import show_trend
from survey.web.text import _

here = session.enter(Ability.SEE_FIGURES)
st.set_page_config(layout="wide")
st.html(criteria.STYLE)
st.title(_("Criteria"), anchor=False)
editions = assess.list_editions(here.survey, here.actor)
if not editions:
    st.info(_("No edition of criteria is loaded yet. Load one with `python -m survey load-edition schema/criteria/…`."))
    st.stop()

today = local_date(here.survey.now())
in_force = {edition.id: edition.is_valid(today) for edition in editions}
edition = criteria.choose_edition(here, editions, in_force)
asked = scoreboard.choose_day(today)
with here.survey.reading() as reader:
    hamlets = select_hamlets(reader, here.actor.commune, asked.on or today)
    registered = select_site_counts(reader, here.actor.commune)
board = scoreboard.load(here, edition, asked, [hamlet for hamlet in hamlets if here.actor.reaches(hamlet.id)], today)
edition, verdicts = board.edition, board.score.verdicts  # as their rules were on the day asked for

code, place = st.query_params.get("criterion"), st.query_params.get("hamlet", criteria.COMMUNE)
chosen = next((one for one in verdicts if (one.criterion, one.hamlet or criteria.COMMUNE) == (code, place)), None)
if chosen is not None:
    criterion = next(one for one in edition.criteria if one.code == chosen.criterion)
    criteria_verdict.show_way_back(edition)
    criteria_verdict.show_verdict(chosen, criterion, place_name(chosen, board.hamlet_names))
    show_sites(here, edition, criterion, chosen, asked.on)
    st.stop()

scoreboard.show_head(board)
criteria.show_validity(edition, in_force=edition.is_valid(asked.on or today))
if not registered:
    st.info(_("The register is empty. Load households and road segments on the register page: every share is counted against them."))
elif not any(basis.visited for verdict in verdicts for basis in verdict.basis):
    st.info(_("No accepted submission counts yet. Accept submissions on the review page; the figures follow at once."))
view = scoreboard.choose_view()
if view == "stand":
    show_gaps(here, board, select_duties(here, board))
elif view == "hamlets":
    criteria.show_table(edition, verdicts, board.hamlets)
elif view == "columns":
    show_columns(here, board)
elif view == "changes":
    show_changes(here, board)
elif view == "trend":
    show_trend(here, board)
else:
    show_hamlet_map(here, board)
