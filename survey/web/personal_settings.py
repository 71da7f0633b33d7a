"""Widgets of what the commune states of people's data, and of photos that go by themselves once they are past their time."""

from html import escape

import streamlit as st

from survey.domain.personal import NOTICE_DAYS, WORDS_LENGTH, Purpose
from survey.domain.ports import Row
from survey.domain.reasons import REASON_LENGTH
from survey.personal import keeping, stating
from survey.store.deployment import select_rounds
from survey.store.personal_rows import select_holds, select_stated
from survey.store.sites import select_site, select_site_by_code
from survey.web import text
from survey.web.personal_coming import announce
from survey.web.personal_find import attempt
from survey.web.personal_words import purpose_title
from survey.web.privacy import ask_to_confirm
from survey.web.session import Here
from survey.web.text import _


def show_purposes(here: Here) -> None:
    """Show what is stated of each purpose, and let the coordinator state it anew; earlier versions stay."""
    st.write(_("The commune states what it uses data for, and on which legal ground, with the document. The application proposes none."))
    with here.survey.reading() as reader:
        stated = select_stated(reader, here.actor.commune)
    for purpose in Purpose:
        newest = next(iter(stated.get(purpose, [])), None)
        words = newest.words if newest and newest.words else _("The commune has not stated this.")
        since = f"{newest.ground} · {newest.source} · {text.format_datetime(newest.at)} · {newest.number}" if newest else ""
        title = escape(purpose_title(purpose))
        st.html(f'<div class="person"><b>{title}</b><span>{escape(words)}</span><span>{escape(since)}</span></div>')
    with st.expander(_("State a purpose"), icon=":material/edit:"), st.form("purpose", border=False):
        which = st.selectbox(_("Purpose"), list(Purpose), format_func=purpose_title, key="purpose_which")
        words = st.text_area(_("What for (empty: taken back)"), max_chars=WORDS_LENGTH, key="purpose_words")
        ground = st.text_input(_("Legal ground, as the document has it"), max_chars=WORDS_LENGTH, key="purpose_ground")
        source = st.text_input(_("Document"), max_chars=WORDS_LENGTH, key="purpose_source")
        if st.form_submit_button(_("Save"), type="primary") and which is not None:
            attempt(lambda: _state(here, which, stating.Statement(words, ground, source)))


def show_automatic(here: Here) -> None:
    """Show when photos go by themselves and how many, and let the coordinator turn it on, off, pause it, hold homes and rounds."""
    with here.survey.reading() as reader:
        found = keeping.automatic(reader, here.actor.commune, here.survey.now())
    announce(found)
    if here.actor.hamlets is not None:
        return
    if found.starts is None:
        _form(here, "on", _("Let photos past their time go by themselves"), confirm=True)
        st.write(_("It begins {days} days after this; until then everybody here sees it coming.", days=NOTICE_DAYS))
    else:
        _form(here, "go" if found.paused else "pause", _("Go on") if found.paused else _("Pause"))
        _form(here, "off", _("Turn it off"))
    _holds(here)


def _form(here: Here, what: str, title: str, *, confirm: bool = False) -> None:
    with st.expander(title), st.form(f"auto_{what}", border=False):
        reason = st.text_area(_("Document or reason"), max_chars=REASON_LENGTH, key=f"auto_reason_{what}")
        sure = ask_to_confirm(f"auto_sure_{what}") if confirm else True
        if st.form_submit_button(_("Save"), type="primary"):
            attempt(lambda: _do(here, what, reason)) if sure else st.warning(_("Type the word first."))


def _do(here: Here, what: str, reason: str) -> str:
    if what == "on":
        return _("From {day} on.", day=text.format_date(keeping.turn_on(here.survey, here.actor, reason)))
    if what == "off":
        keeping.turn_off(here.survey, here.actor, reason)
    else:
        keeping.pause(here.survey, here.actor, reason, on=what == "pause")
    return _("Saved.")


def _holds(here: Here) -> None:
    st.subheader(_("Held: nothing goes by itself"), anchor=False)
    with here.survey.reading() as reader:
        holds = select_holds(reader, here.actor.commune)
        rounds = {str(one["round"]): str(one["name"]) for one in select_rounds(reader, here.actor.commune)}
    for one in holds:
        _show_hold(here, one, rounds)
    with st.expander(_("Hold a home"), icon=":material/home_pin:"), st.form("hold_home", border=False):
        code = st.text_input(_("Code of the home"), max_chars=64, key="hold_home_code")
        reason = st.text_area(_("Document or reason"), max_chars=REASON_LENGTH, key="hold_home_reason")
        if st.form_submit_button(_("Save"), type="primary"):
            attempt(lambda: _hold_home(here, code.strip(), reason))
    if not rounds:
        return
    with st.expander(_("Hold a round"), icon=":material/gavel:"), st.form("hold", border=False):
        which = st.selectbox(_("Round"), list(rounds), format_func=lambda key: rounds[key], key="hold_round")
        reason = st.text_area(_("Document or reason"), max_chars=REASON_LENGTH, key="hold_reason")
        if st.form_submit_button(_("Save"), type="primary") and which is not None:
            attempt(lambda: _hold(here, which, reason))


def _show_hold(here: Here, one: Row, rounds: dict[str, str]) -> None:
    with here.survey.reading() as reader:
        site = select_site(reader, here.actor.commune, one["subject"]) if one["kind"] == "site" else None
    name = site.code if site else rounds.get(str(one["subject"]), str(one["subject"]))
    st.html(f'<div class="person"><b>{escape(name)}</b><span>{escape(one["reason"])}</span></div>')
    with st.expander(_("End this hold")), st.form(f"end_{one['hold']}", border=False):
        reason = st.text_input(_("Document or reason"), max_chars=REASON_LENGTH, key=f"end_reason_{one['hold']}")
        if st.form_submit_button(_("End it")):
            attempt(lambda: _end(here, one["hold"], reason))


def _hold_home(here: Here, code: str, reason: str) -> str:
    with here.survey.reading() as reader:
        site = select_site_by_code(reader, here.actor.commune, code) if code else None
    keeping.hold(here.survey, here.actor, "site", site.id if site else code, reason)
    return _("Saved.")


def _hold(here: Here, round_: str, reason: str) -> str:
    keeping.hold(here.survey, here.actor, "round", round_, reason)
    return _("Saved.")


def _end(here: Here, hold: str, reason: str) -> str:
    keeping.end_hold(here.survey, here.actor, hold, reason)
    return _("Saved.")


def _state(here: Here, purpose: Purpose, said: stating.Statement) -> str:
    stating.state_purpose(here.survey, here.actor, purpose, said)
    return _("Saved.")
