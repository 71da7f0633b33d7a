"""Widgets for the goal (so many criteria until a day) and for the commune's group under an edition, each with the paper it stands in."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from html import escape

import streamlit as st

from survey import standing
from survey.domain.criteria import Edition
from survey.domain.people import Ability
from survey.domain.ports import Row
from survey.domain.problems import Problem
from survey.domain.reasons import NOTE_LENGTH
from survey.domain.scoreboard import Goal, read_goal
from survey.domain.times import from_text
from survey.store.reviews import select_person_names
from survey.store.settings import select_setting_history
from survey.web import text
from survey.web.session import Here
from survey.web.text import _

_SAID = "standing_said"
_SHOWN = 8  # of a history; the log of the commune holds all of it


def show_said() -> None:
    """Show what became of the last press, once."""
    if message := st.session_state.pop(_SAID, None):
        st.success(text.plain(message), icon=":material/check:")


def attempt(work: Callable[[], object], said: str) -> None:
    """Do *work* and begin anew with *said* at the top of the page, or show the problem where one stands."""
    try:
        work()
    except Problem as problem:
        st.error(text.problem_text(problem))
        return
    st.session_state[_SAID] = said
    st.rerun()


def show_goal(here: Here, edition: Edition, editions: Sequence[Edition], today: date) -> None:
    """Show the goal with its history; who manages the commune may set it or take it back."""
    st.subheader(_("Goal"), anchor=False)
    with here.survey.reading() as reader:
        rows = select_setting_history(reader, here.actor.commune, "goal")
        names = select_person_names(reader, here.actor.commune, sorted({row["person"] for row in rows}))
    goal = read_goal(rows[0]["value"]) if rows else None
    titles = {one.id: one.title.say(text.locale()) for one in editions}
    st.write(text.plain(goal_words(goal, titles)) if goal else _("No goal has been entered."))
    if here.actor.may(Ability.MANAGE):
        _goal_form(here, edition, goal, today)
    _history(rows, names, lambda row: goal_words(read_goal(row["value"]), titles))


def goal_words(goal: Goal | None, titles: Mapping[str, str]) -> str:
    """A goal as a sentence, its edition by its title; None was taken back."""
    if goal is None:
        return _("taken back")
    title = titles.get(goal.edition, goal.edition)
    words = _("{n} criteria of {edition} by {day}", n=goal.criteria, edition=title, day=text.format_date(goal.by))
    return f"{words} · {goal.source}"


def show_group(here: Here, edition: Edition) -> None:
    """Show the commune's group where the edition knows groups, with the paper that says so; who manages the commune may set it."""
    if not edition.groups:
        return
    st.subheader(_("Group of the commune"), anchor=False)
    titles = {"": _("not known"), **{group.code: group.title.say(text.locale()) for group in edition.groups}}
    with here.survey.reading() as reader:
        rows = select_setting_history(reader, here.actor.commune, f"group.{edition.id}")
        names = select_person_names(reader, here.actor.commune, sorted({row["person"] for row in rows}))
    present = str(rows[0]["value"]) if rows else ""
    st.write(text.plain(titles.get(present, present)))
    if here.actor.may(Ability.MANAGE):
        with st.expander(_("Set the group"), icon=":material/edit:"), st.form("group", border=False):
            codes = list(titles)
            index = codes.index(present) if present in codes else 0
            group = st.selectbox(_("Group of the commune"), codes, index=index, format_func=titles.__getitem__, key="group_code")
            source = st.text_area(_("Document that says so"), max_chars=NOTE_LENGTH, key="group_source")
            if st.form_submit_button(_("Save"), type="primary"):
                attempt(lambda: standing.set_group(here.survey, here.actor, edition.id, group or "", source=source), _("The group is set."))
    _history(rows, names, lambda row: titles.get(row["value"], str(row["value"])))


def _goal_form(here: Here, edition: Edition, goal: Goal | None, today: date) -> None:
    most = sum(criterion.is_counted for criterion in edition.criteria)
    present = goal if goal is not None and goal.edition == edition.id else None
    with st.expander(_("Set the goal"), icon=":material/flag:"), st.form("goal", border=False):
        wanted = min(present.criteria, most) if present else most
        number = st.number_input(_("Criteria to be met"), 1, max(1, most), max(1, wanted), key="goal_criteria")
        by = st.date_input(_("By"), value=present.by if present else date(today.year, 12, 31), format="DD/MM/YYYY", key="goal_by")
        source = st.text_area(_("Document that says so"), max_chars=NOTE_LENGTH, key="goal_source")
        if st.form_submit_button(_("Save"), type="primary") and isinstance(by, date):
            wish = Goal(edition.id, int(number), by, source)
            attempt(lambda: standing.set_goal(here.survey, here.actor, wish), _("The goal is set."))
    if goal is not None and st.button(_("Take the goal back"), key="goal_back", icon=":material/undo:"):
        attempt(lambda: standing.set_goal(here.survey, here.actor, None), _("The goal is taken back."))


def _history(rows: list[Row], names: dict[str, str], words: Callable[[Row], str]) -> None:
    if not rows:
        return
    lines = []
    for row in rows[:_SHOWN]:
        who = names.get(row["person"], row["person"])
        line = " · ".join(part for part in (text.format_datetime(from_text(row["at"])), who, words(row), row["reason"]) if part)
        lines.append(f"<li><small>{escape(line)}</small></li>")
    with st.expander(_("History"), icon=":material/history:"):
        st.html(f'<ul class="moves">{"".join(lines)}</ul>')
