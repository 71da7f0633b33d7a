"""Widgets of the rounds page: the list with what each round holds, and the forms that add and correct one."""

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape

import streamlit as st

from survey.domain.ports import Row
from survey.domain.problems import Problem
from survey.domain.sites import NAME_LENGTH
from survey.domain.times import local_date
from survey.establish import add_round, correct_round
from survey.web import text
from survey.web.session import Here
from survey.web.text import _

_MESSAGE, _TURN, _SEEN = "rounds_message", "rounds_turn", "rounds_seen"


def show_message() -> None:
    """Show what became of the last press, once."""
    if sentence := st.session_state.pop(_MESSAGE, ""):
        st.success(text.plain(sentence), icon=":material/check:")


def show_rounds(known: Sequence[Row], counts: Mapping[str | None, tuple[int, int]]) -> None:
    """Show every round, the newest first, with how many submissions and sites it holds; then what fell in no round."""
    if not known:
        st.info(_("No round yet: nothing can be compared before and after."), icon=":material/event:")
    cards = [
        _card(row["name"], [_("id {id}", id=row["round"]), _days(row), _held(counts.get(row["round"], (0, 0)))]) for row in known[::-1]
    ]
    if counts.get(None):
        cards.append(_card(_("In no round"), [_held(counts[None])]))
    st.html(f'<div class="people">{"".join(cards)}</div>')


def show_adding(here: Here) -> None:
    """Show the form of a new round; it empties itself after a success only."""
    turn = st.session_state.setdefault(_TURN, 0)
    today = local_date(here.survey.now())
    with st.expander(_("Add a round"), icon=":material/event_available:"), st.form(f"round_add_{turn}", border=False):
        round_id = st.text_input(_("Id of the round, such as 2026-1"), max_chars=40, key=f"round_id_{turn}")
        name, begin, end = _fields(f"round_new_{turn}", "", today, today)
        if not st.form_submit_button(_("Add the round"), type="primary"):
            return
        try:
            moved = add_round(here.survey, here.actor, round_id, name or round_id, begin, end)
        except Problem as problem:
            st.error(text.problem_text(problem))
            return
    _tell(round_id, moved)


def show_correcting(here: Here, known: Sequence[Row]) -> None:
    """Show the form that corrects a round, as it was when it was chosen."""
    rows = {row["round"]: row for row in known}
    with st.expander(_("Correct a round"), icon=":material/edit_calendar:"):
        chosen = st.selectbox(
            _("Round"), [row["round"] for row in known[::-1]], format_func=lambda one: f"{one} · {rows[one]['name']}", key="round_chosen"
        )
        # The version that this person looked at: a second person's correction is told, never overwritten.
        kept = st.session_state.get(_SEEN)
        if kept is None or kept["round"] != chosen:
            kept = st.session_state[_SEEN] = dict(rows[chosen])
        st.caption(_("What was captured outside of the new days leaves the round; what was captured within them and has none comes to it."))
        scope = f"round_edit_{'_'.join(str(part) for part in kept.values())}"
        with st.form(scope, border=False):
            days = (date.fromisoformat(kept[name]) for name in ("starts_on", "ends_on"))
            name, begin, end = _fields(scope, kept["name"], *days)
            if not st.form_submit_button(_("Correct the round")):
                return
            try:
                moved = correct_round(here.survey, here.actor, chosen, name, begin, end, seen=kept)
            except Problem as problem:
                st.error(text.problem_text(problem))
                st.session_state.pop(_SEEN)
                return
    st.session_state.pop(_SEEN)
    _tell(chosen, moved)


def _fields(scope: str, name: str, begin: date, end: date) -> tuple[str, date, date]:
    name = st.text_input(_("As people call it"), name, max_chars=NAME_LENGTH, key=f"{scope}_name")
    first = st.date_input(_("First day"), begin, format="DD/MM/YYYY", key=f"{scope}_first")
    last = st.date_input(_("Last day"), end, format="DD/MM/YYYY", key=f"{scope}_last")
    return name, first, last


def _tell(round_id: str, moved: int) -> None:
    st.session_state[_TURN] += 1
    st.session_state[_MESSAGE] = _("Saved. {n} submissions came to {round}.", n=text.format_number(moved), round=round_id)
    st.rerun()


def _days(row: Row) -> str:
    return " – ".join(text.format_date(date.fromisoformat(row[name])) for name in ("starts_on", "ends_on"))


def _held(count: tuple[int, int]) -> str:
    return _("{submissions} submissions of {sites} sites", submissions=text.format_number(count[0]), sites=text.format_number(count[1]))


def _card(name: str, facts: Sequence[str]) -> str:
    return f'<div class="person"><b>{escape(name)}</b>{"".join(f"<span>{escape(fact)}</span>" for fact in facts)}</div>'
