"""Hamlets on the register page: what is there, adding one, merging some into one, giving one another name, and what was before."""

from collections.abc import Sequence
from datetime import date
from html import escape

import streamlit as st

from survey import register
from survey.domain.places import Hamlet
from survey.domain.problems import Problem
from survey.domain.reasons import REASON_LENGTH
from survey.domain.sites import NAME_LENGTH
from survey.domain.times import local_date
from survey.store.places import select_hamlet_versions
from survey.store.sites import select_site_counts
from survey.web import text
from survey.web.register import kind_name, say
from survey.web.session import Here
from survey.web.text import _

_NEW = ""  # the choice of a new hamlet among those that a merger may end in


def show_hamlets(here: Here, hamlets: Sequence[Hamlet]) -> None:
    """The commune's present hamlets with their sites, and a form that adds one."""
    with here.survey.reading() as reader:
        counts = select_site_counts(reader, here.actor.commune)
    if not hamlets:
        st.info(_("No hamlet yet. Hamlets have no official code: each gets a lasting id of ours."), icon=":material/flag:")
    for hamlet in hamlets:
        parts = [f"{kind_name(kind)}: {text.format_number(count)}" for kind, place, count in counts if place == hamlet.id]
        since = _("since {date}", date=text.format_date(hamlet.valid_from))
        former = [_("formerly in {commune}", commune=hamlet.former_commune)] if hamlet.former_commune else []
        facts = " · ".join([_("id {id}", id=hamlet.id), since, *former, *parts])
        st.html(f'<div class="person"><b>{escape(hamlet.name)}</b><span>{escape(facts)}</span></div>')
    _show_hamlet_form(here)
    if here.actor.hamlets is None:
        _show_merging(here, hamlets)
        _show_renaming(here, hamlets)
    _show_changes(here)


def _show_hamlet_form(here: Here) -> None:
    round_ = st.session_state.setdefault("hamlet_round", 0)  # a new number empties the form, after a success only
    with st.form(f"hamlet_{round_}"):
        st.markdown(f"**{_('Add a hamlet')}**")
        name = st.text_input(_("Name of the hamlet"), max_chars=NAME_LENGTH, key=f"hamlet_name_{round_}")
        first_day = st.date_input(
            _("Exists since"), date(2025, 7, 1), format="DD/MM/YYYY", min_value=date(1945, 9, 2), key=f"hamlet_from_{round_}"
        )
        st.caption(_("1 July 2025 for hamlets that came with the present commune; the day of the decision for newer ones."))
        former = st.text_input(_("Former commune (optional)"), max_chars=120, key=f"hamlet_former_{round_}")
        if st.form_submit_button(_("Add the hamlet"), type="primary"):
            try:
                hamlet = register.add_hamlet(here.survey, here.actor, name, valid_from=first_day, former_commune=former.strip())
            except Problem as problem:
                st.error(text.problem_text(problem))
            else:
                st.session_state["hamlet_round"] += 1
                say(_("{name} was added with the id {id}.", name=hamlet.name, id=hamlet.id))
                st.rerun()


def _show_merging(here: Here, hamlets: Sequence[Hamlet]) -> None:
    names = {hamlet.id: hamlet.name for hamlet in hamlets}
    turn = st.session_state.setdefault("merging_round", 0)
    with st.expander(_("Merge hamlets"), icon=":material/merge:"):
        st.write(_("Sites, submissions, tasks and people's hamlets follow. Figures of earlier days stay as they were."))
        chosen = st.multiselect(
            _("Hamlets that become one"), list(names), format_func=names.__getitem__, placeholder=_("Choose hamlets"),
            key=f"merging_hamlets_{turn}",
        )  # fmt: skip
        into = st.radio(
            _("The hamlet afterwards"), [_NEW, *chosen], key=f"merging_into_{turn}",
            format_func=lambda hamlet: _("{name} stays", name=names[hamlet]) if hamlet else _("a new hamlet"),
        )  # fmt: skip
        name = st.text_input(
            _("Its new name (empty: as it is now)") if into else _("Name of the new hamlet"),
            max_chars=NAME_LENGTH,
            key=f"merging_name_{turn}",
        )
        today = local_date(here.survey.now())
        on = st.date_input(_("In force since"), today, format="DD/MM/YYYY", min_value=date(1945, 9, 2), key=f"merging_on_{turn}")
        paper = st.text_input(_("Decision: number, date, by whom"), max_chars=REASON_LENGTH, key=f"merging_paper_{turn}")
        _show_what_moves(here, [hamlet for hamlet in chosen if hamlet != into])
        sure = st.checkbox(
            _("I have checked this: a merger cannot be undone. What parts again is entered as new hamlets."), key=f"merging_sure_{turn}"
        )
        if st.button(_("Merge the hamlets"), type="primary", disabled=not sure, key=f"merging_go_{turn}"):
            _merge(here, chosen, into or None, name, on, paper)


