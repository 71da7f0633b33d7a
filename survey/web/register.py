"""Widgets of the register page: its views, filters, the list by key, the map, and hamlets."""

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st

from survey.domain.columns import choice_label
from survey.domain.places import Border, Hamlet
from survey.domain.sites import Site, SiteKind
from survey.store.places import select_commune
from survey.store.sites import SiteFilter, SitePage, select_sites_page
from survey.web import maps, text
from survey.web.session import Here
from survey.web.text import _, ngettext

VIEW, OPENED = "register_view", "register_site"
_TRAIL, _SAID = "register_trail", "register_said"
_PAGE = 25
_MAPPED = 2_000  # sites on one map; more would only hide one another
_COLOURS = {SiteKind.HOUSEHOLD: maps.GREEN, SiteKind.ROAD_SEGMENT: maps.BLUE, SiteKind.PUBLIC_PLACE: maps.ORANGE}


def kind_name(kind: SiteKind) -> str:
    """The kind in the language of the moment."""
    return {
        SiteKind.HOUSEHOLD: _("Household"),
        SiteKind.ROAD_SEGMENT: _("Road segment"),
        SiteKind.PUBLIC_PLACE: _("Public place"),
    }[kind]


def show_views() -> str:
    """The ways to look at the register; returns the chosen one."""
    views = {"list": _("List"), "map": _("Map"), "add": _("Add"), "load": _("Load a file"), "hamlets": _("Hamlets")}
    st.session_state.setdefault(VIEW, "list")
    chosen = st.segmented_control(
        _("Show"), list(views), format_func=views.__getitem__, key=VIEW, label_visibility="collapsed",
        persist_state="session",
    )  # fmt: skip
    return chosen or "list"


def go(view: str) -> None:
    """Callback: show *view*, with no site open."""
    st.session_state[VIEW] = view
    st.session_state.pop(OPENED, None)


def say(message: str) -> None:
    """Keep *message* for the top of the next run."""
    st.session_state[_SAID] = message


def show_said() -> None:
    """Show what the last action left to say."""
    if message := st.session_state.pop(_SAID, None):
        st.success(message, icon=":material/check:")


def show_filters(hamlets: Sequence[Hamlet]) -> SiteFilter:
    """Search, kind and hamlet."""
    q = st.text_input(
        _("Search"), key="register_q", placeholder=_("Name, code or address, with or without marks"), max_chars=100,
        persist_state="session",
    )  # fmt: skip
    kinds = {"": _("all"), **{kind.value: kind_name(kind) for kind in SiteKind}}
    places = {"": _("all"), **{hamlet.id: hamlet.name for hamlet in hamlets}}
    with st.container(horizontal=True):
        kind = _choose(_("Kind"), kinds, "register_kind")
        hamlet = _choose(_("Hamlet"), places, "register_hamlet")
    return SiteFilter(SiteKind(kind) if kind else None, hamlet or None, q)


def _choose(label: str, names: Mapping[str, str], key: str) -> str:
    # 156 px: two stand side by side on a phone of 360.
    chosen = st.selectbox(label, list(names), format_func=lambda name: names.get(name, name), key=key, width=156, persist_state="session")
    return chosen or ""


def show_list(here: Here, hamlets: Mapping[str, Hamlet], wanted: SiteFilter) -> None:
    """One page of sites in Vietnamese order, each with a button that opens it."""
    trail = _trail(wanted)
    with here.survey.reading() as reader:
        page = select_sites_page(reader, here.actor.commune, wanted, after=trail[-1] if trail else None, limit=_PAGE)
        empty = not page.sites and not select_sites_page(reader, here.actor.commune, SiteFilter(), limit=1).sites
    if empty:
        _show_empty(hamlets)
        return
    if not page.sites:
        st.info(_("No site fits. Try fewer words, or another kind or hamlet."), icon=":material/search_off:")
    for site in page.sites:
        with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small", key=f"row_{site.id}"):
            st.html(_card(site, hamlets), width="stretch")
            st.button(_("Open"), key=f"open_{site.id}", on_click=_open, args=(site,))
    _show_pages(trail, page)


