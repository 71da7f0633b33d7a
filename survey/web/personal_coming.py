"""What goes by itself, and when: said before it begins, on each page where somebody can still stop it."""

from html import escape

import streamlit as st

from survey.domain.personal import NIGHT
from survey.personal.keeping import Automatic, automatic
from survey.web import text
from survey.web.session import Here
from survey.web.text import _, ngettext


def announce(found: Automatic) -> None:
    """Say what will go by itself, and when: before it begins, too."""
    if found.starts is None:
        st.info(_("The application erases nothing by itself: the commune has not turned that on."))
    elif found.next_night is None:
        st.warning(_("Erasing by itself is paused, or no time is set."))
    else:
        count = ngettext("{n} photo", "{n} photos", found.due)
        st.warning(
            _(
                "Next night: {day}, {begin}–{end} o'clock. Past their time and not held now: {count}.",
                day=text.format_date(found.next_night), begin=NIGHT[0], end=NIGHT[1], count=count,
            )
        )  # fmt: skip


def warn_at_home(here: Here) -> None:
    """On the home page: how many photos go in which night, while there are any; nothing where none goes."""
    with here.survey.reading() as reader:
        found = automatic(reader, here.actor.commune, here.survey.now())
    if found.next_night is not None and found.due:
        announce(found)
        st.html(f'<a class="door" href="/privacy" target="_self">{escape(_("All about privacy"))}</a>')
