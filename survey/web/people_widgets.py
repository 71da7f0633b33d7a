"""Widgets of the start page and of the people's pages: next steps, counts, the list of accounts, a one-time link with its QR code."""

from collections.abc import Iterable, Mapping
from html import escape

import segno
import streamlit as st

from survey.domain.people import Person, Role
from survey.domain.places import Hamlet
from survey.domain.submissions import State, Submission
from survey.web import layout, text
from survey.web.text import _, ngettext


def state_name(state: State) -> str:
    """Return the review state in the language of the moment."""
    return {
        State.RECEIVED: _("Waiting for review"),
        State.ACCEPTED: _("Accepted"),
        State.RETURNED: _("Returned"),
        State.REJECTED: _("Rejected"),
    }[state]


def next_step(page: str, sentence: str, *, main: bool = False) -> None:
    """Show one thing to do next as a link to *page*."""
    st.html(f'<a class="door wide{" main" if main else ""}" href="/{page}">{escape(sentence)}</a>')


def state_counts(counts: Mapping[State, int]) -> None:
    """Show how many submissions are in each state."""
    cells = "".join(
        f'<div class="count"><b>{text.format_number(counts.get(state, 0))}</b><span>{escape(state_name(state))}</span></div>'
        for state in State
    )
    st.html(f'<div class="counts">{cells}</div>')


def own_work(submissions: Iterable[Submission], reasons: Mapping[str, str]) -> None:
    """Show an inspector's own newest submissions, the returned ones first with the reviewer's *reasons* by submission."""
    ordered = sorted(submissions, key=lambda submission: submission.state is not State.RETURNED)
    st.subheader(_("My submissions"))
    if not ordered:
        st.info(_("You have not handed in anything yet."))
    for submission in ordered:
        with st.container(border=True):
            st.markdown(f"**{submission.code}** · {state_name(submission.state)}")
            st.caption(text.format_datetime(submission.captured_at))
            if submission.id in reasons:
                st.warning(text.plain(reasons[submission.id]))
            if submission.missing_files:
                left = submission.missing_files
                st.warning(ngettext("{n} photo is still on the phone.", "{n} photos are still on the phone.", left))


def people_table(people: Iterable[Person], hamlets: Iterable[Hamlet], rounds: Mapping[str, str]) -> None:
    """Show the commune's accounts, readable on a phone: one card a person; *rounds* are names by id."""
    names = {hamlet.id: hamlet.name for hamlet in hamlets}
    st.html(f'<div class="people">{"".join(_card(person, names, rounds) for person in people)}</div>')


def link_with_code(person: Person, address: str, *, secure: bool) -> None:
    """Show a one-time link, and as a QR code where a phone can reach it over TLS."""
    st.success(_("One-time link for {name}, good for three days:", name=text.plain(person.name)))
    address_with_code(address, secure=secure)


def address_with_code(address: str, *, secure: bool) -> None:
    """Show an address to open on a phone, and as a QR code where a phone can reach it over TLS."""
    st.code(address, language=None, wrap_lines=True)
    if secure:
        code_image(address, _("QR code of the link"))
    else:
        st.caption(_("Phones need an https address for the camera and position; the QR code appears once SURVEY_PUBLIC_URL is set to one."))


def code_image(content: str, description: str) -> None:
    """Show *content* as a QR code with the lowest error correction: nothing soils a screen, and larger squares are read more easily."""
    # As a picture: `st.html` drops drawings.
    drawing = segno.make(content, error="l").svg_data_uri(scale=5, dark="#000000", light="#ffffff", border=4)
    st.html(f'<div class="code"><img src="{escape(drawing)}" alt="{escape(description)}"></div>')


def _card(person: Person, names: Mapping[str, str], rounds: Mapping[str, str]) -> str:
    where = ", ".join(names.get(hamlet, hamlet) for hamlet in sorted(person.hamlets)) or _whole_scope(person)
    if person.role is Role.APPRAISER:
        where += " · " + (", ".join(rounds.get(one, one) for one in sorted(person.rounds)) or _("no survey round yet"))
    closed = " closed" if person.disabled_at is not None else ""
    return (
        f'<div class="person{closed}"><b>{escape(person.name)}</b> <code>{escape(person.login)}</code>'
        f"<span>{escape(layout.role_name(person.role))} · {escape(where)}</span><span>{escape(_sign_in_way(person))}</span></div>"
    )


def _whole_scope(person: Person) -> str:
    if person.role in {Role.ADMINISTRATOR, Role.PROVINCE}:
        return _("no home, no photo")
    return _("whole commune") if person.actor.hamlets is None else _("no hamlet yet")


def _sign_in_way(person: Person) -> str:
    if person.disabled_at is not None:
        return _("Closed on {date}", date=text.format_date(person.disabled_at))
    if person.closes_on is not None:
        return _("Works until {day}", day=text.format_date(person.closes_on))
    return _("Signs in with a password") if person.has_password else _("Signs in by one-time link")
