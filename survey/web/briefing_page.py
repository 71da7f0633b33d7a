"""Widgets of the briefing page: the draft of now, the button that keeps it, those that were held."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from survey import briefing
from survey.domain.briefing import Briefing, briefing_document, fitted
from survey.store.briefings import Held
from survey.web import text
from survey.web.briefing_html import briefing_html
from survey.web.briefing_words import printable
from survey.web.privacy import tell
from survey.web.session import Here
from survey.web.text import _


def offer_holding(here: Here, draft: Briefing) -> None:
    """Offer to keep *draft*: from then on it is printed and read as it was."""
    if st.button(_("Keep this briefing and print it"), type="primary", icon=":material/print:"):
        held = briefing.hold(here.survey, here.actor, draft)
        tell(_("Briefing no. {n} is kept.", n=held.number))
        st.query_params["briefing"] = held.id
        st.rerun()


def show_draft(draft: Briefing) -> None:
    """Show the briefing as it would read now."""
    st.html(briefing_html(printable(briefing_document(fitted(draft)))))


def show_held(held: Held) -> None:
    """Show a briefing that was held, with its pages to print and the way back."""
    st.html(
        f'<a class="door" href="/print/briefing/{escape(held.id)}" target="_blank">{escape(_("Two pages to print (PDF)"))}</a>'
        f'<a class="door" href="/briefing?edition={escape(held.edition)}" target="_self">← {escape(_("All briefings"))}</a>'
    )
    st.html(briefing_html(printable(held.document)))


def show_list(every: Sequence[Held]) -> None:
    """Show the briefings that were held, newest first."""
    if not every:
        return
    with st.expander(_("Briefings held")):
        lines = "".join(
            f'<li><a class="onward" href="/briefing?briefing={escape(held.id)}" target="_self">{escape(_words(held))}</a></li>'
            for held in every
        )
        st.html(f"<ul>{lines}</ul>")


def _words(held: Held) -> str:
    score = f"{held.document['met']}/{held.document['total']}"
    return f"{_('Briefing no. {n}', n=held.number)} · {text.format_date(held.as_of)} · {score}"
