"""Hamlets on a map, coloured by one criterion. They have no borders: the area around each hamlet's registered sites stands for it."""

from collections.abc import Mapping
from html import escape

import streamlit as st

from survey.domain.hulls import hull, middle
from survey.domain.outcomes import Outcome
from survey.domain.places import Border
from survey.domain.verdicts import Verdict
from survey.store.places import select_commune
from survey.store.site_positions import select_hamlet_positions
from survey.web import maps, text
from survey.web.criteria import address
from survey.web.criteria_words import criterion_title, outcome_words
from survey.web.scoreboard import Board
from survey.web.session import Here
from survey.web.text import _

_COLOURS = {Outcome.MET: maps.GREEN, Outcome.NOT_MET: maps.ORANGE, Outcome.NOT_ENOUGH_DATA: maps.GREY}


def show_hamlet_map(here: Here, board: Board) -> None:
    """Show the hamlets coloured by a chosen criterion; a tap on one leads to its figures, as does the list below."""
    codes = [criterion.code for criterion in board.edition.criteria]
    titles = {one.code: criterion_title(one.code, one.title.say(text.locale())) for one in board.edition.criteria}
    decided = {one.criterion for one in board.score.verdicts if one.hamlet is not None and one.outcome is not Outcome.NOT_ENOUGH_DATA}
    index = next((place for place, one in enumerate(codes) if one in decided), 0)  # a map of nothing but grey tells nobody anything
    code = st.selectbox(_("Criterion"), codes, index, format_func=titles.__getitem__, key="map_criterion") or codes[0]
    verdicts = {one.hamlet: one for one in board.score.verdicts if one.criterion == code and one.hamlet is not None}
    with here.survey.reading() as reader:
        commune = select_commune(reader, here.actor.commune)
        positions = select_hamlet_positions(reader, here.actor.commune)
    border = None if commune is None else commune.border
    areas = [area for hamlet in board.hamlets if (area := _area(board, hamlet.id, positions, verdicts.get(hamlet.id), border)) is not None]
    st.html(maps.legend([(_COLOURS[outcome], escape(outcome_words(outcome))) for outcome in Outcome]))
    tapped = maps.show_areas(border, areas, key=f"hamlet_map_{code}")
    if tapped in verdicts and st.session_state.get("map_tapped") != (code, tapped):
        st.session_state["map_tapped"] = (code, tapped)
        st.query_params["criterion"], st.query_params["hamlet"] = code, tapped
        st.rerun()
    st.caption(
        _("Hamlets have no official borders. Each area is drawn around the positions of the hamlet's registered sites; nobody decided it.")
    )
    without = [hamlet.name for hamlet in board.hamlets if hamlet.id not in {area.id for area in areas}]
    if without:
        st.caption(text.plain(_("Not on the map, since none of their sites has a position: {names}.", names=", ".join(without))))
    _show_links(board, code, verdicts)


def _area(
    board: Board, hamlet: str, positions: Mapping[str, list[tuple[float, float]]], verdict: Verdict | None, border: Border | None
) -> maps.Area | None:  # fmt: skip
    places = positions.get(hamlet, [])
    # A slip in one house's coordinates must not spread its hamlet over the district.
    inside = [place for place in places if border is None or border.contains(place[1], place[0])]
    if not inside or verdict is None:
        return None
    name, ring = board.hamlet_names[hamlet], hull(inside)
    return maps.Area(hamlet, f"{name}: {outcome_words(verdict.outcome)}", f"{outcome_words(verdict.outcome)[0]} {name}",
                     _COLOURS[verdict.outcome], ring, middle(ring), filled=verdict.outcome is not Outcome.NOT_ENOUGH_DATA)  # fmt: skip


def _show_links(board: Board, code: str, verdicts: Mapping[str, Verdict]) -> None:
    lines = "".join(
        f'<li><a class="onward" href="{address(board.edition.id, criterion=code, hamlet=hamlet.id)}" target="_self">'
        f"{escape(hamlet.name)}</a> {escape(outcome_words(verdicts[hamlet.id].outcome))}</li>"
        for hamlet in board.hamlets
        if hamlet.id in verdicts
    )
    st.html(f'<ul class="moves">{lines}</ul>')
