"""Widgets about how a person proves to be that person: the second step, identities from outside; and their reset by who manages people."""

import time
from collections.abc import Iterable
from html import escape

import streamlit as st

from survey import accounts, identities, second_factor
from survey.domain.grants import reaches
from survey.domain.people import Actor, Person
from survey.domain.ports import Survey
from survey.domain.problems import SIGN_IN_TOO_OFTEN, SIGN_IN_WRONG, Problem
from survey.store.identities import select_identities
from survey.store.second_factors import select_confirmed, select_people_confirmed, select_recovery_codes_left
from survey.web import people_widgets, session, text
from survey.web.providers import providers
from survey.web.session import Here
from survey.web.text import _
from survey.web.throttle import Throttle

_BEGUN, _CODES = "second_step_begun", "second_step_codes"
_LONGEST_CODE = 40
_throttle = Throttle("own-password", session.open)


def own_second_step(here: Here) -> None:
    """Show whether codes are asked for at sign-in, and let the person turn that on or off."""
    person = here.session.person
    st.subheader(_("Second step at sign-in"))
    with here.survey.reading() as reader:
        is_on = select_confirmed(reader, person.commune, person.id)
        left = select_recovery_codes_left(reader, person.commune, person.id)
    codes = st.session_state.pop(_CODES, None)
    if codes is not None:
        _show_codes(codes)
    if is_on:
        st.markdown(_("On: after the password, a code from your phone is asked for. Recovery codes left: {n}.", n=left))
        _turning_off(here)
    elif _BEGUN in st.session_state:
        _confirming(here, st.session_state[_BEGUN])
    else:
        st.write(_("Off. A code app on your phone (any that knows TOTP) makes a new code every 30 seconds, also without a network."))
        _turning_on(here)


def own_identities(here: Here) -> None:
    """Show the identities that sign in to this account, where providers are known, and let the person link or unlink them."""
    person, known = here.session.person, providers()
    with here.survey.reading() as reader:
        linked = select_identities(reader, person.commune, person.id)
    if not known and not linked:
        return
    st.subheader(_("Sign in with another account"))
    for one in linked:
        st.markdown(_("Linked since {when}: {issuer}", when=text.format_datetime(one.linked_at), issuer=f"`{text.plain(one.issuer)}`"))
    buttons = "".join(
        f'<button class="door" name="provider" value="{escape(name)}">{escape(words)}</button>' for name, words in known.items()
    )
    if not linked and known:
        st.write(_("Link it once here; afterwards it signs you in from the sign-in page."))
        st.html(f'<form method="post" action="/identity"><input type="hidden" name="purpose" value="link">{buttons}</form>')
    if linked and st.button(_("Unlink"), icon=":material/link_off:"):
        identities.unlink(here.survey, person.commune, person.id, by=here.actor)
        st.rerun()


def reset_of(survey: Survey, actor: Actor, people: Iterable[Person]) -> None:
    """Let who manages people take the second step away from a person whose phone is lost."""
    with survey.reading() as reader:
        asked = select_people_confirmed(reader, actor.commune)
    others = (one for one in people if one.id in asked and one.id != actor.person and reaches(actor, one))
    titles = {one.id: f"{one.name} ({one.login})" for one in others}
    if not titles:
        st.info(_("Nobody else has turned the second step on."))
        return
    with st.form("second_step_reset", border=False):
        chosen = st.selectbox(_("Person"), list(titles), format_func=lambda each: titles[each], key="second_step_of")
        sure = st.checkbox(_("I have spoken to this person: the phone and the recovery codes are gone."))
        if st.form_submit_button(_("Reset the second step")) and chosen:
            try:
                if sure:
                    second_factor.reset(survey, actor.commune, chosen, by=actor)
                    st.rerun()
                st.warning(_("Tick the box first."))
            except Problem as problem:
                st.error(text.problem_text(problem))


def _turning_on(here: Here) -> None:
    with st.form("second_step_on", border=False):
        password = _password_field(here, "second_step_on_password")
        if st.form_submit_button(_("Turn the second step on"), icon=":material/phonelink_lock:"):
            try:
                check_password(here, password)
                issuer = f"{_('Rural survey')} {here.commune.name}"
                st.session_state[_BEGUN] = second_factor.begin(here.survey, here.session, issuer=issuer)
                st.rerun()
            except Problem as problem:
                st.error(text.problem_text(problem))


def _confirming(here: Here, enrolment: second_factor.Enrolment) -> None:
    st.write(_("1. Scan this with the code app, or type the key into it."))
    people_widgets.code_image(enrolment.address, _("QR code for the code app"))
    st.code(enrolment.groups, language=None, wrap_lines=True)
    with st.form("second_step_confirm", border=False):
        code = st.text_input(_("2. Enter the code that the app shows"), max_chars=_LONGEST_CODE, autocomplete="one-time-code")
        if st.form_submit_button(_("Confirm"), type="primary"):
            try:
                st.session_state[_CODES] = second_factor.confirm(here.survey, here.session, here.cookie, code)
                del st.session_state[_BEGUN]
                st.rerun()
            except Problem as problem:
                st.error(text.problem_text(problem))
    if st.button(_("Not now")):
        del st.session_state[_BEGUN]
        st.rerun()


def _turning_off(here: Here) -> None:
    with st.expander(_("Turn the second step off")), st.form("second_step_off", border=False, clear_on_submit=True):
        password = _password_field(here, "second_step_off_password")
        code = st.text_input(_("Code from the app, or a recovery code"), max_chars=_LONGEST_CODE, autocomplete="one-time-code")
        if st.form_submit_button(_("Turn off")):
            try:
                check_password(here, password)
                second_factor.turn_off(here.survey, here.session, code)
                st.rerun()
            except Problem as problem:
                st.error(text.problem_text(problem))


def _show_codes(codes: list[str]) -> None:
    st.success(_("The second step is on. Your other browsers have been signed out."))
    st.warning(_("Write these ten recovery codes on paper now; they are shown this once. Each is taken once, when the phone is gone."))
    st.code("\n".join(codes), language=None)


def _password_field(here: Here, key: str) -> str:
    if not here.session.person.has_password:
        return ""
    return st.text_input(_("Present password"), type="password", autocomplete="current-password", key=key)


def check_password(here: Here, password: str) -> None:
    """Raise unless *password* is the person's own, where there is one: an open browser alone must not change how its person signs in."""
    person, now = here.session.person, time.time()
    if not person.has_password:
        return
    pause = _throttle.pause_s(person.id, "", now)
    if pause:
        raise Problem(SIGN_IN_TOO_OFTEN, seconds=int(pause) + 1)
    _throttle.failed(person.id, "", now)
    if accounts.verify_password(here.survey, person.login, password).id != person.id:
        raise Problem(SIGN_IN_WRONG)
    _throttle.succeeded(person.id, "", now)
