"""Widgets about signed-in browsers and own phones: a card for each with its last use, and what may be ended."""

from collections.abc import Iterable
from datetime import datetime

import streamlit as st

from survey import accounts, devices
from survey.domain.grants import reaches
from survey.domain.people import Actor, Device, Person, Session
from survey.domain.ports import Survey
from survey.domain.problems import Problem
from survey.store.devices import select_devices
from survey.web import phones, text
from survey.web.session import Here
from survey.web.text import _

_TOLD = "sessions_told"


def own_sessions(here: Here) -> None:
    """Show where the person is signed in and the phones the person carries; each can be ended, and all other browsers at once."""
    survey, actor, person = here.survey, here.actor, here.session.person
    st.subheader(_("Where I am signed in"))
    _tell()
    listed = [one for one in accounts.open_sessions(survey, person.commune, person.id, by=actor) if one.device is None]
    _session_cards(survey, person, listed, by=actor, here=here.session.id)
    if len(listed) > 1 and st.button(_("Sign out all other browsers"), icon=":material/logout:"):
        accounts.end_other_sessions(survey, here.session, here.cookie)
        _done(_("Your other browsers are signed out."))
    with survey.reading() as reader:
        carried = [one for one in select_devices(reader, person.commune) if one.person == person.id and one.revoked_at is None]
    if carried:
        st.subheader(_("My phones"))
        st.caption(_("Lost one? Shut it out here at once; what it has not sent stays on it."))
        _phone_cards(survey, carried, by=actor)


def sessions_of(survey: Survey, actor: Actor, people: Iterable[Person]) -> None:
    """Show a manager where a chosen person is signed in; each browser can be ended, or all at once."""
    _tell()
    by_id = {each.id: each for each in people if each.disabled_at is None and (each.id == actor.person or reaches(actor, each))}
    chosen = st.selectbox(_("Person"), list(by_id), format_func=lambda each: f"{by_id[each].name} ({by_id[each].login})", key="sessions_of")
    if chosen is None:
        return
    person = by_id[chosen]
    listed = [one for one in accounts.open_sessions(survey, person.commune, chosen, by=actor) if one.device is None]
    if not listed:
        st.info(_("Signed in nowhere. Phones are on the page Phones."))
        return
    _session_cards(survey, person, listed, by=actor)
    if st.button(_("Sign this person out everywhere"), key="end_all_of", icon=":material/logout:"):
        accounts.end_sessions(survey, person.commune, chosen, by=actor)
        _done(_("Signed out everywhere; a link that was not used yet no longer works. Phones stay until they are revoked."))


def _session_cards(survey: Survey, person: Person, listed: Iterable[Session], *, by: Actor, here: str = "") -> None:
    for one in listed:
        with st.container(border=True, key=f"session_{one.id}"):
            name = one.browser or _("Unknown browser")
            st.markdown(f"**{text.plain(name)}**" + (f" · {_('this browser')}" if one.id == here else ""))
            st.caption(_use(one, survey.now()))
            if one.id != here and st.button(_("End"), key=f"end_{one.id}", icon=":material/logout:"):
                try:
                    accounts.end_session(survey, person.commune, person.id, one.id, by=by)
                    _done(_("That browser is signed out."))
                except Problem as problem:
                    st.error(text.problem_text(problem))


def _phone_cards(survey: Survey, carried: Iterable[Device], *, by: Actor) -> None:
    for device in carried:
        with st.container(border=True, key=f"own_phone_{device.id}"):
            st.markdown(f"**{text.plain(device.name)}**")
            st.caption(phones.state(device, survey.now()))
            if st.button(_("Revoke"), key=f"revoke_own_{device.id}", icon=":material/phonelink_erase:"):
                try:
                    devices.revoke(survey, device.commune, device.id, by=by)
                    _done(_("The phone is shut out."))
                except Problem as problem:
                    st.error(text.problem_text(problem))


def _use(one: Session, now: datetime) -> str:
    way = {
        "password": _("with a password"), "link": _("by a one-time link"), "oidc": _("with an outside identity"),
    }.get(one.way, "")  # fmt: skip
    since = _("Signed in {when}", when=text.format_datetime(one.created_at))
    last = _("last used {ago}", ago=phones.ago(one.seen_at, now)) if one.seen_at else ""
    return " · ".join(part for part in (f"{since} {way}".strip(), last) if part)


def _done(sentence: str) -> None:
    """Draw the page anew, as what was ended must not stay on it, and say *sentence* there."""
    st.session_state[_TOLD] = sentence
    st.rerun()


def _tell() -> None:
    told = st.session_state.pop(_TOLD, None)
    if told is not None:
        st.success(told)
