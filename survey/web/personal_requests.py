"""Widgets of people's requests: what is open, by when, and what became of it."""

from datetime import date
from html import escape

import streamlit as st

from survey.domain.personal import WORDS_LENGTH, DataRequest, RequestKind, RequestState
from survey.domain.ports import Reader
from survey.domain.times import local_date
from survey.personal import asking
from survey.personal.asking import Asked
from survey.store.people import select_people
from survey.store.personal_rows import select_data_requests
from survey.store.sites import select_site, select_site_by_code
from survey.web import text
from survey.web.personal_find import attempt, report_doors
from survey.web.personal_words import kind_title, state_title
from survey.web.session import Here
from survey.web.text import _


def show(here: Here) -> None:
    """Show the queue, those due soonest in front, and take a new request down."""
    _new(here)
    with here.survey.reading() as reader:
        requests = select_data_requests(reader, here.actor.commune)
        names = {one.id: _name(here, one, reader) for one in requests}
    visible = [one for one in requests if names[one.id] is not None]
    if not visible:
        st.info(_("Nobody has asked for anything yet."))
    for one in visible:
        _show(here, one, names[one.id] or "")


def _name(here: Here, request: DataRequest, reader: Reader) -> str | None:
    """The home that a request is about; None where it lies out of the actor's hamlets."""
    if request.subject_kind != "site":
        return "" if here.actor.hamlets is None else None
    site = select_site(reader, here.actor.commune, request.subject)
    return None if site is None or not here.actor.reaches(site.hamlet) else f"{site.code} · {site.name}"


def _show(here: Here, one: DataRequest, name: str) -> None:
    late = one.state is RequestState.OPEN and one.due_on < local_date(here.survey.now())
    due = one.due_source or _("2 working days, according to law firms' summaries of Decree 356/2025; not legal advice")
    lines = [
        f"{_('Received')} {text.format_date(one.received_on)} · {_('Due')} {text.format_date(one.due_on)} ({due})",
        one.words, one.outcome, _("Overdue") if late else "",
    ]  # fmt: skip
    body = "".join(f"<span>{escape(line)}</span>" for line in lines if line)
    title = " · ".join(part for part in (kind_title(one.kind), name, state_title(one.state)) if part)
    st.html(f'<div class="person"><b>{escape(title)}</b>{body}</div>')
    if one.state is not RequestState.OPEN:
        return
    if one.subject:
        report_doors(one.subject_kind, one.subject)
    with st.expander(_("Answer, or set another day")):
        with st.form(f"close_{one.id}", border=False):
            words = {RequestState.DONE: _("Done"), RequestState.REFUSED: _("Refused, with the reason")}
            state = st.radio(_("Outcome"), list(words), format_func=lambda key: words[key], index=None, key=f"state_{one.id}")
            outcome = st.text_area(_("What was done, or why not"), max_chars=WORDS_LENGTH, key=f"outcome_{one.id}")
            if st.form_submit_button(_("Save"), type="primary") and state is not None:
                attempt(lambda: _close(here, one.id, state, outcome))
        with st.form(f"due_{one.id}", border=False):
            day = st.date_input(_("Due"), value=one.due_on, format="DD/MM/YYYY", key=f"day_{one.id}")
            source = st.text_input(_("Document or reason"), max_chars=WORDS_LENGTH, key=f"source_{one.id}")
            if st.form_submit_button(_("Set the day")):
                attempt(lambda: _move(here, one.id, day, source))


def _new(here: Here) -> None:
    with st.expander(_("Take a request down"), icon=":material/add:"), st.form("request", border=False, clear_on_submit=True):
        kind = st.selectbox(_("What the person asks for"), list(RequestKind), format_func=kind_title, key="request_kind")
        code = st.text_input(_("Code of the home, login of the officer, or empty"), max_chars=64, key="request_code")
        words = st.text_area(_("In the person's words"), max_chars=WORDS_LENGTH, key="request_words")
        day = st.date_input(_("Received"), value=local_date(here.survey.now()), format="DD/MM/YYYY", key="request_day")
        if st.form_submit_button(_("Save"), type="primary") and kind is not None:
            attempt(lambda: _take(here, kind, code.strip(), words, day))


def _take(here: Here, kind: RequestKind, code: str, words: str, day: date) -> str:
    with here.survey.reading() as reader:
        site = select_site_by_code(reader, here.actor.commune, code) if code else None
        person = next((one for one in select_people(reader, here.actor.commune) if code and one.login == code), None)
    subject = ("site", site.id) if site else ("person", person.id) if person else ("site", code) if code else ("", "")
    asking.take_request(here.survey, here.actor, Asked(kind, words, day, *subject))
    return _("Saved.")


def _close(here: Here, request: str, state: RequestState, outcome: str) -> str:
    asking.close_request(here.survey, here.actor, request, state, outcome)
    return _("Saved.")


def _move(here: Here, request: str, day: date, source: str) -> str:
    asking.move_due(here.survey, here.actor, request, day, source)
    return _("Saved.")
