"""Widgets that find a home or an officer's account, with what may be done there: report, consent, erasing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from html import escape
from urllib.parse import quote

import streamlit as st

from survey.domain.personal import Said
from survey.domain.problems import Problem
from survey.domain.reasons import NOTE_LENGTH, REASON_LENGTH
from survey.domain.sites import Site, SiteKind
from survey.domain.times import local_date
from survey.personal import erasing, stating
from survey.store.people import select_people
from survey.store.personal_rows import select_said
from survey.store.sites import SiteFilter, select_sites_page
from survey.store.tombstones import select_erased_at
from survey.web import text
from survey.web.documents import document_input
from survey.web.noting import Act, note
from survey.web.personal_mentions import show_mentions
from survey.web.privacy import ask_to_confirm, tell
from survey.web.session import Here
from survey.web.text import _

_MOST = 20
_ROUND = "personal_said_round"  # the place of the paper: a new one after each saving


@dataclass(frozen=True)
class SaidNow:
    """What the form holds beside the answer itself."""

    site: str
    day: date
    words: str
    paper: str | None


def show(here: Here) -> None:
    """Let the coordinator look somebody up and act."""
    wanted = st.text_input(_("Name or code of the home"), max_chars=120, key="personal_q")
    if wanted.strip():
        note(here.actor, Act.SEARCHED, "register")
        with here.survey.reading() as reader:
            wish = SiteFilter(kind=SiteKind.HOUSEHOLD, q=wanted, scope=here.actor.hamlets)
            found = select_sites_page(reader, here.actor.commune, wish, limit=_MOST).sites
        if not found:
            st.info(_("No home is called so."))
        chosen = _choose(found)
        if chosen is not None:
            _show_home(here, chosen)
    if here.actor.hamlets is None:
        _show_account(here)


def report_doors(kind: str, subject: str) -> None:
    """Links to the report on paper and as a zip."""
    address = f"/print/personal/{kind}/{quote(subject, safe='')}"
    st.html(f'<a class="door" href="{address}" target="_blank">{escape(_("What is held: print"))}</a>')
    st.html(f'<a class="door" href="{address}/zip">{escape(_("What is held: zip with photos, for programs"))}</a>')


def attempt(work: Callable[[], str]) -> None:
    """Do what a button asks for and say the sentence that it returns with the next run."""
    try:
        sentence = work()
    except Problem as problem:
        st.error(text.problem_text(problem))
        return
    tell(sentence)
    st.rerun()


def _choose(found: list[Site]) -> Site | None:
    names = {site.id: f"{site.code} · {site.name}" for site in found}
    key = st.selectbox(_("Which home"), list(names), format_func=lambda id_: names[id_], key="personal_site") if names else None
    return next((site for site in found if site.id == key), None)


def _show_home(here: Here, site: Site) -> None:
    note(here.actor, Act.SAW, "site", site.id)
    with here.survey.reading() as reader:
        said = select_said(reader, here.actor.commune, site.id)
        erased = select_erased_at(reader, here.actor.commune, "site", site.id)
    if erased is not None:
        st.info(_("The data of this home was erased on {when}.", when=text.format_datetime(erased)))
    for one in said[:3]:
        word = _("withdrawn") if one.said is Said.WITHDRAWN else _("given")
        st.html(f'<div class="person"><b>{escape(_("Said at the office: {word}", word=word))}</b>'
                f"<span>{escape(text.format_date(one.said_on))} · {escape(one.note)}</span>{_paper_link(one.document)}</div>")  # fmt: skip
    report_doors("site", site.id)
    _consent_form(here, site)
    with st.expander(_("Erase what is held about this home"), icon=":material/delete_forever:"):
        show_mentions(here, site)
        with st.form("erase_home", border=False):
            st.write(
                _("Name, code, place, words, photos and the forms as received go for good. Numbers that figures need stay under an id.")
            )
            reason = st.text_area(_("Document or reason"), max_chars=REASON_LENGTH, key="erase_home_reason")
            sure = ask_to_confirm("erase_home_sure")
            if st.form_submit_button(_("Erase for good")):
                attempt(lambda: _erase(here, site.id, reason)) if sure else st.warning(_("Type the word first."))


def _consent_form(here: Here, site: Site) -> None:
    box = st.expander(_("Consent, said at the office"), icon=":material/record_voice_over:")
    with box:
        round_ = st.session_state.setdefault(_ROUND, 0)
        paper = document_input(here, f"said_paper_{site.id}_{round_}", _("Attach what they signed"))
    with box, st.form("said", border=False):
        words = {Said.WITHDRAWN: _("Withdrawn: no photo is published"), Said.GIVEN: _("Given")}
        which = st.radio(_("What they said"), list(words), format_func=lambda key: words[key], index=None, key="said_what")
        day = st.date_input(_("On"), value=local_date(here.survey.now()), format="DD/MM/YYYY", key="said_on")
        told = st.text_area(_("Note"), max_chars=NOTE_LENGTH, key="said_note")
        if st.form_submit_button(_("Save"), type="primary") and which is not None:
            attempt(lambda: _said(here, which, SaidNow(site.id, day, told, paper)))


def _paper_link(document: str | None) -> str:
    return f'<a class="onward" href="/documents/{escape(document, quote=True)}">{escape(_("What they signed"))}</a>' if document else ""


def _said(here: Here, said: Said, now: SaidNow) -> str:
    stating.say_at_office(here.survey, here.actor, now.site, said, now.day, now.words, now.paper)
    st.session_state[_ROUND] += 1
    return _("Saved.")


def _erase(here: Here, site: str, reason: str) -> str:
    done = erasing.erase_home(here.survey, here.actor, site, reason)
    counts = {"visits": done.visits, "photos": done.photos}
    sentence = _("Erased: {visits} visits, {photos} photos. It is called {name} now.", **counts, name=done.name)
    if done.shared:
        shared = len(done.shared)
        sentence += " " + _("{n} photos stay, since another place's visit has them too: erase these on the review page.", n=shared)
    if done.bundles:
        ids = ", ".join(one[:8] for one in done.bundles)
        sentence += " " + _("Tell whoever has these bundles, which cannot be reached: {ids}.", ids=ids)
    return sentence


def _show_account(here: Here) -> None:
    with here.survey.reading() as reader:
        people = {person.id: person for person in select_people(reader, here.actor.commune)}
    label = _("Or an officer's account")
    key = st.selectbox(
        label, list(people), index=None, format_func=lambda id_: f"{people[id_].name} · {people[id_].login}", key="personal_person",
        placeholder=_("Choose an account"),
    )  # fmt: skip
    if key is None:
        return
    report_doors("person", key)
    with st.expander(_("Erase who this account's holder is"), icon=":material/delete_forever:"), st.form("erase_account", border=False):
        st.write(_("Name, login, phones, sessions and identities go. What the person decided stays under an id. Close the account first."))
        reason = st.text_area(_("Document or reason"), max_chars=REASON_LENGTH, key="erase_account_reason")
        sure = ask_to_confirm("erase_account_sure")
        if st.form_submit_button(_("Erase for good")):
            attempt(lambda: _erase_account(here, key, reason)) if sure else st.warning(_("Type the word first."))


def _erase_account(here: Here, person: str, reason: str) -> str:
    return _("Erased. The account is called {name} now.", name=erasing.erase_account(here.survey, here.actor, person, reason))
