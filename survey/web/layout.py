"""The frame around every page: the demonstration banner, the way to sign in, the sidebar with language and signing out."""

from html import escape
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st

from survey import accounts
from survey.domain.people import Actor, Role
from survey.domain.ports import Survey
from survey.web import text
from survey.web.text import _
from survey.wiring import Survey as Opened

# A picture of ours: with an icon by name, browsers would ask another company's server for it.
ICON = Path(__file__).parent / "templates" / "icon.svg"

_STYLE = f"<style>{(ICON.parent / 'pages.css').read_text()}</style>"


def role_name(role: Role) -> str:
    """Return the role in the language of the moment."""
    return {
        Role.INSPECTOR: _("Inspector"), Role.REVIEWER: _("Reviewer"),
        Role.OWNER: _("Owner of criteria"), Role.COORDINATOR: _("Coordinator"), Role.APPRAISER: _("Appraiser"),
        Role.ADMINISTRATOR: _("Administrator"), Role.PROVINCE: _("Province viewer"),
    }[role]  # fmt: skip


def frame(commune: str, *, demonstration: bool) -> None:
    """Show what every page carries at its top."""
    st.html(_STYLE + _own_words())
    if demonstration:
        message = _("DEMONSTRATION – {commune}: people, places and figures are made up.", commune=commune)
        st.html(f'<div class="banner" role="note">{escape(message)}</div>')


def _own_words() -> str:
    """Return the style that puts our words where Streamlit writes English only: its file button and the hint while one types."""
    if text.locale() == "en":
        return ""
    hint, button = ("[data-testid=stTextInput] [data-testid=InputInstructions] span:first-child:not(:only-child)",
                    "[data-testid=stFileUploaderDropzone] [data-testid=stBaseButton-secondary] p")  # fmt: skip
    return (
        f"<style>{hint}, {button} {{ font-size: 0 !important }}"
        f'{hint}::after {{ font-size: .75rem; content: "{_("Press Enter")}" }}'
        f'{button}::after {{ font-size: .875rem; content: "{_("Choose a file")}" }}'
        "[data-testid=stTextArea] [data-testid=InputInstructions] span:first-child:not(:only-child), "
        "[data-testid=stFileUploaderDropzoneInstructions] { display: none }</style>"
    )


def public_address(survey: Opened) -> str:
    """Return where browsers reach the application: the public address, else the one this page was opened at."""
    opened = urlsplit(st.context.url or "")
    return survey.settings.public_url or f"{opened.scheme}://{opened.netloc}"


def sidebar(survey: Survey, actor: Actor) -> None:
    """Show who is signed in, the language switch and the way out."""
    with st.sidebar:
        st.caption(f"{text.plain(actor.name)} · {role_name(actor.role)}")
        st.segmented_control(
            _("Language"), list(text.LOCALES), format_func=text.LOCALES.__getitem__, default=text.locale(), key="language",
            on_change=lambda: _switch(survey, actor),
        )  # fmt: skip
        st.html(f'<form method="post" action="/sign-out"><button class="door">{escape(_("Sign out"))}</button></form>')


def sign_in_link(path: str) -> None:
    """Show that the page needs a signed-in person, and where to sign in."""
    st.html(_STYLE)
    st.subheader(_("Please sign in"))
    st.write(_("This page is for people of the survey."))
    st.html(f'<a class="door main" href="{escape(path)}">{escape(_("Sign in"))}</a>')


def _switch(survey: Survey, actor: Actor) -> None:
    chosen = st.session_state["language"] or text.locale()
    accounts.set_locale(survey, actor, chosen)
    text.speak(chosen)