def _show_empty(hamlets: Mapping[str, Hamlet]) -> None:
    if not hamlets:
        st.info(_("The register is empty. Begin with the commune's hamlets; sites are then entered for them."), icon=":material/flag:")
        st.button(_("Enter hamlets"), type="primary", on_click=go, args=("hamlets",))
        return
    st.info(_("There are hamlets, but no sites yet. Load a list from a spreadsheet, or add sites one by one."), icon=":material/flag:")
    st.button(_("Load a file"), type="primary", on_click=go, args=("load",), key="empty_load")
    st.button(_("Add a site"), on_click=go, args=("add",))


def _card(site: Site, hamlets: Mapping[str, Hamlet]) -> str:
    hamlet = hamlets.get(site.hamlet or "")
    facts = [site.code, kind_name(site.kind), hamlet.name if hamlet else _("whole commune")]
    if site.road_class is not None:
        facts.append(choice_label("class", site.road_class, text.locale()))
    if site.length_m is not None:
        facts.append(f"{text.format_number(site.length_m)}\N{NO-BREAK SPACE}m")
    if site.latitude is None:
        facts.append(_("no position yet"))
    return f"<b>{escape(site.name)}</b><br><small>{escape(' · '.join(facts))}</small>"


def _open(site: Site) -> None:
    st.session_state[OPENED] = site.id


def _trail(wanted: SiteFilter) -> list[str]:
    """The keys behind which the pages up to this one begin; another filter begins anew."""
    kept = st.session_state.get(_TRAIL)
    if kept is None or kept[0] != wanted:
        kept = st.session_state[_TRAIL] = (wanted, [])
    trail: list[str] = kept[1]
    return trail


def _show_pages(trail: list[str], page: SitePage) -> None:
    if not trail and page.next_key is None:
        return
    with st.container(horizontal=True):
        st.button(_("Page before"), disabled=not trail, on_click=_back, args=(trail,), key="sites_before", icon=":material/arrow_back:")
        st.button(
            _("Next page"), disabled=page.next_key is None, on_click=trail.append, args=(page.next_key,), key="sites_next",
            icon=":material/arrow_forward:",
        )  # fmt: skip


def _back(trail: list[str]) -> None:
    trail.pop()


def show_map(here: Here, wanted: SiteFilter) -> None:
    """The filtered sites inside the commune's border, with a legend in words."""
    with here.survey.reading() as reader:
        commune = select_commune(reader, here.actor.commune)
        page = select_sites_page(reader, here.actor.commune, wanted, limit=_MAPPED)
    placed = [site for site in page.sites if site.latitude is not None]
    border = commune.border if commune else None
    maps.show_map(border, [_mark(site) for site in placed], key="register_map")
    counts = {kind: sum(site.kind is kind for site in placed) for kind in SiteKind}
    entries = [(colour, f"{kind_name(kind)}: {text.format_number(counts[kind])}") for kind, colour in _COLOURS.items() if counts[kind]]
    st.html(maps.legend([*entries, (maps.GREY, escape(_("border of the commune")))]))
    if page.next_key is not None:
        st.caption(_("The map shows the first {n} sites. Choose a hamlet or a kind to see the others.", n=text.format_number(_MAPPED)))
    _tell_misplaced(page.sites, border)


def _tell_misplaced(sites: Sequence[Site], border: Border | None) -> None:
    missing = sum(site.latitude is None for site in sites)
    if missing:
        st.caption(ngettext("{n} site has no position yet.", "{n} sites have no position yet.", missing))
    outside = [
        site for site in sites if border and site.latitude is not None and site.longitude is not None
        and not border.contains(site.latitude, site.longitude)
    ]  # fmt: skip
    if outside:
        shown = text.plain(", ".join(f"{site.code} {site.name}" for site in outside[:10]))
        st.warning(_("Outside the border: {sites}. Check their coordinates.", sites=shown + (" …" if len(outside) > 10 else "")))  # noqa: PLR2004


def _mark(site: Site) -> maps.Mark:
    point = None if site.line or site.latitude is None or site.longitude is None else (site.longitude, site.latitude)
    return maps.Mark(f"{site.code} · {site.name}", _COLOURS[site.kind], point, site.line)
