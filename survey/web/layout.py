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

# Streamlit's theme gives no CSS variables to a page: lines are mixed from the text's own colour, so that they fit light and dark alike.
_STYLE = """<style>
[data-testid="stMainBlockContainer"] { padding-top: 4rem; }
[data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] p { color: inherit !important; opacity: 1 !important; }
a.door, button.door { display: inline-flex; align-items: center; justify-content: center; min-height: 44px; padding: .25rem 1rem;
  font: inherit; font-weight: 600; text-align: center; text-decoration: none !important; color: inherit !important; cursor: pointer;
  background: transparent; border: 1px solid color-mix(in srgb, currentColor 55%, transparent); border-radius: .5rem; }
a.door.main { background: #17603a; color: #fff !important; border-color: color-mix(in srgb, #fff 40%, #17603a); }
a.door.wide { display: flex; max-width: 30rem; }
.counts { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .5rem; }
.count, .person { border: 1px solid color-mix(in srgb, currentColor 35%, transparent); border-radius: .5rem; padding: .6rem .75rem; }
.count b { display: block; font-size: 1.75rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.people { display: grid; gap: .5rem; }
.person span { display: block; font-size: .9375rem; }
.person.closed b { text-decoration: line-through; }
.code svg { max-width: 100%; height: auto; background: #fff; }
.banner { border: 2px dashed currentColor; border-radius: .5rem; padding: .4rem .75rem; font-weight: 600; }
/* Streamlit writes white on the theme's main colour, which in the dark theme is light. */
[data-testid^="stBaseButton-primary"] { background: #17603a !important; color: #fff !important;
  border: 1px solid color-mix(in srgb, #fff 40%, #17603a) !important; }
/* Fingers need 44 px: Streamlit's own controls have 32 to 40. */
[data-testid="stSidebarNavLink"], [data-testid="stPageLink"] a, [data-testid="stExpander"] summary,
[data-testid="stMain"] button[kind], [data-testid="stSidebar"] button[kind], [data-baseweb="input"], [data-baseweb="select"] > div,
[data-testid="stTextInputRootElement"], [data-testid="stTextInputRootElement"] input, [data-testid="stCheckbox"] label,
[data-testid="stRadio"] label[data-baseweb="radio"], [data-testid="stButtonGroup"] button, [data-testid="stExpandSidebarButton"],
[data-testid="stSidebarCollapseButton"] button, [data-testid="stSelectbox"] [role="group"], [data-testid="stSelectbox"] input,
[data-testid="stSelectbox"] button, [data-testid="stMultiSelect"] [role="group"], [data-testid="stTextInput"] button { min-height: 44px; }
[data-testid="stTextInput"] button, [data-testid="stMultiSelect"] button, [data-testid="stSelectbox"] button { min-width: 44px; }
[data-testid="stHeaderActionElements"] { display: none; }
[data-testid="stExpandSidebarButton"], [data-testid="stSidebarCollapseButton"] button { min-width: 44px; }
</style>"""


def role_name(role: Role) -> str:
    """Return the role in the language of the moment."""
    return {Role.INSPECTOR: _("Inspector"), Role.REVIEWER: _("Reviewer"), Role.COORDINATOR: _("Coordinator")}[role]


def frame(commune: str, *, demonstration: bool) -> None:
    """Show what every page carries at its top."""
    st.html(_STYLE)
    if demonstration:
        message = _("DEMONSTRATION – {commune}: people, places and figures are made up.", commune=commune)
        st.html(f'<div class="banner" role="note">{escape(message)}</div>')


def public_address(survey: Opened) -> str:
    """Return where browsers reach the application: the public address, else the one this page was opened at."""
    opened = urlsplit(st.context.url or "")
    return survey.settings.public_url or f"{opened.scheme}://{opened.netloc}"


def sidebar(survey: Survey, actor: Actor) -> None:
    """Show who is signed in, the language switch and the way out."""
    with st.sidebar:
        st.caption(f"{actor.name} · {role_name(actor.role)}")
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
