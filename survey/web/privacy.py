"""Widgets of the privacy page: what the notice says, how long photos are kept, and those that are past their time."""

from collections.abc import Callable
from html import escape

import streamlit as st

from survey import privacy
from survey.domain.fold import fold
from survey.domain.people import Ability
from survey.domain.ports import Row
from survey.domain.privacy import CONTACT, RETENTION, Retention
from survey.domain.problems import Problem
from survey.domain.reasons import REASON_LENGTH
from survey.domain.times import from_text
from survey.personal.keeping import automatic
from survey.store.deployment import select_rounds
from survey.store.erasures import PastDue
from survey.store.reviews import select_person_names
from survey.store.settings import select_setting_history, select_settings
from survey.web import text
from survey.web.personal_coming import announce
from survey.web.session import Here
from survey.web.text import _, ngettext

_MESSAGE = "privacy_message"


def tell(sentence: str) -> None:
    """Show *sentence* with the next run of the page, once."""
    st.session_state[_MESSAGE] = sentence


def show_message() -> None:
    """Show what became of the last press."""
    if sentence := st.session_state.pop(_MESSAGE, ""):
        st.success(text.plain(sentence), icon=":material/check:")


def show_settings(here: Here) -> None:
    """Show what the commune has set, with who, when and why; who manages it may change it."""
    with here.survey.reading() as reader:
        kept = Retention.of(select_settings(reader, here.actor.commune))
        history = {name: select_setting_history(reader, here.actor.commune, name) for name in (RETENTION, CONTACT)}
        people = sorted({row["person"] for rows in history.values() for row in rows[:1]})
        names = select_person_names(reader, here.actor.commune, people)
    years = _("not set") if kept.years is None else ngettext("{n} year", "{n} years", kept.years)
    lines = [(_("Photos are kept for"), years, history[RETENTION]), (_("Whom people ask"), kept.contact or _("not set"), history[CONTACT])]
    cells = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}{_since(rows, names)}</dd>" for name, value, rows in lines)
    st.html(f'<dl class="figures" style="padding:0">{cells}</dl>')
    if here.actor.may(Ability.MANAGE):
        _retention_form(here, kept)
        _contact_form(here, kept)


def show_past(here: Here) -> None:
    """Show the photos that are past their time by round, and let the coordinator erase them, so many at a press."""
    if not here.actor.may(Ability.MANAGE) or here.actor.hamlets is not None:
        return
    st.subheader(_("Photos past their time"), anchor=False)
    with here.survey.reading() as reader:
        kept = Retention.of(select_settings(reader, here.actor.commune))
        rounds = {one["round"]: one["name"] for one in select_rounds(reader, here.actor.commune)}
        coming = automatic(reader, here.actor.commune, here.survey.now())
    if kept.years is None:
        st.info(_("The commune has not set how long photos are kept; so none is past its time and nothing goes by itself."))
        return
    announce(coming)
    due = privacy.past_retention(here.survey, here.actor)
    if not due:
        st.info(_("No photo is older than that."))
        return
    st.write(_("Erasing cannot be undone; answers, verdicts and the log stay."))
    for one in due:
        _past_form(here, one, rounds)


def ask_to_confirm(key: str) -> bool:
    """Let a person type the word; whether it stands there, with or without marks, in either case."""
    word = _("ERASE")
    typed = st.text_input(_("Type {word} to confirm", word=word), max_chars=20, key=key)
    return fold(typed.strip()) == fold(word)


def _since(rows: list[Row], names: dict[str, str]) -> str:
    if not rows:
        return ""
    newest = rows[0]
    who = names.get(newest["person"], newest["person"])
    words = f"{text.format_datetime(from_text(newest['at']))} · {who} · {newest['reason']}"
    return f'<br><small style="font-weight:400">{escape(words)}</small>'


def _retention_form(here: Here, kept: Retention) -> None:
    with st.expander(_("Set how long photos are kept"), icon=":material/schedule:"), st.form("retention", border=False):
        st.write(_("The application proposes no number: the commune decides, and writes down by which document or for what reason."))
        years = st.text_input(_("Years (empty: not set)"), value=str(kept.years or ""), max_chars=3, key="retention_years")
        reason = st.text_area(_("Document or reason"), max_chars=REASON_LENGTH, key="retention_reason")
        if st.form_submit_button(_("Save"), type="primary"):
            _try(lambda: privacy.set_retention(here.survey, here.actor, years, reason))


def _contact_form(here: Here, kept: Retention) -> None:
    with st.expander(_("Set whom people ask"), icon=":material/contact_support:"), st.form("contact", border=False):
        st.write(_("It is shown to everybody on the inspectors' phones: a post, an office and a telephone number."))
        contact = st.text_input(_("Contact"), value=kept.contact or "", max_chars=privacy.CONTACT_LENGTH, key="privacy_contact")
        reason = st.text_area(_("Document or reason"), max_chars=REASON_LENGTH, key="contact_reason")
        if st.form_submit_button(_("Save"), type="primary"):
            _try(lambda: privacy.set_contact(here.survey, here.actor, contact, reason))


def _past_form(here: Here, due: PastDue, rounds: dict[str, str]) -> None:
    name = rounds.get(due.round, due.round) or _("Photos of no round")
    count = ngettext("{n} photo", "{n} photos", due.photos)
    oldest = _("the oldest of {date}", date=text.format_date(due.oldest))
    st.html(f'<div class="person"><b>{escape(name)}</b><span>{escape(f"{count} · {text.format_size(due.size)} · {oldest}")}</span></div>')
    portion = min(due.photos, privacy.PORTION)
    title = ngettext("Erase {n} photo", "Erase {n} photos", portion)
    with st.expander(title, icon=":material/delete_forever:"), st.form(f"past_{due.round}", border=False):
        st.write(_("The oldest go first, at most {limit} at a press.", limit=text.format_number(privacy.PORTION)))
        reason = st.text_area(_("Document or reason"), max_chars=REASON_LENGTH, key=f"past_reason_{due.round}")
        sure = ask_to_confirm(f"past_sure_{due.round}")
        if st.form_submit_button(_("Erase for good")):
            _erase_past(here, due.round, reason, sure=sure)


def _erase_past(here: Here, round_: str, reason: str, *, sure: bool) -> None:
    if not sure:
        st.warning(_("Type the word first."))
        return
    try:
        done = privacy.erase_past(here.survey, here.actor, round_, reason)
    except Problem as problem:
        st.error(text.problem_text(problem))
        return
    tell(ngettext("{n} photo was erased.", "{n} photos were erased.", done.photos))
    st.rerun()


def _try(work: Callable[[], None]) -> None:
    try:
        work()
    except Problem as problem:
        st.error(text.problem_text(problem))
        return
    tell(_("Saved. Phones show it with their next connection."))
    st.rerun()
