"""Widgets of the logs page: how the chain stands and a check of it, the exports, how long looks are kept."""

from html import escape
from urllib.parse import urlencode

import streamlit as st

from survey import access, logs
from survey.domain.access import KEPT_DAYS, KEPT_SETTING, LEAST_DAYS, MOST_DAYS, Act, Subject
from survey.domain.people import Ability
from survey.domain.problems import Problem
from survey.domain.reasons import NOTE_LENGTH
from survey.domain.times import from_text
from survey.store.log_names import select_names
from survey.store.looks import LookFilters
from survey.store.settings import select_setting_history
from survey.web import noting, session, text
from survey.web.logs import export_looks_address
from survey.web.session import Here
from survey.web.text import _, ngettext


def show_chain(here: Here) -> None:
    """Show the chain's length, head and last check; let the person check a stretch now, and take one away."""
    chain, last = logs.state(here.survey, here.actor), logs.last_check(here.survey, here.actor)
    lines = [(_("Length"), ngettext("{n} entry", "{n} entries", chain.length)), (_("Last hash"), chain.head)]
    checked = _("not yet") if last is None else f"{text.format_datetime(last[0])}: {_outcome(last[1])}"
    lines.append((_("Last check of a stretch"), checked))
    cells = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in lines)
    st.html(f'<dl class="figures">{cells}</dl>')
    if chain.first_found > 1:
        older = ngettext("{n} older entry is being made searchable.", "{n} older entries are being made searchable.", chain.first_found - 1)
        st.info(older)
    with st.expander(_("Check or export the chain"), icon=":material/link:"):
        _stretch_form(here, chain)


def show_export(here: Here, filters: LookFilters) -> None:
    """Show the way to the looks as a table."""
    logs.require_reader(here.actor)
    st.html(f'<a class="door" href="{escape(export_looks_address(filters))}" download>{escape(_("Download as a table (CSV)"))}</a>')


def show_kept(here: Here) -> None:
    """Show how long looks are kept; who protects the data may change it, with the reason."""
    days = access.looks_kept_days(here.survey, here.actor.commune)
    with here.survey.reading() as reader:
        history = select_setting_history(reader, here.actor.commune, KEPT_SETTING)
        names = select_names(reader, here.actor.commune, {row["person"] for row in history[:1]})
    sentence = ngettext("Looks are kept for {n} day, then they are deleted.", "Looks are kept for {n} days, then they are deleted.", days)
    if history:
        named = names.get(history[0]["person"])
        at, who = text.format_datetime(from_text(history[0]["at"])), named.name if named else history[0]["person"]
        since = _("Set by {person}, {at}: {reason}", person=who, at=at, reason=history[0]["reason"])
    else:
        since = _("This is the application's own choice, no legal rule: the commune may set another time.")
    st.write(text.plain(f"{sentence} {since}"))
    st.write(_("Changes are never deleted: the chain would break. They hold ids and hashes only."))
    if here.actor.may(Ability.PROTECT_DATA):
        _kept_form(days)


def _stretch_form(here: Here, chain: logs.Chain) -> None:
    first_column, last_column = st.columns(2)
    first = first_column.number_input(_("From number"), 1, max(1, chain.length), max(1, chain.length - 999), key="chain_first")
    last = last_column.number_input(_("To number"), 1, max(1, chain.length), max(1, chain.length), key="chain_last")
    if st.button(_("Check this stretch now"), key="chain_check"):
        checked = logs.check_stretch(here.survey, here.actor, first, last)
        noting.note_now(here.actor, Act.CHECKED, Subject.CHANGES, checked.said)
        st.session_state["chain_checked"] = checked
        st.rerun()
    checked = st.session_state.pop("chain_checked", None)
    if checked is not None:
        (st.success if checked.broken is None else st.error)(_outcome(checked))
    address = "/logs/changes.jsonl?" + urlencode({"first": first, "last": last})
    st.html(f'<a class="door" href="{escape(address)}" download>{escape(_("Download this stretch (JSON lines)"))}</a>')


def _outcome(checked: logs.Checked) -> str:
    first, last = text.format_number(checked.first), text.format_number(checked.last)
    if checked.broken is None:
        return _("Entries {first} to {last} are as they were written.", first=first, last=last)
    return _(
        "Entry {seq} is not as it was written. Keep everything as it is and tell whoever answers for the server.",
        seq=text.format_number(checked.broken),
    )


def _kept_form(days: int) -> None:
    with st.expander(_("Change how long looks are kept"), icon=":material/schedule:"), st.form("kept", border=False):
        wish = st.number_input(_("Days"), LEAST_DAYS, MOST_DAYS, days, key="kept_days", help=_("Without a setting: {n}", n=KEPT_DAYS))
        reason = st.text_area(_("Document or reason"), max_chars=NOTE_LENGTH, key="kept_reason")
        if st.form_submit_button(_("Save"), type="primary"):
            again = session.look()
            try:
                if again is not None:
                    access.set_kept_days(again.survey, again.actor, wish, reason)
                    st.rerun()
            except Problem as problem:
                st.error(text.problem_text(problem))