def _show_what_moves(here: Here, hamlets: Sequence[str]) -> None:
    moved = register.preview_merger(here.survey, here.actor, hamlets)
    figures = {name: text.format_number(getattr(moved, name)) for name in ("sites", "submissions", "people")}
    st.info(_("This would move {sites} sites, {submissions} submissions and the work of {people} people.", **figures))


def _merge(here: Here, chosen: Sequence[str], into: str | None, name: str, on: date, paper: str) -> None:
    try:
        merger = register.merge_hamlets(here.survey, here.actor, chosen, into=into, name=name, on=on, decision=paper)
    except Problem as problem:
        st.error(text.problem_text(problem))
        return
    st.session_state["merging_round"] += 1
    figures = {key: text.format_number(getattr(merger.moved, key)) for key in ("sites", "submissions")}
    say(
        _(
            "{name} ({id}) now holds {sites} more sites and {submissions} more submissions.",
            name=merger.hamlet.name,
            id=merger.hamlet.id,
            **figures,
        )
    )
    st.rerun()


def _show_renaming(here: Here, hamlets: Sequence[Hamlet]) -> None:
    names = {hamlet.id: hamlet.name for hamlet in hamlets}
    turn = st.session_state.setdefault("renaming_round", 0)
    with st.expander(_("Give a hamlet another name"), icon=":material/edit:"), st.form(f"renaming_{turn}", border=False):
        chosen = st.selectbox(_("Hamlet"), list(names), format_func=names.__getitem__, key=f"renaming_hamlet_{turn}")
        name = st.text_input(_("New name"), max_chars=NAME_LENGTH, key=f"renaming_name_{turn}")
        paper = st.text_input(_("Decision: number, date, by whom"), max_chars=REASON_LENGTH, key=f"renaming_paper_{turn}")
        if not st.form_submit_button(_("Rename the hamlet")) or chosen is None:
            return
        try:
            renamed = register.rename_hamlet(here.survey, here.actor, chosen, name, decision=paper)
        except Problem as problem:
            st.error(text.problem_text(problem))
            return
    st.session_state["renaming_round"] += 1
    say(_("{name} is the new name of {id}.", name=renamed.name, id=renamed.id))
    st.rerun()


def _show_changes(here: Here) -> None:
    """What was decided of hamlets, newest first."""
    with here.survey.reading() as reader:
        changes = [one for one in select_hamlet_versions(reader, here.actor.commune) if one[2]]
    if not changes:
        return
    with st.expander(_("Mergers and changes of names"), icon=":material/history:"):
        for hamlet, since, paper in changes:
            facts = _("since {date}", date=text.format_date(hamlet.valid_from))
            if hamlet.valid_to is not None:
                facts = _("until {date}, then {id}", date=text.format_date(hamlet.valid_to), id=hamlet.successor or "–")
            entered = _("entered {moment}", moment=text.format_datetime(since)) if since else ""
            words = " · ".join(part for part in (hamlet.id, facts, paper, entered) if part)
            st.html(f'<div class="person"><b>{escape(hamlet.name)}</b><span>{escape(words)}</span></div>')
