"""Where people wrote about a home in free words that no erasing reaches: to be read by hand before it goes and after."""

from html import escape
from urllib.parse import urlencode

import streamlit as st

from survey.domain.sites import Site
from survey.store.mentions import Mention, select_mentions
from survey.web import text
from survey.web.session import Here
from survey.web.text import _

_MOST = 20


def show_mentions(here: Here, site: Site) -> None:
    """List statements, owners' reports and contributions that hold the home's name or code, with the way there."""
    with here.survey.reading() as reader:
        found = select_mentions(reader, here.actor.commune, (site.name, site.code))
    st.write(_("What people wrote elsewhere is not erased with the home: it is in the log by its hash. Take it back and state it anew."))
    if not found:
        st.write(_("The name and code of this home stand in no statement, owner's report or contribution."))
        return
    st.warning(_("To be looked at by hand: {count} texts name this home.", count=len(found)))
    for one in found[:_MOST]:
        where = f"{_kind(one.kind)} {one.criterion} · {text.format_datetime(one.at)}"
        st.html(
            f'<div class="person"><b>{escape(where)}</b><span>{escape(one.words)}</span>'
            f'<a class="onward" href="{escape(_address(one), quote=True)}" target="_self">{escape(_("Open it"))}</a></div>'
        )


def _kind(kind: str) -> str:
    return {"statement": _("Statement"), "owner_report": _("Owner's report"), "contribution": _("Contribution")}[kind]


def _address(one: Mention) -> str:
    if one.kind == "contribution":
        return "/community"
    page = "standing" if one.kind == "statement" else "owners"
    return f"/{page}?{urlencode({'edition': one.edition, 'criterion': one.criterion})}"
